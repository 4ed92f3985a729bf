//! From the values of a row to the model's input tensors.

use std::borrow::Cow;
use std::sync::Arc;

use axum::body::Bytes;

use crate::array::{ArrayObject, Data, List, ReadArray};
use crate::deployment::{
    Categories, Category, Deployment, Encoding, Fill, Input, InputKind, Mistakes, TextEncoding,
};
use crate::elements::Element;
use crate::error::{ApiError, ErrorCode};
use crate::for_elements;
use crate::layout::{InputTensor, Layout};
use crate::numbers::Transform;
use crate::tensor::{Datatype, Tensor, Values};
use crate::tokens::{TokenRows, Tokens};
use crate::work::Work;
use crate::{data_url, npy};

/// A bound on the values of one request's tensors, inputs and outputs each: 512 MiB of float32.
pub const MAX_VALUES: usize = 1 << 27;

/// What a tokenizer needs for a byte of text, about: each word becomes several strings and lists.
const TOKENIZING_BYTES: usize = 200;

/// The most rows of a request: neither its inputs nor its outputs get too large.
fn max_rows(deployment: &Deployment, layout: &Layout) -> usize {
    let output_sizes = deployment.outputs.iter().map(|output| output.size());
    let output_size = output_sizes.fold(0, usize::saturating_add);
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

/// Notes each value for a missing one that the tensor of its feature does not take.
pub fn check_fills(deployment: &Deployment, layout: &Layout, mistakes: &Mistakes) {
    let filled = deployment.inputs.iter().enumerate().filter(|(_, input)| input.fill.is_some());
    for (place, input) in filled {
        let mut encoder = Encoder::single(deployment, layout);
        let begun = encoder.begin_row().and_then(|()| encoder.begin_feature(place));
        if let Err(error) = begun.and_then(|()| encoder.put(WireValue::Null)) {
            let problem = error.message.strip_prefix(&encoder.place()).unwrap_or(&error.message);
            let path = format!("inputs[{}].fill", input.place);
            mistakes.add(&path, format!("{problem}; write a value that the tensor takes"));
        }
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
    values: Vec<Values>,
    /// The tokens of each text that becomes some.
    tokens: Vec<TokenRows>,
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
            values: layout.tensors.iter().map(|tensor| Values::empty(tensor.datatype)).collect(),
            tokens: layout.tokens.iter().map(|_| TokenRows::default()).collect(),
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
    pub fn finish(self) -> Result<(usize, Vec<Tensor>), ApiError> {
        let Encoder { layout, rows, values, .. } = self;
        let tensor = |(values, tensor): (Values, &InputTensor)| {
            let shape = [&[rows][..], &tensor.shape].concat();
            Tensor { shape, values }
        };
        let mut tensors: Vec<Tensor> = values.into_iter().zip(&layout.tensors).map(tensor).collect();
        for slot in &layout.tokens {
            let Some(tokens) = tokens_of(&self.deployment.inputs[slot.input]) else { continue };
            let first = layout.tokens.iter().position(|first| first.input == slot.input).unwrap_or_default();
            let datatype = layout.tensors[slot.tensor].datatype;
            let texts = &self.tokens[first];
            self.work.hold(tokens.padded(texts).saturating_mul(datatype.size().unwrap_or(1)))?;
            let tensor = tokens.tensor(texts, slot.part, datatype);
            tensors[slot.tensor] =
                tensor.ok_or_else(|| ApiError::busy("there is no memory for the tokens"))?;
        }
        Ok((rows, tensors))
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
        self.work.hold(self.layout.bytes())?;
        self.rows += 1;
        self.current = None;
        self.incomplete = None;
        self.astray.clear();
        self.given.fill(false);
        for (values, tensor) in self.values.iter_mut().zip(&self.layout.tensors) {
            values.grow(tensor.size).ok_or_else(|| ApiError::bad_data("the batch does not fit in memory"))?;
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
        let input = input.filter(|input| matches!(input.kind, InputKind::Array(_)));
        ReadArray {
            wide: self.current.is_some_and(|place| self.is_wide(place)),
            // One size too many is kept, which makes the shape another one.
            rank: input.map_or(0, |input| input.shape.len() + 1),
            size: input.map_or(0, |input| input.shape.iter().product()),
            work: &self.work,
        }
    }

    /// Whether the numbers of an array have more digits than 32-bit floats keep.
    fn is_wide(&self, place: usize) -> bool {
        let datatype = self.layout.tensors[self.layout.slots[place].tensor].datatype;
        let transformed = match &self.deployment.inputs[place].kind {
            InputKind::Array(transform) => !transform.is_identity(),
            _ => false,
        };
        transformed || datatype != Datatype::Fp32
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
        let input = &self.deployment.inputs[place];
        if let (WireValue::Null, Some(fill)) = (&value, &input.fill) {
            self.given[place] = true;
            return self.fill(place, fill);
        }
        match missing_key(input, self.deployment.tensorjson, &value) {
            // What is wrong shows once the rest of the row is known.
            Some(key) => self.incomplete = self.incomplete.or(Some((place, key))),
            None => self.encode(place, value).map_err(|error| error.at(&self.place()))?,
        }
        self.current = None;
        Ok(())
    }

    /// Encodes the value that a missing one stands for.
    fn fill(&mut self, place: usize, fill: &Fill) -> Result<(), ApiError> {
        self.current = Some(place);
        let filled = match fill {
            Fill::Text(text) => self.encode(place, WireValue::Text(Cow::Borrowed(text))),
            Fill::Number(number) => self.encode_number(place, *number),
        };
        filled.map_err(|error| error.at(&self.place()))?;
        self.current = None;
        Ok(())
    }

    /// Encodes a value in its place.
    fn encode(&mut self, place: usize, value: WireValue) -> Result<(), ApiError> {
        let input = &self.deployment.inputs[place];
        if let Some(tokens) = tokens_of(input) {
            return self.encode_tokens(place, tokens, value);
        }
        let (tensorjson, max_pixels) = (self.deployment.tensorjson, self.work.max_pixels);
        let slot = &self.layout.slots[place];
        let start = (self.rows - 1) * self.layout.tensors[slot.tensor].size + slot.offset;
        let range = start..start + slot.size;
        for_elements!(&mut self.values[slot.tensor], E, list => {
            encode::<E>(input, tensorjson, value, max_pixels, &mut list[range])
        }, list => {
            let text = raw(input, value)?;
            self.work.hold(text.len())?;
            list[start] = text;
            Ok(())
        })
    }

    /// Fills all values of a feature with a number.
    fn encode_number(&mut self, place: usize, number: f64) -> Result<(), ApiError> {
        let (InputKind::Number(transform) | InputKind::Array(transform)) =
            &self.deployment.inputs[place].kind
        else {
            return Ok(());
        };
        let slot = &self.layout.slots[place];
        let start = (self.rows - 1) * self.layout.tensors[slot.tensor].size + slot.offset;
        let range = start..start + slot.size;
        for_elements!(&mut self.values[slot.tensor], E, list => {
            let transformed = std::iter::repeat_n(number, slot.size);
            put_all::<E>(transform, transformed, &mut list[range], &self.deployment.inputs[place].shape)
        }, _list => Ok(()))
    }

    fn encode_tokens(&mut self, place: usize, tokens: &Tokens, value: WireValue) -> Result<(), ApiError> {
        let WireValue::Text(text) = value else {
            return Err(mismatch("a string", &value));
        };
        let first = self.layout.tokens.iter().position(|slot| slot.input == place).unwrap_or_default();
        let rows = &mut self.tokens[first];
        let meanwhile = self.work.borrow(text.len().saturating_mul(TOKENIZING_BYTES))?;
        tokens.encode(&text, rows).map_err(ApiError::bad_data)?;
        drop(meanwhile);
        self.work.hold(rows.last_bytes())
    }

    pub fn end_row(&mut self) -> Result<(), ApiError> {
        if let Some((place, key)) = self.incomplete {
            self.current = Some(place);
            let message = format!("the array has no {key:?}{}", self.hint(place));
            return Err(ApiError::bad_data(message).at(&self.place()));
        }
        self.current = None;
        for (place, input) in self.deployment.inputs.iter().enumerate() {
            if let (false, Some(fill)) = (self.given[place], &input.fill) {
                self.given[place] = true;
                self.fill(place, fill)?;
            }
        }
        let Some(place) = self.given.iter().position(|given| !given) else {
            return Ok(());
        };
        let input = &self.deployment.inputs[place];
        let hint = if matches!(input.kind, InputKind::Array(_)) { self.hint(place) } else { String::new() };
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
        (InputKind::Array(_), WireValue::Object(array)) if tensorjson => match (&array.shape, &array.data) {
            (None, _) => Some("shape"),
            (_, None) => Some("data"),
            _ => None,
        },
        _ => None,
    }
}

fn tokens_of(input: &Input) -> Option<&Tokens> {
    match &input.kind {
        InputKind::Text(TextEncoding::Tokens(tokens)) => Some(tokens),
        _ => None,
    }
}

fn encode<E: Element>(
    input: &Input,
    tensorjson: bool,
    value: WireValue,
    max_pixels: u64,
    values: &mut [E::Value],
) -> Result<(), ApiError> {
    match (&input.kind, value) {
        (InputKind::Number(transform), WireValue::Integer(number)) if transform.is_identity() => {
            values[0] = E::of_integer(number).map_err(ApiError::bad_data)?;
        }
        (InputKind::Number(transform), WireValue::Integer(number)) => {
            values[0] = put::<E>(transform, number as f64, 0)?;
        }
        // The text of a form may be nan.
        (InputKind::Number(_), WireValue::Number(number)) if !number.is_finite() => {
            return Err(ApiError::bad_data(format!("{number:e} is beyond the range of a 32-bit float")));
        }
        (InputKind::Number(transform), WireValue::Number(number)) => {
            values[0] = put::<E>(transform, number, 0)?
        }
        (InputKind::Binary(categories, encoding), WireValue::Integer(number @ (0 | 1))) => {
            put_category::<E>(categories, *encoding, usize::from(number == 1), values)?;
        }
        (InputKind::Categorical(categories, encoding) | InputKind::Binary(categories, encoding), value) => {
            put_category::<E>(categories, *encoding, category(categories, value)?, values)?;
        }
        (InputKind::Text(TextEncoding::Ngrams(ngrams)), WireValue::Text(text)) => {
            put_singles::<E>(values, |singles| ngrams.encode(&text, singles))?;
        }
        (InputKind::Text(TextEncoding::Date(rules, transform)), WireValue::Text(text)) => {
            for (place, (rule, value)) in rules.iter().zip(values).enumerate() {
                let number = rule.number(&text).ok_or_else(|| no_date(&text))?;
                *value = put::<E>(transform, number, place)?;
            }
        }
        (InputKind::Image(image), WireValue::Text(url)) => {
            image.encode(image.from_data_url(&url, max_pixels)?, E::IS_INTEGER, E::nearest, values)?;
        }
        (InputKind::Image(image), WireValue::Part(file)) => {
            image.encode(image.from_file(&file, max_pixels)?, E::IS_INTEGER, E::nearest, values)?;
        }
        (InputKind::Array(transform), WireValue::Object(array)) if tensorjson => {
            from_object::<E>(input, transform, array, values)?;
        }
        (InputKind::Array(transform), WireValue::Text(url)) if !tensorjson => {
            from_npy_url::<E>(input, transform, &url, values)?;
        }
        (InputKind::Array(transform), WireValue::Part(file)) => {
            from_npy::<E>(input, transform, &file, values)?
        }
        (kind, value) => return Err(mismatch(expected(kind, tensorjson), &value)),
    }
    Ok(())
}

/// A number as it stands in the tensor.
fn put<E: Element>(transform: &Transform, number: f64, place: usize) -> Result<E::Value, ApiError> {
    let number = transform.apply(number, place).map_err(ApiError::bad_data)?;
    E::of_number(number).map_err(ApiError::bad_data)
}

/// The numbers of an array; `place` is that along its last axis.
fn put_all<E: Element>(
    transform: &Transform,
    numbers: impl Iterator<Item = f64>,
    values: &mut [E::Value],
    shape: &[usize],
) -> Result<(), ApiError> {
    let last = shape.last().copied().unwrap_or(1).max(1);
    for (place, (number, value)) in numbers.zip(values).enumerate() {
        let put = put::<E>(transform, number, place % last);
        *value =
            put.map_err(|error| ApiError { message: format!("data[{place}]: {}", error.message), ..error })?;
    }
    Ok(())
}

/// Lets an encoder of 32-bit floats write the values.
fn put_singles<E: Element>(values: &mut [E::Value], encode: impl FnOnce(&mut [f32])) -> Result<(), ApiError> {
    if let Some(singles) = E::singles(values) {
        encode(singles);
        return Ok(());
    }
    let mut singles = vec![0.0; values.len()];
    encode(&mut singles);
    for (single, value) in singles.into_iter().zip(values) {
        *value = E::of_number(f64::from(single)).map_err(ApiError::bad_data)?;
    }
    Ok(())
}

fn put_category<E: Element>(
    categories: &Categories,
    encoding: Encoding,
    place: usize,
    values: &mut [E::Value],
) -> Result<(), ApiError> {
    let (at, number) = match (encoding, &categories.list()[place]) {
        (Encoding::OneHot, _) => (place, 1),
        (Encoding::Raw, Category::Integer(number)) => (0, *number),
        _ => (0, place as i64),
    };
    values[at] = E::of_integer(number).map_err(ApiError::bad_data)?;
    Ok(())
}

/// The text of a value that enters a tensor of strings.
fn raw(input: &Input, value: WireValue) -> Result<String, ApiError> {
    match (&input.kind, value) {
        (InputKind::Text(_), WireValue::Text(text)) => Ok(text.into_owned()),
        (InputKind::Binary(categories, _), WireValue::Integer(number @ (0 | 1))) => {
            Ok(categories.list()[usize::from(number == 1)].name())
        }
        (InputKind::Categorical(categories, _) | InputKind::Binary(categories, _), value) => {
            Ok(categories.list()[category(categories, value)?].name())
        }
        (kind, value) => Err(mismatch(expected(kind, true), &value)),
    }
}

fn no_date(text: &str) -> ApiError {
    let shown: String = text.chars().take(40).collect();
    ApiError::bad_data(format!("{shown:?} is no date, write it as 2024-05-17 or 2024-05-17T12:30:00Z"))
}

fn expected(kind: &InputKind, tensorjson: bool) -> &'static str {
    match kind {
        InputKind::Number(_) => "a number",
        InputKind::Array(_) if tensorjson => "an object with \"shape\" and \"data\"",
        InputKind::Array(_) => "a data URL of a .npy file",
        InputKind::Categorical(..) | InputKind::Binary(..) => "a string or an integer",
        InputKind::Image(_) => "a data URL of an image",
        InputKind::Text(_) => "a string",
    }
}

fn mismatch(expected: &str, value: &WireValue) -> ApiError {
    let message = format!("{expected} is expected, this is {}", value.noun());
    ApiError::new(ErrorCode::JsonPropertyTypeMismatch, message)
}

/// The place of a value among the categories; 7 and "7" are the same category.
fn category(categories: &Categories, value: WireValue) -> Result<usize, ApiError> {
    let name = match value {
        WireValue::Text(text) => text,
        WireValue::Integer(number) => Cow::Owned(number.to_string()),
        other => return Err(mismatch("a string or an integer", &other)),
    };
    categories.place(&name).ok_or_else(|| {
        let list = categories.list();
        let known: Vec<String> =
            list.iter().take(10).map(|category| format!("{:?}", category.name())).collect();
        let more = if list.len() > known.len() { ", ..." } else { "" };
        let name: String = name.chars().take(40).collect();
        ApiError::bad_data(format!("{name:?} is not one of the categories {}{more}", known.join(", ")))
    })
}

fn from_object<E: Element>(
    input: &Input,
    transform: &Transform,
    array: ArrayObject,
    values: &mut [E::Value],
) -> Result<(), ApiError> {
    check_shape(input, &array.shape.map_or(Vec::new(), |shape| shape.values))?;
    let data = array.data.unwrap_or(Data::Single(List { values: Vec::new(), count: 0 }));
    let count = data.count();
    if count != values.len() {
        return Err(ApiError::bad_data(format!(
            "the data has {count} values, the shape needs {}",
            values.len()
        )));
    }
    match data {
        Data::Single(list) => fill_singles::<E>(transform, &list.values, values, input),
        Data::Double(list) => put_all::<E>(transform, list.values.into_iter(), values, &input.shape),
    }
}

fn from_npy_url<E: Element>(
    input: &Input,
    transform: &Transform,
    url: &str,
    values: &mut [E::Value],
) -> Result<(), ApiError> {
    let (media, bytes) = data_url::parse(url)?;
    if media != data_url::NPY {
        return Err(ApiError::data_uri(format!("an array is a data URL of type {}", data_url::NPY)));
    }
    if !npy::is_npy(&bytes) {
        return Err(ApiError::data_uri(format!("the data URL says {media}, its bytes are no .npy file")));
    }
    from_npy::<E>(input, transform, &bytes, values)
}

fn from_npy<E: Element>(
    input: &Input,
    transform: &Transform,
    file: &[u8],
    values: &mut [E::Value],
) -> Result<(), ApiError> {
    let unreadable = |error| ApiError::bad_data(format!("the .npy file cannot be read: {error}"));
    let file = npy::File::parse(file).map_err(unreadable)?;
    check_shape(input, file.shape())?;
    let is_plain = transform.is_identity() && E::singles(values).is_some();
    match is_plain {
        true => fill_singles::<E>(transform, &file.data().map_err(unreadable)?, values, input),
        false => {
            let doubles = file.doubles().map_err(unreadable)?;
            if let Some(place) = doubles.iter().position(|value| !value.is_finite()) {
                return Err(ApiError::bad_data(format!("data[{place}] is not a finite number")));
            }
            put_all::<E>(transform, doubles.into_iter(), values, &input.shape)
        }
    }
}

fn check_shape(input: &Input, shape: &[usize]) -> Result<(), ApiError> {
    if shape == input.shape {
        return Ok(());
    }
    let shown = shape.iter().take(8).collect::<Vec<_>>();
    Err(ApiError::bad_data(format!("the shape is {shown:?}, {:?} is expected", input.shape)))
}

/// Takes the data of a shape that has been checked, as long as the values.
fn fill_singles<E: Element>(
    transform: &Transform,
    data: &[f32],
    values: &mut [E::Value],
    input: &Input,
) -> Result<(), ApiError> {
    if let Some(place) = data.iter().position(|value| !value.is_finite()) {
        return Err(ApiError::bad_data(format!("data[{place}] is not a finite 32-bit float")));
    }
    match E::singles(values) {
        Some(singles) if transform.is_identity() => {
            singles.copy_from_slice(data);
            Ok(())
        }
        _ => put_all::<E>(transform, data.iter().map(|&value| f64::from(value)), values, &input.shape),
    }
}
