"use strict";
// Rows: objects by the names of the inputs, given to the library value by value.

const { SidekickError, call, functions, get, given } = require("./library");
const { Status, moveRows, reword, takeUnplaced, unplacedError, unplacedErrors } = require("./errors");
const { dtypeOf, hasLostDigits, isScalar, isWide } = require("./features");
const { arrayOf } = require("./arrays");

/**
 * The library's rows, which the caller frees. The errors of rows that do not fit are thrown, or put into
 * `failures` by the numbers of their rows. So is what the code of a row throws, whatever it is. Errors count
 * rows from `first`.
 */
function makeRows(deployment, inputs, rows, failures, first) {
  const made = get("rows_new", deployment);
  try {
    for (const [number, row] of rows.entries()) {
      try {
        addRow(made, inputs, row, first + number);
      } catch (error) {
        if (failures === undefined) throw error;
        call("rows_discard_row", made);
        failures.set(number, error);
      }
    }
    return made;
  } catch (error) {
    functions.rows_free(made);
    throw error;
  }
}

function addRow(rows, inputs, row, number) {
  if (row === null || typeof row !== "object") {
    const kind = row === null ? "null" : typeof row;
    throw new TypeError(`row ${number}: a row is an object, not ${kind}`);
  }
  for (const [index, input] of inputs.entries()) {
    const value = valueOf(row, input);
    // The library reports what is missing.
    if (value === undefined || value === null) continue;
    addValue(rows, index, input, value, number);
  }
  try {
    call("rows_end_row", rows);
  } catch (error) {
    // The library counts only the rows that it has.
    moveRows(error, () => number);
    throw error.status === Status.ROW_INCOMPLETE ? explained(error, inputs, row) : error;
  }
}

/** The value of an input, if there is one. What every object inherits, as its constructor, is none. */
function valueOf(row, { name }) {
  return name in Object.prototype && !Object.hasOwn(row, name) ? undefined : row[name];
}

function addValue(rows, index, input, value, number) {
  const shown = () => shownName(rows, index);
  try {
    if (add(rows, index, input, value)) return;
  } catch (error) {
    throw takeUnplaced(error) ? placed(error, number, input, shown) : error;
  }
  throw unfit(number, input, shown, value);
}

/** The name of an input for messages: the library leaves one out that holds a part of the token. */
function shownName(rows, index) {
  try {
    // No function tells it, but each error about a value does, such as that there is no type 0.
    call("rows_add_array_at", rows, index, 0, null, 0, null, null, 0);
  } catch ({ message }) {
    const found = /^row \d+: feature "(.*)": /.exec(message);
    if (found) return found[1];
  }
  return "[left out]";
}

/** An error about a value, with its place. The library names none, or counts only the rows that it has. */
function placed(error, row, { name }, shown) {
  if (!(error instanceof SidekickError)) {
    reword(error, `row ${row}: input "${shown()}": ${error.message}`);
  } else if (error.row === null) {
    reword(error, `row ${row}: feature "${shown()}": ${error.message}`);
    Object.assign(error, { row, feature: name });
  } else {
    moveRows(error, () => row);
  }
  return error;
}

/** An error about a row that lacks inputs, with the names in the row that are none. */
function explained(error, inputs, row) {
  const names = new Set(inputs.map(({ name }) => name));
  const lacking = inputs.filter((input) => !input.optional && (valueOf(row, input) ?? null) === null);
  const others = Object.keys(row).filter((name) => !names.has(name)).slice(0, 5);
  if (lacking.length === 1) error.feature = lacking[0].name;
  if (others.length > 0) {
    const list = others.map((name) => JSON.stringify(name.slice(0, 60))).join(", ");
    reword(error, `${error.message}; it has ${list}, which ${others.length === 1 ? "is" : "are"} no input`);
  }
  return error;
}

/** Whether the value is of a type that the input takes. */
function add(rows, index, input, value) {
  if (typeof value === "string") return addString(rows, index, input, value);
  if (isScalar(input) || input.type === "binary" || input.type === "categorical") {
    return addNumber(rows, index, input, value);
  }
  if (input.type === "numeric") return addArray(rows, index, input, value);
  if (!(value instanceof Uint8Array)) return false;
  if (input.type === "image") put("rows_add_image_at", rows, index, value, value.byteLength);
  else if (input.type === "bytes") put("rows_add_bytes_at", rows, index, value, value.byteLength);
  else return false;
  return true;
}

function addString(rows, index, input, value) {
  const setters = {
    binary: "rows_add_category_at", categorical: "rows_add_category_at", image: "rows_add_image_file_at",
    text: "rows_add_text_at",
  };
  if (!setters[input.type]) return false;
  put(setters[input.type], rows, index, ...unplacedErrors(() => given(value)));
  return true;
}

function addNumber(rows, index, input, value) {
  if (typeof value === "boolean") {
    put(input.type === "binary" ? "rows_add_binary_at" : "rows_add_integer_at", rows, index, Number(value));
  } else if (typeof value === "bigint") {
    addBigint(rows, index, value);
  } else if (typeof value !== "number") {
    return false;
  } else {
    const isNumeric = input.type === "numeric";
    if (!isNumeric && !Number.isInteger(value)) return false;
    if ((!isNumeric || isWide(input)) && hasLostDigits(value)) {
      throw outOfRange("a number this large may have lost digits: use a bigint");
    }
    put(isNumeric ? "rows_add_number_at" : "rows_add_integer_at", rows, index, value);
  }
  return true;
}

function addBigint(rows, index, value) {
  if (BigInt.asIntN(64, value) === value) put("rows_add_integer_at", rows, index, value);
  else if (BigInt.asUintN(64, value) === value) put("rows_add_unsigned_at", rows, index, value);
  else throw outOfRange("the integer does not fit 64 bits");
}

function addArray(rows, index, input, value) {
  const { data, shape } = arrayOf(value, input);
  const dtype = dtypeOf(data);
  if (dtype === undefined) return false;
  const sizes = BigUint64Array.from(shape.map(BigInt));
  put("rows_add_array_at", rows, index, dtype, sizes, shape.length, null, data, data.byteLength);
  return true;
}

/** Calls the library for a value. */
function put(name, ...given) {
  unplacedErrors(() => call(name, ...given));
}

function outOfRange(message) {
  return unplacedError(new RangeError(message));
}

function unfit(row, { type }, shown, value) {
  const kind = Array.isArray(value) ? "an array" : value.constructor ? value.constructor.name : typeof value;
  return new TypeError(`row ${row}: input "${shown()}" is ${type}, and does not take ${kind}`);
}

module.exports = { makeRows };
