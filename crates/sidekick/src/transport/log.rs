//! What a log callback receives.

use std::sync::Arc;

/// How much a log message matters. The numbers are the C API's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i32)]
pub enum LogLevel {
    /// A request failed for good: no response, or one with a status of 4xx or 5xx. All other faults of a
    /// response are reported by the call's error alone.
    Error = 1,
    /// An attempt failed, and another one follows.
    Warning = 2,
    /// A request was answered.
    Info = 3,
    /// A connection was made or reused.
    Debug = 4,
}

/// A callback for messages about connections and requests.
pub(crate) type LogSink = dyn Fn(LogLevel, &str) + Send + Sync;

/// Where messages go: to a callback, or nowhere.
#[derive(Clone, Default)]
pub(crate) struct Log(pub(crate) Option<Arc<LogSink>>);
