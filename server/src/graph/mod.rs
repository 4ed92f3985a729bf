//! What an ONNX file says besides its weights: types as people write them, operators, producer, metadata and
//! the class names of converters.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::path::Path;

use rten_onnx::protobuf::{DecodeMessage, ValueReader};

use crate::deployment::Category;

mod wire;

/// An ONNX file without its weights.
#[derive(Debug, Default)]
pub struct Graph {
    pub ir_version: i64,
    /// Name and version of the exporter.
    pub producer: String,
    /// Free text about the model. (That of the graph is an exporter's.)
    pub description: String,
    /// Domains and versions of the operators.
    pub opsets: Vec<(String, i64)>,
    pub metadata: Vec<(String, String)>,
    /// The inputs that are no weights.
    pub inputs: Vec<Value>,
    pub outputs: Vec<Value>,
    /// The nodes outside of subgraphs.
    pub nodes: Vec<Node>,
    /// How often each operator is used, also in subgraphs.
    pub operators: BTreeMap<Operator, usize>,
    /// Files with weights, relative to the folder of the model.
    pub external: BTreeSet<String>,
    /// Constants of a few floats.
    pub constants: HashMap<String, Vec<f32>>,
}

/// An input or output.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Value {
    pub name: String,
    /// Its type, such as `float32 [batch, 3, 224, 224]`.
    pub written: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Operator {
    /// Empty for the operators of ONNX itself.
    pub domain: String,
    pub name: String,
}

impl Operator {
    /// `Conv`, `ai.onnx.ml.Scaler`.
    pub fn written(&self) -> String {
        match self.domain.as_str() {
            "" => self.name.clone(),
            domain => format!("{domain}.{}", self.name),
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Node {
    pub operator: Operator,
    pub inputs: Vec<String>,
    pub outputs: Vec<String>,
    /// The attributes `classlabels_...` of converters.
    pub classes: Vec<Category>,
}

/// What the operators say of an output's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Made by a softmax, or the scores of a classifier.
    Probabilities,
    /// Made by a sigmoid.
    Probability,
    Unknown,
}

/// A walk along the operators ends after so many.
const MOST_STEPS: usize = 16;

/// Operators that pass their first input on, in another form.
const PASSING: [&str; 9] =
    ["Identity", "Cast", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Transpose", "Dropout", "Resize"];

impl Graph {
    /// Reads a file; its weights are skipped.
    pub fn read(file: &Path) -> Result<Graph, String> {
        let opened = File::open(file).map_err(|error| error.to_string())?;
        if opened.metadata().is_ok_and(|about| about.is_dir()) {
            return Err("it is a folder, not a model".to_owned());
        }
        Graph::decode(ValueReader::from_file(opened))
            .map_err(|error| format!("it is no ONNX model: {}", error.kind()))
            .and_then(|graph: Graph| match graph.outputs.is_empty() {
                true => Err("it is no ONNX model: it has no outputs".to_owned()),
                false => Ok(graph),
            })
    }

    /// The value of a metadata entry.
    pub fn entry(&self, key: &str) -> Option<&str> {
        self.metadata.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// The class names of an output that holds a score for each class.
    pub fn classes(&self, output: &str) -> Option<&[Category]> {
        let (node, place) = self.made_by(output)?;
        let scores = match node.operator.name.as_str() {
            "ZipMap" => place == 0,
            _ => place == 1,
        };
        Some(&node.classes[..]).filter(|classes| scores && !classes.is_empty())
    }

    /// What kind of values an output holds.
    pub fn meaning(&self, output: &str) -> Meaning {
        let Some((node, _)) = self.made_by(output) else {
            return Meaning::Unknown;
        };
        match node.operator.name.as_str() {
            "Softmax" => Meaning::Probabilities,
            "Sigmoid" => Meaning::Probability,
            _ if self.classes(output).is_some() => Meaning::Probabilities,
            _ => Meaning::Unknown,
        }
    }

    /// The operator that makes the values of a tensor, and the place of the tensor among its outputs.
    fn made_by(&self, tensor: &str) -> Option<(&Node, usize)> {
        let mut tensor = tensor;
        for _ in 0..MOST_STEPS {
            let makes = |node: &&Node| node.outputs.iter().any(|output| output == tensor);
            let node = self.nodes.iter().find(makes)?;
            let place = node.outputs.iter().position(|output| output == tensor)?;
            let passes = PASSING.contains(&node.operator.name.as_str()) || node.operator.name == "Normalizer";
            match node.inputs.first().filter(|_| passes) {
                Some(input) => tensor = input,
                None => return Some((node, place)),
            }
        }
        None
    }

    /// Whether the model itself scales the values of an input down from 0..255: its first arithmetic is
    /// with a constant of that size. None if it begins with other operators.
    pub fn scales_pixels(&self, input: &str) -> Option<bool> {
        let mut tensor = input;
        for _ in 0..MOST_STEPS {
            let node = self.nodes.iter().find(|node| node.inputs.iter().any(|input| input == tensor))?;
            if PASSING.contains(&node.operator.name.as_str()) {
                tensor = node.outputs.first()?;
                continue;
            }
            let other = node.inputs.iter().find(|input| *input != tensor)?;
            let most = self.constants.get(other)?.iter().fold(0.0, |most: f32, value| most.max(value.abs()));
            return match node.operator.name.as_str() {
                "Mul" => Some(most <= 0.1),
                "Div" => Some(most >= 20.0),
                "Sub" | "Add" => Some(most >= 20.0),
                _ => None,
            };
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(name: &str, inputs: &[&str], outputs: &[&str], classes: &[&str]) -> Node {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let classes = classes.iter().map(|name| Category::Text((*name).to_owned())).collect();
        let operator = Operator { domain: String::new(), name: name.to_owned() };
        Node { operator, inputs: owned(inputs), outputs: owned(outputs), classes }
    }

    fn graph(nodes: Vec<Node>, constants: &[(&str, f32)]) -> Graph {
        let constants = constants.iter().map(|(name, value)| ((*name).to_owned(), vec![*value])).collect();
        Graph { nodes, constants, ..Graph::default() }
    }

    #[test]
    fn classes_are_those_of_the_scores_not_of_the_label() {
        let graph = graph(
            vec![
                node("LinearClassifier", &["x"], &["label", "raw"], &["no", "yes"]),
                node("Normalizer", &["raw"], &["scores"], &[]),
                node("Cast", &["label"], &["output_label"], &[]),
            ],
            &[],
        );
        assert_eq!(graph.classes("scores").map(<[_]>::len), Some(2));
        assert_eq!(graph.classes("output_label"), None);
        assert_eq!(graph.meaning("scores"), Meaning::Probabilities);
        assert_eq!(graph.meaning("output_label"), Meaning::Unknown);
    }

    #[test]
    fn a_softmax_is_found_before_what_passes_it_on() {
        let graph = graph(
            vec![
                node("Softmax", &["x"], &["a"], &[]),
                node("Identity", &["a"], &["b"], &[]),
                node("Sigmoid", &["x"], &["c"], &[]),
            ],
            &[],
        );
        assert_eq!(graph.meaning("b"), Meaning::Probabilities);
        assert_eq!(graph.meaning("c"), Meaning::Probability);
        assert_eq!(graph.meaning("none"), Meaning::Unknown);
    }

    #[test]
    fn the_first_arithmetic_tells_the_range_of_pixels() {
        for (operator, constant, scales) in [
            ("Mul", 1.0 / 255.0, Some(true)),
            ("Mul", 2.0, Some(false)),
            ("Div", 255.0, Some(true)),
            ("Div", 0.229, Some(false)),
            ("Sub", 103.9, Some(true)),
            ("Sub", 0.485, Some(false)),
            ("Conv", 0.1, None),
        ] {
            let nodes =
                vec![node("Transpose", &["x"], &["t"], &[]), node(operator, &["t", "constant"], &["y"], &[])];
            assert_eq!(graph(nodes, &[("constant", constant)]).scales_pixels("x"), scales, "{operator}");
        }
        assert_eq!(graph(Vec::new(), &[]).scales_pixels("x"), None);
    }
}
