//! Options
//!
//! Settings for `sidekick_deployment_open`, which copies them: free or change them at any time after. Flags
//! are 0 or 1; any number but 0 counts as 1.

use crate::boundary::{Out, bytes, object_mut, path_text, text};
use crate::error::sidekick_error;
use crate::guard::{guard, guard_or};
use crate::handle::Handle;
use crate::status::{SIDEKICK_TLS_1_2, SIDEKICK_TLS_1_3, sidekick_status};
use sidekick::{Error, ErrorKind, Options, Result, TlsVersion};
use std::ffi::{c_char, c_void};
use std::time::Duration;

/// Settings of a deployment. One thread at a time. Since 0.1.0.
pub struct sidekick_options(pub(crate) Options);

impl Handle for sidekick_options {}

/// Creates options with every setting at its default. Free them with `sidekick_options_free`.
///
/// Errors: the common ones. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_new(
    options: *mut *mut sidekick_options,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let out = unsafe { Out::new(options, "options") }?;
        out.set(sidekick_options(Options::default()).into_raw());
        Ok(())
    })
}

/// Sets how many rows go out in one request.
///
/// `batch_rows`: at least 1; by default 128. Small batches need less memory, large ones fewer round trips.
///
/// Errors: `SIDEKICK_ERROR_ARGUMENT` for 0. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_batch_rows(
    options: *mut sidekick_options,
    batch_rows: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let options = unsafe { object_mut(options, "options") }?;
        options.0.set_batch_rows(batch_rows)
    })
}

/// Sets how many requests of one call or one stream are in flight at once.
///
/// `requests`: at least 1, the default. More than one starts that many threads, which end with the call or
/// the stream.
///
/// Errors: `SIDEKICK_ERROR_ARGUMENT` for 0. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_max_in_flight(
    options: *mut sidekick_options,
    requests: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let options = unsafe { object_mut(options, "options") }?;
        options.0.set_max_in_flight(requests)
    })
}

/// Sets whether rows that the server refuses (status 400, 413 or 422) fail alone.
///
/// `isolate`: 1 sends the halves of a refused request again, until each bad row is found. All other rows are
/// predicted, and the bad ones are read with `sidekick_predictions_failure`. 0, the default, fails the whole
/// call.
///
/// Errors: the common ones. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_isolate_bad_rows(
    options: *mut sidekick_options,
    isolate: i32,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let options = unsafe { object_mut(options, "options") }?;
        options.0.set_isolate_bad_rows(isolate != 0);
        Ok(())
    })
}

/// Sets whether status 500 counts as a refusal of the rows, too, if `sidekick_options_set_isolate_bad_rows`
/// is on. Triton, MLServer and KServe answer so if the model itself fails at a row.
///
/// `isolate`: 1 counts it; a server that fails at every row is then asked for each. 0, the default, fails the
/// whole call.
///
/// Errors: the common ones. Since 0.2.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_isolate_status_500(
    options: *mut sidekick_options,
    isolate: i32,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let options = unsafe { object_mut(options, "options") }?;
        options.0.set_isolate_status_500(isolate != 0);
        Ok(())
    })
}

/// Sets how long making a connection may take.
///
/// `milliseconds`: by default 10 000; 0 for no limit. After it, calls fail with `SIDEKICK_ERROR_TIMEOUT`.
///
/// Errors: the common ones. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_connect_timeout(
    options: *mut sidekick_options,
    milliseconds: u64,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let options = unsafe { object_mut(options, "options") }?;
        options.0.set_connect_timeout(Duration::from_millis(milliseconds));
        Ok(())
    })
}

/// Sets how long the server may be silent while a request is sent or a response is read.
///
/// `milliseconds`: by default 120 000; 0 for no limit. After it, calls fail with `SIDEKICK_ERROR_TIMEOUT`.
///
/// Errors: the common ones. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_response_timeout(
    options: *mut sidekick_options,
    milliseconds: u64,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let options = unsafe { object_mut(options, "options") }?;
        options.0.set_response_timeout(Duration::from_millis(milliseconds));
        Ok(())
    })
}

/// Sets how long one request may take, with all its attempts and the waits between them.
///
/// `milliseconds`: 0, the default, for no limit. After it, calls fail with `SIDEKICK_ERROR_TIMEOUT`.
///
/// Errors: the common ones. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_call_timeout(
    options: *mut sidekick_options,
    milliseconds: u64,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let options = unsafe { object_mut(options, "options") }?;
        options.0.set_call_timeout(Duration::from_millis(milliseconds));
        Ok(())
    })
}

/// Sets how often a request is sent again.
///
/// `retries`: by default 2. A request is sent again if no connection could be made, if the connection broke
/// before a response began, or for status 429, 502, 503 or 504. Besides, an idle connection that the server
/// has closed is replaced once.
///
/// Errors: the common ones. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_retries(
    options: *mut sidekick_options,
    retries: u32,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let options = unsafe { object_mut(options, "options") }?;
        options.0.set_retries(retries);
        Ok(())
    })
}

/// Sets how long to wait before a retry.
///
/// `first_milliseconds`: before the first retry, by default 100. It is doubled for each further one, less a
/// random part of up to a half. `ceiling_milliseconds`: the longest wait, by default 30 000. A `Retry-After`
/// of the server counts instead; if it is above the ceiling, there is no retry.
///
/// Errors: `SIDEKICK_ERROR_ARGUMENT` if the first wait is above the ceiling. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_retry_backoff(
    options: *mut sidekick_options,
    first_milliseconds: u64,
    ceiling_milliseconds: u64,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let options = unsafe { object_mut(options, "options") }?;
        options.0.set_retry_backoff(
            Duration::from_millis(first_milliseconds),
            Duration::from_millis(ceiling_milliseconds),
        )
    })
}

/// Trusts the certificates of a PEM file instead of the system's. The file is read at once.
///
/// Errors: `SIDEKICK_ERROR_FILE` if the file cannot be read; `SIDEKICK_ERROR_ARGUMENT` if it has no
/// certificate, or a malformed one. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_ca_file(
    options: *mut sidekick_options,
    path: *const c_char,
    path_length: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (options, path) =
            unsafe { (object_mut(options, "options")?, path_text(path, path_length, "path")?) };
        options.0.set_ca_file(path)
    })
}

/// Trusts the certificates of a PEM text of `size` bytes instead of the system's.
///
/// Errors: `SIDEKICK_ERROR_ARGUMENT` if it has no certificate, or a malformed one. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_ca_pem(
    options: *mut sidekick_options,
    pem: *const c_void,
    size: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (options, pem) = unsafe { (object_mut(options, "options")?, bytes(pem, size, "pem")?) };
        options.0.set_ca_pem(pem)
    })
}

/// Sets the client certificate to show the server, from PEM files. By default none is shown. The files are
/// read at once.
///
/// `certificate_path`: the certificate, followed by the intermediate certificates, if any. `key_path`: the
/// certificate's private key.
///
/// Errors: `SIDEKICK_ERROR_FILE` if a file cannot be read; `SIDEKICK_ERROR_ARGUMENT` if it does not hold
/// that, or if the key does not belong to the certificate. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_client_certificate_file(
    options: *mut sidekick_options,
    certificate_path: *const c_char,
    certificate_path_length: usize,
    key_path: *const c_char,
    key_path_length: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let options = unsafe { object_mut(options, "options") }?;
        // SAFETY: the caller's promises.
        let certificate =
            unsafe { path_text(certificate_path, certificate_path_length, "certificate_path") }?;
        // SAFETY: the caller's promises.
        let key = unsafe { path_text(key_path, key_path_length, "key_path") }?;
        options.0.set_client_certificate_file(certificate, key)
    })
}

/// Sets the client certificate, as `sidekick_options_set_client_certificate_file` does, from PEM texts.
///
/// Errors: `SIDEKICK_ERROR_ARGUMENT` if they do not hold a certificate and its key. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_client_certificate_pem(
    options: *mut sidekick_options,
    certificate: *const c_void,
    certificate_size: usize,
    key: *const c_void,
    key_size: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let options = unsafe { object_mut(options, "options") }?;
        // SAFETY: the caller's promises.
        let certificate = unsafe { bytes(certificate, certificate_size, "certificate") }?;
        // SAFETY: the caller's promises.
        let key = unsafe { bytes(key, key_size, "key") }?;
        options.0.set_client_certificate_pem(certificate, key)
    })
}

/// Sets the oldest TLS version that is accepted.
///
/// `version`: `SIDEKICK_TLS_1_2`, the default, or `SIDEKICK_TLS_1_3`.
///
/// Errors: `SIDEKICK_ERROR_ARGUMENT` for anything else. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_tls_minimum(
    options: *mut sidekick_options,
    version: i32,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let options = unsafe { object_mut(options, "options") }?;
        options.0.set_tls_minimum(tls_version(version)?);
        Ok(())
    })
}

/// Sets whether any certificate is accepted as the server's. For tests only.
///
/// `skip`: 1 accepts any: whoever is between can read the token and change the responses. 0, the default,
/// checks them.
///
/// Errors: the common ones. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_dangerous_skip_tls_verification(
    options: *mut sidekick_options,
    skip: i32,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let options = unsafe { object_mut(options, "options") }?;
        options.0.set_dangerous_skip_tls_verification(skip != 0);
        Ok(())
    })
}

/// Sets whether the token may go to another machine over plain HTTP.
///
/// `allow`: 1 allows it: whoever is between can read the token. With 0, the default,
/// `sidekick_deployment_open` fails with `SIDEKICK_ERROR_ARGUMENT`, unless a proxy on this machine is
/// between.
///
/// Errors: the common ones. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_allow_token_over_http(
    options: *mut sidekick_options,
    allow: i32,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let options = unsafe { object_mut(options, "options") }?;
        options.0.set_allow_token_over_http(allow != 0);
        Ok(())
    })
}

/// Adds a header to every request. It goes where the token goes: to the deployment's server only. The value
/// may be a secret: if a server quotes six characters of it, no message shows them, as for the token.
///
/// Errors: `SIDEKICK_ERROR_ARGUMENT` for a malformed header, and for one that requests have anyway, such as
/// `Authorization`, `Host` and `Content-Type`. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_add_header(
    options: *mut sidekick_options,
    name: *const c_char,
    name_length: usize,
    value: *const c_char,
    value_length: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (options, name) = unsafe { (object_mut(options, "options")?, text(name, name_length, "name")?) };
        // SAFETY: the caller's promises.
        let value = unsafe { text(value, value_length, "value") }?;
        options.0.add_header(name, value)
    })
}

/// Sets what follows `sidekick/VERSION` in the User-Agent header, such as `shop/2.1`. By default nothing
/// does.
///
/// Errors: `SIDEKICK_ERROR_ARGUMENT` for characters other than printable ASCII. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_user_agent_suffix(
    options: *mut sidekick_options,
    suffix: *const c_char,
    suffix_length: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (options, suffix) =
            unsafe { (object_mut(options, "options")?, text(suffix, suffix_length, "suffix")?) };
        options.0.set_user_agent_suffix(suffix)
    })
}

/// Sets the Host header of every request. Ingresses choose the model by it.
///
/// `host`: a name or an address, and a port if there is one; empty, the default, for the URL's. The server's
/// certificate is still checked for the URL's host.
///
/// Errors: `SIDEKICK_ERROR_ARGUMENT` for other characters, and for more than 259. Since 0.2.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_host_header(
    options: *mut sidekick_options,
    host: *const c_char,
    host_length: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (options, host) = unsafe { (object_mut(options, "options")?, text(host, host_length, "host")?) };
        options.0.set_host_header(host)
    })
}

/// Sets how large a response may be, compressed and uncompressed.
///
/// `limit`: bytes, at least 1; by default 1 GiB. A larger response fails with
/// `SIDEKICK_ERROR_REPLY_TOO_LARGE`.
///
/// Errors: `SIDEKICK_ERROR_ARGUMENT` for 0. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_reply_limit(
    options: *mut sidekick_options,
    limit: u64,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let options = unsafe { object_mut(options, "options") }?;
        options.0.set_reply_limit(limit)
    })
}

/// Sets how many pixels an image file may have, when it is added, or when its size or its pixels are read
/// from a response.
///
/// `pixels`: width times height, at least 1; by default 67 108 864 (64 * 1024 * 1024), which take 256 MiB as
/// RGBA. Larger images fail with `SIDEKICK_ERROR_IMAGE`, without being decoded.
///
/// Errors: `SIDEKICK_ERROR_ARGUMENT` for 0. Since 0.2.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_max_image_pixels(
    options: *mut sidekick_options,
    pixels: u64,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let options = unsafe { object_mut(options, "options") }?;
        options.0.set_max_image_pixels(pixels)
    })
}

/// Sets whether image files are turned as their EXIF orientation says, when they are added.
///
/// `apply`: 1 turns JPEG, PNG, TIFF and WebP; an image that is turned goes out as PNG. 0, the default, sends
/// pixels as stored. It does not concern images in responses.
///
/// Errors: the common ones. Since 0.2.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_apply_orientation(
    options: *mut sidekick_options,
    apply: i32,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let options = unsafe { object_mut(options, "options") }?;
        options.0.set_apply_orientation(apply != 0);
        Ok(())
    })
}

/// Sets whether bodies of 1 KiB and more are compressed with gzip.
///
/// `compress`: 1 compresses them, which the server has to understand; 0, the default, does not.
///
/// Errors: the common ones. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_request_gzip(
    options: *mut sidekick_options,
    compress: i32,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let options = unsafe { object_mut(options, "options") }?;
        options.0.set_request_gzip(compress != 0);
        Ok(())
    })
}

/// Sets whether the server may compress its responses with gzip.
///
/// `allow`: 1, the default, allows it; 0 does not.
///
/// Errors: the common ones. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_reply_gzip(
    options: *mut sidekick_options,
    allow: i32,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let options = unsafe { object_mut(options, "options") }?;
        options.0.set_reply_gzip(allow != 0);
        Ok(())
    })
}

/// Sets how many idle connections a deployment keeps, and for how long. With 0 of either, every request makes
/// its own connection.
///
/// `connections`: by default 64. `idle_milliseconds`: by default 4000; common servers close a connection
/// after 5 seconds.
///
/// Errors: the common ones. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_keep_alive(
    options: *mut sidekick_options,
    connections: usize,
    idle_milliseconds: u64,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let options = unsafe { object_mut(options, "options") }?;
        options.0.set_keep_alive(connections, Duration::from_millis(idle_milliseconds));
        Ok(())
    })
}

/// Sets the proxy. By default it is that of the environment when a deployment is opened.
///
/// `url`: `http://[user:password@]host:port`, a proxy that is asked to CONNECT; the same with `socks5://`, a
/// proxy that also looks up the server's name; empty for no proxy. User and password are percent-encoded.
///
/// The environment's proxy is in `http_proxy`, `https_proxy` and `all_proxy`, or in capitals. It is not used
/// for loopback addresses and `localhost`.
///
/// Errors: `SIDEKICK_ERROR_ARGUMENT` for anything else. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_proxy(
    options: *mut sidekick_options,
    url: *const c_char,
    url_length: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (options, url) = unsafe { (object_mut(options, "options")?, text(url, url_length, "url")?) };
        options.0.set_proxy(url)
    })
}

/// Sets which hosts are asked without the proxy. By default they are those of the environment's `no_proxy`.
///
/// `hosts`: separated by commas: names (their sub-domains too), addresses, networks such as `10.0.0.0/8`, or
/// `*`.
///
/// Errors: the common ones. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_no_proxy(
    options: *mut sidekick_options,
    hosts: *const c_char,
    hosts_length: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (options, hosts) =
            unsafe { (object_mut(options, "options")?, text(hosts, hosts_length, "hosts")?) };
        options.0.set_no_proxy(hosts)
    })
}

/// Frees options. NULL is fine. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_free(options: *mut sidekick_options) {
    guard_or((), || {
        // SAFETY: the caller's promises.
        unsafe { Handle::free(options) }
    })
}

fn tls_version(version: i32) -> Result<TlsVersion> {
    match version {
        SIDEKICK_TLS_1_2 => Ok(TlsVersion::Tls12),
        SIDEKICK_TLS_1_3 => Ok(TlsVersion::Tls13),
        _ => Err(Error::new(ErrorKind::Argument, format!("there is no TLS version {version} to set"))),
    }
}
