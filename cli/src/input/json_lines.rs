//! JSON Lines: an object a line.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::io::{BufRead, Read};
use std::path::PathBuf;

use crc32fast::Hasher;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use sidekick::{Error, ErrorKind, Rows, Specs};

use crate::failure::{Exit, Failure, Outcome};
use crate::input::lines::{BYTE_ORDER_MARK, without_line_end};
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
    /// Keys that are no input, as far as they are known.
    unused: RefCell<BTreeSet<String>>,
}

/// How many keys that are no input are listed.
const MOST_UNUSED: usize = 100;

impl JsonLines {
    pub fn new(file: LinesFile, inputs: &Specs, values: Values) -> JsonLines {
        let (inputs, kept, hasher) = (inputs.clone(), Vec::new(), Hasher::new());
        let unused = RefCell::default();
        JsonLines { file, inputs, values, kept, hasher, bytes: 0, lines: 0, rows: 0, unused }
    }

    /// A key that is no input may be a misspelt one.
    fn note_unused(&self, object: &Map<String, Value>) {
        let mut unused = self.unused.borrow_mut();
        for key in object.keys() {
            let is_used = self.inputs.index_of(key).is_ok() || self.kept.contains(key);
            if !is_used && unused.len() < MOST_UNUSED {
                unused.insert(key.clone());
            }
        }
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
            // The end of the line may be written later.
            let (text, line_end) = line.split_at(without_line_end(&line).len());
            self.hasher.update(text);
            let checksum = self.hasher.clone().finalize();
            let end = Position { bytes: self.bytes - line_end.len() as u64, checksum };
            self.hasher.update(line_end);
            line.truncate(line.trim_ascii_end().len());
            if self.lines == 1 && line.starts_with(BYTE_ORDER_MARK) {
                line.drain(..BYTE_ORDER_MARK.len());
            }
            if line.is_empty() {
                continue;
            }
            self.rows += 1;
            let (row, line_number) = (self.rows, Some(self.lines));
            return Ok(Some(Item { record: Record::Line(line), row, line: line_number, end }));
        }
    }

    fn add(&self, record: &Record, rows: &mut Rows) -> sidekick::Result<()> {
        let object = object(record)?;
        let mut used = 0;
        for (index, spec) in self.inputs.iter().enumerate() {
            if let Some(value) = object.get(spec.name().as_str()) {
                used += 1;
                json_values::add(rows, index, spec, value, &self.file.folder)?;
            }
        }
        if used < object.len() {
            self.note_unused(&object);
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
        let members = members(record);
        let cell = |name: &String| members.get(name).map_or(Cell::Nothing, |value| Cell::of_json(value));
        self.kept.iter().map(cell).collect()
    }

    fn reading(&self) -> Value {
        json!({"values": self.values.checksum()})
    }

    fn unused(&self) -> Vec<String> {
        self.unused.borrow().iter().cloned().collect()
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
    let invalid = |what: String| Err(Error::new(ErrorKind::FeatureValue, what));
    match serde_json::from_slice(line) {
        Ok(Object { twice: Some(key), .. }) => invalid(format!("the line has the key {key:?} twice")),
        Ok(Object { map, .. }) => Ok(map),
        Err(error) if error.is_data() => invalid("the line is not a JSON object".to_owned()),
        Err(error) => invalid(format!("the line is not JSON: {error}")),
    }
}

/// The members of a row that was added, as they stand there.
fn members(record: &Record) -> HashMap<String, &RawValue> {
    let Record::Line(line) = record else { return HashMap::new() };
    serde_json::from_slice(line).unwrap_or_default()
}

/// A JSON object, and a key that is a duplicate: which of its values is meant is unknown.
#[derive(Default)]
struct Object {
    map: Map<String, Value>,
    twice: Option<String>,
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Object, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Object, A::Error> {
        let mut object = Object::default();
        while let Some((key, value)) = members.next_entry::<String, Value>()? {
            if object.map.insert(key.clone(), value).is_some() {
                object.twice.get_or_insert(key);
            }
        }
        Ok(object)
    }
}
