//! What the inputs have in common: rows one by one, in order.

use serde_json::Value;
use sidekick::Rows;

use crate::failure::{Failure, Outcome};
use crate::input::record::{Item, Record};
use crate::output::cell::Cell;

/// An input, read row by row.
pub trait Source {
    /// The next row; none at the end.
    fn next(&mut self) -> Outcome<Option<Item>>;

    /// Adds the values of a row, and does not end it.
    fn add(&self, record: &Record, rows: &mut Rows) -> sidekick::Result<()>;

    /// How many bytes it has (files, for a folder), if that is known.
    fn size(&self) -> Option<u64>;

    /// Chooses columns to be copied to the output, and returns their titles.
    fn keep(&mut self, names: &[String], all: bool) -> Outcome<Vec<String>>;

    /// The values of the columns that were chosen.
    fn kept<'r>(&self, record: &'r Record) -> Vec<Cell<'r>>;

    /// How rows become values, beside what is in them: another run goes on with the output only if it is the
    /// same.
    fn reading(&self) -> Value;

    /// The titles of columns that are neither an input nor kept; JSON Lines know those of the rows that were
    /// added.
    fn unused(&self) -> Vec<String> {
        Vec::new()
    }

    /// Whether it is JSON, so that its results are too if nobody says otherwise.
    fn is_json(&self) -> bool {
        false
    }

    /// Whether it is one row by its nature.
    fn is_single(&self) -> bool {
        false
    }

    /// The first line of a file of bad rows.
    fn bad_header(&self) -> Vec<u8>;

    /// A line of a file of bad rows.
    fn bad_row(&self, item: &Item, reason: &str) -> Vec<u8>;
}

/// The error of a column to keep that is not there.
pub fn no_column(name: &str, known: &[String]) -> Failure {
    Failure::usage(format!("--keep: there is no column {name:?} among {}", listed(known)))
}

/// Names for messages, the first of many.
pub fn listed(names: &[String]) -> String {
    const MOST: usize = 20;
    let first: Vec<String> = names.iter().take(MOST).map(|name| format!("{name:?}")).collect();
    let more = if names.len() > MOST { ", ..." } else { "" };
    first.join(", ") + more
}
