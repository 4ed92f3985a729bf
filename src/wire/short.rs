//! 64-bit floats of a few digits as text and back, exactly: most numbers of tables and most probabilities are such. The rest
//! is left to others.

use super::digits::{EXACT_INTEGERS, EXACT_POWERS, POWERS};
use super::floats::WIDEST_F64;
use super::layout::{Layout, eight_digits, put_decimal};
use super::sixteen::Sixteen;

/// Exponents of the values that are written here: from 2^-16 up to 2^23.
const MIN_EXPONENT: i32 = -16;
const EXPONENTS: usize = 39;

/// How many decimals values of one exponent are written with at most, as whole numbers of units of `10^-places`: `10^places`.
static UNITS: [f64; EXPONENTS] = forms().0;
/// How their digits become text: 7, or 8.
static LAYOUTS: [[Layout; 2]; EXPONENTS] = forms().1;

const fn forms() -> ([f64; EXPONENTS], [[Layout; 2]; EXPONENTS]) {
    let mut units = [1.0; EXPONENTS];
    let mut layouts = [[Layout::new(7, 1); 2]; EXPONENTS];
    let mut index = 0;
    while index < EXPONENTS {
        let exponent = MIN_EXPONENT + index as i32;
        // The greatest value has 8 digits.
        let mut places = 0;
        while (POWERS[places + 1] as u128) << 32 <= (EIGHT_DIGITS as u128) << (31 - exponent) {
            places += 1;
        }
        units[index] = EXACT_POWERS[places];
        layouts[index] = [Layout::new(7, places as u32), Layout::new(8, places as u32)];
        index += 1;
    }
    (units, layouts)
}

const EIGHT_DIGITS: u64 = POWERS[8];

/// Room for a number that is written here, without its sign.
const ROOM: usize = 16;

/// A number as a whole number of units, and which of `LAYOUTS` makes text of its digits.
#[derive(Clone, Copy, Default)]
pub(super) struct Short {
    pub(super) whole: u32,
    layout: u8,
}

impl Short {
    /// A number that is not written here.
    const OTHER: Short = Short { whole: 0, layout: u8::MAX };

    /// The shortest decimal that reads back as this number, where it has at most 7 digits, or 8 by its size.
    #[inline(always)]
    pub(super) fn of(value: f64) -> Short {
        // Added to a number below it, it leaves the nearest whole number in the low bits.
        const WHOLE: f64 = (1u64 << 52) as f64;
        let size = value.abs();
        let index = ((size.to_bits() >> 52) as i32 - 1023).wrapping_sub(MIN_EXPONENT) as usize;
        let Some(units) = UNITS.get(index) else { return Short::OTHER };
        let sum = size * units + WHOLE;
        // So few digits that read back are the shortest: two such decimals are never the same float.
        if (sum - WHOLE) / units != size {
            return Short::OTHER;
        }
        let whole = sum.to_bits().wrapping_sub(WHOLE.to_bits()) as u32;
        Short { whole, layout: 2 * index as u8 + u8::from(whole >= 10_000_000) }
    }

    /// Writes the number, of whose whole number of units these are the digits, at the start of `room`; returns its length. Bytes
    /// behind it may change.
    #[inline(always)]
    pub(super) fn put(self, digits: u64, room: &mut [u8; WIDEST_F64], value: f64) -> Option<usize> {
        let layout = LAYOUTS.as_flattened().get(usize::from(self.layout))?;
        let sign = usize::from(value.is_sign_negative());
        room[0] = b'-';
        let room = room.get_mut(sign..)?.first_chunk_mut::<ROOM>()?;
        Some(sign + put_decimal(room, digits, 0, layout))
    }
}

/// Writes one such number.
#[inline(always)]
pub(super) fn put(room: &mut [u8; WIDEST_F64], value: f64) -> Option<usize> {
    let short = Short::of(value);
    short.put(eight_digits(short.whole), room, value)
}

/// Bytes in which a number and what ends it are looked for.
const WINDOW: usize = 32;

/// The number at the start of `bytes` and its length, where it has a point and at most 16 digits, not counting a zero before the
/// point, and a comma or brace behind it; nothing where it is anything else, is beyond what one division tells exactly, or is
/// close to the end of the bytes.
#[inline(always)]
pub(crate) fn read(bytes: &[u8]) -> Option<(f64, usize)> {
    let window = bytes.first_chunk()?;
    read_plain(window).or_else(|| read_other(window))
}

/// The number at the start of `bytes` and its length, where it is as most probabilities are: a digit, a point, up to 14 digits,
/// perhaps an exponent below zero, and `after` behind it; nothing where it is anything else or close to the end of the bytes.
#[inline(always)]
pub(crate) fn read_probability(bytes: &[u8], after: u8) -> Option<(f64, usize)> {
    let window: &[u8; WINDOW] = bytes.first_chunk()?;
    if window[1] != b'.' {
        return None;
    }
    let (end, digits) = sixteen(window, 0).float_around_second();
    if end < 3 {
        return None;
    }
    if window.get(end) == Some(&after) {
        return Some((digits / EXACT_POWERS[14], end));
    }
    with_exponent(window, end, digits, after)
}

/// The same where an exponent of two digits follows these digits.
#[inline(always)]
fn with_exponent(window: &[u8; WINDOW], end: usize, digits: f64, after: u8) -> Option<(f64, usize)> {
    let [b'e', b'-', tens @ b'0'..=b'9', ones @ b'0'..=b'9', behind] = window.get(end..)?.first_chunk()?
    else {
        return None;
    };
    let places = end - 2 + usize::from(10 * (tens - b'0') + (ones - b'0'));
    // Without the zeros behind them, digits and power of ten are floats: their quotient is the nearest.
    let size = digits / EXACT_POWERS.get(16 - end)? / EXACT_POWERS.get(places)?;
    (*behind == after).then_some((size, end + 4))
}

/// What a number is times, without and with a minus before it.
static SIGNS: [f64; 2] = [1.0, -1.0];

/// A number of up to 15 digits without an exponent. What its sign and size are is not foreseen by any branch.
#[inline(always)]
fn read_plain(window: &[u8; WINDOW]) -> Option<(f64, usize)> {
    let sign = usize::from(window[0] == b'-');
    let (start, behind) = (sixteen(window, sign), sixteen(window, sign + 1));
    let (point, end) = start.first_two_others();
    let length = sign + end;
    // A first zero stands alone before the point.
    let whole = point > 0 && (point == 1 || window.get(sign) != Some(&b'0'));
    let fits = whole && end > point + 1 && window.get(sign + point) == Some(&b'.') && ends_at(window, length);
    // Of 16 digits the last is 0, so that a float holds the number.
    let size = start.join(behind, point).float(end - 1) / EXACT_POWERS[(16 - point) & 15];
    fits.then(|| (size * SIGNS[sign], length))
}

/// Whether a comma or brace is there.
#[inline(always)]
fn ends_at(window: &[u8; WINDOW], place: usize) -> bool {
    matches!(window.get(place), Some(b',' | b'}'))
}

#[inline(never)]
fn read_other(window: &[u8; WINDOW]) -> Option<(f64, usize)> {
    let length = end_place(window);
    let (end, exponent) = split_exponent(window, length);
    let size = Digits::read(window, end)?.quotient(exponent)?;
    Some((if window[0] == b'-' { -size } else { size }, length))
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
        let digits =
            sixteen(window, start).join(sixteen(window, start + 1), before).number_of_digits(count)?;
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
        let mut room = [b'x'; WIDEST_F64];
        let length = put(&mut room, value)?;
        Some(String::from_utf8(room[..length].to_vec()).unwrap())
    }

    fn assert_written(value: f64) {
        let mut printer = zmij::Buffer::new();
        let expected = printer.format_finite(value);
        assert!(written(value).is_none_or(|text| text == expected), "{expected}");
    }

    fn padded(text: &str) -> Vec<u8> {
        format!("{text},{:32}", "").into_bytes()
    }

    /// Makes sure that what was read, if anything was, is the whole number.
    fn assert_exact(found: Option<(f64, usize)>, text: &str) {
        if let Some((value, length)) = found {
            let expected = text.parse::<f64>().unwrap().to_bits();
            assert_eq!((value.to_bits(), length), (expected, text.len()), "{text}");
        }
    }

    fn assert_read(text: &str) {
        let found = read(&padded(text));
        assert!(found.is_some(), "{text}");
        assert_exact(found, text);
        assert_exact(read_probability(&padded(text), b','), text);
    }

    #[test]
    fn numbers_of_a_few_digits_are_written() {
        for text in [
            "1.0",
            "-34.5584",
            "0.000016",
            "0.000023",
            "-0.1234567",
            "0.99999999",
            "8.000001",
            "63.999999",
            "-64.00001",
            "8388607.5",
            "-1234567.5",
            "100.01",
            "5000000.0",
        ] {
            let value: f64 = text.parse().unwrap();
            assert_eq!(written(value).as_deref(), Some(text));
            assert_written(value);
        }
        for value in [0.0, 8388608.0, 1e-5, 1e-7, 0.1 + 0.2, 1.0 / 3.0, 0.123456789, f64::MIN_POSITIVE] {
            assert_eq!(written(value), None);
        }
        for value in [f64::MAX, f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
            assert_eq!(written(value), None);
        }
    }

    #[test]
    fn numbers_of_every_size_and_length_are_written() {
        for exponent in MIN_EXPONENT..=MIN_EXPONENT + EXPONENTS as i32 {
            let power = 2f64.powi(exponent);
            for value in [power.next_down(), power, power.next_up(), 1.5 * power] {
                assert_written(value);
            }
            for places in 0..=12 {
                let units = 10f64.powi(places);
                for digits in [1.0, 1.25, 1.5, 1.9999999].map(|part| (power * part * units).round()) {
                    assert_written(digits / units);
                    assert_written(-digits / units);
                    assert_written((digits + 1.0) / units);
                }
            }
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
            assert_eq!(read(&padded(text)), None, "{text}");
            assert!(text.len() == 8 || read_probability(&padded(text), b',').is_none(), "{text}");
        }
        assert!(read(b"0.5,").is_none() && read(b"-0.5").is_none() && read(b"").is_none());
    }

    #[test]
    fn probabilities_are_read() {
        for text in [
            "0.0",
            "1.0",
            "9.5",
            "0.5",
            "0.00042561692",
            "0.12345678901234",
            "9.99999999999999",
            "6.665515e-06",
            "6.6e-00",
            "1.0e-21",
            "1.2e-10",
            "0.00000000000001e-08",
            "9.99999999999999e-08",
        ] {
            let found = read_probability(&padded(text), b',');
            assert!(found.is_some(), "{text}");
            assert_exact(found, text);
            assert_eq!(read_probability(&padded(text), b'}'), None, "{text}");
        }
        for text in [
            "0.",
            "0.e-05",
            "1",
            "10.5",
            "-0.5",
            " 0.5",
            "0.5 ",
            "x.5",
            "0x5",
            ",.5",
            "0.5.",
            "0.5-",
            "0.123456789012345",
            "0.1e-5",
            "0.1e+05",
            "0.1E-05",
            "0.1e-x5",
            "0.1e-5x",
            "0.1e-005",
            "0.1e-22",
            "1.5e-99",
            "9.99999999999999e-09",
        ] {
            assert_eq!(read_probability(&padded(text), b','), None, "{text}");
        }
        assert_eq!(read_probability(b"0.5,", b','), None);
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

        #[test]
        fn probabilities_are_the_nearest(
            text in "[0-9]\\.[0-9]{1,14}", ending in "|e-0[0-8]", any in "[0-9]?\\.?[0-9]{0,20}([eE][-+]?[0-9]{0,3})?"
        ) {
            let text = text + &ending;
            let found = read_probability(&padded(&text), b',');
            assert!(found.is_some(), "{text}");
            assert_exact(found, &text);
            assert_exact(read_probability(&padded(&any), b','), &any);
        }
    }
}
