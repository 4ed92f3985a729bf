//! `sidekick_deployment`: the handle of one deployed model.

use crate::boundary::{Out, text};
use crate::cancel::sidekick_cancel;
use crate::error::sidekick_error;
use crate::guard::{guard, guard_or};
use crate::handle::Handle;
use crate::options::sidekick_options;
use crate::status::sidekick_status;
use sidekick::{Deployment, Options};
use std::ffi::c_char;

/// One deployed model: its specs and its connections. Share it freely between threads. Free it when its last call has
/// returned and its streams are freed; rows and predictions made with it may outlive it. Since 0.1.0.
pub struct sidekick_deployment(pub(crate) Deployment);

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

/// Frees a deployment and closes its connections; NULL is fine. No call and no stream of it may still be there. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_deployment_free(deployment: *mut sidekick_deployment) {
    guard_or((), || {
        // SAFETY: the caller's promises.
        unsafe { Handle::free(deployment) }
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
