"use strict";
// The settings of a deployment, from an object to the library's options.

const { NUMBERS, TEXTS, call, functions, get, given, snake } = require("./library");

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
    for (const [header, content] of Object.entries(value)) {
      call("options_add_header", options, ...given(header), ...given(content));
    }
  } else if (name === "modelDescription" && typeof value === "object") {
    set(options, name, JSON.stringify(value));
  } else if (name in NUMBERS) {
    call(`options_set_${snake(name)}`, options, number(name, value));
  } else if (TEXTS.includes(name)) {
    if (typeof value !== "string") throw new TypeError(`${name}: expected a string`);
    call(`options_set_${snake(name)}`, options, ...given(value));
  } else {
    throw new TypeError(`there is no option ${name}`);
  }
}

function number(name, value) {
  if (typeof value === "boolean") return Number(value);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new TypeError(`${name}: expected a boolean or a whole number from 0`);
}

module.exports = { makeOptions };
