//! Whole tensors as the columns of the client's rows, and its predictions as whole tensors.

use sidekick::{DType, FeatureSpec, InputColumn, InputPieces, Predictions, SIZE_ANY, Specs};

use crate::tensor::{Datatype, Size, Tensor, TensorSpec, Values};

/// The name of the axis of the rows, which all tensors share.
const ROWS: &str = "batch";

/// What the client knows of the tensors of one side of a model.
pub fn specs(features: &Specs, has_rows: bool) -> Vec<TensorSpec> {
    let size = |(axis, size): (usize, &usize)| match *size {
        SIZE_ANY => Size::Free((axis == 0 && has_rows).then(|| ROWS.to_owned())),
        size => Size::Fixed(size),
    };
    let spec = |feature: &FeatureSpec| {
        let shape = declared(feature).iter().enumerate().map(size).collect();
        TensorSpec::new(feature.name().as_str(), datatype(feature), shape)
    };
    features.iter().map(spec).collect()
}

/// Whether the first axis of every tensor is that of the rows.
pub fn has_rows(inputs: &Specs) -> bool {
    inputs.iter().next().is_some_and(|input| declared(input).first() == Some(&SIZE_ANY))
}

fn declared(feature: &FeatureSpec) -> &[usize] {
    feature.tensor_shape().unwrap_or_default()
}

/// The datatype of a tensor; what holds no numbers is BYTES.
fn datatype(feature: &FeatureSpec) -> Datatype {
    feature.dtype().map_or(Datatype::Bytes, |dtype| match dtype {
        DType::Bool => Datatype::Bool,
        DType::I8 => Datatype::Int8,
        DType::I16 => Datatype::Int16,
        DType::I32 => Datatype::Int32,
        DType::I64 => Datatype::Int64,
        DType::U8 => Datatype::Uint8,
        DType::U16 => Datatype::Uint16,
        DType::U32 => Datatype::Uint32,
        DType::U64 => Datatype::Uint64,
        DType::F16 => Datatype::Fp16,
        DType::Bf16 => Datatype::Bf16,
        DType::F32 => Datatype::Fp32,
        DType::F64 => Datatype::Fp64,
    })
}

/// What a column of the client borrows, if it cannot borrow the values of the tensor.
pub enum Held {
    Nothing,
    Bytes(Vec<u8>),
    Pieces(InputPieces),
}

impl Held {
    pub fn of(values: &Values) -> Held {
        match values {
            Values::Bool(values) => Held::Bytes(values.iter().map(|value| u8::from(*value)).collect()),
            Values::F16(bits) | Values::Bf16(bits) => {
                Held::Bytes(bits.iter().flat_map(|bits| bits.to_ne_bytes()).collect())
            }
            Values::Text(texts) => Held::Pieces(texts.iter().collect()),
            _ => Held::Nothing,
        }
    }
}

/// The column of an input: a value for each row, or an array of this shape.
pub fn column<'a>(
    feature: &FeatureSpec,
    values: &'a Values,
    held: &'a Held,
    shape: &'a [usize],
) -> InputColumn<'a> {
    let column = match (values, held) {
        (Values::Bool(_), Held::Bytes(bytes)) => InputColumn::Numbers { dtype: DType::Bool, bytes },
        (Values::F16(_), Held::Bytes(bytes)) => InputColumn::Numbers { dtype: DType::F16, bytes },
        (Values::Bf16(_), Held::Bytes(bytes)) => InputColumn::Numbers { dtype: DType::Bf16, bytes },
        (_, Held::Pieces(pieces)) => pieces.column(),
        (Values::I8(values), _) => InputColumn::of(values),
        (Values::I16(values), _) => InputColumn::of(values),
        (Values::I32(values), _) => InputColumn::of(values),
        (Values::I64(values), _) => InputColumn::of(values),
        (Values::U8(values), _) => InputColumn::of(values),
        (Values::U16(values), _) => InputColumn::of(values),
        (Values::U32(values), _) => InputColumn::of(values),
        (Values::U64(values), _) => InputColumn::of(values),
        (Values::F32(values), _) => InputColumn::of(values),
        (Values::F64(values), _) => InputColumn::of(values),
        // What is held is made for these values.
        (Values::Bool(_) | Values::F16(_) | Values::Bf16(_) | Values::Text(_), _) => InputColumn::Texts(&[]),
    };
    match column {
        InputColumn::Numbers { dtype, bytes } if feature.is_array() => {
            InputColumn::Arrays { dtype, bytes, shape }
        }
        column => column,
    }
}

/// An output as a whole tensor.
pub fn output(found: &Predictions, place: usize, has_rows: bool) -> Result<Tensor, String> {
    let feature = found.outputs().get(place).map_err(|error| error.to_string())?;
    let shape = whole_shape(found, feature, place, has_rows)?;
    let values = match feature.dtype() {
        Some(dtype) => {
            let (_, bytes) = found.elements_column(place).map_err(|error| error.to_string())?;
            elements(dtype, bytes)
        }
        None => Values::Text(texts(found, place)?),
    };
    Ok(Tensor { shape, values })
}

/// The shape of an output with all its rows.
fn whole_shape(
    found: &Predictions,
    feature: &FeatureSpec,
    place: usize,
    has_rows: bool,
) -> Result<Vec<usize>, String> {
    let declared = declared(feature);
    let row = if has_rows { declared.get(1..).unwrap_or_default() } else { declared };
    let rows = has_rows.then_some(found.len());
    if !row.contains(&SIZE_ANY) {
        return Ok(rows.into_iter().chain(row.iter().copied()).collect());
    }
    let shape_of = |row| found.row_shape(place, row).map_err(|error| error.to_string());
    let first = shape_of(0)?;
    for other in 1..found.len() {
        if shape_of(other)? != first {
            return Err(format!(
                "output {:?} has rows of different shapes: {first:?} and {:?}",
                feature.name().as_str(),
                shape_of(other)?
            ));
        }
    }
    Ok(rows.into_iter().chain(first.iter().copied()).collect())
}

/// Elements from their bytes in this machine's order.
fn elements(dtype: DType, bytes: &[u8]) -> Values {
    match dtype {
        DType::Bool => Values::Bool(bytes.iter().map(|byte| *byte != 0).collect()),
        DType::I8 => Values::I8(each(bytes, i8::from_ne_bytes)),
        DType::I16 => Values::I16(each(bytes, i16::from_ne_bytes)),
        DType::I32 => Values::I32(each(bytes, i32::from_ne_bytes)),
        DType::I64 => Values::I64(each(bytes, i64::from_ne_bytes)),
        DType::U8 => Values::U8(bytes.to_vec()),
        DType::U16 => Values::U16(each(bytes, u16::from_ne_bytes)),
        DType::U32 => Values::U32(each(bytes, u32::from_ne_bytes)),
        DType::U64 => Values::U64(each(bytes, u64::from_ne_bytes)),
        DType::F16 => Values::F16(each(bytes, u16::from_ne_bytes)),
        DType::Bf16 => Values::Bf16(each(bytes, u16::from_ne_bytes)),
        DType::F32 => Values::F32(each(bytes, f32::from_ne_bytes)),
        DType::F64 => Values::F64(each(bytes, f64::from_ne_bytes)),
    }
}

fn each<T, const SIZE: usize>(bytes: &[u8], convert: impl Fn([u8; SIZE]) -> T) -> Vec<T> {
    bytes.as_chunks::<SIZE>().0.iter().map(|chunk| convert(*chunk)).collect()
}

fn texts(found: &Predictions, place: usize) -> Result<Vec<String>, String> {
    let (bytes, ends) = found.bytes_column(place).map_err(|error| error.to_string())?;
    let mut start = 0;
    let text = |end: &usize| {
        let piece = &bytes[start..*end];
        start = *end;
        String::from_utf8(piece.to_vec())
            .map_err(|_| "the engine returned BYTES that are not UTF-8".to_owned())
    };
    ends.iter().map(text).collect()
}

/// The outputs of no rows at all: sizes that the engine would choose are 0.
pub fn no_rows(spec: &TensorSpec) -> Tensor {
    let sizes = spec.sizes().iter();
    let shape = sizes.map(|size| size.fixed().unwrap_or(0)).collect();
    Tensor { shape, values: Values::empty(spec.datatype) }
}
