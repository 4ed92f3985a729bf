//! Which engine computes a model: the one that a deployment or the command line names, or the embedded one
//! if it runs the model and agrees with ONNX Runtime.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ort::environment::Environment;

use crate::deployment::EngineName;
use crate::engine::onnxruntime::{OnnxRuntimeModel, Settings};
use crate::engine::rewrite;
use crate::engine::rows::RowByRow;
use crate::engine::rten::RtenModel;
use crate::engine::trial::{self, Declared, Trial};
use crate::engine::{ALWAYS, Caller, EngineError, Model, library};
use crate::metrics::Metrics;
use crate::onnx::OnnxFile;
use crate::tensor::{Signature, Size, Tensor};

/// What the command line says of the engines.
#[derive(Clone, Debug, Default)]
pub struct Engines {
    /// The engine of all deployments, instead of their own.
    pub engine: Option<EngineName>,
    /// The library of ONNX Runtime.
    pub library: Option<PathBuf>,
    /// How ONNX Runtime runs models.
    pub settings: Settings,
    /// How long the servers of a model elsewhere may take to describe it; none is as long as its timeouts.
    pub wait: Option<Duration>,
    /// Where the runs of all models are counted.
    pub metrics: Arc<Metrics>,
}

/// A model with its engine, and what there is to say of it.
pub struct Chosen {
    pub model: Box<dyn Model>,
    pub notes: Vec<String>,
}

/// A model's file, as far as the engines need it.
struct ModelFile<'a> {
    path: &'a Path,
    declared: OnnxFile,
    /// What the file becomes, if it has to be changed.
    bytes: Option<Vec<u8>>,
    categories: Declared,
}

impl Engines {
    /// Loads a model with the engine that a deployment names, and runs it on examples.
    pub fn load(&self, path: &Path, wanted: EngineName, categories: Declared) -> Result<Chosen, String> {
        let declared = OnnxFile::read(path)?;
        let bytes = rewrite::rewritten(path, &declared)?;
        let file = ModelFile { path, declared, bytes, categories };
        match self.engine.unwrap_or(wanted) {
            EngineName::Rten => file.rten().map(|model| tried(Box::new(model), &file.categories).0),
            EngineName::OnnxRuntime => {
                let library = library::load(self.library.as_deref())?;
                self.onnxruntime(&file, library).map(|model| tried(Box::new(model), &file.categories).0)
            }
            EngineName::Auto => self.auto(&file),
        }
    }

    fn auto(&self, file: &ModelFile) -> Result<Chosen, String> {
        let rten = file.rten();
        let library = library::load(self.library.as_deref());
        match (rten, library) {
            // A library that was named has to be there.
            (_, Err(problem)) if library::is_named(self.library.as_deref()) => Err(problem),
            (Ok(rten), Err(_)) => Ok(tried(Box::new(rten), &file.categories).0),
            (Err(problem), Err(missing)) => Err(format!(
                "the embedded engine, rten, does not run it: {problem}. ONNX Runtime may: {missing}"
            )),
            (Err(_), Ok(library)) => {
                self.onnxruntime(file, library).map(|model| tried(Box::new(model), &file.categories).0)
            }
            (Ok(rten), Ok(library)) => match self.onnxruntime(file, library) {
                Ok(other) => Ok(compared(rten, other, &file.categories)),
                Err(problem) => {
                    let mut chosen = tried(Box::new(rten), &file.categories).0;
                    chosen
                        .notes
                        .push(format!("ONNX Runtime, with which rten was to be compared, fails: {problem}"));
                    Ok(chosen)
                }
            },
        }
    }

    fn onnxruntime(
        &self,
        file: &ModelFile,
        library: &'static Environment,
    ) -> Result<OnnxRuntimeModel, String> {
        OnnxRuntimeModel::load(file.path, file.bytes.as_deref(), &file.declared, library, self.settings)
    }
}

impl ModelFile<'_> {
    fn rten(&self) -> Result<RtenModel, String> {
        RtenModel::load(self.path, self.bytes.as_deref(), &self.declared)
    }
}

/// Rten's model, unless it gives something else than ONNX Runtime's does.
fn compared(rten: RtenModel, other: OnnxRuntimeModel, declared: &Declared) -> Chosen {
    let (other, trial) = tried(Box::new(other), declared);
    let Some(trial) = trial else {
        // Without examples the engine that has all operators is the safer one.
        return other;
    };
    if rten.signature().lacking.len() > other.model.signature().lacking.len() {
        return other;
    }
    match disagreement(&rten, &trial) {
        None => tried(Box::new(rten), declared).0,
        Some(problem) => {
            let Chosen { model, mut notes } = other;
            notes.push(format!("{problem}; ONNX Runtime computes it"));
            Chosen { model, notes }
        }
    }
}

/// Where a model gives something else than the trial of another engine, in words.
fn disagreement(rten: &RtenModel, trial: &Trial) -> Option<String> {
    let specs = &rten.signature().outputs;
    let expected = match &trial.three {
        Some(Ok(three)) => three,
        _ => &trial.one,
    };
    let all: Vec<usize> = (0..specs.len()).collect();
    let found = match rten.run(trial.inputs.clone(), &all, ALWAYS) {
        Ok(found) => found,
        Err(error) => return Some(format!("rten fails on an example ({})", error.reason())),
    };
    let mut pairs = specs.iter().zip(found.iter().zip(expected));
    pairs.find_map(|(spec, (found, expected))| {
        if found.shape != expected.shape {
            let (one, other) = (&found.shape, &expected.shape);
            return Some(format!(
                "output {:?}: rten's shape is {one:?}, ONNX Runtime's {other:?}",
                spec.name
            ));
        }
        let difference = trial::difference(&found.values, &expected.values)?;
        Some(format!(
            "output {:?}: value {} of an example is {} with rten and {} with ONNX Runtime",
            spec.name, difference.place, difference.one, difference.other
        ))
    })
}

/// Runs a model on examples. One that takes a row at a time is run over rows; shapes that the file does not
/// declare are those of the examples.
fn tried(model: Box<dyn Model>, declared: &Declared) -> (Chosen, Option<Trial>) {
    let trial = match trial::try_out(&*model, declared) {
        Ok(trial) => trial,
        Err(error) => {
            let reason = error.reason();
            let notes = vec![format!("it could not be tried on examples made up at start: {reason}")];
            return (Chosen { model, notes }, None);
        }
    };
    let mut notes = Vec::new();
    let single_rows = trial.one.iter().all(|output| output.shape.first() == Some(&1));
    let fixed = |size: Option<&Size>| size == Some(&Size::Fixed(1));
    let inputs = &model.signature().inputs;
    let one_row_alone = !inputs.is_empty() && inputs.iter().all(|spec| fixed(spec.sizes().first()));
    let one_by_one = match &trial.three {
        Some(Err(error)) if single_rows => {
            let reason = error.reason();
            notes.push(format!("its rows are run one by one, since three at once fail: {reason}"));
            true
        }
        Some(Err(error)) => {
            notes.push(format!("three rows at once fail: {}", error.reason()));
            false
        }
        Some(Ok(three)) => {
            notes.extend(mixed_rows(model.signature(), &trial.one, three));
            false
        }
        None => one_row_alone && single_rows,
    };
    let model = with_shapes(model, &trial);
    let model = if one_by_one { Box::new(RowByRow::new(model)) } else { model };
    (Chosen { model, notes }, Some(trial))
}

/// An output in which a row depends on the others, in words.
fn mixed_rows(signature: &Signature, one: &[Tensor], three: &[Tensor]) -> Option<String> {
    let mut outputs = signature.outputs.iter().zip(one.iter().zip(three));
    outputs.find_map(|(spec, (one, three))| {
        let is_batch = one.shape.first() == Some(&1) && three.shape.first() == Some(&3);
        if !is_batch || one.shape[1..] != three.shape[1..] {
            return None;
        }
        let difference = trial::difference(&three.rows(0..1).values, &one.values)?;
        Some(format!(
            "output {:?}: a row depends on the rows beside it: value {} of one is {} in a batch of three, {} alone",
            spec.name, difference.place, difference.one, difference.other
        ))
    })
}

/// The model with a shape for each output that the examples do not contradict.
fn with_shapes(model: Box<dyn Model>, trial: &Trial) -> Box<dyn Model> {
    let three = trial.three.as_ref().and_then(|three| three.as_ref().ok());
    let mut signature = model.signature().clone();
    let is_free = |size: &Size| matches!(size, Size::Free(_));
    // Sizes that the examples chose may be others in a request.
    let inner_free = signature.inputs.iter().any(|spec| spec.sizes().iter().skip(1).any(is_free));
    let mut changed = false;
    for (place, spec) in signature.outputs.iter_mut().enumerate() {
        let one = &trial.one[place].shape;
        let other = three.map_or(one, |three| &three[place].shape);
        if spec.shape.is_some() && spec.check_shape(one).is_ok() && spec.check_shape(other).is_ok() {
            continue;
        }
        changed = true;
        let size = |(place, size): (usize, &usize)| match other.get(place) == Some(size) && !inner_free {
            true => Size::Fixed(*size),
            false => Size::Free(None),
        };
        spec.shape = Some(one.iter().enumerate().map(size).collect());
    }
    if changed { Box::new(Shaped { model, signature }) } else { model }
}

/// A model that declares more than its file.
struct Shaped {
    model: Box<dyn Model>,
    signature: Signature,
}

impl Model for Shaped {
    fn engine(&self) -> &str {
        self.model.engine()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn run(
        &self,
        inputs: Vec<Tensor>,
        outputs: &[usize],
        caller: Caller,
    ) -> Result<Vec<Tensor>, EngineError> {
        self.model.run(inputs, outputs, caller)
    }
}
