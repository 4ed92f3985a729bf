"use strict";
// Large results, and many.

const { test } = require("node:test");
const assert = require("node:assert");
const { execFile } = require("node:child_process");
const { promisify } = require("node:util");
const { setFlagsFromString } = require("node:v8");
const { runInNewContext } = require("node:vm");
const { openFake, output, serve, tensor } = require("./fake");

test("results leave nothing behind", async (context) => {
  const outputs = [tensor("y", "FP32", 2)];
  const answer = (request) => [output(outputs[0], request, 1, 2)];
  const model = { inputs: [tensor("t", "BYTES", 1)], outputs, answer };
  const client = await openFake(context, model, { batchRows: 1000 });
  const rows = Array.from({ length: 1000 }, () => ({ t: "x" }));
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc");
  const used = async (calls) => {
    for (let call = 0; call < calls; call++) await client.predict(rows);
    collect();
    await new Promise(setImmediate);
    return process.memoryUsage().rss;
  };
  const before = await used(60);
  const grown = (await used(90)) - before;
  assert.ok(grown < 30e6, `${grown / 90} bytes a call`);
});

test("a text of 80 MB is returned", async (context) => {
  const outputs = [tensor("y", "BYTES", 1)];
  const long = "x".repeat(80e6);
  const answer = (request) => [output(outputs[0], request, long)];
  const client = await openFake(context, { inputs: [tensor("t", "BYTES", 1)], outputs, answer });
  const [{ y }] = await client.predict([{ t: "x" }]);
  assert.ok(y === long);
});

test("a large pool of threads does not have more calls at once than koffi allows", async (context) => {
  const url = await serve(context, { inputs: [tensor("t", "BYTES", 1)], answer: () => undefined });
  const program = `
    const { Deployment } = require("libsidekick");
    (async () => {
      const client = await Deployment.open(process.argv[1]);
      const stop = new AbortController();
      const calls = Array.from({ length: 400 }, () => client.predict([{ t: "x" }], { signal: stop.signal }));
      setTimeout(() => stop.abort(), 1000);
      const ended = await Promise.allSettled(calls);
      console.log([...new Set(ended.map(({ reason }) => reason?.message))].join());
      client.close();
    })();`;
  const options = { cwd: __dirname, env: { ...process.env, UV_THREADPOOL_SIZE: "500" }, encoding: "utf8" };
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", program, url], options);
  assert.strictEqual(stdout, "This operation was aborted\n");
});
