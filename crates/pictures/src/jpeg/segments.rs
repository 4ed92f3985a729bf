//! The marker segments of a file (T.81 Annex B), without what is in them.

use super::error::damaged;
use crate::Error;

/// The markers with a meaning here, without their 0xff.
pub(super) mod code {
    pub(in super::super) const TEMPORARY: u8 = 0x01;
    pub(in super::super) const FRAME_BASELINE: u8 = 0xc0;
    pub(in super::super) const FRAME_SEQUENTIAL: u8 = 0xc1;
    pub(in super::super) const FRAME_PROGRESSIVE: u8 = 0xc2;
    pub(in super::super) const FRAME_LAST: u8 = 0xcf;
    pub(in super::super) const HUFFMAN_TABLES: u8 = 0xc4;
    pub(in super::super) const EXTENSION: u8 = 0xc8;
    pub(in super::super) const ARITHMETIC_CONDITIONING: u8 = 0xcc;
    pub(in super::super) const RESTART: u8 = 0xd0;
    pub(in super::super) const RESTART_LAST: u8 = 0xd7;
    pub(in super::super) const START_OF_IMAGE: u8 = 0xd8;
    pub(in super::super) const END_OF_IMAGE: u8 = 0xd9;
    pub(in super::super) const START_OF_SCAN: u8 = 0xda;
    pub(in super::super) const QUANTIZATION_TABLES: u8 = 0xdb;
    pub(in super::super) const RESTART_INTERVAL: u8 = 0xdd;
    pub(in super::super) const APPLICATION: u8 = 0xe0;
    pub(in super::super) const EXIF: u8 = 0xe1;
    pub(in super::super) const ICC: u8 = 0xe2;
    pub(in super::super) const ADOBE: u8 = 0xee;
    pub(in super::super) const APPLICATION_LAST: u8 = 0xef;
    pub(in super::super) const COMMENT: u8 = 0xfe;
}

/// A marker: what it is, where it begins, and where it ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Marker {
    pub(super) code: u8,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Marker {
    /// Whether a segment with a length follows it.
    pub(super) fn has_segment(self) -> bool {
        !matches!(self.code, code::TEMPORARY | code::RESTART..=code::END_OF_IMAGE)
    }
}

/// The first marker from some place on. Bytes before it, and fill bytes in it, are skipped.
pub(super) fn next_marker(file: &[u8], from: usize) -> Option<Marker> {
    let mut at = from;
    loop {
        let start = at + memchr::memchr(0xff, file.get(at..)?)?;
        let fill = file.get(start..)?.iter().take_while(|byte| **byte == 0xff).count();
        let code = *file.get(start + fill)?;
        at = start + fill + 1;
        if code != 0 {
            return Some(Marker { code, start, end: at });
        }
    }
}

/// The marker that ends a scan: the first one that is no restart. In coded data 0xff is followed by 0 or by a
/// marker.
pub(super) fn end_of_scan(file: &[u8], from: usize) -> Option<Marker> {
    let mut at = from;
    loop {
        let marker = next_marker(file, at)?;
        if !matches!(marker.code, code::RESTART..=code::RESTART_LAST) {
            return Some(marker);
        }
        at = marker.end;
    }
}

/// What is in the segment after a marker, and where it ends.
pub(super) fn segment(file: &[u8], marker: Marker) -> Result<(&[u8], usize), Error> {
    let length = file.get(marker.end..).and_then(<[u8]>::first_chunk).ok_or(Error::Cut)?;
    let length = usize::from(u16::from_be_bytes(*length));
    if length < 2 {
        return Err(damaged("a segment has no length"));
    }
    let end = marker.end + length;
    Ok((file.get(marker.end + 2..end).ok_or(Error::Cut)?, end))
}

/// Every marker with its segment, in order. After the start of a scan, its coded data are skipped.
pub(super) struct Segments<'a> {
    file: &'a [u8],
    at: usize,
    scan: bool,
}

impl<'a> Segments<'a> {
    pub(super) fn new(file: &'a [u8]) -> Result<Segments<'a>, Error> {
        if !file.starts_with(&[0xff, code::START_OF_IMAGE]) {
            return Err(damaged("it does not begin as a JPEG"));
        }
        Ok(Segments { file, at: 2, scan: false })
    }

    /// The next marker, what is in its segment, and where that ends.
    pub(super) fn next(&mut self) -> Result<(Marker, &'a [u8], usize), Error> {
        let find = if self.scan { end_of_scan } else { next_marker };
        let marker = find(self.file, self.at).ok_or(Error::Cut)?;
        let (content, end) =
            if marker.has_segment() { segment(self.file, marker)? } else { (&[][..], marker.end) };
        (self.at, self.scan) = (end, marker.code == code::START_OF_SCAN);
        Ok((marker, content, end))
    }

    /// Goes on from another place.
    pub(super) fn seek(&mut self, at: usize) {
        self.at = at;
    }
}
