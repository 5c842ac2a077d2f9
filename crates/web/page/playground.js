// Playground: a small perceptron on points in the plane, and what each unit makes of it.
import { call } from "./engine.js";
import { makeForm, makeRunner, recipeSettings } from "./forms.js";
import { fittedContext, paintCurves, percent, shortNumber, themeColor } from "./paint.js";
import { LESSONS, PLAIN } from "./presets.js";

const SIDE = 40;
const FIRST = [0, 114, 178];
const SECOND = [213, 94, 0];

const words = (...names) => names.map((name) => [name, name.replaceAll("_", " ")]);

const PLAY_FIELDS = [
  { name: "points", label: "points", options: [...words("rings", "moons", "spirals", "xor"), ["netbp", "netbp's ten"], ["own", "your own"]] },
  { name: "coordinates", label: "coordinates", options: [["cartesian", "x and y"], ["polar", "radius and angle"]] },
  { name: "hidden", label: "hidden units", type: "text", placeholder: "none", title: "Units of each hidden layer, such as 4, 4; none for a line" },
  { name: "activation", label: "activation", options: words("relu", "leaky_relu", "elu", "selu", "gelu", "sigmoid", "tanh", "softplus") },
  { name: "optimizer", label: "optimizer", options: words("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam") },
  { name: "rate", label: "learning rate", options: words("0.001", "0.003", "0.01", "0.02", "0.03", "0.1", "0.3", "0.5", "1") },
  { name: "batch", label: "batch size", options: words("1", "5", "10", "30", "150") },
  { name: "weights", label: "initializer", options: words("xavier_uniform", "he_uniform", "normal", "orthogonal", "zero") },
  { name: "l2", label: "weight decay", options: words("0", "0.001", "0.01", "0.1") },
  { name: "dropout", label: "dropout", options: words("0", "0.1", "0.25", "0.5") },
  { name: "count", label: "points a class", options: words("10", "50", "100", "200") },
  { name: "seed", label: "seed", type: "number", min: 0, max: 4294967295 },
];

const PLAY_KEYS = {
  activation: "model.mlp.activation",
  optimizer: "optimizer",
  rate: "schedule.constant.learning_rate",
  batch: "training.batch_size",
  weights: "model.mlp.weights",
  dropout: "model.mlp.dropout",
};

function playSettings(values) {
  const widths = values.hidden.split(/[^0-9]+/).filter(Boolean);
  const decay = values.l2 === "0" ? "none" : `{ l2 = { rate = ${values.l2} } }`;
  const set = [
    ...recipeSettings(values, PLAY_KEYS),
    ["model.mlp.hidden", `[${widths.join(", ")}]`],
    ["regularization.weight_decay", decay],
  ];
  const { points, coordinates } = values;
  const settings = { points, polar: coordinates === "polar", count: Number(values.count), seed: Number(values.seed) >>> 0, set };
  return { settings, widths: widths.map(Number) };
}

export async function openPlayground({ lessons }) {
  const by = (name) => document.getElementById(`playground-${name}`);
  let sheet = { points: [], bounds: [-3, 3] };
  let widths = [];
  let curve = [];

  async function startAnew() {
    const chosen = playSettings(form.values());
    sheet = await call("playNew", chosen.settings);
    widths = chosen.widths;
    curve = [];
    makeUnits(by("units"), widths);
    await work(0);
  }

  async function work(steps) {
    const { maps, ...scores } = await call("playAdvance", steps, SIDE);
    if (scores.train_loss !== null) curve.push(scores);
    paintPlane(by("plane"), maps.subarray(0, SIDE * SIDE), sheet);
    paintUnits(by("units"), maps.subarray(SIDE * SIDE));
    paintLosses(by("loss"), curve);
    by("said").textContent = scoresInWords(scores);
    return false;
  }

  by("plane").addEventListener("click", async (event) => {
    const box = by("plane").getBoundingClientRect();
    const [from, to] = sheet.bounds;
    const x = from + ((event.clientX - box.left) / box.width) * (to - from);
    const y = to - ((event.clientY - box.top) / box.height) * (to - from);
    sheet.points = await call("playAdd", x, y, by("class").value === "1");
    await work(0);
  });

  const form = makeForm(by("settings"), PLAY_FIELDS, () => runner.anew());
  const buttons = { run: by("run"), step: by("step"), reset: by("reset"), said: by("said") };
  const runner = makeRunner(buttons, work, startAnew);
  const preset = by("preset");
  LESSONS.forEach(({ title }, index) => preset.add(new Option(title, index)));
  const choose = async () => {
    const lesson = LESSONS[Number(preset.value)];
    form.set({ ...PLAIN, ...lesson.settings });
    by("lesson").textContent = lesson.says;
    by("page").href = lessons + lesson.page;
    await runner.anew();
  };
  preset.addEventListener("change", choose);
  await choose();
  return () => runner.pause();
}

function scoresInWords({ steps, train_accuracy: train, test_accuracy: test }) {
  if (train === null) return "Click into the plane to put points.";
  const held = test === null ? "" : `, ${percent(test)} of those held out`;
  return `Step ${steps}: ${percent(train)} of the points right${held}.`;
}

function mixed(part) {
  return FIRST.map((first, color) => {
    const to = part < 0.5 ? first : SECOND[color];
    return 255 + (to - 255) * Math.abs(2 * part - 1) * 0.75;
  });
}

function mapImage(bytes, side) {
  const image = new ImageData(side, side);
  bytes.forEach((byte, place) => {
    const [red, green, blue] = mixed(byte / 255);
    image.data.set([red, green, blue, 255], 4 * place);
  });
  return image;
}

const scratch = document.createElement("canvas");

function paintPlane(canvas, region, { points, bounds: [from, to] }) {
  const { context, width } = fittedContext(canvas);
  scratch.width = SIDE;
  scratch.height = SIDE;
  scratch.getContext("2d").putImageData(mapImage(region, SIDE), 0, 0);
  context.imageSmoothingEnabled = true;
  context.drawImage(scratch, 0, 0, width, width);
  const at = (value) => ((value - from) / (to - from)) * width;
  for (let index = 0; index < points.length; index += 4) {
    const [x, y, isSecond, isHeld] = points.slice(index, index + 4);
    const color = `rgb(${(isSecond ? SECOND : FIRST).join(" ")})`;
    context.beginPath();
    context.arc(at(x), width - at(y), 4, 0, 2 * Math.PI);
    context.fillStyle = isHeld ? "#fff" : color;
    context.fill();
    context.strokeStyle = isHeld ? color : "#fff";
    context.lineWidth = isHeld ? 2 : 1;
    context.stroke();
  }
}

function makeUnits(container, widths) {
  container.replaceChildren(
    ...widths.map((width) => {
      const row = document.createElement("div");
      for (let unit = 0; unit < width; unit += 1) {
        const canvas = document.createElement("canvas");
        canvas.width = SIDE;
        canvas.height = SIDE;
        row.append(canvas);
      }
      return row;
    }),
  );
}

function paintUnits(container, units) {
  container.querySelectorAll("canvas").forEach((canvas, index) => {
    const bytes = units.subarray(index * SIDE * SIDE, (index + 1) * SIDE * SIDE);
    canvas.getContext("2d").putImageData(mapImage(bytes, SIDE), 0, 0);
  });
}

function paintLosses(canvas, curve) {
  const points = (key) => curve.filter((row) => row[key] !== null).map((row) => [row.steps, row[key]]);
  const [train, test] = [points("train_loss"), points("test_loss")];
  const top = [...train, ...test].reduce((most, [, loss]) => Math.max(most, Math.min(loss, 3)), 0.1);
  paintCurves(
    canvas,
    [{ points: train, color: themeColor("--first") }, { points: test, color: themeColor("--second"), dash: [6, 4] }],
    { x: [0, Math.max(10, curve.at(-1)?.steps ?? 0)], y: [0, top] },
  );
  const loss = train.at(-1)?.[1];
  if (loss !== undefined) canvas.setAttribute("aria-label", `Loss by step; now ${shortNumber(loss)}`);
}
