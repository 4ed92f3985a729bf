//! A single example as `multipart/form-data`, a part per feature.

use std::borrow::Cow;
use std::convert::Infallible;

use axum::body::Bytes;
use axum::http::{HeaderName, HeaderValue};
use bytes::Buf;
use futures_util::{FutureExt, stream};
use serde::de::DeserializeSeed;

use crate::deployment::{Deployment, Input, InputKind};
use crate::encode::{Encoder, WireValue};
use crate::error::ApiError;
use crate::npy;
use crate::request::BYTE_ORDER_MARK;

/// A part: its name and what it holds.
pub type Part = (String, Bytes);

/// More parts than features are let through: some forms have fields of their own.
const SPARE_PARTS: usize = 100;

/// The headers of a part are a name and a media type, and not much else.
const MAX_PART_HEADERS: usize = 16 << 10;

/// Splits a body into its parts.
pub fn split(content_type: &str, body: Bytes, encoder: &Encoder) -> Result<Vec<Part>, ApiError> {
    let boundary = multer::parse_boundary(content_type).map_err(unreadable)?;
    let most = encoder.deployment.inputs.len() + SPARE_PARTS;
    // The splitter makes a copy of the body.
    encoder.work.hold(body.len())?;
    let mut form = multer::Multipart::new(stream::iter([Ok::<_, Infallible>(body)]), boundary);
    let mut parts = Vec::new();
    while let Some(field) = now(form.next_field())? {
        encoder.work.step()?;
        if parts.len() == most {
            return Err(ApiError::bad_data(format!("the form has more than {most} parts")));
        }
        let length = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len();
        if field.headers().iter().map(length).sum::<usize>() > MAX_PART_HEADERS {
            let message =
                format!("the headers of a part of the form have more than {MAX_PART_HEADERS} bytes");
            return Err(ApiError::bad_data(message));
        }
        let name = field.name().map(str::to_owned);
        let name = name.ok_or_else(|| ApiError::bad_data("a part of the form has no name"))?;
        parts.push((name, now(field.bytes())?));
    }
    Ok(parts)
}

fn unreadable(error: multer::Error) -> ApiError {
    let error: String = error.to_string().chars().take(200).collect();
    ApiError::bad_data(format!("the multipart form cannot be read: {error}"))
}

/// The whole body is there, so that nothing is ever waited for.
fn now<T>(outcome: impl Future<Output = multer::Result<T>>) -> Result<T, ApiError> {
    let outcome =
        outcome.now_or_never().ok_or_else(|| ApiError::bad_data("the multipart form is cut short"))?;
    outcome.map_err(unreadable)
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
        let value = value(&encoder.deployment.inputs[place], bytes, encoder);
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

fn value(input: &Input, mut bytes: Bytes, encoder: &Encoder) -> Result<WireValue<'static>, ApiError> {
    if bytes.starts_with(BYTE_ORDER_MARK) {
        bytes.advance(BYTE_ORDER_MARK.len());
    }
    let is_file = match input.kind {
        InputKind::Image { .. } => !bytes.starts_with(b"data:"),
        InputKind::Array(_) => npy::is_npy(&bytes),
        _ => false,
    };
    if is_file {
        return Ok(WireValue::Part(bytes));
    }
    if matches!(input.kind, InputKind::Array(_)) && bytes.starts_with(b"{") {
        let mut json = serde_json::Deserializer::from_slice(&bytes);
        let array = encoder.read_array().deserialize(&mut json);
        let array = array.and_then(|array| json.end().map(|()| WireValue::Object(array)));
        encoder.work.step()?;
        return array.map_err(|error| {
            let error: String = error.to_string().chars().take(300).collect();
            ApiError::bad_data(format!("the array cannot be read: {error}"))
        });
    }
    let text = String::from_utf8(bytes.into()).map_err(|_| ApiError::bad_data("the text is not UTF-8"))?;
    match input.kind {
        // A field of a form that is left empty.
        _ if text.is_empty() && input.fill.is_some() => Ok(WireValue::Null),
        InputKind::Number(_) => number(&text),
        InputKind::Binary(ref categories, _) => Ok(match text.parse() {
            Ok(number) if categories.place(&text).is_none() => WireValue::Integer(number),
            _ => WireValue::Text(Cow::Owned(text)),
        }),
        _ => Ok(WireValue::Text(Cow::Owned(text))),
    }
}

fn number(text: &str) -> Result<WireValue<'static>, ApiError> {
    let text = text.trim();
    let shown: String = text.chars().take(40).collect();
    text.parse().map(WireValue::Number).map_err(|_| ApiError::bad_data(format!("{shown:?} is not a number")))
}
