"use strict";
// What a model takes and returns.

const { functions, get, sizes, text, call } = require("./library");

const TYPES = { 1: "numeric", 2: "categorical", 3: "binary", 4: "text", 5: "image", 6: "bytes" };

/** The types of elements: their numbers, and the arrays that hold them. 16-bit floats have none of their own. */
const DTYPES = [
  [1, "float32", Float32Array], [2, "float64", Float64Array], [3, "int8", Int8Array],
  [4, "int16", Int16Array], [5, "int32", Int32Array], [6, "int64", BigInt64Array],
  [7, "uint8", Uint8Array], [8, "uint16", Uint16Array],
  [9, "uint32", Uint32Array], [10, "uint64", BigUint64Array], [11, "float16", Uint16Array],
  [12, "bfloat16", Uint16Array], [13, "bool", Uint8Array],
];
const ARRAYS = new Map(DTYPES.map(([number, , array]) => [number, array]));
const NAMES = new Map(DTYPES.map(([number, name]) => [number, name]));

/** The number of a typed array's elements. */
function dtypeOf(array) {
  const found = DTYPES.find(([, , kind]) => array instanceof kind);
  return found && found[0];
}

/** The features of a side, in the order of the server. */
function features(deployment, side) {
  const count = Number(functions.deployment_feature_count(deployment, side));
  return Array.from({ length: count }, (_, index) => feature(deployment, side, index));
}

function feature(deployment, side, index) {
  const at = [deployment, side, index];
  const [shape, rank] = [[null], [0]];
  call("deployment_feature_shape", ...at, shape, rank);
  const type = TYPES[get("deployment_feature_type", ...at)] || "unknown";
  const described = {
    name: text("deployment_feature_name", ...at),
    type,
    shape: sizes(shape[0], rank[0]),
    dtype: NAMES.get(get("deployment_feature_dtype", ...at)) || null,
    optional: get("deployment_feature_optional", ...at) !== 0,
  };
  if (type === "categorical" || type === "binary") {
    const length = Number(get("deployment_category_count", ...at));
    described.categories = Array.from({ length }, (_, label) => text("deployment_category", ...at, label));
  }
  return Object.freeze(described);
}

/** Whether it is a number, not an array. */
function isScalar({ type, shape }) {
  return type === "numeric" && shape.length === 1 && shape[0] === 1;
}

/** Whether its elements are integers of 64 bits, of which a number does not hold all. */
function isWide({ dtype }) {
  return dtype === "int64" || dtype === "uint64";
}

/** Whether a number may have been another integer: the next one is the same number. */
function hasLostDigits(number) {
  return Number.isInteger(number) && !Number.isSafeInteger(number);
}

/** The features as a table for people. */
function table(features) {
  const width = Math.max(0, ...features.map(({ name }) => name.length));
  return features.map((feature) => `  ${feature.name.padEnd(width)}  ${summary(feature)}`).join("\n");
}

function summary({ type, shape, dtype, categories, optional }) {
  const labels = categories && categories.slice(0, 10).join(", ") + (categories.length > 10 ? ", ..." : "");
  const sizes = `[${shape.map((size) => size ?? "any").join(", ")}]`;
  const what = labels ?? (type === "numeric" || type === "image" ? sizes : "");
  return [type, what, dtype ?? "", optional ? "optional" : ""].filter((part) => part !== "").join(" ");
}

module.exports = { ARRAYS, NAMES, dtypeOf, features, hasLostDigits, isScalar, isWide, table };
