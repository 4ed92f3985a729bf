//! Elements in the type in which they arrived, and views of them in other types.

use crate::array::DType;
use crate::error::{Result, reserve};
use crate::half::{bf16_value, fp16_value};
use crate::row_shapes::RowShapes;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// The elements of one output over all rows. Views in other types are made when first asked for.
#[derive(Debug)]
pub(crate) struct ElementColumn {
    /// None of them while `received` has them all.
    elements: Elements,
    received: Option<Received>,
    /// The shape of each row, if a size is free.
    shapes: RowShapes,
    doubles: OnceLock<Vec<f64>>,
    floats: OnceLock<Vec<f32>>,
}

/// Bytes of a response that are elements in this machine's byte order, kept without a copy.
#[derive(Debug)]
struct Received {
    bytes: Arc<Vec<u8>>,
    range: Range<usize>,
}

impl Received {
    fn bytes(&self) -> &[u8] {
        self.bytes.get(self.range.clone()).unwrap_or_default()
    }
}

impl ElementColumn {
    fn new(elements: Elements) -> ElementColumn {
        ElementColumn {
            elements,
            received: None,
            shapes: RowShapes::default(),
            doubles: OnceLock::new(),
            floats: OnceLock::new(),
        }
    }

    /// An empty column of elements of a type.
    pub(crate) fn of(dtype: DType) -> ElementColumn {
        ElementColumn::new(match dtype {
            DType::Bool => Elements::Bool(Vec::new()),
            DType::U8 => Elements::U8(Vec::new()),
            DType::U16 => Elements::U16(Vec::new()),
            DType::U32 => Elements::U32(Vec::new()),
            DType::U64 => Elements::U64(Vec::new()),
            DType::I8 => Elements::I8(Vec::new()),
            DType::I16 => Elements::I16(Vec::new()),
            DType::I32 => Elements::I32(Vec::new()),
            DType::I64 => Elements::I64(Vec::new()),
            DType::F16 => Elements::F16(Vec::new()),
            DType::Bf16 => Elements::Bf16(Vec::new()),
            DType::F32 => Elements::F32(Vec::new()),
            DType::F64 => Elements::F64(Vec::new()),
        })
    }

    /// The elements themselves.
    pub(crate) fn elements(&self) -> View<'_> {
        match &self.received {
            Some(received) => self.elements.view_of(received.bytes()).unwrap_or(self.elements.view()),
            None => self.elements.view(),
        }
    }

    /// The elements, to be changed. Views made before are dropped.
    pub(crate) fn elements_mut(&mut self) -> Result<&mut Elements> {
        self.doubles.take();
        self.floats.take();
        if let Some(received) = self.received.take() {
            self.elements.extend_from_bytes(received.bytes())?;
        }
        Ok(&mut self.elements)
    }

    /// Makes bytes of a response the elements, without a copy. Returns whether it did: not if there is room
    /// for the elements of other responses, or if the bytes are not those of elements in memory.
    pub(crate) fn keep(&mut self, bytes: &Arc<Vec<u8>>, range: Range<usize>) -> bool {
        let received = Received { bytes: Arc::clone(bytes), range };
        let fits = self.received.is_none() && !self.elements.has_room();
        let kept = fits && self.elements.view_of(received.bytes()).is_some();
        if kept {
            self.received = Some(received);
        }
        kept
    }

    /// The shape of each row, if a size is free; empty for others.
    pub(crate) fn shapes(&self) -> &RowShapes {
        &self.shapes
    }

    /// Appends the shape of rows whose elements are appended.
    pub(crate) fn push_shapes(&mut self, rows: usize, shape: &[usize]) -> Result<()> {
        self.shapes.push(rows, shape)
    }

    /// Appends the rows of another column; whether it has elements of the same type.
    pub(crate) fn append(&mut self, more: &ElementColumn) -> Result<bool> {
        self.shapes.extend(&more.shapes, 0..more.shapes.rows())?;
        self.elements_mut()?.append(more.elements())
    }

    /// Each element as the nearest 64-bit float.
    pub(crate) fn doubles(&self) -> Result<&[f64]> {
        match self.elements() {
            View::F64(values) => Ok(values),
            elements => made(&self.doubles, || elements.to_doubles()),
        }
    }

    /// Each element as the nearest 32-bit float.
    pub(crate) fn floats(&self) -> Result<&[f32]> {
        match self.elements() {
            View::F32(values) => Ok(values),
            elements => made(&self.floats, || elements.to_floats()),
        }
    }
}

/// One element, without loss.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Integer(i128),
    /// A float that is not a whole number, or whose magnitude no 64-bit integer has.
    Float(f64),
}

impl Number {
    /// A float; a whole number becomes an integer.
    pub(crate) fn of_float(value: f64) -> Number {
        // Every whole float below 2^64 in magnitude is an integer without loss.
        let whole = value.fract() == 0.0 && value.abs() <= 18_446_744_073_709_551_616.0;
        if whole { Number::Integer(value as i128) } else { Number::Float(value) }
    }

    fn of_integer(value: impl Into<i128>) -> Number {
        Number::Integer(value.into())
    }
}

/// The content of a cell, made if it is not there yet.
fn made<T>(cell: &OnceLock<Vec<T>>, make: impl FnOnce() -> Result<Vec<T>>) -> Result<&[T]> {
    if let Some(values) = cell.get() {
        return Ok(values);
    }
    let values = make()?;
    Ok(cell.get_or_init(|| values))
}

fn converted<T: Copy, V>(values: &[T], convert: impl Fn(T) -> V) -> Result<Vec<V>> {
    let mut all = Vec::new();
    reserve(&mut all, values.len())?;
    all.extend(values.iter().copied().map(convert));
    Ok(all)
}

/// How many elements are copied at a time where they have to be aligned: a loop over each one takes longer.
const BLOCK: usize = 256;

macro_rules! elements {
    ($($variant:ident($stored:ty): $size:literal, $read:expr, $double:expr, $float:expr, $number:expr;)*) => {
        /// Elements of one type.
        #[derive(Debug, PartialEq)]
        pub(crate) enum Elements {
            $($variant(Vec<$stored>),)*
        }

        /// Some elements of one type.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub(crate) enum View<'a> {
            $($variant(&'a [$stored]),)*
        }

        impl Elements {
            fn view(&self) -> View<'_> {
                match self {
                    $(Elements::$variant(values) => View::$variant(values),)*
                }
            }

            /// Little-endian bytes as elements of this type; none if they lie or mean something else in
            /// memory.
            fn view_of<'a>(&self, bytes: &'a [u8]) -> Option<View<'a>> {
                // Any byte but 0 means true, and 1 is true in memory.
                if cfg!(target_endian = "big") || matches!(self, Elements::Bool(_)) {
                    return None;
                }
                match self {
                    $(Elements::$variant(_) => bytemuck::try_cast_slice(bytes).ok().map(View::$variant),)*
                }
            }

            /// Whether there is memory for elements.
            fn has_room(&self) -> bool {
                match self {
                    $(Elements::$variant(values) => values.capacity() > 0,)*
                }
            }

            /// Makes room for so many more.
            pub(crate) fn reserve(&mut self, more: usize) -> Result<()> {
                match self {
                    $(Elements::$variant(values) => reserve(values, more),)*
                }
            }

            /// Appends elements from their little-endian bytes.
            pub(crate) fn extend_from_bytes(&mut self, bytes: &[u8]) -> Result<()> {
                if let Some(elements) = self.view_of(bytes) {
                    return self.append(elements).map(|_| ());
                }
                match self {
                    $(Elements::$variant(values) => {
                        let elements = bytes.as_chunks::<$size>().0;
                        reserve(values, elements.len())?;
                        for block in elements.chunks(BLOCK) {
                            let mut aligned = [<$stored>::default(); BLOCK];
                            let aligned = aligned.get_mut(..block.len()).unwrap_or_default();
                            bytemuck::cast_slice_mut(aligned).copy_from_slice(block.as_flattened());
                            // Nothing is to be done for most types.
                            aligned.iter_mut().for_each(|value| *value = ($read)(bytemuck::cast(*value)));
                            values.extend_from_slice(aligned);
                        }
                    })*
                }
                Ok(())
            }

            /// Appends elements of the same type. Returns whether they are.
            pub(crate) fn append(&mut self, more: View<'_>) -> Result<bool> {
                match (self, more) {
                    $((Elements::$variant(values), View::$variant(more)) => {
                        reserve(values, more.len())?;
                        values.extend_from_slice(more);
                        Ok(true)
                    })*
                    _ => Ok(false),
                }
            }
        }

        impl<'a> View<'a> {
            /// Their bytes, in this machine's byte order.
            pub(crate) fn as_bytes(self) -> &'a [u8] {
                match self {
                    $(View::$variant(values) => bytemuck::cast_slice(values),)*
                }
            }

            /// The element at a place as an integer, or as a float if it is not a whole number.
            pub(crate) fn number(self, place: usize) -> Option<Number> {
                match self {
                    $(View::$variant(values) => values.get(place).map(|value| ($number)(*value)),)*
                }
            }

            fn to_doubles(self) -> Result<Vec<f64>> {
                match self {
                    $(View::$variant(values) => converted(values, $double),)*
                }
            }

            fn to_floats(self) -> Result<Vec<f32>> {
                match self {
                    $(View::$variant(values) => converted(values, $float),)*
                }
            }
        }
    };
}

elements! {
    // Any byte but 0 is true.
    Bool(u8): 1, |[byte]: [u8; 1]| u8::from(byte != 0), f64::from, f32::from, Number::of_integer;
    U8(u8): 1, |[byte]: [u8; 1]| byte, f64::from, f32::from, Number::of_integer;
    U16(u16): 2, u16::from_le_bytes, f64::from, f32::from, Number::of_integer;
    U32(u32): 4, u32::from_le_bytes, f64::from, |value| value as f32, Number::of_integer;
    U64(u64): 8, u64::from_le_bytes, |value| value as f64, |value| value as f32, Number::of_integer;
    I8(i8): 1, i8::from_le_bytes, f64::from, f32::from, Number::of_integer;
    I16(i16): 2, i16::from_le_bytes, f64::from, f32::from, Number::of_integer;
    I32(i32): 4, i32::from_le_bytes, f64::from, |value| value as f32, Number::of_integer;
    I64(i64): 8, i64::from_le_bytes, |value| value as f64, |value| value as f32, Number::of_integer;
    F16(u16): 2, u16::from_le_bytes, |bits| fp16_value(bits).into(), fp16_value, |bits| Number::of_float(fp16_value(bits).into());
    Bf16(u16): 2, u16::from_le_bytes, |bits| bf16_value(bits).into(), bf16_value, |bits| Number::of_float(bf16_value(bits).into());
    F32(f32): 4, f32::from_le_bytes, f64::from, |value| value, |value: f32| Number::of_float(value.into());
    F64(f64): 8, f64::from_le_bytes, |value| value, |value| value as f32, Number::of_float;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(mut elements: Elements, bytes: &[u8]) -> ElementColumn {
        elements.extend_from_bytes(bytes).unwrap();
        ElementColumn::new(elements)
    }

    #[test]
    fn elements_keep_their_type_and_are_seen_as_others() {
        let large = column(Elements::I64(vec![]), &[i64::MAX.to_le_bytes(), (-3i64).to_le_bytes()].concat());
        assert_eq!(large.elements(), View::I64(&[i64::MAX, -3]));
        assert_eq!(large.elements().as_bytes()[8..], (-3i64).to_ne_bytes());
        assert_eq!(large.doubles().unwrap(), [9_223_372_036_854_775_808.0, -3.0]);
        assert_eq!(large.floats().unwrap(), [9_223_372_036_854_775_808.0, -3.0]);
        let bits = column(Elements::Bool(vec![]), &[0, 1, 7]);
        assert_eq!(bits.doubles().unwrap(), [0.0, 1.0, 1.0]);
        let half = column(Elements::F16(vec![]), &[0, 0x3c, 0, 0xc0]);
        assert_eq!((half.doubles().unwrap(), half.floats().unwrap()), (&[1.0, -2.0][..], &[1.0, -2.0][..]));
        let upper = column(Elements::Bf16(vec![]), &[0x80, 0x3f]);
        assert_eq!(upper.floats().unwrap(), [1.0]);
        let double = column(Elements::F64(vec![]), &0.1f64.to_le_bytes());
        assert_eq!((double.doubles().unwrap(), double.floats().unwrap()), (&[0.1][..], &[0.1f32][..]));
        assert_eq!(double.doubles().unwrap().as_ptr(), double.doubles().unwrap().as_ptr());
    }

    #[test]
    fn an_element_is_an_integer_if_it_is_whole() {
        use Number::{Float, Integer};
        let large = column(Elements::U64(vec![]), &u64::MAX.to_le_bytes());
        assert_eq!(large.elements().number(0), Some(Integer(u64::MAX.into())));
        assert_eq!(large.elements().number(1), None);
        let half = column(Elements::F16(vec![]), &[0, 0xc0, 0, 0x38]);
        assert_eq!(
            [half.elements().number(0), half.elements().number(1)],
            [Some(Integer(-2)), Some(Float(0.5))]
        );
        assert_eq!(View::Bool(&[1]).number(0), Some(Integer(1)));
        assert_eq!(View::F64(&[1e300]).number(0), Some(Float(1e300)));
        assert_eq!(View::F64(&[-9_007_199_254_740_993.0]).number(0), Some(Integer(-9_007_199_254_740_992)));
        for value in [f32::NEG_INFINITY, 0.25] {
            assert_eq!(View::F32(&[value]).number(0), Some(Float(value.into())));
        }
    }

    #[test]
    fn what_is_appended_is_seen() {
        let mut column = column(Elements::U8(vec![]), &[1]);
        assert_eq!(column.doubles().unwrap(), [1.0]);
        assert!(column.elements_mut().unwrap().append(View::U8(&[2])).unwrap());
        assert!(!column.elements_mut().unwrap().append(View::I8(&[2])).unwrap());
        assert_eq!(column.doubles().unwrap(), [1.0, 2.0]);
        column.elements_mut().unwrap().reserve(3).unwrap();
    }

    #[test]
    fn bytes_of_a_response_are_kept_without_a_copy() {
        let words = [0.0f32, 1.5, -2.0, f32::NAN];
        let bytes: Arc<Vec<u8>> = Arc::new(words.iter().flat_map(|word| word.to_le_bytes()).collect());
        let mut kept = ElementColumn::of(DType::F32);
        if cfg!(target_endian = "big") {
            assert!(!kept.keep(&bytes, 4..12), "their bytes are in the other order");
            return;
        }
        assert!(kept.keep(&bytes, 4..12));
        assert_eq!(kept.elements(), View::F32(&[1.5, -2.0]));
        assert_eq!(kept.elements().as_bytes().as_ptr(), bytes[4..].as_ptr());
        assert_eq!(kept.floats().unwrap().as_ptr(), kept.elements().as_bytes().as_ptr().cast());
        assert_eq!(kept.doubles().unwrap(), [1.5, -2.0]);
        // The elements of another response follow those of the first.
        assert!(!kept.keep(&bytes, 0..4));
        kept.elements_mut().unwrap().extend_from_bytes(&bytes[..4]).unwrap();
        assert_eq!(kept.elements(), View::F32(&[1.5, -2.0, 0.0]));
        assert_eq!(kept.doubles().unwrap(), [1.5, -2.0, 0.0]);
        for (dtype, range) in [(DType::F32, 1..5), (DType::F32, 0..3), (DType::Bool, 0..4)] {
            assert!(!ElementColumn::of(dtype).keep(&bytes, range.clone()), "{dtype:?} {range:?}");
        }
        let mut reserved = ElementColumn::of(DType::F32);
        reserved.elements_mut().unwrap().reserve(8).unwrap();
        assert!(!reserved.keep(&bytes, 0..4));
    }
}
