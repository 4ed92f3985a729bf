//! The ONNX model of a deployment, and how it is run on the features.

use std::path::Path;
use std::sync::Arc;

use crate::batcher::Batcher;
use crate::binding::Binding;
use crate::deployment::{Deployment, Draft, Mistakes, RemoteEngine};
use crate::encode;
use crate::engine::absent::AbsentModel;
use crate::engine::choose::{Chosen, Engines};
use crate::engine::metered::Metered;
use crate::engine::remote::{self, NotConnected};
use crate::engine::{ALWAYS, Caller, EngineError, Model};
use crate::layout::Layout;
use crate::outputs::Column;
use crate::tensor::{Signature, Tensor};

/// A loaded model with the places of the features in its tensors.
pub struct LoadedModel {
    model: Arc<dyn Model>,
    /// The same for clients: its runs are counted, and their requests may be joined.
    for_clients: Arc<dyn Model>,
    binding: Binding,
    /// Why the model is not there, if its engine has not answered yet.
    pub absent: Option<String>,
    /// What showed when the model was tried on examples, for the people who serve it.
    pub notes: Vec<String>,
}

/// Reads the deployment of a folder and loads its model. An error has a line for each mistake.
pub fn open(folder: &Path, engines: &Engines) -> Result<(Deployment, LoadedModel), String> {
    let Draft { file, mut deployment, mistakes } = Draft::load(folder)?;
    if !mistakes.is_empty() {
        // What the model knows of the other features is part of the same report.
        if deployment.remote.is_none()
            && let Ok(chosen) =
                engines.load(&deployment.model, deployment.engine, deployment.raw_categories())
        {
            Binding::new(&mut deployment, chosen.model.signature(), &mistakes);
        }
        return Err(mistakes.report(&file));
    }
    let model = LoadedModel::load(&mut deployment, engines)?;
    Ok((deployment, model))
}

impl LoadedModel {
    /// Loads the model and holds it against the features, which it completes. An error has a line for each
    /// mistake, which names the file and the key. Without an engine that answers the model is absent.
    pub fn load(deployment: &mut Deployment, engines: &Engines) -> Result<LoadedModel, String> {
        let mut loaded = match deployment.remote.take() {
            Some(remote) => LoadedModel::elsewhere(deployment, &remote, engines)?,
            None => {
                let chosen = engines.load(&deployment.model, deployment.engine, deployment.raw_categories());
                LoadedModel::bind(chosen.map_err(|problem| at_model(deployment, &problem))?, deployment)?
            }
        };
        let counts = engines.metrics.of(&deployment.id);
        loaded.for_clients =
            Arc::new(Metered { model: Arc::clone(&loaded.model), counts: Arc::clone(&counts) });
        if let Some(batching) = deployment.batching.filter(|_| loaded.absent.is_none()) {
            let batcher = Batcher::new(loaded.for_clients, batching, counts);
            loaded.for_clients = Arc::new(batcher.map_err(|problem| in_file(deployment, &problem))?);
        }
        Ok(loaded)
    }

    /// Lets clients use it. What runs before is neither counted nor joined.
    pub fn begin(&mut self) {
        self.model = Arc::clone(&self.for_clients);
    }

    fn new(model: Arc<dyn Model>, binding: Binding, notes: Vec<String>) -> LoadedModel {
        LoadedModel { for_clients: Arc::clone(&model), model, binding, absent: None, notes }
    }

    /// A model on other machines, whose metadata has to fit the features.
    fn elsewhere(
        deployment: &mut Deployment,
        engine: &RemoteEngine,
        engines: &Engines,
    ) -> Result<LoadedModel, String> {
        let mut wanted: Vec<String> = Vec::new();
        for tensor in deployment.outputs.iter().flat_map(|output| &output.tensors) {
            if !wanted.contains(tensor) {
                wanted.push(tensor.clone());
            }
        }
        if deployment.outputs.iter().any(|output| output.tensors.is_empty()) {
            // The model decides which tensor that is.
            wanted.clear();
        }
        let counts = engines.metrics.of(&deployment.id);
        match remote::connect(&deployment.id, engine, wanted, engines.wait, counts) {
            Ok(model) => {
                // Both sides are named: the file, and where the model is.
                let at_engine = |lines: String| {
                    let line = |line: &str| format!("{line} (the model at {})", engine.urls[0]);
                    lines.lines().map(line).collect::<Vec<_>>().join("\n")
                };
                LoadedModel::bind(Chosen { model, notes: Vec::new() }, deployment).map_err(at_engine)
            }
            Err(NotConnected::Wrong(problem)) => Err(in_file(deployment, &problem)),
            Err(NotConnected::Absent(reason)) => {
                let reason = format!("the engine of the deployment has not answered yet: {reason}");
                let model = Arc::new(AbsentModel::new(reason.clone()));
                let loaded = LoadedModel::new(model, Binding::default(), Vec::new());
                Ok(LoadedModel { absent: Some(reason), ..loaded })
            }
        }
    }

    fn bind(Chosen { model, notes }: Chosen, deployment: &mut Deployment) -> Result<LoadedModel, String> {
        if !deployment.has_features() {
            return match model.signature().incomplete() {
                Some(problem) => Err(at_model(deployment, &problem)),
                None => Ok(LoadedModel::new(Arc::from(model), Binding::default(), notes)),
            };
        }
        let mistakes = Mistakes::of(deployment.lines.clone());
        let binding = Binding::new(deployment, model.signature(), &mistakes);
        if mistakes.is_empty() {
            encode::check_fills(deployment, &binding.layout, &mistakes);
        }
        if !mistakes.is_empty() {
            return Err(mistakes.report(&deployment.file));
        }
        let mut loaded = LoadedModel::new(Arc::from(model), binding, notes);
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
        caller: Caller,
    ) -> Result<Vec<Column>, EngineError> {
        let inputs = self.binding.feed(rows, tensors);
        let mask = self.binding.mask(&inputs);
        let found = self.model.run(inputs, &self.binding.read, caller)?;
        self.binding.columns(deployment, rows, found, mask.as_deref()).map_err(EngineError::Failed)
    }

    /// Runs the model on all its inputs, in its order. Returns the outputs at these places.
    pub fn infer(
        &self,
        inputs: Vec<Tensor>,
        places: &[usize],
        caller: Caller,
    ) -> Result<Vec<Tensor>, EngineError> {
        self.model.run(inputs, places, caller)
    }

    /// Whether a run mostly waits, so that the request gives up its turn meanwhile.
    pub fn waits(&self) -> bool {
        self.model.waits()
    }

    /// Runs two examples of zeros: a wrong output shape shows at start. A failure on zeros is only noted.
    fn try_out(&mut self, deployment: &Deployment) -> Result<(), String> {
        let rows = if deployment.runs_row_by_row() { 1 } else { 2 };
        let inputs = self.binding.feed(rows, self.layout().zeros(rows));
        match self.model.run(inputs, &self.binding.read, ALWAYS) {
            Ok(found) => self.binding.columns(deployment, rows, found, None).map(drop),
            Err(error) => {
                self.notes.push(format!("trying {rows} examples of zeros: {}", error.reason()));
                Ok(())
            }
        }
    }
}

/// A problem of the deployment's file, on one line.
fn in_file(deployment: &Deployment, problem: &str) -> String {
    let problem = problem.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{}: {problem}", deployment.file.display())
}

/// A problem of the model's file, on one line.
fn at_model(deployment: &Deployment, problem: &str) -> String {
    let problem = problem.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{}: {problem}", deployment.model.display())
}
