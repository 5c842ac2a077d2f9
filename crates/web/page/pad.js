// Paper to draw on, with mouse, pen or finger; or by a typed character.

const PEN = 11;

export function makePad(canvas, { clear, typed }, changed) {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  let isEmpty = true;
  let last = null;

  function wipe() {
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    isEmpty = true;
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
    changed();
  }

  canvas.addEventListener("pointerdown", (event) => {
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
  typed.addEventListener("input", () => {
    wipe();
    const letter = typed.value.trim();
    if (letter) {
      context.fillStyle = "#000";
      context.font = `bold ${canvas.height * 0.75}px sans-serif`;
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.fillText(letter, canvas.width / 2, canvas.height / 2);
      isEmpty = false;
    }
    changed();
  });

  wipe();
  return {
    isEmpty: () => isEmpty,
    rgba: () => new Uint8Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer),
    size: [canvas.width, canvas.height],
  };
}
