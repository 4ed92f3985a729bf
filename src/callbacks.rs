//! What the library calls back: for a token, and with a log.

use crate::boundary::{copied, object_mut, text};
use crate::error::sidekick_error;
use crate::guard::guard;
use crate::options::sidekick_options;
use crate::status::sidekick_status;
use sidekick::{Error, ErrorKind, LogLevel, Options};
use std::ffi::{c_char, c_void};

/// Where a token callback puts its token, with `sidekick_token_set`, or why there is none, with `sidekick_token_fail`; what is put
/// there last counts. It lives as long as the callback runs. Since 0.1.0.
pub struct sidekick_token(std::result::Result<String, String>);

/// Gives the token for a request: calls `sidekick_token_set` and returns 0. Anything else, or `sidekick_token_fail`, fails the call that
/// needs the token, with `SIDEKICK_ERROR_ARGUMENT`. `refused` is 1 where the server has just answered 401 to the last one, else 0. Since 0.1.0.
pub type sidekick_token_callback =
    Option<unsafe extern "C" fn(data: *mut c_void, refused: i32, token: *mut sidekick_token) -> i32>;

/// Hears what happens: one of the `SIDEKICK_LOG_` levels, and a line of text of so many bytes, closed by a NUL, which lives as long as
/// the callback runs. The token is never in it. Since 0.1.0.
pub type sidekick_log_callback =
    Option<unsafe extern "C" fn(data: *mut c_void, level: i32, message: *const c_char, length: usize)>;

/// Told when a callback's `data` is used no more. Since 0.1.0.
pub type sidekick_release_callback = Option<unsafe extern "C" fn(data: *mut c_void)>;

/// Asks `callback` for the token before every request, and once more where the server answers 401, for tokens that expire; the token
/// given to `sidekick_deployment_open` is not used then. By default, and with NULL, that one is. The callback runs on whichever thread
/// makes the request, on several at once; it must return, and not call back into the deployment. `release` (NULL is fine) is
/// called with `data` once, when options and deployments that have the callback are all freed or have another. It is called
/// too, at once, where this function fails. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_token_callback(
    options: *mut sidekick_options,
    callback: sidekick_token_callback,
    data: *mut c_void,
    release: sidekick_release_callback,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        let data = Data { data, release };
        // SAFETY: the caller's promises.
        let options = unsafe { object_mut(options, "options") }?;
        set_token_source(&mut options.0, callback, data);
        Ok(())
    })
}

/// Gives the token from within a `sidekick_token_callback`; it is copied. Fails with `SIDEKICK_ERROR_ARGUMENT` for NULL, and for text
/// that is not UTF-8. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_token_set(
    token: *mut sidekick_token,
    value: *const c_char,
    value_length: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (token, value) = unsafe { (object_mut(token, "token")?, text(value, value_length, "value")?) };
        token.0 = Ok(copied(value)?);
        Ok(())
    })
}

/// Says from within a `sidekick_token_callback` why there is no token; it is copied. The call that needs the token fails with this in its
/// message, whatever the callback returns: no secret should be in it. Fails with `SIDEKICK_ERROR_ARGUMENT` for NULL, and for text that
/// is not UTF-8. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_token_fail(
    token: *mut sidekick_token,
    message: *const c_char,
    message_length: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (token, message) =
            unsafe { (object_mut(token, "token")?, text(message, message_length, "message")?) };
        token.0 = Err(copied(shown(message))?);
        Ok(())
    })
}

/// Tells `callback` what happens to connections and requests; by default, and with NULL, nobody hears it. The callback runs on whichever
/// thread makes the request, on several at once. `release` and `data` are as for `sidekick_options_set_token_callback`.
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_log_callback(
    options: *mut sidekick_options,
    callback: sidekick_log_callback,
    data: *mut c_void,
    release: sidekick_release_callback,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        let data = Data { data, release };
        // SAFETY: the caller's promises.
        let options = unsafe { object_mut(options, "options") }?;
        set_log(&mut options.0, callback, data);
        Ok(())
    })
}

/// As much of a caller's message as an error shows.
fn shown(message: &str) -> &str {
    message.get(..message.floor_char_boundary(1024)).unwrap_or(message)
}

fn set_token_source(options: &mut Options, callback: sidekick_token_callback, data: Data) {
    let Some(callback) = callback else { return options.clear_token_source() };
    options.set_token_source(move |refused| {
        let mut token = sidekick_token(Ok(String::new()));
        // SAFETY: the callback and its data are good for each other, by the caller's promise.
        let code = unsafe { callback(data.get(), i32::from(refused), &mut token) };
        let why = match (code, token.0) {
            (0, Ok(token)) => return Ok(token),
            (_, Err(why)) => format!(": {why}"),
            (code, Ok(_)) => format!(" with {code}"),
        };
        Err(Error::new(ErrorKind::Argument, format!("the token callback failed{why}")))
    });
}

fn set_log(options: &mut Options, callback: sidekick_log_callback, data: Data) {
    let Some(callback) = callback else { return options.clear_log() };
    options.set_log(move |level: LogLevel, message: &str| {
        let with_nul = format!("{message}\0");
        // SAFETY: the callback and its data are good for each other, by the caller's promise.
        unsafe { callback(data.get(), level as i32, with_nul.as_ptr().cast(), message.len()) };
    });
}

/// A callback's data, released with its last user.
struct Data {
    data: *mut c_void,
    release: sidekick_release_callback,
}

// SAFETY: the library only passes it on; the caller promises a callback that runs on any thread.
unsafe impl Send for Data {}
// SAFETY: as above.
unsafe impl Sync for Data {}

impl Data {
    fn get(&self) -> *mut c_void {
        self.data
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        if let Some(release) = self.release {
            // SAFETY: the caller's promise; this is its one call.
            unsafe { release(self.data) };
        }
    }
}
