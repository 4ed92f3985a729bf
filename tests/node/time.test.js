"use strict";
// Time limits of calls.

const { test } = require("node:test");
const assert = require("node:assert");
const { openFake, tensor } = require("./fake");

const silent = { inputs: [tensor("t", "BYTES", 1)], answer: () => undefined };

test("a time limit is a number of milliseconds, and small ones end a call", async (context) => {
  const client = await openFake(context, silent, { retries: 0 });
  for (const timeout of [0.5, 0, -1, -Infinity]) {
    const stop = AbortSignal.timeout(5000);
    await assert.rejects(client.predict([{ t: "x" }], { timeout, signal: stop }), { code: "TIMEOUT" });
  }
  for (const timeout of [NaN, "300", null, 300n, {}]) {
    const stop = AbortSignal.timeout(5000);
    const failure = { name: "TypeError", message: /^timeout: expected / };
    await assert.rejects(client.predict([{ t: "x" }], { timeout, signal: stop }), failure);
  }
  for (const timeout of [Infinity, 1e300, 2 ** 64]) {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    await assert.rejects(client.predict([{ t: "x" }], { timeout, signal: stop.signal }), { name: "AbortError" });
  }
});

/** Keeps the event loop busy. */
function work(milliseconds) {
  for (const start = performance.now(); performance.now() - start < milliseconds;);
}

test("a call that waits for its turn is never run on the event loop", async (context) => {
  const client = await openFake(context, silent, { retries: 0 });
  const stop = new AbortController();
  const held = Array.from({ length: 3 }, () => client.predict([{ t: "x" }], { signal: stop.signal }));
  const ended = Promise.allSettled(held);
  for (const timeout of [-1, 0, 20, 100]) {
    // The timers of Node count from the start of what the event loop runs.
    await new Promise(setImmediate);
    work(60);
    await assert.rejects(client.predict([{ t: "x" }], { timeout }), { code: "TIMEOUT", attempts: 0 });
  }
  for (const timeout of [Infinity, 2 ** 40]) {
    const late = client.predict([{ t: "x" }], { timeout, signal: AbortSignal.timeout(50) });
    await assert.rejects(late, { name: "TimeoutError" });
  }
  stop.abort();
  await ended;
});
