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
}

impl Cancel {
    /// A cancellation that is not triggered.
    pub fn new() -> Result<Cancel> {
        let (reader, writer) = std::io::pipe().map_err(|error| {
            Error::new(ErrorKind::Memory, format!("no pipe for a cancellation could be had: {error}"))
        })?;
        Ok(Cancel(Arc::new(Shared { triggered: AtomicBool::new(false), reader, writer })))
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
        self.0.triggered.load(Ordering::SeqCst)
    }
}

impl AsFd for Cancel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.reader.as_fd()
    }
}
