//! The elements of one input in all rows, little-endian, as they are sent.

use super::datatype::{DataType, LENGTH_BYTES, Word, split_bytes};
use super::model::Tensor;
use super::pixels::PixelTensor;
use crate::array::{Array, Block, DType, index_of};
use crate::error::{Error, ErrorKind, Result, reserve};
use crate::images::Samples;
use crate::memory::push;
use crate::row_shapes::{RowShapes, product};
use crate::values::Numbers;
use std::ops::Range;

#[derive(Debug, Default)]
pub(super) struct Column {
    pub(super) bytes: Vec<u8>,
    /// Where each row ends if they are BYTES, or if a row may lack the input.
    pub(super) ends: Vec<usize>,
    /// The shape of each row if a size is free, or if rows may lack an array of no elements.
    pub(super) shapes: RowShapes,
}

/// How much a column has.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Extent {
    pub(super) bytes: usize,
    pub(super) ends: usize,
    pub(super) shapes: usize,
}

/// An element that its tensor does not hold, and its index among those that were given.
pub(super) struct Misfit {
    pub(super) place: usize,
    pub(super) error: Error,
}

impl Misfit {
    /// The error of an array that is the value of one row, or part of it.
    pub(super) fn in_array(self, tensor: &Tensor, shape: &[usize]) -> Error {
        let of_value = self.error.kind() == ErrorKind::FeatureValue && !tensor.is_scalar();
        if !of_value {
            return self.error;
        }
        let element = self.place % count_of(shape);
        self.error.at(format!("element {:?}", index_of(element, shape)))
    }

    /// The error of the values of several rows. Where memory is missing, no row is to blame.
    pub(super) fn in_rows(self, tensor: &Tensor, shape: &[usize]) -> Error {
        let row = self.place / count_of(shape);
        let error = self.in_array(tensor, shape);
        if error.kind() == ErrorKind::FeatureValue { error.in_row(row) } else { error }
    }
}

/// How many elements a shape has; at least 1.
fn count_of(shape: &[usize]) -> usize {
    product(shape).unwrap_or(1).max(1)
}

impl Column {
    #[inline]
    pub(super) fn put_word(&mut self, tensor: &Tensor, word: Word) -> Result<()> {
        let bytes = word.get(..tensor.datatype.size()).unwrap_or_default();
        self.extend(bytes)
    }

    pub(super) fn put_bytes(&mut self, element: &[u8]) -> Result<()> {
        let length = u32::try_from(element.len()).map_err(|_| {
            Error::new(
                ErrorKind::FeatureValue,
                format!("{} bytes are more than BYTES can have", element.len()),
            )
        })?;
        reserve(&mut self.bytes, LENGTH_BYTES + element.len())?;
        push(&mut self.ends, self.bytes.len() + LENGTH_BYTES + element.len())?;
        self.bytes.extend_from_slice(&length.to_le_bytes());
        self.bytes.extend_from_slice(element);
        Ok(())
    }

    fn extend(&mut self, bytes: &[u8]) -> Result<()> {
        reserve(&mut self.bytes, bytes.len())?;
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// Adds the pixels of an image.
    pub(super) fn put_image(
        &mut self,
        tensor: &Tensor,
        pixels: &PixelTensor,
        samples: &Samples<'_>,
    ) -> Result<()> {
        let before = self.bytes.len();
        let shape = pixels.append(samples, &mut self.bytes)?;
        if !keeps_shapes(tensor) {
            return Ok(());
        }
        self.shapes.push(1, &shape).inspect_err(|_| self.bytes.truncate(before))
    }

    /// Adds rows of this shape.
    pub(super) fn put_rows(
        &mut self,
        tensor: &Tensor,
        count: usize,
        shape: &[usize],
        numbers: &Numbers<'_>,
    ) -> std::result::Result<(), Misfit> {
        let (dtype, bytes) = numbers.raw();
        let array = Array::new(dtype, &[count, product(shape).unwrap_or(0)], bytes);
        let array = array.map_err(|error| Misfit { place: 0, error })?;
        self.put_arrays(tensor, count, shape, &array)
    }

    /// Adds the elements of rows of this shape, and the shape if rows can have others; all or nothing.
    pub(super) fn put_arrays(
        &mut self,
        tensor: &Tensor,
        count: usize,
        shape: &[usize],
        array: &Array<'_>,
    ) -> std::result::Result<(), Misfit> {
        let before = self.bytes.len();
        self.put_elements(tensor, array)?;
        if !keeps_shapes(tensor) {
            return Ok(());
        }
        self.shapes.push(count, shape).map_err(|error| {
            self.bytes.truncate(before);
            Misfit { place: 0, error }
        })
    }

    /// Adds the elements of one row or more; all of them or none.
    fn put_elements(&mut self, tensor: &Tensor, array: &Array<'_>) -> std::result::Result<(), Misfit> {
        let no_memory = |error| Misfit { place: 0, error };
        let same = Some(array.dtype()) == tensor.datatype.dtype() && array.dtype() != DType::Bool;
        if let Some(bytes) = array.contiguous_bytes().filter(|_| same) {
            return self.put_same(array, bytes).map_err(no_memory);
        }
        let before = self.bytes.len();
        reserve(&mut self.bytes, array.len().saturating_mul(tensor.datatype.size())).map_err(no_memory)?;
        let added = append(tensor.datatype, array, &mut self.bytes);
        added.inspect_err(|_| self.bytes.truncate(before))
    }

    /// Adds the bytes of elements of the tensor's own type: all bits stay as they are.
    fn put_same(&mut self, array: &Array<'_>, bytes: &[u8]) -> Result<()> {
        let start = self.bytes.len();
        self.extend(bytes)?;
        if array.is_big_endian() {
            let added = self.bytes.get_mut(start..).unwrap_or_default();
            added.chunks_exact_mut(array.dtype().size()).for_each(<[u8]>::reverse);
        }
        Ok(())
    }

    /// The range of the bytes of some rows.
    pub(super) fn range(&self, tensor: &Tensor, rows: Range<usize>) -> Range<usize> {
        if tensor.is_free() {
            let (size, Range { start, end }) = (tensor.datatype.size(), self.shapes.elements(rows));
            // The bytes of these elements were added, so no product is larger than memory.
            return start.saturating_mul(size)..end.saturating_mul(size);
        }
        if tensor.datatype != DataType::Bytes && !tensor.is_optional() {
            return rows.start * tensor.row_bytes()..rows.end * tensor.row_bytes();
        }
        let end =
            |rows: usize| rows.checked_sub(1).and_then(|last| self.ends.get(last)).copied().unwrap_or(0);
        end(rows.start)..end(rows.end)
    }

    /// Appends some rows of another column of the same input to this one, which is empty.
    pub(super) fn copy(&mut self, tensor: &Tensor, from: &Column, rows: Range<usize>) -> Result<()> {
        let place = from.range(tensor, rows.clone());
        self.extend(from.bytes.get(place.clone()).unwrap_or_default())?;
        let ends = from.ends.get(rows.clone()).unwrap_or_default();
        reserve(&mut self.ends, ends.len())?;
        self.ends.extend(ends.iter().map(|end| end - place.start));
        self.shapes.extend(&from.shapes, rows)
    }

    /// The shape of a row.
    pub(super) fn row_shape<'t>(&'t self, tensor: &'t Tensor, row: usize) -> &'t [usize] {
        if tensor.is_free() { self.shapes.shape(row).unwrap_or_default() } else { &tensor.shape }
    }

    pub(super) fn extent(&self) -> Extent {
        Extent { bytes: self.bytes.len(), ends: self.ends.len(), shapes: self.shapes.rows() }
    }

    pub(super) fn truncate(&mut self, extent: Extent) {
        self.bytes.truncate(extent.bytes);
        self.ends.truncate(extent.ends);
        self.shapes.truncate(extent.shapes);
    }

    /// Notes where rows of an optional input end, up to so many: those that lack it have no bytes.
    pub(super) fn end_rows(&mut self, tensor: &Tensor, rows: usize) -> Result<()> {
        if keeps_shapes(tensor) {
            return self.shapes.push_missing(rows.saturating_sub(self.shapes.rows()));
        }
        let more = rows.saturating_sub(self.ends.len());
        reserve(&mut self.ends, more)?;
        while self.ends.len() < rows {
            let last = self.ends.last().copied().unwrap_or(0);
            self.ends.push(self.bytes.len().min(last + tensor.row_bytes()));
        }
        Ok(())
    }

    /// Whether a finished row has the input.
    pub(super) fn has(&self, tensor: &Tensor, row: usize) -> bool {
        if !tensor.is_optional() {
            return true;
        }
        if keeps_shapes(tensor) {
            return self.shapes.shape(row).is_some();
        }
        !self.range(tensor, row..row + 1).is_empty()
    }
}

/// Whether a column keeps the shape of each row: a size is free, or its bytes do not show which rows have an
/// array.
fn keeps_shapes(tensor: &Tensor) -> bool {
    tensor.is_free() || (tensor.is_optional() && tensor.elements == Some(0))
}

/// The first of some complete elements without its length, and the others.
pub(super) fn split_element(datatype: DataType, bytes: &[u8]) -> (&[u8], &[u8]) {
    let found = match datatype {
        DataType::Bytes => split_bytes(bytes),
        _ => bytes.split_at_checked(datatype.size()),
    };
    found.unwrap_or((bytes, &[]))
}

/// Appends the elements of an array as those of a tensor; there is room for them.
fn append(datatype: DataType, array: &Array<'_>, out: &mut Vec<u8>) -> std::result::Result<(), Misfit> {
    let size = datatype.size();
    let mut place = 0;
    let added = array.for_each_exact_block(|block| match block {
        Block::Floats(values) if datatype == DataType::Fp32 && fit_f32(values) => {
            values.iter().for_each(|value| out.extend_from_slice(&(*value as f32).to_le_bytes()));
            place += values.len();
            Ok(())
        }
        Block::Floats(values) => {
            put_words(values, size, &mut place, out, |value| datatype.word_of_float(value))
        }
        Block::Signed(values) => {
            put_words(values, size, &mut place, out, |value| datatype.word_of_integer(value.into()))
        }
        Block::Unsigned(values) => {
            put_words(values, size, &mut place, out, |value| datatype.word_of_integer(value.into()))
        }
    });
    added.map_err(|error| Misfit { place, error })
}

/// Whether none of these becomes infinite as a 32-bit float. No early exit: the compiler
/// then checks many at a time.
fn fit_f32(values: &[f64]) -> bool {
    values.iter().fold(true, |all, value| all & (value.is_finite() == (*value as f32).is_finite()))
}

fn put_words<T: Copy>(
    values: &[T],
    size: usize,
    place: &mut usize,
    out: &mut Vec<u8>,
    word_of: impl Fn(T) -> Result<Word>,
) -> Result<()> {
    values.iter().try_for_each(|value| {
        out.extend_from_slice(word_of(*value)?.get(..size).unwrap_or_default());
        *place += 1;
        Ok(())
    })
}
