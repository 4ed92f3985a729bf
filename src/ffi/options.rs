//! `sidekick_options`: settings for a deployment, one setter each.

use super::boundary::{Out, guard, object_mut};
use super::error::sidekick_error;
use super::handle::Handle;
use super::status::sidekick_status;
use crate::Options;

/// Settings for `sidekick_deployment_open`, which copies them: they can be freed or reused at once. One thread at a
/// time. Since 0.1.0.
pub struct sidekick_options(pub(super) Options);

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

/// Frees options; NULL is fine. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_free(options: *mut sidekick_options) {
    // SAFETY: the caller's promises.
    unsafe { Handle::free(options) }
}
