//! Single pieces of the library's work, each on its own: for the micro benchmarks and the instruction counts.

use sidekick::internal::Model;
use sidekick::{Array, InputColumn, PixelEncoding, Pixels};
use std::fmt::Write;

pub const LABELS: usize = 1000;

/// A deployment that takes a number, a text, an array of `elements` and a picture, and gives a number, a categorical and
/// such an array.
pub struct Pieces {
    model: Model,
    /// A deployment that takes a number and nothing else.
    one_number: Model,
    elements: usize,
}

const NUMBER: &str = r#""number": {"x-peltarion": {"type": "numeric", "shape": [1]}}"#;

impl Pieces {
    pub fn new(elements: usize) -> Pieces {
        let labels: Vec<String> = (0..LABELS).map(|label| format!("\"{}\"", label_name(label))).collect();
        let labels = labels.join(",");
        let inputs = format!(
            r#"{NUMBER}, "text": {{"x-peltarion": {{"type": "text", "shape": [1]}}}},
            "array": {{"x-peltarion": {{"type": "numeric", "shape": [{elements}, 1]}}}},
            "image": {{"x-peltarion": {{"type": "image", "shape": [1, 1, 3]}}}}"#
        );
        let outputs = format!(
            r#""class": {{"x-peltarion": {{"type": "categorical", "shape": [{LABELS}]}}, "enum": [{labels}]}},
            "array": {{"x-peltarion": {{"type": "numeric", "shape": [{elements}, 1]}}}}"#
        );
        Pieces { model: model(&inputs, &outputs), one_number: model(NUMBER, &outputs), elements }
    }

    /// Adds a number to as many rows.
    #[inline(never)]
    pub fn add_numbers(&self, numbers: &[f64]) {
        let mut rows = self.model.rows();
        for &number in numbers {
            rows.add_number(0, number).expect("a number");
            rows.discard_row();
        }
    }

    /// Adds the numbers as a column: whole rows of a deployment that takes nothing else.
    #[inline(never)]
    pub fn add_number_column(&self, numbers: &[f64]) {
        let mut rows = self.one_number.rows();
        rows.add_columns(numbers.len(), &[(0, InputColumn::of(numbers))]).expect("a column");
    }

    /// Adds a text to as many rows.
    #[inline(never)]
    pub fn add_texts(&self, text: &str, count: usize) {
        let mut rows = self.model.rows();
        for _ in 0..count {
            rows.add_text(1, text).expect("a text");
            rows.discard_row();
        }
    }

    /// Adds one array.
    #[inline(never)]
    pub fn add_array(&self, values: &[f32]) {
        let array = Array::of(&[self.elements, 1], values).expect("an array");
        self.model.rows().add_array(2, &array).expect("an array");
    }

    /// Adds one encoded picture.
    pub fn add_image(&self, encoded: &[u8]) {
        self.model.rows().add_image(3, encoded).expect("a picture");
    }

    /// Adds a 640x480 RGB picture, which becomes a PNG, or a JPEG of a quality.
    pub fn add_pixels(&self, bytes: &[u8], quality: Option<u8>) {
        let pixels = Pixels { width: 640, height: 480, channels: 3, row_stride: 0, bytes };
        let encoding = quality.map_or(PixelEncoding::Png, PixelEncoding::Jpeg);
        self.model.rows().add_pixels(3, &pixels, encoding).expect("a picture");
    }

    /// Reads a reply of as many rows.
    #[inline(never)]
    pub fn read_reply(&self, body: &[u8], rows: usize) {
        self.model.read_response(body, rows).expect("a good response");
    }

    /// A reply of rows whose categorical and array are these.
    pub fn reply(&self, rows: usize, probabilities: &[f32], values: &[f32]) -> String {
        let classes = probabilities.iter().enumerate();
        let classes: Vec<String> =
            classes.map(|(label, value)| format!("\"{}\":{value}", label_name(label))).collect();
        // In one text: what the allocator does with many small ones would be counted with the reading.
        let mut data = String::new();
        values.iter().for_each(|value| write!(data, "{value},").expect("memory"));
        self.reply_with(rows, &classes, data.trim_end_matches(','))
    }

    /// A reply of one row whose array is these values with all digits of 64-bit floats, as many servers write them.
    pub fn reply_of_17_digits(&self, values: &[f32]) -> String {
        let mut data = String::new();
        values.iter().for_each(|value| write!(data, "{:?},", f64::from(*value)).expect("memory"));
        let zeros: Vec<String> = (0..LABELS).map(|label| format!("\"{}\":0.0", label_name(label))).collect();
        self.reply_with(1, &zeros, data.trim_end_matches(','))
    }

    fn reply_with(&self, rows: usize, classes: &[String], data: &str) -> String {
        let array = format!(r#"{{"shape":[{},1],"data":[{data}]}}"#, self.elements);
        let row = format!(r#"{{"class":{{{}}},"array":{array}}}"#, classes.join(","));
        format!(r#"{{"rows":[{}]}}"#, vec![row; rows].join(","))
    }
}

fn model(inputs: &str, outputs: &str) -> Model {
    let document = format!(
        r#"{{"paths": {{"/": {{"x-peltarion-tensorjson": true}}}}, "components": {{"schemas": {{
        "input-row": {{"properties": {{{inputs}}}}},
        "output-row-batch": {{"properties": {{"rows": {{"properties": {{{outputs}}}}}}}}}}}}}}}"#
    );
    Model::new(document.as_bytes()).expect("the document is good")
}

fn label_name(label: usize) -> String {
    format!("class {label:04}")
}

/// Values as models take and give them, the same on every run: between -1 and 1, of 24 random bits.
pub fn values(count: usize) -> Vec<f32> {
    let mut state = 1u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / 8_388_608.0 - 1.0
    };
    (0..count).map(|_| next()).collect()
}
