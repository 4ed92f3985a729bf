//! Columns of values: a table that is stored by columns, checked against its inputs and read row by row.

use crate::array::{Array, DType, Element, SIZE_ANY, byte_size, shape_text};
use crate::error::{Error, ErrorKind, Result};
use crate::half::{bf16_value, fp16_value};
use crate::images::ImageSource;
use crate::images::raster::ImageRules;
use crate::memory::collected;
use crate::scan::places_after;
use crate::spec::{FeatureSpec, FeatureType};
use crate::values::value::{Value, category, integer_category};
use std::borrow::Cow;
use std::ops::Range;

/// The values of one input for several rows.
#[derive(Clone, Copy, Debug)]
pub enum InputColumn<'a> {
    /// Numbers without gaps, in this machine's byte order: one for each row. For an input that takes arrays:
    /// one array for each row, row-major. Integers may also be the categories of a categorical or binary
    /// input. A `u64` that is not an element of an array must fit an `i64`.
    Numbers {
        /// The type of the numbers.
        dtype: DType,
        /// The numbers.
        bytes: &'a [u8],
    },
    /// Arrays as [`Numbers`](Self::Numbers) has them, for an input with sizes that are
    /// [`SIZE_ANY`](crate::SIZE_ANY). Without their shape it follows from the number of bytes, if one size is
    /// free.
    Arrays {
        /// The type of the elements.
        dtype: DType,
        /// The elements.
        bytes: &'a [u8],
        /// The shape that every row has.
        shape: &'a [usize],
    },
    /// Texts, labels of categories, encoded images, or bytes of any meaning, one after the other.
    Pieces {
        /// All of them; texts and labels are UTF-8.
        bytes: &'a [u8],
        /// Where the piece of each row ends, counted in bytes from the start of the first.
        ends: &'a [usize],
    },
    /// Texts, or labels of categories, each closed by a NUL, in UTF-8.
    Texts(&'a [u8]),
}

impl<'a> InputColumn<'a> {
    /// A column of Rust numbers.
    pub fn of<T: Element>(values: &'a [T]) -> InputColumn<'a> {
        InputColumn::Numbers { dtype: T::DTYPE, bytes: bytemuck::cast_slice(values) }
    }
}

/// Texts, labels, encoded images or other bytes, collected one after the other for a column.
#[derive(Clone, Debug, Default)]
pub struct InputPieces {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl InputPieces {
    /// The column of them.
    pub fn column(&self) -> InputColumn<'_> {
        InputColumn::Pieces { bytes: &self.bytes, ends: &self.ends }
    }
}

impl<T: AsRef<[u8]>> FromIterator<T> for InputPieces {
    fn from_iter<I: IntoIterator<Item = T>>(pieces: I) -> InputPieces {
        let mut all = InputPieces::default();
        for piece in pieces {
            all.bytes.extend_from_slice(piece.as_ref());
            all.ends.push(all.bytes.len());
        }
        all
    }
}

/// A column that fits its input, read row by row.
pub(crate) struct ColumnReader<'a> {
    /// The index of its input.
    pub(crate) index: usize,
    pub(crate) spec: &'a FeatureSpec,
    pub(crate) source: Source<'a>,
    image_rules: ImageRules,
}

/// What a column holds. A store may read some of them in a faster way of its own.
pub(crate) enum Source<'a> {
    /// 32-bit or 64-bit floats, finite or not.
    Floats(Numbers<'a>),
    Integers(Numbers<'a>),
    IntegerCategories(Numbers<'a>),
    /// Arrays, and the shape of each.
    Arrays(Numbers<'a>, Cow<'a, [usize]>),
    Texts(Texts<'a>),
    Labels(Texts<'a>),
    Images(Pieces<'a>),
    Bytes(Pieces<'a>),
}

impl<'a> ColumnReader<'a> {
    /// Checks type and size of a column for `count` rows.
    pub(crate) fn new(
        index: usize,
        spec: &'a FeatureSpec,
        count: usize,
        column: &InputColumn<'a>,
        image_rules: ImageRules,
    ) -> Result<ColumnReader<'a>> {
        let source = match *column {
            InputColumn::Numbers { dtype, bytes } => number_source(spec, count, Numbers { dtype, bytes }),
            InputColumn::Arrays { dtype, bytes, shape } => {
                array_source(spec, count, Numbers { dtype, bytes }, Cow::Borrowed(shape))
            }
            InputColumn::Pieces { bytes, ends } => piece_source(spec, count, bytes, ends),
            InputColumn::Texts(bytes) => closed_source(spec, count, bytes),
        };
        match source {
            Ok(source) => Ok(ColumnReader { index, spec, source, image_rules }),
            Err(error) => Err(spec.in_feature(error)),
        }
    }

    /// Calls `take` with the value of a row, checked against the spec.
    pub(crate) fn give<T>(&self, row: usize, take: impl FnOnce(&Value<'_>) -> Result<T>) -> Result<T> {
        let spec = self.spec;
        match &self.source {
            Source::Floats(numbers) | Source::Integers(numbers) => take(&numbers.value(row)?),
            Source::IntegerCategories(numbers) => {
                let Value::Integer(integer) = numbers.value(row)? else {
                    return Err(spec.another_type("got floats"));
                };
                take(&integer_category(spec, integer)?)
            }
            Source::Arrays(numbers, shape) => {
                let bytes = numbers.row_bytes(row, byte_size(numbers.dtype, shape)?)?;
                take(&Value::Array(&Array::new(numbers.dtype, shape, bytes)?))
            }
            Source::Texts(texts) => take(&Value::Text(texts.get(row)?.0)),
            Source::Labels(labels) => take(&category(spec, labels.get(row)?.0)?),
            Source::Images(pieces) => {
                take(&Value::Image(&ImageSource::Encoded(pieces.get(row)?, self.image_rules)))
            }
            Source::Bytes(pieces) => take(&Value::Bytes(pieces.get(row)?)),
        }
    }
}

fn number_source<'a>(spec: &FeatureSpec, count: usize, numbers: Numbers<'a>) -> Result<Source<'a>> {
    let source = match spec.feature_type {
        FeatureType::Numeric if spec.is_array() => {
            let shape = collected(spec.shape().iter().copied())?;
            return array_source(spec, count, numbers, Cow::Owned(shape));
        }
        FeatureType::Numeric => numbers.source(),
        FeatureType::Categorical | FeatureType::Binary => Source::IntegerCategories(numbers),
        FeatureType::Text | FeatureType::Image | FeatureType::Bytes => {
            return Err(spec.another_type("got numbers"));
        }
    };
    numbers.require(spec, count, &[])?;
    Ok(source)
}

/// Arrays of one shape, whose free size follows from the number of bytes.
fn array_source<'a>(
    spec: &FeatureSpec,
    count: usize,
    numbers: Numbers<'a>,
    mut shape: Cow<'a, [usize]>,
) -> Result<Source<'a>> {
    if !spec.is_array() {
        return Err(spec.another_type("got arrays"));
    }
    if !spec.takes_shape(&shape) {
        let (own, given) = (spec.shown_shape(), shape_text(&shape));
        let message = format!("its column has arrays of the shape {given}, expected {own}");
        return Err(Error::new(ErrorKind::FeatureShape, message));
    }
    if let Some(free) = shape.iter().position(|size| *size == SIZE_ANY) {
        let size = numbers.free_size(spec, count, &shape)?;
        shape.to_mut().get_mut(free).into_iter().for_each(|slot| *slot = size);
    }
    numbers.require(spec, count, &shape)?;
    Ok(Source::Arrays(numbers, shape))
}

fn piece_source<'a>(
    spec: &FeatureSpec,
    count: usize,
    bytes: &'a [u8],
    ends: &'a [usize],
) -> Result<Source<'a>> {
    let last = ends.last().copied().unwrap_or(0);
    if ends.len() != count || last != bytes.len() {
        let (pieces, size) = (ends.len(), bytes.len());
        let message = format!(
            "its column has {pieces} pieces for {count} rows, of which the last ends at {last} of {size} bytes"
        );
        return Err(Error::new(ErrorKind::FeatureShape, message));
    }
    match spec.feature_type {
        FeatureType::Image => Ok(Source::Images(Pieces { bytes, ends })),
        FeatureType::Bytes => Ok(Source::Bytes(Pieces { bytes, ends })),
        _ => text_source(spec, Texts::new(bytes, Cow::Borrowed(ends), 0)?),
    }
}

fn closed_source<'a>(spec: &FeatureSpec, count: usize, bytes: &'a [u8]) -> Result<Source<'a>> {
    let ends = places_after(0, bytes, count)?;
    let end = ends.last().copied().unwrap_or(0);
    if ends.len() == count && end == bytes.len() {
        return text_source(spec, Texts::new(bytes, Cow::Owned(ends), 1)?);
    }
    let (texts, size) = (ends.len(), bytes.len());
    let message = format!(
        "its column has {texts} texts for {count} rows, of which the last is closed by a NUL at {end} of {size} bytes"
    );
    Err(Error::new(ErrorKind::FeatureShape, message))
}

fn text_source<'a>(spec: &FeatureSpec, texts: Texts<'a>) -> Result<Source<'a>> {
    match spec.feature_type {
        FeatureType::Text => Ok(Source::Texts(texts)),
        FeatureType::Categorical | FeatureType::Binary => Ok(Source::Labels(texts)),
        FeatureType::Numeric | FeatureType::Image | FeatureType::Bytes => Err(spec.another_type("got text")),
    }
}

/// Pieces of bytes, one after the other.
#[derive(Clone, Copy)]
pub(crate) struct Pieces<'a> {
    bytes: &'a [u8],
    /// Where each ends.
    ends: &'a [usize],
}

impl<'a> Pieces<'a> {
    fn get(&self, row: usize) -> Result<&'a [u8]> {
        let piece = piece_range(self.ends, row);
        self.bytes.get(piece.clone()).ok_or_else(|| bad_piece(&piece, self.bytes.len()))
    }
}

/// Texts, one after the other.
pub(crate) struct Texts<'a> {
    all: &'a str,
    /// Where each ends, what closes it included.
    ends: Cow<'a, [usize]>,
    /// How many bytes close each.
    closing: usize,
}

impl<'a> Texts<'a> {
    /// Texts in bytes that must be UTF-8. Each single text is checked when it is cut out.
    fn new(bytes: &'a [u8], ends: Cow<'a, [usize]>, closing: usize) -> Result<Texts<'a>> {
        let all = simdutf8::compat::from_utf8(bytes).map_err(|e| {
            let row = ends.partition_point(|end| *end <= e.valid_up_to());
            let message = format!("is not UTF-8: a bad byte at {} of its column", e.valid_up_to());
            Error::new(ErrorKind::Argument, message).in_row(row)
        })?;
        Ok(Texts { all, ends, closing })
    }

    /// The text of a row, and all bytes from its start on.
    #[inline(always)]
    pub(crate) fn get(&self, row: usize) -> Result<(&'a str, &'a [u8])> {
        let Range { start, end } = piece_range(&self.ends, row);
        let piece = start..end.saturating_sub(self.closing);
        let text = self.all.get(piece.clone()).zip(self.all.as_bytes().get(start..));
        text.ok_or_else(|| bad_piece(&piece, self.all.len()))
    }
}

/// Numbers without gaps.
#[derive(Clone, Copy)]
pub(crate) struct Numbers<'a> {
    dtype: DType,
    bytes: &'a [u8],
}

impl<'a> Numbers<'a> {
    fn source(self) -> Source<'a> {
        match self.dtype {
            DType::F32 | DType::F64 => Source::Floats(self),
            _ => Source::Integers(self),
        }
    }

    /// An error unless they are as many as so many rows of a shape have.
    fn require(&self, spec: &FeatureSpec, count: usize, shape: &[usize]) -> Result<()> {
        let takes = byte_size(self.dtype, &[&[count], shape].concat())?;
        let size = self.bytes.len();
        if size == takes {
            return Ok(());
        }
        let dtype = self.dtype;
        let values = |bytes: usize| match bytes.checked_div(dtype.size()) {
            Some(1) if bytes == dtype.size() => "1 value".to_owned(),
            Some(values) if bytes.is_multiple_of(dtype.size()) => format!("{values} values"),
            _ => format!("{bytes} bytes"),
        };
        let (given, takes) = (values(size), spec.shown(values(takes)));
        let message = format!("its column has {given} of {dtype:?}, but {count} rows take {takes}");
        Err(Error::new(ErrorKind::FeatureShape, message))
    }

    /// The size that is free in the shape of so many arrays; 0 if there are none.
    fn free_size(&self, spec: &FeatureSpec, count: usize, shape: &[usize]) -> Result<usize> {
        let known: Vec<usize> = shape.iter().copied().filter(|size| *size != SIZE_ANY).collect();
        let is_only_one = known.len() + 1 == shape.len();
        let each = byte_size(self.dtype, &[&[count], &*known].concat())?;
        match self.bytes.len().checked_div(each) {
            _ if !is_only_one => Err(no_shape(spec, shape, "several sizes are")),
            Some(size) => Ok(size),
            None if count == 0 => Ok(0),
            None => Err(no_shape(spec, shape, "another size is 0, and one is")),
        }
    }

    /// Their type and their bytes.
    pub(crate) fn raw(&self) -> (DType, &'a [u8]) {
        (self.dtype, self.bytes)
    }

    /// Floats from a row on; zeros where there are no more.
    #[inline(always)]
    pub(crate) fn floats<const COUNT: usize>(&self, first: usize) -> [f64; COUNT] {
        let mut block = [0.0; COUNT];
        if self.dtype == DType::F64 {
            let given = self.bytes.as_chunks().0.get(first..).unwrap_or_default();
            block.iter_mut().zip(given).for_each(|(number, given)| *number = f64::from_ne_bytes(*given));
        } else {
            let given = self.bytes.as_chunks().0.get(first..).unwrap_or_default();
            let float = |given: &[u8; 4]| f64::from(f32::from_ne_bytes(*given));
            block.iter_mut().zip(given).for_each(|(number, given)| *number = float(given));
        }
        block
    }

    /// The number of a row; an integer stays one.
    #[inline(always)]
    fn value(&self, row: usize) -> Result<Value<'static>> {
        let integer = match self.dtype {
            DType::F32 => return Ok(Value::Number(f32::from_ne_bytes(self.element(row)?).into())),
            DType::F64 => return Ok(Value::Number(f64::from_ne_bytes(self.element(row)?))),
            DType::I8 => i8::from_ne_bytes(self.element(row)?).into(),
            DType::I16 => i16::from_ne_bytes(self.element(row)?).into(),
            DType::I32 => i32::from_ne_bytes(self.element(row)?).into(),
            DType::I64 => i64::from_ne_bytes(self.element(row)?),
            DType::U8 => u8::from_ne_bytes(self.element(row)?).into(),
            DType::U16 => u16::from_ne_bytes(self.element(row)?).into(),
            DType::U32 => u32::from_ne_bytes(self.element(row)?).into(),
            DType::U64 => signed(u64::from_ne_bytes(self.element(row)?))?,
            DType::Bool => i64::from(self.element(row)? != [0]),
            DType::F16 => {
                return Ok(Value::Number(fp16_value(u16::from_ne_bytes(self.element(row)?)).into()));
            }
            DType::Bf16 => {
                return Ok(Value::Number(bf16_value(u16::from_ne_bytes(self.element(row)?)).into()));
            }
        };
        Ok(Value::Integer(integer))
    }

    #[inline(always)]
    fn element<const SIZE: usize>(&self, row: usize) -> Result<[u8; SIZE]> {
        self.bytes.as_chunks().0.get(row).copied().ok_or_else(beyond_column)
    }

    /// The bytes of a row that has so many.
    fn row_bytes(&self, row: usize, size: usize) -> Result<&'a [u8]> {
        self.bytes.get(row * size..).and_then(|rest| rest.get(..size)).ok_or_else(beyond_column)
    }
}

#[cold]
fn no_shape(spec: &FeatureSpec, shape: &[usize], why: &str) -> Error {
    let shape = spec.shown(shape_text(shape));
    let message = format!("the shape of its arrays has to be given: {why} free in {shape}");
    Error::new(ErrorKind::FeatureShape, message)
}

fn signed(number: u64) -> Result<i64> {
    i64::try_from(number).map_err(|_| {
        Error::new(ErrorKind::FeatureValue, format!("{number} is beyond a signed 64-bit integer"))
    })
}

/// Where the piece of a row lies, as the ends say.
fn piece_range(ends: &[usize], row: usize) -> Range<usize> {
    let end = |row: usize| ends.get(row).copied().unwrap_or(0);
    row.checked_sub(1).map_or(0, end)..end(row)
}

#[cold]
fn bad_piece(piece: &Range<usize>, size: usize) -> Error {
    let Range { start, end } = piece;
    let why = if start > end || *end > size {
        format!("within a column of {size} bytes")
    } else {
        "which cuts a character".to_owned()
    };
    Error::new(ErrorKind::Argument, format!("its piece goes from byte {start} to {end}, {why}"))
}

#[cold]
fn beyond_column() -> Error {
    Error::new(ErrorKind::Internal, "a row beyond its column")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dtype_makes_the_number_it_holds() {
        fn check<T: Element>(value: T, expected: &str) {
            let numbers = Numbers { dtype: T::DTYPE, bytes: bytemuck::bytes_of(&value) };
            let text = match numbers.value(0).unwrap() {
                Value::Number(number) => format!("{number:?}"),
                Value::Integer(integer) => integer.to_string(),
                _ => String::new(),
            };
            assert_eq!(text, expected);
        }
        check(0.5f32, "0.5");
        check(-1e300, "-1e300");
        check(i8::MIN, "-128");
        check(i16::MIN, "-32768");
        check(i32::MIN, "-2147483648");
        check(i64::MIN, "-9223372036854775808");
        check(u8::MAX, "255");
        check(u16::MAX, "65535");
        check(u32::MAX, "4294967295");
        check(i64::MAX as u64, "9223372036854775807");
        let value = |dtype, bytes: &[u8]| match (Numbers { dtype, bytes }).value(0).unwrap() {
            Value::Number(number) => number,
            Value::Integer(integer) => integer as f64,
            _ => f64::NAN,
        };
        assert_eq!(value(DType::F16, &0x3c00u16.to_ne_bytes()), 1.0);
        assert_eq!(value(DType::Bf16, &0x3f80u16.to_ne_bytes()), 1.0);
        assert_eq!((value(DType::Bool, &[0]), value(DType::Bool, &[7])), (0.0, 1.0));
    }
}
