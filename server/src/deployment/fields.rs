//! The keys of an object, each read by itself, so that one mistake hides no other.

use std::cell::RefCell;

use serde::de::DeserializeOwned;

use crate::deployment::jsonc::{Entry, Node, Value, join};
use crate::deployment::mistakes::{Mistakes, did_you_mean};

/// An object whose keys are read one by one.
pub struct Fields<'a> {
    path: String,
    entries: &'a [Entry],
    known: RefCell<Vec<&'static str>>,
    mistakes: &'a Mistakes,
}

impl<'a> Fields<'a> {
    /// The keys that are there and have a value other than null.
    pub fn get(&self, key: &'static str) -> Option<At<'a>> {
        self.find(key).filter(|at| at.node.value != Value::Null)
    }

    /// A key that may also be null.
    pub fn find(&self, key: &'static str) -> Option<At<'a>> {
        self.known.borrow_mut().push(key);
        let entry = self.entries.iter().rfind(|entry| entry.key == key)?;
        Some(At { path: join(&self.path, key), node: &entry.node, mistakes: self.mistakes })
    }

    /// A key that has to be there; `remedy` says what to write.
    pub fn required(&self, key: &'static str, remedy: &str) -> Option<At<'a>> {
        let found = self.get(key);
        if found.is_none() {
            self.mistakes.add(&join(&self.path, key), format!("it is missing; {remedy}"));
        }
        found
    }

    pub fn text(&self, key: &'static str) -> Option<String> {
        self.get(key)?.text()
    }

    pub fn flag(&self, key: &'static str) -> Option<bool> {
        self.get(key)?.flag()
    }

    pub fn number(&self, key: &'static str) -> Option<f64> {
        self.get(key)?.number()
    }

    pub fn size(&self, key: &'static str) -> Option<usize> {
        self.get(key)?.size()
    }

    /// A value that a type reads by itself.
    pub fn read<T: DeserializeOwned>(&self, key: &'static str) -> Option<T> {
        self.get(key)?.read()
    }

    pub fn wrong(&self, key: &str, problem: impl Into<String>) {
        self.mistakes.add(&join(&self.path, key), problem);
    }

    /// Notes that the object as a whole is wrong.
    pub fn wrong_here(&self, problem: impl Into<String>) {
        self.mistakes.add(&self.path, problem);
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    pub fn mistakes(&self) -> &'a Mistakes {
        self.mistakes
    }

    /// Notes each key that was not read; `elsewhere` are keys that other objects of this kind have.
    pub fn finish(self, what: &str, elsewhere: &[&str]) {
        let known = self.known.borrow();
        let mut listed = known.clone();
        listed.sort_unstable();
        listed.dedup();
        for entry in self.entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            let hint = match did_you_mean(&entry.key, listed.iter().copied()) {
                near if !near.is_empty() => near,
                _ if elsewhere.contains(&entry.key.as_str()) => "; leave it out".to_owned(),
                _ => format!("; the keys are {}", listed.join(", ")),
            };
            self.mistakes.add(&join(&self.path, &entry.key), format!("{what} has no such key{hint}"));
        }
    }
}

/// A value at its place in the file.
#[derive(Clone)]
pub struct At<'a> {
    path: String,
    node: &'a Node,
    mistakes: &'a Mistakes,
}

impl<'a> At<'a> {
    pub fn root(node: &'a Node, mistakes: &'a Mistakes) -> At<'a> {
        At { path: String::new(), node, mistakes }
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    /// A value below a key of this one.
    pub fn below(&self, key: &str, node: &'a Node) -> At<'a> {
        At { path: join(&self.path, key), node, mistakes: self.mistakes }
    }

    pub fn value(&self) -> &'a Value {
        &self.node.value
    }

    pub fn wrong(&self, problem: impl Into<String>) {
        self.mistakes.add(&self.path, problem);
    }

    /// Notes that another type of value is expected.
    pub fn expected<T>(&self, what: &str) -> Option<T> {
        let found = match self.is_secret() {
            true => "of another type".to_owned(),
            false => self.node.noun(),
        };
        self.wrong(format!("it is {found}; write {what}"));
        None
    }

    /// Whether a token may be here, which is never shown.
    fn is_secret(&self) -> bool {
        self.path.split(['.', '[']).any(|key| matches!(key, "tokens" | "limited_tokens" | "token"))
    }

    pub fn text(&self) -> Option<String> {
        match self.value() {
            Value::Text(text) => Some(text.clone()),
            _ => self.expected("a string"),
        }
    }

    pub fn flag(&self) -> Option<bool> {
        match self.value() {
            Value::Bool(flag) => Some(*flag),
            _ => self.expected("true or false"),
        }
    }

    pub fn number(&self) -> Option<f64> {
        match self.value() {
            Value::Number(number) => number.as_f64(),
            _ => self.expected("a number"),
        }
    }

    /// A whole number from 0.
    pub fn size(&self) -> Option<usize> {
        let number = match self.value() {
            Value::Number(number) => number.as_u64(),
            _ => None,
        };
        number.map_or_else(|| self.expected("a whole number"), |number| usize::try_from(number).ok())
    }

    /// One of these words.
    pub fn one_of<T: Copy>(&self, words: &[(&str, T)]) -> Option<T> {
        let names = || words.iter().map(|(name, _)| *name);
        let listed = || names().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
        let Value::Text(text) = self.value() else {
            return self.expected(&format!("one of {}", listed()));
        };
        let found = words.iter().find(|(name, _)| name == text).map(|(_, value)| *value);
        if found.is_none() {
            let near = did_you_mean(text, names());
            self.wrong(format!("{text:?} is unknown; write one of {}{near}", listed()));
        }
        found
    }

    /// The elements of a list.
    pub fn list(&self) -> Option<Vec<At<'a>>> {
        let Value::List(nodes) = self.value() else {
            return self.expected("a list in brackets: [...]");
        };
        let at =
            |(place, node)| At { path: format!("{}[{place}]", self.path), node, mistakes: self.mistakes };
        Some(nodes.iter().enumerate().map(at).collect())
    }

    /// All elements of a list, if each can be read.
    pub fn each<T>(&self, read: impl Fn(&At<'a>) -> Option<T>) -> Option<Vec<T>> {
        let read: Vec<Option<T>> = self.list()?.iter().map(read).collect();
        read.into_iter().collect()
    }

    /// One value, or a list of them.
    pub fn one_or_each<T>(&self, read: impl Fn(&At<'a>) -> Option<T>) -> Option<Vec<T>> {
        match self.value() {
            Value::List(_) => self.each(read),
            _ => Some(vec![read(self)?]),
        }
    }

    pub fn fields(&self) -> Option<Fields<'a>> {
        let Value::Object(entries) = self.value() else {
            return self.expected("an object in braces: {...}");
        };
        for (place, entry) in entries.iter().enumerate() {
            if entries[..place].iter().any(|other| other.key == entry.key) {
                self.mistakes.add(&join(&self.path, &entry.key), "the key is there twice; leave one out");
            }
        }
        let (path, mistakes) = (self.path.clone(), self.mistakes);
        Some(Fields { path, entries, known: RefCell::default(), mistakes })
    }

    /// The values of an object by key.
    pub fn members(&self) -> Option<Vec<(String, At<'a>)>> {
        let fields = self.fields()?;
        let member = |entry: &'a Entry| {
            let at = At { path: join(&self.path, &entry.key), node: &entry.node, mistakes: self.mistakes };
            (entry.key.clone(), at)
        };
        Some(fields.entries.iter().map(member).collect())
    }

    /// A value that a type reads by itself.
    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        match serde_path_to_error::deserialize(self.node.to_json()) {
            Ok(value) => Some(value),
            Err(error) => {
                let inner = error.path().to_string();
                let path = match inner.as_str() {
                    "." | "?" => self.path.clone(),
                    inner if inner.starts_with('[') => format!("{}{inner}", self.path),
                    inner => format!("{}.{inner}", self.path),
                };
                self.mistakes.add(&path, error.inner().to_string());
                None
            }
        }
    }
}
