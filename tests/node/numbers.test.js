"use strict";
// Integers as inputs.

const { test } = require("node:test");
const assert = require("node:assert");
const { openFake, tensor } = require("./fake");

test("integers beyond 64 bits are refused", async (context) => {
  const inputs = [tensor("n", "INT64", 1), tensor("u", "UINT64", 1)];
  const client = await openFake(context, { inputs });
  const row = { n: -(2n ** 63n), u: 2n ** 64n - 1n };
  assert.strictEqual((await client.predict([row])).length, 1);
  for (const wrong of [{ n: 2n ** 64n + 5n }, { u: 2n ** 64n + 7n }, { n: -(2n ** 63n) - 1n }]) {
    const message = new RegExp(`^row 1: input "${Object.keys(wrong)[0]}": `);
    await assert.rejects(client.predict([row, { ...row, ...wrong }]), { name: "RangeError", message });
  }
});

test("numbers that have lost digits are no categories", async (context) => {
  const labels = ["9007199254740991", "9007199254740992", "9007199254740993"];
  const modelDescription = { inputs: [{ name: "c", labels }], outputs: [{ name: "y" }] };
  const client = await openFake(context, { inputs: [tensor("c", "INT64", 1)] }, { modelDescription });
  assert.strictEqual(client.inputs[0].type, "categorical");
  assert.strictEqual((await client.predict([{ c: 2 ** 53 - 1 }, { c: 2n ** 53n + 1n }])).length, 2);
  for (const c of [2 ** 53, 2 ** 64, -(2 ** 53)]) {
    await assert.rejects(client.predict([{ c }]), { name: "RangeError", message: /^row 0: input "c": / });
  }
});

test("numbers that have lost digits are no integers of 64 bits", async (context) => {
  const scalars = [tensor("i", "INT64", 1), tensor("u", "UINT64", 1), tensor("f", "FP64", 1)];
  const arrays = [tensor("a", "INT64", 2, 2), tensor("b", "UINT64", 2), tensor("g", "FP64", 2)];
  const client = await openFake(context, { inputs: [...scalars, ...arrays] });
  const least = -(2 ** 53 - 1);
  const a = [[1, least], [2 ** 53 - 1, 0]];
  const row = { i: least, u: 2 ** 53 - 1, f: 2 ** 60, a, b: [2n ** 64n - 1n, 1n], g: [2 ** 60, 1e300] };
  assert.strictEqual((await client.predict([row, { ...row, a: BigInt64Array.of(1n, 2n, 3n, 4n) }])).length, 2);
  for (const wrong of [{ i: 2 ** 53 }, { i: -(2 ** 53) }, { u: 2 ** 53 + 2 }, { u: 1e300 }]) {
    const message = new RegExp(`^row 1: input "${Object.keys(wrong)[0]}": .*: use a bigint$`);
    await assert.rejects(client.predict([row, { ...row, ...wrong }]), { name: "RangeError", message });
  }
  const signed = { name: "RangeError", message: /^row 0: input "a": element \[1\]\[0\] .*: use bigints$/ };
  await assert.rejects(client.predict([{ ...row, a: [[1, 2], [2 ** 53, 3]] }]), signed);
  const unsigned = { name: "RangeError", message: /^row 0: input "b": element \[1\] .*: use bigints$/ };
  await assert.rejects(client.predict([{ ...row, b: [1, 2 ** 64] }]), unsigned);
  await assert.rejects(client.predict([{ ...row, i: 1.5 }]), { row: 0, feature: "i" });
});
