//! The seam between protocols: everything that differs between them. Each has its own folder, which only this
//! module names.

pub(crate) mod deployment_api;
mod exchange;
mod explanation;
pub(crate) mod open_inference;
mod row_store;
mod settings;
#[cfg(test)]
mod test_lines;

pub(crate) use exchange::{Refusal, Request};
pub(crate) use open_inference::description::Description;
pub(crate) use row_store::{RowStore, StoreCheckpoint};
pub(crate) use settings::Settings;
pub use settings::{ProtocolKind, Wire};

use crate::error::{Error, ErrorKind, Result};
use crate::results::Columns;
use crate::spec::Schema;
use crate::text::NulString;
use crate::transport::{Cancel, Reply, Rules, Transport};
use crate::url::Url;
use deployment_api::DeploymentApi;
use open_inference::OpenInference;
use open_inference::address::{self, Found};
use std::ops::Range;

/// The protocol of a deployment, with what it needs to know.
pub(crate) enum Protocol {
    DeploymentApi(DeploymentApi),
    OpenInference(OpenInference),
    #[cfg(test)]
    Lines(test_lines::Lines),
}

impl Protocol {
    /// Chooses the protocol by the setting, or else by the deployment's URL. Sends nothing.
    pub(crate) fn of(url: Url, settings: &Settings) -> Result<Protocol> {
        #[cfg(test)]
        if let Some(lines) = test_lines::Lines::of(&url) {
            return Ok(Protocol::Lines(lines));
        }
        let found = match settings.kind {
            Some(ProtocolKind::OpenInference) => address::of_model_path(url.path()),
            Some(_) => Found::Other,
            None => address::of_path(url.path()),
        };
        match found {
            Found::Other if settings.description.is_some() => Err(no_description(&url)),
            Found::Other => DeploymentApi::new(url).map(Protocol::DeploymentApi),
            found => OpenInference::new(&url, &found, settings).map(Protocol::OpenInference),
        }
    }

    /// What predictions are asked of.
    pub(crate) fn url(&self) -> &Url {
        match self {
            Protocol::DeploymentApi(api) => api.url(),
            Protocol::OpenInference(api) => api.url(),
            #[cfg(test)]
            Protocol::Lines(lines) => lines.url(),
        }
    }

    /// What its servers need of the transport.
    pub(crate) fn rules(&self) -> Rules {
        match self {
            Protocol::OpenInference(_) => Rules { token_is_optional: true, close_after_500: true },
            _ => Rules::default(),
        }
    }

    /// Asks the server for the inputs and outputs of the model, and keeps what else the protocol needs to
    /// know.
    pub(crate) fn describe(&mut self, transport: &Transport, cancel: Option<&Cancel>) -> Result<Schema> {
        match self {
            Protocol::DeploymentApi(api) => api.describe(transport, cancel),
            Protocol::OpenInference(api) => api.describe(transport, cancel),
            #[cfg(test)]
            Protocol::Lines(lines) => lines.describe(transport, cancel),
        }
    }

    /// Empty rows.
    pub(crate) fn rows(&self) -> RowStore {
        match self {
            Protocol::DeploymentApi(api) => RowStore::Json(api.rows()),
            Protocol::OpenInference(api) => RowStore::Tensors(api.rows()),
            #[cfg(test)]
            Protocol::Lines(lines) => RowStore::Lines(lines.rows()),
        }
    }

    /// The most rows of a request.
    pub(crate) fn most_rows(&self) -> usize {
        match self {
            Protocol::OpenInference(api) => api.most_rows(),
            _ => usize::MAX,
        }
    }

    /// The request that predicts some finished rows. An error names the feature.
    pub(crate) fn request<'a>(
        &'a self,
        rows: &'a RowStore,
        range: Range<usize>,
        schema: &Schema,
    ) -> Result<Request<'a>> {
        match (self, rows) {
            (Protocol::DeploymentApi(api), RowStore::Json(rows)) => api.request(rows, range),
            (Protocol::OpenInference(api), RowStore::Tensors(rows)) => {
                api.request(rows, range, &schema.inputs)
            }
            #[cfg(test)]
            (Protocol::Lines(lines), RowStore::Lines(rows)) => lines.request(rows, range),
            _ => Err(row_store::other_store()),
        }
    }

    /// The request that posts JSON of the caller.
    pub(crate) fn json_request<'a>(&'a self, json: &'a str) -> Result<Request<'a>> {
        match self {
            Protocol::DeploymentApi(api) => api.json_request(json),
            Protocol::OpenInference(api) => api.json_request(json),
            #[cfg(test)]
            Protocol::Lines(lines) => Err(lines.no_json()),
        }
    }

    /// Reads a 2xx response to a request of `rows` rows with this identifier, and appends its values to the
    /// columns.
    pub(crate) fn read_reply(
        &self,
        id: &str,
        reply: &Reply,
        rows: usize,
        schema: &Schema,
        columns: &mut Columns,
    ) -> Result<()> {
        match self {
            Protocol::DeploymentApi(api) => api.read_reply(reply, rows, schema, columns),
            Protocol::OpenInference(api) => api.read_reply(id, reply, rows, schema, columns),
            #[cfg(test)]
            Protocol::Lines(lines) => lines.read_reply(reply, rows, schema, columns),
        }
    }

    /// Reads a response of another status.
    pub(crate) fn refusal(&self, reply: &Reply) -> Refusal {
        match self {
            Protocol::DeploymentApi(_) => deployment_api::refusal(reply),
            Protocol::OpenInference(api) => api.refusal(reply),
            #[cfg(test)]
            Protocol::Lines(_) => test_lines::refusal(reply),
        }
    }

    /// The version of the model, if that is known.
    pub(crate) fn model_version(&self) -> Option<&NulString> {
        match self {
            Protocol::OpenInference(api) => api.model_version(),
            _ => None,
        }
    }

    /// Which protocol it is.
    pub(crate) fn kind(&self) -> ProtocolKind {
        match self {
            Protocol::DeploymentApi(_) => ProtocolKind::DeploymentApi,
            Protocol::OpenInference(_) => ProtocolKind::OpenInference,
            #[cfg(test)]
            Protocol::Lines(_) => ProtocolKind::Lines,
        }
    }
}

#[cold]
fn no_description(url: &Url) -> Error {
    let message = format!(
        "a model description is set, but the URL {url} is that of a deployment, which describes itself; open \
         .../v2/models/NAME, or set the option protocol"
    );
    Error::new(ErrorKind::Argument, message)
}
