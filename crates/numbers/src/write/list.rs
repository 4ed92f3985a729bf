//! Lists of 32-bit floats as text: each value in the fewest digits that read back to the same bits.
//!
//! Most values lie between 2^-17 and 2^23. There the decimals that read back to a float are found exactly in
//! 128-bit integers (the idea of Schubfach, R. Giulietti 2020), and their text is laid out without a branch.
//! `zmij` prints the rest.
//!
//! From a value to its text each step waits for the one before. So a group of values takes each step
//! together: short loops, of which the processor has many rounds in hand at once, and the digits of four
//! numbers side by side.

use super::layout::{DecimalLayout, eight_digits_of_four, put_decimal, store};
use crate::{OutOfMemory, reserve};
use std::hint::select_unpredictable;

/// So many values take each step together; whole fours.
const GROUP: usize = 32;
/// The widest text of one value, comma included, and what its fixed-size stores may write after it.
const WIDEST: usize = 40;
/// The same for a value that is not left to `zmij`, without its sign.
const WIDEST_UNSIGNED: usize = 32;
/// The same for a byte.
const WIDEST_BYTE: usize = 8;
const BLOCK: usize = GROUP * WIDEST;
const MIN_SIGNIFICAND: u32 = 1 << 23;

/// Appends values and commas to a buffer, a block at a time.
pub struct ListWriter<'a> {
    out: &'a mut Vec<u8>,
    start: usize,
    block: [u8; BLOCK],
}

impl<'a> ListWriter<'a> {
    /// A writer at the end of `out`.
    pub fn new(out: &'a mut Vec<u8>) -> ListWriter<'a> {
        ListWriter { start: out.len(), out, block: [0; BLOCK] }
    }

    /// Appends finite values, each with a comma.
    pub fn floats(&mut self, values: &[f32]) -> Result<(), OutOfMemory> {
        for group in values.chunks(GROUP) {
            let mut decimals = Decimals::new();
            decimals.find(group);
            decimals.divide(group.len());
            let length = decimals.put(&mut self.block, group);
            self.append(length)?;
        }
        Ok(())
    }

    /// Appends bytes as whole numbers, each with a comma: copied, not printed.
    pub fn bytes(&mut self, texts: &ByteTexts, bytes: &[u8]) -> Result<(), OutOfMemory> {
        for group in bytes.chunks(BLOCK / WIDEST_BYTE) {
            let mut at = 0;
            for &byte in group {
                let text = texts.0[usize::from(byte)];
                let room = self.block.get_mut(at..).and_then(<[u8]>::first_chunk_mut);
                at += room.map_or(0, |room| {
                    *room = text.to_le_bytes();
                    (text >> 56) as usize
                });
            }
            self.append(at)?;
        }
        Ok(())
    }

    #[inline(always)]
    fn append(&mut self, length: usize) -> Result<(), OutOfMemory> {
        reserve(self.out, length)?;
        self.out.extend_from_slice(self.block.get(..length).unwrap_or_default());
        Ok(())
    }

    /// Drops the comma after the last value.
    pub fn finish(self) {
        if self.out.len() > self.start {
            self.out.pop();
        }
    }
}

/// For each byte the text of its number and a comma, and in the top 8 bits how long that is.
pub struct ByteTexts([u64; 256]);

/// The numbers 0 to 255.
pub static U8_TEXTS: ByteTexts = ByteTexts(byte_texts(false));
/// The numbers that bytes are in two's complement.
pub static I8_TEXTS: ByteTexts = ByteTexts(byte_texts(true));

const fn byte_texts(signed: bool) -> [u64; 256] {
    let mut texts = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let negative = signed && byte >= 128;
        let mut rest = if negative { 256 - byte } else { byte };
        let mut text = b',' as u64;
        let mut length = 1;
        loop {
            text = text << 8 | (b'0' as u64 + rest as u64 % 10);
            length += 1;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if negative {
            text = text << 8 | b'-' as u64;
            length += 1;
        }
        texts[byte] = text | length << 56;
        byte += 1;
    }
    texts
}

/// Exponents of the last bit of a value's significand, in the range that is printed here: values from 2^-17
/// up to 2^23.
const MIN_EXPONENT: i32 = -40;
const EXPONENTS: usize = 40;

const LAYOUTS: usize = 2 * EXPONENTS + 1;
/// The layout of zero, and the mark of a value that is left to `zmij`.
const ZERO: u8 = 2 * EXPONENTS as u8;
const NONE: u8 = u8::MAX;

/// How values of one exponent, `significand * 2^exponent`, are printed.
#[derive(Clone, Copy)]
struct Form {
    /// `2^exponent * 10^places * 2^64`, a whole number: `significand * unit / 2^64` counts units of
    /// `10^-places`.
    unit: u64,
    half_unit: u64,
    /// Added to ten times what the end of a value's interval has beyond whole units: takes it from the end to
    /// the value, and rounds. All in sixteenths of the scale of `unit`, so that its top 4 bits are a digit.
    rounding: u64,
    /// From here on those units make a number of a digit more.
    longer_from: u32,
    /// How digits become text: a place in the table of layouts; the next one is for such longer numbers.
    layout: u8,
}

struct Tables {
    forms: [Form; EXPONENTS],
    layouts: [DecimalLayout; LAYOUTS],
}

static TABLES: Tables = tables();

const fn tables() -> Tables {
    let mut forms = [Form { unit: 0, half_unit: 0, rounding: 0, longer_from: 0, layout: 0 }; EXPONENTS];
    // That of zero stays: `0.0`, as the number 0 has no digit that is not 0.
    let mut layouts = [DecimalLayout::new(7, 6); LAYOUTS];
    let mut index = 0;
    while index < EXPONENTS {
        let exponent = MIN_EXPONENT + index as i32;
        // The decimals that read back to a value lie in an interval `2^exponent` wide. In units it is less
        // than 1 wide, so that it holds one whole number at most, and at least 1/10, so that it holds one
        // with a digit after the point.
        let mut places = 0;
        let mut ten = 1u128;
        while (10 * ten) >> -exponent == 0 {
            places += 1;
            ten *= 10;
        }
        let unit = ((ten << 64) >> -exponent) as u64;
        let half_unit = unit / 2;
        let rounding = (1u64 << 59).wrapping_sub((half_unit >> 4) * 10);
        let fewest = digit_count(MIN_SIGNIFICAND, unit);
        let most = digit_count(2 * MIN_SIGNIFICAND - 1, unit);
        let layout = 2 * index;
        layouts[layout] = DecimalLayout::new(fewest, places);
        layouts[layout + 1] = DecimalLayout::new(most, places);
        forms[index] =
            Form { unit, half_unit, rounding, longer_from: 10u32.pow(fewest), layout: layout as u8 };
        index += 1;
    }
    Tables { forms, layouts }
}

const fn digit_count(significand: u32, unit: u64) -> u32 {
    ((significand as u128 * unit as u128) >> 64).ilog10() + 1
}

/// The shortest decimals of a group of values: a whole number of units, one more digit or 0, and which layout
/// makes it text.
struct Decimals {
    wholes: [u32; GROUP],
    lasts: [u8; GROUP],
    layouts: [u8; GROUP],
    /// The digits of the whole numbers.
    digits: [[u64; 4]; GROUP / 4],
}

// The steps change it in place: returned, it would be copied.
impl Decimals {
    #[inline(always)]
    fn new() -> Decimals {
        let digits = [[0; 4]; GROUP / 4];
        Decimals { wholes: [0; GROUP], lasts: [0; GROUP], layouts: [0; GROUP], digits }
    }

    /// The first step: all but the digits.
    #[inline(always)]
    fn find(&mut self, values: &[f32]) {
        let places = self.wholes.iter_mut().zip(&mut self.lasts).zip(&mut self.layouts);
        for (&value, ((whole, last), layout)) in values.iter().zip(places) {
            let bits = value.to_bits();
            let exponent = (bits >> 23 & 0xff) as i32 - 150;
            let Some(form) = TABLES.forms.get(exponent.wrapping_sub(MIN_EXPONENT) as usize) else {
                *layout = if bits << 1 == 0 { ZERO } else { NONE };
                continue;
            };
            let (units, digit) = shortest_digits(bits & (MIN_SIGNIFICAND - 1) | MIN_SIGNIFICAND, form);
            *whole = units;
            *last = digit;
            *layout = form.layout + u8::from(units >= form.longer_from);
        }
    }

    /// The second step: the digits of the first `count` whole numbers.
    #[inline(always)]
    fn divide(&mut self, count: usize) {
        let fours = self.wholes.as_chunks().0.iter().take(count.div_ceil(4));
        self.digits.iter_mut().zip(fours).for_each(|(digits, four)| *digits = eight_digits_of_four(*four));
    }

    /// The third step: writes each value and a comma; returns their length. Bytes after them may change.
    #[inline(always)]
    fn put(&self, block: &mut [u8; BLOCK], values: &[f32]) -> usize {
        // There is a minus sign at the start of a value's text; a value without a sign is written over it.
        store(block, 0, [b'-']);
        let mut at = 0;
        let decimals = self.lasts.iter().zip(&self.layouts).zip(self.digits.as_flattened());
        for (&value, ((&last, &layout), &digits)) in values.iter().zip(decimals) {
            let bits = value.to_bits();
            let sign = (bits >> 31) as usize;
            at += match TABLES.layouts.get(usize::from(layout)) {
                Some(layout) => sign + put_unsigned(block, at + sign, digits, last, layout),
                None => put_any_f32(block, at, bits),
            };
        }
        at
    }
}

/// Writes a value without its sign, a comma and the next value's minus sign; returns the length up to the
/// comma.
#[inline(always)]
fn put_unsigned(block: &mut [u8; BLOCK], at: usize, digits: u64, last: u8, layout: &DecimalLayout) -> usize {
    let Some(room) = block.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<WIDEST_UNSIGNED>) else {
        return 0;
    };
    let end = put_decimal(room, digits, u32::from(last), layout);
    store(room, end, *b",-");
    end + 1
}

/// The same for any finite value, and with its sign.
#[cold]
#[inline(never)]
fn put_any_f32(block: &mut [u8; BLOCK], at: usize, bits: u32) -> usize {
    let mut printer = zmij::Buffer::new();
    let text = printer.format_finite(f32::from_bits(bits)).as_bytes();
    let end = at + text.len();
    if let Some(place) = block.get_mut(at..end) {
        place.copy_from_slice(text);
    }
    store(block, end, *b",-");
    text.len() + 1
}

/// The shortest decimal in a value's interval, the nearest of several: a whole number of units, and one more
/// digit or 0.
///
/// The interval's ends are no whole numbers of units: they have a binary place more than the value, and units
/// have fewer decimal places than that. Below a power of two the interval is half as wide, but none of those
/// in the range of the forms prints differently for that (a test tries all).
#[inline(always)]
fn shortest_digits(significand: u32, form: &Form) -> (u32, u8) {
    // The interval's upper end. The whole number below it is in the interval if the lower end is further
    // away.
    let end = u128::from(2 * significand + 1) * u128::from(form.half_unit);
    let (whole, part) = ((end >> 64) as u32, end as u64);
    let whole_is_in = part < form.unit;
    // The last 4 bits are 0: nothing is lost. It is never 10: a whole number above that is so near is taken.
    let digit = ((part >> 4) * 10).wrapping_add(form.rounding) >> 60;
    (whole, select_unpredictable(whole_is_in, 0, digit as u8))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(values: &[f32]) -> String {
        let mut out = Vec::new();
        let mut writer = ListWriter::new(&mut out);
        writer.floats(values).unwrap();
        writer.finish();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn values_are_written_shortest() {
        for (value, expected) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (-0.5, "-0.5"),
            (0.1, "0.1"),
            (123456.0, "123456.0"),
            (8388609.5, "8388610.0"),
            (16777215.0, "16777215.0"),
            (9.536_743e-6, "0.0000095367432"),
            (-7.6293945e-6, "-0.0000076293945"),
            (0.5, "0.5"),
            (8388607.5, "8388607.5"),
            (0.000_976_562_6, "0.0009765626"),
            (3.4028235e38, "3.4028235e+38"),
            (1e-45, "1e-45"),
        ] {
            let written = text(&[value]);
            assert_eq!(written.parse::<f32>().unwrap().to_bits(), value.to_bits());
            assert!(written.len() <= expected.len(), "{written} for {expected}");
        }
        assert_eq!(text(&[1.5, -2.25]), "1.5,-2.25");
        assert_eq!(text(&[]), "");
    }

    #[test]
    fn powers_of_two_and_their_neighbours_are_written_shortest() {
        for exponent in 1..=254u32 {
            for bits in [(exponent << 23) - 1, exponent << 23, (exponent << 23) + 1] {
                let value = f32::from_bits(bits);
                let written = text(&[value]);
                assert_eq!(written.parse::<f32>().unwrap().to_bits(), bits, "{written}");
                let digits = |text: &str| {
                    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
                    digits.trim_matches('0').len()
                };
                let mantissa = |text: &str| text.split('e').next().unwrap_or_default().to_owned();
                let shortest = format!("{value:e}");
                assert_eq!(
                    digits(&mantissa(&written)),
                    digits(&mantissa(&shortest)),
                    "{written}, {shortest}"
                );
            }
        }
    }

    #[test]
    fn long_lists_cross_blocks() {
        let values: Vec<f32> = (0..100_000).map(|i| i as f32 * 0.37 - 9000.0).collect();
        let back: Vec<f32> = text(&values).split(',').map(|one| one.parse().unwrap()).collect();
        assert_eq!(back, values);
    }

    #[test]
    fn bytes_are_copied_from_the_tables() {
        for byte in 0..=255u8 {
            let mut out = Vec::new();
            let mut writer = ListWriter::new(&mut out);
            writer.bytes(&U8_TEXTS, &[byte]).unwrap();
            writer.bytes(&I8_TEXTS, &[byte]).unwrap();
            writer.finish();
            assert_eq!(out, format!("{byte},{}", byte.cast_signed()).as_bytes());
        }
    }
}
