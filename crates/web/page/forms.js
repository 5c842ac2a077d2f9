// Settings as a form, by a list of fields.
import { nextFrame } from "./paint.js";

// Each field is {name, label, options: [[value, text]]} or {name, label, type, value, placeholder, ...attributes}.
export function makeForm(form, fields, changed) {
  for (const { name, label, options, ...attributes } of fields) {
    const row = document.createElement("label");
    row.textContent = label;
    const input = document.createElement(options ? "select" : "input");
    input.name = name;
    for (const [value, text] of options ?? []) input.add(new Option(text, value));
    for (const [key, value] of Object.entries(attributes)) input.setAttribute(key, value);
    if (attributes.value !== undefined) input.value = attributes.value;
    row.append(input);
    form.append(row);
  }
  form.addEventListener("change", () => changed());
  form.addEventListener("submit", (event) => event.preventDefault());
  return {
    values: () => Object.fromEntries(new FormData(form)),
    set(values) {
      for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
    },
  };
}

// Pairs [key of a recipe, value] of the fields that are not left as they are.
export function recipeSettings(values, keys) {
  return Object.entries(keys).flatMap(([name, key]) => (values[name] === "" ? [] : [[key, values[name]]]));
}

// Start, pause, one step, reset; `work` takes steps until it says that it is at its end.
export function makeRunner({ run, step, reset, said }, work, startAnew) {
  let isRunning = false;
  let steps = 1;

  function show() {
    run.textContent = isRunning ? "Pause" : "Start";
    run.setAttribute("aria-pressed", String(isRunning));
  }

  async function once(most) {
    try {
      return await work(most);
    } catch (error) {
      said.textContent = `${error.message}.`;
      return true;
    }
  }

  async function loop() {
    isRunning = true;
    show();
    while (isRunning) {
      const started = performance.now();
      const isOver = await once(steps);
      // As many steps as leave the page its thirty frames a second.
      const goal = 25 / Math.max(1, performance.now() - started);
      steps = Math.min(200, Math.max(1, Math.round(steps * Math.min(2, goal))));
      if (isOver) break;
      await nextFrame();
    }
    isRunning = false;
    show();
  }

  run.addEventListener("click", () => {
    if (isRunning) isRunning = false;
    else loop();
  });
  step.addEventListener("click", () => {
    if (!isRunning) once(1);
  });
  const anew = async () => {
    isRunning = false;
    steps = 1;
    said.textContent = "";
    try {
      await startAnew();
    } catch (error) {
      said.textContent = `${error.message}.`;
    }
  };
  reset.addEventListener("click", anew);
  show();
  return {
    anew,
    pause() {
      isRunning = false;
    },
    start() {
      if (!isRunning) loop();
    },
  };
}
