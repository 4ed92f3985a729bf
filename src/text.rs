//! Text that C can read as it stands: UTF-8 with a NUL behind it.

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

/// Text that is looked for often. Its start lies at hand: mostly that is all of it, and to compare so many bytes at once is
/// faster than to call what compares as many as there are.
#[derive(Clone, Debug)]
pub(crate) struct Snippet {
    head: [u8; HEAD],
    /// A bit for each byte of the head that is text.
    bits: u32,
    text: String,
}

const HEAD: usize = 16;

impl Snippet {
    /// Whether these bytes start with the text.
    #[inline(always)]
    pub(crate) fn starts(&self, bytes: &[u8]) -> bool {
        let Some((head, rest)) = bytes.split_first_chunk() else {
            return bytes.starts_with(self.text.as_bytes());
        };
        let same = u8x16::new(*head).simd_eq(u8x16::new(self.head)).to_bitmask();
        same & self.bits == self.bits && (self.text.len() <= HEAD || self.tail_starts(rest))
    }

    #[inline(never)]
    fn tail_starts(&self, bytes: &[u8]) -> bool {
        self.text.as_bytes().get(HEAD..).is_none_or(|tail| bytes.starts_with(tail))
    }

    /// How many bytes it has.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }
}

impl From<String> for Snippet {
    fn from(text: String) -> Snippet {
        let mut head = [0; HEAD];
        head.iter_mut().zip(text.bytes()).for_each(|(head, byte)| *head = byte);
        Snippet { head, bits: (1 << text.len().min(HEAD)) - 1, text }
    }
}

/// The text before its closing NUL.
pub(crate) fn without_nul(text: &str) -> &str {
    text.strip_suffix('\0').unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(snippet.len(), length);
            for tail in ["", "!", "more than the head of another"] {
                assert!(snippet.starts(format!("{text}{tail}").as_bytes()));
            }
            for other in 0..length {
                let mut changed = format!("{text}more than the head of another").into_bytes();
                changed[other] ^= 1;
                assert!(!snippet.starts(&changed) && !snippet.starts(&changed[..other]));
            }
        }
    }

    #[test]
    fn a_nul_inside_belongs_to_the_text() {
        assert_eq!(NulString::from("a\0b\0"), "a\0b\0");
    }
}
