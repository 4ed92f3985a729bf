//! The file of profiles: deployments by name, each with its URL, its token and how it is reached.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::failure::{Failure, Outcome};
use crate::terminal::Terminal;
use crate::token;

/// What a file of profiles holds.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    /// The profile that is used if nothing else says which deployment.
    default: Option<String>,
    #[serde(default)]
    profiles: BTreeMap<String, Profile>,
}

/// One deployment. Its `Debug` would show the token, so it has none.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    pub url: Option<String>,
    token: Option<String>,
    token_file: Option<PathBuf>,
    pub ca_file: Option<PathBuf>,
    pub client_certificate: Option<PathBuf>,
    pub client_key: Option<PathBuf>,
    pub proxy: Option<String>,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    pub host_header: Option<String>,
    pub model_description: Option<PathBuf>,
    pub protocol: Option<String>,
    #[serde(default)]
    pub allow_token_over_http: bool,
}

impl std::fmt::Debug for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Profile").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Profile {
    /// Its token, if it has one.
    pub fn token(&self) -> Outcome<Option<String>> {
        match (&self.token, &self.token_file) {
            (Some(token), _) => Ok(Some(token.clone())),
            (None, Some(path)) => token::read(path).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// Makes its paths independent of the folder that the program runs in.
    fn resolve(&mut self, folder: &Path) {
        let paths = [
            &mut self.token_file,
            &mut self.ca_file,
            &mut self.client_certificate,
            &mut self.client_key,
            &mut self.model_description,
        ];
        for path in paths.into_iter().flatten() {
            *path = folder.join(&path);
        }
    }
}

/// The profile of a name; without one the default, if the file has it.
pub fn find(name: Option<&str>, terminal: &Terminal) -> Outcome<Option<Profile>> {
    let Some(path) = path()? else { return without_file(name, "no folder of settings is known") };
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return without_file(name, &format!("there is no file {}", path.display()));
        }
        Err(error) => return Err(Failure::file(&path, &error)),
    };
    let mut contents = read(&text).map_err(|what| Failure::usage(format!("{}{what}", path.display())))?;
    let Some(name) = name.map(str::to_owned).or(contents.default.take()) else { return Ok(None) };
    let Some(mut profile) = contents.profiles.remove(&name) else {
        let known: Vec<&str> = contents.profiles.keys().map(String::as_str).collect();
        let message = format!("{}: there is no profile {name:?} among {known:?}", path.display());
        return Err(Failure::usage(message));
    };
    if profile.token.is_some() && others_can_read(&path) {
        let path = path.display();
        terminal.warning(format!(
            "other users of this machine can read {path}, which has a token: chmod 600 {path}"
        ));
    }
    profile.resolve(path.parent().unwrap_or(Path::new("")));
    Ok(Some(profile))
}

fn without_file(name: Option<&str>, why: &str) -> Outcome<Option<Profile>> {
    match name {
        None => Ok(None),
        Some(name) => Err(Failure::usage(format!("there is no profile {name:?}: {why}"))),
    }
}

/// The message of a mistake has no line of the file: the line may hold a token.
fn read(text: &str) -> Result<Contents, String> {
    let contents: Contents = toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start.min(text.len()));
        let line = text.as_bytes().iter().take(start).filter(|byte| **byte == b'\n').count() + 1;
        format!(", line {line}: {}", without_values(error.message()))
    })?;
    for (name, profile) in &contents.profiles {
        if profile.token.is_some() && profile.token_file.is_some() {
            return Err(format!(": the profile {name:?} has both token and token_file; leave one out"));
        }
    }
    Ok(contents)
}

/// A message of the parser without the values that it quotes: `invalid type: string "..."`.
fn without_values(message: &str) -> String {
    match (message.starts_with("invalid type"), message.rsplit_once(", expected ")) {
        (true, Some((_, expected))) => format!("a value of another type; expected {expected}"),
        _ => message.to_owned(),
    }
}

fn path() -> Outcome<Option<PathBuf>> {
    if let Some(path) = token::variable("SIDEKICK_CONFIG")? {
        return Ok(Some(PathBuf::from(path)));
    }
    let folder = |variable: &str| env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
    let settings = match cfg!(windows) {
        true => folder("APPDATA"),
        false => folder("XDG_CONFIG_HOME").or_else(|| folder("HOME").map(|home| home.join(".config"))),
    };
    Ok(settings.map(|folder| folder.join("sidekick").join("config.toml")))
}

#[cfg(unix)]
fn others_can_read(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn others_can_read(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_named_by_line_and_shows_no_value() {
        let lines = [
            ("[profiles.a]\ntoken = s3cret\n", 2),
            ("[profiles.a]\nurl = \"u\"\ntokn = \"s3cret\"\n", 3),
            ("[profiles.a]\nallow_token_over_http = \"s3cret\"\n", 2),
            ("[profiles]\na = \"s3cret\"\n", 2),
            ("[profiles.a]\ntoken = \"s3cret\n", 2),
        ];
        for (text, line) in lines {
            let message = read(text).unwrap_err();
            assert!(message.starts_with(&format!(", line {line}: ")), "{message}");
            assert!(!message.contains("s3cret"), "{message}");
        }
    }

    #[test]
    fn paths_are_beside_the_file() {
        let mut contents = read("[profiles.a]\ntoken_file = \"t\"\nca_file = \"/b/c\"\n").unwrap();
        let profile = contents.profiles.get_mut("a").unwrap();
        profile.resolve(Path::new("/x"));
        assert_eq!(profile.token_file.as_deref(), Some(Path::new("/x/t")));
        assert_eq!(profile.ca_file.as_deref(), Some(Path::new("/b/c")));
    }

    #[test]
    fn the_example_of_the_guide_is_valid() {
        let page = include_str!("../../docs/cli.md");
        let example = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next());
        let contents = read(example.unwrap_or_default()).unwrap();
        assert_eq!(contents.default.as_deref(), Some("penguins"));
        assert_eq!(contents.profiles["penguins"].headers["X-Team"], "birds");
        assert_eq!(contents.profiles.len(), 2);
    }

    #[test]
    fn one_token_is_enough() {
        assert!(read("[profiles.a]\ntoken = \"x\"\ntoken_file = \"y\"").unwrap_err().contains("both"));
    }
}
