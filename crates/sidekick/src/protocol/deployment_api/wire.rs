//! The parts of request and response text that depend on the schema, made once: keys and categories as JSON,
//! by feature index.

use crate::error::{Error, ErrorKind, Result};
use crate::memory::{collected, joined, push};
use crate::text::{NulString, Snippet};
use std::borrow::Cow;

/// What the Deployment API needs to know beside a schema.
#[derive(Debug, Default)]
pub(crate) struct Wire {
    /// Whether arrays are sent as `{"shape", "data"}`; else as `.npy` data URLs.
    pub(crate) tensorjson: bool,
    pub(crate) inputs: Vec<InputKeys>,
    pub(crate) outputs: Vec<OutputKeys>,
}

/// An input within a row.
#[derive(Debug)]
pub(crate) struct InputKeys {
    /// Comma, key and colon.
    pub(crate) key: Snippet,
    /// The same with each category as its value.
    pub(crate) categories: Vec<Snippet>,
}

/// An output within a row.
#[derive(Debug)]
pub(crate) struct OutputKeys {
    /// Key and colon.
    pub(crate) key: Snippet,
    /// The same of each label.
    pub(crate) labels: Vec<Snippet>,
}

impl Wire {
    #[inline(always)]
    pub(crate) fn input(&self, index: usize) -> Result<&InputKeys> {
        self.inputs.get(index).ok_or_else(no_keys)
    }
}

#[cold]
fn no_keys() -> Error {
    Error::new(ErrorKind::Internal, "an input without its key")
}

impl InputKeys {
    /// The keys of an input, from its name and the JSON of its categories.
    pub(crate) fn new<'a>(name: &str, categories: impl Iterator<Item = Cow<'a, str>>) -> Result<InputKeys> {
        let key = format!(",{}", key_json(name));
        let mut with_key = Vec::new();
        for category in categories {
            push(&mut with_key, joined(&[&key, &category])?.into())?;
        }
        Ok(InputKeys { key: key.into(), categories: with_key })
    }
}

impl OutputKeys {
    pub(crate) fn new(name: &str, labels: &[NulString]) -> Result<OutputKeys> {
        Ok(OutputKeys { key: key_json(name).into(), labels: label_keys(labels)? })
    }
}

/// Each label as the key of a JSON object.
pub(crate) fn label_keys(labels: &[NulString]) -> Result<Vec<Snippet>> {
    collected(labels.iter().map(|label| key_json(label).into()))
}

/// A name as the key of a JSON object, colon included.
pub(crate) fn key_json(name: &str) -> String {
    text_json(name) + ":"
}

/// A text, of the size of a name, in JSON.
pub(crate) fn text_json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
