//! A model that Triton, KServe, MLServer or another server of the Open Inference Protocol computes.

mod columns;
mod server;

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use sidekick::{Deployment, ErrorKind, InputColumn, Options, Predictions, Rows};

use crate::deployment::RemoteEngine;
use crate::engine::rows::RowByRow;
use crate::engine::{Caller, EngineError, Model};
use crate::metrics::Counts;
use crate::tensor::{Signature, Size, Tensor, TensorSpec};
use crate::trace::Trace;
use columns::Held;
use server::{Fault, Opened, Server};

/// How long one connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// How often all of several servers are asked, and how long before the second time.
const ROUNDS: u32 = 3;
const FIRST_WAIT: Duration = Duration::from_millis(100);
/// Idle connections that are kept, and how long: MLServer closes them after 5 seconds.
const IDLE: (usize, Duration) = (256, Duration::from_secs(4));
/// Requests at once for one with more rows than the server takes in one.
const IN_FLIGHT: usize = 4;
/// How long a token from a file is used before the file is read again.
const TOKEN_AGE: Duration = Duration::from_secs(60);

/// A model on one or several servers, which take turns.
pub struct RemoteModel {
    /// The id of the deployment, for messages.
    deployment: String,
    signature: Signature,
    has_rows: bool,
    servers: Vec<Server>,
    next: AtomicUsize,
    timeout: Duration,
    counts: Arc<Counts>,
}

/// Why a model is not there at the start.
#[derive(Debug)]
pub enum NotConnected {
    /// No server answers. One may do so later.
    Absent(String),
    /// Waiting does not help.
    Wrong(String),
}

/// A model on other machines. One that takes a single row is asked row by row.
pub fn connect(
    deployment: &str,
    engine: &RemoteEngine,
    outputs: Vec<String>,
    wait: Option<Duration>,
    counts: Arc<Counts>,
) -> Result<Box<dyn Model>, NotConnected> {
    let model = RemoteModel::connect(deployment, engine, outputs, wait, counts)?;
    let Signature { inputs, outputs, .. } = model.signature();
    let is_single = |spec: &TensorSpec| spec.sizes().first() == Some(&Size::Fixed(1));
    let by_row = !inputs.is_empty() && inputs.iter().chain(outputs).all(is_single);
    Ok(if by_row { Box::new(RowByRow::new(Box::new(model))) } else { Box::new(model) })
}

impl RemoteModel {
    /// Asks the servers for the metadata of the model. One that answers is enough; the others are asked when
    /// they are needed. `outputs` are those to ask for, all if there are none. All servers together may take
    /// as long as `wait`.
    fn connect(
        deployment: &str,
        engine: &RemoteEngine,
        outputs: Vec<String>,
        wait: Option<Duration>,
        counts: Arc<Counts>,
    ) -> Result<RemoteModel, NotConnected> {
        let options = options(engine).map_err(NotConnected::Wrong)?;
        let server = |url: &String| {
            let token = engine.token.clone().unwrap_or_default();
            Server::new(url, token, options.clone(), outputs.clone())
        };
        let servers: Vec<Server> = engine.urls.iter().map(server).collect();
        let (mut found, mut absent): (Option<Arc<Opened>>, Vec<String>) = (None, Vec::new());
        let end = wait.and_then(|wait| Instant::now().checked_add(wait));
        for (server, left) in servers.iter().zip((1..=servers.len()).rev()) {
            let first = found.as_ref().map(|first| first.signature());
            let share = end.map(|end| end.saturating_duration_since(Instant::now()).div_f64(left as f64));
            let limit = share.map_or(engine.timeout, |share| share.min(engine.timeout));
            match server.open(limit, |opened| is_same(first.as_ref(), opened)) {
                Ok(opened) => _ = found.get_or_insert(opened),
                Err(Fault::Absent(reason)) => absent.push(reason),
                Err(fault) => return Err(NotConnected::Wrong(reason(fault, &server.name))),
            }
        }
        let Some(opened) = found else {
            return Err(NotConnected::Absent(absent.join("; ")));
        };
        for (server, reason) in servers.iter().filter(|server| !server.is_open()).zip(&absent) {
            server.fails(deployment, reason);
        }
        Ok(RemoteModel {
            deployment: deployment.to_owned(),
            signature: opened.signature(),
            has_rows: opened.has_rows,
            servers,
            next: AtomicUsize::new(0),
            timeout: engine.timeout,
            counts,
        })
    }

    /// The servers in the order in which a request asks them: from the next one on, those last that failed a
    /// short while ago.
    fn order(&self) -> impl Iterator<Item = &Server> {
        let first = self.next.fetch_add(1, Ordering::Relaxed) % self.servers.len();
        let (before, after) = self.servers.split_at(first);
        let all = || after.iter().chain(before);
        let resting: Vec<bool> = all().map(Server::rests).collect();
        let awake = |rests: bool| all().zip(resting.clone()).filter(move |(_, own)| *own == rests);
        awake(false).chain(awake(true)).map(|(server, _)| server).collect::<Vec<_>>().into_iter()
    }

    /// Asks one server.
    fn ask(
        &self,
        server: &Server,
        inputs: &[Tensor],
        outputs: &[usize],
        trace: Option<&Trace>,
    ) -> Result<Vec<Tensor>, Fault> {
        let opened = server.open(self.timeout, |opened| is_same(Some(&self.signature), opened))?;
        let rows = if self.has_rows { inputs.first().map_or(1, |input| input.shape[0]) } else { 1 };
        let held: Vec<Held> = inputs.iter().map(|input| Held::of(&input.values)).collect();
        let features = opened.deployment.inputs();
        let columns: Vec<(usize, InputColumn)> = inputs
            .iter()
            .zip(&held)
            .zip(features)
            .map(|((input, held), feature)| {
                let shape = &input.shape[usize::from(self.has_rows)..];
                columns::column(feature, &input.values, held, shape)
            })
            .enumerate()
            .collect();
        let mut sent = opened.deployment.rows();
        let found = sent.add_columns(rows, &columns).and_then(|()| predict(&opened.deployment, &sent, trace));
        let found = found.map_err(|error| Fault::of(&error))?;
        let output = |place: &usize| columns::output(&found, *place, self.has_rows).map_err(Fault::Failed);
        outputs.iter().map(output).collect()
    }

    fn unavailable(&self, last: &str) -> EngineError {
        let reason = match self.servers.len() {
            1 => format!("the engine of the deployment is not available: {last}"),
            count => format!("none of the {count} servers of the engine is available; the last: {last}"),
        };
        EngineError::Unavailable { reason, retry_after: None }
    }
}

impl Model for RemoteModel {
    fn engine(&self) -> &str {
        "remote"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn run(
        &self,
        inputs: Vec<Tensor>,
        outputs: &[usize],
        caller: Caller,
    ) -> Result<Vec<Tensor>, EngineError> {
        if self.has_rows && inputs.iter().any(|input| input.shape.first() == Some(&0)) {
            return Ok(outputs
                .iter()
                .map(|place| columns::no_rows(&self.signature.outputs[*place]))
                .collect());
        }
        let end = Instant::now() + self.timeout;
        let rounds = if self.servers.len() > 1 { ROUNDS } else { 1 };
        let mut last = String::new();
        for round in 0..rounds {
            if round > 0 {
                sleep(FIRST_WAIT * 2u32.pow(round - 1));
            }
            for server in self.order() {
                if !(caller.waits)() {
                    return Err(EngineError::Stopped);
                }
                let reason = match self.ask(server, &inputs, outputs, caller.trace) {
                    Ok(found) => {
                        server.answers(&self.deployment);
                        return Ok(found);
                    }
                    Err(Fault::Refused(reason)) => return Err(EngineError::Refused(reason)),
                    Err(Fault::Failed(reason)) => {
                        return Err(EngineError::Failed(format!("engine {}: {reason}", server.name)));
                    }
                    Err(Fault::Connecting) => continue,
                    Err(fault) => reason(fault, &server.name),
                };
                self.counts.engine.attempt_failed(&server.name);
                server.fails(&self.deployment, &reason);
                last = reason;
                if Instant::now() >= end {
                    return Err(self.unavailable(&last));
                }
            }
        }
        Err(self.unavailable(&last))
    }

    fn waits(&self) -> bool {
        true
    }
}

fn predict(deployment: &Deployment, rows: &Rows, trace: Option<&Trace>) -> sidekick::Result<Predictions> {
    let headers = trace.map(Trace::headers).unwrap_or_default();
    deployment.predict_with_headers(rows, &headers, None)
}

/// A server's model has to be the one that is known.
fn is_same(known: Option<&Signature>, opened: &Opened) -> Result<(), String> {
    match known.and_then(|known| server::difference(known, &opened.signature())) {
        Some(difference) => Err(difference),
        None => Ok(()),
    }
}

fn reason(fault: Fault, server: &str) -> String {
    match fault {
        Fault::Absent(reason) | Fault::Refused(reason) | Fault::Failed(reason) => reason,
        Fault::Wrong(difference) => format!("the model on {server} is another one: {difference}"),
        Fault::Connecting => format!("{server} is being connected to"),
    }
}

/// The options of the client.
fn options(engine: &RemoteEngine) -> Result<Options, String> {
    let mut options = Options::default();
    let set =
        |key: &str, outcome: sidekick::Result<()>| outcome.map_err(|error| format!("engine.{key}: {error}"));
    set("url", options.set_batch_rows(usize::MAX))?;
    set("url", options.set_max_in_flight(IN_FLIGHT))?;
    set("url", options.set_user_agent_suffix(concat!("sidekick-server/", env!("CARGO_PKG_VERSION"))))?;
    options.set_keep_alive(IDLE.0, IDLE.1);
    options.set_connect_timeout(CONNECT.min(engine.timeout));
    options.set_response_timeout(engine.timeout);
    options.set_call_timeout(engine.timeout);
    if engine.urls.len() > 1 {
        // Another server is asked instead.
        options.set_retries(0);
    }
    if let Some(file) = &engine.ca_file {
        set("ca_file", options.set_ca_file(file))?;
    }
    if let Some(host) = &engine.host_header {
        set("host_header", options.set_host_header(host))?;
    }
    for (name, value) in &engine.headers {
        set(&format!("headers.{name}"), options.add_header(name, value))?;
    }
    options.set_allow_token_over_http(engine.allow_token_over_http);
    if let Some(file) = &engine.token_file {
        let token =
            TokenFile::open(file.clone()).map_err(|problem| format!("engine.token_file: {problem}"))?;
        options.set_token_source(move |renew| token.get(renew));
    }
    Ok(options)
}

/// A token in a file that somebody else renews.
struct TokenFile {
    file: PathBuf,
    read: Mutex<(String, Instant)>,
}

impl TokenFile {
    fn open(file: PathBuf) -> Result<TokenFile, String> {
        let token = TokenFile::read(&file)?;
        Ok(TokenFile { file, read: Mutex::new((token, Instant::now())) })
    }

    /// The token. The file is read again after a while, and if the server refuses what it held.
    fn get(&self, renew: bool) -> sidekick::Result<String> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if renew || read.1.elapsed() >= TOKEN_AGE {
            let token = TokenFile::read(&self.file);
            let token = token.map_err(|problem| sidekick::Error::new(ErrorKind::File, problem))?;
            *read = (token, Instant::now());
        }
        Ok(read.0.clone())
    }

    fn read(file: &std::path::Path) -> Result<String, String> {
        let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        match text.trim() {
            "" => Err(format!("{}: the file is empty", file.display())),
            token => Ok(token.to_owned()),
        }
    }
}
