//! Numbers out of JSON text.

pub(crate) mod fast;
mod list;
mod number;
pub(crate) mod slow;

pub use list::{ListError, ListErrorKind, read_f32_list};
pub use number::{number_text, read_f32, read_f64, read_f64_before};
