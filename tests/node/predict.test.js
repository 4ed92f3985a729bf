"use strict";
// The installed package against the server at SIDEKICK_SERVER_URL. SIDEKICK_DIGIT is an image of a seven.

const { test } = require("node:test");
const assert = require("node:assert");
const fs = require("node:fs");
const http = require("node:http");
const { Deployment, SidekickError, Status, version } = require("libsidekick");

const server = process.env.SIDEKICK_SERVER_URL;
const digit = process.env.SIDEKICK_DIGIT;
const penguin = {
  island: "Biscoe", sex: "male", year: 2007,
  "bill length (mm)": 40.6, "bill depth (mm)": 18.6, "flipper length (mm)": 183, colour: "ignored",
};

function open(name, options) {
  return Deployment.open(`${server}/deployment/${name}/forward`, `${name}-token`, options);
}

/** The label of the greatest probability. */
function best(probabilities) {
  return Object.entries(probabilities).sort((a, b) => b[1] - a[1])[0][0];
}

test("the version is that of the package", () => {
  assert.strictEqual(version(), require("libsidekick/package.json").version);
});

test("a deployment describes its features", async () => {
  const client = await open("penguins");
  assert.strictEqual(client.protocol, "deployment-api");
  const island = client.inputs.find(({ name }) => name === "island");
  assert.deepStrictEqual(island.categories, ["Biscoe", "Dream", "Torgersen"]);
  assert.strictEqual(island.type, "categorical");
  assert.match(require("node:util").inspect(client), /island +categorical Biscoe, Dream, Torgersen\n/);
  assert.deepStrictEqual(client.outputs.map(({ name }) => name), ["species", "body mass (g)"]);
  client.close();
});

test("rows of numbers and categories are predicted in their order", async () => {
  const client = await open("penguins", { maxInFlight: 4, batchRows: 7, callTimeout: 60000 });
  const measures = { "bill length (mm)": 46.1, "bill depth (mm)": 13.2, "flipper length (mm)": 211 };
  const gentoo = { ...penguin, ...measures };
  const rows = Array.from({ length: 50 }, (_, row) => (row % 2 ? gentoo : penguin));
  const results = await client.predict(rows);
  const expected = rows.map((row) => (row === gentoo ? "Gentoo" : "Adelie"));
  assert.deepStrictEqual(results.map(({ species }) => best(species)), expected);
  assert.ok(results[0]["body mass (g)"] > 3000);
  client.close();
});

test("images are files or their bytes", async () => {
  const client = await open("digits");
  const results = await client.predict([{ image: digit }, { image: fs.readFileSync(digit) }]);
  assert.deepStrictEqual(results.map((result) => best(result.digit)), ["7", "7"]);
  assert.deepStrictEqual(await client.predict([]), []);
  client.close();
});

test("arrays keep their type and shape", async () => {
  const client = await open("denoise");
  const [{ name, shape }] = client.inputs;
  const size = shape.reduce((a, b) => a * b);
  const noisy = new Float32Array(size).fill(0.5);
  const rows = [{ [name]: noisy }, { [name]: { data: noisy, shape } }, { [name]: nested(shape) }];
  const results = await client.predict(rows);
  const clean = results.map((result) => result[client.outputs[0].name]);
  assert.ok(clean[0].data instanceof Float32Array);
  assert.deepStrictEqual(clean[0].shape, [...client.outputs[0].shape]);
  for (const each of clean) assert.deepStrictEqual(each, clean[0]);
  client.close();
});

/** Arrays in arrays, of one number. */
function nested([length, ...rest]) {
  return new Array(length).fill(rest.length === 0 ? 0.5 : nested(rest));
}

test("texts are predicted, and a model of the Open Inference Protocol is opened", async () => {
  const client = await open("language");
  const [result] = await client.predict([{ text: "Das Wetter ist heute schön, und morgen regnet es." }]);
  assert.strictEqual(best(result.language), "German");
  client.close();
  const model = await Deployment.open(`${server}/v2/models/digits`, "digits-token");
  assert.strictEqual(model.protocol, "open-inference");
  model.close();
});

test("an error says what is wrong and where", async () => {
  const client = await open("penguins");
  const { island, ...without } = penguin;
  const failure = await client.predict([penguin, without]).catch((error) => error);
  assert.ok(failure instanceof SidekickError);
  assert.strictEqual(failure.status, 15);
  assert.strictEqual(failure.row, 1);
  assert.match(failure.message, /island/);
  await assert.rejects(client.predict([{ ...penguin, island: "Atlantis" }]), { feature: "island", row: 0 });
  const unfit = /row 0: input "year" is numeric, and does not take Object/;
  await assert.rejects(client.predict([{ ...penguin, year: {} }]), unfit);
  client.close();
  await assert.rejects(client.predict([penguin]), /closed/);
  await assert.rejects(open("penguins", { callTimeouts: 1 }), /no option callTimeouts/);
  const url = `${server}/deployment/penguins/forward`;
  const refused = await Deployment.open(url, "wrong-token").catch((error) => error);
  assert.ok(refused.httpStatus >= 400);
  assert.doesNotMatch(refused.message, /wrong-token/);
});

/** The URL of a server that never answers. */
async function silentServer(context) {
  const silent = http.createServer(() => {}).listen(0, "127.0.0.1");
  context.after(() => {
    silent.closeAllConnections();
    silent.close();
  });
  await new Promise((resolve) => silent.once("listening", resolve));
  return `http://127.0.0.1:${silent.address().port}/deployment/x/forward`;
}

test("a signal and a time limit end a call, and the event loop goes on", async (context) => {
  const url = await silentServer(context);
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 50);
  await assert.rejects(Deployment.open(url, "x-token", { signal: stop.signal }), { name: "AbortError" });
  await assert.rejects(Deployment.open(url, "x-token", { timeout: 50, retries: 0 }), SidekickError);
});

test("the statuses are those of the header", () => {
  const header = fs.readFileSync(process.env.SIDEKICK_FFI, "utf8");
  const declared = [...header.matchAll(/ SIDEKICK_ERROR_(\w+) = (\d+) /g)];
  const numbers = Object.fromEntries(declared.map(([, name, number]) => [name, Number(number)]));
  assert.deepStrictEqual({ ...Status }, numbers);
});

test("any number of calls is made at once, and those that wait end by signal and time", async (context) => {
  const client = await open("penguins");
  const all = await Promise.all(Array.from({ length: 600 }, () => client.predict([penguin])));
  assert.strictEqual(all.length, 600);
  client.close();

  const url = await silentServer(context);
  const stop = new AbortController();
  const opening = Array.from({ length: 8 }, () => Deployment.open(url, "x-token", { signal: stop.signal }));
  const held = Promise.allSettled(opening);
  const late = Deployment.open(url, "x-token", { timeout: 20 });
  await assert.rejects(late, { code: "TIMEOUT", attempts: 0 });
  assert.ok(await fs.promises.readFile(digit));
  stop.abort();
  for (const { reason } of await held) assert.strictEqual(reason.name, "AbortError");
});

test("rows of an async iterable are predicted in their order", async () => {
  const client = await open("language");
  const texts = ["Das Wetter ist heute sehr schön.", "The weather is very fine today."];
  async function* rows() {
    for (let row = 0; row < 50; row++) yield { text: texts[row % 2] };
  }
  const languages = [];
  const results = client.predictEach(rows(), { batchRows: 7, inFlight: 3 });
  for await (const { language } of results) languages.push(best(language));
  assert.deepStrictEqual(languages, Array.from({ length: 50 }, (_, row) => ["German", "English"][row % 2]));
  for await (const _ of client.predictEach(rows(), { batchRows: 7 })) break;
  const bad = [{ text: "a" }, { text: "b" }, { txet: "c" }];
  const run = async () => { for await (const _ of client.predictEach(bad, { batchRows: 2 })); };
  await assert.rejects(run(), { row: 2, feature: "text", message: /^row 2: .*"txet", which is no input/ });
  client.close();
});

test("errors of rows are returned in their places", async () => {
  const client = await open("penguins", { isolateBadRows: true });
  const bad = { ...penguin, island: "Mars" };
  const rows = [bad, penguin, { ...penguin, year: {} }, bad, penguin];
  for (const batchRows of [128, 2]) {
    const results = [];
    const each = client.predictEach(rows, { errors: "return", batchRows });
    for await (const result of each) results.push(result);
    const where = results.map((result) => result.row ?? result.name);
    assert.deepStrictEqual(where, [0, undefined, "TypeError", 3, undefined]);
    assert.match(results[3].message, /^row 3: /);
    assert.match(results[2].message, /^row 2: /);
    assert.strictEqual(best(results[4].species), "Adelie");
  }
  assert.strictEqual((await client.predict([bad], { errors: "return" })).length, 1);
  await assert.rejects(client.predict([bad], { errors: "ignore" }), TypeError);
  client.close();
});

test("mistakes say what to do", async () => {
  const client = await open("penguins", { protocol: "deployment-api" });
  assert.throws(() => new Deployment("http://127.0.0.1/"), /Deployment.open/);
  await assert.rejects(client.predict(penguin), /predict\(\[row\]\)/);
  await assert.rejects(client.predict([null]), /row 0: a row is an object/);
  await assert.rejects(open("penguins", { protocol: 1 }), /"deployment-api" or "open-inference"/);
  client.close();
});
