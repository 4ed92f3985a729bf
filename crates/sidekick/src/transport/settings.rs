//! What a caller may set about connections: the settings of each part.

use super::credentials::TokenSource;
use super::deadline::Timeouts;
use super::log::Log;
use super::pool::KeepAlive;
use super::proxy::ProxySettings;
use super::request_head::HeaderSettings;
use super::retry::RetryPolicy;
use super::signals::Signals;
use super::tls::TlsSettings;
use std::fmt;
use std::sync::Arc;

/// Settings of a transport, with the defaults that the header documents.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) timeouts: Timeouts,
    pub(crate) retry: RetryPolicy,
    pub(crate) tls: TlsSettings,
    pub(crate) proxy: ProxySettings,
    pub(crate) headers: HeaderSettings,
    pub(crate) keep_alive: KeepAlive,
    pub(crate) log: Log,
    pub(crate) signals: Signals,
    pub(crate) token_source: Option<Arc<TokenSource>>,
    /// Whether callbacks only run on the threads of the program.
    pub(crate) callbacks_on_caller: bool,
    pub(crate) allow_token_over_http: bool,
    /// The most bytes that a response's body has, on the wire and decompressed.
    pub(crate) response_limit: u64,
    /// Whether bodies of requests are compressed.
    pub(crate) request_gzip: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            timeouts: Timeouts::default(),
            retry: RetryPolicy::default(),
            tls: TlsSettings::default(),
            proxy: ProxySettings::default(),
            headers: HeaderSettings::default(),
            keep_alive: KeepAlive::default(),
            log: Log::default(),
            signals: Signals::default(),
            token_source: None,
            callbacks_on_caller: false,
            allow_token_over_http: false,
            response_limit: 1 << 30,
            request_gzip: false,
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("timeouts", &self.timeouts)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}
