"use strict";
// Turns of calls. libuv has few threads, which read files and look up host names, too: one is left to those.

const { performance } = require("node:perf_hooks");
const koffi = require("koffi");

const THREADS = Number(process.env.UV_THREADPOOL_SIZE) || 4;
const LONGEST_TIMER = 2 ** 31 - 1;

// koffi refuses more at once. How many these are differs by its version.
let free = Math.min(Math.max(1, THREADS - 1), koffi.config().max_async_calls);
/** What continues each call that waits, in their order. */
const waiting = new Set();

/**
 * Waits for a turn, which `endTurn` ends. False if the signal ended the wait, or it lasted until `end`, a time
 * of `performance.now`.
 */
function takeTurn(signal, end) {
  if (free > 0) {
    free--;
    return Promise.resolve(true);
  }
  return new Promise((resolve) => {
    const next = () => leave(true);
    const stop = () => leave(false);
    const stopTimer = end === undefined ? () => {} : at(end, stop);
    const leave = (isTurn) => {
      waiting.delete(next);
      stopTimer();
      signal?.removeEventListener("abort", stop);
      resolve(isTurn);
    };
    waiting.add(next);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/** Calls a function at a time, not before: a timer of Node counts from the start of what the event loop runs. */
function at(end, act) {
  let timer;
  const wait = () => {
    const left = end - performance.now();
    timer = setTimeout(() => (performance.now() < end ? wait() : act()), Math.min(Math.ceil(left), LONGEST_TIMER));
  };
  wait();
  return () => clearTimeout(timer);
}

function endTurn() {
  const [next] = waiting;
  if (next === undefined) free++;
  else next();
}

module.exports = { endTurn, takeTurn };
