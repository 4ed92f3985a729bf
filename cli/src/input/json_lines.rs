//! JSON Lines: an object a line.

use std::io::{BufRead, Read};
use std::path::PathBuf;

use crc32fast::Hasher;
use serde_json::{Map, Value, json};
use sidekick::{Error, ErrorKind, Rows, Specs};

use crate::failure::{Exit, Failure, Outcome};
use crate::input::record::{Item, Position, Record};
use crate::input::source::Source;
use crate::input::values::Values;
use crate::json_values;
use crate::output::cell::Cell;

/// Where the lines are.
pub struct LinesFile {
    pub name: String,
    pub reader: Box<dyn BufRead>,
    pub size: Option<u64>,
    /// Paths in the lines are relative to it.
    pub folder: PathBuf,
}

pub struct JsonLines {
    file: LinesFile,
    inputs: Specs,
    values: Values,
    kept: Vec<String>,
    hasher: Hasher,
    bytes: u64,
    lines: u64,
    rows: u64,
}

impl JsonLines {
    pub fn new(file: LinesFile, inputs: &Specs, values: Values) -> JsonLines {
        let (inputs, kept, hasher) = (inputs.clone(), Vec::new(), Hasher::new());
        JsonLines { file, inputs, values, kept, hasher, bytes: 0, lines: 0, rows: 0 }
    }
}

impl Source for JsonLines {
    fn next(&mut self) -> Outcome<Option<Item>> {
        loop {
            let mut line = Vec::new();
            let read = self.file.reader.by_ref().read_until(b'\n', &mut line);
            match read {
                Ok(0) => return Ok(None),
                Ok(count) => self.bytes += count as u64,
                Err(error) => return Err(Failure::new(Exit::Failed, format!("{}: {error}", self.file.name))),
            }
            self.lines += 1;
            self.hasher.update(&line);
            let length = line.trim_ascii_end().len();
            line.truncate(length);
            if line.is_empty() {
                continue;
            }
            self.rows += 1;
            let end = Position { bytes: self.bytes, checksum: self.hasher.clone().finalize() };
            let (row, line_number) = (self.rows, Some(self.lines));
            return Ok(Some(Item { record: Record::Line(line), row, line: line_number, end }));
        }
    }

    fn add(&self, record: &Record, rows: &mut Rows) -> sidekick::Result<()> {
        let object = object(record)?;
        for (index, spec) in self.inputs.iter().enumerate() {
            if let Some(value) = object.get(spec.name().as_str()) {
                json_values::add(rows, index, spec, value, &self.file.folder)?;
            }
        }
        let has = |index| self.inputs.get(index).is_ok_and(|spec| object.contains_key(spec.name().as_str()));
        self.values.add(rows, &self.inputs, |index| !has(index))
    }

    fn size(&self) -> Option<u64> {
        self.file.size
    }

    fn keep(&mut self, names: &[String], all: bool) -> Outcome<Vec<String>> {
        if all {
            return Err(Failure::usage("--keep-all: lines may have different keys; name those to --keep"));
        }
        self.kept = names.to_vec();
        Ok(names.to_vec())
    }

    fn kept<'r>(&self, record: &'r Record) -> Vec<Cell<'r>> {
        if self.kept.is_empty() {
            return Vec::new();
        }
        let mut object = object(record).unwrap_or_default();
        self.kept.iter().map(|name| Cell::of_json(object.remove(name).unwrap_or(Value::Null))).collect()
    }

    fn is_json(&self) -> bool {
        true
    }

    fn bad_header(&self) -> Vec<u8> {
        Vec::new()
    }

    /// The input stands there as it was, or as a string if it is not JSON.
    fn bad_row(&self, item: &Item, reason: &str) -> Vec<u8> {
        let Record::Line(line) = &item.record else { return Vec::new() };
        let (row, reason) = (item.row, json!(reason));
        let as_it_was =
            std::str::from_utf8(line).ok().filter(|line| serde_json::from_str::<Value>(line).is_ok());
        let input = match as_it_was {
            Some(line) => line.to_owned(),
            None => json!(String::from_utf8_lossy(line)).to_string(),
        };
        format!("{{\"row\":{row},\"reason\":{reason},\"input\":{input}}}\n").into_bytes()
    }
}

fn object(record: &Record) -> sidekick::Result<Map<String, Value>> {
    let Record::Line(line) = record else {
        return Err(Error::new(ErrorKind::Internal, "a record of another input"));
    };
    match serde_json::from_slice(line) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Error::new(ErrorKind::FeatureValue, "the line is not a JSON object")),
        Err(error) => Err(Error::new(ErrorKind::FeatureValue, format!("the line is not JSON: {error}"))),
    }
}
