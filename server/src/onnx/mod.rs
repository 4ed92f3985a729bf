//! What an ONNX file says besides its weights: tensors, operators, metadata, and the classes that it names.
//! Engines report less: rten's INT64 and BOOL are INT32, and no engine names classes.

mod categories;
mod classes;
mod meaning;
mod types;
mod wire;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use rten_onnx::protobuf::{DecodeMessage, ValueReader};

use crate::category::Category;
use crate::files;
use crate::tensor::TensorSpec;

pub use self::categories::ColumnCategories;
pub use self::meaning::Meaning;
pub use self::types::Value;

/// The operators of classic models: classifiers, encoders, maps.
pub const ML: &str = "ai.onnx.ml";

/// A walk along the operators ends after so many.
const MOST_STEPS: usize = 16;

/// An ONNX file without its weights.
#[derive(Default)]
pub struct OnnxFile {
    pub ir_version: i64,
    /// Name and version of the exporter.
    pub producer: String,
    /// Free text about the model. (That of the graph is an exporter's.)
    pub description: String,
    /// Domains and versions of the operators.
    pub operator_sets: Vec<(String, i64)>,
    /// What the exporter noted: key and value.
    pub metadata: Vec<(String, String)>,
    /// The inputs that are no weights.
    pub inputs: Vec<Value>,
    pub outputs: Vec<Value>,
    /// The nodes outside of subgraphs.
    pub nodes: Vec<Node>,
    /// Constants of a few floats, and lists, by name.
    pub constants: HashMap<String, Constant>,
    /// Files with weights, relative to the folder of the model.
    pub external: BTreeSet<String>,
}

/// An operator's domain and name.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Operator {
    /// Empty for the operators of ONNX itself.
    pub domain: String,
    pub name: String,
}

/// An operator at work in the graph.
#[derive(Debug, Default)]
pub struct Node {
    pub operator: Operator,
    pub inputs: Vec<String>,
    pub outputs: Vec<String>,
    /// Lists of names and numbers, by attribute. A single number is a list of one.
    lists: Vec<(String, Vec<Category>)>,
    /// The nodes of its subgraphs.
    nodes: Vec<Node>,
}

/// The values of a constant.
#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    Floats(Vec<f32>),
    List(Vec<Category>),
}

impl OnnxFile {
    /// Reads a file; its weights are skipped.
    pub fn read(file: &Path) -> Result<OnnxFile, String> {
        let opened = files::open(file).map_err(|error| error.to_string())?;
        if opened.metadata().is_ok_and(|about| about.is_dir()) {
            return Err("it is a folder, not a model".to_owned());
        }
        OnnxFile::decode(ValueReader::from_file(opened))
            .map_err(|error| format!("it is no ONNX model: {}", error.kind()))
            .and_then(|model: OnnxFile| match model.outputs.is_empty() {
                true => Err("it is no ONNX model: it has no outputs".to_owned()),
                false => Ok(model),
            })
    }

    /// The value of a metadata entry.
    pub fn entry(&self, key: &str) -> Option<&str> {
        self.metadata.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// The input of this name.
    pub fn input(&self, name: &str) -> Result<TensorSpec, String> {
        let value = self.inputs.iter().find(|value| value.name == name);
        let value = value.ok_or_else(|| format!("input {name:?} has no type in the model"))?;
        let keys = self.vocabulary(name);
        value.spec(keys).map_err(|problem| match value.is_sequence() {
            true => {
                format!("input {name:?} {problem}; the server feeds tensors alone: export it as a tensor")
            }
            false => format!("input {name:?} {problem}"),
        })
    }

    /// All outputs, in the order of the file; the error of one names it.
    pub fn outputs(&self) -> Vec<Result<TensorSpec, String>> {
        let output = |value: &Value| {
            let spec = value.spec(self.classes(&value.name));
            spec.map(|spec| self.with_classes(spec))
                .map_err(|problem| format!("output {:?} {problem}", value.name))
        };
        self.outputs.iter().map(output).collect()
    }

    /// How often each operator is used, also in subgraphs.
    pub fn operators(&self) -> BTreeMap<&Operator, usize> {
        let mut operators = BTreeMap::new();
        count(&self.nodes, &mut operators);
        operators
    }

    /// The node that makes a value, and the place of the value among its outputs.
    fn source(&self, value: &str) -> Option<(&Node, usize)> {
        let place = |node: &Node| node.outputs.iter().position(|output| output == value);
        self.nodes.iter().find_map(|node| Some((node, place(node)?)))
    }
}

fn count<'a>(nodes: &'a [Node], operators: &mut BTreeMap<&'a Operator, usize>) {
    for node in nodes {
        *operators.entry(&node.operator).or_default() += 1;
        count(&node.nodes, operators);
    }
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

impl Node {
    /// A node without attributes.
    #[cfg(test)]
    pub fn new(operator: &str, inputs: &[&str], outputs: &[&str]) -> Node {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let operator = Operator { domain: String::new(), name: operator.to_owned() };
        Node { operator, inputs: owned(inputs), outputs: owned(outputs), ..Node::default() }
    }

    /// The same with a list of names.
    #[cfg(test)]
    pub fn with_list(mut self, attribute: &str, names: &[&str]) -> Node {
        let names = names.iter().map(|name| Category::Text((*name).to_owned())).collect();
        self.lists.push((attribute.to_owned(), names));
        self
    }

    #[cfg(test)]
    pub fn with_integer(mut self, attribute: &str, number: i64) -> Node {
        self.lists.push((attribute.to_owned(), vec![Category::Integer(number)]));
        self
    }

    /// Whether it is this operator; the domain of ONNX itself is empty.
    pub fn is(&self, domain: &str, operator: &str) -> bool {
        self.operator.name == operator && self.operator.domain == domain
    }

    /// The first of these attributes that lists something.
    fn listed(&self, attributes: &[&str]) -> Option<&[Category]> {
        let list = |name: &&str| self.lists.iter().find(|(attribute, _)| attribute == name);
        attributes.iter().find_map(list).map(|(_, list)| list.as_slice())
    }

    fn integer(&self, attribute: &str) -> Option<i64> {
        match self.listed(&[attribute]) {
            Some([Category::Integer(number)]) => Some(*number),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_are_counted_in_subgraphs_too() {
        let mut scaler = Node::new("Scaler", &["x"], &["y"]);
        scaler.operator.domain = ML.to_owned();
        let mut branch = Node::new("If", &["x"], &["y"]);
        branch.nodes = vec![Node::new("Add", &["x"], &["y"])];
        let nodes = vec![Node::new("Add", &["x"], &["y"]), scaler, branch];
        let model = OnnxFile { nodes, ..OnnxFile::default() };
        let found: Vec<(String, usize)> =
            model.operators().into_iter().map(|(operator, count)| (operator.written(), count)).collect();
        let expected = [("Add", 2), ("If", 1), ("ai.onnx.ml.Scaler", 1)];
        assert_eq!(found, expected.map(|(name, count)| (name.to_owned(), count)));
    }
}
