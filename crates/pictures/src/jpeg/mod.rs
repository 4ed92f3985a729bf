//! JPEG files (ITU T.81). Read are those of 8 bits a sample with Huffman codes: baseline, sequential and
//! progressive, with any number of scans and components at any resolution; grey, YCbCr, RGB, CMYK and YCCK.
//!
//! A file is whole when its scans are complete. It may lack the marker that ends it, and bytes may follow
//! that. Sequential files may lack the Huffman tables that the standard gives as examples. Pixels equal those
//! of libjpeg-turbo, which smooths progressive files besides if they lack coefficients.

mod bits;
mod colors;
mod decoder;
mod error;
mod essence;
mod frame;
mod huffman;
mod scan;
mod segments;
mod standard;
mod tables;
mod transform;
mod write;

pub use decoder::{decode, header};
pub use essence::essence;
pub use write::encode;

use crate::Error;

/// Checks whether a file is complete. A file without an end marker is decoded for that, but not to pixels.
pub fn check(file: &[u8]) -> Result<(), Error> {
    header(file)?;
    essence(file).map(|_| ())
}
