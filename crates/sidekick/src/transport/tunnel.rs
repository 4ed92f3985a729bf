//! A tunnel through a proxy to the server: HTTP CONNECT (RFC 9110, section 9.3.6) and SOCKS5 (RFC 1928 and
//! 1929).

use super::failed_attempt::FailedAttempt;
use super::proxy::{Kind, Proxy};
use super::response_head::ResponseHead;
use super::socket::Socket;
use crate::error::{Error, ErrorKind};
use crate::url::Endpoint;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use std::io::{Read, Write};
use std::net::IpAddr;

/// The most bytes that the head of a proxy's response has.
const HEAD_BYTES: usize = 16 * 1024;

/// Asks the proxy for a tunnel to the server. After that, the socket leads to the server.
pub(super) fn open(
    socket: &mut Socket,
    proxy: &Proxy,
    server: &Endpoint,
    user_agent: &str,
) -> Result<(), FailedAttempt> {
    match proxy.kind {
        Kind::Http => http_connect(socket, proxy, server, user_agent),
        Kind::Socks5 => socks5(socket, proxy, server),
    }
}

fn http_connect(
    socket: &mut Socket,
    proxy: &Proxy,
    server: &Endpoint,
    user_agent: &str,
) -> Result<(), FailedAttempt> {
    let mut asked = format!("CONNECT {server} HTTP/1.1\r\nHost: {server}\r\n");
    asked.push_str(&format!("User-Agent: {user_agent}\r\n"));
    if let Some((user, password)) = &proxy.user {
        let credentials = BASE64_STANDARD.encode(format!("{user}:{password}"));
        asked.push_str(&format!("Proxy-Authorization: Basic {credentials}\r\n"));
    }
    asked.push_str("\r\n");
    socket.write_all(asked.as_bytes()).map_err(FailedAttempt::opening_tunnel)?;
    match read_status(socket)? {
        200..300 => Ok(()),
        407 => Err(refused("it wants another user and password (status 407)")),
        status => Err(refused(&format!("it answered with status {status}"))),
    }
}

/// Reads the head byte by byte, so that no byte after it is taken.
fn read_status(socket: &mut Socket) -> Result<u16, FailedAttempt> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        socket.read_exact(&mut byte).map_err(FailedAttempt::opening_tunnel)?;
        head.extend_from_slice(&byte);
        if head.len() > HEAD_BYTES {
            return Err(refused("the head of its response is too large"));
        }
    }
    let invalid = || refused("its response is not valid HTTP");
    let parsed = ResponseHead::parse(&mut head).map_err(|_| invalid())?;
    parsed.map(|head| head.status).ok_or_else(invalid)
}

fn socks5(socket: &mut Socket, proxy: &Proxy, server: &Endpoint) -> Result<(), FailedAttempt> {
    let methods: &[u8] = if proxy.user.is_some() { &[5, 2, 0, 2] } else { &[5, 1, 0] };
    match exchange::<2>(socket, methods)? {
        [5, 0] => {}
        [5, 2] if proxy.user.is_some() => authenticate(socket, proxy)?,
        [5, 2 | 0xff] => {
            return Err(refused("it wants a user and a password, or another kind of authentication"));
        }
        _ => return Err(refused("it does not speak SOCKS5")),
    }
    let mut asked = vec![5, 1, 0];
    match server.address() {
        Some(IpAddr::V4(address)) => asked.extend([&[1][..], &address.octets()].concat()),
        Some(IpAddr::V6(address)) => asked.extend([&[4][..], &address.octets()].concat()),
        None => asked.extend([&[3][..], &counted(&server.host())?].concat()),
    }
    asked.extend(server.port().to_be_bytes());
    let [version, answer, _, address_type] = exchange::<4>(socket, &asked)?;
    if version != 5 || answer != 0 {
        return Err(refused(&format!("it cannot reach the server (SOCKS reply {answer})")));
    }
    let address_bytes = match address_type {
        1 => 4,
        4 => 16,
        _ => usize::from(exchange::<1>(socket, &[])?[0]),
    };
    let bound = &mut [0; 255 + 2][..address_bytes + 2];
    socket.read_exact(bound).map_err(FailedAttempt::opening_tunnel)
}

fn authenticate(socket: &mut Socket, proxy: &Proxy) -> Result<(), FailedAttempt> {
    let Some((user, password)) = &proxy.user else { return Ok(()) };
    let credentials = [vec![1], counted(user)?, counted(password)?].concat();
    match exchange::<2>(socket, &credentials)? {
        [_, 0] => Ok(()),
        _ => Err(refused("it does not accept the user and password")),
    }
}

/// Sends bytes and reads an answer of a known length.
fn exchange<const N: usize>(socket: &mut Socket, asked: &[u8]) -> Result<[u8; N], FailedAttempt> {
    let mut answer = [0; N];
    let exchanged = socket.write_all(asked).and_then(|()| socket.read_exact(&mut answer));
    exchanged.map_err(FailedAttempt::opening_tunnel)?;
    Ok(answer)
}

/// A text after its length in one byte.
fn counted(text: &str) -> Result<Vec<u8>, FailedAttempt> {
    let length = u8::try_from(text.len())
        .map_err(|_| refused("a name or password is longer than the 255 bytes of SOCKS"))?;
    Ok([&[length], text.as_bytes()].concat())
}

fn refused(why: &str) -> FailedAttempt {
    Error::new(ErrorKind::Connect, format!("the proxy refused the connection: {why}")).into()
}
