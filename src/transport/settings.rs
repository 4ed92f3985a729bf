//! What a caller may set about connections.

use crate::error::{Error, ErrorKind, Result};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

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
    /// Certificates in DER to trust instead of the system's.
    pub(crate) trusted: Option<Arc<Vec<Vec<u8>>>>,
    pub(crate) proxy: ProxyChoice,
    pub(crate) no_proxy: Option<String>,
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
            proxy: ProxyChoice::Environment,
            no_proxy: None,
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
        self.trusted = Some(Arc::new(super::tls::certificates(pem)?));
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

    pub(crate) fn set_backoff(&mut self, first: Duration, ceiling: Duration) -> Result<()> {
        if first > ceiling {
            return Err(Error::new(ErrorKind::Argument, "the first backoff is above its ceiling"));
        }
        (self.first_backoff, self.backoff_ceiling) = (first, ceiling);
        Ok(())
    }
}
