//! The local deployment server, module by module. Without the feature `serve` it is what reads requests and
//! writes replies, which needs neither a model runtime nor a network: the fuzz targets build that alone.

#[cfg(feature = "serve")]
pub mod app;
pub mod array;
pub mod auth;
#[cfg(feature = "serve")]
pub mod body;
#[cfg(feature = "serve")]
pub mod connections;
pub mod data_url;
pub mod decode;
pub mod deployment;
pub mod describe;
pub mod encode;
pub mod error;
#[cfg(feature = "serve")]
pub mod http;
pub mod image;
pub mod layout;
pub mod memory;
#[cfg(feature = "serve")]
pub mod model;
pub mod multipart;
pub mod ngrams;
pub mod npy;
#[cfg(feature = "serve")]
pub mod onnx;
pub mod open_inference;
#[cfg(feature = "serve")]
pub mod page;
pub mod request;
pub mod turns;
pub mod work;
