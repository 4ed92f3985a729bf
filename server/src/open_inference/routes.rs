//! The protocol's addresses and what happens at each.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{FromRequestParts, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;

use crate::app::{self, Accepted, App, Shared, asked, at_engine, shorten};
use crate::body::{self, Coding};
use crate::encode;
use crate::error::{ApiError, ErrorCode};
use crate::open_inference::errors::OpenError;
use crate::open_inference::metadata::{self, VERSION};
use crate::open_inference::{reply, request};
use crate::served::Served;
use crate::work::Work;

/// The length of the JSON before tensors in binary, of requests and replies.
const JSON_LENGTH: HeaderName = HeaderName::from_static("inference-header-content-length");

/// The routes below `/v2`. As with Triton, a slash at the end is another address.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/v2", get(server_metadata))
        .route("/v2/health/live", get(healthy))
        .route("/v2/health/ready", get(ready))
        .route("/v2/models/{name}", get(model_metadata))
        .route("/v2/models/{name}/versions/{version}", get(model_metadata))
        .route("/v2/models/{name}/ready", get(model_ready))
        .route("/v2/models/{name}/versions/{version}/ready", get(model_ready))
        .route("/v2/models/{name}/infer", post(infer))
        .route("/v2/models/{name}/versions/{version}/infer", post(infer))
        .layer(CatchPanicLayer::custom(panicked))
}

/// Whether an address is one of the protocol's.
pub fn owns(path: &str) -> bool {
    path.strip_prefix("/v2").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What the protocol's addresses are, for a message.
pub fn addresses(app: &App, path: &str) -> String {
    let hint = if path.ends_with('/') { "leave out the slash at the end; " } else { "" };
    format!(
        "{hint}inference is POST {base}/v2/models/NAME/infer, the metadata is GET {base}/v2/models/NAME, \
         with one of these as NAME: {}",
        app.ids(),
        base = app.base,
    )
}

fn panicked(_: Box<dyn Any + Send>) -> Response {
    OpenError(ApiError::internal("the server failed on this request")).into_response()
}

async fn server_metadata() -> Response {
    json_response(metadata::server().to_string().into())
}

async fn healthy() {}

async fn ready(State(app): Shared) -> Result<(), OpenError> {
    Ok(app.require_ready()?)
}

async fn model_metadata(
    State(app): Shared,
    Model(served): Model,
    headers: HeaderMap,
) -> Result<Response, OpenError> {
    app.check(&served.deployment, &headers)?;
    Ok(json_response(metadata_of(&served)?.clone()))
}

async fn model_ready(State(app): Shared, Model(served): Model, headers: HeaderMap) -> Result<(), OpenError> {
    app.check(&served.deployment, &headers)?;
    metadata_of(&served)?;
    Ok(())
}

async fn infer(State(app): Shared, model: Result<Model, OpenError>, request: Request) -> Response {
    let id = model.as_ref().ok().map(|Model(served)| served.deployment.id.clone());
    let request_id = request.extensions().get().cloned();
    let answered = async {
        let answered = answered(&app, model, request).await;
        answered.map_err(|OpenError(error)| OpenError(error.of_request(request_id.as_ref()))).into_response()
    };
    app.counted(id, answered).await
}

async fn answered(
    app: &Arc<App>,
    model: Result<Model, OpenError>,
    request: Request,
) -> Result<Response, OpenError> {
    let (head, body) = request.into_parts();
    let (served, form) = match admit(app, model, &head.headers) {
        Ok(admitted) => admitted,
        Err(error) => {
            body::drain(body).await;
            return Err(error);
        }
    };
    let accepted = Accepted { served: Arc::clone(&served), head, body, coding: form.coding };
    let answer = move |body: Bytes, work: &Arc<Work>| answer(&served, form.json_length, body, work);
    let (body, json_length) = accepted.compute(app, answer).await?;
    let Some(length) = json_length else {
        return Ok(json_response(body));
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (JSON_LENGTH, HeaderValue::from(length)),
    ];
    Ok((headers, body).into_response())
}

/// The encoding of a request's body. Its Content-Type adds nothing to the other headers.
struct Form {
    coding: Coding,
    json_length: Option<usize>,
}

/// Everything that can be told from the head of a request.
fn admit(
    app: &App,
    model: Result<Model, OpenError>,
    headers: &HeaderMap,
) -> Result<(Arc<Served>, Form), OpenError> {
    let Model(served) = model?;
    app.check(&served.deployment, headers)?;
    metadata_of(&served)?;
    let coding = body::coding(headers, &[Coding::Gzip, Coding::Deflate])?;
    Ok((served, Form { coding, json_length: json_length(headers)? }))
}

fn json_length(headers: &HeaderMap) -> Result<Option<usize>, ApiError> {
    let mut lengths = headers.get_all(JSON_LENGTH).iter();
    let (length, none) = (lengths.next(), lengths.next());
    let Some(length) = length else { return Ok(None) };
    let digits = length.to_str().ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    match digits.and_then(|text| text.parse().ok()).filter(|_| none.is_none()) {
        Some(length) => Ok(Some(length)),
        None => Err(ApiError::bad_data(
            "Inference-Header-Content-Length is the number of bytes of the JSON, once",
        )),
    }
}

fn answer(
    served: &Served,
    json_length: Option<usize>,
    body: Bytes,
    work: &Arc<Work>,
) -> Result<(Vec<u8>, Option<usize>), ApiError> {
    let Served { deployment, model, .. } = served;
    let signature = model.signature();
    let request = request::read(&body, json_length, signature, work)?;
    drop(body);
    let shapes: Vec<&[usize]> = request.inputs.iter().map(|input| &input.shape[..]).collect();
    signature.check_sizes(&shapes, encode::MAX_VALUES).map_err(ApiError::bad_data)?;
    let rows = shapes.first().and_then(|shape| shape.first()).copied();
    work.note_rows(rows.filter(|_| !deployment.runs_row_by_row()).unwrap_or(1));
    encode::check_rows(deployment, model.layout(), rows.filter(|_| !deployment.runs_row_by_row()))?;
    work.step()?;
    let places: Vec<usize> = request.outputs.iter().map(|wanted| wanted.place).collect();
    let outputs = at_engine(model, work, |caller| model.infer(request.inputs, &places, caller))?;
    let held = outputs.iter().map(|output| output.values.bytes()).sum();
    work.hold(held)?;
    let outputs: Vec<_> = request.outputs.into_iter().zip(outputs).collect();
    let reply = reply::write(&deployment.id, request.id.as_deref(), signature, &outputs, work)?;
    Ok((reply.body, reply.json_length))
}

/// The model whose name is in the path, if the version is the one that it has.
struct Model(Arc<Served>);

impl FromRequestParts<Arc<App>> for Model {
    type Rejection = OpenError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Model, OpenError> {
        let asked = asked(&parts.method, &parts.uri);
        let not_found = |problem: String| {
            let message = format!("{asked}: {problem}; {}", addresses(app, parts.uri.path()));
            OpenError(ApiError::new(ErrorCode::ResourceNotFound, message))
        };
        let path = Path::<HashMap<String, String>>::from_request_parts(&mut parts.clone(), app).await;
        let Path(mut path) = path.map_err(|error| not_found(error.body_text()))?;
        let name = path.remove("name").unwrap_or_default();
        let served = app.find(&name).inspect(|served| app::note(parts, served));
        let served =
            served.ok_or_else(|| not_found(format!("there is no model {:?}", shorten(&name, 100))))?;
        match path.get("version").filter(|version| *version != VERSION) {
            Some(version) => Err(not_found(format!(
                "the model {name:?} has no version {:?}, its one version is {VERSION}",
                shorten(version, 100)
            ))),
            None => Ok(Model(served)),
        }
    }
}

/// The metadata of a model whose tensors the protocol can carry.
fn metadata_of(served: &Served) -> Result<&Bytes, ApiError> {
    served.require_model()?;
    served.metadata.as_ref().map_err(ApiError::not_implemented)
}

fn json_response(body: Bytes) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}
