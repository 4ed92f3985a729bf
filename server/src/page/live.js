// What changes while a page is open: the last hour of each deployment, and whether it is enabled.

import { element } from "./answer.js";

const SECONDS_BETWEEN = 10;

const places = [...document.querySelectorAll("[data-recent]")];

const milliseconds = (bound) => (bound === null ? "over 30 000 ms" : `${bound} ms`);

const figures = ({ requests, errors, perSecond, p50, p99 }) => {
  if (requests === 0) return "no requests in the last hour";
  return [
    `${requests} requests in the last hour`,
    `${perSecond.toFixed(1)} a second now`,
    `half within ${milliseconds(p50)}`,
    `99 % within ${milliseconds(p99)}`,
    `${errors} errors`,
  ].join(" · ");
};

const histogram = ({ requests, latency }) =>
  element("table", {},
    element("caption", {}, "Latency, from the head of a request to its response"),
    element("tbody", {}, ...latency.map(({ below, count }) =>
      element("tr", {},
        element("th", { scope: "row" }, below === null ? "more" : `to ${milliseconds(below)}`),
        element("td", {}, element("meter", { value: count / requests, ariaHidden: "true" })),
        element("td", { className: "figure" }, String(count))))));

const show = (place, recent) => {
  const known = recent[place.dataset.recent] ?? { requests: 0 };
  const shown = [element("p", { className: "soft" }, figures(known))];
  if (place.dataset.bars !== undefined && known.requests > 0) {
    shown.push(element("div", { className: "bars" }, histogram(known)));
  }
  place.replaceChildren(...shown);
};

const update = async () => {
  if (document.hidden) return;
  try {
    const recent = await (await fetch("/recent")).json();
    for (const place of places) show(place, recent);
  } catch {
    // The server is away; what was shown stays.
  }
};

if (places.length > 0) {
  update();
  setInterval(update, SECONDS_BETWEEN * 1000);
}

const form = document.querySelector("#switch");

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { url, enable } = form.dataset;
  const response = await fetch(url, {
    method: "PUT",
    headers: { Authorization: `Bearer ${form.querySelector("input").value}`, "Content-Type": "application/json" },
    body: JSON.stringify({ enabled: enable === "true" }),
  });
  if (response.ok) location.reload();
  else form.querySelector("output").textContent = (await response.json()).errorMessage;
});
