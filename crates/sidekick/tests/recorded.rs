//! What real engines answered, as `tests/engines/run --record` wrote it down. The client has to send the same
//! requests, and to read the same values from the responses.

mod common;

use common::{listen, read_request};
use sidekick::{Array, DType, Deployment, ErrorKind, Options, Predictions, Rows, Wire};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

const TRITON: &str = "triton";
const MLSERVER: &str = "mlserver";
const KSERVE: &str = "kserve";
const ENGINES: [&str; 3] = [TRITON, MLSERVER, KSERVE];

/// A request without its head, and the response to it.
struct Exchange {
    /// Method, path and version.
    line: String,
    body: Vec<u8>,
    response: Vec<u8>,
}

/// The next message of a recording: `KIND LENGTH`, a line's end, the bytes, a line's end.
fn message<'a>(file: &mut &'a [u8], kind: &str) -> &'a [u8] {
    let end = file.iter().position(|byte| *byte == b'\n').unwrap();
    let title = std::str::from_utf8(&file[..end]).unwrap();
    let length: usize = title.strip_prefix(kind).unwrap().trim().parse().unwrap();
    let (bytes, rest) = file[end + 1..].split_at(length);
    *file = &rest[1..];
    bytes
}

fn exchanges(engine: &str, scenario: &str) -> Vec<Exchange> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded").join(engine).join(scenario);
    let file = std::fs::read(&path).unwrap();
    let (mut rest, mut all) = (&file[..], Vec::new());
    while !rest.is_empty() {
        let request = message(&mut rest, "request");
        let head = request.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
        let line = request.split(|byte| *byte == b'\r').next().unwrap();
        let response = message(&mut rest, "response").to_vec();
        let line = String::from_utf8(line.to_vec()).unwrap();
        all.push(Exchange { line, body: request[head + 4..].to_vec(), response });
    }
    all
}

/// Opens a model on a server that answers as an engine did in a scenario.
fn try_open(engine: &str, scenario: &str, model: &str, options: &Options) -> sidekick::Result<Deployment> {
    let exchanges = Arc::new(exchanges(engine, scenario));
    let address = listen(move |mut stream| {
        while let Some(request) = read_request(&mut stream) {
            let same =
                |exchange: &&Exchange| exchange.line == request.head[0] && exchange.body == request.bytes;
            let Some(exchange) = exchanges.iter().find(same) else {
                eprintln!("no such request was recorded: {} {}", request.head[0], request.body);
                return;
            };
            if stream.write_all(&exchange.response).is_err() {
                return;
            }
        }
    });
    Deployment::open(&format!("http://{address}/v2/models/{model}"), "", options)
}

fn open(engine: &str, scenario: &str, model: &str) -> Deployment {
    try_open(engine, scenario, model, &Options::default()).unwrap()
}

/// Rows of one number.
fn numbers(model: &Deployment, numbers: &[f64]) -> Rows {
    let mut rows = model.rows();
    for number in numbers {
        rows.add_number(0, *number).unwrap();
        rows.end_row().unwrap();
    }
    rows
}

/// The elements of an output's first row as text.
fn shown(found: &Predictions, output: &str) -> String {
    let (dtype, bytes) = found.elements(output, 0).unwrap();
    macro_rules! of {
        ($type:ty) => {
            bytes
                .as_chunks()
                .0
                .iter()
                .map(|bytes| <$type>::from_ne_bytes(*bytes).to_string())
                .collect::<Vec<_>>()
        };
    }
    let texts = match dtype {
        DType::U8 | DType::Bool => of!(u8),
        DType::U16 => of!(u16),
        DType::U32 => of!(u32),
        DType::U64 => of!(u64),
        DType::I8 => of!(i8),
        DType::I16 => of!(i16),
        DType::I32 => of!(i32),
        DType::I64 => of!(i64),
        DType::F32 => of!(f32),
        DType::F64 => of!(f64),
        other => panic!("{other:?}"),
    };
    texts.join(" ")
}

#[test]
fn a_table_is_predicted_as_bytes_and_as_json() {
    let mut json = Options::default();
    json.set_wire(Wire::Json);
    for engine in ENGINES {
        for (scenario, options) in [("one-row", &Options::default()), ("JSON", &json)] {
            let model = try_open(engine, scenario, "table", options).unwrap();
            let names: Vec<&str> = model.inputs().iter().map(|spec| &**spec.name()).collect();
            assert_eq!(names, ["sepal_length", "sepal_width", "petal_length", "petal_width"]);
            let mut rows = model.rows();
            for (input, value) in [5.9, 3.0, 4.2, 1.5].into_iter().enumerate() {
                rows.add_number(input, value).unwrap();
            }
            rows.end_row().unwrap();
            let found = model.predict(&rows).unwrap();
            assert_eq!(found.number("predict", 0).unwrap(), 1.0, "{engine} {scenario}");
            assert_eq!(found.array("predict_proba", 0).unwrap().len(), 3);
            assert!((found.array("predict_proba", 0).unwrap()[1] - 0.8989).abs() < 1e-4);
        }
    }
}

#[test]
fn every_type_comes_back_without_loss() {
    for engine in ENGINES {
        let model = open(engine, "types", "types");
        let mut rows = model.rows();
        let mut add = |name: &str, array: Array<'_>| rows.add_array(name, &array).unwrap();
        add("BOOL", Array::of(&[2], &[1u8, 0]).unwrap());
        add("UINT8", Array::of(&[2], &[0u8, 254]).unwrap());
        add("UINT16", Array::of(&[2], &[0u16, 65534]).unwrap());
        add("UINT32", Array::of(&[2], &[0u32, u32::MAX - 1]).unwrap());
        add("UINT64", Array::of(&[2], &[(1u64 << 53) + 1, u64::MAX - 1]).unwrap());
        add("INT8", Array::of(&[2], &[-128i8, 126]).unwrap());
        add("INT16", Array::of(&[2], &[i16::MIN, i16::MAX - 1]).unwrap());
        add("INT32", Array::of(&[2], &[i32::MIN, i32::MAX - 1]).unwrap());
        add("INT64", Array::of(&[2], &[i64::MIN, (1 << 53) + 1]).unwrap());
        add("FP32", Array::of(&[2], &[0.1f32, -1.5]).unwrap());
        add("FP64", Array::of(&[2], &[0.1, 1e300]).unwrap());
        rows.end_row().unwrap();
        let found = model.predict(&rows).unwrap();
        for (output, values) in [
            ("BOOL", "0 1"),
            ("UINT8", "1 255"),
            ("UINT16", "1 65535"),
            ("UINT32", "1 4294967295"),
            ("UINT64", "9007199254740994 18446744073709551615"),
            ("INT8", "-127 127"),
            ("INT16", "-32767 32767"),
            ("INT32", "-2147483647 2147483647"),
            ("INT64", "-9223372036854775807 9007199254740994"),
            ("FP32", "0.2 -3"),
            ("FP64", &format!("0.2 2{}", "0".repeat(300))),
        ] {
            assert_eq!(shown(&found, output), values, "{engine} {output}");
        }
    }
}

fn add_floats(rows: &mut Rows, values: [f64; 3]) {
    rows.clear();
    rows.add_array("f", &Array::of(&[3], &values.map(|value| value as f32)).unwrap()).unwrap();
    rows.add_array("d", &Array::of(&[3], &values).unwrap()).unwrap();
    rows.end_row().unwrap();
}

/// KServe does not say that it takes bytes: its first response proves it.
#[test]
fn nan_and_infinity_are_sent_to_a_server_that_takes_bytes() {
    for engine in ENGINES {
        let model = open(engine, "NaN", "floats");
        let mut rows = model.rows();
        add_floats(&mut rows, [1.0, 2.0, 3.0]);
        assert_eq!(shown(&model.predict(&rows).unwrap(), "d"), "1 2 3");
        add_floats(&mut rows, [f64::NAN, f64::INFINITY, f64::NEG_INFINITY]);
        match model.predict(&rows) {
            Ok(found) => assert_eq!(shown(&found, "f") + &shown(&found, "d"), "NaN inf -infNaN inf -inf"),
            Err(error) => assert_eq!((engine, error.kind()), (MLSERVER, ErrorKind::FeatureValue)),
        }
    }
}

#[test]
fn texts_are_utf_8_in_every_form() {
    for engine in ENGINES {
        let model = open(engine, "text", "text");
        let mut rows = model.rows();
        for text in ["grüße", "", "two\nlines"] {
            rows.add_text("text", text).unwrap();
            rows.end_row().unwrap();
        }
        let found = model.predict(&rows).unwrap();
        let texts: Vec<&str> = (0..3).map(|row| found.text("capitals", row).unwrap()).collect();
        assert_eq!(texts, ["GRÜSSE", "", "TWO\nLINES"], "{engine}");
    }
}

#[test]
fn triton_limits_the_rows_of_a_request() {
    let mut options = Options::default();
    options.set_batch_rows(12).unwrap();
    for (engine, limit, sizes) in [(TRITON, 8, [8, 8, 4]), (MLSERVER, 0, [12, 8, 0]), (KSERVE, 0, [12, 8, 0])]
    {
        let model = try_open(engine, "batches", "batch", &options).unwrap();
        assert_eq!(model.batch_limit().unwrap_or_default(), limit, "{engine}");
        let inputs: Vec<f64> = (0..20).map(f64::from).collect();
        let found = model.predict(&numbers(&model, &inputs)).unwrap();
        let expected: Vec<f64> =
            sizes.iter().flat_map(|size| vec![f64::from(*size); *size as usize]).collect();
        assert_eq!(found.numbers("rows").unwrap(), expected);
        assert_eq!(found.number("y", 19).unwrap(), 38.0);
    }
}

#[test]
fn rows_that_a_model_refuses_fail_alone() {
    let mut options = Options::default();
    options.set_isolate_bad_rows(true);
    for engine in ENGINES {
        let model = try_open(engine, "bad-rows", "picky", &options).unwrap();
        let found = model.predict(&numbers(&model, &[1.0, -1.0, 2.0, -2.0, 3.0])).unwrap();
        assert_eq!(found.numbers("y").unwrap(), [2.0, 4.0, 6.0], "{engine}");
        let bad: Vec<Option<usize>> = found.failures().iter().map(|failure| failure.row()).collect();
        assert_eq!(bad, [Some(1), Some(3)]);
        assert!(
            found.failures()[0].to_string().contains("x must not be negative"),
            "{}",
            found.failures()[0]
        );
    }
}

#[test]
fn a_model_that_is_not_there_is_named() {
    for engine in ENGINES {
        let error = try_open(engine, "unknown-model", "nothing", &Options::default()).err().unwrap();
        assert_eq!((error.kind(), error.http_status()), (ErrorKind::Server, Some(404)), "{engine}");
        assert!(error.server_message().is_some_and(|said| said.contains("nothing")), "{error}");
    }
}

fn described(json: &str) -> Options {
    let mut options = Options::default();
    options.set_model_description(json).unwrap();
    options
}

#[test]
fn a_description_gives_labels_and_chooses_outputs() {
    let labels =
        r#"{"outputs": [{"name": "predict_proba", "labels": ["setosa", "versicolor", "virginica"]}]}"#;
    for engine in ENGINES {
        let model = try_open(engine, "labels", "iris", &described(labels)).unwrap();
        assert_eq!(model.outputs().len(), 1, "{engine}");
        let mut rows = model.rows();
        for (input, value) in [5.9, 3.0, 4.2, 1.5].into_iter().enumerate() {
            rows.add_number(input, value).unwrap();
        }
        rows.end_row().unwrap();
        let found = model.predict(&rows).unwrap();
        let (label, probability) = found.probabilities("predict_proba").unwrap().at_rank(0, 0).unwrap();
        assert_eq!(&**label, "versicolor");
        assert!((probability - 0.8989).abs() < 1e-4);
    }
}

#[test]
fn rows_that_leave_out_an_input_are_sent_apart() {
    let optional = r#"{"inputs": [{"name": "offset", "optional": true}]}"#;
    for engine in ENGINES {
        let model = try_open(engine, "optional", "optional", &described(optional)).unwrap();
        let mut rows = model.rows();
        rows.add_number("offset", 5.0).unwrap();
        for _ in 0..2 {
            rows.add_number("x", 1.0).unwrap();
            rows.end_row().unwrap();
        }
        assert_eq!(model.predict(&rows).unwrap().numbers("y").unwrap(), [6.0, 11.0], "{engine}");
    }
}

#[test]
fn rows_of_different_sizes_are_sent_apart() {
    for engine in ENGINES {
        let model = open(engine, "sizes", "sizes");
        let mut rows = model.rows();
        for values in [&[1.0f32, 2.0][..], &[3.0, 4.0, 5.0], &[6.0]] {
            rows.add_array("x", &Array::of(&[values.len()], values).unwrap()).unwrap();
            rows.end_row().unwrap();
        }
        let found = model.predict(&rows).unwrap();
        assert_eq!(found.array("y", 0).unwrap(), [2.0, 4.0], "{engine}");
        assert_eq!(found.array("y", 1).unwrap(), [6.0, 8.0, 10.0]);
        assert_eq!(found.array("y", 2).unwrap(), [12.0]);
    }
}
