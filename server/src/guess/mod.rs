//! A deployment made of a model alone: what its file says, and what has to be assumed. The result is the text
//! of a deployment.json, which is read like any other.

mod image;
pub mod names;
mod special;
mod write;

use serde_json::json;

pub use self::special::TOKENIZER;

use crate::deployment::{Category, MAX_SIZE, size_of_shape};
use crate::guess::write::{Draft, Feature, Features};
use crate::onnx::{ColumnCategories, Meaning, OnnxFile, Value};
use crate::tensor::{Datatype, Size, TensorSpec};

/// The text of a deployment.json, and what is assumed in it.
pub struct Guess {
    pub text: String,
    /// Files beside the model that the text names.
    pub files: Vec<&'static str>,
    /// One line each.
    pub assumed: Vec<String>,
}

/// A tensor as its file declares it, or what is wrong with the declaration: `input "x" is no tensor`.
pub type Declared = Result<TensorSpec, String>;

/// What the text is made of.
pub struct Known<'a> {
    pub id: &'a str,
    pub token: &'a str,
    /// The path of the model, relative to the folder of the deployment.json.
    pub model: &'a str,
    /// The tensors that the file declares; an error says why one of them is of no use.
    pub inputs: Vec<Declared>,
    pub outputs: Vec<Declared>,
    pub onnx: &'a OnnxFile,
    /// A file beside the model with a class name on each line: its name, and the lines.
    pub labels: Option<(String, Vec<String>)>,
    /// Whether a file `tokenizer.json` is beside the model.
    pub has_tokenizer: bool,
}

/// What to write for an output that may be the scores of classes.
const CLASS_SCORES: &str = "if these are the scores of classes: \"type\": \"categorical\" with \"categories\", \
                            and \"activation\": \"softmax\" for logits";

/// Makes the deployment.
pub fn guess(known: &Known) -> Guess {
    make(known, known.features())
}

/// The deployment without features, and why it has none.
pub fn without_features(known: &Known, reason: &str) -> Guess {
    make(known, Err(reason.to_owned()))
}

fn make(known: &Known, features: Result<Features, String>) -> Guess {
    let draft = Draft {
        id: known.id.to_owned(),
        description: names::one_line(known.onnx.entry("description").unwrap_or(&known.onnx.description)),
        token: known.token.to_owned(),
        model: known.model.to_owned(),
        features,
    };
    let takes_tokens = known.has_tokenizer && known.inputs.iter().flatten().any(special::is_tokens);
    let files = Some(special::TOKENIZER).filter(|_| takes_tokens && draft.features.is_ok());
    Guess { text: draft.text(), files: files.into_iter().collect(), assumed: draft.assumed() }
}

impl Known<'_> {
    /// The features, or why there are none.
    fn features(&self) -> Result<Features, String> {
        let specs: Vec<&TensorSpec> = self.inputs.iter().map(Result::as_ref).collect::<Result<_, _>>()?;
        let given: Vec<&TensorSpec> = self.outputs.iter().flatten().collect();
        let (tokens, others): (Vec<_>, Vec<_>) =
            specs.into_iter().partition(|spec| self.has_tokenizer && special::is_tokens(spec));
        let (mut inputs, mut constants) = (Vec::new(), Vec::new());
        if !tokens.is_empty() {
            inputs.push(special::text(&tokens));
        }
        for spec in others {
            match special::constant(spec, &given) {
                Some(constant) => constants.push(constant),
                None => inputs.extend(self.input(spec)?),
            }
        }
        let outputs: Vec<Feature> = self.outputs.iter().map(|declared| self.output(declared)).collect();
        match inputs.is_empty() || outputs.iter().all(Feature::is_left_out) {
            true => Err("no tensor has a batch axis".to_owned()),
            false => Ok(Features { inputs, outputs, constants }),
        }
    }

    /// The features of an input tensor: mostly one.
    fn input(&self, spec: &TensorSpec) -> Result<Vec<Feature>, String> {
        let hint = match special::is_tokens(spec) {
            true => "; put the tokenizer.json of the model beside it to serve texts",
            false => "",
        };
        self.try_input(spec).map_err(|problem| format!("input {:?} {problem}{hint}", spec.name))
    }

    fn try_input(&self, spec: &TensorSpec) -> Result<Vec<Feature>, String> {
        let row = row(spec)?;
        let mut feature = Feature::new(spec);
        feature.found(self.declared("input", spec));
        if image::describe(&mut feature, spec, row, self.onnx) {
            return Ok(vec![feature]);
        }
        let shape = fixed(row)?;
        let lists = match shape[..] {
            [] => self.onnx.categories(&spec.name, 1),
            [count] => self.onnx.categories(&spec.name, count),
            _ => Vec::new(),
        };
        match (shape.as_slice(), spec.datatype) {
            ([] | [1], datatype) => one_column(&mut feature, datatype, lists[0].as_ref()),
            (&[count], datatype) if datatype == Datatype::Bytes || lists.iter().any(Option::is_some) => {
                return Ok(self.columns(spec, self.column_names(count), lists));
            }
            (_, Datatype::Bytes) => return Err("has strings in more than one axis".to_owned()),
            (&[count], _) if let Some(names) = self.column_names(count) => {
                return Ok(self.columns(spec, Some(names), lists));
            }
            _ => feature.array(&shape),
        };
        Ok(vec![feature])
    }

    /// A feature for each column of a tensor [batch, columns].
    fn columns(
        &self,
        spec: &TensorSpec,
        names: Option<Vec<String>>,
        lists: Vec<Option<ColumnCategories>>,
    ) -> Vec<Feature> {
        let count = lists.len();
        let source = match &names {
            Some(_) => "the metadata name its columns".to_owned(),
            None => format!("each of its {count} columns holds a value"),
        };
        let names =
            names.unwrap_or_else(|| (0..count).map(|place| format!("{} {place}", spec.name)).collect());
        let mut features: Vec<Feature> = names.iter().map(|name| Feature::named(name, &spec.name)).collect();
        features[0].found(self.declared("input", spec)).found(source);
        for (feature, list) in features.iter_mut().zip(&lists) {
            one_column(feature, spec.datatype, list.as_ref());
        }
        features
    }

    /// The names of the columns of the model's one input, if the metadata have as many.
    fn column_names(&self, count: usize) -> Option<Vec<String>> {
        let keys = ["columns", "feature_names", "features"].iter().filter(|_| self.inputs.len() == 1);
        let mut lists = keys.filter_map(|key| self.onnx.entry(key)).map(names::list);
        lists.find(|names| names.len() == count && names::are_distinct(names))
    }

    fn output(&self, declared: &Declared) -> Feature {
        let spec = match declared {
            Ok(spec) => spec,
            Err(problem) => return Feature::left_out(problem),
        };
        let row = match row(spec) {
            Ok(row) => Some(row),
            // The model gives the shape when it runs.
            Err(_) if spec.shape.is_none() => None,
            Err(problem) => return Feature::left_out(&format!("output {:?} {problem}", spec.name)),
        };
        let mut feature = Feature::new(spec);
        feature.found(self.declared("output", spec));
        if let Some(classes) = self.classes(spec, row) {
            self.categorical(&mut feature, spec, classes);
            return feature;
        }
        let is_fixed = row.is_some_and(|row| row.iter().all(|size| size.fixed().is_some()));
        let shape = match row.map(fixed) {
            Some(Ok(shape)) => shape,
            Some(Err(problem)) if is_fixed => {
                return Feature::left_out(&format!("output {:?} {problem}", spec.name));
            }
            _ => {
                feature.free(spec.datatype);
                return feature;
            }
        };
        match (shape.as_slice(), self.onnx.meaning(&spec.name)) {
            ([] | [1], Meaning::Probability) if spec.datatype.is_float() => {
                feature.found("the model ends with a sigmoid").key("type", "binary").key("shape", json!([1]))
            }
            ([] | [1], _) if spec.datatype == Datatype::Bytes => feature.single(spec.datatype),
            ([_, ..], _) if spec.datatype == Datatype::Bytes => {
                return Feature::left_out(&format!("output {:?} has several texts for a row", spec.name));
            }
            ([], _) => feature.array(&[1]),
            ([count], _) if *count > 1 && spec.datatype.is_float() => {
                feature.hint(CLASS_SCORES).array(&shape)
            }
            _ => feature.array(&shape),
        };
        feature
    }

    fn categorical(&self, feature: &mut Feature, spec: &TensorSpec, classes: Classes) {
        let Classes { names, source, are_scores } = classes;
        let name = &spec.name;
        match source {
            Some(source) => feature.found(format!("the class names are those of {source}")),
            None => feature.assume(format!(
                "the classes of output {name:?} are named 0 to {}: the file has no names",
                names.len() - 1
            )),
        };
        feature.key("type", "categorical").key("shape", json!([names.len()])).key("categories", json!(names));
        if !are_scores && self.onnx.meaning(name) == Meaning::Unknown {
            feature.assume(format!("output {name:?} holds logits: a softmax makes probabilities of them"));
            feature.key("activation", "softmax");
        }
    }

    /// The class names of an output with a score for each class.
    fn classes(&self, spec: &TensorSpec, row: Option<&[Size]>) -> Option<Classes> {
        let size = match row {
            Some([size]) => size,
            None => &Size::Free(None),
            _ => return None,
        };
        if !spec.datatype.is_float() {
            return None;
        }
        let fits = |count: usize| size.fixed().is_none_or(|size| size == count);
        if let Some(names) = spec.labels.clone().filter(|names| fits(names.len())) {
            return Some(Classes { names, source: Some("the converter".to_owned()), are_scores: true });
        }
        let size = size.fixed().filter(|size| *size > 1)?;
        if let Some((source, names)) = self.listed_names(size) {
            let names = names.into_iter().map(Category::Text).collect();
            return Some(Classes { names, source: Some(source), are_scores: false });
        }
        let names = || (0..size as i64).map(Category::Integer).collect();
        let softmax = self.onnx.meaning(&spec.name) == Meaning::Probabilities;
        softmax.then(|| Classes { names: names(), source: None, are_scores: true })
    }

    /// So many names, of the metadata or of a file beside the model.
    fn listed_names(&self, count: usize) -> Option<(String, Vec<String>)> {
        let keys = ["names", "classes", "class_names", "labels"].into_iter();
        let entries = keys.filter_map(|key| Some((key, self.onnx.entry(key)?)));
        let entries = entries.map(|(key, text)| (format!("the metadata, {key:?}"), names::list(text)));
        let file = self.labels.iter().map(|(file, lines)| (format!("the file {file:?}"), lines.clone()));
        entries.chain(file).find(|(_, names)| names.len() == count && names::are_distinct(names))
    }

    /// What the file declares of a tensor.
    fn declared(&self, kind: &str, spec: &TensorSpec) -> String {
        let values = if kind == "input" { &self.onnx.inputs } else { &self.onnx.outputs };
        let value = values.iter().find(|value| value.name == spec.name);
        format!("{kind} {:?}: {}", spec.name, value.map_or_else(String::new, Value::written))
    }
}

/// A value whose categories may be listed in the model.
fn one_column<'a>(
    feature: &'a mut Feature,
    datatype: Datatype,
    categories: Option<&ColumnCategories>,
) -> &'a mut Feature {
    let Some(ColumnCategories { list, takes_others }) = categories else {
        return feature.single(datatype);
    };
    feature.found("the categories are those of the model's one-hot encoder");
    if *takes_others {
        feature.hint(match datatype {
            Datatype::Bytes => "the model takes other values too: \"type\": \"text\" lets them through",
            _ => "the model takes other values too: \"type\": \"numeric\" lets them through",
        });
    }
    feature.key("type", "categorical").key("categories", json!(list)).key("encoding", "raw")
}

struct Classes {
    names: Vec<Category>,
    /// Where the names come from, unless they are made up.
    source: Option<String>,
    /// Whether the values are scores as a classifier gives them, rather than logits.
    are_scores: bool,
}

/// The axes of one example.
fn row(spec: &TensorSpec) -> Result<&[Size], String> {
    let shape = spec.shape.as_deref().ok_or("has no shape in the model")?;
    match shape.split_first() {
        None => Err("has no batch axis".to_owned()),
        Some((Size::Free(_) | Size::Fixed(1), row)) => Ok(row),
        Some((Size::Fixed(size), _)) => Err(format!("has a first axis of {size}, which is no batch")),
    }
}

fn fixed(row: &[Size]) -> Result<Vec<usize>, String> {
    let size = |size: &Size| match size {
        Size::Fixed(size) => Ok(*size),
        Size::Free(Some(name)) => Err(format!("has the free size {name:?} beside the batch")),
        Size::Free(None) => Err("has a free size beside the batch".to_owned()),
    };
    let shape = row.iter().map(size).collect::<Result<Vec<usize>, String>>()?;
    let fits = shape.is_empty() || size_of_shape(&shape).is_some();
    let problem = || format!("has a row of {shape:?}, which is not one of 1 to {MAX_SIZE} values");
    if fits { Ok(shape) } else { Err(problem()) }
}

#[cfg(test)]
mod tests;
