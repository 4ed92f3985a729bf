//! The embedded engine. It computes BOOL, INT32 and INT64 in 32-bit integers and all floats in FP32; here the
//! tensors of the model's own types become those and come back.

use std::path::Path;

use rten::{NodeId, Value, ValueOrView};
use rten_tensor::Layout as _;
use rten_tensor::prelude::*;

use crate::engine::{Caller, EngineError, Model};
use crate::half;
use crate::onnx::OnnxFile;
use crate::tensor::{Datatype, Signature, Tensor, TensorSpec, Values};

/// A model that rten computes.
pub struct RtenModel {
    model: rten::Model,
    signature: Signature,
    /// The node of each output of the signature.
    outputs: Vec<NodeId>,
}

impl RtenModel {
    /// Loads a model from its file, or from the bytes that the file becomes.
    pub fn load(file: &Path, bytes: Option<&[u8]>, declared: &OnnxFile) -> Result<RtenModel, String> {
        let options = rten::ModelOptions::with_all_ops();
        let model = match bytes {
            Some(bytes) => options.load(bytes.to_vec()),
            None => options.load_file(file),
        };
        let model = model.map_err(|error| error.to_string())?;
        let inputs = inputs(&model, declared)?;
        // The optimizer may have renamed an output, its place stays.
        let found = declared.outputs();
        if found.len() != model.output_ids().len() {
            return Err("the engine has other outputs than the model".to_owned());
        }
        let (mut given, mut lacking, mut outputs) = (Vec::new(), Vec::new(), Vec::new());
        for (spec, node) in found.into_iter().zip(model.output_ids()) {
            match spec.and_then(|spec| computed("output", spec)) {
                Ok(spec) => {
                    given.push(spec);
                    outputs.push(*node);
                }
                Err(problem) => lacking.push(problem),
            }
        }
        let signature = Signature { inputs, outputs: given, lacking };
        Ok(RtenModel { model, signature, outputs })
    }
}

impl Model for RtenModel {
    fn engine(&self) -> &str {
        "rten"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn run(&self, inputs: Vec<Tensor>, outputs: &[usize], _: Caller) -> Result<Vec<Tensor>, EngineError> {
        let mut fed: Vec<(NodeId, ValueOrView)> = Vec::with_capacity(inputs.len());
        for ((node, spec), tensor) in self.model.input_ids().iter().zip(&self.signature.inputs).zip(inputs) {
            fed.push((*node, to_engine(&spec.name, tensor)?.into()));
        }
        let wanted: Vec<NodeId> = outputs.iter().map(|&place| self.outputs[place]).collect();
        // The graph may give one value as several outputs; the engine wants each once.
        let mut nodes = wanted.clone();
        nodes.sort_unstable();
        nodes.dedup();
        let found = self.model.run(fed, &nodes, None).map_err(EngineError::failed)?;
        let read = |(&place, node)| {
            let value = &found[nodes.binary_search(node).unwrap_or_default()];
            from_engine(value, &self.signature.outputs[place]).map_err(EngineError::Failed)
        };
        outputs.iter().zip(&wanted).map(read).collect()
    }
}

/// The inputs in the engine's order; older files list weights among theirs.
fn inputs(model: &rten::Model, declared: &OnnxFile) -> Result<Vec<TensorSpec>, String> {
    let input = |&node| {
        let info = model.node_info(node);
        let name = info.as_ref().and_then(|info| info.name()).unwrap_or_default();
        declared.input(name).and_then(|spec| computed("input", spec))
    };
    model.input_ids().iter().map(input).collect()
}

/// A tensor of a type that the engine computes.
fn computed(what: &str, spec: TensorSpec) -> Result<TensorSpec, String> {
    match spec.datatype {
        Datatype::Bool
        | Datatype::Int8
        | Datatype::Int32
        | Datatype::Int64
        | Datatype::Uint8
        | Datatype::Fp16
        | Datatype::Fp32
        | Datatype::Fp64 => Ok(spec),
        datatype => Err(format!(
            "{what} {:?} has the element type {}, which rten does not have; ONNX Runtime does",
            spec.name,
            datatype.name()
        )),
    }
}

fn to_engine(name: &str, Tensor { shape, values }: Tensor) -> Result<Value, EngineError> {
    let refused = |(place, problem): (usize, String)| {
        EngineError::Refused(format!("input {name:?}: value {place}: {problem}"))
    };
    match values {
        Values::F32(values) => filled(shape, values),
        Values::I32(values) => filled(shape, values),
        Values::I8(values) => filled(shape, values),
        Values::U8(values) => filled(shape, values),
        Values::Bool(values) => filled::<i32>(shape, values.into_iter().map(i32::from).collect()),
        Values::F16(values) => filled::<f32>(shape, values.into_iter().map(half::to_f32).collect()),
        Values::I64(values) => filled(shape, each(&values, narrow).map_err(refused)?),
        Values::F64(values) => filled(shape, each(&values, single).map_err(refused)?),
        values => {
            let datatype = values.datatype().name();
            Err(EngineError::failed(format!("the engine does not compute {datatype}")))
        }
    }
}

fn filled<T>(shape: Vec<usize>, values: Vec<T>) -> Result<Value, EngineError>
where
    Value: From<rten_tensor::Tensor<T>>,
{
    let tensor = rten_tensor::Tensor::try_from_data(shape.as_slice(), values);
    tensor.map(Value::from).map_err(EngineError::failed)
}

/// Converts all values. The error is the place of the first that the engine cannot hold, and why.
fn each<T: Copy, U>(
    values: &[T],
    convert: impl Fn(T) -> Result<U, String>,
) -> Result<Vec<U>, (usize, String)> {
    let numbered = values.iter().enumerate();
    numbered.map(|(place, value)| convert(*value).map_err(|problem| (place, problem))).collect()
}

/// The engine's INT64 has 32 bits: a larger value would be another one without a word.
fn narrow(value: i64) -> Result<i32, String> {
    i32::try_from(value)
        .map_err(|_| format!("{value} is beyond the 32 bits in which this server computes INT64"))
}

/// The engine computes FP64 in FP32: values are rounded, and refused if they would become infinite.
fn single(value: f64) -> Result<f32, String> {
    let rounded = value as f32;
    match rounded.is_infinite() && value.is_finite() {
        true => Err(format!("{value:e} is beyond FP32, in which this server computes FP64")),
        false => Ok(rounded),
    }
}

fn from_engine(value: &Value, spec: &TensorSpec) -> Result<Tensor, String> {
    let values = match (value, spec.datatype) {
        (Value::FloatTensor(tensor), Datatype::Fp32) => Values::F32(tensor.to_vec()),
        (Value::FloatTensor(tensor), Datatype::Fp64) => {
            Values::F64(tensor.iter().map(|value| f64::from(*value)).collect())
        }
        (Value::FloatTensor(tensor), Datatype::Fp16) => {
            Values::F16(tensor.iter().map(|value| half::from_f32(*value)).collect())
        }
        (Value::Int32Tensor(tensor), Datatype::Int32) => Values::I32(tensor.to_vec()),
        (Value::Int32Tensor(tensor), Datatype::Int64) => {
            Values::I64(tensor.iter().map(|value| i64::from(*value)).collect())
        }
        (Value::Int32Tensor(tensor), Datatype::Bool) => {
            Values::Bool(tensor.iter().map(|value| *value != 0).collect())
        }
        (Value::Int8Tensor(tensor), Datatype::Int8) => Values::I8(tensor.to_vec()),
        (Value::UInt8Tensor(tensor), Datatype::Uint8) => Values::U8(tensor.to_vec()),
        (value, datatype) => {
            return Err(format!(
                "the engine gave {} for output {:?}, which the model declares as {}",
                value.dtype(),
                spec.name,
                datatype.name()
            ));
        }
    };
    Ok(Tensor { shape: value.shape().to_vec(), values })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there_and_back(values: Values) -> Result<Values, EngineError> {
        let datatype = values.datatype();
        let value = to_engine("x", Tensor { shape: vec![values.len()], values })?;
        let spec = TensorSpec { shape: None, ..TensorSpec::new("x", datatype, Vec::new()) };
        from_engine(&value, &spec).map(|tensor| tensor.values).map_err(EngineError::Failed)
    }

    #[test]
    fn values_keep_their_type() {
        for values in [
            Values::Bool(vec![true, false]),
            Values::I8(vec![-128, 127]),
            Values::U8(vec![255]),
            Values::I32(vec![i32::MIN]),
            Values::I64(vec![i64::from(i32::MIN), 7]),
            Values::F16(vec![0x3c00, 1, 0x7c00]),
            Values::F32(vec![0.1]),
            Values::F64(vec![0.5, f64::INFINITY]),
        ] {
            assert_eq!(there_and_back(values.clone()), Ok(values));
        }
    }

    #[test]
    fn what_the_engine_cannot_hold_is_refused() {
        let refused = |values| match there_and_back(values) {
            Err(EngineError::Refused(reason)) => reason,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            refused(Values::I64(vec![1, 1 << 31])),
            "input \"x\": value 1: 2147483648 is beyond the 32 bits in which this server computes INT64"
        );
        assert_eq!(
            refused(Values::F64(vec![1e39])),
            "input \"x\": value 0: 1e39 is beyond FP32, in which this server computes FP64"
        );
        assert!(there_and_back(Values::U64(vec![1])).unwrap_err().reason().contains("UINT64"));
    }
}
