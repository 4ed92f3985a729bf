//! Every tensor a model can have, on scripted servers: exact integers, bytes, and sizes that are free.

mod common;

use common::{Request, TOKEN, options, reply};
use serde_json::{Value, json};
use sidekick::{Deployment, ErrorKind, Options};
use std::io::Write;
use std::net::TcpStream;

/// A request, taken apart.
struct Asked {
    json: Value,
    /// What follows the JSON.
    bytes: Vec<u8>,
}

impl Asked {
    fn of(request: &Request) -> Asked {
        let length = request.header("inference-header-content-length").map(|length| length.parse().unwrap());
        let (json, bytes) = request.bytes.split_at(length.unwrap_or(request.bytes.len()));
        Asked { json: serde_json::from_slice(json).unwrap(), bytes: bytes.to_vec() }
    }
}

/// A server of one model that answers each request with these outputs, and bytes behind them.
fn model(metadata: Value, answer: impl Fn(&Asked) -> (Value, Vec<u8>) + Send + Sync + 'static) -> String {
    let address = common::listen(move |mut stream| {
        while let Some(request) = common::read_request(&mut stream) {
            let path = request.head[0].split(' ').nth(1).unwrap();
            let goes_on = match path {
                "/v2/models/m/infer" => respond(&mut stream, &Asked::of(&request), &answer),
                "/v2/models/m" => reply(&mut stream, "200 OK", &metadata.to_string()),
                "/v2" => reply(&mut stream, "200 OK", r#"{"extensions":["binary_tensor_data"]}"#),
                _ => reply(&mut stream, "404 Not Found", "{}"),
            };
            if !goes_on {
                return;
            }
        }
    });
    format!("http://{address}/v2/models/m")
}

fn respond(stream: &mut TcpStream, asked: &Asked, answer: &impl Fn(&Asked) -> (Value, Vec<u8>)) -> bool {
    let (outputs, bytes) = answer(asked);
    let json = json!({"id": asked.json["id"], "outputs": outputs}).to_string();
    let length = match bytes.is_empty() {
        true => String::new(),
        false => format!("Inference-Header-Content-Length: {}\r\n", json.len()),
    };
    let head = format!("HTTP/1.1 200 OK\r\n{length}Content-Length: {}\r\n\r\n", json.len() + bytes.len());
    stream.write_all(&[head.as_bytes(), json.as_bytes(), &bytes].concat()).is_ok()
}

fn tensor(name: &str, datatype: &str, shape: &[i64]) -> Value {
    json!({"name": name, "datatype": datatype, "shape": shape})
}

/// An output that follows the JSON.
fn binary(name: &str, datatype: &str, shape: &[usize], bytes: usize) -> Value {
    json!({"name": name, "datatype": datatype, "shape": shape, "parameters": {"binary_data_size": bytes}})
}

fn open_with(url: &str, options: &Options) -> Deployment {
    Deployment::open(url, TOKEN, options).unwrap()
}

fn open(url: &str) -> Deployment {
    open_with(url, &options())
}

#[test]
fn integers_are_exact() {
    let counts = [u64::MAX, 1 << 63, i64::MAX as u64, (1 << 53) + 1];
    let url = model(
        json!({"inputs": [tensor("x", "FP64", &[-1])], "outputs": [
            tensor("count", "UINT64", &[-1]), tensor("same", "FP64", &[-1, 1]), tensor("pair", "INT8", &[-1, 2])
        ]}),
        move |asked| {
            let counts: Vec<u8> = counts.iter().flat_map(|count| count.to_le_bytes()).collect();
            let outputs = json!([
                binary("count", "UINT64", &[4], 32),
                binary("same", "FP64", &[4, 1], 32),
                binary("pair", "INT8", &[4, 2], 8)
            ]);
            (outputs, [&counts, &asked.bytes, &[0; 8][..]].concat())
        },
    );
    let deployment = open(&url);
    let mut rows = deployment.rows();
    for number in [-9_223_372_036_854_775_808.0, 9_223_372_036_854_775_808.0, 1.5, f64::NAN] {
        rows.add_number("x", number).unwrap();
        rows.end_row().unwrap();
    }
    let predictions = deployment.predict(&rows).unwrap();
    assert_eq!(predictions.integer("count", 2).unwrap(), i64::MAX);
    assert_eq!(predictions.integer("count", 3).unwrap(), (1 << 53) + 1);
    assert_eq!(predictions.integer("same", 0).unwrap(), i64::MIN);
    let refused = |output: &str, row| predictions.integer(output, row).unwrap_err();
    for (output, row, said) in [
        ("count", 0, "18446744073709551615 is beyond a signed 64-bit integer"),
        ("count", 1, "9223372036854775808 is beyond a signed 64-bit integer"),
        ("same", 1, "9223372036854775808 is beyond a signed 64-bit integer"),
        ("same", 2, "1.5 is not an integer"),
        ("same", 3, "NaN is not an integer"),
    ] {
        let error = refused(output, row);
        assert_eq!(
            (error.kind(), error.row(), error.feature()),
            (ErrorKind::FeatureValue, Some(row), Some(output))
        );
        assert!(error.to_string().ends_with(said), "{error}");
    }
    assert_eq!(refused("pair", 0).kind(), ErrorKind::FeatureType);
    assert_eq!(refused("count", 4).kind(), ErrorKind::Argument);
}
