//! What input and output features have in common.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

pub use crate::category::Category;

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

/// The categories of an input, which are found by their names.
#[derive(Clone, Debug)]
pub struct Categories {
    list: Vec<Category>,
    places: HashMap<String, usize>,
}

impl Categories {
    /// Categories with different names.
    pub fn new(list: Vec<Category>) -> Categories {
        let places = list.iter().enumerate().map(|(place, category)| (category.name(), place)).collect();
        Categories { list, places }
    }

    pub fn list(&self) -> &[Category] {
        &self.list
    }

    /// The place of a category; 7 and "7" are the same one.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }
}

/// The first name that two categories have: a reply names its categories, so 1 and "1" are the same.
pub fn duplicate(categories: &[Category]) -> Option<String> {
    let mut seen = std::collections::HashSet::new();
    categories.iter().map(Category::name).find(|name| !seen.insert(name.clone()))
}

/// What is wrong with the categories of a binary input: 0 and 1 always mean themselves, also as texts.
pub fn misplaced(categories: &[Category]) -> Option<String> {
    let [first, second] = categories else { return None };
    let (number, own, other) = match (&*first.name(), &*second.name()) {
        ("1", _) => (1, "first", "second"),
        (_, "0") => (0, "second", "first"),
        _ => return None,
    };
    Some(format!(
        "{number} is the {own} of them, but a value of {number} always means the {other}; use the type \
         categorical"
    ))
}

/// The size of an axis of an output that the model leaves open: each example has its own.
pub const FREE: usize = usize::MAX;

/// No single example may need more values than this.
pub const MAX_SIZE: usize = 1 << 26;

/// How many values a shape holds, if they are 1 to `MAX_SIZE`.
pub fn size_of_shape(shape: &[usize]) -> Option<usize> {
    let size = shape.iter().try_fold(1usize, |total, &size| total.checked_mul(size));
    size.filter(|size| !shape.is_empty() && (1..=MAX_SIZE).contains(size))
}
