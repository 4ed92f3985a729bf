//! Sixteen bytes of text as the lanes of one SIMD register: where a byte is, which are digits, and the number
//! that they make.

use wide::{f64x2, i16x8, i32x4, i32x8, u8x16};

/// Bytes16 bytes of text.
#[derive(Clone, Copy)]
pub(crate) struct Bytes16(u8x16);

/// By sign and count: all ones in the first `count` of sixteen bytes but the first `sign`, zeros in the
/// others.
static MASKS: [[u8x16; 32]; 2] = {
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

impl Bytes16 {
    #[inline(always)]
    pub(crate) fn new(bytes: [u8; 16]) -> Bytes16 {
        Bytes16(u8x16::new(bytes))
    }

    /// A bit for each place where a byte is.
    #[inline(always)]
    pub(crate) fn places_of(self, byte: u8) -> u32 {
        self.0.simd_eq(u8x16::splat(byte)).to_bitmask()
    }

    /// The first `count` bytes of these, and the others of `rest`.
    #[inline(always)]
    pub(crate) fn join(self, rest: Bytes16, count: usize) -> Bytes16 {
        Bytes16(MASKS[0][count % 32].bitselect(self.0, rest.0))
    }

    /// The first place where a byte is; 16 or more if it is not there.
    #[inline(always)]
    pub(crate) fn place_of(self, byte: u8) -> usize {
        self.places_of(byte).trailing_zeros() as usize
    }

    /// The digits among the first `count` bytes, at most all, without the first `sign` of them.
    #[inline(always)]
    pub(crate) fn digits(self, sign: usize, count: usize) -> Digits16 {
        Digits16((self.0 - u8x16::splat(b'0')) & MASKS[sign % 2][count % 32])
    }
}

/// Bytes16 bytes less '0'.
#[derive(Clone, Copy)]
pub(crate) struct Digits16(u8x16);

impl Digits16 {
    /// Whether all are digits.
    #[inline(always)]
    pub(crate) fn are_digits(self) -> bool {
        // What is above 9 reaches the high bit.
        self.0.saturating_add(u8x16::splat(0x76)).to_bitmask() == 0
    }

    /// The same of two.
    #[inline(always)]
    pub(crate) fn are_all_digits([one, other]: [Digits16; 2]) -> bool {
        Digits16(one.0.max(other.0)).are_digits()
    }

    /// The number that they make, if they are digits: the nearest float.
    #[inline(always)]
    pub(crate) fn number(self) -> f64 {
        let fours = fours(self.0);
        let eights = f64x2::from_i32x4_lower2(eights([fours, fours])) * f64x2::new([1e8, 1.0]);
        let [first, last] = eights.to_array();
        first + last
    }

    /// The same of two.
    #[inline(always)]
    pub(crate) fn numbers(digits: [Digits16; 2]) -> f64x2 {
        let [one, other]: [u64; 2] = bytemuck::cast(eights(digits.map(|digits| fours(digits.0))));
        let eights = [one, other].map(|eights| f64x2::from_i32x4_lower2(bytemuck::cast([eights, eights])));
        let [first, last] = f64x2::transpose(eights);
        first * f64x2::splat(1e8) + last
    }
}

/// The numbers that four digits make each.
#[inline(always)]
fn fours(digits: u8x16) -> i32x4 {
    // Multiplied by this, two digits leave the number they make in the high byte. The first of them is in the
    // low byte, on a big-endian machine in the high one.
    const PAIR: i16 = if cfg!(target_endian = "big") { (1 << 8) + 10 } else { (10 << 8) + 1 };
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
        let (start, next) = (Bytes16::new(*b"-2.3456789012345"), Bytes16::new(*b"2.34567890123456"));
        assert_eq!(start.place_of(b'.'), 2);
        assert!(start.place_of(b',') >= 16);
        let digits = start.join(next, 2).digits(1, 16);
        assert!(digits.are_digits());
        assert_eq!(digits.number(), 234_567_890_123_456.0);
        assert_eq!(start.join(next, 2).digits(1, 4).number(), 234_000_000_000_000.0);
        assert_eq!(Bytes16::new(*b"9999999999999999").digits(0, 15).number(), 9_999_999_999_999_990.0);
    }

    #[test]
    fn every_byte_is_a_digit_or_not() {
        for byte in 0..=255u8 {
            for place in 0..16 {
                let mut bytes = [b'7'; 16];
                bytes[place] = byte;
                for count in 0..32 {
                    let good = byte.is_ascii_digit() || place >= count;
                    assert_eq!(Bytes16::new(bytes).digits(0, count).are_digits(), good, "{byte} at {place}");
                    assert_eq!(Bytes16::new(bytes).digits(1, count).are_digits(), good || place == 0);
                }
            }
        }
    }
}
