//! Input features.

use std::fmt;

use crate::dates::DateRule;
use crate::deployment::feature::{Categories, FeatureType};
use crate::image::InputImage;
use crate::ngrams::Ngrams;
use crate::numbers::Transform;
use crate::tokens::Tokens;

/// An input feature, with what its encoding needs.
#[derive(Debug)]
pub struct Input {
    /// Its place in the file.
    pub place: usize,
    pub name: String,
    /// Empty until the model gives it.
    pub shape: Vec<usize>,
    /// Empty until the model gives it.
    pub tensor: String,
    /// The axis of the tensor along which the examples of a batch lie. Without one the model takes a
    /// single example, and is run for each row.
    pub batch_axis: Option<usize>,
    pub kind: InputKind,
    /// The value that a missing one, or null, stands for.
    pub fill: Option<Fill>,
}

#[derive(Debug)]
pub enum InputKind {
    Number(Transform),
    Array(Transform),
    Categorical(Categories, Encoding),
    Binary(Categories, Encoding),
    Image(InputImage),
    Text(TextEncoding),
}

/// How a category enters a tensor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Encoding {
    /// A 1 at its place among zeros.
    OneHot,
    /// Its place, counted from 0.
    Ordinal,
    /// The category itself.
    Raw,
}

/// How a text enters a tensor.
#[derive(Debug)]
pub enum TextEncoding {
    Ngrams(Ngrams),
    /// The text itself.
    Raw,
    /// The text is a date; a number for each rule.
    Date(Vec<DateRule>, Transform),
    Tokens(Box<Tokens>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Fill {
    Number(f64),
    Text(String),
}

impl fmt::Display for Fill {
    fn fmt(&self, text: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Fill::Number(number) => number.fmt(text),
            Fill::Text(value) => value.fmt(text),
        }
    }
}

impl Input {
    pub fn feature_type(&self) -> FeatureType {
        match self.kind {
            InputKind::Number(_) | InputKind::Array(_) => FeatureType::Numeric,
            InputKind::Categorical(..) => FeatureType::Categorical,
            InputKind::Binary(..) => FeatureType::Binary,
            InputKind::Image(_) => FeatureType::Image,
            InputKind::Text(_) => FeatureType::Text,
        }
    }

    /// Whether one value may take long to encode.
    pub fn is_large(&self) -> bool {
        matches!(self.kind, InputKind::Array(_) | InputKind::Image(_) | InputKind::Text(_))
    }

    /// The shape of one example's encoding; tokens have none that all examples share.
    pub fn encoding(&self) -> Vec<usize> {
        match &self.kind {
            InputKind::Number(_) => vec![1],
            InputKind::Array(_) => self.shape.clone(),
            InputKind::Image(image) => image.tensor_shape().to_vec(),
            InputKind::Categorical(categories, Encoding::OneHot)
            | InputKind::Binary(categories, Encoding::OneHot) => vec![categories.list().len()],
            InputKind::Categorical(..) | InputKind::Binary(..) => vec![1],
            InputKind::Text(TextEncoding::Ngrams(ngrams)) => vec![ngrams.buckets],
            InputKind::Text(TextEncoding::Date(rules, _)) => vec![rules.len()],
            InputKind::Text(TextEncoding::Raw) => vec![1],
            InputKind::Text(TextEncoding::Tokens(_)) => vec![0],
        }
    }

    /// Whether it fills tensors of strings.
    pub fn is_raw_text(&self) -> bool {
        matches!(
            self.kind,
            InputKind::Text(TextEncoding::Raw)
                | InputKind::Categorical(_, Encoding::Raw)
                | InputKind::Binary(_, Encoding::Raw)
        )
    }
}
