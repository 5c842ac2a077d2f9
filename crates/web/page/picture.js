// A picture: what the network sees, what it says, and what speaks for it.
import { call, loadNetwork } from "./engine.js";
import { oneAtATime, paintBars, paintImage, paintTiles, percent } from "./paint.js";

// Larger pictures are made smaller first: the network sees 32 pixels.
const MOST_PIXELS = 512;
// Of many classes, units and filters the first are shown.
const MOST_BARS = 10;
const MOST_TILES = 64;

// `own` is the network that `trainer serve` adds to those of the zoo.
export async function openPicture({ weights, own }) {
  const by = (name) => document.getElementById(`picture-${name}`);
  const network = by("network");
  const knownOfZoo = by("known").textContent;
  let shown = null;
  if (own) network.prepend(new Option(own.name, own.network, true, true));

  const look = oneAtATime(async () => {
    const name = network.value;
    const isOwn = name === own?.network;
    by("facts").textContent = recordedOf(weights[name]);
    for (const part of document.querySelectorAll(".picture-zoo")) part.hidden = isOwn;
    try {
      const classes = await loadNetwork(name);
      by("known").textContent = isOwn ? `${own.name} knows ${classes.length} things: ${listed(classes)}.` : knownOfZoo;
      const filters = await call("networkFilters", name);
      by("first").hidden = !filters;
      if (filters) showFilters(filters);
      if (!shown) return;
      const answer = await call("recognize", name, shown.width, shown.height, new Uint8Array(shown.data.buffer));
      await show(answer, classes, name);
    } catch (error) {
      refuse(`${error.message}.`);
    }
  });

  function showFilters({ shape: [count, channels, height, width], bytes }) {
    const some = Math.min(count, MOST_TILES);
    const counted = some < count ? `${some} of ${count}` : count;
    by("patterns").textContent = `What the first layer looks for: ${counted} patterns of ${width}x${height} pixels, gray is 0.`;
    paintTiles(by("filters"), { shape: [some, channels, height, width], bytes }, 16, width > 8 ? 2 : 5);
  }

  function showMaps({ shape: [count, ...sides], bytes }) {
    by("patterns").textContent += " Below, where it finds each: bright is much.";
    paintTiles(by("maps"), { shape: [Math.min(count, MOST_TILES), ...sides], bytes }, 8, 2);
  }

  // Says why there is no answer; that to an earlier picture goes.
  function refuse(why) {
    shown = null;
    by("said").textContent = why;
    by("bars").replaceChildren();
    for (const name of ["seen", "heat", "maps"]) by(name).width = by(name).height = 1;
  }

  async function show(answer, classes, name) {
    const best = answer.probabilities[answer.best];
    // Of some networks nobody has recorded how sure they may be.
    const isSure = best >= (weights[name].sureFrom ?? 0);
    by("said").textContent = isSure ? classes[answer.best] : `Unsure: ${classes[answer.best]}?`;
    paintImage(by("seen"), answer.pixels, answer.shape);
    by("size").textContent = `${answer.shape[2]}x${answer.shape[1]} pixels`;
    paintBars(by("bars"), classes, answer.probabilities, MOST_BARS);
    const maps = await call("firstMaps", name, answer.pixels);
    by("maps").parentElement.hidden = !maps;
    if (maps) showMaps(maps);
    const heat = await call("occlusion", name, answer.pixels, answer.best);
    paintHeat(by("heat"), answer, heat);
  }

  function take(source, width, height) {
    const scale = Math.min(1, MOST_PIXELS / Math.max(width, height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(width * scale));
    canvas.height = Math.max(1, Math.round(height * scale));
    const context = canvas.getContext("2d");
    context.drawImage(source, 0, 0, canvas.width, canvas.height);
    shown = context.getImageData(0, 0, canvas.width, canvas.height);
    return look();
  }

  async function takeFile(file) {
    if (!file) return;
    try {
      const picture = await createImageBitmap(file);
      await take(picture, picture.width, picture.height);
    } catch {
      refuse(`${file.name || "this"} is no picture that this browser can read; try a PNG or a JPEG.`);
    }
  }

  const drop = by("drop");
  // Else the browser would leave the page for what is dropped beside the zone.
  for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => event.preventDefault());
  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    takeFile(event.dataTransfer.files[0]);
  });
  document.addEventListener("paste", (event) => {
    const file = [...(event.clipboardData?.files ?? [])].find((one) => one.type.startsWith("image/"));
    if (file && !document.getElementById("picture").hidden) takeFile(file);
  });
  by("file").addEventListener("change", (event) => {
    takeFile(event.target.files[0]);
    // The same file may be chosen again.
    event.target.value = "";
  });
  by("sample").addEventListener("click", () => {
    const ship = drawnShip();
    take(ship, ship.width, ship.height);
  });
  network.addEventListener("change", look);
  const closeCamera = useCamera(by, take);
  await look();
  return { hide: closeCamera };
}

// What was recorded of a network; of one's own that may be nothing.
function recordedOf({ parameters, accuracy }) {
  const parts = [];
  if (parameters) parts.push(`${parameters.toLocaleString("en")} parameters`);
  if (typeof accuracy === "number") parts.push(`named ${percent(accuracy)} of the test pictures rightly`);
  return parts.length ? `${parts.join("; ")}.` : "";
}

function listed(names) {
  const most = 30;
  const rest = names.length - most;
  return rest > 0 ? `${names.slice(0, most).join(", ")} and ${rest} more` : names.join(", ");
}

function useCamera(by, take) {
  const [video, snap, button] = [by("video"), by("snap"), by("camera")];
  let stream = null;
  function stop() {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    video.hidden = true;
    snap.hidden = true;
    button.textContent = "use the camera";
  }
  button.addEventListener("click", async () => {
    if (stream) {
      stop();
      return;
    }
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.srcObject = stream;
      video.hidden = false;
      snap.hidden = false;
      button.textContent = "close the camera";
      await video.play();
    } catch {
      stop();
      by("said").textContent = "The camera cannot be used: allow it if there is one, or choose a file.";
    }
  });
  snap.addEventListener("click", async () => {
    await take(video, video.videoWidth, video.videoHeight);
    stop();
  });
  return stop;
}

// The picture in gray, and over it in orange what speaks for the answer, in blue what speaks against.
function paintHeat(canvas, { pixels, shape: [channels, height, width] }, { rows, columns, values }) {
  canvas.width = width;
  canvas.height = height;
  const image = new ImageData(width, height);
  const most = Math.max(1e-6, ...values.map(Math.abs));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = y * width + x;
      let gray = 0;
      for (let channel = 0; channel < channels; channel += 1) gray += pixels[at + channel * height * width] / channels;
      const row = Math.min(rows - 1, Math.floor((y / height) * rows));
      const column = Math.min(columns - 1, Math.floor((x / width) * columns));
      const heat = values[row * columns + column] / most;
      const [to, strength] = [heat > 0 ? [230, 120, 0] : [0, 110, 220], Math.abs(heat) * 0.8];
      for (let color = 0; color < 3; color += 1) {
        image.data[4 * at + color] = gray * 0.7 * (1 - strength) + to[color] * strength;
      }
      image.data[4 * at + 3] = 255;
    }
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

function drawnShip() {
  const canvas = document.createElement("canvas");
  canvas.width = 160;
  canvas.height = 160;
  const context = canvas.getContext("2d");
  const shape = (color, points) => {
    context.fillStyle = color;
    context.beginPath();
    points.forEach(([x, y]) => context.lineTo(x, y));
    context.fill();
  };
  shape("#9cc7e8", [[0, 0], [160, 0], [160, 110], [0, 110]]);
  shape("#2c5f8a", [[0, 105], [160, 105], [160, 160], [0, 160]]);
  shape("#5b2e1e", [[20, 95], [145, 95], [125, 122], [40, 122]]);
  shape("#e8e4da", [[50, 72], [110, 72], [110, 95], [50, 95]]);
  shape("#b03a2e", [[72, 48], [86, 48], [86, 72], [72, 72]]);
  return canvas;
}
