//! Constants in format 2.

use crate::deployment::constants::{Constant, Extent, Scalar};
use crate::deployment::feature::MAX_SIZE;
use crate::deployment::fields::At;
use crate::deployment::jsonc::Value;

/// Reads an object of constants by tensor: a value, a list of values, or an object with `value` and `shape`.
pub fn read(at: &At) -> Option<Vec<Constant>> {
    let members = at.members()?;
    Some(members.into_iter().filter_map(|(tensor, at)| constant(tensor, &at)).collect())
}

fn constant(tensor: String, at: &At) -> Option<Constant> {
    let Value::Object(_) = at.value() else {
        let (values, nesting) = values(at)?;
        return Some(Constant { tensor, shape: None, values, nesting });
    };
    let fields = at.fields()?;
    let found = fields.required("value", "write the value of all elements, or a list of them");
    let shape = fields.get("shape").and_then(|at| at.each(extent));
    fields.finish("a constant", &[]);
    let (values, nesting) = values(&found?)?;
    Some(Constant { tensor, shape, values, nesting })
}

fn extent(at: &At) -> Option<Extent> {
    match at.value() {
        Value::Text(text) if text == "batch" => Some(Extent::Batch),
        Value::Number(_) => at.size().filter(|&size| size <= MAX_SIZE).map(Extent::Size),
        _ => at.expected("a size, or \"batch\" for the number of rows"),
    }
}

/// The scalars of a value or of nested lists, and the sizes of the lists.
fn values(at: &At) -> Option<(Vec<Scalar>, Vec<usize>)> {
    let Value::List(_) = at.value() else {
        return Some((vec![scalar(at)?], Vec::new()));
    };
    let elements = at.each(values)?;
    let inner = elements.first().map(|(_, nesting)| nesting.clone()).unwrap_or_default();
    if elements.iter().any(|(_, nesting)| *nesting != inner) || elements.is_empty() {
        return at.expected("lists of the same length, of at least one value");
    }
    let nesting = [vec![elements.len()], inner].concat();
    Some((elements.into_iter().flat_map(|(values, _)| values).collect(), nesting))
}

fn scalar(at: &At) -> Option<Scalar> {
    match at.value() {
        Value::Bool(flag) => Some(Scalar::Integer(i64::from(*flag))),
        Value::Text(text) => Some(Scalar::Text(text.clone())),
        Value::Number(number) => number.as_i64().map(Scalar::Integer).or(number.as_f64().map(Scalar::Number)),
        _ => at.expected("a number, true, false, a string or a list of them"),
    }
}
