"use strict";
// Arrays as inputs and outputs.

const { test } = require("node:test");
const assert = require("node:assert");
const { ones, openFake, output, tensor } = require("./fake");

/** The deployment of a model with an array, and what was sent to it. */
async function arrayModel(context, datatype, ...shape) {
  const sent = [];
  const answer = (request) => {
    sent.push(request.inputs[0].data.flat(Infinity));
    return ones(request);
  };
  return { client: await openFake(context, { inputs: [tensor("a", datatype, ...shape)], answer }), sent };
}

test("nested arrays that are no array of numbers are refused", async (context) => {
  const { client, sent } = await arrayModel(context, "FP64", 3, 2);
  const cyclic = [];
  cyclic[0] = cyclic;
  const leaves = [null, "", true, "7", new Date(5), undefined, 1n, {}, [1]];
  const bad = [
    [[1, 2], [3], [4, 5, 6]], [[1, 2], [3, 4], 5], [[1, 2], [3, 4], null], [[1, 2], new Array(2), [5, 6]],
    [[1n, 2n], [3n, 4n], [5n, 6n]], cyclic, ...leaves.map((leaf) => [[1, 2], [3, leaf], [5, 6]]),
  ];
  for (const a of bad) {
    const failure = { name: "TypeError", message: /^row 1: input "a": / };
    await assert.rejects(client.predict([{ a: [[1, 2], [3, 4], [5, 6]] }, { a }]), failure);
  }
  assert.deepStrictEqual(sent, []);
  const ragged = /^row 0: input "a": element \[1\] is not an array of length 2, as \[0\] is$/;
  await assert.rejects(client.predict([{ a: bad[0] }]), { message: ragged });
  const empty = /^row 0: input "a": element \[1\]\[1\] is null, not a number$/;
  await assert.rejects(client.predict([{ a: [[1, 2], [3, null], [5, 6]] }]), { message: empty });
});

test("arrays of a wrong size are refused with row and feature", async (context) => {
  const { client, sent } = await arrayModel(context, "FP64", 3, 2);
  const data = new Float64Array(5);
  const nested = [[1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6], [], [[], [], []], [[1, 2], [3, 4]]];
  const bad = [data, { data, shape: [3, 2] }, ...nested];
  for (const a of bad) await assert.rejects(client.predict([{ a }]), { row: 0, feature: "a", message: /^row 0: / });
  for (const shape of [[3, -2], [1.5, 4], [3, "2"], 6, [2 ** 53, 1]]) {
    const failure = { name: "TypeError", message: /^row 0: input "a": / };
    await assert.rejects(client.predict([{ a: { data: new Float64Array(6), shape } }]), failure);
  }
  assert.deepStrictEqual(sent, []);
});

test("nested arrays keep all digits of integers", async (context) => {
  const largest = 2n ** 63n - 1n;
  const signed = await arrayModel(context, "INT64", 2, 1);
  await signed.client.predict([{ a: [[-5n], [7n]] }, { a: [[8], [9]] }]);
  assert.deepStrictEqual(signed.sent, [[-5, 7, 8, 9]]);
  await signed.client.predict([{ a: [[largest], [0n]] }]);
  for (const a of [[[largest + 1n], [0n]], [[0n], [2n ** 64n + 5n]], [[1n], [1]], [[1], [1n]]]) {
    await assert.rejects(signed.client.predict([{ a }]), /^\w+Error: row 0: input "a": element \[\d\]\[0\] /);
  }
  const small = await arrayModel(context, "INT8", 2);
  await small.client.predict([{ a: [-5n, 7n] }]);
  assert.deepStrictEqual(small.sent, [[-5, 7]]);
  await assert.rejects(small.client.predict([{ a: [0n, 128n] }]), { row: 0, feature: "a" });
  const unsigned = await arrayModel(context, "UINT64", 2, 1);
  await unsigned.client.predict([{ a: [[5n], [2n ** 64n - 1n]] }]);
  await assert.rejects(unsigned.client.predict([{ a: [[-1n], [0n]] }]), RangeError);
  const truths = await arrayModel(context, "BOOL", 2);
  await truths.client.predict([{ a: [true, false] }]);
  assert.deepStrictEqual(truths.sent[0].map(Number), [1, 0]);
});

test("outputs of 16-bit floats are numbers, and go back in as they are", async (context) => {
  const numbers = {
    FP16: [0, 1.5, -2, 65504, 2 ** -24, -1023 * 2 ** -24, 2 ** -14, 1 / 1024 + 1],
    BF16: [0, 1.5, -2, 2 ** 127, 2 ** -133, -(2 ** -126), 1 / 128 + 1, 3.0625],
  };
  for (const [datatype, expected] of Object.entries(numbers)) {
    const outputs = [tensor("h", datatype, expected.length)];
    const sent = [];
    const answer = (request) => {
      sent.push(request.inputs[0].data.flat(Infinity));
      return [output(outputs[0], request, ...expected)];
    };
    const client = await openFake(context, { inputs: outputs, outputs, answer });
    const [{ h }] = await client.predict([{ h: expected }]);
    assert.deepStrictEqual(h, { data: Float32Array.from(expected), shape: [expected.length] });
    await client.predict([{ h }]);
    assert.deepStrictEqual(sent[1], expected);
  }
});
