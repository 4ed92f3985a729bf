//! What is given for an input, checked against its spec: one value, or a column of them.

mod columns;
mod value;

pub(crate) use columns::{ColumnReader, Numbers, Source, Texts};
pub use columns::{InputColumn, InputPieces};
pub(crate) use value::{Value, category, given_twice, integer_category, large_category};
