//! Which URLs mean this protocol, and the paths that follow from one.

/// What the path of a URL says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A model of this protocol.
    Model(Address),
    /// A server of this protocol, but none of its models.
    NoModel,
    /// Another protocol's path.
    Other,
}

/// The paths of one model.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// Up to and with `/v2`.
    server: String,
    /// The model's, with its version if the URL names one.
    model: String,
}

impl Address {
    /// Where the server says what it can do.
    pub(crate) fn server(&self) -> &str {
        &self.server
    }

    /// Where the model is described.
    pub(crate) fn describe(&self) -> &str {
        &self.model
    }

    /// Where predictions are made.
    pub(crate) fn infer(&self) -> String {
        format!("{}/infer", self.model)
    }

    /// Where Triton returns the model's configuration.
    pub(crate) fn config(&self) -> String {
        format!("{}/config", self.model)
    }
}

/// Reads a path: `PREFIX/v2/models/NAME[/versions/VERSION]`, also with `/infer`, `/ready`, `/config` or a slash
/// after it. The parts stay as they are: a server may decode nothing.
pub(crate) fn of_path(path: &str) -> Found {
    const MODELS: &str = "/v2/models/";
    let path = path.strip_suffix('/').unwrap_or(path);
    if let Some((prefix, rest)) = path.rsplit_once(MODELS) {
        return model(prefix, rest);
    }
    let names_no_model = path.ends_with("/v2") || path.ends_with("/v2/models");
    // A deployment of the Deployment API can have any ID.
    if names_no_model && !path.ends_with("/deployment/v2") { Found::NoModel } else { Found::Other }
}

fn model(prefix: &str, rest: &str) -> Found {
    let mut parts: Vec<&str> = rest.split('/').collect();
    if let [_, "infer" | "ready" | "config"] | [_, "versions", _, "infer" | "ready" | "config"] = *parts {
        parts.pop();
    }
    let names = match *parts {
        [name] => [name, "1"],
        [name, "versions", version] => [name, version],
        _ => return Found::Other,
    };
    if names.iter().any(|name| matches!(*name, "" | "." | "..")) {
        return Found::NoModel;
    }
    let server = format!("{prefix}/v2");
    let model = format!("{server}/models/{}", parts.join("/"));
    Found::Model(Address { server, model })
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
                    assert_eq!(address.server(), format!("{prefix}/v2"));
                }
            }
        }
    }

    #[test]
    fn a_server_without_a_model_is_told_from_other_paths() {
        for path in
            ["/v2", "/v2/", "/a/v2", "/v2/models", "/v2/models/", "/v2/models//infer", "/v2/models/.."]
        {
            assert_eq!(of_path(path), Found::NoModel, "{path}");
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
            "/v2/models/m/generate",
            "/v2/models/m/forward",
            "/v2/models/m/version/1",
            "/v2/models/m/versions",
            "/v1/models/m",
        ] {
            assert_eq!(of_path(path), Found::Other, "{path}");
        }
    }
}
