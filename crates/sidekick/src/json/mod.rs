//! A pull parser of JSON text (RFC 8259): values go from the text to their columns, without a tree in
//! between.
//!
//! It exists because long lists of floats must be read once, exactly, and straight into their column, and
//! because out of memory must be an error.

mod unescape;

use crate::error::{Error, ErrorKind, Result};
use crate::memory::{push, reserve_text};
use crate::names::Names;
use crate::text::Snippet;
use std::borrow::Cow;

/// A place in a JSON text.
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// A cursor at the start of a response. Only strings can have bytes beyond ASCII. Each is checked when it
    /// is read.
    pub(crate) fn new(bytes: &'a [u8]) -> Cursor<'a> {
        Cursor { bytes, at: 0 }
    }

    /// Calls `each` with every key of the next object. It reads the value of the key.
    pub(crate) fn object(
        &mut self,
        mut each: impl FnMut(&mut Cursor<'a>, Cow<'a, str>) -> Result<()>,
    ) -> Result<()> {
        let mut more = self.has_first(b'{', b'}')?;
        while more {
            let key = self.key()?;
            each(self, key)?;
            more = self.has_another(b'}')?;
        }
        Ok(())
    }

    /// The same as [`Cursor::object`], for an object whose keys probably are these names in this order.
    /// `each` gets the index of a name, or an unknown key. `key_at` has some or all of the names as JSON. The
    /// first `read` names and their values were read already.
    #[inline]
    pub(crate) fn object_of<'k>(
        &mut self,
        names: &Names,
        key_at: impl Fn(usize) -> Option<&'k Snippet>,
        read: usize,
        mut each: impl FnMut(&mut Cursor<'a>, std::result::Result<usize, Cow<'a, str>>) -> Result<()>,
    ) -> Result<()> {
        let mut next = read;
        let mut more = if read == 0 { self.has_first(b'{', b'}') } else { self.has_another(b'}') }?;
        while more {
            let place = if key_at(next).is_some_and(|key| self.take_key(key)) {
                Ok(next)
            } else {
                let key = self.key()?;
                names.find_near(next, &key).ok_or(key)
            };
            next = place.as_ref().map_or(next, |place| place + 1);
            each(self, place)?;
            more = self.has_another(b'}')?;
        }
        Ok(())
    }

    /// Steps over the start of an object or array, and over its end if that comes next: whether it has a
    /// first member.
    #[inline]
    fn has_first(&mut self, start: u8, end: u8) -> Result<bool> {
        self.expect(start)?;
        Ok(!self.take(end))
    }

    /// Steps over a comma or the end: whether the object or array has another member.
    #[inline]
    fn has_another(&mut self, end: u8) -> Result<bool> {
        if self.take(b',') {
            Ok(true)
        } else if self.take(end) {
            Ok(false)
        } else {
            Err(self.unexpected_for(b','))
        }
    }

    /// The key that comes next, and its colon.
    fn key(&mut self) -> Result<Cow<'a, str>> {
        let key = self.string()?;
        self.expect(b':')?;
        Ok(key)
    }

    /// Calls `each` for every element of the next array. It reads the element.
    #[inline]
    pub(crate) fn array(&mut self, mut each: impl FnMut(&mut Cursor<'a>) -> Result<()>) -> Result<()> {
        let mut more = self.has_first(b'[', b']')?;
        while more {
            each(self)?;
            more = self.has_another(b']')?;
        }
        Ok(())
    }

    /// The next string, borrowed from the text if it has no escapes.
    pub(crate) fn string(&mut self) -> Result<Cow<'a, str>> {
        let (inner, escaped) = self.quoted()?;
        if !escaped {
            return Ok(Cow::Borrowed(inner));
        }
        let mut text = String::new();
        // An escape is longer than its character.
        reserve_text(&mut text, inner.len())?;
        self.unescape(inner, |piece| {
            text.push_str(piece);
            Ok(())
        })?;
        Ok(Cow::Owned(text))
    }

    /// Skips the next string. Its bytes are not checked.
    fn skip_string(&mut self) -> Result<()> {
        let (start, end, _) = self.quotes()?;
        let mut inner = self.bytes.get(start..end).unwrap_or_default();
        if inner.iter().any(|byte| *byte < 0x20) {
            return Err(malformed(start, "control character in a string"));
        }
        while let Some(place) = memchr::memchr(b'\\', inner) {
            let escape = inner.get(place + 1..).unwrap_or_default();
            inner = unescape::skip(escape).ok_or_else(|| malformed(start, "invalid escape in a string"))?;
        }
        Ok(())
    }

    /// The text of the string that was read, piece by piece.
    fn unescape(&self, inner: &str, each: impl FnMut(&str) -> Result<()>) -> Result<()> {
        let start = self.at - inner.len() - 1;
        match unescape::pieces(inner, each)? {
            true => Ok(()),
            false => Err(malformed(start, "invalid escape in a string")),
        }
    }

    /// The bytes between the quotes of the next string, and whether it has escapes.
    fn quoted(&mut self) -> Result<(&'a str, bool)> {
        let (start, end, escaped) = self.quotes()?;
        let inner = self.text(start, end)?;
        if inner.bytes().any(|byte| byte < 0x20) {
            return Err(malformed(start, "control character in a string"));
        }
        Ok((inner, escaped))
    }

    /// Where the next string begins and ends, without its quotes, and whether it has escapes.
    fn quotes(&mut self) -> Result<(usize, usize, bool)> {
        self.expect(b'"')?;
        let start = self.at;
        let mut escaped = false;
        loop {
            match memchr::memchr2(b'"', b'\\', self.rest()) {
                None => return Err(malformed(start, "unterminated string")),
                Some(offset) if self.rest().get(offset) == Some(&b'"') => {
                    self.at += offset + 1;
                    return Ok((start, self.at - 1, escaped));
                }
                Some(offset) => {
                    escaped = true;
                    self.at = (self.at + offset + 2).min(self.bytes.len());
                }
            }
        }
    }

    /// The number that comes next as a 64-bit float; `None`, and nothing is read, if there is none or it is
    /// too large.
    #[inline(always)]
    pub(crate) fn f64(&mut self) -> Option<f64> {
        self.skip_space();
        let (value, length) = sidekick_numbers::read_f64(self.rest())?;
        self.at += length;
        Some(value)
    }

    /// The text of the number that comes next, as JSON's grammar has it.
    pub(crate) fn number_text(&mut self) -> Result<&'a str> {
        self.skip_space();
        let text = sidekick_numbers::number_text(self.rest()).ok_or_else(|| self.unexpected("a number"))?;
        self.at += text.len();
        Ok(text)
    }

    /// Skips the next value, of any kind and depth.
    pub(crate) fn skip_value(&mut self) -> Result<()> {
        // The closing bracket of each object and list around.
        let mut ends = Vec::new();
        loop {
            let end = match self.peek() {
                Some(b'{') => self.has_first(b'{', b'}')?.then_some(b'}'),
                Some(b'[') => self.has_first(b'[', b']')?.then_some(b']'),
                _ => self.skip_scalar().map(|()| None)?,
            };
            match end {
                Some(end) => push(&mut ends, end)?,
                None => self.skip_ends(&mut ends)?,
            }
            match ends.last() {
                Some(b'}') => self.skip_key()?,
                Some(_) => {}
                None => return Ok(()),
            }
        }
    }

    /// Skips the closing brackets after a value, and the comma before the next one.
    fn skip_ends(&mut self, ends: &mut Vec<u8>) -> Result<()> {
        while let Some(end) = ends.last() {
            if self.has_another(*end)? {
                return Ok(());
            }
            ends.pop();
        }
        Ok(())
    }

    fn skip_key(&mut self) -> Result<()> {
        self.skip_string()?;
        self.expect(b':')
    }

    fn skip_scalar(&mut self) -> Result<()> {
        match self.peek() {
            Some(b'"') => self.skip_string(),
            Some(b'-' | b'0'..=b'9') => self.number_text().map(|_| ()),
            _ => {
                let taken = ["true", "false", "null"].into_iter().any(|word| self.take_word(word));
                if taken { Ok(()) } else { Err(self.unexpected("a JSON value")) }
            }
        }
    }

    /// Steps over `true`, `false` or `null` if it comes next, after white space.
    pub(crate) fn take_word(&mut self, word: &str) -> bool {
        self.skip_space();
        let found = self.rest().starts_with(word.as_bytes());
        self.at += if found { word.len() } else { 0 };
        found
    }

    /// Makes sure that nothing but white space is left.
    pub(crate) fn end(&mut self) -> Result<()> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.unexpected("end of input")),
        }
    }

    /// The first byte of what comes next, after white space.
    #[inline]
    pub(crate) fn peek(&mut self) -> Option<u8> {
        self.skip_space();
        self.bytes.get(self.at).copied()
    }

    /// Steps over all but this rest of the text.
    #[inline]
    pub(crate) fn advance_to(&mut self, rest: &[u8]) {
        self.at = self.bytes.len() - rest.len();
    }

    /// What kind of JSON value comes next, for messages.
    pub(crate) fn kind_of_next(&mut self) -> &'static str {
        match self.peek() {
            Some(b'{') => "an object",
            Some(b'[') => "a list",
            Some(b'"') => "text",
            Some(b't' | b'f') => "a boolean",
            Some(b'n') => "null",
            Some(b'-' | b'0'..=b'9') => "a number",
            Some(_) => "invalid JSON",
            None => "nothing",
        }
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Result<()> {
        if self.take(byte) { Ok(()) } else { Err(self.unexpected_for(byte)) }
    }

    /// Steps over `byte` if it comes next, after white space.
    #[inline]
    pub(crate) fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Steps over a key and its colon if they come next, after white space.
    #[inline]
    pub(crate) fn take_key(&mut self, key: &Snippet) -> bool {
        self.skip_space();
        let behind = key.strip(self.rest());
        behind.inspect(|behind| self.advance_to(behind)).is_some()
    }

    #[inline]
    fn skip_space(&mut self) {
        // Mostly there is none: one comparison tells.
        if self.bytes.get(self.at).is_some_and(|byte| *byte <= b' ') {
            self.skip_spaces();
        }
    }

    #[inline(never)]
    fn skip_spaces(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    /// What comes next, white space included.
    #[inline]
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn text(&self, start: usize, end: usize) -> Result<&'a str> {
        let bytes = self.bytes.get(start..end).unwrap_or_default();
        std::str::from_utf8(bytes).map_err(|e| malformed(start + e.valid_up_to(), "invalid UTF-8"))
    }

    #[cold]
    pub(crate) fn unexpected_for(&self, byte: u8) -> Error {
        self.unexpected(&format!("'{}'", char::from(byte)))
    }

    #[cold]
    fn unexpected(&self, wanted: &str) -> Error {
        let start = self.rest().first_chunk::<4>().map_or(self.rest(), <[u8; 4]>::as_slice);
        match String::from_utf8_lossy(start).chars().next() {
            Some(found) => malformed(self.at, &format!("expected {wanted}, found {found:?}")),
            None => malformed(self.at, &format!("expected {wanted}, found end of input")),
        }
    }
}

fn malformed(at: usize, what: &str) -> Error {
    Error::new(ErrorKind::ReplyMalformed, format!("invalid JSON: {what}, at byte {at}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::deployment_api::wire::label_keys;
    use proptest::prelude::*;

    fn read_string(text: &str) -> Result<String> {
        let mut cursor = Cursor::new(text.as_bytes());
        let read = cursor.string()?.into_owned();
        cursor.end()?;
        Ok(read)
    }

    #[test]
    fn objects_and_arrays_are_walked_in_order() {
        let mut seen = Vec::new();
        let mut cursor = Cursor::new(br#" { "a" : [1, 2.5 ,3] , "b\u0041" : {"x": [null, true]} } "#);
        cursor
            .object(|cursor, key| {
                seen.push(key.to_string());
                if key != "a" {
                    return cursor.skip_value();
                }
                cursor.array(|cursor| {
                    seen.push(cursor.number_text()?.to_owned());
                    Ok(())
                })
            })
            .unwrap();
        cursor.end().unwrap();
        assert_eq!(seen, ["a", "1", "2.5", "3", "bA"]);
    }

    #[test]
    fn known_names_are_told_by_their_place() {
        let names = Names::new(vec!["a".into(), "b\"".into(), "c".into()]).unwrap().unwrap();
        let keys = label_keys(names.list()).unwrap();
        let mut seen = Vec::new();
        let mut cursor = Cursor::new(br#"{"a":1, "b\"" :2,"d":3,"c":4,"a":5}          "#);
        cursor
            .object_of(
                &names,
                |place| keys.get(place),
                0,
                |cursor, place| {
                    seen.push((place.map_err(Cow::into_owned), cursor.number_text()?.to_owned()));
                    Ok(())
                },
            )
            .unwrap();
        cursor.end().unwrap();
        Cursor::new(b" , \"c\" : 4 }")
            .object_of(
                &names,
                |place| keys.get(place),
                2,
                |cursor, place| {
                    assert_eq!(place.unwrap(), 2);
                    cursor.skip_value()
                },
            )
            .unwrap();
        let expected = [Ok(0), Ok(1), Err("d".to_owned()), Ok(2), Ok(0)];
        let expected: Vec<_> =
            expected.into_iter().zip(["1", "2", "3", "4", "5"].map(str::to_owned)).collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn what_is_not_json_is_refused_with_its_place() {
        for bad in ["\"", "\"a", "\"a\\", "\"a\\\"", "\"\\x\"", "\"\n\"", "\"\\ud800\"", "a", "\"a\" b"] {
            assert_eq!(read_string(bad).unwrap_err().kind(), ErrorKind::ReplyMalformed, "{bad}");
        }
        let place = Cursor::new(b"  [1 2]").array(|c| c.number_text().map(|_| ())).unwrap_err();
        assert!(place.to_string().ends_with("invalid JSON: expected ',', found '2', at byte 5"), "{place}");
        for bad in [&b"\"a\xff\""[..], b"\"\\n\xff\"", b"\"\xe2\x98\""] {
            let place = Cursor::new(bad).string().unwrap_err();
            assert!(place.to_string().contains("invalid UTF-8, at byte "), "{place}");
        }
        assert_eq!(Cursor::new(b"\xff").string().unwrap_err().kind(), ErrorKind::ReplyMalformed);
    }

    #[test]
    fn skipping_survives_any_depth() {
        let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
        let mut cursor = Cursor::new(deep.as_bytes());
        cursor.skip_value().unwrap();
        cursor.end().unwrap();
    }

    proptest! {
        #[test]
        fn any_string_comes_back(text: String) {
            let json = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(read_string(&json).unwrap(), text);
        }

        #[test]
        fn numbers_agree_with_serde(text in "-?[0-9]{0,3}(\\.[0-9]{0,2})?([eE][+-]?[0-9]{0,2})?") {
            let mut cursor = Cursor::new(text.as_bytes());
            let whole = cursor.number_text().is_ok() && cursor.end().is_ok();
            prop_assert_eq!(whole, serde_json::from_str::<serde_json::Number>(&text).is_ok(), "{}", text);
        }
    }
}
