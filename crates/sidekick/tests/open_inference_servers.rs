//! Servers of the Open Inference Protocol as they are met, scripted on raw sockets: those that take no bytes,
//! those that limit rows, and those that answer with status 200 what does not fit.

mod common;

use common::{Request, TOKEN, options, reply};
use sidekick::{Deployment, Error, ErrorKind, Options, Rows, Wire};
use std::io::Write;
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// A model of one number in and one out.
const METADATA: &str = concat!(
    r#"{"name":"m","versions":null,"platform":"","inputs":[{"name":"in","datatype":"FP32","shape":[-1]}],"#,
    r#""outputs":[{"name":"out","datatype":"FP64","shape":[-1]}]}"#
);

/// A scripted server's response to each request for a document, by its path; others are not found.
type Documents = &'static [(&'static str, &'static str)];

const PLAIN: Documents = &[("/v2/models/m", METADATA)];
const TRITON: Documents = &[
    ("/v2/models/m", METADATA),
    ("/v2", r#"{"name":"triton","extensions":["binary_tensor_data","model_configuration"]}"#),
    ("/v2/models/m/config", r#"{"name":"m","max_batch_size":3,"input":[{"name":"in","optional":true}]}"#),
];

/// A server that leaves every POST to `answer`. Returns the model's URL.
fn model(
    documents: Documents,
    answer: impl Fn(&Request, &mut TcpStream) -> bool + Send + Sync + 'static,
) -> String {
    let address = common::listen(move |stream| {
        serve_model(stream, documents, &answer);
    });
    format!("http://{address}/v2/models/m")
}

fn serve_model(
    mut stream: TcpStream,
    documents: Documents,
    answer: &impl Fn(&Request, &mut TcpStream) -> bool,
) {
    while let Some(request) = common::read_request(&mut stream) {
        let path = request.head[0].split(' ').nth(1).unwrap().to_owned();
        let goes_on = if request.is_post() {
            assert_eq!(path, "/v2/models/m/infer");
            answer(&request, &mut stream)
        } else {
            match documents.iter().find(|(known, _)| *known == path) {
                Some((_, document)) => reply(&mut stream, "200 OK", document),
                None => reply(&mut stream, "404 Not Found", r#"{"error":"no such path"}"#),
            }
        };
        if !goes_on {
            return;
        }
    }
}

/// The numbers of a request, and whether they came as bytes.
fn numbers(request: &Request) -> (Vec<f32>, bool) {
    let Some(length) = request.header("inference-header-content-length") else {
        assert_eq!(request.header("content-type"), Some("application/json"));
        let json: serde_json::Value = serde_json::from_str(&request.body).unwrap();
        let data = json["inputs"][0]["data"].as_array().unwrap();
        return (data.iter().map(|value| value.as_f64().unwrap() as f32).collect(), false);
    };
    assert_eq!(request.header("content-type"), Some("application/octet-stream"));
    let (_, bytes) = request.bytes.split_at(length.parse().unwrap());
    (bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect(), true)
}

fn id(request: &Request) -> String {
    let json = request.header("inference-header-content-length").map(|length| length.parse().unwrap());
    let json = &request.bytes[..json.unwrap_or(request.bytes.len())];
    let json: serde_json::Value = serde_json::from_slice(json).unwrap();
    assert_eq!(json["outputs"], serde_json::json!([{"name": "out", "parameters": {"binary_data": true}}]));
    json["id"].as_str().unwrap().to_owned()
}

/// Answers with twice the numbers, as bytes.
fn double_as_bytes(request: &Request, stream: &mut TcpStream) -> bool {
    let numbers = numbers(request).0;
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| (2.0 * f64::from(*number)).to_le_bytes()).collect();
    let json = format!(
        r#"{{"id":"{}","outputs":[{{"name":"out","datatype":"FP64","shape":[{}],{}"binary_data_size":{}}}}}]}}"#,
        id(request),
        numbers.len(),
        r#""parameters":{"#,
        bytes.len()
    );
    let head = format!(
        "HTTP/1.1 200 OK\r\nInference-Header-Content-Length: {}\r\nContent-Length: {}\r\n\r\n",
        json.len(),
        json.len() + bytes.len()
    );
    stream.write_all(&[head.as_bytes(), json.as_bytes(), &bytes].concat()).is_ok()
}

/// The same as JSON.
fn double_as_json(request: &Request, stream: &mut TcpStream) -> bool {
    let numbers = numbers(request).0;
    let data: Vec<String> = numbers.iter().map(|number| format!("{:?}", 2.0 * f64::from(*number))).collect();
    let json = format!(
        r#"{{"id":"{}","outputs":[{{"name":"out","datatype":"FP64","shape":[{},1],"data":[{}]}}]}}"#,
        id(request),
        numbers.len(),
        data.join(",")
    );
    reply(stream, "200 OK", &json)
}

fn rows(deployment: &Deployment, count: u32) -> Rows {
    let mut rows = deployment.rows();
    for number in 0..count {
        rows.add_number("in", f64::from(number) + 0.1).unwrap();
        rows.end_row().unwrap();
    }
    rows
}

fn doubled(deployment: &Deployment, count: u32) {
    let predictions = deployment.predict(&rows(deployment, count)).unwrap();
    let expected = (0..count).map(|number| 2.0 * f64::from((f64::from(number) + 0.1) as f32));
    assert_eq!(predictions.numbers("out").unwrap(), expected.collect::<Vec<_>>());
}

/// How many rows each request had, and whether they came as bytes.
type Seen = Arc<Mutex<Vec<(usize, bool)>>>;

/// A model, and the forms in which requests came, in their order.
fn recording(
    documents: Documents,
    answer: impl Fn(&Request, &mut TcpStream) -> bool + Send + Sync + 'static,
) -> (String, Seen) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let record = Arc::clone(&seen);
    let url = model(documents, move |request, stream| {
        let (numbers, binary) = numbers(request);
        record.lock().unwrap().push((numbers.len(), binary));
        answer(request, stream)
    });
    (url, seen)
}

#[test]
fn a_server_that_lists_it_gets_bytes_and_no_more_rows_than_fit() {
    let (url, seen) = recording(TRITON, double_as_bytes);
    let deployment = common::open(&url, &options());
    assert!(deployment.inputs().get(0).unwrap().is_optional());
    doubled(&deployment, 7);
    assert_eq!(*seen.lock().unwrap(), [(3, true), (3, true), (1, true)]);
}

#[test]
fn a_server_that_does_not_list_it_gets_json_until_it_answers_with_bytes() {
    let (url, seen) = recording(PLAIN, double_as_bytes);
    let mut options = options();
    options.set_batch_rows(2).unwrap();
    let deployment = common::open(&url, &options);
    doubled(&deployment, 5);
    assert_eq!(*seen.lock().unwrap(), [(2, false), (2, true), (1, true)]);

    let (url, seen) = recording(PLAIN, double_as_json);
    let deployment = common::open(&url, &options);
    doubled(&deployment, 3);
    doubled(&deployment, 1);
    assert_eq!(*seen.lock().unwrap(), [(2, false), (1, false), (1, false)]);
    let mut rows = rows(&deployment, 1);
    rows.add_number("in", f64::NAN).unwrap();
    rows.end_row().unwrap();
    let error = deployment.predict(&rows).err().unwrap();
    assert_eq!((error.kind(), error.row(), error.feature()), (ErrorKind::FeatureValue, Some(1), Some("in")));
    assert!(error.to_string().contains("NaN cannot be sent as JSON"), "{error}");
}

#[test]
fn the_form_can_be_chosen() {
    for (wire, documents, binary) in [(Wire::Binary, PLAIN, true), (Wire::Json, TRITON, false)] {
        let (url, seen) = recording(documents, |request, stream| {
            assert_eq!(request.body.contains("binary_data\":true"), numbers(request).1);
            let id = r#""id":"1""#;
            assert!(request.body.contains(id));
            let body =
                format!(r#"{{{id},"outputs":[{{"name":"out","datatype":"FP64","shape":[1],"data":[7]}}]}}"#);
            reply(stream, "200 OK", &body)
        });
        let mut options = options();
        options.set_wire(wire);
        let deployment = common::open(&url, &options);
        assert_eq!(deployment.predict(&rows(&deployment, 1)).unwrap().numbers("out").unwrap(), [7.0]);
        assert_eq!(*seen.lock().unwrap(), [(1, binary)]);
        assert_eq!(deployment.batch_limit(), if binary { None } else { Some(3) });
    }
}

#[test]
fn the_host_header_can_be_chosen() {
    let hosts = Arc::new(Mutex::new(Vec::new()));
    let record = Arc::clone(&hosts);
    let url = model(PLAIN, move |request, stream| {
        record.lock().unwrap().push(request.header("host").unwrap().to_owned());
        double_as_json(request, stream)
    });
    let mut options = options();
    options.set_host_header("m.models.example").unwrap();
    doubled(&common::open(&url, &options), 1);
    assert_eq!(*hosts.lock().unwrap(), ["m.models.example"]);
}

#[test]
fn without_a_token_there_is_no_authorization() {
    let heads = Arc::new(Mutex::new(Vec::new()));
    let record = Arc::clone(&heads);
    let url = model(PLAIN, move |request, stream| {
        record.lock().unwrap().push(request.header("authorization").map(str::to_owned));
        double_as_json(request, stream)
    });
    doubled(&Deployment::open(&url, "", &options()).unwrap(), 1);
    doubled(&Deployment::open(&url, TOKEN, &options()).unwrap(), 1);
    assert_eq!(*heads.lock().unwrap(), [None, Some(format!("Bearer {TOKEN}"))]);
    // Then no token can be read on the way either. The address is reserved for documentation (RFC 5737).
    let mut quick = options();
    quick.set_connect_timeout(std::time::Duration::from_millis(50));
    let error = |token: &str| Deployment::open("http://192.0.2.1/v2/models/m", token, &quick).unwrap_err();
    assert_eq!(error(TOKEN).kind(), ErrorKind::Argument);
    assert_ne!(error("").kind(), ErrorKind::Argument);
    // The Deployment API always has one.
    let error = Deployment::open("http://127.0.0.1/deployment/x/forward", "", &quick).unwrap_err();
    assert!(error.to_string().contains("the token is empty"), "{error}");
}

fn refused(
    documents: Documents,
    options: &Options,
    status: &'static str,
    body: &'static str,
) -> (Error, usize) {
    let requests = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&requests);
    let url = model(documents, move |_, stream| {
        count.fetch_add(1, Ordering::Relaxed);
        reply(stream, status, body)
    });
    let deployment = common::open(&url, options);
    let error = deployment.predict(&rows(&deployment, 2)).err().expect("the call fails");
    (error, requests.load(Ordering::Relaxed))
}

#[test]
fn a_500_is_not_sent_again_and_a_503_is() {
    let (error, requests) = refused(PLAIN, &options(), "500 Internal Server Error", "Internal Server Error");
    assert_eq!((error.kind(), error.http_status(), requests), (ErrorKind::Http, Some(500), 1));
    let (error, requests) = refused(PLAIN, &options(), "503 Service Unavailable", r#"{"error":"not ready"}"#);
    assert_eq!((error.kind(), error.http_status()), (ErrorKind::Server, Some(503)));
    assert_eq!((requests, error.attempts()), (3, 3));
    let body = r#"{"detail":[{"loc":["body","inputs"],"msg":"field required"}]}"#;
    let (error, _) = refused(PLAIN, &options(), "422 Unprocessable Entity", body);
    assert_eq!(error.server_message(), Some("body.inputs: field required"));
}

#[test]
fn a_connection_that_carried_a_500_is_not_kept() {
    let connections = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&connections);
    let address = common::listen(move |stream| {
        count.fetch_add(1, Ordering::Relaxed);
        let posts = AtomicUsize::new(0);
        serve_model(stream, PLAIN, &|request: &Request, stream: &mut TcpStream| {
            // The second request on a connection comes after a good one.
            match posts.fetch_add(1, Ordering::Relaxed) {
                1 => reply(stream, "500 Internal Server Error", "broken"),
                _ => double_as_json(request, stream),
            }
        });
    });
    let deployment = common::open(&format!("http://{address}/v2/models/m"), &options());
    doubled(&deployment, 1);
    assert!(deployment.predict(&rows(&deployment, 1)).is_err());
    doubled(&deployment, 1);
    assert_eq!(connections.load(Ordering::Relaxed), 2);
}

#[test]
fn bad_rows_are_isolated() {
    let url = model(PLAIN, |request, stream| {
        let has_bad = numbers(request).0.iter().any(|number| (2.0..3.0).contains(number));
        match has_bad {
            true => reply(stream, "400 Bad Request", r#"{"error":"a bad row"}"#),
            false => double_as_json(request, stream),
        }
    });
    let mut options = options();
    options.set_isolate_bad_rows(true);
    let deployment = common::open(&url, &options);
    let predictions = deployment.predict(&rows(&deployment, 6)).unwrap();
    assert_eq!(predictions.len(), 5);
    let [failure] = predictions.failures() else { panic!() };
    assert_eq!((failure.row(), failure.server_message()), (Some(2), Some("a bad row")));
}

#[test]
fn what_does_not_fit_is_refused_with_status_200_too() {
    for (body, kind, said) in [
        ("", ErrorKind::ReplyMalformed, ""),
        ("<html>", ErrorKind::ReplyMalformed, ""),
        (r#"{"error":"broken"}"#, ErrorKind::Server, "a good status, but an error: broken"),
        (r#"{"outputs":[]}"#, ErrorKind::ReplyOutput, "feature \"out\": is not in the response"),
        (
            r#"{"outputs":[{"name":"out","datatype":"FP32","shape":[2],"data":[1,2]}]}"#,
            ErrorKind::ReplyType,
            "feature \"out\": is FP64, and FP32 came back",
        ),
        (
            r#"{"outputs":[{"name":"out","datatype":"FP64","shape":[1],"data":[1]}]}"#,
            ErrorKind::ReplyRows,
            "2 rows were sent, and the shape [1] came back",
        ),
        (
            r#"{"outputs":[{"name":"out","datatype":"FP64","shape":[2,3],"data":[1,2,3,4,5,6]}]}"#,
            ErrorKind::ReplyShape,
            "",
        ),
        (
            r#"{"outputs":[{"name":"out","datatype":"FP64","shape":[2],"data":[1,"2"]}]}"#,
            ErrorKind::ReplyType,
            "row 1: feature \"out\": expected a number, found text",
        ),
        (r#"{"id":"other","outputs":[]}"#, ErrorKind::ReplyMalformed, "answers the request \"other\""),
    ] {
        let (error, _) = refused(PLAIN, &options(), "200 OK", body);
        assert_eq!(error.kind(), kind, "{body}: {error}");
        assert!(error.to_string().contains(said), "{error}");
        assert_eq!(error.http_status(), Some(200));
    }
}

/// A huge output is declared: room for it is made before the first request.
#[test]
fn without_memory_the_output_is_named() {
    const HUGE: &str = concat!(
        r#"{"inputs":[{"name":"in","datatype":"FP32","shape":[-1]}],"#,
        r#""outputs":[{"name":"out","datatype":"FP64","shape":[-1,1000000000,1000000000]}]}"#
    );
    let url = model(&[("/v2/models/m", HUGE)], |_, stream| reply(stream, "200 OK", "{}"));
    let deployment = common::open(&url, &options());
    let error = deployment.predict(&rows(&deployment, 2)).err().unwrap();
    assert_eq!((error.kind(), error.feature()), (ErrorKind::Memory, Some("out")), "{error}");
}

#[test]
fn the_token_is_in_no_message() {
    for body in [
        r#"{"error":"the token s3cret is wrong"}"#,
        r#"{"detail":"Bearer s3cret"}"#,
        "s3cret",
        r#"{"outputs":[{"name":"s3cret"},{"name":"out","datatype":"s3cret","shape":[1]}]}"#,
    ] {
        for status in ["401 Unauthorized", "200 OK"] {
            let (error, _) = refused(PLAIN, &options(), status, body);
            assert!(!common::shown(&error).contains(TOKEN), "{}", common::shown(&error));
        }
    }
}

const HALF: &str = concat!(
    r#"{"name":"m","inputs":[{"name":"in","datatype":"FP16","shape":[-1]}],"#,
    r#""outputs":[{"name":"out","datatype":"FP16","shape":[-1]}]}"#
);

/// Answers as a server that takes JSON alone.
fn answer_json_alone(request: &Request, stream: &mut TcpStream) -> bool {
    if request.header("inference-header-content-length").is_some() {
        return reply(stream, "500 Internal Server Error", "Internal Server Error");
    }
    let json = r#"{"outputs":[{"name":"out","datatype":"FP16","shape":[1],"data":[0.0999755859375]}]}"#;
    reply(stream, "200 OK", json)
}

#[test]
fn sixteen_bit_floats_go_to_mlserver_as_json() {
    const MLSERVER: Documents =
        &[("/v2/models/m", HALF), ("/v2", r#"{"name":"mlserver","version":"1.7.1","extensions":[]}"#)];
    const OTHER: Documents = &[("/v2/models/m", HALF), ("/v2", r#"{"name":"mine","extensions":[]}"#)];
    let deployment = common::open(&model(MLSERVER, answer_json_alone), &options());
    let found = deployment.predict(&rows(&deployment, 1)).unwrap();
    assert_eq!(found.numbers("out").unwrap(), [0.0999755859375]);

    // Of another server it is not known. Its error says what to set.
    let url = model(OTHER, answer_json_alone);
    let deployment = common::open(&url, &options());
    let error = deployment.predict(&rows(&deployment, 1)).err().unwrap();
    assert_eq!((error.kind(), error.http_status()), (ErrorKind::Http, Some(500)));
    assert!(error.to_string().ends_with("set the option wire to JSON if it does not"), "{error}");
    let mut json = options();
    json.set_wire(Wire::Json);
    let deployment = common::open(&url, &json);
    assert_eq!(deployment.predict(&rows(&deployment, 1)).unwrap().numbers("out").unwrap(), [0.0999755859375]);
    for (wire, status) in [(Wire::Binary, "500 Internal Server Error"), (Wire::Auto, "404 Not Found")] {
        let mut chosen = options();
        chosen.set_wire(wire);
        let url = model(OTHER, move |_, stream| reply(stream, status, "no"));
        let deployment = common::open(&url, &chosen);
        let error = deployment.predict(&rows(&deployment, 1)).err().unwrap().to_string();
        assert!(!error.contains("wire"), "{error}");
    }
}
