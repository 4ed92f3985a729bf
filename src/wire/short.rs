//! 64-bit floats of a few digits as text and back, exactly: most numbers of tables and most probabilities are such. The rest
//! is left to others.

use super::digits::{self, EXACT_INTEGERS, EXACT_POWERS, POWERS, ZEROS};
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

/// The number at the start of `bytes` and its length, where it is one digit, a point and at most 16 more digits; nothing where it
/// is anything else, is beyond what one division tells exactly, or is close to the end of the bytes.
#[inline(always)]
pub(crate) fn read(bytes: &[u8]) -> Option<(f64, usize)> {
    let (digits, places, end) = read_digits(bytes)?;
    if places == 0 || matches!(bytes.get(end)?, b'0'..=b'9' | b'e' | b'E') {
        return None;
    }
    Some((quotient(digits, places as i32)?, end))
}

/// As [`read`], of any sign and perhaps with an exponent.
#[inline(never)]
pub(crate) fn read_any(bytes: &[u8]) -> Option<(f64, usize)> {
    let negative = bytes.first() == Some(&b'-');
    let bytes = bytes.get(usize::from(negative)..)?;
    let (digits, places, end) = read_digits(bytes)?;
    let (exponent, end) = match bytes.get(end)? {
        b'0'..=b'9' => return None,
        b'e' | b'E' => read_exponent(bytes, end + 1)?,
        _ => (0, end),
    };
    let size = quotient(digits, places as i32 - exponent).filter(|_| places > 0)?;
    Some((if negative { -size } else { size }, end + usize::from(negative)))
}

/// The digits of such a number as a whole one, how many of them are behind the point, and where they end. Mostly there are either
/// less than 8 behind the point or some more.
#[inline(always)]
fn read_digits(bytes: &[u8]) -> Option<(u64, usize, usize)> {
    let text: &[u8; 18] = bytes.first_chunk()?;
    let [unit @ b'0'..=b'9', b'.', rest @ ..] = text else { return None };
    let [first, second] = rest.as_chunks().0 else { return None };
    let unit = u64::from(unit - b'0');
    let first = digits::values(first);
    let count = digits::count(first);
    if count < 8 {
        let digits = unit * POWERS[count] + digits::leading_number(first, count);
        return Some((digits, count, count + 2));
    }
    let second = digits::values(second);
    let count = digits::count(second);
    let high = unit * POWERS[8] + digits::number(first);
    let digits = high * POWERS[count] + digits::leading_number(second, count);
    Some((digits, 8 + count, 8 + count + 2))
}

/// `digits / 10^places`, where both are floats: then one division gives the float that is nearest.
#[inline(always)]
fn quotient(digits: u64, places: i32) -> Option<f64> {
    let power = EXACT_POWERS.get(places as usize)?;
    (digits <= EXACT_INTEGERS).then(|| digits.cast_signed() as f64 / power)
}

/// An exponent of one or two digits, and where it ends.
fn read_exponent(bytes: &[u8], at: usize) -> Option<(i32, usize)> {
    let sign = bytes.get(at)?;
    let start = at + usize::from(matches!(sign, b'-' | b'+'));
    let digit =
        |at: usize| bytes.get(at).filter(|byte| byte.is_ascii_digit()).map(|byte| i32::from(byte - b'0'));
    let first = digit(start)?;
    let (size, end) = digit(start + 1).map_or((first, start + 1), |second| (10 * first + second, start + 2));
    if digit(end).is_some() {
        return None;
    }
    Some((if *sign == b'-' { -size } else { size }, end))
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
        let padded = format!("{text},                  ");
        let (value, length) = read_any(padded.as_bytes()).unwrap();
        assert_eq!((value.to_bits(), length), (text.parse::<f64>().unwrap().to_bits(), text.len()), "{text}");
        let plain = !text.starts_with('-') && !text.contains(['e', 'E']);
        assert_eq!(read(padded.as_bytes()), Some((value, length)).filter(|_| plain), "{text}");
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
            "12.5",
            "1.5e3",
            "1.5e-",
            "1.5e-100",
            "9.5e-22",
            "1.e5",
            "9.007199254740993",
            "0.12345678901234567",
        ] {
            let padded = format!("{text},                  ");
            assert_eq!((read(padded.as_bytes()), read_any(padded.as_bytes())), (None, None), "{text}");
        }
        assert!(read(b"0.5,").is_none() && read_any(b"-0.5").is_none() && read_any(b"").is_none());
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
        fn what_is_read_is_the_nearest(text in "-?[0-8]\\.[0-9]{1,15}(e-[0-6])?") {
            assert_read(&text);
        }
    }
}
