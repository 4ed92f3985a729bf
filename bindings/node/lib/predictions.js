"use strict";
// Predictions: columns of the library, as an object for each row.

const { SidekickError, bytes, call, functions, get, sizes, text } = require("./library");
const { ARRAYS, NAMES, isScalar, isWide } = require("./features");
const { widened } = require("./halves");

/** One object for each row that was sent; for one that the server refused, its error. */
function results(predictions, outputs) {
  const count = Number(functions.predictions_count(predictions));
  const failures = Number(functions.predictions_failure_count(predictions));
  const columns = outputs.map((output, index) => column(predictions, output, index, count));
  const all = new Array(count + failures);
  for (let row = 0; row < count; row++) {
    // An output may be called __proto__, which cannot be set as others.
    const result = Object.fromEntries(outputs.map(({ name }, index) => [name, columns[index][row]]));
    all[failures === 0 ? row : Number(get("predictions_sent_row", predictions, row))] = result;
  }
  for (let index = 0; index < failures; index++) {
    const failure = new SidekickError(get("predictions_failure", predictions, index));
    all[failure.row] = failure;
  }
  return all;
}

/** The values of an output, row by row. */
function column(predictions, output, index, count) {
  if (count === 0) return [];
  const at = [predictions, index];
  switch (output.type) {
    case "categorical":
      return probabilities(at, count);
    case "text":
      return pieces("predictions_texts", at, count, 1).map((piece) => piece.toString());
    case "bytes":
      return pieces("predictions_bytes_column", at, count, 0);
    case "image":
      return Array.from({ length: count }, (_, row) => image(at, row));
    case "binary":
      return Array.from(numbers("predictions_numbers", at));
    default:
      return isScalar(output) ? scalars(at, output, count) : arrays(at, count);
  }
}

function arrays(at, count) {
  return Array.from({ length: count }, (_, row) => array(at, row));
}

function scalars(at, output, count) {
  if (!isWide(output)) return Array.from(numbers("predictions_numbers", at));
  return arrays(at, count).map(({ data: [exact] }) => {
    return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
  });
}

function numbers(name, at) {
  const [address, count] = [[null], [0]];
  call(name, ...at, address, count);
  return typed(Float64Array, bytes(address[0], Number(count[0]) * 8));
}

function probabilities(at, count) {
  const matrix = numbers("predictions_probability_matrix", at);
  const width = Number(get("predictions_category_count", ...at));
  const labels = Array.from({ length: width }, (_, label) =>
    text("predictions_category_label", ...at, label));
  return Array.from({ length: count }, (_, row) =>
    Object.fromEntries(labels.map((label, place) => [label, matrix[row * width + place]])));
}

/** Texts or bytes, which lie one after the other with `gap` bytes between. */
function pieces(name, at, count, gap) {
  const [address, ends] = [[null], [null]];
  call(name, ...at, address, ends, [0]);
  const places = sizes(ends[0], count);
  const all = bytes(address[0], places[count - 1]);
  return places.map((end, row) => all.subarray(row === 0 ? 0 : places[row - 1], end - gap));
}

function image(at, row) {
  const [address, size] = [[null], [0]];
  call("predictions_image", ...at, row, address, size, null);
  return bytes(address[0], size[0]);
}

function array(at, row) {
  const [address, size, dtype, shape, rank] = [[null], [0], [0], [null], [0]];
  call("predictions_elements", ...at, row, address, size, dtype);
  call("predictions_row_shape", ...at, row, shape, rank);
  const elements = typed(ARRAYS.get(dtype[0]), bytes(address[0], size[0]));
  return { data: widened(elements, NAMES.get(dtype[0])), shape: sizes(shape[0], rank[0]) };
}

/** Bytes as elements, in memory of their own, since small buffers share theirs. */
function typed(kind, copied) {
  const own = new Uint8Array(copied);
  return new kind(own.buffer, 0, own.byteLength / kind.BYTES_PER_ELEMENT);
}

module.exports = { results };
