//! What is wrong with the keys of a feature: all of it at once.

use std::fmt::Display;

/// A key whose value is wrong, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    pub key: &'static str,
    pub problem: String,
}

/// The mistakes found so far.
#[derive(Debug, Default)]
pub struct Mistakes(pub Vec<Mistake>);

impl Mistakes {
    pub fn add(&mut self, key: &'static str, problem: impl Display) {
        self.0.push(Mistake { key, problem: problem.to_string() });
    }

    /// Adds a mistake if the key is given where it is invalid.
    pub fn refuse(&mut self, key: &'static str, given: bool, problem: impl Display) {
        if given {
            self.add(key, problem);
        }
    }

    /// The value if there is no mistake.
    pub fn done<T>(self, value: T) -> Result<T, Vec<Mistake>> {
        if self.0.is_empty() { Ok(value) } else { Err(self.0) }
    }
}
