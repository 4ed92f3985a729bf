//! HTTP: sends bytes, and returns a status, headers and bytes. It knows nothing of rows. Only this folder
//! names the HTTP library.

mod cancel;
mod compress;
mod connection;
mod credentials;
mod deadline;
mod decodings;
mod exchange;
mod failed_attempt;
mod folding;
mod limit;
mod log;
mod pool;
mod proxy;
mod relay;
mod reply;
mod request_head;
mod resolve;
mod response_head;
mod retry;
mod secrets;
mod settings;
mod signals;
mod socket;
mod system;
mod tls;
mod tunnel;

pub use cancel::Cancel;
pub use log::LogLevel;
pub(crate) use pool::KeepAlive;
pub(crate) use relay::{Close, Relay, Wake};
pub(crate) use reply::{Reply, Request};
pub(crate) use request_head::{Target, check_headers};
pub(crate) use settings::Settings;
pub use tls::TlsVersion;

use crate::error::{Error, ErrorKind, Result};
use crate::url::Url;
use compress::compress;
use connection::{Connection, Route};
use credentials::Credentials;
use deadline::Deadline;
use exchange::{Expected, Received};
use failed_attempt::{FailedAttempt, Retry};
use pool::Pool;
use request_head::{Content, HeadFields, RequestHead};
use secrets::Secrets;
use std::fmt;
use std::process;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tls::Tls;

/// The most redirects that a request for a document follows.
const MOST_REDIRECTS: u32 = 5;
/// Compression gains nothing for bodies below this size.
const GZIP_FROM: usize = 1024;

/// Connections to one server, with the token for it. Safe to share between threads.
pub(crate) struct Transport {
    pool: Pool,
    route: Route,
    head: RequestHead,
    /// None if a callback returns them.
    credentials: Option<Credentials>,
    secrets: Arc<Secrets>,
    settings: Settings,
    rules: Rules,
}

/// What a protocol's servers need.
#[derive(Clone, Copy, Default)]
pub(crate) struct Rules {
    /// An empty token is not sent; then plain HTTP exposes none.
    pub(crate) token_is_optional: bool,
    /// A connection that carried a status of 500 or more is not used again.
    pub(crate) close_after_500: bool,
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Transport")
    }
}

/// What a request is made under.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) cancel: Option<&'a Cancel>,
    /// Runs the callbacks, if another thread does.
    pub(crate) relay: Option<&'a Relay>,
    /// Headers of this call alone.
    pub(crate) headers: CallHeaders<'a>,
    /// Whether it runs on the thread of the program, which is the one that hears of signals.
    pub(crate) on_caller: bool,
}

/// Names and values of headers, checked already.
pub(crate) type CallHeaders<'a> = &'a [(&'a str, &'a str)];

impl<'a> From<Option<&'a Cancel>> for Context<'a> {
    fn from(cancel: Option<&'a Cancel>) -> Context<'a> {
        Context { cancel, relay: None, headers: &[], on_caller: true }
    }
}

/// A request, for all its attempts.
struct Message<'a> {
    head: HeadFields<'a>,
    redirected: bool,
    parts: &'a [&'a [u8]],
    split: Option<&'static str>,
    relay: Option<&'a Relay>,
}

impl Transport {
    /// A transport to the server of `url`, which sends this token as `Authorization: Bearer`.
    pub(crate) fn new(server: &Url, token: &str, settings: &Settings, rules: Rules) -> Result<Transport> {
        let new = || Credentials::new(token, rules.token_is_optional);
        let credentials = settings.token_source.is_none().then(new).transpose()?;
        let secrets = Arc::new(Secrets::new(settings.headers.values()));
        let tokenless = credentials.as_ref().is_some_and(|credentials| credentials.token.is_empty());
        credentials.iter().for_each(|credentials| secrets.remember(&credentials.token));
        let endpoint = server.endpoint();
        let proxy = proxy::choose(&settings.proxy, server)?;
        let is_local =
            endpoint.is_loopback() || proxy.as_ref().is_some_and(|proxy| proxy.endpoint.is_loopback());
        if !server.is_secure() && !is_local && !tokenless && !settings.allow_token_over_http {
            let message = "an http:// URL of another machine would expose the token; use https://, or set \
                           the option allow_token_over_http";
            return Err(Error::new(ErrorKind::Argument, message));
        }
        let tls = if server.is_secure() { Some(Tls::new(&endpoint.host(), &settings.tls)?) } else { None };
        Ok(Transport {
            pool: Pool::new(settings.keep_alive),
            route: Route::new(endpoint.clone(), proxy, tls, settings.timeouts, settings.headers.user_agent()),
            head: RequestHead::new(server, &settings.headers),
            credentials,
            secrets,
            settings: settings.clone(),
            rules,
        })
    }

    /// Requests a document. Redirects are followed if scheme, host and port stay the same.
    pub(crate) fn get(&self, url: &Url, accept: &str, cancel: Option<&Cancel>) -> Result<Reply> {
        let deadline = Deadline::new(&self.settings.timeouts, cancel).with_signals(&self.settings.signals);
        let mut redirection: Option<Url> = None;
        for _ in 0..=MOST_REDIRECTS {
            let asked = redirection.as_ref().unwrap_or(url);
            let reply = self.get_once(asked, accept, redirection.is_some(), &deadline)?;
            let Some(location) = reply.redirection() else { return Ok(reply) };
            let Some(next) = asked.join(location).ok().filter(|next| next.is_of_same_origin(asked)) else {
                let status = reply.status;
                let message = format!(
                    "the server redirects (status {status}) to another scheme, host or port, for which the \
                     token was not given; open the deployment by its new URL"
                );
                return Err(reply.with_address_context(Error::new(ErrorKind::Http, message)));
            };
            redirection = Some(next);
        }
        let message = format!("the server redirected more than {MOST_REDIRECTS} times; check the URL");
        let url = redirection.as_ref().unwrap_or(url);
        let error = Error::new(ErrorKind::Http, message).at_quoted(format_args!("GET {url}"));
        Err(error.vetted(|text| self.secrets.appear_in(text)).with_attempts(1))
    }

    fn get_once(&self, url: &Url, accept: &str, redirected: bool, deadline: &Deadline) -> Result<Reply> {
        let target = &Target::of(url);
        let head = HeadFields { method: "GET", target, accept, headers: [&[], &[]], content: None };
        self.exchange(&Message { head, redirected, parts: &[], split: None, relay: None }, deadline)
    }

    /// Posts a body. Redirects are not followed.
    pub(crate) fn post(&self, request: &Request<'_>, context: Context<'_>) -> Result<Reply> {
        let Context { cancel, relay, headers: of_call, on_caller } = context;
        let mut deadline = Deadline::new(&self.settings.timeouts, cancel);
        if on_caller {
            deadline = deadline.with_signals(&self.settings.signals);
        }
        let &Request { target, accept, content_type: media_type, headers, parts, split } = request;
        let bytes = parts.iter().fold(0, |bytes: usize, part| bytes.saturating_add(part.len()));
        let gzip = self.settings.request_gzip && bytes >= GZIP_FROM;
        let compressed = if gzip { compress(parts)? } else { Vec::new() };
        let compressed: [&[u8]; 1] = [&compressed];
        let (parts, length) = if gzip { (&compressed[..], compressed[0].len()) } else { (parts, bytes) };
        let content = Some(Content { media_type, length, gzip });
        let headers = [headers, of_call];
        let head = HeadFields { method: "POST", target, accept, headers, content };
        self.exchange(&Message { head, redirected: false, parts, split, relay }, &deadline)
    }

    /// Sends a request, and logs a failure. An error of the network names the peer.
    fn exchange(&self, message: &Message<'_>, deadline: &Deadline) -> Result<Reply> {
        let outcome = self.send(message, deadline);
        let failure = match &outcome {
            Ok(reply) if reply.status < 400 => return outcome,
            Ok(reply) => format!("status {} at attempt {}", reply.status, reply.attempts),
            Err(error) => error.to_string(),
        };
        let describe = || format!("{} failed: {failure}", self.subject(message));
        self.log(message.relay, LogLevel::Error, describe);
        outcome.map_err(|error| match error.kind() {
            ErrorKind::Connect | ErrorKind::Tls | ErrorKind::Timeout | ErrorKind::Network => {
                error.at(&self.route)
            }
            // A document has no rows.
            ErrorKind::ReplyTooLarge if message.parts.is_empty() => {
                error.advising("raise the option reply_limit")
            }
            ErrorKind::ReplyTooLarge => {
                error.advising("send fewer rows in a request, or raise the option reply_limit")
            }
            _ => error,
        })
    }

    /// Sends a request until its response or its error is final, or no time is left for another attempt.
    fn send(&self, message: &Message<'_>, deadline: &Deadline) -> Result<Reply> {
        // A call that has already ended makes no attempt, and needs no token.
        deadline.check().map_err(|reason| failed_attempt::explain(&reason))?;
        let mut credentials = self.ask_credentials(false, message.relay)?;
        let (mut attempts, mut retries) = (1, 0);
        let (mut fresh, mut renewed) = (false, false);
        let failed = |error: Error, attempts: u32| {
            error.with_attempts(attempts).vetted(|text| self.secrets.appear_in(text))
        };
        loop {
            let outcome = self.attempt(message, &credentials, deadline, fresh, attempts);
            let stale = !fresh && matches!(&outcome, Err(FailedAttempt { retry: Retry::NewConnection, .. }));
            let refused = matches!(&outcome, Ok(reply) if reply.status == 401);
            let wait = if stale {
                fresh = true;
                Some(Duration::ZERO)
            } else if refused && !renewed && self.settings.token_source.is_some() {
                renewed = true;
                credentials = self.ask_credentials(true, message.relay).map_err(|e| failed(e, attempts))?;
                Some(Duration::ZERO)
            } else {
                let wait = self.wait_before_retry(&outcome, retries);
                retries += 1;
                wait
            };
            let Some(wait) = wait.filter(|wait| deadline.has_time_for(*wait)) else {
                return outcome.map_err(|attempt| failed(attempt.error, attempts));
            };
            self.log(message.relay, LogLevel::Warning, || {
                let (subject, milliseconds) = (self.subject(message), wait.as_millis());
                let reason = reason(&outcome);
                format!("{subject}: attempt {attempts} failed ({reason}); again in {milliseconds} ms")
            });
            deadline.sleep(wait).map_err(|e| failed(failed_attempt::explain(&e), attempts))?;
            attempts += 1;
        }
    }

    /// How long to wait before the next attempt. None if it would not help, or if the retries are used up.
    fn wait_before_retry(
        &self,
        outcome: &std::result::Result<Reply, FailedAttempt>,
        retries: u32,
    ) -> Option<Duration> {
        let asked = match outcome {
            Ok(reply) if self.settings.retry.is_transient(reply.status) => reply.retry_after(),
            Err(failed) if failed.retry != Retry::Never => None,
            _ => return None,
        };
        self.settings.retry.delay(retries, asked)
    }

    /// Sends once and reads the response. The connection is kept if it can take another request.
    fn attempt(
        &self,
        message: &Message<'_>,
        credentials: &Credentials,
        deadline: &Deadline,
        fresh: bool,
        attempts: u32,
    ) -> std::result::Result<Reply, FailedAttempt> {
        let start = Instant::now();
        // A system call, so made once.
        let process = process::id();
        let head = self.head.of(&message.head, credentials.authorization.as_ref());
        let mut connection = self.connection(deadline, fresh, process, message.relay)?;
        connection.begin(deadline.clone());
        let expected = Expected { limit: self.settings.response_limit, split: message.split };
        let Received { status, head, body, rest, reusable } =
            exchange::run(&mut connection, head, message.parts, &expected)?;
        connection.end();
        if reusable && !(self.rules.close_after_500 && status >= 500) {
            self.pool.put(process, connection);
        }
        self.log(message.relay, LogLevel::Info, || {
            let bytes = body.len() + rest.as_ref().map_or(0, Vec::len);
            let milliseconds = start.elapsed().as_millis();
            let subject = self.subject(message);
            format!("{subject}: status {status}, {bytes} bytes after {milliseconds} ms")
        });
        let (method, redirected) = (message.head.method, message.redirected);
        let (secrets, url) = (Arc::clone(&self.secrets), Arc::clone(&message.head.target.shown));
        let rest = rest.map(Arc::new);
        Ok(Reply { status, body, rest, head, attempts, secrets, method, url, redirected })
    }

    /// What a line of the log is about. The path of a redirect is text of the server.
    fn subject(&self, message: &Message<'_>) -> String {
        let HeadFields { method, target, .. } = &message.head;
        match message.redirected {
            true => format!("{method} {}", self.route),
            false => format!("{method} {} at {}", target.path(), self.route),
        }
    }

    /// Passes a message on, by the relay if there is one. It is made only if there is a callback.
    fn log(&self, relay: Option<&Relay>, level: LogLevel, message: impl FnOnce() -> String) {
        match (&self.settings.log.0, relay) {
            (Some(sink), None) => sink(level, &message()),
            (Some(_), Some(relay)) => relay.log(level, message()),
            (None, _) => {}
        }
    }

    fn connection(
        &self,
        deadline: &Deadline,
        fresh: bool,
        process: u32,
        relay: Option<&Relay>,
    ) -> std::result::Result<Connection, FailedAttempt> {
        deadline.check().map_err(|error| failed_attempt::explain(&error))?;
        if let Some(connection) = (!fresh).then(|| self.pool.take(process)).flatten() {
            self.log(relay, LogLevel::Debug, || format!("{}: an idle connection is used again", self.route));
            return Ok(connection);
        }
        let start = Instant::now();
        let connection = self.route.connect(deadline)?;
        self.log(relay, LogLevel::Debug, || {
            format!("{}: connected after {} ms", self.route, start.elapsed().as_millis())
        });
        Ok(connection)
    }

    /// The token to send: the caller's, or the one that its callback returns now.
    fn ask_credentials(&self, refused: bool, relay: Option<&Relay>) -> Result<Credentials> {
        match (&self.credentials, &self.settings.token_source) {
            (Some(credentials), _) => Ok(credentials.clone()),
            (None, Some(source)) => {
                let token = relay.map_or_else(|| source(refused), |relay| relay.token(refused))?;
                let credentials = Credentials::new(&token, self.rules.token_is_optional)?;
                self.secrets.remember(&credentials.token);
                Ok(credentials)
            }
            (None, None) => Err(Error::new(ErrorKind::Internal, "the transport has no token")),
        }
    }
}

/// Why a request is sent again, for the log. It quotes nothing that the server sent.
fn reason(outcome: &std::result::Result<Reply, FailedAttempt>) -> String {
    match outcome {
        Ok(reply) => format!("status {}", reply.status),
        Err(failed) => format!("{:?}", failed.error.kind()),
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
        Transport::new(&Url::parse(url)?, token, &settings, Rules::default())
    }

    #[test]
    fn an_unknown_host_name_is_a_failure_to_connect() {
        let mut settings = Settings { allow_token_over_http: true, ..Settings::default() };
        settings.proxy.set("").unwrap();
        let url = Url::parse("http://no-such-host.invalid/").unwrap();
        let transport = Transport::new(&url, "secret", &settings, Rules::default()).unwrap();
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
