//! The local deployment server, module by module. Without the feature `serve` it is what reads requests and writes replies,
//! which needs neither a model runtime nor a network: the fuzz targets build that alone.

pub mod auth;
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
#[cfg(feature = "serve")]
pub mod model;
pub mod multipart;
pub mod ngrams;
pub mod npy;
#[cfg(feature = "serve")]
pub mod page;
pub mod request;
