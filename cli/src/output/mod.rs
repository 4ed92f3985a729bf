//! What comes out: CSV, JSON Lines, or a table for people.

pub mod cell;
pub mod columns;
pub mod csv_text;
mod elements;
pub mod target;
pub mod writer;
