//! `deployment.json`, and what follows from one: the describe document and responses, as the client reads
//! them.

use std::path::Path;

use sidekick::internal::Model;
use sidekick_server::binding::Binding;
use sidekick_server::decode::Predictions;
use sidekick_server::deployment::{Category, Deployment, Mistakes, Output, OutputKind};
use sidekick_server::describe;
use sidekick_server::layout::Layout;
use sidekick_server::outputs::Column;
use sidekick_server::tensor::{Datatype, Signature, Size, Tensor, TensorSpec, Values};

/// Responses stay this small here.
const MOST_VALUES: usize = 4096;

/// A file's bytes; the first choose the values of a response.
pub fn read(bytes: &[u8]) {
    let (values, text) = bytes.split_at(bytes.len().min(8));
    let Ok(text) = std::str::from_utf8(text) else { return };
    let Ok(deployment) = Deployment::parse(text, Path::new("folder")) else { return };
    // A deployment without features has no describe document.
    if !deployment.has_features() {
        return;
    }
    // Format 2 leaves things to the model.
    if text.contains("\"format\"") {
        return bind(deployment);
    }
    let layout = Layout::new(&deployment.inputs);
    assert_eq!(layout.slots.len(), deployment.inputs.len());
    let document = describe::document(&deployment).to_string();
    let model = Model::new(document.as_bytes()).unwrap_or_else(|error| panic!("{document}: {error}"));
    assert_eq!(model.tensor_json(), deployment.tensorjson);
    for (spec, input) in model.inputs().iter().zip(&deployment.inputs) {
        assert_eq!((spec.name().as_str(), spec.shape()), (input.name.as_str(), &input.shape[..]));
    }
    for (spec, output) in model.outputs().iter().zip(&deployment.outputs) {
        assert_eq!((spec.name().as_str(), spec.shape()), (output.name.as_str(), &output.shape[..]));
    }
    let size = deployment.outputs.iter().map(|output| output.size()).sum::<usize>();
    if size <= MOST_VALUES {
        respond(&deployment, &model, values);
    }
}

/// A deployment of format 2 with a model that has each of its tensors: what fits is described.
fn bind(mut deployment: Deployment) {
    let spec = |name: &str, place: usize| {
        let datatype = [Datatype::Fp32, Datatype::Int64, Datatype::Bytes][place % 3];
        let sizes = [Size::Free(None), Size::Fixed(2), Size::Free(None)];
        TensorSpec::new(name, datatype, sizes[..1 + place % 3].to_vec())
    };
    let named = |(place, name): (usize, &String)| spec(name, place);
    let inputs = deployment.inputs.iter().map(|input| &input.tensor).enumerate().map(named).collect();
    let outputs = deployment.outputs.iter().flat_map(|output| &output.tensors).enumerate().map(named);
    let signature = Signature { inputs, outputs: outputs.collect(), lacking: Vec::new() };
    let mistakes = Mistakes::of(deployment.lines.clone());
    Binding::new(&mut deployment, &signature, &mistakes);
    if !mistakes.is_empty() {
        assert!(mistakes.report(Path::new("file")).lines().all(|line| line.starts_with("file:")));
        return;
    }
    let document = describe::document(&deployment).to_string();
    Model::new(document.as_bytes()).unwrap_or_else(|error| panic!("{document}: {error}"));
}

/// A response that the server writes is the one that the client reads.
fn respond(deployment: &Deployment, model: &Model, seed: &[u8]) {
    const ROWS: usize = 2;
    let mut seed = seed.iter().cycle().scan(1u32, |state, byte| {
        *state = state.wrapping_mul(0x9e37_79b1).wrapping_add(u32::from(*byte));
        Some(f32::from_bits(*state)).map(|value| if value.is_finite() { value } else { 0.5 })
    });
    let values: Vec<Vec<f32>> = deployment
        .outputs
        .iter()
        .map(|output| (0..ROWS * output.size()).map(|_| seed.next().unwrap_or(0.25)).collect())
        .collect();
    let column = |(output, values): (&Output, &Vec<f32>)| {
        let mut shape = output.shape.clone();
        if let OutputKind::Text(labels) = &output.kind {
            shape = vec![labels.len()];
        }
        shape.insert(0, ROWS);
        let tensor = Tensor { shape, values: Values::F32(values.clone()) };
        Column::read(output, vec![tensor], ROWS, None).unwrap()
    };
    let columns = deployment.outputs.iter().zip(&values).map(column).collect();
    let predictions = Predictions::new(deployment, ROWS, columns).unwrap();
    let body = predictions.to_batch_reply().unwrap();
    let read = model.read_response(&body, ROWS);
    let read = read.unwrap_or_else(|error| panic!("{}: {error}", String::from_utf8_lossy(&body)));
    for (index, (output, values)) in deployment.outputs.iter().zip(&values).enumerate() {
        match &output.kind {
            // A probability is read as a 64-bit float, of the shortest text of the 32-bit one.
            OutputKind::Number(_) | OutputKind::Binary => {
                let found = read.numbers(index).unwrap().iter().map(|value| *value as f32);
                assert!(found.eq(values.iter().copied()), "{body:?}");
            }
            OutputKind::Categorical(categories) => {
                let found = read.probabilities(index).unwrap();
                let labels: Vec<String> = categories.iter().map(Category::name).collect();
                assert!(
                    found.labels().iter().map(|label| label.as_str()).eq(labels.iter().map(String::as_str))
                );
                assert!(found.matrix().iter().map(|value| *value as f32).eq(values.iter().copied()));
            }
            OutputKind::Array(_) => assert_eq!(read.arrays(index).unwrap(), values),
            OutputKind::Text(labels) => {
                assert!(labels.iter().any(|label| label == read.text(index, 0).unwrap()))
            }
            OutputKind::Image { .. } => {
                let (width, height, channels) = read.image_size(index, 1).unwrap();
                assert_eq!([height as usize, width as usize, usize::from(channels)], output.shape[..]);
            }
        }
    }
}
