//! What the client and the server share about image files: a JPEG reader that refuses what is not whole, and
//! JPEG and PNG files taken apart without decoding them, so that their metadata can be left out.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod jpeg;
mod parts;
pub mod png;

pub use parts::Essence;

use std::fmt;

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
