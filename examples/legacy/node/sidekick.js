// The functions of the C library, as sidekick_ffi.h declares them, for koffi.
'use strict'

const fs = require('node:fs')
const util = require('node:util')
const koffi = require('koffi')

// A call needs more than the 128 KiB of stack that koffi's threads have.
koffi.config({ async_stack_size: 1 << 20 })
koffi.alias('ptrdiff_t', 'intptr_t')
const library = koffi.load(process.env.SIDEKICK_LIBRARY || 'libsidekick.so')

/** The functions as they are, without the prefix, and the constants. */
const c = {}

// Each declaration is one line. Places for results are pointers to numbers or to pointers. They are not _Out_, which
// copies back what was not written: a function that fails writes no result, and one that succeeds no error.
for (const line of fs.readFileSync(process.env.SIDEKICK_FFI, 'utf8').split('\n')) {
  const constant = line.match(/^enum \{ (\w+) = (\S+) \};/)
  const object = line.match(/^typedef struct (\w+) \w+;/)
  const callback = line.match(/^typedef (.*)\(\*(\w+)\)(\(.*\));/)
  if (constant) {
    c[constant[1]] = Number(constant[2])
  } else if (object) {
    koffi.opaque(object[1])
  } else if (callback) {
    koffi.alias(callback[2], koffi.pointer(koffi.proto(`${callback[1]} ${callback[2]}_function${callback[3]}`)))
  } else if (line.startsWith('typedef int32_t sidekick_status')) {
    koffi.alias('sidekick_status', 'int32_t')
  } else if (/^\w.*\);$/.test(line)) {
    const [, name] = line.match(/\bsidekick_(\w+)\(/)
    const marked = line.replace(/([(,]) ?((?:const )?\w+ \*\*|(?:size_t|int32_t|uint32_t|int64_t|double) \*)/g, '$1 _Inout_ $2')
    c[name] = library.func(marked.replace('const char **', 'void **').replace(/;$/, ''))
  }
}

/** A call that failed. */
class SidekickError extends Error {
  constructor (status, message) {
    super(message)
    this.status = status
  }
}

/** The result of a call that returned a status and left an error, or not, in `error`. */
function check (status, error) {
  if (status === c.SIDEKICK_OK) return
  const message = c.error_message(error[0], null)
  c.error_free(error[0])
  throw new SidekickError(status, message)
}

/** Calls a function that returns a status, with a place for its error. */
function call (name, ...values) {
  const error = [null]
  check(c[name](...values, error), error)
}

/** The same on a thread of koffi, so that the event loop goes on: for calls that wait for the server. */
async function wait (name, ...values) {
  const error = [null]
  check(await util.promisify(c[name].async)(...values, error), error)
}

/** A text and its length in bytes. */
function text (string) {
  return [string, Buffer.byteLength(string)]
}

/** The text at a pointer. */
function textAt (pointer, length) {
  return koffi.decode(pointer, 'char', Number(length))
}

module.exports = { c, call, wait, text, textAt, SidekickError }
