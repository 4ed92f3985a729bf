//! The ONNX model of a deployment, and how it is run on the features.

use std::path::Path;

use crate::binding::Binding;
use crate::deployment::{Deployment, Draft, Mistakes};
use crate::engine::choose::{Chosen, Engines};
use crate::engine::{EngineError, Model};
use crate::layout::Layout;
use crate::outputs::Column;
use crate::tensor::{Signature, Tensor};

/// A loaded model with the places of the features in its tensors.
pub struct LoadedModel {
    model: Box<dyn Model>,
    binding: Binding,
    /// What showed when the model was tried on examples, for the people who serve it.
    pub notes: Vec<String>,
}

/// Reads the deployment of a folder and loads its model. An error has a line for each mistake.
pub fn open(folder: &Path, engines: &Engines) -> Result<(Deployment, LoadedModel), String> {
    let Draft { file, mut deployment, mistakes } = Draft::load(folder)?;
    if !mistakes.is_empty() {
        // What the model knows of the other features is part of the same report.
        if let Ok(chosen) = engines.load(&deployment.model, deployment.engine) {
            Binding::new(&mut deployment, chosen.model.signature(), &mistakes);
        }
        return Err(mistakes.report(&file));
    }
    let model = LoadedModel::load(&mut deployment, engines)?;
    Ok((deployment, model))
}

impl LoadedModel {
    /// Loads the model and holds it against the features, which it completes. An error has a line for each
    /// mistake, which names the file and the key.
    pub fn load(deployment: &mut Deployment, engines: &Engines) -> Result<LoadedModel, String> {
        let chosen = engines.load(&deployment.model, deployment.engine);
        LoadedModel::bind(chosen.map_err(|problem| at_model(deployment, &problem))?, deployment)
    }

    fn bind(Chosen { model, notes }: Chosen, deployment: &mut Deployment) -> Result<LoadedModel, String> {
        if !deployment.has_features() {
            return match model.signature().incomplete() {
                Some(problem) => Err(at_model(deployment, &problem)),
                None => Ok(LoadedModel { model, binding: Binding::default(), notes }),
            };
        }
        let mistakes = Mistakes::of(deployment.lines.clone());
        let binding = Binding::new(deployment, model.signature(), &mistakes);
        if !mistakes.is_empty() {
            return Err(mistakes.report(&deployment.file));
        }
        let mut loaded = LoadedModel { model, binding, notes };
        match loaded.try_out(deployment) {
            Ok(()) => Ok(loaded),
            Err(problem) => Err(at_model(deployment, &problem)),
        }
    }

    /// All tensors of the model.
    pub fn signature(&self) -> &Signature {
        self.model.signature()
    }

    /// The name of the engine that computes it.
    pub fn engine(&self) -> &str {
        self.model.engine()
    }

    /// Where the features lie in the tensors.
    pub fn layout(&self) -> &Layout {
        &self.binding.layout
    }

    /// Runs the model once over a batch. Returns the values of each output feature.
    pub fn run(
        &self,
        deployment: &Deployment,
        rows: usize,
        tensors: Vec<Tensor>,
    ) -> Result<Vec<Column>, EngineError> {
        let inputs = self.binding.feed(rows, tensors);
        let mask = self.binding.mask(&inputs);
        let found = self.model.run(inputs, &self.binding.read)?;
        self.binding.columns(deployment, rows, found, mask.as_deref()).map_err(EngineError::Failed)
    }

    /// Runs the model on all its inputs, in its order. Returns the outputs at these places.
    pub fn infer(&self, inputs: Vec<Tensor>, places: &[usize]) -> Result<Vec<Tensor>, EngineError> {
        self.model.run(inputs, places)
    }

    /// Runs two examples of zeros: a wrong output shape shows at start. A failure on zeros is only noted.
    fn try_out(&mut self, deployment: &Deployment) -> Result<(), String> {
        let inputs = self.binding.feed(2, self.layout().zeros(2));
        match self.model.run(inputs, &self.binding.read) {
            Ok(found) => self.binding.columns(deployment, 2, found, None).map(drop),
            Err(error) => {
                self.notes.push(format!("trying a batch of 2 examples of zeros: {}", error.reason()));
                Ok(())
            }
        }
    }
}

/// A problem of the model's file, on one line.
fn at_model(deployment: &Deployment, problem: &str) -> String {
    let problem = problem.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{}: {problem}", deployment.model.display())
}
