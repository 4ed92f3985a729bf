//! The addresses of the server and what happens at each.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures_util::StreamExt;
use tokio::sync::Semaphore;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::decompression::RequestDecompressionLayer;

use crate::decode::Predictions;
use crate::deployment::Deployment;
use crate::encode::Encoder;
use crate::error::{ApiError, ErrorCode};
use crate::model::LoadedModel;
use crate::multipart::{self, Part};
use crate::{auth, describe, page, request};

/// How long a body may stand still before the request is given up.
const BODY_PATIENCE: Duration = Duration::from_secs(30);

/// How long the rest of a refused body is read, so that its sender gets to the reply.
const DRAIN_PATIENCE: Duration = Duration::from_secs(5);

/// A deployment ready to answer.
pub struct Served {
    pub deployment: Deployment,
    pub model: LoadedModel,
    describe: Bytes,
}

impl Served {
    pub fn new(deployment: Deployment, model: LoadedModel) -> Served {
        let describe = describe::document(&deployment).to_string().into();
        Served { deployment, model, describe }
    }
}

/// What the handlers share.
pub struct App {
    pub served: Vec<Arc<Served>>,
    /// Where clients reach the server: `http://HOST:PORT`.
    pub base: String,
    /// Whether only this machine reaches it.
    pub loopback: bool,
    pub max_body: usize,
    /// Bounds how many requests are computed at once.
    pub permits: Arc<Semaphore>,
}

type Shared = State<Arc<App>>;

/// More than these are not listed in an error.
const MAX_LISTED: usize = 20;

/// The routes of the server. A slash at the end changes nothing, and neither does leaving `/forward` out or resolving
/// `openapi.json` against an address that ends with a slash.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/", get(index_page))
        .route("/page.css", get(page::style))
        .route("/page.js", get(page::script))
        .route("/deployment/{id}", get(deployment_page).post(predict))
        .route("/deployment/{id}/", get(deployment_page).post(predict))
        .route("/deployment/{id}/forward", post(predict))
        .route("/deployment/{id}/forward/", post(predict))
        .route("/deployment/{id}/openapi.json", get(describe_deployment))
        .route("/deployment/{id}/openapi.json/", get(describe_deployment))
        .route("/deployment/{id}/forward/openapi.json", get(describe_deployment))
        .fallback(unknown_address)
        .method_not_allowed_fallback(wrong_method)
        .with_state(Arc::new(app))
        .layer(RequestDecompressionLayer::new().pass_through_unaccepted(true))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(CatchPanicLayer::custom(panicked))
}

async fn unknown_address(State(app): Shared, method: Method, uri: Uri) -> ApiError {
    app.not_found(&format!("there is nothing at {}", asked(&method, &uri)))
}

async fn wrong_method(State(app): Shared, method: Method, uri: Uri) -> ApiError {
    let message = format!("{} is not possible: {}", asked(&method, &uri), app.addresses());
    ApiError::method_not_allowed(message)
}

/// What was asked for, short enough for a message.
fn asked(method: &Method, uri: &Uri) -> String {
    format!("{} {}", shorten(method.as_str(), 20), shorten(uri.path(), 200))
}

fn shorten(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

fn panicked(_: Box<dyn Any + Send>) -> Response {
    ApiError::new(ErrorCode::InternalError, "the server failed on this request").into_response()
}

impl App {
    /// Where a deployment's predictions, description and page are, and which deployments there are.
    fn addresses(&self) -> String {
        let ids = self.served.iter().map(|served| served.deployment.id.as_str());
        let listed: Vec<&str> = ids.take(MAX_LISTED).collect();
        let more = if self.served.len() > listed.len() { ", ..." } else { "" };
        format!(
            "predictions are POST {base}/deployment/ID/forward, the description is GET \
             {base}/deployment/ID/openapi.json, the page is GET {base}/deployment/ID, with one of these as ID: {}{more}",
            listed.join(", "),
            base = self.base,
        )
    }

    fn not_found(&self, problem: &str) -> ApiError {
        ApiError::new(ErrorCode::ResourceNotFound, format!("{problem}; {}", self.addresses()))
    }
}

/// The deployment whose ID is in the path.
struct Found(Arc<Served>);

impl FromRequestParts<Arc<App>> for Found {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Found, ApiError> {
        let asked = asked(&parts.method, &parts.uri);
        let Path(id) = Path::<String>::from_request_parts(parts, app)
            .await
            .map_err(|error| app.not_found(&format!("{asked}: {}", error.body_text())))?;
        let found = app.served.iter().find(|served| served.deployment.id == id);
        found.cloned().map(Found).ok_or_else(|| match id.as_str() {
            "openapi.json" | "forward" => {
                app.not_found(&format!("{asked}: the ID of a deployment is missing"))
            }
            _ => app.not_found(&format!("{asked}: there is no deployment {:?}", shorten(&id, 100))),
        })
    }
}

async fn index_page(State(app): Shared) -> Response {
    page::index(app.served.iter().map(|served| &served.deployment))
}

/// The page needs no token. It shows one to this machine alone.
async fn deployment_page(State(app): Shared, Found(served): Found, headers: HeaderMap) -> Response {
    let show_token = app.loopback && page::asked_locally(&headers);
    page::view(&served.deployment, &app.base, show_token)
}

async fn describe_deployment(Found(served): Found, headers: HeaderMap) -> Result<Response, ApiError> {
    auth::check(&served.deployment, &headers)?;
    Ok(json_response(served.describe.clone()))
}

async fn predict(
    State(app): Shared,
    found: Result<Found, ApiError>,
    request: Request,
) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    match admit(found, &parts.headers) {
        Ok((served, form)) => {
            let body = read_body(body, &parts.headers, app.max_body).await?;
            let input = match form {
                Form::Json => Input::Json(body),
                Form::Multipart(content_type) => Input::Parts(multipart::split(&content_type, body).await?),
            };
            compute(&app, served, input).await
        }
        Err(error) => {
            drain(body).await;
            Err(error)
        }
    }
}

/// How the request's body is written.
enum Form {
    Json,
    Multipart(String),
}

enum Input {
    Json(Bytes),
    Parts(Vec<Part>),
}

/// Everything that can be told from the head of a request.
fn admit(found: Result<Found, ApiError>, headers: &HeaderMap) -> Result<(Arc<Served>, Form), ApiError> {
    let Found(served) = found?;
    auth::check(&served.deployment, headers)?;
    Ok((served, form(headers)?))
}

fn form(headers: &HeaderMap) -> Result<Form, ApiError> {
    let unsupported = |message: String| Err(ApiError::new(ErrorCode::UnsupportedContentType, message));
    // The decompression layer takes this header away when it knows the encoding.
    if let Some(encoding) = headers.get(header::CONTENT_ENCODING).filter(|value| *value != "identity") {
        return unsupported(format!("the Content-Encoding {encoding:?} is not supported, gzip is"));
    }
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match media.as_str() {
        "application/json" => Ok(Form::Json),
        "multipart/form-data" => Ok(Form::Multipart(content_type.to_owned())),
        "" => unsupported("a Content-Type is needed: application/json or multipart/form-data".to_owned()),
        _ => unsupported(format!(
            "the Content-Type {media:?} is not supported, application/json and multipart/form-data are"
        )),
    }
}

/// Reads a body of at most `limit` bytes, counted after decompression.
async fn read_body(body: Body, headers: &HeaderMap, limit: usize) -> Result<Bytes, ApiError> {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    let length: usize = length.unwrap_or_default();
    if length > limit {
        drain(body).await;
        return Err(ApiError::too_large(limit));
    }
    let mut stream = body.into_data_stream();
    let mut bytes = Vec::with_capacity(length);
    while let Some(chunk) = tokio::time::timeout(BODY_PATIENCE, stream.next()).await.transpose() {
        let chunk = chunk.map_err(|_| ApiError::timed_out())?;
        let chunk = chunk.map_err(|_| ApiError::bad_data("the request body is cut short or not gzip"))?;
        if bytes.len() + chunk.len() > limit {
            drain(Body::from_stream(stream)).await;
            return Err(ApiError::too_large(limit));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.into())
}

/// Reads over a refused body for a while: a reply to a client that still sends would be lost with the connection.
async fn drain(body: Body) {
    let mut stream = body.into_data_stream();
    let read_over = async { while let Some(Ok(_)) = stream.next().await {} };
    // When the time is up the connection closes, and that is all.
    drop(tokio::time::timeout(DRAIN_PATIENCE, read_over).await);
}

/// Computes a reply off the async threads; a panic of the model runtime ends the request alone.
async fn compute(app: &App, served: Arc<Served>, input: Input) -> Result<Response, ApiError> {
    let internal = |message: String| ApiError::new(ErrorCode::InternalError, message);
    let permit = app.permits.clone().acquire_owned().await.map_err(|error| internal(error.to_string()))?;
    let id = served.deployment.id.clone();
    let task = tokio::task::spawn_blocking(move || {
        // The permit stays with the work, also when the client that asked for it has gone.
        let _permit = permit;
        answer(&served, input)
    });
    let answer = task.await;
    let answer =
        answer.unwrap_or_else(|_| Err(internal("the model runtime failed on this request".to_owned())));
    if let Err(error) = &answer
        && error.code == ErrorCode::InternalError
    {
        eprintln!("sidekick-server: deployment {id}: {}", error.message);
    }
    answer.map(json_response)
}

fn answer(served: &Served, input: Input) -> Result<Vec<u8>, ApiError> {
    let Served { deployment, model, .. } = served;
    let internal = |message: String| ApiError::new(ErrorCode::InternalError, message);
    match input {
        Input::Json(body) => {
            let mut encoder = Encoder::new(deployment, &model.layout);
            request::read(&body, &mut encoder)?;
            drop(body);
            let predictions = run(served, encoder)?;
            predictions.to_batch_reply().map_err(|error| internal(error.to_string()))
        }
        Input::Parts(parts) => {
            let mut encoder = Encoder::single(deployment, &model.layout);
            multipart::read(parts, &mut encoder)?;
            let predictions = run(served, encoder)?;
            predictions.to_single_reply().map_err(|error| internal(error.to_string()))
        }
    }
}

fn run<'a>(served: &'a Served, encoder: Encoder) -> Result<Predictions<'a>, ApiError> {
    let (rows, values) = encoder.finish();
    let outputs = match rows {
        0 => Ok(vec![Vec::new(); served.deployment.outputs.len()]),
        _ => served.model.run(&served.deployment, rows, values),
    };
    outputs
        .and_then(|outputs| Predictions::new(&served.deployment, rows, outputs))
        .map_err(|message| ApiError::new(ErrorCode::InternalError, message))
}

fn json_response(body: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body.into()).into_response()
}
