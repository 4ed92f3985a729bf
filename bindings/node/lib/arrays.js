"use strict";
// Arrays as inputs: their elements in one piece, and their shape.

const { unplacedError } = require("./errors");
const { hasLostDigits, isWide } = require("./features");

/** Deeper arrays are no tensors: one that holds itself has no end. */
const DEEPEST = 32;

/** Elements and shape: as they are given, of the input's shape, or of nested arrays. */
function arrayOf(value, input) {
  if (ArrayBuffer.isView(value)) {
    return { data: value, shape: input.shape.includes(null) ? [value.length] : input.shape };
  }
  if (Array.isArray(value)) return flat(value, input);
  if (value.shape) checkShape(value.shape);
  return { data: value.data, shape: value.shape || input.shape };
}

function checkShape(shape) {
  const isSize = (size) => Number.isSafeInteger(size) && size >= 0;
  if (Array.isArray(shape) && shape.every(isSize)) return;
  throw unplacedError(new TypeError("shape: expected an array of whole numbers"));
}

/** The first element of each level has the shape that all have to have. */
function flat(nested, input) {
  const shape = [];
  let first = nested;
  for (; Array.isArray(first) && shape.length < DEEPEST; first = first[0]) shape.push(first.length);
  const leaves = leavesOf(first, input);
  const elements = [];
  gather(nested, shape, leaves, [], elements);
  return { data: leaves.array.from(elements), shape };
}

/** What the elements are, by the first: all are integers of 64 bits, or truths, if that is. */
function leavesOf(first, input) {
  const { dtype } = input;
  if (typeof first === "bigint" && /^u?int/.test(dtype)) {
    return { kind: "bigint", array: dtype === "uint64" ? BigUint64Array : BigInt64Array };
  }
  if (typeof first === "boolean" && dtype === "bool") return { kind: "boolean", array: Uint8Array };
  return { kind: "number", array: Float64Array, isWide: isWide(input) };
}

/** Puts the elements below `level` behind the others. `place` says where it is, for errors. */
function gather(level, [size, ...inner], leaves, place, elements) {
  // By their numbers: forEach leaves holes out.
  for (let index = 0; index < size; index++) {
    const each = level[index];
    place.push(index);
    if (inner.length === 0) elements.push(checked(each, leaves, place));
    else if (Array.isArray(each) && each.length === inner[0]) gather(each, inner, leaves, place, elements);
    else throw ragged(place, inner[0]);
    place.pop();
  }
}

function checked(leaf, { kind, array, isWide }, place) {
  if (typeof leaf !== kind) throw wrong(TypeError, place, `is ${kindOf(leaf)}, not a ${kind}`);
  if (kind === "bigint" && array.of(leaf)[0] !== leaf) {
    throw wrong(RangeError, place, `does not fit ${array === BigInt64Array ? "int64" : "uint64"}`);
  }
  if (isWide && hasLostDigits(leaf)) throw wrong(RangeError, place, "may have lost digits: use bigints");
  return leaf;
}

function wrong(kind, place, what) {
  return unplacedError(new kind(`element ${indices(place)} ${what}`));
}

function ragged(place, length) {
  const first = indices(place.map(() => 0));
  return wrong(TypeError, place, `is not an array of length ${length}, as ${first} is`);
}

function indices(place) {
  return place.map((index) => `[${index}]`).join("");
}

function kindOf(value) {
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? "an array" : `a ${typeof value}`;
}

module.exports = { arrayOf };
