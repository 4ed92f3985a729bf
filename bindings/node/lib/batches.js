"use strict";
// Rows that do not fit in memory: batches of them are predicted, some at once, in bounded memory.

/**
 * Yields a result for each row of an iterable or an async iterable, in their order. `predict` takes the rows of
 * a batch, options, and how many rows came before.
 */
async function* predictBatches(predict, rows, { batchRows = 128, inFlight = 4, signal, ...settings } = {}) {
  atLeastOne("batchRows", batchRows);
  atLeastOne("inFlight", inFlight);
  signal?.throwIfAborted();
  const stop = new AbortController();
  const abort = () => stop.abort(signal.reason);
  signal?.addEventListener("abort", abort, { once: true });
  const options = { ...settings, signal: stop.signal };
  const pending = [];
  let first = 0;
  try {
    for await (const batch of batches(untilAborted(rows, stop.signal), batchRows)) {
      const results = predict(batch, options, first);
      // It is reported when its turn comes.
      results.catch(() => {});
      pending.push(results);
      first += batch.length;
      if (pending.length >= inFlight) yield* await pending.shift();
    }
    while (pending.length > 0) yield* await pending.shift();
  } finally {
    signal?.removeEventListener("abort", abort);
    stop.abort();
    await Promise.allSettled(pending);
  }
}

async function* batches(rows, size) {
  let batch = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/** The rows of an iterable or an async iterable; the wait for the next one ends when the signal says so. */
async function* untilAborted(rows, signal) {
  const iterator = iteratorOf(rows);
  // The wait for each row sets it anew: a promise for all of them would grow with each.
  let fail = () => {};
  const abort = () => fail(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  const next = () => new Promise((resolve, reject) => {
    fail = reject;
    signal.throwIfAborted();
    Promise.resolve(iterator.next()).then(resolve, reject);
  });
  const close = async () => { await iterator.return?.(); };
  try {
    for (let step = await next(); !step.done; step = await next()) {
      let isRead = false;
      try {
        yield step.value;
        isRead = true;
      } finally {
        if (!isRead) await close();
      }
    }
  } catch (error) {
    // It may still wait for a row, and close when that comes.
    if (signal.aborted) close().catch(() => {});
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function iteratorOf(rows) {
  if (typeof rows?.[Symbol.asyncIterator] === "function") return rows[Symbol.asyncIterator]();
  if (typeof rows?.[Symbol.iterator] === "function") return awaiting(rows[Symbol.iterator]());
  throw new TypeError("rows are an iterable or an async iterable of objects");
}

/** The async iterator of one whose rows may be promises. It closes at once, also while one is waited for. */
function awaiting(iterator) {
  let isOpen = true;
  const close = async () => {
    if (!isOpen) return;
    isOpen = false;
    iterator.return?.();
  };
  const next = async () => {
    const { done, value } = iterator.next();
    try {
      return { done, value: await value };
    } catch (error) {
      close().catch(() => {});
      throw error;
    }
  };
  return { next, return: close };
}

function atLeastOne(name, value) {
  if (!Number.isInteger(value) || value < 1) throw new TypeError(`${name}: expected a whole number from 1`);
}

module.exports = { predictBatches };
