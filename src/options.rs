//! Settings for a deployment, one setter each.

use crate::error::{Error, ErrorKind, Result};
use crate::transport::Settings;
use std::path::Path;
use std::time::Duration;

/// Rows sent in one request, unless an option says otherwise.
pub const DEFAULT_BATCH_ROWS: usize = 128;

/// Settings for a deployment.
#[derive(Clone, Debug)]
pub struct Options {
    pub(crate) batch_rows: usize,
    pub(crate) max_in_flight: usize,
    pub(crate) transport: Settings,
}

impl Default for Options {
    fn default() -> Options {
        Options { batch_rows: DEFAULT_BATCH_ROWS, max_in_flight: 1, transport: Settings::default() }
    }
}

impl Options {
    /// Sets how many rows go out in one request: at least 1, by default 128.
    pub fn set_batch_rows(&mut self, rows: usize) -> Result<()> {
        self.batch_rows = at_least_one("batch_rows", rows)?;
        Ok(())
    }

    /// Sets how many requests of one predict call are under way at once: at least 1, which is the default. More than one
    /// starts that many threads for the time of the call.
    pub fn set_max_in_flight(&mut self, requests: usize) -> Result<()> {
        self.max_in_flight = at_least_one("max_in_flight", requests)?;
        Ok(())
    }

    /// Sets how long making a connection may take, by default 10 seconds; zero means without limit.
    pub fn set_connect_timeout(&mut self, limit: Duration) {
        self.transport.connect_timeout = unless_zero(limit);
    }

    /// Sets how long the server may be silent while it is sent to or read from, by default 120 seconds; zero means without limit.
    pub fn set_response_timeout(&mut self, limit: Duration) {
        self.transport.response_timeout = unless_zero(limit);
    }

    /// Sets how long one request may take with all its attempts and the waits between; by default, and with zero, there is no limit.
    pub fn set_call_timeout(&mut self, limit: Duration) {
        self.transport.call_timeout = unless_zero(limit);
    }

    /// Sets how often a request is sent again, by default 2 times: where no connection could be made or it broke before a reply
    /// began, and where the server answers 429, 502, 503 or 504.
    pub fn set_retries(&mut self, retries: u32) {
        self.transport.retries = retries;
    }

    /// Sets the wait before the first retry (by default 100 ms, doubled each time, less a random part of up to a half) and the
    /// ceiling of all waits (by default 30 seconds). A `Retry-After` of the server counts instead; one beyond the ceiling ends the retries.
    pub fn set_retry_backoff(&mut self, first: Duration, ceiling: Duration) -> Result<()> {
        self.transport.set_backoff(first, ceiling)
    }

    /// Trusts the certificates of a PEM file instead of the system's.
    pub fn set_ca_file(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let pem = std::fs::read(path);
        let failed =
            |e| Error::new(ErrorKind::File, format!("the file {} cannot be read: {e}", path.display()));
        self.set_ca_pem(&pem.map_err(failed)?)
    }

    /// Trusts the certificates of a PEM text instead of the system's.
    pub fn set_ca_pem(&mut self, pem: &[u8]) -> Result<()> {
        self.transport.trust(pem)
    }

    /// Sets the proxy, `http://[user:password@]host:port`, which is asked to CONNECT; an empty text means none. By default the
    /// environment names it: `http_proxy`, `https_proxy`, `all_proxy`, and their capitals.
    pub fn set_proxy(&mut self, url: &str) -> Result<()> {
        self.transport.set_proxy(url)
    }

    /// Sets which hosts are asked without the proxy, instead of the environment's `no_proxy`: names (which stand for their
    /// sub-domains too), addresses, networks such as `10.0.0.0/8`, or `*`, separated by commas.
    pub fn set_no_proxy(&mut self, hosts: &str) {
        self.transport.no_proxy = Some(hosts.to_owned());
    }
}

fn at_least_one(option: &str, value: usize) -> Result<usize> {
    match value {
        0 => Err(Error::new(ErrorKind::Argument, format!("{option} is 0; it has to be at least 1"))),
        _ => Ok(value),
    }
}

fn unless_zero(limit: Duration) -> Option<Duration> {
    Some(limit).filter(|limit| !limit.is_zero())
}
