// Shows predictions: probabilities as bars, arrays as heat maps, images as images.

import { readUrl } from "./npy.js";

// So many of the most probable categories are shown.
const MOST_BARS = 10;
const LONGEST_TEXT = 2000;
// Arrays of more values are shown as a picture.
const MOST_NUMBERS = 12;

export const element = (name, properties = {}, ...children) => {
  const made = document.createElement(name);
  const { dataset, ...others } = properties;
  Object.assign(made, others);
  Object.assign(made.dataset, dataset);
  made.append(...children);
  return made;
};

const shorten = (text) => (text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)} …` : text);

const round = (number) => (Number.isInteger(number) ? String(number) : String(Number(number.toPrecision(5))));

const percent = (probability) => {
  const digits = probability > 0 && probability < 0.001 ? 3 : 1;
  return `${(100 * probability).toFixed(digits)} %`;
};

// The categories, the most probable one first.
export const ranked = (probabilities) =>
  Object.entries(probabilities).sort((one, other) => other[1] - one[1]);

const bars = (probabilities) => {
  const all = ranked(probabilities);
  const lines = all.slice(0, MOST_BARS).map(([name, probability]) =>
    element("tr", {},
      element("th", { scope: "row" }, name),
      element("td", {}, element("meter", { value: probability, ariaHidden: "true" })),
      element("td", { className: "figure" }, percent(probability))));
  const shown = element("div", { className: "bars" }, element("table", {}, element("tbody", {}, ...lines)));
  const rest = all.length - MOST_BARS;
  if (rest > 0) shown.append(element("p", { className: "soft" }, `and ${rest} more`));
  return shown;
};

// The sizes that are not 1.
const squeezed = (shape) => shape.filter((size) => size !== 1);

// From blue to yellow.
const colour = (share) => [255 * share ** 1.5, 255 * share, 220 - 100 * share];

// An array of two axes, or of three whose last has the channels of a picture.
export const heatMap = (shape, data) => {
  const sizes = squeezed(shape);
  const channels = sizes.length === 3 && (sizes[2] === 3 || sizes[2] === 4) ? sizes.pop() : 1;
  while (sizes.length > 2) sizes.splice(0, 2, sizes[0] * sizes[1]);
  const [height, width] = sizes.length === 2 ? sizes : [1, sizes[0] ?? 1];
  const low = data.reduce((least, value) => Math.min(least, value), Infinity);
  const high = data.reduce((most, value) => Math.max(most, value), -Infinity);
  const canvas = element("canvas", { className: "heat", width, height });
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const share = (place) => (high > low ? (data[pixel * channels + place] - low) / (high - low) : 0);
    const rgb = channels === 1 ? colour(share(0)) : [0, 1, 2].map((place) => 255 * share(place));
    image.data.set([...rgb, 255], pixel * 4);
  }
  context.putImageData(image, 0, 0);
  canvas.setAttribute("role", "img");
  const text = `${shape.join(" × ")} values from ${round(low)} to ${round(high)}`;
  canvas.setAttribute("aria-label", text);
  return element("figure", {}, canvas, element("figcaption", { className: "soft" }, text));
};

const array = ({ shape, data }) =>
  (data.length <= MOST_NUMBERS ? data.map(round).join(", ") : heatMap(shape, data));

const shown = async (value) => {
  if (value === null) return "nothing";
  if (typeof value === "number") return round(value);
  if (typeof value === "string" && value.startsWith("data:image/")) {
    return element("img", { src: value, alt: "the predicted image" });
  }
  if (typeof value === "string" && value.startsWith("data:")) return array(await readUrl(value));
  if (typeof value !== "object") return shorten(String(value));
  return Array.isArray(value.data) ? array(value) : bars(value);
};

// A prediction, output by output.
export const prediction = async (row) => {
  const lines = await Promise.all(Object.entries(row).map(async ([name, value]) =>
    element("div", { className: "outcome", dataset: { output: name } },
      element("h3", {}, name), element("div", {}, await shown(value)))));
  return element("div", {}, ...lines);
};

export const failure = (code, message) =>
  element("div", { className: "failed" }, element("strong", {}, code), ` ${message}`);
