//! Quotes of a table that are never closed: what comes after one is all in one field.

use crate::input::lines::BYTE_ORDER_MARK;

/// Where the next byte of a table is.
#[derive(Clone, Copy)]
enum Place {
    /// At the start of a field.
    Start,
    /// In a field without quotes, or after its quotes.
    Plain,
    /// In quotes.
    Quoted,
    /// After a quote within quotes: it ends them, or is half of two that stand for one.
    AfterQuote,
}

/// Whether a table, or some last records of one, ends in a quote that is not closed.
pub fn is_open(text: &[u8], delimiter: u8) -> bool {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let place = text.iter().fold(Place::Start, |place, byte| match (place, *byte) {
        (Place::Start | Place::AfterQuote, b'"') => Place::Quoted,
        (Place::Quoted, b'"') => Place::AfterQuote,
        (Place::Quoted, _) => Place::Quoted,
        (_, b'\n' | b'\r') => Place::Start,
        (_, byte) if byte == delimiter => Place::Start,
        _ => Place::Plain,
    });
    matches!(place, Place::Quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_quote_at_the_start_of_a_field_opens() {
        for closed in
            ["", "a,b", "a\"b,c\"\n", "\"a\"\"b\"", "\"a\nb\",\"\"\r\n", "\u{feff}\"a,\"\n", "\"a\"b\"\n"]
        {
            assert!(!is_open(closed.as_bytes(), b','), "{closed:?}");
        }
        for open in ["\"", "a,\"b\nc\n", "\"a\"\"", "x\n\"y"] {
            assert!(is_open(open.as_bytes(), b','), "{open:?}");
        }
        assert!(is_open(b"a;\"b", b';') && !is_open(b"a;\"b", b','));
    }
}
