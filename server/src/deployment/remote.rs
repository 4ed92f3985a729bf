//! An engine on other machines, as `deployment.json` declares it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, IntoDeserializer, MapAccess, Visitor};

use crate::deployment::engine_name::EngineName;

/// How long a request to the engine may take, with all its attempts.
const DEFAULT_TIMEOUT: f64 = 60.0;

/// One server of the Open Inference Protocol, or several that compute the same model. It may hold a token, so
/// it has no Debug form.
#[derive(Clone)]
pub struct RemoteEngine {
    pub urls: Vec<String>,
    pub token: Option<String>,
    pub token_file: Option<PathBuf>,
    pub ca_file: Option<PathBuf>,
    pub host_header: Option<String>,
    pub headers: BTreeMap<String, String>,
    pub allow_token_over_http: bool,
    pub timeout: Duration,
}

/// The object at the key `engine`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredRemote {
    url: OneOrMore,
    token: Option<String>,
    token_file: Option<PathBuf>,
    ca_file: Option<PathBuf>,
    host_header: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    allow_token_over_http: bool,
    timeout: Option<f64>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "a URL, or a list of URLs")]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

/// The value of the key `engine`: the name of an engine on this machine, or servers elsewhere.
pub enum DeclaredEngine {
    Named(EngineName),
    Remote(DeclaredRemote),
}

impl Default for DeclaredEngine {
    fn default() -> DeclaredEngine {
        DeclaredEngine::Named(EngineName::default())
    }
}

/// By hand, so that a mistake in the object is one at its key.
impl<'de> Deserialize<'de> for DeclaredEngine {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<DeclaredEngine, D::Error> {
        struct Value;
        impl<'de> Visitor<'de> for Value {
            type Value = DeclaredEngine;

            fn expecting(&self, text: &mut fmt::Formatter) -> fmt::Result {
                text.write_str("auto, rten, onnxruntime, or an object with a url")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<DeclaredEngine, E> {
                EngineName::deserialize(name.into_deserializer()).map(DeclaredEngine::Named)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<DeclaredEngine, A::Error> {
                DeclaredRemote::deserialize(MapAccessDeserializer::new(map)).map(DeclaredEngine::Remote)
            }
        }
        deserializer.deserialize_any(Value)
    }
}

/// What is wrong with a model beside servers elsewhere.
pub const HAS_MODEL: &str = "the server at engine.url has the model; leave out one of the two keys";

/// A mistake at a key, and what to do.
#[derive(Debug, Default, PartialEq)]
pub struct Mistake {
    pub key: &'static str,
    pub problem: String,
}

impl DeclaredRemote {
    /// Checks the values. Files are relative to the folder of the deployment.
    pub fn check(self, folder: &Path) -> Result<RemoteEngine, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let mut wrong = |key, problem: String| mistakes.push(Mistake { key, problem });
        let urls = match self.url {
            OneOrMore::One(url) => vec![url],
            OneOrMore::More(urls) => urls,
        };
        if urls.is_empty() {
            wrong("url", "the list is empty; write https://HOST/v2/models/NAME".to_owned());
        }
        for (place, url) in urls.iter().enumerate() {
            if let Some(problem) = problem_of(url) {
                wrong("url", problem);
            } else if urls[..place].contains(url) {
                wrong("url", format!("{url} is listed twice"));
            }
        }
        if self.token.is_some() && self.token_file.is_some() {
            wrong("token_file", "there is a token, too; leave one of them out".to_owned());
        }
        let seconds = self.timeout.unwrap_or(DEFAULT_TIMEOUT);
        let timeout = Duration::try_from_secs_f64(seconds).ok().filter(|timeout| !timeout.is_zero());
        if timeout.is_none() {
            wrong("timeout", format!("{seconds} is not a number of seconds above 0"));
        }
        match (timeout, mistakes.is_empty()) {
            (Some(timeout), true) => Ok(RemoteEngine {
                urls,
                token: self.token,
                token_file: self.token_file.map(|file| folder.join(file)),
                ca_file: self.ca_file.map(|file| folder.join(file)),
                host_header: self.host_header,
                headers: self.headers,
                allow_token_over_http: self.allow_token_over_http,
                timeout,
            }),
            _ => Err(mistakes),
        }
    }
}

/// What is wrong with the URL of a model. The client reads it strictly; this is for its form.
fn problem_of(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let Some((host, path)) = rest.map(|rest| rest.split_once('/').unwrap_or((rest, ""))) else {
        return Some("it is no http:// or https:// URL; write https://HOST/v2/models/NAME".to_owned());
    };
    if host.contains('@') {
        return Some("it has a user or a password; write a token to \"token\" or \"token_file\"".to_owned());
    }
    let names_model = format!("/{path}").split_once("/v2/models/").is_some_and(|(_, name)| !name.is_empty());
    (!names_model).then(|| format!("{url} names no model; write https://HOST/v2/models/NAME"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<RemoteEngine, Vec<Mistake>> {
        serde_json::from_str::<DeclaredRemote>(json).unwrap().check(Path::new("folder"))
    }

    fn mistakes(json: &str) -> Vec<String> {
        let mistakes = read(json).err().unwrap_or_default();
        mistakes.into_iter().map(|Mistake { key, problem }| format!("{key}: {problem}")).collect()
    }

    #[test]
    fn a_url_is_enough() {
        let engine = read(r#"{"url": "https://h/prefix/v2/models/m/versions/1"}"#).ok().unwrap();
        assert_eq!(engine.urls, ["https://h/prefix/v2/models/m/versions/1"]);
        assert_eq!((engine.token, engine.timeout), (None, Duration::from_secs(60)));
    }

    #[test]
    fn files_are_those_of_the_folder() {
        let json = r#"{"url": ["http://a/v2/models/m", "http://b/v2/models/m"], "token_file": "token",
                       "ca_file": "/etc/ca.pem", "timeout": 0.5, "headers": {"x": "y"}}"#;
        let engine = read(json).ok().unwrap();
        assert_eq!(engine.token_file.as_deref(), Some(Path::new("folder/token")));
        assert_eq!(engine.ca_file.as_deref(), Some(Path::new("/etc/ca.pem")));
        assert_eq!((engine.urls.len(), engine.timeout), (2, Duration::from_millis(500)));
    }

    #[test]
    fn mistakes_name_the_key_and_the_remedy() {
        let model = "write https://HOST/v2/models/NAME";
        for (json, expected) in [
            (r#"{"url": []}"#, format!("url: the list is empty; {model}")),
            (r#"{"url": "host:8000"}"#, format!("url: it is no http:// or https:// URL; {model}")),
            (r#"{"url": "http://h/v2"}"#, format!("url: http://h/v2 names no model; {model}")),
            (
                r#"{"url": "http://h/v2/models/"}"#,
                format!("url: http://h/v2/models/ names no model; {model}"),
            ),
            (
                r#"{"url": ["http://h/v2/models/m", "http://h/v2/models/m"]}"#,
                "url: http://h/v2/models/m is listed twice".to_owned(),
            ),
            (
                r#"{"url": "http://u:p@h/v2/models/m"}"#,
                r#"url: it has a user or a password; write a token to "token" or "token_file""#.to_owned(),
            ),
            (
                r#"{"url": "http://h/v2/models/m", "token": "a", "token_file": "b"}"#,
                "token_file: there is a token, too; leave one of them out".to_owned(),
            ),
            (
                r#"{"url": "http://h/v2/models/m", "timeout": 0}"#,
                "timeout: 0 is not a number of seconds above 0".to_owned(),
            ),
        ] {
            assert_eq!(mistakes(json), [expected], "{json}");
        }
    }
}
