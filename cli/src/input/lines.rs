//! How text files begin and how their lines end.

/// What some editors begin a file with.
pub const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A text without the end of its last line.
pub fn without_line_end(text: &[u8]) -> &[u8] {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    text.strip_suffix(b"\r").unwrap_or(text)
}

/// The line ends that a text begins with, and the last byte of each. A carriage return is one by itself only
/// if there is no line feed: some programs write two of them before it.
pub fn line_ends(text: &[u8]) -> (&[u8], u8) {
    let is_in_line = |byte: &u8| !matches!(byte, b'\r' | b'\n');
    let (ends, _) = text.split_at(text.iter().position(is_in_line).unwrap_or(text.len()));
    (ends, if ends.contains(&b'\n') { b'\n' } else { b'\r' })
}

/// How often a byte is in a text.
pub fn count(text: &[u8], byte: u8) -> u64 {
    text.iter().filter(|other| **other == byte).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_are_of_one_or_more_bytes() {
        let counted = |text: &str| {
            let (ends, last) = line_ends(text.as_bytes());
            (ends.len(), count(ends, last))
        };
        assert_eq!((counted(""), counted("a\n\n")), ((0, 0), (0, 0)));
        assert_eq!((counted("\n\na\n"), counted("\r\r")), ((2, 2), (2, 2)));
        assert_eq!((counted("\r\n\r\na"), counted("\r\r\n\r\r\na")), ((4, 2), (6, 2)));
    }
}
