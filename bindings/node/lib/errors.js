"use strict";
// The statuses of the library, by their names in sidekick.h without SIDEKICK_ERROR_.

const Status = Object.freeze({
  ARGUMENT: 1, INTERNAL: 2, MEMORY: 3, FILE: 4, STREAM_FULL: 5,
  UNKNOWN_FEATURE: 10, FEATURE_TYPE: 11, FEATURE_SHAPE: 12, FEATURE_VALUE: 13, FEATURE_TWICE: 14,
  ROW_INCOMPLETE: 15, IMAGE: 16, NPY: 17,
  CONNECT: 20, TLS: 21, TIMEOUT: 22, NETWORK: 23, CANCELLED: 24,
  HTTP: 30, SERVER: 31,
  DESCRIBE: 40, REPLY_MALFORMED: 41, REPLY_ROWS: 42, REPLY_OUTPUT: 43, REPLY_TYPE: 44, REPLY_SHAPE: 45,
  REPLY_ENCODING: 46, REPLY_TOO_LARGE: 47,
});
const NAMES = new Map(Object.entries(Status).map(([name, number]) => [number, name]));

/** The name of a status, or its number if this package does not know it. */
function codeOf(status) {
  return NAMES.get(status) || `STATUS_${status}`;
}

/** Changes the message of an error, also where a trace shows it. */
function reword(error, message) {
  error.stack = String(error.stack).replace(error.message, () => message);
  error.message = message;
}

/** Errors that do not say yet where they are. What the code of a row throws is none: it stays as it is. */
const unplaced = new WeakSet();

/** Marks an error that does not say yet where it is. */
function unplacedError(error) {
  unplaced.add(error);
  return error;
}

/** Runs what only this package and the library throw from: their errors do not say yet where they are. */
function unplacedErrors(act) {
  try {
    return act();
  } catch (error) {
    throw unplacedError(error);
  }
}

/** Whether an error has to be told where it is, which is done once. */
function takeUnplaced(error) {
  return unplaced.delete(error);
}

/**
 * Moves the rows that an error names. `place` is the new number of a row, and `all` the number of all rows, if it
 * is known.
 */
function moveRows(error, place, all) {
  const of = all === undefined ? "" : ` of ${all}`;
  const one = (_, row) => `row ${place(Number(row))}`;
  const some = (_, first, last) => `rows ${place(Number(first))} to ${place(Number(last))}${of}`;
  reword(error, error.message.replace(/^row (\d+)/, one).replace(/^rows (\d+) to (\d+)(?: of \d+)?/, some));
  for (const name of ["row", "rowsFirst"]) {
    if (Number.isInteger(error[name])) error[name] = place(error[name]);
  }
  return error;
}

module.exports = { Status, codeOf, moveRows, reword, takeUnplaced, unplacedError, unplacedErrors };
