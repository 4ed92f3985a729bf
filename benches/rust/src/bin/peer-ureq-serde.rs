//! What one would write in Rust with care: ureq and serde, with a struct for every row and result.

use serde::{Deserialize, Serialize};
use sidekick_benches::peer::{SHAPE, TOKEN, array_of_row, arrays, checksum, data_url_maker};
use sidekick_benches::{Task, measure, table};
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Request<Row> {
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct TableRow<'a> {
    #[serde(rename = "number 1")]
    number_1: f64,
    #[serde(rename = "number 2")]
    number_2: f64,
    #[serde(rename = "number 3")]
    number_3: f64,
    #[serde(rename = "number 4")]
    number_4: f64,
    #[serde(rename = "number 5")]
    number_5: f64,
    #[serde(rename = "number 6")]
    number_6: f64,
    #[serde(rename = "text 1")]
    text_1: &'a str,
    #[serde(rename = "text 2")]
    text_2: &'a str,
    #[serde(rename = "category 1")]
    category_1: &'a str,
    #[serde(rename = "category 2")]
    category_2: &'a str,
}

#[derive(Serialize)]
struct NumbersRow {
    #[serde(rename = "number 1")]
    number_1: f64,
    #[serde(rename = "number 2")]
    number_2: f64,
    #[serde(rename = "number 3")]
    number_3: f64,
    #[serde(rename = "number 4")]
    number_4: f64,
}

#[derive(Serialize)]
struct ArrayRow<'a> {
    array: Tensor<'a>,
}

#[derive(Serialize)]
struct Tensor<'a> {
    shape: [usize; 3],
    data: &'a [f32],
}

#[derive(Serialize)]
struct ImageRow {
    image: String,
}

#[derive(Deserialize)]
struct Reply<'a> {
    #[serde(borrow)]
    rows: Vec<Prediction<'a>>,
}

/// A row's typed results; each deployment gives some of them.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Prediction<'a> {
    number: f64,
    // Labels without escapes are borrowed from the response, which these are.
    #[serde(borrow)]
    class: BTreeMap<&'a str, f64>,
    array: TensorResult,
}

#[derive(Default, Deserialize)]
struct TensorResult {
    data: Vec<f32>,
}

fn main() {
    let task = Task::from_arguments();
    match task.kind.as_str() {
        "table" => {
            let table = table();
            run(&task, |row| table_row(&table[row % table.len()]))
        }
        "numbers" => {
            let table = table();
            run(&task, |row| numbers_row(&table[row % table.len()].0))
        }
        "array" => {
            let arrays = arrays();
            run(&task, |row| ArrayRow { array: Tensor { shape: SHAPE, data: array_of_row(&arrays, row) } })
        }
        kind => {
            let data_url = data_url_maker(kind);
            run(&task, |_| ImageRow { image: data_url() })
        }
    }
}

/// Sends rows of a type and reads the typed results.
fn run<Row: Serialize>(task: &Task, make_row: impl Fn(usize) -> Row) {
    let agent = ureq::Agent::new_with_defaults();
    let request = |index: usize| {
        let rows = (0..task.rows).map(|row| make_row(index * task.rows + row)).collect();
        // `send_json` would indent it.
        let body = serde_json::to_vec(&Request { rows }).expect("JSON");
        let mut response = agent
            .post(&task.url)
            .header("Authorization", format!("Bearer {TOKEN}"))
            .content_type("application/json")
            .send(&body)
            .expect("the server answers");
        let body = response.body_mut().with_config().limit(1 << 30).read_to_vec().expect("a whole reply");
        let reply: Reply = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(reply.rows.len(), task.rows);
        reply.rows.iter().map(Prediction::checksum).fold(0, u64::wrapping_add)
    };
    request(0);
    measure(task.requests, request);
}

impl Prediction<'_> {
    fn checksum(&self) -> u64 {
        checksum(self.number, self.class.iter().map(|(&label, &value)| (label, value)), &self.array.data)
    }
}

fn table_row((numbers, texts): &(Vec<f64>, Vec<String>)) -> TableRow<'_> {
    TableRow {
        number_1: numbers[0],
        number_2: numbers[1],
        number_3: numbers[2],
        number_4: numbers[3],
        number_5: numbers[4],
        number_6: numbers[5],
        text_1: &texts[0],
        text_2: &texts[1],
        category_1: &texts[2],
        category_2: &texts[3],
    }
}

fn numbers_row(numbers: &[f64]) -> NumbersRow {
    NumbersRow { number_1: numbers[0], number_2: numbers[1], number_3: numbers[2], number_4: numbers[3] }
}
