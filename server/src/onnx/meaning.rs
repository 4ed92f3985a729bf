//! What the operators say of the values of inputs and outputs.

use super::{Constant, MOST_STEPS, Node, OnnxFile};

/// What kind of values an output holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Made by a softmax, or the scores of a classifier.
    Probabilities,
    /// Made by a sigmoid.
    Probability,
    Unknown,
}

/// Operators that pass their first input on, in another form.
const PASSING: [&str; 9] =
    ["Identity", "Cast", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Transpose", "Dropout", "Resize"];

impl OnnxFile {
    /// What kind of values an output holds.
    pub fn meaning(&self, output: &str) -> Meaning {
        match self.made_by(output) {
            Some((node, _)) if node.operator.name == "Softmax" => Meaning::Probabilities,
            Some((node, _)) if node.operator.name == "Sigmoid" => Meaning::Probability,
            Some((node, place)) if node.gives_scores(place) => Meaning::Probabilities,
            _ => Meaning::Unknown,
        }
    }

    /// The operator that makes the values of a tensor, and the place of the tensor among its outputs.
    fn made_by(&self, tensor: &str) -> Option<(&Node, usize)> {
        let mut tensor = tensor;
        for _ in 0..MOST_STEPS {
            let (node, place) = self.source(tensor)?;
            let passes = node.passes() || node.operator.name == "Normalizer";
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
            if node.passes() {
                tensor = node.outputs.first()?;
                continue;
            }
            let other = node.inputs.iter().find(|input| *input != tensor)?;
            let Constant::Floats(values) = self.constants.get(other)? else { return None };
            let most = values.iter().fold(0.0, |most: f32, value| most.max(value.abs()));
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

impl Node {
    fn passes(&self) -> bool {
        PASSING.contains(&self.operator.name.as_str())
    }

    /// Whether this output holds a score for each class that the operator names.
    fn gives_scores(&self, place: usize) -> bool {
        let of_scores = if self.operator.name == "ZipMap" { 0 } else { 1 };
        place == of_scores && self.named_classes().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(nodes: Vec<Node>) -> OnnxFile {
        OnnxFile { nodes, ..OnnxFile::default() }
    }

    #[test]
    fn scores_are_probabilities_and_the_label_is_not() {
        let classifier = Node::new("LinearClassifier", &["x"], &["label", "raw"]);
        let model = model(vec![
            classifier.with_list("classlabels_strings", &["no", "yes"]),
            Node::new("Normalizer", &["raw"], &["scores"]),
            Node::new("Cast", &["label"], &["output_label"]),
        ]);
        assert_eq!(model.meaning("scores"), Meaning::Probabilities);
        assert_eq!(model.meaning("output_label"), Meaning::Unknown);
    }

    #[test]
    fn a_softmax_is_found_before_what_passes_it_on() {
        let model = model(vec![
            Node::new("Softmax", &["x"], &["a"]),
            Node::new("Identity", &["a"], &["b"]),
            Node::new("Sigmoid", &["x"], &["c"]),
        ]);
        assert_eq!(model.meaning("b"), Meaning::Probabilities);
        assert_eq!(model.meaning("c"), Meaning::Probability);
        assert_eq!(model.meaning("none"), Meaning::Unknown);
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
            let mut model = model(vec![
                Node::new("Transpose", &["x"], &["t"]),
                Node::new(operator, &["t", "constant"], &["y"]),
            ]);
            model.constants.insert("constant".to_owned(), Constant::Floats(vec![constant]));
            assert_eq!(model.scales_pixels("x"), scales, "{operator}");
        }
        assert_eq!(model(Vec::new()).scales_pixels("x"), None);
    }
}
