//! Outputs in format 2.

use std::path::Path;

use crate::deployment::feature::FeatureType;
use crate::deployment::fields::{At, Fields};
use crate::deployment::format2::{images, values};
use crate::deployment::output::{Activation, ArrayOutput, Output, OutputKind, Pool};
use crate::image::OutputImage;

const ACTIVATIONS: [(&str, Activation); 2] =
    [("softmax", Activation::Softmax), ("sigmoid", Activation::Sigmoid)];
const POOLS: [(&str, Pool); 2] = [("mean", Pool::Mean), ("first", Pool::First)];
/// The keys that only some types have.
const KEYS: [&str; 16] = [
    "pool",
    "activation",
    "categories",
    "categories_file",
    "labels",
    "labels_file",
    "normalize",
    "columns",
    "scale",
    "shape",
    "mean",
    "std",
    "log",
    "clip",
    "layout",
    "channels",
];

/// Reads an output, if it has no mistake.
pub fn read(at: &At, place: usize, folder: &Path) -> Option<Output> {
    let fields = at.fields()?;
    let (name, feature_type) = values::name_and_type(&fields);
    let tensors = fields.get("tensor").and_then(|at| at.one_or_each(At::text)).unwrap_or_default();
    let batch_axis = values::batch_axis(&fields);
    let shape = values::shape(&fields);
    let feature_type = feature_type?;
    if tensors.len() > 1 && feature_type != FeatureType::Numeric {
        fields.wrong("tensor", "only a numeric output joins tensors; write one name");
    }
    let has_activation = matches!(feature_type, FeatureType::Categorical | FeatureType::Binary);
    let activation = fields.get("activation").filter(|_| has_activation);
    let activation = activation.and_then(|at| at.one_of(&ACTIVATIONS));
    let (kind, shape) = match feature_type {
        FeatureType::Numeric => (Some(numeric(&fields)), shape),
        FeatureType::Categorical => categorical(&fields, folder, shape),
        FeatureType::Binary => (Some(OutputKind::Binary), one(&fields, &shape)),
        FeatureType::Text => (text(&fields, folder), one(&fields, &shape)),
        FeatureType::Image => (image(&fields, &shape), shape),
    };
    let (path, mistakes) = (fields.path().to_owned(), fields.mistakes());
    fields.finish(noun(feature_type), &KEYS);
    let output = Output { place, name: name?, shape, tensors, batch_axis, activation, kind: kind? };
    (!mistakes.has(&path)).then_some(output)
}

fn noun(feature_type: FeatureType) -> &'static str {
    match feature_type {
        FeatureType::Numeric => "a numeric output",
        FeatureType::Categorical => "a categorical output",
        FeatureType::Binary => "a binary output",
        FeatureType::Text => "a text output",
        FeatureType::Image => "an image output",
    }
}

fn one(fields: &Fields, shape: &[usize]) -> Vec<usize> {
    values::check_shape(fields, shape, &[1]);
    vec![1]
}

fn numeric(fields: &Fields) -> OutputKind {
    let columns = fields.get("columns").and_then(|at| at.each(At::text)).unwrap_or_default();
    let normalize = fields.flag("normalize").unwrap_or_default();
    let pool = fields.get("pool").and_then(|at| at.one_of(&POOLS));
    OutputKind::Array(ArrayOutput { transform: values::transform(fields), pool, normalize, columns })
}

/// Without categories those are taken that the model names.
fn categorical(fields: &Fields, folder: &Path, shape: Vec<usize>) -> (Option<OutputKind>, Vec<usize>) {
    let list = values::categories(fields, folder);
    if let Some(list) = &list {
        values::check_shape(fields, &shape, &[list.len()]);
    }
    let shape = list.as_ref().map_or(shape, |list| vec![list.len()]);
    (Some(OutputKind::Categorical(list.unwrap_or_default())), shape)
}

fn text(fields: &Fields, folder: &Path) -> Option<OutputKind> {
    let (listed, file) = (fields.get("labels"), fields.get("labels_file"));
    if let (Some(_), Some(at)) = (&listed, &file) {
        at.wrong("labels are there too; leave one of the two out");
    }
    let labels = match (&listed, &file) {
        (Some(at), _) => at.each(At::text)?,
        (None, Some(at)) => values::lines(at, folder)?,
        (None, None) => return Some(OutputKind::Text(Vec::new())),
    };
    if labels.is_empty() {
        fields.wrong("labels", "it is empty; write the label of each place, or leave it out");
    }
    Some(OutputKind::Text(labels))
}

fn image(fields: &Fields, shape: &[usize]) -> Option<OutputKind> {
    values::check_image_shape(fields, shape);
    let keys = images::output(fields);
    let checked = match *shape {
        [_, _, channels] => keys.check(channels),
        _ => Ok(OutputImage::declared(keys)),
    };
    checked.map(OutputKind::Image).map_err(|mistakes| images::report(fields, mistakes)).ok()
}
