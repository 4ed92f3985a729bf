//! Callbacks
//!
//! Functions of the program that the library calls: for a token, and with log lines.

use crate::boundary::{copied, object_mut, text};
use crate::error::sidekick_error;
use crate::guard::guard;
use crate::options::sidekick_options;
use crate::status::sidekick_status;
use sidekick::{Error, ErrorKind, LogLevel, Options};
use std::ffi::{c_char, c_void};

/// Where a token callback puts the token. It lives while the callback runs. Since 0.1.0.
pub struct sidekick_token(std::result::Result<String, String>);

/// Provides the token for a request: calls `sidekick_token_set` and returns 0.
///
/// `data`: as given with the callback. `refused`: 1 if the server has just answered 401 to the last token,
/// else 0.
///
/// If it returns another number, or calls `sidekick_token_fail`, the call that needs the token fails with
/// `SIDEKICK_ERROR_ARGUMENT`. Since 0.1.0.
pub type sidekick_token_callback =
    Option<unsafe extern "C" fn(data: *mut c_void, refused: i32, token: *mut sidekick_token) -> i32>;

/// Receives a log line.
///
/// `data`: as given with the callback. `level`: one of the `SIDEKICK_LOG_` constants. `message`: `length`
/// bytes and a NUL; it lives while the callback runs, and never holds the token. Since 0.1.0.
pub type sidekick_log_callback =
    Option<unsafe extern "C" fn(data: *mut c_void, level: i32, message: *const c_char, length: usize)>;

/// Decides whether a call ends that a signal interrupted: 0 lets it wait on, another number ends it with
/// `SIDEKICK_ERROR_CANCELLED`.
///
/// `data`: as given with the callback. Since 0.2.0.
pub type sidekick_signal_callback = Option<unsafe extern "C" fn(data: *mut c_void) -> i32>;

/// Called when the `data` of a callback is no longer used. Since 0.1.0.
pub type sidekick_release_callback = Option<unsafe extern "C" fn(data: *mut c_void)>;

/// Sets a function that provides the token, for tokens that expire. The token given to
/// `sidekick_deployment_open` is then ignored.
///
/// `callback`: called before every request, and once more if the server answers 401. It runs on the thread
/// that makes the request, on several at once, see `sidekick_options_set_callbacks_on_caller`. It must
/// return, and must not use the deployment. NULL, the default, uses the token that was given.
///
/// `data`: handed to the callback. `release`: called with `data` once, after the last options or deployment
/// with the callback is freed or has another, and at once if this function fails. NULL is fine.
///
/// Errors: the common ones. Since 0.1.0.
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

/// Sets the token, within a token callback. It is copied. The last call of this and `sidekick_token_fail`
/// counts.
///
/// Errors: the common ones. Since 0.1.0.
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

/// Says why there is no token, within a token callback. It is copied.
///
/// The call that needs the token then fails with this text in its message, whatever the callback returns: put
/// no secret in it.
///
/// Errors: the common ones. Since 0.1.0.
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

/// Sets a function that receives log lines about connections and requests.
///
/// `callback`: runs on the thread that makes the request, on several at once, see
/// `sidekick_options_set_callbacks_on_caller`. It must return, and must not use the deployment. NULL, the
/// default, disables logging.
///
/// `data`, `release`: as for `sidekick_options_set_token_callback`.
///
/// Errors: the common ones. Since 0.1.0.
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

/// Sets a function that decides whether a signal ends a call, for interpreters that handle signals between
/// their own instructions.
///
/// `callback`: called if a signal interrupted a wait for the network, on the thread that called the library;
/// the threads of `sidekick_options_set_max_in_flight` do not call it. It is not called from within a signal
/// handler. It must return, and must not use the deployment. NULL, the default, lets calls wait on. Never
/// called on Windows, whose waits no signal interrupts.
///
/// `data`, `release`: as for `sidekick_options_set_token_callback`.
///
/// Errors: the common ones. Since 0.2.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_signal_callback(
    options: *mut sidekick_options,
    callback: sidekick_signal_callback,
    data: *mut c_void,
    release: sidekick_release_callback,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        let data = Data { data, release };
        // SAFETY: the caller's promises.
        let options = unsafe { object_mut(options, "options") }?;
        set_on_signal(&mut options.0, callback, data);
        Ok(())
    })
}

/// Sets whether callbacks run only on threads of the program that are inside a call of this library, for
/// interpreters that no other thread may enter.
///
/// `on_caller`: 1 is needed only if `sidekick_options_set_max_in_flight` is above 1. The library's threads
/// then pass their callbacks on to the thread that is in `sidekick_deployment_predict`,
/// `sidekick_stream_push`, `_next` or `_free`. Between these calls, log lines of a stream are kept, and its
/// requests that need a token wait: their time limits include the wait. With 0, the default, the library's
/// threads call them, too.
///
/// Errors: the common ones. Since 0.2.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_callbacks_on_caller(
    options: *mut sidekick_options,
    on_caller: i32,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let options = unsafe { object_mut(options, "options") }?;
        options.0.set_callbacks_on_caller(on_caller != 0);
        Ok(())
    })
}

/// As much of a caller's message as an error shows.
fn shown(message: &str) -> &str {
    let end = (0..=1024).rev().find(|end| message.is_char_boundary(*end));
    end.and_then(|end| message.get(..end)).unwrap_or(message)
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

fn set_on_signal(options: &mut Options, callback: sidekick_signal_callback, data: Data) {
    let Some(callback) = callback else { return options.clear_on_signal() };
    // SAFETY: the callback and its data are good for each other, by the caller's promise.
    options.set_on_signal(move || unsafe { callback(data.get()) } != 0);
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
