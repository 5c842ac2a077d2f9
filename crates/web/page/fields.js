// Settings as a form, by a list of fields, and what is wrong with them.

// Each field is {name, label, options: [[value, text]]} or {name, label, expects, type, value, placeholder, ...attributes}.
export function makeForm(form, fields, changed) {
  form.noValidate = true;
  for (const { name, label, options, expects, ...attributes } of fields) {
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

  // Marks the fields that are not valid; the error names the first by its label, with what was found and what is expected.
  function check() {
    const wrong = fields.filter(({ name }) => mark(name, !form.elements[name].checkValidity()));
    if (wrong.length) throw new Error(faultOf(form.elements[wrong[0].name], wrong[0]));
  }

  function mark(name, isWrong) {
    if (isWrong) form.elements[name].setAttribute("aria-invalid", "true");
    else form.elements[name].removeAttribute("aria-invalid");
    return isWrong;
  }

  return {
    values() {
      check();
      return Object.fromEntries(new FormData(form));
    },
    // As they stand, right or wrong.
    raw: () => Object.fromEntries(new FormData(form)),
    set(values) {
      for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
    },
    // The engine's refusal of a recipe's key, in the words of the field that sets it.
    refused(error, keys) {
      const [, key, reason] = error.message.match(/^--set ([\w.]+)=.*?: (.*)$/s) ?? [];
      const field = fields.find(({ name }) => keys[name] === key);
      if (!key || !field) return error;
      mark(field.name, true);
      const said = reason.replace(/^`[^`]*` is (.*), expected /s, "found $1, expected ").replace(/; write KEY=VALUE.*$/s, "");
      return new Error(`${field.label}: ${said}`);
    },
  };
}

function faultOf(input, { label, expects }) {
  const found = input.validity.badInput ? "no number" : input.value === "" ? "nothing" : input.value;
  const [from, to] = [input.min, input.max];
  const kind = input.step === "any" ? "a number" : "a whole number";
  return `${label}: found ${found}, expected ${expects ?? `${kind} from ${from} to ${to}`}`;
}

// Pairs [key of a recipe, value] of the fields that are not left as they are.
export function recipeSettings(values, keys) {
  return Object.entries(keys).flatMap(([name, key]) => (values[name] === "" ? [] : [[key, values[name]]]));
}
