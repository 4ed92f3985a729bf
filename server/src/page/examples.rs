//! The example that the page shows in calls and begins with in the form.

use serde_json::{Map, Value, json};

use crate::deployment::{Deployment, Input, InputKind, TextEncoding};
use crate::{data_url, examples, image, npy};

/// An array of more values is of no use on a command line or in a text field.
const LARGEST_ARRAY: usize = 512;

/// The files that calls in programming languages read.
pub const IMAGE_FILE: &str = "image.png";
pub const NPY_FILE: &str = "array.npy";

/// A value for each input; null for one that is too large to be shown.
pub struct Row {
    names: Vec<String>,
    pub values: Vec<Value>,
}

impl Row {
    /// The first row of the held-out data, if it is there; else values of the right types.
    pub fn of(deployment: &Deployment) -> Row {
        let known = known(deployment).unwrap_or_default();
        let value = |input: &Input| match known.get(&input.name) {
            Some(value) => value.clone(),
            None => made(input, deployment.tensorjson),
        };
        Row {
            names: deployment.inputs.iter().map(|input| input.name.clone()).collect(),
            values: deployment.inputs.iter().map(value).collect(),
        }
    }

    /// The row as features of the Deployment API, if all values are short enough to be shown.
    pub fn features(&self) -> Option<Map<String, Value>> {
        if self.values.iter().any(Value::is_null) {
            return None;
        }
        Some(self.names.iter().cloned().zip(self.values.iter().cloned()).collect())
    }

    /// The body of a request for this row.
    pub fn as_request(&self) -> Option<String> {
        Some(json!({"rows": [self.features()?]}).to_string())
    }
}

/// The row that `held_out.example` holds, or the first of the file that `held_out.data` names.
fn known(deployment: &Deployment) -> Option<Map<String, Value>> {
    let declared = deployment.held_out.as_ref().and_then(|held_out| held_out["example"].as_object());
    declared.cloned().or_else(|| examples::first_held_out(deployment))
}

/// A value that the input takes.
fn made(input: &Input, tensorjson: bool) -> Value {
    match &input.kind {
        // A number that has a logarithm, if it needs one.
        InputKind::Number(transform) => json!(u8::from(transform.log.is_some())),
        InputKind::Categorical(categories, _) | InputKind::Binary(categories, _) => {
            json!(categories.list()[0])
        }
        InputKind::Text(TextEncoding::Date(..)) => json!("2024-05-17"),
        InputKind::Text(_) => json!("some text"),
        InputKind::Image { .. } => json!(image::grey_pixel()),
        InputKind::Array(_) => array(&input.shape, tensorjson),
    }
}

/// An array of zeros; null if it is too large.
fn array(shape: &[usize], tensorjson: bool) -> Value {
    let size = shape.iter().product();
    if size > LARGEST_ARRAY {
        return Value::Null;
    }
    let zeros = vec![0.0f32; size];
    match tensorjson {
        true => json!({"shape": shape, "data": zeros}),
        false => json!(data_url::format(data_url::NPY, &npy::write(shape, &zeros))),
    }
}

/// The smallest and the largest number of an input in the held-out data, as `held_out.ranges` holds them.
pub fn range(deployment: &Deployment, input: &Input) -> Option<[f64; 2]> {
    let range = &deployment.held_out.as_ref()?["ranges"][&input.name];
    let [low, high] = [range[0].as_f64()?, range[1].as_f64()?];
    (low < high).then_some([low, high])
}
