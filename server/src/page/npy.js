// Reads arrays in NumPy's format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html

const ELEMENTS = {
  f4: Float32Array, f8: Float64Array, b1: Uint8Array, u1: Uint8Array, u2: Uint16Array, u4: Uint32Array,
  u8: BigUint64Array, i1: Int8Array, i2: Int16Array, i4: Int32Array, i8: BigInt64Array,
};

// The shape and the elements of a .npy file, row by row.
export const read = (buffer) => {
  const bytes = new Uint8Array(buffer);
  if (String.fromCharCode(...bytes.slice(1, 6)) !== "NUMPY") throw new Error("this is no .npy file");
  const view = new DataView(buffer);
  const long = bytes[6] > 1;
  const begin = long ? 12 : 10;
  const size = long ? view.getUint32(8, true) : view.getUint16(8, true);
  const head = new TextDecoder().decode(bytes.slice(begin, begin + size));
  const type = /'descr': '[<|=]([a-z]\d)'/.exec(head)?.[1];
  const sizes = /'shape': \(([^)]*)\)/.exec(head)?.[1];
  const shape = sizes?.split(",").filter((size) => size.trim()).map(Number);
  if (!(type in ELEMENTS) || !shape) throw new Error("the type of this array cannot be shown");
  if (/'fortran_order': True/.test(head)) throw new Error("an array stored by columns cannot be shown");
  const data = Array.from(new ELEMENTS[type](buffer.slice(begin + size)), Number);
  return { shape, data };
};

// The same of a data URL.
export const readUrl = async (url) => {
  const text = atob(url.slice(url.indexOf(",") + 1));
  return read(Uint8Array.from(text, (letter) => letter.charCodeAt(0)).buffer);
};
