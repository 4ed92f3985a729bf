//! What a caller may set about connections.

use super::log::LogLevel;
use super::tls::{self, ClientCertificate, TlsVersion};
use crate::error::{Error, ErrorKind, Result};
use rustls::RootCertStore;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use ureq_proto::http::{HeaderName, HeaderValue};

const USER_AGENT: &str = concat!("sidekick/", env!("CARGO_PKG_VERSION"));
/// Of a caller's headers there are no more than these, with no more bytes: what servers take in a head.
const HEADERS: usize = 256;
const HEADER_BYTES: usize = 32 * 1024;
const SUFFIX_BYTES: usize = 1024;
/// A list of hosts is no longer than this.
const NO_PROXY_BYTES: usize = 32 * 1024;
/// Headers that a request has of its own, or that belong to the connection.
const OWN_HEADERS: [&str; 14] = [
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "proxy-authorization",
    "te",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// Gives the token; told whether the server has refused the last one.
pub(crate) type TokenSource = dyn Fn(bool) -> Result<String> + Send + Sync;
/// Hears what happens to connections and requests.
pub(crate) type LogSink = dyn Fn(LogLevel, &str) + Send + Sync;

/// Settings of a transport, with the defaults that the header documents.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) connect_timeout: Option<Duration>,
    /// How long the server may be silent, in either direction.
    pub(crate) response_timeout: Option<Duration>,
    /// The whole call, with all its attempts and the waits between.
    pub(crate) call_timeout: Option<Duration>,
    pub(crate) retries: u32,
    pub(crate) first_backoff: Duration,
    pub(crate) backoff_ceiling: Duration,
    /// Whom to trust instead of the system's authorities.
    pub(crate) trusted: Option<Arc<RootCertStore>>,
    pub(crate) client_certificate: Option<Arc<ClientCertificate>>,
    pub(crate) tls_minimum: TlsVersion,
    pub(crate) skip_tls_verification: bool,
    pub(crate) proxy: ProxyChoice,
    pub(crate) no_proxy: Option<String>,
    pub(crate) allow_token_over_http: bool,
    /// May hold secrets: never shown.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) user_agent_suffix: String,
    pub(crate) reply_limit: u64,
    pub(crate) request_gzip: bool,
    pub(crate) reply_gzip: bool,
    pub(crate) token_source: Option<Arc<TokenSource>>,
    pub(crate) log: Option<Arc<LogSink>>,
    pub(crate) idle_connections: usize,
    pub(crate) idle_time: Duration,
}

/// Which proxy requests go through.
#[derive(Clone)]
pub(crate) enum ProxyChoice {
    /// The one that `HTTP_PROXY` and its kin name.
    Environment,
    Direct,
    /// May hold a password: never shown.
    Url(String),
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            connect_timeout: Some(Duration::from_secs(10)),
            response_timeout: Some(Duration::from_secs(120)),
            call_timeout: None,
            retries: 2,
            first_backoff: Duration::from_millis(100),
            backoff_ceiling: Duration::from_secs(30),
            trusted: None,
            client_certificate: None,
            tls_minimum: TlsVersion::Tls12,
            skip_tls_verification: false,
            proxy: ProxyChoice::Environment,
            no_proxy: None,
            allow_token_over_http: false,
            headers: Vec::new(),
            user_agent_suffix: String::new(),
            reply_limit: 1 << 30,
            request_gzip: false,
            reply_gzip: true,
            token_source: None,
            log: None,
            idle_connections: 64,
            // Below the 5 seconds after which common Python servers close.
            idle_time: Duration::from_secs(4),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("connect_timeout", &self.connect_timeout)
            .field("response_timeout", &self.response_timeout)
            .field("call_timeout", &self.call_timeout)
            .field("retries", &self.retries)
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// Trusts the certificates of a PEM text, at least one, instead of the system's.
    pub(crate) fn trust(&mut self, pem: &[u8]) -> Result<()> {
        self.trusted = Some(Arc::new(tls::authorities(pem)?));
        Ok(())
    }

    /// Shows the server a certificate, whose key is given too.
    pub(crate) fn show_certificate(&mut self, certificate: &[u8], key: &[u8]) -> Result<()> {
        self.client_certificate = Some(Arc::new(tls::client_certificate(certificate, key)?));
        Ok(())
    }

    /// Sets the proxy's URL; an empty one means none.
    pub(crate) fn set_proxy(&mut self, url: &str) -> Result<()> {
        if url.is_empty() {
            self.proxy = ProxyChoice::Direct;
            return Ok(());
        }
        super::proxy::check(url)?;
        self.proxy = ProxyChoice::Url(url.to_owned());
        Ok(())
    }

    /// Sets the hosts that are asked without the proxy.
    pub(crate) fn set_no_proxy(&mut self, hosts: &str) -> Result<()> {
        if hosts.len() > NO_PROXY_BYTES {
            let message = format!("no_proxy has more than {NO_PROXY_BYTES} bytes");
            return Err(Error::new(ErrorKind::Argument, message));
        }
        self.no_proxy = Some(hosts.to_owned());
        Ok(())
    }

    pub(crate) fn set_backoff(&mut self, first: Duration, ceiling: Duration) -> Result<()> {
        if first > ceiling {
            return Err(Error::new(ErrorKind::Argument, "the first backoff is above its ceiling"));
        }
        (self.first_backoff, self.backoff_ceiling) = (first, ceiling);
        Ok(())
    }

    /// Adds a header to every request to the deployment's server.
    pub(crate) fn add_header(&mut self, name: &str, value: &str) -> Result<()> {
        let bytes: usize = self.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        let most =
            self.headers.len() < HEADERS && name.len().saturating_add(value.len()) <= HEADER_BYTES - bytes;
        if !most {
            let message = format!("more than {HEADERS} headers, or more than {HEADER_BYTES} bytes of them");
            return Err(Error::new(ErrorKind::Argument, message));
        }
        let refused = |what: &str| Error::new(ErrorKind::Argument, format!("the header \"{name}\" {what}"));
        let parsed = HeaderName::from_bytes(name.as_bytes());
        let parsed = parsed.map_err(|_| refused("has no name that a header can have"))?;
        if OWN_HEADERS.contains(&parsed.as_str()) {
            return Err(refused("is the library's own; it cannot be set"));
        }
        let mut value = HeaderValue::from_str(value)
            .map_err(|_| refused("has characters in its value that a header cannot carry"))?;
        value.set_sensitive(true);
        self.headers.push((parsed, value));
        Ok(())
    }

    /// Sets what follows the library's own name and version in the User-Agent header.
    pub(crate) fn set_user_agent_suffix(&mut self, suffix: &str) -> Result<()> {
        let printable = suffix.bytes().all(|byte| (b' '..0x7f).contains(&byte));
        if !printable {
            let message = "the User-Agent suffix has characters other than printable ASCII";
            return Err(Error::new(ErrorKind::Argument, message));
        }
        if suffix.len() > SUFFIX_BYTES {
            let message = format!("the User-Agent suffix has more than {SUFFIX_BYTES} characters");
            return Err(Error::new(ErrorKind::Argument, message));
        }
        self.user_agent_suffix = suffix.trim().to_owned();
        Ok(())
    }

    pub(super) fn user_agent(&self) -> String {
        match self.user_agent_suffix.as_str() {
            "" => USER_AGENT.to_owned(),
            suffix => format!("{USER_AGENT} {suffix}"),
        }
    }

    /// Tells the log, if there is one; the message is made only then.
    pub(super) fn log(&self, level: LogLevel, message: impl FnOnce() -> String) {
        if let Some(log) = &self.log {
            log(level, &message());
        }
    }
}
