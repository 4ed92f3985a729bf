//! The describe document (OpenAPI 3 with `x-peltarion` marks), current and older form, read into a schema.

use crate::array::{DType, MOST_DIMENSIONS, SIZE_ANY};
use crate::error::{Error, ErrorKind, Result};
use crate::json::Cursor;
use crate::memory::{collected, push};
use crate::message::Message;
use crate::names::{MOST_NAME_BYTES, Names};
use crate::protocol::deployment_api::wire::{InputKeys, OutputKeys, Wire, text_json};
use crate::spec::{FeatureSpec, FeatureType, Schema, Specs};
use crate::text::NulString;
use std::borrow::Cow;

/// Where the features are.
const INPUTS: [&str; 4] = ["components", "schemas", "input-row", "properties"];
const OUTPUTS: [&str; 6] = ["components", "schemas", "output-row-batch", "properties", "rows", "properties"];

/// Reads a describe document.
pub(crate) fn parse(document: &[u8]) -> Result<(Schema, Wire)> {
    read(document).map_err(|error| match error.kind() {
        ErrorKind::ReplyMalformed => refused(error.into_message()),
        _ => error,
    })
}

fn read(document: &[u8]) -> Result<(Schema, Wire)> {
    let mut cursor = Cursor::new(document);
    let mut tensorjson = false;
    at(&mut cursor, &["paths"], &mut |cursor| {
        cursor.object(|cursor, _| {
            tensorjson |= read_tensorjson(cursor)?;
            Ok(())
        })
    })?;
    cursor.end()?;
    let input_keys =
        |spec: &FeatureSpec, labels: &[Label<'_>]| InputKeys::new(&spec.name, labels.iter().map(Label::json));
    let output_keys = |spec: &FeatureSpec, _: &[Label<'_>]| OutputKeys::new(&spec.name, spec.categories());
    let (inputs, input_keys) = features(document, "input", &INPUTS, input_keys)?;
    let (outputs, output_keys) = features(document, "output", &OUTPUTS, output_keys)?;
    Ok((Schema { inputs, outputs }, Wire { tensorjson, inputs: input_keys, outputs: output_keys }))
}

/// Reads the value at a path of keys, if there is one. All else is ignored.
fn at<'a>(
    cursor: &mut Cursor<'a>,
    path: &[&str],
    read: &mut dyn FnMut(&mut Cursor<'a>) -> Result<()>,
) -> Result<()> {
    let [key, path @ ..] = path else { return read(cursor) };
    cursor.object(|cursor, found| if found == *key { at(cursor, path, read) } else { cursor.skip_value() })
}

/// Whether a path says that arrays travel as JSON.
fn read_tensorjson(cursor: &mut Cursor<'_>) -> Result<bool> {
    let mut marked = false;
    at(cursor, &["x-peltarion-tensorjson"], &mut |cursor| {
        marked = cursor.take_word("true");
        if marked { Ok(()) } else { cursor.skip_value() }
    })?;
    Ok(marked)
}

/// The features at a path, and the keys that are made of each.
fn features<K>(
    document: &[u8],
    side: &str,
    path: &[&str],
    keys_of: impl Fn(&FeatureSpec, &[Label<'_>]) -> Result<K>,
) -> Result<(Specs, Vec<K>)> {
    let mut found = None;
    at(&mut Cursor::new(document), path, &mut |cursor| {
        let (mut features, mut keys) = (Vec::new(), Vec::new());
        cursor.object(|cursor, name| {
            let feature = Feature::read(cursor)?;
            let spec = spec(side, &name, &feature)?;
            push(&mut keys, keys_of(&spec, &feature.categories)?)?;
            push(&mut features, spec)
        })?;
        found = Some((features, keys));
        Ok(())
    })?;
    let (features, keys) = found.ok_or_else(|| unusable(&format!("it has no {}", path.join("."))))?;
    let specs = Specs::new(features)?.map_err(|name| {
        let message = Message::from(format!("the {side} \"")).quote(&*name);
        refused(message.say("\" is a duplicate"))
    })?;
    Ok((specs, keys))
}

/// What the document declares of a feature.
#[derive(Default)]
struct Feature<'a> {
    marks: Option<Marks<'a>>,
    /// The marks in the older form's wrapping.
    wrapped: Option<Marks<'a>>,
    categories: Vec<Label<'a>>,
}

struct Marks<'a> {
    feature_type: Cow<'a, str>,
    /// `None` if it has more extents than a shape can have.
    shape: Option<Vec<usize>>,
    /// Whether a size is free.
    free: bool,
}

/// A category as the document declares it.
enum Label<'a> {
    Text(Cow<'a, str>),
    Integer(&'a str),
    /// What is no category.
    Other,
}

impl<'a> Feature<'a> {
    fn read(cursor: &mut Cursor<'a>) -> Result<Feature<'a>> {
        let mut feature = Feature::default();
        cursor.object(|cursor, key| match &*key {
            _ if cursor.take_word("null") => Ok(()),
            "x-peltarion" => {
                feature.marks = Some(Marks::read(cursor)?);
                Ok(())
            }
            "extensions" => at(cursor, &["x-peltarion"], &mut |cursor| {
                feature.wrapped = Some(Marks::read(cursor)?);
                Ok(())
            }),
            "enum" => cursor.array(|cursor| push(&mut feature.categories, read_category(cursor)?)),
            _ => cursor.skip_value(),
        })?;
        Ok(feature)
    }
}

impl<'a> Marks<'a> {
    fn read(cursor: &mut Cursor<'a>) -> Result<Marks<'a>> {
        let mut feature_type = None;
        let (mut shape, mut free) = (Some(vec![1]), false);
        cursor.object(|cursor, key| match &*key {
            "type" => {
                feature_type = Some(cursor.string()?);
                Ok(())
            }
            "shape" => {
                shape = read_shape(cursor, &mut free)?;
                Ok(())
            }
            _ => cursor.skip_value(),
        })?;
        let feature_type = feature_type.ok_or_else(|| unusable("an \"x-peltarion\" mark has no \"type\""))?;
        Ok(Marks { feature_type, shape, free })
    }
}

/// Reads a shape, and whether one of its sizes is -1: any size.
fn read_shape(cursor: &mut Cursor<'_>, free: &mut bool) -> Result<Option<Vec<usize>>> {
    let mut shape = Some(Vec::new());
    cursor.array(|cursor| {
        let text = cursor.number_text()?;
        let extent = match text {
            "-1" => Some(SIZE_ANY),
            text => text.parse().ok(),
        };
        let extent = extent.ok_or_else(|| unusable("a \"shape\" is not a list of sizes"))?;
        *free |= text == "-1";
        shape = shape.take().filter(|shape| shape.len() < MOST_DIMENSIONS);
        shape.as_mut().map_or(Ok(()), |shape| push(shape, extent))
    })?;
    Ok(shape)
}

fn read_category<'a>(cursor: &mut Cursor<'a>) -> Result<Label<'a>> {
    match cursor.peek() {
        Some(b'"') => Ok(Label::Text(cursor.string()?)),
        Some(b'-' | b'0'..=b'9') => {
            let text = cursor.number_text()?;
            let whole = text.parse::<i64>().is_ok_and(|number| number.to_string() == text);
            Ok(if whole { Label::Integer(text) } else { Label::Other })
        }
        _ => cursor.skip_value().map(|()| Label::Other),
    }
}

fn spec(side: &str, name: &str, feature: &Feature<'_>) -> Result<FeatureSpec> {
    if name.len() > MOST_NAME_BYTES {
        return Err(too_long("a feature's name", name));
    }
    let of_feature = |what: Message| refused(Message::from("feature \"").quote(name).say("\" ").before(what));
    let refuse = |what: &str| Err(of_feature(what.into()));
    let Some(&Marks { ref feature_type, ref shape, free }) =
        feature.marks.as_ref().or(feature.wrapped.as_ref())
    else {
        return refuse("has no \"x-peltarion\" mark");
    };
    let feature_type = match &**feature_type {
        "numeric" => FeatureType::Numeric,
        "categorical" => FeatureType::Categorical,
        "binary" => FeatureType::Binary,
        "text" => FeatureType::Text,
        "image" => FeatureType::Image,
        other => {
            let what = Message::from("is of the type \"").quote(other);
            return Err(of_feature(what.say("\", which this library does not know")));
        }
    };
    let Some(shape) = shape else {
        return refuse(&format!("has a shape of more than {MOST_DIMENSIONS} dimensions"));
    };
    if free && (side == "input" || feature_type != FeatureType::Numeric) {
        return refuse("has a free size (-1); only outputs that are arrays can have one");
    }
    let fixed = shape.iter().filter(|&&extent| extent != SIZE_ANY);
    let bytes = fixed.copied().try_fold(4usize, usize::checked_mul);
    // Beside a size of 0, one that means any would do no harm to the product.
    if bytes.is_none() || !free && shape.contains(&SIZE_ANY) {
        let what = Message::from("has the shape ").quote(format_args!("{shape:?}"));
        return Err(of_feature(what.say(", which is larger than memory")));
    }
    let labels = &feature.categories;
    if labels.iter().any(|label| matches!(label, Label::Other)) {
        return refuse("has a category that is neither text nor an integer");
    }
    if let Some(long) = labels.iter().find(|label| label.text().len() > MOST_NAME_BYTES) {
        return Err(too_long("a category's label", long.text()));
    }
    let Ok(categories) = Names::new(collected(labels.iter().map(|label| NulString::from(label.text())))?)?
    else {
        return refuse("lists a category twice");
    };
    let (name, shape) = (name.into(), collected(shape.iter().copied())?);
    Ok(FeatureSpec {
        name,
        feature_type,
        shape,
        dtype: free.then_some(DType::F32),
        tensor_shape: None,
        categories,
        by_index: false,
        types: "",
        optional: false,
        hidden: false,
        hides_shape: false,
    })
}

impl Label<'_> {
    /// The label of a category.
    fn text(&self) -> &str {
        match self {
            Label::Text(text) => text,
            Label::Integer(text) => text,
            Label::Other => "",
        }
    }

    fn json(&self) -> Cow<'_, str> {
        match self {
            Label::Text(text) => Cow::Owned(text_json(text)),
            Label::Integer(_) | Label::Other => Cow::Borrowed(self.text()),
        }
    }
}

fn too_long(what: &str, text: &str) -> Error {
    unusable(&format!("{what} has {} bytes; it can have {MOST_NAME_BYTES}", text.len()))
}

fn unusable(what: &str) -> Error {
    refused(what.into())
}

fn refused(what: Message) -> Error {
    let message = Message::from("the describe document of this URL does not describe a deployment: ");
    Error::with_quotes(ErrorKind::Describe, message.before(what))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::deployment_api::buffer::Buffer;

    fn document(paths: &str, inputs: &str, outputs: &str) -> String {
        format!(
            r#"{{"openapi": "3.0.0", "paths": {paths}, "components": {{"schemas": {{
               "input-row": {{"type": "object", "properties": {inputs}}},
               "output-row-batch": {{"properties": {{"rows": {{"properties": {outputs}}}}}}}}}}}}}"#
        )
    }

    fn parse_inputs(inputs: &str) -> Result<(Schema, Wire)> {
        parse(document("{}", inputs, "{}").as_bytes())
    }

    #[test]
    fn the_current_form_is_read_in_order() {
        let paths = r#"{"/deployment/{deploymentId}/forward": {"x-peltarion-tensorjson": true, "post": {}}}"#;
        let inputs = r#"{"z ☀.": {"type": "number", "x-peltarion": {"type": "numeric", "shape": [1]}},
            "a": {"x-peltarion": {"type": "categorical", "shape": [3]}, "enum": ["b", 7, "a"]},
            "m": {"x-peltarion": {"type": "image", "shape": [8, 9, 3]}}}"#;
        let outputs = r#"{"y": {"x-peltarion": {"type": "numeric", "shape": [2, 3]}}}"#;
        let (schema, wire) = parse(document(paths, inputs, outputs).as_bytes()).unwrap();
        assert!(wire.tensorjson);
        let names: Vec<&str> = schema.inputs.iter().map(|spec| &**spec.name()).collect();
        assert_eq!(names, ["z ☀.", "a", "m"]);
        let category = schema.inputs.get(1).unwrap();
        let labels: Vec<&str> = category.categories().iter().map(|label| &**label).collect();
        assert_eq!(labels, ["b", "7", "a"]);
        let mut json = Buffer::default();
        wire.inputs[1].categories.iter().try_for_each(|category| json.put_snippet(category)).unwrap();
        assert_eq!(json.as_slice(), br#","a":"b","a":7,"a":"a""#);
        assert_eq!(schema.inputs.get(2).unwrap().shape(), [8, 9, 3]);
        assert!(schema.outputs.get(0).unwrap().is_array());
    }

    #[test]
    fn the_older_form_is_read() {
        let inputs =
            r#"{"a": {"extensions": {"x-peltarion": {"type": "binary", "shape": [1]}}, "enum": ["n", "y"]}}"#;
        let (schema, wire) = parse_inputs(inputs).unwrap();
        assert!(!wire.tensorjson);
        assert_eq!(schema.inputs.get(0).unwrap().feature_type(), FeatureType::Binary);
        assert_eq!(schema.inputs.get(0).unwrap().categories().len(), 2);
    }

    #[test]
    fn what_describes_no_deployment_is_refused_by_name() {
        let refused = |inputs: &str| {
            let error = parse_inputs(inputs).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Describe);
            error.vetted(|_| false).to_string()
        };
        assert!(refused(r#"{"a": {}}"#).contains("\"a\" has no \"x-peltarion\""));
        assert!(refused(r#"{"a": {"x-peltarion": {"type": "video"}}}"#).contains("\"video\""));
        let free = r#"{"a": {"x-peltarion": {"type": "numeric", "shape": [0, MOST]}}}"#;
        let free = free.replace("MOST", &usize::MAX.to_string());
        assert!(refused(&free).contains("larger than memory"), "{}", refused(&free));
        let any = r#"{"a": {"x-peltarion": {"type": "numeric", "shape": [-1]}}}"#;
        assert!(refused(any).contains("has a free size (-1)"), "{}", refused(any));
        let huge = r#"{"a": {"x-peltarion": {"type": "numeric", "shape": [4294967295, 4294967295, 9]}}}"#;
        assert!(refused(huge).contains("larger than memory"));
        let twice = r#"{"a": {"x-peltarion": {"type": "text"}}, "a": {"x-peltarion": {"type": "text"}}}"#;
        assert!(refused(twice).contains("\"a\" is a duplicate"));
        let deep =
            format!(r#"{{"a": {{"x-peltarion": {{"type": "numeric", "shape": [{}1]}}}}}}"#, "1,".repeat(64));
        assert!(refused(&deep).contains("more than 64 dimensions"));
        let long = "x".repeat(4097);
        assert!(
            refused(&format!(r#"{{"{long}": {{"x-peltarion": {{"type": "text"}}}}}}"#))
                .contains("4097 bytes")
        );
        let labelled =
            format!(r#"{{"a": {{"x-peltarion": {{"type": "categorical"}}, "enum": ["{long}"]}}}}"#);
        assert!(refused(&labelled).contains("a category's label has 4097 bytes"));
        let label = r#"{"a": {"x-peltarion": {"type": "categorical"}, "enum": [1.5]}}"#;
        assert!(refused(label).contains("neither text nor an integer"));
        for bad in ["", "<html>", "{}", "[1]", "\u{1}"] {
            assert_eq!(parse(bad.as_bytes()).unwrap_err().kind(), ErrorKind::Describe);
        }
    }
}
