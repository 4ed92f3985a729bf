//! The description of a model by the user: what its metadata do not say, or say wrong. It is read when it is
//! set, so that a mistake is found there.

use super::datatype::DataType;
use crate::array::MOST_DIMENSIONS;
use crate::error::{Error, ErrorKind, Result};
use crate::json::Cursor;
use crate::memory::{none_for, push, push_text};
use crate::message::shortened;
use crate::names::{MOST_NAME_BYTES, Names};
use crate::text::NulString;
use std::borrow::Cow;
use std::collections::HashSet;

/// A model's description.
#[derive(Debug, Default)]
pub(crate) struct Description {
    /// The inputs that it says something of.
    pub(crate) inputs: Vec<Described>,
    /// The outputs to ask for; all if it lists none.
    pub(crate) outputs: Option<Vec<Described>>,
    pub(crate) axis: Option<Axis>,
    pub(crate) max_batch_size: Option<usize>,
    /// What is sent with every request: the members of a JSON object.
    pub(crate) parameters: String,
}

/// Where the rows lie in the tensors of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Axis {
    /// Along the first axis of each.
    First,
    /// There is no axis for them.
    None,
}

/// One input or output.
#[derive(Debug, Default)]
pub(crate) struct Described {
    pub(crate) name: String,
    pub(crate) datatype: Option<DataType>,
    /// Its whole shape; nothing for a size that is free.
    pub(crate) shape: Option<Vec<Option<usize>>>,
    pub(crate) meaning: Meaning,
}

/// What a tensor is to users, beyond its datatype and its shape.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Meaning {
    pub(crate) kind: Option<Kind>,
    pub(crate) labels: Option<Names>,
    pub(crate) optional: Option<bool>,
    /// Whether JSON has its bytes as base64.
    pub(crate) base64: Option<bool>,
    pub(crate) layout: Option<Layout>,
    /// For each channel, or one for all.
    pub(crate) scale: Option<Vec<f64>>,
    pub(crate) mean: Option<Vec<f64>>,
    pub(crate) std: Option<Vec<f64>>,
}

impl Meaning {
    /// Whether it says how pixels become elements.
    pub(crate) fn has_pixel_keys(&self) -> bool {
        self.layout.is_some() || self.scale.is_some() || self.mean.is_some() || self.std.is_some()
    }
}

/// What the values of a tensor are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Numeric,
    Binary,
    Categorical,
    Text,
    Image,
    Bytes,
}

const KINDS: [(&str, Kind); 6] = [
    ("numeric", Kind::Numeric),
    ("binary", Kind::Binary),
    ("categorical", Kind::Categorical),
    ("text", Kind::Text),
    ("image", Kind::Image),
    ("bytes", Kind::Bytes),
];

/// The order of the axes of an image: height, width and channels, or channels first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    Hwc,
    Chw,
}

/// The keys of a tensor: first those that an output has, too.
const KEYS: [&str; 11] = [
    "name",
    "datatype",
    "shape",
    "type",
    "labels",
    "content_type",
    "layout",
    "optional",
    "scale",
    "mean",
    "std",
];
const OUTPUT_KEYS: usize = 7;

/// Whether a tensor is an input: then it has further keys.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Input,
    Output,
}

/// How much of a given text a message shows.
const SHOWN_BYTES: usize = 200;
/// The largest whole number that every reader of JSON reads exactly.
const MOST: f64 = 9_007_199_254_740_991.0;

impl Description {
    /// Reads a description. An error names the key by its path.
    pub(crate) fn read(json: &[u8]) -> Result<Description> {
        read(json).map_err(|error| match error.kind() {
            ErrorKind::ReplyMalformed => {
                Error::new(ErrorKind::Argument, format!("the model description: {}", error.into_message()))
            }
            _ => error,
        })
    }
}

fn read(json: &[u8]) -> Result<Description> {
    let mut description = Description::default();
    let mut cursor = Cursor::new(json);
    let keys = ["inputs", "outputs", "batch_axis", "max_batch_size", "parameters"];
    members(&mut cursor, "", &keys, |cursor, key, path| {
        match key {
            "inputs" => description.inputs = tensors(cursor, path, Side::Input)?,
            "outputs" => {
                let outputs = tensors(cursor, path, Side::Output)?;
                if outputs.is_empty() {
                    return Err(mistake(path, "lists no output; leave it out to ask for all"));
                }
                description.outputs = Some(outputs);
            }
            "batch_axis" if cursor.take_word("null") => description.axis = Some(Axis::None),
            "batch_axis" => match whole(cursor, path)? {
                0 => description.axis = Some(Axis::First),
                _ => return Err(mistake(path, "expected 0, or null for none")),
            },
            "max_batch_size" => match whole(cursor, path)? {
                0 => return Err(mistake(path, "is 0; it has to be at least 1")),
                most => description.max_batch_size = Some(most),
            },
            "parameters" => description.parameters = parameters(cursor, path)?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    cursor.end()?;
    if description.axis == Some(Axis::None) && description.max_batch_size.is_some() {
        return Err(mistake("max_batch_size", "needs an axis for rows, and batch_axis is null"));
    }
    Ok(description)
}

fn tensors(cursor: &mut Cursor<'_>, path: &str, side: Side) -> Result<Vec<Described>> {
    let (mut all, mut names) = (Vec::new(), HashSet::new());
    list(cursor, path, |cursor, path| {
        let tensor = tensor(cursor, path, side)?;
        if !is_new(&mut names, &tensor.name)? {
            return Err(mistake(&format!("{path}.name"), format_args!("{:?} is a duplicate", tensor.name)));
        }
        push(&mut all, tensor)
    })?;
    Ok(all)
}

fn tensor(cursor: &mut Cursor<'_>, path: &str, side: Side) -> Result<Described> {
    let mut name = None;
    let mut tensor = Described::default();
    let keys =
        if side == Side::Input { KEYS.as_slice() } else { KEYS.get(..OUTPUT_KEYS).unwrap_or_default() };
    members(cursor, path, keys, |cursor, key, path| {
        match key {
            "name" => name = Some(named(cursor, path)?),
            "datatype" => tensor.datatype = Some(datatype(cursor, path)?),
            "shape" => tensor.shape = Some(shape(cursor, path)?),
            "type" => tensor.meaning.kind = Some(one_of(cursor, path, &KINDS)?),
            "labels" => tensor.meaning.labels = Some(labels(cursor, path)?),
            "content_type" => {
                tensor.meaning.base64 = Some(one_of(cursor, path, &[("base64", true), ("str", false)])?);
            }
            "layout" => {
                let layouts = [("HWC", Layout::Hwc), ("CHW", Layout::Chw)];
                tensor.meaning.layout = Some(one_of(cursor, path, &layouts)?);
            }
            _ if side == Side::Output => return Ok(false),
            "optional" => tensor.meaning.optional = Some(boolean(cursor, path)?),
            "scale" => tensor.meaning.scale = Some(numbers(cursor, path)?),
            "mean" => tensor.meaning.mean = Some(numbers(cursor, path)?),
            "std" => tensor.meaning.std = Some(divisors(cursor, path)?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    tensor.name = name.ok_or_else(|| mistake(path, "has no name"))?;
    require_fitting_keys(&tensor.meaning, path)?;
    Ok(tensor)
}

/// Which keys go with which type.
fn require_fitting_keys(meaning: &Meaning, path: &str) -> Result<()> {
    let Meaning { kind, labels, layout, scale, mean, std, .. } = meaning;
    let for_images = [
        ("layout", layout.is_some()),
        ("scale", scale.is_some()),
        ("mean", mean.is_some()),
        ("std", std.is_some()),
    ];
    if let Some((key, _)) = for_images.into_iter().find(|(_, given)| *given && *kind != Some(Kind::Image)) {
        return Err(mistake(&format!("{path}.{key}"), "is for images; add \"type\": \"image\""));
    }
    let Some(labels) = labels else { return Ok(()) };
    let count = labels.list().len();
    let what = match kind {
        None | Some(Kind::Categorical) => return Ok(()),
        Some(Kind::Binary) if count == 2 => return Ok(()),
        Some(Kind::Binary) => format!("has {count} labels; a binary tensor has two"),
        Some(_) => "is for the types categorical and binary".to_owned(),
    };
    Err(mistake(&format!("{path}.labels"), what))
}

/// Reads the object that comes next. `each` reads the value of a key, and returns whether it knows the key:
/// one of `keys`, which an error lists.
fn members<'a>(
    cursor: &mut Cursor<'a>,
    path: &str,
    keys: &[&str],
    mut each: impl FnMut(&mut Cursor<'a>, &str, &str) -> Result<bool>,
) -> Result<()> {
    require(cursor, path, "an object", |byte| byte == b'{')?;
    let mut seen = HashSet::new();
    cursor.object(|cursor, key| {
        if key.len() > MOST_NAME_BYTES {
            return Err(mistake(path, format_args!("has a key of {} bytes", key.len())));
        }
        let dot = if path.is_empty() { "" } else { "." };
        let here = format!("{path}{dot}{}", shortened(&key, SHOWN_BYTES));
        if !is_new(&mut seen, &key)? {
            return Err(mistake(&here, "is a duplicate"));
        }
        match each(cursor, &key, &here)? {
            true => Ok(()),
            false => Err(unknown_key(&here, path, keys)),
        }
    })
}

/// Whether a name is the first of its kind.
fn is_new(seen: &mut HashSet<String>, name: &str) -> Result<bool> {
    seen.try_reserve(1).map_err(|_| none_for(name.len()))?;
    Ok(seen.insert(name.to_owned()))
}

/// Reads the list that comes next. `each` reads an element.
fn list<'a>(
    cursor: &mut Cursor<'a>,
    path: &str,
    mut each: impl FnMut(&mut Cursor<'a>, &str) -> Result<()>,
) -> Result<()> {
    require(cursor, path, "a list", |byte| byte == b'[')?;
    let mut place = 0;
    cursor.array(|cursor| {
        place += 1;
        each(cursor, &format!("{path}[{}]", place - 1))
    })
}

fn require(cursor: &mut Cursor<'_>, path: &str, wanted: &str, fits: impl Fn(u8) -> bool) -> Result<()> {
    match cursor.peek() {
        Some(byte) if fits(byte) => Ok(()),
        _ => Err(mistake(path, format_args!("expected {wanted}, found {}", cursor.kind_of_next()))),
    }
}

fn text<'a>(cursor: &mut Cursor<'a>, path: &str) -> Result<Cow<'a, str>> {
    require(cursor, path, "text", |byte| byte == b'"')?;
    cursor.string()
}

fn named(cursor: &mut Cursor<'_>, path: &str) -> Result<String> {
    let name = text(cursor, path)?;
    match name.len() {
        0..=MOST_NAME_BYTES => Ok(name.into_owned()),
        length => {
            Err(mistake(path, format_args!("has {length} bytes; a name has at most {MOST_NAME_BYTES}")))
        }
    }
}

fn boolean(cursor: &mut Cursor<'_>, path: &str) -> Result<bool> {
    require(cursor, path, "true or false", |byte| matches!(byte, b't' | b'f'))?;
    let is_true = cursor.take_word("true");
    if is_true { Ok(true) } else { cursor.skip_value().map(|()| false) }
}

fn one_of<T: Copy>(cursor: &mut Cursor<'_>, path: &str, known: &[(&str, T)]) -> Result<T> {
    let given = text(cursor, path)?;
    known.iter().find(|(name, _)| *name == given).map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        mistake(path, format_args!("{:?} is none of {}", shortened(&given, SHOWN_BYTES), names.join(", ")))
    })
}

fn datatype(cursor: &mut Cursor<'_>, path: &str) -> Result<DataType> {
    let given = text(cursor, path)?;
    let unknown =
        || mistake(path, format_args!("{:?} is no datatype; FP32 is one", shortened(&given, SHOWN_BYTES)));
    DataType::named(&given).ok_or_else(unknown)
}

fn number(cursor: &mut Cursor<'_>, path: &str) -> Result<f64> {
    require(cursor, path, "a number", |byte| matches!(byte, b'-' | b'0'..=b'9'))?;
    if let Some(number) = cursor.f64() {
        return Ok(number);
    }
    // Either it is malformed, or too large.
    let text = cursor.number_text()?;
    Err(mistake(path, format_args!("{} is too large", shortened(text, SHOWN_BYTES))))
}

/// A whole number that is not negative. 2.0 is one, as JSON Schema has it.
fn whole(cursor: &mut Cursor<'_>, path: &str) -> Result<usize> {
    let number = number(cursor, path)?;
    let fits = (0.0..=MOST).contains(&number) && number.fract() == 0.0;
    fits.then_some(number as usize)
        .ok_or_else(|| mistake(path, format_args!("{number} is not a whole number")))
}

fn shape(cursor: &mut Cursor<'_>, path: &str) -> Result<Vec<Option<usize>>> {
    let mut sizes = Vec::new();
    list(cursor, path, |cursor, path| {
        let number = number(cursor, path)?;
        if sizes.len() == MOST_DIMENSIONS {
            return Err(mistake(path, format_args!("a tensor has at most {MOST_DIMENSIONS} dimensions")));
        }
        let is_size = (-1.0..=MOST).contains(&number) && number.fract() == 0.0;
        match is_size {
            true => push(&mut sizes, (number >= 0.0).then_some(number as usize)),
            false => Err(mistake(path, format_args!("{number} is no size; sizes are whole numbers, or -1"))),
        }
    })?;
    Ok(sizes)
}

fn labels(cursor: &mut Cursor<'_>, path: &str) -> Result<Names> {
    let mut labels: Vec<NulString> = Vec::new();
    list(cursor, path, |cursor, path| push(&mut labels, NulString::from(named(cursor, path)?)))?;
    if labels.is_empty() {
        return Err(mistake(path, "has no label"));
    }
    let twice = |label: NulString| mistake(path, format_args!("{:?} is a duplicate", &*label));
    Names::new(labels)?.map_err(twice)
}

/// A number for all channels of an image, or a list with one for each.
fn numbers(cursor: &mut Cursor<'_>, path: &str) -> Result<Vec<f64>> {
    let mut all = Vec::new();
    match cursor.peek() {
        Some(b'[') => list(cursor, path, |cursor, path| push(&mut all, number(cursor, path)?))?,
        _ => {
            require(cursor, path, "a number or a list of numbers", |byte| {
                matches!(byte, b'-' | b'0'..=b'9')
            })?;
            push(&mut all, number(cursor, path)?)?;
        }
    }
    if matches!(all.len(), 1 | 3) {
        return Ok(all);
    }
    Err(mistake(path, format_args!("has {} numbers; give one, or one for each of three channels", all.len())))
}

fn divisors(cursor: &mut Cursor<'_>, path: &str) -> Result<Vec<f64>> {
    let all = numbers(cursor, path)?;
    if all.contains(&0.0) { Err(mistake(path, "is 0, by which nothing can be divided")) } else { Ok(all) }
}

/// The members of the object of parameters, with their values as they are written.
fn parameters(cursor: &mut Cursor<'_>, path: &str) -> Result<String> {
    let mut all = String::new();
    members(cursor, path, &[], |cursor, key, path| {
        require(cursor, path, "text, a number or a boolean", |byte| !matches!(byte, b'{' | b'[' | b'n'))?;
        let rest = cursor.rest();
        match cursor.peek() {
            // A string that is read is checked to be UTF-8; one that is skipped is not.
            Some(b'"') => drop(cursor.string()?),
            _ => cursor.skip_value()?,
        }
        let value = rest.get(..rest.len() - cursor.rest().len()).unwrap_or_default();
        let value = std::str::from_utf8(value).map_err(|_| mistake(path, "is not UTF-8"))?;
        let comma = if all.is_empty() { "" } else { "," };
        let key = serde_json::Value::from(key).to_string();
        [comma, &key, ":", value].into_iter().try_for_each(|part| push_text(&mut all, part))?;
        Ok(true)
    })?;
    Ok(all)
}

#[cold]
fn unknown_key(here: &str, path: &str, keys: &[&str]) -> Error {
    let owner = if path.is_empty() { "a description" } else { path };
    mistake(here, format_args!("is unknown; the keys of {owner} are {}", keys.join(", ")))
}

/// The error of a mistake at a path.
#[cold]
fn mistake(path: &str, what: impl std::fmt::Display) -> Error {
    let place = if path.is_empty() { String::new() } else { format!("{path}: ") };
    Error::new(ErrorKind::Argument, format!("the model description: {place}{what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_description_is_read() {
        let description = Description::read(
            br#" {"inputs": [{"name": "x", "datatype": "FP32", "shape": [-1, 3, 2.0], "type": "image", "layout": "CHW",
            "scale": 0.5, "mean": [1, 2, 3], "std": [-1], "optional": true}, {"name": "y \"q\"", "labels": ["a", ""]}],
            "outputs": [{"name": "", "type": "binary", "labels": ["no", "yes"]}], "batch_axis": 0, "max_batch_size": 1e1,
            "parameters": {"a": "\u00e9\"", "b": -1.50, "c": true, "": false}} "#,
        )
        .unwrap();
        let [image, category] = &*description.inputs else { panic!() };
        assert_eq!((&*image.name, image.datatype), ("x", Some(DataType::Fp32)));
        assert_eq!(image.shape, Some(vec![None, Some(3), Some(2)]));
        let Meaning { kind, optional, layout, scale, mean, std, labels, base64 } = &image.meaning;
        assert_eq!((*kind, *optional, *layout), (Some(Kind::Image), Some(true), Some(Layout::Chw)));
        assert_eq!((scale, mean, std), (&Some(vec![0.5]), &Some(vec![1.0, 2.0, 3.0]), &Some(vec![-1.0])));
        assert!(labels.is_none() && base64.is_none());
        assert_eq!((&*category.name, category.meaning.labels.as_ref().unwrap().list().len()), ("y \"q\"", 2));
        assert_eq!(description.outputs.unwrap()[0].meaning.kind, Some(Kind::Binary));
        assert_eq!((description.axis, description.max_batch_size), (Some(Axis::First), Some(10)));
        assert_eq!(description.parameters, r#""a":"\u00e9\"","b":-1.50,"c":true,"":false"#);
        let none = Description::read(br#"{"batch_axis": null}"#).unwrap();
        assert_eq!((none.axis, none.inputs.len(), none.outputs.is_none()), (Some(Axis::None), 0, true));
        assert_eq!(Description::read(b"{}").unwrap().axis, None);
    }

    #[test]
    fn a_mistake_is_named_by_its_path() {
        let one = |keys: &str| format!(r#"{{"inputs": [{{"name": "a"}}, {{"name": "x", {keys}}}]}}"#);
        for (json, said) in [
            ("".to_owned(), "expected an object, found nothing"),
            ("[]".to_owned(), "expected an object, found a list"),
            ("{} x".to_owned(), "invalid JSON: expected end of input"),
            (r#"{"inputs": [}"#.to_owned(), "inputs[0]: expected an object, found invalid JSON"),
            (r#"{"inputs": {}}"#.to_owned(), "inputs: expected a list, found an object"),
            (r#"{"inputs": [1]}"#.to_owned(), "inputs[0]: expected an object, found a number"),
            (r#"{"inputs": [{}]}"#.to_owned(), "inputs[0]: has no name"),
            (r#"{"inputs": [{"name": null}]}"#.to_owned(), "inputs[0].name: expected text, found null"),
            (
                r#"{"inputs": [{"name": "x"}, {"name": "x"}]}"#.to_owned(),
                "inputs[1].name: \"x\" is a duplicate",
            ),
            (
                r#"{"input": []}"#.to_owned(),
                "input: is unknown; the keys of a description are inputs, outputs, batch_axis, max_batch_size, parameters",
            ),
            (r#"{"inputs": [], "inputs": []}"#.to_owned(), "inputs: is a duplicate"),
            (r#"{"outputs": []}"#.to_owned(), "outputs: lists no output"),
            (
                r#"{"outputs": [{"name": "x", "layout": "HWC"}]}"#.to_owned(),
                "outputs[0].layout: is for images",
            ),
            (
                r#"{"outputs": [{"name": "x", "type": "image", "scale": 1}]}"#.to_owned(),
                "outputs[0].scale: is unknown; the keys of outputs[0] are name, datatype, shape, type, labels, content_type, layout",
            ),
            (r#"{"batch_axis": 1}"#.to_owned(), "batch_axis: expected 0, or null"),
            (r#"{"batch_axis": "0"}"#.to_owned(), "batch_axis: expected a number, found text"),
            (r#"{"max_batch_size": 0}"#.to_owned(), "max_batch_size: is 0"),
            (r#"{"max_batch_size": 1.5}"#.to_owned(), "max_batch_size: 1.5 is not a whole number"),
            (r#"{"max_batch_size": 1e999}"#.to_owned(), "max_batch_size: 1e999 is too large"),
            (r#"{"max_batch_size": 2, "batch_axis": null}"#.to_owned(), "max_batch_size: needs an axis"),
            (
                r#"{"parameters": {"a": {"b": 1}}}"#.to_owned(),
                "parameters.a: expected text, a number or a boolean",
            ),
            (
                r#"{"parameters": {"a": null}}"#.to_owned(),
                "parameters.a: expected text, a number or a boolean",
            ),
            (
                one(r#""scales": 1"#),
                "inputs[1].scales: is unknown; the keys of inputs[1] are name, datatype, shape, type, labels, \
                 content_type, layout, optional, scale, mean, std",
            ),
            (one(r#""datatype": "fp32""#), "inputs[1].datatype: \"fp32\" is no datatype"),
            (one(r#""shape": 3"#), "inputs[1].shape: expected a list, found a number"),
            (one(r#""shape": [1, -2]"#), "inputs[1].shape[1]: -2 is no size"),
            (one(r#""shape": [null]"#), "inputs[1].shape[0]: expected a number, found null"),
            (one(r#""type": "picture""#), "inputs[1].type: \"picture\" is none of numeric, binary"),
            (one(r#""labels": []"#), "inputs[1].labels: has no label"),
            (one(r#""labels": ["a", 1]"#), "inputs[1].labels[1]: expected text, found a number"),
            (one(r#""labels": ["a", "a"]"#), "inputs[1].labels: \"a\" is a duplicate"),
            (
                one(r#""labels": ["a"], "type": "text""#),
                "inputs[1].labels: is for the types categorical and binary",
            ),
            (
                one(r#""labels": ["a"], "type": "binary""#),
                "inputs[1].labels: has 1 labels; a binary tensor has two",
            ),
            (one(r#""optional": 1"#), "inputs[1].optional: expected true or false, found a number"),
            (one(r#""layout": "HWC""#), "inputs[1].layout: is for images; add \"type\": \"image\""),
            (one(r#""type": "image", "layout": "hwc""#), "inputs[1].layout: \"hwc\" is none of HWC, CHW"),
            (one(r#""type": "image", "scale": "1""#), "inputs[1].scale: expected a number or a list"),
            (one(r#""type": "image", "scale": [1, 2]"#), "inputs[1].scale: has 2 numbers"),
            (
                one(r#""type": "image", "mean": [1, "a", 2]"#),
                "inputs[1].mean[1]: expected a number, found text",
            ),
            (one(r#""type": "image", "std": [1, 0, 1]"#), "inputs[1].std: is 0"),
            (one(r#""optional": truth"#), "invalid JSON"),
        ] {
            let error = Description::read(json.as_bytes()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Argument, "{json}");
            let text = error.to_string();
            assert!(text.starts_with(&format!("the model description: {said}")), "{json}: {text}");
        }
        let long = format!(r#"{{"{}": 1}}"#, "x".repeat(1 << 20));
        assert!(Description::read(long.as_bytes()).unwrap_err().to_string().len() < 8 << 10);
    }

    /// `tests/server/test_model_description.py` asks the schema about the same documents.
    #[test]
    fn the_documents_of_the_schemas_test_are_accepted_and_refused_here_too() {
        let path = format!("{}/../../tests/model-descriptions.json", env!("CARGO_MANIFEST_DIR"));
        let documents: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let read = |document: &serde_json::Value| Description::read(document.to_string().as_bytes());
        for document in documents["good"].as_array().unwrap() {
            assert!(read(document).is_ok(), "{document}: {:?}", read(document));
        }
        for document in documents["bad"].as_array().unwrap() {
            assert_eq!(read(document).unwrap_err().kind(), ErrorKind::Argument, "{document}");
        }
    }
}
