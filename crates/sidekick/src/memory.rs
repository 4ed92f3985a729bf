//! Values of a size that a caller or a peer decides, made so that memory that runs out is an error.

use crate::error::{Error, ErrorKind, Result, reserve};
use std::hint::black_box;

/// A vector of so many times this value.
pub(crate) fn filled<T: Clone>(count: usize, value: T) -> Result<Vec<T>> {
    let mut all = Vec::new();
    reserve(&mut all, count)?;
    all.resize(count, value);
    Ok(all)
}

/// All that comes, in its order.
pub(crate) fn collected<T>(items: impl IntoIterator<Item = T>) -> Result<Vec<T>> {
    let items = items.into_iter();
    let mut all = Vec::new();
    reserve(&mut all, items.size_hint().0)?;
    items.into_iter().try_for_each(|item| push(&mut all, item)).map(|()| all)
}

/// Appends an element.
#[inline(always)]
pub(crate) fn push<T>(all: &mut Vec<T>, item: T) -> Result<()> {
    if all.len() == all.capacity() {
        reserve(all, 1)?;
    }
    all.push(item);
    Ok(())
}

/// Appends a text.
pub(crate) fn push_text(all: &mut String, text: &str) -> Result<()> {
    reserve_text(all, text.len())?;
    all.push_str(text);
    Ok(())
}

/// Makes room for so many more bytes of text.
pub(crate) fn reserve_text(text: &mut String, more: usize) -> Result<()> {
    text.try_reserve(more).map_err(|_| none_for(more))
}

/// A text out of parts, in no more memory than it takes.
pub(crate) fn joined(parts: &[&str]) -> Result<String> {
    let mut all = String::new();
    let bytes = parts.iter().map(|part| part.len()).sum();
    all.try_reserve_exact(bytes).map_err(|_| none_for(bytes))?;
    all.extend(parts.iter().copied());
    Ok(all)
}

/// Bytes as text: what is not UTF-8 is replaced.
pub(crate) fn replaced(bytes: &[u8]) -> Result<String> {
    const REPLACEMENT: &str = "\u{fffd}";
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        push_text(&mut text, chunk.valid())?;
        push_text(&mut text, if chunk.invalid().is_empty() { "" } else { REPLACEMENT })?;
    }
    Ok(text)
}

/// Makes sure that so many bytes could be had, for a library that takes its own memory and ends the process
/// where there is none.
pub(crate) fn probe(bytes: usize) -> Result<()> {
    let mut room = Vec::<u8>::new();
    reserve(&mut room, bytes)?;
    // Compilers leave out an allocation that nothing uses.
    black_box(&mut room);
    Ok(())
}

/// The error of so many bytes that could not be had.
#[cold]
pub(crate) fn none_for(bytes: usize) -> Error {
    Error::new(ErrorKind::Memory, format!("no memory for {bytes} more bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_made_and_what_does_not_is_an_error() {
        assert_eq!(filled(3, 7u8).unwrap(), [7; 3]);
        assert_eq!(collected((0..5).filter(|number| number % 2 == 0)).unwrap(), [0, 2, 4]);
        for bytes in [&b""[..], b"a\xff\xe2\x98b", b"\xe2\x98", "h\u{e9}".as_bytes()] {
            assert_eq!(replaced(bytes).unwrap(), String::from_utf8_lossy(bytes));
        }
        assert_eq!(joined(&["a", "", "bc"]).unwrap(), "abc");
        assert!(probe(1 << 20).is_ok() && probe(usize::MAX).is_err());
        assert_eq!(filled(usize::MAX, 0u8).unwrap_err().kind(), ErrorKind::Memory);
        assert_eq!(reserve_text(&mut String::new(), usize::MAX).unwrap_err().kind(), ErrorKind::Memory);
    }
}
