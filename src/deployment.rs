//! The handle of one deployed model: opened by URL and token, asked for predictions.

use crate::batches;
use crate::error::{Error, ErrorKind, Result};
use crate::options::Options;
use crate::predictions::Predictions;
use crate::rows::Rows;
use crate::spec::{Schema, Specs};
use crate::text::NulString;
use crate::transport::{Cancel, Reply, Transport};
use crate::url;
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
        Deployment::open_cancellable(url, token, options, None)
    }

    /// As [`open`](Self::open), until cancelled.
    pub fn open_cancellable(
        url: &str,
        token: &str,
        options: &Options,
        cancel: Option<&Cancel>,
    ) -> Result<Deployment> {
        url::check(url)?;
        let transport = Transport::new(url, token, &options.transport)?;
        let schema = ask_schema(&transport, url, cancel)?;
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
        self.predict_cancellable(rows, None)
    }

    /// As [`predict`](Self::predict), until cancelled: all its requests are called off, and the deployment goes on to work.
    pub fn predict_cancellable(&self, rows: &Rows, cancel: Option<&Cancel>) -> Result<Predictions> {
        if !rows.belongs_to(&self.schema) {
            let message = "these rows were made for another deployment; make them with this one";
            return Err(Error::new(ErrorKind::Argument, message));
        }
        rows.require_closed()?;
        let predicted = batches::predict(self, rows, cancel)?;
        Ok(Predictions::new(Arc::clone(&self.schema), predicted.columns, predicted.failures))
    }

    /// Posts JSON that the caller made, and gives back what the server says, whatever its status.
    pub fn post_json(&self, json: &str) -> Result<RawReply> {
        self.post_json_cancellable(json, None)
    }

    /// As [`post_json`](Self::post_json), until cancelled.
    pub fn post_json_cancellable(&self, json: &str, cancel: Option<&Cancel>) -> Result<RawReply> {
        let reply = self.transport.post(&self.url, "application/json", &[json.as_bytes()], cancel)?;
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
        cancel: Option<&Cancel>,
    ) -> Result<()> {
        let protocol = &self.protocol;
        let body = protocol.body(rows.wire(batch.clone()));
        let reply = accept(self.transport.post(&self.url, protocol.content_type(), &body, cancel)?)?;
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

fn ask_schema(transport: &Transport, url: &str, cancel: Option<&Cancel>) -> Result<Schema> {
    let reply = accept(transport.get(&url::describe(url), cancel)?)?;
    let schema = describe::parse(&reply.body).map_err(|error| reply.blame(error))?;
    if schema.inputs.is_empty() || schema.outputs.is_empty() {
        let error = Error::new(ErrorKind::Describe, "the deployment describes no inputs or no outputs");
        return Err(reply.blame(error));
    }
    Ok(schema)
}

fn accept(reply: Reply) -> Result<Reply> {
    if reply.is_success() {
        return Ok(reply);
    }
    Err(reply.blame(failure::of_status(reply.status, &reply.body)))
}
