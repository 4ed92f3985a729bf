//! The Open Inference Protocol, version 2 over HTTP with the binary tensor extension: metadata that describes
//! a model, tensors in a request and in a response.

pub(crate) mod address;
mod column;
pub(crate) mod datatype;
pub(crate) mod description;
pub(crate) mod failure;
mod features;
mod made;
pub(crate) mod metadata;
pub(crate) mod model;
mod models;
mod overlay;
pub(crate) mod pixels;
pub(crate) mod reply;
pub(crate) mod reply_data;
pub(crate) mod request;
pub(crate) mod tensors;
mod whole;

use crate::error::{Error, ErrorKind, Result};
use crate::memory::push;
use crate::protocol::exchange::{JSON, Refusal, Request};
use crate::protocol::settings::{Settings, Wire};
use crate::results::Columns;
use crate::spec::{Schema, Specs};
use crate::text::NulString;
use crate::transport::{Cancel, Reply, Target, Transport};
use crate::url::Url;
use address::Found;
use datatype::DataType;
use description::Description;
use features::{Side, feature};
use metadata::{Configuration, Document, Server};
use model::{Batch, Model, Tensor};
use reply::{JSON_LENGTH, Response};
use request::{Body, Form, Texts};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use tensors::Tensors;

/// The media types of requests with tensors as bytes, and of any response.
const BYTES: &str = "application/octet-stream";
const ANY: &str = "*/*";

/// One model of a server that speaks the Open Inference Protocol.
pub(crate) struct OpenInference {
    /// The path that requests for predictions are posted to.
    url: Url,
    /// The same, ready to be sent.
    target: Target,
    documents: Documents,
    /// The version in the URL.
    version: Option<NulString>,
    /// `None` until the model is described.
    described: Option<Described>,
    /// What the user says of the model.
    description: Arc<Description>,
    wire: Wire,
    /// Whether the server takes tensors as bytes: it lists that, or has answered with bytes.
    takes_bytes: AtomicBool,
    last_id: AtomicU64,
}

/// The paths of the documents.
enum Documents {
    OfModel(Box<ModelDocuments>),
    /// The path of a server, of which the URL names no model.
    OfServer(String),
}

/// The paths of the documents that describe a model.
struct ModelDocuments {
    metadata: Url,
    /// The server's own, which lists its extensions; and Triton's configuration of the model.
    server: Option<(Url, Url)>,
}

/// What requests need to know of a model.
struct Described {
    model: Arc<Model>,
    texts: Texts,
    version: Option<NulString>,
    /// Whether an input has a type that servers take as bytes alone.
    needs_bytes: bool,
}

impl OpenInference {
    /// The model that was found in the path of a URL.
    pub(crate) fn new(url: &Url, found: &Found, settings: &Settings) -> Result<OpenInference> {
        let (infer, documents, version) = match found {
            Found::Model(address) => {
                let server = address.server().map(|server| {
                    let configuration = url.with_path(&address.config())?;
                    Ok((url.with_path(server)?, configuration))
                });
                let documents = ModelDocuments {
                    metadata: url.with_path(address.describe())?,
                    server: server.transpose()?,
                };
                (address.infer(), Documents::OfModel(Box::new(documents)), address.version())
            }
            Found::NoModel(server) => (url.path().to_owned(), Documents::OfServer(server.clone()), None),
            Found::BelowModel => {
                let message = format!(
                    "the URL {url} has more after the model than .../v2/models/NAME[/versions/VERSION]; \
                     remove the rest, or set the option protocol if it is the URL of a deployment"
                );
                return Err(Error::new(ErrorKind::Argument, message));
            }
            Found::Other => return Err(Error::new(ErrorKind::Internal, "the URL of another protocol")),
        };
        let infer = url.with_path(&infer)?;
        Ok(OpenInference {
            target: Target::of(&infer),
            url: infer,
            documents,
            version: version.map(NulString::from),
            described: None,
            description: settings.description.clone().unwrap_or_default(),
            wire: settings.wire,
            takes_bytes: AtomicBool::new(false),
            last_id: AtomicU64::new(0),
        })
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// The version in the URL, or else the only one that the server lists.
    pub(crate) fn model_version(&self) -> Option<&NulString> {
        self.version.as_ref().or(self.described.as_ref()?.version.as_ref())
    }

    /// Reads the model's metadata, what its server can do, and the model's configuration if there is one.
    pub(crate) fn describe(&mut self, transport: &Transport, cancel: Option<&Cancel>) -> Result<Schema> {
        let ModelDocuments { metadata, server } = match &self.documents {
            Documents::OfModel(documents) => &**documents,
            Documents::OfServer(server) => {
                return Err(models::none_named(&self.url, server, transport, cancel));
            }
        };
        let reply = transport.get(metadata, JSON, cancel)?;
        if !reply.is_success() {
            return Err(reply.with_address_context(refusal(&reply).error));
        }
        let (server, configuration) = match server {
            Some((server, configuration)) => read_server(transport, server, configuration, cancel)?,
            None => (Server::default(), None),
        };
        let configuration = configuration.map(|body| metadata::read_configuration(&body)).unwrap_or_default();
        let in_metadata = |error| reply.with_address_context(error);
        let metadata = metadata::read(&reply.body).map_err(in_metadata)?;
        let version = metadata.version().map(NulString::from);
        let (model, mut schema) =
            model_of(metadata, &configuration, &self.description).map_err(in_metadata)?;
        schema.vet(&|text| reply.holds_token(text));
        self.takes_bytes = AtomicBool::new(server.binary);
        let needs_bytes = !server.is_mlserver && model.inputs.iter().any(needs_bytes);
        let texts = Texts::new(&model, self.wire != Wire::Json, &self.description.parameters)?;
        self.described = Some(Described { model: Arc::new(model), texts, version, needs_bytes });
        Ok(schema)
    }

    /// The most rows that a request has.
    pub(crate) fn most_rows(&self) -> usize {
        self.described.as_ref().map_or(usize::MAX, |described| described.model.batch.most_rows())
    }

    pub(crate) fn rows(&self) -> Tensors {
        let model = self.described.as_ref().map(|described| Arc::clone(&described.model));
        Tensors::new(model.unwrap_or_default())
    }

    pub(crate) fn request<'a>(
        &'a self,
        rows: &'a Tensors,
        range: Range<usize>,
        inputs: &Specs,
    ) -> Result<Request<'a>> {
        let Described { model, texts, .. } = self.described()?;
        let id = (self.last_id.fetch_add(1, Ordering::Relaxed) + 1).to_string();
        let form = self.form();
        let body = request::body(model, texts, rows, range.clone(), &id, form);
        let Body { json, tensors } = body.map_err(|request::Failure { input, error }| {
            let spec = input.and_then(|input| inputs.get(input).ok());
            let error = error.offset_row(range.start);
            spec.map_or(error.clone(), |spec| spec.in_feature(error))
        })?;
        let (content_type, mut headers) = (if form == Form::Binary { BYTES } else { JSON }, Vec::new());
        if form == Form::Binary {
            push(&mut headers, (JSON_LENGTH, json.len().to_string()))?;
        }
        let mut parts = Vec::new();
        push(&mut parts, Cow::Owned(json))?;
        tensors.into_iter().try_for_each(|tensor| push(&mut parts, Cow::Borrowed(tensor)))?;
        let (target, split) = (&self.target, Some(JSON_LENGTH));
        Ok(Request { target, accept: ANY, content_type, headers, parts, split, id })
    }

    /// A request with JSON that the caller wrote.
    pub(crate) fn json_request<'a>(&'a self, json: &'a str) -> Result<Request<'a>> {
        let mut parts = Vec::new();
        push(&mut parts, Cow::Borrowed(json.as_bytes()))?;
        let (target, headers, id) = (&self.target, Vec::new(), String::new());
        Ok(Request { target, accept: ANY, content_type: JSON, headers, parts, split: None, id })
    }

    pub(crate) fn read_reply(
        &self,
        id: &str,
        reply: &Reply,
        rows: usize,
        schema: &Schema,
        columns: &mut Columns,
    ) -> Result<()> {
        let (model, outputs) = (&self.described()?.model, &schema.outputs);
        let json_length = reply.header(JSON_LENGTH);
        let (body, tensors) = (&*reply.body, reply.rest.as_ref());
        let response = Response { model, outputs, rows, id, body, tensors, json_length };
        response.read(&mut columns.columns)?;
        columns.rows += rows;
        if json_length.is_some() {
            self.takes_bytes.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    /// How the next request sends its tensors.
    fn form(&self) -> Form {
        match self.wire {
            Wire::Auto if self.takes_bytes.load(Ordering::Relaxed) => Form::Binary,
            Wire::Auto if self.needs_bytes() => Form::Binary,
            Wire::Binary => Form::Binary,
            Wire::Auto | Wire::Json => Form::Json,
        }
    }

    fn needs_bytes(&self) -> bool {
        self.described.as_ref().is_some_and(|described| described.needs_bytes)
    }

    /// The error of a response to a request whose status is not 2xx.
    pub(crate) fn refusal(&self, reply: &Reply) -> Refusal {
        let guessed = self.wire == Wire::Auto && self.needs_bytes();
        let is_unknown = guessed && !self.takes_bytes.load(Ordering::Relaxed);
        let Refusal { error, blames_rows } = refusal(reply);
        let error = match is_unknown && may_blame_bytes(reply.status) {
            true => error.advising(SET_WIRE),
            false => error,
        };
        Refusal { error, blames_rows }
    }

    fn described(&self) -> Result<&Described> {
        self.described
            .as_ref()
            .ok_or_else(|| Error::new(ErrorKind::Internal, "a model that is not described"))
    }
}

/// The extensions of a server, and its configuration of a model if it has one.
fn read_server(
    transport: &Transport,
    server: &Url,
    configuration: &Url,
    cancel: Option<&Cancel>,
) -> Result<(Server, Option<Vec<u8>>)> {
    let server = optional(transport, server, cancel)?;
    let server = server.map_or_else(Server::default, |body| metadata::read_server(&body));
    let configuration = match server.configuration {
        true => optional(transport, configuration, cancel)?,
        false => None,
    };
    Ok((server, configuration))
}

/// The body of an optional document. A gateway may not route it, or redirect to somewhere else.
fn optional(transport: &Transport, url: &Url, cancel: Option<&Cancel>) -> Result<Option<Vec<u8>>> {
    match transport.get(url, JSON, cancel) {
        Ok(reply) => Ok(Some(reply).filter(Reply::is_success).map(|reply| reply.body)),
        Err(error) if error.kind() == ErrorKind::Http => Ok(None),
        Err(error) => Err(error),
    }
}

/// The model that a document of metadata describes, and its features.
#[cfg(any(test, feature = "internal-api"))]
pub(crate) fn read_model(document: &[u8], most_rows: Option<usize>) -> Result<(Model, Schema)> {
    let configuration = Configuration { most_rows, ..Configuration::default() };
    model_of(metadata::read(document)?, &configuration, &Description::default())
}

/// The same with a model description.
#[cfg(feature = "internal-api")]
pub(crate) fn read_described(document: &[u8], description: &[u8]) -> Result<(Model, Schema)> {
    model_of(metadata::read(document)?, &Configuration::default(), &Description::read(description)?)
}

/// The model, and its features, with what the server's configuration and the user say of it.
fn model_of(
    document: Document,
    configuration: &Configuration,
    description: &Description,
) -> Result<(Model, Schema)> {
    let most_rows = description.max_batch_size.or(configuration.most_rows);
    let mut metadata = overlay::laid_over(document, description)?;
    for input in &mut metadata.inputs {
        let is_listed = configuration.is_optional(&input.name);
        input.meaning.optional.get_or_insert(is_listed);
    }
    let mut model = Model::new(metadata, most_rows)?;
    if let (Batch::OneRow, Some(most @ 2..)) = (model.batch, description.max_batch_size) {
        let message =
            format!("the model description: max_batch_size is {most}, but the model has no axis for rows");
        let message = message + "; set batch_axis to 0 if the first axis of its tensors is one";
        return Err(Error::new(ErrorKind::Describe, message));
    }
    let inputs = specs(&mut model.inputs, Side::Input)?;
    let outputs = specs(&mut model.outputs, Side::Output)?;
    Ok((model, Schema { inputs, outputs }))
}

fn specs(tensors: &mut [Tensor], side: Side) -> Result<Specs> {
    let mut features = Vec::new();
    tensors.iter_mut().try_for_each(|tensor| push(&mut features, feature(tensor, side)?))?;
    Specs::new(features)?.map_err(|name| metadata::duplicate(side.name(), &name))
}

/// What a user can do if a server does not take bytes and does not say so.
const SET_WIRE: &str = "FP16 and BF16 were sent as bytes, and the server does not list that it takes bytes: set the \
                        option wire to JSON if it does not";

/// Whether a status can mean that a server does not take bytes: not those of authorization, of a wrong URL,
/// and of too much load.
fn may_blame_bytes(status: u16) -> bool {
    !matches!(status, 401 | 403 | 404 | 429 | 502..)
}

/// Whether a tensor is sent as bytes, unless a server is known to take JSON alone: few take these types as
/// JSON.
fn needs_bytes(tensor: &Tensor) -> bool {
    matches!(tensor.datatype, DataType::Fp16 | DataType::Bf16)
}

/// The error of a response whose status is not 2xx.
pub(crate) fn refusal(reply: &Reply) -> Refusal {
    let error = failure::of_status(reply.status, &reply.body);
    Refusal { error, blames_rows: failure::blames_rows(reply.status) }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The specs of a model's inputs.
    pub(crate) fn inputs(model: &Model) -> Specs {
        let features = model.inputs.iter().map(|tensor| feature(&mut tensor.clone(), Side::Input).unwrap());
        Specs::new(features.collect()).unwrap().unwrap()
    }
}
