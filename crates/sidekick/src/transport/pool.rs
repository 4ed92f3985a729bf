//! Connections that wait for the next request.

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

/// Idle connections to one server. After a fork the child begins with none: two processes on one connection would read
/// each other's replies.
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

    /// The connection that was used last, if the server did not close it meanwhile.
    pub(super) fn take(&self) -> Option<Connection> {
        let mut idle = self.idle()?;
        while let Some((since, connection)) = idle.pop() {
            if since.elapsed() < self.keep_alive.time && connection.is_quiet() {
                return Some(connection);
            }
        }
        None
    }

    /// Keeps a connection whose last reply was read to its end.
    pub(super) fn put(&self, connection: Connection) {
        let Some(mut idle) = self.idle() else { return };
        let now = Instant::now();
        idle.retain(|(since, _)| now.duration_since(*since) < self.keep_alive.time);
        // Where there is no memory to keep it, another is made.
        if idle.len() < self.keep_alive.connections && idle.try_reserve(1).is_ok() {
            idle.push((now, connection));
        }
    }

    /// The idle connections of this process. In a forked child, a lock that was held at the fork stays held for ever: then
    /// nothing is pooled there.
    fn idle(&self) -> Option<MutexGuard<'_, Vec<(Instant, Connection)>>> {
        let process = process::id();
        if self.owner.load(Ordering::Acquire) == process {
            return self.idle.lock().ok();
        }
        let mut idle = self.idle.try_lock().ok()?;
        // Closes this process's copies alone; the parent's connections live on.
        idle.clear();
        self.owner.store(process, Ordering::Release);
        Some(idle)
    }
}
