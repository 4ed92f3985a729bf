//! The addresses of the server and what happens at each.

use std::any::Any;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, Version, header, uri};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use serde::Deserialize;
use serde_json::json;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::access_log::Exchange;
use crate::app::{self, Accepted, App, Shared, asked, at_engine, shorten};
use crate::body::Coding;
use crate::decode::Predictions;
use crate::encode::Encoder;
use crate::error::{ApiError, ErrorCode};
use crate::open_inference::errors::OpenError;
use crate::open_inference::routes;
use crate::outputs::Column;
use crate::served::Served;
use crate::tensor::Tensor;
use crate::trace::Trace;
use crate::work::Work;
use crate::{body, health, multipart, page, request, request_id};

/// The routes of the server. A slash at the end changes nothing, and neither does leaving `/forward` out or
/// resolving `openapi.json` against an address that ends with a slash.
pub fn router(app: App) -> Router {
    let app = Arc::new(app);
    Router::new()
        .route("/", get(index_page))
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route("/recent", get(health::recent))
        .route("/page/{file}", get(page_file))
        .route("/deployment/{id}", get(deployment_page).post(predict))
        .route("/deployment/{id}/", get(deployment_page).post(predict))
        .route("/deployment/{id}/forward", post(predict))
        .route("/deployment/{id}/forward/", post(predict))
        .route("/deployment/{id}/openapi.json", get(describe_deployment))
        .route("/deployment/{id}/openapi.json/", get(describe_deployment))
        .route("/deployment/{id}/enabled", put(switch))
        .route("/deployment/{id}/forward/openapi.json", get(describe_deployment))
        .merge(routes::router())
        .fallback(unknown_address)
        .method_not_allowed_fallback(wrong_method)
        .with_state(Arc::clone(&app))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(app, identify))
}

/// Gives a request its id, reads the trace that it is a part of, and has it logged.
async fn identify(State(app): Shared, mut request: Request, next: Next) -> Response {
    let id = app.request_ids.of(request.headers());
    let trace = Trace::of(request.headers());
    let extensions = request.extensions_mut();
    extensions.insert(id.clone());
    if let Some(trace) = trace {
        extensions.insert(trace);
    }
    let mut response = match &app.log {
        None => hosted(request, next).await,
        Some(log) => {
            let tokens = Arc::clone(&app);
            let is_secret = Box::new(move |text: &str| tokens.has_token(text));
            let (exchange, request) = Exchange::begin(log, &id, request, is_secret);
            exchange.answer(hosted(request, next).await)
        }
    };
    response.headers_mut().insert(request_id::HEADER, id.value());
    response
}

async fn unknown_address(State(app): Shared, request: Request) -> Response {
    let asked = asked(request.method(), request.uri());
    refuse(request, |path| match routes::owns(path) {
        true => ApiError::new(
            ErrorCode::ResourceNotFound,
            format!("there is nothing at {asked}; {}", routes::addresses(&app, path)),
        ),
        false => not_found(&app, &format!("there is nothing at {asked}")),
    })
    .await
}

async fn wrong_method(State(app): Shared, request: Request) -> Response {
    let asked = asked(request.method(), request.uri());
    refuse(request, |path| {
        let possible = if routes::owns(path) { routes::addresses(&app, path) } else { addresses(&app) };
        ApiError::method_not_allowed(format!("{asked} is not possible: {possible}"))
    })
    .await
}

/// Refuses a request in the form of the protocol that its address belongs to.
async fn refuse(request: Request, error: impl FnOnce(&str) -> ApiError) -> Response {
    let error = error(request.uri().path());
    let open = routes::owns(request.uri().path());
    body::drain(request.into_body()).await;
    if open { OpenError(error).into_response() } else { error.into_response() }
}

/// Passes on a request that names the host it is for, once; only HTTP/1.0 knows requests without.
async fn hosted(request: Request, next: Next) -> Response {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let problem = match (hosts.next(), hosts.next()) {
        (None, _) if request.version() > Version::HTTP_10 => "the request has no Host header",
        (Some(_), Some(_)) => "the request has several Host headers",
        (Some(host), None) if !is_host(host.as_bytes()) => "the request's Host header is no host",
        _ => return next.run(request).await,
    };
    refuse(request, |_| ApiError::bad_data(problem)).await
}

fn is_host(host: &[u8]) -> bool {
    let authority = uri::Authority::try_from(host);
    host.is_empty() || authority.is_ok_and(|authority| !authority.as_str().contains('@'))
}

fn panicked(_: Box<dyn Any + Send>) -> Response {
    ApiError::internal("the server failed on this request").into_response()
}

/// Where a deployment's predictions, description and page are, and which deployments there are.
fn addresses(app: &App) -> String {
    format!(
        "predictions are POST {base}/deployment/ID/forward, the description is GET \
         {base}/deployment/ID/openapi.json, the page is GET {base}/deployment/ID, with one of these as ID: {}",
        app.ids(),
        base = app.base,
    )
}

fn not_found(app: &App, problem: &str) -> ApiError {
    ApiError::new(ErrorCode::ResourceNotFound, format!("{problem}; {}", addresses(app)))
}

/// The deployment whose ID is in the path.
struct Found(Arc<Served>);

impl FromRequestParts<Arc<App>> for Found {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Found, ApiError> {
        let asked = asked(&parts.method, &parts.uri);
        let Path(id) = Path::<String>::from_request_parts(parts, app)
            .await
            .map_err(|error| not_found(app, &format!("{asked}: {}", error.body_text())))?;
        let found = app.find(&id).inspect(|served| app::note(parts, served)).map(Found);
        found.ok_or_else(|| match id.as_str() {
            "openapi.json" | "forward" => {
                not_found(app, &format!("{asked}: the ID of a deployment is missing"))
            }
            _ => not_found(app, &format!("{asked}: there is no deployment {:?}", shorten(&id, 100))),
        })
    }
}

/// A deployment that is found and has features.
struct Featured(Arc<Served>);

impl FromRequestParts<Arc<App>> for Featured {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Featured, ApiError> {
        let Found(served) = Found::from_request_parts(parts, app).await?;
        let deployment = &served.deployment;
        match deployment.has_features() {
            true => Ok(Featured(served)),
            false => Err(ApiError::new(
                ErrorCode::ResourceNotFound,
                format!(
                    "{}: the deployment {:?} has no features; it answers the Open Inference Protocol at {}{}",
                    asked(&parts.method, &parts.uri),
                    deployment.id,
                    app.base,
                    deployment.path()
                ),
            )),
        }
    }
}

async fn index_page(State(app): Shared) -> Response {
    let served = app.served.all();
    page::respond(page::index(&served, &app.switches).into())
}

/// The page needs no token. It shows one to this machine alone.
async fn deployment_page(
    State(app): Shared,
    found: Result<Found, ApiError>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let Found(served) = match found {
        Err(error) if page::is_wanted(&headers) => {
            let page = page::missing(&error.message, &app.served.all(), &app.switches);
            return Ok((error.status, page::respond(page.into())).into_response());
        }
        found => found?,
    };
    served.require_model()?;
    let show_token = app.local_port.is_some_and(|port| page::asked_locally(&uri, &headers, port));
    let enabled = app.switches.is_enabled(&served.deployment);
    let shown = page::Shown { show_token, enabled, can_switch: app.switches.are_there() };
    let page = || Bytes::from(page::view(&served, &app.base, &shown));
    Ok(page::respond(match served.trouble() {
        Some(_) => page(),
        None => served.pages[usize::from(show_token)][usize::from(enabled)].get_or_init(page).clone(),
    }))
}

/// A style or a script of the pages.
async fn page_file(State(app): Shared, Path(name): Path<String>) -> Result<Response, ApiError> {
    page::file(&name)
        .ok_or_else(|| not_found(&app, &format!("the pages have no file {:?}", shorten(&name, 100))))
}

/// The largest body of a request that switches a deployment.
const MAX_SWITCH: usize = 1 << 10;

/// Enables or disables a deployment.
async fn switch(State(app): Shared, Found(served): Found, request: Request) -> Result<Response, ApiError> {
    let (head, body) = request.into_parts();
    if let Err(refused) = app.switches.check(&head.headers) {
        body::drain(body).await;
        return Err(refused);
    }
    let deadline = Instant::now().checked_add(app.deadline);
    let body = body::read(body, &head.headers, MAX_SWITCH, app.memory.share(), deadline).await?;
    let wanted: Wanted = serde_json::from_slice(&body).map_err(|error| {
        let error = shorten(&error.to_string(), 300);
        ApiError::bad_data(format!("send {{\"enabled\": true}} or false: {error}"))
    })?;
    // It may wait for the disk, and for another server.
    let set = move || app.switches.set(&served.deployment.id, wanted.enabled);
    tokio::task::spawn_blocking(set).await.map_err(|error| ApiError::internal(error.to_string()))??;
    Ok(json_response(json!({"enabled": wanted.enabled}).to_string()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    enabled: bool,
}

async fn describe_deployment(
    State(app): Shared,
    Featured(served): Featured,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    app.check(&served.deployment, &headers)?;
    served.require_model()?;
    Ok(json_response(served.describe.clone()))
}

async fn predict(State(app): Shared, found: Result<Featured, ApiError>, request: Request) -> Response {
    let id = found.as_ref().ok().map(|Featured(served)| served.deployment.id.clone());
    let request_id = request.extensions().get().cloned();
    let answered = async {
        let answered = answered(&app, found, request).await;
        answered.map_err(|error| error.of_request(request_id.as_ref())).into_response()
    };
    app.counted(id, answered).await
}

async fn answered(
    app: &Arc<App>,
    found: Result<Featured, ApiError>,
    request: Request,
) -> Result<Response, ApiError> {
    let (head, body) = request.into_parts();
    let (served, form) = match admit(app, found, &head.headers) {
        Ok(admitted) => admitted,
        Err(error) => {
            body::drain(body).await;
            return Err(error);
        }
    };
    let accepted = Accepted { served: Arc::clone(&served), head, body, coding: form.coding };
    let answer = move |body: Bytes, work: &Arc<Work>| Ok((answer(&served, &form, body, work)?, ()));
    let (reply, ()) = accepted.compute(app, answer).await?;
    Ok(json_response(reply))
}

/// How the request's body is written.
struct Form {
    /// The Content-Type of a multipart form; others are JSON.
    multipart: Option<String>,
    coding: Coding,
}

/// Everything that can be told from the head of a request.
fn admit(
    app: &App,
    found: Result<Featured, ApiError>,
    headers: &HeaderMap,
) -> Result<(Arc<Served>, Form), ApiError> {
    let Featured(served) = found?;
    app.check(&served.deployment, headers)?;
    served.require_model()?;
    Ok((served, form(headers)?))
}

fn form(headers: &HeaderMap) -> Result<Form, ApiError> {
    let unsupported = |message: String| Err(ApiError::new(ErrorCode::UnsupportedContentType, message));
    let coding = body::coding(headers, &[Coding::Gzip])?;
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match media.as_str() {
        "application/json" => Ok(Form { multipart: None, coding }),
        "multipart/form-data" => Ok(Form { multipart: Some(content_type.to_owned()), coding }),
        "" => unsupported("a Content-Type is needed: application/json or multipart/form-data".to_owned()),
        _ => unsupported(format!(
            "the Content-Type {:?} is not supported, application/json and multipart/form-data are",
            shorten(&media, 100)
        )),
    }
}

fn answer(served: &Served, form: &Form, body: Bytes, work: &Arc<Work>) -> Result<Vec<u8>, ApiError> {
    let Served { deployment, model, .. } = served;
    match &form.multipart {
        None => {
            let mut encoder = Encoder::new(deployment, model.layout()).within(work);
            request::read(&body, &mut encoder)?;
            drop(body);
            run(served, encoder)?.to_batch_reply()
        }
        Some(content_type) => {
            let mut encoder = Encoder::single(deployment, model.layout()).within(work);
            let parts = multipart::split(content_type, body, &encoder)?;
            multipart::read(parts, &mut encoder)?;
            run(served, encoder)?.to_single_reply()
        }
    }
}

/// The reply to a batch in JSON, within no bounds.
pub fn reply(served: &Served, body: Bytes) -> Result<Vec<u8>, ApiError> {
    served.require_model()?;
    let form = Form { multipart: None, coding: Coding::Identity };
    answer(served, &form, body, &Arc::new(Work::unbounded()))
}

fn run<'a>(served: &'a Served, encoder: Encoder) -> Result<Predictions<'a>, ApiError> {
    encoder.work.step()?;
    let work = Arc::clone(&encoder.work);
    let (rows, tensors) = encoder.finish()?;
    work.note_rows(rows);
    let mut predictions = Predictions::none(&served.deployment).within(&work);
    if served.deployment.runs_row_by_row() {
        for row in 0..rows {
            work.step()?;
            let one = tensors.iter().map(|tensor| tensor.rows(row..row + 1)).collect();
            predictions.add(1, computed(served, &work, 1, one)?).map_err(ApiError::internal)?;
        }
    } else if rows > 0 {
        predictions.add(rows, computed(served, &work, rows, tensors)?).map_err(ApiError::internal)?;
    }
    Ok(predictions)
}

/// The values of each output feature for a batch.
fn computed(
    served: &Served,
    work: &Work,
    rows: usize,
    tensors: Vec<Tensor>,
) -> Result<Vec<Column>, ApiError> {
    let Served { deployment, model, .. } = served;
    let columns = at_engine(model, work, |caller| model.run(deployment, rows, tensors, caller))?;
    work.hold(columns.iter().map(|column| column.values.bytes()).sum())?;
    Ok(columns)
}

fn json_response(body: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body.into()).into_response()
}
