// Watch it learn: the digits, by a recipe, step by step.
import { call } from "./engine.js";
import { makeForm, recipeSettings } from "./fields.js";
import { makeRunner } from "./forms.js";
import { makePad } from "./pad.js";
import { COLORS, fittedContext, oneAtATime, paintBars, paintCurves, paintImage, paintTiles } from "./paint.js";
import { percent, shortNumber, themeColor } from "./paint.js";

const AS_IN_RECIPE = ["", "as in the recipe"];
const byName = (...names) => names.map((name) => [name, name.replaceAll("_", " ")]);

const LEARN_FIELDS = [
  { name: "recipe", label: "network", options: [["mlp_digits", "perceptron"], ["cnn_digits", "five-block CNN"]] },
  { name: "seed", label: "seed", type: "number", min: 0, max: 4294967295, required: "", value: 11 },
  { name: "epochs", label: "epochs", type: "number", min: 1, max: 200, value: "", placeholder: "recipe's" },
  {
    name: "optimizer", label: "optimizer",
    options: [AS_IN_RECIPE, ...byName("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw")],
  },
  { name: "rate", label: "learning rate", type: "number", min: 0.000001, max: 100, step: "any", value: "", placeholder: "recipe's" },
  { name: "batch", label: "batch size", type: "number", min: 1, max: 500, value: "", placeholder: "recipe's" },
  {
    name: "weights", label: "initializer",
    options: [AS_IN_RECIPE, ...byName("zero", "constant", "uniform", "normal", "xavier_uniform", "he_uniform", "orthogonal")],
  },
  { name: "dropout", label: "dropout", type: "number", min: 0, max: 0.95, step: "any", value: "", placeholder: "recipe's" },
];

const LEARN_KEYS = {
  epochs: "training.epochs",
  optimizer: "optimizer",
  rate: "schedule.learning_rate",
  batch: "training.batch_size",
  weights: "model.weights",
  dropout: "model.dropout",
};

const DIGITS = { test: /^[0-9]$/, says: "type one digit from 0 to 9." };

// Filters are painted every so many frames.
const SELDOM = 6;

export async function openLearn() {
  const by = (name) => document.getElementById(`learn-${name}`);
  let losses = [];
  let last = null;
  let frames = 0;
  let classes = [];

  async function startAnew() {
    const values = form.values();
    const settings = recipeSettings(values, LEARN_KEYS);
    const started = await call("learnNew", values.recipe, settings, Number(values.seed)).catch((error) => {
      throw form.refused(error, LEARN_KEYS);
    });
    classes = started.classes;
    by("recipe").value = started.recipe;
    [losses, last, frames] = [[], null, 0];
    by("wrong").replaceChildren();
    by("answer").textContent = "";
    by("bars").replaceChildren();
    paintProgress({ history: [] });
    paintConfusion(by("confusion"), []);
    await paintFilters();
    await read();
  }

  async function paintFilters() {
    const filters = ofGray(await call("learnFilters"));
    const [count, , , width] = filters.shape;
    paintTiles(by("filters"), filters, count > 32 ? 16 : 8, width > 5 ? 2.5 : 5);
  }

  async function work(most) {
    const progress = await call("learnAdvance", most);
    losses.push(...progress.losses);
    paintProgress(progress);
    const isNewEpoch = progress.epoch !== (last?.epoch ?? 0);
    last = progress;
    frames += 1;
    if (frames % SELDOM === 1 || isNewEpoch) await paintFilters();
    if (isNewEpoch) {
      paintConfusion(by("confusion"), await call("learnConfusion"));
      paintWrong(by("wrong"), await call("learnMistakes"), classes);
      await read();
    }
    by("said").textContent = await inWords(progress);
    return { isOver: progress.is_over, spent: progress.spent };
  }

  async function inWords({ epoch, epochs, step, history, is_over: isOver }) {
    const row = history.at(-1);
    const valid = row ? `, ${percent(row.valid_accuracy)} of the validation images right` : "";
    if (!isOver) return `Epoch ${epoch + 1} of ${epochs}, step ${step}${valid}.`;
    return `Done after ${epoch} ${epoch === 1 ? "epoch" : "epochs"}: ${percent(await call("learnTest"))} of the test images right.`;
  }

  function paintProgress({ history, steps_per_epoch: stepsPerEpoch = 1 }) {
    const of = (key, every) => history.map((row, index) => [(index + 1) * every, row[key]]);
    const [train, valid] = [themeColor("--first"), themeColor("--second")];
    const top = losses.reduce((most, loss) => Math.min(3, Math.max(most, loss)), 0.1);
    const steps = losses.map((loss, index) => [index + 1, loss]);
    paintCurves(
      by("loss"),
      [
        { points: steps, color: themeColor("--soft"), width: 1 },
        { points: of("train_loss", stepsPerEpoch), color: train },
        { points: of("valid_loss", stepsPerEpoch), color: valid, dash: [6, 4] },
      ],
      { x: [0, Math.max(10, losses.length)], y: [0, top] },
    );
    paintCurves(
      by("accuracy"),
      [
        { points: of("train_accuracy", 1), color: train },
        { points: of("valid_accuracy", 1), color: valid, dash: [6, 4] },
      ],
      { x: [0, Math.max(5, history.length)], y: [0, 1] },
    );
    const row = history.at(-1);
    if (row) by("loss").setAttribute("aria-label", `Loss by step; of the last epoch ${shortNumber(row.train_loss)}`);
  }

  const read = oneAtATime(async () => {
    if (pad.isEmpty()) {
      by("answer").textContent = pad.trouble();
      by("bars").replaceChildren();
      return;
    }
    try {
      const answer = await call("learnRecognize", ...pad.size, pad.rgba());
      by("answer").textContent = `It reads ${classes[answer.best]}.`;
      paintBars(by("bars"), classes, answer.probabilities, 5);
    } catch (error) {
      by("answer").textContent = `${error.message}.`;
    }
  });

  const form = makeForm(by("settings"), LEARN_FIELDS, () => runner.changed());
  const pad = makePad(by("pad"), { clear: by("clear"), typed: by("typed") }, DIGITS, () => read());
  const buttons = { run: by("run"), step: by("step"), reset: by("reset"), said: by("said") };
  const runner = makeRunner(buttons, work, startAnew);
  by("copy").addEventListener("click", async () => {
    by("recipe").select();
    try {
      await navigator.clipboard.writeText(by("recipe").value);
      by("kept").textContent = "The recipe is copied.";
    } catch {
      by("kept").textContent = "This browser does not let the page copy: the recipe is selected, copy it by Ctrl-C.";
    }
  });
  by("save").addEventListener("click", async () => {
    try {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([await call("learnWeights")]));
      link.download = `${form.raw().recipe}.safetensors`;
      link.click();
      by("kept").textContent = `The weights are saved as ${link.download}, where this browser keeps downloads.`;
    } catch (error) {
      by("kept").textContent = `The weights are not saved: ${error.message}.`;
    }
  });
  await runner.anew();
  return { hide: runner.pause, show: runner.repaint };
}

// The digits are gray, equal in all channels: a filter sees the sum of its channels, which is shown from black to white, 0 in gray.
function ofGray({ shape: [count, channels, height, width], bytes }) {
  if (channels === 1) return { shape: [count, channels, height, width], bytes };
  const plane = height * width;
  const sums = Array.from({ length: count * plane }, (_, index) => {
    const start = Math.floor(index / plane) * channels * plane + (index % plane);
    let sum = 0;
    for (let channel = 0; channel < channels; channel += 1) sum += bytes[start + channel * plane] - 128;
    return sum;
  });
  const most = sums.reduce((all, sum) => Math.max(all, Math.abs(sum)), 1);
  return { shape: [count, 1, height, width], bytes: Uint8Array.from(sums, (sum) => 128 + (127 * sum) / most) };
}

function paintConfusion(canvas, rows) {
  const { context, width, height } = fittedContext(canvas);
  const classes = rows.length || 10;
  const [left, top] = [24, 20];
  const side = Math.min((width - left) / classes, (height - top) / classes);
  context.font = "12px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (let label = 0; label < classes; label += 1) {
    context.fillStyle = themeColor("--soft");
    context.fillText(String(label), left + (label + 0.5) * side, top / 2);
    context.fillText(String(label), left / 2, top + (label + 0.5) * side);
    const sum = (rows[label] ?? []).reduce((all, count) => all + count, 0);
    for (let predicted = 0; predicted < classes; predicted += 1) {
      const count = rows[label]?.[predicted] ?? 0;
      const part = sum ? count / sum : 0;
      const [x, y] = [left + predicted * side, top + label * side];
      context.globalAlpha = part;
      context.fillStyle = label === predicted ? COLORS[0] : COLORS[1];
      context.fillRect(x, y, side, side);
      context.globalAlpha = 1;
      context.fillStyle = part > 0.5 ? "#fff" : themeColor("--ink");
      if (count) context.fillText(String(count), x + side / 2, y + side / 2);
    }
  }
}

function paintWrong(container, { mistakes, pictures: { shape: [, channels, height, width], bytes } }, classes) {
  const size = channels * height * width;
  container.replaceChildren(
    ...mistakes.slice(0, 18).map(({ label, predicted }, index) => {
      const figure = document.createElement("figure");
      const canvas = document.createElement("canvas");
      const caption = document.createElement("figcaption");
      paintImage(canvas, bytes.subarray(index * size, (index + 1) * size), [channels, height, width]);
      canvas.setAttribute("aria-hidden", "true");
      caption.textContent = `${classes[predicted]}, not ${classes[label]}`;
      figure.append(canvas, caption);
      return figure;
    }),
  );
}
