//! Time limits: what sets them, and when they pass.

use crate::error::{Error, ErrorKind, Result};
use std::time::{Duration, Instant};

/// A time limit of an option, or of the cancellation of a call.
#[derive(Clone, Copy)]
pub(super) struct Limit {
    /// The option that sets it. None if the cancellation does.
    option: Option<&'static str>,
    what: &'static str,
    pub(super) length: Duration,
    pub(super) end: Instant,
}

impl Limit {
    /// A limit that begins now. None if the clock cannot express its end.
    pub(super) fn new(option: &'static str, what: &'static str, length: Option<Duration>) -> Option<Limit> {
        let length = length?;
        Some(Limit { option: Some(option), what, length, end: Instant::now().checked_add(length)? })
    }

    /// The time limit of a cancellation.
    pub(super) fn of_cancel(length: Duration, end: Instant) -> Limit {
        Limit { option: None, what: "the call did not end", length, end }
    }

    /// Fails if it has passed.
    pub(super) fn check(&self) -> Result<()> {
        if self.end <= Instant::now() { Err(self.passed()) } else { Ok(()) }
    }

    /// The error of a limit that has passed.
    pub(super) fn passed(&self) -> Error {
        let Limit { what, length, .. } = self;
        let set_by =
            self.option.map_or("its cancellation".to_owned(), |option| format!("the option {option}"));
        let message = format!("{what} within {} ms, the limit of {set_by}", length.as_millis());
        Error::new(ErrorKind::Timeout, message)
    }
}
