//! What handlers note of a request for the access log.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Noted while a request is answered; what is not known stays empty.
#[derive(Debug, Default)]
pub struct Notes {
    deployment: OnceLock<String>,
    rows: OnceLock<usize>,
    received: AtomicU64,
}

impl Notes {
    pub fn set_deployment(&self, id: &str) {
        // What was noted first holds.
        _ = self.deployment.set(id.to_owned());
    }

    pub fn set_rows(&self, rows: usize) {
        _ = self.rows.set(rows);
    }

    /// Counts bytes of the body.
    pub fn receive(&self, bytes: u64) {
        self.received.fetch_add(bytes, Ordering::Relaxed);
    }

    pub fn deployment(&self) -> Option<&str> {
        self.deployment.get().map(String::as_str)
    }

    pub fn rows(&self) -> Option<usize> {
        self.rows.get().copied()
    }

    pub fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }
}
