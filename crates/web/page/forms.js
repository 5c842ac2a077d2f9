// Start, pause, one step, reset.
import { nextFrame } from "./paint.js";

// Milliseconds of a frame that steps may take; the rest is for painting, at thirty frames a second.
const FOR_STEPS = 12;

// `work(most, isQuick)` takes steps, and gives {isOver, isWaiting, spent}: whether it is at its end, whether it has nothing to work on yet, and
// the milliseconds of its steps alone. Quick is one of many frames. `startAnew` fails where the settings are not valid.
export function makeRunner({ run, step, reset, said }, work, startAnew) {
  let isRunning = false;
  let isReady = false;
  let isOver = false;
  let steps = 1;
  // Counts loops: an older one ends where a newer one, or a new session, has begun.
  let loops = 0;
  let turn = Promise.resolve();

  function show() {
    run.textContent = isRunning ? "Pause" : isOver ? "Again" : "Start";
    run.setAttribute("aria-pressed", String(isRunning));
    run.disabled = !isReady;
    step.disabled = !isReady || isOver || isRunning;
  }

  // One after the other: no step of an old session after the start of a new one.
  function inTurn(job) {
    turn = turn.then(job);
    return turn;
  }

  function once(most, isQuick) {
    return inTurn(async () => {
      if (!isReady) return { isOver: false, isWaiting: true };
      try {
        const done = await work(most, isQuick);
        isOver = done.isOver;
        return done;
      } catch (error) {
        said.textContent = `${error.message}.`;
        isOver = true;
        return { isOver };
      } finally {
        show();
      }
    });
  }

  async function loop() {
    loops += 1;
    const mine = loops;
    isRunning = true;
    show();
    let done = {};
    while (isRunning && mine === loops) {
      const started = performance.now();
      // Asked for before the work: where that outlasts it, the next work begins at once instead of a frame later.
      const frame = nextFrame();
      done = await once(steps, true);
      const goal = FOR_STEPS / Math.max(0.5, done.spent ?? performance.now() - started);
      steps = Math.min(200, Math.max(1, Math.round(steps * Math.min(2, goal))));
      if (done.isOver || done.isWaiting) break;
      await frame;
    }
    if (mine !== loops) return;
    isRunning = false;
    // What quick frames leave out.
    if (!done.isOver) await once(0, false);
    show();
  }

  async function anew(reason = "") {
    const wasRunning = isRunning;
    isRunning = false;
    loops += 1;
    await inTurn(async () => {
      [steps, isOver] = [1, false];
      said.textContent = "";
      try {
        await startAnew();
        isReady = true;
        if (wasRunning && reason) said.textContent = reason;
      } catch (error) {
        isReady = false;
        said.textContent = `${error.message}.`;
      }
      show();
    });
  }

  run.addEventListener("click", async () => {
    if (isRunning) {
      isRunning = false;
      return;
    }
    if (isOver) await anew();
    if (isReady) await loop();
  });
  step.addEventListener("click", () => once(1, false));
  reset.addEventListener("click", () => anew());
  show();
  return {
    anew,
    changed: () => anew("Settings changed: starts anew."),
    pause() {
      isRunning = false;
    },
    // A panel that was hidden was painted without a size.
    repaint: () => once(0, false),
    start() {
      if (!isRunning && isReady) loop();
    },
    isRunning: () => isRunning,
    isOver: () => isOver,
  };
}
