//! The types of inputs and outputs: as the engines need them, and as people write them.

use rten_onnx::onnx::{DataType, Dimension, TypeProtoTensor};

use crate::category::Category;
use crate::tensor::{Datatype, Size, TensorSpec};

/// An input or output of the graph.
#[derive(Debug, Default)]
pub struct Value {
    pub name: String,
    pub(super) declared: Option<Type>,
}

/// A type of ONNX.
#[derive(Clone, Debug, Default)]
pub(super) enum Type {
    Tensor(TypeProtoTensor),
    Sparse(TypeProtoTensor),
    Sequence(Box<Type>),
    Map(Option<DataType>, Box<Type>),
    Optional(Box<Type>),
    #[default]
    Unknown,
}

impl Value {
    /// The type as people write it: `float32 [batch, 3, 224, 224]`.
    pub fn written(&self) -> String {
        self.declared.as_ref().map_or_else(|| "of no declared type".to_owned(), Type::written)
    }

    pub(super) fn is_sequence(&self) -> bool {
        matches!(self.declared, Some(Type::Sequence(_)))
    }

    /// The tensor that clients see. A list of maps has a row for each map and a column for each key.
    pub(super) fn spec(&self, labels: Option<Vec<Category>>) -> Result<TensorSpec, String> {
        let name = self.name.clone();
        match self.declared.as_ref().ok_or("has no type in the model")? {
            Type::Tensor(tensor) => {
                let element = tensor.elem_type.ok_or("has no element type in the model")?;
                let datatype = datatype(element).ok_or_else(|| {
                    format!("has the element type {element}, which this server does not have")
                })?;
                Ok(TensorSpec { name, datatype, shape: sizes(tensor), labels })
            }
            Type::Map(_, value) => columns(name, value, labels),
            Type::Sequence(element) => match &**element {
                Type::Map(_, value) => columns(name, value, labels),
                Type::Tensor(_) => Err("is a sequence of tensors".to_owned()),
                _ => Err("is a sequence".to_owned()),
            },
            Type::Sparse(_) | Type::Optional(_) | Type::Unknown => Err("is no tensor".to_owned()),
        }
    }
}

/// Maps with these keys.
fn columns(name: String, value: &Type, keys: Option<Vec<Category>>) -> Result<TensorSpec, String> {
    let keys = keys.ok_or("is a map whose keys the model does not name")?;
    let datatype = value.datatype().ok_or("is a map of something else than numbers")?;
    let shape = vec![Size::Free(None), Size::Fixed(keys.len())];
    Ok(TensorSpec { name, datatype, shape: Some(shape), labels: Some(keys) })
}

impl Type {
    fn datatype(&self) -> Option<Datatype> {
        match self {
            Type::Tensor(tensor) => tensor.elem_type.and_then(datatype),
            _ => None,
        }
    }

    fn written(&self) -> String {
        match self {
            Type::Tensor(tensor) => written(tensor),
            Type::Sparse(tensor) => format!("sparse {}", written(tensor)),
            Type::Sequence(element) => format!("sequence of {}", element.written()),
            Type::Map(key, value) => format!("map from {} to {}", element_name(*key), value.written()),
            Type::Optional(element) => format!("optional {}", element.written()),
            Type::Unknown => "of an unknown type".to_owned(),
        }
    }
}

/// A tensor's element type and sizes, `?` for a free size without a name.
fn written(tensor: &TypeProtoTensor) -> String {
    let element = element_name(tensor.elem_type);
    let size = |size: &Size| match size {
        Size::Fixed(size) => size.to_string(),
        Size::Free(name) => name.clone().unwrap_or_else(|| "?".to_owned()),
    };
    match sizes(tensor) {
        Some(sizes) => format!("{element} [{}]", sizes.iter().map(size).collect::<Vec<_>>().join(", ")),
        None => element,
    }
}

/// The name of an element type as numpy has it.
fn element_name(element: Option<DataType>) -> String {
    match element {
        None => "?".to_owned(),
        Some(DataType::FLOAT) => "float32".to_owned(),
        Some(DataType::DOUBLE) => "float64".to_owned(),
        Some(other) => other.to_string().to_lowercase(),
    }
}

fn sizes(tensor: &TypeProtoTensor) -> Option<Vec<Size>> {
    tensor.shape.as_ref().map(|shape| shape.dim.iter().map(size).collect())
}

/// Some exporters write a free size as -1, others as an empty name or as a question mark.
fn size(dimension: &Dimension) -> Size {
    match dimension.dim_value.and_then(|size| usize::try_from(size).ok()) {
        Some(size) => Size::Fixed(size),
        None => Size::Free(dimension.dim_param.clone().filter(|name| !name.is_empty() && name != "?")),
    }
}

fn datatype(element: DataType) -> Option<Datatype> {
    match element {
        DataType::BOOL => Some(Datatype::Bool),
        DataType::INT8 => Some(Datatype::Int8),
        DataType::INT16 => Some(Datatype::Int16),
        DataType::INT32 => Some(Datatype::Int32),
        DataType::INT64 => Some(Datatype::Int64),
        DataType::UINT8 => Some(Datatype::Uint8),
        DataType::UINT16 => Some(Datatype::Uint16),
        DataType::UINT32 => Some(Datatype::Uint32),
        DataType::UINT64 => Some(Datatype::Uint64),
        DataType::FLOAT16 => Some(Datatype::Fp16),
        DataType::BFLOAT16 => Some(Datatype::Bf16),
        DataType::FLOAT => Some(Datatype::Fp32),
        DataType::DOUBLE => Some(Datatype::Fp64),
        DataType::STRING => Some(Datatype::Bytes),
        _ => None,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use rten_onnx::onnx::TensorShapeProto;

    use super::*;

    pub fn dimension(value: Option<i64>, name: Option<&str>) -> Dimension {
        Dimension { dim_value: value, dim_param: name.map(str::to_owned) }
    }

    pub fn value(name: &str, declared: Option<Type>) -> Value {
        Value { name: name.to_owned(), declared }
    }

    pub fn tensor(element: DataType, dim: Vec<Dimension>) -> Type {
        Type::Tensor(TypeProtoTensor { elem_type: Some(element), shape: Some(TensorShapeProto { dim }) })
    }

    fn spec(declared: Option<Type>, labels: Option<Vec<Category>>) -> Result<TensorSpec, String> {
        value("x", declared).spec(labels)
    }

    #[test]
    fn free_sizes_are_read_in_every_form_of_an_exporter() {
        let named = || Size::Free(Some("n".to_owned()));
        for (dimension, expected) in [
            (dimension(Some(3), None), Size::Fixed(3)),
            (dimension(Some(0), None), Size::Fixed(0)),
            (dimension(None, Some("n")), named()),
            (dimension(Some(-1), Some("n")), named()),
            (dimension(Some(-1), None), Size::Free(None)),
            (dimension(None, Some("")), Size::Free(None)),
            (dimension(None, Some("?")), Size::Free(None)),
            (dimension(None, None), Size::Free(None)),
        ] {
            assert_eq!(size(&dimension), expected, "{dimension:?}");
        }
    }

    #[test]
    fn a_type_is_the_declared_one_or_refused_by_its_name() {
        let declared = |element| spec(Some(tensor(element, vec![])), None).map(|spec| spec.datatype.name());
        assert_eq!(declared(DataType::INT64), Ok("INT64"));
        assert_eq!(declared(DataType::BOOL), Ok("BOOL"));
        assert_eq!(declared(DataType::DOUBLE), Ok("FP64"));
        assert_eq!(declared(DataType::UINT16), Ok("UINT16"));
        assert_eq!(declared(DataType::STRING), Ok("BYTES"));
        assert!(declared(DataType::COMPLEX64).unwrap_err().contains("COMPLEX64"));
        assert!(spec(None, None).unwrap_err().contains("no type"));
    }

    #[test]
    fn maps_are_columns() {
        let keys = ["a", "b"].map(|key| Category::Text(key.to_owned())).to_vec();
        let map = || Type::Map(Some(DataType::STRING), Box::new(tensor(DataType::FLOAT, vec![])));
        for declared in [map(), Type::Sequence(Box::new(map()))] {
            let found = spec(Some(declared.clone()), Some(keys.clone())).unwrap();
            assert_eq!((found.datatype, found.wire_shape()), (Datatype::Fp32, vec![-1, 2]));
            assert!(spec(Some(declared), None).unwrap_err().contains("keys"));
        }
        let sequence = Type::Sequence(Box::new(tensor(DataType::FLOAT, vec![])));
        assert!(spec(Some(sequence), None).unwrap_err().contains("sequence of tensors"));
    }

    #[test]
    fn types_are_written_for_people() {
        let free = || vec![dimension(None, Some("n")), dimension(Some(3), None), dimension(Some(-1), None)];
        let shapeless = Type::Tensor(TypeProtoTensor { elem_type: Some(DataType::STRING), shape: None });
        let map = Type::Map(Some(DataType::INT64), Box::new(shapeless.clone()));
        for (declared, expected) in [
            (tensor(DataType::FLOAT, free()), "float32 [n, 3, ?]"),
            (tensor(DataType::DOUBLE, vec![]), "float64 []"),
            (shapeless, "string"),
            (Type::Sequence(Box::new(map.clone())), "sequence of map from int64 to string"),
            (Type::Optional(Box::new(map)), "optional map from int64 to string"),
            (Type::Unknown, "of an unknown type"),
        ] {
            assert_eq!(value("x", Some(declared)).written(), expected);
        }
        assert_eq!(value("x", None).written(), "of no declared type");
    }
}
