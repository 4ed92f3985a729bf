//! A table in CSV or TSV: a header, and a row a record.

use std::io::Read;
use std::path::PathBuf;

use csv::{ByteRecord, Reader, ReaderBuilder};
use serde_json::{Value, json};
use sidekick::{Error, ErrorKind, FeatureSpec, Rows, Specs};

use crate::failure::{Exit, Failure, Outcome};
use crate::input::hashed::Hashed;
use crate::input::lines::{count, line_ends, without_line_end};
use crate::input::quotes;
use crate::input::record::{Item, Position, Record};
use crate::input::source::{Source, listed, no_column};
use crate::input::values::Values;
use crate::invalid::invalid;
use crate::output::cell::Cell;
use crate::output::csv_text;
use crate::text_values;

/// Where the table is, and how it is read.
pub struct TableFile {
    pub name: String,
    pub reader: Box<dyn Read>,
    pub size: Option<u64>,
    pub delimiter: u8,
    /// Paths in the table are relative to it.
    pub folder: PathBuf,
}

/// A table, and which of its columns are inputs.
pub struct CsvTable {
    name: String,
    reader: Reader<Hashed<Box<dyn Read>>>,
    size: Option<u64>,
    delimiter: u8,
    folder: PathBuf,
    header: Vec<String>,
    inputs: Specs,
    /// The column of each input; none if another value is for all rows, or it is left out.
    columns: Vec<Option<usize>>,
    values: Values,
    kept: Vec<usize>,
    rows: u64,
    /// The line that the last record that was read ends in.
    line: u64,
    /// The next record, if it was read already.
    ahead: Option<Ahead>,
}

/// A record that was read, and what is before it.
struct Ahead {
    fields: ByteRecord,
    /// The line that it begins in.
    line: u64,
    /// Rows before it whose lines are empty, and the last byte of each line.
    empty_rows: u64,
    line_end: u8,
}

impl CsvTable {
    /// Reads the header, and finds a column or a value for every input. `renamed` has other names of columns.
    pub fn new(
        file: TableFile,
        inputs: &Specs,
        values: Values,
        renamed: &[(String, String)],
    ) -> Outcome<CsvTable> {
        let TableFile { name, reader, size, delimiter, folder } = file;
        let mut reader =
            ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(Hashed::new(reader));
        let header = reader.byte_headers().map_err(|error| broken(&name, &error))?;
        let header: Option<Vec<String>> =
            header.iter().map(|title| std::str::from_utf8(title).ok().map(str::to_owned)).collect();
        let header = header.ok_or_else(|| failed(&name, "its header is not UTF-8"))?;
        if header.is_empty() {
            return Err(failed(&name, "it has no header: the first line names the columns"));
        }
        let columns = columns(&name, &header, inputs, &values, renamed)?;
        // What is before the first record begins with the end of the header's line.
        let bytes = reader.position().byte();
        let line = 1 + line_feeds(reader.get_ref().text(bytes));
        reader.get_mut().position(bytes);
        let (inputs, kept) = (inputs.clone(), Vec::new());
        Ok(CsvTable {
            name,
            reader,
            size,
            delimiter,
            folder,
            header,
            inputs,
            columns,
            values,
            kept,
            rows: 0,
            line,
            ahead: None,
        })
    }

    /// Reads the next record; none at the end. The reader passes over empty lines, but spreadsheets write an
    /// empty cell of a single column so.
    fn read(&mut self) -> Outcome<Option<Ahead>> {
        let mut fields = ByteRecord::new();
        if !self.reader.read_byte_record(&mut fields).map_err(|error| broken(&self.name, &error))? {
            return Ok(None);
        }
        let text = self.reader.get_ref().text(self.reader.position().byte());
        let (before, line_end) = line_ends(text);
        let lines = count(before, line_end);
        let line = self.line + lines;
        self.line = line + line_feeds(text.get(before.len()..).unwrap_or_default());
        // The first line end is that of the record before, or of the header.
        let empty_rows = if self.header.len() == 1 { lines.saturating_sub(1) } else { 0 };
        Ok(Some(Ahead { fields, line, empty_rows, line_end }))
    }

    /// The position after the record that was read last, which begins in a line.
    fn end_of_record(&mut self, line: u64) -> Outcome<Position> {
        let bytes = self.reader.position().byte();
        let input = self.reader.get_mut();
        if input.last(bytes).is_some_and(|text| quotes::is_open(text, self.delimiter)) {
            let what = format!("a quote of the row {} (line {line}) is never closed", self.rows);
            return Err(failed(&self.name, &what));
        }
        Ok(input.position(bytes))
    }

    fn add_fields(&self, fields: &ByteRecord, rows: &mut Rows) -> sidekick::Result<()> {
        if fields.len() != self.header.len() {
            let message = format!("it has {} fields, and the header {}", fields.len(), self.header.len());
            return Err(Error::new(ErrorKind::RowIncomplete, message));
        }
        if let Some(title) = self.garbled(fields) {
            let message = format!("the column {title:?}, which is kept, is not UTF-8");
            return Err(Error::new(ErrorKind::FeatureValue, message));
        }
        for (index, (spec, column)) in self.inputs.iter().zip(&self.columns).enumerate() {
            let Some(column) = column else { continue };
            let text = text_of(spec, fields.get(*column).unwrap_or_default())?;
            text_values::add(rows, index, spec, text, &self.folder)?;
        }
        self.values.add(rows, &self.inputs, |index| self.columns.get(index) == Some(&None))
    }

    /// The title of a column that is to be kept, and is no text.
    fn garbled(&self, fields: &ByteRecord) -> Option<&String> {
        let is_text =
            |place: &usize| fields.get(*place).is_none_or(|field| std::str::from_utf8(field).is_ok());
        self.kept.iter().find(|place| !is_text(place)).and_then(|place| self.header.get(*place))
    }
}

impl Source for CsvTable {
    fn next(&mut self) -> Outcome<Option<Item>> {
        let ahead = match self.ahead.take() {
            Some(ahead) => Some(ahead),
            None => self.read()?,
        };
        let Some(mut ahead) = ahead else { return Ok(None) };
        self.rows += 1;
        let (fields, line, end) = match ahead.empty_rows {
            0 => (ahead.fields, ahead.line, self.end_of_record(ahead.line)?),
            rows => {
                let line = ahead.line - rows;
                let end = self.reader.get_mut().after(ahead.line_end);
                ahead.empty_rows -= 1;
                self.ahead = Some(ahead);
                (ByteRecord::from(vec![""]), line, end)
            }
        };
        Ok(Some(Item { record: Record::Fields(fields), row: self.rows, line: Some(line), end }))
    }

    fn add(&self, record: &Record, rows: &mut Rows) -> sidekick::Result<()> {
        match record {
            Record::Fields(fields) => self.add_fields(fields, rows),
            _ => Err(Error::new(ErrorKind::Internal, "a record of another input")),
        }
    }

    fn size(&self) -> Option<u64> {
        self.size
    }

    fn keep(&mut self, names: &[String], all: bool) -> Outcome<Vec<String>> {
        let place = |name: &String| {
            let place = only(&self.name, &self.header, name)?;
            place.ok_or_else(|| no_column(name, &self.header))
        };
        self.kept = match all {
            true => (0..self.header.len()).collect(),
            false => names.iter().map(place).collect::<Outcome<_>>()?,
        };
        Ok(self.kept.iter().filter_map(|place| self.header.get(*place).cloned()).collect())
    }

    fn kept<'r>(&self, record: &'r Record) -> Vec<Cell<'r>> {
        let Record::Fields(fields) = record else { return Vec::new() };
        let field = |place: &usize| String::from_utf8_lossy(fields.get(*place).unwrap_or_default());
        self.kept.iter().map(|place| Cell::Text(field(place))).collect()
    }

    fn unused(&self) -> Vec<String> {
        let is_used = |place| self.columns.contains(&Some(place)) || self.kept.contains(&place);
        let unused = self.header.iter().enumerate().filter(|(place, _)| !is_used(*place));
        unused.map(|(_, title)| title.clone()).collect()
    }

    fn reading(&self) -> Value {
        json!({"values": self.values.checksum(), "columns": self.columns, "delimiter": self.delimiter})
    }

    fn bad_header(&self) -> Vec<u8> {
        let titles = ["row", "reason"].into_iter().chain(self.header.iter().map(String::as_str));
        let mut line = Vec::new();
        csv_text::push_line(&mut line, &titles.collect::<Vec<_>>(), self.delimiter);
        line
    }

    fn bad_row(&self, item: &Item, reason: &str) -> Vec<u8> {
        let row = item.row.to_string();
        let mut fields = vec![row.as_bytes(), reason.as_bytes()];
        if let Record::Fields(own) = &item.record {
            fields.extend(own);
        }
        let mut line = Vec::new();
        csv_text::push_line(&mut line, &fields, self.delimiter);
        line
    }
}

/// How many lines a record goes over beside its first.
fn line_feeds(record: &[u8]) -> u64 {
    count(without_line_end(record), b'\n')
}

/// The column of each input.
fn columns(
    name: &str,
    header: &[String],
    inputs: &Specs,
    values: &Values,
    renamed: &[(String, String)],
) -> Outcome<Vec<Option<usize>>> {
    for (place, (input, column)) in renamed.iter().enumerate() {
        inputs.index_of(input)?;
        if renamed.iter().take(place).any(|(other, _)| other == input) {
            return Err(Failure::usage(format!("--column: {input:?} is given twice")));
        }
        if !header.contains(column) {
            let known = listed(header);
            return Err(Failure::usage(format!("--column: {name} has no column {column:?} among {known}")));
        }
    }
    let mut columns = Vec::new();
    let mut missing = Vec::new();
    for (index, spec) in inputs.iter().enumerate() {
        let own = spec.name().as_str();
        let title = renamed.iter().find(|(input, _)| input == own).map_or(own, |(_, column)| column);
        let place = only(name, header, title)?;
        if place.is_none() && !values.has(index) && !spec.is_optional() {
            missing.push(title.to_owned());
        }
        columns.push(place);
    }
    match missing.is_empty() {
        true => Ok(columns),
        false => {
            let (missing, known) = (listed(&missing), listed(header));
            let advice = "name it with --column NAME=COLUMN, or give NAME=VALUE for all rows";
            Err(Failure::usage(format!("{name} has no column {missing} among {known}; {advice}")))
        }
    }
}

/// The place of the one column of a title, if it is there.
fn only(name: &str, header: &[String], title: &str) -> Outcome<Option<usize>> {
    let mut places = header.iter().enumerate().filter(|(_, other)| *other == title);
    let place = places.next().map(|(place, _)| place);
    match places.next() {
        None => Ok(place),
        Some(_) => Err(Failure::usage(format!("{name} has two columns {title:?}"))),
    }
}

fn text_of<'f>(spec: &FeatureSpec, field: &'f [u8]) -> sidekick::Result<&'f str> {
    std::str::from_utf8(field).map_err(|_| invalid(spec, "is not UTF-8"))
}

fn broken(name: &str, error: &csv::Error) -> Failure {
    failed(name, &error.to_string())
}

fn failed(name: &str, what: &str) -> Failure {
    Failure::new(Exit::Failed, format!("{name}: {what}"))
}
