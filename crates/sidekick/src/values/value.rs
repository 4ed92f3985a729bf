//! One value, checked against its spec.

use crate::array::Array;
use crate::code_points::look_alike;
use crate::error::{Error, ErrorKind, Result};
use crate::images::ImageSource;
use crate::message::shortened;
use crate::spec::{FeatureSpec, FeatureType};
use crate::text::NulString;

/// A value that was checked against its feature's spec.
pub(crate) enum Value<'a> {
    /// Finite or not: the row store refuses what its protocol cannot carry.
    Number(f64),
    Integer(i64),
    /// The index of one of the spec's categories.
    Category(usize),
    Text(&'a str),
    /// By reference, as arrays are: a large value makes the moves of all of them slower.
    Image(&'a ImageSource<'a>),
    Bytes(&'a [u8]),
    Array(&'a Array<'a>),
}

/// The error of an input that is given more than once.
#[cold]
pub(crate) fn given_twice(how: &str) -> Error {
    Error::new(ErrorKind::FeatureTwice, how)
}

/// How much of an unknown label a message shows.
const GIVEN_BYTES: usize = 256;

/// A category by its label.
#[inline]
pub(crate) fn category<'v>(spec: &FeatureSpec, label: &'v str) -> Result<Value<'v>> {
    match spec.categories.find(label) {
        Some(index) => Ok(Value::Category(index)),
        None => unlisted_category(spec, label),
    }
}

/// A category that the spec does not list. Any is valid if the spec lists none.
pub(crate) fn unlisted_category<'v>(spec: &FeatureSpec, label: &'v str) -> Result<Value<'v>> {
    if spec.categories().is_empty() {
        return Ok(Value::Text(label));
    }
    let alike = look_alike(label, spec.categories().iter().map(NulString::as_str));
    let alike = if spec.hidden { "" } else { &alike };
    Err(unknown_category(spec, &format!("\"{}\"", shortened(label, GIVEN_BYTES)), alike))
}

/// An integer as a category: as declared if the spec lists its categories, or the index of one. 0 and 1
/// always name the classes of a binary feature.
pub(crate) fn integer_category(spec: &FeatureSpec, integer: i64) -> Result<Value<'static>> {
    if spec.categories().is_empty() {
        return Ok(Value::Integer(integer));
    }
    let bit = spec.feature_type == FeatureType::Binary && matches!(integer, 0 | 1);
    match spec.categories.find(&integer.to_string()) {
        Some(index) => Ok(Value::Category(index)),
        None if bit => Ok(Value::Integer(integer)),
        None if spec.by_index => match usize::try_from(integer) {
            Ok(index) if index < spec.categories().len() => Ok(Value::Category(index)),
            _ => Err(no_index(spec, integer)),
        },
        None => Err(unknown_category(spec, &integer.to_string(), "")),
    }
}

/// The category whose label is an integer beyond an `i64`.
#[cold]
pub(crate) fn large_category(spec: &FeatureSpec, integer: u64) -> Result<Value<'static>> {
    if let Some(index) = spec.categories.find(&integer.to_string()) {
        return Ok(Value::Category(index));
    }
    if !spec.categories().is_empty() {
        return Err(unknown_category(spec, &integer.to_string(), ""));
    }
    let message = format!("{integer} is no category: as integers they go up to {}", i64::MAX);
    Err(Error::new(ErrorKind::FeatureValue, message))
}

#[cold]
fn no_index(spec: &FeatureSpec, integer: i64) -> Error {
    let last = spec.categories().len().saturating_sub(1);
    Error::new(
        ErrorKind::FeatureValue,
        format!("{integer} is no index of its categories, which are 0 to {last}"),
    )
}

#[cold]
fn unknown_category(spec: &FeatureSpec, given: &str, alike: &str) -> Error {
    let message = format!("{given} is none of its categories: {}{alike}", spec.quoted_labels());
    Error::new(ErrorKind::FeatureValue, message)
}
