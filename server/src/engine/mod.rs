//! What computes a model: the engines, and what the rest of the server sees of them.

pub mod absent;
pub mod choose;
mod library;
pub mod metered;
mod onnxruntime;
mod pool;
mod protobuf;
pub mod remote;
mod rewrite;
pub mod rows;
pub mod rten;
mod trial;

use std::time::Duration;

pub use self::onnxruntime::Settings;

use crate::error::ApiError;
use crate::tensor::{Signature, Tensor};
use crate::trace::Trace;
use crate::work::STOPPED;

/// For whom a model is run.
#[derive(Clone, Copy)]
pub struct Caller<'a> {
    /// Says whether somebody waits still for the outcome.
    pub waits: &'a dyn Fn() -> bool,
    /// The trace that the run is a part of.
    pub trace: Option<&'a Trace>,
}

/// For runs that nobody stops.
pub const ALWAYS: Caller = Caller { waits: &|| true, trace: None };

/// A model that is loaded and can be computed.
pub trait Model: Send + Sync {
    /// The engine's name: `rten`.
    fn engine(&self) -> &str;

    /// The tensors that it takes and gives.
    fn signature(&self) -> &Signature;

    /// Runs on all inputs, in the signature's order. Returns the outputs at these places, each of which is
    /// there once. A run of several steps ends between them if nobody waits for it.
    fn run(&self, inputs: Vec<Tensor>, outputs: &[usize], caller: Caller)
    -> Result<Vec<Tensor>, EngineError>;

    /// Whether a run mostly waits: for other requests, or for another machine. The request gives up its turn
    /// meanwhile.
    fn waits(&self) -> bool {
        false
    }
}

/// Why a model was not computed.
#[derive(Clone, Debug, PartialEq)]
pub enum EngineError {
    /// The engine has no room for one of these values: the request is to blame.
    Refused(String),
    /// The model failed on these inputs.
    Failed(String),
    /// The engine is not there at present; the same request may well succeed later.
    Unavailable { reason: String, retry_after: Option<Duration> },
    /// Nobody waited for the outcome any longer.
    Stopped,
}

impl EngineError {
    pub fn failed(reason: impl ToString) -> EngineError {
        EngineError::Failed(reason.to_string())
    }

    /// The reason, in words.
    pub fn reason(&self) -> &str {
        match self {
            EngineError::Refused(reason)
            | EngineError::Failed(reason)
            | EngineError::Unavailable { reason, .. } => reason,
            EngineError::Stopped => STOPPED,
        }
    }
}

impl From<EngineError> for ApiError {
    fn from(error: EngineError) -> ApiError {
        match error {
            EngineError::Refused(reason) => ApiError::bad_data(reason),
            EngineError::Failed(reason) => ApiError::internal(reason),
            EngineError::Unavailable { reason, retry_after } => {
                ApiError { retry_after, ..ApiError::busy(reason) }
            }
            EngineError::Stopped => ApiError::busy(STOPPED),
        }
    }
}
