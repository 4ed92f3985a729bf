//! Models at the limits of what metadata and descriptions can say, on scripted servers.

mod common;

use common::{TOKEN, options, reply};
use serde_json::{Value, json};
use sidekick::{DType, Deployment, ErrorKind, Options, Predictions, Result};

/// A server of one model with a configuration. It answers with the outputs that `answer` makes of a request.
fn model(metadata: Value, config: Value, answer: impl Fn(&Value) -> Value + Send + Sync + 'static) -> String {
    let address = common::listen(move |mut stream| {
        while let Some(request) = common::read_request(&mut stream) {
            let path = request.head[0].split(' ').nth(1).unwrap();
            let goes_on = match path {
                "/v2/models/m/infer" => {
                    let outputs = answer(&serde_json::from_str(&request.body).unwrap());
                    reply(&mut stream, "200 OK", &json!({"outputs": outputs}).to_string())
                }
                "/v2/models/m" => reply(&mut stream, "200 OK", &metadata.to_string()),
                "/v2/models/m/config" => reply(&mut stream, "200 OK", &config.to_string()),
                "/v2" => reply(&mut stream, "200 OK", r#"{"extensions":["model_configuration"]}"#),
                _ => reply(&mut stream, "404 Not Found", "{}"),
            };
            if !goes_on {
                return;
            }
        }
    });
    format!("http://{address}/v2/models/m")
}

fn tensor(name: &str, datatype: &str, shape: &[i64]) -> Value {
    json!({"name": name, "datatype": datatype, "shape": shape})
}

fn described(description: &Value) -> Options {
    let mut options = options();
    options.set_model_description(&description.to_string()).unwrap();
    options
}

fn open(metadata: Value, description: &Value) -> Result<Deployment> {
    let url = model(metadata, json!({}), |_| json!([]));
    Deployment::open(&url, TOKEN, &described(description))
}

fn one_to_one(input: Value, output: Value) -> Value {
    json!({"inputs": [input], "outputs": [output]})
}

fn refused(metadata: Value, description: &Value) -> String {
    let error = open(metadata, description).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Describe, "{error}");
    error.to_string()
}

/// The predictions of one row for an output that comes as JSON.
fn predict(output: Value, answer: Value) -> Result<Predictions> {
    let answer = json!([answer]);
    let url = model(one_to_one(tensor("x", "FP32", &[-1]), output), json!({}), move |_| answer.clone());
    let deployment = Deployment::open(&url, TOKEN, &options()).unwrap();
    let mut rows = deployment.rows();
    rows.add_number("x", 1.0).unwrap();
    rows.end_row().unwrap();
    deployment.predict(&rows)
}

#[test]
fn an_axis_of_no_rows_is_refused() {
    let axis = json!({"batch_axis": 0});
    let metadata = || one_to_one(tensor("x", "FP32", &[0, 2]), tensor("y", "FP32", &[-1]));
    let said = refused(metadata(), &axis);
    assert!(said.contains("the input \"x\" has the shape [0, 2], and batch_axis 0"), "{said}");
    let shape = json!({"batch_axis": 0, "inputs": [{"name": "x", "shape": [-1, 2]}]});
    assert_eq!(open(metadata(), &shape).unwrap().batch_limit(), None);
}

#[test]
fn a_float_has_no_more_labels_than_it_has_exact_indices() {
    for (datatype, most) in [("BF16", 257), ("FP16", 2049), ("INT8", 128), ("BOOL", 2)] {
        let metadata = || one_to_one(tensor("x", datatype, &[-1]), tensor("y", "FP32", &[-1]));
        let labels = |count| {
            let labels: Vec<String> = (0..count).map(|index| format!("label {index}")).collect();
            json!({"inputs": [{"name": "x", "labels": labels}]})
        };
        open(metadata(), &labels(most)).unwrap();
        let said = refused(metadata(), &labels(most + 1));
        assert!(said.contains(&format!("one of {} labels needs one number", most + 1)), "{said}");
    }
}

#[test]
fn a_size_larger_than_memory_is_refused_beside_a_size_of_0() {
    for size in [u64::MAX, 1 << 63] {
        let answer = json!({"name": "y", "datatype": "FP32", "shape": [1, size, 0], "data": []});
        let error = predict(tensor("y", "FP32", &[-1, -1, -1]), answer).map(|_| ()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ReplyShape);
        assert!(error.to_string().contains("which is larger than memory"), "{error}");
    }
}

#[test]
fn a_grey_image_takes_no_numbers_of_three_channels() {
    let metadata = || one_to_one(tensor("x", "FP32", &[-1, 2, 2, 1]), tensor("y", "FP32", &[-1]));
    for key in ["scale", "mean", "std"] {
        let said = refused(metadata(), &json!({"inputs": [{"name": "x", "type": "image", key: [1, 2, 3]}]}));
        assert!(said.contains("which has one channel, but scale, mean or std has three numbers"), "{said}");
        open(metadata(), &json!({"inputs": [{"name": "x", "type": "image", key: [2]}]})).unwrap();
    }
}

#[test]
fn copies_of_integers_as_other_integers_are_exact() {
    let large = (1i64 << 53) + 1;
    let copied = |datatype: &str, dtype: DType, values: Value| {
        let answer = json!({"name": "y", "datatype": datatype, "shape": [1, 3], "data": values});
        let predictions = predict(tensor("y", datatype, &[-1, 3]), answer).unwrap();
        let mut copy = [0u8; 24];
        let size = dtype.size() * 3;
        predictions.copy_array("y", 0, dtype, &mut copy[..size]).unwrap();
        (copy, predictions.array("y", 0).unwrap().to_vec())
    };
    let (copy, _) = copied("INT64", DType::U64, json!([large, -large, i64::MAX]));
    assert_eq!(copy.as_chunks().0, [large as u64, 0, i64::MAX as u64].map(u64::to_ne_bytes));
    let (copy, _) = copied("UINT64", DType::I64, json!([large, 7, u64::MAX]));
    assert_eq!(copy.as_chunks().0, [large, 7, i64::MAX].map(i64::to_ne_bytes));
    // A float of 64 bits between would round this one down, to the even neighbour of a tie.
    let (copy, array) = copied("INT64", DType::F32, json!([(1i64 << 60) + (1 << 36) + 1, 0, 1]));
    assert_eq!(copy.as_chunks().0[..3], [array[0], array[1], array[2]].map(f32::to_ne_bytes));
}

#[test]
fn many_optional_inputs_are_found_by_their_names() {
    // If each name were compared with each, this would take long.
    let count = 20_000;
    let inputs: Vec<Value> =
        (0..count).map(|index| tensor(&format!("input {index:08}"), "FP32", &[-1])).collect();
    let optional: Vec<Value> = (0..count)
        .rev()
        .map(|index| json!({"name": format!("input {:08}", index * 2), "optional": true}))
        .collect();
    let metadata = json!({"inputs": inputs, "outputs": [tensor("y", "FP32", &[-1])]});
    let url = model(metadata, json!({"input": optional}), |_| json!([]));
    let deployment = Deployment::open(&url, TOKEN, &options()).unwrap();
    let optional: Vec<bool> = deployment.inputs().iter().take(4).map(|spec| spec.is_optional()).collect();
    assert_eq!(optional, [true, false, true, false]);
}

#[test]
fn many_keys_of_a_description_are_told_apart() {
    let mut options = options();
    let count = 50_000;
    let mut keys: Vec<String> = (0..count).map(|index| format!("\"key {index:06}\":1")).collect();
    let parameters = |keys: &[String]| format!("{{\"parameters\":{{{}}}}}", keys.join(","));
    options.set_model_description(&parameters(&keys)).unwrap();
    keys.push(keys[7].clone());
    let error = options.set_model_description(&parameters(&keys)).unwrap_err();
    assert_eq!(error.to_string(), "the model description: parameters.key 000007: is a duplicate");
    let inputs: Vec<String> = (0..count).map(|index| format!("{{\"name\":\"input {index:06}\"}}")).collect();
    options.set_model_description(&format!("{{\"inputs\":[{}]}}", inputs.join(","))).unwrap();
}

#[test]
fn an_integer_beyond_a_signed_one_is_exact_in_uint64() {
    let metadata = one_to_one(tensor("x", "UINT64", &[-1, 1]), tensor("y", "UINT64", &[-1]));
    let url = model(metadata, json!({}), |asked| {
        let data = &asked["inputs"][0]["data"];
        json!([{"name": "y", "datatype": "UINT64", "shape": [3], "data": data}])
    });
    let deployment = Deployment::open(&url, TOKEN, &options()).unwrap();
    let mut rows = deployment.rows();
    let numbers = [u64::MAX, (1 << 63) + 12345, 7];
    for number in numbers {
        rows.add_packed(&record(7, &number.to_ne_bytes())).unwrap();
        rows.add_packed(&record(0, &[])).unwrap();
    }
    let predictions = deployment.predict(&rows).unwrap();
    let (_, bytes) = predictions.elements_column("y").unwrap();
    assert_eq!(bytes, numbers.map(u64::to_ne_bytes).as_flattened());

    // A tensor of a smaller range refuses it.
    let signed = one_to_one(tensor("x", "INT64", &[-1]), tensor("y", "FP32", &[-1]));
    let mut rows = open(signed, &json!({})).unwrap().rows();
    let said = rows.add_unsigned("x", 1 << 63).unwrap_err().to_string();
    assert!(said.starts_with("row 0: feature \"x\": 9223372036854775808 does not fit INT64"), "{said}");
}

/// A record of packed values for the first input.
fn record(kind: u32, payload: &[u8]) -> Vec<u8> {
    [&kind.to_ne_bytes()[..], &0u32.to_ne_bytes(), &(payload.len() as u64).to_ne_bytes(), payload].concat()
}
