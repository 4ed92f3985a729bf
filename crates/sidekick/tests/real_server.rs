//! The Rust API against the real local server, on the shipped deployments and on those made for the tests.

mod common;

use common::server::url;
use sidekick::{Array, Deployment, ErrorKind, Options, PixelEncoding, Pixels, ProtocolKind};
use std::path::{Path, PathBuf};

fn data(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/data").join(path)
}

fn open(id: &str) -> Deployment {
    Deployment::open(&url(id), &format!("{id}-token"), &Options::default()).unwrap()
}

/// A figure that the training script recorded for a shipped deployment.
fn recorded(id: &str, metric: &str) -> f64 {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../server/deployments")
        .join(id)
        .join("deployment.json");
    let declared: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    declared["held_out"]["metrics"][metric].as_f64().unwrap()
}

#[test]
fn digits_are_as_accurate_as_recorded() {
    let deployment = open("digits");
    let mut rows = deployment.rows();
    let mut labels = Vec::new();
    for entry in std::fs::read_dir(data("digits")).unwrap() {
        let path = entry.unwrap().path();
        labels.push(path.file_name().unwrap().to_str().unwrap()["digit-".len()..][..1].to_owned());
        rows.add_image_file("image", path).unwrap();
        rows.end_row().unwrap();
    }
    let predictions = deployment.predict(&rows).unwrap();
    let digits = predictions.probabilities("digit").unwrap();
    let right = (0..labels.len()).filter(|&row| *digits.at_rank(row, 0).unwrap().0 == *labels[row]).count();
    let accuracy = right as f64 / labels.len() as f64;
    assert!(labels.len() >= 300 && accuracy >= 0.96, "{right} of {}", labels.len());
    assert!((accuracy - recorded("digits", "accuracy")).abs() < 1e-4, "{accuracy}");
}

#[test]
fn penguins_are_as_accurate_as_recorded() {
    let deployment = open("penguins");
    let table = std::fs::read_to_string(data("penguins.csv")).unwrap();
    let mut lines = table.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let names = lines.next().unwrap();
    let mut rows = deployment.rows();
    let penguins: Vec<_> = lines.collect();
    for penguin in &penguins {
        for (name, value) in names.iter().zip(penguin).take(deployment.inputs().len()) {
            match value.parse::<f64>() {
                Ok(number) => rows.add_number(*name, number).unwrap(),
                Err(_) => rows.add_category(*name, value).unwrap(),
            }
        }
        rows.end_row().unwrap();
    }
    let predictions = deployment.predict(&rows).unwrap();
    let species = predictions.probabilities("species").unwrap();
    let masses = predictions.numbers("body mass (g)").unwrap();
    let count = penguins.len() as f64;
    let right = penguins
        .iter()
        .enumerate()
        .filter(|(row, it)| *species.at_rank(*row, 0).unwrap().0 == *it[6])
        .count();
    let off: f64 =
        penguins.iter().zip(masses).map(|(it, mass)| (it[7].parse::<f64>().unwrap() - mass).abs()).sum();
    assert!((right as f64 / count - recorded("penguins", "species accuracy")).abs() < 1e-4);
    assert!((off / count - recorded("penguins", "body mass mean absolute error (g)")).abs() < 0.1);
}

#[test]
fn every_type_comes_back_on_both_array_forms_and_from_the_older_server() {
    for id in ["echo", "echo-npy", "echo-older"] {
        let deployment = open(id);
        assert_eq!(deployment.protocol(), ProtocolKind::DeploymentApi);
        let mut rows = deployment.rows();
        let samples: Vec<u8> = (0..48).map(|i| i * 5).collect();
        for row in 0..300u32 {
            rows.add_number("number", f64::from(row) / 8.0).unwrap();
            rows.add_category("category", ["a", "b", "c"][row as usize % 3]).unwrap();
            rows.add_binary("flag", row % 2 == 1).unwrap();
            rows.add_text("text", "Miaow 🐈 \"\\\n").unwrap();
            let pixels = |channels, bytes| Pixels { width: 4, height: 4, channels, row_stride: 0, bytes };
            rows.add_pixels("picture", &pixels(3, &samples), PixelEncoding::Png).unwrap();
            rows.add_pixels("grey", &pixels(1, &samples[..16]), PixelEncoding::Png).unwrap();
            let values = [row as f32, 0.1, -1e-30, 1e30, 16777217.0, 0.0];
            rows.add_array("array", &Array::of(&[2, 3], &values).unwrap()).unwrap();
            rows.end_row().unwrap();
        }
        let predictions = deployment.predict(&rows).unwrap();
        assert_eq!(predictions.len(), 300);
        for row in 0..300 {
            assert_eq!(predictions.number("number", row).unwrap(), row as f64 / 8.0);
            assert_eq!(predictions.number("flag", row).unwrap(), (row % 2) as f64);
            let (label, probability) =
                predictions.probabilities("category").unwrap().at_rank(row, 0).unwrap();
            assert_eq!(*label, ["a", "b", "c"][row % 3]);
            assert!((probability - 0.8 - 0.2 / 3.0).abs() < 1e-6);
            let text = ["first ☀", "second \"quoted\"", "third \n line"][row % 3];
            assert_eq!(predictions.text("text", row).unwrap(), text);
            assert_eq!(predictions.image_pixels("picture", row).unwrap().bytes, samples);
            assert_eq!(predictions.image_size("grey", row).unwrap(), (4, 4, 1));
            assert_eq!(
                predictions.array("array", row).unwrap(),
                [row as f32, 0.1, -1e-30, 1e30, 16777217.0, 0.0]
            );
        }
    }
}

#[test]
fn rows_go_out_in_batches() {
    let mut options = Options::default();
    options.set_batch_rows(7).unwrap();
    let deployment = Deployment::open(&url("batch-size"), "batch-size-token", &options).unwrap();
    let mut rows = deployment.rows();
    for _ in 0..17 {
        rows.add_number(0, 1.0).unwrap();
        rows.end_row().unwrap();
    }
    let expected: Vec<f64> = [vec![7.0; 14], vec![3.0; 3]].concat();
    assert_eq!(deployment.predict(&rows).unwrap().numbers(0).unwrap(), expected);
    rows.clear();
    assert!(deployment.predict(&rows).unwrap().is_empty());
}

#[test]
fn the_server_s_refusals_are_errors_with_its_words() {
    let refused = |id: &str, token: &str| Deployment::open(&url(id), token, &Options::default()).unwrap_err();
    for (id, token, status, code) in [
        ("echo", "wrong", 401, "InvalidTokenError"),
        ("echo", "limited-token", 403, "InsufficientScopeTokenError"),
        ("disabled", "disabled-token", 403, "DeploymentNotEnabled"),
        ("nothing", "nothing-token", 404, "ResourceNotFound"),
    ] {
        let error = refused(id, token);
        assert_eq!((error.kind(), error.http_status()), (ErrorKind::Server, Some(status)));
        assert_eq!((error.server_code(), error.attempts()), (Some(code), 1));
        assert!(!error.to_string().contains(token) && !format!("{error:?}").contains(token));
    }
}

#[test]
fn a_failure_in_a_later_batch_names_its_status() {
    let mut options = Options::default();
    options.set_batch_rows(2).unwrap();
    let deployment = Deployment::open(&url("reciprocal"), "reciprocal-token", &options).unwrap();
    let mut rows = deployment.rows();
    for number in [1.0, 2.0, 0.0, 4.0] {
        rows.add_number(0, number).unwrap();
        rows.end_row().unwrap();
    }
    let error = deployment.predict(&rows).err().unwrap();
    assert_eq!((error.kind(), error.server_code()), (ErrorKind::Server, Some("InternalError")));
    assert_eq!(error.http_status(), Some(500));
    rows.clear();
    rows.add_number(0, 4.0).unwrap();
    rows.end_row().unwrap();
    assert_eq!(deployment.predict(&rows).unwrap().number(0, 0).unwrap(), 0.25);
}

#[test]
fn raw_json_goes_out_and_comes_back_as_it_is() {
    let deployment = open("names");
    let reply = deployment.post_json("{\"rows\": 7}").unwrap();
    assert_eq!(reply.status, 400);
    assert!(reply.text.contains("errorCode"));
    assert_eq!(deployment.post_json("{\"rows\": []}").unwrap().status, 200);
}

#[test]
fn large_arrays_come_back_whole() {
    let deployment = open("big-array");
    let mut rows = deployment.rows();
    for number in [0.1, -3.5] {
        rows.add_number(0, number).unwrap();
        rows.end_row().unwrap();
    }
    let predictions = deployment.predict(&rows).unwrap();
    assert_eq!(predictions.arrays(0).unwrap().len(), 2_000_000);
    assert!(predictions.array(0, 0).unwrap().iter().all(|&value| value == 0.1));
    assert!(predictions.array(0, 1).unwrap().iter().all(|&value| value == -3.5));
}

#[test]
#[cfg(feature = "ndarray")]
fn ndarray_views_go_in_and_come_out() {
    let deployment = open("denoise");
    let mut rows = deployment.rows();
    let noisy = ndarray::Array3::<f64>::from_elem((1, 8, 8), 0.5).permuted_axes([1, 2, 0]).into_dyn();
    rows.add_ndarray("noisy", noisy.view()).unwrap();
    rows.end_row().unwrap();
    let predictions = deployment.predict(&rows).unwrap();
    assert_eq!(predictions.ndarray("clean").unwrap().shape(), [1, 8, 8, 1]);
}

#[test]
fn threads_share_a_deployment() {
    let deployment = open("echo-npy");
    let ask = |seed: u32| {
        let mut rows = deployment.rows();
        for i in 0..20 {
            rows.add_number("number", f64::from(seed * 100 + i)).unwrap();
            rows.add_integer("flag", 1).unwrap();
            rows.add_category("category", "b").unwrap();
            rows.add_text("text", "").unwrap();
            for (name, channels) in [("picture", 3), ("grey", 1)] {
                let pixels = Pixels { width: 2, height: 2, channels, row_stride: 0, bytes: &[9; 12] };
                rows.add_pixels(name, &pixels, PixelEncoding::Jpeg(90)).unwrap();
            }
            rows.add_array("array", &Array::of(&[2, 3], &[i as u8; 6]).unwrap()).unwrap();
            rows.end_row().unwrap();
        }
        let predictions = deployment.predict(&rows).unwrap();
        for i in 0..20 {
            assert_eq!(predictions.number("number", i as usize).unwrap(), f64::from(seed * 100 + i));
        }
    };
    std::thread::scope(|scope| (0..8).for_each(|seed| drop(scope.spawn(move || ask(seed)))));
}
