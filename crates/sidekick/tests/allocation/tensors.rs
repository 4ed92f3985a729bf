//! The same cycles with tensors: a model of the Open Inference Protocol, in both forms.

use super::cycle::{Scenario, open_with, predict, scenario, step};
use crate::refusing::counted;
use sidekick::{Array, DType, Deployment, ErrorKind, InputColumn, Options, Wire};

/// A matrix of so many elements a side takes 90 KB.
const SIDE: usize = 150;
const BODY: &str = r#"{"outputs":[{"name":"x","datatype":"FP32","shape":[1,150,150],"#;
/// The length of what comes before the elements of a binary response.
const BINARY_HEAD: &str = "200 OK\r\nInference-Header-Content-Length: 104";

pub fn all() -> Vec<Scenario> {
    vec![arrays("binary", Wire::Binary), arrays("JSON", Wire::Json), texts(), many()]
}

fn metadata(datatype: &str, shape: &str) -> String {
    let tensors = format!(r#"[{{"name":"x","datatype":"{datatype}","shape":{shape}}}]"#);
    format!(r#"{{"inputs":{tensors},"outputs":{tensors}}}"#)
}

/// The URL of the model behind a scenario's.
fn model(url: &str) -> String {
    url.replace("/forward", "/v2/models/m")
}

fn arrays(name: &str, wire: Wire) -> Scenario {
    let reply = match wire {
        Wire::Json => format!(r#"{BODY}"data":[{}]}}]}}"#, vec!["1.0"; SIDE * SIDE].join(",")).into_bytes(),
        _ => {
            let size = SIDE * SIDE * 4;
            let json = format!(r#"{BODY}"parameters":{{"binary_data_size":{size}}}}}]}}"#);
            assert!(BINARY_HEAD.ends_with(&format!(" {}", json.len())), "{}", json.len());
            [json.into_bytes(), vec![1f32.to_le_bytes(); SIDE * SIDE].concat()].concat()
        }
    };
    let run = move |url: &str| {
        let deployment = open_with(&model(url), |options| options.set_wire(wire));
        let mut rows = deployment.rows();
        let doubles = vec![1.0; SIDE * SIDE];
        let bytes = [0u8; SIDE * SIDE * 4];
        for array in [
            Array::of(&[SIDE, SIDE], &doubles).unwrap(),
            Array::new(DType::F32, &[SIDE, SIDE], &bytes).unwrap(),
        ] {
            step(|| rows.add_array("x", &array));
            let predictions = predict(&deployment, &mut rows);
            assert_eq!(predictions.array("x", 0).unwrap(), [1.0; SIDE * SIDE]);
            assert_eq!(predictions.elements("x", 0).unwrap().1.len(), SIDE * SIDE * 4);
            let mut copy = vec![0; SIDE * SIDE * 8];
            step(|| predictions.copy_array("x", 0, DType::F64, &mut copy));
            rows.clear();
        }
        step(|| rows.add_columns(1, &[("x", InputColumn::of(&doubles))]));
        step(|| deployment.predict(&rows));
    };
    let mut scenario = scenario(format!("tensors, {name}"), "", "", reply, run);
    scenario.document = Some(metadata("FP32", "[-1,150,150]"));
    if wire == Wire::Binary {
        scenario.reply_head = BINARY_HEAD;
    }
    scenario
}

fn texts() -> Scenario {
    let long = "long ".repeat(20_000);
    let reply =
        format!(r#"{{"outputs":[{{"name":"x","datatype":"BYTES","shape":[1,1],"data":["{long}"]}}]}}"#);
    let run = move |url: &str| {
        for wire in [Wire::Binary, Wire::Json] {
            let deployment = open_with(&model(url), |options| options.set_wire(wire));
            let mut rows = deployment.rows();
            step(|| rows.add_text("x", &long));
            let predictions = predict(&deployment, &mut rows);
            assert_eq!(predictions.text("x", 0).unwrap(), long);
        }
    };
    let mut scenario = scenario("texts in tensors", "", "", reply, run);
    scenario.document = Some(metadata("BYTES", "[-1,1]"));
    scenario
}

/// Many tensors, in and out, and parameters that go with every request.
fn many() -> Scenario {
    // For each there is a text, which takes 24 bytes, and a column, which takes 88.
    const COUNT: usize = 3_000;
    let list = |tensor: &dyn Fn(usize) -> String| (0..COUNT).map(tensor).collect::<Vec<_>>().join(",");
    let tensors = list(&|at| format!(r#"{{"name":"tensor number {at}","datatype":"FP32","shape":[-1]}}"#));
    let outputs =
        list(&|at| format!(r#"{{"name":"tensor number {at}","datatype":"FP32","shape":[1],"data":[{at}]}}"#));
    let description = format!(r#"{{"parameters":{{"long":"{}"}}}}"#, "long ".repeat(20_000));
    let run = move |url: &str| {
        let mut options = Options::default();
        options.set_proxy("").unwrap();
        step(|| options.set_model_description(&description));
        // Without a token, for which each name would be searched.
        let deployment = step(|| Deployment::open(&model(url), "", &options));
        let numbers = [1.5];
        let columns: Vec<_> = (0..COUNT).map(|at| (at, InputColumn::of(&numbers))).collect();
        let mut rows = deployment.rows();
        step(|| rows.add_number(0, 1.5));
        rows.discard_row();
        step(|| rows.add_columns(1, &columns));
        let mut stream = step(|| deployment.stream());
        step(|| stream.push(&rows));
        match counted(|| stream.next()) {
            Ok(predictions) => {
                assert_eq!(predictions.unwrap().number(COUNT - 1, 0).unwrap(), (COUNT - 1) as f64);
            }
            // That batch is done with.
            Err(error) => assert_eq!(error.kind(), ErrorKind::Memory),
        }
    };
    let mut scenario = scenario("many tensors", "", "", format!(r#"{{"outputs":[{outputs}]}}"#), run);
    scenario.document = Some(format!(r#"{{"inputs":[{tensors}],"outputs":[{tensors}]}}"#));
    scenario
}
