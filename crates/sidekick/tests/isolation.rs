//! Bad rows among valid ones are found and reported, and the others are predicted.

mod common;

use common::{Request, deployment, numbers, open, options, refused, reply};
use serde_json::{Value, json};
use sidekick::{ErrorKind, Options, Predictions};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

/// A server that calls some numbers bad, and how many rows each of its requests had.
fn fussy(bad: &'static [u32], status: &'static str) -> (String, Arc<Mutex<Vec<usize>>>) {
    let sizes = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&sizes);
    let url = deployment(move |request: &Request, stream: &mut TcpStream| {
        let sent: Vec<f64> = request.body.split("\"in\":").skip(1).map(leading_number).collect();
        seen.lock().unwrap().push(sent.len());
        let culprit = sent.iter().find(|number| bad.iter().any(|bad| f64::from(*bad) == **number));
        match culprit {
            Some(number) => {
                let body = format!(r#"{{"errorCode":"BadData","errorMessage":"not {number}"}}"#);
                reply(stream, status, &body)
            }
            None => reply(stream, "200 OK", &request.echo()),
        }
    });
    (url, sizes)
}

fn leading_number(text: &str) -> f64 {
    let end = text.find(['}', ',']).unwrap();
    text[..end].parse().unwrap()
}

fn isolating(batch_rows: usize, workers: usize) -> Options {
    let mut options = options();
    options.set_isolate_bad_rows(true);
    options.set_batch_rows(batch_rows).unwrap();
    options.set_max_in_flight(workers).unwrap();
    options
}

/// Every row is there once: predicted with its own number, or failed.
fn nothing_is_lost(predictions: &Predictions, rows: u32, bad: &[u32]) {
    let found: Vec<(usize, f64)> = predictions
        .numbers("out")
        .unwrap()
        .iter()
        .enumerate()
        .map(|(prediction, number)| (predictions.sent_row(prediction).unwrap(), *number))
        .collect();
    let expected: Vec<(usize, f64)> =
        (0..rows).filter(|row| !bad.contains(row)).map(|row| (row as usize, f64::from(row))).collect();
    assert_eq!(found, expected);
    let failed: Vec<u32> = predictions.failures().iter().map(|error| error.row().unwrap() as u32).collect();
    assert_eq!(failed, bad);
    for (error, bad) in predictions.failures().iter().zip(bad) {
        assert_eq!((error.kind(), error.server_code()), (ErrorKind::Server, Some("BadData")));
        assert!(error.to_string().starts_with(&format!("row {bad}: ")), "{error}");
        assert!(error.to_string().ends_with(&format!("not {bad}")), "{error}");
    }
    assert!(predictions.sent_row(found.len()).is_err());
}

#[test]
fn each_bad_row_has_its_error_and_the_others_their_predictions() {
    const BAD: &[u32] = &[0, 1, 7, 30, 31, 99];
    for (batch_rows, workers) in [(1, 1), (7, 1), (128, 1), (10, 4)] {
        for status in ["400 Bad Request", "413 Too Large", "422 Unprocessable"] {
            let deployment = open(&fussy(BAD, status).0, &isolating(batch_rows, workers));
            nothing_is_lost(&deployment.predict(&numbers(&deployment, 100)).unwrap(), 100, BAD);
        }
    }
    let all: &[u32] = &[0, 1, 2, 3, 4];
    let deployment = open(&fussy(&[0, 1, 2, 3, 4], "400 Bad").0, &isolating(128, 1));
    nothing_is_lost(&deployment.predict(&numbers(&deployment, 5)).unwrap(), 5, all);
}

/// Engines answer 500 if a model fails at a row.
#[test]
fn status_500_counts_as_a_bad_row_only_if_asked_for() {
    let mut options = isolating(128, 1);
    options.set_isolate_status_500(true);
    let deployment = open(&fussy(&[0, 7], "500 Oops").0, &options);
    nothing_is_lost(&deployment.predict(&numbers(&deployment, 20)).unwrap(), 20, &[0, 7]);
    assert_eq!(refused(&open(&fussy(&[1], "501 Never").0, &options)).http_status(), Some(501));
    options.set_isolate_bad_rows(false);
    let (url, sizes) = fussy(&[1], "500 Oops");
    assert_eq!(refused(&open(&url, &options)).http_status(), Some(500));
    assert_eq!(*sizes.lock().unwrap(), [2]);
}

#[test]
fn numbers_of_packed_rows_have_no_gaps() {
    let record = |kind: u32, payload: &[u8]| {
        [&kind.to_ne_bytes()[..], &[0; 4], &(payload.len() as u64).to_ne_bytes(), payload].concat()
    };
    let rows = |numbers: &[f64]| -> Vec<u8> {
        numbers
            .iter()
            .flat_map(|number| [record(1, &number.to_ne_bytes()), record(0, b"")].concat())
            .collect()
    };
    for options in [options(), isolating(2, 1)] {
        let deployment = open(&fussy(&[7], "400 Bad Request").0, &options);
        let mut values = [0.0; 3];
        deployment.predict_packed(&rows(&[3.0, 4.0, 5.0]), None, &mut values).unwrap();
        let error = deployment.predict_packed(&rows(&[1.0, 2.0, 7.0]), None, &mut values).unwrap_err();
        assert_eq!((error.kind(), values), (ErrorKind::Server, [3.0, 4.0, 5.0]));
    }
}

#[test]
fn one_culprit_costs_no_more_than_halving_does() {
    let (url, sizes) = fussy(&[77], "400 Bad Request");
    let deployment = open(&url, &isolating(128, 1));
    nothing_is_lost(&deployment.predict(&numbers(&deployment, 128)).unwrap(), 128, &[77]);
    // The whole, then two halves on each of seven levels.
    assert_eq!(sizes.lock().unwrap().len(), 1 + 2 * 7);
}

#[test]
fn without_the_option_the_call_fails_and_other_failures_always_do() {
    let mut options = isolating(128, 1);
    options.set_retries(0);
    for status in ["401 Who", "404 Where", "500 Oops", "503 Later"] {
        assert_eq!(refused(&open(&fussy(&[1], status).0, &options)).attempts(), 1);
    }
    options.set_isolate_bad_rows(false);
    let (url, sizes) = fussy(&[1], "400 Bad Request");
    assert_eq!(refused(&open(&url, &options)).http_status(), Some(400));
    assert_eq!(*sizes.lock().unwrap(), [2]);
}

/// A server with this document. It refuses requests with a number of 100 or more, and answers others with
/// what `answer` makes of their numbers.
fn serving(
    document: &Value,
    sent: fn(&Value) -> Vec<f64>,
    answer: fn(&[f64]) -> Value,
) -> impl Fn(TcpStream) + use<> {
    let document = document.to_string();
    move |mut stream| {
        while let Some(request) = common::read_request(&mut stream) {
            if !request.is_post() {
                reply(&mut stream, "200 OK", &document);
                continue;
            }
            let numbers = sent(&serde_json::from_str(&request.body).unwrap());
            match numbers.iter().any(|number| *number >= 100.0) {
                true => reply(&mut stream, "400 Bad", r#"{"error":"no such number"}"#),
                false => reply(&mut stream, "200 OK", &answer(&numbers).to_string()),
            };
        }
    }
}

/// Predicts good and bad rows in every order, and gives the predictions of the good ones to `check`.
fn in_every_order(
    url: &str,
    options: impl Fn(usize, usize) -> Options,
    check: impl Fn(&Predictions, &[f64]),
) {
    for (batch_rows, workers) in [(1, 1), (1, 2), (2, 2), (3, 4)] {
        let deployment = open(url, &options(batch_rows, workers));
        for bad in 0..1u32 << 5 {
            let values = (0..5u32).map(|row| f64::from(row + 100 * (bad >> row & 1)));
            let mut rows = deployment.rows();
            values.clone().for_each(|value| {
                rows.add_number("in", value).unwrap();
                rows.end_row().unwrap();
            });
            let predictions = deployment.predict(&rows).unwrap();
            assert_eq!(predictions.failures().len(), bad.count_ones() as usize);
            check(&predictions, &values.filter(|value| *value < 100.0).collect::<Vec<_>>());
        }
    }
}

/// A column without rows says nothing of the rows of other batches, whatever its type.
#[test]
fn outputs_of_every_type_are_kept_beside_batches_that_are_wholly_refused() {
    let marks = |kind: &str, shape: Value| json!({"x-peltarion": {"type": kind, "shape": shape}});
    let document = json!({"components": {"schemas": {
        "input-row": {"properties": {"in": marks("numeric", json!([1]))}},
        "output-row-batch": {"properties": {"rows": {"properties": {
            "number": marks("numeric", json!([1])), "class": marks("categorical", json!([2])),
            "text": marks("text", json!([1])), "image": marks("image", json!([1, 1, 1])),
            "array": marks("numeric", json!([2])), "free": marks("numeric", json!([-1, 2]))}}}}}}});
    let sent = |request: &Value| {
        let rows = request["rows"].as_array().unwrap();
        rows.iter().map(|row| row["in"].as_f64().unwrap()).collect()
    };
    let answer = |numbers: &[f64]| {
        let row = |number: &f64| {
            let free = vec![*number; 2 * (*number as usize % 3)];
            json!({"number": number, "class": {"a": 1.0, "b": number}, "text": number.to_string(),
                "image": "data:image/jpeg;base64,/9j/4A==", "array": {"shape": [2], "data": [number, 0]},
                "free": {"shape": [free.len() / 2, 2], "data": free}})
        };
        json!({"rows": numbers.iter().map(row).collect::<Vec<_>>()})
    };
    let url = format!("http://{}/deployment/x/forward", common::listen(serving(&document, sent, answer)));
    in_every_order(&url, isolating, |predictions, good| {
        assert_eq!(predictions.numbers("number").unwrap(), good);
        let class = predictions.probabilities("class").unwrap();
        assert_eq!(class.matrix(), good.iter().flat_map(|number| [1.0, *number]).collect::<Vec<_>>());
        for (row, &number) in good.iter().enumerate() {
            assert_eq!(class.of(row, "b").unwrap(), number);
            assert_eq!(predictions.text("text", row).unwrap(), number.to_string());
            assert_eq!(predictions.image("image", row).unwrap().bytes.len(), 4);
            assert_eq!(predictions.array("array", row).unwrap(), [number as f32, 0.0]);
            let free = vec![number as f32; 2 * (number as usize % 3)];
            assert_eq!(predictions.array("free", row).unwrap(), free);
        }
    });
}

/// The same of tensors.
#[test]
fn tensors_of_every_type_are_kept_beside_batches_that_are_wholly_refused() {
    let tensor = |name: &str, datatype: &str, shape: Value| -> Value {
        json!({"name": name, "datatype": datatype, "shape": shape})
    };
    let outputs = json!([
        tensor("number", "INT64", json!([-1])),
        tensor("class", "FP32", json!([-1, 2])),
        tensor("text", "BYTES", json!([-1])),
        tensor("bytes", "BYTES", json!([-1])),
        tensor("image", "UINT8", json!([-1, 2, 2, 1])),
        tensor("free", "FP16", json!([-1, -1]))
    ]);
    let document = json!({"name": "m", "inputs": [tensor("in", "FP64", json!([-1]))], "outputs": outputs});
    let sent = |request: &Value| {
        let data = request["inputs"][0]["data"].as_array().unwrap();
        data.iter().map(|number| number.as_f64().unwrap()).collect()
    };
    let answer = |numbers: &[f64]| {
        let rows = numbers.len();
        let output = |name: &str, datatype: &str, shape: &[usize], data: Vec<Value>| {
            let shape = [&[rows], shape].concat();
            json!({"name": name, "datatype": datatype, "shape": shape, "data": data})
        };
        let each = |make: fn(f64) -> Vec<Value>| numbers.iter().flat_map(|number| make(*number)).collect();
        json!({"outputs": [
            output("number", "INT64", &[], each(|number| vec![number.into()])),
            output("class", "FP32", &[2], each(|number| vec![1.into(), number.into()])),
            output("text", "BYTES", &[], each(|number| vec![number.to_string().into()])),
            output("bytes", "BYTES", &[], each(|number| vec![number.to_string().into()])),
            output("image", "UINT8", &[2, 2, 1], each(|number| vec![number.into(); 4])),
            output("free", "FP16", &[rows], vec![rows.into(); rows * rows])]})
    };
    let url = format!("http://{}/v2/models/m", common::listen(serving(&document, sent, answer)));
    let described = |batch_rows, workers| {
        let mut options = isolating(batch_rows, workers);
        let description = json!({"outputs": [{"name": "number"}, {"name": "class", "labels": ["a", "b"]},
            {"name": "text"}, {"name": "bytes", "type": "bytes"}, {"name": "image", "type": "image"},
            {"name": "free"}]});
        options.set_model_description(&description.to_string()).unwrap();
        options
    };
    in_every_order(&url, described, |predictions, good| {
        assert_eq!(predictions.numbers("number").unwrap(), good);
        let class = predictions.probabilities("class").unwrap();
        assert_eq!(class.matrix(), good.iter().flat_map(|number| [1.0, *number]).collect::<Vec<_>>());
        for (row, &number) in good.iter().enumerate() {
            assert_eq!(predictions.text("text", row).unwrap(), number.to_string());
            assert_eq!(predictions.bytes("bytes", row).unwrap(), number.to_string().as_bytes());
            assert_eq!(predictions.image_pixels("image", row).unwrap().bytes, [number as u8; 4]);
            let free = predictions.array("free", row).unwrap();
            assert_eq!(free, vec![free.len() as f32; free.len()]);
        }
    });
}
