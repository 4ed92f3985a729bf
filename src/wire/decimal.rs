//! JSON numbers read 8 digits at a time. What cannot be told exactly this way is left to the standard library.

use super::digits::{self, EXACT_INTEGERS, EXACT_POWERS, POWERS};
use super::sixteen::Sixteen;

/// A number's digits as one whole number: `digits * 10^exponent`.
pub(crate) struct Decimal {
    negative: bool,
    digits: u64,
    exponent: i32,
}

/// So many always fit a signed 64-bit integer, which becomes a float faster than an unsigned one.
const MOST_DIGITS: usize = 18;

impl Decimal {
    /// Reads the number at the start of `bytes`, in JSON's grammar, and how long it is; nothing where it is malformed, has
    /// more than 18 digits, or comes too near the end of the bytes to be told.
    #[inline(always)]
    pub(crate) fn read(bytes: &[u8]) -> Option<(Decimal, usize)> {
        let negative = bytes.first() == Some(&b'-');
        let start = usize::from(negative);
        let (mut digits, mut end) = read_whole(bytes, start)?;
        let whole = end - start;
        if whole == 0 || (whole > 1 && bytes.get(start) == Some(&b'0')) {
            return None;
        }
        let mut exponent = 0;
        let mut count = whole;
        if bytes.get(end) == Some(&b'.') {
            let point = end + 1;
            (digits, end) = read_fraction(bytes, point, digits);
            if end == point {
                return None;
            }
            exponent = -((end - point) as i32);
            count += end - point;
        }
        if count > MOST_DIGITS {
            return None;
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let (power, after) = read_exponent(bytes, end + 1)?;
            exponent += power;
            end = after;
        }
        Some((Decimal { negative, digits, exponent }, end))
    }

    /// The nearest 64-bit float, where one multiplication or division of exact numbers gives it.
    #[inline]
    pub(crate) fn to_f64(&self) -> Option<f64> {
        if self.digits > EXACT_INTEGERS {
            return None;
        }
        let power = *EXACT_POWERS.get(self.exponent.unsigned_abs() as usize)?;
        let digits = self.digits.cast_signed() as f64;
        let size = if self.exponent < 0 { digits / power } else { digits * power };
        Some(if self.negative { -size } else { size })
    }

    /// The nearest 32-bit float, where a 64-bit float that is almost the number leaves no doubt.
    #[inline]
    pub(crate) fn to_f32(&self) -> Option<f32> {
        let power = *EXACT_POWERS.get(self.exponent.unsigned_abs() as usize)?;
        let digits = self.digits.cast_signed() as f64;
        let size = if self.exponent < 0 { digits / power } else { digits * power };
        let normal = size >= f64::from(f32::MIN_POSITIVE) && size < f64::from(f32::MAX);
        if (normal && is_clear(size)) || self.digits == 0 {
            let size = size as f32;
            return Some(if self.negative { -size } else { size });
        }
        None
    }
}

/// Reads list elements into `values` for as long as it can tell them and a comma comes behind; how many, and how many bytes
/// they took, commas included.
pub(crate) fn read_run(bytes: &[u8], values: &mut [f32]) -> (usize, usize) {
    let mut at = 0;
    for (count, value) in values.iter_mut().enumerate() {
        let window = bytes.get(at..).and_then(<[u8]>::first_chunk);
        let Some((read, length)) = window.and_then(read_plain).or_else(|| read_other(bytes, at)) else {
            return (count, at);
        };
        *value = read;
        at += length;
    }
    (values.len(), at)
}

/// Bytes in which a number is looked for: a space, a sign, 16 digits with a point, which make it, and up to
/// `MORE_DIGITS` that only have to be digits; and its comma.
const WINDOW: usize = 32;
const MORE_DIGITS: usize = 8;
const TEXT: usize = 17 + MORE_DIGITS;
/// With more than 16 digits, what 16 make has to be at least this: then the others change it by less than one part in 2^40,
/// which is 2^13 units in the last place of a 64-bit float.
const ENOUGH: u64 = 1 << 40;

/// What 16 digits count of which so many come before the point.
#[derive(Clone, Copy)]
struct Unit {
    size: f64,
    /// The least number they make: the first is 0 only where it stands alone before the point.
    least: u64,
}

static UNITS: [Unit; 8] = [
    Unit { size: 0.0, least: u64::MAX },
    Unit { size: 1e-15, least: 0 },
    Unit { size: 1e-14, least: POWERS[15] },
    Unit { size: 1e-13, least: POWERS[15] },
    Unit { size: 1e-12, least: POWERS[15] },
    Unit { size: 1e-11, least: POWERS[15] },
    Unit { size: 1e-10, least: POWERS[15] },
    Unit { size: 1e-9, least: POWERS[15] },
];

/// A number like `-12.345`, perhaps behind a space, with a comma behind it; also how many bytes that are.
///
/// Its digits are brought together without the point and filled up with zeros to 16. This number, its unit, and their
/// product are each off by half a unit in the last place of a 64-bit float at most.
#[inline(always)]
fn read_plain(window: &[u8; WINDOW]) -> Option<(f32, usize)> {
    // The next element waits for nothing but this: neither for the sign, nor for the point.
    let comma = comma_place(window);
    let space = usize::from(window[0] == b' ');
    let negative = window[space] == b'-';
    let start = space + usize::from(negative);
    let text: &[u8; TEXT] = window.get(start..)?.first_chunk()?;
    let count = comma.wrapping_sub(start + 1);
    let before = sixteen(text, 0).place_of(b'.');
    let unit = UNITS.get(before)?;
    let digits = sixteen(text, 0).join(sixteen(text, 1), before).number_of_digits(count)?;
    if before >= count || digits < unit.least {
        return None;
    }
    if count > 16 && (digits < ENOUGH || !more_digits(text, count - 16)) {
        return None;
    }
    let size = digits.cast_signed() as f64 * unit.size;
    let value = (size as f32).to_bits() | u32::from(negative) << 31;
    is_clear(size).then_some((f32::from_bits(value), comma + 1))
}

/// Where the first comma is; beyond the window where there is none.
#[inline(always)]
fn comma_place(window: &[u8; WINDOW]) -> usize {
    let place = sixteen(window, 0).place_of(b',');
    // Elements of one list mostly end on the same side: no guess goes wrong.
    if place < 16 { place } else { 16 + sixteen(window, 16).place_of(b',') }
}

#[inline(always)]
fn sixteen<const SIZE: usize>(text: &[u8; SIZE], at: usize) -> Sixteen {
    Sixteen::new(text.get(at..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default())
}

/// Whether so many digits follow the first 16, which take 17 bytes with the point.
#[inline(always)]
fn more_digits(text: &[u8; TEXT], count: usize) -> bool {
    count <= MORE_DIGITS && text.last_chunk().is_some_and(|more| digits::count(digits::values(more)) >= count)
}

/// Whether the 32-bit float nearest to `size` is also the nearest to numbers almost equal: whether the bits that go are not
/// almost half a unit.
#[inline(always)]
fn is_clear(size: f64) -> bool {
    const DROPPED: u64 = (1 << 29) - 1;
    const HALF: u64 = 1 << 28;
    // In units of the last place of `size`: more than any error here, and left in doubt is one random number in 2^14.
    const DOUBT: u64 = 1 << 14;
    size.to_bits().wrapping_sub(HALF - DOUBT) & DROPPED > 2 * DOUBT
}

/// Any other number at `at`, perhaps behind a space, with a comma behind it.
#[cold]
#[inline(never)]
fn read_other(bytes: &[u8], at: usize) -> Option<(f32, usize)> {
    let space = usize::from(bytes.get(at) == Some(&b' '));
    let (decimal, length) = Decimal::read(bytes.get(at + space..)?)?;
    let comma = space + length;
    let value = decimal.to_f32()?;
    (bytes.get(at + comma) == Some(&b',')).then_some((value, comma + 1))
}

/// The digits before the point. Mostly there is one: to guess so is faster than to count.
#[inline(always)]
fn read_whole(bytes: &[u8], start: usize) -> Option<(u64, usize)> {
    match bytes.get(start..)?.first_chunk()? {
        [digit @ b'0'..=b'9', b'.'] => Some((u64::from(digit - b'0'), start + 1)),
        _ => read_digits(bytes, start, 0),
    }
}

/// As [`read_digits`], where there mostly are about 8 or about 16: to guess so is faster than to count.
#[inline(always)]
fn read_fraction(bytes: &[u8], mut at: usize, mut number: u64) -> (u64, usize) {
    while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let values = digits::values(eight);
        if digits::count(values) < 8 {
            break;
        }
        number = number.wrapping_mul(POWERS[8]).wrapping_add(digits::number(values));
        at += 8;
    }
    while let Some(digit @ b'0'..=b'9') = bytes.get(at) {
        number = number.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
        at += 1;
    }
    (number, at)
}

/// Appends the digits that stand at `at` to `number`, which wraps beyond 18 digits; also where they end. Nothing where the
/// bytes end too soon for 8 to be looked at together.
#[inline(never)]
fn read_digits(bytes: &[u8], mut at: usize, mut number: u64) -> Option<(u64, usize)> {
    loop {
        let values = digits::values(bytes.get(at..)?.first_chunk()?);
        let count = digits::count(values);
        if count < 8 {
            let number =
                number.wrapping_mul(POWERS[count]).wrapping_add(digits::leading_number(values, count));
            return Some((number, at + count));
        }
        number = number.wrapping_mul(POWERS[8]).wrapping_add(digits::number(values));
        at += 8;
    }
}

/// An exponent of up to 3 digits, byte by byte: it mostly has two.
#[inline(never)]
fn read_exponent(bytes: &[u8], at: usize) -> Option<(i32, usize)> {
    let negative = bytes.get(at) == Some(&b'-');
    let start = at + usize::from(negative || bytes.get(at) == Some(&b'+'));
    let (mut power, mut end) = (0, start);
    while let Some(digit @ b'0'..=b'9') = bytes.get(end) {
        power = power * 10 + i32::from(digit - b'0');
        end += 1;
        if end > start + 3 {
            return None;
        }
    }
    let power = if negative { -power } else { power };
    (end > start).then_some((power, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(Decimal, usize)> {
        Decimal::read(format!("{text},       ").as_bytes())
    }

    #[test]
    fn what_is_read_is_the_number() {
        for text in [
            "0",
            "-0",
            "7",
            "-12.5",
            "0.1",
            "12345678",
            "123456789.25",
            "1e5",
            "-2.5E-3",
            "0.12345678901234567",
        ] {
            let (decimal, length) = read(text).unwrap();
            assert_eq!(length, text.len(), "{text}");
            if let Some(value) = decimal.to_f64() {
                assert_eq!(value.to_bits(), text.parse::<f64>().unwrap().to_bits(), "{text}");
            }
            let value = decimal.to_f32().unwrap();
            assert_eq!(value.to_bits(), text.parse::<f32>().unwrap().to_bits(), "{text}");
        }
    }

    #[test]
    fn what_is_no_plain_number_is_left_to_others() {
        for text in
            ["", "-", "01", "-00", ".5", "1.", "1.e3", "1e", "1e+", "1e12345", "+1", "12345678901234567890"]
        {
            assert!(read(text).is_none(), "{text}");
        }
        assert!(Decimal::read(b"15").is_none());
        for text in ["1e39", "1e-44", "1.00000017881393432"] {
            assert!(read(text).unwrap().0.to_f32().is_none(), "{text}");
        }
        assert!(read("12345678901234567").unwrap().0.to_f64().is_none());
    }
}
