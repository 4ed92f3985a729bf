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

    pub fn share(self: &Arc<Memory>) -> Share {
        Share { memory: Arc::clone(self), held: 0 }
    }
}

/// What one request holds; given back when it is dropped.
pub struct Share {
    memory: Arc<Memory>,
    held: usize,
}

impl Share {
    /// A share of the same memory, which holds nothing yet.
    pub fn another(&self) -> Share {
        self.memory.share()
    }

    /// Holds this from now on.
    pub fn resize(&mut self, bytes: usize) -> Result<(), ApiError> {
        let Some(rest) = self.held.checked_sub(bytes) else {
            return self.grow(bytes - self.held);
        };
        self.memory.used.fetch_sub(rest, Ordering::Relaxed);
        self.held = bytes;
        Ok(())
    }

    /// Takes more memory. Fails if others hold the rest.
    pub fn grow(&mut self, more: usize) -> Result<(), ApiError> {
        let most = self.memory.most;
        if self.held.saturating_add(more) > most {
            return Err(ApiError::too_large(format!(
                "the request needs more memory than the limit of {most} bytes"
            )));
        }
        let grown = |used: usize| used.checked_add(more).filter(|&used| used <= most);
        let taken = self.memory.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, grown);
        taken.map_err(|_| ApiError::busy("other requests hold the memory that this one needs"))?;
        self.held += more;
        Ok(())
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.memory.used.fetch_sub(self.held, Ordering::Relaxed);
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
