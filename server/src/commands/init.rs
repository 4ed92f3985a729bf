//! Writes the deployment.json that a model alone is served by.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::symlink;
use std::path::{Component, Path, PathBuf};

use clap::Args;

use crate::deployment::Deployment;
use crate::guess::{self, Guess};
use crate::source::{self, KnownFile};
use crate::token::TokenArguments;

/// Writes a starting deployment.json for a model
///
/// What the model's file says and what is assumed stands there in comments. The model is copied beside it.
/// Nothing is overwritten.
#[derive(Args)]
pub struct InitArguments {
    /// Makes a symbolic link to the model instead of a copy
    #[arg(long)]
    link: bool,

    #[command(flatten)]
    token: TokenArguments,

    /// The model
    #[arg(value_name = "MODEL.onnx")]
    model: PathBuf,

    /// The new folder [default: the name of the model]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

pub fn run(arguments: &InitArguments) -> Result<(), String> {
    let model = &arguments.model;
    let id = source::id_of(arguments.folder.as_ref().unwrap_or(model));
    let folder = arguments.folder.clone().unwrap_or_else(|| PathBuf::from(&id));
    let file = folder.join("deployment.json");
    if file.symlink_metadata().is_ok() {
        return Err(format!("{}: it is there already; name another DIR, or remove it", file.display()));
    }
    let name = model.file_name().unwrap_or_default().to_string_lossy();
    let known = KnownFile::read(model)?;
    let token = arguments.token.token()?;
    let found = known.known(&name, &id, &token);
    let mut guess = guess::guess(&found);
    fs::create_dir_all(&folder).map_err(|error| match folder.is_file() {
        true => format!("{}: this is a file; name another DIR", folder.display()),
        false => format!("{}: {error}", folder.display()),
    })?;
    let from = model.parent().unwrap_or(Path::new(""));
    let inside = |part: &str| Path::new(part).components().all(|part| matches!(part, Component::Normal(_)));
    if let Some(part) = known.onnx.external.iter().find(|part| !inside(part)) {
        return Err(format!("{}: its weights {part:?} are outside of its folder", model.display()));
    }
    let weights = known.onnx.external.iter().map(String::as_str);
    for part in [name.as_ref()].into_iter().chain(weights).chain(guess.files.iter().copied()) {
        bring(&from.join(part), &folder.join(part), arguments.link)?;
    }
    if let Err(problem) = Deployment::parse(&guess.text, &folder) {
        guess = guess::without_features(&found, source::reason(&problem));
    }
    write(&file, &guess.text).map_err(|error| format!("{}: {error}", file.display()))?;
    report(&file, &folder, &guess).map_err(|error| format!("standard output: {error}"))
}

/// Copies or links a file, unless it is there: the same file, or the same content, is left alone, another one
/// is an error.
fn bring(from: &Path, to: &Path, link: bool) -> Result<(), String> {
    let at = |path: &Path| format!("{}: ", path.display());
    let original = from.canonicalize().map_err(|error| format!("{}{error}", at(from)))?;
    if to.symlink_metadata().is_ok() {
        let is_same =
            to.canonicalize().is_ok_and(|there| there == original) || have_same_bytes(&original, to);
        return match is_same {
            true => Ok(()),
            false => Err(format!("{}another file of this name is there; name another DIR", at(to))),
        };
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(|error| format!("{}{error}", at(folder)))?;
    }
    let made = match link {
        true => symlink(original, to),
        false => copy(&original, to).inspect_err(|error| remove_rest(to, error)),
    };
    made.map_err(|error| format!("{}{error}", at(to)))
}

/// Whether two files have the same content. A file that fails to be read counts as different.
fn have_same_bytes(one: &Path, other: &Path) -> bool {
    let open = |path: &Path| File::open(path).map(BufReader::new);
    let (Ok(mut one), Ok(mut other)) = (open(one), open(other)) else { return false };
    loop {
        let (Ok(a), Ok(b)) = (one.fill_buf(), other.fill_buf()) else { return false };
        let length = a.len().min(b.len());
        if a[..length] != b[..length] || length == 0 {
            return a.is_empty() && b.is_empty();
        }
        one.consume(length);
        other.consume(length);
    }
}

/// Removes a file of which not all could be written; one that was there before is not touched.
fn remove_rest(file: &Path, error: &io::Error) {
    if error.kind() != io::ErrorKind::AlreadyExists {
        // What failed is reported, not this.
        drop(fs::remove_file(file));
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = File::open(from)?;
    io::copy(&mut source, &mut OpenOptions::new().write(true).create_new(true).open(to)?).map(drop)
}

fn write(file: &Path, text: &str) -> io::Result<()> {
    let mut created = OpenOptions::new().write(true).create_new(true).open(file)?;
    created.write_all(text.as_bytes()).inspect_err(|error| remove_rest(file, error))
}

fn report(file: &Path, folder: &Path, guess: &Guess) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "wrote {}", file.display())?;
    for assumed in &guess.assumed {
        writeln!(out, "assumed: {assumed}")?;
    }
    writeln!(out, "check it:  sidekick-server check {}", folder.display())?;
    writeln!(out, "serve it:  sidekick-server {}", folder.display())
}
