//! Lists of 32-bit floats as text: each value in the fewest digits that read back to the same bits.
//!
//! Most values lie between 2^-17 and 2^24. There the decimals that read back to a float are found exactly in 128-bit
//! integers (the idea of Schubfach, R. Giulietti 2020), and their text is laid out without a branch. `zmij` prints the rest.

use super::layout::{Layout, eight_digits, halves, put_decimal, store};
use std::hint::select_unpredictable;

/// The widest text of one value, comma included, and what its fixed-size stores may write behind it.
const WIDEST: usize = 40;
/// The same for a value in the range of `FORMS`, without its sign.
const WIDEST_PLAIN: usize = 32;
/// The same for a byte.
const WIDEST_BYTE: usize = 8;
const BLOCK: usize = 64 * WIDEST;
const MIN_SIGNIFICAND: u32 = 1 << 23;
/// So many values are written together: each step is taken for all of them before the next, so that none waits for another.
const GROUP: usize = 64;

/// Appends values and commas to a buffer, a block at a time.
pub(crate) struct ListWriter<'a> {
    out: &'a mut Vec<u8>,
    start: usize,
    block: [u8; BLOCK],
}

impl<'a> ListWriter<'a> {
    /// A writer at the end of `out`.
    pub(crate) fn new(out: &'a mut Vec<u8>) -> ListWriter<'a> {
        ListWriter { start: out.len(), out, block: [0; BLOCK] }
    }

    /// Appends finite values, each with a comma.
    pub(crate) fn floats(&mut self, values: &[f32]) {
        for group in values.chunks(GROUP) {
            self.group(group);
        }
    }

    fn group(&mut self, values: &[f32]) {
        let mut numbers = [0; GROUP];
        let mut forms = [(0u8, 0u8); GROUP];
        for ((value, number), form) in values.iter().zip(&mut numbers).zip(&mut forms) {
            (*number, *form) = decimal(*value);
        }
        eight_digits(&mut numbers);
        let mut at = 0;
        for ((value, digits), form) in values.iter().zip(numbers).zip(forms) {
            let room = self.block.get_mut(at..).and_then(<[u8]>::first_chunk_mut);
            at += room.map_or(0, |room| put_f32(room, *value, digits, form));
        }
        self.out.extend_from_slice(self.block.get(..at).unwrap_or_default());
    }

    /// Appends bytes as whole numbers, each with a comma: copied, not printed.
    pub(crate) fn bytes(&mut self, texts: &ByteTexts, bytes: &[u8]) {
        self.put(bytes, |room: &mut [u8; WIDEST_BYTE], byte| {
            let text = texts.0[usize::from(byte)];
            *room = text.to_le_bytes();
            (text >> 56) as usize
        });
    }

    /// Drops the comma behind the last value.
    pub(crate) fn finish(self) {
        if self.out.len() > self.start {
            self.out.pop();
        }
    }

    #[inline(always)]
    fn put<T: Copy, const ROOM: usize>(&mut self, values: &[T], text: impl Fn(&mut [u8; ROOM], T) -> usize) {
        for group in values.chunks(BLOCK / ROOM) {
            let mut at = 0;
            for &value in group {
                let room = self.block.get_mut(at..).and_then(<[u8]>::first_chunk_mut);
                at += room.map_or(0, |room| text(room, value));
            }
            self.out.extend_from_slice(self.block.get(..at).unwrap_or_default());
        }
    }
}

/// For each byte the text of its number and a comma, and in the top 8 bits how long that is.
pub(crate) struct ByteTexts([u64; 256]);

/// The numbers 0 to 255.
pub(crate) static U8_TEXTS: ByteTexts = ByteTexts(byte_texts(false));
/// The numbers that bytes are in two's complement.
pub(crate) static I8_TEXTS: ByteTexts = ByteTexts(byte_texts(true));

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

/// Exponents of the last bit of a value's significand, in the range that is printed here: values from 2^-17 up to 2^23.
const MIN_EXPONENT: i32 = -40;
const EXPONENTS: usize = 40;

/// How values of one exponent, `significand * 2^exponent`, are printed.
#[derive(Clone, Copy)]
struct Form {
    /// `2^exponent * 10^places * 2^64`, a whole number: `significand * unit / 2^64` counts units of `10^-places`.
    unit: u64,
    /// From here on those units make a number of a digit more.
    longer_from: u32,
}

static FORMS: [Form; EXPONENTS] = forms().0;
/// How their digits become text; the second of two is for the longer numbers.
static LAYOUTS: [[Layout; 2]; EXPONENTS] = forms().1;
/// The form of a value that has none here.
const OTHER: u8 = u8::MAX;

const fn forms() -> ([Form; EXPONENTS], [[Layout; 2]; EXPONENTS]) {
    let mut forms = [Form { unit: 0, longer_from: 0 }; EXPONENTS];
    let mut layouts = [[Layout::new(1, 1); 2]; EXPONENTS];
    let mut index = 0;
    while index < EXPONENTS {
        let exponent = MIN_EXPONENT + index as i32;
        // The decimals that read back to a value lie in an interval `2^exponent` wide. In units it is less than 1 wide, so
        // that it holds one whole number at most, and at least 1/10, so that it holds one with a digit behind the point.
        let mut places = 0;
        let mut ten = 1u128;
        while (10 * ten) >> -exponent == 0 {
            places += 1;
            ten *= 10;
        }
        let unit = ((ten << 64) >> -exponent) as u64;
        let fewest = digit_count(MIN_SIGNIFICAND, unit);
        let most = digit_count(2 * MIN_SIGNIFICAND - 1, unit);
        forms[index] = Form { unit, longer_from: 10u32.pow(fewest) };
        layouts[index] = [Layout::new(fewest, places), Layout::new(most, places)];
        index += 1;
    }
    (forms, layouts)
}

const fn digit_count(significand: u32, unit: u64) -> u32 {
    ((significand as u128 * unit as u128) >> 64).ilog10() + 1
}

/// The decimal of a finite value: its digits but the last, and the layout and the last.
#[inline(always)]
fn decimal(value: f32) -> (u64, (u8, u8)) {
    let bits = value.to_bits();
    let exponent = ((bits >> 23 & 0xff) as i32 - 150).wrapping_sub(MIN_EXPONENT) as usize;
    let Some(form) = FORMS.get(exponent) else { return (0, (OTHER, 0)) };
    let (whole, last) = shortest_digits(bits & (MIN_SIGNIFICAND - 1) | MIN_SIGNIFICAND, form.unit);
    (halves(whole), (2 * exponent as u8 + u8::from(whole >= form.longer_from), last as u8))
}

/// Writes a finite value and a comma; returns their length. Bytes behind them may change.
#[inline(always)]
fn put_f32(room: &mut [u8; WIDEST], value: f32, digits: u64, (form, last): (u8, u8)) -> usize {
    let Some(layout) = LAYOUTS.as_flattened().get(usize::from(form)) else { return put_any_f32(room, value) };
    let sign = usize::from(value.is_sign_negative());
    room[0] = b'-';
    let Some(room) = room.get_mut(sign..).and_then(<[u8]>::first_chunk_mut::<WIDEST_PLAIN>) else { return 0 };
    let end = put_decimal(room, digits, last.into(), layout);
    store(room, end, [b',']);
    sign + end + 1
}

#[cold]
#[inline(never)]
fn put_any_f32(room: &mut [u8; WIDEST], value: f32) -> usize {
    let mut printer = zmij::Buffer::new();
    let text = printer.format_finite(value).as_bytes();
    let text_and_comma = room.get_mut(..=text.len()).and_then(<[u8]>::split_last_mut);
    if let Some((comma, place)) = text_and_comma {
        place.copy_from_slice(text);
        *comma = b',';
    }
    text.len() + 1
}

/// The shortest decimal in the value's interval, the nearest of several: a whole number of units, and one more digit or 0.
///
/// The interval's ends belong to it where the significand is even, because reading rounds ties to even. Below a power of
/// two it is half as wide, but none of those in the range of `FORMS` prints differently for that (a test tries all).
#[inline(always)]
fn shortest_digits(significand: u32, unit: u64) -> (u32, u32) {
    let exact = u128::from(significand) * u128::from(unit);
    let (whole, part) = ((exact >> 64) as u32, exact as u64);
    let reach = unit / 2 - u64::from(significand & 1);
    let (from_lowest, above_is_near) = part.overflowing_add(reach);
    let whole_is_near = from_lowest <= 2 * reach;
    // The last 4 bits are 0: nothing is lost. It is no 10: where the whole number above is that near it is taken.
    let digit = ((part >> 4) * 10 + (1 << 59)) >> 60;
    (whole + u32::from(above_is_near), select_unpredictable(whole_is_near, 0, digit as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(values: &[f32]) -> String {
        let mut out = Vec::new();
        let mut writer = ListWriter::new(&mut out);
        writer.floats(values);
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
            writer.bytes(&U8_TEXTS, &[byte]);
            writer.bytes(&I8_TEXTS, &[byte]);
            writer.finish();
            assert_eq!(out, format!("{byte},{}", byte.cast_signed()).as_bytes());
        }
    }
}
