//! What is predicted: values of the command line, tables, JSON Lines, folders of images.

mod csv_table;
mod files;
mod hashed;
mod json_lines;
mod lines;
mod quotes;
pub mod record;
pub mod source;
mod values;

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use sidekick::Specs;

use crate::failure::{Failure, Outcome};
use crate::input::csv_table::{CsvTable, TableFile};
use crate::input::files::Files;
use crate::input::json_lines::{JsonLines, LinesFile};
use crate::input::lines::BYTE_ORDER_MARK;
use crate::input::source::Source;
use crate::input::values::{SingleRow, Values};

/// Bytes that are read at once.
const BUFFER: usize = 64 << 10;

/// What is predicted.
#[derive(Args)]
#[command(next_help_heading = "Input")]
pub struct InputArguments {
    /// Without an =: a file (CSV, TSV, JSON Lines), images and .npy files or folders of them, or - for
    /// standard input. With an =: the value of an input; @FILE is what is in a file
    #[arg(value_name = "FILE|NAME=VALUE", help_heading = None::<&str>)]
    arguments: Vec<String>,

    /// One more file, whose name may have an =
    #[arg(long, value_name = "FILE")]
    input: Vec<PathBuf>,

    /// What the file is, if its name does not say
    #[arg(long, value_name = "FORMAT", value_enum)]
    input_format: Option<InputFormat>,

    /// What separates the fields of a table [default: a comma, or a tab for TSV]
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter)]
    delimiter: Option<u8>,

    /// Reads an input from a column of another name
    #[arg(long, value_name = "NAME=COLUMN", value_parser = renamed)]
    column: Vec<(String, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum InputFormat {
    Csv,
    Tsv,
    Jsonl,
    Files,
}

impl InputArguments {
    /// Whether nothing is given.
    pub fn is_empty(&self) -> bool {
        self.arguments.is_empty() && self.input.is_empty()
    }

    /// The files and the values that are given.
    fn split(&self) -> (Vec<PathBuf>, Vec<String>) {
        let (values, files): (Vec<&String>, Vec<&String>) =
            self.arguments.iter().partition(|argument| argument.contains('='));
        let files = files.into_iter().map(PathBuf::from).chain(self.input.iter().cloned());
        (files.collect(), values.into_iter().cloned().collect())
    }

    /// The files that are read; a name may have an `=`, so that some may be none.
    fn paths(&self) -> Vec<PathBuf> {
        let (mut paths, values) = self.split();
        paths.extend(
            values.iter().flat_map(|value| value.match_indices("=@").map(|(at, _)| value[at + 2..].into())),
        );
        paths
    }

    /// How often standard input is read.
    pub fn reads_of_standard_input(&self) -> usize {
        self.paths().iter().filter(|path| is_standard(path)).count()
    }

    /// Whether a file that is read is this one.
    pub fn reads(&self, path: &Path) -> bool {
        self.paths().iter().any(|file| is_same(file, path))
    }

    /// Opens the input.
    pub fn open(&self, inputs: &Specs) -> Outcome<Box<dyn Source>> {
        let (files, values) = self.split();
        let values = Values::read(&values, inputs)?;
        let is_row = |path: &PathBuf| path.is_dir() || files::is_row(path);
        let format = match (self.input_format, &*files) {
            (Some(format), _) => Some(format),
            (None, [first, ..]) if is_row(first) => Some(InputFormat::Files),
            (None, [first, ..]) => of_name(first),
            (None, []) => None,
        };
        match (&*files, format) {
            ([], _) => {
                self.refuse_options_of_tables("there is none")?;
                Ok(Box::new(SingleRow { values, inputs: inputs.clone(), is_read: false }))
            }
            (_, Some(InputFormat::Files)) => {
                self.refuse_options_of_tables("these files have none")?;
                Ok(Box::new(Files::new(&files, inputs, values)?))
            }
            ([file], format) => self.open_file(file, format, inputs, values),
            _ => Err(Failure::usage(match files.iter().find(|file| !file.exists()) {
                Some(file) => {
                    format!("{}: there is no such file; one row's values are NAME=VALUE", file.display())
                }
                None => "one table at a time; several files can only be images and .npy files".to_owned(),
            })),
        }
    }

    /// An option that nothing heeds would leave its values out.
    fn refuse_options_of_tables(&self, why: &str) -> Outcome {
        match (self.column.is_empty(), self.delimiter) {
            (true, None) => Ok(()),
            (false, _) => Err(Failure::usage(format!("--column names a column of a table, and {why}"))),
            (_, Some(_)) => {
                Err(Failure::usage(format!("--delimiter separates columns of a table, and {why}")))
            }
        }
    }

    fn open_file(
        &self,
        path: &Path,
        format: Option<InputFormat>,
        inputs: &Specs,
        values: Values,
    ) -> Outcome<Box<dyn Source>> {
        let Opened { name, mut reader, size, folder } = open(path)?;
        let format = match format {
            Some(format) => format,
            None => guess(&mut reader).map_err(|error| Failure::file(path, &error))?,
        };
        if format == InputFormat::Jsonl {
            self.refuse_options_of_tables("JSON Lines have none")?;
            return Ok(Box::new(JsonLines::new(LinesFile { name, reader, size, folder }, inputs, values)));
        }
        let usual = if format == InputFormat::Tsv { b'\t' } else { b',' };
        let delimiter = self.delimiter.unwrap_or(usual);
        let file = TableFile { name, reader: Box::new(reader), size, delimiter, folder };
        Ok(Box::new(CsvTable::new(file, inputs, values, &self.column)?))
    }
}

/// A file or standard input, open.
struct Opened {
    name: String,
    reader: Box<dyn BufRead>,
    size: Option<u64>,
    folder: PathBuf,
}

fn open(path: &Path) -> Outcome<Opened> {
    if is_standard(path) {
        if io::stdin().is_terminal() {
            return Err(Failure::usage("- is standard input, and that is a terminal: pipe rows into it"));
        }
        let reader = Box::new(BufReader::with_capacity(BUFFER, io::stdin()));
        return Ok(Opened { name: "standard input".to_owned(), reader, size: None, folder: PathBuf::new() });
    }
    let failed = |error: io::Error| Failure::file(path, &error);
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    let size = Some(metadata.len()).filter(|_| metadata.is_file());
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let reader = Box::new(BufReader::with_capacity(BUFFER, file));
    Ok(Opened { name: path.display().to_string(), reader, size, folder })
}

fn is_standard(path: &Path) -> bool {
    path.as_os_str() == OsStr::new("-")
}

fn of_name(path: &Path) -> Option<InputFormat> {
    let ending = path.extension()?.to_str()?.to_ascii_lowercase();
    match &*ending {
        "csv" => Some(InputFormat::Csv),
        "tsv" => Some(InputFormat::Tsv),
        "jsonl" | "ndjson" => Some(InputFormat::Jsonl),
        _ => None,
    }
}

/// Whether two paths lead to one file.
#[cfg(unix)]
fn is_same(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |path: &Path| path.metadata().map(|metadata| (metadata.dev(), metadata.ino())).ok();
    id(one).is_some_and(|one| Some(one) == id(other))
}

#[cfg(not(unix))]
fn is_same(one: &Path, other: &Path) -> bool {
    one.canonicalize().is_ok_and(|one| other.canonicalize().is_ok_and(|other| one == other))
}

/// JSON Lines begin with an object; a table does not.
fn guess(reader: &mut dyn BufRead) -> io::Result<InputFormat> {
    let text = reader.fill_buf()?;
    let first = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text).trim_ascii_start().first().copied();
    Ok(if first == Some(b'{') { InputFormat::Jsonl } else { InputFormat::Csv })
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(*byte),
        _ => Err("write one ASCII character, or \\t".to_owned()),
    }
}

fn renamed(text: &str) -> Result<(String, String), String> {
    let (name, column) = text.split_once('=').ok_or("write NAME=COLUMN")?;
    Ok((name.to_owned(), column.to_owned()))
}
