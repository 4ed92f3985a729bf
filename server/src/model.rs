//! The ONNX model of a deployment, and how its tensors and the features fit together.

use rten::{DataType, Dimension, Model, NodeId, Value, ValueType};
use rten_tensor::Layout as _;
use rten_tensor::prelude::*;

use crate::deployment::{Deployment, Input};
use crate::layout::Layout;

/// A loaded model with the places of the features in its tensors.
pub struct LoadedModel {
    model: Model,
    pub layout: Layout,
    /// The model's inputs, in the order of the layout's tensors.
    inputs: Vec<ModelInput>,
    outputs: Vec<NodeId>,
}

/// An input of the model, with the shape of one example.
struct ModelInput {
    node: NodeId,
    shape: Vec<usize>,
}

impl LoadedModel {
    /// Loads the model and holds it against the features; the error names the file, and the key if one is wrong.
    pub fn load(deployment: &Deployment) -> Result<LoadedModel, String> {
        let at_file = |problem: String| format!("{}: {problem}", deployment.model.display());
        let options = rten::ModelOptions::with_all_ops();
        let model = options.load_file(&deployment.model).map_err(|error| at_file(error.to_string()))?;
        let layout = Layout::new(&deployment.inputs);
        let inputs = find_inputs(&model, &deployment.inputs, &layout).map_err(at_file)?;
        let outputs = find_outputs(&model, deployment).map_err(at_file)?;
        let loaded = LoadedModel { model, layout, inputs, outputs };
        loaded.try_out(deployment).map_err(at_file)?;
        Ok(loaded)
    }

    /// Runs the model once over a batch; gives the values of each output feature, example after example.
    pub fn run(
        &self,
        deployment: &Deployment,
        rows: usize,
        values: Vec<Vec<f32>>,
    ) -> Result<Vec<Vec<f32>>, String> {
        let mut inputs = Vec::with_capacity(values.len());
        for (input, values) in self.inputs.iter().zip(values) {
            let shape: Vec<usize> = std::iter::once(rows).chain(input.shape.iter().copied()).collect();
            let value = Value::from_shape(shape, values).map_err(|error| error.to_string())?;
            inputs.push((input.node, value.into()));
        }
        let mut nodes = self.outputs.clone();
        nodes.sort_unstable();
        nodes.dedup();
        let found = self.model.run(inputs, &nodes, None).map_err(|error| error.to_string())?;
        let read = |(place, node)| {
            let value = &found[nodes.binary_search(node).unwrap_or_default()];
            read_output(deployment, place, value, rows)
        };
        self.outputs.iter().enumerate().map(read).collect()
    }

    /// Two examples of zeros: an operator that is not there, a fixed batch or a wrong output shape shows at start.
    fn try_out(&self, deployment: &Deployment) -> Result<(), String> {
        let zeros = self.layout.tensors.iter().map(|tensor| vec![0.0; 2 * tensor.size]).collect();
        self.run(deployment, 2, zeros).map(drop).map_err(|error| format!("trying a batch of 2: {error}"))
    }
}

/// Finds the model's input for each tensor of the layout, and gives it its shape.
fn find_inputs(model: &Model, inputs: &[Input], layout: &Layout) -> Result<Vec<ModelInput>, String> {
    let mut found = Vec::with_capacity(layout.tensors.len());
    for tensor in &layout.tensors {
        let name = &tensor.name;
        let (place, node) = find_input(model, inputs, name)?;
        let sharing = inputs.iter().filter(|input| input.tensor == *name).count();
        let natural = if sharing == 1 { inputs[place].encoding() } else { vec![tensor.size] };
        let shape = fit_shape(model, node, natural)
            .map_err(|problem| format!("inputs[{place}].tensor: {name:?}: {problem}"))?;
        found.push(ModelInput { node, shape });
    }
    check_all_fed(model, layout)?;
    Ok(found)
}

fn find_input(model: &Model, inputs: &[Input], name: &str) -> Result<(usize, NodeId), String> {
    let place = inputs.iter().position(|input| input.tensor == name).unwrap_or_default();
    let node = model.find_node(name).filter(|node| model.input_ids().contains(node));
    let node = node.ok_or_else(|| format!("inputs[{place}].tensor: the model has no input {name:?}"))?;
    Ok((place, node))
}

fn check_all_fed(model: &Model, layout: &Layout) -> Result<(), String> {
    let fed = |name: &str| layout.tensors.iter().any(|tensor| tensor.name == name);
    let mut missing = model.input_ids().iter().filter_map(|&node| model.node_info(node)?.name());
    match missing.find(|name| !fed(name)) {
        Some(name) => Err(format!("inputs: no feature fills the model's input {name:?}")),
        None => Ok(()),
    }
}

/// The shape of one example: its natural one, or the declared one where the model declares another rank.
fn fit_shape(model: &Model, node: NodeId, natural: Vec<usize>) -> Result<Vec<usize>, String> {
    let info = model.node_info(node);
    let float = ValueType::Tensor(DataType::Float);
    if let Some(dtype) = info.as_ref().and_then(|info| info.dtype()).filter(|&dtype| dtype != float) {
        return Err(format!("it takes {dtype}, features are float32"));
    }
    let Some(dims) = info.and_then(|info| info.shape()) else {
        return Ok(natural);
    };
    let Some((Dimension::Symbolic(_), rest)) = dims.split_first() else {
        return Err("its first axis, the batch, has a fixed size".to_owned());
    };
    let fixed = |dim: &Dimension| match dim {
        Dimension::Fixed(size) => Some(*size),
        Dimension::Symbolic(_) => None,
    };
    let declared: Vec<Option<usize>> = rest.iter().map(fixed).collect();
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

fn find_outputs(model: &Model, deployment: &Deployment) -> Result<Vec<NodeId>, String> {
    let find = |(place, name): (usize, &String)| {
        let node = model.find_node(name).filter(|node| model.output_ids().contains(node));
        node.ok_or_else(|| format!("outputs[{place}].tensor: the model has no output {name:?}"))
    };
    deployment.outputs.iter().map(|output| &output.tensor).enumerate().map(find).collect()
}

fn read_output(
    deployment: &Deployment,
    place: usize,
    value: &Value,
    rows: usize,
) -> Result<Vec<f32>, String> {
    let output = &deployment.outputs[place];
    let wrong = |what: String| format!("outputs[{place}].tensor: {:?} is {what}", output.tensor);
    let view =
        value.as_tensor_view::<f32>().ok_or_else(|| wrong(format!("{}, not float32", value.dtype())))?;
    let shape = view.shape().to_vec();
    let size = output.size();
    if shape.first() != Some(&rows) || shape.iter().product::<usize>() != rows * size {
        let expected = format!("{rows} rows of {size} values are expected");
        return Err(wrong(format!("of shape {shape:?}, {expected}")));
    }
    Ok(view.to_vec())
}
