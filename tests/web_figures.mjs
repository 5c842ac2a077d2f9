// Sizes and speeds of the page, which tests/web.mjs prints: none is held against anything.

import { readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";

const figures = [];
export const figure = (name, value, unit) => figures.push({ name, value, unit });

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

// Of the page as one file.
export function sizes(pagePath) {
  const html = readFileSync(pagePath, "utf8");
  const embedded = /<script type="text\/plain" id="file:([^"]*)">([^<]*)<\/script>/g;
  const files = new Map([...html.matchAll(embedded)].map(([, name, text]) => [name, Buffer.from(text, "base64")]));
  const wasm = files.get("zoo_bg.wasm");
  const others = [...files].filter(([name]) => name !== "zoo_bg.wasm" && !name.endsWith(".safetensors")).map(([, bytes]) => bytes);
  const compressed = (bytes) => brotliCompressSync(bytes).length / 1e6;
  const small = compressed(wasm);
  const rest = [Buffer.from(html.replace(embedded, "")), ...others].reduce((sum, bytes) => sum + compressed(bytes), 0);
  figure("the one file", Buffer.byteLength(html) / 1e6, "MB");
  figure("WebAssembly", wasm.length / 1e6, "MB");
  figure("WebAssembly as brotli", small, "MB");
  figure("all but weights as brotli", small + rest, "MB");
}

// A letter is typed as soon as the page is ready, and its first answer waited for. `openPage` opens the page anew, and runs `early` in it first.
export async function firstPrediction(openPage) {
  const early = () => {
    const seen = (target, options, holds) =>
      new Promise((done) => {
        new MutationObserver((_, observer) => {
          if (!holds()) return;
          observer.disconnect();
          done();
        }).observe(target, options);
      });
    const isReady = () => document.documentElement.dataset.ready;
    const hasAnswer = () => [...document.querySelectorAll("#draw-answers .said")].some((said) => said.textContent);
    globalThis.firstAnswer = seen(document, { subtree: true, attributeFilter: ["data-ready"] }, isReady).then(async () => {
      const typed = document.getElementById("draw-typed");
      typed.value = "R";
      typed.dispatchEvent(new Event("input"));
      await seen(document.getElementById("draw-answers"), { subtree: true, childList: true }, hasAnswer);
      return performance.now();
    });
  };
  const times = [];
  for (let opening = 0; opening < 5; opening += 1) {
    const page = await openPage(early);
    const found = await page.evaluate(async () => {
      const answered = await globalThis.firstAnswer;
      return { answered, loaded: performance.getEntriesByType("navigation")[0].loadEventStart };
    });
    times.push(found);
    await page.context().close();
  }
  figure("first prediction after the load event", median(times.map(({ answered, loaded }) => answered - loaded)), "ms");
  figure("first prediction after the navigation began", median(times.map(({ answered }) => answered)), "ms");
}

export function printFigures(measured, file) {
  const width = Math.max(...figures.map(({ name }) => name.length));
  console.log(`\nFigures of ${measured}:`);
  for (const { name, value, unit } of figures) console.log(`${name.padEnd(width)} ${value.toFixed(2).padStart(9)} ${unit}`);
  if (file) writeFileSync(file, `${JSON.stringify(figures, null, 2)}\n`);
}
