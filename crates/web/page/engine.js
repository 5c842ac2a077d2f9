// The engine in its worker: each call is a message there and one back.
import { asset, workerUrl } from "./assets.js";

// The worker, once the engine has started in it.
let engine;
// Why it answers nothing any more.
let failure = null;
let lastCall = 0;
const waiting = new Map();

// A module that is valid only where 128-bit vectors are: it fills one and counts its bits.
const SIMD_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
]);

export function hasSimd() {
  return typeof WebAssembly === "object" && WebAssembly.validate(SIMD_PROBE);
}

export function startEngine() {
  engine = startedWorker();
  return engine;
}

async function startedWorker() {
  const worker = new Worker(await workerUrl());
  worker.onmessage = ({ data: { id, result, error } }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) resolve(result);
    else reject(new Error(error));
  };
  worker.onerror = (event) => {
    failure = new Error(event.message || "the engine cannot be started");
    for (const { reject } of waiting.values()) reject(failure);
    waiting.clear();
  };
  await send(worker, "start", [await asset("zoo_bg.wasm")]);
  return worker;
}

function send(worker, method, args) {
  if (failure) throw failure;
  return new Promise((resolve, reject) => {
    lastCall += 1;
    waiting.set(lastCall, { resolve, reject });
    worker.postMessage({ id: lastCall, method, args });
  });
}

// Calls wait for the engine's start, and fail where it does.
export async function call(method, ...args) {
  return send(await engine, method, args);
}

const loaded = new Map();

// The trained network of that name, loaded once; gives its classes.
export function loadNetwork(name) {
  if (!loaded.has(name)) {
    const classes = asset(`${name}.safetensors`).then((weights) => call("load", name, weights));
    loaded.set(name, classes);
  }
  return loaded.get(name);
}
