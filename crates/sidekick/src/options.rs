//! Settings for a deployment, one setter each.

use crate::error::{Error, ErrorKind, Result};
use crate::file;
use crate::images::raster::ImageRules;
use crate::protocol::{self, Description, ProtocolKind, Wire};
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
    pub(crate) isolate_status_500: bool,
    pub(crate) images: ImageRules,
    pub(crate) protocol: protocol::Settings,
    pub(crate) transport: Settings,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            batch_rows: DEFAULT_BATCH_ROWS,
            max_in_flight: 1,
            isolate_bad_rows: false,
            isolate_status_500: false,
            images: ImageRules::default(),
            protocol: protocol::Settings::default(),
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

    /// Sets how many requests of one predict call, or of one stream, are in flight at once: at least 1, which
    /// is the default. More than one starts that many threads, which end with the call or the stream.
    pub fn set_max_in_flight(&mut self, requests: usize) -> Result<()> {
        self.max_in_flight = at_least_one("max_in_flight", requests)?;
        Ok(())
    }

    /// Finds the rows that the server refuses (status 400, 413 or 422): halves of a failed request are sent
    /// again, until each bad row is alone. All other rows are predicted; see
    /// [`Predictions::failures`](crate::Predictions::failures). Off by default: a bad row fails the whole
    /// call.
    pub fn set_isolate_bad_rows(&mut self, isolate: bool) {
        self.isolate_bad_rows = isolate;
    }

    /// Counts status 500 as a refusal of the rows, too, if bad rows are isolated. Triton, MLServer and KServe
    /// answer so if the model itself fails at a row. Off by default: a server that fails at every row would
    /// be asked for each.
    pub fn set_isolate_status_500(&mut self, isolate: bool) {
        self.isolate_status_500 = isolate;
    }

    /// Sets how tensors are sent to a server of the Open Inference Protocol: by default [`Wire::Auto`].
    pub fn set_wire(&mut self, wire: Wire) {
        self.protocol.wire = wire;
    }

    /// Sets the protocol of the deployment; with `None`, the default, the URL decides. The URL of
    /// [`ProtocolKind::DeploymentApi`] may have any path. For [`ProtocolKind::OpenInference`] a path without
    /// `/v2/models/NAME` is that of the model itself: its metadata is read there, and predictions are made at
    /// the same path with `/infer` after it.
    pub fn set_protocol(&mut self, protocol: Option<ProtocolKind>) {
        self.protocol.kind = protocol;
    }

    /// Describes a model of the Open Inference Protocol, by a JSON document that is laid over the model's
    /// metadata: types, labels, shapes, the outputs to ask for. `docs/model-description.md` has its keys. An
    /// empty text, the default, removes the description.
    pub fn set_model_description(&mut self, json: &str) -> Result<()> {
        self.describe(json.as_bytes())
    }

    /// The same from a file, which is read at once.
    pub fn set_model_description_file(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        match &*file::read(path)? {
            [] => Err(Error::new(ErrorKind::Argument, format!("the file {} is empty", path.display()))),
            json => self.describe(json),
        }
    }

    fn describe(&mut self, json: &[u8]) -> Result<()> {
        self.protocol.description = match json {
            [] => None,
            json => Some(Arc::new(Description::read(json)?)),
        };
        Ok(())
    }

    /// Sets the Host header of every request, by which an ingress chooses the model; empty, the default, for
    /// the URL's. The server's certificate is still checked for the URL's host.
    pub fn set_host_header(&mut self, host: &str) -> Result<()> {
        self.transport.headers.set_host(host)
    }

    /// Sets the most pixels (width times height) of an image that is added as a file or read from a response:
    /// at least 1, by default 67 108 864 (64 * 1024 * 1024), which take 256 MiB as RGBA. The size in the
    /// file's header is checked before anything is decoded.
    pub fn set_max_image_pixels(&mut self, pixels: u64) -> Result<()> {
        if pixels == 0 {
            return Err(Error::new(ErrorKind::Argument, "max_image_pixels is 0; it has to be at least 1"));
        }
        self.images.max_pixels = pixels;
        Ok(())
    }

    /// Applies the EXIF orientation of images that are added as JPEG, PNG, TIFF and WebP files. An image that
    /// is rotated or mirrored is sent as PNG. Off by default: pixels are sent as stored.
    pub fn set_apply_orientation(&mut self, apply: bool) {
        self.images.apply_orientation = apply;
    }

    /// Sets the time limit for making a connection, by default 10 seconds. Zero means no limit.
    pub fn set_connect_timeout(&mut self, limit: Duration) {
        self.transport.timeouts.connect = unless_zero(limit);
    }

    /// Sets how long the server may be silent while a request is sent or its response is read, by default 120
    /// seconds. Zero means no limit.
    pub fn set_response_timeout(&mut self, limit: Duration) {
        self.transport.timeouts.response = unless_zero(limit);
    }

    /// Sets the time limit for one request with all its attempts and the waits between them. Zero, the
    /// default, means no limit.
    pub fn set_call_timeout(&mut self, limit: Duration) {
        self.transport.timeouts.call = unless_zero(limit);
    }

    /// Sets how often a request is sent again, by default 2 times. It is sent again if no connection could be
    /// made, if the connection broke before a response began, and after the status 429, 502, 503 or 504.
    pub fn set_retries(&mut self, retries: u32) {
        self.transport.retry.retries = retries;
    }

    /// Sets the wait before the first retry, by default 100 ms, and the longest wait, by default 30 seconds.
    /// The wait doubles with each retry, and a random part of up to a half is taken off. A `Retry-After` of
    /// the server counts instead; one above the longest wait ends the retries.
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

    /// Sets the client certificate, from PEM files: the certificate followed by those of the intermediate
    /// authorities, and its key. By default there is none.
    pub fn set_client_certificate_file(
        &mut self,
        certificate: impl AsRef<Path>,
        key: impl AsRef<Path>,
    ) -> Result<()> {
        self.set_client_certificate_pem(&file::read(certificate.as_ref())?, &file::read(key.as_ref())?)
    }

    /// Sets the client certificate, from PEM texts. The key has to belong to the certificate.
    pub fn set_client_certificate_pem(&mut self, certificate: &[u8], key: &[u8]) -> Result<()> {
        self.transport.tls.show_certificate(certificate, key)
    }

    /// Sets the oldest version of TLS that is accepted, by default 1.2.
    pub fn set_tls_minimum(&mut self, version: TlsVersion) {
        self.transport.tls.minimum = version;
    }

    /// Accepts any certificate of the server. Then anybody on the network can read the token and change
    /// responses. For tests only; off by default.
    pub fn set_dangerous_skip_tls_verification(&mut self, skip: bool) {
        self.transport.tls.skip_verification = skip;
    }

    /// Allows `http://` URLs of other machines. Then anybody on the network can read the token. Off by
    /// default. A proxy on this machine does not need it.
    pub fn set_allow_token_over_http(&mut self, allow: bool) {
        self.transport.allow_token_over_http = allow;
    }

    /// Adds a header to every request. It is sent only to the deployment's server. Headers that the library
    /// itself sets are refused. The value may be a secret: if a server quotes six characters of it, no
    /// message shows them, as for the token.
    pub fn add_header(&mut self, name: &str, value: &str) -> Result<()> {
        self.transport.headers.add(name, value)
    }

    /// Sets the text after `sidekick/VERSION` in the User-Agent header, such as `shop/2.1`: printable ASCII,
    /// by default empty.
    pub fn set_user_agent_suffix(&mut self, suffix: &str) -> Result<()> {
        self.transport.headers.set_user_agent_suffix(suffix)
    }

    /// Sets the most bytes of a response, both on the wire and decompressed: at least 1, by default 1 GiB.
    pub fn set_reply_limit(&mut self, bytes: u64) -> Result<()> {
        if bytes == 0 {
            return Err(Error::new(ErrorKind::Argument, "reply_limit is 0; it has to be at least 1"));
        }
        self.transport.response_limit = bytes;
        Ok(())
    }

    /// Compresses request bodies of 1 KiB and more with gzip. The server has to support it. Off by default.
    pub fn set_request_gzip(&mut self, compress: bool) {
        self.transport.request_gzip = compress;
    }

    /// Lets the server compress responses with gzip. On by default.
    pub fn set_reply_gzip(&mut self, allow: bool) {
        self.transport.headers.accept_gzip = allow;
    }

    /// Sets a callback that returns the token. It is called before every request, and once more, with `true`,
    /// if the server answers 401. The token given to `open` is ignored then. Threads that send requests call
    /// it, several at once.
    pub fn set_token_source(&mut self, source: impl Fn(bool) -> Result<String> + Send + Sync + 'static) {
        self.transport.token_source = Some(Arc::new(source));
    }

    /// Removes the callback: the token given to `open` is used.
    pub fn clear_token_source(&mut self) {
        self.transport.token_source = None;
    }

    /// Sets a callback for messages about connections and requests. They never contain the token. Threads
    /// that send requests call it, several at once.
    pub fn set_log(&mut self, log: impl Fn(LogLevel, &str) + Send + Sync + 'static) {
        self.transport.log.0 = Some(Arc::new(log));
    }

    /// Disables logging.
    pub fn clear_log(&mut self) {
        self.transport.log.0 = None;
    }

    /// Sets a callback that decides whether a signal ends a call. It is called if a signal interrupted a
    /// wait, on the thread that called the library; the library's threads do not call it. If it returns true,
    /// the call ends with [`ErrorKind::Cancelled`]. By default calls wait on. Windows has no such signals.
    pub fn set_on_signal(&mut self, on_signal: impl Fn() -> bool + Send + Sync + 'static) {
        self.transport.signals.0 = Some(Arc::new(on_signal));
    }

    /// Removes the callback: calls wait on.
    pub fn clear_on_signal(&mut self) {
        self.transport.signals.0 = None;
    }

    /// Runs callbacks only on the program's threads that are inside a call of this library. If
    /// `max_in_flight` is above 1, the library's threads pass their callbacks on to the thread that waits for
    /// the predictions, or pushes to the stream or drops it. A request of a stream that needs a token waits
    /// for that, within its time limits. Off by default: callbacks run on the threads that send requests.
    pub fn set_callbacks_on_caller(&mut self, on_caller: bool) {
        self.transport.callbacks_on_caller = on_caller;
    }

    /// Sets how many idle connections a deployment keeps, by default 64, and for how long, by default 4
    /// seconds. Common servers close them after 5 seconds. With 0 of either, every request makes its own
    /// connection.
    pub fn set_keep_alive(&mut self, connections: usize, idle: Duration) {
        self.transport.keep_alive = KeepAlive { connections, time: idle };
    }

    /// Sets the proxy: `http://[user:password@]host:port`, which is asked to CONNECT, or the same with
    /// `socks5://`. An empty text means no proxy. By default it is the environment's: `http_proxy`,
    /// `https_proxy` and `all_proxy`, also in capitals.
    pub fn set_proxy(&mut self, url: &str) -> Result<()> {
        self.transport.proxy.set(url)
    }

    /// Sets the hosts that are reached without the proxy, instead of the environment's `no_proxy`: names
    /// (which include their subdomains), addresses, networks such as `10.0.0.0/8`, or `*`, separated by
    /// commas.
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
