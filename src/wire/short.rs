//! 64-bit floats of a few digits as text and back, exactly: most numbers of tables and most probabilities are such. The rest
//! is left to others.

use super::digits::{EXACT_INTEGERS, EXACT_POWERS, POWERS, ZEROS};
use super::sixteen::Sixteen;
use crate::text::append_start;

/// Appends the shortest text that reads back as this number, where it has at most 6 digits behind the point and 7 before it.
#[inline]
pub(crate) fn write(out: &mut Vec<u8>, value: f64) -> bool {
    const MILLION: f64 = 1e6;
    // Added to a number below it, it leaves the nearest whole number in the low bits.
    const WHOLE: f64 = (1u64 << 52) as f64;
    let size = value.abs();
    let whole = size * MILLION + WHOLE;
    let digits = whole.to_bits().wrapping_sub(WHOLE.to_bits());
    // Fewer than 16 digits that read back are the shortest: two such decimals are never the same float. A number below
    // 0.00001 is shorter with an exponent.
    let fits = size < 1e7 - 1.0 && (digits >= 10 || digits == 0);
    if !fits || (whole - WHOLE) / MILLION != size {
        return false;
    }
    let units = eight_digits((digits / 1_000_000) as u32);
    let places = eight_digits((digits % 1_000_000) as u32 * 100);
    // At least one digit on either side of the point.
    let skipped = (units | 1 << 56).trailing_zeros() / 8;
    let shown = 8 - (places | 1).leading_zeros() / 8;
    let negative = u32::from(value.is_sign_negative());
    let before = negative + 8 - skipped;
    let unsigned = (units | ZEROS) >> (8 * skipped);
    let front = if negative == 1 { unsigned << 8 | u64::from(b'-') } else { unsigned };
    let back = (places | ZEROS) << 8 | u64::from(b'.');
    let (first, second) = (front | back.unbounded_shl(8 * before), back >> (64 - 8 * before));
    let text = u128::from(first) | u128::from(second) << 64;
    append_start(out, &text.to_le_bytes(), (before + 1 + shown) as usize);
    true
}

/// The digits of a number below 10^8, the first in the lowest byte: halves, quarters and eighths of it side by side.
#[inline]
fn eight_digits(number: u32) -> u64 {
    let high = number / 10_000;
    let fours = u64::from(high) | u64::from(number - high * 10_000) << 32;
    let hundreds = ((fours * 10_486) >> 20) & 0x7f_0000_007f;
    let twos = hundreds | (fours - hundreds * 100) << 16;
    let tens = ((twos * 103) >> 10) & 0x000f_000f_000f_000f;
    tens | (twos - tens * 10) << 8
}

/// Bytes in which a number and what ends it are looked for.
const WINDOW: usize = 32;

/// The number at the start of `bytes` and its length, where it has a point and at most 16 digits, not counting a zero before the
/// point, and a comma or brace behind it; nothing where it is anything else, is beyond what one division tells exactly, or is
/// close to the end of the bytes.
#[inline(always)]
pub(crate) fn read(bytes: &[u8]) -> Option<(f64, usize)> {
    let window: &[u8; WINDOW] = bytes.first_chunk()?;
    // What follows waits for this alone, not for the number.
    let length = end_place(window);
    let value = read_fraction(window, length).or_else(|| read_other(window, length))?;
    Some((value, length))
}

/// A number like `0.123`, as most probabilities are.
#[inline(always)]
fn read_fraction(window: &[u8; WINDOW], length: usize) -> Option<f64> {
    const UNIT: f64 = EXACT_POWERS[16];
    let count = length.wrapping_sub(2);
    if !window.starts_with(b"0.") || count.wrapping_sub(1) >= 16 {
        return None;
    }
    let digits = sixteen(window, 2).number(count)?;
    (digits <= EXACT_INTEGERS).then(|| digits.cast_signed() as f64 / UNIT)
}

#[inline(never)]
fn read_other(window: &[u8; WINDOW], length: usize) -> Option<f64> {
    let (end, exponent) = split_exponent(window, length);
    let size = Digits::read(window, end)?.quotient(exponent)?;
    Some(if window[0] == b'-' { -size } else { size })
}

/// Where the exponent of a number of this length begins, and what it is, where it has a sign and one or two digits.
#[inline]
fn split_exponent(window: &[u8; WINDOW], length: usize) -> (usize, i32) {
    let digit = |byte: u8| i32::from(byte) - i32::from(b'0');
    let (size, sign, exponent) = match window.get(length.wrapping_sub(4)..length) {
        Some([b'e' | b'E', sign, tens @ b'0'..=b'9', ones @ b'0'..=b'9']) => {
            (4, *sign, 10 * digit(*tens) + digit(*ones))
        }
        Some([_, b'e' | b'E', sign, ones @ b'0'..=b'9']) => (3, *sign, digit(*ones)),
        _ => return (length, 0),
    };
    match sign {
        b'-' => (length - size, -exponent),
        b'+' => (length - size, exponent),
        _ => (length, 0),
    }
}

/// Where the first comma or brace is; beyond the window where there is none.
#[inline(always)]
fn end_place(window: &[u8; WINDOW]) -> usize {
    let place = sixteen(window, 0).place_of_either(b',', b'}');
    if place < 16 { place } else { 16 + sixteen(window, 16).place_of_either(b',', b'}') }
}

/// The digits of a number filled up with zeros to 16; how many they were, and how many of them before the point.
struct Digits {
    digits: u64,
    count: usize,
    before: usize,
}

impl Digits {
    /// Those of a number of this length, perhaps behind a minus; a zero before the point is not counted.
    #[inline]
    fn read(window: &[u8; WINDOW], length: usize) -> Option<Digits> {
        let start = usize::from(window[0] == b'-');
        let zero = usize::from(window.get(start) == Some(&b'0'));
        let whole = sixteen(window, start).place_of(b'.');
        // A first zero stands alone before the point.
        if whole == 0 || (zero == 1 && whole != 1) {
            return None;
        }
        let (start, before) = (start + zero, whole - zero);
        let count = length.wrapping_sub(start + 1);
        if before >= count || count > 16 {
            return None;
        }
        let digits = sixteen(window, start).join(sixteen(window, start + 1), before).number(count)?;
        Some(Digits { digits, count, before })
    }

    /// The nearest float, where both digits and power of ten are floats: one division gives it.
    #[inline]
    fn quotient(&self, exponent: i32) -> Option<f64> {
        let places = 16 - self.before as i32 - exponent;
        match EXACT_POWERS.get(places as usize) {
            Some(power) if self.digits <= EXACT_INTEGERS => Some(self.digits.cast_signed() as f64 / power),
            _ => quotient_of_fewer(self.digits, 16 - self.count, places),
        }
    }
}

/// The same without the zeros behind the digits.
fn quotient_of_fewer(digits: u64, zeros: usize, places: i32) -> Option<f64> {
    let digits = digits / POWERS.get(zeros)?;
    let power = EXACT_POWERS.get((places - zeros as i32) as usize)?;
    (digits <= EXACT_INTEGERS).then(|| digits.cast_signed() as f64 / power)
}

#[inline(always)]
fn sixteen(window: &[u8; WINDOW], at: usize) -> Sixteen {
    Sixteen::new(window.get(at..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(value: f64) -> Option<String> {
        let mut out = Vec::new();
        write(&mut out, value).then(|| String::from_utf8(out).unwrap())
    }

    fn assert_written(value: f64) {
        let mut printer = zmij::Buffer::new();
        let expected = printer.format_finite(value);
        assert!(written(value).is_none_or(|text| text == expected), "{expected}");
    }

    fn assert_read(text: &str) {
        let padded = format!("{text},{:32}", "");
        let (value, length) = read(padded.as_bytes()).unwrap();
        assert_eq!((value.to_bits(), length), (text.parse::<f64>().unwrap().to_bits(), text.len()), "{text}");
    }

    #[test]
    fn numbers_of_a_few_digits_are_written() {
        for text in [
            "0.0",
            "-0.0",
            "1.0",
            "-34.5584",
            "0.00001",
            "0.000023",
            "9999998.999999",
            "-1234567.5",
            "100.01",
        ] {
            let value: f64 = text.parse().unwrap();
            assert_eq!(written(value).as_deref(), Some(text));
            assert_written(value);
        }
        for value in
            [1e8, 9e-6, 1e-7, 0.1 + 0.2, 1.0 / 3.0, f64::MIN_POSITIVE, f64::MAX, f64::INFINITY, f64::NAN]
        {
            assert_eq!(written(value), None);
        }
    }

    #[test]
    fn numbers_of_a_few_digits_are_read() {
        for text in [
            "0.0",
            "-0.0",
            "1.5",
            "-0.1234567",
            "0.12345678",
            "9.007199254740992",
            "0.000000000000001",
            "0.1234567890123456",
            "6.665515e-06",
            "-1.5E+1",
            "9.5e-9",
            "9.5e-21",
            "12.5",
            "-1234567.25",
            "99.9",
            "123456789012345.5",
        ] {
            assert_read(text);
        }
        for text in [
            "",
            "-",
            "1",
            "1.",
            ".5",
            "01.5",
            "00.5",
            "1.5e3",
            "1.5e-",
            "1.5e-100",
            "9.5e-22",
            "1.e5",
            "1-2.5",
            "--1.5",
            "9.007199254740993",
            "0.12345678901234567",
            "1234567890123456.5",
            "12345678901234567.5",
        ] {
            let padded = format!("{text},{:32}", "");
            assert_eq!(read(padded.as_bytes()), None, "{text}");
        }
        assert!(read(b"0.5,").is_none() && read(b"-0.5").is_none() && read(b"").is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn what_is_written_is_the_shortest(digits in 0u64..1_000_000_000_000_000, places in 0i32..9, bits: u64, step in -2i64..=2) {
            assert_written(digits as f64 / 10f64.powi(places));
            let near = (digits as f64 / 10f64.powi(places)).to_bits().wrapping_add_signed(step);
            assert_written(-f64::from_bits(near));
            let any = f64::from_bits(bits);
            prop_assume!(any.is_finite());
            assert_written(any);
        }

        #[test]
        fn what_is_read_is_the_nearest(text in "-?(0|[1-9][0-9]{0,6})\\.[0-9]{1,8}([eE]-[0-6])?") {
            assert_read(&text);
        }
    }
}
