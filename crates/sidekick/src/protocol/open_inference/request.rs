//! Rows as the body of a request: JSON that describes the tensors, and the tensors' bytes after it. For
//! servers that take no bytes the values are in the JSON.

use super::column::split_element;
use super::datatype::DataType;
use super::model::{Batch, Model, Tensor};
use super::tensors::Tensors;
use crate::base64_text::append_encoded;
use crate::error::{Error, ErrorKind, Result, reserve};
use crate::half::{bf16_value, fp16_value};
use crate::memory::{collected, none_for, push, push_text};
use crate::row_shapes::product;
use sidekick_numbers::{WIDEST_F64, write_f64};
use std::fmt::Display;
use std::io::{self, Write as _};
use std::ops::Range;

/// How the elements of tensors are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As bytes after the JSON.
    Binary,
    /// As values in the JSON.
    Json,
}

/// The body of a request: its JSON, and the bytes that follow.
#[derive(Debug)]
pub(crate) struct Body<'a> {
    pub(crate) json: Vec<u8>,
    pub(crate) tensors: Vec<&'a [u8]>,
}

/// The parts of a request's JSON that are the same for all requests of a model.
#[derive(Debug)]
pub(crate) struct Texts {
    /// For each input what comes before the sizes of its shape.
    inputs: Vec<String>,
    /// What comes after the inputs.
    outputs: String,
}

/// An invalid value, and the input it belongs to.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) input: Option<usize>,
    pub(crate) error: Error,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure { input: None, error }
    }
}

impl Texts {
    /// `bytes` says whether outputs are asked for as bytes. `parameters` are the members of the JSON object
    /// that goes with every request.
    pub(crate) fn new(model: &Model, bytes: bool, parameters: &str) -> Result<Texts> {
        let input = |tensor: &Tensor| {
            format!(r#"{{"name":{},"datatype":"{}","shape":["#, quoted_name(tensor), tensor.datatype.name())
        };
        let inputs = collected(model.inputs.iter().map(input))?;
        Ok(Texts { inputs, outputs: outputs_text(&model.outputs, bytes, parameters)? })
    }
}

/// What comes after the inputs.
fn outputs_text(outputs: &[Tensor], bytes: bool, parameters: &str) -> Result<String> {
    let form = if bytes { r#","parameters":{"binary_data":true}}"# } else { "}" };
    let mut text = String::new();
    push_text(&mut text, r#"],"outputs":["#)?;
    for (place, tensor) in outputs.iter().enumerate() {
        let start = if place == 0 { r#"{"name":"# } else { r#",{"name":"# };
        [start, &quoted_name(tensor), form].iter().try_for_each(|part| push_text(&mut text, part))?;
    }
    let (before, after) = if parameters.is_empty() { ("]", "}") } else { (r#"],"parameters":{"#, "}}") };
    [before, parameters, after].iter().try_for_each(|part| push_text(&mut text, part))?;
    Ok(text)
}

fn quoted_name(tensor: &Tensor) -> String {
    serde_json::Value::from(&*tensor.name).to_string()
}

/// The body of a request that sends some rows under an identifier, which is text without escapes.
pub(crate) fn body<'a>(
    model: &Model,
    texts: &Texts,
    tensors: &'a Tensors,
    rows: Range<usize>,
    id: &str,
    form: Form,
) -> std::result::Result<Body<'a>, Failure> {
    let mut body = Body { json: Vec::new(), tensors: Vec::new() };
    let fixed: usize = texts.inputs.iter().map(|text| text.len() + SIZES_BYTES).sum();
    reserve(&mut body.json, fixed + id.len() + texts.outputs.len())?;
    let mut out = Out(&mut body.json);
    out.text(r#"{"id":""#)?;
    out.text(id)?;
    out.text(r#"","inputs":["#)?;
    let mut is_first = true;
    for (input, (tensor, start)) in model.inputs.iter().zip(&texts.inputs).enumerate() {
        // The rows of a request have the same inputs.
        if !tensors.has(input, rows.start) {
            continue;
        }
        let elements = tensors.elements(input, rows.clone());
        out.text(if is_first { "" } else { "," })?;
        is_first = false;
        out.text(start)?;
        // The rows of a request have the same shapes.
        let shape = tensors.row_shape(input, rows.start);
        put_shape(&mut out, model.batch, shape, rows.len())?;
        if form == Form::Binary {
            out.text(r#","parameters":{"binary_data_size":"#)?;
            out.display(elements.len())?;
            out.text("}}")?;
            push(&mut body.tensors, elements)?;
            continue;
        }
        out.text(if tensor.is_base64() { BASE64_PARAMETER } else { "" })?;
        out.text(r#","data":["#)?;
        let row = product(shape).unwrap_or(0);
        put_data(&mut out, tensor, row, elements).map_err(|error| Failure { input: Some(input), error })?;
        out.text("]}")?;
    }
    out.text(&texts.outputs)?;
    Ok(body)
}

/// What says that an input's data is base64.
const BASE64_PARAMETER: &str = r#","parameters":{"content_type":"base64"}"#;

/// Bytes that are mostly enough for the shape and the size of one tensor.
const SIZES_BYTES: usize = 96;

/// The sizes of a shape, and the bracket that closes it.
fn put_shape(out: &mut Out<'_>, batch: Batch, row: &[usize], rows: usize) -> Result<()> {
    let axis = matches!(batch, Batch::FirstAxis { .. }).then_some(&rows);
    for (place, size) in axis.into_iter().chain(row).enumerate() {
        out.text(if place == 0 { "" } else { "," })?;
        out.display(size)?;
    }
    out.text("]")
}

/// Writes elements, of which each row has `row`.
fn put_data(out: &mut Out<'_>, tensor: &Tensor, row: usize, mut bytes: &[u8]) -> Result<()> {
    let mut element = 0;
    while !bytes.is_empty() {
        let here;
        (here, bytes) = split_element(tensor.datatype, bytes);
        out.text(if element == 0 { "" } else { "," })?;
        put_element(out, tensor, here).map_err(|error| error.in_row(element / row.max(1)))?;
        element += 1;
    }
    Ok(())
}

/// Writes a value; a float with the digits of its 64-bit float, so that a server that reads it as one rounds
/// it back.
fn put_element(out: &mut Out<'_>, tensor: &Tensor, bytes: &[u8]) -> Result<()> {
    let bits = bytes.iter().take(size_of::<u64>()).rev().fold(0, |bits, byte| bits << 8 | u64::from(*byte));
    match tensor.datatype {
        DataType::Bool => out.text(if bits == 0 { "false" } else { "true" }),
        DataType::Uint8 | DataType::Uint16 | DataType::Uint32 | DataType::Uint64 => out.display(bits),
        DataType::Int8 => out.display(bits as i8),
        DataType::Int16 => out.display(bits as i16),
        DataType::Int32 => out.display(bits as i32),
        DataType::Int64 => out.display(bits as i64),
        DataType::Fp16 => out.float(fp16_value(bits as u16).into()),
        DataType::Bf16 => out.float(bf16_value(bits as u16).into()),
        DataType::Fp32 => out.float(f32::from_bits(bits as u32).into()),
        DataType::Fp64 => out.float(f64::from_bits(bits)),
        DataType::Bytes if tensor.is_base64() => out.base64(bytes),
        DataType::Bytes => out.string(bytes),
    }
}

/// JSON that grows as far as there is memory.
struct Out<'a>(&'a mut Vec<u8>);

impl Out<'_> {
    fn text(&mut self, text: &str) -> Result<()> {
        reserve(self.0, text.len())?;
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn display(&mut self, value: impl Display) -> Result<()> {
        write!(self, "{value}").map_err(|_| none_for(1))
    }

    fn float(&mut self, value: f64) -> Result<()> {
        if !value.is_finite() {
            return Err(not_json(value));
        }
        let mut room = [0; WIDEST_F64];
        let length = write_f64(&mut room, value);
        reserve(self.0, length)?;
        self.0.extend_from_slice(room.get(..length).unwrap_or_default());
        Ok(())
    }

    fn base64(&mut self, bytes: &[u8]) -> Result<()> {
        self.text("\"")?;
        append_encoded(self.0, bytes)?;
        self.text("\"")
    }

    fn string(&mut self, bytes: &[u8]) -> Result<()> {
        let text = std::str::from_utf8(bytes).map_err(|_| {
            not_json("bytes that are not UTF-8").advising("or content_type base64 in a model description")
        })?;
        serde_json::to_writer(self, text).map_err(|_| none_for(bytes.len()))
    }
}

#[cold]
fn not_json(what: impl Display) -> Error {
    let message = format!(
        "{what} cannot be sent as JSON, and the server is not known to take bytes; see the option wire"
    );
    Error::new(ErrorKind::FeatureValue, message)
}

impl io::Write for Out<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        reserve(self.0, bytes.len()).map_err(|_| io::ErrorKind::OutOfMemory)?;
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::Array;
    use crate::protocol::open_inference::tensors::tests::model;
    use crate::values::Value;

    fn text(body: &Body<'_>) -> String {
        String::from_utf8(body.json.clone()).unwrap()
    }

    #[test]
    fn a_request_is_a_head_and_a_slice_for_each_input() {
        let model = model(&[(r#"x \"1\""#, "FP32", ",2"), ("t", "BYTES", ",1")]);
        let texts = Texts::new(&model, true, "").unwrap();
        let mut tensors = Tensors::new(model.clone());
        for (values, word) in [([0.1f32, -2.0], "a"), ([3.0, 4.0], "")] {
            tensors.put(0, &Value::Array(&Array::of(&[2], &values).unwrap())).unwrap();
            tensors.put(1, &Value::Text(word)).unwrap();
            tensors.end_row().unwrap();
        }
        let binary = body(&model, &texts, &tensors, 0..2, "7", Form::Binary).unwrap();
        let outputs = concat!(
            r#"],"outputs":[{"name":"x \"1\"","parameters":{"binary_data":true}},"#,
            r#"{"name":"t","parameters":{"binary_data":true}}]}"#
        );
        let inputs = concat!(
            r#"{"id":"7","inputs":[{"name":"x \"1\"","datatype":"FP32","shape":[2,2],"parameters":{"binary_data_size":16}},"#,
            r#"{"name":"t","datatype":"BYTES","shape":[2,1],"parameters":{"binary_data_size":9}}"#
        );
        assert_eq!(text(&binary), format!("{inputs}{outputs}"));
        assert_eq!(binary.tensors[1], b"\x01\0\0\0a\0\0\0\0");
        assert_eq!((binary.tensors.len(), binary.tensors[0].len()), (2, 16));
        // Nothing was copied.
        assert_eq!(binary.tensors[0].as_ptr(), tensors.elements(0, 0..2).as_ptr());
        let json = body(&model, &texts, &tensors, 0..1, "8", Form::Json).unwrap();
        let inputs = concat!(
            r#"{"id":"8","inputs":[{"name":"x \"1\"","datatype":"FP32","shape":[1,2],"data":[0.10000000149011612,-2.0]},"#,
            r#"{"name":"t","datatype":"BYTES","shape":[1,1],"data":["a"]}"#
        );
        assert_eq!(text(&json), format!("{inputs}{outputs}"));
        assert!(json.tensors.is_empty());
        let texts = Texts::new(&model, false, r#""a":1"#).unwrap();
        let plain = body(&model, &texts, &tensors, 0..1, "8", Form::Json).unwrap();
        assert!(
            text(&plain).ends_with(r#""outputs":[{"name":"x \"1\""},{"name":"t"}],"parameters":{"a":1}}"#),
            "{}",
            text(&plain)
        );
    }

    fn data(datatype: &str, bytes: &[u8]) -> Result<String> {
        let model = model(&[("x", datatype, "")]);
        let mut json = Vec::new();
        put_data(&mut Out(&mut json), &model.inputs[0], 1, bytes)?;
        Ok(String::from_utf8(json).unwrap())
    }

    #[test]
    fn every_type_has_its_json() {
        for (datatype, bytes, expected) in [
            ("BOOL", &[1, 0][..], "true,false"),
            ("UINT8", &[255, 0], "255,0"),
            ("UINT16", &[255, 255], "65535"),
            ("UINT32", &[255, 255, 255, 255], "4294967295"),
            ("UINT64", &[255; 8], "18446744073709551615"),
            ("INT8", &[255, 128], "-1,-128"),
            ("INT16", &[254, 255], "-2"),
            ("INT32", &[254, 255, 255, 255], "-2"),
            ("INT64", &[0, 0, 0, 0, 0, 0, 0, 128], "-9223372036854775808"),
            ("FP16", &[0x66, 0x2e, 0, 0x80], "0.0999755859375,-0.0"),
            ("BF16", &[0xcd, 0x3d], "0.10009765625"),
            ("FP32", &[205, 204, 204, 61], "0.10000000149011612"),
            ("FP64", &[154, 153, 153, 153, 153, 153, 185, 63], "0.1"),
            ("BYTES", b"\x03\0\0\0\"\\\n\0\0\0\0", r#""\"\\\n","""#),
        ] {
            assert_eq!(data(datatype, bytes).unwrap(), expected, "{datatype}");
        }
        assert_eq!(data("FP32", b"").unwrap(), "");
        let error = data("FP32", &[0, 0, 0, 0, 0, 0, 0xc0, 0x7f]).unwrap_err();
        assert_eq!((error.kind(), error.row()), (ErrorKind::FeatureValue, Some(1)));
        assert!(error.to_string().contains("NaN cannot be sent as JSON"), "{error}");
        let error = data("BYTES", b"\x01\0\0\0\xff").unwrap_err().to_string();
        assert!(
            error.contains("bytes that are not UTF-8 cannot be sent as JSON")
                && error.ends_with("see the option wire; or content_type base64 in a model description"),
            "{error}"
        );
    }
}
