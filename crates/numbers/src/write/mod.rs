//! Numbers as JSON text.

mod fixed_point;
mod layout;
mod list;

use fixed_point::FixedPoint;
pub use layout::WIDEST_F64;
use layout::eight_digits_of_four;
pub use list::{ByteTexts, I8_TEXTS, ListWriter, U8_TEXTS};

/// Writes the shortest text that reads back as this finite number; returns its length. Bytes after it may
/// change.
#[inline(always)]
pub fn write_f64(room: &mut [u8; WIDEST_F64], value: f64) -> usize {
    fixed_point::write(room, value).unwrap_or_else(|| write_slow(room, value))
}

#[inline(never)]
fn write_slow(room: &mut [u8; WIDEST_F64], value: f64) -> usize {
    let mut printer = zmij::Buffer::new();
    let text = printer.format_finite(value).as_bytes();
    if let Some(place) = room.get_mut(..text.len()) {
        place.copy_from_slice(text);
    }
    text.len()
}

/// A number whose digits are found before its text is written.
#[derive(Clone, Copy, Default)]
pub struct Number {
    value: f64,
    fixed: FixedPoint,
    digits: u64,
}

/// The numbers of a block: each step is taken for all of them before the next, so that none waits for
/// another.
pub const BLOCK: usize = 16;

impl Number {
    /// Finds the digits of these values. In place: a returned block would be copied.
    #[inline(always)]
    pub fn set_block(block: &mut [Number; BLOCK], values: &[f64; BLOCK]) {
        for (number, value) in block.iter_mut().zip(values) {
            (number.value, number.fixed) = (*value, FixedPoint::of(*value));
        }
        for four in block.as_chunks_mut::<4>().0 {
            let digits = eight_digits_of_four(four.map(|number| number.fixed.whole));
            four.iter_mut().zip(digits).for_each(|(number, digits)| number.digits = digits);
        }
    }

    /// Its value.
    #[inline(always)]
    pub fn value(&self) -> f64 {
        self.value
    }

    /// Writes it as [`write_f64`] does. It has to be finite.
    #[inline(always)]
    pub fn write(&self, room: &mut [u8; WIDEST_F64]) -> usize {
        self.fixed.write(self.digits, room, self.value).unwrap_or_else(|| write_slow(room, self.value))
    }
}
