//! Reads deployments, reports every mistake, and predicts examples.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use serde_json::{Map, Value, json};

use crate::commands::compare::Expected;
use crate::commands::serve::EngineArguments;
use crate::examples::{self, Examples};
use crate::http;
use crate::registry::Registry;
use crate::served::Served;
use crate::source::{Loading, Source};

/// Reports all mistakes of deployments, and predicts examples
///
/// Exit code 0 means that all is right, 1 that there is a mistake or a difference, 2 that the command was
/// called wrongly.
#[derive(Args)]
pub struct CheckArguments {
    /// Predicts the rows of a JSON file, {"rows", "expected", "tolerance"}, and compares
    #[arg(long, value_name = "EXPECTED.json")]
    compare: Option<PathBuf>,

    #[command(flatten)]
    engines: EngineArguments,

    /// Folders of deployments, and models to be served alone
    #[arg(value_name = "DIR|MODEL.onnx", required = true)]
    paths: Vec<PathBuf>,
}

/// Rows of one request.
const ROWS: usize = 64;
/// A longer text is cut.
const LONGEST: usize = 60;
/// Further elements of a list are not shown.
const MOST_ELEMENTS: usize = 8;

pub fn run(arguments: &CheckArguments) -> Result<(), String> {
    let expected = arguments.compare.as_deref().map(Expected::read).transpose()?;
    if expected.is_some() && arguments.paths.len() > 1 {
        return Err("--compare: its rows are those of one deployment; name one DIR".to_owned());
    }
    let loading = Loading { token: "check".to_owned(), engines: arguments.engines.engines() };
    let mut registry = Registry::default();
    let mut wrong = Vec::new();
    for source in arguments.paths.iter().cloned().map(Source::new) {
        let file = source.file();
        let checked = check(&source, &loading, &mut registry, expected.as_ref());
        wrong.extend(checked.err().map(|problems| with_file(&file.display().to_string(), &problems)));
    }
    match wrong.is_empty() {
        true => say("all is right"),
        false => Err(wrong.join("\n")),
    }
}

/// Names the file in each line that does not name it itself.
fn with_file(file: &str, problems: &str) -> String {
    let line = |line: &str| if line.contains(file) { line.to_owned() } else { format!("{file}: {line}") };
    problems.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Checks one deployment; the error is a line for each mistake.
fn check(
    source: &Source,
    loading: &Loading,
    registry: &mut Registry,
    expected: Option<&Expected>,
) -> Result<(), String> {
    let served = source.load(loading)?;
    let deployment = &served.deployment;
    say(&format!("{}: id {}, title {:?}", source.file().display(), deployment.id, deployment.title))?;
    for note in served.notes() {
        say(&format!("  {note}"))?;
    }
    if !deployment.has_features() {
        say("  it has no features: the Open Inference Protocol alone serves its tensors")?;
    } else if let Some(expected) = expected {
        expected.compare(&predict(&served, &expected.rows)?)?;
        say(&format!("  {} rows are predicted as expected", expected.rows.len()))?;
    } else {
        show(&served)?;
    }
    registry.add(served)
}

/// Predicts examples and shows them.
fn show(served: &Served) -> Result<(), String> {
    let mut problem = String::new();
    for Examples { rows, origin } in examples::all(&served.deployment) {
        match predict(served, &rows) {
            Ok(predictions) => return show_rows(&rows, &predictions, &origin),
            Err(failed) => {
                say(&format!("  no predictions of {} examples ({origin}): {failed}", rows.len()))?;
                problem = failed;
            }
        }
    }
    Err(format!("{problem}; the examples may mean nothing to the model: give it real ones with --compare"))
}

fn show_rows(rows: &[Value], predictions: &[Value], origin: &str) -> Result<(), String> {
    say(&format!("  {} examples, {origin}:", rows.len()))?;
    for (row, prediction) in rows.iter().zip(predictions) {
        say(&format!("  in   {}", shown(row)))?;
        say(&format!("  out  {}", shown(prediction)))?;
    }
    Ok(())
}

/// Predicts rows in requests of the Deployment API.
fn predict(served: &Served, rows: &[Value]) -> Result<Vec<Value>, String> {
    let mut predictions = Vec::with_capacity(rows.len());
    for rows in rows.chunks(ROWS) {
        let body = json!({"rows": rows}).to_string();
        let reply = http::reply(served, body.into());
        let reply = reply.map_err(|error| error.message)?;
        let mut reply: Map<String, Value> =
            serde_json::from_slice(&reply).map_err(|error| error.to_string())?;
        match reply.remove("rows") {
            Some(Value::Array(rows)) => predictions.extend(rows),
            _ => return Err("the reply has no rows".to_owned()),
        }
    }
    Ok(predictions)
}

/// JSON in one line, with long texts and lists cut.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => match text.char_indices().nth(LONGEST) {
            Some((end, _)) => json!(format!("{}...", &text[..end])).to_string(),
            None => value.to_string(),
        },
        Value::Array(values) => {
            let more = if values.len() > MOST_ELEMENTS { ", ..." } else { "" };
            let values: Vec<String> = values.iter().take(MOST_ELEMENTS).map(shown).collect();
            format!("[{}{more}]", values.join(", "))
        }
        Value::Object(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|(key, value)| format!("{}: {}", json!(key), shown(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => other.to_string(),
    }
}

fn say(line: &str) -> Result<(), String> {
    writeln!(io::stdout(), "{line}").map_err(|error| format!("standard output: {error}"))
}
