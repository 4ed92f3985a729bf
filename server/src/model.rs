//! The ONNX model of a deployment, and how its tensors and the features fit together.

use std::path::Path;

use rten::{DataType, Dimension, Model, NodeId, Value, ValueOrView, ValueType};
use rten_tensor::Layout as _;
use rten_tensor::prelude::*;

use crate::deployment::{Deployment, Input};
use crate::layout::Layout;
use crate::onnx::Declared;
use crate::open_inference::signature::{Signature, TensorSpec};
use crate::open_inference::tensors::{Tensor, Values};

/// A loaded model with the places of the features in its tensors.
pub struct LoadedModel {
    model: Model,
    pub layout: Layout,
    /// The model's inputs, in the order of the layout's tensors.
    inputs: Vec<ModelInput>,
    outputs: Vec<NodeId>,
    /// All tensors of the model, or why the Open Inference Protocol does not carry them.
    pub signature: Result<Signature, String>,
}

/// An input of the model, with the shape of one example.
struct ModelInput {
    node: NodeId,
    shape: Vec<usize>,
}

impl LoadedModel {
    /// Loads the model and holds it against the features; the error names the file, and the key if one is
    /// wrong.
    pub fn load(deployment: &Deployment) -> Result<LoadedModel, String> {
        let at_file = |problem: String| format!("{}: {problem}", deployment.model.display());
        let options = rten::ModelOptions::with_all_ops();
        let model = options.load_file(&deployment.model).map_err(|error| at_file(error.to_string()))?;
        let layout = Layout::new(&deployment.inputs);
        let signature = signature(&model, &deployment.model);
        if !deployment.has_features() {
            let signature = Ok(signature.map_err(at_file)?);
            return Ok(LoadedModel { model, layout, inputs: Vec::new(), outputs: Vec::new(), signature });
        }
        let inputs = find_inputs(&model, &deployment.inputs, &layout).map_err(at_file)?;
        let outputs = find_outputs(&model, deployment).map_err(at_file)?;
        let loaded = LoadedModel { model, layout, inputs, outputs, signature };
        loaded.try_out(deployment).map_err(at_file)?;
        Ok(loaded)
    }

    /// Runs the model once over a batch. Returns the values of each output feature, example after example.
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
        let (nodes, found) = self.run_for(inputs, &self.outputs)?;
        let read = |(place, node)| {
            let value = &found[nodes.binary_search(node).unwrap_or_default()];
            read_output(deployment, place, value, rows)
        };
        self.outputs.iter().enumerate().map(read).collect()
    }

    /// Runs the model for these nodes, some of which may be the same. Returns each once, sorted.
    fn run_for(
        &self,
        inputs: Vec<(NodeId, ValueOrView)>,
        wanted: &[NodeId],
    ) -> Result<(Vec<NodeId>, Vec<Value>), String> {
        let mut nodes = wanted.to_vec();
        nodes.sort_unstable();
        nodes.dedup();
        let found = self.model.run(inputs, &nodes, None).map_err(|error| error.to_string())?;
        Ok((nodes, found))
    }

    /// Runs the model on all its inputs, in its order. Returns the outputs at these places.
    pub fn infer(&self, inputs: Vec<Tensor>, places: &[usize]) -> Result<Vec<Tensor>, String> {
        let signature = self.signature.as_ref()?;
        let mut fed = Vec::with_capacity(inputs.len());
        for (node, tensor) in self.model.input_ids().iter().zip(inputs) {
            fed.push((*node, to_engine(tensor)?.into()));
        }
        let wanted: Vec<NodeId> = places.iter().map(|&place| self.model.output_ids()[place]).collect();
        let (nodes, found) = self.run_for(fed, &wanted)?;
        let read = |(&place, node)| {
            from_engine(&found[nodes.binary_search(node).unwrap_or_default()], &signature.outputs[place])
        };
        places.iter().zip(&wanted).map(read).collect()
    }

    /// Two examples of zeros: an operator that is not there, a fixed batch or a wrong output shape shows at
    /// start.
    fn try_out(&self, deployment: &Deployment) -> Result<(), String> {
        let zeros = self.layout.tensors.iter().map(|tensor| vec![0.0; 2 * tensor.size]).collect();
        self.run(deployment, 2, zeros).map(drop).map_err(|error| format!("trying a batch of 2: {error}"))
    }
}

/// All inputs and outputs of the model as its file declares them.
fn signature(model: &Model, file: &Path) -> Result<Signature, String> {
    let declared = Declared::read(file)?;
    let input =
        |&node| declared.input(model.node_info(node).and_then(|info| info.name()).unwrap_or_default());
    let inputs = model.input_ids().iter().map(input).collect::<Result<Vec<_>, _>>()?;
    // The optimizer may have renamed an output, its place stays.
    let outputs = declared.outputs()?;
    match outputs.len() == model.output_ids().len() {
        true => Ok(Signature { inputs, outputs }),
        false => Err("the engine has other outputs than the model".to_owned()),
    }
}

fn to_engine(Tensor { shape, values }: Tensor) -> Result<Value, String> {
    Ok(match values {
        Values::F32(values) => Value::from_shape(shape, values).map_err(|error| error.to_string())?,
        Values::I32(values) => Value::from_shape(shape, values).map_err(|error| error.to_string())?,
        Values::I8(values) => Value::from_shape(shape, values).map_err(|error| error.to_string())?,
        Values::U8(values) => Value::from_shape(shape, values).map_err(|error| error.to_string())?,
    })
}

fn from_engine(value: &Value, spec: &TensorSpec) -> Result<Tensor, String> {
    let values = match value {
        Value::FloatTensor(tensor) => Some(Values::F32(tensor.to_vec())),
        Value::Int32Tensor(tensor) => Some(Values::I32(tensor.to_vec())),
        Value::Int8Tensor(tensor) => Some(Values::I8(tensor.to_vec())),
        Value::UInt8Tensor(tensor) => Some(Values::U8(tensor.to_vec())),
        _ => None,
    };
    let values = values.filter(|values| values.are(spec.datatype)).ok_or_else(|| {
        let (name, datatype) = (&spec.name, spec.datatype.name());
        format!(
            "the engine gave {} for output {name:?}, which the model declares as {datatype}",
            value.dtype()
        )
    })?;
    Ok(Tensor { shape: value.shape().to_vec(), values })
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

/// The shape of one example: its natural one, or the declared one if the model declares another rank.
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
