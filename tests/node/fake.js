"use strict";
// Models of the Open Inference Protocol whose tensors and answers a test decides.

const http = require("node:http");
const { Deployment } = require("libsidekick");

/** The deployment of a model; the test ends it. `answer` gets a request and its headers. */
async function openFake(context, model, options = {}) {
  const client = await Deployment.open(await serve(context, model), "", { wire: "json", ...options });
  context.after(() => client.close());
  return client;
}

/** The URL of a model. An `answer` without a value never comes; one with a status is an error. */
async function serve(context, { inputs, outputs = [tensor("y", "FP64", 1)], answer = ones }) {
  const metadata = { name: "m", versions: ["1"], platform: "x", inputs, outputs };
  const server = http.createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const send = (status, body) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    if (request.method === "GET") {
      return send(200, request.url === "/v2/models/m" ? metadata : { name: "f", version: "1" });
    }
    const reply = answer(JSON.parse(Buffer.concat(parts)), request.headers);
    if (reply?.status) send(reply.status, { error: "no" });
    else if (reply) send(200, { model_name: "m", outputs: reply });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}/v2/models/m`;
}

/** A tensor with any number of rows, and the shape of each. */
function tensor(name, datatype, ...shape) {
  return { name, datatype, shape: [-1, ...shape] };
}

/** An output with the same elements in each row. */
function output({ name, datatype, shape }, request, ...elements) {
  const rows = request.inputs[0].shape[0];
  const data = Array.from({ length: rows }, () => elements).flat();
  return { name, datatype, shape: [rows, ...shape.slice(1)], data };
}

function ones(request) {
  return [output(tensor("y", "FP64", 1), request, 1)];
}

module.exports = { ones, openFake, output, serve, tensor };
