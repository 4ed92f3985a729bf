//! The inputs and outputs of a model: names, datatypes and shapes.

use std::collections::HashMap;

/// The datatypes that the engine has. It computes BOOL and INT64 in 32-bit integers, FP16 and FP64 in FP32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Datatype {
    Bool,
    Int8,
    Uint8,
    Int32,
    Int64,
    Fp16,
    Fp32,
    Fp64,
}

impl Datatype {
    pub fn name(self) -> &'static str {
        match self {
            Datatype::Bool => "BOOL",
            Datatype::Int8 => "INT8",
            Datatype::Uint8 => "UINT8",
            Datatype::Int32 => "INT32",
            Datatype::Int64 => "INT64",
            Datatype::Fp16 => "FP16",
            Datatype::Fp32 => "FP32",
            Datatype::Fp64 => "FP64",
        }
    }

    /// Bytes of an element in binary.
    pub fn size(self) -> usize {
        match self {
            Datatype::Bool | Datatype::Int8 | Datatype::Uint8 => 1,
            Datatype::Fp16 => 2,
            Datatype::Int32 | Datatype::Fp32 => 4,
            Datatype::Int64 | Datatype::Fp64 => 8,
        }
    }

    /// Bytes of an element in the engine.
    pub fn engine_size(self) -> usize {
        match self {
            Datatype::Int8 | Datatype::Uint8 => 1,
            _ => 4,
        }
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
    pub shape: Vec<Size>,
}

impl TensorSpec {
    /// The shape as the protocol writes it, -1 for a free size.
    pub fn wire_shape(&self) -> Vec<i64> {
        let written = |size: &Size| match size {
            Size::Fixed(size) => i64::try_from(*size).unwrap_or(i64::MAX),
            Size::Free(_) => -1,
        };
        self.shape.iter().map(written).collect()
    }

    pub fn check_shape(&self, shape: &[usize]) -> Result<(), String> {
        let fits = |(size, declared): (&usize, &Size)| match declared {
            Size::Fixed(fixed) => fixed == size,
            Size::Free(_) => true,
        };
        if shape.len() == self.shape.len() && shape.iter().zip(&self.shape).all(fits) {
            return Ok(());
        }
        let shown = &shape[..shape.len().min(8)];
        Err(format!("the shape is {shown:?}, {:?} is expected", self.wire_shape()))
    }
}

/// What a model takes and gives.
#[derive(Clone, Debug)]
pub struct Signature {
    pub inputs: Vec<TensorSpec>,
    pub outputs: Vec<TensorSpec>,
}

impl Signature {
    /// Checks the shapes of all inputs against one another, and that no output gets more than `most` values.
    pub fn check_sizes(&self, shapes: &[&[usize]], most: usize) -> Result<(), String> {
        let mut sizes: HashMap<&str, (usize, &str)> = HashMap::new();
        for (spec, shape) in self.inputs.iter().zip(shapes) {
            for (declared, &size) in spec.shape.iter().zip(*shape) {
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
        let values = |spec: &TensorSpec| spec.shape.iter().map(size).fold(1, usize::saturating_mul);
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
        TensorSpec { name: name.to_owned(), datatype: Datatype::Fp32, shape: shape.to_vec() }
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
        };
        signature.check_sizes(&[&[3, 2], &[3, 5]], 150).unwrap();
        let error = signature.check_sizes(&[&[3, 2], &[4, 5]], 1000).unwrap_err();
        assert_eq!(error, r#"the size "n" of the model is 3 in input "a" and 4 in input "b""#);
        let error = signature.check_sizes(&[&[3, 2], &[3, 5]], 149).unwrap_err();
        assert!(error.contains("would have 150 values, at most 149"), "{error}");
        assert!(signature.check_sizes(&[&[3, 2], &[3, usize::MAX]], 1000).is_err());
    }
}
