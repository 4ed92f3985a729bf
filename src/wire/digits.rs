//! Decimal digits, eight at a time in a register, the first in the lowest byte; and powers of ten.

/// Powers of ten that a 64-bit float holds exactly.
pub(super) const EXACT_POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];
/// Whole numbers up to this are 64-bit floats, each of them.
pub(super) const EXACT_INTEGERS: u64 = 1 << 53;
/// Powers of ten as whole numbers.
pub(super) const POWERS: [u64; 17] = powers();
/// Eight times the text `0`.
pub(super) const ZEROS: u64 = 0x3030_3030_3030_3030;

const fn powers() -> [u64; 17] {
    let mut powers = [1; 17];
    let mut at = 1;
    while at < powers.len() {
        powers[at] = 10 * powers[at - 1];
        at += 1;
    }
    powers
}

/// Each byte of text less '0': the value of a digit.
#[inline(always)]
pub(super) fn values(text: &[u8; 8]) -> u64 {
    u64::from_le_bytes(*text) ^ ZEROS
}

/// How many of 8 values come before the first that is no digit's.
#[inline(always)]
pub(super) fn count(values: u64) -> usize {
    // The high bit of each byte that is no digit's value, reliable up to the first such byte.
    let others = (values | values.wrapping_add(0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080;
    others.trailing_zeros() as usize / 8
}

/// The number that 8 digits make: pairs, then fours, then all.
#[inline(always)]
pub(super) fn number(digits: u64) -> u64 {
    let pairs = (digits.wrapping_mul((10 << 8) + 1) >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul((100 << 16) + 1) >> 16) & 0x0000_ffff_0000_ffff;
    fours.wrapping_mul((10_000 << 32) + 1) >> 32
}

/// The number that the first digits of 8 values make.
#[inline(always)]
pub(super) fn leading_number(values: u64, count: usize) -> u64 {
    number(values.unbounded_shl(64 - 8 * count as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_counted_and_read() {
        for (text, digits, expected) in [
            (b"12345678", 8, 12_345_678),
            (b"1234.678", 4, 1234),
            (b"0,------", 1, 0),
            (b"\xff1234567", 0, 0),
        ] {
            let found = values(text);
            assert_eq!(count(found), digits);
            assert_eq!(leading_number(found, digits), expected);
        }
        assert_eq!(POWERS[16], 10_000_000_000_000_000);
    }
}
