//! Open
//!
//! A deployment is opened by URL and token, used by any number of threads, and freed when its last call has
//! returned and its streams are freed.

use crate::boundary::{Out, text};
use crate::cancel::sidekick_cancel;
use crate::error::sidekick_error;
use crate::guard::{guard, guard_or, guard_text};
use crate::handle::Handle;
use crate::options::sidekick_options;
use crate::status::sidekick_status;
use sidekick::{Deployment, NulString, Options};
use std::ffi::c_char;

/// One deployed model: its specs and its connections. Any number of threads can use it at once. Since 0.1.0.
pub struct sidekick_deployment(pub(crate) Deployment);

impl Handle for sidekick_deployment {}

/// Opens the deployment at `url`: asks the server what the model takes and returns. Blocks meanwhile.
///
/// `url`: percent-encoded, as RFC 3986 says. If its path ends in `/deployment/ID`, also with `/forward`,
/// `/openapi.json` or a `/` after it, predictions are posted to `/deployment/ID/forward`. Any other URL is
/// the one that predictions are posted to. `openapi.json` is read beside that address. A query is kept.
///
/// If its path ends in `/v2/models/NAME` or `/v2/models/NAME/versions/VERSION`, also with `/infer`, `/ready`,
/// `/config` or a `/` after it, it is a model on a server of the Open Inference Protocol.
///
/// `token`: visible ASCII without "Bearer " before it. It is ignored if `options` has a token callback. It
/// may be empty for the Open Inference Protocol: none is sent then, and plain HTTP is allowed.
///
/// `options`: copied; NULL for the defaults. `cancel`: ends the call when it is triggered; NULL is fine.
///
/// `deployment`: free it with `sidekick_deployment_free`.
///
/// Errors: `SIDEKICK_ERROR_ARGUMENT` for a malformed URL or token, a URL of plain HTTP to another machine, or
/// a token callback that failed; the connection's statuses (20 to 24); `SIDEKICK_ERROR_SERVER` or `_HTTP` if
/// the server refuses; `SIDEKICK_ERROR_DESCRIBE` if what the server describes is not a deployment.
/// Since 0.1.0; `cancel` since 0.2.0.
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

/// Frees a deployment and closes its connections. NULL is fine.
///
/// All its calls must have returned, and all its streams must be freed. Its rows and predictions may live on.
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_deployment_free(deployment: *mut sidekick_deployment) {
    guard_or((), || {
        // SAFETY: the caller's promises.
        unsafe { Handle::free(deployment) }
    })
}

/// Returns the most rows that the model takes in one request; 0 if it does not say, and for NULL. Rows are
/// split into requests accordingly. Since 0.2.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_deployment_batch_limit(deployment: *const sidekick_deployment) -> usize {
    guard_or(0, || {
        // SAFETY: the caller's promises.
        unsafe { deployment.as_ref() }.and_then(|it| it.0.batch_limit()).unwrap_or(0)
    })
}

/// Returns the version of the model: the one in the URL, as it is there, or the only one that the server
/// lists; empty if neither is known, for the Deployment API, and for NULL.
///
/// The text lives as long as the deployment. `length`: its bytes without the NUL; NULL is fine. Since 0.2.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_deployment_model_version(
    deployment: *const sidekick_deployment,
    length: *mut usize,
) -> *const c_char {
    guard_text(length, || {
        // SAFETY: the caller's promises.
        let version = unsafe { deployment.as_ref() }.and_then(|it| it.0.model_version());
        version.map_or("\0", NulString::with_nul)
    })
}

/// Returns the protocol that the deployment speaks, one of the `SIDEKICK_PROTOCOL_` constants; 0 for NULL.
/// Since 0.2.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_deployment_protocol(deployment: *const sidekick_deployment) -> i32 {
    guard_or(0, || {
        // SAFETY: the caller's promises.
        unsafe { deployment.as_ref() }.map_or(0, |it| it.0.protocol() as i32)
    })
}
