//! Inputs that no feature fills as it is: the tokens of a text, and what a model keeps from one call to the
//! next.

use serde_json::{Value, json};

use crate::guess::write::{Constant, Feature};
use crate::tensor::{Datatype, Size, TensorSpec};

/// The file of a tokenizer, beside the model.
pub const TOKENIZER: &str = "tokenizer.json";

const IDS: &str = "input_ids";
const ATTENTION_MASK: &str = "attention_mask";
const TOKEN_TYPES: &str = "token_type_ids";
const TOKEN_INPUTS: [&str; 3] = [IDS, ATTENTION_MASK, TOKEN_TYPES];

const SAMPLE_RATES: [&str; 3] = ["sr", "sample_rate", "sampling_rate"];
const STATES: [&str; 8] = ["state", "hidden", "cell", "h", "c", "cache", "context", "memory"];

/// Whether an input takes the tokens of a text.
pub fn is_tokens(spec: &TensorSpec) -> bool {
    TOKEN_INPUTS.contains(&spec.name.as_str()) && matches!(spec.datatype, Datatype::Int32 | Datatype::Int64)
}

/// The text that becomes the tokens of these inputs.
pub fn text(inputs: &[&TensorSpec]) -> Feature {
    let mut tokenizer = json!({"file": TOKENIZER});
    let others = [ATTENTION_MASK, TOKEN_TYPES].into_iter();
    for name in others.filter(|name| inputs.iter().any(|input| input.name == *name)) {
        tokenizer[name] = name.into();
    }
    let mut feature = Feature::named("text", IDS);
    feature.found(format!("{IDS}: the tokens of a text, by {TOKENIZER}"));
    feature.key("type", "text").key("tokenizer", tokenizer);
    feature
}

/// A state that begins with zeros, or the sample rate of a sound.
pub fn constant(spec: &TensorSpec, outputs: &[&TensorSpec]) -> Option<Constant> {
    let name = spec.name.to_lowercase();
    let sizes = spec.shape.as_deref()?;
    let made = |note: String, value: Value| Some(Constant { tensor: spec.name.clone(), note, value });
    let one = sizes.iter().all(|size| size.fixed() == Some(1));
    if one && SAMPLE_RATES.contains(&name.as_str()) {
        return made(format!("input {:?} is a sample rate of 16000", spec.name), json!(16000));
    }
    let stem = name
        .trim_end_matches("_in")
        .trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '_');
    let comes_back = |output: &&&TensorSpec| {
        output.datatype == spec.datatype
            && output.shape.as_ref().is_some_and(|shape| shape.len() == sizes.len())
            && output.name.to_lowercase().contains(stem)
    };
    outputs.iter().find(comes_back).filter(|_| STATES.contains(&stem))?;
    let free = sizes.iter().filter(|size| size.fixed().is_none()).count();
    let extent = |size: &Size| size.fixed().map_or(json!("batch"), Value::from);
    let value = match free {
        0 => json!(0),
        1 => json!({"value": 0, "shape": sizes.iter().map(extent).collect::<Value>()}),
        _ => return None,
    };
    made(format!("input {:?} is a state, which begins with zeros for each row", spec.name), value)
}
