"use strict";
// One deployed model.

const { call, callAsync, functions, get, given } = require("./library");
const { features } = require("./features");
const { makeOptions } = require("./options");
const { makeRows } = require("./rows");
const { results } = require("./predictions");

const PROTOCOLS = { 1: "deployment-api", 2: "open-inference" };
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

  constructor(address) {
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
      await cancellable(signal, timeout, (cancel) =>
        callAsync("deployment_open", ...given(url), ...given(token), options, cancel, opened));
      return new Deployment(opened[0]);
    } finally {
      functions.options_free(options);
    }
  }

  async predict(rows, { signal, timeout } = {}) {
    if (this.#state.closed) throw new Error("the deployment is closed");
    const deployment = this.#handle.hold();
    const [predictions, made] = [[null], []];
    try {
      made.push(makeRows(deployment, this.inputs, [...rows]));
      await cancellable(signal, timeout, (cancel) =>
        callAsync("deployment_predict", deployment, made[0], cancel, predictions));
      return results(predictions[0], this.outputs);
    } finally {
      functions.predictions_free(predictions[0]);
      if (made.length > 0) functions.rows_free(made[0]);
      this.#handle.release();
    }
  }

  close() {
    if (this.#state.closed) return;
    this.#state.closed = true;
    freed.unregister(this);
    this.#handle.release();
  }
}

/** Runs a call that a signal or a time in milliseconds can end. */
async function cancellable(signal, timeout, start) {
  if (signal === undefined && timeout === undefined) return start(null);
  if (signal !== undefined) signal.throwIfAborted();
  const cancel = get("cancel_new");
  const trigger = () => call("cancel_trigger", cancel);
  try {
    if (timeout !== undefined) call("cancel_set_timeout", cancel, timeout);
    if (signal !== undefined) signal.addEventListener("abort", trigger, { once: true });
    return await start(cancel);
  } catch (error) {
    // As every other function that takes a signal.
    if (signal !== undefined) signal.throwIfAborted();
    throw error;
  } finally {
    if (signal !== undefined) signal.removeEventListener("abort", trigger);
    functions.cancel_free(cancel);
  }
}

module.exports = { Deployment };
