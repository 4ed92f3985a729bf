//! Single pieces of the library's work, each on its own: for the micro benchmarks and the instruction counts.

use crate::numbers::{json, json_of_17_digits};
use sidekick::internal::{Model, TensorModel};
use sidekick::{Array, InputColumn, PixelEncoding, Pixels};
use std::fmt::Write;

/// The classes of a model of images, and of one of a table's rows.
pub const LABELS: usize = 1000;
pub const FEW_LABELS: usize = 10;

/// A deployment that takes a number, a text, an array of `elements` and an image, and returns a categorical
/// and such an array.
pub struct Pieces {
    model: Model,
    /// A deployment that takes a number, and returns a number and a categorical of few labels.
    table: Model,
    /// A model that takes a 32-bit float, and returns an array of [`FLOATS`] of them.
    tensors: TensorModel,
    elements: usize,
}

/// The floats that each row of a response with tensors has.
pub const FLOATS: usize = 1000;
const METADATA: &str = concat!(
    r#"{"inputs": [{"name": "number", "datatype": "FP32", "shape": [-1]}],"#,
    r#""outputs": [{"name": "array", "datatype": "FP32", "shape": [-1, 1000]}]}"#
);

const NUMBER: &str = r#""number": {"x-peltarion": {"type": "numeric", "shape": [1]}}"#;

impl Pieces {
    pub fn new(elements: usize) -> Pieces {
        let inputs = format!(
            r#"{NUMBER}, "text": {{"x-peltarion": {{"type": "text", "shape": [1]}}}},
            "array": {{"x-peltarion": {{"type": "numeric", "shape": [{elements}, 1]}}}},
            "image": {{"x-peltarion": {{"type": "image", "shape": [1, 1, 3]}}}}"#
        );
        let array = format!(r#""array": {{"x-peltarion": {{"type": "numeric", "shape": [{elements}, 1]}}}}"#);
        let outputs = format!("{}, {array}", class(LABELS));
        let table_outputs = format!("{NUMBER}, {}", class(FEW_LABELS));
        let tensors = TensorModel::new(METADATA.as_bytes()).expect("the metadata is good");
        Pieces { model: model(&inputs, &outputs), table: model(NUMBER, &table_outputs), tensors, elements }
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
        let mut rows = self.table.rows();
        rows.add_columns(numbers.len(), &[(0, InputColumn::of(numbers))]).expect("a column");
    }

    /// Adds rows of a number to tensors, value by value.
    #[inline(never)]
    pub fn add_tensor_numbers(&self, numbers: &[f64]) {
        let mut rows = self.tensors.rows();
        for &number in numbers {
            rows.add_number(0, number).expect("a number");
            rows.end_row().expect("a row");
        }
    }

    /// Adds the numbers to tensors as a column, which is converted to 32-bit floats.
    #[inline(never)]
    pub fn add_tensor_column(&self, numbers: &[f64]) {
        let mut rows = self.tensors.rows();
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

    /// Adds one encoded image.
    pub fn add_image(&self, encoded: &[u8]) {
        self.model.rows().add_image(3, encoded).expect("an image");
    }

    /// Adds a 640x480 RGB image, which becomes a PNG, or a JPEG of a quality.
    pub fn add_pixels(&self, bytes: &[u8], quality: Option<u8>) {
        let pixels = Pixels { width: 640, height: 480, channels: 3, row_stride: 0, bytes };
        let encoding = quality.map_or(PixelEncoding::Png, PixelEncoding::Jpeg);
        self.model.rows().add_pixels(3, &pixels, encoding).expect("an image");
    }

    /// Reads a response of as many rows.
    #[inline(never)]
    pub fn read_response(&self, body: &[u8], rows: usize) {
        self.model.read_response(body, rows).expect("a good response");
    }

    /// The same of the deployment with few labels.
    #[inline(never)]
    pub fn read_table_response(&self, body: &[u8], rows: usize) {
        self.table.read_response(body, rows).expect("a good response");
    }

    /// Reads a response of so many rows with tensors, which follow JSON of this length.
    #[inline(never)]
    pub fn read_tensor_response(&self, body: &[u8], rows: usize, json_length: usize) {
        let json_length = json_length.to_string();
        self.tensors.read_response(body, rows, Some(&json_length)).expect("a good response");
    }

    /// A response of rows with these probabilities and this array.
    pub fn response(&self, rows: usize, probabilities: &[f32], values: &[f32]) -> String {
        self.response_with(rows, probabilities, &list(values, json))
    }

    /// A response of one row with this array in all digits of 64-bit floats, as many servers write them.
    pub fn response_of_17_digits(&self, probabilities: &[f32], values: &[f32]) -> String {
        self.response_with(1, probabilities, &list(values, json_of_17_digits))
    }

    fn response_with(&self, rows: usize, probabilities: &[f32], data: &str) -> String {
        let array = format!(r#"{{"shape":[{},1],"data":[{data}]}}"#, self.elements);
        let row = format!(r#"{{"class":{},"array":{array}}}"#, classes(probabilities));
        format!(r#"{{"rows":[{}]}}"#, vec![row; rows].join(","))
    }
}

/// A response with the tensor of these floats, [`FLOATS`] a row, and the length of its JSON.
pub fn tensor_response(values: &[f32]) -> (Vec<u8>, usize) {
    let (rows, bytes) = (values.len() / FLOATS, size_of_val(values));
    let output = format!(
        r#"{{"name":"array","datatype":"FP32","shape":[{rows},{FLOATS}],"parameters":{{"binary_data_size":{bytes}}}}}"#
    );
    let json = format!(r#"{{"model_name":"m","model_version":"1","id":"1","outputs":[{output}]}}"#);
    let tensor: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    ([json.as_bytes(), &tensor].concat(), json.len())
}

/// A response of a number and the probabilities of few labels for each row.
pub fn table_response(numbers: &[f64], probabilities: &[Vec<f32>]) -> String {
    let row = |(number, probabilities): (&f64, &Vec<f32>)| {
        format!(r#"{{"number":{number:?},"class":{}}}"#, classes(probabilities))
    };
    let rows: Vec<String> = numbers.iter().zip(probabilities).map(row).collect();
    format!(r#"{{"rows":[{}]}}"#, rows.join(","))
}

/// In one text: what the allocator does with many small ones would be counted with the reading.
fn list(values: &[f32], number: fn(f32) -> String) -> String {
    let mut data = String::new();
    values.iter().for_each(|value| write!(data, "{},", number(*value)).expect("memory"));
    data.pop();
    data
}

fn classes(probabilities: &[f32]) -> String {
    let member = |(label, value): (usize, &f32)| format!("\"{}\":{}", label_name(label), json(*value));
    let members: Vec<String> = probabilities.iter().enumerate().map(member).collect();
    format!("{{{}}}", members.join(","))
}

/// A categorical output of so many labels.
fn class(labels: usize) -> String {
    let names: Vec<String> = (0..labels).map(|label| format!("\"{}\"", label_name(label))).collect();
    let names = names.join(",");
    format!(
        r#""class": {{"x-peltarion": {{"type": "categorical", "shape": [{labels}]}}, "enum": [{names}]}}"#
    )
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
