//! What one would write in Rust: ureq and serde_json `Value`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::ExtendedColorType::Rgb8;
use image::ImageEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use serde_json::{Map, Value, json};
use sidekick_benches::{Task, data, measure, table};

const TOKEN: &str = "token";
const SHAPE: [usize; 3] = [224, 224, 3];

fn main() {
    let task = Task::from_arguments();
    let make_row = row_maker(&task.kind);
    let agent = ureq::Agent::new_with_defaults();
    measure(task.requests, |request| {
        let rows: Vec<Value> = (0..task.rows).map(|row| make_row(request * task.rows + row)).collect();
        let mut response = agent
            .post(&task.url)
            .header("Authorization", format!("Bearer {TOKEN}"))
            .send_json(json!({ "rows": rows }))
            .expect("the server answers");
        let body = response.body_mut().with_config().limit(1 << 30).read_to_vec().expect("a whole reply");
        let reply: Value = serde_json::from_slice(&body).expect("JSON");
        let rows = reply["rows"].as_array().expect("rows");
        assert_eq!(rows.len(), task.rows);
        rows.iter().map(|row| checksum(&Prediction::from_json(row))).fold(0, u64::wrapping_add)
    });
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
}

fn checksum(prediction: &Prediction) -> u64 {
    let mut sum = u64::from((prediction.number as f32).to_bits());
    sum += prediction.classes.iter().map(|(_, value)| u64::from((*value as f32).to_bits())).sum::<u64>();
    if let Some((label, _)) = prediction.classes.iter().max_by(|a, b| a.1.total_cmp(&b.1)) {
        sum += 1000 * label.bytes().map(u64::from).sum::<u64>();
    }
    sum + prediction.array.iter().map(|value| u64::from(value.to_bits())).sum::<u64>()
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
            let bytes = data("arrays.f32");
            let values: Vec<f32> =
                bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
            Box::new(move |row| {
                let size = SHAPE.iter().product();
                let values = &values[row % 8 * size..][..size];
                json!({"array": {"shape": SHAPE, "data": values}})
            })
        }
        "jpeg" => {
            let jpeg = data("picture.jpg");
            Box::new(move |_| json!({ "image": data_url("jpeg", &jpeg) }))
        }
        "pixels-png" => {
            let pixels = data("pixels.rgb");
            Box::new(move |_| {
                let mut file = Vec::new();
                PngEncoder::new_with_quality(&mut file, CompressionType::Fast, FilterType::Adaptive)
                    .write_image(&pixels, 640, 480, Rgb8)
                    .expect("the picture is encoded");
                json!({ "image": data_url("png", &file) })
            })
        }
        "pixels-jpeg" => {
            let pixels = data("pixels.rgb");
            Box::new(move |_| {
                let mut file = Vec::new();
                JpegEncoder::new_with_quality(&mut file, 90)
                    .write_image(&pixels, 640, 480, Rgb8)
                    .expect("the picture is encoded");
                json!({ "image": data_url("jpeg", &file) })
            })
        }
        other => panic!("no workload of the kind {other}"),
    }
}

fn numbers_object(numbers: &[f64]) -> Map<String, Value> {
    numbers.iter().enumerate().map(|(at, &number)| (format!("number {}", at + 1), number.into())).collect()
}

fn data_url(kind: &str, bytes: &[u8]) -> String {
    format!("data:image/{kind};base64,{}", STANDARD.encode(bytes))
}
