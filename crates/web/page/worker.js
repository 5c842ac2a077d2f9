// After what wasm-bindgen makes: `wasm_bindgen` starts the engine, and then has its classes.
"use strict";

const networks = new Map();
let session = null;
let playground = null;
let race = null;

function tiles(found) {
  if (!found) return null;
  const plain = { shape: [...found.shape], bytes: found.bytes };
  found.free();
  return plain;
}

function answer(found) {
  const plain = { ...JSON.parse(found.json), pixels: found.pixels };
  found.free();
  return plain;
}

function replaced(old, make) {
  const made = make();
  old?.free();
  return made;
}

const methods = {
  async start(wasm) {
    await wasm_bindgen({ module_or_path: wasm });
  },

  load(name, weights) {
    networks.set(name, replaced(networks.get(name), () => new wasm_bindgen.Recognizer(weights)));
    return networks.get(name).classNames;
  },
  recognize: (name, width, height, rgba) => answer(networks.get(name).recognize(width, height, rgba)),
  ofPixels: (name, pixels) => answer(networks.get(name).ofPixels(pixels)),
  firstMaps: (name, pixels) => tiles(networks.get(name).firstMaps(pixels)),
  networkFilters: (name) => tiles(networks.get(name).filters()),
  occlusion(name, pixels, best) {
    const [rows, columns, ...values] = networks.get(name).occlusion(pixels, best);
    return { rows, columns, values };
  },

  learnNew(recipe, settings, seed) {
    session = replaced(session, () => new wasm_bindgen.TrainingSession(recipe, JSON.stringify(settings), seed));
    return { classes: session.classNames, recipe: session.recipe() };
  },
  learnAdvance(most) {
    const started = performance.now();
    const losses = session.advance(most);
    return { losses, spent: performance.now() - started, ...JSON.parse(session.progress()) };
  },
  learnFilters: () => tiles(session.filters()),
  learnConfusion: () => JSON.parse(session.confusion()),
  learnMistakes: () => ({ mistakes: JSON.parse(session.mistakes()), pictures: tiles(session.pictures()) }),
  learnTest: () => session.testAccuracy(),
  learnWeights: () => session.weights(),
  // The network as it is now answers drawings by this name.
  learnRecognize(width, height, rgba) {
    methods.load("learned", session.weights());
    return methods.recognize("learned", width, height, rgba);
  },

  playNew(settings) {
    playground = replaced(playground, () => new wasm_bindgen.Playground(JSON.stringify(settings)));
    return { points: playground.points(), bounds: [...playground.bounds()] };
  },
  playAdd(x, y, isSecond) {
    playground.add(x, y, isSecond);
    return playground.points();
  },
  playAdvance(steps, side) {
    const started = performance.now();
    playground.advance(steps);
    return { spent: performance.now() - started, ...JSON.parse(playground.scores()), maps: playground.maps(side) };
  },

  grounds: () => JSON.parse(wasm_bindgen.grounds()),
  shades: (ground, columns, rows) => wasm_bindgen.shades(ground, columns, rows),
  raceNew(ground, x, y, haste) {
    race = replaced(race, () => new wasm_bindgen.Race(ground, x, y, haste));
    return JSON.parse(race.places());
  },
  raceStep(steps) {
    const taken = [];
    for (let step = 0; step < steps; step += 1) {
      race.step();
      taken.push(JSON.parse(race.places()));
    }
    return { steps: race.steps, taken };
  },
};

async function handle({ id, method, args }) {
  try {
    self.postMessage({ id, result: await methods[method](...args) });
  } catch (error) {
    const isOurs = error instanceof WebAssembly.RuntimeError;
    const message = isOurs ? "the engine stopped by a mistake of its own; reload the page" : String(error?.message ?? error);
    self.postMessage({ id, error: message });
  }
}

// One after the other, in order.
let turn = Promise.resolve();
self.onmessage = ({ data }) => {
  turn = turn.then(() => handle(data));
};
