//! One server that computes a model: its connections, and whether it answers.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sidekick::{
    Cancel, Deployment, Error, ErrorKind, FeatureSpec, FeatureType, Options, ProtocolKind, Specs,
};

use crate::engine::remote::columns;
use crate::tensor::{Signature, TensorSpec};

/// How long a server that failed is asked only after the others.
const REST: Duration = Duration::from_secs(5);

/// A server of the Open Inference Protocol, with the model that it computes.
pub struct Server {
    url: String,
    /// Host and port, for messages and metrics.
    pub name: String,
    token: String,
    options: Options,
    /// The outputs to ask for; all if there are none.
    outputs: Vec<String>,
    /// Open since it first answered.
    opened: OnceLock<Arc<Opened>>,
    opening: Mutex<()>,
    rests_until: Mutex<Option<Instant>>,
}

/// A model that has been described.
pub struct Opened {
    pub deployment: Deployment,
    pub has_rows: bool,
}

/// Why a server gave no result.
#[derive(Debug)]
pub enum Fault {
    /// It is not there, or not in a state to answer. Another one may be.
    Absent(String),
    /// It refuses the request, which is to blame.
    Refused(String),
    /// It failed, or answered with something else than a result.
    Failed(String),
    /// It has another model than it should.
    Wrong(String),
    /// Another request connects to it for the first time.
    Connecting,
}

impl Fault {
    /// What an error of the client means for the request.
    pub fn of(error: &Error) -> Fault {
        let text = error.to_string();
        let absent = error.is_retryable() || matches!(error.kind(), ErrorKind::Tls | ErrorKind::File);
        match (error.http_status(), error.kind()) {
            _ if absent => Fault::Absent(text),
            // A model that is loaded again, a token that has expired, a gateway.
            (Some(401 | 403 | 404 | 408), _) => Fault::Absent(text),
            (Some(400 | 413 | 422), _) => Fault::Refused(text),
            (None, ErrorKind::FeatureValue | ErrorKind::FeatureShape) => Fault::Refused(text),
            _ => Fault::Failed(text),
        }
    }
}

impl Server {
    pub fn new(url: &str, token: String, options: Options, outputs: Vec<String>) -> Server {
        let (opened, opening, rests_until) = (OnceLock::new(), Mutex::new(()), Mutex::new(None));
        let (url, name) = (url.to_owned(), host_of(url));
        Server { url, name, token, options, outputs, opened, opening, rests_until }
    }

    /// The model, described when the server first answers, which may take so long. `accept` may refuse it.
    pub fn open(
        &self,
        limit: Duration,
        accept: impl FnOnce(&Opened) -> Result<(), String>,
    ) -> Result<Arc<Opened>, Fault> {
        if let Some(opened) = self.opened.get() {
            return Ok(Arc::clone(opened));
        }
        let _opening = match self.opening.try_lock() {
            Ok(opening) => opening,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            // Requests that wait for one another would all time out, one after the other.
            Err(TryLockError::WouldBlock) => return Err(Fault::Connecting),
        };
        let cancel = Cancel::new().map_err(|error| Fault::of(&error))?;
        cancel.set_timeout(Some(limit));
        let found = Arc::new(self.describe(&cancel).map_err(|error| Fault::of(&error))?);
        accept(&found).map_err(Fault::Wrong)?;
        Ok(Arc::clone(self.opened.get_or_init(|| found)))
    }

    /// Asks for the metadata. Labels are no concern of an engine, and BYTES need not be UTF-8: a model
    /// description says so of each tensor that the client would take for more than numbers. It also lists the
    /// outputs to ask for.
    fn describe(&self, cancel: &Cancel) -> Result<Opened, Error> {
        let deployment = match self.open_described(&json!({}), cancel) {
            // An output that nobody wants may be of a kind that the client does not read.
            Err(error) if error.kind() == ErrorKind::Describe && !self.outputs.is_empty() => {
                let outputs: Vec<Value> = self.outputs.iter().map(|name| json!({ "name": name })).collect();
                self.open_described(&json!({ "outputs": outputs }), cancel)?
            }
            opened => opened?,
        };
        let (inputs, outputs) = (deployment.inputs(), deployment.outputs());
        let wanted: Vec<&FeatureSpec> =
            self.outputs.iter().filter_map(|name| outputs.get(outputs.index_of(name).ok()?).ok()).collect();
        // An output that is missing is named when the model is held against the features.
        let all = wanted.is_empty() || wanted.len() < self.outputs.len();
        let wanted = if all { outputs.iter().collect() } else { wanted };
        let is_so = wanted.len() == outputs.len() && are_plain(inputs) && are_plain(outputs);
        let deployment = match is_so {
            true => deployment,
            false => {
                let (inputs, outputs) = (plain(inputs.iter()), plain(wanted));
                self.open_described(&json!({ "inputs": inputs, "outputs": outputs }), cancel)?
            }
        };
        let has_rows = columns::has_rows(deployment.inputs());
        Ok(Opened { deployment, has_rows })
    }

    fn open_described(&self, description: &Value, cancel: &Cancel) -> Result<Deployment, Error> {
        let mut options = self.options.clone();
        options.set_protocol(None);
        options.set_model_description(&description.to_string())?;
        let deployment = Deployment::open_cancellable(&self.url, &self.token, &options, Some(cancel))?;
        debug_assert_eq!(deployment.protocol(), ProtocolKind::OpenInference);
        Ok(deployment)
    }

    pub fn is_open(&self) -> bool {
        self.opened.get().is_some()
    }

    /// Whether it failed a short while ago.
    pub fn rests(&self) -> bool {
        lock(&self.rests_until).is_some_and(|until| Instant::now() < until)
    }

    /// Notes that it gave no result. Says so when that begins.
    pub fn fails(&self, deployment: &str, reason: &str) {
        let before = lock(&self.rests_until).replace(Instant::now() + REST);
        if before.is_none() {
            say(format_args!("deployment {deployment}: engine {}: {reason}", self.name));
        }
    }

    /// Notes that it answered.
    pub fn answers(&self, deployment: &str) {
        if lock(&self.rests_until).take().is_some() {
            say(format_args!("deployment {deployment}: engine {} answers again", self.name));
        }
    }
}

impl Opened {
    pub fn signature(&self) -> Signature {
        let specs = |specs| columns::specs(specs, self.has_rows);
        let (inputs, outputs) = (specs(self.deployment.inputs()), specs(self.deployment.outputs()));
        Signature { inputs, outputs, ..Signature::default() }
    }
}

/// How two models differ, if they do.
pub fn difference(one: &Signature, other: &Signature) -> Option<String> {
    let sides = [("inputs", &one.inputs, &other.inputs), ("outputs", &one.outputs, &other.outputs)];
    for (side, one, other) in sides {
        let shown = |specs: &[TensorSpec]| {
            let spec =
                |spec: &TensorSpec| format!("{} {} {:?}", spec.name, spec.datatype.name(), spec.wire_shape());
            specs.iter().map(spec).collect::<Vec<_>>().join(", ")
        };
        let (one, other) = (shown(one), shown(other));
        if one != other {
            return Some(format!("its {side} are {other}, those of the first are {one}"));
        }
    }
    None
}

/// Whether the client takes all tensors for numbers or bytes.
fn are_plain(specs: &Specs) -> bool {
    specs.iter().all(|spec| matches!(spec.feature_type(), FeatureType::Numeric | FeatureType::Bytes))
}

/// The tensors of a model as nothing but numbers and bytes.
fn plain<'a>(specs: impl IntoIterator<Item = &'a FeatureSpec>) -> Vec<Value> {
    let tensor = |spec: &FeatureSpec| {
        let kind = if spec.feature_type() == FeatureType::Text { "bytes" } else { "numeric" };
        json!({ "name": spec.name().as_str(), "type": kind })
    };
    specs.into_iter().map(tensor).collect()
}

/// Host and port of a URL, without anything that could be a secret.
fn host_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default().to_owned()
}

fn say(text: std::fmt::Arguments) {
    // A closed standard error is no reason to fail.
    drop(writeln!(io::stderr(), "sidekick-server: {text}"));
}

/// Nothing panics while it holds one of the locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
