//! Rows out and in against `serde_json`'s grammar and other readers and writers of numbers, over generated
//! texts.

mod columns;
mod rows;
