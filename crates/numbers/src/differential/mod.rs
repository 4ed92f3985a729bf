//! The readers and writers against `serde_json`'s grammar, the standard library and `zmij`, over generated
//! texts.

mod lists;
mod writers;
