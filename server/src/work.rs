//! The bounds of the work on one request: its client, its deadline, its turn and its memory.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::error::ApiError;
use crate::image;
use crate::memory::Share;
use crate::notes::Notes;
use crate::trace::Trace;
use crate::turns::Turn;

/// Why work ends whose client has gone.
pub const STOPPED: &str = "the request is no longer waited for";

/// The least room that is made for a response.
const LEAST_ROOM: usize = 64;

/// What the work on a request may take; the work itself looks here between its steps.
pub struct Work {
    /// The most pixels that an image may have.
    pub max_pixels: u64,
    /// The trace that the request is a part of.
    pub trace: Option<Trace>,
    notes: Option<Arc<Notes>>,
    limit: Duration,
    deadline: Option<Instant>,
    stopped: AtomicBool,
    turn: Mutex<Option<Turn>>,
    share: Mutex<Option<Share>>,
}

impl Work {
    /// Work that begins now and has to be done within `limit`, on a request with this share.
    pub fn new(limit: Duration, max_pixels: u64, share: Share) -> Work {
        Work {
            max_pixels,
            trace: None,
            notes: None,
            limit,
            deadline: Instant::now().checked_add(limit),
            stopped: AtomicBool::new(false),
            turn: Mutex::new(None),
            share: Mutex::new(Some(share)),
        }
    }

    /// Work that only the default size of images bounds.
    pub fn unbounded() -> Work {
        Work {
            max_pixels: image::DEFAULT_MAX_PIXELS,
            trace: None,
            notes: None,
            limit: Duration::MAX,
            deadline: None,
            stopped: AtomicBool::new(false),
            turn: Mutex::new(None),
            share: Mutex::new(None),
        }
    }

    /// The same for a request that is a part of a trace, or that is logged.
    pub fn of_request(self, trace: Option<Trace>, notes: Option<Arc<Notes>>) -> Work {
        Work { trace, notes, ..self }
    }

    /// Notes for the access log how many rows the request has.
    pub fn note_rows(&self, rows: usize) {
        self.notes.iter().for_each(|notes| notes.set_rows(rows));
    }

    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Continues, unless the client has gone or the time is up. If others have waited long enough, they run
    /// first.
    pub fn step(&self) -> Result<(), ApiError> {
        self.check()?;
        let over = self.turn().take_if(|turn| turn.is_over());
        let Some(turn) = over else {
            return Ok(());
        };
        let again = turn.again();
        *self.turn() = again;
        self.check()
    }

    fn check(&self) -> Result<(), ApiError> {
        if self.stopped.load(Ordering::Relaxed) {
            return Err(ApiError::busy(STOPPED));
        }
        match self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            true => Err(self.too_slow()),
            false => Ok(()),
        }
    }

    /// The error of a request that was not computed in time.
    pub fn too_slow(&self) -> ApiError {
        ApiError::internal(format!(
            "the request was not computed within {} s; send fewer rows at a time, or start the server with a \
             longer --deadline",
            self.limit.as_secs_f64()
        ))
    }

    /// Counts what the request holds until its work is over.
    pub fn hold(&self, bytes: usize) -> Result<(), ApiError> {
        let mut share = self.share.lock().unwrap_or_else(PoisonError::into_inner);
        share.as_mut().map_or(Ok(()), |share| share.grow(bytes))
    }

    /// Makes room for more bytes of a response, which are counted before they are there.
    pub fn reserve(&self, bytes: &mut Vec<u8>, more: usize) -> Result<(), ApiError> {
        let free = bytes.capacity() - bytes.len();
        if more <= free {
            return Ok(());
        }
        let more = more.max(bytes.capacity()).max(LEAST_ROOM);
        self.hold(more - free)?;
        bytes.try_reserve_exact(more).map_err(|_| ApiError::busy("there is no memory for the response"))
    }

    /// What the request holds when the work is over: a response of this size.
    pub fn end(&self, response: usize) -> Result<Option<Share>, ApiError> {
        let mut share = self.share.lock().unwrap_or_else(PoisonError::into_inner).take();
        share.as_mut().map_or(Ok(()), |share| share.resize(response))?;
        Ok(share)
    }

    /// Counts what a step of the work needs until what this returns is dropped.
    pub fn borrow(&self, bytes: usize) -> Result<Option<Share>, ApiError> {
        let share = self.share.lock().unwrap_or_else(PoisonError::into_inner);
        let mut borrowed = share.as_ref().map(Share::another);
        borrowed.as_mut().map_or(Ok(()), |borrowed| borrowed.grow(bytes))?;
        Ok(borrowed)
    }

    /// Stops the work at its next step.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Computes in a turn.
    pub fn run<T>(&self, turn: Turn, compute: impl FnOnce() -> T) -> T {
        struct End<'a>(&'a Work);
        impl Drop for End<'_> {
            fn drop(&mut self) {
                drop(self.0.turn().take());
            }
        }
        *self.turn() = Some(turn);
        let _end = End(self);
        compute()
    }

    /// Waits for something that others compute. The turn is given up meanwhile, and the work ends if its
    /// client has gone by then, or its time is up.
    pub fn aside<T>(&self, wait: impl FnOnce() -> T) -> Result<T, ApiError> {
        let turn = self.turn().take();
        let found = match turn {
            Some(turn) => {
                let (found, turn) = turn.pause(wait);
                *self.turn() = Some(turn);
                found
            }
            None => wait(),
        };
        self.check().map(|()| found)
    }

    /// Nothing panics while it holds the lock.
    fn turn(&self) -> MutexGuard<'_, Option<Turn>> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Stops the work of a request whose client has gone, or that has been answered.
pub struct StopOnDrop(pub Arc<Work>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Memory;

    #[test]
    fn work_ends_when_it_is_stopped_or_its_time_is_up() {
        let memory = Memory::new(100);
        let work = Arc::new(Work::new(Duration::from_secs(3600), 1, memory.share()));
        work.step().unwrap();
        drop(StopOnDrop(Arc::clone(&work)));
        assert!(work.step().is_err());
        let late = Work::new(Duration::ZERO, 1, memory.share()).step().unwrap_err();
        assert!(late.message.contains("within 0 s"), "{}", late.message);
        Work::unbounded().step().unwrap();
    }

    #[test]
    fn a_turn_is_given_up_while_others_compute() {
        use crate::turns::{Lane, Turns};
        let turns = Turns::new(1);
        let lane = Lane { client: [0; 4].into(), deployment: String::new() };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let turn = runtime.block_on(turns.take(lane));
        let work = Work::new(Duration::from_secs(3600), 1, Memory::new(1).share());
        let taken = work.run(turn, || (work.aside(|| turns.taken()).unwrap(), turns.taken()));
        assert_eq!((taken, turns.taken()), ((0, 1), 0));
        work.stop();
        assert!(work.aside(|| 7).is_err());
        assert_eq!(Work::unbounded().aside(|| 7).unwrap(), 7);
    }

    #[test]
    fn memory_is_given_back_with_the_work() {
        let memory = Memory::new(100);
        let work = Work::new(Duration::from_secs(3600), 1, memory.share());
        work.hold(60).unwrap();
        assert_eq!(Work::new(Duration::ZERO, 1, memory.share()).hold(60).unwrap_err().status.as_u16(), 503);
        drop(work);
        Work::new(Duration::ZERO, 1, memory.share()).hold(60).unwrap();
    }
}
