//! Output features.

use crate::deployment::feature::{Category, FREE, FeatureType};
use crate::image::OutputImage;
use crate::numbers::Transform;

/// An output feature, with what reading it needs.
#[derive(Debug)]
pub struct Output {
    /// Its place in the file.
    pub place: usize,
    pub name: String,
    /// Empty until the model gives it; a size may be `FREE`.
    pub shape: Vec<usize>,
    /// Outputs of the model that are joined along their last axis, most often one. Empty until the model
    /// gives it.
    pub tensors: Vec<String>,
    /// The axis of the tensors along which the examples of a batch lie. Without one the model takes a
    /// single example, and is run for each row.
    pub batch_axis: Option<usize>,
    pub activation: Option<Activation>,
    pub kind: OutputKind,
}

#[derive(Debug)]
pub enum OutputKind {
    Number(Transform),
    Array(ArrayOutput),
    Categorical(Vec<Category>),
    Binary,
    Image(OutputImage),
    Text(Vec<String>),
}

/// An array of numbers.
#[derive(Debug, Default)]
pub struct ArrayOutput {
    pub transform: Transform,
    /// What becomes of the axis of tokens, the one after that of the batch.
    pub pool: Option<Pool>,
    /// Whether it is scaled to the Euclidean length 1.
    pub normalize: bool,
    /// What the places of the last axis are, for people; none if nobody said.
    pub columns: Vec<String>,
}

/// How the vectors of the tokens of a text become one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pool {
    /// Their mean, without those of padding.
    Mean,
    /// That of the first token.
    First,
}

/// What turns the logits of a model into probabilities.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Activation {
    Softmax,
    Sigmoid,
}

impl Output {
    pub fn feature_type(&self) -> FeatureType {
        match self.kind {
            OutputKind::Number(_) | OutputKind::Array(_) => FeatureType::Numeric,
            OutputKind::Categorical(_) => FeatureType::Categorical,
            OutputKind::Binary => FeatureType::Binary,
            OutputKind::Image(_) => FeatureType::Image,
            OutputKind::Text(_) => FeatureType::Text,
        }
    }

    /// How many values of the tensor belong to one example; a free size counts as 1.
    pub fn size(&self) -> usize {
        match &self.kind {
            OutputKind::Text(labels) => labels.len().max(1),
            _ => {
                let sizes = self.shape.iter().filter(|&&size| size != FREE);
                sizes.fold(1, |size: usize, next| size.saturating_mul(*next))
            }
        }
    }
}
