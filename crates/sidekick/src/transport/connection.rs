//! A connection to the server: TCP, perhaps through a proxy, perhaps under TLS, and what was read of it ahead.

use super::explain::Trouble;
use super::proxy::Proxy;
use super::resolve::Resolver;
use super::socket::Socket;
use super::tls::Tls;
use super::tunnel;
use super::watch::{Timeouts, Watch};
use crate::memory;
use crate::url::Endpoint;
use rustls::{ClientConnection, StreamOwned};
use std::fmt;
use std::io::{self, IoSlice, Read, Write};
use std::time::Duration;

/// Also the most that the head of a reply may be.
pub(super) const BUFFER_BYTES: usize = 64 * 1024;

/// Where connections lead: the server, by which way, with which trust.
pub(super) struct Way {
    server: Endpoint,
    proxy: Option<Proxy>,
    tls: Option<Tls>,
    timeouts: Timeouts,
    /// For the proxy, which sees nothing of the requests.
    user_agent: String,
    resolver: Resolver,
}

impl Way {
    /// The way to a server.
    pub(super) fn new(
        server: Endpoint,
        proxy: Option<Proxy>,
        tls: Option<Tls>,
        timeouts: Timeouts,
        user_agent: String,
    ) -> Way {
        Way { server, proxy, tls, timeouts, user_agent, resolver: Resolver::default() }
    }

    /// Makes a connection, all of it within the time limit for that.
    pub(super) fn connect(&self, watch: &Watch) -> Result<Connection, Trouble> {
        let watch = watch.connecting(self.timeouts.connect);
        let socket = match &self.proxy {
            Some(proxy) => self.connect_through(proxy, watch)?,
            None => {
                let addresses = self.resolver.resolve(&self.server)?;
                Socket::connect(&addresses, watch).map_err(Trouble::connecting)?
            }
        };
        socket.set_silence(self.timeouts.response).map_err(Trouble::connecting)?;
        let stream = match &self.tls {
            Some(tls) => Stream::Tls(Box::new(tls.wrap(socket)?)),
            None => Stream::Plain(socket),
        };
        let input = memory::filled(BUFFER_BYTES, 0)?;
        Ok(Connection { stream, input, start: 0, end: 0, was_used: false })
    }

    fn connect_through(&self, proxy: &Proxy, watch: Watch) -> Result<Socket, Trouble> {
        let addresses = self.resolver.resolve(&proxy.endpoint)?;
        let mut socket = Socket::connect(&addresses, watch).map_err(Trouble::reaching_proxy)?;
        tunnel::open(&mut socket, proxy, &self.server, &self.user_agent)?;
        Ok(socket)
    }
}

/// The peers, for messages: the server, and the proxy with where it came from.
impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.server)?;
        self.proxy.as_ref().map_or(Ok(()), |proxy| write!(f, " through {proxy}"))
    }
}

/// One connection, and a buffer of what was read from it and not yet consumed.
pub(super) struct Connection {
    stream: Stream,
    input: Vec<u8>,
    start: usize,
    end: usize,
    /// Whether a request went over it before: the server may have closed it since.
    pub(super) was_used: bool,
}

enum Stream {
    Plain(Socket),
    Tls(Box<StreamOwned<ClientConnection, Socket>>),
}

impl Connection {
    /// Puts the connection under the watch of a call.
    pub(super) fn begin(&mut self, watch: Watch) {
        self.socket_mut().watch = watch;
    }

    /// Waits no longer than this for what the other end has to say.
    pub(super) fn hurry(&mut self, limit: Duration) -> io::Result<()> {
        let socket = self.socket_mut();
        let limit = socket.watch.hurry(limit);
        socket.set_silence(Some(limit))
    }

    /// Fails once the call was cancelled or has no time left.
    pub(super) fn check(&mut self) -> io::Result<()> {
        self.socket_mut().watch.check()
    }

    /// Leaves the call's watch, its cancellation with it.
    pub(super) fn end(&mut self) {
        self.was_used = true;
        self.begin(Watch::default());
    }

    /// Whether it is open, and nothing unasked for came over it.
    pub(super) fn is_quiet(&self) -> bool {
        let socket = match &self.stream {
            Stream::Plain(socket) => socket,
            Stream::Tls(stream) => &stream.sock,
        };
        self.start == self.end && socket.is_quiet()
    }

    /// Sends slices, one behind the other.
    pub(super) fn write_all(&mut self, mut slices: &mut [IoSlice<'_>]) -> io::Result<()> {
        let stream: &mut dyn Write = match &mut self.stream {
            Stream::Plain(socket) => socket,
            Stream::Tls(stream) => stream,
        };
        // Empty ones at the start would look like an end.
        IoSlice::advance_slices(&mut slices, 0);
        while !slices.is_empty() {
            match stream.write_vectored(slices)? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                written => IoSlice::advance_slices(&mut slices, written),
            }
        }
        stream.flush()
    }

    /// What was read and not yet consumed.
    pub(super) fn input(&self) -> &[u8] {
        self.input.get(self.start..self.end).unwrap_or_default()
    }

    pub(super) fn input_mut(&mut self) -> &mut [u8] {
        self.input.get_mut(self.start..self.end).unwrap_or_default()
    }

    pub(super) fn consume(&mut self, bytes: usize) {
        self.start = self.end.min(self.start + bytes);
    }

    /// Whether there is no room to read more before something is consumed.
    pub(super) fn is_full(&self) -> bool {
        self.end - self.start == self.input.len()
    }

    /// Reads more, but no more than `most`; 0 bytes mean that the other end is done.
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

    /// Appends what comes next to `bytes`, as far as they have room; 0 bytes mean that the other end is done. Nothing may be
    /// left to consume.
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
