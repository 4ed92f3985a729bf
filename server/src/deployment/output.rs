//! Output features.

use crate::deployment::feature::{Category, FeatureType};
use crate::image::OutputImage;

/// An output feature, with what reading it needs.
#[derive(Debug)]
pub struct Output {
    pub name: String,
    pub shape: Vec<usize>,
    pub tensor: String,
    pub kind: OutputKind,
}

#[derive(Debug)]
pub enum OutputKind {
    Number,
    Array,
    Categorical(Vec<Category>),
    Binary,
    Image(OutputImage),
    Text(Vec<String>),
}

impl Output {
    pub fn feature_type(&self) -> FeatureType {
        match self.kind {
            OutputKind::Number | OutputKind::Array => FeatureType::Numeric,
            OutputKind::Categorical(_) => FeatureType::Categorical,
            OutputKind::Binary => FeatureType::Binary,
            OutputKind::Image(_) => FeatureType::Image,
            OutputKind::Text(_) => FeatureType::Text,
        }
    }

    /// How many values of the tensor belong to one example.
    pub fn size(&self) -> usize {
        match &self.kind {
            OutputKind::Text(labels) => labels.len(),
            _ => self.shape.iter().product(),
        }
    }
}
