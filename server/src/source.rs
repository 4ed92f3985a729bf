//! Where a deployment comes from: a folder with a deployment.json, or a model alone.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::deployment::Deployment;
use crate::engine::choose::Engines;
use crate::files;
use crate::guess::{self, Guess, Known, TOKENIZER, names};
use crate::model::{self, LoadedModel};
use crate::onnx::OnnxFile;
use crate::rehearsal;
use crate::served::Served;

/// Files beside a model that are looked for: class names, one on each line, and a tokenizer.
const BESIDE: [&str; 3] = ["labels.txt", "classes.txt", TOKENIZER];
const LABEL_FILES: [&str; 2] = ["labels.txt", "classes.txt"];

/// What all deployments are loaded with.
#[derive(Clone)]
pub struct Loading {
    /// The token of models without a deployment.json.
    pub token: String,
    pub engines: Engines,
}

/// A path of the command line.
#[derive(Clone)]
pub enum Source {
    Folder(PathBuf),
    Model(PathBuf),
}

impl Source {
    pub fn new(path: PathBuf) -> Source {
        let is_model = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("onnx"));
        match (is_model || path.is_file()) && !path.is_dir() {
            true => Source::Model(path),
            false => Source::Folder(path),
        }
    }

    /// The file that says what is served.
    pub fn file(&self) -> PathBuf {
        match self {
            Source::Folder(folder) => folder.join("deployment.json"),
            Source::Model(model) => model.clone(),
        }
    }

    /// Loads the deployment.
    pub fn load(&self, loading: &Loading) -> Result<Served, String> {
        let (deployment, model, assumed) = match self {
            Source::Folder(folder) => {
                let opened =
                    model::open(folder, &loading.engines).map_err(|problem| with_hint(problem, folder));
                opened.map(|(deployment, model)| (deployment, model, Vec::new()))?
            }
            Source::Model(model) => load_alone(model, loading)?,
        };
        let files = self.files(&deployment);
        let mut served = Served { assumed, files, ..Served::new(deployment, model) };
        if served.model.absent.is_none() {
            let warnings = rehearsal::warnings(&served);
            served.model.notes.extend(warnings);
        }
        served.model.begin();
        Ok(served)
    }

    /// The files that a deployment is made of, beside those of a folder of its own.
    fn files(&self, deployment: &Deployment) -> Vec<PathBuf> {
        let model = &deployment.model;
        let external = OnnxFile::read(model).map(|file| file.external).unwrap_or_default();
        let looked_for = BESIDE.iter().filter(|_| matches!(self, Source::Model(_)));
        let beside = external.iter().map(String::as_str).chain(looked_for.copied());
        std::iter::once(model.clone()).chain(beside.map(|name| model.with_file_name(name))).collect()
    }
}

/// Loads a model that has no deployment.json. If its tensors do not work as features, they are served as
/// they are.
fn load_alone(model: &Path, loading: &Loading) -> Result<(Deployment, LoadedModel, Vec<String>), String> {
    let folder = model.parent().unwrap_or(Path::new(""));
    let name = model.file_name().unwrap_or_default().to_string_lossy();
    let (file, id) = (KnownFile::read(model)?, id_of(model));
    let known = file.known(&name, &id, &loading.token);
    let load = |Guess { text, assumed, .. }: Guess| {
        let mut deployment = Deployment::parse(&text, folder)?;
        let loaded = LoadedModel::load(&mut deployment, &loading.engines)?;
        Ok((deployment, loaded, assumed))
    };
    let first = load(guess::guess(&known));
    first.or_else(|problem: String| load(guess::without_features(&known, reason(&problem))))
}

/// Why the text that was made is of no use: its first mistake, without the line, which nobody sees.
pub fn reason(problem: &str) -> &str {
    problem.lines().next().and_then(|line| line.split_once(": ")).map_or("", |(_, reason)| reason)
}

/// The id of a deployment, from the name of its model or folder.
pub fn id_of(path: &Path) -> String {
    // `..` names no folder, but has a name once it is resolved.
    let resolved = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let named = if path.file_name().is_some() { path } else { &resolved };
    names::id(&named.file_stem().map(OsStr::to_string_lossy).unwrap_or_default())
}

/// What a model's file and the files beside it say.
pub struct KnownFile {
    pub onnx: OnnxFile,
    labels: Option<(String, Vec<String>)>,
    has_tokenizer: bool,
}

impl KnownFile {
    pub fn read(model: &Path) -> Result<KnownFile, String> {
        let at_file = |problem: String| format!("{}: {problem}", model.display());
        Ok(KnownFile {
            onnx: OnnxFile::read(model).map_err(at_file)?,
            labels: labels(model),
            has_tokenizer: model.with_file_name(TOKENIZER).is_file(),
        })
    }

    /// What a deployment is made of; `model` is how its deployment.json names the file.
    pub fn known<'a>(&'a self, model: &'a str, id: &'a str, token: &'a str) -> Known<'a> {
        let KnownFile { onnx, labels, has_tokenizer } = self;
        let inputs = onnx.inputs.iter().map(|input| onnx.input(&input.name)).collect();
        let (outputs, labels) = (onnx.outputs(), labels.clone());
        Known { id, token, model, inputs, outputs, onnx, labels, has_tokenizer: *has_tokenizer }
    }
}

/// The class names in a file beside the model.
fn labels(model: &Path) -> Option<(String, Vec<String>)> {
    let read = |name: &&str| {
        let text = files::read_text(&model.with_file_name(name)).ok()?;
        // Some editors write a byte order mark.
        let lines = text
            .strip_prefix('\u{feff}')
            .unwrap_or(&text)
            .lines()
            .map(|line| line.trim().to_owned())
            .filter(|line| !line.is_empty());
        Some(((*name).to_owned(), lines.collect()))
    };
    LABEL_FILES.iter().find_map(read)
}

/// Says what to do about a folder that holds models and no deployment.json.
fn with_hint(problem: String, folder: &Path) -> String {
    if folder.join("deployment.json").exists() {
        return problem;
    }
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut models: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|extension| extension == "onnx")).collect();
    models.sort();
    match models.first() {
        Some(model) => format!(
            "{problem}; serve {} alone, or write its deployment.json with: sidekick-server init {} {}",
            model.display(),
            model.display(),
            folder.display()
        ),
        None => problem,
    }
}
