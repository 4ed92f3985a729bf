//! The entropy coder of baseline JPEG, with the Huffman tables that ITU T.81 Annex K suggests.

use crate::{Error, reserve};

/// A Huffman code and the bits of the value after it. The upper five bits are their number.
type Code = u32;
/// The codes of all symbols. A symbol is the number of zeros before a value times 16, plus the size of the
/// value in bits.
type Codes = [Code; 256];

const LENGTH_AT: u32 = 27;
/// The symbol of a block without a further value.
const END_OF_BLOCK: usize = 0x00;
/// The symbol of sixteen zeros with a value somewhere after them.
const SIXTEEN_ZEROS: usize = 0xf0;
/// Values from minus this to below this have their whole code in a table.
const SMALL: i32 = 32;

/// A Huffman table as the file states it (T.81 C.2).
pub(super) struct Specification {
    /// How many codes there are of each length from 1 to 16.
    pub(super) lengths: [u8; 16],
    /// Their symbols, from the shortest code.
    pub(super) symbols: &'static [u8],
}

/// For the first coefficients of luminance and of colour (T.81 Tables K.3 and K.4).
pub(super) const DC: [Specification; 2] = [
    Specification {
        lengths: [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0],
        symbols: &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    },
    Specification {
        lengths: [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0],
        symbols: &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    },
];

/// For the other coefficients of luminance and of colour (T.81 Tables K.5 and K.6).
#[rustfmt::skip]
pub(super) const AC: [Specification; 2] = [
    Specification {
        lengths: [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125],
        symbols: &[
            0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07, 0x22, 0x71,
            0x14, 0x32, 0x81, 0x91, 0xa1, 0x08, 0x23, 0x42, 0xb1, 0xc1, 0x15, 0x52, 0xd1, 0xf0, 0x24, 0x33, 0x62, 0x72,
            0x82, 0x09, 0x0a, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x34, 0x35, 0x36, 0x37,
            0x38, 0x39, 0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59,
            0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x83,
            0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3,
            0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3,
            0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe1, 0xe2,
            0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa,
        ],
    },
    Specification {
        lengths: [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 119],
        symbols: &[
            0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61, 0x71, 0x13, 0x22,
            0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xa1, 0xb1, 0xc1, 0x09, 0x23, 0x33, 0x52, 0xf0, 0x15, 0x62, 0x72, 0xd1,
            0x0a, 0x16, 0x24, 0x34, 0xe1, 0x25, 0xf1, 0x17, 0x18, 0x19, 0x1a, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x35, 0x36,
            0x37, 0x38, 0x39, 0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58,
            0x59, 0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a,
            0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a,
            0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba,
            0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda,
            0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa,
        ],
    },
];

/// The codes of a component's blocks.
pub(super) struct Table {
    dc: Codes,
    ac: Codes,
    /// Small values with 0 to 15 zeros before them.
    small: [[Code; 2 * SMALL as usize]; 16],
}

/// For luminance and for colour.
pub(super) static TABLES: [Table; 2] = [Table::new(&DC[0], &AC[0]), Table::new(&DC[1], &AC[1])];

impl Table {
    const fn new(dc: &Specification, ac: &Specification) -> Table {
        let (dc, ac) = (codes(dc), codes(ac));
        let mut small = [[0; 2 * SMALL as usize]; 16];
        let mut zeros = 0;
        while zeros < 16 {
            let mut value = -SMALL;
            while value < SMALL {
                small[zeros][(value + SMALL) as usize] = coded(&ac, zeros, value);
                value += 1;
            }
            zeros += 1;
        }
        Table { dc, ac, small }
    }

    /// The code of a value that is not zero, with fewer than 16 zeros before it.
    fn code(&self, zeros: usize, value: i32) -> Code {
        let small = self.small.get(zeros).and_then(|codes| codes.get((value + SMALL) as usize));
        small.copied().unwrap_or_else(|| coded(&self.ac, zeros, value))
    }
}

/// Gives the symbols their codes, which count up, and get a zero at the end when they get longer (T.81 C.2).
const fn codes(table: &Specification) -> Codes {
    let mut codes = [0; 256];
    let (mut code, mut next, mut length) = (0, 0, 1);
    while length <= 16 {
        let end = next + table.lengths[length as usize - 1] as usize;
        while next < end {
            codes[table.symbols[next] as usize] = length << LENGTH_AT | code;
            code += 1;
            next += 1;
        }
        code <<= 1;
        length += 1;
    }
    codes
}

/// The code of a value's symbol and the value's own bits, one less if it is negative (T.81 F.1.2.1 and
/// F.1.2.2).
const fn coded(codes: &Codes, zeros: usize, value: i32) -> Code {
    let size = (2 * value.unsigned_abs() + 1).ilog2();
    let code = codes[(zeros << 4 | size as usize) & 0xff];
    let bits = (value - (value < 0) as i32) as u32 & ((1 << size) - 1);
    let length = (code >> LENGTH_AT) + size;
    length << LENGTH_AT | bits_of(code) << size | bits
}

const fn bits_of(code: Code) -> u32 {
    code & ((1 << LENGTH_AT) - 1)
}

/// The most that a block adds: 64 codes of up to 16 bits, with values of up to 11 bits, and bits that waited;
/// each byte may get a zero after it.
const MOST_BLOCK_BYTES: usize = 2 * (64 * 27 / 8 + 8);

/// Appends codes to a file.
pub(super) struct BitWriter {
    file: Vec<u8>,
    waiting: Waiting,
}

/// Bits that are not in the file yet: the lower ones of `bits`, all but `free`.
#[derive(Clone, Copy)]
struct Waiting {
    bits: u64,
    free: u32,
}

impl BitWriter {
    pub(super) fn new(file: Vec<u8>) -> BitWriter {
        BitWriter { file, waiting: Waiting { bits: 0, free: 64 } }
    }

    /// Makes room for so many blocks.
    #[inline]
    pub(super) fn reserve(&mut self, blocks: usize) -> Result<(), Error> {
        reserve(&mut self.file, blocks * MOST_BLOCK_BYTES)
    }

    /// Appends a block, its coefficients in the order of the file (T.81 F.1.2), for which there is room.
    pub(super) fn put_block(&mut self, coefficients: &[i16; 64], previous_dc: i16, table: &Table) {
        // A copy, which stays in registers.
        let mut waiting = self.waiting;
        let file = &mut self.file;
        let difference = i32::from(coefficients[0]) - i32::from(previous_dc);
        waiting.put(coded(&table.dc, 0, difference), file);
        let mut rest = non_zero(coefficients) & !1;
        let mut last = 0;
        while rest != 0 {
            let index = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            let mut zeros = index - last - 1;
            last = index;
            while zeros > 15 {
                waiting.put(table.ac[SIXTEEN_ZEROS], file);
                zeros -= 16;
            }
            waiting.put(table.code(zeros, i32::from(coefficients[index])), file);
        }
        if last != 63 {
            waiting.put(table.ac[END_OF_BLOCK], file);
        }
        self.waiting = waiting;
    }

    /// The file, its last byte filled with ones (T.81 F.1.2.3).
    pub(super) fn finish(mut self) -> Vec<u8> {
        let Waiting { bits, free } = self.waiting;
        let filling = free % 8;
        let (bits, count) = (bits << filling | ((1 << filling) - 1), 64 - free + filling);
        for shift in (0..count).step_by(8).rev() {
            append_stuffed(&[(bits >> shift) as u8], &mut self.file);
        }
        self.file
    }
}

impl Waiting {
    #[inline(always)]
    fn put(&mut self, code: Code, file: &mut Vec<u8>) {
        let (bits, length) = (u64::from(bits_of(code)), code >> LENGTH_AT);
        if length <= self.free {
            self.bits = self.bits << length | bits;
            self.free -= length;
            return;
        }
        let excess = length - self.free;
        append(self.bits << self.free | bits >> excess, file);
        *self = Waiting { bits, free: 64 - excess };
    }
}

fn append(word: u64, file: &mut Vec<u8>) {
    const ONES: u64 = u64::MAX / 0xff;
    // A byte of ones is one whose upper bit goes away when one is added.
    let may_have_ones = word & !word.wrapping_add(ONES) & (ONES << 7) != 0;
    if may_have_ones { append_stuffed(&word.to_be_bytes(), file) } else { file.extend(word.to_be_bytes()) }
}

/// Appends bytes, with a zero after each 0xff, which would start a marker without it (T.81 F.1.2.3).
#[cold]
fn append_stuffed(bytes: &[u8], file: &mut Vec<u8>) {
    for &byte in bytes {
        file.push(byte);
        if byte == 0xff {
            file.push(0);
        }
    }
}

/// A bit for each coefficient that is not zero, the first one's lowest.
fn non_zero(coefficients: &[i16; 64]) -> u64 {
    let flags = coefficients.map(|coefficient| u8::from(coefficient != 0));
    let bytes = flags.as_chunks().0.iter().map(|flags| bits_of_flags(*flags));
    bytes.rev().fold(0, |bits, byte| bits << 8 | byte)
}

/// Eight zeros and ones as eight bits: the product brings all of them into its upper byte.
fn bits_of_flags(flags: [u8; 8]) -> u64 {
    u64::from_le_bytes(flags).wrapping_mul(0x0102_0408_1020_4080) >> 56
}
