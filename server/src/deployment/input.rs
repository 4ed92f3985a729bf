//! Input features.

use crate::deployment::feature::{Category, FeatureType};
use crate::image::InputImage;
use crate::ngrams::Ngrams;

/// An input feature, with what its encoding needs.
#[derive(Debug)]
pub struct Input {
    pub name: String,
    pub shape: Vec<usize>,
    pub tensor: String,
    pub kind: InputKind,
}

#[derive(Debug)]
pub enum InputKind {
    Number,
    Array,
    Categorical(Vec<Category>),
    Binary(Vec<Category>),
    Image(InputImage),
    Text(Ngrams),
}

impl Input {
    pub fn feature_type(&self) -> FeatureType {
        match self.kind {
            InputKind::Number | InputKind::Array => FeatureType::Numeric,
            InputKind::Categorical(_) => FeatureType::Categorical,
            InputKind::Binary(_) => FeatureType::Binary,
            InputKind::Image(_) => FeatureType::Image,
            InputKind::Text(_) => FeatureType::Text,
        }
    }

    /// Whether one value may take long to encode.
    pub fn is_large(&self) -> bool {
        matches!(self.kind, InputKind::Array | InputKind::Image(_) | InputKind::Text(_))
    }

    /// The shape of one example's encoding.
    pub fn encoding(&self) -> Vec<usize> {
        match self.kind {
            InputKind::Text(ngrams) => vec![ngrams.buckets],
            InputKind::Image(ref image) => image.tensor_shape().to_vec(),
            _ => self.shape.clone(),
        }
    }
}
