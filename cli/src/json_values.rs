//! Values of JSON, added as the input they are for wants them.

use std::path::Path;

use serde_json::Value;
use sidekick::{FeatureSpec, FeatureType, Result, Rows};

use crate::invalid::{invalid, missing};
use crate::{lists, text_values};

/// Adds a value to the input at an index. Paths in it are relative to `folder`.
pub fn add(rows: &mut Rows, index: usize, spec: &FeatureSpec, value: &Value, folder: &Path) -> Result<()> {
    match value {
        Value::Null => missing(spec),
        Value::Bool(flag) if spec.feature_type() == FeatureType::Binary => rows.add_binary(index, *flag),
        Value::String(text) => text_values::add(rows, index, spec, text, folder),
        Value::Array(_) => lists::add(rows, index, spec, value),
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(integer), ..) => rows.add_integer(index, integer),
            (_, Some(integer), _) => rows.add_unsigned(index, integer),
            (.., Some(number)) => rows.add_number(index, number),
            _ => Err(invalid(spec, "is a number out of range")),
        },
        Value::Bool(_) => Err(invalid(spec, "is true or false, and not binary")),
        Value::Object(_) => Err(invalid(spec, "is an object; arrays are lists of lists")),
    }
}
