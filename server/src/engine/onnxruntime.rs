//! ONNX Runtime, loaded at run time from a shared library. It has all element types and operators.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use half::{bf16, f16};
use ort::environment::Environment;
use ort::logging::LogLevel;
use ort::session::builder::{GraphOptimizationLevel, SessionBuilder};
use ort::session::{OutputSelector, RunOptions, Session, SessionInputValue};
use ort::value::{DynValue, PrimitiveTensorElementType, Tensor as OrtTensor, TensorElementType, ValueType};

use crate::engine::pool::Pool;
use crate::engine::{Caller, EngineError, Model, rewrite};
use crate::onnx::OnnxFile;
use crate::tensor::{Signature, Tensor, TensorSpec, Values};
use crate::version::Version;

/// All sessions of a model take no more memory than this, as long as nobody says how many there may be.
const MOST_MEMORY: u64 = 1 << 30;

/// A model that ONNX Runtime computes.
pub struct OnnxRuntimeModel {
    /// A session is not made for two runs at once.
    sessions: Arc<Pool<Session>>,
    signature: Signature,
}

/// How models are run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    /// Threads of one run; otherwise as many as there are processors.
    pub threads: Option<usize>,
    /// The most runs of one model at once.
    pub runs: Option<usize>,
}

impl Settings {
    /// The most sessions of a model that is so large.
    fn sessions(self, bytes: u64) -> usize {
        self.runs.unwrap_or_else(|| {
            let processors = thread::available_parallelism().map_or(1, |processors| processors.get());
            let fitting = usize::try_from(MOST_MEMORY / bytes.max(1)).unwrap_or(usize::MAX);
            (processors / self.threads.unwrap_or(1)).min(fitting).max(1)
        })
    }
}

/// What the sessions of a model are made of.
struct Origin {
    file: PathBuf,
    /// The file and those with its weights, as they were when the first session was made.
    versions: Vec<(PathBuf, Option<Version>)>,
    environment: &'static Environment,
    threads: Option<usize>,
}

impl OnnxRuntimeModel {
    /// Loads a model from its file, or from the bytes that the file becomes.
    pub fn load(
        file: &Path,
        bytes: Option<&[u8]>,
        declared: &OnnxFile,
        environment: &'static Environment,
        settings: Settings,
    ) -> Result<OnnxRuntimeModel, String> {
        let origin = Origin::new(file, declared, environment, settings.threads);
        let session = origin.open(bytes)?;
        let signature = signature(&session, declared)?;
        let most = settings.sessions(origin.bytes());
        let sessions = Pool::new(session, most, move || origin.open_again());
        Ok(OnnxRuntimeModel { sessions, signature })
    }
}

impl Origin {
    fn new(
        file: &Path,
        declared: &OnnxFile,
        environment: &'static Environment,
        threads: Option<usize>,
    ) -> Origin {
        let weights = declared.external.iter().map(|name| file.with_file_name(name));
        let files = std::iter::once(file.to_owned()).chain(weights);
        let versions = files.map(|file| (file.clone(), Version::of(&file))).collect();
        Origin { file: file.to_owned(), versions, environment, threads }
    }

    /// The length of all files.
    fn bytes(&self) -> u64 {
        self.versions.iter().filter_map(|(_, version)| version.as_ref()).map(|version| version.length).sum()
    }

    fn open(&self, bytes: Option<&[u8]>) -> Result<Session, String> {
        let mut builder = builder(self.environment, self.threads)?;
        let session = match bytes {
            Some(bytes) => builder.commit_from_memory(bytes),
            None => builder.commit_from_file(&self.file),
        };
        session.map_err(|error| in_words(&error))
    }

    /// A further session, unless the files have changed.
    fn open_again(&self) -> Option<Session> {
        let bytes = rewrite::rewritten(&self.file, &OnnxFile::read(&self.file).ok()?).ok()?;
        let session = self.open(bytes.as_deref()).ok()?;
        let is_same = |(file, version): &(PathBuf, Option<Version>)| Version::of(file) == *version;
        self.versions.iter().all(is_same).then_some(session)
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

    fn run(&self, inputs: Vec<Tensor>, outputs: &[usize], _: Caller) -> Result<Vec<Tensor>, EngineError> {
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
        let read = |(&place, value): (&usize, &DynValue)| {
            from_engine(value, &specs[place]).map_err(EngineError::Failed)
        };
        self.sessions.lend(|session| {
            let found = session.run_with_options(fed, &options).map_err(failed)?;
            outputs.iter().zip(found.values()).map(|(place, value)| read((place, &value))).collect()
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_as_many_as_have_processors_and_memory() {
        let processors = thread::available_parallelism().map_or(1, |processors| processors.get());
        let sessions = |threads, runs, bytes| Settings { threads, runs }.sessions(bytes);
        assert_eq!(sessions(None, None, 1000), processors);
        assert_eq!(sessions(Some(1), None, 0), processors);
        assert_eq!(sessions(Some(processors), None, 1000), 1);
        assert_eq!(sessions(Some(processors + 1), None, 1000), 1);
        assert_eq!(sessions(None, None, MOST_MEMORY / 2 + 1), 1);
        assert_eq!(sessions(None, None, u64::MAX), 1);
        assert_eq!(sessions(Some(64), Some(3), u64::MAX), 3);
    }
}
