"use strict";
// Headers that a program adds.

const { test } = require("node:test");
const assert = require("node:assert");
const { ones, openFake, tensor } = require("./fake");

test("headers are an object or pairs", async (context) => {
  const seen = [];
  const answer = (request, headers) => {
    seen.push([headers["x-a"], headers["x-b"]]);
    return ones(request);
  };
  const model = { inputs: [tensor("t", "BYTES", 1)], answer };
  const pairs = [["X-A", "1"], ["X-B", "2"]];
  const kinds = [Object.fromEntries(pairs), new Map(pairs), new Headers(pairs), pairs, pairs.values()];
  for (const headers of kinds) {
    const client = await openFake(context, model, { headers });
    await client.predict([{ t: "x" }]);
  }
  assert.deepStrictEqual(seen, kinds.map(() => ["1", "2"]));
  const bad = [
    "X-A: secret", 5, null, true, Promise.resolve(new Map(pairs)), new Date(), ["X-A", "secret"], [["X-A"]], [null],
    { "X-A": 1 }, [["X-A", "secret", "more"]],
  ];
  for (const headers of bad) {
    const failure = await openFake(context, model, { headers }).catch((error) => error);
    assert.strictEqual(failure.name, "TypeError");
    assert.match(failure.message, /^headers: expected /);
    assert.doesNotMatch(failure.message, /secret/);
  }
});
