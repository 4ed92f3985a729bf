//! The Open Inference Protocol over HTTP, which Triton and KServe speak, with the binary tensor extension.
//! Each deployment's model is served on its own tensors.

pub mod data;
#[cfg(feature = "serve")]
pub mod errors;
pub mod json;
pub mod metadata;
pub mod reply;
pub mod request;
#[cfg(feature = "serve")]
pub mod routes;
pub mod tensors;
