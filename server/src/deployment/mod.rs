//! A deployment as its folder declares it: `deployment.json`, checked key by key.

mod batching;
mod constants;
mod content;
mod engine_name;
mod feature;
mod fields;
mod format1;
mod format2;
mod input;
mod jsonc;
mod mistakes;
mod output;
mod remote;

use std::io;
use std::path::{Path, PathBuf};

use fields::At;
use jsonc::{Node, Value};

use crate::files;

pub use batching::Batching;
pub use constants::{Constant, Extent, Scalar};
pub use content::{Deployment, DescribeForm};
pub use engine_name::EngineName;
pub use feature::{Categories, Category, FREE, FeatureType, MAX_SIZE, duplicate, size_of_shape};
pub use input::{Encoding, Fill, Input, InputKind, TextEncoding};
pub use mistakes::{Mistakes, did_you_mean};
pub use output::{Activation, ArrayOutput, Output, OutputKind, Pool};
pub use remote::RemoteEngine;

/// A `deployment.json`, as far as it can be read. What the model decides is still open.
pub struct Draft {
    pub file: PathBuf,
    pub deployment: Deployment,
    pub mistakes: Mistakes,
}

impl Draft {
    /// Reads the `deployment.json` of a folder. An error, and each mistake, is one line that names the file.
    pub fn load(folder: &Path) -> Result<Draft, String> {
        let file = folder.join("deployment.json");
        let text = files::read_text(&file).map_err(|error| {
            let hint = match error.kind() {
                io::ErrorKind::NotFound => "; each DIR is the folder of one deployment",
                _ => "",
            };
            format!("{}: {error}{hint}", file.display())
        })?;
        Draft::parse(&text, folder)
    }

    /// Reads the text of the `deployment.json` of a folder.
    pub fn parse(text: &str, folder: &Path) -> Result<Draft, String> {
        let file = folder.join("deployment.json");
        let node = match jsonc::parse(text) {
            Ok(node) => node,
            Err(error) if text.contains("\"format\"") => {
                return Err(format!("{}:{}: {}", file.display(), error.line, error.problem));
            }
            Err(_) => Node { line: 1, value: Value::Null },
        };
        let mistakes = Mistakes::new(node.lines());
        let root = At::root(&node, &mistakes);
        let deployment = match format(&root) {
            None | Some(1) => Some(
                format1::parse(text, folder).map_err(|problem| format!("{}: {problem}", file.display()))?,
            ),
            Some(2) => format2::read(&root, folder),
            Some(_) => {
                mistakes
                    .add("format", "this server reads the formats 1 and 2; write 2, or take a newer server");
                None
            }
        };
        let (written, lines) = (file.clone(), mistakes.lines());
        let deployment = Deployment { file: written, lines, ..deployment.unwrap_or_default() };
        Ok(Draft { file, deployment, mistakes })
    }

    /// The deployment, or all mistakes, a line each.
    pub fn finish(self) -> Result<Deployment, String> {
        match self.mistakes.is_empty() {
            true => Ok(self.deployment),
            false => Err(self.mistakes.report(&self.file)),
        }
    }
}

/// The format that a file names.
fn format(root: &At) -> Option<u64> {
    let Value::Object(entries) = root.value() else { return None };
    let format = &entries.iter().rfind(|entry| entry.key == "format")?.node;
    match &format.value {
        Value::Number(number) => Some(number.as_u64().unwrap_or(u64::MAX)),
        _ => Some(u64::MAX),
    }
}

impl Deployment {
    /// Reads the `deployment.json` of a folder. An error has a line for each mistake, which names the file
    /// and the key.
    pub fn load(folder: &Path) -> Result<Deployment, String> {
        Draft::load(folder)?.finish()
    }

    /// Reads the text of the `deployment.json` of a folder.
    pub fn parse(text: &str, folder: &Path) -> Result<Deployment, String> {
        Draft::parse(text, folder)?.finish()
    }
}
