// Tries the page of `cargo xtask web` in headless Chromium, as one file opened by a double click.
//
//   npm install playwright-core axe-core        # anywhere that node finds them from here, or NODE_PATH
//   cargo run -p zoo-web --example expected > expected.json
//   cargo xtask web --single-file
//   node tests/web.mjs target/web/zoo.html expected.json [--chromium PROGRAM] [--shots FOLDER] [--figures FILE]
//
// Prints sizes and speeds at its end, and writes them into FILE as JSON: they fail nothing.
//
// Fails, with exit code 1 and a sentence each, if probabilities are not the native ones, the digits are not learned by their recipes, a
// seed does not give the same bits, settings that are not valid are taken, a lesson's claim does not hold, the console has errors, anything is asked of a network, or axe finds a serious fault.

import { readFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { figure, firstPrediction, median, printFigures, sizes } from "./web_figures.mjs";

const PANELS = ["draw", "picture", "learn", "playground", "descent"];
const NEAR = 1e-4;
const LEARNED = 0.97;

const [pagePath, expectedPath, ...options] = process.argv.slice(2);
const option = (name) => (options.includes(name) ? options[options.indexOf(name) + 1] : undefined);
if (!expectedPath) {
  console.error("usage: node tests/web.mjs PAGE EXPECTED [--chromium PROGRAM] [--shots FOLDER] [--figures FILE]");
  process.exit(2);
}

const faults = [];
const check = (holds, sentence) => {
  console.log(`${holds ? "ok  " : "FAIL"} ${sentence}`);
  if (!holds) faults.push(sentence);
};

const url = pathToFileURL(resolve(pagePath)).href;
const expected = JSON.parse(readFileSync(expectedPath, "utf8"));
const browser = await chromium.launch({ executablePath: option("--chromium") ?? "/usr/bin/chromium", args: ["--no-sandbox"] });

// `early` runs in the page before its own scripts.
async function openPage(settings = {}, hash = "", early = undefined) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...settings });
  const page = await context.newPage();
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) faults.push(`the console says: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`a script fails: ${error.message}`));
  page.on("request", (request) => {
    if (!/^(file|blob|data):/.test(request.url())) faults.push(`something is asked of a network: ${request.url()}`);
  });
  if (early) await page.addInitScript(early);
  await page.goto(url + hash);
  await page.waitForSelector("html[data-ready]", { timeout: 60000 });
  return page;
}

async function probabilities(page) {
  for (const { name, cases } of expected) {
    const found = await page.evaluate(
      async ([name, inputs]) => {
        const text = atob(document.getElementById(`file:${name}.safetensors`).textContent);
        await zoo.call("load", name, Uint8Array.from(text, (letter) => letter.charCodeAt(0)));
        const times = [];
        const answer = async (pixels) => {
          const started = performance.now();
          const { probabilities } = await zoo.call("ofPixels", name, Uint8Array.from(pixels));
          times.push(performance.now() - started);
          return probabilities;
        };
        const answers = [];
        for (const pixels of inputs) answers.push(await answer(pixels));
        for (let turn = 1; turn < 10; turn += 1) for (const pixels of inputs) await answer(pixels);
        return { answers, times };
      },
      [name, cases.map((one) => one.pixels)],
    );
    const apart = cases.flatMap((one, index) =>
      one.probabilities.map((value, label) => Math.abs(value - found.answers[index][label])),
    );
    const most = Math.max(...apart);
    check(most <= NEAR, `${name}: probabilities of ${cases.length} inputs within ${NEAR} of native (${most.toExponential(1)})`);
    figure(`prediction of ${name} with its message, the first`, found.times[0], "ms");
    figure(`prediction of ${name} with its message, later ones' median`, median(found.times.slice(1)), "ms");
  }
}

async function learn(page, recipe, settings) {
  return page.evaluate(
    async ([recipe, settings]) => {
      await zoo.call("learnNew", recipe, settings, 11);
      // Ten at once: a worker's clock counts tenths of a millisecond.
      const parts = [];
      do parts.push(await zoo.call("learnAdvance", 10));
      while (!parts.at(-1).is_over);
      const times = parts.map(({ spent, losses }) => spent / losses.length);
      const seconds = parts.reduce((sum, { spent }) => sum + spent, 0) / 1000;
      const weights = await zoo.call("learnWeights");
      const digest = await crypto.subtle.digest("SHA-256", weights);
      const sha256 = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      return { times, seconds, sha256, accuracy: await zoo.call("learnTest") };
    },
    [recipe, settings],
  );
}

async function training(page) {
  for (const recipe of ["mlp_digits", "cnn_digits"]) {
    const { accuracy, times, seconds } = await learn(page, recipe, []);
    check(accuracy >= LEARNED, `${recipe} learned in the tab by its recipe: ${accuracy.toFixed(4)}, at least ${LEARNED}`);
    figure(`step of ${recipe}, median`, median(times), "ms");
    figure(`${recipe} to its end`, seconds, "s");
    const short = [["training.epochs", "1"]];
    const [first, again] = [await learn(page, recipe, short), await learn(page, recipe, short)];
    check(first.sha256 === again.sha256, `${recipe}: two runs with one seed give the same weights`);
  }
}

async function framesOfThePlayground(lesson) {
  const page = await openPage({}, "#playground");
  await page.waitForSelector("#playground[data-ready]");
  await page.selectOption("#playground-preset", { label: lesson });
  await page.waitForTimeout(500);
  await page.click("#playground-run");
  const frames = await page.evaluate(
    () =>
      new Promise((done) => {
        const started = performance.now();
        let painted = 0;
        // What is said of the step is the last of each frame.
        const observer = new MutationObserver(() => (painted += 1));
        observer.observe(document.getElementById("playground-said"), { childList: true });
        setTimeout(() => done((1000 * painted) / (performance.now() - started)), 3000);
      }),
  );
  figure(`playground, ${lesson}`, frames, "frames a second");
  await page.context().close();
}

// Settings that are not valid are named, and nothing starts by them; without points nothing runs.
async function settings() {
  const page = await openPage({}, "#playground");
  await page.waitForSelector("#playground[data-ready]");
  const set = async (panel, name, value) => {
    const field = page.locator(`#${panel}-settings [name=${name}]`);
    await (name === "points" ? field.selectOption(value) : field.fill(value));
    await field.dispatchEvent("change");
    await page.waitForTimeout(300);
    return {
      said: await page.textContent(`#${panel}-said`),
      isMarked: (await field.getAttribute("aria-invalid")) === "true",
      isReady: await page.isEnabled(`#${panel}-run`),
      steps: await page.isEnabled(`#${panel}-step`),
    };
  };
  const refused = ({ said, isMarked, isReady, steps }, label) => said.startsWith(`${label}: found `) && isMarked && !isReady && !steps;
  for (const [name, label, usual, values] of [
    ["seed", "seed", "1", ["-1", "1.5", "", "1e20"]],
    ["hidden", "hidden units", "4, 4", ["abc", "-1", "3.5", "0", "17", "4 4", "1,1,1,1,1"]],
  ]) {
    for (const value of values) {
      const found = await set("playground", name, value);
      check(refused(found, label), `playground: ${label} ${JSON.stringify(value)} is refused: ${found.said}`);
    }
    const mended = await set("playground", name, usual);
    check(mended.isReady && mended.steps && !mended.isMarked, `playground: ${label} ${usual} is taken again`);
  }
  const own = await set("playground", "points", "own");
  await page.click("#playground-run");
  await page.waitForTimeout(500);
  check(own.isReady && (await page.textContent("#playground-run")) === "Start", "playground: without points nothing runs");
  await page.click("#tab-learn");
  await page.waitForSelector("#learn[data-ready]");
  for (const [name, label, value] of [["epochs", "epochs", "0"], ["rate", "learning rate", "0"], ["batch", "batch size", "1.5"], ["dropout", "dropout", "1"]]) {
    const found = await set("learn", name, value);
    check(refused(found, label), `learn: ${label} ${value} is refused: ${found.said}`);
    await set("learn", name, "");
  }
  check(await page.isEnabled("#learn-run"), "learn: mended settings are taken again");
  await page.click("#tab-picture");
  check(!(await page.isVisible("#picture-snap")), "picture: nothing to take while there is no camera");
  await page.context().close();
}

// What ran when another panel was looked at is there again: a canvas that is painted while it is hidden has no size.
async function returning() {
  const page = await openPage({}, "#draw");
  for (const [panel, painted] of [["learn", "learn-loss"], ["playground", "playground-plane"], ["descent", "descent-plane"]]) {
    await page.click(`#tab-${panel}`);
    await page.waitForSelector(`#${panel}[data-ready]`);
    await page.click(`#${panel}-run`);
    await page.waitForTimeout(500);
    await page.click("#tab-draw");
    await page.waitForTimeout(500);
    await page.click(`#tab-${panel}`);
    await page.waitForTimeout(500);
    const width = await page.evaluate((name) => document.getElementById(name).width, painted);
    check(width > 100, `${panel}: what was left running is painted when it is looked at again (${width} pixels)`);
  }
  await page.context().close();
}

// What the lesson of too many units says of its losses.
async function heldOutRises() {
  const page = await openPage({}, "#playground");
  await page.waitForSelector("#playground[data-ready]");
  const losses = await page.evaluate(async () => {
    const set = (decay) => [
      ["model.mlp.hidden", "[16, 16]"], ["model.mlp.activation", "relu"], ["optimizer", "adam"],
      ["schedule.constant.learning_rate", "0.02"], ["training.batch_size", "10"], ["regularization.weight_decay", decay],
    ];
    const all = [];
    for (const decay of ["none", "{ l2 = { rate = 0.1 } }"]) {
      await zoo.call("playNew", { points: "moons", polar: false, count: 10, seed: 7, set: set(decay) });
      const run = [];
      for (let part = 0; part < 40; part += 1) run.push(await zoo.call("playAdvance", 10, 2));
      all.push(run);
    }
    return all;
  });
  const [plain, decayed] = losses.map((run) => run.map((scores) => scores.test_loss));
  check(plain.at(-1) > 2 * Math.log(2) && plain.at(-1) > 3 * Math.min(...plain), `lesson S11: the loss of the points held out rises (${plain.at(-1).toFixed(2)})`);
  check(losses[0].at(-1).train_loss < 0.01, "lesson S11: that of the points learned from falls");
  check(Math.max(...decayed) < Math.log(2), `lesson S11: with weight decay it stays low (${Math.max(...decayed).toFixed(2)})`);
  await page.context().close();
}

// What the note under the loss of the Gabor model says.
async function localMinimum() {
  const page = await openPage();
  const ends = await page.evaluate(async () => {
    const grounds = await zoo.call("grounds");
    const gabor = grounds.findIndex(({ name }) => name.includes("Gabor"));
    const all = [];
    for (const start of [grounds[gabor].start, [0, 15]]) {
      await zoo.call("raceNew", gabor, ...start, 1);
      all.push((await zoo.call("raceStep", 250)).taken.at(-1).map(({ height }) => height));
    }
    return all;
  });
  check(ends[0].every((height) => height.toFixed(2) === "0.17"), "descent: from the first start all end at 0.17");
  check(Math.max(...ends[1]) < 0.05, "descent: from the upper middle all end far lower");
  await page.context().close();
}

async function looks() {
  const shots = option("--shots");
  if (shots) mkdirSync(shots, { recursive: true });
  let axe;
  try {
    axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  } catch {
    faults.push("axe-core is not installed, so accessibility was not looked at");
  }
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1200, 390]) {
      const page = await openPage({ colorScheme, viewport: { width, height: 900 }, reducedMotion: "reduce" });
      for (const panel of PANELS) {
        await page.click(`#tab-${panel}`);
        await page.waitForSelector(`#${panel}[data-ready]`, { timeout: 60000 });
        if (panel === "draw") await page.fill("#draw-typed", "R");
        if (panel === "picture") await page.click("#picture-sample");
        await page.waitForTimeout(400);
        const across = await page.evaluate(() => document.documentElement.scrollWidth);
        const wide = await page.evaluate(
          (width) =>
            [...document.querySelectorAll("[role=tabpanel]:not([hidden]) *")]
              .filter((one) => !one.closest(".scroll, .unseen") && one.getBoundingClientRect().right > width + 0.5)
              .map((one) => one.id || one.className || one.localName),
          width,
        );
        check(!wide.length, `${panel}, ${colorScheme}, ${width} pixels: nothing reaches beyond the page${wide.length ? `: ${wide}` : ""}`);
        check(across <= width, `${panel}, ${colorScheme}, ${width} pixels: nothing to scroll sideways (${across})`);
        if (shots) await page.screenshot({ path: `${shots}/${panel}-${colorScheme}-${width}.png`, fullPage: true });
        if (!axe) continue;
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => axe.run(document));
        const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
        const named = serious.map(({ id, nodes }) => `${id} at ${nodes[0].target}`).join("; ");
        check(!serious.length, `${panel}, ${colorScheme}, ${width} pixels: no serious fault by axe${named && `: ${named}`}`);
      }
      await page.context().close();
    }
  }
}

try {
  sizes(pagePath);
  await firstPrediction((early) => openPage({}, "", early));
  const page = await openPage();
  await probabilities(page);
  await training(page);
  await page.context().close();
  await framesOfThePlayground("Rings: what a line cannot part (S13)");
  await framesOfThePlayground("Sigmoids saturate, ReLU does not (S6)");
  await settings();
  await returning();
  await heldOutRises();
  await localMinimum();
  await looks();
  printFigures(`${pagePath} in Chromium ${browser.version()}`, option("--figures"));
} finally {
  await browser.close();
}
for (const fault of new Set(faults)) console.error(fault);
console.log(faults.length ? `${faults.length} faults` : "all of it holds");
process.exit(faults.length ? 1 : 0);
