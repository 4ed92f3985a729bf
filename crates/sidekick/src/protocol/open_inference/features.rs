//! What tensors are to users: the type of each feature, from its datatype and shape, its labels, and the
//! user's description.

use super::datatype::{Class, DataType};
use super::description::Kind;
use super::model::Tensor;
use super::pixels::PixelTensor;
use crate::array::{SIZE_ANY, shape_text};
use crate::error::{Error, ErrorKind, Result};
use crate::message::Message;
use crate::names::Names;
use crate::spec::{FeatureSpec, FeatureType};

/// The shape of images that are files: nothing is known of them.
const ANY_IMAGE: [usize; 3] = [SIZE_ANY; 3];

/// The feature that a tensor is. Its meaning becomes whole: it has a kind, and labels if it is categorical.
pub(super) fn feature(tensor: &mut Tensor, side: Side) -> Result<FeatureSpec> {
    let kind = kind_of(tensor, side);
    tensor.meaning.kind = Some(kind);
    if kind == Kind::Categorical && tensor.meaning.labels.is_none() {
        tensor.meaning.labels = tensor.listed.take().filter(|labels| fit(tensor, side, labels));
    }
    let checked = check_content_type(tensor).and_then(|()| match kind {
        Kind::Image => make_image(tensor, side),
        _ => check(tensor, side, kind),
    });
    if let Err(what) = checked {
        let message = Message::from(format!("the model description: the {} \"", side.name()));
        let message = message.quote(&tensor.name).say(format!("\" is {}", tensor.datatype.name()));
        let message = message.say(" of the shape ").quote(shape_text(&tensor.shape));
        return Err(Error::with_quotes(ErrorKind::Describe, message.say(" a row, ").say(what)));
    }
    let labels = tensor.meaning.labels.clone().unwrap_or_default();
    let pixels = tensor.pixels.as_deref();
    let (feature_type, shape, dtype) = match kind {
        Kind::Categorical => (FeatureType::Categorical, vec![labels.list().len()], None),
        Kind::Binary => (FeatureType::Binary, vec![1], tensor.datatype.dtype()),
        Kind::Text => (FeatureType::Text, vec![1], None),
        Kind::Bytes => (FeatureType::Bytes, vec![1], None),
        Kind::Image => {
            (FeatureType::Image, pixels.map_or_else(|| ANY_IMAGE.to_vec(), PixelTensor::shape), None)
        }
        Kind::Numeric => {
            let shape = if tensor.is_scalar() { vec![1] } else { tensor.shape.clone() };
            (FeatureType::Numeric, shape, tensor.datatype.dtype())
        }
    };
    // Labels that are whole numbers are meant by them.
    let by_index = !labels.list().iter().any(|label| label.parse::<i64>().is_ok());
    let name = tensor.name.as_str().into();
    Ok(FeatureSpec {
        name,
        feature_type,
        shape,
        dtype,
        tensor_shape: Some(tensor.whole.clone()),
        categories: labels,
        by_index,
        optional: tensor.is_optional(),
        types: types(tensor, side),
        hidden: false,
        hides_shape: false,
    })
}

/// The names of the types that a description can give a tensor; none if there is one only.
fn types(tensor: &Tensor, side: Side) -> &'static str {
    let is_float = tensor.datatype.class() == Class::Float;
    let is_image = side == Side::Input || tensor.datatype == DataType::Uint8;
    match (tensor.datatype, side, tensor.shape.len()) {
        (DataType::Bytes, Side::Input, _) => "text bytes image categorical",
        (DataType::Bytes, Side::Output, _) => "text bytes image",
        _ if tensor.is_scalar() && side == Side::Input => "numeric binary categorical",
        _ if tensor.is_scalar() => "numeric binary",
        (_, _, 3) if is_image => "numeric image",
        (_, Side::Output, _) if is_float && !tensor.is_free() => "numeric categorical",
        _ => "",
    }
}

/// The side of a model that a tensor is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Input,
    Output,
}

impl Side {
    pub(super) fn name(self) -> &'static str {
        match self {
            Side::Input => "input",
            Side::Output => "output",
        }
    }
}

fn kind_of(tensor: &Tensor, side: Side) -> Kind {
    let has_labels = tensor.meaning.labels.is_some();
    let lists_labels = side == Side::Output && tensor.listed.as_ref().is_some_and(|it| fit(tensor, side, it));
    match (tensor.meaning.kind, tensor.datatype) {
        (Some(kind), _) => kind,
        _ if has_labels || lists_labels => Kind::Categorical,
        (None, DataType::Bytes) => Kind::Text,
        (None, DataType::Bool) if tensor.is_scalar() => Kind::Binary,
        _ => Kind::Numeric,
    }
}

/// Whether a tensor can have these labels: an output has a probability for each, an input one of them.
fn fit(tensor: &Tensor, side: Side, labels: &Names) -> bool {
    let count = labels.list().len();
    match side {
        Side::Output => tensor.datatype.class() == Class::Float && tensor.elements == Some(count),
        Side::Input if tensor.datatype == DataType::Bytes => tensor.is_scalar(),
        Side::Input => {
            tensor.is_scalar() && count.checked_sub(1).is_some_and(|last| tensor.datatype.holds_up_to(last))
        }
    }
}

fn check_content_type(tensor: &Tensor) -> std::result::Result<(), String> {
    let fits = tensor.meaning.base64.is_none() || tensor.datatype == DataType::Bytes;
    if fits { Ok(()) } else { Err("but content_type is for BYTES".to_owned()) }
}

/// Why a tensor cannot be of a kind.
fn check(tensor: &Tensor, side: Side, kind: Kind) -> std::result::Result<(), String> {
    let is_bytes = tensor.datatype == DataType::Bytes;
    match kind {
        Kind::Numeric if is_bytes => Err("which holds no numbers".to_owned()),
        Kind::Binary if is_bytes || !tensor.is_scalar() => {
            Err("but a binary tensor is one number, or BOOL".to_owned())
        }
        Kind::Text | Kind::Bytes if !is_bytes => Err("but text and bytes are BYTES".to_owned()),
        Kind::Categorical => check_labels(tensor, side),
        _ => Ok(()),
    }
}

/// Prepares a tensor for images: those of BYTES are files, others are pixels.
fn make_image(tensor: &mut Tensor, side: Side) -> std::result::Result<(), String> {
    match (tensor.datatype, side) {
        (DataType::Bytes, _) if tensor.is_scalar() && !tensor.meaning.has_pixel_keys() => Ok(()),
        (DataType::Bytes, _) => {
            Err("but files have no layout, scale, mean and std, and are one element a row".to_owned())
        }
        (DataType::Uint8, Side::Output) | (_, Side::Input) => {
            let pixels = PixelTensor::new(tensor.datatype, &tensor.shape, &tensor.meaning)?;
            tensor.pixels = Some(Box::new(pixels));
            Ok(())
        }
        (_, Side::Output) => Err("but an image that a model returns is UINT8, or BYTES".to_owned()),
    }
}

fn check_labels(tensor: &Tensor, side: Side) -> std::result::Result<(), String> {
    let Some(labels) = &tensor.meaning.labels else { return Err("and has no labels".to_owned()) };
    if fit(tensor, side, labels) {
        return Ok(());
    }
    let count = labels.list().len();
    Err(match side {
        Side::Output => format!("but {count} labels need {count} floats"),
        Side::Input => {
            format!("but one of {count} labels needs one number that holds their indices, or BYTES")
        }
    })
}
