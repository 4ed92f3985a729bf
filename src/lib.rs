//! The C API: one file per C object, over the public Rust API alone. `unsafe` lives here and nowhere else.
//!
//! What a C caller promises (pointers are NULL or valid, objects are not yet freed, one writer at a time)
//! stands in the header's preamble; "SAFETY: the caller's promises" below means that text. Everything else is
//! checked.

#![allow(unsafe_code, non_camel_case_types)]
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unreachable
)]
#![deny(clippy::undocumented_unsafe_blocks)]
#![allow(clippy::missing_safety_doc)]

mod boundary;
mod callbacks;
mod cancel;
mod deployment;
mod error;
mod guard;
mod handle;
mod options;
mod options_models;
mod predict;
mod predictions;
mod predictions_arrays;
mod reply;
mod rows;
mod rows_arrays;
mod rows_columns;
mod rows_images;
mod specs;
mod status;
mod stream;
mod version;
