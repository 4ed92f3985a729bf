//! What a log callback is told.

/// How much a log message matters. The numbers are the C API's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i32)]
pub enum LogLevel {
    /// A request failed for good: no reply, or one with a status of 4xx or 5xx. What else is wrong with a reply, the call's error
    /// alone tells.
    Error = 1,
    /// An attempt failed and is made again.
    Warning = 2,
    /// A request was answered.
    Info = 3,
    /// A connection was made or reused.
    Debug = 4,
}
