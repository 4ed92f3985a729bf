//! One deployment and its requests: what it declares, its connections, and how some rows become one request.

use crate::error::{Error, ErrorKind, Result, reserve};
use crate::memory;
use crate::options::Options;
use crate::predictions::Predictions;
use crate::protocol::deployment_api::{describe, failure};
use crate::protocol::{Protocol, ProtocolKind};
use crate::results::Columns;
use crate::rows::Rows;
use crate::spec::{Schema, Specs};
use crate::text::NulString;
use crate::transport::{Cancel, Reply, Request, Target, Transport};
use crate::url::Url;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// The media type of the Deployment API's replies.
const ACCEPT: &str = "application/json";

/// Sends the requests of one deployment. Safe to share between threads.
pub(crate) struct Client {
    url: String,
    /// What predictions are asked of.
    target: Target,
    schema: Arc<Schema>,
    protocol: Protocol,
    transport: Transport,
    options: Options,
}

/// The results of some rows: the values of those that were predicted, and one error for each that the server refused.
pub(crate) struct Predicted {
    pub(crate) columns: Columns,
    pub(crate) failures: Vec<Error>,
}

/// A reply as it came, whatever its status.
#[derive(Debug)]
pub struct RawReply {
    /// The HTTP status.
    pub status: u16,
    /// The body; bytes that are not UTF-8 are replaced.
    pub text: NulString,
}

impl Client {
    /// Asks the server at `url` what the model takes and returns.
    pub(crate) fn open(url: &str, token: &str, options: &Options, cancel: Option<&Cancel>) -> Result<Client> {
        let (url, describe) = Url::parse(url)?.of_deployment()?;
        let transport = Transport::new(&url, token, &options.transport)?;
        let (schema, protocol) = ask_schema(&transport, &describe, cancel)?;
        let target = Target::of(&url);
        let (url, schema, options) = (url.to_string(), Arc::new(schema), options.clone());
        Ok(Client { url, target, schema, protocol, transport, options })
    }

    pub(crate) fn schema(&self) -> &Schema {
        &self.schema
    }

    pub(crate) fn protocol(&self) -> ProtocolKind {
        self.protocol.kind()
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// Empty rows.
    pub(crate) fn rows(&self) -> Rows {
        Rows::new(Arc::clone(&self.schema), self.protocol.clone(), self.options.images)
    }

    /// An error for rows that cannot be predicted here: of another deployment, or with a row left half built.
    pub(crate) fn require_own(&self, rows: &Rows) -> Result<()> {
        if !rows.belongs_to(&self.schema) {
            let message = "these rows were made for another deployment; make them with this one";
            return Err(Error::new(ErrorKind::Argument, message));
        }
        rows.require_closed()
    }

    /// Predicts some of the rows in one request, and appends the results to the columns. An error names its row among all.
    pub(crate) fn predict(
        &self,
        rows: &Rows,
        batch: Range<usize>,
        columns: &mut Columns,
        cancel: Option<&Cancel>,
    ) -> Result<()> {
        let body = self.protocol.body(rows.wire(batch.clone()));
        let reply = accept(self.transport.post(&self.request(self.protocol.content_type(), &body), cancel)?)?;
        let read = self.protocol.read_reply(&reply.body, batch.len(), &self.schema.outputs, columns);
        read.map_err(|error| reply.with_exchange_context(error).offset_row(batch.start))
    }

    fn request<'a>(&'a self, content_type: &'a str, parts: &'a [&'a [u8]]) -> Request<'a> {
        Request { target: &self.target, accept: ACCEPT, content_type, headers: &[], parts }
    }

    /// Results as what users read.
    pub(crate) fn predictions(&self, predicted: Predicted) -> Predictions {
        let Predicted { columns, failures } = predicted;
        Predictions::new(Arc::clone(&self.schema), columns, failures, self.options.images)
    }

    /// Posts JSON that the caller made, and returns what the server says, whatever its status.
    pub(crate) fn post_json(&self, json: &str, cancel: Option<&Cancel>) -> Result<RawReply> {
        let reply = self.transport.post(&self.request("application/json", &[json.as_bytes()]), cancel)?;
        let text = match String::from_utf8(reply.body) {
            Ok(text) => text,
            Err(bytes) => memory::replaced(bytes.as_bytes())?,
        };
        Ok(RawReply { status: reply.status, text: NulString::of_any_size(text)? })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deployment")
            .field("url", &self.url)
            .field("schema", &self.schema)
            .finish_non_exhaustive()
    }
}

impl Predicted {
    pub(crate) fn new(outputs: &Specs) -> Result<Predicted> {
        Ok(Predicted { columns: Columns::new(outputs)?, failures: Vec::new() })
    }

    pub(crate) fn append(&mut self, more: Predicted) -> Result<()> {
        reserve(&mut self.failures, more.failures.len())?;
        self.failures.extend(more.failures);
        self.columns.append(more.columns)
    }
}

fn ask_schema(transport: &Transport, describe: &Url, cancel: Option<&Cancel>) -> Result<(Schema, Protocol)> {
    let reply = accept(transport.get(describe, ACCEPT, cancel)?)?;
    let (mut schema, wire) =
        describe::parse(&reply.body).map_err(|error| reply.with_address_context(error))?;
    if schema.inputs.is_empty() || schema.outputs.is_empty() {
        let error = Error::new(ErrorKind::Describe, "the deployment describes no inputs or no outputs");
        return Err(reply.with_address_context(error));
    }
    schema.inputs.vet(&|text| reply.holds_token(text));
    schema.outputs.vet(&|text| reply.holds_token(text));
    Ok((schema, Protocol::deployment_api(wire)))
}

fn accept(reply: Reply) -> Result<Reply> {
    if reply.is_success() {
        return Ok(reply);
    }
    Err(reply.with_address_context(failure::of_status(reply.status, &reply.body)))
}
