//! A reader of JSON that takes the words NaN, Infinity and -Infinity for numbers, as Triton does.

use std::borrow::Cow;

use serde::de::IgnoredAny;

use crate::error::{ApiError, ErrorCode};

/// Lists and objects within one another.
const MAX_DEPTH: usize = 128;

/// Bytes of a wrong text that a message shows.
const SHOWN: usize = 20;

/// A value; lists and objects still have to be read.
#[derive(Debug, PartialEq)]
pub enum Value<'a> {
    Null,
    Bool(bool),
    /// A number as it is written.
    Number(&'a str),
    /// One of the words for what is not finite.
    NotFinite(f64),
    Text(Cow<'a, str>),
    List,
    Object,
}

impl Value<'_> {
    /// The value for a message.
    pub fn shown(&self) -> String {
        let quoted = |text: &str| match text.char_indices().nth(SHOWN) {
            Some((end, _)) => format!("{:?}...", &text[..end]),
            None => format!("{text:?}"),
        };
        match self {
            Value::Null => "null".to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Number(text) => text.chars().take(2 * SHOWN).collect(),
            Value::NotFinite(value) => {
                String::from_utf8_lossy(not_finite(*value).unwrap_or_default()).into_owned()
            }
            Value::Text(text) => format!("the string {}", quoted(text)),
            Value::List => "a list".to_owned(),
            Value::Object => "an object".to_owned(),
        }
    }
}

/// The word for a value that is not finite.
pub fn not_finite(value: f64) -> Option<&'static [u8]> {
    match value {
        value if value.is_nan() => Some(b"NaN"),
        f64::INFINITY => Some(b"Infinity"),
        f64::NEG_INFINITY => Some(b"-Infinity"),
        _ => None,
    }
}

/// A place in a text of JSON.
#[derive(Clone)]
pub struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

type Outcome<T> = Result<T, ApiError>;

impl<'a> Cursor<'a> {
    pub fn new(text: &'a str) -> Cursor<'a> {
        Cursor { text, at: 0 }
    }

    /// Nothing but white space may be left.
    pub fn end(&mut self) -> Outcome<()> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.invalid("the end")),
        }
    }

    /// Reads an object; `member` is called after each key.
    pub fn object(
        &mut self,
        mut member: impl FnMut(&mut Cursor<'a>, Cow<'a, str>) -> Outcome<()>,
    ) -> Outcome<()> {
        self.expect(b'{', "an object")?;
        if self.take(b'}') {
            return Ok(());
        }
        loop {
            let key = self.key()?;
            member(self, key)?;
            if self.take(b'}') {
                return Ok(());
            }
            self.expect(b',', "',' or '}'")?;
        }
    }

    /// Reads a list; `element` is called before each element.
    pub fn list(&mut self, mut element: impl FnMut(&mut Cursor<'a>) -> Outcome<()>) -> Outcome<()> {
        self.expect(b'[', "a list")?;
        if self.take(b']') {
            return Ok(());
        }
        loop {
            element(self)?;
            if self.take(b']') {
                return Ok(());
            }
            self.expect(b',', "',' or ']'")?;
        }
    }

    /// Reads a value; of a list or an object only that it is one.
    pub fn value(&mut self) -> Outcome<Value<'a>> {
        match self.peek() {
            Some(b'{') => Ok(Value::Object),
            Some(b'[') => Ok(Value::List),
            Some(b'"') => self.text().map(Value::Text),
            Some(b'-' | b'0'..=b'9') if !self.rest().starts_with("-I") => self.number().map(Value::Number),
            _ => self.word(),
        }
    }

    /// Skips a value and returns its text.
    pub fn skip(&mut self) -> Outcome<&'a str> {
        self.peek();
        let start = self.at;
        self.skip_within(0)?;
        Ok(&self.text[start..self.at])
    }

    /// Whether a list follows whose first element is a list.
    pub fn is_nested(&self) -> bool {
        let mut ahead = self.clone();
        ahead.take(b'[') && ahead.peek() == Some(b'[')
    }

    fn skip_within(&mut self, depth: usize) -> Outcome<()> {
        let opened = self.peek();
        if matches!(opened, Some(b'{' | b'[')) && depth == MAX_DEPTH {
            return Err(self.invalid("no deeper nesting"));
        }
        match opened {
            Some(b'{') => self.skip_object(depth + 1),
            Some(b'[') => self.list(|cursor| cursor.skip_within(depth + 1)),
            Some(b'"') => self.skip_text(),
            _ => self.value().map(drop),
        }
    }

    fn skip_object(&mut self, depth: usize) -> Outcome<()> {
        self.expect(b'{', "an object")?;
        if self.take(b'}') {
            return Ok(());
        }
        loop {
            self.expect_key()?;
            self.skip_text()?;
            self.expect(b':', "':'")?;
            self.skip_within(depth)?;
            if self.take(b'}') {
                return Ok(());
            }
            self.expect(b',', "',' or '}'")?;
        }
    }

    /// Escapes have to be valid also in ignored values.
    fn skip_text(&mut self) -> Outcome<()> {
        let (text, escaped) = self.quoted()?;
        match escaped && serde_json::from_str::<IgnoredAny>(text).is_err() {
            true => Err(self.invalid("a string with valid escapes")),
            false => Ok(()),
        }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while matches!(bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, byte: u8, what: &str) -> Outcome<()> {
        match self.take(byte) {
            true => Ok(()),
            false => Err(self.invalid(what)),
        }
    }

    fn key(&mut self) -> Outcome<Cow<'a, str>> {
        self.expect_key()?;
        let key = self.text()?;
        self.expect(b':', "':'")?;
        Ok(key)
    }

    fn expect_key(&mut self) -> Outcome<()> {
        match self.peek() {
            Some(b'"') => Ok(()),
            _ => Err(self.invalid("a key in quotes")),
        }
    }

    fn text(&mut self) -> Outcome<Cow<'a, str>> {
        let (text, escaped) = self.quoted()?;
        match escaped {
            false => Ok(Cow::Borrowed(&text[1..text.len() - 1])),
            true => serde_json::from_str(text)
                .map(Cow::Owned)
                .map_err(|_| self.invalid("a string with valid escapes")),
        }
    }

    /// Skips a string; returns it with its quotes, and whether it has escapes.
    fn quoted(&mut self) -> Outcome<(&'a str, bool)> {
        let (bytes, start) = (self.text.as_bytes(), self.at);
        let mut escaped = false;
        let mut at = start + 1;
        loop {
            match bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    at += 2;
                }
                Some(0..0x20) | None => return Err(self.invalid("a string that ends with a quote")),
                Some(_) => at += 1,
            }
        }
        self.at = at + 1;
        Ok((&self.text[start..self.at], escaped))
    }

    fn number(&mut self) -> Outcome<&'a str> {
        let (bytes, start) = (self.text.as_bytes(), self.at);
        let digits = |mut at: usize| {
            while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
            at
        };
        let mut at = start + usize::from(bytes[start] == b'-');
        let whole = digits(at);
        let mut valid = whole > at && (bytes[at] != b'0' || whole == at + 1);
        at = whole;
        if bytes.get(at) == Some(&b'.') {
            let end = digits(at + 1);
            valid &= end > at + 1;
            at = end;
        }
        if matches!(bytes.get(at), Some(b'e' | b'E')) {
            at += 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
            let end = digits(at);
            valid &= end > at;
            at = end;
        }
        if !valid {
            return Err(self.invalid("a number"));
        }
        self.at = at;
        Ok(&self.text[start..at])
    }

    fn word(&mut self) -> Outcome<Value<'a>> {
        let known = [
            ("null", Value::Null),
            ("true", Value::Bool(true)),
            ("false", Value::Bool(false)),
            ("NaN", Value::NotFinite(f64::NAN)),
            ("Infinity", Value::NotFinite(f64::INFINITY)),
            ("-Infinity", Value::NotFinite(f64::NEG_INFINITY)),
        ];
        let rest = self.rest();
        let found = known.into_iter().find(|(word, _)| rest.starts_with(word));
        let (word, value) = found.ok_or_else(|| self.invalid("a value"))?;
        self.at += word.len();
        Ok(value)
    }

    /// The error of a text in which something else is expected here.
    fn invalid(&self, expected: &str) -> ApiError {
        let rest = self.rest();
        let found: String = rest.chars().take(SHOWN).collect();
        let found = if found.is_empty() { "the end".to_owned() } else { format!("{found:?}") };
        ApiError::new(
            ErrorCode::JsonParsingError,
            format!("invalid JSON at byte {}: expected {expected}, found {found}", self.at),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skipped(text: &str) -> Result<&str, String> {
        let mut cursor = Cursor::new(text);
        let skipped = cursor.skip().map_err(|error| error.message)?;
        cursor.end().map_err(|error| error.message)?;
        Ok(skipped)
    }

    #[test]
    fn valid_texts_are_read_over() {
        let nested = format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
        for text in [
            "0",
            "-0.5e+3",
            "[]",
            "{}",
            r#"{"a": [1, {"b\n": null}], "é": "\ud83d\ude00"}"#,
            "[NaN, -Infinity, Infinity, true, false]",
            &nested,
        ] {
            assert_eq!(skipped(&format!(" {text}\r\n\t")), Ok(text));
        }
    }

    #[test]
    fn invalid_texts_are_refused_with_their_place() {
        let nested = format!("{}{}", "[".repeat(MAX_DEPTH + 1), "]".repeat(MAX_DEPTH + 1));
        for text in [
            "",
            "01",
            "1.",
            ".5",
            "+1",
            "1e",
            "--1",
            "-",
            "nul",
            "nan",
            "-NaN",
            "[1,]",
            "[1 2]",
            "{1:2}",
            r#"{"a"}"#,
            r#"{"a":1,}"#,
            r#""a"#,
            r#""\x""#,
            "\"\n\"",
            "[",
            "{",
            "1 1",
            "\"\\",
            &nested,
        ] {
            assert!(skipped(text).unwrap_err().starts_with("invalid JSON at byte "), "{text}");
        }
        let error = skipped(r#"{"a": [1, 2}"#).unwrap_err();
        assert_eq!(error, r#"invalid JSON at byte 11: expected ',' or ']', found "}""#);
    }

    #[test]
    fn texts_are_unescaped() {
        let read = |text| Cursor::new(text).value().map_err(drop);
        assert_eq!(read(r#""a\u00e9\"""#), Ok(Value::Text("aé\"".into())));
        assert_eq!(read(r#""\ud800""#), Err(()));
        assert_eq!(read("-1.50e3,"), Ok(Value::Number("-1.50e3")));
    }
}
