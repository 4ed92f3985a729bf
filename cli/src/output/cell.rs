//! One value of the output.

use std::borrow::Cow;

use serde_json::value::RawValue;

/// A value, as every format can write it.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    Text(Cow<'a, str>),
    /// A number or a boolean, as JSON and tables write it.
    Number(String),
    /// NaN or an infinity, which JSON cannot carry.
    NotFinite(f64),
    /// JSON of another kind: a list or an object.
    Json(String),
    Nothing,
}

impl<'a> Cell<'a> {
    /// A float in the shortest text that is read as the same float.
    pub fn float(value: f64) -> Cell<'a> {
        match value.is_finite() {
            true => Cell::Number(shortest(value)),
            false => Cell::NotFinite(value),
        }
    }

    /// A value as it stands in JSON, so that numbers keep all their digits.
    pub fn of_json(value: &RawValue) -> Cell<'static> {
        let json = value.get();
        match json.as_bytes().first() {
            Some(b'"') => {
                serde_json::from_str(json).map_or(Cell::Nothing, |text| Cell::Text(Cow::Owned(text)))
            }
            Some(b'[' | b'{') => Cell::Json(compact(json)),
            Some(b'n') | None => Cell::Nothing,
            Some(_) => Cell::Number(json.to_owned()),
        }
    }

    /// As a field of a table.
    pub fn as_text(&self) -> Cow<'_, str> {
        match self {
            Cell::Text(text) => Cow::Borrowed(text),
            Cell::Number(text) | Cell::Json(text) => Cow::Borrowed(text),
            Cell::NotFinite(value) if value.is_nan() => Cow::Borrowed("NaN"),
            Cell::NotFinite(value) if *value > 0.0 => Cow::Borrowed("Infinity"),
            Cell::NotFinite(_) => Cow::Borrowed("-Infinity"),
            Cell::Nothing => Cow::Borrowed(""),
        }
    }

    /// As JSON, appended to `out`.
    pub fn push_json(&self, out: &mut Vec<u8>) {
        match self {
            Cell::Text(text) => push_string(out, text),
            Cell::Number(text) | Cell::Json(text) => out.extend_from_slice(text.as_bytes()),
            Cell::NotFinite(_) | Cell::Nothing => out.extend_from_slice(b"null"),
        }
    }

    /// Whether it is to stand at the right edge of its column.
    pub fn is_number(&self) -> bool {
        matches!(self, Cell::Number(_) | Cell::NotFinite(_))
    }
}

/// JSON without the white space between its parts: a carriage return there would end a line for some readers.
fn compact(json: &str) -> String {
    let (mut in_string, mut escaped) = (false, false);
    let is_kept = |character: &char| {
        let is_kept = in_string || !character.is_ascii_whitespace();
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => in_string = !in_string,
            _ => {}
        }
        is_kept
    };
    json.chars().filter(is_kept).collect()
}

/// Appends a text as a JSON string.
pub fn push_string(out: &mut Vec<u8>, text: &str) {
    // A string has always a JSON text, and a vector takes all of it.
    let _ = serde_json::to_writer(out, text);
}

/// The shortest text of a finite float.
pub fn shortest<F: serde::Serialize>(value: F) -> String {
    serde_json::to_string(&value).unwrap_or_default()
}
