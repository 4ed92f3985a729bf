//! Text that C can read as it stands: UTF-8 with a NUL behind it.

use crate::error::Result;
use crate::memory::reserve_text;
use std::fmt;
use std::ops::Deref;
use wide::u8x16;

/// A string that keeps a NUL byte behind its end, so that it can be handed to C without a copy.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct NulString(String);

impl NulString {
    /// The text together with its closing NUL.
    pub fn with_nul(&self) -> &str {
        &self.0
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        without_nul(&self.0)
    }
}

impl NulString {
    /// A text of any size.
    pub(crate) fn of_any_size(mut text: String) -> Result<NulString> {
        reserve_text(&mut text, 1)?;
        Ok(NulString::from(text))
    }
}

impl From<String> for NulString {
    fn from(mut text: String) -> NulString {
        text.push('\0');
        NulString(text)
    }
}

impl From<&str> for NulString {
    fn from(text: &str) -> NulString {
        NulString::from(text.to_owned())
    }
}

impl Deref for NulString {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq<str> for NulString {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for NulString {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl fmt::Display for NulString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for NulString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

/// A short text that is read and written often, such as a key. Its start is kept at hand: to compare or copy
/// so many bytes at once is faster than to call what compares or copies as many as there are.
#[derive(Clone, Debug)]
pub(crate) struct Snippet {
    head: [u8; Snippet::HEAD],
    /// A bit for each of the first bytes that are compared at once, if it is text.
    mask: u32,
    text: Box<[u8]>,
}

/// How many bytes are compared at once.
const COMPARED: usize = 16;

impl Snippet {
    /// Holds most keys, with a label.
    pub(crate) const HEAD: usize = 32;

    /// The whole text.
    #[inline(always)]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.text
    }

    /// The first bytes of the text; zeros after a shorter one.
    #[inline(always)]
    pub(crate) fn head(&self) -> &[u8; Snippet::HEAD] {
        &self.head
    }

    /// What of these bytes follows the text, if they start with it.
    #[inline]
    pub(crate) fn strip<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        if self.text.len() <= COMPARED && bytes.len() >= COMPARED {
            return self.strip_short(bytes);
        }
        bytes.strip_prefix(&*self.text)
    }

    /// The same if the text is short and the bytes are not; else nothing.
    #[inline(always)]
    fn strip_short<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        let start = u8x16::new(*self.head.first_chunk()?);
        let same = u8x16::new(*bytes.first_chunk()?).simd_eq(start).to_bitmask();
        let starts = !same & self.mask == 0 && self.text.len() <= COMPARED;
        if starts { bytes.get(self.text.len()..) } else { None }
    }
}

impl From<String> for Snippet {
    fn from(text: String) -> Snippet {
        let mut head = [0; Snippet::HEAD];
        head.iter_mut().zip(text.bytes()).for_each(|(head, byte)| *head = byte);
        let mask = (1 << text.len().min(COMPARED)) - 1;
        Snippet { head, mask, text: text.into_bytes().into() }
    }
}

/// The text before its closing NUL.
pub(crate) fn without_nul(text: &str) -> &str {
    text.strip_suffix('\0').unwrap_or(text)
}

/// The start of a text: whole characters of at most so many bytes.
pub(crate) fn cut(text: &str, most: usize) -> &str {
    // A character has at most four bytes.
    let end = (0..4).map(|less| most.saturating_sub(less)).find(|end| text.is_char_boundary(*end));
    if text.len() <= most { text } else { end.and_then(|end| text.get(..end)).unwrap_or_default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters() {
        let text = "a\u{e9}\u{1f98a}b";
        let cuts: Vec<&str> = (0..10).map(|most| cut(text, most)).collect();
        let (two, three) = ("a\u{e9}", "a\u{e9}\u{1f98a}");
        assert_eq!(cuts, ["", "a", "a", two, two, two, two, three, text, text]);
    }

    #[test]
    fn the_nul_is_kept_but_not_shown() {
        let name = NulString::from("Räka");
        assert_eq!(name, "Räka");
        assert_eq!(name.to_string(), "Räka");
        assert_eq!(name.with_nul(), "Räka\0");
        assert_eq!(format!("{name:?}"), "\"Räka\"");
    }

    #[test]
    fn snippets_are_found_whatever_their_length() {
        for length in 0..40 {
            let text = "0123456789abcdefghijklmnopqrstuvwxyz????".get(..length).unwrap();
            let snippet = Snippet::from(text.to_owned());
            for tail in ["", "!", "more than the head of another"] {
                assert_eq!(snippet.strip(format!("{text}{tail}").as_bytes()), Some(tail.as_bytes()));
            }
            for other in 0..length {
                let mut changed = format!("{text}more than the head of another").into_bytes();
                changed[other] ^= 1;
                assert!(snippet.strip(&changed).is_none() && snippet.strip(&changed[..other]).is_none());
            }
        }
    }

    #[test]
    fn a_nul_inside_belongs_to_the_text() {
        assert_eq!(NulString::from("a\0b\0"), "a\0b\0");
    }
}
