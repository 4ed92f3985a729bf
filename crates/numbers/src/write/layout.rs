//! Decimal digits as the text of a number: the point is put in, zeros are added or left out. Without a
//! branch.

use std::num::NonZeroU64;
use wide::{i16x8, u16x8, u32x4};

/// The widest text of a 64-bit float.
pub const WIDEST_F64: usize = 24;

/// How 8 digits, leading zeros included, and one digit more become text.
///
/// Two stores make the text. The first puts all digits but the first one from byte `second` on. The second
/// puts 8 bytes at the start: the digits that `keep` keeps in place, the others shifted after the point by
/// `shift` bits, and zeros and the point from `template`.
#[derive(Clone, Copy)]
pub(super) struct DecimalLayout {
    keep: u64,
    template: u64,
    /// How many bits the leading zeros take, and by how many the last digit is shifted to be after all but
    /// the first.
    blank: u8,
    last: u8,
    shift: u8,
    second: u8,
    /// A bit in the last digit that is written even if it is 0: there is a digit on either side of the point.
    /// If that is the first digit, the bit is below all others. It is one bit up.
    least: NonZeroU64,
    /// Added to the place of the highest bit that is not 0, from `second` on and one up: the end of the text,
    /// in bits.
    end: u32,
}

/// Eight times the text `0`.
const ZEROS: u64 = 0x3030_3030_3030_3030;
const ZERO_TO_POINT: u64 = (b'0' ^ b'.') as u64;

impl DecimalLayout {
    /// For a number of 6 to 8 digits and one more, the last of the number at `places` after the point.
    pub(super) const fn new(digits: u32, places: u32) -> DecimalLayout {
        let before = digits as i32 - places as i32;
        // The first bytes of the text have no place for the one digit more.
        assert!(digits >= 7 || before <= 0);
        let (point, shift, second, keep, least) = if before > 0 {
            (before as u32, 8, 2, (1 << (8 * before)) - 1, 2 << (8 * (before - 1)))
        } else {
            (1, 8 * (2 - before) as u8, (3 - before) as u8, 0, 1)
        };
        DecimalLayout {
            keep,
            template: ZEROS ^ ZERO_TO_POINT << (8 * point),
            blank: 8 * (8 - digits) as u8,
            last: 8 * (digits - 1) as u8,
            shift,
            second,
            least: match NonZeroU64::new(least) {
                Some(least) => least,
                None => NonZeroU64::MIN,
            },
            // Up to the next whole byte.
            end: 8 * second as u32 + 7,
        }
    }
}

/// Writes a number of 8 digits, leading zeros included, and one more digit, without zeros at the end; returns
/// its length. Bytes after it may change.
#[inline(always)]
pub(super) fn put_decimal<const ROOM: usize>(
    room: &mut [u8; ROOM],
    digits: u64,
    last: u32,
    layout: &DecimalLayout,
) -> usize {
    let digits = digits >> (layout.blank & 63);
    let others = digits >> 8 | u64::from(last) << (layout.last & 63);
    let kept = digits & layout.keep;
    let start = layout.template | kept | (digits ^ kept) << (layout.shift & 63);
    store(room, usize::from(layout.second), (others | ZEROS).to_le_bytes());
    store(room, 0, start.to_le_bytes());
    let highest = 63 - (layout.least | others << 1).leading_zeros();
    ((highest + layout.end) / 8) as usize
}

/// The digits of a number below 10^8, the first in the lowest byte: halves, quarters and eighths of it side
/// by side. Each step puts `high | (number - high * SIZE) << BITS` as
/// `(number << BITS) - high * ((SIZE << BITS) - 1)`.
#[inline(always)]
pub(super) fn eight_digits(number: u32) -> u64 {
    const FOURS: u64 = (10_000 << 32) - 1;
    const TWOS: u64 = (100 << 16) - 1;
    const ONES: u64 = (10 << 8) - 1;
    let number = u64::from(number);
    let high = (number * 109_951_163) >> 40;
    let fours = (number << 32).wrapping_sub(high.wrapping_mul(FOURS));
    let hundreds = ((fours * 10_486) >> 20) & 0x7f_0000_007f;
    let twos = (fours << 16).wrapping_sub(hundreds.wrapping_mul(TWOS));
    let tens = ((twos * 103) >> 10) & 0x000f_000f_000f_000f;
    (twos << 8).wrapping_sub(tens.wrapping_mul(ONES))
}

/// The digits of four numbers, each as `eight_digits` has them and in its steps, but all four at once.
#[inline(always)]
pub(super) fn eight_digits_of_four(numbers: [u32; 4]) -> [u64; 4] {
    let numbers = u32x4::new(numbers);
    let high = numbers.mul_keep_high(u32x4::splat(109_951_163)) >> 8;
    let high_share: u32x4 = bytemuck::cast(bytemuck::cast::<_, i16x8>(high).dot(i16x8::splat(10_000)));
    let fours: u16x8 = bytemuck::cast(high | (numbers - high_share) << 16);
    let hundreds = fours.mul_keep_high(u16x8::splat(5243)) >> 3;
    let ones: u32x4 = bytemuck::cast(fours - hundreds * u16x8::splat(100));
    let hundreds: u32x4 = bytemuck::cast(hundreds);
    let first = digits_of_pairs(hundreds & u32x4::splat(0xffff) | ones << 16);
    let others = digits_of_pairs(hundreds >> 16 | ones & u32x4::splat(0xffff_0000));
    let [low, high] = if cfg!(target_endian = "big") { [others, first] } else { [first, others] };
    bytemuck::cast([low.unpack_lo(high), low.unpack_hi(high)])
}

/// The digits of eight numbers below 100.
#[inline(always)]
fn digits_of_pairs(pairs: u32x4) -> u32x4 {
    let pairs: u16x8 = bytemuck::cast(pairs);
    let tens = pairs.mul_keep_high(u16x8::splat(6554));
    bytemuck::cast((pairs << 8) - tens * u16x8::splat((10 << 8) - 1))
}

#[inline(always)]
pub(super) fn store<const ROOM: usize, const SIZE: usize>(
    room: &mut [u8; ROOM],
    at: usize,
    bytes: [u8; SIZE],
) {
    if let Some(place) = room.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
        *place = bytes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_numbers_have_the_digits_of_each() {
        for number in (0..100_000_000).step_by(9_973) {
            let numbers = [number, 99_999_999 - number, number % 10_000, number / 10_000 * 10_000];
            assert_eq!(eight_digits_of_four(numbers), numbers.map(eight_digits), "{number}");
            assert_eq!(eight_digits(number).to_be_bytes(), digits(number), "{number}");
        }
    }

    fn digits(number: u32) -> [u8; 8] {
        std::array::from_fn(|place| (number / 10u32.pow(place as u32) % 10) as u8)
    }
}
