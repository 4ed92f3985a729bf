//! Calling off requests that are under way.

use crate::error::{Error, ErrorKind, Result};
use std::io::{PipeReader, PipeWriter, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Calls off the calls it was given to, from any thread: each returns at once with [`ErrorKind::Cancelled`]. It stays
/// triggered: a call that begins later returns at once too. Clones are the same cancellation.
#[derive(Clone, Debug)]
pub struct Cancel(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    triggered: AtomicBool,
    /// Readable once triggered: a wait for a socket watches it too.
    reader: PipeReader,
    writer: PipeWriter,
    /// One that triggers this one too.
    parent: Option<Cancel>,
}

impl Cancel {
    /// A cancellation that is not triggered.
    pub fn new() -> Result<Cancel> {
        Cancel::under(None)
    }

    /// A cancellation that its parent triggers too.
    pub(crate) fn under(parent: Option<&Cancel>) -> Result<Cancel> {
        let (reader, writer) = std::io::pipe().map_err(|error| {
            Error::new(ErrorKind::Memory, format!("no pipe for a cancellation could be had: {error}"))
        })?;
        let (triggered, parent) = (AtomicBool::new(false), parent.cloned());
        Ok(Cancel(Arc::new(Shared { triggered, reader, writer, parent })))
    }

    /// Calls off all calls that have this cancellation. Any thread, any number of times.
    pub fn trigger(&self) {
        if !self.0.triggered.swap(true, Ordering::SeqCst) {
            // One byte into an empty pipe neither blocks nor fails.
            let _ = (&self.0.writer).write_all(b"!");
        }
    }

    /// Whether it was triggered.
    pub fn is_triggered(&self) -> bool {
        self.0.triggered.load(Ordering::SeqCst) || self.0.parent.as_ref().is_some_and(Cancel::is_triggered)
    }

    /// What is readable once this one, or its parent, was triggered.
    pub(super) fn pipes(&self) -> [BorrowedFd<'_>; 2] {
        let own = self.0.reader.as_fd();
        [own, self.0.parent.as_ref().map_or(own, |parent| parent.0.reader.as_fd())]
    }
}
