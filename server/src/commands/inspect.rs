//! Shows what a model takes and gives, and what computes it.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Map, Value as Json, json};

use crate::commands::serve::EngineArguments;
use crate::deployment::EngineName;
use crate::engine::choose::Engines;
use crate::guess;
use crate::onnx::{OnnxFile, Value};
use crate::source::KnownFile;

/// Shows the tensors, operators and metadata of a model, and which engines run it
#[derive(Args)]
pub struct InspectArguments {
    /// Prints JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    engines: EngineArguments,

    /// The model
    #[arg(value_name = "MODEL.onnx")]
    model: PathBuf,
}

/// Longer metadata are cut.
const LONGEST: usize = 100;

/// What is known of a model.
struct Inspected {
    onnx: OnnxFile,
    /// The name of each engine, and why it does not run the model.
    engines: Vec<(&'static str, Option<String>)>,
    assumed: Vec<String>,
}

pub fn run(arguments: &InspectArguments) -> Result<(), String> {
    let model = &arguments.model;
    let known = KnownFile::read(model)?;
    let assumed = guess::guess(&known.known("", "", "")).assumed;
    let inspected =
        Inspected { engines: engines(model, &arguments.engines.engines()), onnx: known.onnx, assumed };
    let text = match arguments.json {
        true => format!("{:#}\n", inspected.to_json()),
        false => inspected.to_text(),
    };
    io::stdout().lock().write_all(text.as_bytes()).map_err(|error| format!("standard output: {error}"))
}

/// Tries each engine.
fn engines(model: &Path, engines: &Engines) -> Vec<(&'static str, Option<String>)> {
    let tried = [("rten", EngineName::Rten), ("onnxruntime", EngineName::OnnxRuntime)].into_iter();
    let engines = |engine| Engines { engine: Some(engine), ..engines.clone() };
    let load = |engine| engines(engine).load(model, engine, BTreeMap::new());
    tried.map(|(name, engine)| (name, load(engine).err())).collect()
}

impl Inspected {
    fn to_text(&self) -> String {
        let onnx = &self.onnx;
        let mut lines = Vec::new();
        let about = [("producer", onnx.producer.clone()), ("description", shorten(&onnx.description))];
        lines.extend(
            about.iter().filter(|(_, text)| !text.is_empty()).map(|(key, text)| format!("{key}: {text}")),
        );
        lines.push(format!("opset: {} (IR version {})", opsets(onnx).join(", "), onnx.ir_version));
        lines.extend(section(
            "metadata",
            onnx.metadata.iter().map(|(key, value)| (key.as_str(), shorten(value))),
        ));
        lines.extend(section("inputs", onnx.inputs.iter().map(tensor)));
        lines.extend(section("outputs", onnx.outputs.iter().map(tensor)));
        let operators: Vec<(String, String)> = onnx
            .operators()
            .into_iter()
            .map(|(operator, count)| (operator.written(), count.to_string()))
            .collect();
        lines.extend(section(
            "operators",
            operators.iter().map(|(name, count)| (name.as_str(), count.clone())),
        ));
        let engine = |(name, problem): &(&'static str, Option<String>)| {
            (
                *name,
                problem
                    .as_ref()
                    .map_or("runs it".to_owned(), |problem| format!("does not run it: {problem}")),
            )
        };
        lines.extend(section("engines", self.engines.iter().map(engine)));
        lines.extend(section(
            "assumed if it is served alone",
            self.assumed.iter().map(|line| (line.as_str(), String::new())),
        ));
        lines.iter().map(|line| printable(line) + "\n").collect()
    }

    fn to_json(&self) -> Json {
        let onnx = &self.onnx;
        let tensors = |values: &[Value]| -> Json {
            values.iter().map(|value| json!({"name": value.name, "type": value.written()})).collect()
        };
        let operators = onnx.operators().into_iter().map(
            |(operator, count)| json!({"domain": operator.domain, "name": operator.name, "count": count}),
        );
        let engines = self.engines.iter().map(|(name, problem)| json!({"name": name, "problem": problem}));
        json!({
            "producer": onnx.producer,
            "description": onnx.description,
            "ir_version": onnx.ir_version,
            "opsets": onnx.operator_sets.iter().map(|(domain, version)| (domain.clone(), json!(version))).collect::<Map<_, _>>(),
            "metadata": onnx.metadata.iter().map(|(key, value)| (key.clone(), json!(value))).collect::<Map<_, _>>(),
            "inputs": tensors(&onnx.inputs),
            "outputs": tensors(&onnx.outputs),
            "operators": operators.collect::<Json>(),
            "engines": engines.collect::<Json>(),
            "assumed": self.assumed,
        })
    }
}

fn opsets(onnx: &OnnxFile) -> Vec<String> {
    onnx.operator_sets.iter().map(|(domain, version)| format!("{domain} {version}")).collect()
}

fn tensor(value: &Value) -> (&str, String) {
    (&value.name, value.written())
}

/// A heading and its lines, in two columns; nothing if there are none.
fn section<'a>(heading: &str, lines: impl Iterator<Item = (&'a str, String)>) -> Vec<String> {
    let lines: Vec<(&str, String)> = lines.collect();
    let width = lines.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    let mut section = Vec::new();
    if !lines.is_empty() {
        section.extend([String::new(), format!("{heading}:")]);
    }
    let line = |(name, text): &(&str, String)| format!("  {name:width$}  {text}").trim_end().to_owned();
    section.extend(lines.iter().map(line));
    section
}

/// A line that changes nothing on a terminal, whatever the names of the file hold.
fn printable(line: &str) -> String {
    let letter = |letter: char| match letter.is_control() {
        true => letter.escape_default().to_string(),
        false => letter.to_string(),
    };
    line.chars().map(letter).collect()
}

/// One line of a text that may be long.
fn shorten(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line,
    }
}
