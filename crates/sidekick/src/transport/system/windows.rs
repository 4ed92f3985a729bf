//! Windows: no flag makes a single call return at once, so sockets never block. Only sockets can be polled,
//! so a socket that is connected to itself ends a wait.

use rustix::event::{PollFd, Timespec};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::{Errno, Result};
use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType, socket_with};
use std::io::{self, IoSlice, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

/// The error of `connect` while it goes on.
pub(crate) const CONNECTING: Errno = Errno::WOULDBLOCK;
/// How often a connection that is being made is asked for its error. Before Windows 10 version 2004, a poll
/// does not end with it.
pub(crate) const CONNECT_CHECK: Option<Duration> = Some(Duration::from_millis(100));
/// Makes a read return at once, as every read does.
pub(crate) const DONT_WAIT: RecvFlags = RecvFlags::empty();
/// Whether a read without [`DONT_WAIT`] waits.
pub(crate) const READS_MAY_WAIT: bool = false;
/// The longest wait, far below the most milliseconds of an `i32`. Callers check their limits and wait again.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// Ends all waits that poll it, from any thread.
#[derive(Debug)]
pub(crate) struct Waker(UdpSocket);

impl Waker {
    pub(crate) fn new() -> io::Result<Waker> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        // Connected, it receives nothing from other sockets.
        socket.connect(socket.local_addr()?)?;
        socket.set_nonblocking(true)?;
        Ok(Waker(socket))
    }

    /// Makes it readable, for good.
    pub(crate) fn wake(&self) {
        // One byte into an empty buffer neither blocks nor fails.
        let _ = self.0.send(b"!");
    }

    pub(crate) fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Starts Winsock. The standard library does so for its own sockets only.
fn start_winsock() -> Result<()> {
    static FAILURE: OnceLock<Option<Errno>> = OnceLock::new();
    FAILURE.get_or_init(|| rustix::net::wsa_startup().err()).map_or(Ok(()), Err)
}

/// A TCP socket for an address, which does not block.
pub(crate) fn open_socket(address: &SocketAddr) -> Result<OwnedFd> {
    start_winsock()?;
    let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let inheritable = socket_with(family, SocketType::STREAM, SocketFlags::empty(), None)?;
    // The standard library's copy is not: the host's child processes must not keep connections open.
    let socket = inheritable.try_clone().map_err(|error| errno(&error))?;
    rustix::io::ioctl_fionbio(&socket, true)?;
    Ok(socket)
}

/// Sends what the system has room for, and does not wait.
pub(crate) fn send(mut stream: &TcpStream, slices: &[IoSlice<'_>]) -> Result<usize> {
    stream.write_vectored(slices).map_err(|error| errno(&error))
}

/// Waits for one of the sockets, up to a time limit.
pub(crate) fn poll(sockets: &mut [PollFd<'_>], limit: Option<Duration>) -> Result<usize> {
    let limit = limit.unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT);
    if sockets.is_empty() {
        // Windows refuses to poll nothing.
        thread::sleep(limit);
        return Ok(0);
    }
    let limit = Timespec::try_from(limit).map_err(|_| Errno::INVAL)?;
    rustix::event::poll(sockets, Some(&limit))
}

fn errno(error: &io::Error) -> Errno {
    Errno::from_io_error(error).unwrap_or(Errno::INVAL)
}
