// Draw a letter: two networks read it at every stroke.
import { call, loadNetwork } from "./engine.js";
import { oneAtATime, paintBars, paintImage, percent } from "./paint.js";
import { makePad } from "./pad.js";

const READERS = [
  ["mlp_emnist", "Perceptron 784-16-16-26"],
  ["cnn_emnist", "Five-block convolutional network"],
];

export async function openDraw({ weights }) {
  const hint = document.getElementById("draw-hint");
  const cards = READERS.map(([name, title]) => makeCard(name, title, weights[name]));
  document.getElementById("draw-answers").replaceChildren(...cards.map((card) => card.element));
  const loading = Promise.all(READERS.map(([name]) => loadNetwork(name)));

  const read = oneAtATime(async () => {
    if (pad.isEmpty()) {
      cards.forEach((card) => card.empty());
      hint.textContent = pad.trouble() || "Draw one large letter, A to Z.";
      return;
    }
    const rgba = pad.rgba();
    const answered = READERS.map(async ([name], index) => {
      const classes = await loadNetwork(name);
      const answer = await call("recognize", name, ...pad.size, rgba);
      cards[index].show(answer, classes);
      return answer;
    });
    try {
      const [{ warning, steps }] = await Promise.all(answered);
      hint.textContent = warning ?? "Before they read it, the letter is made like those they learned from: white on black, as large, in the middle.";
      hint.title = steps.join("; ");
    } catch (error) {
      hint.textContent = `${error.message}.`;
    }
  });
  const pad = makePad(
    document.getElementById("draw-pad"),
    { clear: document.getElementById("draw-clear"), typed: document.getElementById("draw-typed") },
    { test: /^[A-Za-z]$/, says: "type one letter from A to Z." },
    read,
  );
  await loading;
  await read();
}

function makeCard(name, title, { parameters, accuracy, sureFrom }) {
  const element = document.createElement("div");
  element.className = "answer";
  element.innerHTML = `<h3></h3><p class="note"></p><canvas class="tile" role="img"></canvas>
    <div><p class="said" role="status"></p><ol class="bars"></ol></div>`;
  const [heading, note, seen, said, bars] = ["h3", ".note", "canvas", ".said", ".bars"].map((one) =>
    element.querySelector(one),
  );
  heading.textContent = title;
  note.textContent = `${parameters.toLocaleString("en")} parameters; read ${percent(accuracy)} of the test letters.`;
  seen.setAttribute("aria-label", "The letter as this network sees it");
  return {
    element,
    empty() {
      said.textContent = "";
      bars.replaceChildren();
      seen.width = 28; // which empties it
    },
    show(answer, names) {
      const best = answer.probabilities[answer.best];
      const isSure = best >= sureFrom;
      said.textContent = isSure ? names[answer.best] : `Unsure: ${names[answer.best]}?`;
      said.title = `Of the test letters answered with ${percent(sureFrom)} or more, nine of ten were right.`;
      paintImage(seen, answer.pixels, answer.shape);
      paintBars(bars, names, answer.probabilities, 5);
    },
  };
}
