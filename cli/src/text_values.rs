//! Values as text, as tables and command lines have them, added as the input they are for wants them.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sidekick::{FeatureSpec, FeatureType, Result, Rows};

use crate::invalid::{invalid, missing};
use crate::lists;

/// Adds a text to the input at an index. Paths in it are relative to `folder`.
pub fn add(rows: &mut Rows, index: usize, spec: &FeatureSpec, text: &str, folder: &Path) -> Result<()> {
    if is_missing(spec, text) {
        return missing(spec);
    }
    match spec.feature_type() {
        FeatureType::Numeric if spec.is_array() => add_array(rows, index, spec, text.trim(), folder),
        FeatureType::Numeric => add_number(rows, index, spec, text.trim()),
        FeatureType::Categorical => add_category(rows, index, text),
        FeatureType::Binary => add_binary(rows, index, text),
        FeatureType::Text => rows.add_text(index, text),
        FeatureType::Image => match data_url(spec, text)? {
            Some(bytes) => rows.add_image(index, &bytes),
            None => rows.add_image_file(index, folder.join(path_in(text))),
        },
        FeatureType::Bytes => add_as_bytes(rows, index, spec, text, folder),
    }
}

/// Adds the contents of a file to the input at an index.
pub fn add_contents(rows: &mut Rows, index: usize, spec: &FeatureSpec, bytes: &[u8]) -> Result<()> {
    match spec.feature_type() {
        FeatureType::Numeric if spec.is_array() => rows.add_npy(index, bytes),
        FeatureType::Image => rows.add_image(index, bytes),
        FeatureType::Bytes => rows.add_bytes(index, bytes),
        FeatureType::Text => rows.add_text(index, utf8(spec, bytes)?),
        _ => add(rows, index, spec, utf8(spec, bytes)?.trim_end_matches(['\r', '\n']), Path::new("")),
    }
}

/// An empty text is a value only as a text, or as a category.
fn is_missing(spec: &FeatureSpec, text: &str) -> bool {
    let has_empty_category = || spec.categories().iter().any(|label| label.is_empty());
    match spec.feature_type() {
        FeatureType::Text | FeatureType::Bytes => false,
        FeatureType::Categorical | FeatureType::Binary => text.is_empty() && !has_empty_category(),
        _ => text.trim().is_empty(),
    }
}

/// Whole numbers stay whole: an input of 64-bit integers keeps all digits.
fn add_number(rows: &mut Rows, index: usize, spec: &FeatureSpec, text: &str) -> Result<()> {
    if let Ok(integer) = text.parse::<i64>() {
        return rows.add_integer(index, integer);
    }
    if let Ok(integer) = text.parse::<u64>() {
        return rows.add_unsigned(index, integer);
    }
    match text.parse::<f64>() {
        Ok(number) => rows.add_number(index, number),
        Err(_) => Err(invalid(spec, &format!("{} is not a number", quoted(text)))),
    }
}

/// A label; an integer may also be the index of one.
fn add_category(rows: &mut Rows, index: usize, text: &str) -> Result<()> {
    rows.add_category(index, text).or_else(|error| match text.parse::<i64>() {
        Ok(integer) => rows.add_integer(index, integer).map_err(|_| error),
        Err(_) => Err(error),
    })
}

fn add_binary(rows: &mut Rows, index: usize, text: &str) -> Result<()> {
    match text {
        "0" | "1" => rows.add_integer(index, i64::from(text == "1")),
        _ => rows.add_category(index, text).or_else(|error| match text {
            "true" | "True" | "TRUE" => rows.add_binary(index, true),
            "false" | "False" | "FALSE" => rows.add_binary(index, false),
            _ => Err(error),
        }),
    }
}

fn add_array(rows: &mut Rows, index: usize, spec: &FeatureSpec, text: &str, folder: &Path) -> Result<()> {
    if !text.starts_with('[') {
        return rows.add_npy_file(index, folder.join(path_in(text)));
    }
    let list: Value =
        serde_json::from_str(text).map_err(|error| invalid(spec, &format!("is not a JSON list: {error}")))?;
    lists::add(rows, index, spec, &list)
}

fn add_as_bytes(rows: &mut Rows, index: usize, spec: &FeatureSpec, text: &str, folder: &Path) -> Result<()> {
    if let Some(bytes) = data_url(spec, text)? {
        return rows.add_bytes(index, &bytes);
    }
    let Some(path) = text.strip_prefix('@') else { return rows.add_bytes(index, text.as_bytes()) };
    let path = folder.join(path);
    let bytes = std::fs::read(&path);
    let bytes = bytes.map_err(|error| invalid(spec, &format!("{}: {error}", path.display())))?;
    rows.add_bytes(index, &bytes)
}

/// A path, which may be written as on the command line.
fn path_in(text: &str) -> &str {
    text.strip_prefix('@').unwrap_or(text)
}

/// The bytes of a base64 data URL; none if the text is none.
fn data_url(spec: &FeatureSpec, text: &str) -> Result<Option<Vec<u8>>> {
    let Some(rest) = text.strip_prefix("data:") else { return Ok(None) };
    let encoded = rest.split_once(";base64,").map(|(_, encoded)| encoded);
    let encoded = encoded.ok_or_else(|| invalid(spec, "is a data URL without ;base64,"))?;
    let bytes = STANDARD.decode(encoded);
    bytes.map(Some).map_err(|error| invalid(spec, &format!("is a data URL that is not base64: {error}")))
}

fn utf8<'b>(spec: &FeatureSpec, bytes: &'b [u8]) -> Result<&'b str> {
    std::str::from_utf8(bytes).map_err(|_| invalid(spec, "is not UTF-8"))
}

/// A text for messages, in quotes and cut.
fn quoted(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{:?}...", &text[..end]),
        None => format!("{text:?}"),
    }
}
