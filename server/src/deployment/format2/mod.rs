//! Format 2 of `deployment.json`: JSON with comments, whose mistakes are all reported at once.

mod constants;
mod images;
mod inputs;
mod outputs;
mod values;

use std::path::{Path, PathBuf};

use crate::deployment::batching::Batching;
use crate::deployment::content::{Deployment, DescribeForm, MODEL_FILE};
use crate::deployment::engine_name::EngineName;
use crate::deployment::fields::{At, Fields};
use crate::deployment::jsonc::Value;
use crate::deployment::remote::{DeclaredRemote, HAS_MODEL, Mistake, RemoteEngine};

const ENGINES: [(&str, EngineName); 3] =
    [("auto", EngineName::Auto), ("rten", EngineName::Rten), ("onnxruntime", EngineName::OnnxRuntime)];

/// Reads the content of a file in format 2: all that can be read of it.
pub fn read(root: &At, folder: &Path) -> Option<Deployment> {
    let fields = root.fields()?;
    fields.get("format");
    // Editors find the schema by it.
    fields.text("$schema");
    let mut deployment = general(&fields, folder);
    features(&fields, folder, &mut deployment);
    fields.finish("deployment.json", &[]);
    Some(deployment)
}

fn general(fields: &Fields, folder: &Path) -> Deployment {
    let id = fields.required("id", "write the ID that is part of the URL").and_then(|at| id(&at));
    let (tokens, limited_tokens) = tokens(fields);
    let form = fields
        .get("describe")
        .and_then(|at| at.one_of(&[("current", DescribeForm::Current), ("older", DescribeForm::Older)]));
    let tensorjson = fields.flag("tensorjson").unwrap_or(true);
    if form == Some(DescribeForm::Older) && tensorjson {
        fields.wrong("tensorjson", "the older describe form has arrays as .npy files alone; write false");
    }
    let (engine, remote) = engine(fields, folder);
    let id = id.unwrap_or_default();
    let title = fields.text("title").map(|title| values::one_line(&title)).unwrap_or_default();
    Deployment {
        title: if title.is_empty() { id.clone() } else { title },
        id,
        description: fields.text("description").unwrap_or_default(),
        tokens,
        limited_tokens,
        enabled: fields.flag("enabled").unwrap_or(true),
        tensorjson,
        form: form.unwrap_or_default(),
        model: folder.join(fields.text("model").map_or_else(|| PathBuf::from(MODEL_FILE), PathBuf::from)),
        engine,
        remote,
        batching: batching(fields),
        held_out: fields.read("held_out"),
        ..Deployment::default()
    }
}

/// The engine: one of this machine's, or servers elsewhere, which have the model.
fn engine(fields: &Fields, folder: &Path) -> (EngineName, Option<RemoteEngine>) {
    let Some(at) = fields.get("engine") else { return (EngineName::default(), None) };
    if !matches!(at.value(), Value::Object(_)) {
        return (at.one_of(&ENGINES).unwrap_or_default(), None);
    }
    if fields.get("model").is_some() {
        fields.wrong("model", HAS_MODEL);
    }
    let Some(declared) = at.read::<DeclaredRemote>() else { return (EngineName::default(), None) };
    match declared.check(folder) {
        Ok(remote) => (EngineName::default(), Some(remote)),
        Err(mistakes) => {
            if let Some(keys) = at.fields() {
                mistakes.into_iter().for_each(|Mistake { key, problem }| keys.wrong(key, problem));
            }
            (EngineName::default(), None)
        }
    }
}

fn batching(fields: &Fields) -> Option<Batching> {
    let (delay, rows) = (fields.number("max_batch_delay"), fields.size("max_batch_rows"));
    let batching = Batching::new(delay, rows);
    batching.unwrap_or_else(|Mistake { key, problem }| {
        fields.wrong(key, problem);
        None
    })
}

fn id(at: &At) -> Option<String> {
    let id = at.text()?;
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    if id.is_empty() || !id.chars().all(plain) {
        at.wrong(format!("{id:?} is no ID; write letters, digits, - and _"));
    }
    Some(id)
}

/// Tokens travel in a header and are printed between spaces, so they are visible ASCII.
fn tokens(fields: &Fields) -> (Vec<String>, Vec<String>) {
    let token = |at: &At| {
        let token = at.text()?;
        let visible = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
        if !visible {
            at.wrong("a token is made of visible ASCII characters; choose another one");
        }
        Some(token)
    };
    let tokens = fields.required("tokens", "write a list of at least one token, such as [\"secret\"]");
    let listed = tokens.and_then(|at| {
        let list = at.each(token)?;
        if list.is_empty() {
            at.wrong("it is empty; write at least one token");
        }
        Some(list)
    });
    let tokens = listed.unwrap_or_default();
    let limited = fields.get("limited_tokens").and_then(|at| at.each(token)).unwrap_or_default();
    if limited.iter().any(|token| tokens.contains(token)) {
        fields.wrong("limited_tokens", "one of them is among the tokens too; leave it out of one list");
    }
    (tokens, limited)
}

/// The features; without inputs and outputs the model's tensors are served as they are.
fn features(fields: &Fields, folder: &Path, deployment: &mut Deployment) {
    let (inputs, outputs) = (fields.get("inputs"), fields.get("outputs"));
    let constants = fields.get("constants");
    let one_alone = match (&inputs, &outputs) {
        (Some(_), None) => Some("outputs"),
        (None, Some(_)) => Some("inputs"),
        _ => None,
    };
    if let Some(missing) = one_alone {
        fields
            .wrong(missing, "it is missing; write both inputs and outputs, or neither for the tensors alone");
    }
    if let Some(at) = inputs {
        deployment.set_inputs(features_of(&at, |at, place| inputs::read(at, place, folder)));
    }
    if let Some(at) = outputs {
        deployment.outputs = features_of(&at, |at, place| outputs::read(at, place, folder));
    }
    if let Some(at) = constants {
        deployment.constants = constants::read(&at).unwrap_or_default();
        if fields.get("inputs").is_none() {
            at.wrong("constants go with inputs and outputs; write those, or leave the constants out");
        }
    }
}

fn features_of<T>(at: &At, read: impl Fn(&At, usize) -> Option<T>) -> Vec<T> {
    let listed = at.list().unwrap_or_default();
    if listed.is_empty() {
        at.wrong("it is empty; write at least one feature");
    }
    let mut names = Vec::new();
    let mut found = Vec::new();
    for (place, at) in listed.iter().enumerate() {
        found.extend(read(at, place));
        values::check_name(at, &mut names);
    }
    found
}
