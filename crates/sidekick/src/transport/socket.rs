//! A TCP connection that never blocks without a watch: every wait can be cancelled and ends with its time limit.

use super::explain::was_closed;
use super::system::{Call, call};
use super::watch::Watch;
use rustix::buffer::spare_capacity;
use rustix::event::PollFlags;
use rustix::io::Errno;
use rustix::net::{AddressFamily, RecvFlags, SendAncillaryBuffer, SendFlags, SocketFlags, SocketType};
use rustix::net::{connect, recv, send, sendmsg, socket_with, sockopt};
use std::io::{self, IoSlice, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A connected socket under the watch of the call that uses it.
pub(super) struct Socket {
    stream: TcpStream,
    pub(super) watch: Watch,
    /// Whether the other end closed while it was written to. What is written then goes nowhere: TLS, which would try again and
    /// fail before each read, reads on to what the other end said before.
    deaf: bool,
}

impl Socket {
    /// Connects to the first address that can be reached. Each gets its share of the time that is left.
    pub(super) fn connect(addresses: &[SocketAddr], watch: Watch) -> io::Result<Socket> {
        let mut failure = io::Error::from(io::ErrorKind::HostUnreachable);
        for (tried, address) in addresses.iter().enumerate() {
            watch.check()?;
            let left = u32::try_from(addresses.len() - tried).unwrap_or(u32::MAX);
            match connect_one(address, &watch.share(left)) {
                Ok(stream) => return Ok(Socket { stream, watch, deaf: false }),
                Err(error) => failure = error,
            }
        }
        watch.check()?;
        Err(failure)
    }

    /// How long a read that nothing but the other end's silence can end waits for it.
    pub(super) fn set_silence(&self, limit: Option<Duration>) -> io::Result<()> {
        self.stream.set_read_timeout(limit)
    }

    /// Whether the other end neither closed the connection nor said anything that nobody asked for.
    pub(super) fn is_quiet(&self) -> bool {
        let flags = RecvFlags::PEEK | RecvFlags::DONTWAIT;
        let peeked = call(Call::Receive, || recv(&self.stream, &mut [0; 1][..], flags));
        !self.deaf && matches!(peeked, Err(Errno::WOULDBLOCK))
    }

    /// Appends what comes next to `bytes`, as far as they have room: without a copy, and without clearing the room first.
    pub(super) fn read_onto(&self, bytes: &mut Vec<u8>) -> io::Result<usize> {
        self.receive(|stream, flags| {
            let received = call(Call::Receive, || recv(stream, spare_capacity(bytes), flags));
            received.map(|(_, read)| read)
        })
    }

    /// Receives something, however long that takes.
    fn receive(
        &self,
        mut receive: impl FnMut(&TcpStream, RecvFlags) -> rustix::io::Result<usize>,
    ) -> io::Result<usize> {
        if self.watch.is_silence_alone() {
            // The system waits, and minds the limit: no call to learn that nothing came yet, and none to poll.
            match receive(&self.stream, RecvFlags::empty()) {
                Err(Errno::WOULDBLOCK) => return Err(self.watch.silent()),
                // A signal: what follows minds the limit whatever else comes.
                Err(Errno::INTR) => {}
                done => return Ok(done?),
            }
        }
        self.patiently(PollFlags::IN, |stream| receive(stream, RecvFlags::DONTWAIT))
    }

    /// Does something to the socket, as often as it takes.
    fn patiently(
        &self,
        readiness: PollFlags,
        mut act: impl FnMut(&TcpStream) -> rustix::io::Result<usize>,
    ) -> io::Result<usize> {
        let mut silence = None;
        loop {
            self.watch.check()?;
            match act(&self.stream) {
                Err(Errno::WOULDBLOCK) => self.watch.wait(&self.stream, readiness)?,
                // Signals that never end are a silence too.
                Err(Errno::INTR) => silence.get_or_insert_with(|| self.watch.silence()).check()?,
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
        // A signal for a closed connection would end the host's process.
        let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
        if self.deaf {
            return Ok(slices.iter().map(|slice| slice.len()).sum());
        }
        let sent = self.patiently(PollFlags::OUT, |stream| match slices {
            [slice] => call(Call::Send, || send(stream, slice, flags)),
            _ => call(Call::Send, || sendmsg(stream, slices, &mut SendAncillaryBuffer::default(), flags)),
        });
        self.deaf = sent.as_ref().is_err_and(was_closed);
        sent
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn connect_one(address: &SocketAddr, watch: &Watch) -> io::Result<TcpStream> {
    let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = call(Call::Socket, || socket_with(family, SocketType::STREAM, flags, None))?;
    loop {
        match call(Call::Connect, || connect(&socket, address)) {
            Ok(()) | Err(Errno::ISCONN) => break,
            Err(Errno::INTR) => watch.check()?,
            Err(Errno::INPROGRESS | Errno::ALREADY) => {
                watch.wait(&socket, PollFlags::OUT)?;
                sockopt::socket_error(&socket)??;
                break;
            }
            Err(error) => return Err(error.into()),
        }
    }
    let stream = TcpStream::from(socket);
    stream.set_nonblocking(false)?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
