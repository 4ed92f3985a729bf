//! Which URLs mean this protocol, and the paths that follow from one.

/// What the path of a URL says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A model of this protocol.
    Model(Address),
    /// A server of this protocol, but none of its models: its path, up to and with `/v2`.
    NoModel(String),
    /// A path below that of a model, such as its statistics.
    BelowModel,
    /// Another protocol's path.
    Other,
}

/// The paths of one model.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// The server's, up to and with `/v2`; `None` if the model's path does not contain it.
    server: Option<String>,
    /// The model's, with its version if the URL names one.
    model: String,
    version: Option<String>,
}

impl Address {
    /// The path of the server, which lists its extensions.
    pub(crate) fn server(&self) -> Option<&str> {
        self.server.as_deref()
    }

    /// The path of the model's metadata.
    pub(crate) fn describe(&self) -> &str {
        &self.model
    }

    /// The path that requests for predictions are posted to.
    pub(crate) fn infer(&self) -> String {
        format!("{}/infer", self.model)
    }

    /// The path of the model's configuration, on Triton.
    pub(crate) fn config(&self) -> String {
        format!("{}/config", self.model)
    }

    /// The version that the path names.
    pub(crate) fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }
}

/// Reads a path: `PREFIX/v2/models/NAME[/versions/VERSION]`, also with `/infer`, `/ready`, `/config` or a
/// slash after it. Percent-encodings stay as they are: not every server decodes them.
pub(crate) fn of_path(path: &str) -> Found {
    const MODELS: &str = "/v2/models/";
    let path = path.strip_suffix('/').unwrap_or(path);
    if let Some((prefix, rest)) = path.rsplit_once(MODELS) {
        return model(prefix, rest);
    }
    // A deployment of the Deployment API can have any ID.
    let server = path.strip_suffix("/models").unwrap_or(path);
    match server.ends_with("/v2") && !path.ends_with("/deployment/v2") {
        true => Found::NoModel(server.to_owned()),
        false => Found::Other,
    }
}

/// Reads the path of a URL that is known to be of this protocol: any other one is that of the model itself,
/// also with `/infer`, `/ready`, `/config` or a slash after it.
pub(crate) fn of_model_path(path: &str) -> Found {
    let path = path.strip_suffix('/').unwrap_or(path);
    match of_path(path) {
        Found::Other if path.ends_with("/v2") => Found::NoModel(path.to_owned()),
        Found::Other | Found::BelowModel => {
            let end = |end: &&str| path.ends_with(*end);
            let end = ["/infer", "/ready", "/config"].into_iter().find(end).unwrap_or_default();
            let model = path.strip_suffix(end).unwrap_or(path).to_owned();
            Found::Model(Address { server: None, model, version: None })
        }
        found => found,
    }
}

fn model(prefix: &str, rest: &str) -> Found {
    let mut parts: Vec<&str> = rest.split('/').collect();
    if let [_, "infer" | "ready" | "config"] | [_, "versions", _, "infer" | "ready" | "config"] = *parts {
        parts.pop();
    }
    let (name, version) = match *parts {
        [name] => (name, None),
        [name, "versions", version] => (name, Some(version)),
        _ => return Found::BelowModel,
    };
    let server = format!("{prefix}/v2");
    if [Some(name), version].into_iter().flatten().any(|name| matches!(name, "" | "." | "..")) {
        return Found::NoModel(server);
    }
    let model = format!("{server}/models/{}", parts.join("/"));
    Found::Model(Address { server: Some(server), model, version: version.map(str::to_owned) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_models_paths_follow_from_any_of_them() {
        for prefix in ["", "/team-a", "/v2", "/a/v2/models/b"] {
            for model in ["m", "my%20model", "v2", "m/versions/3", "infer/versions/infer", "versions"] {
                for end in ["", "/", "/infer", "/ready", "/config", "/infer/"] {
                    let path = format!("{prefix}/v2/models/{model}{end}");
                    let Found::Model(address) = of_path(&path) else { panic!("{path}") };
                    let whole = format!("{prefix}/v2/models/{model}");
                    assert_eq!(address.describe(), whole, "{path}");
                    assert_eq!(address.infer(), format!("{whole}/infer"));
                    assert_eq!(address.config(), format!("{whole}/config"));
                    assert_eq!(address.server(), Some(&*format!("{prefix}/v2")));
                    assert_eq!(address.version(), model.split_once("/versions/").map(|(_, version)| version));
                    assert_eq!(of_model_path(&path), Found::Model(address));
                }
            }
        }
    }

    #[test]
    fn a_server_without_a_model_is_told_from_other_paths() {
        for (path, server) in [
            ("/v2", "/v2"),
            ("/v2/", "/v2"),
            ("/a/v2", "/a/v2"),
            ("/v2/models", "/v2"),
            ("/v2/models/", "/v2"),
            ("/a/v2/models//infer", "/a/v2"),
            ("/v2/models/..", "/v2"),
        ] {
            let expected = Found::NoModel(server.to_owned());
            assert_eq!(of_path(path), expected, "{path}");
            assert_eq!(of_model_path(path), expected, "{path}");
        }
        for path in [
            "/",
            "/deployment/1/forward",
            "/deployment/v2",
            "/deployment/v2/",
            "/deployment/v2/forward",
            "/v2x",
            "/xv2",
            "/V2/models/m",
            "/v1/models/m",
        ] {
            assert_eq!(of_path(path), Found::Other, "{path}");
        }
        for end in ["generate", "stats", "forward", "version/1", "versions", "versions/1/stats", "a/b/infer"]
        {
            let path = format!("/a/v2/models/m/{end}");
            assert_eq!(of_path(&path), Found::BelowModel, "{path}");
            assert!(matches!(of_model_path(&path), Found::Model(_)), "{path}");
        }
    }

    #[test]
    fn any_other_path_can_be_that_of_a_model() {
        for (path, model) in [
            ("/", ""),
            ("/m", "/m"),
            ("/team/m/", "/team/m"),
            ("/team/m/infer", "/team/m"),
            ("/team/m/ready/", "/team/m"),
            ("/v1/models/m/config", "/v1/models/m"),
            ("/deployment/1/forward", "/deployment/1/forward"),
        ] {
            let Found::Model(address) = of_model_path(path) else { panic!("{path}") };
            assert_eq!((address.describe(), address.infer()), (model, format!("{model}/infer")), "{path}");
            assert_eq!((address.server(), address.version()), (None, None));
        }
        assert_eq!(of_model_path("/deployment/v2"), Found::NoModel("/deployment/v2".to_owned()));
    }
}
