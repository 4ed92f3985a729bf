//! The handle of one deployed model: opened by URL and token, asked for predictions.

use crate::batches;
use crate::error::{Error, ErrorKind, Result};
use crate::options::Options;
use crate::predictions::Predictions;
use crate::rows::Rows;
use crate::spec::{Schema, Specs};
use crate::text::NulString;
use crate::transport::{Reply, Transport};
use crate::wire::columns::Columns;
use crate::wire::{JsonRows, Protocol, describe, failure};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// One deployed model: its specs and its connections. Safe to share between threads.
pub struct Deployment {
    url: String,
    schema: Arc<Schema>,
    protocol: Arc<dyn Protocol>,
    transport: Transport,
    options: Options,
}

/// A reply as it came, whatever its status.
#[derive(Debug)]
pub struct RawReply {
    /// The HTTP status.
    pub status: u16,
    /// The body; bytes that are not UTF-8 are replaced.
    pub text: NulString,
}

impl Deployment {
    /// Opens the deployment at `url` (as it is handed to users, mostly ending in `/forward`): asks the server what the
    /// model takes and gives. The token is sent to that server alone and shown nowhere.
    pub fn open(url: &str, token: &str, options: &Options) -> Result<Deployment> {
        check_url(url)?;
        let transport = Transport::new(url, token, &options.transport)?;
        let reply = accept(transport.get(&describe_url(url))?)?;
        let schema = describe::parse(&reply.body).map_err(|error| reply.blame(error))?;
        if schema.inputs.is_empty() || schema.outputs.is_empty() {
            return Err(Error::new(ErrorKind::Describe, "the deployment describes no inputs or no outputs"));
        }
        let protocol = Arc::new(JsonRows::new(&schema));
        Ok(Deployment {
            url: url.to_owned(),
            schema: Arc::new(schema),
            protocol,
            transport,
            options: options.clone(),
        })
    }

    /// What the model takes.
    pub fn inputs(&self) -> &Specs {
        &self.schema.inputs
    }

    /// What the model gives.
    pub fn outputs(&self) -> &Specs {
        &self.schema.outputs
    }

    /// Whether arrays travel as `{"shape", "data"}` (or else as `.npy` data URLs).
    pub fn tensor_json(&self) -> bool {
        self.schema.tensorjson
    }

    /// Empty rows for this deployment.
    pub fn rows(&self) -> Rows {
        Rows::new(Arc::clone(&self.schema), Arc::clone(&self.protocol))
    }

    /// Predicts all rows, `batch_rows` to a request. The predictions are in the order of the rows.
    pub fn predict(&self, rows: &Rows) -> Result<Predictions> {
        if !rows.belongs_to(&self.schema) {
            let message = "these rows were made for another deployment; make them with this one";
            return Err(Error::new(ErrorKind::Argument, message));
        }
        rows.require_closed()?;
        let columns = batches::predict(self, rows)?;
        Ok(Predictions::new(Arc::clone(&self.schema), columns))
    }

    /// Posts JSON that the caller made, and gives back what the server says, whatever its status.
    pub fn post_json(&self, json: &str) -> Result<RawReply> {
        let reply = self.transport.post(&self.url, "application/json", &[json.as_bytes()])?;
        let text = match String::from_utf8(reply.body) {
            Ok(text) => text,
            Err(bytes) => String::from_utf8_lossy(bytes.as_bytes()).into_owned(),
        };
        Ok(RawReply { status: reply.status, text: text.into() })
    }

    /// Predicts some of the rows in one request, and appends the results to the columns. An error names its row among all.
    pub(crate) fn predict_batch(
        &self,
        rows: &Rows,
        batch: Range<usize>,
        columns: &mut Columns,
    ) -> Result<()> {
        let protocol = &self.protocol;
        let body = protocol.body(rows.wire(batch.clone()));
        let reply = accept(self.transport.post(&self.url, protocol.content_type(), &body)?)?;
        let read = protocol.read_reply(&reply.body, batch.len(), &self.schema.outputs, columns);
        read.map_err(|error| reply.blame(error).offset_row(batch.start))
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }
}

impl fmt::Debug for Deployment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deployment")
            .field("url", &self.url)
            .field("schema", &self.schema)
            .finish_non_exhaustive()
    }
}

fn accept(reply: Reply) -> Result<Reply> {
    if reply.is_success() {
        Ok(reply)
    } else {
        Err(reply.blame(failure::of_status(reply.status, &reply.body)))
    }
}

/// Refuses a URL that could not be a deployment's, or that would put a secret where it is seen.
fn check_url(url: &str) -> Result<()> {
    let refuse = |what: &str| Err(Error::new(ErrorKind::Argument, format!("the URL {what}")));
    let rest = ["http://", "https://"].iter().find_map(|scheme| {
        let (start, rest) = url.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(rest)
    });
    let Some(rest) = rest else { return refuse("does not start with http:// or https://") };
    if url.bytes().any(|byte| byte <= b' ' || byte == 0x7f) {
        return refuse("has spaces or control characters");
    }
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty() {
        return refuse("names no host");
    }
    if host.contains('@') {
        return refuse("holds a user name; give the token as the token, and leave it out of the URL");
    }
    Ok(())
}

/// `openapi.json`, resolved against the URL as a relative reference (RFC 3986, section 5.2).
fn describe_url(url: &str) -> String {
    let path_end = url.find(['?', '#']).unwrap_or(url.len());
    let base = url.get(..path_end).unwrap_or(url);
    let host_start = base.find("://").map_or(0, |at| at + 3);
    match base.rfind('/').filter(|&slash| slash >= host_start) {
        Some(slash) => format!("{}/openapi.json", base.get(..slash).unwrap_or_default()),
        None => format!("{base}/openapi.json"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_describe_document_is_beside_the_url() {
        for (url, expected) in [
            ("https://h/deployment/1/forward", "https://h/deployment/1/openapi.json"),
            ("https://h/deployment/1/", "https://h/deployment/1/openapi.json"),
            ("http://h:80/forward?a=/b#/c", "http://h:80/openapi.json"),
            ("http://h", "http://h/openapi.json"),
            ("http://h?x", "http://h/openapi.json"),
        ] {
            assert_eq!(describe_url(url), expected);
        }
    }

    #[test]
    fn urls_that_cannot_be_a_deployments_are_refused() {
        for bad in [
            "",
            "h/forward",
            "ftp://h/",
            "http://",
            "http:///x",
            "http://h/a b",
            "http://h/\n",
            "http://u:p@h/",
        ] {
            let error = check_url(bad).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Argument, "{bad}");
            assert!(!error.to_string().contains("u:p"));
        }
        check_url("HTTPS://h/a?b@c").unwrap();
    }
}
