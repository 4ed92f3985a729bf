//! One deployed model: opened by its URL and token, asked for predictions.

use crate::batches;
use crate::client::{Client, RawReply};
use crate::error::Result;
use crate::options::Options;
use crate::predictions::{Predictions, require_room};
use crate::protocol::ProtocolKind;
use crate::rows::Rows;
use crate::spec::Specs;
use crate::stream::Stream;
use crate::text::NulString;
use crate::transport::{Cancel, check_headers};
use std::fmt;
use std::sync::Arc;

/// One deployed model: its specs and its connections. Safe to share between threads; a clone is the same
/// deployment.
#[derive(Clone)]
pub struct Deployment(Arc<Client>);

impl Deployment {
    /// Opens the deployment at `url`, and asks the server for the model's inputs and outputs. A path that
    /// ends in `/deployment/ID` names a deployment; `/forward`, `/openapi.json` or a slash may follow. A path
    /// that ends in `/v2/models/NAME` names a model of the Open Inference Protocol. Predictions are posted to
    /// any other URL unchanged. The token is sent only to that server, and never shown.
    pub fn open(url: &str, token: &str, options: &Options) -> Result<Deployment> {
        Deployment::open_cancellable(url, token, options, None)
    }

    /// The same as [`open`](Self::open), but it can be cancelled.
    pub fn open_cancellable(
        url: &str,
        token: &str,
        options: &Options,
        cancel: Option<&Cancel>,
    ) -> Result<Deployment> {
        Ok(Deployment(Arc::new(Client::open(url, token, options, cancel)?)))
    }

    /// The inputs of the model.
    pub fn inputs(&self) -> &Specs {
        &self.0.schema().inputs
    }

    /// The outputs of the model.
    pub fn outputs(&self) -> &Specs {
        &self.0.schema().outputs
    }

    /// The protocol it speaks.
    pub fn protocol(&self) -> ProtocolKind {
        self.0.protocol()
    }

    /// The version of the model: the one in the URL, or the only one that the server lists. None otherwise,
    /// and for the Deployment API. The URL's stays percent-encoded.
    pub fn model_version(&self) -> Option<&NulString> {
        self.0.model_version()
    }

    /// The most rows that the model takes in one request; none if it does not say. Rows are split
    /// accordingly.
    pub fn batch_limit(&self) -> Option<usize> {
        self.0.batch_limit()
    }

    /// Empty rows for this deployment.
    pub fn rows(&self) -> Rows {
        self.0.rows()
    }

    /// Predicts all rows, `batch_rows` to a request. The predictions are in the order of the rows.
    pub fn predict(&self, rows: &Rows) -> Result<Predictions> {
        self.predict_cancellable(rows, None)
    }

    /// The same as [`predict`](Self::predict), but it can be cancelled, with all its requests. The deployment
    /// can be used further.
    pub fn predict_cancellable(&self, rows: &Rows, cancel: Option<&Cancel>) -> Result<Predictions> {
        self.predict_checked(rows, &[], cancel)
    }

    /// The same, with headers that only the requests of this call have, such as `traceparent`. Headers that
    /// the library itself sets are refused.
    pub fn predict_with_headers(
        &self,
        rows: &Rows,
        headers: &[(&str, &str)],
        cancel: Option<&Cancel>,
    ) -> Result<Predictions> {
        check_headers(headers)?;
        self.predict_checked(rows, headers, cancel)
    }

    fn predict_checked(
        &self,
        rows: &Rows,
        headers: &[(&str, &str)],
        cancel: Option<&Cancel>,
    ) -> Result<Predictions> {
        self.0.require_own(rows)?;
        let predicted = batches::predict(&self.0, rows, headers, cancel)?;
        Ok(self.0.predictions(predicted))
    }

    /// Predicts rows of packed records (see [`Rows::add_packed`]), and copies their numbers into `values`
    /// (see [`Predictions::copy_numbers`]). A bad row that was isolated is an error.
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

    /// The same as [`stream`](Self::stream), but it can be cancelled: requests in flight end, and later calls
    /// fail.
    pub fn stream_cancellable(&self, cancel: Option<&Cancel>) -> Result<Stream> {
        Stream::new(&self.0, cancel)
    }

    /// Posts JSON of the caller, and returns the server's response, whatever its status.
    pub fn post_json(&self, json: &str) -> Result<RawReply> {
        self.post_json_cancellable(json, None)
    }

    /// The same as [`post_json`](Self::post_json), but it can be cancelled.
    pub fn post_json_cancellable(&self, json: &str, cancel: Option<&Cancel>) -> Result<RawReply> {
        self.0.post_json(json, cancel)
    }
}

impl fmt::Debug for Deployment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
