//! Sixteen bytes of text looked at together: where a byte is, which are digits, and what number those make.

use crate::error::{Result, reserve};
use crate::memory::push;
use wide::{f64x2, i16x8, i32x4, i32x8, u8x16};

/// The places behind each occurrence of a byte, of which there are probably so many.
pub(crate) fn places_behind(byte: u8, text: &[u8], count: usize) -> Result<Vec<usize>> {
    let mut places = Vec::new();
    reserve(&mut places, count.min(text.len()))?;
    let (blocks, rest) = text.as_chunks();
    for (index, block) in blocks.iter().enumerate() {
        let mut found = Sixteen::new(*block).places_of(byte);
        while found != 0 {
            push(&mut places, 16 * index + found.trailing_zeros() as usize + 1)?;
            found &= found - 1;
        }
    }
    let start = text.len() - rest.len();
    let last = rest.iter().zip(start + 1..).filter(|(there, _)| **there == byte);
    last.map(|(_, behind)| behind).try_for_each(|behind| push(&mut places, behind))?;
    Ok(places)
}

#[derive(Clone, Copy)]
pub(super) struct Sixteen(u8x16);

/// By the sign and by a count below 32, all ones in so many of sixteen bytes, but for the sign, and zeros in the rest.
static BYTES: [[u8x16; 32]; 2] = {
    let mut masks = [[u8x16::ZERO; 32]; 2];
    let mut at = 0;
    while at < 2 * 32 {
        let (sign, count) = (at / 32, at % 32);
        let mut bytes = [0; 16];
        let mut place = sign;
        while place < count && place < 16 {
            bytes[place] = 0xff;
            place += 1;
        }
        masks[sign][count] = u8x16::new(bytes);
        at += 1;
    }
    masks
};

impl Sixteen {
    #[inline(always)]
    pub(super) fn new(bytes: [u8; 16]) -> Sixteen {
        Sixteen(u8x16::new(bytes))
    }

    /// A bit for each place where a byte stands.
    #[inline(always)]
    pub(super) fn places_of(self, byte: u8) -> u32 {
        self.0.simd_eq(u8x16::splat(byte)).to_bitmask()
    }

    /// A bit for each byte that JSON escapes: control characters, quotes and backslashes.
    #[inline(always)]
    pub(super) fn escaped(self) -> u32 {
        let marks = self.0.simd_eq(u8x16::splat(b'"')) | self.0.simd_eq(u8x16::splat(b'\\'));
        let controls = self.0.min(u8x16::splat(0x1f)).simd_eq(self.0);
        (marks | controls).to_bitmask()
    }

    /// The first `count` bytes of these, and the others of `rest`.
    #[inline(always)]
    pub(super) fn join(self, rest: Sixteen, count: usize) -> Sixteen {
        Sixteen(BYTES[0][count % 32].bitselect(self.0, rest.0))
    }

    /// Where a byte first stands; 16 or more if it does not.
    #[inline(always)]
    pub(super) fn place_of(self, byte: u8) -> usize {
        self.places_of(byte).trailing_zeros() as usize
    }

    /// The digits among the first `count` bytes, at most all, without the first `sign` of them.
    #[inline(always)]
    pub(super) fn digits(self, sign: usize, count: usize) -> Digits {
        Digits((self.0 - u8x16::splat(b'0')) & BYTES[sign % 2][count % 32])
    }
}

/// Sixteen bytes less '0'.
#[derive(Clone, Copy)]
pub(super) struct Digits(u8x16);

impl Digits {
    /// Whether all are digits.
    #[inline(always)]
    pub(super) fn are_digits(self) -> bool {
        // What is above 9 reaches the high bit.
        self.0.saturating_add(u8x16::splat(0x76)).to_bitmask() == 0
    }

    /// The same of two.
    #[inline(always)]
    pub(super) fn are_all_digits([one, other]: [Digits; 2]) -> bool {
        Digits(one.0.max(other.0)).are_digits()
    }

    /// The number that they make, if they are digits: the nearest float.
    #[inline(always)]
    pub(super) fn number(self) -> f64 {
        let fours = fours(self.0);
        let eights = f64x2::from_i32x4_lower2(eights([fours, fours])) * f64x2::new([1e8, 1.0]);
        let [first, last] = eights.to_array();
        first + last
    }

    /// The same of two.
    #[inline(always)]
    pub(super) fn numbers(digits: [Digits; 2]) -> f64x2 {
        let [one, other]: [u64; 2] = bytemuck::cast(eights(digits.map(|digits| fours(digits.0))));
        let eights = [one, other].map(|eights| f64x2::from_i32x4_lower2(bytemuck::cast([eights, eights])));
        let [first, last] = f64x2::transpose(eights);
        first * f64x2::splat(1e8) + last
    }
}

/// The numbers that four digits make each.
#[inline(always)]
fn fours(digits: u8x16) -> i32x4 {
    // Multiplied by this, two digits, the first in the low byte, leave the number they make in the high byte.
    const PAIR: i16 = (10 << 8) + 1;
    let digits: i16x8 = bytemuck::cast(digits);
    let pairs: i16x8 = (digits * i16x8::splat(PAIR)) >> 8;
    pairs.dot(i16x8::new([100, 1, 100, 1, 100, 1, 100, 1]))
}

/// The numbers of eight digits that fours make.
#[inline(always)]
fn eights(fours: [i32x4; 2]) -> i32x4 {
    let fours = i16x8::from_i32x8_saturate(bytemuck::cast::<_, i32x8>(fours));
    fours.dot(i16x8::new([10_000, 1, 10_000, 1, 10_000, 1, 10_000, 1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_joined_around_a_point() {
        let (start, next) = (Sixteen::new(*b"-2.3456789012345"), Sixteen::new(*b"2.34567890123456"));
        assert_eq!(start.place_of(b'.'), 2);
        assert!(start.place_of(b',') >= 16);
        let digits = start.join(next, 2).digits(1, 16);
        assert!(digits.are_digits());
        assert_eq!(digits.number(), 234_567_890_123_456.0);
        assert_eq!(start.join(next, 2).digits(1, 4).number(), 234_000_000_000_000.0);
        assert_eq!(Sixteen::new(*b"9999999999999999").digits(0, 15).number(), 9_999_999_999_999_990.0);
    }

    #[test]
    fn every_byte_is_a_digit_or_not() {
        for byte in 0..=255u8 {
            for place in 0..16 {
                let mut bytes = [b'7'; 16];
                bytes[place] = byte;
                for count in 0..32 {
                    let good = byte.is_ascii_digit() || place >= count;
                    assert_eq!(Sixteen::new(bytes).digits(0, count).are_digits(), good, "{byte} at {place}");
                    assert_eq!(Sixteen::new(bytes).digits(1, count).are_digits(), good || place == 0);
                }
            }
        }
    }
}
