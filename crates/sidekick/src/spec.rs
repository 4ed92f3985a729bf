//! The inputs and outputs of a deployed model, in the order of the describe document.

use crate::array::{DType, SIZE_ANY, shape_text};
use crate::code_points::look_alike;
use crate::error::{Error, ErrorKind, Result};
use crate::memory::collected;
use crate::message::{LEFT_OUT, shortened};
use crate::names::{MOST_NAME_BYTES, Names};
use crate::row_shapes::product;
use crate::text::NulString;
use std::fmt;

/// What the values of a feature are. The numbers are the C API's: fixed, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i32)]
pub enum FeatureType {
    /// A number if the shape is `[1]`, else an array of 32-bit floats.
    Numeric = 1,
    /// One of several categories; as an output, a probability for each.
    Categorical = 2,
    /// One of two classes; as an output, the probability of the second.
    Binary = 3,
    /// Text of any length.
    Text = 4,
    /// An image; the shape is `[height, width, channels]`.
    Image = 5,
    /// Bytes of any number and meaning. The Deployment API has no such features.
    Bytes = 6,
}

impl fmt::Display for FeatureType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FeatureType::Numeric => "numeric",
            FeatureType::Categorical => "categorical",
            FeatureType::Binary => "binary",
            FeatureType::Text => "text",
            FeatureType::Image => "image",
            FeatureType::Bytes => "bytes",
        })
    }
}

/// How many of a feature's labels messages show, and how much of each and of its name.
pub(crate) const SHOWN_LABELS: usize = 8;
const SHOWN_BYTES: usize = 128;

/// One input or output of a deployed model.
#[derive(Clone, Debug)]
pub struct FeatureSpec {
    pub(crate) name: NulString,
    pub(crate) feature_type: FeatureType,
    pub(crate) shape: Vec<usize>,
    /// The type of its elements, if its protocol declares one.
    pub(crate) dtype: Option<DType>,
    /// The whole shape of its tensor, if its protocol has tensors.
    pub(crate) tensor_shape: Option<Vec<usize>>,
    pub(crate) categories: Names,
    /// Whether a row may lack it.
    pub(crate) optional: bool,
    /// Whether an integer is the index of a category, not its label.
    pub(crate) by_index: bool,
    /// The types that a model description can give it, its own too; empty if there is one only.
    pub(crate) types: &'static str,
    /// Whether its name or a label holds a part of the token, so that no message shows one.
    pub(crate) hidden: bool,
    /// The same of its shape.
    pub(crate) hides_shape: bool,
}

impl FeatureSpec {
    /// Its name: free text, any Unicode.
    pub fn name(&self) -> &NulString {
        &self.name
    }

    /// Its type.
    pub fn feature_type(&self) -> FeatureType {
        self.feature_type
    }

    /// Its shape for one row: `[1]` is a scalar. For a size that is [`SIZE_ANY`] each row has its own.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The type that the elements of its values have: of arrays, numbers and binary values. None for others.
    pub fn dtype(&self) -> Option<DType> {
        self.dtype.or(match self.feature_type {
            FeatureType::Numeric if self.is_array() => Some(DType::F32),
            FeatureType::Numeric | FeatureType::Binary => Some(DType::F64),
            _ => None,
        })
    }

    /// The shape of the tensor that all rows share, with the axis of the rows if it has one: as the model's
    /// metadata or its description declare it. A size that may be any is [`SIZE_ANY`]. None for the
    /// Deployment API, which has no tensors.
    pub fn tensor_shape(&self) -> Option<&[usize]> {
        self.tensor_shape.as_deref()
    }

    /// Its categories in the order of the describe document; empty if it lists none.
    pub fn categories(&self) -> &[NulString] {
        self.categories.list()
    }

    /// Whether a row may leave it out. Only inputs of the Open Inference Protocol can be optional.
    pub fn is_optional(&self) -> bool {
        self.optional
    }

    /// Whether its values are arrays: numeric, of any shape but `[1]`.
    pub fn is_array(&self) -> bool {
        self.feature_type == FeatureType::Numeric && self.shape != [1]
    }

    /// How many values its shape has; None if it has a size that is [`SIZE_ANY`].
    pub fn element_count(&self) -> Option<usize> {
        if self.is_free() { None } else { Some(self.fixed_count()) }
    }

    /// How many values its shape has, if no size is free.
    pub(crate) fn fixed_count(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether a size of its shape is free.
    pub(crate) fn is_free(&self) -> bool {
        self.shape.contains(&SIZE_ANY)
    }

    /// Whether its arrays can have this shape.
    pub(crate) fn takes_shape(&self, shape: &[usize]) -> bool {
        let fits = |(own, size): (&usize, &usize)| own == size || *own == SIZE_ANY;
        shape.len() == self.shape.len() && self.shape.iter().zip(shape).all(fits)
    }

    /// Names this feature in an error.
    pub(crate) fn in_feature(&self, error: Error) -> Error {
        if self.hidden { error.in_hidden_feature(&self.name) } else { error.in_feature(&self.name) }
    }

    /// One of its texts for messages, in quotes: its name, or one of its labels.
    pub(crate) fn quoted(&self, text: &str) -> String {
        format!("{:?}", if self.hidden { LEFT_OUT.to_owned() } else { shortened(text, SHOWN_BYTES) })
    }

    /// Its shape for messages.
    pub(crate) fn shown_shape(&self) -> String {
        self.shown(shape_text(&self.shape))
    }

    /// Numbers for messages that follow from its shape.
    pub(crate) fn shown(&self, numbers: String) -> String {
        if self.hides_shape { LEFT_OUT.to_owned() } else { numbers }
    }

    /// Looks for the token in its texts, of which messages show all or none, and in its shape.
    fn vet(&mut self, holds_token: &dyn Fn(&str) -> bool) {
        let labels = self.categories().iter().take(SHOWN_LABELS).map(NulString::as_str);
        let shown: Vec<String> =
            labels.chain([self.name.as_str()]).map(|text| shortened(text, MOST_NAME_BYTES)).collect();
        self.hidden = shown.iter().any(|text| holds_token(text));
        let count = product(&self.shape).map_or_else(String::new, |count| count.to_string());
        self.hides_shape = holds_token(&shape_text(&self.shape)) || holds_token(&count);
    }

    /// The error of a value that is given, or read, as another type: `how`, such as "got text".
    #[cold]
    pub(crate) fn another_type(&self, how: &str) -> Error {
        let error = Error::new(ErrorKind::FeatureType, format!("is {}, {how}", self.kind_text()));
        let own = self.feature_type.to_string();
        let others: Vec<&str> = self.types.split_whitespace().filter(|name| *name != own).collect();
        match &*others {
            [] => error,
            types => error.advising(&format!("a model description can make it {}", alternatives(types))),
        }
    }

    /// Its first labels, for messages.
    pub(crate) fn quoted_labels(&self) -> String {
        let labels: Vec<String> =
            self.categories().iter().take(SHOWN_LABELS).map(|label| self.quoted(label)).collect();
        labels.join(", ") + if self.categories().len() > SHOWN_LABELS { ", ..." } else { "" }
    }

    /// What its values are, for messages: `numeric [8, 8, 1]`.
    pub(crate) fn kind_text(&self) -> String {
        format!("{} {}", self.feature_type, self.shown_shape())
    }
}

/// Names as a sentence has them: `a, b or c`.
fn alternatives(names: &[&str]) -> String {
    match names {
        [first @ .., before, last] => [first, &[&*format!("{before} or {last}")]].concat().join(", "),
        _ => names.concat(),
    }
}

/// The inputs or the outputs of a deployment.
#[derive(Clone, Debug, Default)]
pub struct Specs {
    features: Vec<FeatureSpec>,
    names: Names,
}

impl Specs {
    /// Specs from features with distinct names. The error is the duplicate name.
    pub(crate) fn new(features: Vec<FeatureSpec>) -> Result<std::result::Result<Specs, NulString>> {
        let names = Names::new(collected(features.iter().map(|feature| feature.name.clone()))?)?;
        Ok(names.map(|names| Specs { features, names }))
    }

    /// Looks for the token in what messages show of them.
    fn vet(&mut self, holds_token: &dyn Fn(&str) -> bool) {
        self.features.iter_mut().for_each(|feature| feature.vet(holds_token));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.features.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.features.is_empty()
    }

    /// The feature at an index.
    pub fn get(&self, index: usize) -> Result<&FeatureSpec> {
        self.features.get(index).ok_or_else(|| self.unknown(format_args!("there is no feature {index}")))
    }

    /// The index of a name, to be looked up once and used in a loop.
    pub fn index_of(&self, name: &str) -> Result<usize> {
        self.index_near(0, name)
    }

    /// All of them, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, FeatureSpec> {
        self.features.iter()
    }

    /// The index of a name that is probably at `hint`.
    pub(crate) fn index_near(&self, hint: usize, name: &str) -> Result<usize> {
        self.names.find_near(hint, name).ok_or_else(|| self.unknown_name(name))
    }

    /// Their names.
    pub(crate) fn names(&self) -> &Names {
        &self.names
    }

    #[cold]
    fn unknown_name(&self, name: &str) -> Error {
        let alike = look_alike(name, self.names.list().iter().map(NulString::as_str));
        let what = format_args!("there is no feature named \"{}\"{alike}", shortened(name, SHOWN_BYTES));
        let error = self.unknown(what);
        // A copy of a caller's text of any length could end the process.
        if name.len() > MOST_NAME_BYTES { error } else { error.for_unknown_feature(name) }
    }

    #[cold]
    fn unknown(&self, what: fmt::Arguments<'_>) -> Error {
        const SHOWN: usize = 20;
        let names = first_quoted(self.features.iter(), SHOWN);
        let known = format!("{what}; the deployment has {}: {names}", self.len());
        Error::new(ErrorKind::UnknownFeature, known)
    }
}

/// The names of the first features, as a message shows them.
pub(crate) fn first_quoted<'a>(mut features: impl Iterator<Item = &'a FeatureSpec>, most: usize) -> String {
    let first: Vec<String> =
        features.by_ref().take(most).map(|feature| feature.quoted(&feature.name)).collect();
    let more = if features.next().is_some() { ", ..." } else { "" };
    first.join(", ") + more
}

impl<'a> IntoIterator for &'a Specs {
    type Item = &'a FeatureSpec;
    type IntoIter = std::slice::Iter<'a, FeatureSpec>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Everything in the describe document that rows and predictions need.
#[derive(Clone, Debug)]
pub struct Schema {
    pub(crate) inputs: Specs,
    pub(crate) outputs: Specs,
}

impl Schema {
    /// Looks for the token in what messages show of it.
    pub(crate) fn vet(&mut self, holds_token: &dyn Fn(&str) -> bool) {
        self.inputs.vet(holds_token);
        self.outputs.vet(holds_token);
    }
}

/// Names the input a value is for: by name, or by an index that was looked up before.
#[derive(Clone, Copy, Debug)]
pub enum Key<'a> {
    /// The feature's name.
    Name(&'a str),
    /// Its index among the inputs.
    Index(usize),
}

impl<'a> From<&'a str> for Key<'a> {
    fn from(name: &'a str) -> Key<'a> {
        Key::Name(name)
    }
}

impl From<usize> for Key<'_> {
    fn from(index: usize) -> Key<'static> {
        Key::Index(index)
    }
}
