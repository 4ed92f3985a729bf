//! Arrays as callers hold them: any number type, any byte strides, either byte order, read row-major as
//! 32-bit floats.

use crate::error::{Error, ErrorKind, Result};
use crate::half::{bf16_value, fp16_value};

/// The type of an array's elements. The numbers are the C API's: fixed, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i32)]
pub enum DType {
    /// 32-bit float.
    F32 = 1,
    /// 64-bit float.
    F64 = 2,
    /// Signed 8-bit integer.
    I8 = 3,
    /// Signed 16-bit integer.
    I16 = 4,
    /// Signed 32-bit integer.
    I32 = 5,
    /// Signed 64-bit integer.
    I64 = 6,
    /// Unsigned 8-bit integer.
    U8 = 7,
    /// Unsigned 16-bit integer.
    U16 = 8,
    /// Unsigned 32-bit integer.
    U32 = 9,
    /// Unsigned 64-bit integer.
    U64 = 10,
    /// 16-bit float (IEEE 754 binary16).
    F16 = 11,
    /// 16-bit float with the exponent of a 32-bit float.
    Bf16 = 12,
    /// A byte: 0 is false, any other is true.
    Bool = 13,
}

impl DType {
    /// Bytes of one element.
    pub fn size(self) -> usize {
        match self {
            DType::I8 | DType::U8 | DType::Bool => 1,
            DType::I16 | DType::U16 | DType::F16 | DType::Bf16 => 2,
            DType::F32 | DType::I32 | DType::U32 => 4,
            DType::F64 | DType::I64 | DType::U64 => 8,
        }
    }
}

impl TryFrom<i32> for DType {
    type Error = Error;

    fn try_from(number: i32) -> Result<DType> {
        use DType::*;
        [F32, F64, I8, I16, I32, I64, U8, U16, U32, U64, F16, Bf16, Bool]
            .into_iter()
            .find(|dtype| *dtype as i32 == number)
            .ok_or_else(|| {
                Error::new(ErrorKind::Argument, format!("{number} is no SIDEKICK_DTYPE_ constant"))
            })
    }
}

/// A Rust number type that arrays can have.
pub trait Element: bytemuck::NoUninit {
    /// Its dtype.
    const DTYPE: DType;
}

macro_rules! elements {
    ($($number:ty: $dtype:ident),*) => {
        $(impl Element for $number {
            const DTYPE: DType = DType::$dtype;
        })*
    };
}

elements!(f32: F32, f64: F64, i8: I8, i16: I16, i32: I32, i64: I64, u8: U8, u16: U16, u32: U32, u64: U64);

/// Elements as numbers that hold each of them exactly.
pub(crate) enum Block<'a> {
    Floats(&'a [f64]),
    Signed(&'a [i64]),
    Unsigned(&'a [u64]),
}

/// So many elements are converted together.
const BLOCK: usize = 64;
/// Arrays have no more dimensions: as many as NumPy's.
pub(crate) const MOST_DIMENSIONS: usize = 64;

/// A size in a feature's shape that each row has its own of.
pub const SIZE_ANY: usize = usize::MAX;

/// A shape for messages; a free size is -1, as servers write it.
pub(crate) fn shape_text(shape: &[usize]) -> String {
    let size = |size: &usize| if *size == SIZE_ANY { "-1".to_owned() } else { size.to_string() };
    format!("[{}]", shape.iter().map(size).collect::<Vec<_>>().join(", "))
}

/// A borrowed array: bytes, and how to walk them.
#[derive(Clone, Debug)]
pub struct Array<'a> {
    dtype: DType,
    shape: Vec<usize>,
    strides: Vec<isize>,
    big_endian: bool,
    /// Where element `[0, 0, ...]` starts; not 0 where a stride is negative.
    origin: usize,
    bytes: &'a [u8],
}

impl<'a> Array<'a> {
    /// A row-major array without gaps, in this machine's byte order. `bytes` has exactly its size.
    pub fn new(dtype: DType, shape: &[usize], bytes: &'a [u8]) -> Result<Array<'a>> {
        let strides = contiguous_strides(dtype, shape)?;
        let array = Array::checked(dtype, shape, strides, 0, cfg!(target_endian = "big"), bytes)?;
        match byte_size(dtype, shape)? {
            size if size == bytes.len() => Ok(array),
            size => Err(other_size(shape, size, bytes.len())),
        }
    }

    /// A row-major array of Rust numbers.
    pub fn of<T: Element>(shape: &[usize], values: &'a [T]) -> Result<Array<'a>> {
        Array::new(T::DTYPE, shape, bytemuck::cast_slice(values))
    }

    /// An array with byte strides (negative ones count back from `origin`) in a given byte order.
    /// Every element has to lie inside `bytes`.
    pub fn with_layout(
        dtype: DType,
        shape: &[usize],
        strides: &[isize],
        origin: usize,
        big_endian: bool,
        bytes: &'a [u8],
    ) -> Result<Array<'a>> {
        if shape.len() != strides.len() {
            let message = format!("{} strides for {} dimensions", strides.len(), shape.len());
            return Err(Error::new(ErrorKind::Argument, message));
        }
        require_few_dimensions(shape)?;
        Array::checked(dtype, shape, strides.to_vec(), origin, big_endian, bytes)
    }

    /// The same, with a stride for each of few dimensions.
    fn checked(
        dtype: DType,
        shape: &[usize],
        strides: Vec<isize>,
        origin: usize,
        big_endian: bool,
        bytes: &'a [u8],
    ) -> Result<Array<'a>> {
        let (first, end) = extent(dtype, shape, &strides)?;
        let array = Array { dtype, shape: shape.to_vec(), strides, big_endian, origin, bytes };
        let inside = array.len() == 0
            || (origin.checked_add_signed(first).is_some()
                && origin.checked_add_signed(end).is_some_and(|end| end <= bytes.len()));
        if inside {
            return Ok(array);
        }
        Err(other_size(shape, end.saturating_sub(first), bytes.len()))
    }

    /// How many bytes before element `[0, 0, ...]` negative strides reach: the `origin` of such an array.
    pub fn bytes_before(dtype: DType, shape: &[usize], strides: &[isize]) -> Result<usize> {
        Ok(extent(dtype, shape, strides)?.0.unsigned_abs())
    }

    /// Its shape.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// How many elements it has.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// The bytes of 8-bit elements that lie row-major without gaps, and whether they are U8 or I8: they need
    /// no conversion.
    pub(crate) fn plain_bytes(&self) -> Option<(DType, &'a [u8])> {
        let plain = matches!(self.dtype, DType::U8 | DType::I8) && self.is_contiguous();
        let bytes = plain.then(|| self.bytes.get(self.origin..self.origin + self.len())).flatten()?;
        Some((self.dtype, bytes))
    }

    pub(crate) fn dtype(&self) -> DType {
        self.dtype
    }

    pub(crate) fn is_big_endian(&self) -> bool {
        self.big_endian
    }

    /// Its bytes where they lie row-major without gaps, in its byte order.
    pub(crate) fn contiguous_bytes(&self) -> Option<&'a [u8]> {
        let size = self.len() * self.dtype.size();
        self.is_contiguous().then(|| self.bytes.get(self.origin..self.origin + size)).flatten()
    }

    /// Calls `each` with the elements without loss, row-major, block by block.
    pub(crate) fn for_each_exact_block(&self, mut each: impl FnMut(Block<'_>) -> Result<()>) -> Result<()> {
        let floats = |each: &mut dyn FnMut(Block<'_>) -> Result<()>| match self.dtype {
            DType::F32 => self.walk(f32::from_ne_bytes, f64::from, |block| each(Block::Floats(block))),
            DType::I8 => self.walk(i8::from_ne_bytes, f64::from, |block| each(Block::Floats(block))),
            DType::I16 => self.walk(i16::from_ne_bytes, f64::from, |block| each(Block::Floats(block))),
            DType::I32 => self.walk(i32::from_ne_bytes, f64::from, |block| each(Block::Floats(block))),
            DType::U8 => self.walk(u8::from_ne_bytes, f64::from, |block| each(Block::Floats(block))),
            DType::U16 => self.walk(u16::from_ne_bytes, f64::from, |block| each(Block::Floats(block))),
            DType::U32 => self.walk(u32::from_ne_bytes, f64::from, |block| each(Block::Floats(block))),
            DType::Bool => self.walk(u8::from_ne_bytes, bit, |block| each(Block::Floats(block))),
            DType::F16 => self.walk(u16::from_ne_bytes, fp16_double, |block| each(Block::Floats(block))),
            DType::Bf16 => self.walk(u16::from_ne_bytes, bf16_double, |block| each(Block::Floats(block))),
            _ => self.walk(f64::from_ne_bytes, |value| value, |block| each(Block::Floats(block))),
        };
        match self.dtype {
            DType::I64 => self.walk(i64::from_ne_bytes, |value| value, |block| each(Block::Signed(block))),
            DType::U64 => self.walk(u64::from_ne_bytes, |value| value, |block| each(Block::Unsigned(block))),
            _ => floats(&mut each),
        }
    }

    /// Calls `each` with the elements as 32-bit floats, row-major, block by block. An element that is not
    /// finite as such is an error that names it.
    pub(crate) fn for_each_block(&self, mut each: impl FnMut(&[f32]) -> Result<()>) -> Result<()> {
        let mut done = 0;
        let each = |values: &[f32]| {
            self.require_finite(done, values)?;
            done += values.len();
            each(values)
        };
        match self.dtype {
            DType::F32 => self.walk(f32::from_ne_bytes, |value| value, each),
            DType::F64 => self.walk(f64::from_ne_bytes, |value| value as f32, each),
            DType::I8 => self.walk(i8::from_ne_bytes, f32::from, each),
            DType::I16 => self.walk(i16::from_ne_bytes, f32::from, each),
            DType::I32 => self.walk(i32::from_ne_bytes, |value| value as f32, each),
            DType::I64 => self.walk(i64::from_ne_bytes, |value| value as f32, each),
            DType::U8 => self.walk(u8::from_ne_bytes, f32::from, each),
            DType::U16 => self.walk(u16::from_ne_bytes, f32::from, each),
            DType::U32 => self.walk(u32::from_ne_bytes, |value| value as f32, each),
            DType::U64 => self.walk(u64::from_ne_bytes, |value| value as f32, each),
            DType::Bool => self.walk(u8::from_ne_bytes, |byte| bit(byte) as f32, each),
            DType::F16 => self.walk(u16::from_ne_bytes, fp16_value, each),
            DType::Bf16 => self.walk(u16::from_ne_bytes, bf16_value, each),
        }
    }

    fn walk<const SIZE: usize, T, V: Copy + Default>(
        &self,
        read: impl Fn([u8; SIZE]) -> T,
        convert: impl Fn(T) -> V,
        mut each: impl FnMut(&[V]) -> Result<()>,
    ) -> Result<()> {
        let swap = self.big_endian != cfg!(target_endian = "big");
        let value_of = |bytes: &[u8; SIZE]| {
            let mut bytes = *bytes;
            if swap {
                bytes.reverse();
            }
            convert(read(bytes))
        };
        let mut values = [V::default(); BLOCK];
        if let Some(elements) = self.contiguous_elements() {
            for group in elements.chunks(BLOCK) {
                let block = values.get_mut(..group.len()).unwrap_or_default();
                block.iter_mut().zip(group).for_each(|(value, bytes)| *value = value_of(bytes));
                each(block)?;
            }
            return Ok(());
        }
        let mut offsets = Offsets::new(self);
        while offsets.left > 0 {
            let block = values.get_mut(..offsets.left.min(BLOCK)).unwrap_or_default();
            for (value, offset) in block.iter_mut().zip(&mut offsets) {
                *value = value_of(self.element(offset)?);
            }
            each(block)?;
        }
        Ok(())
    }

    fn element<const SIZE: usize>(&self, offset: usize) -> Result<&[u8; SIZE]> {
        let bytes = self.bytes.get(offset..).and_then(<[u8]>::first_chunk);
        bytes.ok_or_else(|| Error::new(ErrorKind::Internal, "an array element outside its buffer"))
    }

    /// The elements where they lie row-major without gaps.
    fn contiguous_elements<const SIZE: usize>(&self) -> Option<&[[u8; SIZE]]> {
        let bytes = if self.is_contiguous() { self.bytes.get(self.origin..)? } else { return None };
        bytes.as_chunks().0.get(..self.len())
    }

    /// An error that names the first of the elements from `first` on that is not finite.
    fn require_finite(&self, first: usize, values: &[f32]) -> Result<()> {
        // All are looked at, without a way out: that way they are looked at side by side.
        if values.iter().fold(true, |all, value| all & value.is_finite()) {
            return Ok(());
        }
        let place = values.iter().position(|value| !value.is_finite()).unwrap_or(0);
        Err(self.not_finite(first + place))
    }

    fn is_contiguous(&self) -> bool {
        // The strides without gaps, from the last dimension on; none beyond what a stride can be.
        let mut plain = Some(self.dtype.size() as isize);
        self.shape.iter().zip(&self.strides).rev().all(|(&extent, stride)| {
            let fits = extent == 1 || Some(*stride) == plain;
            plain = plain.and_then(|plain| plain.checked_mul(isize::try_from(extent).ok()?));
            fits
        })
    }

    fn not_finite(&self, element: usize) -> Error {
        let index = index_of(element, &self.shape);
        let message = format!("element {index:?} is not a finite 32-bit float");
        Error::new(ErrorKind::FeatureValue, message)
    }
}

#[cold]
fn other_size(shape: &[usize], span: impl std::fmt::Display, size: usize) -> Error {
    let message = format!("an array of shape {shape:?} spans {span} bytes, but the buffer has {size}");
    Error::new(ErrorKind::Argument, message)
}

fn bit(byte: u8) -> f64 {
    f64::from(byte != 0)
}

fn fp16_double(bits: u16) -> f64 {
    fp16_value(bits).into()
}

fn bf16_double(bits: u16) -> f64 {
    bf16_value(bits).into()
}

/// Where an element, counted row-major, lies in an array of this shape.
pub(crate) fn index_of(element: usize, shape: &[usize]) -> Vec<usize> {
    let mut rest = element;
    let mut index: Vec<usize> = Vec::new();
    for &extent in shape.iter().rev() {
        index.push(rest % extent);
        rest /= extent;
    }
    index.reverse();
    index
}

/// The byte offsets of an array's elements, row-major.
struct Offsets<'a> {
    array: &'a Array<'a>,
    index: Vec<usize>,
    offset: isize,
    left: usize,
}

impl<'a> Offsets<'a> {
    fn new(array: &'a Array<'a>) -> Offsets<'a> {
        let offset = array.origin as isize;
        Offsets { array, index: vec![0; array.shape.len()], offset, left: array.len() }
    }

    fn step(&mut self) {
        let dimensions = self.array.shape.iter().zip(&self.array.strides);
        for (index, (&extent, &stride)) in self.index.iter_mut().zip(dimensions).rev() {
            *index += 1;
            if *index < extent {
                self.offset += stride;
                return;
            }
            self.offset -= stride * (extent as isize - 1);
            *index = 0;
        }
    }
}

impl Iterator for Offsets<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        self.left = self.left.checked_sub(1)?;
        let offset = self.offset;
        self.step();
        usize::try_from(offset).ok()
    }
}

/// How many bytes a row-major array without gaps takes.
pub(crate) fn byte_size(dtype: DType, shape: &[usize]) -> Result<usize> {
    shape
        .iter()
        .try_fold(dtype.size(), |bytes, &extent| bytes.checked_mul(extent))
        .filter(|&bytes| isize::try_from(bytes).is_ok())
        .ok_or_else(|| too_large(shape))
}

/// The byte strides of a row-major array without gaps.
pub(crate) fn contiguous_strides(dtype: DType, shape: &[usize]) -> Result<Vec<isize>> {
    require_few_dimensions(shape)?;
    let mut stride = dtype.size() as isize;
    let mut strides = vec![0; shape.len()];
    for (slot, &extent) in strides.iter_mut().zip(shape).rev() {
        *slot = stride;
        let extent = isize::try_from(extent).map_err(|_| too_large(shape))?;
        stride = stride.checked_mul(extent).ok_or_else(|| too_large(shape))?;
    }
    Ok(strides)
}

/// The first byte and the end of an array's elements, relative to its origin.
fn extent(dtype: DType, shape: &[usize], strides: &[isize]) -> Result<(isize, isize)> {
    require_few_dimensions(shape)?;
    byte_size(dtype, shape)?;
    if shape.contains(&0) {
        // Without elements no byte is read, whatever the strides are.
        return Ok((0, 0));
    }
    let (mut first, mut end) = (0isize, dtype.size() as isize);
    for (&extent, &stride) in shape.iter().zip(strides) {
        let steps = isize::try_from(extent.saturating_sub(1)).map_err(|_| too_large(shape))?;
        let reach = steps.checked_mul(stride).ok_or_else(|| too_large(shape))?;
        let grown = if reach < 0 { &mut first } else { &mut end };
        *grown = grown.checked_add(reach).ok_or_else(|| too_large(shape))?;
    }
    Ok((first, end))
}

/// An error where a shape has more dimensions than arrays have, which are also more than a message shows.
fn require_few_dimensions(shape: &[usize]) -> Result<()> {
    let count = shape.len();
    if count <= MOST_DIMENSIONS {
        return Ok(());
    }
    let message = format!("an array of {count} dimensions; it can have {MOST_DIMENSIONS}");
    Err(Error::new(ErrorKind::Argument, message))
}

fn too_large(shape: &[usize]) -> Error {
    Error::new(ErrorKind::Argument, format!("an array of shape {shape:?} is larger than memory"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn floats(array: &Array<'_>) -> Vec<f32> {
        let mut values = Vec::new();
        let each = array.for_each_block(|block| {
            values.extend_from_slice(block);
            Ok(())
        });
        each.unwrap();
        values
    }

    #[test]
    fn every_dtype_is_read() {
        fn check<const SIZE: usize>(dtype: DType, values: [[u8; SIZE]; 2], expected: [f32; 2]) {
            let bytes = values.concat();
            assert_eq!(floats(&Array::new(dtype, &[2], &bytes).unwrap()), expected, "{dtype:?}");
            assert_eq!(DType::try_from(dtype as i32).unwrap(), dtype);
            assert_eq!(dtype.size(), SIZE);
        }
        check(DType::F32, [1.5f32, -2.0].map(f32::to_ne_bytes), [1.5, -2.0]);
        check(DType::F64, [1.5f64, 1e-3].map(f64::to_ne_bytes), [1.5, 1e-3]);
        check(DType::I8, [-128i8, 127].map(i8::to_ne_bytes), [-128.0, 127.0]);
        check(DType::I16, [-300i16, 300].map(i16::to_ne_bytes), [-300.0, 300.0]);
        check(DType::I32, [-70000i32, 1].map(i32::to_ne_bytes), [-70000.0, 1.0]);
        check(DType::I64, [i64::MIN, 1].map(i64::to_ne_bytes), [-9.223372e18, 1.0]);
        check(DType::U8, [0u8, 255].map(u8::to_ne_bytes), [0.0, 255.0]);
        check(DType::U16, [0u16, 65535].map(u16::to_ne_bytes), [0.0, 65535.0]);
        check(DType::U32, [0u32, u32::MAX].map(u32::to_ne_bytes), [0.0, 4294967300.0]);
        check(DType::U64, [0u64, u64::MAX].map(u64::to_ne_bytes), [0.0, 1.8446744e19]);
        check(DType::F16, [0x3e00u16, 0xc000].map(u16::to_ne_bytes), [1.5, -2.0]);
        check(DType::Bf16, [0x3fc0u16, 0xc000].map(u16::to_ne_bytes), [1.5, -2.0]);
        check(DType::Bool, [[0], [1]], [0.0, 1.0]);
        assert!(DType::try_from(0).is_err() && DType::try_from(14).is_err());
    }

    #[test]
    fn strides_transpose_repeat_and_reverse() {
        let bytes = [1u8, 2, 3, 4, 5, 6];
        let layout = |shape: &[usize], strides: &[isize], origin| {
            floats(&Array::with_layout(DType::U8, shape, strides, origin, false, &bytes).unwrap())
        };
        assert_eq!(layout(&[2, 3], &[1, 2], 0), [1.0, 3.0, 5.0, 2.0, 4.0, 6.0]);
        assert_eq!(layout(&[2, 2], &[0, 1], 0), [1.0, 2.0, 1.0, 2.0]);
        assert_eq!(layout(&[6], &[-1], 5), [6.0, 5.0, 4.0, 3.0, 2.0, 1.0]);
        assert_eq!(layout(&[], &[], 3), [4.0]);
        assert!(layout(&[0, 5], &[5, 1], 0).is_empty());
    }

    #[test]
    fn the_other_byte_order_is_turned() {
        let bytes = [1.5f32, -2.0].map(f32::to_be_bytes).concat();
        let array = Array::with_layout(DType::F32, &[2], &[4], 0, true, &bytes).unwrap();
        assert_eq!(floats(&array), [1.5, -2.0]);
    }

    #[test]
    fn a_layout_beyond_the_buffer_is_refused() {
        let refused = |shape: &[usize], strides: &[isize], origin| {
            Array::with_layout(DType::U8, shape, strides, origin, false, &[0; 6]).unwrap_err().kind()
        };
        assert_eq!(refused(&[7], &[1], 0), ErrorKind::Argument);
        assert_eq!(refused(&[2], &[-1], 0), ErrorKind::Argument);
        assert_eq!(refused(&[2], &[isize::MAX], 0), ErrorKind::Argument);
        assert_eq!(refused(&[usize::MAX, 2], &[1, 1], 0), ErrorKind::Argument);
        assert_eq!(refused(&[2], &[1, 1], 0), ErrorKind::Argument);
        assert_eq!(refused(&[1; 65], &[1; 65], 0), ErrorKind::Argument);
        assert!(Array::with_layout(DType::U8, &[1; 64], &[1; 64], 0, false, &[0]).is_ok());
        assert!(Array::new(DType::U8, &[1; 65], &[0]).is_err());
        for (shape, bytes) in [(&[2, 3][..], 5), (&[2, 3], 7), (&[2, 0], 1), (&[], 0), (&[], 2)] {
            let error = Array::new(DType::U8, shape, &vec![0; bytes]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Argument);
            assert!(error.to_string().ends_with(&format!("but the buffer has {bytes}")), "{error}");
        }
    }

    #[test]
    fn an_array_without_elements_reaches_nowhere() {
        for (shape, strides) in
            [(&[0, 3][..], &[24, -8][..]), (&[3, 0], &[-8, 8]), (&[3, 0], &[isize::MIN, 8])]
        {
            assert_eq!(Array::bytes_before(DType::F64, shape, strides).unwrap(), 0, "{shape:?} {strides:?}");
            let array = Array::with_layout(DType::F64, shape, strides, 0, false, &[]).unwrap();
            assert!(array.contiguous_bytes().is_none_or(<[u8]>::is_empty) && floats(&array).is_empty());
        }
        let huge = [usize::MAX, 0];
        assert!(Array::bytes_before(DType::F64, &huge, &[8, 8]).is_err());
    }

    #[test]
    fn what_is_not_finite_is_named() {
        let bytes = [1.0f64, 2.0, 1e39, 0.0].map(f64::to_ne_bytes).concat();
        let error = Array::new(DType::F64, &[2, 2], &bytes).unwrap().for_each_block(|_| Ok(())).unwrap_err();
        assert_eq!(error.to_string(), "element [1, 0] is not a finite 32-bit float");
    }
}
