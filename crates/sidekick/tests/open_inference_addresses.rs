//! Which protocol a URL means, where the documents of a model are, and what was found: on raw sockets.

mod common;

use common::{TOKEN, options, reply};
use sidekick::{Deployment, Error, ErrorKind, NulString, Options, ProtocolKind};
use std::sync::{Arc, Mutex};

const METADATA: &str = concat!(
    r#"{"name":"m","versions":["7"],"inputs":[{"name":"in","datatype":"FP32","shape":[-1]}],"#,
    r#""outputs":[{"name":"out","datatype":"FP64","shape":[-1]}]}"#
);
const TWO_VERSIONS: &str = concat!(
    r#"{"versions":["1","2"],"inputs":[{"name":"in","datatype":"FP32","shape":[-1]}],"#,
    r#""outputs":[{"name":"out","datatype":"FP64","shape":[-1]}]}"#
);
const ANSWER: &str = r#"{"id":"1","outputs":[{"name":"out","datatype":"FP64","shape":[1],"data":[7]}]}"#;

/// The first line of each request, without the HTTP version.
type Asked = Arc<Mutex<Vec<String>>>;

/// A server that answers these requests, such as `GET /v2`, with these bodies, and others with 404.
fn serve(documents: &'static [(&'static str, &'static str)]) -> (String, Asked) {
    let asked = Asked::default();
    let record = Arc::clone(&asked);
    let address = common::listen(move |mut stream| {
        while let Some(request) = common::read_request(&mut stream) {
            let line = request.head[0].trim_end_matches(" HTTP/1.1").to_owned();
            let document = documents.iter().find(|(known, _)| *known == line);
            record.lock().unwrap().push(line);
            match document {
                Some((_, document)) => reply(&mut stream, "200 OK", document),
                None => reply(&mut stream, "404 Not Found", r#"{"error":"no such path"}"#),
            };
        }
    });
    (format!("http://{address}"), asked)
}

fn chosen(protocol: ProtocolKind) -> Options {
    let mut options = options();
    options.set_protocol(Some(protocol));
    options
}

fn refused(url: &str, options: &Options) -> Error {
    Deployment::open(url, TOKEN, options).unwrap_err()
}

#[test]
fn any_url_can_be_that_of_a_model() {
    let (base, asked) = serve(&[("GET /team/iris", METADATA), ("POST /team/iris/infer", ANSWER)]);
    let options = chosen(ProtocolKind::OpenInference);
    for end in ["", "/", "/infer", "/ready", "/config"] {
        asked.lock().unwrap().clear();
        let deployment = common::open(&format!("{base}/team/iris{end}"), &options);
        assert_eq!(deployment.protocol(), ProtocolKind::OpenInference);
        let mut rows = deployment.rows();
        rows.add_number("in", 1.0).unwrap();
        rows.end_row().unwrap();
        assert_eq!(deployment.predict(&rows).unwrap().number("out", 0).unwrap(), 7.0);
        // Where the server's own document would be is not known.
        assert_eq!(*asked.lock().unwrap(), ["GET /team/iris", "POST /team/iris/infer"]);
    }
    // Without the option it is a deployment's.
    assert_eq!(refused(&format!("{base}/team/iris"), &common::options()).kind(), ErrorKind::Http);
    assert!(asked.lock().unwrap().contains(&"GET /team/openapi.json".to_owned()));
}

#[test]
fn a_deployment_can_have_the_url_of_a_model() {
    let (base, asked) = serve(&[("GET /v2/models/openapi.json", common::DESCRIBE)]);
    let options = chosen(ProtocolKind::DeploymentApi);
    let deployment = common::open(&format!("{base}/v2/models/m"), &options);
    assert_eq!((deployment.protocol(), deployment.model_version()), (ProtocolKind::DeploymentApi, None));
    assert_eq!(*asked.lock().unwrap(), ["GET /v2/models/openapi.json"]);
    assert_eq!(refused(&format!("{base}/v2"), &options).kind(), ErrorKind::Http);
    assert_eq!(asked.lock().unwrap().last().unwrap(), "GET /openapi.json");
}

#[test]
fn the_version_is_the_urls_or_the_only_one() {
    let (base, _) = serve(&[
        ("GET /v2/models/m", METADATA),
        ("GET /v2/models/m/versions/v%201", METADATA),
        ("GET /v2/models/two", TWO_VERSIONS),
    ]);
    for (model, version) in [("m", Some("7")), ("m/versions/v%201", Some("v%201")), ("two", None)] {
        let deployment = common::open(&format!("{base}/v2/models/{model}"), &options());
        assert_eq!(deployment.model_version().map(NulString::as_str), version, "{model}");
    }
}

#[test]
fn a_path_below_a_model_is_refused() {
    let (base, asked) = serve(&[]);
    for end in ["stats", "generate", "version/1", "forward"] {
        let error = refused(&format!("{base}/v2/models/m/{end}"), &options());
        assert_eq!(error.kind(), ErrorKind::Argument);
        assert!(error.to_string().contains("/v2/models/NAME[/versions/VERSION]; remove"), "{error}");
    }
    assert!(asked.lock().unwrap().is_empty());
}

const ASKS: &str = "names no model of its server; open .../v2/models/NAME";

#[test]
fn the_models_of_a_server_are_named() {
    let (base, asked) = serve(&[(
        "POST /a/v2/repository/index",
        r#"[{"name":"m","version":"1","state":"READY"},{"name":"n","state":"UNAVAILABLE"}]"#,
    )]);
    for path in ["/a/v2", "/a/v2/", "/a/v2/models", "/a/v2/models/"] {
        let error = refused(&format!("{base}{path}"), &options());
        assert_eq!(error.kind(), ErrorKind::Argument);
        let said = format!("{ASKS}; its models are \"m\", \"n\" (UNAVAILABLE)");
        assert!(error.to_string().ends_with(&said), "{error}");
    }
    assert!(asked.lock().unwrap().iter().all(|line| line == "POST /a/v2/repository/index"));
    let (base, asked) = serve(&[("GET /v2/models", r#"{"models":["iris"]}"#)]);
    let error = refused(&format!("{base}/v2"), &options());
    assert!(error.to_string().ends_with("; its models are \"iris\""), "{error}");
    assert_eq!(*asked.lock().unwrap(), ["POST /v2/repository/index", "GET /v2/models"]);
}

#[test]
fn a_server_that_lists_none_is_fine() {
    for documents in [
        &[][..],
        &[("POST /v2/repository/index", "<html>"), ("GET /v2/models", "")],
        &[("POST /v2/repository/index", "[]"), ("GET /v2/models", r#"{"models":[]}"#)],
    ] {
        let (base, _) = serve(documents);
        let error = refused(&format!("{base}/v2"), &options());
        assert_eq!(error.kind(), ErrorKind::Argument);
        assert!(error.to_string().ends_with(ASKS), "{error}");
    }
    // Nobody is there.
    let mut options = options();
    options.set_retries(0);
    let error = refused("http://127.0.0.1:1/v2", &options);
    assert!(error.kind() == ErrorKind::Argument && error.to_string().ends_with(ASKS), "{error}");
    // The token is in no message.
    let (base, _) = serve(&[("POST /v2/repository/index", r#"["s3cret"]"#)]);
    let shown = common::shown(&refused(&format!("{base}/v2"), &common::options()));
    assert!(!shown.contains(TOKEN), "{shown}");
}
