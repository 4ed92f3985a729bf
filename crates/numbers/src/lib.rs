//! Numbers as JSON text and back, exactly.
//!
//! Reading: a float is the one nearest to the number that is written, ties to even, as the standard library
//! reads it. Writing: the text is the shortest that reads back to the same bits, and of those the nearest to
//! the value.
//!
//! Each direction has one fast path and one slow path. A fast path takes what it has checked byte by byte and
//! can convert exactly, and leaves everything else to the slow one. The slow ones are JSON's grammar
//! (RFC 8259, section 6) with the standard library's parser, and [`zmij`].
//!
//! | direction | fast path | slow path |
//! |---|---|---|
//! | text to `f64` | up to 15 digits, or 16 below 2^53: one exact division (1) | standard library |
//! | text to `f32` | 16 digits as an `f64` near the number, if its `f32` is certain | standard library |
//! | `f64` to text | up to 8 digits after scaling by a power of ten, checked by scaling back | `zmij` |
//! | `f32` to text | from 2^-17 to 2^23 the interval of decimals in 128-bit integers (2) | `zmij` |
//!
//! 1. Digits and power of ten are exact, and the division rounds once: W. D. Clinger, How to read floating
//!    point numbers accurately, 1990.
//! 2. R. Giulietti, The Schubfach way to render doubles, 2020.
//!
//! Memory that runs out is an error, [`OutOfMemory`].

#![forbid(unsafe_code)]
#![warn(missing_docs)]

#[cfg(test)]
mod differential;
#[cfg(any(test, feature = "generate"))]
#[doc(hidden)]
pub mod generate;
mod lanes;
mod powers;
mod read;
mod write;

pub use read::{ListError, ListErrorKind, number_text, read_f32, read_f32_list, read_f64, read_f64_before};
pub use write::{BLOCK, ByteTexts, I8_TEXTS, ListWriter, Number, U8_TEXTS, WIDEST_F64, write_f64};

use std::fmt;

/// There is no memory for so many bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory(pub usize);

impl fmt::Display for OutOfMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no memory for {} more bytes", self.0)
    }
}

impl std::error::Error for OutOfMemory {}

/// Makes room for `more` elements.
#[inline]
fn reserve<T>(values: &mut Vec<T>, more: usize) -> Result<(), OutOfMemory> {
    values.try_reserve(more).map_err(|_| OutOfMemory(more.saturating_mul(size_of::<T>())))
}
