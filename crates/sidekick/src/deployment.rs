//! The handle of one deployed model: opened by URL and token, asked for predictions.

use crate::batches;
use crate::client::{Client, RawReply};
use crate::error::Result;
use crate::options::Options;
use crate::predictions::{Predictions, require_room};
use crate::protocol::ProtocolKind;
use crate::rows::Rows;
use crate::spec::Specs;
use crate::stream::Stream;
use crate::transport::Cancel;
use std::fmt;
use std::sync::Arc;

/// One deployed model: its specs and its connections. Safe to share between threads; a clone is the same deployment.
#[derive(Clone)]
pub struct Deployment(Arc<Client>);

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
        Ok(Deployment(Arc::new(Client::open(url, token, options, cancel)?)))
    }

    /// What the model takes.
    pub fn inputs(&self) -> &Specs {
        &self.0.schema().inputs
    }

    /// What the model gives.
    pub fn outputs(&self) -> &Specs {
        &self.0.schema().outputs
    }

    /// The protocol it speaks.
    pub fn protocol(&self) -> ProtocolKind {
        self.0.protocol()
    }

    /// Empty rows for this deployment.
    pub fn rows(&self) -> Rows {
        self.0.rows()
    }

    /// Predicts all rows, `batch_rows` to a request. The predictions are in the order of the rows.
    pub fn predict(&self, rows: &Rows) -> Result<Predictions> {
        self.predict_cancellable(rows, None)
    }

    /// As [`predict`](Self::predict), until cancelled: all its requests are called off, and the deployment goes on to work.
    pub fn predict_cancellable(&self, rows: &Rows, cancel: Option<&Cancel>) -> Result<Predictions> {
        self.0.require_own(rows)?;
        let predicted = batches::predict(&self.0, rows, cancel)?;
        Ok(self.0.predictions(predicted))
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
        Stream::new(&self.0, cancel)
    }

    /// Posts JSON that the caller made, and gives back what the server says, whatever its status.
    pub fn post_json(&self, json: &str) -> Result<RawReply> {
        self.post_json_cancellable(json, None)
    }

    /// As [`post_json`](Self::post_json), until cancelled.
    pub fn post_json_cancellable(&self, json: &str, cancel: Option<&Cancel>) -> Result<RawReply> {
        self.0.post_json(json, cancel)
    }
}

impl fmt::Debug for Deployment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
