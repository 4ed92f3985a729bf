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
