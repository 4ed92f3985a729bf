//! A connection to the server: TCP, perhaps through a proxy, perhaps under TLS, with a read buffer.

use super::deadline::{Deadline, Timeouts};
use super::failed_attempt::FailedAttempt;
use super::proxy::Proxy;
use super::resolve::Resolver;
use super::socket::Socket;
use super::tls::Tls;
use super::tunnel;
use crate::memory;
use crate::url::Endpoint;
use rustls::{ClientConnection, StreamOwned};
use std::fmt;
use std::io::{self, IoSlice, Read, Write};
use std::time::Duration;

/// The size of the read buffer, and so of the largest head of a response.
pub(super) const BUFFER_BYTES: usize = 64 * 1024;

/// How connections are made: to which server, through which proxy, with which TLS settings.
pub(super) struct Route {
    server: Endpoint,
    proxy: Option<Proxy>,
    tls: Option<Tls>,
    timeouts: Timeouts,
    /// For the proxy, which sees nothing of the requests.
    user_agent: String,
    resolver: Resolver,
}

impl Route {
    /// The route to a server.
    pub(super) fn new(
        server: Endpoint,
        proxy: Option<Proxy>,
        tls: Option<Tls>,
        timeouts: Timeouts,
        user_agent: String,
    ) -> Route {
        Route { server, proxy, tls, timeouts, user_agent, resolver: Resolver::default() }
    }

    /// Makes a connection within the time limit for connecting.
    pub(super) fn connect(&self, deadline: &Deadline) -> Result<Connection, FailedAttempt> {
        let deadline = deadline.connecting(self.timeouts.connect);
        let socket = match &self.proxy {
            Some(proxy) => self.connect_through(proxy, deadline)?,
            None => {
                let addresses = self.resolver.resolve(&self.server)?;
                Socket::connect(&addresses, deadline).map_err(FailedAttempt::connecting)?
            }
        };
        socket.set_read_timeout(self.timeouts.response).map_err(FailedAttempt::connecting)?;
        let stream = match &self.tls {
            Some(tls) => Stream::Tls(Box::new(tls.wrap(socket)?)),
            None => Stream::Plain(socket),
        };
        let input = memory::filled(BUFFER_BYTES, 0)?;
        Ok(Connection { stream, input, start: 0, end: 0, was_used: false })
    }

    fn connect_through(&self, proxy: &Proxy, deadline: Deadline) -> Result<Socket, FailedAttempt> {
        let addresses = self.resolver.resolve(&proxy.endpoint)?;
        let mut socket = Socket::connect(&addresses, deadline).map_err(FailedAttempt::connecting_to_proxy)?;
        tunnel::open(&mut socket, proxy, &self.server, &self.user_agent)?;
        Ok(socket)
    }
}

/// The peers, for messages: the server, and the proxy with where it came from.
impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.server)?;
        self.proxy.as_ref().map_or(Ok(()), |proxy| write!(f, " through {proxy}"))
    }
}

/// One connection, and a buffer of bytes that were read and not yet consumed.
pub(super) struct Connection {
    stream: Stream,
    input: Vec<u8>,
    start: usize,
    end: usize,
    /// Whether it carried a request before: the server may have closed it since.
    pub(super) was_used: bool,
}

enum Stream {
    Plain(Socket),
    Tls(Box<StreamOwned<ClientConnection, Socket>>),
}

impl Connection {
    /// Puts the connection under the time limits and the cancellation of a call.
    pub(super) fn begin(&mut self, deadline: Deadline) {
        self.socket_mut().deadline = deadline;
    }

    /// Waits no longer than this for each byte of the peer.
    pub(super) fn limit_silence(&mut self, limit: Duration) -> io::Result<()> {
        let socket = self.socket_mut();
        let limit = socket.deadline.limit_silence(limit);
        socket.set_read_timeout(Some(limit))
    }

    /// Fails once the call was cancelled or has no time left.
    pub(super) fn check(&mut self) -> io::Result<()> {
        self.socket_mut().deadline.check()
    }

    /// Leaves the call's time limits and its cancellation.
    pub(super) fn end(&mut self) {
        self.was_used = true;
        self.begin(Deadline::default());
    }

    /// Whether it is open, and no byte came that belongs to no response.
    pub(super) fn is_idle(&self) -> bool {
        let socket = match &self.stream {
            Stream::Plain(socket) => socket,
            Stream::Tls(stream) => &stream.sock,
        };
        self.start == self.end && socket.is_idle()
    }

    /// Sends slices, one after the other.
    pub(super) fn write_all(&mut self, mut slices: &mut [IoSlice<'_>]) -> io::Result<()> {
        let stream: &mut dyn Write = match &mut self.stream {
            Stream::Plain(socket) => socket,
            Stream::Tls(stream) => stream,
        };
        // Writing an empty slice returns 0, as at the end of a stream.
        IoSlice::advance_slices(&mut slices, 0);
        while !slices.is_empty() {
            match stream.write_vectored(slices)? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                written => IoSlice::advance_slices(&mut slices, written),
            }
        }
        stream.flush()
    }

    /// The bytes that were read and not yet consumed.
    pub(super) fn input(&self) -> &[u8] {
        self.input.get(self.start..self.end).unwrap_or_default()
    }

    pub(super) fn input_mut(&mut self) -> &mut [u8] {
        self.input.get_mut(self.start..self.end).unwrap_or_default()
    }

    pub(super) fn consume(&mut self, bytes: usize) {
        self.start = self.end.min(self.start + bytes);
    }

    /// Whether the buffer is full of bytes that are not yet consumed.
    pub(super) fn is_full(&self) -> bool {
        self.end - self.start == self.input.len()
    }

    /// Reads up to `most` bytes more. 0 means that the peer has sent its last byte.
    pub(super) fn fill(&mut self, most: usize) -> io::Result<usize> {
        self.input.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        let room = self.input.get_mut(self.end..).unwrap_or_default();
        let most = most.min(room.len());
        let room = room.get_mut(..most).unwrap_or_default();
        let read = match &mut self.stream {
            Stream::Plain(socket) => socket.read(room),
            Stream::Tls(stream) => stream.read(room),
        }?;
        self.end += read;
        Ok(read)
    }

    /// Reads to the end of `bytes`, up to their capacity. 0 means that the peer has sent its last byte. All
    /// of the buffer must be consumed before.
    pub(super) fn read_onto(&mut self, bytes: &mut Vec<u8>) -> io::Result<usize> {
        if let Stream::Plain(socket) = &self.stream {
            return socket.read_onto(bytes);
        }
        let room = bytes.capacity() - bytes.len();
        let read = self.fill(BUFFER_BYTES)?.min(room);
        bytes.extend_from_slice(self.input().get(..read).unwrap_or_default());
        self.consume(read);
        Ok(read)
    }

    fn socket_mut(&mut self) -> &mut Socket {
        match &mut self.stream {
            Stream::Plain(socket) => socket,
            Stream::Tls(stream) => &mut stream.sock,
        }
    }
}
