//! Every tensor a model can have, on scripted servers: exact integers, bytes, and sizes that are free.

mod common;

use common::{Request, TOKEN, options, reply};
use serde_json::{Value, json};
use sidekick::{
    Array, DType, Deployment, ErrorKind, FeatureType, InputColumn, InputPieces, Options, Predictions,
    SIZE_ANY, Wire,
};
use std::io::Write;
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

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

#[test]
fn bytes_are_base64_in_json_if_the_metadata_says_so() {
    let like_mlserver = |name: &str| json!({"name": name, "datatype": "BYTES", "shape": [-1, 1], "parameters": {"content_type": "base64"}});
    let metadata =
        json!({"inputs": [like_mlserver("x")], "outputs": [like_mlserver("x_out"), like_mlserver("text")]});
    let url = model(metadata, |asked| {
        let sent = &asked.json["inputs"][0];
        assert_eq!(
            (&sent["parameters"], &sent["data"]),
            (&json!({"content_type": "base64"}), &json!(["/wA=", ""]))
        );
        let output = |name, parameters, data| json!({"name": name, "datatype": "BYTES", "shape": [2, 1], "parameters": parameters, "data": data});
        // What a response says of itself counts, or else what the metadata says.
        let text = output("text", json!({"content_type": "str"}), json!(["/wA=", "b"]));
        (json!([output("x_out", Value::Null, sent["data"].clone()), text]), vec![])
    });
    let mut options = options();
    options.set_wire(Wire::Json);
    let description = r#"{"inputs": [{"name": "x", "type": "bytes"}],
        "outputs": [{"name": "x_out", "type": "bytes"}, {"name": "text"}]}"#;
    options.set_model_description(description).unwrap();
    let deployment = open_with(&url, &options);
    assert_eq!(deployment.inputs().get(0).unwrap().feature_type(), FeatureType::Bytes);
    let mut rows = deployment.rows();
    let values: InputPieces = [&b"\xff\0"[..], b""].iter().collect();
    rows.add_columns(2, &[("x", values.column())]).unwrap();
    let predictions = deployment.predict(&rows).unwrap();
    assert_eq!(predictions.bytes_column("x_out").unwrap(), (&b"\xff\0"[..], &[2, 2][..]));
    assert_eq!(predictions.text("text", 0).unwrap(), "/wA=");
}

#[test]
fn bytes_that_are_not_text_need_a_wire_of_bytes() {
    let metadata =
        json!({"inputs": [tensor("x", "BYTES", &[-1])], "outputs": [tensor("x_out", "BYTES", &[-1])]});
    let url = model(metadata, |_| panic!("nothing is sent"));
    let mut options = options();
    options.set_wire(Wire::Json);
    options.set_model_description(r#"{"inputs": [{"name": "x", "type": "bytes"}]}"#).unwrap();
    let deployment = open_with(&url, &options);
    let mut rows = deployment.rows();
    rows.add_bytes("x", b"\xff").unwrap();
    rows.end_row().unwrap();
    let error = deployment.predict(&rows).err().unwrap();
    assert_eq!((error.kind(), error.row(), error.feature()), (ErrorKind::FeatureValue, Some(0), Some("x")));
    assert!(error.to_string().contains("bytes that are not UTF-8 cannot be sent as JSON"), "{error}");
    assert!(error.to_string().contains("see the option wire"), "{error}");
}

/// A model that returns its input `x` of these shapes as `x_out`, and counts the requests.
fn passing(shape: &[i64], shapes: Arc<Mutex<Vec<Value>>>) -> String {
    let metadata =
        json!({"inputs": [tensor("x", "FP32", shape)], "outputs": [tensor("x_out", "FP32", shape)]});
    model(metadata, move |asked| {
        let sent = &asked.json["inputs"][0];
        shapes.lock().unwrap().push(sent["shape"].clone());
        let mut output = sent.clone();
        output["name"] = json!("x_out");
        (json!([output]), asked.bytes.clone())
    })
}

#[test]
fn rows_of_different_shapes_are_sent_apart_and_come_back_in_order() {
    let shapes = Arc::new(Mutex::new(Vec::new()));
    let url = passing(&[-1, -1, 2], Arc::clone(&shapes));
    for (in_flight, batch_rows) in [(1, 3), (3, 2)] {
        let mut options = options();
        options.set_max_in_flight(in_flight).unwrap();
        options.set_batch_rows(batch_rows).unwrap();
        let deployment = open_with(&url, &options);
        let spec = deployment.inputs().get(0).unwrap();
        assert_eq!((spec.shape(), spec.element_count()), (&[SIZE_ANY, 2][..], None));
        let lengths = [1, 1, 1, 1, 3, 0, 0, 2];
        let mut rows = deployment.rows();
        for (row, length) in lengths.into_iter().enumerate() {
            let values = vec![row as f32; length * 2];
            rows.add_array("x", &Array::of(&[length, 2], &values).unwrap()).unwrap();
            rows.end_row().unwrap();
        }
        let error = rows.add_array("x", &Array::of(&[2], &[1.0, 2.0]).unwrap()).unwrap_err();
        assert!(error.to_string().ends_with("expected an array of shape [-1, 2], got [2]"), "{error}");
        rows.add_columns(2, &[("x", InputColumn::of(&[8f32; 12]))]).unwrap();
        let predictions = deployment.predict(&rows).unwrap();
        check(&predictions, &lengths);
        assert_eq!(predictions.row_shape("x_out", 9).unwrap(), [3, 2]);
        if in_flight == 1 {
            let asked = std::mem::take(&mut *shapes.lock().unwrap());
            let expected = json!([[3, 1, 2], [1, 1, 2], [1, 3, 2], [2, 0, 2], [1, 2, 2], [2, 3, 2]]);
            assert_eq!(Value::from(asked), expected);
        }
        let mut stream = deployment.stream().unwrap();
        stream.push(&rows).unwrap();
        let mut found = Vec::new();
        while let Some(predictions) = stream.next().unwrap() {
            found.extend((0..predictions.len()).map(|row| predictions.row_shape(0, row).unwrap().to_vec()));
        }
        assert_eq!(found[3..6], [[1, 2], [3, 2], [0, 2]]);
        assert_eq!(found.len(), 10);
    }
}

fn check(predictions: &Predictions, lengths: &[usize]) {
    for (row, &length) in lengths.iter().enumerate() {
        assert_eq!(predictions.row_shape("x_out", row).unwrap(), [length, 2]);
        assert_eq!(predictions.array("x_out", row).unwrap(), vec![row as f32; length * 2]);
        assert_eq!(predictions.elements("x_out", row).unwrap().1.len(), length * 8);
        let mut doubles = vec![0; length * 16];
        predictions.copy_array("x_out", row, DType::F64, &mut doubles).unwrap();
        assert!(doubles.as_chunks().0.iter().all(|double| f64::from_ne_bytes(*double) == row as f64));
    }
    let elements: usize = lengths.iter().sum::<usize>() * 2 + 12;
    assert_eq!(predictions.arrays("x_out").unwrap().len(), elements);
    assert_eq!(predictions.elements_column("x_out").unwrap(), (DType::F32, &*all_bytes(lengths)));
    let last = lengths.len() + 2;
    for error in [
        predictions.row_shape("x_out", last).unwrap_err(),
        predictions.array("x_out", last).unwrap_err(),
        predictions.elements("x_out", last).unwrap_err(),
        predictions.copy_array("x_out", last, DType::F32, &mut []).unwrap_err(),
        predictions.copy_array("x_out", 0, DType::F32, &mut [0; 4]).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Argument, "{error}");
    }
}

fn all_bytes(lengths: &[usize]) -> Vec<u8> {
    let rows = lengths.iter().enumerate().flat_map(|(row, length)| vec![row as f32; length * 2]);
    rows.chain([8f32; 12]).flat_map(f32::to_ne_bytes).collect()
}

#[test]
fn a_model_without_an_axis_for_rows_has_free_sizes_too() {
    let shapes = Arc::new(Mutex::new(Vec::new()));
    let url = passing(&[-1], Arc::clone(&shapes));
    let mut options = options();
    options.set_model_description(r#"{"batch_axis": null}"#).unwrap();
    let deployment = open_with(&url, &options);
    assert_eq!(
        (deployment.batch_limit(), deployment.inputs().get(0).unwrap().shape()),
        (Some(1), &[SIZE_ANY][..])
    );
    let mut rows = deployment.rows();
    rows.add_columns(2, &[("x", InputColumn::Arrays { dtype: DType::F32, bytes: &[0; 24], shape: &[3] })])
        .unwrap();
    rows.add_array(0, &Array::of(&[1], &[5f32]).unwrap()).unwrap();
    rows.end_row().unwrap();
    let predictions = deployment.predict(&rows).unwrap();
    assert_eq!(predictions.array(0, 2).unwrap(), [5.0]);
    assert_eq!(predictions.row_shape(0, 1).unwrap(), [3]);
    assert_eq!(Value::from(shapes.lock().unwrap().clone()), json!([[3], [3], [1]]));
}

#[test]
fn a_row_may_lack_an_input_of_any_size() {
    let metadata = json!({
        "inputs": [tensor("x", "FP32", &[-1, -1]), tensor("n", "INT32", &[-1])],
        "outputs": [tensor("size", "INT64", &[-1])]
    });
    let url = model(metadata, |asked| {
        let inputs = asked.json["inputs"].as_array().unwrap();
        let x = inputs.iter().find(|input| input["name"] == "x");
        let rows = inputs.last().unwrap()["shape"][0].as_u64().unwrap();
        let size = x.map_or(-1, |x| x["shape"][1].as_i64().unwrap());
        (
            json!([{"name": "size", "datatype": "INT64", "shape": [rows], "data": vec![size; rows as usize]}]),
            vec![],
        )
    });
    let mut options = options();
    options.set_model_description(r#"{"inputs": [{"name": "x", "optional": true}]}"#).unwrap();
    let deployment = open_with(&url, &options);
    let mut rows = deployment.rows();
    for size in [2, 2, -1, 0, -1, -1, 2] {
        if let Ok(size) = usize::try_from(size) {
            rows.add_array("x", &Array::of(&[size], &vec![0f32; size]).unwrap()).unwrap();
        }
        rows.add_integer("n", 0).unwrap();
        rows.end_row().unwrap();
    }
    let predictions = deployment.predict(&rows).unwrap();
    assert_eq!(predictions.numbers("size").unwrap(), [2.0, 2.0, -1.0, 0.0, -1.0, -1.0, 2.0]);
}

/// The message of a model that is refused.
fn refused(metadata: &Value) -> String {
    let url = model(metadata.clone(), |_| (json!([]), vec![]));
    let error = Deployment::open(&url, TOKEN, &options()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Describe);
    error.to_string()
}

fn described(description: &str) -> Options {
    let mut options = options();
    options.set_model_description(description).unwrap();
    options
}

#[test]
fn an_output_without_the_axis_of_the_rows_needs_a_description() {
    let metadata = json!({
        "inputs": [tensor("x", "FP32", &[-1, 2])],
        "outputs": [tensor("mean", "FP32", &[2]), tensor("first", "FP32", &[-1])]
    });
    let text = refused(&metadata);
    assert!(text.contains("the output \"mean\" has the shape [2], without an axis for rows"), "{text}");
    assert!(
        text.contains("set batch_axis to null for one row a request, or list the other outputs"),
        "{text}"
    );
    let url = model(metadata, |asked| {
        let rows = asked.json["inputs"][0]["shape"][0].as_u64().unwrap();
        let first =
            json!({"name": "first", "datatype": "FP32", "shape": [rows], "data": vec![1; rows as usize]});
        (json!([{"name": "mean", "datatype": "FP32", "shape": [2], "data": [0.5, rows]}, first]), vec![])
    });
    // A row is a whole tensor.
    let deployment = open_with(&url, &described(r#"{"batch_axis": null}"#));
    let mut rows = deployment.rows();
    for length in [1, 3] {
        rows.add_array("x", &Array::of(&[length, 2], &vec![0f32; length * 2]).unwrap()).unwrap();
        rows.end_row().unwrap();
    }
    let predictions = deployment.predict(&rows).unwrap();
    assert_eq!(predictions.arrays("mean").unwrap(), [0.5, 1.0, 0.5, 3.0]);
    assert_eq!(predictions.row_shape("first", 1).unwrap(), [3]);
    // Or the output is left out.
    let deployment = open_with(&url, &described(r#"{"outputs": [{"name": "first"}]}"#));
    let mut rows = deployment.rows();
    rows.add_columns(3, &[("x", InputColumn::of(&[0f32; 6]))]).unwrap();
    assert_eq!(deployment.predict(&rows).unwrap().numbers("first").unwrap(), [1.0; 3]);
}

#[test]
fn inputs_with_and_without_the_axis_need_a_description() {
    let metadata = json!({
        "inputs": [tensor("x", "FP32", &[-1]), tensor("weights", "FP32", &[2])],
        "outputs": [tensor("y", "INT64", &[1])]
    });
    let text = refused(&metadata);
    assert!(
        text.contains(r#"the input "x" has an axis for rows (-1 first), and "weights" has the shape [2]"#),
        "{text}"
    );
    assert!(
        text.contains("; set batch_axis in a model description: to null for one row a request, or to 0 if"),
        "{text}"
    );
    let url = model(metadata, |asked| {
        assert_eq!(asked.json["inputs"][1]["shape"], json!([2]));
        let size = asked.json["inputs"][0]["shape"][0].clone();
        (json!([{"name": "y", "datatype": "INT64", "shape": [1], "data": [size]}]), vec![])
    });
    let deployment = open_with(&url, &described(r#"{"batch_axis": null}"#));
    let mut rows = deployment.rows();
    for size in [4, 0] {
        rows.add_array("x", &Array::of(&[size], &vec![0f32; size]).unwrap()).unwrap();
        rows.add_array("weights", &Array::of(&[2], &[0.5f32, 0.5]).unwrap()).unwrap();
        rows.end_row().unwrap();
    }
    assert_eq!(deployment.predict(&rows).unwrap().numbers("y").unwrap(), [4.0, 0.0]);
}

#[test]
fn an_output_of_several_texts_a_row_can_be_left_out() {
    let metadata = json!({
        "inputs": [tensor("x", "FP32", &[-1])],
        "outputs": [tensor("words", "BYTES", &[-1, -1]), tensor("y", "FP32", &[-1])]
    });
    let text = refused(&metadata);
    assert!(
        text.contains(
            r#"the output "words" has the shape [-1, -1]: BYTES are supported with one element a row; "#
        ),
        "{text}"
    );
    assert!(text.ends_with("list the other outputs in a model description"), "{text}");
    let url = model(metadata, |asked| {
        assert_eq!(asked.json["outputs"].as_array().unwrap().len(), 1);
        let words = json!({"name": "words", "datatype": "BYTES", "shape": [1, 2], "data": ["a", "b"]});
        (json!([words, {"name": "y", "datatype": "FP32", "shape": [1], "data": [2]}]), vec![])
    });
    let deployment = open_with(&url, &described(r#"{"outputs": [{"name": "y"}]}"#));
    let mut rows = deployment.rows();
    rows.add_number("x", 1.0).unwrap();
    rows.end_row().unwrap();
    assert_eq!(deployment.predict(&rows).unwrap().number("y", 0).unwrap(), 2.0);
}
