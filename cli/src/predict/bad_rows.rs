//! The file of rows that are bad, with the reason of each.

use std::path::Path;

use crate::failure::Outcome;
use crate::input::record::Item;
use crate::input::source::Source;
use crate::output::target::{Mark, Target};

pub struct BadRows(pub Target);

impl BadRows {
    pub fn open(path: &Path) -> Outcome<BadRows> {
        Target::open(path).map(BadRows)
    }

    /// Goes on after a mark; at the beginning with the header.
    pub fn cut(&mut self, mark: Mark, source: &dyn Source) -> Outcome {
        self.0.cut(mark)?;
        if mark.bytes == 0 {
            self.0.buffer.extend_from_slice(&source.bad_header());
        }
        Ok(())
    }

    pub fn push(&mut self, source: &dyn Source, item: &Item, reason: &str) {
        self.0.buffer.extend_from_slice(&source.bad_row(item, reason));
    }
}
