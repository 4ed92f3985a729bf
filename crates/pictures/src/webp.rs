//! WebP files taken apart.

/// Whether a file is as long as its header says: of lossy images, the decoder makes up what is cut off.
pub fn is_whole(bytes: &[u8]) -> bool {
    const RIFF: usize = 4;
    let rest = bytes.get(RIFF..).and_then(<[u8]>::split_first_chunk);
    rest.is_some_and(|(size, rest)| u32::from_le_bytes(*size) as usize <= rest.len())
}

/// The EXIF data of a file: a TIFF file, whose tags say how the image is to be turned.
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
