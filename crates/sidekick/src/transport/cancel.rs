//! Cancelling requests in flight.

use super::limit::Limit;
use super::system::Waker;
use crate::error::{Error, ErrorKind, Result};
use rustix::fd::BorrowedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Cancels the calls it was given to, from any thread: each returns at once with [`ErrorKind::Cancelled`].
/// It stays triggered: a call that begins later returns at once too. Clones are the same cancellation.
#[derive(Clone, Debug)]
pub struct Cancel(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    triggered: AtomicBool,
    /// Readable once triggered: every wait for a socket polls it too.
    waker: Waker,
    timeout: Timeout,
    /// If this is triggered, so is its child.
    parent: Option<Cancel>,
}

/// When calls end at the latest. Atomics, because a lock that is held at a fork stays held in the child
/// process.
#[derive(Debug)]
struct Timeout {
    /// What `end` counts from.
    made: Instant,
    /// In milliseconds; [`NO_END`] if there is no limit.
    end: AtomicU64,
    /// The time limit in milliseconds, as it was set.
    length: AtomicU64,
}

const NO_END: u64 = u64::MAX;

impl Timeout {
    fn new() -> Timeout {
        Timeout { made: Instant::now(), end: AtomicU64::new(NO_END), length: AtomicU64::new(0) }
    }

    fn set(&self, limit: Option<Duration>) {
        let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(NO_END);
        let end = limit.map_or(NO_END, |limit| milliseconds(self.made.elapsed().saturating_add(limit)));
        self.length.store(limit.map_or(0, milliseconds), Ordering::SeqCst);
        self.end.store(end, Ordering::SeqCst);
    }

    fn limit(&self) -> Option<Limit> {
        let end = Some(self.end.load(Ordering::SeqCst)).filter(|end| *end != NO_END)?;
        let length = Duration::from_millis(self.length.load(Ordering::SeqCst));
        // A time that the clock cannot express is no limit.
        Some(Limit::of_cancel(length, self.made.checked_add(Duration::from_millis(end))?))
    }
}

impl Cancel {
    /// A cancellation that is not triggered.
    pub fn new() -> Result<Cancel> {
        Cancel::under(None)
    }

    /// A cancellation that its parent triggers too.
    pub(crate) fn under(parent: Option<&Cancel>) -> Result<Cancel> {
        let waker = Waker::new().map_err(|error| {
            Error::new(ErrorKind::Memory, format!("the cancellation cannot be made: {error}"))
        })?;
        let (triggered, parent) = (AtomicBool::new(false), parent.cloned());
        let timeout = Timeout::new();
        Ok(Cancel(Arc::new(Shared { triggered, waker, timeout, parent })))
    }

    /// Cancels all calls that have this cancellation. Any thread, any number of times.
    pub fn trigger(&self) {
        if !self.0.triggered.swap(true, Ordering::SeqCst) {
            self.0.waker.wake();
        }
    }

    /// Ends the calls that have this cancellation with [`ErrorKind::Timeout`], once this time has passed from
    /// now. None removes the limit. Any thread. A request in flight keeps the limit it began with.
    pub fn set_timeout(&self, limit: Option<Duration>) {
        self.0.timeout.set(limit);
    }

    /// Its time limit or its parent's, whichever ends first.
    pub(super) fn limit(&self) -> Option<Limit> {
        let own = self.0.timeout.limit();
        let parent = self.0.parent.as_ref().and_then(Cancel::limit);
        [own, parent].into_iter().flatten().min_by_key(|limit| limit.end)
    }

    /// Fails if it was triggered or its time limit has passed.
    pub(crate) fn check(&self) -> Result<()> {
        if self.is_triggered() {
            return Err(Error::new(ErrorKind::Cancelled, "the call was cancelled"));
        }
        self.limit().map_or(Ok(()), |limit| limit.check())
    }

    /// Whether it was triggered.
    pub fn is_triggered(&self) -> bool {
        self.0.triggered.load(Ordering::SeqCst) || self.0.parent.as_ref().is_some_and(Cancel::is_triggered)
    }

    /// Readable once this cancellation or its parent was triggered.
    pub(super) fn wakers(&self) -> [BorrowedFd<'_>; 2] {
        let own = self.0.waker.as_fd();
        [own, self.0.parent.as_ref().map_or(own, |parent| parent.0.waker.as_fd())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(cancel: &Cancel) -> Option<ErrorKind> {
        cancel.check().err().map(|error| error.kind())
    }

    #[test]
    fn a_time_limit_holds_until_another_is_set() {
        let cancel = Cancel::new().unwrap();
        assert!(cancel.limit().is_none() && kind(&cancel).is_none());
        cancel.set_timeout(Some(Duration::from_secs(3600)));
        assert_eq!(cancel.limit().unwrap().length, Duration::from_secs(3600));
        assert_eq!(kind(&cancel), None);
        cancel.set_timeout(Some(Duration::ZERO));
        assert_eq!(kind(&cancel), Some(ErrorKind::Timeout));
        cancel.set_timeout(Some(Duration::MAX));
        assert_eq!(kind(&cancel), None);
        cancel.set_timeout(None);
        assert!(cancel.limit().is_none());
    }

    #[test]
    fn a_parent_s_time_limit_is_its_children_s_too() {
        let parent = Cancel::new().unwrap();
        let child = Cancel::under(Some(&parent)).unwrap();
        parent.set_timeout(Some(Duration::ZERO));
        child.set_timeout(Some(Duration::from_secs(3600)));
        assert_eq!(kind(&child), Some(ErrorKind::Timeout));
        parent.trigger();
        assert_eq!(kind(&child), Some(ErrorKind::Cancelled));
    }
}
