//! What is changed in a model's file before an engine reads it. Dropout passes its input on: a model that was
//! exported in training mode would be random. ZipMap and DictVectorizer do too: their maps are slow and have
//! no rows, so a map becomes a tensor with a column for each key.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use crate::engine::protobuf::{self, Wire};
use crate::onnx::{ML, Node, OnnxFile};
use crate::tensor::{Datatype, TensorSpec};

/// The operators that pass their input on, and which tensors take the place of maps.
#[derive(Default)]
struct Changes {
    /// The first output of each.
    passing: Vec<String>,
    tensors: HashMap<String, TensorSpec>,
}

/// The bytes of a model as the engines get them; `None` if its file needs no change.
pub fn rewritten(file: &Path, declared: &OnnxFile) -> Result<Option<Vec<u8>>, String> {
    let changes = Changes::of(declared);
    // Weights in other files are found beside the file alone.
    if changes.passing.is_empty() || !declared.external.is_empty() {
        return Ok(None);
    }
    let bytes = fs::read(file).map_err(|error| error.to_string())?;
    changes.apply(&bytes).map(Some).ok_or_else(|| "the file is no ONNX model".to_owned())
}

impl Changes {
    fn of(declared: &OnnxFile) -> Changes {
        let mut changes = Changes::default();
        for node in &declared.nodes {
            let Some(output) = node.outputs.first() else { continue };
            let is_output = || declared.outputs.iter().any(|value| value.name == *output);
            if node.is("", "Dropout") && !is_mask_read(node, declared) {
                changes.passing.push(output.clone());
            }
            if node.is(ML, "ZipMap") && is_output() {
                let specs = declared.outputs().into_iter().flatten();
                changes.pass(node, specs.into_iter().find(|spec| spec.name == *output));
            }
            if node.is(ML, "DictVectorizer") {
                let spec = node.inputs.first().and_then(|input| declared.input(input).ok());
                changes.pass(node, spec);
            }
        }
        changes
    }

    fn pass(&mut self, node: &Node, tensor: Option<TensorSpec>) {
        let Some(tensor) = tensor else { return };
        self.passing.extend(node.outputs.first().cloned());
        self.tensors.insert(tensor.name.clone(), tensor);
    }

    /// The model's bytes with the changes made; `None` if they are no model.
    fn apply(&self, model: &[u8]) -> Option<Vec<u8>> {
        const GRAPH: u64 = 7;
        protobuf::map(model, |number, value| match (number, value) {
            (GRAPH, Wire::Bytes(graph)) => {
                protobuf::map(graph, |number, value| self.in_graph(number, value)).map(Some)
            }
            _ => Some(None),
        })
    }

    /// A field of the graph as it becomes.
    fn in_graph(&self, number: u64, value: Wire) -> Option<Option<Vec<u8>>> {
        const NODE: u64 = 1;
        const INPUT: u64 = 11;
        const OUTPUT: u64 = 12;
        let Wire::Bytes(bytes) = value else { return Some(None) };
        Some(match number {
            NODE => self.node(bytes)?,
            INPUT | OUTPUT => {
                let name = protobuf::texts(bytes, 1)?.next().unwrap_or_default();
                self.tensors.get(name).map(value_info)
            }
            _ => None,
        })
    }

    fn node(&self, node: &[u8]) -> Option<Option<Vec<u8>>> {
        let output = protobuf::texts(node, 2)?.next().unwrap_or_default();
        if !self.passing.iter().any(|passing| passing == output) {
            return Some(None);
        }
        let mut identity = Vec::new();
        protobuf::write_text(&mut identity, 1, protobuf::texts(node, 1)?.next()?);
        protobuf::write_text(&mut identity, 2, output);
        protobuf::write_text(&mut identity, 3, protobuf::texts(node, 3)?.next().unwrap_or_default());
        protobuf::write_text(&mut identity, 4, "Identity");
        Some(Some(identity))
    }
}

fn is_mask_read(node: &Node, declared: &OnnxFile) -> bool {
    let Some(mask) = node.outputs.get(1).filter(|mask| !mask.is_empty()) else { return false };
    declared.nodes.iter().any(|other| other.inputs.contains(mask))
        || declared.outputs.iter().any(|output| output.name == *mask)
}

/// The declaration of a tensor [rows, columns].
fn value_info(spec: &TensorSpec) -> Vec<u8> {
    let element = match spec.datatype {
        Datatype::Int64 => 7,
        Datatype::Fp64 => 11,
        _ => 1,
    };
    let (mut rows, mut columns, mut shape, mut tensor, mut declared, mut value) = Default::default();
    protobuf::write_text(&mut rows, 2, "rows");
    let size = spec.sizes().last().and_then(|size| size.fixed()).unwrap_or_default();
    protobuf::write_number(&mut columns, 1, size as u64);
    protobuf::write_bytes(&mut shape, 1, &rows);
    protobuf::write_bytes(&mut shape, 1, &columns);
    protobuf::write_number(&mut tensor, 1, element);
    protobuf::write_bytes(&mut tensor, 2, &shape);
    protobuf::write_bytes(&mut declared, 1, &tensor);
    protobuf::write_text(&mut value, 1, &spec.name);
    protobuf::write_bytes(&mut value, 2, &declared);
    value
}
