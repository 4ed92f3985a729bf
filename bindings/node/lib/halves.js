"use strict";
// Floats of 16 bits, which Float32Array holds exactly: JavaScript has no array of them.

const DECODERS = { float16: decodeFloat16, bfloat16: decodeBfloat16 };

/** The elements as numbers, if their type is one of 16-bit floats; as they are otherwise. */
function widened(elements, dtype) {
  return Object.hasOwn(DECODERS, dtype) ? DECODERS[dtype](elements) : elements;
}

function decodeFloat16(halves) {
  return Float32Array.from(halves, (bits) => {
    const [exponent, fraction] = [(bits >> 10) & 0x1f, bits & 0x3ff];
    return (bits & 0x8000 ? -1 : 1) * magnitude(exponent, fraction);
  });
}

function magnitude(exponent, fraction) {
  if (exponent === 0x1f) return fraction === 0 ? Infinity : NaN;
  // The smallest ones have no leading 1.
  return exponent === 0 ? fraction * 2 ** -24 : (0x400 + fraction) * 2 ** (exponent - 25);
}

/** They are the upper halves of floats of 32 bits. */
function decodeBfloat16(halves) {
  return new Float32Array(Uint32Array.from(halves, (bits) => bits << 16).buffer);
}

module.exports = { widened };
