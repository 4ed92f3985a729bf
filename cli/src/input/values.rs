//! Values of the command line: `NAME=VALUE`.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read};
use std::path::Path;

use crc32fast::Hasher;
use serde_json::json;
use sidekick::{Rows, Specs};

use crate::failure::{Failure, Outcome};
use crate::input::record::{Item, Position, Record};
use crate::input::source::Source;
use crate::output::cell::Cell;
use crate::text_values;

/// The value of an input.
#[derive(Debug, PartialEq)]
enum Value {
    Text(String),
    /// What is in a file.
    Contents(Vec<u8>),
}

/// Values for some inputs, by the index of the input.
#[derive(Default)]
pub struct Values(Vec<(usize, Value)>);

impl Values {
    /// Reads arguments of the form `NAME=VALUE`.
    pub fn read(arguments: &[String], inputs: &Specs) -> Outcome<Values> {
        let mut values = Vec::new();
        for argument in arguments {
            let (name, text) = split(argument, inputs)?;
            let index = inputs.index_of(name)?;
            if values.iter().any(|(other, _)| *other == index) {
                return Err(Failure::usage(format!("{name:?} is given twice")));
            }
            values.push((index, value(text)?));
        }
        Ok(Values(values))
    }

    /// A checksum of all that is given: values may be private.
    pub fn checksum(&self) -> u32 {
        let mut sorted: Vec<_> = self.0.iter().collect();
        sorted.sort_by_key(|(index, _)| *index);
        let mut hasher = Hasher::new();
        for (index, value) in sorted {
            let bytes = match value {
                Value::Text(text) => text.as_bytes(),
                Value::Contents(bytes) => bytes,
            };
            hasher.update(format!("{index} {} ", bytes.len()).as_bytes());
            hasher.update(bytes);
        }
        hasher.finalize()
    }

    /// Whether they have a value for an input.
    pub fn has(&self, index: usize) -> bool {
        self.0.iter().any(|(other, _)| *other == index)
    }

    /// Adds those for which `wanted` is true.
    pub fn add(
        &self,
        rows: &mut Rows,
        inputs: &Specs,
        wanted: impl Fn(usize) -> bool,
    ) -> sidekick::Result<()> {
        for (index, value) in self.0.iter().filter(|(index, _)| wanted(*index)) {
            let spec = inputs.get(*index)?;
            match value {
                Value::Text(text) => text_values::add(rows, *index, spec, text, Path::new(""))?,
                Value::Contents(bytes) => text_values::add_contents(rows, *index, spec, bytes)?,
            }
        }
        Ok(())
    }
}

/// Name and value. A name may have an `=`: the longest input that fits counts.
fn split<'a>(argument: &'a str, inputs: &Specs) -> Outcome<(&'a str, &'a str)> {
    let named = inputs.iter().map(|spec| spec.name().as_str());
    let fitting = named.filter(|name| argument.strip_prefix(name).is_some_and(|rest| rest.starts_with('=')));
    let end = fitting.map(str::len).max().or_else(|| argument.find('='));
    let end = end.ok_or_else(|| Failure::usage(format!("{argument:?} is not NAME=VALUE")))?;
    Ok((&argument[..end], &argument[end + 1..]))
}

fn value(text: &str) -> Outcome<Value> {
    let Some(path) = text.strip_prefix('@') else { return Ok(Value::Text(text.to_owned())) };
    // What begins with an @ is no path here, whatever the input takes.
    if path.starts_with('@') {
        return Ok(Value::Contents(path.as_bytes().to_vec()));
    }
    let path = Path::new(path);
    contents(path).map(Value::Contents).map_err(|error| Failure::file(path, &error))
}

/// What is in a file, or on standard input.
fn contents(path: &Path) -> io::Result<Vec<u8>> {
    if path.as_os_str() != OsStr::new("-") {
        return fs::read(path);
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The values of the command line as the one row of an input.
pub struct SingleRow {
    pub values: Values,
    pub inputs: Specs,
    pub is_read: bool,
}

impl Source for SingleRow {
    fn next(&mut self) -> Outcome<Option<Item>> {
        let first = !std::mem::replace(&mut self.is_read, true);
        let end = Position { bytes: 1, checksum: 0 };
        Ok(first.then_some(Item { record: Record::Arguments, row: 1, line: None, end }))
    }

    fn add(&self, _: &Record, rows: &mut Rows) -> sidekick::Result<()> {
        self.values.add(rows, &self.inputs, |_| true)
    }

    fn size(&self) -> Option<u64> {
        Some(1)
    }

    fn keep(&mut self, names: &[String], _: bool) -> Outcome<Vec<String>> {
        match names {
            [] => Ok(Vec::new()),
            _ => Err(Failure::usage("--keep copies columns of a file, and there is none")),
        }
    }

    fn kept<'r>(&self, _: &'r Record) -> Vec<Cell<'r>> {
        Vec::new()
    }

    fn is_json(&self) -> bool {
        true
    }

    fn is_single(&self) -> bool {
        true
    }

    fn reading(&self) -> serde_json::Value {
        json!({"values": self.values.checksum()})
    }

    fn bad_header(&self) -> Vec<u8> {
        b"row,reason\n".to_vec()
    }

    fn bad_row(&self, item: &Item, reason: &str) -> Vec<u8> {
        let mut line = Vec::new();
        crate::output::csv_text::push_line(&mut line, &[item.row.to_string(), reason.to_owned()], b',');
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_at_that_is_doubled_is_a_text_for_every_type() {
        assert_eq!(value("@@path").unwrap(), Value::Contents(b"@path".to_vec()));
        assert_eq!(value("a@b").unwrap(), Value::Text("a@b".to_owned()));
        assert!(value("@/nonexistent/file").is_err());
    }
}
