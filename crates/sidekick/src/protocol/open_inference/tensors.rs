//! Rows as tensors: for each input one buffer of elements, little-endian, as they are sent. A value is
//! checked against the type of its tensor when it is added.

use super::column::{Column, Extent};
use super::datatype::{Class, DataType};
use super::model::{Model, Tensor};
use crate::array::Array;
use crate::error::{Error, ErrorKind, Result};
use crate::images::ImageSource;
use crate::memory::collected;
use crate::values::{ColumnReader, Source, Value};
use std::iter::repeat;
use std::ops::Range;
use std::sync::Arc;

/// Rows of a model. Its methods are not inlined: callers that serve all protocols would get slower for the
/// others.
#[derive(Debug)]
pub(crate) struct Tensors {
    model: Arc<Model>,
    /// For each input the elements of all rows; none before they are needed, as a caller that makes rows
    /// gets no error.
    columns: Vec<Column>,
    rows: usize,
}

/// A state of the rows to return to.
#[derive(Debug)]
pub(crate) struct Checkpoint {
    rows: usize,
    /// For each input.
    columns: Vec<Extent>,
}

impl Tensors {
    pub(crate) fn new(model: Arc<Model>) -> Tensors {
        Tensors { model, columns: Vec::new(), rows: 0 }
    }

    /// How many rows are finished.
    pub(crate) fn len(&self) -> usize {
        self.rows
    }

    /// Adds the value of an input to the row that is being built. A value that fails changes nothing.
    #[inline(always)]
    pub(crate) fn put(&mut self, input: usize, value: &Value<'_>) -> Result<()> {
        match value {
            Value::Number(number) => self.put_float(input, *number),
            Value::Integer(integer) => self.put_integer(input, *integer),
            Value::Text(text) => self.put_bytes(input, text.as_bytes()),
            Value::Bytes(bytes) => self.put_bytes(input, bytes),
            Value::Array(array) => self.put_array(input, array),
            Value::Category(category) => self.put_category(input, *category),
            Value::Image(image) => self.put_image(input, image),
        }
    }

    #[inline(never)]
    fn put_float(&mut self, input: usize, number: f64) -> Result<()> {
        let (tensor, column) = self.column(input)?;
        column.put_word(tensor, tensor.datatype.word_of_float(number)?)
    }

    #[inline(never)]
    fn put_integer(&mut self, input: usize, integer: i64) -> Result<()> {
        let (tensor, column) = self.column(input)?;
        column.put_word(tensor, tensor.datatype.word_of_integer(integer.into())?)
    }

    /// Adds a category: its label to BYTES, its index to others.
    #[inline(never)]
    fn put_category(&mut self, input: usize, category: usize) -> Result<()> {
        let (tensor, column) = self.column(input)?;
        if tensor.datatype != DataType::Bytes {
            return column.put_word(tensor, tensor.datatype.word_of_integer(category as i128)?);
        }
        match tensor.meaning.labels.as_ref().and_then(|labels| labels.list().get(category)) {
            Some(label) => column.put_bytes(label.as_bytes()),
            None => Err(no_such_value(tensor)),
        }
    }

    #[inline(never)]
    fn put_bytes(&mut self, input: usize, bytes: &[u8]) -> Result<()> {
        let (tensor, column) = self.column(input)?;
        if tensor.datatype == DataType::Bytes { column.put_bytes(bytes) } else { Err(no_such_value(tensor)) }
    }

    #[inline(never)]
    fn put_array(&mut self, input: usize, array: &Array<'_>) -> Result<()> {
        let (tensor, column) = self.column(input)?;
        column
            .put_arrays(tensor, 1, array.shape(), array)
            .map_err(|misfit| misfit.in_array(tensor, array.shape()))
    }

    /// Adds an image: its pixels, or its file to BYTES.
    #[inline(never)]
    fn put_image(&mut self, input: usize, image: &ImageSource<'_>) -> Result<()> {
        let (tensor, column) = self.column(input)?;
        match &tensor.pixels {
            Some(pixels) => column.put_image(tensor, pixels, &image.samples()?),
            None if tensor.datatype == DataType::Bytes => column.put_bytes(&image.file()?),
            None => Err(no_such_value(tensor)),
        }
    }

    /// Finishes the row, which has a value for each input that is not optional.
    pub(crate) fn end_row(&mut self) -> Result<()> {
        self.end_rows(1)
    }

    fn end_rows(&mut self, count: usize) -> Result<()> {
        let rows = self.rows + count;
        if self.model.has_optional {
            let inputs = self.model.inputs.iter().zip(&mut self.columns);
            let mut optional = inputs.filter(|(tensor, _)| tensor.is_optional());
            optional.try_for_each(|(tensor, column)| column.end_rows(tensor, rows))?;
        }
        self.rows = rows;
        Ok(())
    }

    /// How many rows from the first of these on can share a request: they have the same inputs, in the same
    /// shapes.
    pub(crate) fn alike(&self, rows: Range<usize>) -> usize {
        let rows = rows.start..self.end_of_shapes(&rows);
        if !self.model.has_optional {
            return rows.len();
        }
        let has_same = |row: usize| {
            let mut inputs = self.model.inputs.iter().zip(&self.columns);
            inputs.all(|(tensor, column)| column.has(tensor, row) == column.has(tensor, rows.start))
        };
        rows.clone().take_while(|row| has_same(*row)).count()
    }

    /// Where the first of some rows is that has an input in another shape, or their end.
    fn end_of_shapes(&self, rows: &Range<usize>) -> usize {
        if !self.model.has_free {
            return rows.end;
        }
        let inputs = self.model.inputs.iter().zip(&self.columns).filter(|(tensor, _)| tensor.is_free());
        inputs.fold(rows.end, |end, (_, column)| end.min(column.shapes.end_of_run(rows.start)))
    }

    /// The shape of an input in a row.
    pub(crate) fn row_shape(&self, input: usize, row: usize) -> &[usize] {
        let found = self.model.inputs.get(input).zip(self.columns.get(input));
        found.map(|(tensor, column)| column.row_shape(tensor, row)).unwrap_or_default()
    }

    /// Whether a row has an input.
    pub(crate) fn has(&self, input: usize, row: usize) -> bool {
        let found = self.model.inputs.get(input).zip(self.columns.get(input));
        found.is_some_and(|(tensor, column)| column.has(tensor, row))
    }

    /// Drops what the row that is being built has.
    #[inline(never)]
    pub(crate) fn discard_row(&mut self) {
        let rows = self.rows;
        for (tensor, column) in self.model.inputs.iter().zip(&mut self.columns) {
            let end = column.range(tensor, 0..rows).end;
            column.truncate(Extent { bytes: end, ends: rows, shapes: rows });
        }
    }

    /// Drops all rows, and keeps the memory.
    #[inline(never)]
    pub(crate) fn clear(&mut self) {
        self.rows = 0;
        self.discard_row();
    }

    /// The state now.
    #[inline(never)]
    pub(crate) fn checkpoint(&self) -> Result<Checkpoint> {
        Ok(Checkpoint { rows: self.rows, columns: collected(self.columns.iter().map(Column::extent))? })
    }

    /// Returns to a state.
    #[inline(never)]
    pub(crate) fn restore(&mut self, checkpoint: Checkpoint) {
        self.rows = checkpoint.rows;
        // There may have been no columns then.
        let extents = checkpoint.columns.into_iter().chain(repeat(Extent::default()));
        self.columns.iter_mut().zip(extents).for_each(|(column, extent)| column.truncate(extent));
    }

    /// Becomes a copy of some rows of others of the same model.
    #[inline(never)]
    pub(crate) fn copy(&mut self, other: &Tensors, rows: Range<usize>) -> Result<()> {
        self.clear();
        self.require_columns()?;
        for ((tensor, column), from) in self.model.inputs.iter().zip(&mut self.columns).zip(&other.columns) {
            column.copy(tensor, from, rows.clone())?;
        }
        self.rows = rows.len();
        Ok(())
    }

    /// Adds `count` whole rows from a column for each input. An error names the feature, and the row among
    /// these.
    #[inline(never)]
    pub(crate) fn add_columns(&mut self, count: usize, readers: &[ColumnReader<'_>]) -> Result<()> {
        for reader in readers {
            self.put_column(count, reader).map_err(|error| reader.spec.in_feature(error))?;
        }
        self.end_rows(count)
    }

    fn put_column(&mut self, count: usize, reader: &ColumnReader<'_>) -> Result<()> {
        let (tensor, column) = self.column(reader.index)?;
        match &reader.source {
            Source::Floats(numbers) | Source::Integers(numbers) => {
                column.put_rows(tensor, count, &[], numbers).map_err(|misfit| misfit.in_rows(tensor, &[]))
            }
            Source::Arrays(numbers, shape) => {
                column.put_rows(tensor, count, shape, numbers).map_err(|misfit| misfit.in_rows(tensor, shape))
            }
            _ => (0..count).try_for_each(|row| {
                let put = reader.give(row, |value| self.put(reader.index, value));
                put.map_err(|error| error.in_row_of_column(row))
            }),
        }
    }

    /// The elements of an input in some rows, as they are sent.
    pub(crate) fn elements(&self, input: usize, rows: Range<usize>) -> &[u8] {
        let found = self.model.inputs.get(input).zip(self.columns.get(input));
        found.and_then(|(tensor, column)| column.bytes.get(column.range(tensor, rows))).unwrap_or_default()
    }

    #[inline]
    fn require_columns(&mut self) -> Result<()> {
        if self.columns.is_empty() { self.make_columns() } else { Ok(()) }
    }

    #[cold]
    fn make_columns(&mut self) -> Result<()> {
        self.columns = collected(self.model.inputs.iter().map(|_| Column::default()))?;
        Ok(())
    }

    fn column(&mut self, input: usize) -> Result<(&Tensor, &mut Column)> {
        self.require_columns()?;
        let found = self.model.inputs.get(input).zip(self.columns.get_mut(input));
        found.ok_or_else(|| Error::new(ErrorKind::Internal, "an input without a tensor"))
    }
}

#[cold]
fn no_such_value(tensor: &Tensor) -> Error {
    let holds = match tensor.datatype.class() {
        Class::Bytes => "text or bytes",
        Class::Bool => "0 and 1",
        _ => "numbers",
    };
    Error::new(ErrorKind::FeatureType, format!("is {}, which holds {holds}", tensor.datatype.name()))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::array::DType;
    use crate::images::raster::ImageRules;
    use crate::protocol::open_inference::column::Misfit;
    use crate::protocol::open_inference::read_model;
    use crate::values::InputColumn;

    /// A model with these inputs: name, datatype, shape of a row.
    pub(crate) fn model(inputs: &[(&str, &str, &str)]) -> Arc<Model> {
        let inputs = inputs.iter().map(|(name, datatype, shape)| {
            format!(r#"{{"name":"{name}","datatype":"{datatype}","shape":[-1{shape}]}}"#)
        });
        let inputs = inputs.collect::<Vec<_>>().join(",");
        let document = format!(r#"{{"inputs":[{inputs}],"outputs":[{inputs}]}}"#);
        Arc::new(read_model(document.as_bytes(), None).unwrap().0)
    }

    /// Adds columns as rows do.
    fn add_columns(tensors: &mut Tensors, count: usize, columns: &[InputColumn<'_>]) -> Result<()> {
        let specs = crate::protocol::open_inference::tests::inputs(&tensors.model);
        let read = |index: usize| {
            ColumnReader::new(index, specs.get(index).unwrap(), count, &columns[index], ImageRules::default())
        };
        let readers = (0..columns.len()).map(read).collect::<Result<Vec<_>>>()?;
        tensors.add_columns(count, &readers)
    }

    fn rows(datatype: &str, shape: &str) -> Tensors {
        Tensors::new(model(&[("x", datatype, shape)]))
    }

    fn le<const SIZE: usize>(words: &[[u8; SIZE]]) -> Vec<u8> {
        words.concat()
    }

    #[test]
    fn values_are_put_in_their_final_bytes() {
        let mut tensors = Tensors::new(model(&[("x", "FP32", ""), ("t", "BYTES", ",1"), ("b", "BOOL", "")]));
        for (number, text, bit) in [(0.5, "hé", 1), (-1.0, "", 0)] {
            tensors.put(1, &Value::Text(text)).unwrap();
            tensors.put(0, &Value::Number(number)).unwrap();
            tensors.put(2, &Value::Integer(bit)).unwrap();
            tensors.end_row().unwrap();
        }
        assert_eq!(tensors.len(), 2);
        assert_eq!(tensors.elements(0, 0..2), le(&[0.5f32.to_le_bytes(), (-1f32).to_le_bytes()]));
        assert_eq!(tensors.elements(1, 0..2), b"\x03\0\0\0h\xc3\xa9\0\0\0\0");
        assert_eq!(tensors.elements(1, 1..2), b"\0\0\0\0");
        assert_eq!(tensors.elements(2, 0..2), [1, 0]);
        let error = tensors.put(2, &Value::Integer(7)).unwrap_err();
        assert_eq!(error.to_string(), "7 does not fit BOOL, which holds 0 and 1");
        assert_eq!(tensors.put(0, &Value::Text("1")).unwrap_err().kind(), ErrorKind::FeatureType);
    }

    #[test]
    fn a_row_and_a_state_can_be_left() {
        let mut tensors = Tensors::new(model(&[("x", "INT16", ",2"), ("t", "BYTES", "")]));
        let array = |values: &'static [i16; 2]| Array::of(&[2], values).unwrap();
        let add = |tensors: &mut Tensors, values, text| {
            tensors.put(0, &Value::Array(&array(values))).unwrap();
            tensors.put(1, &Value::Text(text)).unwrap();
        };
        add(&mut tensors, &[1, 2], "a");
        tensors.end_row().unwrap();
        add(&mut tensors, &[3, 4], "");
        tensors.discard_row();
        add(&mut tensors, &[5, 6], "bc");
        tensors.end_row().unwrap();
        let checkpoint = tensors.checkpoint().unwrap();
        let wire = |tensors: &Tensors, rows: Range<usize>| {
            (tensors.elements(0, rows.clone()).to_vec(), tensors.elements(1, rows).to_vec())
        };
        let before = wire(&tensors, 0..2);
        assert_eq!(before, (vec![1, 0, 2, 0, 5, 0, 6, 0], b"\x01\0\0\0a\x02\0\0\0bc".to_vec()));
        add(&mut tensors, &[7, 8], "");
        tensors.end_row().unwrap();
        tensors.put(1, &Value::Text("open")).unwrap();
        let mut copy = Tensors::new(Arc::clone(&tensors.model));
        copy.copy(&tensors, 1..3).unwrap();
        assert_eq!(wire(&copy, 0..2), (vec![5, 0, 6, 0, 7, 0, 8, 0], b"\x02\0\0\0bc\0\0\0\0".to_vec()));
        assert_eq!((copy.len(), wire(&copy, 1..2).1), (2, b"\0\0\0\0".to_vec()));
        tensors.restore(checkpoint);
        assert_eq!((tensors.len(), wire(&tensors, 0..2)), (2, before));
        assert!(tensors.elements(1, 2..3).is_empty());
        tensors.clear();
        assert_eq!((tensors.len(), wire(&tensors, 0..0)), (0, (vec![], vec![])));
    }

    #[test]
    fn a_state_before_the_first_value_can_be_returned_to() {
        let mut tensors = rows("UINT8", "");
        let empty = tensors.checkpoint().unwrap();
        for number in [7, 8] {
            tensors.put(0, &Value::Integer(number)).unwrap();
            tensors.end_row().unwrap();
        }
        tensors.restore(empty);
        assert_eq!((tensors.len(), tensors.elements(0, 0..1)), (0, &[][..]));
        tensors.put(0, &Value::Integer(9)).unwrap();
        tensors.end_row().unwrap();
        assert_eq!(tensors.elements(0, 0..1), [9]);
    }

    #[test]
    fn arrays_of_any_number_type_become_the_tensors() {
        for datatype in ["INT8", "INT32", "INT64", "UINT8", "UINT64", "FP16", "BF16", "FP32", "FP64"] {
            let mut expected = rows(datatype, ",3");
            expected.put(0, &Value::Array(&Array::of(&[3], &[1i64, 0, 100]).unwrap())).unwrap();
            let expected = expected.columns[0].bytes.clone();
            assert_eq!(expected.len(), 3 * DataType::named(datatype).unwrap().size());
            fn check<T: crate::array::Element>(datatype: &str, values: [T; 3], expected: &[u8]) {
                let mut tensors = rows(datatype, ",3");
                tensors.put(0, &Value::Array(&Array::of(&[3], &values).unwrap())).unwrap();
                assert_eq!(tensors.columns[0].bytes, expected, "{datatype} of {:?}", T::DTYPE);
            }
            check(datatype, [1f32, 0.0, 100.0], &expected);
            check(datatype, [1f64, 0.0, 100.0], &expected);
            check(datatype, [1i8, 0, 100], &expected);
            check(datatype, [1i16, 0, 100], &expected);
            check(datatype, [1i32, 0, 100], &expected);
            check(datatype, [1u8, 0, 100], &expected);
            check(datatype, [1u16, 0, 100], &expected);
            check(datatype, [1u32, 0, 100], &expected);
            check(datatype, [1u64, 0, 100], &expected);
        }
        let mut tensors = rows("UINT64", ",1,2");
        tensors.put(0, &Value::Array(&Array::of(&[1, 2], &[u64::MAX, 1 << 63]).unwrap())).unwrap();
        assert_eq!(tensors.columns[0].bytes, le(&[u64::MAX.to_le_bytes(), (1u64 << 63).to_le_bytes()]));
        let big_endian: Vec<u8> = [1.5f32, -2.0].iter().flat_map(|value| value.to_be_bytes()).collect();
        let array = Array::with_layout(DType::F32, &[2], &[4], 0, true, &big_endian).unwrap();
        let mut tensors = rows("FP32", ",2");
        tensors.put(0, &Value::Array(&array)).unwrap();
        assert_eq!(tensors.columns[0].bytes, le(&[1.5f32.to_le_bytes(), (-2f32).to_le_bytes()]));
    }

    #[test]
    fn elements_of_the_same_type_keep_their_bits_from_either_byte_order() {
        // A signaling NaN: arithmetic would change it.
        const BITS: [u32; 2] = [0x7f80_0001, 0x8000_0001];
        let expected = le(&BITS.map(u32::to_le_bytes));
        for big_endian in [false, true] {
            let bytes =
                BITS.map(|bits| if big_endian { bits.to_be_bytes() } else { bits.to_le_bytes() }).concat();
            let array = Array::with_layout(DType::F32, &[2], &[4], 0, big_endian, &bytes).unwrap();
            let mut tensors = rows("FP32", ",2");
            tensors.put(0, &Value::Array(&array)).unwrap();
            assert_eq!(tensors.columns[0].bytes, expected, "big-endian: {big_endian}");
        }
    }

    #[test]
    fn an_element_that_does_not_fit_is_named_and_leaves_no_trace() {
        let mut tensors = rows("UINT8", ",2,2");
        let error = tensors.put(0, &Value::Array(&Array::of(&[2, 2], &[0, 1, 256, 3]).unwrap())).unwrap_err();
        assert_eq!(error.to_string(), "element [1, 0]: 256 does not fit UINT8, which holds 0 to 255");
        assert!(tensors.columns[0].bytes.is_empty());
        let values = [0i32, 0, 0, 0, 0, 0, 0, -1];
        let error = add_columns(&mut tensors, 2, &[InputColumn::of(&values)]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "row 1: feature \"x\": element [1, 1]: -1 does not fit UINT8, which holds 0 to 255"
        );
        let mut tensors = rows("FP32", "");
        let error = add_columns(&mut tensors, 2, &[InputColumn::of(&[0.0, 1e39])]).unwrap_err();
        assert_eq!(error.to_string(), "row 1: feature \"x\": 1e39 does not fit FP32: it is too large");
    }

    #[test]
    fn no_row_of_a_column_is_to_blame_for_lack_of_memory() {
        let model = model(&[("x", "UINT8", ",2")]);
        let row = |kind| {
            let misfit = Misfit { place: 3, error: Error::new(kind, "no") };
            misfit.in_rows(&model.inputs[0], &[2]).row()
        };
        assert_eq!((row(ErrorKind::FeatureValue), row(ErrorKind::Memory)), (Some(1), None));
    }

    #[test]
    fn rows_have_shapes_of_their_own() {
        let mut tensors = Tensors::new(model(&[("x", "INT16", ",-1,2"), ("y", "UINT8", "")]));
        let put = |tensors: &mut Tensors, shape: [usize; 2]| {
            let values = vec![7i16; shape[0] * shape[1]];
            tensors.put(0, &Value::Array(&Array::of(&shape, &values).unwrap())).unwrap();
            tensors.put(1, &Value::Integer(1)).unwrap();
        };
        for shape in [[1, 2], [1, 2], [3, 2], [0, 2], [0, 2], [1, 2]] {
            put(&mut tensors, shape);
            tensors.end_row().unwrap();
        }
        assert_eq!([0, 1, 2, 3, 4, 5].map(|row| tensors.alike(row..6)), [2, 1, 1, 2, 1, 1]);
        assert_eq!((tensors.alike(0..1), tensors.alike(6..6)), (1, 0));
        assert_eq!([0, 2, 4].map(|row| tensors.row_shape(0, row)), [[1, 2], [3, 2], [0, 2]]);
        assert!(tensors.row_shape(1, 2).is_empty());
        assert_eq!([0..2, 2..3, 3..5].map(|rows| tensors.elements(0, rows).len()), [8, 12, 0]);
        let before = tensors.checkpoint().unwrap();
        put(&mut tensors, [0, 2]);
        tensors.discard_row();
        assert_eq!(tensors.columns[0].shapes.rows(), 6);
        put(&mut tensors, [5, 2]);
        tensors.end_row().unwrap();
        tensors.restore(before);
        assert_eq!(
            (tensors.len(), tensors.elements(0, 0..6).len(), tensors.row_shape(0, 5)),
            (6, 24, &[1, 2][..])
        );
        let mut copy = Tensors::new(Arc::clone(&tensors.model));
        copy.copy(&tensors, 2..5).unwrap();
        assert_eq!((copy.len(), copy.alike(0..3), copy.row_shape(0, 2)), (3, 1, &[0, 2][..]));
        assert_eq!(copy.elements(0, 0..3), tensors.elements(0, 2..5));
        copy.clear();
        put(&mut copy, [4, 2]);
        copy.end_row().unwrap();
        assert_eq!((copy.row_shape(0, 0), copy.elements(0, 0..1).len()), (&[4, 2][..], 16));
        let wrong = Array::of(&[2, 2], &[0, 1, 2, 1 << 20]).unwrap();
        let error = copy.put(0, &Value::Array(&wrong)).unwrap_err().to_string();
        assert!(error.starts_with("element [1, 1]: 1048576 does not fit INT16"), "{error}");
        assert_eq!(copy.columns[0].extent().bytes, 16);
    }

    #[test]
    fn a_column_has_arrays_of_one_shape() {
        let mut tensors = rows("UINT8", ",-1,2,-1");
        let arrays = |bytes, shape| InputColumn::Arrays { dtype: DType::U8, bytes, shape };
        let numbers = [1, 2, 3, 4, 5, 6, 7, 8];
        add_columns(&mut tensors, 2, &[arrays(&numbers, &[1, 2, 2])]).unwrap();
        add_columns(&mut tensors, 2, &[arrays(&numbers, &[2, 2, 1])]).unwrap();
        add_columns(&mut tensors, 3, &[arrays(&[], &[0, 2, 9])]).unwrap();
        assert_eq!([0, 2, 4].map(|row| tensors.alike(row..7)), [2, 2, 3]);
        assert_eq!((tensors.row_shape(0, 3), tensors.elements(0, 2..4)), (&[2, 2, 1][..], &numbers[..]));
        let mut refused = |column| add_columns(&mut tensors, 2, &[column]).unwrap_err().to_string();
        for (column, said) in [
            (
                arrays(&numbers, &[1, 3, 1]),
                "its column has arrays of the shape [1, 3, 1], expected [-1, 2, -1]",
            ),
            (arrays(&numbers, &[2, 2]), "its column has arrays of the shape [2, 2], expected [-1, 2, -1]"),
            (arrays(&numbers, &[1, 2, 1]), "its column has 8 values of U8, but 2 rows take 4 values"),
            (InputColumn::of(&numbers), "has to be given: several sizes are free in [-1, 2, -1]"),
        ] {
            let text = refused(column);
            assert!(text.contains(said), "{text}");
        }
        // One free size follows from the others.
        let mut tensors = rows("INT32", ",2,-1");
        add_columns(&mut tensors, 2, &[InputColumn::of(&[1i32; 12])]).unwrap();
        add_columns(&mut tensors, 0, &[InputColumn::of::<i32>(&[])]).unwrap();
        assert_eq!((tensors.len(), tensors.row_shape(0, 1)), (2, &[2, 3][..]));
        let error = add_columns(&mut tensors, 2, &[InputColumn::of(&[1i32; 13])]).unwrap_err();
        assert!(
            error.to_string().ends_with("its column has 13 values of I32, but 2 rows take 12 values"),
            "{error}"
        );
        let wrong = [0, 0, 0, 0, 0, 0, 0, i64::MAX];
        let error = add_columns(&mut tensors, 2, &[InputColumn::of(&wrong)]).unwrap_err().to_string();
        assert!(
            error.starts_with("row 1: feature \"x\": element [1, 1]: 9223372036854775807 does not"),
            "{error}"
        );
        let mut tensors = rows("INT32", ",0,-1");
        let error = add_columns(&mut tensors, 2, &[InputColumn::of::<i32>(&[])]).unwrap_err().to_string();
        assert!(error.ends_with("another size is 0, and one is free in [0, -1]"), "{error}");
    }

    #[test]
    fn columns_are_added_whole() {
        let mut tensors = Tensors::new(model(&[("x", "FP32", ""), ("t", "BYTES", ",1"), ("b", "BOOL", "")]));
        let numbers = [1f32, f32::NAN, 3.0];
        let columns =
            [InputColumn::of(&numbers), InputColumn::Texts(b"a\0\0c\0"), InputColumn::of(&[0u8, 1, 1])];
        add_columns(&mut tensors, 3, &columns).unwrap();
        assert_eq!((tensors.len(), tensors.elements(0, 0..3)), (3, &*numbers.map(f32::to_le_bytes).concat()));
        assert_eq!(tensors.elements(1, 1..3), b"\0\0\0\0\x01\0\0\0c");
        assert_eq!(tensors.elements(2, 0..3), [0, 1, 1]);
        let bits = [columns[0], columns[1], InputColumn::of(&[0i32, 1, 2])];
        let error = add_columns(&mut tensors, 3, &bits).unwrap_err();
        assert_eq!(error.to_string(), "row 2: feature \"b\": 2 does not fit BOOL, which holds 0 and 1");
    }
}
