//! Errors
//!
//! An error belongs to whoever called the function that made it. Its getters cannot fail, and take NULL as
//! "no error". Their text lives until `sidekick_error_free`.

use crate::guard::{guard_or, guard_text};
use crate::handle::Handle;
use crate::status::{SIDEKICK_ERROR_INTERNAL, SIDEKICK_OK, sidekick_status};
use sidekick::{Error, NulString};
use std::ffi::c_char;

/// What went wrong, in full. One thread at a time. Since 0.1.0.
pub struct sidekick_error {
    error: Error,
    message: NulString,
    server_code: Option<NulString>,
    server_message: Option<NulString>,
    feature: Option<NulString>,
}

impl Handle for sidekick_error {}

impl From<Error> for sidekick_error {
    fn from(error: Error) -> sidekick_error {
        sidekick_error {
            message: error.to_string().into(),
            server_code: error.server_code().map(NulString::from),
            server_message: error.server_message().map(NulString::from),
            feature: error.feature().map(NulString::from),
            error,
        }
    }
}

/// Returns the status, one of the `SIDEKICK_ERROR_` constants; `SIDEKICK_OK` for NULL. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_error_status(error: *const sidekick_error) -> sidekick_status {
    guard_or(SIDEKICK_ERROR_INTERNAL, || {
        // SAFETY: the caller's promises.
        unsafe { error.as_ref() }.map_or(SIDEKICK_OK, |it| it.error.kind() as sidekick_status)
    })
}

/// Returns what went wrong and what to do, as one line; `""` for NULL. It names the row and the feature if
/// there are any.
///
/// `length`: gets the length in bytes; NULL is fine. At most 1 KiB of it is text of others. It never holds
/// the token: text of a server, a proxy or a certificate that has 6 or more characters of a token in a row,
/// in whatever encoding, is left out. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_error_message(
    error: *const sidekick_error,
    length: *mut usize,
) -> *const c_char {
    guard_text(length, || {
        // SAFETY: the caller's promises.
        unsafe { error.as_ref() }.map_or("\0", |it| it.message.with_nul())
    })
}

/// Returns the HTTP status of the response; 0 if there was none. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_error_http_status(error: *const sidekick_error) -> i32 {
    guard_or(0, || {
        // SAFETY: the caller's promises.
        unsafe { error.as_ref() }.and_then(|it| it.error.http_status()).map_or(0, i32::from)
    })
}

/// Returns the server's error code, such as `"FeatureNotFound"`; `""` if it sent none.
///
/// `length`: gets the length in bytes; NULL is fine. A code that the Deployment API does not know is cut to 1
/// KiB, and left out if it holds a part of the token. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_error_server_code(
    error: *const sidekick_error,
    length: *mut usize,
) -> *const c_char {
    guard_text(length, || {
        // SAFETY: the caller's promises.
        unsafe { error.as_ref() }.map_or("\0", |it| optional(&it.server_code))
    })
}

/// Returns the server's error message, text for people, cut to 1 KiB; `""` if it sent none.
///
/// `length`: gets the length in bytes; NULL is fine. The text is left out if anything the server said holds a
/// part of the token. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_error_server_message(
    error: *const sidekick_error,
    length: *mut usize,
) -> *const c_char {
    guard_text(length, || {
        // SAFETY: the caller's promises.
        unsafe { error.as_ref() }.map_or("\0", |it| optional(&it.server_message))
    })
}

/// Returns the row that the error is about, counted from 0 over all rows of the call; -1 if it is about no
/// single row. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_error_row(error: *const sidekick_error) -> i64 {
    guard_or(-1, || {
        // SAFETY: the caller's promises.
        let row = unsafe { error.as_ref() }.and_then(|it| it.error.row());
        row.and_then(|row| i64::try_from(row).ok()).unwrap_or(-1)
    })
}

/// Returns the first row of the request that failed, counted from 0 over all rows of the call; -1 if the
/// error is not about a request of rows. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_error_rows_first(error: *const sidekick_error) -> i64 {
    guard_or(-1, || {
        // SAFETY: the caller's promises.
        let rows = unsafe { error.as_ref() }.and_then(|it| it.error.rows());
        rows.and_then(|rows| i64::try_from(rows.start).ok()).unwrap_or(-1)
    })
}

/// Returns how many rows the request that failed had; 0 if the error is not about a request of rows.
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_error_rows_count(error: *const sidekick_error) -> usize {
    guard_or(0, || {
        // SAFETY: the caller's promises.
        unsafe { error.as_ref() }.and_then(|it| it.error.rows()).map_or(0, |rows| rows.len())
    })
}

/// Returns the name of the input or output that the error is about; `""` if it is about none.
///
/// `length`: gets the length in bytes; NULL is fine. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_error_feature(
    error: *const sidekick_error,
    length: *mut usize,
) -> *const c_char {
    guard_text(length, || {
        // SAFETY: the caller's promises.
        unsafe { error.as_ref() }.map_or("\0", |it| optional(&it.feature))
    })
}

/// Returns the system's number for why a file could not be read or written; 0 if there is none. It is an
/// `errno`, such as `ENOENT`; on Windows it is an error code of the system, such as `ERROR_FILE_NOT_FOUND`.
/// Since 0.2.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_error_os_error(error: *const sidekick_error) -> i32 {
    guard_or(0, || {
        // SAFETY: the caller's promises.
        unsafe { error.as_ref() }.and_then(|it| it.error.os_error()).unwrap_or(0)
    })
}

/// Returns how many times a request was sent; 0 if none was. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_error_attempts(error: *const sidekick_error) -> u32 {
    guard_or(0, || {
        // SAFETY: the caller's promises.
        unsafe { error.as_ref() }.map_or(0, |it| it.error.attempts())
    })
}

/// Returns 1 if the same call may succeed later, because the connection or the server was at fault for now;
/// else 0. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_error_retryable(error: *const sidekick_error) -> i32 {
    guard_or(0, || {
        // SAFETY: the caller's promises.
        unsafe { error.as_ref() }.map_or(0, |it| i32::from(it.error.is_retryable()))
    })
}

/// Frees an error and its texts. NULL is fine. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_error_free(error: *mut sidekick_error) {
    guard_or((), || {
        // SAFETY: the caller's promises.
        unsafe { Handle::free(error) }
    })
}

fn optional(text: &Option<NulString>) -> &str {
    text.as_ref().map_or("\0", NulString::with_nul)
}
