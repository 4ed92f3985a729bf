"use strict";
// Texts and names.

const { test } = require("node:test");
const assert = require("node:assert");
const { Deployment } = require("libsidekick");
const { openFake, output, serve, tensor } = require("./fake");

test("texts that UTF-8 cannot encode are refused, and not shown", async (context) => {
  const client = await openFake(context, { inputs: [tensor("t", "BYTES", 1)] });
  assert.strictEqual((await client.predict([{ t: "🐧" }, { t: "a\0b" }])).length, 2);
  for (const t of ["a\ud83db", "\udc27\ud83d"]) {
    const failure = { name: "TypeError", message: /^row 1: input "t": [ -~]*surrogate[ -~]*$/ };
    await assert.rejects(client.predict([{ t: "x" }, { t }]), failure);
  }
  const url = "http://127.0.0.1:1/v2/models/m";
  for (const token of ["secret\ud83d", 5318008, Buffer.from("secret")]) {
    const opened = await Deployment.open(url, token).catch((error) => error);
    assert.strictEqual(opened.name, "TypeError");
    assert.match(opened.message, /^token: expected /);
    assert.doesNotMatch(opened.stack, /secret\ud83d|5318008/);
  }
  const suffixed = Deployment.open(url, "", { userAgentSuffix: "\ud83d" });
  await assert.rejects(suffixed, /^TypeError: userAgentSuffix: expected /);
});

test("names that objects inherit are names as others", async (context) => {
  const inputs = ["__proto__", "constructor"].map((name) => tensor(name, "FP64", 1));
  const outputs = ["y", "__proto__", "toString"].map((name) => tensor(name, "FP64", 1));
  const answer = (request) => outputs.map((each, index) => output(each, request, index));
  const client = await openFake(context, { inputs, outputs, answer });
  const row = Object.fromEntries([["__proto__", 2], ["constructor", 1]]);
  for (const result of await client.predict([row, Object.assign(Object.create(null), row)])) {
    assert.deepStrictEqual(Object.entries(result), [["y", 0], ["__proto__", 1], ["toString", 2]]);
    assert.strictEqual(Object.getPrototypeOf(result), Object.prototype);
  }
  const incomplete = { row: 0, code: "ROW_INCOMPLETE" };
  class Empty {}
  for (const bad of [{}, { constructor: 1 }, new Empty()]) await assert.rejects(client.predict([bad]), incomplete);
});

test("the values of a row may be getters of its class", async (context) => {
  const client = await openFake(context, { inputs: [tensor("t", "BYTES", 1)] });
  class Row {
    get t() {
      return "x";
    }
  }
  assert.strictEqual((await client.predict([new Row()])).length, 1);
});

test("messages show names as the library does, and none that holds the token", async (context) => {
  const token = "s3cretToken99";
  const secret = `a ${token}`;
  const inputs = [tensor(secret, "INT64", 1), tensor('q": "\n', "INT64", 2), tensor("t", "BYTES", 1)];
  const client = await Deployment.open(await serve(context, { inputs }), token, { wire: "json" });
  context.after(() => client.close());
  const row = { [secret]: 1, 'q": "\n': [1, 2], t: "x" };
  const said = async (wrong) => {
    const failure = await client.predict([row, { ...row, ...wrong }]).catch((error) => error);
    assert.doesNotMatch(failure.stack, /s3cret/);
    return failure.message;
  };
  const leftOut = /^row 1: (input|feature) "\[left out: it holds part of the token/;
  for (const value of [{}, "x", 2n ** 80n, 2 ** 53, NaN]) assert.match(await said({ [secret]: value }), leftOut);
  assert.match(await said({ 'q": "\n': ["1", 2] }), /^row 1: input "q": "\\n": element \[0\] is a string/);
  assert.match(await said({ 'q": "\n': true }), /^row 1: input "q": "\\n" is numeric, and /);
  assert.match(await said({ t: 5 }), /^row 1: input "t" is text, and does not take Number$/);
});
