//! Which library is running.

use crate::guard::guard_text;
use std::ffi::c_char;
use std::ptr::null_mut;

/// The version of the running library, `"MAJOR.MINOR.PATCH"`: static text, never freed. Compare it with the macro
/// `SIDEKICK_VERSION`, the version of the header a program was built with; a later library of the same major version
/// serves it. Any thread. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn sidekick_version() -> *const c_char {
    guard_text(null_mut(), || concat!(env!("CARGO_PKG_VERSION"), "\0"))
}
