"use strict";
// Rows that come one by one.

const { test } = require("node:test");
const assert = require("node:assert");
const { openFake, tensor } = require("./fake");

test("a signal ends the wait for a row", async (context) => {
  const client = await openFake(context, { inputs: [tensor("t", "BYTES", 1)] });
  async function* rows() {
    yield { t: "x" };
    await new Promise(() => {});
  }
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 50);
  const results = client.predictEach(rows(), { batchRows: 1, inFlight: 2, signal: stop.signal });
  const late = new Promise((resolve) => setTimeout(resolve, 5000, "late").unref());
  const ended = results.next().then(() => results.next());
  await assert.rejects(Promise.race([ended, late]), { name: "AbortError" });
});

test("an iterator is told that nobody reads on, and only then", async (context) => {
  const client = await openFake(context, { inputs: [tensor("t", "BYTES", 1)] });
  const told = [];
  const rows = (name, next) => ({
    [Symbol.asyncIterator]: () => ({ next, return: async () => told.push(name) }),
  });
  const read = async (...given) => {
    for await (const _ of client.predictEach(...given));
  };
  await read(rows("ended", async () => ({ done: true })));
  await assert.rejects(read(rows("failed", async () => { throw new Error("broken"); })), /broken/);
  assert.deepStrictEqual(told, []);
  const signal = AbortSignal.timeout(20);
  const kept = setTimeout(() => {}, 5000);
  await assert.rejects(read(rows("aborted", () => new Promise(() => {})), { signal }), { name: "TimeoutError" });
  clearTimeout(kept);
  await assert.rejects(read(rows("refused", async () => ({ value: { t: 1 } })), { batchRows: 1 }), TypeError);
  assert.deepStrictEqual(told, ["aborted", "refused"]);
});

test("an iterable is closed when its reader stops, and its error is thrown", async (context) => {
  const client = await openFake(context, { inputs: [tensor("t", "BYTES", 1)] });
  let closed = 0;
  async function* rows() {
    try {
      for (;;) yield { t: "x" };
    } finally {
      await new Promise(setImmediate);
      closed++;
    }
  }
  for await (const _ of client.predictEach(rows(), { batchRows: 2 })) break;
  assert.strictEqual(closed, 1);
  async function* broken() {
    yield { t: "x" };
    throw new Error("the file ends early");
  }
  const results = client.predictEach(broken(), { batchRows: 2 });
  await assert.rejects(results.next(), /the file ends early/);
});
