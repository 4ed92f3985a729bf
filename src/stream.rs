//! Streams
//!
//! Predictions of more rows than should be in memory at once. Push rows until the stream is full, take the
//! next predictions, and so on; at the end take until there are none:
//!
//! @code{.c}
//! while (fill(rows)) {
//!     while (sidekick_stream_is_full(stream)) take(stream);   // sidekick_stream_next
//!     sidekick_stream_push(stream, rows, &error);
//!     sidekick_rows_clear(rows, &error);
//! }
//! while (take(stream)) {}
//! @endcode
//!
//! One thread at a time. After `fork`, the child cannot use a stream of its parent.

use crate::boundary::{Out, object, object_mut};
use crate::cancel::sidekick_cancel;
use crate::deployment::sidekick_deployment;
use crate::error::sidekick_error;
use crate::guard::{guard, guard_or};
use crate::handle::Handle;
use crate::predictions::sidekick_predictions;
use crate::rows::sidekick_rows;
use crate::status::sidekick_status;
use sidekick::Stream;
use std::ptr::null_mut;

/// Rows going out and predictions coming back, in order and in bounded memory. One thread at a time.
/// Since 0.1.0.
pub struct sidekick_stream(Stream);

impl Handle for sidekick_stream {}

/// Creates a stream of predictions. Free it with `sidekick_stream_free`, before `deployment` is freed.
///
/// If `sidekick_options_set_max_in_flight` is above 1, the stream starts up to that many threads as batches
/// are pushed. They end when it is freed.
///
/// `cancel`: NULL is fine. After it is triggered, requests in flight are cancelled, and pushes and all
/// batches that are not predicted yet fail with `SIDEKICK_ERROR_CANCELLED`.
///
/// Errors: `SIDEKICK_ERROR_MEMORY` if the system has no more file descriptors: a stream holds two.
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_stream_new(
    deployment: *const sidekick_deployment,
    cancel: *const sidekick_cancel,
    stream: *mut *mut sidekick_stream,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (deployment, cancel) = unsafe { (object(deployment, "deployment")?, cancel.as_ref()) };
        // SAFETY: the caller's promises.
        let out = unsafe { Out::new(stream, "stream") }?;
        out.set(sidekick_stream(deployment.0.stream_cancellable(cancel.map(|cancel| &cancel.0))?).into_raw());
        Ok(())
    })
}

/// Copies all finished rows into the stream. Never waits for the server.
///
/// They go out in requests of `batch_rows` rows each; the last rows of a push are a smaller batch. A stream
/// that is not full takes all rows, however many.
///
/// Errors: `SIDEKICK_ERROR_STREAM_FULL` if the stream is full (nothing is copied);
/// `SIDEKICK_ERROR_ROW_INCOMPLETE` if a row was begun and not ended; `SIDEKICK_ERROR_ARGUMENT` for rows of
/// another deployment. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_stream_push(
    stream: *mut sidekick_stream,
    rows: *const sidekick_rows,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (stream, rows) = unsafe { (object_mut(stream, "stream")?, object(rows, "rows")?) };
        stream.0.push(&rows.0)
    })
}

/// Returns 1 if predictions have to be taken before the next push, else 0; 0 for NULL.
///
/// A stream is full while it holds at least twice `max_in_flight` batches whose predictions were not taken.
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_stream_is_full(stream: *const sidekick_stream) -> i32 {
    guard_or(0, || {
        // SAFETY: the caller's promises.
        unsafe { stream.as_ref() }.map_or(0, |it| i32::from(it.0.is_full()))
    })
}

/// Takes the predictions of the next batch, in the order the rows were pushed. Waits until they are there.
///
/// `predictions`: free them with `sidekick_predictions_free`. NULL, with `SIDEKICK_OK`, if all that was
/// pushed is taken.
///
/// Errors: those of `sidekick_deployment_predict`, for this batch. The batch is then done, and the next call
/// takes the next batch. Row numbers in the error count over all rows that were pushed; those of
/// `sidekick_predictions_failure` and `sidekick_predictions_sent_row` count within the batch. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_stream_next(
    stream: *mut sidekick_stream,
    predictions: *mut *mut sidekick_predictions,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (stream, out) = unsafe { (object_mut(stream, "stream")?, Out::new(predictions, "predictions")?) };
        let next = stream.0.next()?;
        out.set(next.map_or(null_mut(), |found| sidekick_predictions(found).into_raw()));
        Ok(())
    })
}

/// Frees a stream. NULL is fine.
///
/// Requests in flight are cancelled, and the stream's threads have ended when this returns. Predictions that
/// were taken live on. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_stream_free(stream: *mut sidekick_stream) {
    guard_or((), || {
        // SAFETY: the caller's promises.
        unsafe { Handle::free(stream) }
    })
}
