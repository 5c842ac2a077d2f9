// The page: starts the engine, opens a panel when it is first looked at.
import { assetJson } from "./assets.js";
import { openDescent } from "./descent.js";
import { openDraw } from "./draw.js";
import { call, hasSimd, startEngine } from "./engine.js";
import { openLearn } from "./learn.js";
import { linkLesson } from "./lessons.js";
import { openPicture } from "./picture.js";
import { openPlayground } from "./playground.js";

const PANELS = { draw: openDraw, picture: openPicture, learn: openLearn, playground: openPlayground, descent: openDescent };

function sayTrouble(text) {
  const trouble = document.getElementById("trouble");
  trouble.textContent = text;
  trouble.hidden = false;
}

// Opens a panel once. What it may give: `hide`, called when another one is looked at, and `show`, when it is looked at again.
const opened = new Map();

async function openPanel(name, facts) {
  const panel = document.getElementById(name);
  try {
    const isNew = !opened.has(name);
    if (isNew) opened.set(name, PANELS[name](facts));
    const parts = await opened.get(name);
    if (!isNew) await parts?.show?.();
    panel.dataset.ready = "true";
  } catch (error) {
    opened.delete(name);
    sayTrouble(`This panel cannot be opened: ${error.message}.`);
  }
}

function showPanel(name, facts) {
  const tabs = [...document.querySelectorAll("[role=tab]")];
  for (const tab of tabs) {
    const panel = tab.getAttribute("aria-controls");
    const isShown = panel === name;
    tab.setAttribute("aria-selected", String(isShown));
    tab.tabIndex = isShown ? 0 : -1;
    document.getElementById(panel).hidden = !isShown;
    if (!isShown) opened.get(panel)?.then((parts) => parts?.hide?.()).catch(() => {});
  }
  return openPanel(name, facts);
}

function listenToTabs(facts) {
  const tabs = [...document.querySelectorAll("[role=tab]")];
  tabs.forEach((tab, index) => {
    tab.addEventListener("click", () => {
      history.replaceState(null, "", `#${tab.getAttribute("aria-controls")}`);
      showPanel(tab.getAttribute("aria-controls"), facts);
    });
    tab.addEventListener("keydown", (event) => {
      const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!way) return;
      const next = tabs[(index + way + tabs.length) % tabs.length];
      next.focus();
      next.click();
    });
  });
}

async function main() {
  if (!hasSimd()) {
    sayTrouble("This browser lacks WebAssembly's 128-bit vectors (SIMD), which this page computes with. Any browser of 2023 or later has them.");
    return;
  }
  try {
    const started = startEngine();
    const facts = await assetJson("zoo.json");
    for (const link of document.querySelectorAll("[data-page]")) linkLesson(link, link.dataset.page, facts.lessons);
    listenToTabs(facts);
    // A network of one's own is looked at first.
    const first = facts.own ? "picture" : "draw";
    const wanted = () => (Object.hasOwn(PANELS, location.hash.slice(1)) ? location.hash.slice(1) : first);
    window.addEventListener("hashchange", () => showPanel(wanted(), facts));
    // The panel opens while the engine starts: it decodes its weights meanwhile, and its calls wait for the engine.
    const shown = showPanel(wanted(), facts);
    await Promise.all([started, shown]);
    document.documentElement.dataset.ready = "true";
  } catch (error) {
    sayTrouble(`The page cannot be started: ${error.message}.`);
  }
}

// For whoever tries the engine from the console, as the page's test does.
globalThis.zoo = { call };

main();
