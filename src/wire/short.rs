//! 64-bit floats of a few digits as text and back, exactly and without a branch: most numbers of tables and most probabilities
//! are such. The others are left to others.

/// How much room the text of a number takes at most.
const ROOM: usize = 16;
/// So many digits behind the point are written here, 8 before it.
const PLACES: f64 = 1e6;
const BOUND: f64 = 1e14;
/// Below so many of the last place a number is shorter with an exponent.
const TINY: u64 = 10;

/// Powers of ten, each of which is a 64-bit float.
const POWERS: [u64; 16] = [
    1,
    10,
    100,
    1000,
    10_000,
    100_000,
    1_000_000,
    10_000_000,
    100_000_000,
    1_000_000_000,
    10_000_000_000,
    100_000_000_000,
    1_000_000_000_000,
    10_000_000_000_000,
    100_000_000_000_000,
    1_000_000_000_000_000,
];
/// Each whole number up to this is a 64-bit float.
const EXACT_INTEGERS: u64 = 1 << 53;
const ZEROS: u64 = 0x3030_3030_3030_3030;

/// The shortest text that reads back as this number, and its length; nothing where it has more digits than are written here.
#[inline]
pub(crate) fn text_of(value: f64) -> Option<([u8; ROOM], usize)> {
    let size = value.abs();
    let scaled = size * PLACES;
    // Fewer than 16 digits that read back are the shortest: two such decimals are never the same float.
    let digits = scaled as u64;
    let tiny = digits.wrapping_sub(1) < TINY - 1;
    if digits as f64 != scaled || scaled >= BOUND || scaled / PLACES != size || tiny {
        return None;
    }
    let units = eight_digits(digits / PLACES as u64);
    let places = eight_digits(digits % PLACES as u64 * 100);
    // At least one digit on either side of the point.
    let skipped = (units | 1 << 56).trailing_zeros() / 8;
    let shown = 8 - (places | 1).leading_zeros() / 8;
    let before = 8 - skipped;
    let point = u128::from(b'.') | u128::from(places | ZEROS) << 8;
    let text = u128::from((units | ZEROS) >> (8 * skipped)) | point << (8 * before);
    let negative = u32::from(value.is_sign_negative());
    let sign = u128::from(b'-') * u128::from(negative);
    Some(((text << (8 * negative) | sign).to_le_bytes(), (negative + before + 1 + shown) as usize))
}

/// The digits of a number below 10^8, the first in the lowest byte: halves, quarters and eighths of it side by side.
#[inline]
fn eight_digits(number: u64) -> u64 {
    let fours = number / 10_000 | (number % 10_000) << 32;
    let hundreds = (fours * 10_486 >> 20) & 0x7f_0000_007f;
    let twos = hundreds | (fours - hundreds * 100) << 16;
    let tens = (twos * 103 >> 10) & 0x000f_000f_000f_000f;
    tens | (twos - tens * 10) << 8
}

/// The number at the start of `bytes` and its length, where it is one digit, a point, and up to 15 more digits; nothing else,
/// and nothing close to the end of the bytes.
#[inline]
pub(crate) fn read(bytes: &[u8]) -> Option<(f64, usize)> {
    let start = usize::from(bytes.first() == Some(&b'-'));
    let (head, rest) = bytes.get(start..)?.split_first_chunk()?;
    let &[unit @ b'0'..=b'9', b'.'] = head else { return None };
    let text = u128::from_le_bytes(*rest.first_chunk()?) ^ (u128::from(ZEROS) << 64 | u128::from(ZEROS));
    let places = digit_count(text);
    let after = rest.get(places)?;
    let plain = places > 0 && !matches!(after, b'e' | b'E');
    // The last digit goes to the highest byte, and zeros before the first.
    let sixteen = text.unbounded_shl(128 - 8 * places as u32);
    let fraction = value_of(sixteen as u64) * 100_000_000 + value_of((sixteen >> 64) as u64);
    let power = *POWERS.get(places)?;
    let digits = u64::from(unit - b'0') * power + fraction;
    if !plain || digits > EXACT_INTEGERS {
        return None;
    }
    // One division of exact numbers: the nearest float there is.
    let size = digits.cast_signed() as f64 / power.cast_signed() as f64;
    Some((if start == 1 { -size } else { size }, start + 2 + places))
}

/// How many of 16 bytes, each less '0', are digits before the first that is not.
#[inline]
fn digit_count(values: u128) -> usize {
    let others = |eight: u64| (eight | eight.wrapping_add(0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080;
    let both = u128::from(others(values as u64)) | u128::from(others((values >> 64) as u64)) << 64;
    both.trailing_zeros() as usize / 8
}

/// The number that 8 digits make, the first in the lowest byte: pairs, then fours, then all.
#[inline]
fn value_of(digits: u64) -> u64 {
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let low = (pairs & 0x0000_00ff_0000_00ff).wrapping_mul(0x000f_4240_0000_0064);
    let high = (pairs >> 16 & 0x0000_00ff_0000_00ff).wrapping_mul(0x0000_2710_0000_0001);
    low.wrapping_add(high) >> 32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(value: f64) -> Option<String> {
        text_of(value).map(|(bytes, length)| String::from_utf8(bytes[..length].to_vec()).unwrap())
    }

    fn assert_written(value: f64) {
        let mut printer = zmij::Buffer::new();
        let expected = printer.format_finite(value);
        assert!(written(value).is_none_or(|text| text == expected), "{expected}");
    }

    fn assert_read(text: &str) {
        let (value, length) = read(format!("{text},                  ").as_bytes()).unwrap();
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
            "99999999.999999",
            "-12345678.5",
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
        for text in
            ["0.0", "-0.0", "1.5", "-0.1234567", "0.12345678", "9.007199254740992", "0.000000000000001"]
        {
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
            "1.5E-3",
            "1.e5",
            "9.007199254740993",
            "0.1234567890123456",
        ] {
            assert!(read(format!("{text},                  ").as_bytes()).is_none(), "{text}");
        }
        assert!(read(b"0.5").is_none() && read(b"0.5,").is_none());
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
        fn what_is_read_is_the_nearest(text in "-?[0-8]\\.[0-9]{1,15}") {
            assert_read(&text);
        }
    }
}
