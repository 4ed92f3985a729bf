//! Predict
//!
//! Calls that send rows, or JSON text as it is. They block until the response is there, and any number of
//! threads can call them at once.

use crate::boundary::{Out, buffer, bytes, object, text};
use crate::cancel::sidekick_cancel;
use crate::deployment::sidekick_deployment;
use crate::error::sidekick_error;
use crate::guard::guard;
use crate::handle::Handle;
use crate::predictions::sidekick_predictions;
use crate::reply::sidekick_reply;
use crate::rows::sidekick_rows;
use crate::status::sidekick_status;
use std::ffi::{c_char, c_void};

/// Predicts all finished rows, and blocks until the predictions are there. They are in the order of the rows.
///
/// The rows go out in requests of `batch_rows` rows each, which are retried as the options say. They stay as
/// they are: several calls may read them at once. Any thread.
///
/// `cancel`: ends the call when it is triggered; NULL is fine. `predictions`: free them with
/// `sidekick_predictions_free`.
///
/// Errors: `SIDEKICK_ERROR_ROW_INCOMPLETE` if a row was begun and not ended; `SIDEKICK_ERROR_ARGUMENT` for
/// rows of another deployment; the connection's statuses (20 to 24); `SIDEKICK_ERROR_SERVER` or `_HTTP` if
/// the server refuses; the response's statuses (41 to 47) if the response is not what the deployment
/// declares. Since 0.1.0; `cancel` since 0.2.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_deployment_predict(
    deployment: *const sidekick_deployment,
    rows: *const sidekick_rows,
    cancel: *const sidekick_cancel,
    predictions: *mut *mut sidekick_predictions,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (deployment, rows) = unsafe { (object(deployment, "deployment")?, object(rows, "rows")?) };
        // SAFETY: the caller's promises.
        let (cancel, out) = unsafe { (cancel.as_ref(), Out::new(predictions, "predictions")?) };
        let found = deployment.0.predict_cancellable(&rows.0, cancel.map(|cancel| &cancel.0))?;
        out.set(sidekick_predictions(found).into_raw());
        Ok(())
    })
}

/// Adds packed records, predicts them, and copies their results: one call, for bindings whose calls into C
/// are expensive.
///
/// `records`: as `sidekick_rows_add_packed` takes them, `size` bytes. `cancel`: as for
/// `sidekick_deployment_predict`.
///
/// `values`: room for exactly `count` values. Row after row, each output in its order takes one value if it
/// is a number or a binary probability, and one value for each listed label if it is categorical.
///
/// Errors: those of `sidekick_rows_add_packed` and `sidekick_deployment_predict`;
/// `SIDEKICK_ERROR_FEATURE_TYPE` if an output is neither of these, or lists no labels;
/// `SIDEKICK_ERROR_ARGUMENT` if `count` is not the number of values. A row that the server refuses fails the
/// call, also if the options isolate such rows. Any thread. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_deployment_predict_packed(
    deployment: *const sidekick_deployment,
    records: *const c_void,
    size: usize,
    cancel: *const sidekick_cancel,
    values: *mut f64,
    count: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (deployment, records) =
            unsafe { (object(deployment, "deployment")?, bytes(records, size, "records")?) };
        // SAFETY: the caller's promises.
        let (cancel, values) = unsafe { (cancel.as_ref(), buffer(values, count, "values")?) };
        deployment.0.predict_packed(records, cancel.map(|cancel| &cancel.0), values)
    })
}

/// Posts JSON text as it is, and returns the response whatever its status. Blocks meanwhile. Any thread.
///
/// `json`: not checked. `cancel`: ends the call when it is triggered; NULL is fine. `reply`: free it with
/// `sidekick_reply_free`.
///
/// Errors: the connection's statuses (20 to 24); `SIDEKICK_ERROR_REPLY_TOO_LARGE`. Since 0.1.0; `cancel`
/// since 0.2.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_deployment_post_json(
    deployment: *const sidekick_deployment,
    json: *const c_char,
    json_length: usize,
    cancel: *const sidekick_cancel,
    reply: *mut *mut sidekick_reply,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (deployment, json) =
            unsafe { (object(deployment, "deployment")?, text(json, json_length, "json")?) };
        // SAFETY: the caller's promises.
        let (cancel, out) = unsafe { (cancel.as_ref(), Out::new(reply, "reply")?) };
        let answer = deployment.0.post_json_cancellable(json, cancel.map(|cancel| &cancel.0))?;
        out.set(sidekick_reply(answer).into_raw());
        Ok(())
    })
}
