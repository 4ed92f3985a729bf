//! A reader that knows the checksum of what was read, up to any place since the last.

use std::io::{self, Read};

use crc32fast::Hasher;

use crate::input::record::Position;

/// Keeps what a buffered reader took ahead, until a place in it is asked for.
pub struct Hashed<R> {
    reader: R,
    hasher: Hasher,
    hashed: u64,
    ahead: Vec<u8>,
    /// How much of `ahead` is hashed.
    done: usize,
}

impl<R: Read> Hashed<R> {
    pub fn new(reader: R) -> Hashed<R> {
        Hashed { reader, hasher: Hasher::new(), hashed: 0, ahead: Vec::new(), done: 0 }
    }

    /// The position after so many bytes from the start; they were read.
    pub fn position(&mut self, bytes: u64) -> Position {
        let more = usize::try_from(bytes.saturating_sub(self.hashed)).unwrap_or(usize::MAX);
        let end = self.done.saturating_add(more).min(self.ahead.len());
        self.hasher.update(&self.ahead[self.done..end]);
        self.hashed += (end - self.done) as u64;
        self.done = end;
        Position { bytes: self.hashed, checksum: self.hasher.clone().finalize() }
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
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
                let expected = Position { bytes: place as u64, checksum: crc32fast::hash(&text[..place]) };
                assert_eq!(hashed.position(place as u64), expected);
            }
        }
        assert_eq!(read, text.len());
    }
}
