//! What a run does, for a journal: another run goes on with its output only if it does the same.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sidekick::{Deployment, Specs};

use crate::output::writer::Format;

/// What has to be the same, by name.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Job(Map<String, Value>);

/// The form of the journals that this program writes.
const VERSION: u64 = 1;

impl Job {
    pub fn new(
        url: &str,
        deployment: &Deployment,
        format: Format,
        titles: &[String],
        files: Option<&Path>,
        reading: Value,
    ) -> Job {
        let mut job = Map::new();
        job.insert("journal".to_owned(), json!(VERSION));
        job.insert("path of the URL".to_owned(), json!(path(url)));
        job.insert("inputs".to_owned(), features(deployment.inputs()));
        job.insert("outputs".to_owned(), features(deployment.outputs()));
        job.insert("format".to_owned(), json!(format.name()));
        job.insert("columns".to_owned(), json!(titles));
        job.insert("folder of files".to_owned(), json!(files.map(Path::to_string_lossy)));
        job.insert("choice of values, columns or delimiter".to_owned(), reading);
        Job(job)
    }

    /// The first thing that differs.
    pub fn difference(&self, other: &Job) -> Option<&str> {
        let differs = |(key, value): &(&String, &Value)| other.0.get(key.as_str()) != Some(value);
        self.0.iter().find(differs).map(|(key, _)| key.as_str())
    }
}

/// The path of a URL: another machine may serve the same model. A query may hold secrets.
fn path(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.find('/').map_or("", |start| &rest[start..]);
    rest.split(['?', '#']).next().unwrap_or_default()
}

fn features(specs: &Specs) -> Value {
    let feature = |spec: &sidekick::FeatureSpec| {
        json!([spec.name().as_str(), spec.feature_type().to_string(), spec.shape()])
    };
    specs.iter().map(feature).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_a_url_has_no_host_and_no_query() {
        assert_eq!(path("http://h:1/deployment/x/forward?key=secret"), "/deployment/x/forward");
        assert_eq!(path("http://h"), "");
    }

    #[test]
    fn the_first_difference_is_named() {
        let job = |format: &str| Job(Map::from_iter([("format".to_owned(), json!(format))]));
        assert_eq!(job("csv").difference(&job("csv")), None);
        assert_eq!(job("csv").difference(&job("jsonl")), Some("format"));
    }
}
