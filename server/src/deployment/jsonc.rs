//! JSON with comments, read into a tree that knows the line of each value.

use std::collections::HashMap;

use serde_json::Number;

/// Deeper nesting is refused: it would only exhaust the stack.
const MAX_DEPTH: usize = 32;

/// A word of so many bytes is no token.
const SHORT: usize = 4;

/// A value and the line on which it begins, counted from 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub line: usize,
    pub value: Value,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Object(Vec<Entry>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub key: String,
    /// The line of the key.
    pub line: usize,
    pub node: Node,
}

impl Node {
    /// What it is, for a message.
    pub fn noun(&self) -> String {
        match &self.value {
            Value::Null => "null".to_owned(),
            Value::Bool(flag) => flag.to_string(),
            Value::Number(number) => format!("the number {number}"),
            Value::Text(text) => format!("the string {:?}", shorten(text)),
            Value::List(_) => "a list".to_owned(),
            Value::Object(_) => "an object".to_owned(),
        }
    }

    /// The value without its lines. Of a key that is there twice the last one counts.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(flag) => (*flag).into(),
            Value::Number(number) => number.clone().into(),
            Value::Text(text) => text.as_str().into(),
            Value::List(nodes) => nodes.iter().map(Node::to_json).collect::<Vec<_>>().into(),
            Value::Object(entries) => {
                let entries = entries.iter().map(|entry| (entry.key.clone(), entry.node.to_json()));
                serde_json::Value::Object(entries.collect())
            }
        }
    }

    /// The line of each value below this one, by its path: `inputs[0].name`.
    pub fn lines(&self) -> HashMap<String, usize> {
        let mut lines = HashMap::new();
        self.collect_lines("", self.line, &mut lines);
        lines
    }

    fn collect_lines(&self, path: &str, line: usize, lines: &mut HashMap<String, usize>) {
        match &self.value {
            Value::List(nodes) => {
                for (place, node) in nodes.iter().enumerate() {
                    node.collect_lines(&format!("{path}[{place}]"), node.line, lines);
                }
            }
            Value::Object(entries) => {
                for entry in entries {
                    entry.node.collect_lines(&join(path, &entry.key), entry.line, lines);
                }
            }
            _ => (),
        }
        lines.insert(path.to_owned(), line);
    }
}

/// The path of a key below a path.
pub fn join(path: &str, key: &str) -> String {
    let key = shorten(key).escape_debug().to_string();
    if path.is_empty() { key } else { format!("{path}.{key}") }
}

/// Short enough for a message.
pub fn shorten(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

/// A text that is not JSON: the line, and what is wrong there.
#[derive(Debug, PartialEq)]
pub struct SyntaxError {
    pub line: usize,
    pub problem: String,
}

/// Reads a text: JSON, in which comments and a comma after the last entry are possible.
pub fn parse(text: &str) -> Result<Node, SyntaxError> {
    // Some editors write a byte order mark.
    let mut parser = Parser { rest: text.strip_prefix('\u{feff}').unwrap_or(text), line: 1 };
    let node = parser.node(0)?;
    parser.skip()?;
    match parser.rest.is_empty() {
        true => Ok(node),
        false => Err(parser.wrong("the end of the file is expected")),
    }
}

struct Parser<'a> {
    rest: &'a str,
    line: usize,
}

impl Parser<'_> {
    /// An error here; it says what is there instead.
    fn wrong(&self, expected: &str) -> SyntaxError {
        SyntaxError { line: self.line, problem: format!("{expected}, {}", self.here()) }
    }

    /// What is here. A string or a long word may be a token, and is not shown.
    fn here(&self) -> String {
        let is_part = |letter: char| letter.is_alphanumeric() || "\"'_-+.".contains(letter);
        let end = self.rest.find(|letter| !is_part(letter)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        let is_key = rest.trim_start().starts_with(':');
        match (word.chars().next(), self.rest.chars().next()) {
            (_, None) => "the file ends here".to_owned(),
            (None, Some(sign)) => format!("found {sign:?}"),
            (Some(_), _) if is_key || word.len() <= SHORT => format!("found {:?}", shorten(word)),
            (Some('"'), _) => "found a string".to_owned(),
            (Some(_), _) => "found a word without quotes".to_owned(),
        }
    }

    /// Goes on by so many bytes.
    fn advance(&mut self, bytes: usize) {
        let (passed, rest) = self.rest.split_at(bytes);
        self.line += passed.matches('\n').count();
        self.rest = rest;
    }

    /// Skips white space and comments.
    fn skip(&mut self) -> Result<(), SyntaxError> {
        loop {
            let spaces = self.rest.len() - self.rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
            self.advance(spaces);
            if self.rest.starts_with("//") {
                self.advance(self.rest.find('\n').unwrap_or(self.rest.len()));
            } else if self.rest.starts_with("/*") {
                let end = self.rest.find("*/").ok_or_else(|| self.wrong("the comment has no end: */"))?;
                self.advance(end + 2);
            } else {
                return Ok(());
            }
        }
    }

    fn take(&mut self, sign: char) -> bool {
        let found = self.rest.starts_with(sign);
        if found {
            self.advance(1);
        }
        found
    }

    fn node(&mut self, depth: usize) -> Result<Node, SyntaxError> {
        self.skip()?;
        if depth > MAX_DEPTH {
            return Err(self.wrong("the value is nested too deeply"));
        }
        let line = self.line;
        let value = match self.rest.chars().next() {
            Some('{') => Value::Object(self.object(depth)?),
            Some('[') => Value::List(self.list(depth)?),
            Some('"') => Value::Text(self.text()?),
            _ => self.word()?,
        };
        Ok(Node { line, value })
    }

    fn object(&mut self, depth: usize) -> Result<Vec<Entry>, SyntaxError> {
        self.advance(1);
        let mut entries = Vec::new();
        loop {
            self.skip()?;
            if self.take('}') {
                return Ok(entries);
            }
            let line = self.line;
            if !self.rest.starts_with('"') {
                return Err(self.wrong("a key in double quotes is expected"));
            }
            let key = self.text()?;
            self.skip()?;
            if !self.take(':') {
                return Err(self.wrong(&format!("a colon is expected after {:?}", shorten(&key))));
            }
            entries.push(Entry { key, line, node: self.node(depth + 1)? });
            self.separator('}')?;
        }
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Node>, SyntaxError> {
        self.advance(1);
        let mut nodes = Vec::new();
        loop {
            self.skip()?;
            if self.take(']') {
                return Ok(nodes);
            }
            nodes.push(self.node(depth + 1)?);
            self.separator(']')?;
        }
    }

    /// A comma, or the end, which is left.
    fn separator(&mut self, end: char) -> Result<(), SyntaxError> {
        self.skip()?;
        match self.take(',') || self.rest.starts_with(end) {
            true => Ok(()),
            false => Err(self.wrong(&format!("a comma or {end} is expected"))),
        }
    }

    fn text(&mut self) -> Result<String, SyntaxError> {
        let mut escaped = false;
        let is_end = |(_, letter): &(usize, char)| {
            let quote = *letter == '"' && !escaped;
            escaped = *letter == '\\' && !escaped;
            quote
        };
        let end = self.rest.char_indices().skip(1).find(is_end);
        let (end, _) = end.ok_or_else(|| self.wrong("a string has no closing quote"))?;
        let text = serde_json::from_str(&self.rest[..=end]);
        let text =
            text.map_err(|_| self.wrong("a string has a line break or a wrong escape (write \\\\ for \\)"))?;
        self.advance(end + 1);
        Ok(text)
    }

    /// A number, true, false or null.
    fn word(&mut self) -> Result<Value, SyntaxError> {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.' | '_');
        let end = self.rest.find(|letter| !plain(letter)).unwrap_or(self.rest.len());
        let value = match &self.rest[..end] {
            "null" => Value::Null,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            word => match serde_json::from_str(word) {
                Ok(number) => Value::Number(number),
                Err(_) => return Err(self.wrong("a value is expected (strings in double quotes)")),
            },
        };
        self.advance(end);
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_a_last_comma_change_nothing() {
        let text = "\u{feff}// first\n{ /* two\nlines */ \"a//\": [1, -2.5e3, // three\n true, null,],\n\"b\": {\"c\": \"/*\\\"*/\"},\n}\n//";
        let node = parse(text).unwrap();
        let expected = serde_json::json!({"a//": [1, -2500.0, true, null], "b": {"c": "/*\"*/"}});
        assert_eq!(node.to_json(), expected);
        let lines = node.lines();
        for (path, line) in [("", 2), ("a//", 3), ("a//[1]", 3), ("a//[2]", 4), ("b", 5), ("b.c", 5)] {
            assert_eq!(lines.get(path), Some(&line), "{path}");
        }
    }

    #[test]
    fn plain_json_is_read_as_the_library_reads_it() {
        for text in [
            r#"{"a": [1, 2, {"b": "\u00e9\n\ud83d\ude00"}], "c": -0.0, "d": 1e-7, "e": 12345678901234567890}"#,
            "[]",
            "{}",
            " 7 ",
            "\"x\"",
        ] {
            assert_eq!(
                parse(text).unwrap().to_json(),
                serde_json::from_str::<serde_json::Value>(text).unwrap()
            );
        }
    }

    #[test]
    fn what_is_no_json_is_told_with_its_line() {
        for (text, line, problem) in [
            ("", 1, "a value is expected (strings in double quotes), the file ends here"),
            ("{\n\"a\" 1}", 2, "a colon is expected after \"a\", found \"1\""),
            ("{\n\"a\": 1\n\"b\": 2}", 3, "a comma or } is expected, found \"\\\"b\\\"\""),
            ("[1 2]", 1, "a comma or ] is expected, found \"2\""),
            ("{a: 1}", 1, "a key in double quotes is expected, found \"a\""),
            ("{'a': 1}", 1, "a key in double quotes is expected, found \"'a'\""),
            ("[\n\"a]", 2, "a string has no closing quote, found \"\\\"a\""),
            ("[nan]", 1, "a value is expected (strings in double quotes), found \"nan\""),
            ("[01]", 1, "a value is expected (strings in double quotes), found \"01\""),
            ("{} {}", 1, "the end of the file is expected, found '{'"),
            ("/* {}", 1, "the comment has no end: */, found '/'"),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!((error.line, error.problem.as_str()), (line, problem), "{text}");
        }
        for text in [r#"["secret-a" "secret-b"]"#, r#"[secret-a]"#, "[\"secret-a]", "[\"secret-a\nb\"]"] {
            assert!(!parse(text).unwrap_err().problem.contains("secret"), "{text}");
        }
        let deep = "[".repeat(100_000);
        assert!(parse(&deep).unwrap_err().problem.starts_with("the value is nested too deeply"));
        assert!(parse("\"a\nb\"").is_err() && parse(r#""C:\d""#).is_err());
    }
}
