//! Idle connections, for the next request.

use super::connection::Connection;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// How many idle connections are kept, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeepAlive {
    pub(crate) connections: usize,
    pub(crate) time: Duration,
}

impl Default for KeepAlive {
    fn default() -> KeepAlive {
        // Below the 5 seconds after which common Python servers close.
        KeepAlive { connections: 64, time: Duration::from_secs(4) }
    }
}

/// Idle connections to one server. After a fork the child process begins with none: two processes on one
/// connection would read each other's responses.
pub(super) struct Pool {
    owner: AtomicU32,
    idle: Mutex<Vec<(Instant, Connection)>>,
    keep_alive: KeepAlive,
}

impl Pool {
    /// An empty pool.
    pub(super) fn new(keep_alive: KeepAlive) -> Pool {
        Pool { owner: AtomicU32::new(process::id()), idle: Mutex::default(), keep_alive }
    }

    /// The connection that was used last, of those that the server has not closed. `process` is this one.
    pub(super) fn take(&self, process: u32) -> Option<Connection> {
        let mut idle = self.idle(process)?;
        while let Some((since, connection)) = idle.pop() {
            if since.elapsed() < self.keep_alive.time && connection.is_idle() {
                return Some(connection);
            }
        }
        None
    }

    /// Keeps a connection whose last response was read to its end. `process` is this one.
    pub(super) fn put(&self, process: u32, connection: Connection) {
        let Some(mut idle) = self.idle(process) else { return };
        let now = Instant::now();
        idle.retain(|(since, _)| now.duration_since(*since) < self.keep_alive.time);
        // Without memory to keep it, it is closed.
        if idle.len() < self.keep_alive.connections && idle.try_reserve(1).is_ok() {
            idle.push((now, connection));
        }
    }

    /// The idle connections of this process. In a child process, a lock that was held at the fork stays held:
    /// then nothing is pooled there.
    fn idle(&self, process: u32) -> Option<MutexGuard<'_, Vec<(Instant, Connection)>>> {
        if self.owner.load(Ordering::Acquire) == process {
            return self.idle.lock().ok();
        }
        let mut idle = self.idle.try_lock().ok()?;
        // This closes the child's copies only. The parent's connections stay open.
        idle.clear();
        self.owner.store(process, Ordering::Release);
        Some(idle)
    }
}
