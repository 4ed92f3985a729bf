//! The metadata of the server and of its models.

use serde_json::{Value, json};

use crate::tensor::{Signature, TensorSpec};

/// The one version that every model has.
pub const VERSION: &str = "1";

/// The document at `/v2`.
pub fn server() -> Value {
    json!({
        "name": "sidekick-server",
        "version": env!("CARGO_PKG_VERSION"),
        "extensions": ["binary_tensor_data"],
    })
}

/// The document at `/v2/models/NAME` of a model in ONNX's format that this engine computes.
pub fn model(name: &str, engine: &str, signature: &Signature) -> Value {
    json!({
        "name": name,
        "versions": [VERSION],
        "platform": format!("{engine}_onnx"),
        "inputs": tensors(&signature.inputs),
        "outputs": tensors(&signature.outputs),
    })
}

fn tensors(specs: &[TensorSpec]) -> Vec<Value> {
    let tensor = |spec: &TensorSpec| {
        let datatype = spec.datatype.name();
        json!({"name": spec.name, "datatype": datatype, "shape": spec.wire_shape()})
    };
    specs.iter().map(tensor).collect()
}
