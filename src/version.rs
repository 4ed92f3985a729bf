//! Version

use crate::guard::guard_text;
use std::ffi::c_char;
use std::ptr::null_mut;

/// Returns the version of the running library, `"MAJOR.MINOR.PATCH"`.
///
/// The text is static: do not free it. `SIDEKICK_VERSION` is the version of the header that a program was
/// built with. Any thread. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn sidekick_version() -> *const c_char {
    guard_text(null_mut(), || concat!(env!("CARGO_PKG_VERSION"), "\0"))
}
