// What the playground draws: the plane, the units, the losses.
import { fittedContext, paintCurves, shortNumber, themeColor } from "./paint.js";

// Places a row of the plane.
export const SIDE = 40;
const FIRST = [0, 114, 178];
const SECOND = [213, 94, 0];

// The color of each byte, blue over white to orange, as a pixel of four bytes, the lowest first.
const PIXELS = Uint32Array.from({ length: 256 }, (_, byte) => {
  const part = byte / 255;
  const [red, green, blue] = FIRST.map((first, color) => {
    const to = part < 0.5 ? first : SECOND[color];
    return Math.round(255 + (to - 255) * Math.abs(2 * part - 1) * 0.75);
  });
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
});

function fillMap(image, bytes) {
  const pixels = new Uint32Array(image.data.buffer);
  for (let place = 0; place < pixels.length; place += 1) pixels[place] = PIXELS[bytes[place]];
}

const scratch = document.createElement("canvas");

// The cursor is a place, or null.
export function paintPlane(canvas, sheet, cursor) {
  const side = Math.sqrt(sheet.region.length);
  const { context, width } = fittedContext(canvas);
  const image = new ImageData(side, side);
  fillMap(image, sheet.region);
  scratch.width = side;
  scratch.height = side;
  scratch.getContext("2d").putImageData(image, 0, 0);
  context.drawImage(scratch, 0, 0, width, width);
  paintPoints(context, sheet, width);
  if (!cursor) return;
  const [x, y] = onPlane(cursor, sheet.bounds, width);
  context.strokeStyle = "#000";
  context.lineWidth = 2;
  context.strokeRect(x - 6, y - 6, 12, 12);
}

function onPlane([x, y], [from, to], width) {
  return [((x - from) / (to - from)) * width, ((to - y) / (to - from)) * width];
}

// The points are drawn once, on a canvas of their own: from frame to frame only what lies behind them changes.
const dots = document.createElement("canvas");
let dotted = null;

function paintPoints(context, { points, bounds }, width) {
  const { canvas } = context;
  if (dotted !== points || dots.width !== canvas.width) {
    dotted = points;
    dots.width = canvas.width;
    dots.height = canvas.height;
    const scaled = dots.getContext("2d");
    scaled.setTransform(context.getTransform());
    drawPoints(scaled, points, (place) => onPlane(place, bounds, width));
  }
  context.save();
  context.resetTransform();
  context.drawImage(dots, 0, 0);
  context.restore();
}

function drawPoints(context, points, at) {
  for (let index = 0; index < points.length; index += 4) {
    const [x, y, isSecond, isHeld] = points.subarray(index, index + 4);
    const color = `rgb(${(isSecond ? SECOND : FIRST).join(" ")})`;
    context.beginPath();
    context.arc(...at([x, y]), 4, 0, 2 * Math.PI);
    context.fillStyle = isHeld ? "#fff" : color;
    context.fill();
    context.strokeStyle = isHeld ? color : "#fff";
    context.lineWidth = isHeld ? 2 : 1;
    context.stroke();
  }
}

export function makeUnits(container, widths) {
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

export function paintUnits(container, units) {
  const image = new ImageData(SIDE, SIDE);
  container.querySelectorAll("canvas").forEach((canvas, index) => {
    fillMap(image, units.subarray(index * SIDE * SIDE, (index + 1) * SIDE * SIDE));
    canvas.getContext("2d").putImageData(image, 0, 0);
  });
}

export function paintLosses(canvas, curve) {
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
