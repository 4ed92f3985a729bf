"use strict";
// Turns of calls. libuv has few threads, which read files and look up host names, too: one is left to those.

const THREADS = Number(process.env.UV_THREADPOOL_SIZE) || 4;
const LONGEST_TIMER = 2 ** 31 - 1;

let free = Math.max(1, THREADS - 1);
/** What continues each call that waits, in their order. */
const waiting = new Set();

/** Waits for a turn, which `endTurn` ends. False if the signal or the time in milliseconds ended the wait. */
function takeTurn(signal, timeout) {
  if (free > 0) {
    free--;
    return Promise.resolve(true);
  }
  return new Promise((resolve) => {
    const next = () => leave(true);
    const end = () => leave(false);
    const timer = timeout && setTimeout(end, Math.min(timeout, LONGEST_TIMER));
    const leave = (isTurn) => {
      waiting.delete(next);
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve(isTurn);
    };
    waiting.add(next);
    signal?.addEventListener("abort", end, { once: true });
  });
}

function endTurn() {
  const [next] = waiting;
  if (next === undefined) free++;
  else next();
}

module.exports = { endTurn, takeTurn };
