//! `sidekick_deployment`: the handle of one deployed model.

use crate::boundary::{Out, OutView, buffer, bytes, object, text};
use crate::cancel::sidekick_cancel;
use crate::error::sidekick_error;
use crate::guard::{guard, guard_or};
use crate::handle::Handle;
use crate::options::sidekick_options;
use crate::predictions::sidekick_predictions;
use crate::reply::sidekick_reply;
use crate::rows::sidekick_rows;
use crate::status::{SIDEKICK_INPUT, SIDEKICK_OUTPUT, sidekick_status};
use sidekick::{Cancel, Deployment, Error, ErrorKind, FeatureSpec, Options, Result, Rows, Specs, Stream};
use std::ffi::{c_char, c_void};

/// One deployed model: its specs and its connections. Share it freely between threads. Free it when its last call has
/// returned and its streams are freed; rows and predictions made with it may outlive it. Since 0.1.0.
pub struct sidekick_deployment(Deployment);

impl Handle for sidekick_deployment {}

/// Opens the deployment at `url` with `token`: asks the server what the model takes and gives. A URL whose path ends in
/// `/deployment/ID`, also with `/forward`, `/openapi.json` or a `/` after it, is that deployment's: it predicts at
/// `/deployment/ID/forward`. Any other URL is the one that predictions are posted to, and `/deployment/forward` is such a one. A
/// query is kept there. The server is asked for `openapi.json` beside that URL. URLs are read as RFC 3986 says: what it does not
/// allow, such as a space or a letter beyond ASCII, has to be percent-encoded. The token is visible ASCII, without "Bearer " before
/// it; where a token callback is set it is not used, and may be empty. `options` may be NULL for the defaults. Blocks
/// while the server is asked. Free the deployment with `sidekick_deployment_free`. Fails with `SIDEKICK_ERROR_ARGUMENT` for a malformed URL or token, with
/// the connection's statuses (20 to 23), with `SIDEKICK_ERROR_SERVER` or `_HTTP` where the server refuses, and with
/// `SIDEKICK_ERROR_DESCRIBE` where the URL is not a deployment's. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_deployment_open(
    url: *const c_char,
    url_length: usize,
    token: *const c_char,
    token_length: usize,
    options: *const sidekick_options,
    cancel: *const sidekick_cancel,
    deployment: *mut *mut sidekick_deployment,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (url, token) = unsafe { (text(url, url_length, "url")?, text(token, token_length, "token")?) };
        // SAFETY: the caller's promises.
        let (options, out) = unsafe { (options.as_ref(), Out::new(deployment, "deployment")?) };
        let options = options.map_or_else(Options::default, |options| options.0.clone());
        // SAFETY: the caller's promises.
        let cancel = unsafe { cancel.as_ref() }.map(|cancel| &cancel.0);
        out.set(sidekick_deployment(Deployment::open_cancellable(url, token, &options, cancel)?).into_raw());
        Ok(())
    })
}

/// The protocol that the deployment speaks: one of the `SIDEKICK_PROTOCOL_` constants; 0 for NULL. Since 0.2.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_deployment_protocol(deployment: *const sidekick_deployment) -> i32 {
    guard_or(0, || {
        // SAFETY: the caller's promises.
        unsafe { deployment.as_ref() }.map_or(0, |it| it.0.protocol() as i32)
    })
}

/// How many features there are on a side, `SIDEKICK_INPUT` or `SIDEKICK_OUTPUT`; 0 for NULL or any other side. They are
/// indexed from 0 in the order of the describe document. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_deployment_feature_count(
    deployment: *const sidekick_deployment,
    side: i32,
) -> usize {
    guard_or(0, || {
        // SAFETY: the caller's promises.
        unsafe { deployment.as_ref() }.and_then(|it| specs(it, side).ok()).map_or(0, Specs::len)
    })
}

/// The index of the feature called `name`, to be looked up once and used in loops. Fails with
/// `SIDEKICK_ERROR_UNKNOWN_FEATURE`; the message lists the names there are. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_deployment_feature_index(
    deployment: *const sidekick_deployment,
    side: i32,
    name: *const c_char,
    name_length: usize,
    index: *mut usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (deployment, name) =
            unsafe { (object(deployment, "deployment")?, text(name, name_length, "name")?) };
        // SAFETY: the caller's promises.
        let out = unsafe { Out::new(index, "index") }?;
        out.set(specs(deployment, side)?.index_of(name)?);
        Ok(())
    })
}

/// The name of a feature; it lives as long as the deployment. Fails with `SIDEKICK_ERROR_UNKNOWN_FEATURE`.
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_deployment_feature_name(
    deployment: *const sidekick_deployment,
    side: i32,
    index: usize,
    name: *mut *const c_char,
    name_length: *mut usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (spec, out) =
            unsafe { (feature(deployment, side, index)?, OutView::new(name, name_length, "name")?) };
        out.set_text(spec.name().with_nul());
        Ok(())
    })
}

/// The type of a feature, one of the `SIDEKICK_TYPE_` constants. Fails with `SIDEKICK_ERROR_UNKNOWN_FEATURE`.
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_deployment_feature_type(
    deployment: *const sidekick_deployment,
    side: i32,
    index: usize,
    feature_type: *mut i32,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (spec, out) =
            unsafe { (feature(deployment, side, index)?, Out::new(feature_type, "feature_type")?) };
        out.set(spec.feature_type() as i32);
        Ok(())
    })
}

/// The shape of a feature for one example: `rank` sizes, which live as long as the deployment. `[1]` is a scalar, an
/// image is `[height, width, channels]`, a categorical output `[number of categories]`. Fails with
/// `SIDEKICK_ERROR_UNKNOWN_FEATURE`. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_deployment_feature_shape(
    deployment: *const sidekick_deployment,
    side: i32,
    index: usize,
    shape: *mut *const usize,
    rank: *mut usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (spec, out) = unsafe { (feature(deployment, side, index)?, OutView::new(shape, rank, "shape")?) };
        out.set(spec.shape());
        Ok(())
    })
}

/// How many categories the describe document lists for a feature; 0 where it lists none. Fails with
/// `SIDEKICK_ERROR_UNKNOWN_FEATURE`. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_deployment_category_count(
    deployment: *const sidekick_deployment,
    side: i32,
    index: usize,
    count: *mut usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (spec, out) = unsafe { (feature(deployment, side, index)?, Out::new(count, "count")?) };
        out.set(spec.categories().len());
        Ok(())
    })
}

/// The label of a listed category, an integer category as its digits; it lives as long as the deployment. Fails with
/// `SIDEKICK_ERROR_UNKNOWN_FEATURE`, and with `SIDEKICK_ERROR_ARGUMENT` where there is no such category. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_deployment_category(
    deployment: *const sidekick_deployment,
    side: i32,
    index: usize,
    category: usize,
    label: *mut *const c_char,
    label_length: *mut usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (spec, out) =
            unsafe { (feature(deployment, side, index)?, OutView::new(label, label_length, "label")?) };
        let label = spec.categories().get(category);
        let label = label
            .ok_or_else(|| Error::new(ErrorKind::Argument, format!("there is no category {category}")))?;
        out.set_text(label.with_nul());
        Ok(())
    })
}

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

/// Frees a deployment and closes its connections; NULL is fine. No call and no stream of it may still be there. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_deployment_free(deployment: *mut sidekick_deployment) {
    guard_or((), || {
        // SAFETY: the caller's promises.
        unsafe { Handle::free(deployment) }
    })
}

impl sidekick_deployment {
    pub(crate) fn rows(&self) -> Rows {
        self.0.rows()
    }

    pub(crate) fn stream(&self, cancel: Option<&Cancel>) -> Result<Stream> {
        self.0.stream_cancellable(cancel)
    }
}

fn specs(deployment: &sidekick_deployment, side: i32) -> Result<&Specs> {
    match side {
        SIDEKICK_INPUT => Ok(deployment.0.inputs()),
        SIDEKICK_OUTPUT => Ok(deployment.0.outputs()),
        _ => Err(Error::new(
            ErrorKind::Argument,
            format!("side {side} is neither SIDEKICK_INPUT nor SIDEKICK_OUTPUT"),
        )),
    }
}

/// The spec of a feature.
///
/// # Safety
/// `deployment` is NULL or points to a live deployment.
unsafe fn feature<'a>(
    deployment: *const sidekick_deployment,
    side: i32,
    index: usize,
) -> Result<&'a FeatureSpec> {
    // SAFETY: this function's own demand.
    let deployment = unsafe { object(deployment, "deployment") }?;
    specs(deployment, side)?.get(index)
}
