//! Typed results, column by column: one value by row, or a whole column as one slice.

use crate::array::{DType, byte_size};
use crate::elements::{ElementColumn, Number, View};
use crate::error::{Error, ErrorKind, Result};
use crate::file;
use crate::half::{bf16_of, fp16_of};
use crate::images::raster::ImageRules;
use crate::images::{self, DecodedImage, MediaType};
use crate::npy;
use crate::probabilities::Probabilities;
use crate::results::{Column, Columns, Pieces};
use crate::spec::{FeatureSpec, FeatureType, Key, Schema, Specs};
use crate::text::without_nul;
use std::io::Write;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// The predictions for some rows, in the order of the rows. Immutable.
///
/// Every getter takes an output, by name or by index, and most take a row. It fails with
/// [`ErrorKind::FeatureType`] if the output is of another type.
pub struct Predictions {
    schema: Arc<Schema>,
    columns: Columns,
    /// An error for each bad row that was isolated, in their order.
    failures: Vec<Error>,
    image_rules: ImageRules,
}

/// An image as the server sent it.
#[derive(Clone, Copy, Debug)]
pub struct EncodedImage<'a> {
    /// The type of its bytes.
    pub media_type: MediaType,
    /// The PNG or JPEG file.
    pub bytes: &'a [u8],
}

impl Predictions {
    pub(crate) fn new(
        schema: Arc<Schema>,
        columns: Columns,
        failures: Vec<Error>,
        image_rules: ImageRules,
    ) -> Predictions {
        Predictions { schema, columns, failures, image_rules }
    }

    /// The rows that the server refused, with an error for each, in their order. Empty unless the option
    /// `isolate_bad_rows` is on. The predictions are those of all other rows.
    pub fn failures(&self) -> &[Error] {
        &self.failures
    }

    /// The index that a predicted row has among the rows that were sent. The two differ after a row that
    /// failed.
    pub fn sent_row(&self, prediction: usize) -> Result<usize> {
        self.require_row(prediction)?;
        let mut failed = self.failures.iter().filter_map(Error::row).peekable();
        let mut row = prediction;
        while failed.next_if(|failed| *failed <= row).is_some() {
            row += 1;
        }
        Ok(row)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.columns.rows
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The outputs.
    pub fn outputs(&self) -> &Specs {
        &self.schema.outputs
    }

    /// The number, or the binary probability, of a row.
    pub fn number<'a>(&self, output: impl Into<Key<'a>>, row: usize) -> Result<f64> {
        let numbers = self.numbers(output)?;
        numbers.get(row).copied().ok_or_else(|| self.no_row(row))
    }

    /// All numbers, or binary probabilities.
    pub fn numbers<'a>(&self, output: impl Into<Key<'a>>) -> Result<&[f64]> {
        match self.column(output.into())? {
            (_, Column::Numbers(numbers)) => Ok(numbers),
            (spec, Column::Elements(column)) if !spec.is_array() => column.doubles(),
            (spec, _) => Err(read_as(spec, "a number")),
        }
    }

    /// The number, or the binary value, of a row as an integer, without loss: a 64-bit integer keeps all
    /// digits. Fails with [`ErrorKind::FeatureValue`] if it is not a whole number, or beyond an `i64`.
    pub fn integer<'a>(&self, output: impl Into<Key<'a>>, row: usize) -> Result<i64> {
        let (spec, column) = self.column(output.into())?;
        let number = match column {
            Column::Numbers(numbers) => numbers.get(row).map(|number| Number::of_float(*number)),
            Column::Elements(column) if !spec.is_array() => column.elements().number(row),
            _ => return Err(read_as(spec, "an integer")),
        };
        let integer = integer_of(number.ok_or_else(|| self.no_row(row))?);
        integer.map_err(|error| spec.in_feature(error).in_row(row))
    }

    /// The text of a row.
    pub fn text<'a>(&self, output: impl Into<Key<'a>>, row: usize) -> Result<&str> {
        self.text_with_nul(output, row).map(without_nul)
    }

    /// The text of a row with its closing NUL.
    pub fn text_with_nul<'a>(&self, output: impl Into<Key<'a>>, row: usize) -> Result<&str> {
        match self.column(output.into())? {
            (_, Column::Texts(texts)) => {
                texts.range(row).and_then(|range| texts.buffer.get(range)).ok_or_else(|| self.no_row(row))
            }
            (spec, _) => Err(read_as(spec, "text")),
        }
    }

    /// All texts in one buffer, each with its closing NUL, and where each ends, including the NUL.
    pub fn texts_with_nul<'a>(&self, output: impl Into<Key<'a>>) -> Result<(&str, &[usize])> {
        match self.column(output.into())? {
            (_, Column::Texts(texts)) => Ok((&texts.buffer, &texts.ends)),
            (spec, _) => Err(read_as(spec, "text")),
        }
    }

    /// The bytes of a row of an output of the type bytes.
    pub fn bytes<'a>(&self, output: impl Into<Key<'a>>, row: usize) -> Result<&[u8]> {
        let pieces = self.byte_pieces(output.into())?;
        pieces.range(row).and_then(|range| pieces.buffer.get(range)).ok_or_else(|| self.no_row(row))
    }

    /// The bytes of all rows in one buffer, and where those of each row end.
    pub fn bytes_column<'a>(&self, output: impl Into<Key<'a>>) -> Result<(&[u8], &[usize])> {
        self.byte_pieces(output.into()).map(|pieces| (&*pieces.buffer, &*pieces.ends))
    }

    /// The probabilities of a categorical output.
    pub fn probabilities<'a>(&self, output: impl Into<Key<'a>>) -> Result<Probabilities<'_>> {
        match self.column(output.into())? {
            (spec, Column::Categories(categories)) => Ok(Probabilities { spec, categories }),
            (spec, _) => Err(read_as(spec, "a category")),
        }
    }

    /// The shape of the array of a row, or `[1]` for a number. It is the output's if no size of that is
    /// [`SIZE_ANY`](crate::SIZE_ANY).
    pub fn row_shape<'a>(&self, output: impl Into<Key<'a>>, row: usize) -> Result<&[usize]> {
        let (spec, column) = self.column(output.into())?;
        if !matches!(column, Column::Numbers(_) | Column::Arrays(_) | Column::Elements(_)) {
            return Err(read_as(spec, "an array"));
        }
        self.require_row(row)?;
        Ok(shape_of_row(spec, column, row))
    }

    /// The array of a row: its elements, row-major. [`row_shape`](Self::row_shape) is its shape.
    pub fn array<'a>(&self, output: impl Into<Key<'a>>, row: usize) -> Result<&[f32]> {
        let key = output.into();
        let (_, values) = self.array_column(key)?;
        let (spec, column) = self.column(key)?;
        self.require_row(row)?;
        Ok(values.get(elements_of_row(spec, column, row)).unwrap_or_default())
    }

    /// The arrays of all rows, one after the other.
    pub fn arrays<'a>(&self, output: impl Into<Key<'a>>) -> Result<&[f32]> {
        self.array_column(output.into()).map(|(_, values)| values)
    }

    /// The elements of a row without loss, in this machine's byte order, and their type, which is that of the
    /// tensor. For numbers, binary probabilities and arrays.
    pub fn elements<'a>(&self, output: impl Into<Key<'a>>, row: usize) -> Result<(DType, &[u8])> {
        let key = output.into();
        let (dtype, bytes) = self.elements_column(key)?;
        let (spec, column) = self.column(key)?;
        self.require_row(row)?;
        let Range { start, end } = elements_of_row(spec, column, row);
        Ok((dtype, bytes.get(start * dtype.size()..end * dtype.size()).unwrap_or_default()))
    }

    /// The same as [`elements`](Self::elements), for all rows, one row after the other.
    pub fn elements_column<'a>(&self, output: impl Into<Key<'a>>) -> Result<(DType, &[u8])> {
        let (spec, column) = self.column(output.into())?;
        let bytes = match column {
            Column::Numbers(numbers) => bytemuck::cast_slice(numbers),
            Column::Arrays(values) => bytemuck::cast_slice(values),
            Column::Elements(column) => column.elements().as_bytes(),
            _ => return Err(read_as(spec, "elements")),
        };
        let dtype = spec.dtype().ok_or_else(|| read_as(spec, "elements"))?;
        Ok((dtype, bytes))
    }

    /// Copies the array of a row into `buffer` as elements of another type, in this machine's byte order.
    /// Integers are truncated, and clamped to their range. The buffer must have exactly the size of the
    /// array.
    pub fn copy_array<'a>(
        &self,
        output: impl Into<Key<'a>>,
        row: usize,
        dtype: DType,
        buffer: &mut [u8],
    ) -> Result<()> {
        let key = output.into();
        let (spec, column) = self.column(key)?;
        if !matches!(column, Column::Arrays(_) | Column::Elements(_)) || !spec.is_array() {
            return Err(read_as(spec, "an array"));
        }
        self.require_row(row)?;
        let wanted = byte_size(dtype, shape_of_row(spec, column, row))?;
        if buffer.len() != wanted {
            let message =
                format!("the array takes {wanted} bytes as {dtype:?}, the buffer has {}", buffer.len());
            return Err(spec.in_feature(Error::new(ErrorKind::Argument, message)));
        }
        let elements = elements_of_row(spec, column, row);
        match column {
            Column::Elements(column) => {
                copy_elements(column, elements, spec.dtype == Some(dtype), dtype, buffer)?;
            }
            _ => copy_row(self.array(key, row)?, dtype, buffer),
        }
        Ok(())
    }

    /// Copies the numbers of all rows into `values`, row after row, for each output in its order. A number or
    /// a binary probability is one value. A category is one value for each label of the describe document, in
    /// their order. `values` must have exactly that length. Fails if an output has no such numbers.
    pub fn copy_numbers(&self, values: &mut [f64]) -> Result<()> {
        let width = require_room(self.outputs(), self.len(), values)?;
        let mut start = 0;
        for column in &self.columns.columns {
            let (column, cells) = match column {
                Column::Numbers(numbers) => (&**numbers, 1),
                Column::Elements(column) => (column.doubles()?, 1),
                Column::Categories(it) => (&*it.probabilities, it.labels.list().len()),
                _ => continue,
            };
            let rows = values.chunks_exact_mut(width);
            let slots = rows.filter_map(|row| row.get_mut(start..start + cells));
            slots.zip(column.chunks_exact(cells)).for_each(|(slot, cells)| slot.copy_from_slice(cells));
            start += cells;
        }
        Ok(())
    }

    /// Writes the array of a row to a `.npy` file (version 1.0, little-endian 32-bit floats, C order).
    pub fn save_npy<'a>(&self, output: impl Into<Key<'a>>, row: usize, path: impl AsRef<Path>) -> Result<()> {
        let key = output.into();
        let values = self.array(key, row)?;
        let shape = self.row_shape(key, row)?;
        file::write(path.as_ref(), |file| {
            file.write_all(&npy::header_f32(shape))?;
            values.iter().try_for_each(|value| file.write_all(&value.to_le_bytes()))
        })
    }

    /// The image of a row as the server sent it.
    pub fn image<'a>(&self, output: impl Into<Key<'a>>, row: usize) -> Result<EncodedImage<'_>> {
        let (pieces, media_types) = self.image_column(output.into())?;
        let bytes = pieces.range(row).and_then(|range| pieces.buffer.get(range));
        let image =
            bytes.zip(media_types.get(row)).map(|(bytes, &media_type)| EncodedImage { media_type, bytes });
        image.ok_or_else(|| self.no_row(row))
    }

    /// Width, height and channels (1 grey, 3 RGB, 4 RGBA) of the image of a row, without decoding its pixels.
    /// Fails if the file is truncated, or has more pixels than
    /// [`Options::set_max_image_pixels`](crate::Options::set_max_image_pixels) allows.
    pub fn image_size<'a>(&self, output: impl Into<Key<'a>>, row: usize) -> Result<(u32, u32, u8)> {
        let key = output.into();
        images::dimensions(self.image(key, row)?.bytes, &self.image_rules)
            .map_err(|error| self.name_image(key, row, error))
    }

    /// The pixels of the image of a row as stored, 8 bits a sample, with the errors of
    /// [`image_size`](Self::image_size). Decodes it at every call.
    pub fn image_pixels<'a>(&self, output: impl Into<Key<'a>>, row: usize) -> Result<DecodedImage> {
        let key = output.into();
        images::decode(self.image(key, row)?.bytes, &self.image_rules)
            .map_err(|error| self.name_image(key, row, error))
    }

    /// Writes the image of a row to a file, as the server sent it.
    pub fn save_image<'a>(
        &self,
        output: impl Into<Key<'a>>,
        row: usize,
        path: impl AsRef<Path>,
    ) -> Result<()> {
        let image = self.image(output, row)?;
        file::write(path.as_ref(), |file| file.write_all(image.bytes))
    }

    fn column(&self, key: Key<'_>) -> Result<(&FeatureSpec, &Column)> {
        let outputs = &self.schema.outputs;
        let index = match key {
            Key::Name(name) => outputs.index_of(name)?,
            Key::Index(index) => index,
        };
        let spec = outputs.get(index)?;
        let column = self.columns.columns.get(index);
        column
            .map(|column| (spec, column))
            .ok_or_else(|| Error::new(ErrorKind::Internal, "an output without a column"))
    }

    fn array_column(&self, key: Key<'_>) -> Result<(&FeatureSpec, &[f32])> {
        match self.column(key)? {
            (spec, Column::Arrays(values)) => Ok((spec, values)),
            (spec, Column::Elements(column)) if spec.is_array() => Ok((spec, column.floats()?)),
            (spec, _) => Err(read_as(spec, "an array")),
        }
    }

    fn byte_pieces(&self, key: Key<'_>) -> Result<&Pieces<Vec<u8>>> {
        match self.column(key)? {
            (_, Column::Bytes(pieces)) => Ok(pieces),
            (spec, _) => Err(read_as(spec, "bytes")),
        }
    }

    fn image_column(&self, key: Key<'_>) -> Result<(&Pieces<Vec<u8>>, &[MediaType])> {
        match self.column(key)? {
            (_, Column::Images(pieces, media_types)) => Ok((pieces, media_types)),
            (spec, _) => Err(read_as(spec, "an image")),
        }
    }

    fn name_image(&self, key: Key<'_>, row: usize, error: Error) -> Error {
        let spec = self.column(key).map(|(spec, _)| spec);
        spec.map_or(error.clone(), |spec| spec.in_feature(error)).in_row(row)
    }

    fn require_row(&self, row: usize) -> Result<()> {
        if row < self.len() { Ok(()) } else { Err(self.no_row(row)) }
    }

    fn no_row(&self, row: usize) -> Error {
        Error::new(ErrorKind::Argument, format!("there is no row {row}; the predictions have {}", self.len()))
    }
}

#[cfg(feature = "ndarray")]
impl Predictions {
    /// The arrays of all rows as one view of shape `[rows, ...shape]`. Fails with [`ErrorKind::FeatureShape`]
    /// if their shapes differ.
    pub fn ndarray<'a>(&self, output: impl Into<Key<'a>>) -> Result<ndarray::ArrayViewD<'_, f32>> {
        let key = output.into();
        let (_, values) = self.array_column(key)?;
        let (spec, column) = self.column(key)?;
        let shape = common_shape(spec, column).map_err(|error| spec.in_feature(error))?;
        let shape = [&[self.len()], &*shape].concat();
        ndarray::ArrayViewD::from_shape(shape, values)
            .map_err(|e| Error::new(ErrorKind::Internal, e.to_string()))
    }
}

fn integer_of(number: Number) -> Result<i64> {
    let refused = |what| Err(Error::new(ErrorKind::FeatureValue, what));
    match number {
        Number::Float(float) if float.is_nan() || float.fract() != 0.0 => {
            refused(format!("{float} is not an integer"))
        }
        Number::Float(float) => refused(format!("{float} is beyond a signed 64-bit integer")),
        Number::Integer(integer) => i64::try_from(integer)
            .or_else(|_| refused(format!("{integer} is beyond a signed 64-bit integer"))),
    }
}

/// The shape of a row, which is there.
fn shape_of_row<'a>(spec: &'a FeatureSpec, column: &'a Column, row: usize) -> &'a [usize] {
    match column {
        Column::Elements(column) if spec.is_free() => column.shapes().shape(row).unwrap_or_default(),
        _ => spec.shape(),
    }
}

/// Where the elements of a row lie in a column of arrays or numbers.
fn elements_of_row(spec: &FeatureSpec, column: &Column, row: usize) -> Range<usize> {
    match (spec.element_count(), column) {
        (Some(size), _) => row * size..(row + 1) * size,
        (None, Column::Elements(column)) => column.shapes().elements(row..row + 1),
        (None, _) => 0..0,
    }
}

/// The shape that all rows of a column have.
#[cfg(feature = "ndarray")]
fn common_shape(spec: &FeatureSpec, column: &Column) -> Result<Vec<usize>> {
    match column {
        Column::Elements(column) if spec.is_free() => match column.shapes().rows() {
            // Any shape fits no rows.
            0 => Ok(vec![0; spec.shape().len()]),
            rows if column.shapes().end_of_run(0) == rows => {
                Ok(column.shapes().shape(0).unwrap_or_default().to_vec())
            }
            _ => Err(Error::new(ErrorKind::FeatureShape, "the arrays of its rows have different shapes")),
        },
        _ => Ok(spec.shape().to_vec()),
    }
}

/// Copies elements: those of the same type as they are, others by way of 64-bit floats.
fn copy_elements(
    column: &ElementColumn,
    range: Range<usize>,
    same: bool,
    dtype: DType,
    buffer: &mut [u8],
) -> Result<()> {
    if same {
        let size = dtype.size();
        if let Some(bytes) = column.elements().as_bytes().get(range.start * size..range.end * size) {
            buffer.copy_from_slice(bytes);
        }
        return Ok(());
    }
    // A 64-bit float would lose digits of these, or be rounded once more.
    match (column.elements(), dtype) {
        (View::I64(values), DType::U64) => {
            let unsigned = |value| u64::try_from(value).unwrap_or(0).to_ne_bytes();
            copy_each(values.get(range).unwrap_or_default(), buffer, unsigned);
        }
        (View::U64(values), DType::I64) => {
            let signed = |value| i64::try_from(value).unwrap_or(i64::MAX).to_ne_bytes();
            copy_each(values.get(range).unwrap_or_default(), buffer, signed);
        }
        (View::I64(_) | View::U64(_), DType::F32) => {
            copy_row(column.floats()?.get(range).unwrap_or_default(), dtype, buffer);
        }
        _ => copy_row(column.doubles()?.get(range).unwrap_or_default(), dtype, buffer),
    }
    Ok(())
}

/// Copies floats as elements of a type.
fn copy_row<T: Copy + Into<f64>>(values: &[T], dtype: DType, buffer: &mut [u8]) {
    match dtype {
        DType::F32 => copy_as(values, buffer, |value| (value as f32).to_ne_bytes()),
        DType::F64 => copy_as(values, buffer, f64::to_ne_bytes),
        DType::I8 => copy_as(values, buffer, |value| (value as i8).to_ne_bytes()),
        DType::I16 => copy_as(values, buffer, |value| (value as i16).to_ne_bytes()),
        DType::I32 => copy_as(values, buffer, |value| (value as i32).to_ne_bytes()),
        DType::I64 => copy_as(values, buffer, |value| (value as i64).to_ne_bytes()),
        DType::U8 => copy_as(values, buffer, |value| (value as u8).to_ne_bytes()),
        DType::U16 => copy_as(values, buffer, |value| (value as u16).to_ne_bytes()),
        DType::U32 => copy_as(values, buffer, |value| (value as u32).to_ne_bytes()),
        DType::U64 => copy_as(values, buffer, |value| (value as u64).to_ne_bytes()),
        DType::F16 => copy_as(values, buffer, |value| fp16_of(value).to_ne_bytes()),
        DType::Bf16 => copy_as(values, buffer, |value| bf16_of(value).to_ne_bytes()),
        DType::Bool => copy_as(values, buffer, |value| [u8::from(value != 0.0)]),
    }
}

fn copy_as<T: Copy + Into<f64>, const SIZE: usize>(
    values: &[T],
    buffer: &mut [u8],
    convert: impl Fn(f64) -> [u8; SIZE],
) {
    copy_each(values, buffer, |value: T| convert(value.into()));
}

fn copy_each<T: Copy, const SIZE: usize>(values: &[T], buffer: &mut [u8], convert: impl Fn(T) -> [u8; SIZE]) {
    for (slot, &value) in buffer.as_chunks_mut::<SIZE>().0.iter_mut().zip(values) {
        *slot = convert(value);
    }
}

/// How many numbers a row of results has. `values` must have exactly that much room for each row.
pub(crate) fn require_room(outputs: &Specs, rows: usize, values: &[f64]) -> Result<usize> {
    let width = outputs.iter().map(number_count).sum::<Result<usize>>()?;
    if width.checked_mul(rows) == Some(values.len()) {
        return Ok(width);
    }
    let message =
        format!("{rows} rows of results are {width} numbers each, and there is room for {}", values.len());
    Err(Error::new(ErrorKind::Argument, message))
}

/// How many numbers an output's value is.
fn number_count(spec: &FeatureSpec) -> Result<usize> {
    match spec.feature_type() {
        FeatureType::Numeric if !spec.is_array() => Ok(1),
        FeatureType::Binary => Ok(1),
        FeatureType::Categorical if !spec.categories().is_empty() => Ok(spec.categories().len()),
        _ => Err(read_as(spec, "numbers")),
    }
}

fn read_as(spec: &FeatureSpec, wanted: &str) -> Error {
    spec.in_feature(spec.another_type(&format!("read as {wanted}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn integers_are_cut_and_held() {
        let mut bytes = [0u8; 4];
        copy_as(&[1.9, -1.0, 300.0, 7.0], &mut bytes, |value| (value as u8).to_ne_bytes());
        assert_eq!(bytes, [1, 0, 255, 7]);
    }
}
