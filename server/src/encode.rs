//! From the values of a row to the model's input tensors.

use std::borrow::Cow;
use std::sync::Arc;

use axum::body::Bytes;

use crate::array::{ArrayObject, List, ReadArray};
use crate::deployment::{Category, Deployment, Input, InputKind};
use crate::error::{ApiError, ErrorCode};
use crate::layout::Layout;
use crate::work::Work;
use crate::{data_url, npy};

/// A bound on the values of one request's tensors, inputs and outputs each: 512 MiB of float32.
pub const MAX_VALUES: usize = 1 << 27;

/// The most rows of a request: neither its inputs nor its outputs get too large.
fn max_rows(deployment: &Deployment, layout: &Layout) -> usize {
    let output_size: usize = deployment.outputs.iter().map(|output| output.size()).sum();
    (MAX_VALUES / layout.size().max(output_size).max(1)).max(1)
}

fn too_many_rows(most: usize) -> ApiError {
    ApiError::bad_data(format!("the request has too many rows for one batch, send at most {most} at a time"))
}

/// Checks the number of rows of a request that brings its tensors ready.
pub fn check_rows(deployment: &Deployment, layout: &Layout, rows: Option<usize>) -> Result<(), ApiError> {
    let most = max_rows(deployment, layout);
    match rows.is_some_and(|rows| rows > most) {
        true => Err(too_many_rows(most)),
        false => Ok(()),
    }
}

/// The keys of an array's object.
const ARRAY_KEYS: [&str; 2] = ["shape", "data"];

/// A feature's value as it arrived.
pub enum WireValue<'a> {
    Null,
    Bool,
    Integer(i64),
    Number(f64),
    Text(Cow<'a, str>),
    List,
    Object(ArrayObject),
    /// A part of a multipart form, as it is.
    Part(Bytes),
}

impl WireValue<'_> {
    fn noun(&self) -> &'static str {
        match self {
            WireValue::Null => "null",
            WireValue::Bool => "a boolean",
            WireValue::Integer(_) => "an integer",
            WireValue::Number(_) => "a number with a fraction",
            WireValue::Text(_) => "a string",
            WireValue::List => "a list",
            WireValue::Object(_) => "an object",
            WireValue::Part(_) => "a file",
        }
    }
}

/// Fills the tensors of a batch, row by row, each value straight into its place.
pub struct Encoder<'a> {
    pub deployment: &'a Deployment,
    layout: &'a Layout,
    /// Rows begun so far.
    pub rows: usize,
    max_rows: usize,
    values: Vec<Vec<f32>>,
    given: Vec<bool>,
    current: Option<usize>,
    /// The first array of the row that lacks a key, and which.
    incomplete: Option<(usize, &'static str)>,
    /// The keys of arrays that are in the row beside its features.
    astray: Vec<&'static str>,
    numbered: bool,
    pub work: Arc<Work>,
}

impl<'a> Encoder<'a> {
    /// For a batch, whose errors name the row.
    pub fn new(deployment: &'a Deployment, layout: &'a Layout) -> Encoder<'a> {
        Encoder {
            deployment,
            layout,
            rows: 0,
            max_rows: max_rows(deployment, layout),
            values: vec![Vec::new(); layout.tensors.len()],
            given: vec![false; deployment.inputs.len()],
            current: None,
            incomplete: None,
            astray: Vec::new(),
            numbered: true,
            work: Arc::new(Work::unbounded()),
        }
    }

    /// The same within these bounds.
    pub fn within(self, work: &Arc<Work>) -> Encoder<'a> {
        Encoder { work: Arc::clone(work), ..self }
    }

    /// For a single example, whose errors name the feature alone.
    pub fn single(deployment: &'a Deployment, layout: &'a Layout) -> Encoder<'a> {
        Encoder { numbered: false, ..Encoder::new(deployment, layout) }
    }

    /// The tensors, and how many rows they hold.
    pub fn finish(self) -> (usize, Vec<Vec<f32>>) {
        (self.rows, self.values)
    }

    /// Where in the request an error is: `rows[3], feature "x": `.
    pub fn place(&self) -> String {
        let row = self.rows.checked_sub(1).filter(|_| self.numbered).map(|row| format!("rows[{row}]"));
        let feature = self.current.map(|place| format!("feature {:?}", self.deployment.inputs[place].name));
        let parts: Vec<String> = row.into_iter().chain(feature).collect();
        if parts.is_empty() { String::new() } else { format!("{}: ", parts.join(", ")) }
    }

    pub fn begin_row(&mut self) -> Result<(), ApiError> {
        if self.rows == self.max_rows {
            return Err(too_many_rows(self.max_rows));
        }
        self.work.step()?;
        self.work.hold(self.layout.size() * size_of::<f32>())?;
        self.rows += 1;
        self.current = None;
        self.incomplete = None;
        self.astray.clear();
        self.given.fill(false);
        for (values, tensor) in self.values.iter_mut().zip(&self.layout.tensors) {
            values
                .try_reserve(tensor.size)
                .map_err(|_| ApiError::bad_data("the batch does not fit in memory"))?;
            values.resize(values.len() + tensor.size, 0.0);
        }
        Ok(())
    }

    /// Goes to a feature of the row, which may be given once.
    pub fn begin_feature(&mut self, place: usize) -> Result<(), ApiError> {
        if self.deployment.inputs[place].is_large() {
            self.work.step()?;
        }
        self.current = Some(place);
        match std::mem::replace(&mut self.given[place], true) {
            true => Err(ApiError::bad_data("the feature is given twice").at(&self.place())),
            false => Ok(()),
        }
    }

    /// How an array's object is read for the feature gone to last.
    pub fn read_array(&self) -> ReadArray<'_> {
        let input = self.current.map(|place| &self.deployment.inputs[place]);
        let input = input.filter(|input| matches!(input.kind, InputKind::Array));
        ReadArray {
            // One size too many is kept, which makes the shape another one.
            rank: input.map_or(0, |input| input.shape.len() + 1),
            size: input.map_or(0, |input| input.shape.iter().product()),
            work: &self.work,
        }
    }

    /// Notes a name that is no feature: the keys of an array may be in the wrong place.
    pub fn unknown(&mut self, name: &str) {
        let key = ARRAY_KEYS.into_iter().find(|key| *key == name);
        self.astray.extend(key.filter(|key| !self.astray.contains(key)));
    }

    /// Encodes the value of the feature gone to last.
    pub fn put(&mut self, value: WireValue) -> Result<(), ApiError> {
        let Some(place) = self.current else {
            return Ok(());
        };
        let slot = &self.layout.slots[place];
        let size = self.layout.tensors[slot.tensor].size;
        let start = (self.rows - 1) * size + slot.offset;
        let values = &mut self.values[slot.tensor][start..start + slot.size];
        let input = &self.deployment.inputs[place];
        let tensorjson = self.deployment.tensorjson;
        match missing_key(input, tensorjson, &value) {
            // What is wrong shows once the rest of the row is known.
            Some(key) => self.incomplete = self.incomplete.or(Some((place, key))),
            None => encode(input, tensorjson, value, self.work.max_pixels, values)
                .map_err(|error| error.at(&self.place()))?,
        }
        self.current = None;
        Ok(())
    }

    pub fn end_row(&mut self) -> Result<(), ApiError> {
        if let Some((place, key)) = self.incomplete {
            self.current = Some(place);
            let message = format!("the array has no {key:?}{}", self.hint(place));
            return Err(ApiError::bad_data(message).at(&self.place()));
        }
        self.current = None;
        let Some(place) = self.given.iter().position(|given| !given) else {
            return Ok(());
        };
        let input = &self.deployment.inputs[place];
        let hint = if matches!(input.kind, InputKind::Array) { self.hint(place) } else { String::new() };
        let message = format!("the feature {:?} is missing{hint}", input.name);
        Err(ApiError::new(ErrorCode::FeatureNotFound, message).at(&self.place()))
    }

    /// Where the keys of an array belong, if some are beside it.
    fn hint(&self, place: usize) -> String {
        let name = &self.deployment.inputs[place].name;
        let astray: Vec<String> = self.astray.iter().map(|key| format!("{key:?}")).collect();
        match astray.len() {
            0 => String::new(),
            _ => format!(
                "; {} in the row belongs inside {name:?}: {{{name:?}: {{\"shape\": [...], \"data\": [...]}}}}",
                astray.join(" and "),
            ),
        }
    }
}

/// The key that an array's object lacks.
fn missing_key(input: &Input, tensorjson: bool, value: &WireValue) -> Option<&'static str> {
    match (&input.kind, value) {
        (InputKind::Array, WireValue::Object(array)) if tensorjson => match (&array.shape, &array.data) {
            (None, _) => Some("shape"),
            (_, None) => Some("data"),
            _ => None,
        },
        _ => None,
    }
}

fn encode(
    input: &Input,
    tensorjson: bool,
    value: WireValue,
    max_pixels: u64,
    values: &mut [f32],
) -> Result<(), ApiError> {
    match (&input.kind, value) {
        (InputKind::Number, WireValue::Integer(number)) => values[0] = number as f32,
        (InputKind::Number, WireValue::Number(number)) => values[0] = finite(number)?,
        (InputKind::Categorical(categories), value) => values[category(categories, value)?] = 1.0,
        (InputKind::Binary(_), WireValue::Integer(number @ (0 | 1))) => values[0] = number as f32,
        (InputKind::Binary(categories), value) => values[0] = category(categories, value)? as f32,
        (InputKind::Text(ngrams), WireValue::Text(text)) => ngrams.encode(&text, values),
        (InputKind::Image(image), WireValue::Text(url)) => {
            image.encode(image.from_data_url(&url, max_pixels)?, false, |value| value as f32, values)?;
        }
        (InputKind::Image(image), WireValue::Part(file)) => {
            image.encode(image.from_file(&file, max_pixels)?, false, |value| value as f32, values)?;
        }
        (InputKind::Array, WireValue::Object(array)) if tensorjson => from_object(input, array, values)?,
        (InputKind::Array, WireValue::Text(url)) if !tensorjson => from_npy_url(input, &url, values)?,
        (InputKind::Array, WireValue::Part(file)) => from_npy(input, &file, values)?,
        (kind, value) => return Err(mismatch(expected(kind, tensorjson), &value)),
    }
    Ok(())
}

fn expected(kind: &InputKind, tensorjson: bool) -> &'static str {
    match kind {
        InputKind::Number => "a number",
        InputKind::Array if tensorjson => "an object with \"shape\" and \"data\"",
        InputKind::Array => "a data URL of a .npy file",
        InputKind::Categorical(_) | InputKind::Binary(_) => "a string or an integer",
        InputKind::Image(_) => "a data URL of an image",
        InputKind::Text(_) => "a string",
    }
}

fn mismatch(expected: &str, value: &WireValue) -> ApiError {
    let message = format!("{expected} is expected, this is {}", value.noun());
    ApiError::new(ErrorCode::JsonPropertyTypeMismatch, message)
}

fn finite(number: f64) -> Result<f32, ApiError> {
    let single = number as f32;
    match single.is_finite() {
        true => Ok(single),
        false => Err(ApiError::bad_data(format!("{number:e} is beyond the range of a 32-bit float"))),
    }
}

/// The place of a value among the categories; 7 and "7" are the same category.
fn category(categories: &[Category], value: WireValue) -> Result<usize, ApiError> {
    let name = match value {
        WireValue::Text(text) => text,
        WireValue::Integer(number) => Cow::Owned(number.to_string()),
        other => return Err(mismatch("a string or an integer", &other)),
    };
    let found = categories.iter().position(|category| match category {
        Category::Text(text) => *text == *name,
        Category::Integer(number) => number.to_string() == *name,
    });
    found.ok_or_else(|| {
        let known: Vec<String> =
            categories.iter().take(10).map(|category| format!("{:?}", category.name())).collect();
        let more = if categories.len() > known.len() { ", ..." } else { "" };
        let name: String = name.chars().take(40).collect();
        ApiError::bad_data(format!("{name:?} is not one of the categories {}{more}", known.join(", ")))
    })
}

fn from_object(input: &Input, array: ArrayObject, values: &mut [f32]) -> Result<(), ApiError> {
    let none = || List { values: Vec::new(), count: 0 };
    check_shape(input, &array.shape.map_or(Vec::new(), |shape| shape.values))?;
    let data = array.data.unwrap_or_else(none);
    if data.count != values.len() {
        return Err(ApiError::bad_data(format!(
            "the data has {} values, the shape needs {}",
            data.count,
            values.len()
        )));
    }
    fill(&data.values, values)
}

fn from_npy_url(input: &Input, url: &str, values: &mut [f32]) -> Result<(), ApiError> {
    let (media, bytes) = data_url::parse(url)?;
    if media != data_url::NPY {
        return Err(ApiError::data_uri(format!("an array is a data URL of type {}", data_url::NPY)));
    }
    if !npy::is_npy(&bytes) {
        return Err(ApiError::data_uri(format!("the data URL says {media}, its bytes are no .npy file")));
    }
    from_npy(input, &bytes, values)
}

fn from_npy(input: &Input, file: &[u8], values: &mut [f32]) -> Result<(), ApiError> {
    let unreadable = |error| ApiError::bad_data(format!("the .npy file cannot be read: {error}"));
    let file = npy::File::parse(file).map_err(unreadable)?;
    check_shape(input, file.shape())?;
    fill(&file.data().map_err(unreadable)?, values)
}

fn check_shape(input: &Input, shape: &[usize]) -> Result<(), ApiError> {
    if shape == input.shape {
        return Ok(());
    }
    let shown = shape.iter().take(8).collect::<Vec<_>>();
    Err(ApiError::bad_data(format!("the shape is {shown:?}, {:?} is expected", input.shape)))
}

/// Takes the data of a shape that has been checked, as long as the values.
fn fill(data: &[f32], values: &mut [f32]) -> Result<(), ApiError> {
    if let Some(place) = data.iter().position(|value| !value.is_finite()) {
        return Err(ApiError::bad_data(format!("data[{place}] is not a finite 32-bit float")));
    }
    values.copy_from_slice(data);
    Ok(())
}
