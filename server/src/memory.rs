//! A cap on what all requests together hold in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::error::ApiError;

/// The memory there is for the bodies, tensors and replies of all requests.
pub struct Memory {
    most: usize,
    used: AtomicUsize,
}

impl Memory {
    pub fn new(most: usize) -> Arc<Memory> {
        Arc::new(Memory { most, used: AtomicUsize::new(0) })
    }

    /// What all requests hold now.
    pub fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// The first share of a request.
    pub fn share(self: &Arc<Memory>) -> Share {
        Share { memory: Arc::clone(self), request: Arc::default(), held: 0 }
    }
}

/// A part of what one request holds; given back when it is dropped.
pub struct Share {
    memory: Arc<Memory>,
    /// What all shares of the request hold.
    request: Arc<AtomicUsize>,
    held: usize,
}

impl Share {
    /// Another share of the same request, which holds nothing yet.
    pub fn another(&self) -> Share {
        Share { memory: Arc::clone(&self.memory), request: Arc::clone(&self.request), held: 0 }
    }

    /// Holds this from now on.
    pub fn resize(&mut self, bytes: usize) -> Result<(), ApiError> {
        let Some(rest) = self.held.checked_sub(bytes) else {
            return self.grow(bytes - self.held);
        };
        self.give_back(rest);
        Ok(())
    }

    fn give_back(&mut self, bytes: usize) {
        self.memory.used.fetch_sub(bytes, Ordering::Relaxed);
        self.request.fetch_sub(bytes, Ordering::Relaxed);
        self.held -= bytes;
    }

    /// Takes more memory. Fails if others hold the rest.
    pub fn grow(&mut self, more: usize) -> Result<(), ApiError> {
        let most = self.memory.most;
        if self.request.load(Ordering::Relaxed).saturating_add(more) > most {
            return Err(ApiError::too_large(format!(
                "the request needs more memory than the limit of {most} bytes"
            )));
        }
        let grown = |used: usize| used.checked_add(more).filter(|&used| used <= most);
        let taken = self.memory.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, grown);
        taken.map_err(|_| ApiError::busy("other requests hold the memory that this one needs"))?;
        self.request.fetch_add(more, Ordering::Relaxed);
        self.held += more;
        Ok(())
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.give_back(self.held);
    }
}

/// Bytes whose memory is counted as long as somebody holds them.
pub struct Counted {
    pub bytes: Vec<u8>,
    pub share: Share,
}

impl Counted {
    pub fn push(&mut self, more: &[u8]) -> Result<(), ApiError> {
        self.share.grow(more.len())?;
        self.bytes
            .try_reserve(more.len())
            .map_err(|_| ApiError::busy("there is no memory for the request"))?;
        self.bytes.extend_from_slice(more);
        Ok(())
    }
}

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_to_no_more_than_there_is() {
        let memory = Memory::new(10);
        let (mut one, mut other) = (memory.share(), memory.share());
        one.grow(6).unwrap();
        other.grow(4).unwrap();
        assert_eq!(other.grow(1).unwrap_err().status.as_u16(), 503);
        drop(one);
        let mut beside = other.another();
        beside.grow(2).unwrap();
        assert_eq!(beside.grow(5).unwrap_err().status.as_u16(), 413);
        drop(beside);
        other.grow(6).unwrap();
        assert_eq!(other.grow(1).unwrap_err().status.as_u16(), 413);
        assert_eq!(memory.share().grow(usize::MAX).unwrap_err().status.as_u16(), 413);
        other.resize(3).unwrap();
        assert_eq!(memory.used(), 3);
        other.resize(10).unwrap();
        assert_eq!(other.resize(11).unwrap_err().status.as_u16(), 413);
        drop(other);
        assert_eq!(memory.used.load(Ordering::Relaxed), 0);
    }
}
