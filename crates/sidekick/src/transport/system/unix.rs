//! Unix: a flag makes a single call return at once, and a pipe ends a wait.

use rustix::event::{PollFd, Timespec};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::{Errno, Result};
use rustix::net::{AddressFamily, RecvFlags, SendAncillaryBuffer, SendFlags, SocketFlags, SocketType};
use rustix::net::{sendmsg, socket_with};
use std::io::{self, IoSlice, PipeReader, PipeWriter, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// The error of `connect` while it goes on.
pub(crate) const CONNECTING: Errno = Errno::INPROGRESS;
/// How often a connection that is being made is asked for its error. A poll ends with it.
pub(crate) const CONNECT_CHECK: Option<Duration> = None;
/// Makes a read return at once.
pub(crate) const DONT_WAIT: RecvFlags = RecvFlags::DONTWAIT;
/// Whether a read without [`DONT_WAIT`] waits, up to the socket's read timeout.
pub(crate) const READS_MAY_WAIT: bool = true;

// SIGPIPE would end the process of the host. On Apple's systems, an option of the socket prevents it.
#[cfg(not(target_vendor = "apple"))]
const SEND: SendFlags = SendFlags::NOSIGNAL.union(SendFlags::DONTWAIT);
#[cfg(target_vendor = "apple")]
const SEND: SendFlags = SendFlags::DONTWAIT;

/// Ends all waits that poll it, from any thread.
#[derive(Debug)]
pub(crate) struct Waker {
    reader: PipeReader,
    writer: PipeWriter,
}

impl Waker {
    pub(crate) fn new() -> io::Result<Waker> {
        let (reader, writer) = io::pipe()?;
        Ok(Waker { reader, writer })
    }

    /// Makes it readable, for good.
    pub(crate) fn wake(&self) {
        // One byte into an empty pipe neither blocks nor fails.
        let _ = (&self.writer).write_all(b"!");
    }

    pub(crate) fn as_fd(&self) -> BorrowedFd<'_> {
        self.reader.as_fd()
    }
}

/// A TCP socket for an address, which does not block.
pub(crate) fn open_socket(address: &SocketAddr) -> Result<OwnedFd> {
    open(if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 })
}

#[cfg(not(target_vendor = "apple"))]
fn open(family: AddressFamily) -> Result<OwnedFd> {
    socket_with(family, SocketType::STREAM, SocketFlags::CLOEXEC | SocketFlags::NONBLOCK, None)
}

/// Apple's systems take no flags with a socket.
#[cfg(target_vendor = "apple")]
fn open(family: AddressFamily) -> Result<OwnedFd> {
    let socket = socket_with(family, SocketType::STREAM, SocketFlags::empty(), None)?;
    rustix::io::ioctl_fioclex(&socket)?;
    rustix::io::ioctl_fionbio(&socket, true)?;
    rustix::net::sockopt::set_socket_nosigpipe(&socket, true)?;
    Ok(socket)
}

/// Sends what the system has room for, and does not wait.
pub(crate) fn send(stream: &TcpStream, slices: &[IoSlice<'_>]) -> Result<usize> {
    match slices {
        [slice] => rustix::net::send(stream, slice, SEND),
        _ => sendmsg(stream, slices, &mut SendAncillaryBuffer::default(), SEND),
    }
}

/// Waits for one of the sockets, up to a time limit.
pub(crate) fn poll(sockets: &mut [PollFd<'_>], limit: Option<Duration>) -> Result<usize> {
    let limit = limit.and_then(|limit| Timespec::try_from(limit).ok());
    rustix::event::poll(sockets, limit.as_ref())
}
