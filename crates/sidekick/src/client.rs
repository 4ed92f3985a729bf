//! One deployment and its requests: what it declares, its connections, and how some rows become one request.

use crate::error::{Error, ErrorKind, Result, reserve};
use crate::memory;
use crate::options::Options;
use crate::predictions::Predictions;
use crate::protocol::{Protocol, ProtocolKind, Refusal};
use crate::results::Columns;
use crate::rows::Rows;
use crate::spec::{Schema, Specs};
use crate::text::NulString;
use crate::transport::{Cancel, Context, Relay, Transport};
use crate::url::Url;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Sends the requests of one deployment. Safe to share between threads.
pub(crate) struct Client {
    url: String,
    schema: Arc<Schema>,
    protocol: Protocol,
    transport: Transport,
    options: Options,
}

/// The results of some rows: the values of those that were predicted, and an error for each that the server
/// refused.
pub(crate) struct Predicted {
    pub(crate) columns: Columns,
    pub(crate) failures: Vec<Error>,
}

/// A response of the server, whatever its status.
#[derive(Debug)]
pub struct RawReply {
    /// The HTTP status.
    pub status: u16,
    /// The body; bytes that are not UTF-8 are replaced.
    pub text: NulString,
}

impl Client {
    /// Asks the server at `url` for the inputs and outputs of the model.
    pub(crate) fn open(url: &str, token: &str, options: &Options, cancel: Option<&Cancel>) -> Result<Client> {
        let mut protocol = Protocol::of(Url::parse(url)?, &options.protocol)?;
        let transport = Transport::new(protocol.url(), token, &options.transport, protocol.rules())?;
        let schema = Arc::new(protocol.describe(&transport, cancel)?);
        let (url, options) = (protocol.url().to_string(), options.clone());
        Ok(Client { url, schema, protocol, transport, options })
    }

    pub(crate) fn schema(&self) -> &Schema {
        &self.schema
    }

    pub(crate) fn protocol(&self) -> ProtocolKind {
        self.protocol.kind()
    }

    /// The version of the model, if that is known.
    pub(crate) fn model_version(&self) -> Option<&NulString> {
        self.protocol.model_version()
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// Carries the callbacks of threads that send requests, if they only run on the program's.
    pub(crate) fn relay(&self) -> Option<Arc<Relay>> {
        Relay::new(&self.options.transport)
    }

    /// The most rows of a request: the caller's limit, or the model's if it is smaller.
    pub(crate) fn batch_rows(&self) -> usize {
        self.options.batch_rows.min(self.protocol.most_rows())
    }

    /// The most rows that the model takes in one request; none if it does not say.
    pub(crate) fn batch_limit(&self) -> Option<usize> {
        Some(self.protocol.most_rows()).filter(|most| *most < usize::MAX)
    }

    /// Empty rows.
    pub(crate) fn rows(&self) -> Rows {
        Rows::new(Arc::clone(&self.schema), self.protocol.rows(), self.options.images)
    }

    /// An error for rows that are invalid here: they belong to another deployment, or a row is not
    /// finished.
    pub(crate) fn require_own(&self, rows: &Rows) -> Result<()> {
        if !rows.belongs_to(&self.schema) {
            let message = "these rows were made for another deployment; make them with this one";
            return Err(Error::new(ErrorKind::Argument, message));
        }
        rows.require_closed()
    }

    /// Predicts some of the rows in one request, and appends the results to the columns. An error names its
    /// row by its index in all rows.
    pub(crate) fn predict(
        &self,
        rows: &Rows,
        batch: Range<usize>,
        columns: &mut Columns,
        context: Context<'_>,
    ) -> std::result::Result<(), Refusal> {
        let request = self.protocol.request(rows.store(), batch.clone(), &self.schema)?;
        let reply = request.post(&self.transport, context)?;
        if !reply.is_success() {
            let Refusal { error, blames_rows } = self.protocol.refusal(&reply);
            return Err(Refusal { error: reply.with_address_context(error), blames_rows });
        }
        let read = self.protocol.read_reply(&request.id, &reply, batch.len(), &self.schema, columns);
        read.map_err(|error| reply.with_exchange_context(error).offset_row(batch.start).into())
    }

    /// Results as predictions for the caller.
    pub(crate) fn predictions(&self, predicted: Predicted) -> Predictions {
        let Predicted { columns, failures } = predicted;
        Predictions::new(Arc::clone(&self.schema), columns, failures, self.options.images)
    }

    /// Posts JSON of the caller, and returns the server's response, whatever its status.
    pub(crate) fn post_json(&self, json: &str, cancel: Option<&Cancel>) -> Result<RawReply> {
        let reply = self.protocol.json_request(json)?.post(&self.transport, cancel.into())?;
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
