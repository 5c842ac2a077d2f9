// A picture: what the network sees, what it says, and what speaks for it.
import { call, loadNetwork } from "./engine.js";
import { oneAtATime, paintBars, paintImage, paintTiles, percent } from "./paint.js";

// Larger pictures are made smaller first: the network sees 32 pixels.
const MOST_PIXELS = 512;

export async function openPicture({ weights }) {
  const by = (name) => document.getElementById(`picture-${name}`);
  const network = by("network");
  let shown = null;

  const look = oneAtATime(async () => {
    const name = network.value;
    const { accuracy, parameters } = weights[name];
    by("facts").textContent =
      `${parameters.toLocaleString("en")} parameters; named ${percent(accuracy)} of the test pictures rightly.`;
    const classes = await loadNetwork(name);
    const filters = await call("networkFilters", name);
    paintTiles(by("filters"), filters, 16, 5);
    if (!shown) return;
    try {
      const answer = await call("recognize", name, shown.width, shown.height, new Uint8Array(shown.data.buffer));
      await show(answer, classes, name);
    } catch (error) {
      refuse(`${error.message}.`);
    }
  });

  // Says why there is no answer; that to an earlier picture goes.
  function refuse(why) {
    shown = null;
    by("said").textContent = why;
    by("bars").replaceChildren();
    for (const name of ["seen", "heat", "maps"]) by(name).width = by(name).height = 1;
  }

  async function show(answer, classes, name) {
    const best = answer.probabilities[answer.best];
    const isSure = best >= weights[name].sureFrom;
    by("said").textContent = isSure ? classes[answer.best] : `Unsure: ${classes[answer.best]}?`;
    paintImage(by("seen"), answer.pixels, answer.shape);
    paintBars(by("bars"), classes, answer.probabilities, classes.length);
    paintTiles(by("maps"), await call("firstMaps", name, answer.pixels), 8, 2);
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
  by("file").addEventListener("change", (event) => takeFile(event.target.files[0]));
  by("sample").addEventListener("click", () => {
    const ship = drawnShip();
    take(ship, ship.width, ship.height);
  });
  network.addEventListener("change", look);
  useCamera(by, take);
  await look();
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
      by("said").textContent = "The camera cannot be used: allow it, or choose a file.";
    }
  });
  snap.addEventListener("click", async () => {
    await take(video, video.videoWidth, video.videoHeight);
    stop();
  });
}

// The picture in gray, and over it in orange what speaks for the answer, in blue what speaks against.
function paintHeat(canvas, { pixels, shape: [, height, width] }, { rows, columns, values }) {
  canvas.width = width;
  canvas.height = height;
  const image = new ImageData(width, height);
  const most = Math.max(1e-6, ...values.map(Math.abs));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = y * width + x;
      const gray = (pixels[at] + pixels[at + height * width] + pixels[at + 2 * height * width]) / 3;
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
