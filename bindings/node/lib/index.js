"use strict";

const { SidekickError, functions } = require("./library");
const { Status } = require("./errors");
const { Deployment } = require("./deployment");

/** The version of the library that is loaded. */
function version() {
  return functions.version();
}

module.exports = { Deployment, SidekickError, Status, version };
