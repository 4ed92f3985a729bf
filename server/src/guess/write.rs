//! The text of a deployment.json, with a comment at everything that was found or assumed.

use serde_json::{Value, json};

use crate::tensor::{Datatype, TensorSpec};

/// A deployment that is still text.
pub struct Draft {
    pub id: String,
    pub description: String,
    pub token: String,
    pub model: String,
    /// The features, or why the tensors cannot be some.
    pub features: Result<Features, String>,
}

pub struct Features {
    pub inputs: Vec<Feature>,
    pub outputs: Vec<Feature>,
    pub constants: Vec<Constant>,
}

/// An input of the model that is the same in each request; the note says why.
pub struct Constant {
    pub tensor: String,
    pub value: Value,
    pub note: String,
}

/// What is known of a feature.
enum Note {
    Found(String),
    Assumed(String),
    /// What to write instead.
    Hint(String),
}

/// An input or output, with its comments.
pub struct Feature {
    notes: Vec<Note>,
    keys: Vec<(&'static str, Value)>,
    /// Why the tensor is no feature.
    left_out: Option<String>,
}

impl Feature {
    /// A feature under the name of its tensor.
    pub fn new(spec: &TensorSpec) -> Feature {
        Feature::named(&spec.name, &spec.name)
    }

    pub fn named(name: &str, tensor: &str) -> Feature {
        Feature {
            notes: Vec::new(),
            keys: vec![("name", json!(name)), ("tensor", json!(tensor))],
            left_out: None,
        }
    }

    pub fn key(&mut self, key: &'static str, value: impl Into<Value>) -> &mut Feature {
        // The tensor goes last.
        self.keys.insert(self.keys.len() - 1, (key, value.into()));
        self
    }

    pub fn found(&mut self, note: impl Into<String>) -> &mut Feature {
        self.notes.push(Note::Found(note.into()));
        self
    }

    pub fn assume(&mut self, note: impl Into<String>) -> &mut Feature {
        self.notes.push(Note::Assumed(note.into()));
        self
    }

    pub fn hint(&mut self, note: &str) -> &mut Feature {
        self.notes.push(Note::Hint(note.to_owned()));
        self
    }

    /// A tensor that is no feature; a comment says why.
    pub fn left_out(reason: &str) -> Feature {
        Feature { notes: Vec::new(), keys: Vec::new(), left_out: Some(reason.to_owned()) }
    }

    pub fn is_left_out(&self) -> bool {
        self.left_out.is_some()
    }

    /// One value.
    pub fn single(&mut self, datatype: Datatype) -> &mut Feature {
        let feature_type = match datatype {
            Datatype::Bytes => "text",
            Datatype::Bool => "binary",
            _ => "numeric",
        };
        self.key("type", feature_type).key("shape", json!([1]))
    }

    pub fn array(&mut self, shape: &[usize]) -> &mut Feature {
        self.key("type", "numeric").key("shape", json!(shape))
    }

    /// Values whose shape is the one that comes.
    pub fn free(&mut self, datatype: Datatype) -> &mut Feature {
        self.key("type", if datatype == Datatype::Bytes { "text" } else { "numeric" })
    }

    /// Comments, and the feature as one line.
    fn lines(&self) -> Vec<String> {
        let written = |note: &Note| match note {
            Note::Found(note) => comment(&format!("found: {note}")),
            Note::Assumed(note) => comment(&format!("assumed: {note}")),
            Note::Hint(note) => comment(note),
        };
        let mut lines: Vec<String> = self.notes.iter().map(written).collect();
        match &self.left_out {
            Some(reason) => lines.push(comment(&format!("left out: {reason}"))),
            None => lines.push(object(&self.keys)),
        }
        lines
    }
}

impl Draft {
    /// What is assumed, one line each.
    pub fn assumed(&self) -> Vec<String> {
        let assumed = |note: &Note| match note {
            Note::Assumed(note) => Some(note.clone()),
            Note::Found(_) | Note::Hint(_) => None,
        };
        match &self.features {
            Ok(Features { inputs, outputs, constants }) => {
                let features = inputs.iter().chain(outputs);
                let notes = features.flat_map(|feature| feature.notes.iter().filter_map(assumed));
                notes.chain(constants.iter().map(|constant| constant.note.clone())).collect()
            }
            Err(reason) => vec![format!("{reason}: the Open Inference Protocol alone serves the model")],
        }
    }

    pub fn text(&self) -> String {
        let mut lines = vec![
            comment(&format!(
                "Made from {}. \"found\" is what the file says; \"assumed\" is a guess: check it.",
                self.model
            )),
            "{".to_owned(),
            "  \"format\": 2,".to_owned(),
        ];
        let entries = [("id", &self.id), ("title", &self.id), ("description", &self.description)];
        lines.extend(entries.iter().map(|(key, value)| format!("  {}: {},", json!(key), json!(value))));
        lines.push("  // Whoever has a token may query the deployment.".to_owned());
        lines.push(format!("  \"tokens\": [{}],", json!(self.token)));
        let comma = if self.features.is_ok() { "," } else { "" };
        lines.push(format!("  \"model\": {}{comma}", json!(self.model)));
        match &self.features {
            Ok(Features { inputs, outputs, constants }) => {
                lines.extend(list("inputs", inputs, ","));
                lines.extend(constant_lines(constants));
                lines.extend(list("outputs", outputs, ""));
            }
            Err(reason) => {
                let reason =
                    format!("No features: {reason}. The Open Inference Protocol alone serves the model.");
                lines.push(format!("  {}", comment(&reason)));
                lines.push(
                    "  // Add \"inputs\" and \"outputs\" to serve it over the Deployment API too.".to_owned(),
                );
            }
        }
        lines.push("}\n".to_owned());
        lines.join("\n")
    }
}

/// A comment of one line: names of tensors and axes may hold line breaks.
fn comment(text: &str) -> String {
    format!("// {}", text.replace(char::is_control, " "))
}

/// The lines of a list of features, with this after its end.
fn list(key: &str, features: &[Feature], end: &str) -> Vec<String> {
    let mut lines = vec![String::new(), format!("  {}: [", json!(key))];
    let last = features.iter().rposition(|feature| !feature.is_left_out());
    for (place, feature) in features.iter().enumerate() {
        let mut own = feature.lines();
        if let Some(line) = own.last_mut().filter(|_| !feature.is_left_out() && Some(place) != last) {
            line.push(',');
        }
        lines.extend(own.iter().map(|line| format!("    {line}")));
    }
    lines.push(format!("  ]{end}"));
    lines
}

/// The lines of the constants, if there are some.
fn constant_lines(constants: &[Constant]) -> Vec<String> {
    if constants.is_empty() {
        return Vec::new();
    }
    let mut lines = vec!["  \"constants\": {".to_owned()];
    for (place, Constant { tensor, value, note }) in constants.iter().enumerate() {
        let comma = if place + 1 < constants.len() { "," } else { "" };
        lines.push(format!("    {}", comment(&format!("assumed: {note}"))));
        lines.push(format!("    {}: {}{comma}", json!(tensor), spaced(value)));
    }
    lines.push("  },".to_owned());
    lines
}

/// An object in one line, with spaces as people write it.
fn object(entries: &[(&'static str, Value)]) -> String {
    let entries: Vec<String> =
        entries.iter().map(|(key, value)| format!("{}: {}", json!(key), spaced(value))).collect();
    format!("{{{}}}", entries.join(", "))
}

fn spaced(value: &Value) -> String {
    match value {
        Value::Array(values) => format!("[{}]", values.iter().map(spaced).collect::<Vec<_>>().join(", ")),
        Value::Object(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|(key, value)| format!("{}: {}", json!(key), spaced(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => other.to_string(),
    }
}
