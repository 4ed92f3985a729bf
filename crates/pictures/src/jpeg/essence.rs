//! A JPEG without its metadata.

use super::decoder::{end_of_scans, header_within};
use super::segments::{Marker, Segments, code};
use crate::{Error, Essence};

/// A JFIF segment without a thumbnail.
const PLAIN_JFIF: &[u8] = b"\xff\xe0\0\x10JFIF\0\x01\x02\0\0\x01\0\x01\0\0";
/// What a JFIF segment holds if it has no thumbnail.
const PLAIN_JFIF_SIZE: usize = 14;

/// After the marker that begins the file.
const FIRST_SEGMENT: usize = 2;

/// The parts of a file that its image needs: all but comments and application segments other than those of
/// JFIF and Adobe, which say what the colours are, and the ICC profile. Thumbnails and what follows the image
/// are left out too.
///
/// A file without an end marker is decoded to check whether it is complete. Of other files the coded data are
/// not checked.
pub fn essence(file: &[u8]) -> Result<Essence<'_>, Error> {
    let mut essence = Essence::default();
    let end = match walk(file, usize::MAX, &mut essence) {
        Ok(end) => end,
        Err(Error::Memory(bytes)) => return Err(Error::Memory(bytes)),
        Err(_) => {
            let end = end_of_scans(file)?;
            essence = Essence::default();
            walk(file, end, &mut essence)?
        }
    };
    essence.keep(file, end)?;
    if end < file.len() {
        essence.leave_out(file.len());
    }
    if !essence.is_all_of(file) {
        // What was left out is not part of the scans.
        header_within(file, essence.size())?;
    }
    Ok(essence)
}

/// Sorts the segments of a file up to the end of its image, or to where that is known to be; returns where it
/// is.
fn walk<'a>(file: &'a [u8], known_end: usize, essence: &mut Essence<'a>) -> Result<usize, Error> {
    let mut segments = Segments::new(file)?;
    let mut scans = 0;
    // Where the last segment ended, unless coded data follow it.
    let mut last_end = Some(FIRST_SEGMENT);
    loop {
        let (marker, content, end) = match segments.next() {
            Ok((marker, ..)) if marker.start >= known_end => return Ok(known_end),
            Err(_) if known_end < usize::MAX => return Ok(known_end),
            segment => segment?,
        };
        if let Some(last_end) = last_end.filter(|last_end| *last_end < marker.start) {
            essence.keep(file, last_end)?;
            essence.leave_out(marker.start);
        }
        last_end = Some(end).filter(|_| marker.code != code::START_OF_SCAN);
        match marker.code {
            code::END_OF_IMAGE if scans == 0 => return Err(Error::Cut),
            // Another file follows, whose end marker is not this one's.
            code::START_OF_IMAGE if scans > 0 && known_end == usize::MAX => return Err(Error::Cut),
            code::END_OF_IMAGE => return Ok(end),
            code::START_OF_SCAN => scans += 1,
            _ => {}
        }
        if needs(marker, content) {
            continue;
        }
        essence.keep(file, marker.start)?;
        if marker.code == code::APPLICATION && content.starts_with(b"JFIF\0") {
            essence.replace(PLAIN_JFIF, end)?;
        } else {
            essence.leave_out(end);
        }
        if let Some(exif) = content.strip_prefix(b"Exif\0\0").filter(|_| marker.code == code::EXIF) {
            essence.set_exif(exif);
        }
    }
}

/// Whether the image needs a segment.
fn needs(marker: Marker, content: &[u8]) -> bool {
    match marker.code {
        code::APPLICATION => content.starts_with(b"JFIF\0") && content.len() == PLAIN_JFIF_SIZE,
        code::ICC => content.starts_with(b"ICC_PROFILE\0"),
        code::ADOBE => content.starts_with(b"Adobe"),
        code::APPLICATION..=code::APPLICATION_LAST | code::COMMENT => false,
        _ => true,
    }
}
