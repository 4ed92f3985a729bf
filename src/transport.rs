//! HTTP: the one file that names the HTTP library. Bytes out, status and bytes in; it knows nothing of rows.

use crate::error::{Error, ErrorKind, Result, reserve};
use std::fmt;
use std::io::{self, Read};
use std::time::Duration;
use ureq::http::{HeaderValue, Response, header};
use ureq::{Agent, Body, SendBody};

/// How often a request is sent before a connection failure is reported.
const ATTEMPTS: u32 = 3;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the server may be silent, in either direction.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(120);
/// Below the 5 seconds after which common Python servers close an idle connection.
const IDLE_CONNECTION_AGE: Duration = Duration::from_secs(4);
const REPLY_LIMIT: usize = 1 << 30;
const BUFFER_BYTES: usize = 64 * 1024;
const USER_AGENT: &str = concat!("sidekick/", env!("CARGO_PKG_VERSION"));

/// Connections to one server, and the token that opens them. Safe to share.
pub(crate) struct Transport {
    agent: Agent,
    authorization: HeaderValue,
}

/// What the server sent back, whatever its status.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    attempts: u32,
}

impl Reply {
    /// Whether the status is 2xx.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Adds to an error what is known of the exchange that led to it.
    pub(crate) fn blame(&self, error: Error) -> Error {
        error.with_http_status(self.status).with_attempts(self.attempts)
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Transport")
    }
}

impl Transport {
    /// A transport that sends this token as `Authorization: Bearer`.
    pub(crate) fn new(token: &str) -> Result<Transport> {
        let mut authorization = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| {
            Error::new(
                ErrorKind::Argument,
                "the token has characters that a header cannot carry; check its end for a newline",
            )
        })?;
        authorization.set_sensitive(true);
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent(USER_AGENT)
            .accept("application/json")
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .timeout_per_read(Some(SILENCE_TIMEOUT))
            .timeout_per_write(Some(SILENCE_TIMEOUT))
            .input_buffer_size(BUFFER_BYTES)
            .output_buffer_size(BUFFER_BYTES)
            .max_idle_age(IDLE_CONNECTION_AGE)
            .build();
        Ok(Transport { agent: Agent::new_with_config(config), authorization })
    }

    /// Asks for a document.
    pub(crate) fn get(&self, url: &str) -> Result<Reply> {
        with_retries(|| self.agent.get(url).header(header::AUTHORIZATION, &self.authorization).call())
    }

    /// Posts slices, one behind the other, as one body.
    pub(crate) fn post(&self, url: &str, content_type: &str, body: &[&[u8]]) -> Result<Reply> {
        let length: usize = body.iter().map(|slice| slice.len()).sum();
        with_retries(|| {
            let request = self.agent.post(url);
            let request = request.header(header::AUTHORIZATION, &self.authorization);
            let request = request.header(header::CONTENT_TYPE, content_type);
            let request = request.header(header::CONTENT_LENGTH, length);
            request.send(SendBody::from_reader(&mut Slices { current: &[], rest: body }))
        })
    }
}

/// Sends until there is a reply. Only failures of the connection are tried again, and only while no reply has begun.
fn with_retries(send: impl Fn() -> std::result::Result<Response<Body>, ureq::Error>) -> Result<Reply> {
    let mut attempts = 1;
    loop {
        match send() {
            Ok(response) => {
                return read_reply(response, attempts).map_err(|error| error.with_attempts(attempts));
            }
            Err(error) if attempts < ATTEMPTS && is_connection_failure(&error) => attempts += 1,
            Err(error) => return Err(explain(&error).with_attempts(attempts)),
        }
    }
}

fn read_reply(response: Response<Body>, attempts: u32) -> Result<Reply> {
    let (head, body) = response.into_parts();
    let status = head.status.as_u16();
    let mut bytes = Vec::new();
    let expected = body.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
    if expected > REPLY_LIMIT {
        return Err(too_large().with_http_status(status));
    }
    reserve(&mut bytes, expected)?;
    let mut reader = body.into_reader();
    let broken = |error: io::Error| explain(&ureq::Error::from(error)).with_http_status(status);
    let limit = REPLY_LIMIT as u64 + 1;
    reader.by_ref().take(limit).read_to_end(&mut bytes).map_err(broken)?;
    if bytes.len() > REPLY_LIMIT {
        return Err(too_large().with_http_status(status));
    }
    Ok(Reply { status, body: bytes, attempts })
}

fn too_large() -> Error {
    Error::new(
        ErrorKind::ReplyTooLarge,
        format!("the reply is larger than {REPLY_LIMIT} bytes; send fewer rows at a time"),
    )
}

fn is_connection_failure(error: &ureq::Error) -> bool {
    use io::ErrorKind::*;
    match error {
        ureq::Error::Io(error) => matches!(
            error.kind(),
            ConnectionRefused
                | ConnectionReset
                | ConnectionAborted
                | BrokenPipe
                | UnexpectedEof
                | NotConnected
        ),
        ureq::Error::ConnectionFailed => true,
        _ => false,
    }
}

/// Our own words for the HTTP library's errors: its own may hold parts of the URL.
fn explain(error: &ureq::Error) -> Error {
    match error {
        ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => {
            let seconds = CONNECT_TIMEOUT.as_secs();
            Error::new(ErrorKind::Timeout, format!("no connection to the server within {seconds} seconds"))
        }
        ureq::Error::Timeout(_) => {
            let seconds = SILENCE_TIMEOUT.as_secs();
            Error::new(ErrorKind::Timeout, format!("the server was silent for {seconds} seconds"))
        }
        ureq::Error::HostNotFound => {
            Error::new(ErrorKind::Connect, "the server's name could not be resolved; check the URL")
        }
        ureq::Error::ConnectionFailed => {
            Error::new(ErrorKind::Connect, "no connection to the server could be made")
        }
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => {
            Error::new(ErrorKind::Argument, "the URL is not one that can be asked")
        }
        ureq::Error::Tls(what) => Error::new(ErrorKind::Tls, format!("TLS failed: {what}")),
        ureq::Error::Rustls(what) => Error::new(ErrorKind::Tls, format!("TLS failed: {what}")),
        ureq::Error::LargeResponseHeader(..) => {
            Error::new(ErrorKind::Network, "the reply's headers are too large")
        }
        ureq::Error::Protocol(what) => {
            Error::new(ErrorKind::Network, format!("the reply is not HTTP: {what}"))
        }
        ureq::Error::Io(error) => explain_io(error),
        _ => Error::new(ErrorKind::Network, "the exchange with the server failed"),
    }
}

fn explain_io(error: &io::Error) -> Error {
    let inner = error.get_ref();
    if let Some(inner) = inner.and_then(|inner| inner.downcast_ref::<ureq::Error>()) {
        return explain(inner);
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            Error::new(ErrorKind::Connect, "the server refused the connection; is it running there?")
        }
        io::ErrorKind::TimedOut => Error::new(ErrorKind::Timeout, "the server did not answer in time"),
        io::ErrorKind::InvalidData => Error::new(ErrorKind::Tls, format!("TLS failed: {error}")),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
            Error::new(ErrorKind::Network, "the server closed the connection before the reply was complete")
        }
        _ => Error::new(ErrorKind::Network, format!("the connection failed: {error}")),
    }
}

/// Slices read one behind the other, without joining them first.
struct Slices<'a> {
    current: &'a [u8],
    rest: &'a [&'a [u8]],
}

impl Read for Slices<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let ([], [next, rest @ ..]) = (self.current, self.rest) {
            (self.current, self.rest) = (next, rest);
        }
        self.current.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_are_read_as_one() {
        let mut all = Vec::new();
        Slices { current: b"", rest: &[b"{", b"", b"rows", b"}"] }.read_to_end(&mut all).unwrap();
        assert_eq!(all, b"{rows}");
    }

    #[test]
    fn a_token_that_no_header_carries_is_refused_without_showing_it() {
        let refused = Transport::new("secret\n").unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Argument);
        assert!(!refused.to_string().contains("secret"));
        assert_eq!(format!("{:?}", Transport::new("secret").unwrap()), "Transport");
    }
}
