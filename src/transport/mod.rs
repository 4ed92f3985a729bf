//! HTTP: the one folder that names the HTTP library. Bytes out, status and bytes in; it knows nothing of rows.

mod explain;
mod proxy;
mod resolve;
mod retry;
mod settings;
mod tls;

pub(crate) use settings::Settings;

use crate::error::{Error, ErrorKind, Result, reserve};
use explain::explain;
use resolve::RememberingResolver;
use std::fmt;
use std::io::{self, Read};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};
use ureq::http::{HeaderValue, Response, Uri, header};
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Body, SendBody, Timeout};

/// Below the 5 seconds after which common Python servers close an idle connection.
const IDLE_CONNECTION_AGE: Duration = Duration::from_secs(4);
const REPLY_LIMIT: usize = 1 << 30;
const BUFFER_BYTES: usize = 64 * 1024;
const MAX_IDLE_CONNECTIONS: usize = 64;
const USER_AGENT: &str = concat!("sidekick/", env!("CARGO_PKG_VERSION"));

/// Connections to one server, and the token that opens them. Safe to share.
pub(crate) struct Transport {
    agent: Agent,
    authorization: HeaderValue,
    token: String,
    settings: Settings,
}

/// What the server sent back, whatever its status.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    attempts: u32,
    retry_after: Option<Duration>,
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
    /// A transport to the server of `url`, which sends this token as `Authorization: Bearer`.
    pub(crate) fn new(url: &str, token: &str, settings: &Settings) -> Result<Transport> {
        let mut authorization = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| {
            let message = "the token has characters that a header cannot carry; check its end for a newline";
            Error::new(ErrorKind::Argument, message)
        })?;
        authorization.set_sensitive(true);
        let agent = new_agent(url, settings)?;
        Ok(Transport { agent, authorization, token: token.to_owned(), settings: settings.clone() })
    }

    /// Takes the token out of an error that came with a reply, and so may quote the server.
    pub(crate) fn hide_token(&self, error: Error) -> Error {
        if error.http_status().is_some() { error.without_secret(&self.token) } else { error }
    }

    /// Asks for a document.
    pub(crate) fn get(&self, url: &str) -> Result<Reply> {
        self.exchange(|left| {
            let request = self.agent.get(url).header(header::AUTHORIZATION, &self.authorization);
            request.config().timeout_global(left).build().call()
        })
    }

    /// Posts slices, one behind the other, as one body.
    pub(crate) fn post(&self, url: &str, content_type: &str, body: &[&[u8]]) -> Result<Reply> {
        let length: usize = body.iter().map(|slice| slice.len()).sum();
        self.exchange(|left| {
            let request = self.agent.post(url).header(header::AUTHORIZATION, &self.authorization);
            let request =
                request.header(header::CONTENT_TYPE, content_type).header(header::CONTENT_LENGTH, length);
            let mut reader = Slices { current: &[], rest: body };
            request.config().timeout_global(left).build().send(SendBody::from_reader(&mut reader))
        })
    }

    /// Sends until there is an answer that waiting does not mend, or no time for another attempt. `send` is told how much
    /// time is left.
    fn exchange(
        &self,
        send: impl Fn(Option<Duration>) -> std::result::Result<Response<Body>, ureq::Error>,
    ) -> Result<Reply> {
        let deadline = self.settings.call_timeout.map(|limit| Instant::now() + limit);
        let mut attempts = 1;
        let mut retries = 0;
        loop {
            let left = deadline.map(|end| end.saturating_duration_since(Instant::now()));
            let outcome =
                send(left).map_err(Failure::NoReply).and_then(|response| self.read(response, attempts));
            let stale =
                attempts == 1 && matches!(&outcome, Err(Failure::NoReply(error)) if was_closed(error));
            let wait = if stale { Some(Duration::ZERO) } else { self.wait_before_retry(&outcome, retries) };
            let in_time = |wait: &Duration| deadline.is_none_or(|end| Instant::now() + *wait < end);
            let Some(wait) = wait.filter(in_time) else {
                return outcome.map_err(|failure| failure.explain(&self.settings).with_attempts(attempts));
            };
            sleep(wait);
            attempts += 1;
            retries += u32::from(!stale);
        }
    }

    /// How long to wait before sending again; nothing where that would not help or was done often enough.
    fn wait_before_retry(
        &self,
        outcome: &std::result::Result<Reply, Failure>,
        retries: u32,
    ) -> Option<Duration> {
        let asked = match outcome {
            Ok(reply) if retry::is_passing(reply.status) => reply.retry_after,
            Err(Failure::NoReply(error)) if is_connection_failure(error) => None,
            _ => return None,
        };
        let left = retries < self.settings.retries;
        left.then(|| retry::delay(&self.settings, retries, asked)).flatten()
    }

    fn read(&self, response: Response<Body>, attempts: u32) -> std::result::Result<Reply, Failure> {
        let (head, body) = response.into_parts();
        let status = head.status.as_u16();
        let broken = |error: Error| Failure::Broken(error.with_http_status(status));
        let expected = body.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
        if expected > REPLY_LIMIT {
            return Err(broken(too_large()));
        }
        let mut bytes = Vec::new();
        reserve(&mut bytes, expected).map_err(broken)?;
        let mut reader = body.into_reader().take(REPLY_LIMIT as u64 + 1);
        let read = reader.read_to_end(&mut bytes);
        read.map_err(|error| broken(explain(&ureq::Error::from(error), &self.settings)))?;
        if bytes.len() > REPLY_LIMIT {
            return Err(broken(too_large()));
        }
        let retry_after = head.headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after = retry_after.and_then(|text| retry::parse_retry_after(text, SystemTime::now()));
        Ok(Reply { status, body: bytes, attempts, retry_after })
    }
}

fn new_agent(url: &str, settings: &Settings) -> Result<Agent> {
    let server: Uri = url.parse().map_err(|_| Error::new(ErrorKind::Argument, "the URL is malformed"))?;
    let mut config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(proxy::choose(settings, &server)?)
        .user_agent(USER_AGENT)
        .accept("application/json")
        .timeout_connect(settings.connect_timeout)
        .timeout_per_read(settings.response_timeout)
        .timeout_per_write(settings.response_timeout)
        .input_buffer_size(BUFFER_BYTES)
        .output_buffer_size(BUFFER_BYTES)
        .max_idle_connections_per_host(MAX_IDLE_CONNECTIONS)
        .max_idle_age(IDLE_CONNECTION_AGE);
    if server.scheme_str() == Some("https") {
        config = config.tls_config(tls::config(settings)?);
    }
    Ok(Agent::with_parts(config.build(), DefaultConnector::default(), RememberingResolver::default()))
}

/// Why an attempt came to nothing.
enum Failure {
    /// Not a byte of a reply was seen: sending again does no harm.
    NoReply(ureq::Error),
    /// A reply began, and could not be read to its end.
    Broken(Error),
}

impl Failure {
    fn explain(&self, settings: &Settings) -> Error {
        match self {
            Failure::NoReply(error) => explain(error, settings),
            Failure::Broken(error) => error.clone(),
        }
    }
}

fn too_large() -> Error {
    Error::new(
        ErrorKind::ReplyTooLarge,
        format!("the reply is larger than {REPLY_LIMIT} bytes; send fewer rows at a time"),
    )
}

/// Whether the connection ended under the request: a pooled one may have been closed by the server while it was idle.
fn was_closed(error: &ureq::Error) -> bool {
    use io::ErrorKind::*;
    let closed = [ConnectionReset, ConnectionAborted, BrokenPipe, UnexpectedEof, NotConnected];
    matches!(error, ureq::Error::Io(error) if closed.contains(&error.kind()))
}

fn is_connection_failure(error: &ureq::Error) -> bool {
    use io::ErrorKind::*;
    let unreachable = [ConnectionRefused, HostUnreachable, NetworkUnreachable, NetworkDown];
    match error {
        ureq::Error::Io(io) => was_closed(error) || unreachable.contains(&io.kind()),
        ureq::Error::ConnectionFailed | ureq::Error::Timeout(Timeout::Connect | Timeout::Resolve) => true,
        _ => false,
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
    fn a_name_that_is_none_is_a_failure_to_connect() {
        let url = "http://no-such-host.invalid/";
        let failure = Transport::new(url, "", &Settings::default()).unwrap().get(url).err().unwrap();
        assert_eq!((failure.kind(), failure.attempts()), (ErrorKind::Connect, 1));
    }

    #[test]
    fn a_token_that_no_header_carries_is_refused_without_showing_it() {
        let open = |token: &str| Transport::new("http://h/", token, &Settings::default());
        let refused = open("secret\n").unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Argument);
        assert!(!refused.to_string().contains("secret"));
        assert_eq!(format!("{:?}", open("secret").unwrap()), "Transport");
    }
}
