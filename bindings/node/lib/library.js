"use strict";
// The C library: found, loaded, declared, and called with its errors thrown.

const fs = require("node:fs");
const path = require("node:path");
const koffi = require("koffi");
const { codeOf } = require("./errors");

// The library needs half of this. koffi's own 128 KiB would end the process.
const STACK = 1 << 20;
/** Half of a pair of UTF-16, which is no character. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** The library that SIDEKICK_LIBRARY names, or the one this package carries. */
function load() {
  const file = process.env.SIDEKICK_LIBRARY || carried();
  try {
    return koffi.load(file);
  } catch (error) {
    throw new Error(`libsidekick cannot be loaded: ${error.message}`);
  }
}

function carried() {
  const system = `${process.platform}-${process.arch}`;
  const file = path.join(__dirname, system, process.platform === "win32" ? "sidekick.dll" : "libsidekick.so");
  if (fs.existsSync(file)) return file;
  throw new Error(`libsidekick has no library for ${system}; SIDEKICK_LIBRARY may name one`);
}

/** Gives koffi's calls on other threads enough stack, which it allows before its first library only. */
function reserveStack() {
  if (koffi.config().async_stack_size >= STACK) return;
  try {
    koffi.config({ async_stack_size: STACK });
  } catch {
    throw new Error(
      "koffi has loaded another library with too little stack for libsidekick: " +
      `require libsidekick before it, or call koffi.config({ async_stack_size: ${STACK} }) first`);
  }
}

reserveStack();
const library = load();
for (const name of ["cancel", "deployment", "error", "options", "predictions", "rows"]) {
  koffi.opaque(`sidekick_${name}`);
}

const ERROR = "_Out_ sidekick_error **error";
const FEATURE = "sidekick_deployment *deployment, int32_t side, size_t index";
const TEXT = "_Out_ void **text, _Out_ size_t *length";
const COLUMN = "sidekick_predictions *predictions, size_t output";
const INPUT = "sidekick_rows *rows, size_t index";

/** What each function takes before the error; it returns a status. */
const CALLS = {
  cancel_new: "_Out_ sidekick_cancel **cancel",
  cancel_trigger: "sidekick_cancel *cancel",
  cancel_set_timeout: "sidekick_cancel *cancel, uint64_t milliseconds",
  deployment_open:
    "const char *url, size_t url_length, const char *token, size_t token_length, " +
    "sidekick_options *options, sidekick_cancel *cancel, _Out_ sidekick_deployment **deployment",
  deployment_feature_name: `${FEATURE}, ${TEXT}`,
  deployment_feature_type: `${FEATURE}, _Out_ int32_t *type`,
  deployment_feature_dtype: `${FEATURE}, _Out_ int32_t *dtype`,
  deployment_feature_optional: `${FEATURE}, _Out_ int32_t *optional`,
  deployment_feature_shape: `${FEATURE}, _Out_ void **shape, _Out_ size_t *rank`,
  deployment_category_count: `${FEATURE}, _Out_ size_t *count`,
  deployment_category: `${FEATURE}, size_t category, ${TEXT}`,
  deployment_predict:
    "sidekick_deployment *deployment, sidekick_rows *rows, sidekick_cancel *cancel, " +
    "_Out_ sidekick_predictions **predictions",
  options_new: "_Out_ sidekick_options **options",
  options_set_client_certificate_file:
    "sidekick_options *options, const char *certificate, size_t a, const char *key, size_t b",
  options_add_header: "sidekick_options *options, const char *name, size_t a, const char *value, size_t b",
  rows_new: "sidekick_deployment *deployment, _Out_ sidekick_rows **rows",
  rows_end_row: "sidekick_rows *rows",
  rows_discard_row: "sidekick_rows *rows",
  rows_add_number_at: `${INPUT}, double number`,
  rows_add_integer_at: `${INPUT}, int64_t integer`,
  rows_add_unsigned_at: `${INPUT}, uint64_t integer`,
  rows_add_category_at: `${INPUT}, const char *label, size_t length`,
  rows_add_binary_at: `${INPUT}, int32_t value`,
  rows_add_text_at: `${INPUT}, const char *value, size_t length`,
  rows_add_bytes_at: `${INPUT}, const void *value, size_t size`,
  rows_add_image_at: `${INPUT}, const void *encoded, size_t size`,
  rows_add_image_file_at: `${INPUT}, const char *path, size_t length`,
  rows_add_array_at:
    `${INPUT}, int32_t dtype, const size_t *shape, size_t rank, const void *strides, ` +
    "const void *data, size_t size",
  predictions_failure: "sidekick_predictions *predictions, size_t index, _Out_ sidekick_error **failure",
  predictions_sent_row: "sidekick_predictions *predictions, size_t prediction, _Out_ size_t *row",
  predictions_numbers: `${COLUMN}, _Out_ void **numbers, _Out_ size_t *count`,
  predictions_texts: `${COLUMN}, _Out_ void **texts, _Out_ void **ends, _Out_ size_t *count`,
  predictions_bytes_column: `${COLUMN}, _Out_ void **values, _Out_ void **ends, _Out_ size_t *count`,
  predictions_category_count: `${COLUMN}, _Out_ size_t *count`,
  predictions_category_label: `${COLUMN}, size_t category, ${TEXT}`,
  predictions_probability_matrix: `${COLUMN}, _Out_ void **matrix, _Out_ size_t *count`,
  predictions_elements:
    `${COLUMN}, size_t row, _Out_ void **elements, _Out_ size_t *size, _Out_ int32_t *dtype`,
  predictions_row_shape: `${COLUMN}, size_t row, _Out_ void **shape, _Out_ size_t *rank`,
  predictions_image: `${COLUMN}, size_t row, _Out_ void **encoded, _Out_ size_t *size, void *media_type`,
};

/** Settings of options: by a switch or a number, or by a text. */
const NUMBERS = {
  batchRows: "size_t", maxInFlight: "size_t", isolateBadRows: "int32_t", isolateStatus500: "int32_t",
  connectTimeout: "uint64_t", responseTimeout: "uint64_t", callTimeout: "uint64_t", retries: "uint32_t",
  dangerousSkipTlsVerification: "int32_t", allowTokenOverHttp: "int32_t", protocol: "int32_t",
  wire: "int32_t", replyLimit: "uint64_t", maxImagePixels: "uint64_t", applyOrientation: "int32_t",
  requestGzip: "int32_t", replyGzip: "int32_t",
};
const TEXTS = [
  "caFile", "hostHeader", "modelDescription", "modelDescriptionFile", "noProxy", "proxy", "userAgentSuffix",
];

/** The C name of a setting: callTimeout is call_timeout. */
function snake(name) {
  return name.replace(/[A-Z]|(?<=[a-z])\d+/g, (part) => `_${part.toLowerCase()}`);
}

for (const [name, type] of Object.entries(NUMBERS)) {
  CALLS[`options_set_${snake(name)}`] = `sidekick_options *options, ${type} value`;
}
for (const name of TEXTS) {
  CALLS[`options_set_${snake(name)}`] = "sidekick_options *options, const char *text, size_t length";
}

const GETTERS = {
  version: ["const char *", "void"],
  deployment_feature_count: ["size_t", "sidekick_deployment *deployment, int32_t side"],
  deployment_protocol: ["int32_t", "sidekick_deployment *deployment"],
  predictions_count: ["size_t", "sidekick_predictions *predictions"],
  predictions_failure_count: ["size_t", "sidekick_predictions *predictions"],
  error_status: ["int32_t", "sidekick_error *error"],
  error_message: ["const char *", "sidekick_error *error, void *length"],
  error_http_status: ["int32_t", "sidekick_error *error"],
  error_server_code: ["const char *", "sidekick_error *error, void *length"],
  error_server_message: ["const char *", "sidekick_error *error, void *length"],
  error_row: ["int64_t", "sidekick_error *error"],
  error_rows_first: ["int64_t", "sidekick_error *error"],
  error_rows_count: ["size_t", "sidekick_error *error"],
  error_feature: ["const char *", "sidekick_error *error, void *length"],
  error_attempts: ["uint32_t", "sidekick_error *error"],
  error_retryable: ["int32_t", "sidekick_error *error"],
  cancel_free: ["void", "sidekick_cancel *cancel"],
  deployment_free: ["void", "sidekick_deployment *deployment"],
  error_free: ["void", "sidekick_error *error"],
  options_free: ["void", "sidekick_options *options"],
  predictions_free: ["void", "sidekick_predictions *predictions"],
  rows_free: ["void", "sidekick_rows *rows"],
};

const functions = {};
for (const [name, takes] of Object.entries(CALLS)) {
  functions[name] = library.func(`int32_t sidekick_${name}(${takes}, ${ERROR})`);
}
for (const [name, [returns, takes]] of Object.entries(GETTERS)) {
  functions[name] = library.func(`${returns} sidekick_${name}(${takes})`);
}

/** What went wrong, in full. */
class SidekickError extends Error {
  constructor(error) {
    super(functions.error_message(error, null));
    this.name = "SidekickError";
    this.status = functions.error_status(error);
    this.code = codeOf(this.status);
    this.httpStatus = functions.error_http_status(error) || null;
    this.serverCode = functions.error_server_code(error, null);
    this.serverMessage = functions.error_server_message(error, null);
    const row = Number(functions.error_row(error));
    this.row = row < 0 ? null : row;
    const first = Number(functions.error_rows_first(error));
    this.rowsFirst = first < 0 ? null : first;
    this.rowsCount = Number(functions.error_rows_count(error));
    this.feature = functions.error_feature(error, null) || null;
    this.attempts = functions.error_attempts(error);
    this.retryable = functions.error_retryable(error) !== 0;
    functions.error_free(error);
  }
}

/** Calls a function; throws what it reports. */
function call(name, ...given) {
  const error = [null];
  if (functions[name](...given, error) !== 0) throw new SidekickError(error[0]);
}

/** Calls a function on a thread of libuv. What it was given has to live until then. */
function callAsync(name, ...given) {
  const error = [null];
  return new Promise((resolve, reject) => {
    functions[name].async(...given, error, (failure, status) => {
      if (failure) reject(failure);
      else if (status !== 0) reject(new SidekickError(error[0]));
      else resolve();
    });
  });
}

/** Calls a function whose last output is what is wanted. */
function get(name, ...given) {
  const output = [null];
  call(name, ...given, output);
  return output[0];
}

/** Calls a function that gives a text. */
function text(name, ...given) {
  const [address, length] = [[null], [0]];
  call(name, ...given, address, length);
  return bytes(address[0], length[0]).toString();
}

/** A copy of memory of the library, by way of a view: koffi never frees the types that its arrays need. */
function bytes(address, size) {
  if (Number(size) === 0) return Buffer.alloc(0);
  return Buffer.from(new Uint8Array(koffi.view(address, Number(size))));
}

/** A copy of sizes of the library, as numbers; a free one is null. */
function sizes(address, count) {
  const copied = bytes(address, Number(count) * 8);
  return Array.from({ length: Number(count) }, (_, index) => {
    const size = copied.readBigUInt64LE(index * 8);
    return size === 0xffffffffffffffffn ? null : Number(size);
  });
}

/** A text and its length in bytes. Errors do not show it: it may be a token. */
function given(value, name) {
  // UTF-8 would have another character in place of half a pair.
  if (typeof value !== "string" || LONE_SURROGATE.test(value)) {
    const what = typeof value === "string" ? "text without lone surrogates" : "a string";
    throw new TypeError(`${name === undefined ? "" : `${name}: `}expected ${what}`);
  }
  return [value, Buffer.byteLength(value)];
}

module.exports = {
  NUMBERS, TEXTS, SidekickError, bytes, call, callAsync, functions, get, given, sizes, snake, text,
};
