//! Categories: what classes are called.

use serde::{Deserialize, Serialize};

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
