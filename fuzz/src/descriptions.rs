//! Model descriptions, laid over metadata.

use serde_json::Value;
use sidekick::{ErrorKind, Specs, internal};

/// Metadata of a model with tensors of many kinds.
const METADATA: &str = r#"{"inputs": [{"name": "x", "datatype": "FP32", "shape": [-1, 3, 4, 5]},
    {"name": "t", "datatype": "BYTES", "shape": [-1, 1]}, {"name": "n", "datatype": "INT8", "shape": [-1]}],
    "outputs": [{"name": "y", "datatype": "FP16", "shape": [-1, 3], "parameters": {"labels": ["a", "b", "c"]}},
    {"name": "z", "datatype": "BYTES", "shape": [-1]}], "rt_info": {"model_info": {"labels": "d e f"}}}"#;

/// A description, and after a NUL the metadata that it is laid over.
pub fn read(bytes: &[u8]) {
    let end = bytes.iter().position(|byte| *byte == 0);
    let (description, metadata) = match end {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (bytes, METADATA.as_bytes()),
    };
    let document = serde_json::from_slice::<Value>(description);
    match internal::describe_tensors(metadata, description) {
        Ok((inputs, outputs)) => {
            let document = document.expect("a description that is read is JSON");
            check(&document, &inputs, &outputs);
        }
        Err(error) => {
            assert!(matches!(error.kind(), ErrorKind::Argument | ErrorKind::Describe), "{error}");
            assert!(error.to_string().len() < 24 << 10, "a message is short");
        }
    }
}

/// The outputs are those that are listed, in their order; labels of the description are those of the
/// features.
fn check(document: &Value, inputs: &Specs, outputs: &Specs) {
    let listed = document["outputs"].as_array();
    if let Some(listed) = listed {
        assert_eq!(listed.len(), outputs.len());
    }
    let described = document["inputs"].as_array().into_iter().flatten();
    for (tensor, specs) in described
        .zip(std::iter::repeat(inputs))
        .chain(listed.into_iter().flatten().zip(std::iter::repeat(outputs)))
    {
        let name = tensor["name"].as_str().expect("a tensor has a name");
        let spec = specs.get(specs.index_of(name).expect("what is described is there")).unwrap();
        if let Some(labels) = tensor["labels"].as_array() {
            let found: Vec<&str> = spec.categories().iter().map(|label| label.as_str()).collect();
            assert_eq!(labels.iter().map(|label| label.as_str().unwrap()).collect::<Vec<_>>(), found);
        }
        if let Some(kind) = tensor["type"].as_str() {
            assert_eq!(spec.feature_type().to_string(), kind);
        }
    }
}
