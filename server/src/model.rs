//! The ONNX model of a deployment, and how its tensors and the features fit together.

use crate::deployment::{Deployment, Input};
use crate::engine::choose::{Chosen, Engines};
use crate::engine::{EngineError, Model};
use crate::half;
use crate::layout::Layout;
use crate::tensor::{Datatype, Signature, Size, Tensor, TensorSpec, Values};

/// A loaded model with the places of the features in its tensors.
pub struct LoadedModel {
    model: Box<dyn Model>,
    /// What showed when the model was tried on examples, for the people who serve it.
    pub notes: Vec<String>,
    pub layout: Layout,
    /// What feeds each of the model's inputs, in its order.
    inputs: Vec<FedInput>,
    /// The outputs of the model that are read, each once.
    read: Vec<usize>,
    /// The place of each output feature among those.
    outputs: Vec<usize>,
}

/// How an input of the model is made of the features.
struct FedInput {
    /// The tensor of the layout.
    tensor: usize,
    /// The shape of one example.
    shape: Vec<usize>,
}

impl LoadedModel {
    /// Loads the model and holds it against the features; the error names the file, and the key if one is
    /// wrong.
    pub fn load(deployment: &Deployment, engines: &Engines) -> Result<LoadedModel, String> {
        let at_file = |problem: String| format!("{}: {problem}", deployment.model.display());
        let chosen = engines.load(&deployment.model, deployment.engine).map_err(at_file)?;
        LoadedModel::bind(chosen, deployment).map_err(at_file)
    }

    fn bind(Chosen { model, notes }: Chosen, deployment: &Deployment) -> Result<LoadedModel, String> {
        let layout = Layout::new(&deployment.inputs);
        if !deployment.has_features() {
            let (inputs, read, outputs) = (Vec::new(), Vec::new(), Vec::new());
            return match model.signature().incomplete() {
                Some(problem) => Err(problem),
                None => Ok(LoadedModel { model, notes, layout, inputs, read, outputs }),
            };
        }
        let signature = model.signature();
        let inputs = find_inputs(signature, &deployment.inputs, &layout)?;
        let found = find_outputs(signature, deployment)?;
        let mut read = found.clone();
        read.sort_unstable();
        read.dedup();
        let outputs = found.iter().filter_map(|place| read.binary_search(place).ok()).collect();
        let mut loaded = LoadedModel { model, notes, layout, inputs, read, outputs };
        loaded.try_out(deployment)?;
        Ok(loaded)
    }

    /// All tensors of the model.
    pub fn signature(&self) -> &Signature {
        self.model.signature()
    }

    /// The name of the engine that computes it.
    pub fn engine(&self) -> &str {
        self.model.engine()
    }

    /// Runs the model once over a batch. Returns the values of each output feature, example after example.
    pub fn run(
        &self,
        deployment: &Deployment,
        rows: usize,
        values: Vec<Vec<f32>>,
    ) -> Result<Vec<Vec<f32>>, EngineError> {
        let found = self.run_on(values, rows)?;
        self.read(deployment, rows, found).map_err(EngineError::Failed)
    }

    /// Runs the model on the values of the layout's tensors. Returns the outputs that are read.
    fn run_on(&self, mut values: Vec<Vec<f32>>, rows: usize) -> Result<Vec<Tensor>, EngineError> {
        let mut inputs = Vec::with_capacity(values.len());
        for (input, spec) in self.inputs.iter().zip(&self.signature().inputs) {
            let shape: Vec<usize> = std::iter::once(rows).chain(input.shape.iter().copied()).collect();
            let values = of_type(spec.datatype, std::mem::take(&mut values[input.tensor]))?;
            inputs.push(Tensor { shape, values });
        }
        self.model.run(inputs, &self.read)
    }

    /// The values of each output feature in what the model gave.
    fn read(
        &self,
        deployment: &Deployment,
        rows: usize,
        mut found: Vec<Tensor>,
    ) -> Result<Vec<Vec<f32>>, String> {
        let mut read = Vec::with_capacity(self.outputs.len());
        for (place, &output) in self.outputs.iter().enumerate() {
            let tensor = match self.outputs[place + 1..].contains(&output) {
                true => found[output].clone(),
                false => std::mem::take(&mut found[output]),
            };
            read.push(read_output(deployment, place, tensor, rows)?);
        }
        Ok(read)
    }

    /// Runs the model on all its inputs, in its order. Returns the outputs at these places.
    pub fn infer(&self, inputs: Vec<Tensor>, places: &[usize]) -> Result<Vec<Tensor>, EngineError> {
        self.model.run(inputs, places)
    }

    /// Runs two examples of zeros: a wrong output shape shows at start. A failure on zeros is only noted.
    fn try_out(&mut self, deployment: &Deployment) -> Result<(), String> {
        let zeros = self.layout.tensors.iter().map(|tensor| vec![0.0; 2 * tensor.size]).collect();
        let outcome = self.run_on(zeros, 2);
        match outcome {
            Ok(found) => self.read(deployment, 2, found).map(drop),
            Err(error) => {
                self.notes.push(format!("trying a batch of 2 examples of zeros: {}", error.reason()));
                Ok(())
            }
        }
    }
}

/// The values of the features in the element type of their tensor.
fn of_type(datatype: Datatype, values: Vec<f32>) -> Result<Values, EngineError> {
    match datatype {
        Datatype::Fp32 => Ok(Values::F32(values)),
        Datatype::Fp64 => Ok(Values::F64(values.into_iter().map(f64::from).collect())),
        Datatype::Fp16 => Ok(Values::F16(values.into_iter().map(half::from_f32).collect())),
        other => Err(EngineError::failed(format!("features are FP32, the model takes {}", other.name()))),
    }
}

/// Finds the tensor of the layout for each input of the model, and gives it its shape.
fn find_inputs(signature: &Signature, inputs: &[Input], layout: &Layout) -> Result<Vec<FedInput>, String> {
    let mut found: Vec<Option<FedInput>> = signature.inputs.iter().map(|_| None).collect();
    for (tensor, part) in layout.tensors.iter().enumerate() {
        let name = &part.name;
        let place = inputs.iter().position(|input| input.tensor == *name).unwrap_or_default();
        let input = signature
            .input(name)
            .ok_or_else(|| format!("inputs[{place}].tensor: the model has no input {name:?}"))?;
        let sharing = inputs.iter().filter(|input| input.tensor == *name).count();
        let natural = if sharing == 1 { inputs[place].encoding() } else { vec![part.size] };
        let shape = fit_shape(&signature.inputs[input], natural)
            .map_err(|problem| format!("inputs[{place}].tensor: {name:?}: {problem}"))?;
        found[input] = Some(FedInput { tensor, shape });
    }
    match found.iter().position(Option::is_none) {
        Some(place) => {
            Err(format!("inputs: no feature fills the model's input {:?}", signature.inputs[place].name))
        }
        None => Ok(found.into_iter().flatten().collect()),
    }
}

/// The shape of one example: its natural one, or the declared one if the model declares another rank.
fn fit_shape(spec: &TensorSpec, natural: Vec<usize>) -> Result<Vec<usize>, String> {
    if !matches!(spec.datatype, Datatype::Fp16 | Datatype::Fp32 | Datatype::Fp64) {
        return Err(format!("it takes {}, features are FP32", spec.datatype.name()));
    }
    let Some(sizes) = &spec.shape else {
        return Ok(natural);
    };
    let Some((Size::Free(_), rest)) = sizes.split_first() else {
        return Err("its first axis, the batch, has a fixed size".to_owned());
    };
    let declared: Vec<Option<usize>> = rest.iter().map(Size::fixed).collect();
    let agrees = |(size, declared): (&usize, &Option<usize>)| declared.is_none_or(|fixed| fixed == *size);
    if declared.len() == natural.len() && natural.iter().zip(&declared).all(agrees) {
        return Ok(natural);
    }
    let exact: Option<Vec<usize>> = declared.iter().copied().collect();
    let total: usize = natural.iter().product();
    let other_rank = declared.len() != natural.len();
    exact
        .filter(|shape| other_rank && shape.iter().product::<usize>() == total)
        .ok_or_else(|| format!("one example is {natural:?}, the model takes {declared:?}"))
}

fn find_outputs(signature: &Signature, deployment: &Deployment) -> Result<Vec<usize>, String> {
    let find = |(place, name): (usize, &String)| {
        let output = signature.output(name);
        output.ok_or_else(|| format!("outputs[{place}].tensor: the model has no output {name:?}"))
    };
    deployment.outputs.iter().map(|output| &output.tensor).enumerate().map(find).collect()
}

fn read_output(
    deployment: &Deployment,
    place: usize,
    tensor: Tensor,
    rows: usize,
) -> Result<Vec<f32>, String> {
    let output = &deployment.outputs[place];
    let wrong = |what: String| format!("outputs[{place}].tensor: {:?} is {what}", output.tensor);
    let (shape, size) = (&tensor.shape, output.size());
    if shape.first() != Some(&rows) || shape.iter().product::<usize>() != rows * size {
        let expected = format!("{rows} rows of {size} values are expected");
        return Err(wrong(format!("of shape {shape:?}, {expected}")));
    }
    match tensor.values {
        Values::F32(values) => Ok(values),
        Values::F64(values) => Ok(values.into_iter().map(|value| value as f32).collect()),
        Values::F16(values) => Ok(values.into_iter().map(half::to_f32).collect()),
        values => Err(wrong(format!("{}, not FP32", values.datatype().name()))),
    }
}
