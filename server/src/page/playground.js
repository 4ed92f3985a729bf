// The form of the deployment view: predicts one row as it changes, and the rows of a CSV file.

import { element, failure, prediction } from "./answer.js";
import { fields } from "./fields.js";
import { predictFile } from "./rows.js";

const form = document.querySelector("#form");
const button = form.querySelector("button:not([type])");
const answer = document.querySelector("#answer");
const live = document.querySelector("#live");

const authorization = () => ({ Authorization: `Bearer ${document.querySelector("#token").value}` });

// The reply to a body: what was predicted, or an error with the server's text.
export const send = async (body, headers = {}) => {
  const all = { ...authorization(), ...headers };
  const response = await fetch(form.dataset.url, { method: "POST", headers: all, body });
  const reply = await response.json();
  if (!response.ok) {
    throw Object.assign(new Error(reply.errorMessage), { code: reply.errorCode, status: response.status });
  }
  return reply;
};

let values = null;
let running = false;
let again = false;

const predict = async () => {
  try {
    const data = await values();
    const begun = performance.now();
    const row = await send(data);
    const time = (performance.now() - begun).toFixed(1);
    return [await prediction(row), element("p", { className: "soft" }, `answered in ${time} ms`)];
  } catch (error) {
    return [failure(error.code ?? "Not sent", error.message)];
  }
};

// One request at a time; the last change is always predicted.
const update = async () => {
  again = running;
  if (running) return;
  running = true;
  do {
    again = false;
    answer.replaceChildren(...await predict());
  } while (again);
  running = false;
};

values = fields(form, () => live.checked && update());

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  await update();
  button.disabled = false;
});

// A deployment with images or arrays has no rows in CSV files.
const rows = document.querySelector("#rows");
const file = document.querySelector("#csv");
rows?.addEventListener("dragover", (event) => event.preventDefault());
rows?.addEventListener("drop", (event) => {
  event.preventDefault();
  const [dropped] = event.dataTransfer.files;
  if (dropped) predictFile(dropped, form, send);
});
file?.addEventListener("change", () => file.files[0] && predictFile(file.files[0], form, send));
