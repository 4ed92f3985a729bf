//! Errors about the value of an input.

use sidekick::{Error, ErrorKind, FeatureSpec, Result};

/// The error of an input without a value; none if a row may leave it out.
pub fn missing(spec: &FeatureSpec) -> Result<()> {
    match spec.is_optional() {
        true => Ok(()),
        false => Err(invalid(spec, "has no value")),
    }
}

/// An error about the value of an input.
pub fn invalid(spec: &FeatureSpec, what: &str) -> Error {
    Error::new(ErrorKind::FeatureValue, what).in_feature(spec.name())
}
