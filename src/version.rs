//! Which library is running.

use std::ffi::c_char;

/// The version of the running library, `"MAJOR.MINOR.PATCH"`: static text, never freed. Compare it with the macro
/// `SIDEKICK_VERSION`, the version of the header a program was built with; a later library of the same major version
/// serves it. Any thread. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn sidekick_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}
