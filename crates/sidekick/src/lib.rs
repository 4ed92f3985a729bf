//! Typed, fast, safe predictions from deployed models.
//!
//! Open a [`Deployment`] from a URL and a token, build [`Rows`] feature by feature, predict them, and read
//! typed [`Predictions`]. The C API in `include/sidekick.h` is a thin layer over this crate.
//!
//! ```no_run
//! use sidekick::{Deployment, Options};
//!
//! # fn main() -> sidekick::Result<()> {
//! let url = "http://127.0.0.1:8000/deployment/digits/forward";
//! let deployment = Deployment::open(url, "digits-token", &Options::default())?;
//! let mut rows = deployment.rows();
//! rows.add_image_file("image", "digit.png")?;
//! rows.end_row()?;
//! let predictions = deployment.predict(&rows)?;
//! let digits = predictions.probabilities("digit")?;
//! let best = digits.top(0, 1)?[0];
//! println!("{}: {:.3}", digits.labels()[best], digits.row(0)?[best]);
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod array;
mod base64_text;
mod batches;
mod client;
mod code_points;
mod deployment;
mod elements;
mod error;
mod file;
mod half;
mod images;
#[cfg(feature = "internal-api")]
#[doc(hidden)]
pub mod internal;
mod json;
mod memory;
mod message;
mod names;
mod npy;
mod options;
mod predictions;
mod probabilities;
mod protocol;
mod results;
mod row_shapes;
mod rows;
mod scan;
mod spec;
mod stream;
mod text;
mod transport;
mod url;
mod values;

pub use array::{Array, DType, Element, SIZE_ANY};
pub use client::RawReply;
pub use deployment::Deployment;
pub use error::{Error, ErrorKind, Result};
pub use images::{DecodedImage, MediaType, PixelEncoding, Pixels};
pub use options::{DEFAULT_BATCH_ROWS, Options};
pub use predictions::{EncodedImage, Predictions};
pub use probabilities::Probabilities;
pub use protocol::{ProtocolKind, Wire};
pub use rows::Rows;
pub use spec::{FeatureSpec, FeatureType, Key, Schema, Specs};
pub use stream::Stream;
pub use text::NulString;
pub use transport::{Cancel, LogLevel, TlsVersion};
pub use values::{InputColumn, InputPieces};
