//! Cancel
//!
//! Ends calls that block, from any thread. Every call that can block takes a `const sidekick_cancel *`; NULL
//! is fine.

use crate::boundary::{Out, object};
use crate::error::sidekick_error;
use crate::guard::{guard, guard_or};
use crate::handle::Handle;
use crate::status::sidekick_status;
use sidekick::Cancel;
use std::time::Duration;

/// Cancels calls, from any thread. It can be given to any number of calls, and stays triggered. Since 0.1.0.
pub struct sidekick_cancel(pub(crate) Cancel);

impl Handle for sidekick_cancel {}

/// Creates a cancellation that is not triggered. Free it with `sidekick_cancel_free`.
///
/// Errors: `SIDEKICK_ERROR_MEMORY` if the system has no more file descriptors: a cancellation holds two.
/// Since 0.1.0.
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

/// Cancels all calls that have this cancellation, now and later. Any thread, any number of times; never
/// blocks.
///
/// Each call returns within 100 ms with `SIDEKICK_ERROR_CANCELLED`, also while it connects or waits before a
/// retry. One thing is not interrupted: the system's look-up of a host name. The deployment can be used
/// further.
///
/// Errors: the common ones. Since 0.1.0.
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

/// Sets a time limit for calls that have this cancellation, now and later. Any thread, any number of times;
/// never blocks.
///
/// `milliseconds`: counted from now; 0 removes the limit. The limit holds for a whole call with all its
/// requests and retries, and for a whole stream. If the options have a limit too, the one that passes first
/// counts.
///
/// A call whose time is up returns `SIDEKICK_ERROR_TIMEOUT`, or the error of its last attempt if no time is
/// left for another. A request in flight keeps the limit that it began with. The look-up of a host name is
/// not interrupted.
///
/// Errors: the common ones. Since 0.2.0.
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

/// Frees a cancellation. NULL is fine.
///
/// Calls that have it may still run: they can no longer be cancelled. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_cancel_free(cancel: *mut sidekick_cancel) {
    guard_or((), || {
        // SAFETY: the caller's promises.
        unsafe { Handle::free(cancel) }
    })
}
