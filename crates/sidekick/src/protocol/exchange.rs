//! A request that a protocol makes of rows, and what it finds in a refusal.

use crate::error::{Error, Result};
use crate::memory::collected;
use crate::transport::{self, Context, Reply, Target, Transport};
use std::borrow::Cow;

/// The media type of JSON.
pub(crate) const JSON: &str = "application/json";

/// A request: what it asks, and its body in any number of slices.
pub(crate) struct Request<'a> {
    pub(crate) target: &'a Target,
    /// The media type of the response.
    pub(crate) accept: &'static str,
    pub(crate) content_type: &'static str,
    /// Headers of the protocol's own.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// The body: slices of the rows, and what was made for this request.
    pub(crate) parts: Vec<Cow<'a, [u8]>>,
    /// The header of the response that says where its body can be split in two.
    pub(crate) split: Option<&'static str>,
    /// Its identifier, which the response repeats; empty if the protocol has none.
    pub(crate) id: String,
}

impl Request<'_> {
    /// Sends it, and returns the response, whatever its status.
    pub(crate) fn post(&self, transport: &Transport, context: Context<'_>) -> Result<Reply> {
        let Request { target, accept, content_type, split, .. } = *self;
        let headers = collected(self.headers.iter().map(|(name, value)| (*name, value.as_str())))?;
        let parts = collected(self.parts.iter().map(|part| &**part))?;
        let request =
            transport::Request { target, accept, content_type, headers: &headers, parts: &parts, split };
        transport.post(&request, context)
    }
}

/// An error for rows that were not predicted.
pub(crate) struct Refusal {
    pub(crate) error: Error,
    /// Whether the rows that were sent are to blame: then fewer of them may be predicted.
    pub(crate) blames_rows: bool,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        Refusal { error, blames_rows: false }
    }
}
