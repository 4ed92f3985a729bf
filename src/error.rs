//! `sidekick_error`: what went wrong, in full.

use crate::guard::{guard_or, guard_text};
use crate::handle::Handle;
use crate::status::{SIDEKICK_ERROR_INTERNAL, SIDEKICK_OK, sidekick_status};
use sidekick::{Error, NulString};
use std::ffi::c_char;

/// What went wrong, in full. It belongs to whoever called the function that made it; one thread at a time. The getters
/// cannot fail, and take NULL as "no error". Text they return lives until `sidekick_error_free`. Since 0.1.0.
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

/// Its status, one of the `SIDEKICK_ERROR_` constants; `SIDEKICK_OK` for NULL. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_error_status(error: *const sidekick_error) -> sidekick_status {
    guard_or(SIDEKICK_ERROR_INTERNAL, || {
        // SAFETY: the caller's promises.
        unsafe { error.as_ref() }.map_or(SIDEKICK_OK, |it| it.error.kind() as sidekick_status)
    })
}

/// What went wrong and what to do, on one line, with the row and the feature where there are any; `""` for NULL. Its
/// length goes to `length` unless that is NULL. It is bounded, and holds 1 KiB of others' text at most. The token is never in it: text
/// of a server, a proxy or a certificate that holds 6 or more characters in a row of a token in use, however they are written, is left
/// out. Since 0.1.0.
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

/// The HTTP status of the reply it came with; 0 where there was none. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_error_http_status(error: *const sidekick_error) -> i32 {
    guard_or(0, || {
        // SAFETY: the caller's promises.
        unsafe { error.as_ref() }.and_then(|it| it.error.http_status()).map_or(0, i32::from)
    })
}

/// The server's `errorCode`, such as `"FeatureNotFound"`; `""` where it sent none. Its length goes to `length` unless
/// that is NULL. One that is none of the Deployment API's is cut to 1 KiB, and left out where it holds a part of the token. Since 0.1.0.
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

/// The server's `errorMessage`, text for people, cut to 1 KiB; `""` where it sent none. Its length goes to `length` unless that is
/// NULL. It is left out where it, or what else the server said, holds a part of the token. Since 0.1.0.
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

/// The row it is about, counted from 0 over all rows of the call; -1 where it is about no single row. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_error_row(error: *const sidekick_error) -> i64 {
    guard_or(-1, || {
        // SAFETY: the caller's promises.
        let row = unsafe { error.as_ref() }.and_then(|it| it.error.row());
        row.and_then(|row| i64::try_from(row).ok()).unwrap_or(-1)
    })
}

/// The first row of the request that failed, counted from 0 over all rows of the call; -1 where no request of rows did. It failed after
/// `sidekick_error_attempts`. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_error_rows_first(error: *const sidekick_error) -> i64 {
    guard_or(-1, || {
        // SAFETY: the caller's promises.
        let rows = unsafe { error.as_ref() }.and_then(|it| it.error.rows());
        rows.and_then(|rows| i64::try_from(rows.start).ok()).unwrap_or(-1)
    })
}

/// How many rows the request that failed had; 0 where no request of rows did. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_error_rows_count(error: *const sidekick_error) -> usize {
    guard_or(0, || {
        // SAFETY: the caller's promises.
        unsafe { error.as_ref() }.and_then(|it| it.error.rows()).map_or(0, |rows| rows.len())
    })
}

/// The name of the input or output it is about; `""` where it is about none. Its length goes to `length` unless that
/// is NULL. Since 0.1.0.
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

/// The system's error number for why a file could not be read or written, an `errno` such as `ENOENT`; 0 if there is none. The message
/// has the system's text for it. Since 0.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_error_os_error(error: *const sidekick_error) -> i32 {
    guard_or(0, || {
        // SAFETY: the caller's promises.
        unsafe { error.as_ref() }.and_then(|it| it.error.os_error()).unwrap_or(0)
    })
}

/// How many times a request was sent; 0 where none was. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_error_attempts(error: *const sidekick_error) -> u32 {
    guard_or(0, || {
        // SAFETY: the caller's promises.
        unsafe { error.as_ref() }.map_or(0, |it| it.error.attempts())
    })
}

/// 1 if the same call may succeed later (the connection or the server was at fault, for now), else 0. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_error_retryable(error: *const sidekick_error) -> i32 {
    guard_or(0, || {
        // SAFETY: the caller's promises.
        unsafe { error.as_ref() }.map_or(0, |it| i32::from(it.error.is_retryable()))
    })
}

/// Frees an error and the text its getters returned; NULL is fine. Since 0.1.0.
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
