//! Decimal digits as the text of a number: where its point goes, which zeros are added or left out. Without a branch.

use super::digits::ZEROS;
use wide::{u16x8, u32x4};

/// How 8 digits, zeros in front included, and one digit more become text.
///
/// From byte `second` on stand all digits but the first. Over that, the first 8 bytes hold the digits that `keep` keeps in
/// place, the others moved up behind the point by `shift` bits, and zeros and the point from `template`.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    keep: u64,
    template: u64,
    /// How many bits the zeros in front take, and by how many the last digit moves up to stand behind all but the first.
    blank: u8,
    last: u8,
    shift: u8,
    second: u8,
    /// Where the text ends at least: there is a digit on either side of the point.
    least_end: u8,
}

const ZERO_TO_POINT: u64 = (b'0' ^ b'.') as u64;

impl Layout {
    /// For a number of 6 to 8 digits and one more, the last of the number standing `places` behind the point.
    pub(super) const fn new(digits: u32, places: u32) -> Layout {
        let before = digits as i32 - places as i32;
        // The first bytes of the text have no place for the one digit more.
        assert!(digits >= 7 || before <= 0);
        let (point, shift, second, keep) = if before > 0 {
            (before as u32, 8, 2, (1 << (8 * before)) - 1)
        } else {
            (1, 8 * (2 - before) as u8, (3 - before) as u8, 0)
        };
        Layout {
            keep,
            template: ZEROS ^ ZERO_TO_POINT << (8 * point),
            blank: 8 * (8 - digits) as u8,
            last: 8 * (digits - 1) as u8,
            shift,
            second,
            least_end: point as u8 + 2,
        }
    }
}

/// Writes a number of 8 digits, zeros in front included, and one more digit, without zeros at the end; returns its length. Bytes behind it may change.
#[inline(always)]
pub(super) fn put_decimal<const ROOM: usize>(
    room: &mut [u8; ROOM],
    digits: u64,
    last: u32,
    layout: &Layout,
) -> usize {
    let digits = digits >> (layout.blank & 63);
    let others = digits >> 8 | u64::from(last) << (layout.last & 63);
    let kept = digits & layout.keep;
    let start = layout.template | kept | (digits ^ kept) << (layout.shift & 63);
    store(room, usize::from(layout.second), (others | ZEROS).to_le_bytes());
    store(room, 0, start.to_le_bytes());
    let significant = 8 - others.leading_zeros() / 8;
    (u32::from(layout.second) + significant).max(u32::from(layout.least_end)) as usize
}

/// A number below 10^8 as its upper and its lower four digits, which [`eight_digits`] takes.
#[inline(always)]
pub(super) fn halves(number: u32) -> u64 {
    let number = u64::from(number);
    let high = (number * 109_951_163) >> 40;
    high | (number - high * 10_000) << 32
}

/// Makes the digits of numbers out of their halves, the first digit in the lowest byte: of fours their hundreds and what is left,
/// side by side, and of those the tens and ones. Two numbers are done at once.
#[inline(always)]
pub(super) fn eight_digits(numbers: &mut [u64]) {
    for pair in numbers.as_chunks_mut::<2>().0 {
        *pair = bytemuck::cast(pairs_of_digits(bytemuck::cast(*pair)));
    }
}

/// The same for one number.
#[inline(always)]
pub(super) fn eight_digits_of(halves: u64) -> u64 {
    let [digits, _]: [u64; 2] = bytemuck::cast(pairs_of_digits(bytemuck::cast([halves, 0])));
    digits
}

#[inline(always)]
fn pairs_of_digits(fours: u16x8) -> u16x8 {
    let hundreds: u16x8 = fours.mul_keep_high(u16x8::splat(5_243)) >> 3;
    let left = fours - hundreds * u16x8::splat(100);
    let twos: u16x8 = hundreds | bytemuck::cast::<u32x4, u16x8>(bytemuck::cast::<u16x8, u32x4>(left) << 16);
    let tens = twos.mul_keep_high(u16x8::splat(6_554));
    tens | (twos - tens * u16x8::splat(10)) << 8
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
