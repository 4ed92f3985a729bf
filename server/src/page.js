"use strict";

// Features are fields and may be called "action" or anything else, so the form's own properties are not to be relied on.
const form = document.querySelector("#try");
const button = document.querySelector("#try button");
const answer = document.querySelector("#answer");

const element = (name, properties, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

const probabilities = (value) => {
  const likely = Object.entries(value).sort((one, other) => other[1] - one[1]).slice(0, 10);
  return element("div", {}, ...likely.map(([name, probability]) =>
    element("div", {}, element("meter", { value: probability, title: name }), ` ${name} ${probability.toPrecision(3)}`)));
};

const shorten = (text) => (text.length > 2000 ? `${text.slice(0, 2000)} …` : text);

const shown = (value) => {
  if (typeof value === "string" && value.startsWith("data:image/")) return element("img", { src: value, alt: "image" });
  if (typeof value !== "object") return shorten(String(value));
  return Array.isArray(value.shape) ? shorten(JSON.stringify(value)) : probabilities(value);
};

const table = (row) =>
  element("table", {}, ...Object.entries(row).map(([name, value]) =>
    element("tr", {}, element("td", {}, name), element("td", {}, shown(value)))));

const failure = (code, message) =>
  element("div", { className: "failed" }, element("strong", {}, code), ` ${message}`);

const ask = async () => {
  const token = document.querySelector("#token").value;
  const reply = await fetch(answer.dataset.url, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}` },
    body: new FormData(form),
  });
  const row = await reply.json();
  return reply.ok ? table(row) : failure(row.errorCode, row.errorMessage);
};

document.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  answer.replaceChildren(await ask().catch((error) => failure("No answer", error.message)));
  button.disabled = false;
});
