// The page's files: embedded in the one HTML file, else beside it.

export async function asset(name) {
  const embedded = document.getElementById(`file:${name}`);
  if (embedded) {
    const text = atob(embedded.textContent);
    return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  }
  const response = await fetch(name);
  if (!response.ok) throw new Error(`cannot load ${name} (${response.status}); reload the page`);
  return new Uint8Array(await response.arrayBuffer());
}

export async function assetJson(name) {
  return JSON.parse(new TextDecoder().decode(await asset(name)));
}

export async function workerUrl() {
  if (!document.getElementById("file:worker.js")) return "worker.js";
  return URL.createObjectURL(new Blob([await asset("worker.js")], { type: "text/javascript" }));
}
