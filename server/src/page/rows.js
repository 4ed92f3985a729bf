// Predicts the rows of a CSV file, shows the first of them, and offers all as a file.

import { element, ranked } from "./answer.js";

// Rows in a request.
const BATCH = 100;
// Rows on the page.
const MOST_SHOWN = 200;

// Statuses that a row of the request may be to blame for; after others the next rows would fail as well.
const ROW_STATUSES = [400, 413, 422, 500];

const progress = document.querySelector("#progress");
const results = document.querySelector("#results");

// The records of a CSV text (RFC 4180), each a list of cells.
export const parse = (text) => {
  const records = [[""]];
  let quoted = false;
  for (let place = 0; place < text.length; place++) {
    const letter = text[place];
    const record = records[records.length - 1];
    if (quoted && letter === '"' && text[place + 1] === '"') {
      record[record.length - 1] += '"';
      place++;
    } else if (letter === '"' && (quoted || record[record.length - 1] === "")) quoted = !quoted;
    else if (letter === "," && !quoted) record.push("");
    else if (letter === "\n" && !quoted) records.push([""]);
    else if (letter !== "\r" || quoted) record[record.length - 1] += letter;
  }
  if (quoted) throw new Error("a quote in the file is never closed");
  return records.filter((record) => record.length > 1 || record[0] !== "");
};

const cell = (value) => {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

export const format = (records) => records.map((record) => `${record.map(cell).join(",")}\r\n`).join("");

const value = (kind, text) => {
  if (kind !== "number") return text;
  // An empty cell is 0 to Number.
  const number = text.trim() === "" ? NaN : Number(text);
  return Number.isFinite(number) ? number : text;
};

// An output as cells of a table, by column names.
const cells = (name, output) => {
  if (output === null || typeof output !== "object") return [[name, output]];
  if (Array.isArray(output.data)) return [[name, output.data.join(" ")]];
  const [label, probability] = ranked(output)[0];
  return [[name, label], [`${name} (probability)`, Number(probability.toPrecision(6))]];
};

const columnsOf = (form, header) => {
  const features = [...form.querySelectorAll("[data-feature]")].map(({ dataset }) => dataset);
  const missing = features.filter(({ feature }) => !header.includes(feature)).map(({ feature }) => feature);
  if (missing.length > 0) throw new Error(`the first line of the file has no column ${missing.join(", ")}`);
  const twice = features.find(({ feature }) => header.indexOf(feature) !== header.lastIndexOf(feature));
  if (twice) throw new Error(`the first line of the file has the column ${twice.feature} twice`);
  return features.map(({ feature, kind }) => [feature, kind, header.indexOf(feature)]);
};

// What a batch gives, row by row: cells, or why there are none. If some row is refused, each is sent alone.
const predictBatch = async (rows, send) => {
  const post = (some) => send(JSON.stringify({ rows: some }), { "Content-Type": "application/json" });
  try {
    const reply = await post(rows);
    return reply.rows.map((row) => Object.entries(row).flatMap(([name, output]) => cells(name, output)));
  } catch (error) {
    if (!ROW_STATUSES.includes(error.status)) throw error;
    if (rows.length === 1) return [[["error", error.message]]];
    const alone = [];
    for (const row of rows) alone.push(...await predictBatch([row], send));
    return alone;
  }
};

const table = (header, records) =>
  element("table", {},
    element("thead", {}, element("tr", {}, ...header.map((name) => element("th", { scope: "col" }, name)))),
    element("tbody", {}, ...records.slice(0, MOST_SHOWN).map((record) =>
      element("tr", {}, ...record.map((text) => element("td", {}, String(text)))))));

const offer = (name, text) => {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  const download = name.replace(/(\.csv)?$/i, "-predicted.csv");
  return element("a", { href: url, download, className: "download" }, "Download all rows");
};

// What some records give. One with more or fewer cells than the header is not sent.
const predictRecords = async (records, header, columns, send) => {
  const isWhole = (record) => record.length === header.length;
  const rows = records.filter(isWhole).map((record) =>
    Object.fromEntries(columns.map(([name, kind, place]) => [name, value(kind, record[place])])));
  const predicted = rows.length > 0 ? await predictBatch(rows, send) : [];
  const problem = (record) => [["error", `it has ${record.length} cells, the first line has ${header.length}`]];
  return records.map((record) => (isWhole(record) ? predicted.shift() : problem(record)));
};

// Predicts all records as long as `goesOn`. If a request fails for another reason than its rows, those that are left
// have its error.
const predictAll = async (file, form, send, goesOn) => {
  const [header, ...records] = parse(await file.text());
  const columns = columnsOf(form, header ?? []);
  const names = [];
  const outcomes = [];
  for (let first = 0; first < records.length && goesOn(); first += BATCH) {
    try {
      outcomes.push(...await predictRecords(records.slice(first, first + BATCH), header, columns, send));
    } catch (error) {
      if (first === 0) throw error;
      while (outcomes.length < records.length) outcomes.push([["error", error.message]]);
      break;
    }
    if (goesOn()) progress.textContent = `${outcomes.length} of ${records.length} rows`;
  }
  if (!goesOn()) return null;
  for (const outcome of outcomes) for (const [name] of outcome) if (!names.includes(name)) names.push(name);
  const full = records.map((record, place) => {
    const found = Object.fromEntries(outcomes[place]);
    return [...header.map((_, column) => record[column] ?? ""), ...names.map((name) => found[name] ?? "")];
  });
  return { header: [...header, ...names.map((name) => `predicted ${name}`)], records: full };
};

let files = 0;

// Predicts a file; one that is chosen meanwhile takes its place.
export const predictFile = async (file, form, send) => {
  const number = ++files;
  const goesOn = () => number === files;
  results.replaceChildren();
  progress.textContent = "reading the file";
  try {
    const predicted = await predictAll(file, form, send, goesOn);
    if (predicted === null) return;
    const { header, records } = predicted;
    const errors = header.indexOf("predicted error");
    const failed = records.filter((record) => errors >= 0 && record[errors] !== "").length;
    const shown = records.length > MOST_SHOWN ? `, of which the first ${MOST_SHOWN} are shown` : "";
    progress.textContent = `${records.length} rows${shown}${failed ? `; ${failed} refused` : ""}`;
    results.replaceChildren(offer(file.name, format([header, ...records])), table(header, records));
  } catch (error) {
    if (goesOn()) progress.textContent = error.message;
  }
};
