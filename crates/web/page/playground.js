// Playground: a small perceptron on points in the plane, and what each unit makes of it.
import { call } from "./engine.js";
import { makeForm, recipeSettings } from "./fields.js";
import { makeRunner } from "./forms.js";
import { linkLesson } from "./lessons.js";
import { percent, shortNumber } from "./paint.js";
import { SIDE, makeUnits, paintLosses, paintPlane, paintUnits } from "./plane.js";
import { LESSONS, PLAIN } from "./presets.js";

// Between the frames with all units, the plane of a network of many units is asked for at fewer places.
const QUICK_SIDE = 20;
const MANY_UNITS = 16;
const SELDOM_UNITS = 6;

// The curve of the losses is thinned out from so many rows on.
const MOST_ROWS = 1000;

// As the engine allows: up to four layers of up to 16 units.
const WIDTH = "(?:1[0-6]|[1-9])";
const WIDTHS = `\\s*(?:${WIDTH}(?:\\s*,\\s*${WIDTH}){0,3})?\\s*`;

const words = (...names) => names.map((name) => [name, name.replaceAll("_", " ")]);

const PLAY_FIELDS = [
  { name: "points", label: "points", options: [...words("rings", "moons", "spirals", "xor"), ["netbp", "netbp's ten"], ["own", "your own"]] },
  { name: "coordinates", label: "coordinates", options: [["cartesian", "x and y"], ["polar", "radius and angle"]] },
  { name: "hidden", label: "hidden units", type: "text", pattern: WIDTHS, placeholder: "none",
    title: "Units of each hidden layer, such as 4, 4; none for a line",
    expects: "up to four whole numbers from 1 to 16 with commas between, such as 4, 4, or nothing" },
  { name: "activation", label: "activation", options: words("relu", "leaky_relu", "elu", "selu", "gelu", "sigmoid", "tanh", "softplus") },
  { name: "optimizer", label: "optimizer", options: words("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam") },
  { name: "rate", label: "learning rate", options: words("0.001", "0.003", "0.01", "0.02", "0.03", "0.1", "0.3", "0.5", "1") },
  { name: "batch", label: "batch size", options: words("1", "5", "10", "30", "150") },
  { name: "weights", label: "initializer", options: words("xavier_uniform", "he_uniform", "normal", "orthogonal", "zero") },
  { name: "l2", label: "weight decay", options: words("0", "0.001", "0.01", "0.1") },
  { name: "dropout", label: "dropout", options: words("0", "0.1", "0.25", "0.5") },
  { name: "count", label: "points a class", options: words("10", "50", "100", "200") },
  { name: "seed", label: "seed", type: "number", min: 0, max: 4294967295, required: "" },
];

const PLAY_KEYS = {
  activation: "model.mlp.activation",
  optimizer: "optimizer",
  rate: "schedule.constant.learning_rate",
  batch: "training.batch_size",
  weights: "model.mlp.weights",
  dropout: "model.mlp.dropout",
};

// Of the keys that are set in a way of their own, too.
const KEYS_OF_FIELDS = { ...PLAY_KEYS, hidden: "model.mlp.hidden", l2: "regularization.weight_decay" };

function playSettings(values) {
  const widths = values.hidden.split(",").map((width) => width.trim()).filter(Boolean);
  const decay = values.l2 === "0" ? "none" : `{ l2 = { rate = ${values.l2} } }`;
  const set = [
    ...recipeSettings(values, PLAY_KEYS),
    ["model.mlp.hidden", `[${widths.join(", ")}]`],
    ["regularization.weight_decay", decay],
  ];
  const { points, coordinates } = values;
  const settings = { points, polar: coordinates === "polar", count: Number(values.count), seed: Number(values.seed), set };
  return { settings, widths: widths.map(Number) };
}

export async function openPlayground({ lessons }) {
  const by = (name) => document.getElementById(`playground-${name}`);
  let sheet = { points: [], bounds: [-3, 3] };
  let widths = [];
  let curve = [];
  let frames = 0;
  let cursor = null;

  async function startAnew() {
    const chosen = playSettings(form.values());
    sheet = await call("playNew", chosen.settings).catch((error) => {
      throw form.refused(error, KEYS_OF_FIELDS);
    });
    widths = chosen.widths;
    [curve, frames, cursor] = [[], 0, null];
    makeUnits(by("units"), widths);
    await work(0, false);
  }

  async function work(steps, isQuick) {
    const units = widths.reduce((sum, width) => sum + width, 0);
    const isWhole = !isQuick || frames % SELDOM_UNITS === 0;
    const side = isWhole || units <= MANY_UNITS ? SIDE : QUICK_SIDE;
    frames += 1;
    const { maps, spent, ...scores } = await call("playAdvance", steps, side);
    const isWaiting = scores.train_loss === null;
    if (!isWaiting && scores.steps !== curve.at(-1)?.steps) curve.push(scores);
    if (curve.length > MOST_ROWS) curve = curve.filter((_, index) => index % 2 === 0);
    sheet.region = maps.subarray(0, side * side);
    paintPlane(by("plane"), sheet, cursor);
    if (side === SIDE) paintUnits(by("units"), maps.subarray(SIDE * SIDE));
    paintLosses(by("loss"), curve);
    by("said").textContent = scoresInWords(scores);
    return { isOver: false, isWaiting, spent };
  }

  async function addPoint(x, y) {
    sheet.points = await call("playAdd", x, y, by("class").value === "1");
    await work(0, false);
  }

  by("plane").addEventListener("keydown", async (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!way && event.key !== "Enter") return;
    event.preventDefault();
    const [from, to] = sheet.bounds;
    const within = (value) => Math.min(to, Math.max(from, value));
    cursor ??= [(from + to) / 2, (from + to) / 2];
    if (way) cursor = cursor.map((value, side) => within(value + (way[side] * (to - from)) / 40));
    else await addPoint(...cursor);
    paintPlane(by("plane"), sheet, cursor);
    if (!runner.isRunning() && way) by("said").textContent = `Cursor at ${cursor.map(shortNumber).join(", ")}.`;
  });
  by("plane").addEventListener("click", async (event) => {
    const box = by("plane").getBoundingClientRect();
    const [from, to] = sheet.bounds;
    const x = from + ((event.clientX - box.left) / box.width) * (to - from);
    const y = to - ((event.clientY - box.top) / box.height) * (to - from);
    await addPoint(x, y);
  });

  const form = makeForm(by("settings"), PLAY_FIELDS, () => {
    preset.value = lessonOf(form.raw());
    runner.changed();
  });
  const buttons = { run: by("run"), step: by("step"), reset: by("reset"), said: by("said") };
  const runner = makeRunner(buttons, work, startAnew);
  const preset = by("preset");
  const changed = new Option("changed by you", "");
  changed.hidden = true;
  changed.disabled = true;
  preset.add(changed);
  LESSONS.forEach(({ title }, index) => preset.add(new Option(title, index)));
  const choose = async () => {
    const lesson = LESSONS[Number(preset.value)];
    form.set({ ...PLAIN, ...lesson.settings });
    by("lesson").textContent = lesson.says;
    linkLesson(by("page"), lesson.page, lessons);
    await runner.anew();
  };
  preset.addEventListener("change", choose);
  preset.value = "0";
  await choose();
  return { hide: runner.pause, show: runner.repaint };
}

// The lesson that has these settings, else "".
function lessonOf(values) {
  const has = ({ settings }) => Object.entries({ ...PLAIN, ...settings }).every(([name, value]) => values[name] === value);
  const index = LESSONS.findIndex(has);
  return index < 0 ? "" : String(index);
}

function scoresInWords(scores) {
  if (scores.train_loss === null) return "Click into the plane to put points.";
  const of = (loss, accuracy) => `${percent(accuracy)} right, loss ${shortNumber(loss)}`;
  const held = scores.test_loss === null ? "" : ` Held out: ${of(scores.test_loss, scores.test_accuracy)}.`;
  return `Step ${scores.steps}. Points learned from: ${of(scores.train_loss, scores.train_accuracy)}.${held}`;
}
