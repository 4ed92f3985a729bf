//! The Open Inference Protocol against the real local server, in both forms: tensors as bytes and as JSON.

mod common;

use common::server;
use sidekick::{Array, DType, Deployment, ErrorKind, FeatureType, InputColumn, Options, ProtocolKind, Rows};

/// The URL of a model of the local server.
fn url(id: &str) -> String {
    let deployment = server::url(id);
    let (base, _) = deployment.split_once("/deployment/").unwrap();
    format!("{base}/v2/models/{id}")
}

fn open_with(id: &str, options: &Options) -> Deployment {
    let deployment = Deployment::open(&url(id), &format!("{id}-token"), options).unwrap();
    assert_eq!(deployment.protocol(), ProtocolKind::OpenInference);
    deployment
}

fn open(id: &str) -> Deployment {
    open_with(id, &Options::default())
}

#[test]
fn a_model_is_described_by_its_tensors() {
    for end in ["", "/", "/versions/1", "/infer", "/versions/1/infer/", "/ready"] {
        let url = url("penguins") + end;
        let deployment = Deployment::open(&url, "penguins-token", &Options::default()).unwrap();
        let shown = |specs: &sidekick::Specs| {
            let spec = |spec: &sidekick::FeatureSpec| {
                format!("{} {} {:?}", spec.name(), spec.feature_type(), spec.shape())
            };
            specs.iter().map(spec).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(shown(deployment.inputs()), "features numeric [9]", "{url}");
        assert_eq!(shown(deployment.outputs()), "species numeric [3], body_mass numeric [1]");
    }
    let fixed = open("fixed");
    assert_eq!((fixed.inputs().get(0).unwrap().shape(), fixed.outputs().len()), (&[2, 3][..], 2));
    assert_eq!(fixed.outputs().get(0).unwrap().feature_type(), FeatureType::Numeric);
}

#[test]
fn what_cannot_be_opened_is_said() {
    let refused = |url: &str, token: &str| Deployment::open(url, token, &Options::default()).unwrap_err();
    let base = url("penguins").replace("/models/penguins", "");
    for url in [base.clone(), format!("{base}/"), format!("{base}/models"), format!("{base}/models/")] {
        let error = refused(&url, "x");
        assert_eq!(error.kind(), ErrorKind::Argument);
        assert!(
            error.to_string().ends_with("names no model of its server; open .../v2/models/NAME"),
            "{error}"
        );
    }
    let error = refused(&url("penguins"), "another");
    assert_eq!((error.kind(), error.http_status()), (ErrorKind::Server, Some(401)));
    assert_eq!(error.server_message(), Some("the token is not one of this deployment"));
    let error = refused(&url("no-such-model"), "x");
    assert!(error.http_status().is_some_and(|status| status == 404 || status == 401), "{error}");
    let error = refused(&(url("penguins") + "/versions/7"), "penguins-token");
    assert_eq!(error.http_status(), Some(404));
    assert!(error.to_string().contains("check the URL, and the model's name and version in it"), "{error}");
}

/// Numbers that differ in each row.
fn features(row: usize) -> [f32; 9] {
    std::array::from_fn(|place| (row * 9 + place) as f32 / 100.0)
}

fn penguins(deployment: &Deployment, count: usize) -> Rows {
    let mut rows = deployment.rows();
    for row in 0..count {
        rows.add_array("features", &Array::of(&[9], &features(row)).unwrap()).unwrap();
        rows.end_row().unwrap();
    }
    rows
}

#[test]
fn rows_one_by_one_by_columns_in_flight_and_in_a_stream_are_the_same() {
    let deployment = open("penguins");
    let all = deployment.predict(&penguins(&deployment, 300)).unwrap();
    assert_eq!((all.len(), all.arrays("species").unwrap().len()), (300, 900));
    for row in 0..300 {
        let sum: f32 = all.array("species", row).unwrap().iter().sum();
        assert!((sum - 1.0).abs() < 1e-5);
    }
    assert_ne!(all.number("body_mass", 0).unwrap(), all.number("body_mass", 1).unwrap());

    let values: Vec<f32> = (0..300).flat_map(features).collect();
    let mut options = Options::default();
    options.set_batch_rows(7).unwrap();
    options.set_max_in_flight(3).unwrap();
    let others = open_with("penguins", &options);
    let mut rows = others.rows();
    rows.add_columns(300, &[("features", InputColumn::of(&values))]).unwrap();
    let by_columns = others.predict(&rows).unwrap();
    assert_eq!(by_columns.numbers("body_mass").unwrap(), all.numbers("body_mass").unwrap());
    assert_eq!(by_columns.arrays("species").unwrap(), all.arrays("species").unwrap());

    let mut stream = others.stream().unwrap();
    stream.push(&rows).unwrap();
    let mut masses = Vec::new();
    while let Some(predictions) = stream.next().unwrap() {
        masses.extend_from_slice(predictions.numbers("body_mass").unwrap());
    }
    assert_eq!(masses, all.numbers("body_mass").unwrap());

    // Doubles and integers become 32-bit floats.
    let doubles: Vec<f64> = values.iter().map(|value| f64::from(*value)).collect();
    let mut rows = deployment.rows();
    rows.add_columns(300, &[("features", InputColumn::of(&doubles))]).unwrap();
    assert_eq!(deployment.predict(&rows).unwrap().arrays("species").unwrap(), all.arrays("species").unwrap());
}

#[test]
fn integers_keep_their_range() {
    let deployment = open("simple");
    let (first, second) = ([i32::MAX - 1; 16], [1i32; 16]);
    let mut rows = deployment.rows();
    rows.add_array("INPUT0", &Array::of(&[16], &first).unwrap()).unwrap();
    rows.add_array("INPUT1", &Array::of(&[16], &second.map(f64::from)).unwrap()).unwrap();
    rows.end_row().unwrap();
    let error = rows.add_array("INPUT0", &Array::of(&[16], &[0.5; 16]).unwrap()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "row 1: feature \"INPUT0\": element [0]: 0.5 is not a whole number that INT32 holds"
    );
    let error = rows.add_array("INPUT0", &Array::of(&[16], &[1i64 << 40; 16]).unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::FeatureValue);
    let predictions = deployment.predict(&rows).unwrap();
    // The view as 32-bit floats is the nearest; a copy as integers is exact.
    assert_eq!(predictions.array("OUTPUT0", 0).unwrap(), [i32::MAX as f32; 16]);
    let mut exact = [0; 16 * 4];
    predictions.copy_array("OUTPUT0", 0, DType::I32, &mut exact).unwrap();
    assert!(exact.as_chunks().0.iter().all(|bytes| i32::from_ne_bytes(*bytes) == i32::MAX));
    let mut exact = [0; 16 * 8];
    predictions.copy_array("OUTPUT1", 0, DType::I64, &mut exact).unwrap();
    assert!(exact.as_chunks().0.iter().all(|bytes| i64::from_ne_bytes(*bytes) == i64::from(i32::MAX) - 2));
}

#[test]
fn a_model_without_an_axis_for_rows_takes_one_row_a_request() {
    let mut options = Options::default();
    options.set_max_in_flight(4).unwrap();
    let deployment = open_with("fixed", &options);
    let mut rows = deployment.rows();
    for row in 1..=5u8 {
        rows.add_array("matrix", &Array::of(&[2, 3], &[row, 1, 1, 1, 1, row]).unwrap()).unwrap();
        rows.end_row().unwrap();
    }
    let predictions = deployment.predict(&rows).unwrap();
    assert_eq!(predictions.numbers("count").unwrap(), [6.0; 5]);
    assert_eq!(predictions.array("ratio", 3).unwrap(), [0.25, 1.0, 1.0, 1.0, 1.0, 0.25]);
}

#[test]
fn half_floats_go_both_ways() {
    let deployment = open("half");
    let mut rows = deployment.rows();
    rows.add_array("x", &Array::of(&[2], &[0.1, -65504.0]).unwrap()).unwrap();
    rows.end_row().unwrap();
    let error = rows.add_array("x", &Array::of(&[2], &[65520.0, 0.0]).unwrap()).unwrap_err();
    assert!(error.to_string().ends_with("65520.0 does not fit FP16: it is too large"), "{error}");
    rows.add_array("x", &Array::new(DType::F16, &[2], &[0, 0x3c, 1, 0]).unwrap()).unwrap();
    rows.end_row().unwrap();
    let predictions = deployment.predict(&rows).unwrap();
    assert_eq!(predictions.array("y", 0).unwrap(), [0.099_975_586, -65504.0]);
    assert_eq!(predictions.elements("y", 1).unwrap(), (DType::F16, &[0, 0x3c, 1, 0][..]));
    assert_eq!(predictions.elements_column("y").unwrap().1.len(), 8);
    assert_eq!(predictions.elements("y", 2).unwrap_err().kind(), ErrorKind::Argument);
    assert_eq!(deployment.inputs().get(0).unwrap().dtype(), Some(DType::F16));
}

#[test]
fn numbers_that_are_not_finite_travel_as_bytes() {
    let deployment = open("reciprocal");
    let mut rows = deployment.rows();
    for number in [0.0, -0.0, f64::NAN, f64::INFINITY, 4.0] {
        rows.add_number("number", number).unwrap();
        rows.end_row().unwrap();
    }
    let predictions = deployment.predict(&rows).unwrap();
    let found = predictions.numbers("reciprocal").unwrap();
    assert_eq!(found[..2], [f64::INFINITY, f64::NEG_INFINITY]);
    assert!(found[2].is_nan());
    assert_eq!(found[3..], [0.0, 0.25]);
}

#[test]
fn json_of_the_caller_is_posted_as_it_is() {
    let deployment = open("reciprocal");
    let json = r#"{"id":"9","inputs":[{"name":"number","shape":[1,1],"datatype":"FP32","data":[4]}]}"#;
    let reply = deployment.post_json(json).unwrap();
    assert_eq!(reply.status, 200);
    assert!(reply.text.contains("0.25"), "{}", reply.text);
    assert_eq!(deployment.post_json("{}").unwrap().status, 400);
}

#[test]
fn an_empty_call_asks_nothing() {
    let deployment = open("reciprocal");
    assert!(deployment.predict(&deployment.rows()).unwrap().is_empty());
}
