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

/// For each count up to sixteen, all ones in so many bytes and zeros in the rest.
static FIRST_BYTES: [u8x16; 17] = {
    let mut masks = [u8x16::ZERO; 17];
    let mut count = 1;
    while count < masks.len() {
        let mut bytes = [0; 16];
        let mut at = 0;
        while at < count {
            bytes[at] = 0xff;
            at += 1;
        }
        masks[count] = u8x16::new(bytes);
        count += 1;
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

    /// Where a byte first stands; 16 or more where it does not.
    #[inline(always)]
    pub(super) fn place_of(self, byte: u8) -> usize {
        self.places_of(byte).trailing_zeros() as usize
    }

    /// Where one of two bytes first stands; 16 or more where neither does.
    #[inline(always)]
    pub(super) fn place_of_either(self, one: u8, other: u8) -> usize {
        let found = self.0.simd_eq(u8x16::splat(one)) | self.0.simd_eq(u8x16::splat(other));
        found.to_bitmask().trailing_zeros() as usize
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
        Sixteen(first_bytes(count).bitselect(self.0, rest.0))
    }

    /// The number that the first `count` bytes, which are digits, and zeros behind them make: the nearest float.
    #[inline(always)]
    pub(super) fn float(self, count: usize) -> f64 {
        float(self.digits() & first_bytes(count), TENS)
    }

    /// The same as a whole number, where they may not be digits; nothing then.
    #[inline(always)]
    pub(super) fn number_of_digits(self, count: usize) -> Option<u64> {
        let digits = self.digits() & first_bytes(count);
        (marks_of_others(digits) == 0).then(|| number(digits))
    }

    /// Each byte less '0', and zero where the mask is.
    #[inline(always)]
    pub(super) fn digits_in(self, mask: Sixteen) -> Sixteen {
        Sixteen(self.digits() & mask.0)
    }

    /// The numbers that the first eight of each digits and the last eight make, times their weights, added. Nothing where some
    /// are no digits.
    #[inline(always)]
    pub(super) fn weigh(digits: [Sixteen; 2], weights: [[f64; 2]; 2]) -> Option<[f64; 2]> {
        let all = digits[0].0.max(digits[1].0);
        let fours = digits.map(|digits| fours(digits.0, TENS));
        let [one, other]: [u64; 2] = bytemuck::cast(eights(fours));
        let weighed = [(one, weights[0]), (other, weights[1])].map(|(eights, weights)| {
            f64x2::from_i32x4_lower2(bytemuck::cast([eights, eights])) * f64x2::new(weights)
        });
        let [first, last] = f64x2::transpose(weighed);
        (marks_of_others(all) == 0).then_some((first + last).to_array())
    }

    /// Where the first two bytes are that are no digits; 16 for one that is not there.
    #[inline(always)]
    pub(super) fn first_two_others(self) -> (usize, usize) {
        let others = marks_of_others(self.digits()) | 0b11 << 16;
        let (first, second) = (others.trailing_zeros(), (others & (others - 1)).trailing_zeros());
        (first as usize, second.min(16) as usize)
    }

    /// Where the digits end that stand around the second byte, which is none and is passed over; and the number that they and
    /// zeros behind them, 15 in all, make.
    #[inline(always)]
    pub(super) fn float_around_second(self) -> (usize, f64) {
        let digits = self.digits();
        // Takes away the second byte's mark, or sets it where that is a digit after all.
        let end = (marks_of_others(digits) ^ (1 << 16 | 0b10)).trailing_zeros() as usize;
        (end, float(digits & first_bytes(end), ONE_THEN_TENS))
    }

    /// Each byte less '0'.
    #[inline(always)]
    fn digits(self) -> u8x16 {
        self.0 - u8x16::splat(b'0')
    }
}

/// A bit for each byte that is no digit's value.
#[inline(always)]
fn marks_of_others(digits: u8x16) -> u32 {
    // What is above 9 reaches the high bit.
    digits.saturating_add(u8x16::splat(0x76)).to_bitmask()
}

/// All ones in the first `count` of sixteen bytes.
#[inline(always)]
fn first_bytes(count: usize) -> u8x16 {
    FIRST_BYTES[count.min(16)]
}

/// The number that all digits make.
#[inline(always)]
fn number(digits: u8x16) -> u64 {
    let fours = fours(digits, TENS);
    let [eights, _]: [u64; 2] = bytemuck::cast(eights([fours, fours]));
    (eights & 0xffff_ffff) * 100_000_000 + (eights >> 32)
}

/// The same as a float, which has to hold it.
#[inline(always)]
fn float(digits: u8x16, pairs: [i16; 8]) -> f64 {
    let fours = fours(digits, pairs);
    let eights = f64x2::from_i32x4_lower2(eights([fours, fours])) * f64x2::new([1e8, 1.0]);
    let [first, last] = eights.to_array();
    first + last
}

/// What leaves of two digits, the first in the low byte, the number they make in the high byte.
const TENS: [i16; 8] = [PAIR; 8];
const PAIR: i16 = (10 << 8) + 1;
/// The same, but of the first two bytes the first alone, whatever the second is.
const ONE_THEN_TENS: [i16; 8] = [1 << 8, PAIR, PAIR, PAIR, PAIR, PAIR, PAIR, PAIR];

/// The numbers of pairs of digits, which the factors make, and of those the numbers of fours.
#[inline(always)]
fn fours(digits: u8x16, pairs: [i16; 8]) -> i32x4 {
    let digits: i16x8 = bytemuck::cast(digits);
    let pairs: i16x8 = (digits * i16x8::new(pairs)) >> 8;
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
    fn bytes_are_found_and_joined() {
        let text = Sixteen::new(*b"-12.345,6.789,01");
        assert_eq!((text.place_of(b'-'), text.place_of(b'.'), text.place_of(b'1')), (0, 3, 1));
        assert!(text.place_of(b'x') >= 16 && text.place_of_either(b'x', b'y') >= 16);
        assert_eq!((text.place_of_either(b'x', b','), text.place_of_either(b'.', b'x')), (7, 3));
        let (text, behind) = (Sixteen::new(*b"12.3456789012345"), Sixteen::new(*b"2.34567890123456"));
        assert_eq!(text.join(behind, 2).float(16), 1_234_567_890_123_456.0);
        assert_eq!(text.join(behind, 0).float(1), 2_000_000_000_000_000.0);
        assert_eq!(Sixteen::new(*b"9999999999999999").float(15), 9_999_999_999_999_990.0);
    }

    #[test]
    fn digits_around_the_second_byte_make_a_number() {
        let read = |text: &[u8; 16]| Sixteen::new(*text).float_around_second();
        assert_eq!(read(b"0.12,..........."), (4, 12_000_000_000_000.0));
        assert_eq!(read(b"9.99999999999999"), (16, 999_999_999_999_999.0));
        assert_eq!(read(b"7\xff,............."), (2, 700_000_000_000_000.0));
        assert_eq!((read(b"..1.............").0, read(b"12.4............").0), (0, 1));
    }

    #[test]
    fn only_digits_make_a_number() {
        assert_eq!(Sixteen::new(*b"1234567890123456").number_of_digits(16), Some(1_234_567_890_123_456));
        assert_eq!(Sixteen::new(*b"9999999999999999").number_of_digits(99), Some(9_999_999_999_999_999));
        assert_eq!(Sixteen::new(*b"42,-. e\xff\0:/AZaz~").number_of_digits(2), Some(4_200_000_000_000_000));
        for byte in (0..=255u8).filter(|byte| !byte.is_ascii_digit()) {
            for place in 0..16 {
                let mut bytes = [b'7'; 16];
                bytes[place] = byte;
                assert_eq!(Sixteen::new(bytes).number_of_digits(16), None, "{byte} at {place}");
                assert!(Sixteen::new(bytes).number_of_digits(place).is_some());
            }
        }
    }
}
