//! A deployment as its folder declares it: `deployment.json`, checked key by key.

mod content;
mod feature;
mod format1;
mod input;
mod output;

use std::fs;
use std::io;
use std::path::Path;

pub use content::{Deployment, DescribeForm, EngineName};
pub use feature::{Category, FeatureType};
pub use input::{Input, InputKind};
pub use output::{Output, OutputKind};

impl Deployment {
    /// Reads the `deployment.json` of a folder; the error is one line that names the file and the key.
    pub fn load(folder: &Path) -> Result<Deployment, String> {
        let file = folder.join("deployment.json");
        let at_file = |problem: String| format!("{}: {problem}", file.display());
        let text = fs::read_to_string(&file).map_err(|error| {
            let hint = match error.kind() {
                io::ErrorKind::NotFound => "; each DIR is the folder of one deployment",
                _ => "",
            };
            at_file(format!("{error}{hint}"))
        })?;
        Deployment::parse(&text, folder).map_err(at_file)
    }

    /// Reads the text of the `deployment.json` of a folder; the error names the key.
    pub fn parse(text: &str, folder: &Path) -> Result<Deployment, String> {
        format1::parse(text, folder)
    }
}
