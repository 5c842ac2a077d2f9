// Paper to draw on, with mouse, pen or finger; or by a typed character.

const PEN = 11;

// A white margin on each side, as a part of the paper: ink at the border is not taken for paper.
const MARGIN = 1 / 6;

// `kinds` is {test, says}: the characters that can be typed, and the sentence for others.
export function makePad(canvas, { clear, typed }, kinds, changed) {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const [across, down] = [canvas.width, canvas.height].map((side) => Math.round(side * MARGIN));
  const size = [canvas.width + 2 * across, canvas.height + 2 * down];
  const sheet = Object.assign(document.createElement("canvas"), { width: size[0], height: size[1] });
  const whole = sheet.getContext("2d", { willReadFrequently: true });
  let isEmpty = true;
  let last = null;
  let trouble = "";

  function wipe() {
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    isEmpty = true;
    trouble = "";
  }

  function place(event) {
    const box = canvas.getBoundingClientRect();
    const scale = canvas.width / box.width;
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  }

  function line(from, to) {
    context.strokeStyle = "#000";
    context.lineWidth = PEN;
    context.lineCap = "round";
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(...to);
    context.stroke();
    isEmpty = false;
    trouble = "";
    changed();
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    last = place(event);
    line(last, last);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!last) return;
    const next = place(event);
    line(last, next);
    last = next;
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (last = null));

  clear.addEventListener("click", () => {
    wipe();
    typed.value = "";
    changed();
  });
  // What is typed last replaces what was there.
  typed.addEventListener("input", (event) => {
    const letter = [...(event.data || typed.value).trim()].at(-1) ?? "";
    wipe();
    if (letter && !kinds.test.test(letter)) trouble = `${letter} is not known here: ${kinds.says}`;
    typed.value = trouble ? "" : letter;
    if (typed.value) write(letter);
    changed();
  });

  function write(letter) {
    context.fillStyle = "#000";
    context.font = `bold ${canvas.height * 0.75}px sans-serif`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(letter, canvas.width / 2, canvas.height / 2);
    isEmpty = false;
  }

  wipe();
  return {
    isEmpty: () => isEmpty,
    // Why what was typed is not on the paper, or "".
    trouble: () => trouble,
    rgba() {
      whole.fillStyle = "#fff";
      whole.fillRect(0, 0, ...size);
      whole.drawImage(canvas, across, down);
      return new Uint8Array(whole.getImageData(0, 0, ...size).data.buffer);
    },
    size,
  };
}
