//! A reader that knows the checksum of what was read, up to any place since the last.

use std::io::{self, Read};

use crc32fast::Hasher;

use crate::input::lines::without_line_end;
use crate::input::record::Position;

/// Keeps what a buffered reader took ahead, until a place in it is asked for.
pub struct Hashed<R> {
    reader: R,
    hasher: Hasher,
    hashed: u64,
    ahead: Vec<u8>,
    /// How much of `ahead` is hashed.
    done: usize,
    /// Whether all was read.
    ended: bool,
}

impl<R: Read> Hashed<R> {
    pub fn new(reader: R) -> Hashed<R> {
        Hashed { reader, hasher: Hasher::new(), hashed: 0, ahead: Vec::new(), done: 0, ended: false }
    }

    /// The text from the last position on, if the first so many bytes are all there is.
    pub fn last(&self, bytes: u64) -> Option<&[u8]> {
        let text = &self.ahead[self.done..];
        (self.ended && self.hashed + text.len() as u64 == bytes).then_some(text)
    }

    /// The text from the last position on, up to so many bytes from the start. The bytes were read.
    pub fn text(&self, bytes: u64) -> &[u8] {
        let more = usize::try_from(bytes.saturating_sub(self.hashed)).unwrap_or(usize::MAX);
        let read = self.done.saturating_add(more).min(self.ahead.len());
        &self.ahead[self.done..read]
    }

    /// The position after so many bytes from the start, before the end of the last line: that may be written
    /// later. The bytes were read.
    pub fn position(&mut self, bytes: u64) -> Position {
        let size = without_line_end(self.text(bytes)).len();
        self.pass(size)
    }

    /// The position after the next byte of this kind. It was read.
    pub fn after(&mut self, byte: u8) -> Position {
        let place = self.ahead[self.done..].iter().position(|other| *other == byte);
        self.pass(place.map_or(0, |place| place + 1))
    }

    /// The position after so many bytes more.
    fn pass(&mut self, size: usize) -> Position {
        let end = self.done + size;
        self.hasher.update(&self.ahead[self.done..end]);
        self.hashed += size as u64;
        self.done = end;
        Position { bytes: self.hashed, checksum: self.hasher.clone().finalize() }
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.ended = count == 0 && !buffer.is_empty();
        self.ahead.drain(..self.done);
        self.done = 0;
        self.ahead.extend_from_slice(&buffer[..count]);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_the_checksum_of_all_before_it() {
        let text: Vec<u8> = (0..10_000u32).flat_map(u32::to_le_bytes).collect();
        let mut hashed = Hashed::new(&text[..]);
        let mut buffer = [0; 1000];
        let mut read = 0;
        while let Ok(count @ 1..) = hashed.read(&mut buffer) {
            read += count;
            for place in [read - count / 2, read - 1] {
                let place = without_line_end(&text[..place]).len();
                let expected = Position { bytes: place as u64, checksum: crc32fast::hash(&text[..place]) };
                assert_eq!(hashed.position(place as u64), expected);
            }
        }
        assert_eq!(read, text.len());
    }
}
