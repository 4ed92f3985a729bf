//! The bytes of a request, written where they stay. Short pieces cost neither a call nor a length.

use crate::error::{Result, reserve};
use crate::text::Snippet;

/// Bytes that grow at their end. After them there is initialized room. A short piece is written there as a
/// block of fixed size, of which only some bytes are kept.
#[derive(Default)]
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    /// Where the bytes end and the room begins.
    end: usize,
}

impl Buffer {
    /// The bytes.
    pub(crate) fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.end).unwrap_or_default()
    }

    /// How many there are.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.end
    }

    /// Drops all but the first `length` bytes.
    pub(crate) fn truncate(&mut self, length: usize) {
        self.end = self.end.min(length);
    }

    /// Makes room for so many more bytes.
    pub(crate) fn reserve(&mut self, more: usize) -> Result<()> {
        let there = self.bytes.len() - self.end;
        reserve(&mut self.bytes, more.saturating_sub(there))
    }

    /// Calls `write` with `SIZE` bytes of room, and keeps as many of them as it returns, at most `SIZE`.
    #[inline(always)]
    pub(crate) fn put<const SIZE: usize>(&mut self, write: impl Fn(&mut [u8; SIZE]) -> usize) -> Result<()> {
        loop {
            let room = self.bytes.get_mut(self.end..).and_then(<[u8]>::first_chunk_mut);
            if let Some(room) = room {
                self.end += write(room);
                return Ok(());
            }
            self.grow(SIZE)?;
        }
    }

    /// Appends bytes of any number.
    #[inline]
    pub(crate) fn extend(&mut self, more: &[u8]) -> Result<()> {
        let room = self.bytes.get_mut(self.end..).and_then(|room| room.get_mut(..more.len()));
        if let Some(room) = room {
            room.copy_from_slice(more);
            self.end += more.len();
            return Ok(());
        }
        self.reserve(more.len())?;
        self.append(|bytes| bytes.extend_from_slice(more));
        Ok(())
    }

    /// Appends a snippet.
    #[inline(always)]
    pub(crate) fn put_snippet(&mut self, text: &Snippet) -> Result<()> {
        self.put_snippet_with(text, |_: &mut [u8; 0]| 0)
    }

    /// Appends a snippet and a piece of up to `SIZE` bytes, as [`Buffer::put`] does.
    #[inline(always)]
    pub(crate) fn put_snippet_with<const SIZE: usize>(
        &mut self,
        text: &Snippet,
        write: impl Fn(&mut [u8; SIZE]) -> usize,
    ) -> Result<()> {
        let length = text.as_bytes().len();
        if length > Snippet::HEAD || SIZE > ROOM - Snippet::HEAD {
            self.extend(text.as_bytes())?;
            return self.put(write);
        }
        self.put(|room: &mut [u8; ROOM]| {
            if let Some(head) = room.first_chunk_mut() {
                *head = *text.head();
            }
            let behind = room.get_mut(length..).and_then(<[u8]>::first_chunk_mut);
            length + behind.map_or(0, &write)
        })
    }

    /// Appends one byte.
    #[inline(always)]
    pub(crate) fn push(&mut self, byte: u8) -> Result<()> {
        self.put(|room: &mut [u8; 1]| {
            *room = [byte];
            1
        })
    }

    /// Sets a byte that is there.
    #[inline(always)]
    pub(crate) fn set(&mut self, at: usize, byte: u8) {
        if let Some(place) = self.bytes.get_mut(at) {
            *place = byte;
        }
    }

    /// Appends any number of bytes, through a vector that ends where they begin.
    pub(crate) fn append<T>(&mut self, write: impl FnOnce(&mut Vec<u8>) -> T) -> T {
        self.bytes.truncate(self.end);
        let written = write(&mut self.bytes);
        self.end = self.bytes.len();
        written
    }

    /// Initializes more room than is needed, so that this is seldom called.
    #[cold]
    #[inline(never)]
    fn grow(&mut self, size: usize) -> Result<()> {
        const AHEAD: usize = 1024;
        let missing = self.end.saturating_add(size + AHEAD).saturating_sub(self.bytes.len());
        reserve(&mut self.bytes, missing)?;
        self.bytes.resize(self.bytes.len() + missing, 0);
        Ok(())
    }
}

/// For the head of a snippet and a number after it.
const ROOM: usize = Snippet::HEAD + 32;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn pieces_follow_one_another_whatever_writes_them() {
        let mut buffer = Buffer::default();
        let mut expected = Vec::new();
        for number in 0..2000usize {
            let byte = number as u8;
            buffer
                .put(|room: &mut [u8; 16]| {
                    *room = [byte; 16];
                    number % 17
                })
                .unwrap();
            expected.extend(vec![byte; number % 17]);
            buffer.push(b',').unwrap();
            buffer.append(|bytes| bytes.extend_from_slice(&[byte; 2]));
            buffer.extend(&[byte]).unwrap();
            expected.extend([b',', byte, byte, byte]);
        }
        assert_eq!(buffer.as_slice(), expected);
        buffer.truncate(5);
        buffer.truncate(9);
        buffer.set(4, b'x');
        assert_eq!((buffer.len(), buffer.as_slice()[4]), (5, b'x'));
        assert_eq!(buffer.reserve(usize::MAX).unwrap_err().kind(), ErrorKind::Memory);
    }

    #[test]
    fn snippets_are_written_whatever_their_length() {
        for length in 0..2 * Snippet::HEAD {
            let text: String = ('!'..='~').cycle().take(length).collect();
            let snippet = Snippet::from(text.clone());
            let mut buffer = Buffer::default();
            buffer.push(b'x').unwrap();
            buffer.put_snippet(&snippet).unwrap();
            let write = |room: &mut [u8; 24]| {
                room[..2].copy_from_slice(b"12");
                2
            };
            buffer.put_snippet_with(&snippet, write).unwrap();
            assert_eq!(buffer.as_slice(), format!("x{text}{text}12").as_bytes());
        }
    }
}
