//! PNG files (ISO/IEC 15948): split into their chunks, and written.

mod write;

pub use write::{most_beyond, most_bytes, write_compressed, write_stored};

use crate::{Error, Essence};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// The chunks besides the critical ones that say what the samples mean.
const NEEDED: [&[u8; 4]; 7] = [b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT"];

/// The parts of a file that its image needs: the critical chunks, and those that say what its samples mean.
/// What follows the image is left out too. A file without all its chunks is an error, and so is a palette
/// that ends within a colour. Other contents of chunks are not checked.
pub fn essence(file: &[u8]) -> Result<Essence<'_>, Error> {
    if !file.starts_with(SIGNATURE) {
        return Err(Error::Damaged("it does not begin as a PNG"));
    }
    let mut essence = Essence::default();
    let mut at = SIGNATURE.len();
    loop {
        let (kind, content, end) = chunk(file, at)?;
        // Critical chunks have a capital first.
        if !kind[0].is_ascii_uppercase() && !NEEDED.contains(&kind) {
            essence.keep(file, at)?;
            essence.leave_out(end);
        }
        // A decoder may read beyond the last whole colour.
        if kind == b"PLTE" && (content.len() % 3 != 0 || content.is_empty()) {
            return Err(Error::Damaged("its palette is not whole colours"));
        }
        if kind == b"eXIf" {
            essence.set_exif(content);
        }
        at = end;
        if kind == b"IEND" {
            break;
        }
    }
    essence.keep(file, at)?;
    if at < file.len() {
        essence.leave_out(file.len());
    }
    Ok(essence)
}

/// The kind of a chunk, what is in it, and where it ends.
fn chunk(file: &[u8], at: usize) -> Result<(&[u8; 4], &[u8], usize), Error> {
    const CHECKSUM: usize = 4;
    let rest = file.get(at..).unwrap_or_default();
    let (length, rest) = rest.split_first_chunk().ok_or(Error::Cut)?;
    let (kind, rest) = rest.split_first_chunk().ok_or(Error::Cut)?;
    let length = u32::from_be_bytes(*length) as usize;
    let end = length.checked_add(CHECKSUM).filter(|end| *end <= rest.len()).ok_or(Error::Cut)?;
    Ok((kind, rest.get(..length).unwrap_or_default(), at + 8 + end))
}
