//! `sidekick_options`: settings for a deployment, one setter each.

use crate::boundary::{Out, bytes, object_mut, text};
use crate::error::sidekick_error;
use crate::guard::{guard, guard_or};
use crate::handle::Handle;
use crate::status::{SIDEKICK_TLS_1_2, SIDEKICK_TLS_1_3, sidekick_status};
use sidekick::{Error, ErrorKind, Options, Result, TlsVersion};
use std::ffi::{c_char, c_void};
use std::time::Duration;

/// Settings for `sidekick_deployment_open`, which copies them: they can be freed or reused at once. One thread at a
/// time. Since 0.1.0.
pub struct sidekick_options(pub(crate) Options);

impl Handle for sidekick_options {}

/// Makes options with every setting at its default. Free them with `sidekick_options_free`. Fails only with
/// `SIDEKICK_ERROR_ARGUMENT`, for NULL. Since 0.1.0.
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

/// Sets how many rows `sidekick_deployment_predict` sends in one request: at least 1, by default 128. Smaller batches
/// bound memory and the server's work per request, larger ones save round trips. Fails with `SIDEKICK_ERROR_ARGUMENT`
/// for 0 or NULL. Since 0.1.0.
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

/// Sets how many requests of one `sidekick_deployment_predict`, or of one stream, are under way at once: at least 1, which is the
/// default. More than one starts that many threads, which end with the call or the stream. Fails with `SIDEKICK_ERROR_ARGUMENT` for 0 or NULL. Since 0.1.0.
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

/// 1 finds the rows that the server calls bad (status 400, 413 or 422), by sending halves of their request again until each stands
/// alone: the others are predicted all the same, and the bad ones are read with `sidekick_predictions_failure`. With 0, the
/// default, the whole call fails. Since 0.1.0.
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

/// Sets how many milliseconds making a connection may take: by default 10 000; 0 means without limit. Beyond it calls fail with
/// `SIDEKICK_ERROR_TIMEOUT`. Since 0.1.0.
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

/// Sets how many milliseconds the server may be silent while it is sent to or read from: by default 120 000; 0 means without
/// limit. Beyond it calls fail with `SIDEKICK_ERROR_TIMEOUT`. Since 0.1.0.
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

/// Sets how many milliseconds one request may take with all its attempts and the waits between: by default, and with 0, there
/// is no limit. Beyond it calls fail with `SIDEKICK_ERROR_TIMEOUT`. Since 0.1.0.
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

/// Sets how often a request is sent again, by default 2 times, where no connection could be made or it broke before a reply
/// began, and where the server answers 429, 502, 503 or 504. Besides, a connection that the server closed while it was
/// idle is replaced once, unseen. Since 0.1.0.
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

/// Sets the wait before the first retry, in milliseconds (by default 100; doubled for each further one, less a random part of
/// up to a half), and the ceiling of all waits (by default 30 000). A `Retry-After` header of the server counts instead; one
/// beyond the ceiling ends the retries. Fails with `SIDEKICK_ERROR_ARGUMENT` where the first is above the ceiling.
/// Since 0.1.0.
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

/// Trusts the certificates of a PEM file instead of the system's. It is read at once. Fails with `SIDEKICK_ERROR_FILE`, and
/// with `SIDEKICK_ERROR_ARGUMENT` where it holds no certificate or a malformed one. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_ca_file(
    options: *mut sidekick_options,
    path: *const c_char,
    path_length: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (options, path) = unsafe { (object_mut(options, "options")?, text(path, path_length, "path")?) };
        options.0.set_ca_file(path)
    })
}

/// Trusts the certificates of a PEM text of `size` bytes instead of the system's. Fails with `SIDEKICK_ERROR_ARGUMENT` where it
/// holds no certificate or a malformed one. Since 0.1.0.
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

/// Shows the server a client certificate, from PEM files: the certificate with those of the authorities between behind it, and its key,
/// which has to be that of the certificate. Both are read at once. By default none is shown. Fails with `SIDEKICK_ERROR_FILE`, and with
/// `SIDEKICK_ERROR_ARGUMENT` where they do not hold that. Since 0.1.0.
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
        let certificate = unsafe { text(certificate_path, certificate_path_length, "certificate_path") }?;
        // SAFETY: the caller's promises.
        let key = unsafe { text(key_path, key_path_length, "key_path") }?;
        options.0.set_client_certificate_file(certificate, key)
    })
}

/// As `sidekick_options_set_client_certificate_file`, from PEM texts of so many bytes. Fails with `SIDEKICK_ERROR_ARGUMENT`. Since 0.1.0.
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

/// Sets the oldest version of TLS that is spoken: `SIDEKICK_TLS_1_2`, which is the default, or `SIDEKICK_TLS_1_3`. Fails with
/// `SIDEKICK_ERROR_ARGUMENT` for anything else. Since 0.1.0.
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

/// 1 takes any certificate for the server's: anybody on the way can then read the token and change the replies. For test rigs alone. 0,
/// the default, checks them. Since 0.1.0.
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

/// 1 allows a URL that starts with `http://` and is not of this machine, where anybody on the way can read the token. With 0, the default,
/// `sidekick_deployment_open` refuses it with `SIDEKICK_ERROR_ARGUMENT`, unless a proxy on this machine stands in between. Since 0.1.0.
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

/// Adds a header to every request; by default there is none. It goes where the token goes: to the deployment's server alone. Fails with
/// `SIDEKICK_ERROR_ARGUMENT` for a malformed one, and for those that requests have of their own, such as `Authorization`, `Host` and
/// `Content-Type`. Since 0.1.0.
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

/// Sets what follows `sidekick/VERSION` in the User-Agent header, such as `shop/2.1`; by default nothing does. Fails with
/// `SIDEKICK_ERROR_ARGUMENT` for characters other than printable ASCII. Since 0.1.0.
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

/// Sets how many bytes a reply may have, both on the wire and unpacked: at least 1, by default 1 GiB. A larger one fails with
/// `SIDEKICK_ERROR_REPLY_TOO_LARGE`. Fails with `SIDEKICK_ERROR_ARGUMENT` for 0. Since 0.1.0.
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

/// Sets how many pixels (width times height) an image may have that is added as a file, or whose size or pixels are read from a
/// response. Larger ones fail with `SIDEKICK_ERROR_IMAGE`, and are not decoded for that.
///
/// `pixels`: at least 1; by default 67 108 864 (64 * 1024 * 1024), which take 256 MiB as RGBA.
///
/// Errors: `SIDEKICK_ERROR_ARGUMENT` for 0 or NULL. Since 0.2.
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

/// 1 turns images that are added as files the way their metadata say they are to be shown (the EXIF
/// orientation of JPEG, PNG, TIFF and WebP); an image that is turned goes out as PNG. With 0, the default,
/// pixels go out as stored. The size and the pixels of images in responses are always those stored.
///
/// Errors: `SIDEKICK_ERROR_ARGUMENT` for NULL. Since 0.2.
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

/// 1 sends bodies of 1 KiB and more packed with gzip, which the server has to understand; 0, the default, as they are. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_request_gzip(
    options: *mut sidekick_options,
    pack: i32,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let options = unsafe { object_mut(options, "options") }?;
        options.0.set_request_gzip(pack != 0);
        Ok(())
    })
}

/// 1, the default, lets the server pack its replies with gzip; 0 asks for them as they are. Since 0.1.0.
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

/// Sets how many idle connections a deployment keeps (by default 64), and for how many milliseconds (by default 4000: below the 5 seconds
/// after which common servers close them). With 0 of either every request makes its own connection. Since 0.1.0.
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

/// Sets the proxy, `http://[user:password@]host:port`, which is asked to CONNECT, or `socks5://` with the same behind it, which is
/// left to look up the server's name; an empty text means none. By default the
/// environment names it, in `http_proxy`, `https_proxy` and `all_proxy` or their capitals, when a deployment is opened; loopback
/// addresses and `localhost` are asked without the environment's proxy. Special characters in user and password are
/// percent-encoded. Fails with `SIDEKICK_ERROR_ARGUMENT` for anything else. Since 0.1.0.
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

/// Sets which hosts are asked without the proxy, instead of the environment's `no_proxy`: names (which stand for their
/// sub-domains too), addresses, networks such as `10.0.0.0/8`, or `*`, separated by commas. Since 0.1.0.
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

/// Frees options; NULL is fine. Since 0.1.0.
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
