//! Bad rows among valid ones are found and reported, and the others are predicted.

mod common;

use common::{Request, deployment, numbers, open, options, refused, reply};
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
