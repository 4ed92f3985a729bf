//! A TCP connection that never blocks without a watch: every wait can be cancelled and ends with its time limit.

use super::watch::Watch;
use rustix::buffer::spare_capacity;
use rustix::event::PollFlags;
use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType, connect, recv, socket_with, sockopt};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};

/// A connected socket under the watch of the call that uses it.
pub(super) struct Socket {
    stream: TcpStream,
    pub(super) watch: Watch,
}

impl Socket {
    /// Connects to the first address that can be reached. Each gets its share of the time that is left.
    pub(super) fn connect(addresses: &[SocketAddr], watch: Watch) -> io::Result<Socket> {
        let mut failure = io::Error::from(io::ErrorKind::HostUnreachable);
        for (tried, address) in addresses.iter().enumerate() {
            watch.check()?;
            let left = u32::try_from(addresses.len() - tried).unwrap_or(u32::MAX);
            match connect_one(address, &watch.share(left)) {
                Ok(stream) => return Ok(Socket { stream, watch }),
                Err(error) => failure = error,
            }
        }
        watch.check()?;
        Err(failure)
    }

    /// Whether the other end neither closed the connection nor said anything that nobody asked for.
    pub(super) fn is_quiet(&self) -> bool {
        let peeked = self.stream.peek(&mut [0]);
        peeked.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
    }

    /// Appends what comes next to `bytes`, as far as they have room: without a copy, and without clearing the room first.
    pub(super) fn read_onto(&self, bytes: &mut Vec<u8>) -> io::Result<usize> {
        self.patiently(PollFlags::IN, |stream| {
            let (_, read) = recv(stream, spare_capacity(bytes), RecvFlags::empty())?;
            Ok(read)
        })
    }

    /// Does something to the socket, as often as it takes.
    fn patiently<T>(
        &self,
        readiness: PollFlags,
        mut act: impl FnMut(&TcpStream) -> io::Result<T>,
    ) -> io::Result<T> {
        loop {
            self.watch.check()?;
            match act(&self.stream) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.watch.wait(&self.stream, readiness)?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                done => return done,
            }
        }
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.patiently(PollFlags::IN, |mut stream| stream.read(buffer))
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.patiently(PollFlags::OUT, |mut stream| stream.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn connect_one(address: &SocketAddr, watch: &Watch) -> io::Result<TcpStream> {
    let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = socket_with(family, SocketType::STREAM, flags, None)?;
    match connect(&socket, address) {
        Ok(()) => {}
        Err(rustix::io::Errno::INPROGRESS) => {
            watch.wait(&socket, PollFlags::OUT)?;
            sockopt::socket_error(&socket)??;
        }
        Err(error) => return Err(error.into()),
    }
    let stream = TcpStream::from(socket);
    stream.set_nodelay(true)?;
    Ok(stream)
}
