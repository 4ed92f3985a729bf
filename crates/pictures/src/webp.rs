//! The parts of WebP files.

/// Whether a file is as long as its header declares. The decoder invents the missing end of a truncated lossy
/// image.
pub fn is_whole(bytes: &[u8]) -> bool {
    const RIFF: usize = 4;
    let rest = bytes.get(RIFF..).and_then(<[u8]>::split_first_chunk);
    rest.is_some_and(|(size, rest)| u32::from_le_bytes(*size) as usize <= rest.len())
}

/// The EXIF data of a file: a TIFF file, whose tags say how to rotate the image.
pub fn exif(bytes: &[u8]) -> Option<&[u8]> {
    const RIFF_HEADER: usize = 12;
    let mut rest = bytes.get(RIFF_HEADER..)?;
    loop {
        let (kind, after) = rest.split_first_chunk::<4>()?;
        let (length, after) = after.split_first_chunk()?;
        let length = u32::from_le_bytes(*length) as usize;
        let content = after.get(..length)?;
        if kind == b"EXIF" {
            return Some(content.strip_prefix(b"Exif\0\0").unwrap_or(content));
        }
        rest = after.get(length.checked_add(length % 2)?..)?;
    }
}
