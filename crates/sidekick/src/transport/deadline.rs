//! The time limits and the cancellation of a call, and waiting under them.

use super::cancel::Cancel;
use super::limit::Limit;
use super::signals::Signals;
use super::system::{CONNECT_CHECK, Call, call, poll};
use crate::error::{Error, ErrorKind};
use rustix::event::{PollFd, PollFlags};
use rustix::fd::AsFd;
use rustix::net::sockopt::socket_error;
use std::io;
use std::time::{Duration, Instant};

/// The time limits of options. None is no limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeouts {
    /// For making a connection.
    pub(crate) connect: Option<Duration>,
    /// How long the server may be silent, in either direction.
    pub(crate) response: Option<Duration>,
    /// For the whole call, with all its attempts and the waits between.
    pub(crate) call: Option<Duration>,
}

impl Default for Timeouts {
    fn default() -> Timeouts {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        Timeouts { connect: seconds(10), response: seconds(120), call: None }
    }
}

/// The time limits and the cancellation that one call is under.
#[derive(Clone, Default)]
pub(super) struct Deadline {
    cancel: Option<Cancel>,
    call: Option<Limit>,
    connect: Option<Limit>,
    silence: Option<Duration>,
    signals: Signals,
}

/// The limit that ends first. Not inlined: optimized code would read an absent limit, which Memcheck reports.
#[inline(never)]
fn earlier<'a>(one: Option<&'a Limit>, other: Option<&'a Limit>) -> Option<&'a Limit> {
    match (one, other) {
        (Some(one), Some(other)) => Some(if other.end < one.end { other } else { one }),
        _ => one.or(other),
    }
}

/// The error of a wait that a limit ended.
fn passed(limit: &Limit) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, limit.passed())
}

/// The time limit for the peer's silence, from when it was made.
pub(super) struct Silence(Option<Limit>);

impl Silence {
    fn new(length: Option<Duration>) -> Silence {
        Silence(Limit::new("response_timeout", "no byte from or to the server", length))
    }

    /// Fails if it has passed.
    pub(super) fn check(&self) -> io::Result<()> {
        match &self.0 {
            Some(limit) if limit.end <= Instant::now() => Err(passed(limit)),
            _ => Ok(()),
        }
    }
}

impl Deadline {
    /// The limits of a call that begins now.
    pub(super) fn new(timeouts: &Timeouts, cancel: Option<&Cancel>) -> Deadline {
        let call = Limit::new("call_timeout", "no response", timeouts.call);
        Deadline {
            cancel: cancel.cloned(),
            call: earlier(call.as_ref(), cancel.and_then(Cancel::limit).as_ref()).copied(),
            connect: None,
            silence: timeouts.response,
            signals: Signals::default(),
        }
    }

    /// The same limits, for a call on a thread of the program: a signal may end it.
    pub(super) fn with_signals(self, signals: &Signals) -> Deadline {
        Deadline { signals: signals.clone(), ..self }
    }

    /// Fails if a signal, which has just interrupted a wait, ends the call.
    pub(super) fn interrupted(&self) -> io::Result<()> {
        if self.signals.end_the_call() { Err(cancelled()) } else { Ok(()) }
    }

    /// The same call while it makes a connection. The limit for that counts, not that for silence.
    pub(super) fn connecting(&self, limit: Option<Duration>) -> Deadline {
        let connect = Limit::new("connect_timeout", "no connection to the server", limit);
        Deadline { connect, silence: None, ..self.clone() }
    }

    /// The same limits, with a part of the time that is left to connect.
    pub(super) fn share(&self, parts: u32) -> Deadline {
        let mut deadline = self.clone();
        if let Some(limit) = &mut deadline.connect {
            let now = Instant::now();
            limit.end = now + limit.end.saturating_duration_since(now) / parts.max(1);
        }
        deadline
    }

    /// Fails if the call was cancelled or a limit has passed.
    pub(super) fn check(&self) -> io::Result<()> {
        if self.cancel.as_ref().is_some_and(Cancel::is_triggered) {
            return Err(cancelled());
        }
        let mut limits = [&self.call, &self.connect].into_iter().flatten();
        limits.find(|limit| limit.end <= Instant::now()).map_or(Ok(()), |limit| Err(passed(limit)))
    }

    /// Whether only the limit for silence can end a wait.
    pub(super) fn has_silence_only(&self) -> bool {
        self.cancel.is_none() && self.call.is_none() && self.connect.is_none()
    }

    /// The limit for a silence that begins now.
    pub(super) fn silence(&self) -> Silence {
        Silence::new(self.silence)
    }

    /// The error of a wait that the limit for silence ended.
    pub(super) fn silent(&self) -> io::Error {
        self.silence().0.map_or_else(|| io::ErrorKind::TimedOut.into(), |limit| passed(&limit))
    }

    /// Lowers the limit for silence to this.
    pub(super) fn limit_silence(&mut self, limit: Duration) -> Duration {
        *self.silence.insert(self.silence.map_or(limit, |silence| silence.min(limit)))
    }

    /// Whether the call has more time left than this.
    pub(super) fn has_time_for(&self, wait: Duration) -> bool {
        self.call.is_none_or(|limit| limit.end.saturating_duration_since(Instant::now()) > wait)
    }

    /// Blocks until the socket is ready to be read or written.
    pub(super) fn wait(&self, socket: &impl AsFd, readiness: PollFlags) -> io::Result<()> {
        let silence = self.silence().0;
        while !self.wait_once(socket, readiness, silence.as_ref(), None)? {}
        Ok(())
    }

    /// Blocks until the socket is connected or its connection has failed.
    pub(super) fn wait_for_connection(&self, socket: &impl AsFd) -> io::Result<()> {
        while !self.wait_once(socket, PollFlags::OUT, None, CONNECT_CHECK)? {
            socket_error(socket.as_fd())??;
        }
        Ok(socket_error(socket.as_fd())??)
    }

    /// Waits up to the next limit, and no longer than `most`. Whether the socket is ready.
    fn wait_once(
        &self,
        socket: &impl AsFd,
        readiness: PollFlags,
        silence: Option<&Limit>,
        most: Option<Duration>,
    ) -> io::Result<bool> {
        self.check()?;
        let next = earlier(self.call.as_ref(), earlier(self.connect.as_ref(), silence));
        let left = next.map(|limit| limit.end.saturating_duration_since(Instant::now()));
        if let (Some(limit), Some(Duration::ZERO)) = (next, left) {
            return Err(passed(limit));
        }
        self.poll(PollFd::new(socket, readiness), left.into_iter().chain(most).min())
    }

    /// Sleeps, unless cancelled.
    pub(super) fn sleep(&self, length: Duration) -> io::Result<()> {
        let end = Instant::now() + length;
        loop {
            self.check()?;
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            match &self.cancel {
                Some(cancel) => self.poll_once(&mut cancel_wakers(cancel), Some(left))?,
                None => self.poll_once(&mut [], Some(left))?,
            };
        }
    }

    /// Whether the socket is ready before the time is over or the cancellation is triggered.
    fn poll(&self, socket: PollFd<'_>, left: Option<Duration>) -> io::Result<bool> {
        match &self.cancel {
            Some(cancel) => {
                let [own, parent] = cancel_wakers(cancel);
                let mut all = [socket, own, parent];
                self.poll_once(&mut all, left)?;
                Ok(!all[0].revents().is_empty())
            }
            None => self.poll_once(&mut [socket], left).map(|ready| ready > 0),
        }
    }

    /// Polls once. A signal ends it early.
    fn poll_once(&self, sockets: &mut [PollFd<'_>], left: Option<Duration>) -> io::Result<usize> {
        match call(Call::Poll, || poll(sockets, left)) {
            Err(rustix::io::Errno::INTR) => self.interrupted().map(|()| 0),
            polled => Ok(polled?),
        }
    }
}

/// What to poll for a cancellation.
fn cancel_wakers(cancel: &Cancel) -> [PollFd<'_>; 2] {
    cancel.wakers().map(|waker| PollFd::from_borrowed_fd(waker, PollFlags::IN))
}

fn cancelled() -> io::Error {
    io::Error::other(Error::new(ErrorKind::Cancelled, "the call was cancelled"))
}
