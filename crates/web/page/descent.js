// Descent: optimizers race down a surface from where the user clicks.
import { call } from "./engine.js";
import { makeRunner } from "./forms.js";
import { COLORS, fittedContext, shortNumber } from "./paint.js";

const GRID = 180;
const OPTIMIZER_NAMES = {
  sgd: "gradient descent", momentum: "momentum 0.9", nesterov: "Nesterov 0.9", adagrad: "AdaGrad", rmsprop: "RMSProp", adam: "Adam",
};

// A race is over after so many steps.
const MOST_STEPS = 2000;

// One stands still that has moved less than this part of the plane in so many steps.
const STILL = 1 / 2000;
const STILL_STEPS = 60;

export async function openDescent() {
  const by = (name) => document.getElementById(`descent-${name}`);
  const grounds = await call("grounds");
  let ground = grounds[0];
  let start = ground.start;
  let shaded = null;
  let paths = [];
  let places = [];
  let steps = 0;

  const haste = () => 10 ** (Number(by("haste").value) / 2);

  async function startAnew() {
    places = await call("raceNew", grounds.indexOf(ground), ...start, haste());
    paths = places.map(({ place }) => [place]);
    steps = 0;
    paint();
  }

  async function work(most) {
    const { steps: taken, taken: all } = await call("raceStep", Math.min(most, 4));
    steps = taken;
    for (const row of all) row.forEach(({ place, is_lost: isLost }, index) => isLost || paths[index].push(place));
    places = all.at(-1) ?? places;
    const areStill = steps > STILL_STEPS && places.every(({ is_lost: isLost }, index) => isLost || isStill(paths[index]));
    paint();
    if (areStill) by("said").textContent = inWords();
    else if (steps >= MOST_STEPS) by("said").textContent = `Step ${steps}: stopped, though not all stand still.`;
    return { isOver: areStill || steps >= MOST_STEPS };
  }

  function isStill(path) {
    const [before, now] = [path.at(-STILL_STEPS), path.at(-1)];
    return before && [ground.x, ground.y].every(([low, high], side) => Math.abs(now[side] - before[side]) < STILL * (high - low));
  }

  function inWords() {
    const heights = places.filter(({ is_lost: isLost }) => !isLost).map(({ height }) => height);
    const all = `Step ${steps}: all stand still`;
    if (!heights.length) return `Step ${steps}: all have left the surface.`;
    return hasManyValleys() ? `${all}; the lowest value found is ${shortNumber(Math.min(...heights))}.` : `${all}.`;
  }

  const hasManyValleys = () => ground.name.includes("Gabor");

  function paint() {
    const { context, width, height } = fittedContext(by("plane"));
    context.drawImage(shaded, 0, 0, width, height);
    const across = ([x, y]) => [
      ((x - ground.x[0]) / (ground.x[1] - ground.x[0])) * width,
      (1 - (y - ground.y[0]) / (ground.y[1] - ground.y[0])) * height,
    ];
    paths.forEach((path, index) => {
      context.strokeStyle = COLORS[index];
      context.lineWidth = 2;
      context.beginPath();
      path.forEach((place, step) => (step ? context.lineTo(...across(place)) : context.moveTo(...across(place))));
      context.stroke();
      context.beginPath();
      context.arc(...across(path.at(-1)), 5, 0, 2 * Math.PI);
      context.fillStyle = COLORS[index];
      context.fill();
      context.strokeStyle = "#fff";
      context.lineWidth = 1;
      context.stroke();
    });
    const [x, y] = across(start);
    context.strokeStyle = "#fff";
    context.lineWidth = 2;
    context.strokeRect(x - 6, y - 6, 12, 12);
    paintTable();
    by("said").textContent = `Step ${steps}.`;
  }

  function paintTable() {
    by("table").tBodies[0].replaceChildren(
      ...places.map(({ name, rate, height, is_lost: isLost }, index) => {
        const row = document.createElement("tr");
        const swatch = document.createElement("span");
        swatch.className = "swatch";
        swatch.style.background = COLORS[index];
        const [label, speed, value] = [row.insertCell(), row.insertCell(), row.insertCell()];
        label.append(swatch, OPTIMIZER_NAMES[name]);
        speed.textContent = shortNumber(rate);
        value.textContent = isLost ? "left the surface" : shortNumber(height);
        return row;
      }),
    );
  }

  async function choose() {
    ground = grounds[Number(by("ground").value)];
    start = ground.start;
    by("note").hidden = !hasManyValleys();
    shaded = shadedCanvas(await call("shades", grounds.indexOf(ground), GRID, GRID));
    await runner.anew();
  }

  async function moveStart(place) {
    const within = (value, [low, high]) => Math.min(high, Math.max(low, value));
    start = [within(place[0], ground.x), within(place[1], ground.y)];
    await runner.anew();
  }

  by("plane").addEventListener("click", async (event) => {
    const box = by("plane").getBoundingClientRect();
    const part = [(event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height];
    await moveStart([ground.x, ground.y].map(([low, high], side) => low + (high - low) * part[side]));
    runner.start();
  });
  by("plane").addEventListener("keydown", async (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (event.key === "Enter") {
      if (runner.isOver()) await runner.anew();
      runner.start();
    }
    if (!way && event.key !== "Enter") return;
    event.preventDefault();
    if (way) await moveStart([ground.x, ground.y].map(([low, high], side) => start[side] + (way[side] * (high - low)) / 40));
  });

  const buttons = { run: by("run"), step: by("step"), reset: by("reset"), said: by("said") };
  const runner = makeRunner(buttons, work, startAnew);
  grounds.forEach(({ name }, index) => by("ground").add(new Option(name, index)));
  by("ground").addEventListener("change", choose);
  by("haste").addEventListener("input", () => (by("times").value = shortNumber(haste())));
  by("haste").addEventListener("change", () => runner.anew());
  await choose();
  return { hide: runner.pause, show: runner.repaint };
}

// Dark is low; every tenth of the way up a line.
function shadedCanvas(shades) {
  const canvas = document.createElement("canvas");
  canvas.width = GRID;
  canvas.height = GRID;
  const image = new ImageData(GRID, GRID);
  shades.forEach((shade, place) => {
    const level = Math.floor(shade * 12);
    const isEdge = level !== Math.floor((shades[place + 1] ?? shade) * 12) || level !== Math.floor((shades[place + GRID] ?? shade) * 12);
    const bright = 30 + 165 * shade - (isEdge ? 22 : 0);
    image.data.set([bright * 0.8, bright * 0.9, bright, 255], 4 * place);
  });
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}
