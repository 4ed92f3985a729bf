//! What a model declares of its tensors, for messages and for features.

use crate::deployment::did_you_mean;
use crate::tensor::{Size, TensorSpec};

/// A tensor as people write it: `"x" FP32 [batch, 3]`.
pub fn written(spec: &TensorSpec) -> String {
    let Some(sizes) = &spec.shape else {
        return format!("{:?} {}", spec.name, spec.datatype.name());
    };
    let size = |size: &Size| match size {
        Size::Fixed(size) => size.to_string(),
        Size::Free(Some(name)) => name.clone(),
        Size::Free(None) => "?".to_owned(),
    };
    let sizes: Vec<String> = sizes.iter().map(size).collect();
    format!("{:?} {} [{}]", spec.name, spec.datatype.name(), sizes.join(", "))
}

/// All tensors, for a message.
pub fn listed(specs: &[TensorSpec]) -> String {
    const MOST: usize = 20;
    let more = if specs.len() > MOST { ", ..." } else { "" };
    format!("{}{more}", specs.iter().take(MOST).map(written).collect::<Vec<_>>().join(", "))
}

/// The message for a name that no tensor has.
pub fn unknown(what: &str, name: &str, specs: &[TensorSpec]) -> String {
    let near = did_you_mean(name, specs.iter().map(|spec| spec.name.as_str()));
    format!("the model has no {what} {name:?}, its {what}s are {}{near}", listed(specs))
}

/// The sizes of one example in a tensor: all axes but that of the batch, if there is one.
pub fn example_sizes(spec: &TensorSpec, batch_axis: Option<usize>) -> Option<Vec<Size>> {
    let mut sizes = spec.shape.clone()?;
    if let Some(axis) = batch_axis.filter(|axis| *axis < sizes.len()) {
        sizes.remove(axis);
    }
    Some(sizes)
}

/// The same, each `None` if it is free: what an image is fitted to.
pub fn image_sizes(spec: &TensorSpec, batch_axis: Option<usize>) -> Option<Vec<Option<usize>>> {
    Some(example_sizes(spec, batch_axis)?.iter().map(Size::fixed).collect())
}
