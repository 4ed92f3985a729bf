//! JSON numbers read 8 digits at a time. What cannot be told exactly this way is left to the standard library.

/// A number's digits as one whole number: `digits * 10^exponent`.
pub(crate) struct Decimal {
    negative: bool,
    digits: u64,
    exponent: i32,
}

/// Powers of ten that a 64-bit float holds exactly.
const EXACT_POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];
const EXACT_INTEGERS: u64 = 1 << 53;
/// So many always fit a signed 64-bit integer, which becomes a float faster than an unsigned one.
const MOST_DIGITS: usize = 18;

impl Decimal {
    /// Reads the number at the start of `bytes`, in JSON's grammar, and how long it is; nothing where it is malformed, has
    /// more than 18 digits, or comes too near the end of the bytes to be told.
    #[inline]
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
            (digits, end) = read_digits(bytes, point, digits)?;
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
        const DROPPED: u64 = (1 << 29) - 1;
        const HALF: u64 = 1 << 28;
        // Rounding the digits and rounding the quotient is off by less than this many units in the last place.
        const DOUBT: u64 = 4;
        let power = *EXACT_POWERS.get(self.exponent.unsigned_abs() as usize)?;
        let digits = self.digits.cast_signed() as f64;
        let size = if self.exponent < 0 { digits / power } else { digits * power };
        let normal = size >= f64::from(f32::MIN_POSITIVE) && size < f64::from(f32::MAX);
        let near_tie = (size.to_bits() & DROPPED).abs_diff(HALF) <= DOUBT;
        if (normal && !near_tie) || self.digits == 0 {
            let size = size as f32;
            return Some(if self.negative { -size } else { size });
        }
        None
    }
}

/// The digits before the point. Mostly there is one: to guess so is faster than to count.
#[inline]
fn read_whole(bytes: &[u8], start: usize) -> Option<(u64, usize)> {
    match bytes.get(start..)?.first_chunk()? {
        [digit @ b'0'..=b'9', b'.'] => Some((u64::from(digit - b'0'), start + 1)),
        _ => read_digits(bytes, start, 0),
    }
}

/// Appends the digits that stand at `at` to `number`, which wraps beyond 18 digits; also where they end. Nothing where the
/// bytes end too soon for 8 to be looked at together.
#[inline]
fn read_digits(bytes: &[u8], mut at: usize, mut number: u64) -> Option<(u64, usize)> {
    const POWERS: [u64; 8] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000];
    loop {
        let eight = u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?);
        let values = eight ^ 0x3030_3030_3030_3030;
        // The high bit of each byte that is no digit, reliable up to the first such byte.
        let others = (values | values.wrapping_add(0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080;
        if others != 0 {
            let count = others.trailing_zeros() / 8;
            // The digits move up, as if there were zeros before them.
            let values = values.unbounded_shl(64 - 8 * count);
            let number = number.wrapping_mul(POWERS[count as usize]).wrapping_add(eight_digits_value(values));
            return Some((number, at + count as usize));
        }
        number = number.wrapping_mul(100_000_000).wrapping_add(eight_digits_value(values));
        at += 8;
    }
}

/// The number that 8 digits make, the first in the lowest byte: pairs, then fours, then all.
#[inline]
fn eight_digits_value(digits: u64) -> u64 {
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let low = (pairs & 0x0000_00ff_0000_00ff).wrapping_mul(0x000f_4240_0000_0064);
    let high = (pairs >> 16 & 0x0000_00ff_0000_00ff).wrapping_mul(0x0000_2710_0000_0001);
    low.wrapping_add(high) >> 32
}

/// An exponent of up to 3 digits, byte by byte: it mostly has two.
#[inline]
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
        assert!(Decimal::read(b"1.5").is_none());
        for text in ["1e39", "1e-44", "1.00000017881393432"] {
            assert!(read(text).unwrap().0.to_f32().is_none(), "{text}");
        }
        assert!(read("12345678901234567").unwrap().0.to_f64().is_none());
    }
}
