//! A TCP connection under a deadline: every wait can be cancelled, and ends at its time limit.

use super::deadline::Deadline;
use super::failed_attempt::was_closed;
use super::system::{self, CONNECTING, Call, DONT_WAIT, READS_MAY_WAIT, call};
use rustix::buffer::spare_capacity;
use rustix::event::PollFlags;
use rustix::io::Errno;
use rustix::net::{RecvFlags, connect, recv};
use std::io::{self, IoSlice, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A connected socket under the deadline of the call that uses it.
pub(super) struct Socket {
    stream: TcpStream,
    pub(super) deadline: Deadline,
    /// Whether the peer closed the connection during a write. Later writes are dropped: TLS writes before
    /// each read, and would fail before it reads what the peer sent earlier.
    peer_closed: bool,
}

impl Socket {
    /// Connects to the first address that can be reached. Each gets an equal share of the time that is left.
    pub(super) fn connect(addresses: &[SocketAddr], deadline: Deadline) -> io::Result<Socket> {
        let mut failure = io::Error::from(io::ErrorKind::HostUnreachable);
        for (tried, address) in addresses.iter().enumerate() {
            deadline.check()?;
            let left = u32::try_from(addresses.len() - tried).unwrap_or(u32::MAX);
            match connect_one(address, &deadline.share(left)) {
                Ok(stream) => return Ok(Socket { stream, deadline, peer_closed: false }),
                Err(error) => failure = error,
            }
        }
        deadline.check()?;
        Err(failure)
    }

    /// Sets how long a read waits if only the limit for silence can end it.
    pub(super) fn set_read_timeout(&self, limit: Option<Duration>) -> io::Result<()> {
        self.stream.set_read_timeout(limit)
    }

    /// Whether the peer has neither closed the connection nor sent bytes without a request.
    pub(super) fn is_idle(&self) -> bool {
        let flags = RecvFlags::PEEK | DONT_WAIT;
        let peeked = call(Call::Receive, || recv(&self.stream, &mut [0; 1][..], flags));
        !self.peer_closed && matches!(peeked, Err(Errno::WOULDBLOCK))
    }

    /// Reads to the end of `bytes`, up to their capacity, without a copy.
    pub(super) fn read_onto(&self, bytes: &mut Vec<u8>) -> io::Result<usize> {
        self.receive(|stream, flags| {
            let received = call(Call::Receive, || recv(stream, spare_capacity(bytes), flags));
            received.map(|(_, read)| read)
        })
    }

    /// Receives bytes, and waits for them.
    fn receive(
        &self,
        mut receive: impl FnMut(&TcpStream, RecvFlags) -> rustix::io::Result<usize>,
    ) -> io::Result<usize> {
        if READS_MAY_WAIT && self.deadline.has_silence_only() {
            // The system waits up to the limit: that saves a first try and a poll.
            match receive(&self.stream, RecvFlags::empty()) {
                Err(Errno::WOULDBLOCK) => return Err(self.deadline.silent()),
                // A signal: the wait below keeps the limit even if more signals come.
                Err(Errno::INTR) => self.deadline.interrupted()?,
                done => return Ok(done?),
            }
        }
        self.until_done(PollFlags::IN, |stream| receive(stream, DONT_WAIT))
    }

    /// Calls the system again until it is done, and waits in between.
    fn until_done(
        &self,
        readiness: PollFlags,
        mut act: impl FnMut(&TcpStream) -> rustix::io::Result<usize>,
    ) -> io::Result<usize> {
        let mut silence = None;
        loop {
            self.deadline.check()?;
            match act(&self.stream) {
                Err(Errno::WOULDBLOCK) => self.deadline.wait(&self.stream, readiness)?,
                // Endless signals end with the limit for silence.
                Err(Errno::INTR) => {
                    self.deadline.interrupted()?;
                    silence.get_or_insert_with(|| self.deadline.silence()).check()?;
                }
                done => return Ok(done?),
            }
        }
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.receive(|stream, flags| {
            let received = call(Call::Receive, || recv(stream, &mut *buffer, flags));
            received.map(|(_, read)| read)
        })
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_vectored(&[IoSlice::new(bytes)])
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        if self.peer_closed {
            return Ok(slices.iter().map(|slice| slice.len()).sum());
        }
        let sent =
            self.until_done(PollFlags::OUT, |stream| call(Call::Send, || system::send(stream, slices)));
        self.peer_closed = sent.as_ref().is_err_and(was_closed);
        sent
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn connect_one(address: &SocketAddr, deadline: &Deadline) -> io::Result<TcpStream> {
    let socket = call(Call::Socket, || system::open_socket(address))?;
    loop {
        match call(Call::Connect, || connect(&socket, address)) {
            Ok(()) | Err(Errno::ISCONN) => break,
            Err(Errno::INTR) => deadline.interrupted().and_then(|()| deadline.check())?,
            Err(CONNECTING | Errno::ALREADY) => {
                deadline.wait_for_connection(&socket)?;
                break;
            }
            Err(error) => return Err(error.into()),
        }
    }
    let stream = TcpStream::from(socket);
    stream.set_nonblocking(!READS_MAY_WAIT)?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
