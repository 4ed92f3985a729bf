// Predicts a penguin and a digit: node predict.js SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE
// SIDEKICK_FFI is the path of sidekick_ffi.h, SIDEKICK_LIBRARY that of the library.
'use strict'

const { c, call, wait, text, textAt, SidekickError } = require('./sidekick')

/** Predicts one row of a deployment: `fill` adds its values, `read` gets the predictions. All of it is freed. */
async function predict (url, token, fill, read) {
  // What is not made stays null, which every _free takes.
  const [deployment, rows, predictions] = [[null], [null], [null]]
  try {
    await wait('deployment_open', ...text(url), ...text(token), null, null, deployment)
    call('rows_new', deployment[0], rows)
    fill(rows[0])
    call('rows_end_row', rows[0])
    await wait('deployment_predict', deployment[0], rows[0], null, predictions)
    return read(predictions[0])
  } finally {
    c.predictions_free(predictions[0])
    c.rows_free(rows[0])
    c.deployment_free(deployment[0])
  }
}

/** The most probable category of the first output, and its probability. */
function top (predictions) {
  const [label, length, probability] = [[null], [0], [0]]
  call('predictions_top', predictions, 0, 0, 0, label, length, probability)
  return `${textAt(label[0], length[0])} ${probability[0].toFixed(4)}`
}

function addPenguin (rows) {
  const categories = { island: 'Biscoe', sex: 'female' }
  const numbers = { 'bill length (mm)': 46.1, 'bill depth (mm)': 13.2, 'flipper length (mm)': 211, year: 2007 }
  for (const [name, label] of Object.entries(categories)) call('rows_add_category', rows, ...text(name), ...text(label))
  for (const [name, number] of Object.entries(numbers)) call('rows_add_number', rows, ...text(name), number)
}

function readPenguin (predictions) {
  const mass = [0]
  call('predictions_number', predictions, 1, 0, mass)
  return `species ${top(predictions)}\nmass ${mass[0].toFixed(1)}`
}

async function main (server, penguinsToken, digitsToken, image) {
  const addImage = rows => call('rows_add_image_file', rows, ...text('image'), ...text(image))
  // Both are in flight at once. Each ends before the program does, also if the other one fails.
  const results = await Promise.allSettled([
    predict(`${server}/deployment/penguins`, penguinsToken, addPenguin, readPenguin),
    predict(`${server}/deployment/digits`, digitsToken, addImage, predictions => `digit ${top(predictions)}`)
  ])
  const failed = results.find(result => result.status === 'rejected')
  if (failed) throw failed.reason
  results.forEach(result => console.log(result.value))
}

if (process.argv.length !== 6) {
  console.error('usage: predict.js SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE')
  process.exit(2)
}
main(...process.argv.slice(2)).catch(failure => {
  if (!(failure instanceof SidekickError)) throw failure
  console.error(`error ${failure.status}: ${failure.message}`)
  process.exitCode = 1
})
