//! What inputs and outputs have in common.

use std::fs;
use std::path::Path;

use crate::deployment::feature::{Category, FeatureType, MAX_SIZE, duplicate, size_of_shape};
use crate::deployment::fields::{At, Fields};
use crate::deployment::jsonc::{Value, shorten};
use crate::numbers::{LOGS, Transform};

/// A file of categories is not larger than this.
const MAX_FILE: u64 = 64 << 20;

const TYPES: [(&str, FeatureType); 5] = [
    ("numeric", FeatureType::Numeric),
    ("categorical", FeatureType::Categorical),
    ("binary", FeatureType::Binary),
    ("text", FeatureType::Text),
    ("image", FeatureType::Image),
];

/// The two keys that every feature has.
pub fn name_and_type(fields: &Fields) -> (Option<String>, Option<FeatureType>) {
    let name = fields.required("name", "write what clients call the feature").and_then(|at| at.text());
    let feature_type = fields
        .required("type", "write numeric, categorical, binary, text or image")
        .and_then(|at| at.one_of(&TYPES));
    (name, feature_type)
}

pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Notes a name that is empty or was there before.
pub fn check_name(feature: &At, names: &mut Vec<String>) {
    let Value::Object(entries) = feature.value() else { return };
    let Some(entry) = entries.iter().find(|entry| entry.key == "name") else { return };
    let Value::Text(name) = &entry.node.value else { return };
    let at = feature.below("name", &entry.node);
    if name.is_empty() {
        at.wrong("it is empty; write what clients call the feature");
    }
    if names.contains(name) {
        at.wrong(format!("{:?} is there twice; choose another name", shorten(name)));
    }
    names.push(name.clone());
}

/// The shape of one example, empty if it is left to the model.
pub fn shape(fields: &Fields) -> Vec<usize> {
    let Some(at) = fields.get("shape") else { return Vec::new() };
    let Some(shape) = at.each(At::size) else { return Vec::new() };
    if size_of_shape(&shape).is_none() {
        at.wrong(format!("{shape:?} is not the shape of 1 to {MAX_SIZE} values; write sizes from 1"));
        return Vec::new();
    }
    shape
}

/// The axis of the batch; "none" for a tensor without one.
pub fn batch_axis(fields: &Fields) -> Option<usize> {
    let Some(at) = fields.get("batch_axis") else { return Some(0) };
    match at.value() {
        Value::Text(text) if text == "none" => None,
        Value::Number(_) => Some(at.size().unwrap_or_default()),
        _ => at.expected("the number of an axis, or \"none\""),
    }
}

/// Notes a shape that is not the one that the type has.
pub fn check_shape(fields: &Fields, shape: &[usize], expected: &[usize]) {
    if !shape.is_empty() && shape != expected {
        fields.wrong("shape", format!("{shape:?} does not fit; write {expected:?} or leave it out"));
    }
}

/// Notes a shape that no image has.
pub fn check_image_shape(fields: &Fields, shape: &[usize]) {
    if !matches!(shape, [] | [_, _, 1 | 3]) {
        fields
            .wrong("shape", format!("{shape:?} is no image; write [height, width, 1] or [height, width, 3]"));
    }
}

/// What is done with numbers, in the order of the keys.
pub fn transform(fields: &Fields) -> Transform {
    let numbers = |key| fields.get(key).and_then(|at: At| at.one_or_each(At::number)).unwrap_or_default();
    let transform = Transform {
        clip: fields.get("clip").and_then(|at| clip(&at)),
        log: fields.get("log").and_then(|at| at.one_of(&LOGS)),
        mean: numbers("mean"),
        std: numbers("std"),
    };
    if transform.std.iter().any(|std| *std <= 0.0) {
        fields.wrong("std", "a standard deviation is more than 0; write 1 for a constant");
    }
    transform
}

/// `[low, high]`, of which one may be null.
fn clip(at: &At) -> Option<(f64, f64)> {
    let ends = at.list()?;
    let [low, high] = &ends[..] else {
        return at.expected("two numbers, [low, high]");
    };
    let end = |at: &At, open: f64| if *at.value() == Value::Null { Some(open) } else { at.number() };
    let (low, high) = (end(low, f64::NEG_INFINITY)?, end(high, f64::INFINITY)?);
    if low > high {
        at.wrong(format!("{low} is above {high}; write [low, high]"));
    }
    Some((low, high))
}

/// The categories in the file or beside it; `None` if there are none.
pub fn categories(fields: &Fields, folder: &Path) -> Option<Vec<Category>> {
    let listed = fields.get("categories");
    let file = fields.get("categories_file");
    if let (Some(_), Some(at)) = (&listed, &file) {
        at.wrong("categories are there too; leave one of the two out");
    }
    let (at, list) = match (listed, file) {
        (Some(at), _) => (at.clone(), at.each(category)?),
        (None, Some(at)) => {
            let lines = lines(&at, folder)?;
            (at, lines.into_iter().map(Category::Text).collect())
        }
        (None, None) => return None,
    };
    if list.is_empty() {
        at.wrong("it is empty; write at least one category");
    }
    if let Some(twice) = duplicate(&list) {
        at.wrong(format!("{:?} is there twice; leave one out", shorten(&twice)));
    }
    Some(list)
}

fn category(at: &At) -> Option<Category> {
    let integer = match at.value() {
        Value::Number(number) => number.as_i64(),
        Value::Text(text) => return Some(Category::Text(text.clone())),
        _ => None,
    };
    integer.map(Category::Integer).or_else(|| at.expected("a string or an integer"))
}

/// The lines of a text file in the folder.
pub fn lines(at: &At, folder: &Path) -> Option<Vec<String>> {
    let file = at.text()?;
    match read_file(&folder.join(&file)) {
        Ok(text) => Some(text.lines().map(str::to_owned).collect()),
        Err(problem) => {
            at.wrong(format!(
                "{file:?}: {problem}; write the path of a text file, from the folder of deployment.json"
            ));
            None
        }
    }
}

fn read_file(file: &Path) -> Result<String, String> {
    let metadata = fs::metadata(file).map_err(|error| error.to_string())?;
    if !metadata.is_file() || metadata.len() > MAX_FILE {
        return Err(format!("it is no file of at most {MAX_FILE} bytes"));
    }
    let text = fs::read_to_string(file).map_err(|error| error.to_string())?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned())
}
