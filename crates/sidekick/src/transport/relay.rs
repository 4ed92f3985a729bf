//! Callbacks that only the program's own threads run: the library's threads leave them to the one that is
//! inside the call.

use super::credentials::TokenSource;
use super::log::{LogLevel, LogSink};
use super::settings::Settings;
use crate::error::{Error, ErrorKind, Result};
use crate::memory::none_for;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

/// Carries callbacks from the threads that send requests to the thread that waits for their results. It knows
/// the callbacks of one call, or of one stream.
pub(crate) struct Relay {
    log: Option<Arc<LogSink>>,
    token_source: Option<Arc<TokenSource>>,
    queue: Mutex<Queue>,
    /// A callback is wanted, a result is there, or nobody runs callbacks any more.
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    wanted: VecDeque<Wanted>,
    is_closed: bool,
}

/// A callback that is to be run.
enum Wanted {
    Line(LogLevel, String),
    Token { refused: bool, place: Arc<OnceLock<Result<String>>> },
}

impl Queue {
    fn push(&mut self, wanted: Wanted) -> Result<()> {
        self.wanted.try_reserve(1).map_err(|_| none_for(size_of::<Wanted>()))?;
        self.wanted.push_back(wanted);
        Ok(())
    }
}

impl Relay {
    /// A relay, if the settings have a callback and want it on the program's threads.
    pub(crate) fn new(settings: &Settings) -> Option<Arc<Relay>> {
        let (log, token_source) = (settings.log.0.clone(), settings.token_source.clone());
        let wanted = settings.callbacks_on_caller && (log.is_some() || token_source.is_some());
        let (queue, changed) = Default::default();
        wanted.then(|| Arc::new(Relay { log, token_source, queue, changed }))
    }

    /// Leaves a log line for the program's thread.
    pub(super) fn log(&self, level: LogLevel, line: String) {
        // The thread may stay away for long. A line for which there is no memory is dropped.
        let _ = self.lock().push(Wanted::Line(level, line));
        self.changed.notify_all();
    }

    /// Waits for the program's thread to ask its callback for the token.
    pub(super) fn token(&self, refused: bool) -> Result<String> {
        let place = Arc::new(OnceLock::new());
        let mut queue = self.lock();
        queue.push(Wanted::Token { refused, place: Arc::clone(&place) })?;
        self.changed.notify_all();
        let is_open = |queue: &mut Queue| place.get().is_none() && !queue.is_closed;
        drop(self.changed.wait_while(queue, is_open).unwrap_or_else(PoisonError::into_inner));
        let ended = || Err(Error::new(ErrorKind::Cancelled, "the call ended before it had a token"));
        place.get().cloned().unwrap_or_else(ended)
    }

    /// Runs callbacks on this thread until what it waits for is there. Who provides that calls
    /// [`wake`](Self::wake).
    pub(crate) fn wait<T>(&self, mut found: impl FnMut() -> Option<T>) -> T {
        let mut queue = self.lock();
        loop {
            if let Some(wanted) = queue.wanted.pop_front() {
                drop(queue);
                self.run(wanted);
                queue = self.lock();
            } else if let Some(found) = found() {
                return found;
            } else {
                queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    /// Runs the callbacks that are wanted now, on this thread.
    pub(crate) fn serve(&self) {
        self.wait(|| Some(()));
    }

    /// Has the waiting thread look again.
    pub(crate) fn wake(&self) {
        // Whoever has looked and found nothing waits, or holds the lock.
        drop(self.lock());
        self.changed.notify_all();
    }

    /// Has no thread wait for a token any longer.
    pub(crate) fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
    }

    fn run(&self, wanted: Wanted) {
        match (wanted, &self.log, &self.token_source) {
            (Wanted::Line(level, line), Some(log), _) => log(level, &line),
            (Wanted::Token { refused, place }, _, Some(source)) => {
                // Nobody else fills it.
                let _ = place.set(source(refused));
                self.wake();
            }
            // What nobody set is not wanted.
            _ => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wakes the waiting thread when it is dropped.
pub(crate) struct Wake<'a>(pub(crate) Option<&'a Relay>);

impl Drop for Wake<'_> {
    fn drop(&mut self) {
        self.0.iter().for_each(|relay| relay.wake());
    }
}

/// Closes the relay when it is dropped.
pub(crate) struct Close<'a>(pub(crate) Option<&'a Relay>);

impl Drop for Close<'_> {
    fn drop(&mut self) {
        self.0.iter().for_each(|relay| relay.close());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread::{self, ThreadId};

    type Calls = Arc<Mutex<Vec<(ThreadId, String)>>>;

    /// Settings whose callbacks note what they are called with, and on which thread.
    fn noting() -> (Settings, Calls) {
        let calls = Calls::default();
        let (lines, tokens) = (Arc::clone(&calls), Arc::clone(&calls));
        let note = |calls: &Calls, text: String| calls.lock().unwrap().push((thread::current().id(), text));
        let mut settings = Settings { callbacks_on_caller: true, ..Settings::default() };
        settings.log.0 = Some(Arc::new(move |_, line: &str| note(&lines, line.to_owned())));
        settings.token_source = Some(Arc::new(move |refused| {
            note(&tokens, format!("token {refused}"));
            Ok("secret".to_owned())
        }));
        (settings, calls)
    }

    #[test]
    fn callbacks_run_on_the_thread_that_waits() {
        let (settings, calls) = noting();
        let relay = &*Relay::new(&settings).unwrap();
        let done = &AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(move || {
                relay.log(LogLevel::Info, "line".to_owned());
                assert_eq!(relay.token(true).unwrap(), "secret");
                done.store(true, Ordering::SeqCst);
                relay.wake();
            });
            relay.wait(|| done.load(Ordering::SeqCst).then_some(()));
        });
        let here = thread::current().id();
        assert_eq!(*calls.lock().unwrap(), [(here, "line".to_owned()), (here, "token true".to_owned())]);
    }

    #[test]
    fn nobody_waits_for_a_token_of_a_relay_that_is_closed() {
        let (settings, calls) = noting();
        let relay = &*Relay::new(&settings).unwrap();
        let ended = thread::scope(|scope| {
            let waiting = scope.spawn(move || relay.token(false).unwrap_err());
            drop(Close(Some(relay)));
            waiting.join().unwrap()
        });
        assert_eq!(ended.kind(), ErrorKind::Cancelled);
        assert!(calls.lock().unwrap().is_empty());
    }

    #[test]
    fn there_is_a_relay_for_callbacks_of_the_caller_only() {
        let (settings, _) = noting();
        assert!(Relay::new(&Settings { callbacks_on_caller: false, ..settings }).is_none());
        assert!(Relay::new(&Settings { callbacks_on_caller: true, ..Settings::default() }).is_none());
    }
}
