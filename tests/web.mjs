// Tries the page of `cargo xtask web` in headless Chromium, as one file opened by a double click.
//
//   npm install playwright-core axe-core        # anywhere that node finds them from here, or NODE_PATH
//   cargo run -p zoo-web --example expected > expected.json
//   cargo xtask web --single-file
//   node tests/web.mjs target/web/zoo.html expected.json [--chromium PROGRAM] [--shots FOLDER]
//
// Fails, with exit code 1 and a sentence each, if probabilities are not the native ones, the digits are not learned by their recipes, a
// seed does not give the same bits, the console has errors, anything is asked of a network, or axe finds a serious fault.

import { readFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const PANELS = ["draw", "picture", "learn", "playground", "descent"];
const NEAR = 1e-4;
const LEARNED = 0.97;

const [pagePath, expectedPath, ...options] = process.argv.slice(2);
const option = (name) => (options.includes(name) ? options[options.indexOf(name) + 1] : undefined);
if (!expectedPath) {
  console.error("usage: node tests/web.mjs PAGE EXPECTED [--chromium PROGRAM] [--shots FOLDER]");
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

async function openPage(settings = {}, hash = "") {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...settings });
  const page = await context.newPage();
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) faults.push(`the console says: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`a script fails: ${error.message}`));
  page.on("request", (request) => {
    if (!/^(file|blob|data):/.test(request.url())) faults.push(`something is asked of a network: ${request.url()}`);
  });
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
        const answers = [];
        const times = [];
        for (const pixels of inputs) {
          const started = performance.now();
          answers.push((await zoo.call("ofPixels", name, Uint8Array.from(pixels))).probabilities);
          times.push(performance.now() - started);
        }
        return { answers, times };
      },
      [name, cases.map((one) => one.pixels)],
    );
    const apart = cases.flatMap((one, index) =>
      one.probabilities.map((value, label) => Math.abs(value - found.answers[index][label])),
    );
    const most = Math.max(...apart);
    check(most <= NEAR, `${name}: probabilities of ${cases.length} inputs within ${NEAR} of native (${most.toExponential(1)})`);
    const later = found.times.slice(1).sort((a, b) => a - b);
    console.log(`     ${name}: first answer ${found.times[0].toFixed(1)} ms, then ${later[later.length >> 1].toFixed(2)} ms with its message`);
  }
}

async function learn(page, recipe, settings) {
  return page.evaluate(
    async ([recipe, settings]) => {
      await zoo.call("learnNew", recipe, settings, 11);
      const started = performance.now();
      let progress;
      do progress = await zoo.call("learnAdvance", 1000);
      while (!progress.is_over);
      const seconds = (performance.now() - started) / 1000;
      const weights = await zoo.call("learnWeights");
      const digest = await crypto.subtle.digest("SHA-256", weights);
      const sha256 = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      return { steps: progress.step, seconds, sha256, accuracy: await zoo.call("learnTest") };
    },
    [recipe, settings],
  );
}

async function training(page) {
  for (const recipe of ["mlp_digits", "cnn_digits"]) {
    const { accuracy, steps, seconds } = await learn(page, recipe, []);
    check(accuracy >= LEARNED, `${recipe} learned in the tab by its recipe: ${accuracy.toFixed(4)}, at least ${LEARNED}`);
    console.log(`     ${recipe}: ${((1000 * seconds) / steps).toFixed(2)} ms a step, ${seconds.toFixed(1)} s`);
    const short = [["training.epochs", "1"]];
    const [first, again] = [await learn(page, recipe, short), await learn(page, recipe, short)];
    check(first.sha256 === again.sha256, `${recipe}: two runs with one seed give the same weights`);
  }
}

async function framesOfThePlayground() {
  const page = await openPage({}, "#playground");
  await page.waitForSelector("#playground[data-ready]");
  await page.click("#playground-run");
  const frames = await page.evaluate(
    () =>
      new Promise((done) => {
        const plane = document.getElementById("playground-plane").getContext("2d");
        const original = plane.constructor.prototype.drawImage;
        let painted = 0;
        plane.constructor.prototype.drawImage = function (...all) {
          if (this.canvas.id === "playground-plane") painted += 1;
          return original.apply(this, all);
        };
        setTimeout(() => done(painted / 3), 3000);
      }),
  );
  console.log(`     playground: ${frames.toFixed(1)} frames a second`);
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
  const page = await openPage();
  await probabilities(page);
  await training(page);
  await page.context().close();
  await framesOfThePlayground();
  await looks();
} finally {
  await browser.close();
}
for (const fault of new Set(faults)) console.error(fault);
console.log(faults.length ? `${faults.length} faults` : "all of it holds");
process.exit(faults.length ? 1 : 0);
