//! Files that are a row each: images, and arrays as `.npy`.

use std::collections::VecDeque;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crc32fast::Hasher;
use serde_json::{Value, json};
use sidekick::{Error, ErrorKind, FeatureType, Rows, Specs};

use crate::failure::{Failure, Outcome};
use crate::input::record::{Item, Position, Record};
use crate::input::source::{Source, no_column};
use crate::input::values::Values;
use crate::output::cell::Cell;
use crate::output::csv_text;

const IMAGES: [&str; 8] = ["png", "jpg", "jpeg", "bmp", "gif", "tif", "tiff", "webp"];
const ARRAY: &str = "npy";
/// The one column that such an input has.
const TITLE: &str = "file";

/// Files, one a row.
pub struct Files {
    files: VecDeque<PathBuf>,
    count: u64,
    inputs: Specs,
    /// The input that the images are for, and the one for arrays.
    image: Option<usize>,
    array: Option<usize>,
    values: Values,
    hasher: Hasher,
    rows: u64,
}

/// Whether a path is a file that can be a row.
pub fn is_row(path: &Path) -> bool {
    is_image(path) || is_array(path)
}

impl Files {
    /// Takes files as they are named, and those of folders in the order of their paths.
    pub fn new(paths: &[PathBuf], inputs: &Specs, values: Values) -> Outcome<Files> {
        let mut files = Vec::new();
        for path in paths {
            let before = files.len();
            match path.is_dir() {
                true => collect(path, &mut files)?,
                false => files.push(path.clone()),
            }
            if files.len() == before {
                return Err(Failure::usage(empty_folder(path)));
            }
        }
        let only = |fits: fn(&sidekick::FeatureSpec) -> bool| {
            let mut fitting =
                (0..inputs.len()).filter(|index| inputs.get(*index).is_ok_and(fits) && !values.has(*index));
            fitting.next().filter(|_| fitting.next().is_none())
        };
        let image = only(|spec| spec.feature_type() == FeatureType::Image);
        let array = only(|spec| spec.is_array());
        let needs = |wanted: Option<usize>, is: fn(&Path) -> bool, what: &str| match files
            .iter()
            .find(|file| is(file))
        {
            Some(file) if wanted.is_none() => {
                Err(Failure::usage(format!("{} is {what}, and {}", file.display(), no_place(inputs))))
            }
            _ => Ok(()),
        };
        needs(image, is_image, "an image")?;
        needs(array, is_array, "an array")?;
        let (count, inputs) = (files.len() as u64, inputs.clone());
        let (files, hasher) = (files.into(), Hasher::new());
        Ok(Files { files, count, inputs, image, array, values, hasher, rows: 0 })
    }
}

/// What is wrong with a folder that has no row.
fn empty_folder(path: &Path) -> String {
    let images = IMAGES.join(", .");
    format!("{}: the folder has no image (.{images}) and no array (.{ARRAY})", path.display())
}

/// Why a file has no place among the inputs, and what to do.
fn no_place(inputs: &Specs) -> String {
    let known: Vec<String> = inputs
        .into_iter()
        .take(20)
        .map(|spec| format!("{} ({})", spec.name(), spec.feature_type()))
        .collect();
    format!(
        "the deployment has not exactly one input for it, but {}; NAME=@FILE names the input, \
         --model-description makes the array of a model of the Open Inference Protocol an image",
        known.join(", ")
    )
}

impl Source for Files {
    fn next(&mut self) -> Outcome<Option<Item>> {
        let Some(path) = self.files.pop_front() else { return Ok(None) };
        self.rows += 1;
        self.hasher.update(path.as_os_str().as_encoded_bytes());
        self.hasher.update(b"\0");
        let end = Position { bytes: self.rows, checksum: self.hasher.clone().finalize() };
        Ok(Some(Item { record: Record::File(path), row: self.rows, line: None, end }))
    }

    fn add(&self, record: &Record, rows: &mut Rows) -> sidekick::Result<()> {
        let Record::File(path) = record else {
            return Err(Error::new(ErrorKind::Internal, "a record of another input"));
        };
        match (self.image, self.array) {
            (Some(image), _) if is_image(path) => rows.add_image_file(image, path)?,
            (_, Some(array)) if is_array(path) => rows.add_npy_file(array, path)?,
            _ => return Err(Error::new(ErrorKind::FeatureValue, "it is neither an image nor a .npy file")),
        }
        self.values.add(rows, &self.inputs, |_| true)
    }

    fn size(&self) -> Option<u64> {
        Some(self.count)
    }

    /// The path is always there: without it nobody knows which row is which file.
    fn keep(&mut self, names: &[String], _: bool) -> Outcome<Vec<String>> {
        let known = [TITLE.to_owned()];
        match names.iter().find(|name| *name != TITLE) {
            Some(name) => Err(no_column(name, &known)),
            None => Ok(known.to_vec()),
        }
    }

    fn kept<'r>(&self, record: &'r Record) -> Vec<Cell<'r>> {
        match record {
            Record::File(path) => vec![Cell::Text(path.to_string_lossy())],
            _ => Vec::new(),
        }
    }

    fn reading(&self) -> Value {
        json!({"values": self.values.checksum()})
    }

    fn bad_header(&self) -> Vec<u8> {
        format!("row,reason,{TITLE}\n").into_bytes()
    }

    fn bad_row(&self, item: &Item, reason: &str) -> Vec<u8> {
        let Record::File(path) = &item.record else { return Vec::new() };
        let fields = [item.row.to_string(), reason.to_owned(), path.to_string_lossy().into_owned()];
        let mut line = Vec::new();
        csv_text::push_line(&mut line, &fields, b',');
        line
    }
}

fn is_image(path: &Path) -> bool {
    IMAGES.iter().any(|ending| ends_with(path, ending))
}

fn is_array(path: &Path) -> bool {
    ends_with(path, ARRAY)
}

fn ends_with(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|own| own.eq_ignore_ascii_case(ending))
}

/// Appends the files of a folder that can be rows, and of the folders in it, in the order of their paths.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Outcome {
    let failed = |error: &io::Error| Failure::file(folder, error);
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| failed(&error))? {
        let entry = entry.map_err(|error| failed(&error))?;
        let kind = entry.file_type().map_err(|error| failed(&error))?;
        entries.push((entry.path(), kind.is_dir()));
    }
    entries.sort();
    for (path, is_folder) in entries {
        match is_folder {
            true => collect(&path, files)?,
            false if is_row(&path) => files.push(path),
            false => {}
        }
    }
    Ok(())
}
