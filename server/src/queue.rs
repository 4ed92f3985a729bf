//! A bound on the requests that wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::error::ApiError;

/// The requests that have been read and not been answered: some are computed, the others wait for their turn,
/// for others to join them, or for an engine on another machine.
pub struct Queue {
    most: usize,
    inside: AtomicUsize,
}

impl Queue {
    /// A queue for so many requests that wait, beside those that are computed.
    pub fn new(waiting: usize, computed: usize) -> Arc<Queue> {
        Arc::new(Queue { most: waiting.saturating_add(computed), inside: AtomicUsize::new(0) })
    }

    /// Takes a place, if there is one.
    pub fn enter(self: &Arc<Queue>) -> Result<Place, ApiError> {
        let grown = |inside: usize| Some(inside + 1).filter(|inside| *inside <= self.most);
        let entered = self.inside.fetch_update(Ordering::Relaxed, Ordering::Relaxed, grown);
        match entered {
            Ok(_) => Ok(Place(Arc::clone(self))),
            Err(inside) => Err(ApiError::busy(format!(
                "{inside} requests are computed or wait, which is the most that the server takes (--max-queue)"
            ))),
        }
    }

    /// How many requests there are.
    pub fn inside(&self) -> usize {
        self.inside.load(Ordering::Relaxed)
    }
}

/// The place of a request, given back when it is dropped.
pub struct Place(Arc<Queue>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.inside.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_beyond_the_queue_are_refused() {
        let queue = Queue::new(1, 2);
        let mut places: Vec<Place> = (0..3).map(|_| queue.enter().unwrap()).collect();
        let refused = queue.enter().err().unwrap();
        assert_eq!(refused.status.as_u16(), 503);
        assert!(refused.message.starts_with("3 requests"), "{}", refused.message);
        places.pop();
        assert_eq!(queue.inside(), 2);
        drop(queue.enter().unwrap());
        assert_eq!(queue.inside(), 2);
    }
}
