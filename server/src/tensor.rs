//! Tensors: their element types, values and shapes, and what a model declares of them.

use std::collections::HashMap;
use std::ops::Range;

use crate::category::Category;

/// The element types of ONNX, under the names of the Open Inference Protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Datatype {
    Bool,
    Int8,
    Int16,
    Int32,
    Int64,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Fp16,
    Bf16,
    Fp32,
    Fp64,
    /// Strings.
    Bytes,
}

impl Datatype {
    pub fn name(self) -> &'static str {
        match self {
            Datatype::Bool => "BOOL",
            Datatype::Int8 => "INT8",
            Datatype::Int16 => "INT16",
            Datatype::Int32 => "INT32",
            Datatype::Int64 => "INT64",
            Datatype::Uint8 => "UINT8",
            Datatype::Uint16 => "UINT16",
            Datatype::Uint32 => "UINT32",
            Datatype::Uint64 => "UINT64",
            Datatype::Fp16 => "FP16",
            Datatype::Bf16 => "BF16",
            Datatype::Fp32 => "FP32",
            Datatype::Fp64 => "FP64",
            Datatype::Bytes => "BYTES",
        }
    }

    /// Bytes of an element in binary; strings have a length each.
    pub fn size(self) -> Option<usize> {
        match self {
            Datatype::Bool | Datatype::Int8 | Datatype::Uint8 => Some(1),
            Datatype::Int16 | Datatype::Uint16 | Datatype::Fp16 | Datatype::Bf16 => Some(2),
            Datatype::Int32 | Datatype::Uint32 | Datatype::Fp32 => Some(4),
            Datatype::Int64 | Datatype::Uint64 | Datatype::Fp64 => Some(8),
            Datatype::Bytes => None,
        }
    }

    pub fn is_float(self) -> bool {
        matches!(self, Datatype::Fp16 | Datatype::Bf16 | Datatype::Fp32 | Datatype::Fp64)
    }

    /// Floats of 16 bits have no form in JSON, as with Triton.
    pub fn is_in_json(self) -> bool {
        !matches!(self, Datatype::Fp16 | Datatype::Bf16)
    }
}

/// A tensor's values in row-major order, each list of the tensor's own element type.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    Bool(Vec<bool>),
    I8(Vec<i8>),
    I16(Vec<i16>),
    I32(Vec<i32>),
    I64(Vec<i64>),
    U8(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
    U64(Vec<u64>),
    /// The bits of FP16; `half` converts them.
    F16(Vec<u16>),
    /// The bits of BF16; `half` converts them.
    Bf16(Vec<u16>),
    F32(Vec<f32>),
    F64(Vec<f64>),
    Text(Vec<String>),
}

/// Evaluates an expression for the list of whichever type the values have.
macro_rules! each {
    ($values:expr, $list:pat => $result:expr) => {
        match $values {
            Values::Bool($list) => $result,
            Values::I8($list) => $result,
            Values::I16($list) => $result,
            Values::I32($list) => $result,
            Values::I64($list) => $result,
            Values::U8($list) => $result,
            Values::U16($list) => $result,
            Values::U32($list) => $result,
            Values::U64($list) => $result,
            Values::F16($list) => $result,
            Values::Bf16($list) => $result,
            Values::F32($list) => $result,
            Values::F64($list) => $result,
            Values::Text($list) => $result,
        }
    };
}

/// The same for two lists; `None` if their types differ.
macro_rules! both {
    ($one:expr, $other:expr, $a:pat, $b:pat => $result:expr) => {
        match ($one, $other) {
            (Values::Bool($a), Values::Bool($b)) => Some($result),
            (Values::I8($a), Values::I8($b)) => Some($result),
            (Values::I16($a), Values::I16($b)) => Some($result),
            (Values::I32($a), Values::I32($b)) => Some($result),
            (Values::I64($a), Values::I64($b)) => Some($result),
            (Values::U8($a), Values::U8($b)) => Some($result),
            (Values::U16($a), Values::U16($b)) => Some($result),
            (Values::U32($a), Values::U32($b)) => Some($result),
            (Values::U64($a), Values::U64($b)) => Some($result),
            (Values::F16($a), Values::F16($b)) => Some($result),
            (Values::Bf16($a), Values::Bf16($b)) => Some($result),
            (Values::F32($a), Values::F32($b)) => Some($result),
            (Values::F64($a), Values::F64($b)) => Some($result),
            (Values::Text($a), Values::Text($b)) => Some($result),
            _ => None,
        }
    };
}

impl Values {
    /// No values of this type.
    pub fn empty(datatype: Datatype) -> Values {
        match datatype {
            Datatype::Bool => Values::Bool(Vec::new()),
            Datatype::Int8 => Values::I8(Vec::new()),
            Datatype::Int16 => Values::I16(Vec::new()),
            Datatype::Int32 => Values::I32(Vec::new()),
            Datatype::Int64 => Values::I64(Vec::new()),
            Datatype::Uint8 => Values::U8(Vec::new()),
            Datatype::Uint16 => Values::U16(Vec::new()),
            Datatype::Uint32 => Values::U32(Vec::new()),
            Datatype::Uint64 => Values::U64(Vec::new()),
            Datatype::Fp16 => Values::F16(Vec::new()),
            Datatype::Bf16 => Values::Bf16(Vec::new()),
            Datatype::Fp32 => Values::F32(Vec::new()),
            Datatype::Fp64 => Values::F64(Vec::new()),
            Datatype::Bytes => Values::Text(Vec::new()),
        }
    }

    /// Zeros, or empty strings.
    pub fn zeros(datatype: Datatype, count: usize) -> Values {
        let mut values = Values::empty(datatype);
        each!(&mut values, list => list.resize(count, Default::default()));
        values
    }

    pub fn datatype(&self) -> Datatype {
        match self {
            Values::Bool(_) => Datatype::Bool,
            Values::I8(_) => Datatype::Int8,
            Values::I16(_) => Datatype::Int16,
            Values::I32(_) => Datatype::Int32,
            Values::I64(_) => Datatype::Int64,
            Values::U8(_) => Datatype::Uint8,
            Values::U16(_) => Datatype::Uint16,
            Values::U32(_) => Datatype::Uint32,
            Values::U64(_) => Datatype::Uint64,
            Values::F16(_) => Datatype::Fp16,
            Values::Bf16(_) => Datatype::Bf16,
            Values::F32(_) => Datatype::Fp32,
            Values::F64(_) => Datatype::Fp64,
            Values::Text(_) => Datatype::Bytes,
        }
    }

    pub fn len(&self) -> usize {
        each!(self, list => list.len())
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The memory that the values take.
    pub fn bytes(&self) -> usize {
        match self {
            Values::Text(list) => list.iter().map(|text| size_of::<String>() + text.len()).sum(),
            values => values.len().saturating_mul(values.datatype().size().unwrap_or_default()),
        }
    }

    /// A copy of a part of the values, which has to lie within them.
    pub fn part(&self, range: Range<usize>) -> Values {
        let mut part = Values::empty(self.datatype());
        both!(&mut part, self, part, list => part.extend_from_slice(&list[range]));
        part
    }

    /// Appends so many zeros or empty strings; `None` if there is no memory for them.
    pub fn grow(&mut self, count: usize) -> Option<()> {
        each!(self, list => {
            list.try_reserve(count).ok()?;
            list.resize(list.len() + count, Default::default());
        });
        Some(())
    }

    /// The values at these places, which have to lie within them.
    pub fn taken(&self, places: &[usize]) -> Values {
        let mut taken = Values::empty(self.datatype());
        both!(&mut taken, self, taken, list => {
            places.iter().for_each(|&place| taken.extend_from_slice(&list[place..=place]));
        });
        taken
    }

    /// Appends values of the same type; `None` if the type is another.
    pub fn append(&mut self, mut more: Values) -> Option<()> {
        both!(self, &mut more, list, more => list.append(more))
    }
}

impl Default for Values {
    fn default() -> Values {
        Values::F32(Vec::new())
    }
}

/// A tensor: values and the shape that they fill.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tensor {
    pub shape: Vec<usize>,
    pub values: Values,
}

impl Tensor {
    /// A copy of some rows: places of the first axis, which the tensor has to have.
    pub fn rows(&self, rows: Range<usize>) -> Tensor {
        let size: usize = self.shape[1..].iter().product();
        let mut shape = self.shape.clone();
        shape[0] = rows.len();
        Tensor { shape, values: self.values.part(rows.start * size..rows.end * size) }
    }

    /// Joins tensors along their first axis; `None` if they do not fit together.
    pub fn join(tensors: impl IntoIterator<Item = Tensor>) -> Option<Tensor> {
        let mut tensors = tensors.into_iter();
        let mut joined = tensors.next().filter(|first| !first.shape.is_empty())?;
        for tensor in tensors {
            let (rows, rest) = tensor.shape.split_first()?;
            (rest == &joined.shape[1..]).then_some(())?;
            joined.shape[0] += rows;
            joined.values.append(tensor.values)?;
        }
        Some(joined)
    }
}

/// The size of an axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Size {
    Fixed(usize),
    /// Any size; the same one wherever the model gives the same name.
    Free(Option<String>),
}

impl Size {
    pub fn fixed(&self) -> Option<usize> {
        match self {
            Size::Fixed(size) => Some(*size),
            Size::Free(_) => None,
        }
    }
}

/// An input or output of a model.
#[derive(Clone, Debug)]
pub struct TensorSpec {
    pub name: String,
    pub datatype: Datatype,
    /// The sizes of the axes; `None` if the model does not declare them.
    pub shape: Option<Vec<Size>>,
    /// The names of the classes along the last axis, where the model has them.
    pub labels: Option<Vec<Category>>,
}

impl TensorSpec {
    pub fn new(name: impl Into<String>, datatype: Datatype, shape: Vec<Size>) -> TensorSpec {
        TensorSpec { name: name.into(), datatype, shape: Some(shape), labels: None }
    }

    /// The sizes of the axes, none if the model does not declare them.
    pub fn sizes(&self) -> &[Size] {
        self.shape.as_deref().unwrap_or_default()
    }

    /// The shape as the Open Inference Protocol writes it, -1 for a free size.
    pub fn wire_shape(&self) -> Vec<i64> {
        let written = |size: &Size| match size {
            Size::Fixed(size) => i64::try_from(*size).unwrap_or(i64::MAX),
            Size::Free(_) => -1,
        };
        self.sizes().iter().map(written).collect()
    }

    pub fn check_shape(&self, shape: &[usize]) -> Result<(), String> {
        let Some(declared) = &self.shape else { return Ok(()) };
        let fits = |(size, declared): (&usize, &Size)| match declared {
            Size::Fixed(fixed) => fixed == size,
            Size::Free(_) => true,
        };
        if shape.len() == declared.len() && shape.iter().zip(declared).all(fits) {
            return Ok(());
        }
        let shown = &shape[..shape.len().min(8)];
        Err(format!("the shape is {shown:?}, {:?} is expected", self.wire_shape()))
    }
}

/// What a model takes and gives.
#[derive(Clone, Debug, Default)]
pub struct Signature {
    pub inputs: Vec<TensorSpec>,
    pub outputs: Vec<TensorSpec>,
    /// Outputs of the model that the engine does not give: the name and the reason, in words.
    pub lacking: Vec<String>,
}

impl Signature {
    pub fn input(&self, name: &str) -> Option<usize> {
        self.inputs.iter().position(|spec| spec.name == name)
    }

    pub fn output(&self, name: &str) -> Option<usize> {
        self.outputs.iter().position(|spec| spec.name == name)
    }

    /// Why the Open Inference Protocol does not carry the model, if it does not: it needs all outputs, and
    /// all shapes.
    pub fn incomplete(&self) -> Option<String> {
        let unshaped = |what: &str, specs: &[TensorSpec]| {
            let spec = specs.iter().find(|spec| spec.shape.is_none())?;
            Some(format!("{what} {:?} has no shape in the model", spec.name))
        };
        let lacking = || self.lacking.first().cloned();
        unshaped("input", &self.inputs).or_else(lacking).or_else(|| unshaped("output", &self.outputs))
    }

    /// Checks the shapes of all inputs against one another, and that no output gets more than `most` values.
    pub fn check_sizes(&self, shapes: &[&[usize]], most: usize) -> Result<(), String> {
        let mut sizes: HashMap<&str, (usize, &str)> = HashMap::new();
        for (spec, shape) in self.inputs.iter().zip(shapes) {
            for (declared, &size) in spec.sizes().iter().zip(*shape) {
                let Size::Free(Some(name)) = declared else { continue };
                let (known, first) = *sizes.entry(name).or_insert((size, &spec.name));
                if known != size {
                    let (a, b) =
                        (format!("{known} in input {first:?}"), format!("{size} in input {:?}", spec.name));
                    return Err(format!("the size {name:?} of the model is {a} and {b}"));
                }
            }
        }
        let size = |size: &Size| match size {
            Size::Fixed(size) => *size,
            Size::Free(Some(name)) => sizes.get(name.as_str()).map_or(1, |(size, _)| *size),
            Size::Free(None) => 1,
        };
        let values = |spec: &TensorSpec| spec.sizes().iter().map(size).fold(1, usize::saturating_mul);
        match self.outputs.iter().find(|spec| values(spec) > most) {
            Some(spec) => Err(format!(
                "output {:?} would have {} values, at most {most} are possible; send fewer rows at a time",
                spec.name,
                values(spec)
            )),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(name: &str, shape: &[Size]) -> TensorSpec {
        TensorSpec::new(name, Datatype::Fp32, shape.to_vec())
    }

    fn named(name: &str) -> Size {
        Size::Free(Some(name.to_owned()))
    }

    #[test]
    fn a_free_size_is_minus_one_and_takes_any() {
        let spec = spec("x", &[Size::Free(None), Size::Fixed(3)]);
        assert_eq!(spec.wire_shape(), [-1, 3]);
        spec.check_shape(&[0, 3]).unwrap();
        spec.check_shape(&[7, 3]).unwrap();
        for wrong in [&[7, 4][..], &[3], &[], &[1, 3, 1]] {
            assert!(spec.check_shape(wrong).unwrap_err().contains("[-1, 3] is expected"));
        }
    }

    #[test]
    fn sizes_of_the_same_name_are_equal() {
        let signature = Signature {
            inputs: vec![spec("a", &[named("n"), Size::Fixed(2)]), spec("b", &[named("n"), named("m")])],
            outputs: vec![spec("y", &[named("n"), named("m"), named("other"), Size::Fixed(10)])],
            lacking: Vec::new(),
        };
        signature.check_sizes(&[&[3, 2], &[3, 5]], 150).unwrap();
        let error = signature.check_sizes(&[&[3, 2], &[4, 5]], 1000).unwrap_err();
        assert_eq!(error, r#"the size "n" of the model is 3 in input "a" and 4 in input "b""#);
        let error = signature.check_sizes(&[&[3, 2], &[3, 5]], 149).unwrap_err();
        assert!(error.contains("would have 150 values, at most 149"), "{error}");
        assert!(signature.check_sizes(&[&[3, 2], &[3, usize::MAX]], 1000).is_err());
    }

    #[test]
    fn rows_are_cut_out_and_joined() {
        for values in [
            Values::I64(vec![1, 2, 3, 4, 5, 6]),
            Values::Text(["a", "b", "c", "d", "e", "f"].map(str::to_owned).to_vec()),
        ] {
            let tensor = Tensor { shape: vec![3, 2], values };
            assert_eq!(tensor.rows(1..2).shape, [1, 2]);
            assert_eq!(tensor.rows(1..2).values, tensor.values.part(2..4));
            let joined = Tensor::join([tensor.rows(0..1), tensor.rows(1..1), tensor.rows(1..3)]);
            assert_eq!(joined, Some(tensor));
        }
        let bits =
            |shape: &[usize]| Tensor { shape: shape.to_vec(), values: Values::zeros(Datatype::Bool, 2) };
        assert_eq!(Tensor::join([bits(&[1, 2]), bits(&[2, 1])]), None);
        assert_eq!(Tensor::join([Tensor { shape: vec![], values: Values::U8(vec![1]) }]), None);
        let other = Tensor { values: Values::zeros(Datatype::Uint8, 2), ..bits(&[1, 2]) };
        assert_eq!(Tensor::join([bits(&[1, 2]), other]), None);
    }

    #[test]
    fn what_the_protocol_does_not_carry_is_named() {
        let unshaped = TensorSpec { shape: None, ..spec("y", &[]) };
        let mut signature =
            Signature { inputs: vec![spec("x", &[])], outputs: vec![unshaped], lacking: Vec::new() };
        assert_eq!(signature.incomplete().unwrap(), r#"output "y" has no shape in the model"#);
        signature.outputs.clear();
        assert_eq!(signature.incomplete(), None);
        signature.lacking.push("output \"z\" is none".to_owned());
        assert_eq!(signature.incomplete().unwrap(), "output \"z\" is none");
    }
}
