//! What input and output features have in common.

use serde::{Deserialize, Serialize};

/// The type of a feature, as clients see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FeatureType {
    Numeric,
    Categorical,
    Binary,
    Text,
    Image,
}

/// A category: text, or an integer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(untagged, expecting = "a category is a string or an integer")]
pub enum Category {
    Integer(i64),
    Text(String),
}

impl Category {
    /// Its name in a reply.
    pub fn name(&self) -> String {
        match self {
            Category::Integer(number) => number.to_string(),
            Category::Text(text) => text.clone(),
        }
    }
}
