"use strict";
// The settings of a deployment, from an object to the library's options.

const { NUMBERS, TEXTS, call, functions, get, given, snake } = require("./library");

/** Settings with names for their values. */
const NAMED = {
  protocol: { "deployment-api": 1, "open-inference": 2 },
  wire: { binary: 1, json: 2 },
};
const OTHERS = ["clientCertificate", "headers"];

/** The library's options, which the caller frees. */
function makeOptions(settings) {
  const options = get("options_new");
  try {
    for (const [name, value] of Object.entries(settings)) {
      if (value !== undefined) set(options, name, value);
    }
    return options;
  } catch (error) {
    functions.options_free(options);
    throw error;
  }
}

function set(options, name, value) {
  if (name === "headers") {
    for (const [header, content] of pairs(name, value)) {
      call("options_add_header", options, ...given(header, name), ...given(content, name));
    }
  } else if (name === "modelDescription" && typeof value === "object") {
    set(options, name, JSON.stringify(value));
  } else if (name === "clientCertificate") {
    const { certificateFile = "", keyFile = "" } = value;
    const files = [...given(certificateFile, name), ...given(keyFile, name)];
    call("options_set_client_certificate_file", options, ...files);
  } else if (Object.hasOwn(NAMED, name)) {
    call(`options_set_${name}`, options, named(name, value));
  } else if (Object.hasOwn(NUMBERS, name)) {
    call(`options_set_${snake(name)}`, options, number(name, value));
  } else if (TEXTS.includes(name)) {
    call(`options_set_${snake(name)}`, options, ...given(value, name));
  } else {
    const known = [...Object.keys(NUMBERS), ...TEXTS, ...OTHERS].sort().join(", ");
    throw new TypeError(`there is no option ${name}; there are signal, timeout, ${known}`);
  }
}

/** Names and values, of an object or as a Map, Headers or a list have them. */
function pairs(name, value) {
  const isIterable = typeof value === "object" && typeof value?.[Symbol.iterator] === "function";
  const all = isIterable ? [...value] : isRecord(value) && Object.entries(value);
  if (all && all.every((pair) => Array.isArray(pair) && pair.length === 2)) return all;
  throw new TypeError(`${name}: expected an object, or pairs of a name and a value`);
}

/** Whether it is an object that is nothing else, such as a promise of one. */
function isRecord(value) {
  return Object.prototype.toString.call(value) === "[object Object]";
}

function named(name, value) {
  if (Object.hasOwn(NAMED[name], value)) return NAMED[name][value];
  const names = Object.keys(NAMED[name]).map((each) => `"${each}"`);
  throw new TypeError(`${name}: expected ${names.join(" or ")}`);
}

function number(name, value) {
  if (typeof value === "boolean") return Number(value);
  if (Number.isInteger(value) && value >= 0) return value;
  const what = name.endsWith("Timeout") ? "milliseconds, a whole number" : "a boolean or a whole number";
  throw new TypeError(`${name}: expected ${what} from 0`);
}

module.exports = { makeOptions };
