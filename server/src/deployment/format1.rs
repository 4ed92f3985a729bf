//! Format 1 of `deployment.json`, that of a file that names none: its first mistake ends the reading.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use crate::deployment::batching::Batching;
use crate::deployment::content::{Deployment, DescribeForm, MODEL_FILE};
use crate::deployment::engine_name::EngineName;
use crate::deployment::feature::{
    Categories, Category, FeatureType, MAX_SIZE, duplicate, misplaced, size_of_shape,
};
use crate::deployment::input::{Encoding, Input, InputKind, TextEncoding};
use crate::deployment::output::{ArrayOutput, Output, OutputKind};
use crate::deployment::remote::{DeclaredEngine, HAS_MODEL, Mistake, RemoteEngine};
use crate::image::{InputImage, OutputImage, Size};
use crate::ngrams::Ngrams;
use crate::numbers::Transform;

/// Reads the text of the `deployment.json` of a folder; the error names the key.
pub fn parse(text: &str, folder: &Path) -> Result<Deployment, String> {
    // Some editors write a byte order mark.
    let mut reader = serde_json::Deserializer::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    let declaration: Declaration = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        match error.path().to_string().as_str() {
            "." | "?" => error.inner().to_string(),
            // The reader's own message shows the value.
            path if path.starts_with("tokens") || path.starts_with("limited_tokens") => {
                format!("{path}: a list of strings is expected")
            }
            path => format!("{path}: {}", error.inner()),
        }
    })?;
    reader.end().map_err(|error| error.to_string())?;
    declaration.check(folder)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declaration {
    #[serde(rename = "format")]
    _format: Option<u64>,
    id: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    description: String,
    tokens: Vec<String>,
    #[serde(default)]
    limited_tokens: Vec<String>,
    #[serde(default = "yes")]
    enabled: bool,
    #[serde(default = "yes")]
    tensorjson: bool,
    #[serde(default)]
    describe: DescribeForm,
    model: Option<PathBuf>,
    #[serde(default)]
    engine: DeclaredEngine,
    max_batch_delay: Option<f64>,
    max_batch_rows: Option<usize>,
    inputs: Option<Vec<DeclaredFeature>>,
    outputs: Option<Vec<DeclaredFeature>>,
    held_out: Option<Value>,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeclaredFeature {
    name: String,
    #[serde(rename = "type")]
    feature_type: FeatureType,
    shape: Vec<usize>,
    tensor: String,
    categories: Option<Vec<Category>>,
    scale: Option<f32>,
    ngrams: Option<Ngrams>,
    labels: Option<Vec<String>>,
}

const DEFAULT_SCALE: f32 = 1.0 / 255.0;

impl Declaration {
    fn check(self, folder: &Path) -> Result<Deployment, String> {
        check_id(&self.id)?;
        check_tokens(&self.tokens, &self.limited_tokens)?;
        if self.describe == DescribeForm::Older && self.tensorjson {
            return Err("tensorjson: the older describe form needs it to be false".to_owned());
        }
        let (engine, remote) = engine(self.engine, self.model.is_some(), folder)?;
        let batching = Batching::new(self.max_batch_delay, self.max_batch_rows)
            .map_err(|Mistake { key, problem }| format!("{key}: {problem}"))?;
        let (inputs, outputs) = features(self.inputs, self.outputs)?;
        let mut deployment = Deployment {
            title: if self.title.is_empty() { self.id.clone() } else { one_line(&self.title) },
            id: self.id,
            description: self.description,
            tokens: self.tokens,
            limited_tokens: self.limited_tokens,
            enabled: self.enabled,
            tensorjson: self.tensorjson,
            form: self.describe,
            model: folder.join(self.model.as_deref().unwrap_or(Path::new(MODEL_FILE))),
            engine,
            remote,
            batching,
            outputs,
            held_out: self.held_out,
            ..Deployment::default()
        };
        deployment.set_inputs(inputs);
        Ok(deployment)
    }
}

/// The engine of a deployment: one of this machine's, or servers elsewhere, which have the model.
fn engine(
    declared: DeclaredEngine,
    has_model: bool,
    folder: &Path,
) -> Result<(EngineName, Option<RemoteEngine>), String> {
    let declared = match declared {
        DeclaredEngine::Named(name) => return Ok((name, None)),
        DeclaredEngine::Remote(_) if has_model => return Err(format!("model: {HAS_MODEL}")),
        DeclaredEngine::Remote(declared) => declared,
    };
    match declared.check(folder) {
        Ok(remote) => Ok((EngineName::default(), Some(remote))),
        Err(mistakes) => {
            let first = mistakes.into_iter().next().unwrap_or_default();
            Err(format!("engine.{}: {}", first.key, first.problem))
        }
    }
}

/// The features of a deployment; one that has neither inputs nor outputs is its model's tensors alone.
fn features(
    inputs: Option<Vec<DeclaredFeature>>,
    outputs: Option<Vec<DeclaredFeature>>,
) -> Result<(Vec<Input>, Vec<Output>), String> {
    let (inputs, outputs) = match (inputs, outputs) {
        (None, None) => return Ok((Vec::new(), Vec::new())),
        (None, _) => return Err("missing field `inputs`".to_owned()),
        (_, None) => return Err("missing field `outputs`".to_owned()),
        (Some(inputs), Some(outputs)) => (inputs, outputs),
    };
    check_names("inputs", &inputs)?;
    check_names("outputs", &outputs)?;
    let inputs = check_each("inputs", inputs, DeclaredFeature::into_input)?;
    let outputs = check_each("outputs", outputs, DeclaredFeature::into_output)?;
    Ok((inputs, outputs))
}

fn check_id(id: &str) -> Result<(), String> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    if id.is_empty() || !id.chars().all(plain) {
        return Err("id: it is made of letters, digits, - and _".to_owned());
    }
    Ok(())
}

/// Tokens travel in a header and are printed between spaces, so they are visible ASCII.
fn check_tokens(tokens: &[String], limited: &[String]) -> Result<(), String> {
    if tokens.is_empty() {
        return Err("tokens: at least one is needed".to_owned());
    }
    for (key, list) in [("tokens", tokens), ("limited_tokens", limited)] {
        let visible = |token: &String| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
        if !list.iter().all(visible) {
            return Err(format!("{key}: a token is made of visible ASCII characters"));
        }
    }
    match limited.iter().any(|token| tokens.contains(token)) {
        true => Err("limited_tokens: one of them is among the tokens too".to_owned()),
        false => Ok(()),
    }
}

fn check_names(key: &str, features: &[DeclaredFeature]) -> Result<(), String> {
    if features.is_empty() {
        return Err(format!("{key}: at least one is needed"));
    }
    for (place, feature) in features.iter().enumerate() {
        if feature.name.is_empty() {
            return Err(format!("{key}[{place}].name: it is empty"));
        }
        if features[..place].iter().any(|other| other.name == feature.name) {
            return Err(format!("{key}[{place}].name: {:?} is there twice", feature.name));
        }
    }
    Ok(())
}

fn check_each<T>(
    key: &str,
    features: Vec<DeclaredFeature>,
    check: fn(DeclaredFeature, usize) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    let numbered = features.into_iter().enumerate();
    numbered
        .map(|(place, feature)| check(feature, place).map_err(|error| format!("{key}[{place}].{error}")))
        .collect()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl DeclaredFeature {
    fn into_input(self, place: usize) -> Result<Input, String> {
        self.check_shape()?;
        self.refuse("labels", self.labels.is_some())?;
        self.refuse("ngrams", self.ngrams.is_some() && self.feature_type != FeatureType::Text)?;
        let kind = match self.feature_type {
            FeatureType::Numeric if self.shape == [1] => InputKind::Number(Transform::default()),
            FeatureType::Numeric => InputKind::Array(Transform::default()),
            FeatureType::Categorical => {
                InputKind::Categorical(Categories::new(self.required_categories()?), Encoding::OneHot)
            }
            FeatureType::Binary => {
                InputKind::Binary(Categories::new(self.binary_categories()?), Encoding::Ordinal)
            }
            FeatureType::Image => {
                let [height, width, channels] = self.image_shape();
                let size = Size { width, height };
                InputKind::Image(InputImage::format1(size, channels, self.checked_scale()?))
            }
            FeatureType::Text => InputKind::Text(TextEncoding::Ngrams(self.checked_ngrams()?)),
        };
        let (name, shape, tensor) = (self.name, self.shape, self.tensor);
        Ok(Input { place, name, shape, tensor, batch_axis: Some(0), kind, fill: None })
    }

    fn into_output(self, place: usize) -> Result<Output, String> {
        self.check_shape()?;
        self.refuse("ngrams", self.ngrams.is_some())?;
        self.refuse("labels", self.labels.is_some() && self.feature_type != FeatureType::Text)?;
        let kind = match self.feature_type {
            FeatureType::Numeric if self.shape == [1] => OutputKind::Number(Transform::default()),
            FeatureType::Numeric => OutputKind::Array(ArrayOutput::default()),
            FeatureType::Categorical => OutputKind::Categorical(self.required_categories()?),
            FeatureType::Binary => OutputKind::Binary,
            FeatureType::Image => {
                let [_, _, channels] = self.image_shape();
                OutputKind::Image(OutputImage::format1(channels, self.checked_scale()?))
            }
            FeatureType::Text => OutputKind::Text(self.checked_labels()?),
        };
        self.refuse("categories", self.categories.is_some() && self.feature_type == FeatureType::Binary)?;
        let (name, shape, tensors) = (self.name, self.shape, vec![self.tensor]);
        Ok(Output { place, name, shape, tensors, batch_axis: Some(0), activation: None, kind })
    }

    /// The shape fits the type, and so do the keys that only some types have.
    fn check_shape(&self) -> Result<(), String> {
        if size_of_shape(&self.shape).is_none() {
            return Err(format!("shape: {:?} is not the shape of 1 to {MAX_SIZE} values", self.shape));
        }
        let fits = match self.feature_type {
            FeatureType::Numeric => true,
            FeatureType::Categorical => self.shape.len() == 1,
            FeatureType::Binary | FeatureType::Text => self.shape == [1],
            FeatureType::Image => self.shape.len() == 3 && matches!(self.shape[2], 1 | 3),
        };
        if !fits {
            return Err(format!("shape: {:?} does not fit the type", self.shape));
        }
        let categories = matches!(self.feature_type, FeatureType::Categorical | FeatureType::Binary);
        self.refuse("categories", self.categories.is_some() && !categories)?;
        self.refuse("scale", self.scale.is_some() && self.feature_type != FeatureType::Image)
    }

    fn refuse(&self, key: &str, given: bool) -> Result<(), String> {
        match given {
            true => Err(format!("{key}: it is no key of this type of feature")),
            false => Ok(()),
        }
    }

    fn required_categories(&self) -> Result<Vec<Category>, String> {
        let categories = self.categories.clone().ok_or("categories: the key is missing")?;
        check_distinct(&categories)?;
        match categories.len() == self.shape[0] {
            true => Ok(categories),
            false => {
                Err(format!("categories: the shape says {}, there are {}", self.shape[0], categories.len()))
            }
        }
    }

    fn binary_categories(&self) -> Result<Vec<Category>, String> {
        let default = || ["0", "1"].map(|name| Category::Text(name.to_owned())).to_vec();
        let categories = self.categories.clone().unwrap_or_else(default);
        check_distinct(&categories)?;
        if categories.len() != 2 {
            return Err("categories: a binary feature has two".to_owned());
        }
        match misplaced(&categories) {
            Some(problem) => Err(format!("categories: {problem}")),
            None => Ok(categories),
        }
    }

    /// The shape of an image, which has been checked.
    fn image_shape(&self) -> [usize; 3] {
        self.shape.first_chunk().copied().unwrap_or_default()
    }

    fn checked_scale(&self) -> Result<f32, String> {
        let scale = self.scale.unwrap_or(DEFAULT_SCALE);
        match scale.is_normal() {
            true => Ok(scale),
            false => Err("scale: it has to be a finite number other than 0".to_owned()),
        }
    }

    fn checked_ngrams(&self) -> Result<Ngrams, String> {
        let ngrams = self.ngrams.ok_or("ngrams: the key is missing")?;
        if ngrams.min < 1 || ngrams.max < ngrams.min {
            return Err("ngrams.min: it has to be at least 1 and at most max".to_owned());
        }
        match (1..=MAX_SIZE).contains(&ngrams.buckets) {
            true => Ok(ngrams),
            false => Err(format!("ngrams.buckets: it has to be 1 to {MAX_SIZE}")),
        }
    }

    fn checked_labels(&self) -> Result<Vec<String>, String> {
        let labels = self.labels.clone().unwrap_or_default();
        match labels.is_empty() {
            true => Err("labels: at least one is needed".to_owned()),
            false => Ok(labels),
        }
    }
}

fn check_distinct(categories: &[Category]) -> Result<(), String> {
    match duplicate(categories) {
        Some(twice) => Err(format!("categories: {twice:?} is there twice")),
        None => Ok(()),
    }
}
