//! What one would write in Rust without types of one's own: ureq and serde_json `Value`.

use serde_json::{Map, Value, json};
use sidekick_benches::peer::{SHAPE, TOKEN, array_of_row, arrays, checksum, data_url_maker};
use sidekick_benches::{Task, measure, table};

fn main() {
    let task = Task::from_arguments();
    let make_row = row_maker(&task.kind);
    let agent = ureq::Agent::new_with_defaults();
    let request = |index: usize| {
        let rows: Vec<Value> = (0..task.rows).map(|row| make_row(index * task.rows + row)).collect();
        // `send_json` would indent it.
        let body = serde_json::to_vec(&json!({ "rows": rows })).expect("JSON");
        let mut response = agent
            .post(&task.url)
            .header("Authorization", format!("Bearer {TOKEN}"))
            .content_type("application/json")
            .send(&body)
            .expect("the server answers");
        let body = response.body_mut().with_config().limit(1 << 30).read_to_vec().expect("a whole reply");
        let reply: Value = serde_json::from_slice(&body).expect("JSON");
        let rows = reply["rows"].as_array().expect("rows");
        assert_eq!(rows.len(), task.rows);
        rows.iter().map(|row| Prediction::from_json(row).checksum()).fold(0, u64::wrapping_add)
    };
    request(0);
    measure(task.requests, request);
}

/// A row's typed results.
#[derive(Default)]
struct Prediction {
    number: f64,
    classes: Vec<(String, f64)>,
    array: Vec<f32>,
}

impl Prediction {
    fn from_json(row: &Value) -> Prediction {
        let mut prediction = Prediction::default();
        if let Some(number) = row.get("number") {
            prediction.number = number.as_f64().expect("a number");
        }
        if let Some(classes) = row.get("class") {
            let classes = classes.as_object().expect("classes").iter();
            let classes = classes.map(|(label, value)| (label.clone(), value.as_f64().expect("a number")));
            prediction.classes = classes.collect();
        }
        if let Some(array) = row.get("array") {
            let values = array["data"].as_array().expect("data").iter();
            prediction.array = values.map(|value| value.as_f64().expect("a number") as f32).collect();
        }
        prediction
    }

    fn checksum(&self) -> u64 {
        checksum(self.number, self.classes.iter().map(|(label, value)| (label.as_str(), *value)), &self.array)
    }
}

fn row_maker(kind: &str) -> Box<dyn Fn(usize) -> Value> {
    match kind {
        "table" => {
            let table = table();
            Box::new(move |row| {
                let (numbers, texts) = &table[row % table.len()];
                let mut object = numbers_object(numbers);
                let names = ["text 1", "text 2", "category 1", "category 2"];
                object.extend(names.iter().zip(texts).map(|(&name, text)| (name.into(), json!(text))));
                Value::Object(object)
            })
        }
        "numbers" => {
            let table = table();
            Box::new(move |row| Value::Object(numbers_object(&table[row % table.len()].0[..4])))
        }
        "array" => {
            let arrays = arrays();
            Box::new(move |row| json!({"array": {"shape": SHAPE, "data": array_of_row(&arrays, row)}}))
        }
        _ => {
            let data_url = data_url_maker(kind);
            Box::new(move |_| json!({ "image": data_url() }))
        }
    }
}

fn numbers_object(numbers: &[f64]) -> Map<String, Value> {
    numbers.iter().enumerate().map(|(at, &number)| (format!("number {}", at + 1), number.into())).collect()
}
