//! The columns of the output, and what predictions have for each.

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sidekick::{FeatureSpec, FeatureType, Predictions, Specs};

use crate::failure::{Failure, Outcome};
use crate::output::cell::{Cell, push_string, shortest};
use crate::output::elements;

/// How the outputs of a deployment become columns.
pub struct Columns {
    outputs: Vec<Output>,
    /// A folder for images and arrays.
    files: Option<PathBuf>,
}

struct Output {
    kind: Kind,
    /// What the names of its files have of its name.
    stem: String,
    titles: Vec<String>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Number,
    Array,
    Text,
    Image,
    Bytes,
    /// The most probable category.
    Category,
    /// The same, and a column for the probability of each.
    Probabilities,
    /// The same, and all probabilities as an object.
    ProbabilitiesObject,
}

impl Columns {
    /// Columns for outputs. `probabilities` are those of all categories, as an object for JSON.
    pub fn new(outputs: &Specs, probabilities: bool, json: bool, files: Option<PathBuf>) -> Outcome<Columns> {
        if let Some(folder) = &files {
            fs::create_dir_all(folder).map_err(|error| Failure::file(folder, &error))?;
        }
        let mut made: Vec<Output> = Vec::new();
        for (index, spec) in outputs.iter().enumerate() {
            let kind = kind(spec, probabilities, json);
            let mut stem: String = spec.name().chars().map(in_file_name).collect();
            if made.iter().any(|other| other.stem == stem) {
                stem += &format!("-{index}");
            }
            made.push(Output { kind, stem, titles: titles(spec, kind) });
        }
        Ok(Columns { outputs: made, files })
    }

    /// Their titles.
    pub fn titles(&self) -> impl Iterator<Item = &String> {
        self.outputs.iter().flat_map(|output| &output.titles)
    }

    /// Appends the cells of a row of predictions, which is the row `number` of the input.
    pub fn push<'p>(
        &self,
        predictions: &'p Predictions,
        row: usize,
        number: u64,
        cells: &mut Vec<Cell<'p>>,
    ) -> Outcome {
        for (index, output) in self.outputs.iter().enumerate() {
            match output.kind {
                Kind::Number => cells.push(elements::number(predictions, index, row)?),
                Kind::Text => cells.push(Cell::Text(Cow::Borrowed(predictions.text(index, row)?))),
                Kind::Array => cells.push(self.array(predictions, index, row, number)?),
                Kind::Image => {
                    let image = predictions.image(index, row)?;
                    let ending = image.media_type.name().trim_start_matches("image/").replace("jpeg", "jpg");
                    cells.push(self.bytes(output, number, &ending, image.media_type.name(), image.bytes)?);
                }
                Kind::Bytes => {
                    let bytes = predictions.bytes(index, row)?;
                    cells.push(self.bytes(output, number, "bin", "application/octet-stream", bytes)?);
                }
                kind => push_category(kind, predictions, index, row, cells)?,
            }
        }
        Ok(())
    }

    fn array(
        &self,
        predictions: &Predictions,
        index: usize,
        row: usize,
        number: u64,
    ) -> Outcome<Cell<'static>> {
        match (&self.files, self.outputs.get(index)) {
            (Some(folder), Some(output)) => {
                let path = file_of(folder, output, number, "npy");
                predictions.save_npy(index, row, &path)?;
                Ok(path_cell(&path))
            }
            _ => Ok(elements::array(predictions, index, row)?),
        }
    }

    /// Bytes as a file, or as a data URL.
    fn bytes(
        &self,
        output: &Output,
        number: u64,
        ending: &str,
        media_type: &str,
        bytes: &[u8],
    ) -> Outcome<Cell<'static>> {
        let Some(folder) = &self.files else {
            let url = format!("data:{media_type};base64,{}", STANDARD.encode(bytes));
            return Ok(Cell::Text(Cow::Owned(url)));
        };
        let path = file_of(folder, output, number, ending);
        write(&path, bytes).map_err(|error| Failure::file(&path, &error))?;
        Ok(path_cell(&path))
    }
}

fn kind(spec: &FeatureSpec, probabilities: bool, json: bool) -> Kind {
    match spec.feature_type() {
        FeatureType::Numeric if spec.is_array() => Kind::Array,
        FeatureType::Numeric | FeatureType::Binary => Kind::Number,
        FeatureType::Text => Kind::Text,
        FeatureType::Image => Kind::Image,
        FeatureType::Bytes => Kind::Bytes,
        FeatureType::Categorical if !probabilities => Kind::Category,
        // A table needs to know its columns before the first row.
        FeatureType::Categorical if json || spec.categories().is_empty() => Kind::ProbabilitiesObject,
        FeatureType::Categorical => Kind::Probabilities,
    }
}

fn titles(spec: &FeatureSpec, kind: Kind) -> Vec<String> {
    let name = spec.name().as_str();
    let mut titles = vec![name.to_owned()];
    if matches!(kind, Kind::Category | Kind::Probabilities | Kind::ProbabilitiesObject) {
        titles.push(format!("{name} probability"));
    }
    match kind {
        Kind::Probabilities => {
            titles.extend(spec.categories().iter().map(|label| format!("{name}: {label}")))
        }
        Kind::ProbabilitiesObject => titles.push(format!("{name} probabilities")),
        _ => {}
    }
    titles
}

fn push_category(
    kind: Kind,
    predictions: &Predictions,
    index: usize,
    row: usize,
    cells: &mut Vec<Cell<'_>>,
) -> Outcome {
    let probabilities = predictions.probabilities(index)?;
    let (label, probability) = probabilities.at_rank(row, 0)?;
    cells.push(Cell::Text(Cow::Owned(label.to_string())));
    cells.push(Cell::float(probability));
    let values = probabilities.row(row)?;
    match kind {
        Kind::Probabilities => cells.extend(values.iter().map(|value| Cell::float(*value))),
        Kind::ProbabilitiesObject => {
            let mut object = vec![b'{'];
            for (place, (label, value)) in probabilities.labels().iter().zip(values).enumerate() {
                if place > 0 {
                    object.push(b',');
                }
                push_string(&mut object, label);
                object.push(b':');
                let value = if value.is_finite() { shortest(*value) } else { "null".to_owned() };
                object.extend_from_slice(value.as_bytes());
            }
            object.push(b'}');
            cells.push(Cell::Json(String::from_utf8_lossy(&object).into_owned()));
        }
        _ => {}
    }
    Ok(())
}

fn file_of(folder: &Path, output: &Output, number: u64, ending: &str) -> PathBuf {
    folder.join(format!("{number}-{}.{ending}", output.stem))
}

fn path_cell(path: &Path) -> Cell<'static> {
    Cell::Text(Cow::Owned(path.to_string_lossy().into_owned()))
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::write(path, bytes)
}

fn in_file_name(character: char) -> char {
    if character.is_alphanumeric() || character == '-' { character } else { '_' }
}
