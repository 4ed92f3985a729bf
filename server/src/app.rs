//! What the handlers share: the deployments, and the way of a request from its body to its reply.

use std::io::{self, Write};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;

use crate::access_log::{AccessLog, CENSORED};
use crate::auth;
use crate::body::{self, Coding};
use crate::connections::Client;
use crate::deployment::Deployment;
use crate::engine::{Caller, EngineError};
use crate::error::{ApiError, ErrorCode};
use crate::memory::{Counted, Memory};
use crate::metrics::Metrics;
use crate::model::LoadedModel;
use crate::notes::Notes;
use crate::queue::Queue;
use crate::registry::Registry;
use crate::request_id::{RequestId, RequestIds};
use crate::served::Served;
use crate::switches::Switches;
use crate::turns::{Lane, Turn, Turns};
use crate::work::{StopOnDrop, Work};

/// What the handlers share.
pub struct App {
    pub served: Arc<Registry>,
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
    pub queue: Arc<Queue>,
    pub metrics: Arc<Metrics>,
    pub switches: Switches,
    pub request_ids: RequestIds,
    pub log: Option<Arc<AccessLog>>,
}

pub type Shared = State<Arc<App>>;

/// More deployments than these are not listed in an error.
const MAX_LISTED: usize = 20;

impl App {
    pub fn find(&self, id: &str) -> Option<Arc<Served>> {
        self.served.find(id)
    }

    /// Lets a request pass that may ask this deployment now.
    pub fn check(&self, deployment: &Deployment, headers: &HeaderMap) -> Result<(), ApiError> {
        auth::check(deployment, self.switches.is_enabled(deployment), headers)
    }

    /// Fails as long as a deployment has no model, because its engine has never answered.
    pub fn require_ready(&self) -> Result<(), ApiError> {
        let absent = |served: &Arc<Served>| {
            let reason = served.model.absent.as_ref()?;
            Some(format!("deployment {}: {reason}", served.deployment.id))
        };
        let absent: Vec<String> = self.served.all().iter().filter_map(absent).collect();
        if absent.is_empty() { Ok(()) } else { Err(ApiError::busy(absent.join("; "))) }
    }

    /// Counts the response to a prediction, if its deployment is known.
    pub async fn counted(&self, id: Option<String>, response: impl Future<Output = Response>) -> Response {
        let begun = Instant::now();
        let response = response.await;
        if let Some(id) = id {
            self.metrics.of(&id).responded(response.status().as_u16(), begun.elapsed());
        }
        response
    }

    /// Whether a text holds one of the tokens that the server knows, perhaps percent-encoded.
    pub fn has_token(&self, text: &str) -> bool {
        let text = decoded(text);
        let is_in = |token: &String| text.windows(token.len()).any(|window| window == token.as_bytes());
        let of_deployment = |served: &Arc<Served>| {
            let Deployment { tokens, limited_tokens, .. } = &served.deployment;
            tokens.iter().chain(limited_tokens).any(is_in)
        };
        self.switches.tokens().iter().any(is_in) || self.served.all().iter().any(of_deployment)
    }

    /// Says on standard error that a request failed through no fault of its own.
    fn say_failure(&self, deployment: &str, request: Option<&RequestId>, error: &ApiError) {
        if error.status == ErrorCode::InternalError.status() {
            let request = request.map_or("none", |id| self.shown(id));
            let line = format!("deployment {deployment}: {} (request {request})", error.message);
            // A closed standard error is no reason to fail.
            drop(writeln!(io::stderr(), "sidekick-server: {line}"));
        }
    }

    /// The id of a request for a log: a client may have chosen a token.
    fn shown<'a>(&self, id: &'a RequestId) -> &'a str {
        if id.is_taken && self.has_token(id.as_str()) { CENSORED } else { id.as_str() }
    }

    /// The IDs of the deployments, for a message.
    pub fn ids(&self) -> String {
        let served = self.served.all();
        let ids = served.iter().map(|served| served.deployment.id.as_str());
        let listed: Vec<&str> = ids.take(MAX_LISTED).collect();
        let more = if served.len() > listed.len() { ", ..." } else { "" };
        format!("{}{more}", listed.join(", "))
    }
}

/// Notes for the access log which deployment is asked.
pub fn note(head: &Parts, served: &Served) {
    let notes = head.extensions.get::<Arc<Notes>>();
    notes.into_iter().for_each(|notes| notes.set_deployment(&served.deployment.id));
}

/// The requested address, short enough for a message.
pub fn asked(method: &Method, uri: &Uri) -> String {
    format!("{} {}", shorten(method.as_str(), 20), shorten(uri.path(), 200))
}

pub fn shorten(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

/// The bytes of a percent-encoded text.
fn decoded(text: &str) -> Vec<u8> {
    let mut rest = text.as_bytes();
    let mut bytes = Vec::with_capacity(rest.len());
    while let [first, after @ ..] = rest {
        let code = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let code = code.filter(|_| *first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    bytes
}

/// A request whose head has been accepted, with how its body is compressed.
pub struct Accepted {
    pub served: Arc<Served>,
    pub head: Parts,
    pub body: Body,
    pub coding: Coding,
}

impl Accepted {
    /// Reads the body, waits for a turn and computes the reply's body with `answer`, off the async threads.
    pub async fn compute<T: Send + 'static>(
        self,
        app: &Arc<App>,
        answer: impl FnOnce(Bytes, &Arc<Work>) -> Result<(Vec<u8>, T), ApiError> + Send + 'static,
    ) -> Result<(Bytes, T), ApiError> {
        let Accepted { served, head, body, coding } = self;
        let share = app.memory.share();
        let work = Work::new(app.deadline, app.max_pixels, share.another());
        let unpacked = share.another();
        let extensions = &head.extensions;
        let work = Arc::new(work.of_request(extensions.get().cloned(), extensions.get().cloned()));
        // The client may go while the request is read, waits or is computed: this function then ends there.
        let _stop = StopOnDrop(Arc::clone(&work));
        let body = body::read(body, &head.headers, app.max_body, share, work.deadline()).await?;
        let client = head.extensions.get().map_or(IpAddr::from([0; 4]), |Client(client)| *client);
        let place = app.queue.enter()?;
        let id = served.deployment.id.clone();
        let lane = Lane { client, deployment: id.clone() };
        let turn = until(work.deadline(), app.turns.take(lane)).await;
        let turn = turn.ok_or_else(|| ApiError::busy("the request was not begun before its deadline"))?;
        let (shared, computing) = (Arc::clone(app), Arc::clone(&work));
        let answer = move || {
            // The work keeps its place until it ends, also if its client has gone.
            let _place = place;
            computing.step()?;
            let body = body::unpack(body, coding, shared.max_body, unpacked, &computing)?;
            let (bytes, more) = answer(body, &computing)?;
            computing.step()?;
            let share = computing.end(bytes.capacity())?.unwrap_or_else(|| shared.memory.share());
            Ok((Bytes::from_owner(Counted { bytes, share }), more))
        };
        let outcome = run(work, turn, answer).await;
        outcome.inspect_err(|error| app.say_failure(&id, head.extensions.get(), error))
    }
}

/// Runs the model. If that mostly waits, other requests are computed meanwhile.
pub fn at_engine<T>(
    model: &LoadedModel,
    work: &Work,
    run: impl FnOnce(Caller) -> Result<T, EngineError>,
) -> Result<T, ApiError> {
    let waits = || work.step().is_ok();
    let caller = Caller { waits: &waits, trace: work.trace.as_ref() };
    let outcome = if model.waits() { work.aside(|| run(caller))? } else { run(caller) };
    if let Err(EngineError::Stopped) = outcome {
        // The work knows why.
        work.step()?;
    }
    Ok(outcome?)
}

/// What comes before the deadline.
async fn until<T>(deadline: Option<Instant>, outcome: impl Future<Output = T>) -> Option<T> {
    match deadline {
        Some(deadline) => tokio::time::timeout_at(deadline.into(), outcome).await.ok(),
        None => Some(outcome.await),
    }
}

/// Computes an answer off the async threads; a panic of the model runtime ends the request alone.
async fn run<T: Send + 'static>(
    work: Arc<Work>,
    turn: Turn,
    answer: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let computing = Arc::clone(&work);
    // The work keeps its turn until it ends, also if its client has gone.
    let task = tokio::task::spawn_blocking(move || computing.run(turn, answer));
    match until(work.deadline(), task).await {
        Some(Ok(answer)) => answer,
        Some(Err(_)) => Err(ApiError::internal("the model runtime failed on this request")),
        None => Err(work.too_slow()),
    }
}
