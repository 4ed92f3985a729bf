//! Outputs of a deployment, as the fuzzer chooses them, and the describe document that says so.

use arbitrary::{Result, Unstructured};
use serde_json::{Map, Value, json};
use sidekick::internal::Model;

#[derive(Clone, Debug)]
pub struct Output {
    pub name: &'static str,
    pub kind: Kind,
}

#[derive(Clone, Debug)]
pub enum Kind {
    Number,
    /// A probability, which the library does not hold to 0 to 1.
    Binary,
    /// The labels that the document lists, or none, and how many there are to be.
    Categories(Vec<&'static str>, usize),
    Text,
    Image,
    Array(Vec<usize>),
}

/// Plain names, names that JSON escapes, longer ones than are compared at once, and two that differ in the
/// middle alone.
const NAMES: [&str; 8] = [
    "x",
    "class",
    "a \"quoted\" name",
    "caf\u{e9} \u{1f98a}",
    "back\\slash\n",
    "a name of more than sixteen bytes",
    "a name of moRe than sixteen bytes",
    "",
];
const LABELS: [&str; 9] =
    ["a", "b\"", "7", "a label longer than one look at it", "caf\u{e9}", "c 3", "0", "\u{0}", ""];

/// One to four outputs with distinct names.
pub fn outputs(input: &mut Unstructured<'_>) -> Result<Vec<Output>> {
    let first = input.int_in_range(0..=NAMES.len() - 1)?;
    let count = input.int_in_range(1..=4)?;
    (0..count)
        .map(|place| Ok(Output { name: NAMES[(first + place) % NAMES.len()], kind: kind(input)? }))
        .collect()
}

fn kind(input: &mut Unstructured<'_>) -> Result<Kind> {
    Ok(match input.int_in_range(0..=6)? {
        0 => Kind::Number,
        1 => Kind::Binary,
        2 => {
            let labels = labels(input)?;
            let count = labels.len();
            Kind::Categories(labels, count)
        }
        3 => Kind::Categories(Vec::new(), input.int_in_range(0..=3)?),
        4 => Kind::Text,
        5 => Kind::Image,
        _ => Kind::Array(shape(input)?),
    })
}

fn labels(input: &mut Unstructured<'_>) -> Result<Vec<&'static str>> {
    let first = input.int_in_range(0..=LABELS.len() - 1)?;
    let count = input.int_in_range(1..=4)?;
    Ok((0..count).map(|place| LABELS[(first + place) % LABELS.len()]).collect())
}

fn shape(input: &mut Unstructured<'_>) -> Result<Vec<usize>> {
    let shapes: [&[usize]; 8] = [&[2], &[0], &[], &[2, 3], &[1, 1], &[5], &[40], &[3, 100]];
    Ok(input.choose(&shapes)?.to_vec())
}

/// The library's reading of the describe document of these outputs.
pub fn model(outputs: &[Output]) -> Model {
    let document = json!({"components": {"schemas": {
        "input-row": {"properties": {}},
        "output-row-batch": {"properties": {"rows": {"properties": properties(outputs)}}}}}});
    Model::new(document.to_string().as_bytes()).unwrap_or_else(|error| panic!("{document}: {error}"))
}

fn properties(outputs: &[Output]) -> Value {
    let property = |output: &Output| (output.name.to_owned(), property(&output.kind));
    Value::Object(outputs.iter().map(property).collect::<Map<_, _>>())
}

fn property(kind: &Kind) -> Value {
    let marks = |name: &str, shape: &[usize]| json!({"x-peltarion": {"type": name, "shape": shape}});
    match kind {
        Kind::Number => marks("numeric", &[1]),
        Kind::Binary => marks("binary", &[1]),
        Kind::Text => marks("text", &[1]),
        Kind::Image => marks("image", &[1, 1, 1]),
        Kind::Array(shape) => marks("numeric", shape),
        Kind::Categories(labels, count) => {
            let mut property = marks("categorical", &[*count]);
            if !labels.is_empty() {
                property["enum"] = json!(labels);
            }
            property
        }
    }
}
