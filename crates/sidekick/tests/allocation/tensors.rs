//! The same cycles with tensors: a model of the Open Inference Protocol, in both forms.

use super::cycle::{Scenario, open_with, predict, scenario, step};
use sidekick::{Array, DType, InputColumn, Wire};

/// A matrix of so many elements a side takes 90 KB.
const SIDE: usize = 150;
const BODY: &str = r#"{"outputs":[{"name":"x","datatype":"FP32","shape":[1,150,150],"#;
/// The length of what comes before the elements of a binary response.
const BINARY_HEAD: &str = "200 OK\r\nInference-Header-Content-Length: 104";

pub fn all() -> Vec<Scenario> {
    vec![arrays("binary", Wire::Binary), arrays("JSON", Wire::Json), texts()]
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
