//! Cycles with arrays, and with many rows: value by value, by columns, as records.

use super::cycle::*;
use sidekick::{Array, DType, InputColumn, InputPieces};
pub fn arrays() -> Vec<Scenario> {
    use DType::*;
    let input = format!(r#"{{"x": {{"x-peltarion": {{"type": "numeric", "shape": [{SIDE}, {SIDE}]}}}}}}"#);
    let mut all = Vec::new();
    for tensorjson in [true, false] {
        for dtype in [F32, F64, I8, I16, I32, I64, U8, U16, U32, U64] {
            let run = move |url: &str| {
                let size = dtype.size();
                let bytes: Vec<u8> = (0..SIDE * SIDE * size).map(|at| (at % 63) as u8).collect();
                let strides = [size as isize, (SIDE * size) as isize];
                let columns = Array::with_layout(dtype, &[SIDE, SIDE], &strides, 0, true, &bytes).unwrap();
                let deployment = open(url);
                let mut rows = deployment.rows();
                for array in [Array::new(dtype, &[SIDE, SIDE], &bytes).unwrap(), columns] {
                    step(|| rows.add_array("x", &array));
                    step(|| rows.end_row());
                    step(|| deployment.predict(&rows));
                    rows.clear();
                }
            };
            let name = format!("arrays of {dtype:?}, tensorjson {tensorjson}");
            let made = scenario(name, input.clone(), NUMBER, many_rows(1), run);
            all.push(Scenario { tensorjson, ..made });
        }
    }
    let npy = |url: &str| {
        let file = npy_file();
        let path = temporary("in.npy", &file);
        predict_one(url, |rows| rows.add_npy("x", &file));
        predict_one(url, |rows| rows.add_npy_file("x", &path));
        std::fs::remove_file(path).unwrap();
    };
    all.push(with("npy files", input, npy));
    all
}

/// A `.npy` file of ones.
fn npy_file() -> Vec<u8> {
    let head = format!("{{'descr': '<f4', 'fortran_order': True, 'shape': ({SIDE}, {SIDE}), }}\n");
    let ones = [1f32; SIDE * SIDE].map(f32::to_le_bytes).concat();
    [b"\x93NUMPY\x01\0", &(head.len() as u16).to_le_bytes()[..], head.as_bytes(), &ones].concat()
}

pub fn tables() -> Vec<Scenario> {
    const COUNT: usize = 9_000;
    let rows = |name: &str, inputs: &str, run: fn(&str)| echo(with(name, inputs, run));
    let category = r#"{"x": {"x-peltarion": {"type": "categorical", "shape": [2]}, "enum": ["one", "two"]}}"#;
    let array = r#"{"x": {"x-peltarion": {"type": "numeric", "shape": [4]}}}"#;
    vec![
        rows("rows one by one", NUMBER, |url| {
            let deployment = open(url);
            let mut rows = deployment.rows();
            for number in 0..COUNT {
                step(|| rows.add_number("x", number as f64));
                step(|| rows.end_row());
            }
            assert_eq!(step(|| deployment.predict(&rows)).len(), COUNT);
        }),
        rows(
            "integers and binaries one by one",
            r#"{"x": {"x-peltarion": {"type": "binary", "shape": [1]}}}"#,
            |url| {
                let deployment = open(url);
                let mut rows = deployment.rows();
                for number in 0..COUNT {
                    step(|| match number % 2 {
                        0 => rows.add_integer("x", 1),
                        _ => rows.add_binary(0, false),
                    });
                    step(|| rows.end_row());
                }
                assert_eq!(step(|| deployment.predict(&rows)).len(), COUNT);
            },
        ),
        rows("packed rows", NUMBER, |url| {
            let records = packed(COUNT);
            predict_many(url, COUNT, |rows| rows.add_packed(&records));
        }),
        rows("packed predictions", NUMBER, |url| {
            let records = packed(COUNT);
            let deployment = open(url);
            let mut values = vec![0.0; COUNT];
            step(|| deployment.predict_packed(&records, None, &mut values));
            assert_eq!(values, [0.5; COUNT]);
        }),
        rows("columns of floats", NUMBER, |url| {
            let values: Vec<f64> = (0..COUNT).map(|at| at as f64 / 7.0).collect();
            predict_many(url, COUNT, |rows| rows.add_columns(COUNT, &[("x", InputColumn::of(&values))]));
        }),
        rows("columns of integers", NUMBER, |url| {
            let values: Vec<i64> = (0..COUNT).map(|at| at as i64 - 70).collect();
            predict_many(url, COUNT, |rows| rows.add_columns(COUNT, &[(0, InputColumn::of(&values))]));
        }),
        rows("columns of arrays", array, |url| {
            let values: Vec<f32> = (0..4 * COUNT).map(|at| at as f32 / 7.0).collect();
            predict_many(url, COUNT, |rows| rows.add_columns(COUNT, &[(0, InputColumn::of(&values))]));
        }),
        rows("columns of texts", TEXT, |url| {
            let pieces: InputPieces = (0..COUNT).map(|at| format!("text \"{at}\"")).collect();
            predict_many(url, COUNT, |rows| rows.add_columns(COUNT, &[("x", pieces.column())]));
            let closed: String = (0..COUNT).map(|at| format!("text {at}\0")).collect();
            let column = InputColumn::Texts(closed.as_bytes());
            predict_many(url, COUNT, |rows| rows.add_columns(COUNT, &[("x", column)]));
        }),
        rows("columns of categories", category, |url| {
            let pieces: InputPieces = (0..COUNT).map(|at| ["one", "two"][at % 2]).collect();
            predict_many(url, COUNT, |rows| rows.add_columns(COUNT, &[("x", pieces.column())]));
        }),
        wide(),
    ]
}

fn packed(count: usize) -> Vec<u8> {
    let record = |kind: u32, payload: &[u8]| {
        [&kind.to_ne_bytes()[..], &0u32.to_ne_bytes(), &payload.len().to_ne_bytes(), payload].concat()
    };
    [record(1, &2.5f64.to_ne_bytes()), record(0, b"")].concat().repeat(count)
}

/// Many features, in and out.
fn wide() -> Scenario {
    // The table of their names is large, and so is what takes 48 bytes for each.
    const COUNT: usize = 1_400;
    let feature = |at: usize| {
        format!(r#""feature number {at}": {{"x-peltarion": {{"type": "numeric", "shape": [1]}}}}"#)
    };
    let features = format!("{{{}}}", (0..COUNT).map(feature).collect::<Vec<_>>().join(","));
    let members: Vec<String> = (0..COUNT).map(|at| format!(r#""feature number {at}":{at}"#)).collect();
    let reply = format!(r#"{{"rows":[{{{}}}]}}"#, members.join(","));
    scenario("many features", features.clone(), features, reply, |url| {
        let deployment = open(url);
        let mut rows = deployment.rows();
        for at in 0..COUNT {
            step(|| rows.add_number(at, at as f64));
        }
        assert_eq!(predict(&deployment, &mut rows).number(COUNT - 1, 0).unwrap(), (COUNT - 1) as f64);
        let numbers = [1.5];
        let columns: Vec<_> = (0..COUNT).map(|at| (at, InputColumn::of(&numbers))).collect();
        rows.clear();
        step(|| rows.add_columns(1, &columns));
        assert_eq!(step(|| deployment.predict(&rows)).len(), 1);
    })
}

pub fn arrays_out() -> Vec<Scenario> {
    let output = format!(r#"{{"x": {{"x-peltarion": {{"type": "numeric", "shape": [{SIDE}, {SIDE}]}}}}}}"#);
    let data = vec!["1.0"; SIDE * SIDE].join(",");
    let tensor = format!(r#"{{"rows":[{{"x":{{"shape":[{SIDE},{SIDE}],"data":[{data}]}}}}]}}"#);
    let npy = data_url("application/x.peltarion.npy", &npy_file());
    let escaped = npy.replace('/', "\\/");
    let run = |url: &str| {
        let deployment = open(url);
        let mut rows = deployment.rows();
        step(|| rows.add_number("x", 1.0));
        let predictions = predict(&deployment, &mut rows);
        assert_eq!(predictions.array("x", 0).unwrap(), [1.0; SIDE * SIDE]);
        let path = temporary("out.npy", b"");
        step(|| predictions.save_npy("x", 0, &path));
        std::fs::remove_file(path).unwrap();
    };
    let reply = |value: &str| format!(r#"{{"rows":[{{"x":{value}}}]}}"#);
    vec![
        scenario("a reply's array", NUMBER, output.clone(), tensor, run),
        scenario("a reply's array as npy", NUMBER, output.clone(), reply(&npy), run),
        scenario("a reply's array as npy, escaped", NUMBER, output, reply(&escaped), run),
    ]
}
