//! The addresses of the server and what happens at each.

use std::any::Any;
use std::io::{self, Write};
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri, Version, header, uri};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::connections::Client;
use crate::decode::Predictions;
use crate::deployment::Deployment;
use crate::encode::Encoder;
use crate::error::{ApiError, ErrorCode};
use crate::memory::{Counted, Memory};
use crate::model::LoadedModel;
use crate::turns::{Lane, Turn, Turns};
use crate::work::{StopOnDrop, Work};
use crate::{auth, body, describe, multipart, page, request};

/// A deployment ready to answer.
pub struct Served {
    pub deployment: Deployment,
    pub model: LoadedModel,
    describe: Bytes,
    /// The page, with the token and without; made when it is first asked for.
    pages: [OnceLock<Bytes>; 2],
}

impl Served {
    pub fn new(deployment: Deployment, model: LoadedModel) -> Served {
        let describe = describe::document(&deployment).to_string().into();
        Served { deployment, model, describe, pages: Default::default() }
    }
}

/// What the handlers share.
pub struct App {
    pub served: Vec<Arc<Served>>,
    /// Where clients reach the server: `http://HOST:PORT`.
    pub base: String,
    /// The port, if only this machine reaches it.
    pub local_port: Option<u16>,
    pub max_body: usize,
    pub max_pixels: u64,
    /// From a request's head to its answer.
    pub deadline: Duration,
    pub memory: Arc<Memory>,
    pub turns: Arc<Turns>,
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
        .layer(middleware::from_fn(check_host))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(CatchPanicLayer::custom(panicked))
}

async fn unknown_address(State(app): Shared, request: Request) -> ApiError {
    let asked = asked(request.method(), request.uri());
    body::drain(request.into_body()).await;
    app.not_found(&format!("there is nothing at {asked}"))
}

async fn wrong_method(State(app): Shared, request: Request) -> ApiError {
    let asked = asked(request.method(), request.uri());
    body::drain(request.into_body()).await;
    ApiError::method_not_allowed(format!("{asked} is not possible: {}", app.addresses()))
}

/// A request names the host it is for, once; only HTTP/1.0 knows requests without.
async fn check_host(request: Request, next: Next) -> Response {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let problem = match (hosts.next(), hosts.next()) {
        (None, _) if request.version() > Version::HTTP_10 => "the request has no Host header",
        (Some(_), Some(_)) => "the request has several Host headers",
        (Some(host), None) if !is_host(host.as_bytes()) => "the request's Host header is no host",
        _ => return next.run(request).await,
    };
    body::drain(request.into_body()).await;
    ApiError::bad_data(problem).into_response()
}

fn is_host(host: &[u8]) -> bool {
    let authority = uri::Authority::try_from(host);
    host.is_empty() || authority.is_ok_and(|authority| !authority.as_str().contains('@'))
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
    ApiError::internal("the server failed on this request").into_response()
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
    page::respond(page::index(app.served.iter().map(|served| &served.deployment)).into())
}

/// The page needs no token. It shows one to this machine alone.
async fn deployment_page(State(app): Shared, Found(served): Found, uri: Uri, headers: HeaderMap) -> Response {
    let show_token = app.local_port.is_some_and(|port| page::asked_locally(&uri, &headers, port));
    let page = &served.pages[usize::from(show_token)];
    let page = page.get_or_init(|| page::view(&served.deployment, &app.base, show_token).into());
    page::respond(page.clone())
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
    let (served, form) = match admit(found, &parts.headers) {
        Ok(admitted) => admitted,
        Err(error) => {
            body::drain(body).await;
            return Err(error);
        }
    };
    let work = Arc::new(Work::new(app.deadline, app.max_pixels, &app.memory));
    // The client may go while the request is read, waits or is computed: then this function ends where it waits.
    let _stop = StopOnDrop(Arc::clone(&work));
    let share = app.memory.share();
    let body = body::read(body, &parts.headers, app.max_body, share, work.deadline()).await?;
    let client = parts.extensions.get().map_or(IpAddr::from([0; 4]), |Client(client)| *client);
    let lane = Lane { client, deployment: served.deployment.id.clone() };
    let turn = until(work.deadline(), app.turns.take(lane)).await;
    let turn = turn.ok_or_else(|| ApiError::busy("the request was not begun before its deadline"))?;
    compute(&app, served, form, body, work, turn).await
}

/// What comes before the deadline.
async fn until<T>(deadline: Option<Instant>, outcome: impl Future<Output = T>) -> Option<T> {
    match deadline {
        Some(deadline) => tokio::time::timeout_at(deadline.into(), outcome).await.ok(),
        None => Some(outcome.await),
    }
}

/// How the request's body is written.
struct Form {
    /// The Content-Type of a multipart form; others are JSON.
    multipart: Option<String>,
    gzip: bool,
}

/// Everything that can be told from the head of a request.
fn admit(found: Result<Found, ApiError>, headers: &HeaderMap) -> Result<(Arc<Served>, Form), ApiError> {
    let Found(served) = found?;
    auth::check(&served.deployment, headers)?;
    Ok((served, form(headers)?))
}

fn form(headers: &HeaderMap) -> Result<Form, ApiError> {
    let unsupported = |message: String| Err(ApiError::new(ErrorCode::UnsupportedContentType, message));
    let gzip = body::is_gzip(headers)?;
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match media.as_str() {
        "application/json" => Ok(Form { multipart: None, gzip }),
        "multipart/form-data" => Ok(Form { multipart: Some(content_type.to_owned()), gzip }),
        "" => unsupported("a Content-Type is needed: application/json or multipart/form-data".to_owned()),
        _ => unsupported(format!(
            "the Content-Type {:?} is not supported, application/json and multipart/form-data are",
            shorten(&media, 100)
        )),
    }
}

/// Computes a reply off the async threads; a panic of the model runtime ends the request alone.
async fn compute(
    app: &Arc<App>,
    served: Arc<Served>,
    form: Form,
    body: Bytes,
    work: Arc<Work>,
    turn: Turn,
) -> Result<Response, ApiError> {
    let id = served.deployment.id.clone();
    let (computing, app) = (Arc::clone(&work), Arc::clone(app));
    let task = tokio::task::spawn_blocking(move || {
        // The turn stays with the work until it ends, also when nobody waits for it any more.
        computing.run(turn, || answer(&app, &served, &form, body, &computing))
    });
    let answer = match until(work.deadline(), task).await {
        Some(Ok(answer)) => answer,
        Some(Err(_)) => Err(ApiError::internal("the model runtime failed on this request")),
        None => Err(work.too_slow()),
    };
    if let Err(error) = &answer
        && error.status == ErrorCode::InternalError.status()
    {
        // A closed standard error is no reason to fail.
        drop(writeln!(io::stderr(), "sidekick-server: deployment {id}: {}", error.message));
    }
    answer.map(json_response)
}

fn answer(
    app: &App,
    served: &Served,
    form: &Form,
    mut body: Bytes,
    work: &Arc<Work>,
) -> Result<Bytes, ApiError> {
    let Served { deployment, model, .. } = served;
    work.step()?;
    if form.gzip {
        body = body::unpack(&body, app.max_body, app.memory.share(), work)?;
    }
    let reply = match &form.multipart {
        None => {
            let mut encoder = Encoder::new(deployment, &model.layout).within(work);
            request::read(&body, &mut encoder)?;
            drop(body);
            run(served, encoder)?.to_batch_reply()
        }
        Some(content_type) => {
            let mut encoder = Encoder::single(deployment, &model.layout).within(work);
            let parts = multipart::split(content_type, body, &encoder)?;
            multipart::read(parts, &mut encoder)?;
            run(served, encoder)?.to_single_reply()
        }
    };
    work.step()?;
    let bytes = reply.map_err(|error| ApiError::internal(error.to_string()))?;
    let mut share = app.memory.share();
    share.grow(bytes.len())?;
    Ok(Bytes::from_owner(Counted { bytes, share }))
}

fn run<'a>(served: &'a Served, encoder: Encoder) -> Result<Predictions<'a>, ApiError> {
    encoder.work.step()?;
    let work = Arc::clone(&encoder.work);
    let (rows, values) = encoder.finish();
    let outputs = match rows {
        0 => Ok(vec![Vec::new(); served.deployment.outputs.len()]),
        _ => served.model.run(&served.deployment, rows, values),
    };
    outputs
        .and_then(|outputs| Predictions::new(&served.deployment, rows, outputs))
        .map(|predictions| predictions.within(&work))
        .map_err(ApiError::internal)
}

fn json_response(body: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body.into()).into_response()
}
