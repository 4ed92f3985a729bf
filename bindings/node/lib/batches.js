"use strict";
// Rows that do not fit in memory: batches of them are predicted, some at once, in bounded memory.

const { moveRows } = require("./errors");

/** Yields a result for each row of an iterable or an async iterable, in their order. */
async function* predictBatches(deployment, rows, { batchRows = 128, inFlight = 4, signal, ...settings } = {}) {
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
    for await (const batch of batches(rows, batchRows)) {
      const results = predictBatch(deployment, batch, first, options);
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

/** The results of a batch. Its errors count rows from the first of all. */
async function predictBatch(deployment, batch, first, options) {
  const move = (error) => moveRows(error, (row) => row + first);
  try {
    const results = await deployment.predict(batch, options);
    return results.map((result) => (result instanceof Error ? move(result) : result));
  } catch (error) {
    throw move(error);
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

function atLeastOne(name, value) {
  if (!Number.isInteger(value) || value < 1) throw new TypeError(`${name}: expected a whole number from 1`);
}

module.exports = { predictBatches };
