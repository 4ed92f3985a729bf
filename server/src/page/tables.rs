//! What the inputs and outputs are: names, types, shapes and values.

use maud::{Markup, html};

use crate::deployment::{
    Category, Deployment, FREE, FeatureType, Input, InputKind, Output, OutputKind, TextEncoding,
};
use crate::tensor::{Signature, TensorSpec};

/// More values are in a list of their own, which can be searched.
const MOST_IN_LINE: usize = 12;

/// A feature's line.
struct Line {
    name: String,
    kind: String,
    shape: String,
    values: Vec<String>,
    note: Option<String>,
}

pub fn inputs(deployment: &Deployment) -> Markup {
    table("Inputs", deployment.inputs.iter().map(input_line))
}

pub fn outputs(deployment: &Deployment) -> Markup {
    table("Outputs", deployment.outputs.iter().map(output_line))
}

/// The inputs and outputs of the Open Inference Protocol.
pub fn tensors(signature: &Signature) -> Markup {
    html! {
        (table("Inputs", signature.inputs.iter().map(tensor_line)))
        (table("Outputs", signature.outputs.iter().map(tensor_line)))
    }
}

fn table(title: &str, lines: impl Iterator<Item = Line>) -> Markup {
    html! {
        h2 { (title) }
        div.wide { table {
            thead { tr { @for title in ["Name", "Type", "Shape", "Values"] { th scope="col" { (title) } } } }
            tbody {
                @for line in lines {
                    tr {
                        th scope="row" { (line.name) }
                        td { (line.kind) }
                        td.shape { (line.shape) }
                        td {
                            (values(&line.name, &line.values))
                            @if let Some(note) = &line.note { div.soft { (note) } }
                        }
                    }
                }
            }
        } }
    }
}

fn values(name: &str, values: &[String]) -> Markup {
    if values.len() <= MOST_IN_LINE {
        return html! { (values.join(", ")) };
    }
    html! {
        details.values {
            summary { (values.len()) " values" }
            input type="search" placeholder="Search" aria-label={"Search the values of " (name)};
            ul { @for value in values { li { (value) } } }
        }
    }
}

fn tensor_line(spec: &TensorSpec) -> Line {
    let size = |size: &i64| if *size < 0 { "any".to_owned() } else { size.to_string() };
    let sizes: Vec<String> = spec.wire_shape().iter().map(size).collect();
    Line {
        name: spec.name.clone(),
        kind: spec.datatype.name().to_owned(),
        shape: sizes.join(" × "),
        values: Vec::new(),
        note: None,
    }
}

fn input_line(input: &Input) -> Line {
    let values = match &input.kind {
        InputKind::Categorical(categories, _) | InputKind::Binary(categories, _) => names(categories.list()),
        InputKind::Text(TextEncoding::Date(..)) => vec!["a date".to_owned()],
        _ => Vec::new(),
    };
    let note = input.fill.as_ref().map(|fill| format!("left out: {fill}"));
    line(&input.name, input.feature_type(), &input.shape, values, note)
}

fn output_line(output: &Output) -> Line {
    let values = match &output.kind {
        OutputKind::Categorical(categories) => names(categories),
        OutputKind::Text(labels) => labels.clone(),
        OutputKind::Array(array) => array.columns.clone(),
        _ => Vec::new(),
    };
    line(&output.name, output.feature_type(), &output.shape, values, None)
}

fn line(name: &str, kind: FeatureType, shape: &[usize], values: Vec<String>, note: Option<String>) -> Line {
    let size = |&size: &usize| if size == FREE { "any".to_owned() } else { size.to_string() };
    let sizes: Vec<String> = shape.iter().map(size).collect();
    Line {
        name: name.to_owned(),
        kind: format!("{kind:?}").to_lowercase(),
        shape: sizes.join(" × "),
        values,
        note,
    }
}

pub fn names(categories: &[Category]) -> Vec<String> {
    categories.iter().map(Category::name).collect()
}
