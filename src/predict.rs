//! One call that predicts, or posts JSON as it is.

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

/// Predicts all rows, `batch_rows` of them to a request, and blocks until they are there; the predictions are in the
/// order of the rows. The rows stay as they are, and may be read by several calls at once. Free the predictions with
/// `sidekick_predictions_free`. Where nothing of a reply arrived a request is sent again as the options say. Fails with
/// `SIDEKICK_ERROR_ROW_INCOMPLETE` where a row was left half built, with `SIDEKICK_ERROR_ARGUMENT` for rows of another
/// deployment, with the connection's statuses (20 to 23), with `SIDEKICK_ERROR_SERVER` or `_HTTP` where the server
/// refuses, and with the reply's statuses (41 to 47) where its answer is not what it declared. Any thread.
/// Since 0.1.0.
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

/// Predicts rows given as the records of `sidekick_rows_add_packed`, and copies their results into `values`: one call for all that
/// bindings whose calls into C are dear do for a row or a few. Row after row, for each output in its order, a number or a binary
/// probability is one value, a category as many as it lists labels (`sidekick_deployment_category`), in their order. Blocks, and
/// is called off by `cancel` (which may be NULL), as `sidekick_deployment_predict`; fails as that and
/// `sidekick_rows_add_packed` do, with `SIDEKICK_ERROR_FEATURE_TYPE` where an output is another, or a category that lists no labels,
/// and with `SIDEKICK_ERROR_ARGUMENT` where `count` is not the number of values. A row that the server calls bad is the call's error,
/// also where such rows are isolated. Any thread. Since 0.1.0.
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

/// Posts JSON text that the caller made, as it stands, and gives back what the server answers: a status other than
/// 2xx is no error here. Free the reply with `sidekick_reply_free`. Fails with the connection's statuses (20 to 23).
/// Any thread. Since 0.1.0.
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
