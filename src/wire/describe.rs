//! The describe document (OpenAPI 3 with `x-peltarion` marks), current and older form, read into a schema.

use crate::error::{Error, ErrorKind, Result};
use crate::spec::{FeatureSpec, FeatureType, Names, Schema, Specs, key_json};
use crate::text::NulString;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use std::fmt;
use std::marker::PhantomData;

/// Reads a describe document.
pub(crate) fn parse(document: &[u8]) -> Result<Schema> {
    let document: Document = serde_json::from_slice(document)
        .map_err(|e| unusable(&format!("it is not the JSON it should be: {e}")))?;
    let schemas = document.components.schemas;
    let tensorjson = document.paths.0.iter().any(|(_, path)| path.tensorjson == Some(true));
    Ok(Schema {
        inputs: specs("input", schemas.input.properties)?,
        outputs: specs("output", schemas.output.properties.rows.properties)?,
        tensorjson,
    })
}

fn specs(side: &str, features: Ordered<Feature>) -> Result<Specs> {
    let features: Result<Vec<FeatureSpec>> =
        features.0.into_iter().map(|(name, it)| spec(name, it)).collect();
    Specs::new(features?).map_err(|name| unusable(&format!("the {side} \"{}\" stands in it twice", &*name)))
}

fn spec(name: String, feature: Feature) -> Result<FeatureSpec> {
    let refuse = |what: &str| Err(unusable(&format!("feature \"{name}\" {what}")));
    let Feature { marks, extensions, categories } = feature;
    let Some(marks) = marks.or_else(|| extensions.and_then(|wrapped| wrapped.marks)) else {
        return refuse("has no \"x-peltarion\" mark");
    };
    let feature_type = match marks.feature_type.as_str() {
        "numeric" => FeatureType::Numeric,
        "categorical" => FeatureType::Categorical,
        "binary" => FeatureType::Binary,
        "text" => FeatureType::Text,
        "image" => FeatureType::Image,
        other => return refuse(&format!("is of the type \"{other}\", which this library does not know")),
    };
    if marks.shape.iter().try_fold(4usize, |bytes, &extent| bytes.checked_mul(extent)).is_none() {
        return refuse(&format!("has the shape {:?}, which is larger than memory", marks.shape));
    }
    let Some(labels) = categories.iter().map(label).collect::<Option<Vec<NulString>>>() else {
        return refuse("has a category that is neither text nor an integer");
    };
    let Ok(labels) = Names::new(labels) else { return refuse("lists a category twice") };
    let key = format!(",{}", key_json(&name));
    Ok(FeatureSpec {
        category_json: categories.iter().map(|category| format!("{key}{category}").into()).collect(),
        member_json: key.into(),
        name: name.into(),
        feature_type,
        shape: marks.shape,
        categories: labels,
    })
}

/// The text by which a category is known.
fn label(category: &Value) -> Option<NulString> {
    match category {
        Value::String(text) => Some(text.as_str().into()),
        Value::Number(number) if number.is_i64() => Some(number.to_string().into()),
        _ => None,
    }
}

fn unusable(what: &str) -> Error {
    let message = format!("the describe document of this URL does not describe a deployment: {what}");
    Error::new(ErrorKind::Describe, message)
}

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    paths: Ordered<PathItem>,
    components: Components,
}

#[derive(Deserialize)]
struct PathItem {
    #[serde(rename = "x-peltarion-tensorjson")]
    tensorjson: Option<bool>,
}

#[derive(Deserialize)]
struct Components {
    schemas: Schemas,
}

#[derive(Deserialize)]
struct Schemas {
    #[serde(rename = "input-row")]
    input: Row,
    #[serde(rename = "output-row-batch")]
    output: Batch,
}

#[derive(Deserialize)]
struct Batch {
    properties: BatchProperties,
}

#[derive(Deserialize)]
struct BatchProperties {
    rows: Row,
}

#[derive(Deserialize)]
struct Row {
    properties: Ordered<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    #[serde(rename = "x-peltarion")]
    marks: Option<Marks>,
    extensions: Option<Extensions>,
    #[serde(rename = "enum", default)]
    categories: Vec<Value>,
}

/// The older form's wrapping.
#[derive(Deserialize)]
struct Extensions {
    #[serde(rename = "x-peltarion")]
    marks: Option<Marks>,
}

#[derive(Deserialize)]
struct Marks {
    #[serde(rename = "type")]
    feature_type: String,
    #[serde(default = "scalar")]
    shape: Vec<usize>,
}

fn scalar() -> Vec<usize> {
    vec![1]
}

/// A JSON object with its keys in the order of the document, which is the order users see.
struct Ordered<T>(Vec<(String, T)>);

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Ordered(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Pairs<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Pairs<T> {
            type Value = Vec<(String, T)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(pairs)
            }
        }

        deserializer.deserialize_map(Pairs(PhantomData)).map(Ordered)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::buffer::Buffer;

    fn document(paths: &str, inputs: &str, outputs: &str) -> String {
        format!(
            r#"{{"openapi": "3.0.0", "paths": {paths}, "components": {{"schemas": {{
               "input-row": {{"type": "object", "properties": {inputs}}},
               "output-row-batch": {{"properties": {{"rows": {{"properties": {outputs}}}}}}}}}}}}}"#
        )
    }

    fn parse_inputs(inputs: &str) -> Result<Schema> {
        parse(document("{}", inputs, "{}").as_bytes())
    }

    #[test]
    fn the_current_form_is_read_in_order() {
        let paths = r#"{"/deployment/{deploymentId}/forward": {"x-peltarion-tensorjson": true, "post": {}}}"#;
        let inputs = r#"{"z ☀.": {"type": "number", "x-peltarion": {"type": "numeric", "shape": [1]}},
            "a": {"x-peltarion": {"type": "categorical", "shape": [3]}, "enum": ["b", 7, "a"]},
            "m": {"x-peltarion": {"type": "image", "shape": [8, 9, 3]}}}"#;
        let outputs = r#"{"y": {"x-peltarion": {"type": "numeric", "shape": [2, 3]}}}"#;
        let schema = parse(document(paths, inputs, outputs).as_bytes()).unwrap();
        assert!(schema.tensorjson);
        let names: Vec<&str> = schema.inputs.iter().map(|spec| &**spec.name()).collect();
        assert_eq!(names, ["z ☀.", "a", "m"]);
        let category = schema.inputs.get(1).unwrap();
        let labels: Vec<&str> = category.categories().iter().map(|label| &**label).collect();
        assert_eq!(labels, ["b", "7", "a"]);
        let mut json = Buffer::default();
        category.category_json.iter().try_for_each(|category| category.append_to(&mut json)).unwrap();
        assert_eq!(json.as_slice(), br#","a":"b","a":7,"a":"a""#);
        assert_eq!(schema.inputs.get(2).unwrap().shape(), [8, 9, 3]);
        assert!(schema.outputs.get(0).unwrap().is_array());
    }

    #[test]
    fn the_older_form_is_read() {
        let inputs =
            r#"{"a": {"extensions": {"x-peltarion": {"type": "binary", "shape": [1]}}, "enum": ["n", "y"]}}"#;
        let schema = parse_inputs(inputs).unwrap();
        assert!(!schema.tensorjson);
        assert_eq!(schema.inputs.get(0).unwrap().feature_type(), FeatureType::Binary);
        assert_eq!(schema.inputs.get(0).unwrap().categories().len(), 2);
    }

    #[test]
    fn what_describes_no_deployment_is_refused_by_name() {
        let refused = |inputs: &str| {
            let error = parse_inputs(inputs).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Describe);
            error.to_string()
        };
        assert!(refused(r#"{"a": {}}"#).contains("\"a\" has no \"x-peltarion\""));
        assert!(refused(r#"{"a": {"x-peltarion": {"type": "video"}}}"#).contains("\"video\""));
        let huge = r#"{"a": {"x-peltarion": {"type": "numeric", "shape": [4294967295, 4294967295, 9]}}}"#;
        assert!(refused(huge).contains("larger than memory"));
        let twice = r#"{"a": {"x-peltarion": {"type": "text"}}, "a": {"x-peltarion": {"type": "text"}}}"#;
        assert!(refused(twice).contains("\"a\" stands in it twice"));
        let label = r#"{"a": {"x-peltarion": {"type": "categorical"}, "enum": [1.5]}}"#;
        assert!(refused(label).contains("neither text nor an integer"));
        for bad in ["", "<html>", "{}", "[1]", "\u{1}"] {
            assert_eq!(parse(bad.as_bytes()).unwrap_err().kind(), ErrorKind::Describe);
        }
    }
}
