//! What every export runs in: a panic inside becomes an error or a default, and never reaches the caller.

use crate::boundary::return_text;
use crate::handle::Handle;
use crate::status::{SIDEKICK_OK, sidekick_status};
use sidekick::{Error, ErrorKind, Result};
use std::any::Any;
use std::ffi::c_char;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::Once;

/// Runs the body of an export. Its error, or its panic, becomes a status and, if asked for, an error object.
pub(crate) fn guard<E>(error: *mut *mut E, body: impl FnOnce() -> Result<()>) -> sidekick_status
where
    E: Handle + From<Error>,
{
    let result = caught(body).unwrap_or_else(|payload| Err(panicked(&*payload)));
    let Err(failure) = result else { return SIDEKICK_OK };
    let status = failure.kind() as sidekick_status;
    if !error.is_null() {
        // SAFETY: not NULL, and the caller's promises make it a place for a pointer.
        unsafe { error.write(E::from(failure).into_raw()) };
    }
    status
}

/// Runs the body of an export that returns no status. Its panic becomes the default.
pub(crate) fn guard_or<T>(default: T, body: impl FnOnce() -> T) -> T {
    caught(body).unwrap_or(default)
}

/// Runs the body of an export that returns text, which a NUL ends, and its length if asked for. Its panic
/// becomes `""`.
pub(crate) fn guard_text<'a>(length: *mut usize, body: impl FnOnce() -> &'a str) -> *const c_char {
    let with_nul = guard_or("\0", body);
    // SAFETY: the caller's promises make the length NULL or a place for it.
    unsafe { return_text(with_nul, length) }
}

fn caught<T>(body: impl FnOnce() -> T) -> std::thread::Result<T> {
    quiet_panics();
    catch_unwind(AssertUnwindSafe(|| {
        #[cfg(test)]
        tests::panic_if_injected();
        body()
    }))
}

/// The default hook would print to the host's standard error. This library has a Rust runtime of its own, so
/// the hook concerns nobody else.
fn quiet_panics() {
    if cfg!(test) {
        return;
    }
    static QUIET: Once = Once::new();
    QUIET.call_once(|| set_hook(Box::new(|_| ())));
}

fn panicked(payload: &(dyn Any + Send)) -> Error {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let message = format!("a defect of this library: {}", text.unwrap_or("no text"));
    Error::new(ErrorKind::Internal, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cancel::{sidekick_cancel, sidekick_cancel_free, sidekick_cancel_new};
    use crate::error::{sidekick_error, sidekick_error_free, sidekick_error_message, sidekick_error_status};
    use crate::options::sidekick_options_free;
    use crate::predictions::sidekick_predictions_count;
    use crate::rows::{sidekick_rows_count, sidekick_rows_free};
    use crate::status::SIDEKICK_ERROR_INTERNAL;
    use crate::stream::sidekick_stream_is_full;
    use crate::version::sidekick_version;
    use std::cell::Cell;
    use std::ffi::CStr;
    use std::ptr::{null, null_mut};

    thread_local! { static INJECTED: Cell<bool> = const { Cell::new(false) }; }

    #[allow(clippy::panic)]
    pub(super) fn panic_if_injected() {
        if INJECTED.replace(false) {
            panic!("injected");
        }
    }

    /// Calls an export whose body panics.
    fn panicking<T>(export: impl FnOnce() -> T) -> T {
        INJECTED.set(true);
        let returned = export();
        assert!(!INJECTED.get(), "the export runs in a guard");
        returned
    }

    /// Panics when it is dropped.
    struct Bomb;

    impl Handle for Bomb {}

    impl Drop for Bomb {
        #[allow(clippy::panic)]
        fn drop(&mut self) {
            panic!("dropped");
        }
    }

    #[test]
    fn a_panic_becomes_an_internal_error() {
        let mut error: *mut sidekick_error = null_mut();
        #[allow(clippy::panic)]
        let status = guard(&mut error, || panic!("no {}", 7));
        assert_eq!(status, ErrorKind::Internal as sidekick_status);
        // SAFETY: `guard` has just made the error.
        unsafe {
            assert_eq!(sidekick_error_status(error), status);
            let message = CStr::from_ptr(sidekick_error_message(error, null_mut()));
            assert_eq!(message.to_str(), Ok("a defect of this library: no 7"));
            sidekick_error_free(error);
        }
    }

    #[test]
    fn a_panic_in_a_getter_becomes_its_default() {
        let mut length = 7;
        // SAFETY: NULL is allowed, and the length is a place for one.
        unsafe {
            assert_eq!(panicking(|| sidekick_rows_count(null())), 0);
            assert_eq!(panicking(|| sidekick_predictions_count(null())), 0);
            assert_eq!(panicking(|| sidekick_stream_is_full(null())), 0);
            assert_eq!(panicking(|| sidekick_error_status(null())), SIDEKICK_ERROR_INTERNAL);
            let text = panicking(|| sidekick_error_message(null(), &mut length));
            assert_eq!((CStr::from_ptr(text), length), (c"", 0));
            assert_eq!(CStr::from_ptr(panicking(|| sidekick_version())), c"");
        }
    }

    #[test]
    fn a_panic_in_a_free_is_caught() {
        let mut cancel: *mut sidekick_cancel = null_mut();
        // SAFETY: NULL is allowed; what is made is freed once.
        unsafe {
            panicking(|| sidekick_rows_free(null_mut()));
            panicking(|| sidekick_options_free(null_mut()));
            assert_eq!(sidekick_cancel_new(&mut cancel, null_mut::<*mut sidekick_error>()), SIDEKICK_OK);
            panicking(|| sidekick_cancel_free(cancel));
            sidekick_cancel_free(cancel);
        }
        let bomb = Bomb.into_raw();
        // SAFETY: it has just been made.
        guard_or((), || unsafe { Handle::free(bomb) });
    }
}
