//! Why a file is refused.

use crate::Error;

pub(super) fn damaged(what: &'static str) -> Error {
    Error::Damaged(what)
}

pub(super) fn unsupported(what: &'static str) -> Error {
    Error::Unsupported(what)
}
