"use strict";

const { SidekickError, functions } = require("./library");
const { Deployment } = require("./deployment");

/** The version of the library that is loaded. */
function version() {
  return functions.version();
}

module.exports = { Deployment, SidekickError, version };
