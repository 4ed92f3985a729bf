//! `sidekick_cancel`: calls off calls that are under way.

use crate::boundary::{Out, object};
use crate::error::sidekick_error;
use crate::guard::{guard, guard_or};
use crate::handle::Handle;
use crate::status::sidekick_status;
use sidekick::Cancel;
use std::time::Duration;

/// Calls off the calls it was given to, from any thread. It can be given to any number of them, at once and one after another, and stays
/// triggered. Share it freely. Since 0.1.0.
pub struct sidekick_cancel(pub(crate) Cancel);

impl Handle for sidekick_cancel {}

/// Makes a cancellation that is not triggered. Free it with `sidekick_cancel_free`. Fails with `SIDEKICK_ERROR_ARGUMENT` for NULL, and with
/// `SIDEKICK_ERROR_MEMORY` where the system has no more file descriptors: it holds two. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_cancel_new(
    cancel: *mut *mut sidekick_cancel,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let out = unsafe { Out::new(cancel, "cancel") }?;
        out.set(sidekick_cancel(Cancel::new()?).into_raw());
        Ok(())
    })
}

/// Calls off all calls that were given this cancellation, and those that will be: each returns within 100 ms with
/// `SIDEKICK_ERROR_CANCELLED`, the wait before a retry and the making of a connection included. One thing cannot be cut short: the
/// system's look-up of a host name. The deployment goes on to work. Any thread, any number of times, never blocks. Fails only
/// with `SIDEKICK_ERROR_ARGUMENT`, for NULL. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_cancel_trigger(
    cancel: *const sidekick_cancel,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        unsafe { object(cancel, "cancel") }?.0.trigger();
        Ok(())
    })
}

/// Sets a time limit: calls that were given this cancellation, and those that will be, end with `SIDEKICK_ERROR_TIMEOUT` when so many
/// milliseconds have passed from now on; 0 removes the limit. A stream that was given it is ended as one call is. The limit holds for a
/// whole call, with all its requests and retries, beside those of the options: the one that passes first counts. A request in flight
/// keeps the limit it began with; the look-up of a host name is not cut short. An attempt that failed with no time left for another
/// ends the call with its own error. Any thread, any number of times, never blocks; of limits
/// that several threads set at once, one holds. Errors: `SIDEKICK_ERROR_ARGUMENT` for NULL. Since 0.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_cancel_set_timeout(
    cancel: *const sidekick_cancel,
    milliseconds: u64,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        let limit = Some(Duration::from_millis(milliseconds)).filter(|limit| !limit.is_zero());
        // SAFETY: the caller's promises.
        unsafe { object(cancel, "cancel") }?.0.set_timeout(limit);
        Ok(())
    })
}

/// Frees a cancellation; NULL is fine. Calls that were given it may still run, and are no longer called off. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_cancel_free(cancel: *mut sidekick_cancel) {
    guard_or((), || {
        // SAFETY: the caller's promises.
        unsafe { Handle::free(cancel) }
    })
}
