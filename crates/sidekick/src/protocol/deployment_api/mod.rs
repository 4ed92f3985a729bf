//! The Deployment API: a describe document, JSON rows in a request, `{"rows": [...]}` in a response.

pub(crate) mod addresses;
pub(crate) mod buffer;
pub(crate) mod data_url;
pub(crate) mod describe;
#[cfg(test)]
mod differential;
mod escapes;
pub(crate) mod failure;
pub(crate) mod floats;
pub(crate) mod reply;
mod reply_values;
pub(crate) mod request;
pub(crate) mod rows;
pub(crate) mod wire;

use crate::error::{Error, ErrorKind, Result};
use crate::memory::collected;
use crate::protocol::exchange::{JSON, Refusal, Request};
use crate::results::Columns;
use crate::spec::Schema;
use crate::transport::{Cancel, Reply, Target, Transport};
use crate::url::Url;
use rows::JsonRows;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;
use wire::Wire;

/// One deployment of a server that speaks the Deployment API.
pub(crate) struct DeploymentApi {
    url: Url,
    /// The same, ready to be sent.
    target: Target,
    /// Where the deployment describes itself.
    document: Url,
    /// Empty before the deployment was described.
    wire: Arc<Wire>,
}

impl DeploymentApi {
    pub(crate) fn new(url: Url) -> Result<DeploymentApi> {
        let (url, document) = addresses::addresses(url)?;
        Ok(DeploymentApi { target: Target::of(&url), url, document, wire: Arc::default() })
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// Reads the describe document.
    pub(crate) fn describe(&mut self, transport: &Transport, cancel: Option<&Cancel>) -> Result<Schema> {
        let reply = transport.get(&self.document, JSON, cancel)?;
        if !reply.is_success() {
            return Err(reply.with_address_context(refusal(&reply).error));
        }
        let (mut schema, wire) = read_document(&reply).map_err(|error| reply.with_address_context(error))?;
        schema.vet(&|text| reply.holds_token(text));
        self.wire = Arc::new(wire);
        Ok(schema)
    }

    pub(crate) fn rows(&self) -> JsonRows {
        JsonRows::new(&self.wire)
    }

    pub(crate) fn request<'a>(&'a self, rows: &'a JsonRows, range: Range<usize>) -> Result<Request<'a>> {
        self.request_of(&body(rows, range))
    }

    /// A request with a body that the caller wrote.
    pub(crate) fn json_request<'a>(&'a self, json: &'a str) -> Result<Request<'a>> {
        self.request_of(&[json.as_bytes()])
    }

    fn request_of<'a>(&'a self, parts: &[&'a [u8]]) -> Result<Request<'a>> {
        let parts = collected(parts.iter().map(|part| Cow::Borrowed(*part)))?;
        let (target, headers, id) = (&self.target, Vec::new(), String::new());
        Ok(Request { target, accept: JSON, content_type: JSON, headers, parts, split: None, id })
    }

    pub(crate) fn read_reply(
        &self,
        reply: &Reply,
        rows: usize,
        schema: &Schema,
        columns: &mut Columns,
    ) -> Result<()> {
        reply::read(&reply.body, rows, &schema.outputs, &self.wire.outputs, columns)
    }
}

fn read_document(reply: &Reply) -> Result<(Schema, Wire)> {
    let (schema, wire) = describe::parse(&reply.body)?;
    if schema.inputs.is_empty() || schema.outputs.is_empty() {
        let message = "the deployment describes no inputs or no outputs";
        return Err(Error::new(ErrorKind::Describe, message));
    }
    Ok((schema, wire))
}

/// The body of a request for some rows.
pub(crate) fn body(rows: &JsonRows, range: Range<usize>) -> [&[u8]; 3] {
    [b"{\"rows\":[", rows.text(range), b"]}"]
}

/// Reads a response whose status is not 2xx. These statuses mean that the request is bad or too large.
pub(crate) fn refusal(reply: &Reply) -> Refusal {
    let error = failure::of_status(reply.status, &reply.body);
    Refusal { error, blames_rows: matches!(reply.status, 400 | 413 | 422) }
}
