//! The class names and keys that converters leave in a file.

use super::{Constant, ML, MOST_STEPS, Node, OnnxFile};
use crate::category::Category;
use crate::tensor::{Datatype, TensorSpec};

/// Operators whose output has the classes of their first input.
const PASSING: [&str; 13] = [
    "Identity",
    "Cast",
    "Normalizer",
    "Softmax",
    "Reshape",
    "Squeeze",
    "Flatten",
    "Unsqueeze",
    "Clip",
    "Add",
    "Transpose",
    "Dropout",
    "Resize",
];

impl OnnxFile {
    /// The keys of the map that an input is, if a DictVectorizer reads it.
    pub(super) fn vocabulary(&self, input: &str) -> Option<Vec<Category>> {
        let reads = |node: &&Node| {
            node.is(ML, "DictVectorizer") && node.inputs.first().is_some_and(|name| name == input)
        };
        let node = self.nodes.iter().find(reads)?;
        node.listed(&["string_vocabulary", "int64_vocabulary"]).map(<[_]>::to_vec)
    }

    /// The classes of an output, found by going back to what names them.
    pub(super) fn classes(&self, output: &str) -> Option<Vec<Category>> {
        let mut value = output;
        for _ in 0..MOST_STEPS {
            let (node, _) = self.source(value)?;
            if let Some(classes) = self.named_by(node) {
                return Some(classes.to_vec());
            }
            PASSING.contains(&node.operator.name.as_str()).then_some(())?;
            value = node.inputs.first()?;
        }
        None
    }

    fn named_by<'a>(&'a self, node: &'a Node) -> Option<&'a [Category]> {
        match node.operator.name.as_str() {
            "ArrayFeatureExtractor" => match self.constants.get(node.inputs.first()?)? {
                Constant::List(list) if list.len() > 1 => Some(list),
                _ => None,
            },
            "ZipMap" | "LabelEncoder" => node.named_classes(),
            operator if operator.ends_with("Classifier") => node.named_classes(),
            _ => None,
        }
    }

    /// Gives an output the classes of the model, if it has but one list of them and the output has as many.
    pub(super) fn with_classes(&self, mut spec: TensorSpec) -> TensorSpec {
        let fits = |classes: &[Category]| match (spec.datatype, spec.sizes()) {
            (datatype, [_, last]) if datatype.is_float() => {
                last.fixed().is_none_or(|size| size == classes.len())
            }
            (Datatype::Bytes, [_]) => matches!(classes[0], Category::Text(_)),
            (Datatype::Int64, [_]) => matches!(classes[0], Category::Integer(_)),
            _ => false,
        };
        if spec.labels.is_none() {
            let mut lists: Vec<&[Category]> =
                self.nodes.iter().filter_map(|node| self.named_by(node)).collect();
            lists.dedup();
            spec.labels = match lists[..] {
                [one] if !one.is_empty() && fits(one) => Some(one.to_vec()),
                _ => None,
            };
        }
        spec.labels = spec.labels.filter(|labels| !labels.is_empty());
        spec
    }
}

impl Node {
    /// The classes that a classifier, a map of scores or an encoder of labels lists.
    pub(super) fn named_classes(&self) -> Option<&[Category]> {
        self.listed(&["classlabels_strings", "classlabels_int64s", "classlabels_ints", "values_strings"])
    }
}

#[cfg(test)]
mod tests {
    use rten_onnx::onnx::DataType;

    use super::super::types::tests::{dimension, tensor, value};
    use super::*;

    #[test]
    fn classes_are_those_of_the_classifier() {
        let rows = || dimension(None, Some("n"));
        let scores = |count| tensor(DataType::FLOAT, vec![rows(), dimension(Some(count), None)]);
        let classifier = |output, classes: [&str; 2]| {
            Node::new("SVMClassifier", &["x"], &[output]).with_list("classlabels_strings", &classes)
        };
        let mut model = OnnxFile {
            nodes: vec![classifier("label", ["a", "b"]), Node::new("Identity", &["label"], &["l"])],
            outputs: vec![
                value("l", Some(tensor(DataType::STRING, vec![rows()]))),
                value("p", Some(scores(2))),
                value("three", Some(scores(3))),
            ],
            ..OnnxFile::default()
        };
        let labels = |model: &OnnxFile| -> Vec<_> {
            model.outputs().into_iter().map(|spec| spec.unwrap().labels).collect()
        };
        let found = Some(["a", "b"].map(|text| Category::Text(text.to_owned())).to_vec());
        assert_eq!(labels(&model), [found.clone(), found.clone(), None]);
        // With two classifiers only what follows from one has its classes.
        model.nodes.push(classifier("other", ["c", "d"]));
        assert_eq!(labels(&model), [found, None, None]);
    }
}
