//! A prediction at start: outputs that should be probabilities and are none show before the first client
//! does.

use axum::body::Bytes;
use serde_json::{Value, json};

use crate::deployment::{FeatureType, Output};
use crate::served::Served;
use crate::{http, page};

/// How far the sum of probabilities may be from 1.
const ROUNDING: f64 = 1e-2;

/// Values that a warning shows.
const SHOWN: usize = 4;

/// Warnings about a deployment's outputs on an example.
pub fn warnings(served: &Served) -> Vec<String> {
    let is_probable =
        |output: &Output| matches!(output.feature_type(), FeatureType::Categorical | FeatureType::Binary);
    if !served.deployment.outputs.iter().any(is_probable) {
        return Vec::new();
    }
    let Some(row) = page::example_row(&served.deployment) else { return Vec::new() };
    let body = Bytes::from(json!({"rows": [row]}).to_string());
    // Example values may mean nothing to the model, and what it fails on shows in its own notes.
    let Ok(reply) = http::reply(served, body) else { return Vec::new() };
    let Ok(reply) = serde_json::from_slice::<Value>(&reply) else { return Vec::new() };
    let outputs = served.deployment.outputs.iter();
    let warning = |(name, kind): (&String, FeatureType)| {
        warning(kind, &reply["rows"][0][name.as_str()]).map(|problem| format!("output {name:?}: {problem}"))
    };
    outputs.map(|output| (&output.name, output.feature_type())).filter_map(warning).collect()
}

/// What is wrong with the value of an output, in words.
fn warning(kind: FeatureType, value: &Value) -> Option<String> {
    let (values, activation) = match kind {
        FeatureType::Categorical => {
            (value.as_object()?.values().filter_map(Value::as_f64).collect(), "softmax")
        }
        FeatureType::Binary => (vec![value.as_f64()?], "sigmoid"),
        _ => return None,
    };
    let adds_up = kind == FeatureType::Binary || (values.iter().sum::<f64>() - 1.0).abs() <= ROUNDING;
    if adds_up && in_range(&values) {
        return None;
    }
    let shown: Vec<String> = values.iter().take(SHOWN).map(f64::to_string).collect();
    let more = if values.len() > shown.len() { ", ..." } else { "" };
    Some(format!(
        "{}{more} on an example are no probabilities; if the model gives logits, add \"activation\": \
         {activation:?} to the output",
        shown.join(", ")
    ))
}

fn in_range(values: &[f64]) -> bool {
    values.iter().all(|value| (-ROUNDING..=1.0 + ROUNDING).contains(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logits_are_told_from_probabilities() {
        let categorical = |value| warning(FeatureType::Categorical, &value);
        assert_eq!(categorical(json!({"a": 0.25, "b": 0.75})), None);
        assert_eq!(categorical(json!({"a": 1.0, "b": 0.0, "c": -1e-9})), None);
        let logits = categorical(json!({"a": 2.5, "b": -1.5})).unwrap();
        assert!(
            logits.starts_with("2.5, -1.5 on an example") && logits.contains(r#""activation": "softmax""#)
        );
        assert!(categorical(json!({"a": 0.9, "b": 0.9})).is_some());
        assert!(
            categorical(json!({"a": 0.2, "b": 0.2, "c": 0.0, "d": 0.0, "e": 0.0}))
                .unwrap()
                .contains("0, ...")
        );
        assert_eq!(warning(FeatureType::Binary, &json!(0.5)), None);
        assert!(warning(FeatureType::Binary, &json!(-3.5)).unwrap().contains("sigmoid"));
        assert_eq!(warning(FeatureType::Numeric, &json!(-3.5)), None);
    }
}
