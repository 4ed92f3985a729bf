//! `sidekick_stream`: rows pushed, predictions taken in their order, in bounded memory.

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

/// Rows on their way to the server and predictions on their way back, in order and in bounded memory, for more rows than should be
/// in memory at once. Push rows until the stream is full, take the next predictions, and so on; at the end take until there are none:
///
/// ```c
/// while (fill(rows)) {
///     while (sidekick_stream_is_full(stream)) take(stream);   // sidekick_stream_next
///     sidekick_stream_push(stream, rows, &error);
///     sidekick_rows_clear(rows, &error);
/// }
/// while (take(stream)) {}
/// ```
///
/// One thread at a time; a cancellation works from any. A forked child cannot use its parent's. Since 0.1.0.
pub struct sidekick_stream(Stream);

impl Handle for sidekick_stream {}

/// Makes a stream of predictions of `deployment`, which has to outlive it; free it with `sidekick_stream_free`. Where
/// `sidekick_options_set_max_in_flight` asks for more than one request under way, the stream starts up to that many threads of its
/// own as batches are pushed, which end when it is freed; else it starts none. `cancel` may be NULL; once it is triggered, requests
/// under way are called off, and pushes and all batches not predicted yet fail with `SIDEKICK_ERROR_CANCELLED`. Fails with
/// `SIDEKICK_ERROR_MEMORY` where the system has no more file descriptors: it holds two. Since 0.1.0.
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

/// Takes a copy of all finished rows: they are predicted `batch_rows` to a request, a push's last rows as a smaller batch. Never waits
/// for the server: while the stream is full it takes nothing and fails with `SIDEKICK_ERROR_STREAM_FULL`; else it takes them
/// all, however many. Fails also with `SIDEKICK_ERROR_ROW_INCOMPLETE` where a row was left half built, and with
/// `SIDEKICK_ERROR_ARGUMENT` for rows of another deployment. Since 0.1.0.
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

/// 1 while the stream holds twice `max_in_flight` batches or more whose predictions were not taken: take some before the next push.
/// 0 else, and for NULL. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_stream_is_full(stream: *const sidekick_stream) -> i32 {
    guard_or(0, || {
        // SAFETY: the caller's promises.
        unsafe { stream.as_ref() }.map_or(0, |it| i32::from(it.0.is_full()))
    })
}

/// Takes the predictions of the next batch, in the order the rows were pushed, and waits for them; NULL with `SIDEKICK_OK` where those
/// of all rows were taken. Free them with `sidekick_predictions_free`. An error is that of one batch, of the statuses that
/// `sidekick_deployment_predict` has; `sidekick_error_rows_first`, `_rows_count` and `_row` count over all rows that were pushed. The
/// batch is done with, and the stream goes on: the next call takes the next one. What `sidekick_predictions_failure` and
/// `_sent_row` tell counts within the batch. Since 0.1.0.
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

/// Frees a stream; NULL is fine. What is under way is called off, and its threads have ended. Predictions that were taken live on.
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_stream_free(stream: *mut sidekick_stream) {
    guard_or((), || {
        // SAFETY: the caller's promises.
        unsafe { Handle::free(stream) }
    })
}
