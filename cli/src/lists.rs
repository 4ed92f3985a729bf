//! Nested lists of JSON, added as arrays.

use serde_json::Value;
use sidekick::{Array, FeatureSpec, Result, Rows};

use crate::invalid::invalid;

/// Adds nested lists as an array. Lists of whole numbers stay whole.
pub fn add(rows: &mut Rows, index: usize, spec: &FeatureSpec, list: &Value) -> Result<()> {
    let shape = shape(list);
    let mut leaves = Vec::new();
    collect(list, &shape, &mut leaves).map_err(|what| invalid(spec, what))?;
    let integers: Option<Vec<i64>> = leaves.iter().map(|leaf| leaf.as_i64()).collect();
    if let Some(integers) = integers {
        return rows.add_array(index, &Array::of(&shape, &integers)?);
    }
    let unsigned: Option<Vec<u64>> = leaves.iter().map(|leaf| leaf.as_u64()).collect();
    if let Some(unsigned) = unsigned {
        return rows.add_array(index, &Array::of(&shape, &unsigned)?);
    }
    let floats: Option<Vec<f64>> = leaves.iter().map(|leaf| leaf.as_f64()).collect();
    let floats = floats.ok_or_else(|| invalid(spec, "has something in its list that is not a number"))?;
    rows.add_array(index, &Array::of(&shape, &floats)?)
}

/// The sizes of the first list of each depth.
fn shape(list: &Value) -> Vec<usize> {
    let mut shape = Vec::new();
    let mut next = Some(list);
    while let Some(Value::Array(values)) = next {
        shape.push(values.len());
        next = values.first();
    }
    shape
}

/// Appends what is in lists of a shape, row-major.
fn collect<'v>(
    value: &'v Value,
    shape: &[usize],
    leaves: &mut Vec<&'v Value>,
) -> std::result::Result<(), &'static str> {
    match (value, shape) {
        (Value::Array(values), [size, inner @ ..]) if values.len() == *size => {
            values.iter().try_for_each(|value| collect(value, inner, leaves))
        }
        (Value::Array(_), _) | (_, [_, ..]) => Err("is a list of lists of different lengths"),
        (leaf, []) => {
            leaves.push(leaf);
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_have_a_shape_or_are_refused() {
        let leaves = |value: &Value| {
            let mut leaves = Vec::new();
            collect(value, &shape(value), &mut leaves).map(|()| leaves.len())
        };
        let good = json!([[1, 2, 3], [4, 5, 6.5]]);
        assert_eq!((shape(&good), leaves(&good)), (vec![2, 3], Ok(6)));
        assert_eq!(shape(&json!([])), [0]);
        for bad in [json!([[1], [1, 2]]), json!([[1], 2]), json!([1, [2]])] {
            assert!(leaves(&bad).is_err(), "{bad}");
        }
    }
}
