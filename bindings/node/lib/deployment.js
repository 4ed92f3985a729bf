"use strict";
// One deployed model.

const { setMaxListeners } = require("node:events");
const { performance } = require("node:perf_hooks");
const { inspect } = require("node:util");
const { SidekickError, call, callAsync, functions, get, given } = require("./library");
const { moveRows } = require("./errors");
const { features, table } = require("./features");
const { makeOptions } = require("./options");
const { makeRows } = require("./rows");
const { results } = require("./predictions");
const { predictBatches } = require("./batches");
const { endTurn, takeTurn } = require("./turns");

const PROTOCOLS = { 1: "deployment-api", 2: "open-inference" };
/** Only this file makes a Deployment. */
const OPENED = Symbol("opened");
const freed = new FinalizationRegistry((handle) => handle.release());

/** The library's deployment. It is freed when nobody holds it, and no call uses it. */
class Handle {
  constructor(address) {
    this.address = address;
    this.holders = 1;
  }

  hold() {
    if (this.holders === 0) throw new Error("the deployment is closed");
    this.holders++;
    return this.address;
  }

  release() {
    if (--this.holders === 0) functions.deployment_free(this.address);
  }
}

class Deployment {
  #handle;
  #state = { closed: false };

  constructor(opened, address) {
    if (opened !== OPENED) throw new TypeError("a deployment is opened: await Deployment.open(url, token)");
    this.#handle = new Handle(address);
    freed.register(this, this.#handle, this);
    this.inputs = Object.freeze(features(address, 0));
    this.outputs = Object.freeze(features(address, 1));
    this.protocol = PROTOCOLS[functions.deployment_protocol(address)];
    Object.freeze(this);
  }

  static async open(url, token = "", { signal, timeout, ...settings } = {}) {
    const options = makeOptions(settings);
    try {
      const opened = [null];
      await cancellable(signal, timeout, (run, cancel) =>
        run("deployment_open", ...given(url, "url"), ...given(token, "token"), options, cancel, opened));
      return new Deployment(OPENED, opened[0]);
    } finally {
      functions.options_free(options);
    }
  }

  async predict(rows, options) {
    return this.#predict(rows, options);
  }

  /** Predicts rows. `first` is how many came before, if these are not all. */
  async #predict(rows, { signal, timeout, errors = "throw" } = {}, first = undefined) {
    if (errors !== "throw" && errors !== "return") throw new TypeError('errors: expected "throw" or "return"');
    const failures = errors === "return" ? new Map() : undefined;
    if (this.#state.closed) throw new Error("the deployment is closed");
    const deployment = this.#handle.hold();
    const [predictions, made] = [[null], []];
    try {
      const all = listOf(rows);
      made.push(makeRows(deployment, this.inputs, all, failures, first ?? 0));
      const sent = rowsWithout(failures, all.length);
      // The library counts only rows that are sent.
      const count = first === undefined ? all.length : undefined;
      const move = (error) => moveRows(error, (row) => sent[row] + (first ?? 0), count);
      await cancellable(signal, timeout, (run, cancel) =>
        moving(move, () => run("deployment_predict", deployment, made[0], cancel, predictions)));
      const answers = await moving(move, () => results(predictions[0], this.outputs));
      return inPlaces(all.length, failures, sent, answers, move);
    } finally {
      functions.predictions_free(predictions[0]);
      if (made.length > 0) functions.rows_free(made[0]);
      this.#handle.release();
    }
  }

  /** Predicts rows that need not fit in memory: yields a result for each, in their order. */
  predictEach(rows, options) {
    return predictBatches((...batch) => this.#predict(...batch), rows, options);
  }

  /** What console.log shows. */
  [inspect.custom]() {
    return `Deployment (${this.protocol})\ninputs\n${table(this.inputs)}\noutputs\n${table(this.outputs)}`;
  }

  close() {
    if (this.#state.closed) return;
    this.#state.closed = true;
    freed.unregister(this);
    this.#handle.release();
  }
}

/** The numbers of the rows that have no failure. */
function rowsWithout(failures, count) {
  const all = Array.from({ length: count }, (_, row) => row);
  return failures?.size > 0 ? all.filter((row) => !failures.has(row)) : all;
}

/** Runs what the library's errors come from, but no reason of a signal, and moves them. */
async function moving(move, act) {
  try {
    return await act();
  } catch (error) {
    throw error instanceof SidekickError ? move(error) : error;
  }
}

/** The results of the rows that were sent, with the failures of the others in their places. */
function inPlaces(count, failures, sent, results, move) {
  const all = Array.from({ length: count }, (_, row) => failures?.get(row));
  for (const [index, result] of results.entries()) {
    all[sent[index]] = result instanceof SidekickError ? move(result) : result;
  }
  return all;
}

function listOf(rows) {
  if (typeof rows?.[Symbol.iterator] === "function" && typeof rows !== "string") return [...rows];
  if (typeof rows?.[Symbol.asyncIterator] === "function") {
    throw new TypeError("rows come one by one: predictEach takes them");
  }
  throw new TypeError("rows are a list of objects; one row is predict([row])");
}

/** Runs a call in its turn. A signal or a time in milliseconds can end it. */
async function cancellable(signal, timeout, start) {
  const limit = limitOf(timeout);
  signal?.throwIfAborted();
  // One signal may end any number of calls: Node would warn at the eleventh.
  if (signal instanceof AbortSignal) setMaxListeners(0, signal);
  const cancel = get("cancel_new");
  const trigger = () => call("cancel_trigger", cancel);
  try {
    if (limit !== undefined) call("cancel_set_timeout", cancel, limit);
    // Not before the library's own time is up.
    const end = limit === undefined ? undefined : performance.now() + limit;
    signal?.addEventListener("abort", trigger, { once: true });
    return await inTurn(signal, end, (run) => start(run, cancel));
  } catch (error) {
    // As every other function that takes a signal.
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", trigger);
    functions.cancel_free(cancel);
  }
}

/** Whole milliseconds, at least one: none would be no limit for the library. */
function limitOf(timeout) {
  if (timeout === undefined || timeout === Infinity) return undefined;
  if (typeof timeout !== "number" || Number.isNaN(timeout)) {
    throw new TypeError("timeout: expected a number of milliseconds");
  }
  return Math.min(Math.max(1, Math.ceil(timeout)), Number.MAX_SAFE_INTEGER);
}

async function inTurn(signal, end, start) {
  const isTurn = await takeTurn(signal, end);
  if (!isTurn) {
    signal?.throwIfAborted();
    // Its time is up, which the library reports without a connection.
    return start(call);
  }
  try {
    return await start(callAsync);
  } finally {
    endTurn();
  }
}

module.exports = { Deployment };
