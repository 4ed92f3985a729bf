//! HTTP: the one folder that names the HTTP library. Bytes out, status and bytes in; it knows nothing of rows.

mod cancel;
mod connection;
mod credentials;
mod decodings;
mod exchange;
mod explain;
mod folding;
mod limit;
mod log;
mod pool;
mod proxy;
mod request_head;
mod resolve;
mod response_head;
mod retry;
mod secrets;
mod settings;
mod socket;
mod system;
mod tls;
mod tunnel;
mod watch;

pub use cancel::Cancel;
pub use log::LogLevel;
pub(crate) use pool::KeepAlive;
pub(crate) use request_head::Target;
pub(crate) use settings::Settings;
pub use tls::TlsVersion;

use crate::error::{Error, ErrorKind, Result, reserve};
use crate::memory;
use crate::url::Url;
use connection::{Connection, Way};
use credentials::Credentials;
use exchange::Received;
use explain::{Again, Trouble};
use flate2::Compression;
use flate2::write::GzEncoder;
use pool::Pool;
use request_head::{Content, HeadFields, RequestHead};
use secrets::Secrets;
use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use tls::Tls;
use watch::Watch;

/// Redirects that a request for a document follows.
const MOST_REDIRECTS: u32 = 5;
/// Bodies below this size gain nothing from being packed.
const GZIP_FROM: usize = 1024;

/// Connections to one server, and the token that opens them. Safe to share.
pub(crate) struct Transport {
    pool: Pool,
    way: Way,
    head: RequestHead,
    /// The caller's, unless a callback gives them.
    credentials: Option<Credentials>,
    secrets: Arc<Secrets>,
    settings: Settings,
}

/// A request with a body.
pub(crate) struct Request<'a> {
    /// On the server of the transport.
    pub(crate) target: &'a Target,
    pub(crate) accept: &'a str,
    pub(crate) content_type: &'a str,
    /// Headers of this request alone: names and values that HTTP allows.
    pub(crate) headers: &'a [(&'a str, &'a str)],
    /// The body: any number of slices, sent one after the other.
    pub(crate) parts: &'a [&'a [u8]],
}

/// What the server sent back, whatever its status.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    /// The text of its head.
    head: Vec<u8>,
    attempts: u32,
    secrets: Arc<Secrets>,
    /// What was asked for, for messages, and whether the server sent us there.
    method: &'static str,
    url: Arc<str>,
    redirected: bool,
}

impl Reply {
    /// The value of its first header of this name, in any case of its letters. It is text of the server's. None if it is not
    /// printable ASCII.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        response_head::find_header(&self.head, name)
    }

    fn retry_after(&self) -> Option<Duration> {
        retry::parse_retry_after(self.header("retry-after")?, SystemTime::now())
    }

    fn location(&self) -> Option<&str> {
        self.header("location").filter(|text| text.len() <= crate::url::URL_BYTES)
    }

    /// Whether the status is 2xx.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Adds to an error what is known of the exchange that led to it, and what the server said, unless it quoted the token.
    pub(crate) fn blame(&self, error: Error) -> Error {
        error.with_http_status(self.status).with_attempts(self.attempts).vetted(|text| self.holds_token(text))
    }

    /// The same for an error that another URL may mend: it names what was asked for.
    pub(crate) fn blame_address(&self, error: Error) -> Error {
        let asked = format_args!("{} {}", self.method, self.url);
        self.blame(if self.redirected { error.at_quoted(asked) } else { error.at(asked) })
    }

    /// Whether a text holds a part of a token that is in use.
    pub(crate) fn holds_token(&self, text: &str) -> bool {
        self.secrets.are_in(text)
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Transport")
    }
}

/// A request, as often as it is sent.
struct Message<'a> {
    head: HeadFields<'a>,
    redirected: bool,
    parts: &'a [&'a [u8]],
}

impl Transport {
    /// A transport to the server of `url`, which sends this token as `Authorization: Bearer`.
    pub(crate) fn new(server: &Url, token: &str, settings: &Settings) -> Result<Transport> {
        let credentials = settings.token_source.is_none().then(|| Credentials::new(token)).transpose()?;
        let secrets = Arc::new(Secrets::new());
        credentials.iter().for_each(|credentials| secrets.remember(&credentials.token));
        let endpoint = server.endpoint();
        let proxy = proxy::choose(&settings.proxy, server)?;
        let near = endpoint.is_loopback() || proxy.as_ref().is_some_and(|proxy| proxy.endpoint.is_loopback());
        if !server.is_secure() && !near && !settings.allow_token_over_http {
            let message = "the token would be readable on the way: the URL is http:// and not of this machine; use \
                           https://, or set the option allow_token_over_http";
            return Err(Error::new(ErrorKind::Argument, message));
        }
        let tls = if server.is_secure() { Some(Tls::new(&endpoint.host(), &settings.tls)?) } else { None };
        Ok(Transport {
            pool: Pool::new(settings.keep_alive),
            way: Way::new(endpoint.clone(), proxy, tls, settings.timeouts, settings.headers.user_agent()),
            head: RequestHead::new(server, &settings.headers),
            credentials,
            secrets,
            settings: settings.clone(),
        })
    }

    /// Asks for a document; redirects are followed on the same scheme, host and port.
    pub(crate) fn get(&self, url: &Url, accept: &str, cancel: Option<&Cancel>) -> Result<Reply> {
        let watch = Watch::new(&self.settings.timeouts, cancel);
        let mut redirection: Option<Url> = None;
        for _ in 0..=MOST_REDIRECTS {
            let asked = redirection.as_ref().unwrap_or(url);
            let reply = self.get_once(asked, accept, redirection.is_some(), &watch)?;
            let (300..400, Some(location)) = (reply.status, reply.location()) else { return Ok(reply) };
            let Some(next) = asked.join(location).ok().filter(|next| next.is_of_same_origin(asked)) else {
                let message = format!(
                    "the server answered with status {}, to ask another host or scheme",
                    reply.status
                );
                let hint = "; the token was given for this one alone: open the deployment by its new URL";
                return Err(reply.blame_address(Error::new(ErrorKind::Http, message + hint)));
            };
            redirection = Some(next);
        }
        let message = format!("the server redirected more than {MOST_REDIRECTS} times");
        let url = redirection.as_ref().unwrap_or(url);
        let error = Error::new(ErrorKind::Http, message).at_quoted(format_args!("GET {url}"));
        Err(error.vetted(|text| self.secrets.are_in(text)).with_attempts(1))
    }

    fn get_once(&self, url: &Url, accept: &str, redirected: bool, watch: &Watch) -> Result<Reply> {
        let target = &Target::of(url);
        let head = HeadFields { method: "GET", target, accept, headers: &[], content: None };
        self.exchange(&Message { head, redirected, parts: &[] }, watch)
    }

    /// Posts a body. Redirects are not followed.
    pub(crate) fn post(&self, request: &Request<'_>, cancel: Option<&Cancel>) -> Result<Reply> {
        let watch = Watch::new(&self.settings.timeouts, cancel);
        let &Request { target, accept, content_type: media_type, headers, parts } = request;
        let bytes = parts.iter().fold(0, |bytes: usize, part| bytes.saturating_add(part.len()));
        let gzip = self.settings.request_gzip && bytes >= GZIP_FROM;
        let packed = if gzip { pack(parts)? } else { Vec::new() };
        let packed: [&[u8]; 1] = [&packed];
        let (parts, length) = if gzip { (&packed[..], packed[0].len()) } else { (parts, bytes) };
        let content = Some(Content { media_type, length, gzip });
        let head = HeadFields { method: "POST", target, accept, headers, content };
        self.exchange(&Message { head, redirected: false, parts }, &watch)
    }

    /// As `send`, and tells the log where nothing good came of it. Where the network is to blame, the error names the peer.
    fn exchange(&self, message: &Message<'_>, watch: &Watch) -> Result<Reply> {
        let outcome = self.send(message, watch);
        let failure = match &outcome {
            Ok(reply) if reply.status < 400 => return outcome,
            Ok(reply) => format!("status {} at attempt {}", reply.status, reply.attempts),
            Err(error) => error.to_string(),
        };
        self.settings
            .log
            .log(LogLevel::Error, || format!("{} {} failed: {failure}", message.head.method, self.way));
        outcome.map_err(|error| match error.kind() {
            ErrorKind::Connect | ErrorKind::Tls | ErrorKind::Timeout | ErrorKind::Network => {
                error.at(&self.way)
            }
            _ => error,
        })
    }

    /// Sends until there is an answer that waiting does not mend, or no time for another attempt.
    fn send(&self, message: &Message<'_>, watch: &Watch) -> Result<Reply> {
        let mut credentials = self.ask_credentials(false)?;
        let (mut attempts, mut retries) = (1, 0);
        let (mut fresh, mut renewed) = (false, false);
        let failed = |error: Error, attempts: u32| {
            error.with_attempts(attempts).vetted(|text| self.secrets.are_in(text))
        };
        loop {
            let outcome = self.attempt(message, &credentials, watch, fresh, attempts);
            let stale = !fresh && matches!(&outcome, Err(Trouble { again: Again::Surely, .. }));
            let refused = matches!(&outcome, Ok(reply) if reply.status == 401);
            let wait = if stale {
                fresh = true;
                Some(Duration::ZERO)
            } else if refused && !renewed && self.settings.token_source.is_some() {
                renewed = true;
                credentials = self.ask_credentials(true).map_err(|e| failed(e, attempts))?;
                Some(Duration::ZERO)
            } else {
                let wait = self.wait_before_retry(&outcome, retries);
                retries += 1;
                wait
            };
            let Some(wait) = wait.filter(|wait| watch.has_time_for(*wait)) else {
                return outcome.map_err(|trouble| failed(trouble.error, attempts));
            };
            self.settings.log.log(LogLevel::Warning, || {
                let (method, milliseconds) = (message.head.method, wait.as_millis());
                format!("{method} {}: attempt {attempts} failed; again in {milliseconds} ms", self.way)
            });
            watch.sleep(wait).map_err(|e| failed(explain::explain(&e), attempts))?;
            attempts += 1;
        }
    }

    /// How long to wait before sending again; nothing where that would not help or was done often enough.
    fn wait_before_retry(
        &self,
        outcome: &std::result::Result<Reply, Trouble>,
        retries: u32,
    ) -> Option<Duration> {
        let asked = match outcome {
            Ok(reply) if self.settings.retry.is_transient(reply.status) => reply.retry_after(),
            Err(trouble) if trouble.again != Again::No => None,
            _ => return None,
        };
        self.settings.retry.delay(retries, asked)
    }

    /// Sends once and reads the reply. The connection is kept where that is possible.
    fn attempt(
        &self,
        message: &Message<'_>,
        credentials: &Credentials,
        watch: &Watch,
        fresh: bool,
        attempts: u32,
    ) -> std::result::Result<Reply, Trouble> {
        let start = Instant::now();
        let head = self.head.of(&message.head, &credentials.authorization);
        let mut connection = self.connection(watch, fresh)?;
        connection.begin(watch.clone());
        let Received { status, head, body, reusable } =
            exchange::run(&mut connection, head, message.parts, self.settings.response_limit)?;
        connection.end();
        if reusable {
            self.pool.put(connection);
        }
        self.settings.log.log(LogLevel::Info, || {
            let (bytes, milliseconds) = (body.len(), start.elapsed().as_millis());
            let method = message.head.method;
            format!("{method} {}: status {status}, {bytes} bytes after {milliseconds} ms", self.way)
        });
        let (method, redirected) = (message.head.method, message.redirected);
        let (secrets, url) = (Arc::clone(&self.secrets), Arc::clone(&message.head.target.shown));
        Ok(Reply { status, body, head, attempts, secrets, method, url, redirected })
    }

    fn connection(&self, watch: &Watch, fresh: bool) -> std::result::Result<Connection, Trouble> {
        watch.check().map_err(|error| explain::explain(&error))?;
        if let Some(connection) = (!fresh).then(|| self.pool.take()).flatten() {
            self.settings
                .log
                .log(LogLevel::Debug, || format!("{}: an idle connection is used again", self.way));
            return Ok(connection);
        }
        let start = Instant::now();
        let connection = self.way.connect(watch)?;
        self.settings.log.log(LogLevel::Debug, || {
            format!("{}: connected after {} ms", self.way, start.elapsed().as_millis())
        });
        Ok(connection)
    }

    /// The token to send: the caller's, or what its callback says now.
    fn ask_credentials(&self, refused: bool) -> Result<Credentials> {
        match (&self.credentials, &self.settings.token_source) {
            (Some(credentials), _) => Ok(credentials.clone()),
            (None, Some(source)) => {
                let credentials = Credentials::new(&source(refused)?)?;
                self.secrets.remember(&credentials.token);
                Ok(credentials)
            }
            (None, None) => Err(Error::new(ErrorKind::Internal, "a transport without a token")),
        }
    }
}

/// The slices as one body in gzip, fast rather than small.
fn pack(parts: &[&[u8]]) -> Result<Vec<u8>> {
    // More than the packer's own state.
    memory::probe(1 << 20)?;
    let mut packer = GzEncoder::new(Packed(Vec::new()), Compression::fast());
    let packed = parts.iter().try_for_each(|slice| packer.write_all(slice)).and_then(|()| packer.finish());
    let packed = packed
        .map_err(|error| Error::new(ErrorKind::Memory, format!("the request cannot be packed: {error}")))?;
    Ok(packed.0)
}

/// What was packed, as far as there is memory.
struct Packed(Vec<u8>);

impl Write for Packed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        reserve(&mut self.0, bytes.len()).map_err(|_| io::ErrorKind::OutOfMemory)?;
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests_of_faults;
#[cfg(test)]
mod tests_of_requests;

#[cfg(test)]
mod tests {
    use super::*;

    fn open(url: &str, token: &str) -> Result<Transport> {
        let mut settings = Settings::default();
        settings.proxy.set("")?;
        Transport::new(&Url::parse(url)?, token, &settings)
    }

    #[test]
    fn a_name_that_is_none_is_a_failure_to_connect() {
        let mut settings = Settings { allow_token_over_http: true, ..Settings::default() };
        settings.proxy.set("").unwrap();
        let url = Url::parse("http://no-such-host.invalid/").unwrap();
        let transport = Transport::new(&url, "secret", &settings).unwrap();
        let failure = transport.get(&url, "*/*", None).err().unwrap();
        assert_eq!((failure.kind(), failure.attempts()), (ErrorKind::Connect, 1));
    }

    #[test]
    fn a_token_that_no_header_carries_is_refused_without_showing_it() {
        let refused = open("http://127.0.0.1/", "secret\n").unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Argument);
        assert!(!refused.to_string().contains("secret"));
        assert_eq!(format!("{:?}", open("http://127.0.0.1/", "secret").unwrap()), "Transport");
    }

    #[test]
    fn the_token_stays_off_open_networks() {
        for url in ["http://127.0.0.1/", "http://localhost:80/", "http://[::1]/", "https://h/"] {
            open(url, "secret").unwrap();
        }
        for url in ["http://h/", "http://10.0.0.1/", "http://127.0.0.1.evil.org/", "http://localhost.evil/"] {
            let refused = open(url, "secret").unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::Argument);
            assert!(refused.to_string().contains("allow_token_over_http"), "{refused}");
        }
    }
}
