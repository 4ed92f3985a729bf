//! What an ONNX file declares of its inputs and outputs. The engine tells less: its INT64 and BOOL are INT32.

use std::fs::File;
use std::path::Path;

use rten_onnx::onnx::{DataType, Dimension, ValueInfoProto};
use rten_onnx::protobuf::{DecodeMessage, Fields, OwnedValues, ProtobufError, ReadValue, ValueReader};

use crate::tensor::{Datatype, Size, TensorSpec};

/// The inputs and outputs of a model.
pub struct Declared {
    inputs: Vec<ValueInfoProto>,
    outputs: Vec<ValueInfoProto>,
}

impl Declared {
    /// Reads the declarations of a file; its weights are skipped.
    pub fn read(file: &Path) -> Result<Declared, String> {
        let file = File::open(file).map_err(|error| error.to_string())?;
        let model = ModelFile::decode(ValueReader::from_file(file)).map_err(|error| error.to_string())?;
        Ok(model.0)
    }

    /// The input of this name; older files list weights among the inputs.
    pub fn input(&self, name: &str) -> Result<TensorSpec, String> {
        let value = self.inputs.iter().find(|value| value.name.as_deref() == Some(name));
        spec(name, value).map_err(|problem| format!("input {name:?} {problem}"))
    }

    /// All outputs, in the order of the file; the error of one names it.
    pub fn outputs(&self) -> Vec<Result<TensorSpec, String>> {
        let output = |value: &ValueInfoProto| {
            let name = value.name.as_deref().unwrap_or_default();
            spec(name, Some(value)).map_err(|problem| format!("output {name:?} {problem}"))
        };
        self.outputs.iter().map(output).collect()
    }
}

fn spec(name: &str, value: Option<&ValueInfoProto>) -> Result<TensorSpec, String> {
    let declared = value.and_then(|value| value.r#type.as_ref()).ok_or("has no type in the model")?;
    let tensor = declared.tensor_type.as_ref().ok_or("is no tensor")?;
    let element = tensor.elem_type.ok_or("has no element type in the model")?;
    let datatype = datatype(element)
        .ok_or_else(|| format!("has the element type {element}, which this server does not have"))?;
    let shape = tensor.shape.as_ref().map(|shape| shape.dim.iter().map(size).collect());
    Ok(TensorSpec { name: name.to_owned(), datatype, shape, labels: None })
}

fn datatype(element: DataType) -> Option<Datatype> {
    match element {
        DataType::BOOL => Some(Datatype::Bool),
        DataType::INT8 => Some(Datatype::Int8),
        DataType::INT16 => Some(Datatype::Int16),
        DataType::INT32 => Some(Datatype::Int32),
        DataType::INT64 => Some(Datatype::Int64),
        DataType::UINT8 => Some(Datatype::Uint8),
        DataType::UINT16 => Some(Datatype::Uint16),
        DataType::UINT32 => Some(Datatype::Uint32),
        DataType::UINT64 => Some(Datatype::Uint64),
        DataType::FLOAT16 => Some(Datatype::Fp16),
        DataType::BFLOAT16 => Some(Datatype::Bf16),
        DataType::FLOAT => Some(Datatype::Fp32),
        DataType::DOUBLE => Some(Datatype::Fp64),
        DataType::STRING => Some(Datatype::Bytes),
        _ => None,
    }
}

/// Some exporters write a free size as -1, others as an empty name.
fn size(dimension: &Dimension) -> Size {
    match dimension.dim_value.and_then(|size| usize::try_from(size).ok()) {
        Some(size) => Size::Fixed(size),
        None => Size::Free(dimension.dim_param.clone().filter(|name| !name.is_empty())),
    }
}

/// The fields of ONNX's `ModelProto` and `GraphProto` that are read here.
const MODEL_GRAPH: u64 = 7;
const GRAPH_INPUT: u64 = 11;
const GRAPH_OUTPUT: u64 = 12;

struct ModelFile(Declared);

impl DecodeMessage for ModelFile {
    type Types = OwnedValues;

    fn decode_fields<R: ReadValue<Types = OwnedValues>>(
        mut fields: Fields<R>,
    ) -> Result<ModelFile, ProtobufError> {
        let mut model = ModelFile(Declared { inputs: Vec::new(), outputs: Vec::new() });
        while let Some(mut field) = fields.next()? {
            match field.number() {
                MODEL_GRAPH => model.0 = Declared::decode_field(&mut field)?,
                _ => field.skip()?,
            }
        }
        Ok(model)
    }
}

impl DecodeMessage for Declared {
    type Types = OwnedValues;

    fn decode_fields<R: ReadValue<Types = OwnedValues>>(
        mut fields: Fields<R>,
    ) -> Result<Declared, ProtobufError> {
        let mut graph = Declared { inputs: Vec::new(), outputs: Vec::new() };
        while let Some(mut field) = fields.next()? {
            match field.number() {
                GRAPH_INPUT => graph.inputs.push(ValueInfoProto::decode_field(&mut field)?),
                GRAPH_OUTPUT => graph.outputs.push(ValueInfoProto::decode_field(&mut field)?),
                _ => field.skip()?,
            }
        }
        Ok(graph)
    }
}

#[cfg(test)]
mod tests {
    use rten_onnx::onnx::{TensorShapeProto, TypeProto, TypeProtoTensor};

    use super::*;

    fn dimension(value: Option<i64>, name: Option<&str>) -> Dimension {
        Dimension { dim_value: value, dim_param: name.map(str::to_owned) }
    }

    fn value(element: DataType, dim: Vec<Dimension>) -> ValueInfoProto {
        let tensor = TypeProtoTensor { elem_type: Some(element), shape: Some(TensorShapeProto { dim }) };
        let declared = TypeProto { tensor_type: Some(tensor), ..TypeProto::default() };
        ValueInfoProto { name: Some("x".to_owned()), r#type: Some(declared) }
    }

    #[test]
    fn free_sizes_are_read_in_every_form_of_an_exporter() {
        let named = || Size::Free(Some("n".to_owned()));
        for (dimension, expected) in [
            (dimension(Some(3), None), Size::Fixed(3)),
            (dimension(Some(0), None), Size::Fixed(0)),
            (dimension(None, Some("n")), named()),
            (dimension(Some(-1), Some("n")), named()),
            (dimension(Some(-1), None), Size::Free(None)),
            (dimension(None, Some("")), Size::Free(None)),
            (dimension(None, None), Size::Free(None)),
        ] {
            assert_eq!(size(&dimension), expected, "{dimension:?}");
        }
    }

    #[test]
    fn a_type_is_the_declared_one_or_refused_by_its_name() {
        let declared = |element| spec("x", Some(&value(element, vec![]))).map(|spec| spec.datatype.name());
        assert_eq!(declared(DataType::INT64), Ok("INT64"));
        assert_eq!(declared(DataType::BOOL), Ok("BOOL"));
        assert_eq!(declared(DataType::DOUBLE), Ok("FP64"));
        assert_eq!(declared(DataType::UINT16), Ok("UINT16"));
        assert_eq!(declared(DataType::STRING), Ok("BYTES"));
        assert!(declared(DataType::COMPLEX64).unwrap_err().contains("COMPLEX64"));
        assert!(spec("x", None).unwrap_err().contains("no type"));
    }
}
