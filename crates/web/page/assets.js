// The page's files: embedded in the one HTML file, else beside it.

export async function asset(name) {
  const embedded = document.getElementById(`file:${name}`);
  if (embedded) return bytesOfBase64(embedded.textContent);
  const response = await fetch(name);
  if (!response.ok) throw new Error(`cannot load ${name} (${response.status}); reload the page`);
  return new Uint8Array(await response.arrayBuffer());
}

// `Uint8Array.from` with a function takes seconds for the engine.
function bytesOfBase64(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let place = 0; place < letters.length; place += 1) bytes[place] = letters.charCodeAt(place);
  return bytes;
}

export async function assetJson(name) {
  return JSON.parse(new TextDecoder().decode(await asset(name)));
}

export async function workerUrl() {
  if (!document.getElementById("file:worker.js")) return "worker.js";
  return URL.createObjectURL(new Blob([await asset("worker.js")], { type: "text/javascript" }));
}
