//! Settings for a deployment, one setter each.

use crate::error::{Error, ErrorKind, Result};
use crate::file;
use crate::images::raster::ImageRules;
use crate::transport::{KeepAlive, LogLevel, Settings, TlsVersion};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Rows sent in one request, unless an option says otherwise.
pub const DEFAULT_BATCH_ROWS: usize = 128;

/// Settings for a deployment.
#[derive(Clone, Debug)]
pub struct Options {
    pub(crate) batch_rows: usize,
    pub(crate) max_in_flight: usize,
    pub(crate) isolate_bad_rows: bool,
    pub(crate) images: ImageRules,
    pub(crate) transport: Settings,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            batch_rows: DEFAULT_BATCH_ROWS,
            max_in_flight: 1,
            isolate_bad_rows: false,
            images: ImageRules::default(),
            transport: Settings::default(),
        }
    }
}

impl Options {
    /// Sets how many rows go out in one request: at least 1, by default 128.
    pub fn set_batch_rows(&mut self, rows: usize) -> Result<()> {
        self.batch_rows = at_least_one("batch_rows", rows)?;
        Ok(())
    }

    /// Sets how many requests of one predict call, or of one stream, are under way at once: at least 1, which is the default.
    /// More than one starts that many threads, which end with the call or the stream.
    pub fn set_max_in_flight(&mut self, requests: usize) -> Result<()> {
        self.max_in_flight = at_least_one("max_in_flight", requests)?;
        Ok(())
    }

    /// Finds the rows that the server calls bad (status 400, 413 or 422), by sending halves of their request again until each
    /// stands alone: the others are predicted all the same, see [`Predictions::failures`](crate::Predictions::failures). Off
    /// by default: the whole call fails then.
    pub fn set_isolate_bad_rows(&mut self, isolate: bool) {
        self.isolate_bad_rows = isolate;
    }

    /// Sets how many pixels (width times height) an image may have that is added as a file, or that is read from a response: at
    /// least 1, by default 67 108 864 (64 * 1024 * 1024), which take 256 MiB as RGBA. The size that a file declares is compared
    /// before anything is decoded.
    pub fn set_max_image_pixels(&mut self, pixels: u64) -> Result<()> {
        if pixels == 0 {
            return Err(Error::new(ErrorKind::Argument, "max_image_pixels is 0; it has to be at least 1"));
        }
        self.images.max_pixels = pixels;
        Ok(())
    }

    /// Turns images that are added as files the way their metadata (the EXIF orientation of JPEG, PNG, TIFF
    /// and WebP) say they are to be shown; an image that is turned goes out as PNG. Off by default: pixels go
    /// out as stored.
    pub fn set_apply_orientation(&mut self, apply: bool) {
        self.images.apply_orientation = apply;
    }

    /// Sets how long making a connection may take, by default 10 seconds; zero means without limit.
    pub fn set_connect_timeout(&mut self, limit: Duration) {
        self.transport.timeouts.connect = unless_zero(limit);
    }

    /// Sets how long the server may be silent while it is sent to or read from, by default 120 seconds; zero means without limit.
    pub fn set_response_timeout(&mut self, limit: Duration) {
        self.transport.timeouts.response = unless_zero(limit);
    }

    /// Sets how long one request may take with all its attempts and the waits between; by default, and with zero, there is no limit.
    pub fn set_call_timeout(&mut self, limit: Duration) {
        self.transport.timeouts.call = unless_zero(limit);
    }

    /// Sets how often a request is sent again, by default 2 times: where no connection could be made or it broke before a reply
    /// began, and where the server answers 429, 502, 503 or 504.
    pub fn set_retries(&mut self, retries: u32) {
        self.transport.retry.retries = retries;
    }

    /// Sets the wait before the first retry (by default 100 ms, doubled each time, less a random part of up to a half) and the
    /// ceiling of all waits (by default 30 seconds). A `Retry-After` of the server counts instead; one beyond the ceiling ends the retries.
    pub fn set_retry_backoff(&mut self, first: Duration, ceiling: Duration) -> Result<()> {
        self.transport.retry.set_backoff(first, ceiling)
    }

    /// Trusts the certificates of a PEM file instead of the system's.
    pub fn set_ca_file(&mut self, path: impl AsRef<Path>) -> Result<()> {
        self.set_ca_pem(&file::read(path.as_ref())?)
    }

    /// Trusts the certificates of a PEM text instead of the system's.
    pub fn set_ca_pem(&mut self, pem: &[u8]) -> Result<()> {
        self.transport.tls.trust(pem)
    }

    /// Shows the server a client certificate: PEM files with the certificate, those of the authorities between behind it, and
    /// its key. By default none is shown.
    pub fn set_client_certificate_file(
        &mut self,
        certificate: impl AsRef<Path>,
        key: impl AsRef<Path>,
    ) -> Result<()> {
        self.set_client_certificate_pem(&file::read(certificate.as_ref())?, &file::read(key.as_ref())?)
    }

    /// Shows the server a client certificate, from PEM texts. The key has to be that of the certificate.
    pub fn set_client_certificate_pem(&mut self, certificate: &[u8], key: &[u8]) -> Result<()> {
        self.transport.tls.show_certificate(certificate, key)
    }

    /// Sets the oldest version of TLS that is spoken, by default 1.2.
    pub fn set_tls_minimum(&mut self, version: TlsVersion) {
        self.transport.tls.minimum = version;
    }

    /// Takes any certificate for the server's, so that anybody on the way can read the token and change the replies. For test
    /// rigs alone; off by default.
    pub fn set_dangerous_skip_tls_verification(&mut self, skip: bool) {
        self.transport.tls.skip_verification = skip;
    }

    /// Allows a URL that starts with `http://` and is not of this machine, where anybody on the way can read the token. Off by
    /// default; a proxy on this machine needs no such leave.
    pub fn set_allow_token_over_http(&mut self, allow: bool) {
        self.transport.allow_token_over_http = allow;
    }

    /// Adds a header to every request. It goes where the token goes: to the deployment's server alone. Refused are headers
    /// that requests have of their own.
    pub fn add_header(&mut self, name: &str, value: &str) -> Result<()> {
        self.transport.headers.add(name, value)
    }

    /// Sets what follows `sidekick/VERSION` in the User-Agent header, such as `shop/2.1`: printable ASCII, by default empty.
    pub fn set_user_agent_suffix(&mut self, suffix: &str) -> Result<()> {
        self.transport.headers.set_user_agent_suffix(suffix)
    }

    /// Sets how many bytes a reply may have, both on the wire and unpacked: at least 1, by default 1 GiB.
    pub fn set_reply_limit(&mut self, bytes: u64) -> Result<()> {
        if bytes == 0 {
            return Err(Error::new(ErrorKind::Argument, "reply_limit is 0; it has to be at least 1"));
        }
        self.transport.response_limit = bytes;
        Ok(())
    }

    /// Sends bodies of 1 KiB and more packed with gzip, which the server has to understand. Off by default.
    pub fn set_request_gzip(&mut self, pack: bool) {
        self.transport.request_gzip = pack;
    }

    /// Lets the server pack its replies with gzip. On by default.
    pub fn set_reply_gzip(&mut self, allow: bool) {
        self.transport.headers.accept_gzip = allow;
    }

    /// Asks for the token before every request, and once more, with `true`, where the server answers 401. The token given to
    /// `open` is not used then. Called by whichever thread makes a request, several at once.
    pub fn set_token_source(&mut self, source: impl Fn(bool) -> Result<String> + Send + Sync + 'static) {
        self.transport.token_source = Some(Arc::new(source));
    }

    /// Uses the token given to `open` again.
    pub fn clear_token_source(&mut self) {
        self.transport.token_source = None;
    }

    /// Tells what happens to connections and requests, never with the token. Called by whichever thread makes a request,
    /// several at once.
    pub fn set_log(&mut self, log: impl Fn(LogLevel, &str) + Send + Sync + 'static) {
        self.transport.log.0 = Some(Arc::new(log));
    }

    /// Tells nobody.
    pub fn clear_log(&mut self) {
        self.transport.log.0 = None;
    }

    /// Sets how many idle connections a deployment keeps, by default 64, and for how long, by default 4 seconds: below the 5
    /// after which common servers close them. With 0 of either every request makes its own connection.
    pub fn set_keep_alive(&mut self, connections: usize, idle: Duration) {
        self.transport.keep_alive = KeepAlive { connections, time: idle };
    }

    /// Sets the proxy, `http://[user:password@]host:port`, which is asked to CONNECT, or the same with `socks5://`; an empty
    /// text means none. By default the environment names it: `http_proxy`, `https_proxy`, `all_proxy`, and their capitals.
    pub fn set_proxy(&mut self, url: &str) -> Result<()> {
        self.transport.proxy.set(url)
    }

    /// Sets which hosts are asked without the proxy, instead of the environment's `no_proxy`: names (which stand for their
    /// sub-domains too), addresses, networks such as `10.0.0.0/8`, or `*`, separated by commas.
    pub fn set_no_proxy(&mut self, hosts: &str) -> Result<()> {
        self.transport.proxy.set_exceptions(hosts)
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
