//! The handle of one deployed model: opened by URL and token, asked for predictions.

use crate::batches::{self, Predicted};
use crate::error::{Error, ErrorKind, Result};
use crate::memory;
use crate::options::Options;
use crate::predictions::{Predictions, require_room};
use crate::rows::Rows;
use crate::spec::{Schema, Specs};
use crate::stream::Stream;
use crate::text::NulString;
use crate::transport::{Cancel, Reply, Transport};
use crate::url::Url;
use crate::wire::columns::Columns;
use crate::wire::{Protocol, describe, failure};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// One deployed model: its specs and its connections. Safe to share between threads; a clone is the same deployment.
#[derive(Clone)]
pub struct Deployment(Arc<Inner>);

struct Inner {
    url: String,
    schema: Arc<Schema>,
    protocol: Protocol,
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
    /// Opens the deployment at `url`: asks the server what the model takes and gives. A path that ends in `/deployment/ID`, also
    /// with `/forward`, `/openapi.json` or a slash after it, is that deployment's; any other URL is the one that predictions are
    /// posted to. The token is sent to that server alone and shown nowhere.
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
        let (url, describe) = Url::parse(url)?.of_deployment()?;
        let transport = Transport::new(&url, token, &options.transport)?;
        let schema = ask_schema(&transport, describe, cancel)?;
        let protocol = Protocol::of(&schema);
        let (url, schema, options) = (url.to_string(), Arc::new(schema), options.clone());
        Ok(Deployment(Arc::new(Inner { url, schema, protocol, transport, options })))
    }

    /// What the model takes.
    pub fn inputs(&self) -> &Specs {
        &self.0.schema.inputs
    }

    /// What the model gives.
    pub fn outputs(&self) -> &Specs {
        &self.0.schema.outputs
    }

    /// Whether arrays travel as `{"shape", "data"}` (or else as `.npy` data URLs).
    pub fn tensor_json(&self) -> bool {
        self.0.schema.tensorjson
    }

    /// Empty rows for this deployment.
    pub fn rows(&self) -> Rows {
        Rows::new(Arc::clone(&self.0.schema), self.0.protocol, self.0.options.images)
    }

    /// Predicts all rows, `batch_rows` to a request. The predictions are in the order of the rows.
    pub fn predict(&self, rows: &Rows) -> Result<Predictions> {
        self.predict_cancellable(rows, None)
    }

    /// As [`predict`](Self::predict), until cancelled: all its requests are called off, and the deployment goes on to work.
    pub fn predict_cancellable(&self, rows: &Rows, cancel: Option<&Cancel>) -> Result<Predictions> {
        self.require_own(rows)?;
        let predicted = batches::predict(self, rows, cancel)?;
        Ok(self.predictions(predicted))
    }

    /// Predicts the rows of packed records, as [`Rows::add_packed`] takes them, and puts the numbers of their results into
    /// `values`, as [`Predictions::copy_numbers`] does. A row that was isolated is an error.
    pub fn predict_packed(&self, records: &[u8], cancel: Option<&Cancel>, values: &mut [f64]) -> Result<()> {
        let mut rows = self.rows();
        rows.add_packed(records)?;
        require_room(self.outputs(), rows.len(), values)?;
        let predictions = self.predict_cancellable(&rows, cancel)?;
        predictions.failures().first().map_or(Ok(()), |failure| Err(failure.clone()))?;
        predictions.copy_numbers(values)
    }

    /// Opens a stream: rows are pushed, and their predictions taken in the order of the rows.
    pub fn stream(&self) -> Result<Stream> {
        self.stream_cancellable(None)
    }

    /// As [`stream`](Self::stream), until cancelled: what is under way is called off, and all else fails too.
    pub fn stream_cancellable(&self, cancel: Option<&Cancel>) -> Result<Stream> {
        Stream::new(self, cancel)
    }

    /// Posts JSON that the caller made, and gives back what the server says, whatever its status.
    pub fn post_json(&self, json: &str) -> Result<RawReply> {
        self.post_json_cancellable(json, None)
    }

    /// As [`post_json`](Self::post_json), until cancelled.
    pub fn post_json_cancellable(&self, json: &str, cancel: Option<&Cancel>) -> Result<RawReply> {
        let reply = self.0.transport.post("application/json", [json.as_bytes(), &[], &[]], cancel)?;
        let text = match String::from_utf8(reply.body) {
            Ok(text) => text,
            Err(bytes) => memory::replaced(bytes.as_bytes())?,
        };
        Ok(RawReply { status: reply.status, text: NulString::of_any_size(text)? })
    }

    /// An error for rows that cannot be predicted here: of another deployment, or with a row left half built.
    pub(crate) fn require_own(&self, rows: &Rows) -> Result<()> {
        if !rows.belongs_to(&self.0.schema) {
            let message = "these rows were made for another deployment; make them with this one";
            return Err(Error::new(ErrorKind::Argument, message));
        }
        rows.require_closed()
    }

    /// Results as what users read.
    pub(crate) fn predictions(&self, predicted: Predicted) -> Predictions {
        let Predicted { columns, failures } = predicted;
        Predictions::new(Arc::clone(&self.0.schema), columns, failures, self.0.options.images)
    }

    /// Predicts some of the rows in one request, and appends the results to the columns. An error names its row among all.
    pub(crate) fn predict_batch(
        &self,
        rows: &Rows,
        batch: Range<usize>,
        columns: &mut Columns,
        cancel: Option<&Cancel>,
    ) -> Result<()> {
        let protocol = &self.0.protocol;
        let body = protocol.body(rows.wire(batch.clone()));
        let reply = accept(self.0.transport.post(protocol.content_type(), body, cancel)?)?;
        let read = protocol.read_reply(&reply.body, batch.len(), &self.0.schema.outputs, columns);
        read.map_err(|error| reply.blame(error).offset_row(batch.start))
    }

    pub(crate) fn options(&self) -> &Options {
        &self.0.options
    }
}

impl fmt::Debug for Deployment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deployment")
            .field("url", &self.0.url)
            .field("schema", &self.0.schema)
            .finish_non_exhaustive()
    }
}

fn ask_schema(transport: &Transport, describe: Url, cancel: Option<&Cancel>) -> Result<Schema> {
    let reply = accept(transport.get(describe, cancel)?)?;
    let mut schema = describe::parse(&reply.body).map_err(|error| reply.blame_address(error))?;
    if schema.inputs.is_empty() || schema.outputs.is_empty() {
        let error = Error::new(ErrorKind::Describe, "the deployment describes no inputs or no outputs");
        return Err(reply.blame_address(error));
    }
    schema.inputs.vet(&|text| reply.holds_token(text));
    schema.outputs.vet(&|text| reply.holds_token(text));
    Ok(schema)
}

fn accept(reply: Reply) -> Result<Reply> {
    if reply.is_success() {
        return Ok(reply);
    }
    Err(reply.blame_address(failure::of_status(reply.status, &reply.body)))
}
