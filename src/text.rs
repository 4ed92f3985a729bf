//! Text that C can read as it stands: UTF-8 with a NUL behind it.

use std::fmt;
use std::ops::Deref;

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
    fn a_nul_inside_belongs_to_the_text() {
        assert_eq!(NulString::from("a\0b\0"), "a\0b\0");
    }
}
