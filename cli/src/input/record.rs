//! A row as it stands in the input.

use std::path::PathBuf;

use csv::ByteRecord;

/// One row of the input, before its values are read.
pub enum Record {
    /// The fields of a record of a table.
    Fields(ByteRecord),
    /// A line of JSON Lines, without its end.
    Line(Vec<u8>),
    /// A file that is the row.
    File(PathBuf),
    /// The values of the command line.
    Arguments,
}

/// How far the input was read: so many bytes, and their checksum. Files of a folder count as their names do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    pub bytes: u64,
    pub checksum: u32,
}

/// A record, and where it is.
pub struct Item {
    pub record: Record,
    /// Its number among the rows of the input, from 1.
    pub row: u64,
    /// The line that it begins in, if the input has lines.
    pub line: Option<u64>,
    /// Where it ends.
    pub end: Position,
}

impl Item {
    /// Its place, for messages.
    pub fn place(&self) -> String {
        match (&self.record, self.line) {
            (Record::Arguments, _) => String::new(),
            (Record::File(path), _) => format!("{}: ", path.display()),
            (_, Some(line)) => format!("row {} (line {line}): ", self.row),
            (_, None) => format!("row {}: ", self.row),
        }
    }
}
