//! The Deployment API: a describe document, JSON rows in a request, `{"rows": [...]}` in a response.

pub(crate) mod buffer;
pub(crate) mod data_url;
pub(crate) mod describe;
#[cfg(test)]
mod differential;
mod escapes;
pub(crate) mod failure;
pub(crate) mod floats;
pub(crate) mod json;
pub(crate) mod reply;
mod reply_values;
pub(crate) mod request;
mod unescape;
pub(crate) mod wire;
