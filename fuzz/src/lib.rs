//! What the fuzz targets do with their input. Where a plain reader of the same format exists, the target
//! holds the library against it.

pub mod deployment;
pub mod describe;
pub mod descriptions;
pub mod floats;
pub mod forms;
pub mod infer_requests;
pub mod json;
pub mod requests;
pub mod response;
pub mod specs;
pub mod tensors;
pub mod urls;
