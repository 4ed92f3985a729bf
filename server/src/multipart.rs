//! A single example as `multipart/form-data`, a part per feature.

use std::borrow::Cow;
use std::convert::Infallible;

use axum::body::Bytes;
use bytes::Buf;
use futures_util::stream;

use crate::deployment::{Deployment, Input, InputKind};
use crate::encode::{Encoder, WireValue};
use crate::error::ApiError;
use crate::npy;
use crate::request::BYTE_ORDER_MARK;

/// A part: its name and what it holds.
pub type Part = (String, Bytes);

/// Splits a body into its parts.
pub async fn split(content_type: &str, body: Bytes) -> Result<Vec<Part>, ApiError> {
    let bad =
        |error: multer::Error| ApiError::bad_data(format!("the multipart form cannot be read: {error}"));
    let boundary = multer::parse_boundary(content_type).map_err(bad)?;
    let mut form = multer::Multipart::new(stream::iter([Ok::<_, Infallible>(body)]), boundary);
    let mut parts = Vec::new();
    while let Some(field) = form.next_field().await.map_err(bad)? {
        let name = field.name().map(str::to_owned);
        let name = name.ok_or_else(|| ApiError::bad_data("a part of the form has no name"))?;
        parts.push((name, field.bytes().await.map_err(bad)?));
    }
    Ok(parts)
}

/// Encodes the parts as the one row of a batch.
pub fn read(parts: Vec<Part>, encoder: &mut Encoder) -> Result<(), ApiError> {
    encoder.begin_row()?;
    for (name, bytes) in parts {
        let Some(place) = place(encoder.deployment, &name) else {
            encoder.unknown(&name);
            continue;
        };
        encoder.begin_feature(place)?;
        let value = value(&encoder.deployment.inputs[place], bytes);
        let value = value.map_err(|error| error.at(&encoder.place()))?;
        encoder.put(value)?;
    }
    encoder.end_row()
}

/// Browsers, curl and others write three characters of a name as %XX.
fn place(deployment: &Deployment, name: &str) -> Option<usize> {
    let written = || name.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n");
    deployment.input_place(name).or_else(|| deployment.input_place(&written()))
}

fn value(input: &Input, mut bytes: Bytes) -> Result<WireValue<'static>, ApiError> {
    if bytes.starts_with(BYTE_ORDER_MARK) {
        bytes.advance(BYTE_ORDER_MARK.len());
    }
    let is_file = match input.kind {
        InputKind::Image { .. } => !bytes.starts_with(b"data:"),
        InputKind::Array => npy::is_npy(&bytes),
        _ => false,
    };
    if is_file {
        return Ok(WireValue::Part(bytes));
    }
    if matches!(input.kind, InputKind::Array) && bytes.starts_with(b"{") {
        let array = serde_json::from_slice(&bytes).map(WireValue::Object);
        return array.map_err(|error| ApiError::bad_data(format!("the array cannot be read: {error}")));
    }
    let text = String::from_utf8(bytes.into()).map_err(|_| ApiError::bad_data("the text is not UTF-8"))?;
    match input.kind {
        InputKind::Number => number(&text),
        InputKind::Binary(_) => {
            Ok(text.parse().map_or(WireValue::Text(Cow::Owned(text)), WireValue::Integer))
        }
        _ => Ok(WireValue::Text(Cow::Owned(text))),
    }
}

fn number(text: &str) -> Result<WireValue<'static>, ApiError> {
    let text = text.trim();
    let shown: String = text.chars().take(40).collect();
    text.parse().map(WireValue::Number).map_err(|_| ApiError::bad_data(format!("{shown:?} is not a number")))
}
