// What panels draw alike: images, bars, curves.

export function themeColor(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export const COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

// Bytes [channels, height, width] on a canvas of that size.
export function paintImage(canvas, bytes, [channels, height, width]) {
  canvas.width = width;
  canvas.height = height;
  const image = new ImageData(width, height);
  fillImage(image, bytes, [channels, height, width], 0, 0, 0);
  canvas.getContext("2d").putImageData(image, 0, 0);
}

function fillImage(image, bytes, [channels, height, width], start, left, top) {
  const plane = height * width;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const to = 4 * ((top + y) * image.width + left + x);
      const from = start + y * width + x;
      for (let color = 0; color < 3; color += 1) {
        image.data[to + color] = bytes[from + (channels === 3 ? color * plane : 0)];
      }
      image.data[to + 3] = 255;
    }
  }
}

// Tiles {shape: [count, channels, height, width], bytes} in rows, a pixel apart, each enlarged by `scale`.
export function paintTiles(canvas, { shape: [count, channels, height, width], bytes }, columns, scale) {
  const rows = Math.ceil(count / columns);
  canvas.width = columns * (width + 1) - 1;
  canvas.height = rows * (height + 1) - 1;
  canvas.style.width = `${canvas.width * scale}px`;
  const image = new ImageData(canvas.width, canvas.height);
  for (let tile = 0; tile < count; tile += 1) {
    const left = (tile % columns) * (width + 1);
    const top = Math.floor(tile / columns) * (height + 1);
    fillImage(image, bytes, [channels, height, width], tile * channels * height * width, left, top);
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

// One bar per class, the most probable first.
export function paintBars(list, names, probabilities, most) {
  const order = [...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a]).slice(0, most);
  list.replaceChildren(
    ...order.map((index) => {
      const row = document.createElement("li");
      const [name, bar, fill, part] = ["span", "div", "i", "span"].map((tag) => document.createElement(tag));
      name.textContent = names[index];
      bar.className = "bar";
      bar.setAttribute("aria-hidden", "true");
      fill.style.width = `${100 * probabilities[index]}%`;
      bar.append(fill);
      part.textContent = percent(probabilities[index]);
      row.append(name, bar, part);
      return row;
    }),
  );
}

export function percent(part) {
  return `${(100 * part).toFixed(1)} %`;
}

// A canvas as sharp as the screen, its origin at the top on the left in CSS pixels.
export function fittedContext(canvas) {
  const { width, height } = canvas.getBoundingClientRect();
  const sharpness = window.devicePixelRatio || 1;
  canvas.width = Math.max(1, Math.round(width * sharpness));
  canvas.height = Math.max(1, Math.round(height * sharpness));
  const context = canvas.getContext("2d");
  context.scale(sharpness, sharpness);
  return { context, width, height };
}

// Curves {points: [[x, y]], color, width, dash} between the bounds, with labels at the ends of the axes.
export function paintCurves(canvas, curves, { x: [left, right], y: [low, high] }) {
  const { context, width, height } = fittedContext(canvas);
  const margin = { left: 44, right: 8, top: 8, bottom: 22 };
  const across = (x) => margin.left + ((x - left) / (right - left || 1)) * (width - margin.left - margin.right);
  const up = (y) => height - margin.bottom - ((y - low) / (high - low || 1)) * (height - margin.top - margin.bottom);
  context.fillStyle = themeColor("--soft");
  context.font = "12px system-ui, sans-serif";
  context.textAlign = "right";
  [low, (low + high) / 2, high].forEach((y) => context.fillText(shortNumber(y), margin.left - 6, up(y) + 4));
  context.fillText(shortNumber(right), width - margin.right, height - 6);
  context.textAlign = "left";
  context.fillText(shortNumber(left), margin.left, height - 6);
  context.strokeStyle = themeColor("--line");
  context.strokeRect(margin.left, margin.top, width - margin.left - margin.right, height - margin.top - margin.bottom);
  context.beginPath();
  context.rect(margin.left, margin.top, width - margin.left - margin.right, height - margin.top - margin.bottom);
  context.clip();
  for (const { points, color, width: thickness = 2, dash = [] } of curves) {
    context.strokeStyle = color;
    context.lineWidth = thickness;
    context.setLineDash(dash);
    context.beginPath();
    points.forEach(([x, y], index) => (index ? context.lineTo(across(x), up(y)) : context.moveTo(across(x), up(y))));
    context.stroke();
    if (points.length !== 1) continue;
    // A line of one point is not seen.
    context.fillStyle = color;
    context.beginPath();
    context.arc(across(points[0][0]), up(points[0][1]), 3, 0, 2 * Math.PI);
    context.fill();
  }
}

export function shortNumber(value) {
  if (value === null || !Number.isFinite(value)) return "";
  const size = Math.abs(value);
  return size !== 0 && (size < 0.001 || size >= 10000) ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}

// The next moment to paint at: seldom where the user wants little motion.
export function nextFrame() {
  const isCalm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  return new Promise((done) => (isCalm ? setTimeout(done, 500) : requestAnimationFrame(done)));
}

// A function that is not called anew before it is done, and then once more if it was wanted meanwhile.
export function oneAtATime(work) {
  let isBusy = false;
  let isWanted = false;
  return async () => {
    isWanted = true;
    if (isBusy) return;
    isBusy = true;
    try {
      while (isWanted) {
        isWanted = false;
        await work();
      }
    } finally {
      isBusy = false;
    }
  };
}
