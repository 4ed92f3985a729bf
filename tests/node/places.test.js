"use strict";
// The rows that errors name.

const { test } = require("node:test");
const assert = require("node:assert");
const { ones, openFake, output, tensor } = require("./fake");

/** Refuses a request with a bad row. */
function refuse(request) {
  return request.inputs[0].data.flat().includes("bad") ? { status: 400 } : ones(request);
}

/** Rows of which one is bad. */
function rowsWithBad(count, bad) {
  return Array.from({ length: count }, (_, row) => ({ t: row === bad ? "bad" : "x" }));
}

async function consume(results) {
  for await (const _ of results);
}

test("an error names the rows of the request that failed", async (context) => {
  const model = { inputs: [tensor("t", "BYTES", 1)], answer: refuse };
  const client = await openFake(context, model);
  const failed = await client.predict(rowsWithBad(200, 150)).catch((error) => error);
  assert.match(failed.message, /^rows 128 to 199 of 200, after 1 attempt: /);
  assert.deepStrictEqual([failed.row, failed.rowsFirst, failed.rowsCount], [null, 128, 72]);
  const { rowsFirst, rowsCount } = await client.predict([{}]).catch((error) => error);
  assert.deepStrictEqual([rowsFirst, rowsCount], [null, 0]);
});

test("predictEach counts the rows of a failed request from the first of all", async (context) => {
  const client = await openFake(context, { inputs: [tensor("t", "BYTES", 1)], answer: refuse });
  const late = consume(client.predictEach(rowsWithBad(600, 590), { batchRows: 200, inFlight: 1 }));
  await assert.rejects(late, { rowsFirst: 528, rowsCount: 72, message: /^rows 528 to 599, after 1 attempt: / });
  const early = consume(client.predictEach(rowsWithBad(600, 5), { batchRows: 200 }));
  await assert.rejects(early, { rowsFirst: 0, rowsCount: 128, message: /^rows 0 to 127, after 1 attempt: / });
});

test("predict counts the rows that it left out", async (context) => {
  const inputs = [tensor("t", "BYTES", 1)];
  const client = await openFake(context, { inputs, answer: refuse }, { batchRows: 2 });
  const rows = [{ t: 1 }, { t: "x" }, { t: "x" }, { t: 1 }, { t: "x" }, { t: 1 }, { t: "bad" }, { t: "x" }];
  const failure = { rowsFirst: 4, rowsCount: 2, message: /^rows 4 to 6 of 8, after 1 attempt: / };
  await assert.rejects(client.predict(rows, { errors: "return" }), failure);

  const outputs = [tensor("y", "INT8", 1)];
  const answer = (request) => {
    const all = output(outputs[0], request, 5);
    all.data[all.data.length - 1] = 300;
    return [all];
  };
  const odd = await openFake(context, { inputs, outputs, answer });
  const wrong = await odd.predict([{ t: 1 }, { t: "x" }, { t: "x" }], { errors: "return" }).catch((error) => error);
  assert.match(wrong.message, /^row 2: /);
  assert.strictEqual(wrong.row, 2);
});

test("what the code of a row throws stays as it is, and fails only its row", async (context) => {
  const client = await openFake(context, { inputs: [tensor("i", "INT64", 1), tensor("a", "FP64", 2)] });
  const odd = new Error("row 5 is odd");
  const thrown = ["boo", undefined, null, { code: 7 }, Object.freeze(new Error("x")), new DOMException("d"), odd];
  const { stack } = odd;
  const fail = (what) => { throw what; };
  const bad = (what) => [
    { get i() { return fail(what); } }, { i: 1, a: { get data() { return fail(what); } } },
    { i: 1, a: Object.defineProperty([1, 2], 1, { get: () => fail(what) }) },
  ];
  for (const what of thrown) {
    for (const row of bad(what)) {
      const rows = [{ i: 1, a: [1, 2] }, { i: "x" }, row, { i: 1, a: [1, 2] }, { i: 1.5, a: [1, 2] }, { i: 1 }];
      const results = await client.predict(rows, { errors: "return" });
      assert.deepStrictEqual([results[0], results[3]], [{ y: 1 }, { y: 1 }]);
      assert.ok(Object.is(results[2], what));
      assert.deepStrictEqual(results.slice(4).map(({ row }) => row), [4, 5]);
      for (const place of [1, 4, 5]) assert.match(results[place].message, new RegExp(`^row ${place}: `));
      await client.predict([row]).then(assert.fail, (error) => assert.ok(Object.is(error, what)));
    }
  }
  assert.deepStrictEqual([odd.message, odd.stack], ["row 5 is odd", stack]);
});
