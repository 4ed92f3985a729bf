//! One value of the output.

use std::borrow::Cow;

use serde_json::Value;

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

    pub fn of_json(value: Value) -> Cell<'static> {
        match value {
            Value::Null => Cell::Nothing,
            Value::String(text) => Cell::Text(Cow::Owned(text)),
            Value::Number(number) => Cell::Number(number.to_string()),
            Value::Bool(flag) => Cell::Number(flag.to_string()),
            Value::Array(_) | Value::Object(_) => Cell::Json(value.to_string()),
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

/// Appends a text as a JSON string.
pub fn push_string(out: &mut Vec<u8>, text: &str) {
    // A string has always a JSON text, and a vector takes all of it.
    let _ = serde_json::to_writer(out, text);
}

/// The shortest text of a finite float.
pub fn shortest<F: serde::Serialize>(value: F) -> String {
    serde_json::to_string(&value).unwrap_or_default()
}
