//! `sidekick_reply`: a server's answer as it came.

use crate::guard::{guard_or, guard_text};
use crate::handle::Handle;
use sidekick::RawReply;
use std::ffi::c_char;

/// The response to `sidekick_deployment_post_json`, as it came. Immutable; any number of threads can use it
/// at once. Since 0.1.0.
pub struct sidekick_reply(pub(crate) RawReply);

impl Handle for sidekick_reply {}

/// Returns the HTTP status, such as 200 or 404; 0 for NULL. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_reply_http_status(reply: *const sidekick_reply) -> i32 {
    guard_or(0, || {
        // SAFETY: the caller's promises.
        unsafe { reply.as_ref() }.map_or(0, |it| i32::from(it.0.status))
    })
}

/// Returns the body as text; `""` for NULL. Bytes that are not UTF-8 are replaced by U+FFFD.
///
/// `length`: gets the length in bytes; NULL is fine. The text lives until `sidekick_reply_free`. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_reply_text(
    reply: *const sidekick_reply,
    length: *mut usize,
) -> *const c_char {
    guard_text(length, || {
        // SAFETY: the caller's promises.
        unsafe { reply.as_ref() }.map_or("\0", |it| it.0.text.with_nul())
    })
}

/// Frees a response and its text. NULL is fine. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_reply_free(reply: *mut sidekick_reply) {
    guard_or((), || {
        // SAFETY: the caller's promises.
        unsafe { Handle::free(reply) }
    })
}
