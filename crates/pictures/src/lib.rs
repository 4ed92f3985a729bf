//! Image files: a JPEG reader that refuses incomplete files, and writers of JPEG and PNG. JPEG, PNG and WebP
//! files are also split into parts without being decoded, to read their metadata and leave it out.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod jpeg;
mod parts;
pub mod png;
pub mod webp;

pub use parts::Essence;

use std::borrow::Cow;
use std::fmt;
use std::io;

/// Why a file is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// It ends before its image does.
    Cut,
    /// Something in it is invalid.
    Damaged(&'static str),
    /// It is valid, but of a kind that is not read.
    Unsupported(&'static str),
    /// There is no memory for so many bytes.
    Memory(usize),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Cut => f.write_str("the file is cut off: it ends before its image does"),
            Error::Damaged(what) => write!(f, "the file is damaged: {what}"),
            Error::Unsupported(what) => f.write_str(what),
            Error::Memory(bytes) => write!(f, "no memory for {bytes} more bytes"),
        }
    }
}

impl std::error::Error for Error {}

impl From<Error> for io::Error {
    fn from(error: Error) -> io::Error {
        let kind = match error {
            Error::Memory(_) => io::ErrorKind::OutOfMemory,
            _ => io::ErrorKind::InvalidData,
        };
        io::Error::new(kind, error)
    }
}

/// The size of an image and the channels of its pixels: 1 grey, 3 RGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Samples in a pixel.
    pub channels: u8,
}

/// 8-bit samples: rows from the top without gaps, grey or interleaved RGB.
pub struct Samples<'a> {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Whether a pixel is RGB.
    pub is_rgb: bool,
    /// The samples of all pixels.
    pub bytes: Cow<'a, [u8]>,
}

impl Samples<'_> {
    fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.bytes.chunks_exact(self.row_bytes()).take(self.height as usize)
    }

    fn row_bytes(&self) -> usize {
        self.width as usize * if self.is_rgb { 3 } else { 1 }
    }
}

/// Makes room for `more` elements.
fn reserve<T>(values: &mut Vec<T>, more: usize) -> Result<(), Error> {
    values.try_reserve(more).map_err(|_| Error::Memory(more.saturating_mul(size_of::<T>())))
}

/// A vector of so many times this value.
fn filled<T: Copy>(count: usize, value: T) -> Result<Vec<T>, Error> {
    let mut values = Vec::new();
    values.try_reserve_exact(count).map_err(|_| Error::Memory(count.saturating_mul(size_of::<T>())))?;
    values.resize(count, value);
    Ok(values)
}
