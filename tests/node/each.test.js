"use strict";
// Rows that come one by one.

const { test } = require("node:test");
const assert = require("node:assert");
const { ones, openFake, tensor } = require("./fake");

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

test("a signal ends a request with its own reason, which stays as it is", async (context) => {
  let asked = () => {};
  const answer = (request) => (request.inputs[0].data.flat()[0] === "last" ? void asked() : ones(request));
  const model = { inputs: [tensor("t", "BYTES", 1)], answer };
  const client = await openFake(context, model);
  const kept = setTimeout(() => {}, 30000);
  const ended = async (signal, errors) => {
    const options = { batchRows: 1, inFlight: 1, signal, errors };
    const results = client.predictEach([{ t: "x" }, { t: "last" }], options);
    await results.next();
    return results.next().then(assert.fail, (error) => error);
  };
  const shared = Object.assign(new Error("row 5 is odd"), { row: 5 });
  const failure = await client.predict([{ t: 1 }, {}], { errors: "return" }).then((results) => results[1]);
  const before = [shared.stack, failure.message, failure.row];
  const reasons = ["why", 7, null, { code: 7 }, Object.freeze(new Error("frozen")), shared, failure];
  for (const errors of ["throw", "return"]) {
    for (const reason of reasons) {
      const stop = new AbortController();
      asked = () => stop.abort(reason);
      assert.ok(Object.is(await ended(stop.signal, errors), reason));
    }
    const stop = new AbortController();
    asked = () => stop.abort();
    assert.strictEqual(await ended(stop.signal, errors), stop.signal.reason);
    asked = () => {};
    assert.strictEqual((await ended(AbortSignal.timeout(50), errors)).name, "TimeoutError");
  }
  clearTimeout(kept);
  assert.deepStrictEqual([shared.stack, failure.message, failure.row], before);
  assert.deepStrictEqual([shared.message, shared.row], ["row 5 is odd", 5]);
});

test("what getters throw stays as it is, and other errors count from the first row", async (context) => {
  const client = await openFake(context, { inputs: [tensor("t", "BYTES", 1)] });
  const odd = Object.assign(new Error("row 5 is odd"), { row: 5 });
  const rows = [{ t: "x" }, { t: "x" }, { t: 1 }, { get t() { throw odd; } }, { t: "x" }, {}];
  const results = [];
  for await (const result of client.predictEach(rows, { batchRows: 2, errors: "return" })) results.push(result);
  assert.deepStrictEqual([results[3], odd.message, odd.row], [odd, "row 5 is odd", 5]);
  assert.match(results[2].message, /^row 2: /);
  assert.match(results[5].message, /^row 5: /);
  assert.strictEqual(results[5].row, 5);
});

test("a signal ends the wait for a promise of a row, and the iterator is closed", async (context) => {
  const client = await openFake(context, { inputs: [tensor("t", "BYTES", 1)] });
  const late = new Promise((resolve) => setTimeout(resolve, 5000, "late").unref());
  const ended = (rows, options) => Promise.race([client.predictEach(rows, options).next(), late]);
  const unhandled = [];
  const note = (reason) => unhandled.push(reason);
  process.on("unhandledRejection", note);
  context.after(() => process.off("unhandledRejection", note));
  const told = [];
  function* rows(promise) {
    try {
      yield promise;
      yield { t: "x" };
      told.push("read on");
    } finally {
      told.push("closed");
    }
  }
  let fail;
  const failing = new Promise((_, reject) => { fail = reject; });
  for (const list of [[new Promise(() => {})], rows(failing)]) {
    const stop = new AbortController();
    setTimeout(() => stop.abort("why"), 50);
    const reason = await ended(list, { signal: stop.signal }).catch((error) => error);
    assert.strictEqual(reason, "why");
  }
  assert.deepStrictEqual(told, ["closed"]);
  fail(new Error("too late"));
  await new Promise(setImmediate);
  assert.deepStrictEqual([unhandled, told], [[], ["closed"]]);

  await assert.rejects(ended(rows(Promise.reject(new Error("broken")))), /broken/);
  assert.deepStrictEqual(told, ["closed", "closed"]);
  const read = [];
  const good = rows(Promise.resolve({ t: "x" }));
  for await (const result of client.predictEach(good, { batchRows: 1 })) read.push(result);
  assert.deepStrictEqual([read, told.slice(2)], [[{ y: 1 }, { y: 1 }], ["read on", "closed"]]);
  await assert.rejects(ended(5), TypeError);
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
