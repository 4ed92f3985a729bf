//! The Deployment API: a describe document, JSON rows in a request, `{"rows": [...]}` in a response.

pub(crate) mod buffer;
pub(crate) mod data_url;
mod decimal;
pub(crate) mod describe;
#[cfg(test)]
mod differential;
mod digits;
mod escapes;
pub(crate) mod failure;
pub(crate) mod floats;
pub(crate) mod json;
mod layout;
mod plain;
pub(crate) mod reply;
mod reply_values;
pub(crate) mod request;
mod short;
pub(crate) mod shortest;
pub(crate) mod sixteen;
mod unescape;
pub(crate) mod wire;
