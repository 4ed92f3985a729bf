//! ONNX Runtime, loaded at run time from a shared library. It has all element types and operators.

use std::borrow::Cow;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use half::{bf16, f16};
use ort::environment::Environment;
use ort::logging::LogLevel;
use ort::session::builder::{GraphOptimizationLevel, SessionBuilder};
use ort::session::{OutputSelector, RunOptions, Session, SessionInputValue};
use ort::value::{DynValue, PrimitiveTensorElementType, Tensor as OrtTensor, TensorElementType, ValueType};

use crate::engine::{EngineError, Model};
use crate::onnx::OnnxFile;
use crate::tensor::{Signature, Tensor, TensorSpec, Values};

/// A model that ONNX Runtime computes.
pub struct OnnxRuntimeModel {
    /// A session is not made for two runs at once.
    session: Mutex<Session>,
    signature: Signature,
}

impl OnnxRuntimeModel {
    /// Loads a model from its file, or from the bytes that the file becomes.
    pub fn load(
        file: &Path,
        bytes: Option<&[u8]>,
        declared: &OnnxFile,
        environment: &Environment,
        threads: Option<usize>,
    ) -> Result<OnnxRuntimeModel, String> {
        let mut builder = builder(environment, threads)?;
        let session = match bytes {
            Some(bytes) => builder.commit_from_memory(bytes),
            None => builder.commit_from_file(file),
        };
        let session = session.map_err(|error| in_words(&error))?;
        let signature = signature(&session, declared)?;
        Ok(OnnxRuntimeModel { session: Mutex::new(session), signature })
    }
}

fn builder(environment: &Environment, threads: Option<usize>) -> Result<SessionBuilder, String> {
    let words = |error: ort::Error<SessionBuilder>| error.message().to_owned();
    // What fails is in the errors; the engine's own lines on standard error would say it twice.
    let builder = Session::builder(environment).map_err(|error| in_words(&error))?;
    let builder = builder.with_log_level(LogLevel::Fatal).map_err(words)?;
    let builder = builder.with_optimization_level(GraphOptimizationLevel::All).map_err(words)?;
    // Threads that wait in a loop would take the processors from the requests.
    let builder = builder.with_intra_op_spinning(false).map_err(words)?;
    match threads {
        Some(threads) => builder.with_intra_threads(threads).map_err(words),
        None => Ok(builder),
    }
}

/// The engine's message without the places in its source.
fn in_words(error: &ort::Error) -> String {
    error.message().split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Model for OnnxRuntimeModel {
    fn engine(&self) -> &str {
        "onnxruntime"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn run(&self, inputs: Vec<Tensor>, outputs: &[usize]) -> Result<Vec<Tensor>, EngineError> {
        let failed = |error: ort::Error| EngineError::Failed(in_words(&error));
        let specs = &self.signature.outputs;
        let mut fed: Vec<(Cow<str>, SessionInputValue)> = Vec::with_capacity(inputs.len());
        for (spec, tensor) in self.signature.inputs.iter().zip(inputs) {
            fed.push((Cow::Borrowed(spec.name.as_str()), to_engine(&spec.name, tensor)?));
        }
        let wanted = outputs
            .iter()
            .fold(OutputSelector::no_default(), |wanted, &place| wanted.with(&specs[place].name));
        let options = RunOptions::new().map_err(failed)?.with_outputs(wanted);
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let found = session.run_with_options(fed, &options).map_err(failed)?;
        let read = |(&place, value): (&usize, &DynValue)| {
            from_engine(value, &specs[place]).map_err(EngineError::Failed)
        };
        outputs.iter().zip(found.values()).map(|(place, value)| read((place, &value))).collect()
    }
}

/// The tensors of the session, as the file declares them.
fn signature(session: &Session, declared: &OnnxFile) -> Result<Signature, String> {
    let inputs = session.inputs().iter().map(|input| declared.input(input.name()));
    let mut signature = Signature { inputs: inputs.collect::<Result<_, _>>()?, ..Signature::default() };
    for output in declared.outputs() {
        match output {
            Ok(spec) => signature.outputs.push(spec),
            Err(problem) => signature.lacking.push(problem),
        }
    }
    Ok(signature)
}

fn to_engine(
    name: &str,
    Tensor { shape, values }: Tensor,
) -> Result<SessionInputValue<'static>, EngineError> {
    let shape: Vec<i64> = shape.iter().map(|size| i64::try_from(*size).unwrap_or(i64::MAX)).collect();
    let value = match values {
        Values::Bool(values) => value(shape, values),
        Values::I8(values) => value(shape, values),
        Values::I16(values) => value(shape, values),
        Values::I32(values) => value(shape, values),
        Values::I64(values) => value(shape, values),
        Values::U8(values) => value(shape, values),
        Values::U16(values) => value(shape, values),
        Values::U32(values) => value(shape, values),
        Values::U64(values) => value(shape, values),
        Values::F16(values) => value(shape, values.into_iter().map(f16::from_bits).collect()),
        Values::Bf16(values) => value(shape, values.into_iter().map(bf16::from_bits).collect()),
        Values::F32(values) => value(shape, values),
        Values::F64(values) => value(shape, values),
        Values::Text(texts) => {
            if let Some(place) = texts.iter().position(|text| text.contains('\0')) {
                let problem = "the engine has no strings with a NUL character";
                return Err(EngineError::Refused(format!("input {name:?}: value {place}: {problem}")));
            }
            OrtTensor::from_string_array((shape, texts.as_slice())).map(SessionInputValue::from)
        }
    };
    value.map_err(|error| EngineError::Failed(in_words(&error)))
}

fn value<T>(shape: Vec<i64>, values: Vec<T>) -> ort::Result<SessionInputValue<'static>>
where
    T: PrimitiveTensorElementType + std::fmt::Debug + Clone + 'static,
{
    OrtTensor::from_array((shape, values)).map(SessionInputValue::from)
}

fn from_engine(value: &DynValue, spec: &TensorSpec) -> Result<Tensor, String> {
    let ValueType::Tensor { ty, shape, .. } = value.dtype() else {
        return Err(format!("output {:?} is no tensor", spec.name));
    };
    let shape: Vec<usize> = shape.iter().map(|size| usize::try_from(*size).unwrap_or_default()).collect();
    let values =
        match ty {
            TensorElementType::Bool => list(value).map(Values::Bool),
            TensorElementType::Int8 => list(value).map(Values::I8),
            TensorElementType::Int16 => list(value).map(Values::I16),
            TensorElementType::Int32 => list(value).map(Values::I32),
            TensorElementType::Int64 => list(value).map(Values::I64),
            TensorElementType::Uint8 => list(value).map(Values::U8),
            TensorElementType::Uint16 => list(value).map(Values::U16),
            TensorElementType::Uint32 => list(value).map(Values::U32),
            TensorElementType::Uint64 => list(value).map(Values::U64),
            TensorElementType::Float16 => list(value)
                .map(|values: Vec<f16>| Values::F16(values.into_iter().map(f16::to_bits).collect())),
            TensorElementType::Bfloat16 => list(value)
                .map(|values: Vec<bf16>| Values::Bf16(values.into_iter().map(bf16::to_bits).collect())),
            TensorElementType::Float32 => list(value).map(Values::F32),
            TensorElementType::Float64 => list(value).map(Values::F64),
            TensorElementType::String => value.try_extract_strings().map(|(_, texts)| Values::Text(texts)),
            other => return Err(format!("output {:?} is of the element type {other}", spec.name)),
        };
    let values = values.map_err(|error| format!("output {:?}: {}", spec.name, in_words(&error)))?;
    match values.datatype() == spec.datatype {
        true => Ok(Tensor { shape, values }),
        false => Err(format!(
            "the engine gave {} for output {:?}, which the model declares as {}",
            values.datatype().name(),
            spec.name,
            spec.datatype.name()
        )),
    }
}

fn list<T: PrimitiveTensorElementType + Clone>(value: &DynValue) -> ort::Result<Vec<T>> {
    value.try_extract_tensor().map(|(_, values)| values.to_vec())
}
