//! Rows from whole columns: a table that lies column by column becomes rows in one call.

use crate::array::{Array, DType, Element, byte_size};
use crate::error::{Error, ErrorKind, Result, reserve};
use crate::images;
use crate::images::raster::ImageRules;
use crate::memory::{filled, push};
use crate::protocol::Value;
use crate::rows::{RowWriter, Rows, another_type, finite, integer_category, missing, unlisted_category};
use crate::scan::places_after;
use crate::spec::{FeatureSpec, FeatureType, Key, Specs};
use sidekick_numbers::{BLOCK, Number};
use std::borrow::Cow;
use std::mem::replace;
use std::ops::Range;
use std::sync::Arc;

/// The values of one input for several rows.
#[derive(Clone, Copy, Debug)]
pub enum InputColumn<'a> {
    /// Numbers without gaps, in this machine's byte order: one for each row, for an input that takes arrays one array for each
    /// row, row-major. Integers may also be the categories of a categorical or binary input. A `u64` that is no array's element
    /// has to fit an `i64`.
    Numbers {
        /// The type of the numbers.
        dtype: DType,
        /// The numbers.
        bytes: &'a [u8],
    },
    /// Texts, labels of categories, or encoded pictures, one behind the other.
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

/// Texts, labels or encoded pictures, collected one behind the other for a column.
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

impl Rows {
    /// Adds `count` whole rows from a column for each of the inputs; all of them or, where something fails, none. The row that an
    /// error names counts the rows that were there before.
    ///
    /// ```no_run
    /// # fn add(rows: &mut sidekick::Rows) -> sidekick::Result<()> {
    /// use sidekick::{InputColumn, InputPieces};
    ///
    /// let sounds: InputPieces = ["Miaow", "Woof"].iter().collect();
    /// rows.add_columns(2, &[("Size", InputColumn::of(&[0.43, 0.51])), ("Sound", sounds.column())])?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn add_columns<'k, K: Into<Key<'k>> + Copy>(
        &mut self,
        count: usize,
        columns: &[(K, InputColumn<'_>)],
    ) -> Result<()> {
        self.require_closed()?;
        let mut indexed: Vec<(usize, InputColumn<'_>)> = Vec::new();
        reserve(&mut indexed, columns.len())?;
        for (key, column) in columns {
            indexed.push((self.find((*key).into())?, *column));
        }
        let schema = Arc::clone(self.schema());
        let readers = readers(&schema.inputs, count, &indexed, self.image_rules());
        self.add_from(count, readers.map_err(|error| error.offset_row(self.len()))?)
    }

    fn add_from(&mut self, count: usize, mut readers: Vec<Reader<'_>>) -> Result<()> {
        self.reserve_rows(count)?;
        let before = self.mark()?;
        for row in 0..count {
            if row % BLOCK == 0 {
                readers.iter_mut().for_each(|reader| reader.prepare(row));
            }
            let at = self.len();
            let added = self.add_row(|out| readers.iter_mut().try_for_each(|reader| reader.put(row, out)));
            if let Err(error) = added {
                self.return_to(before);
                return Err(error.in_row(at));
            }
        }
        Ok(())
    }
}

/// A reader for each column, of which every input has to have one.
fn readers<'a>(
    inputs: &'a Specs,
    count: usize,
    columns: &[(usize, InputColumn<'a>)],
    image_rules: ImageRules,
) -> Result<Vec<Reader<'a>>> {
    let mut given = filled(inputs.len(), false)?;
    let mut readers = Vec::new();
    for (index, column) in columns {
        let spec = inputs.get(*index)?;
        let twice = given.get_mut(*index).is_some_and(|given| replace(given, true));
        let reader =
            if twice { Err(given_twice()) } else { Reader::new(*index, spec, count, column, image_rules) };
        push(&mut readers, reader.map_err(|error| spec.in_feature(error))?)?;
    }
    if given.iter().all(|given| *given) {
        return Ok(readers);
    }
    let message = format!("there is no column for {}", missing(inputs, &given));
    Err(Error::new(ErrorKind::RowIncomplete, message))
}

/// A column that fits its input, and makes the values of its rows.
struct Reader<'a> {
    index: usize,
    spec: &'a FeatureSpec,
    source: Source<'a>,
    image_rules: ImageRules,
}

enum Source<'a> {
    /// With the numbers of the block of rows that is being added.
    Floats(Numbers<'a>, Box<[Number; BLOCK]>),
    Integers(Numbers<'a>),
    IntegerCategories(Numbers<'a>),
    Arrays(Numbers<'a>),
    Texts(Texts<'a>),
    Labels(Texts<'a>),
    Pictures(&'a [u8], &'a [usize]),
}

impl<'a> Reader<'a> {
    fn new(
        index: usize,
        spec: &'a FeatureSpec,
        count: usize,
        column: &InputColumn<'a>,
        image_rules: ImageRules,
    ) -> Result<Reader<'a>> {
        let source = match *column {
            InputColumn::Numbers { dtype, bytes } => number_source(spec, count, Numbers { dtype, bytes }),
            InputColumn::Pieces { bytes, ends } => piece_source(spec, count, bytes, ends),
            InputColumn::Texts(bytes) => closed_source(spec, count, bytes),
        };
        Ok(Reader { index, spec, source: source?, image_rules })
    }

    /// Makes ready for a block of rows.
    fn prepare(&mut self, first: usize) {
        if let Source::Floats(numbers, block) = &mut self.source {
            Number::set_block(block, &numbers.floats(first));
        }
    }

    /// Puts the value of a row; what fails is named.
    #[inline]
    fn put(&mut self, row: usize, out: &mut RowWriter<'_>) -> Result<()> {
        self.put_value(row, out).map_err(|error| self.spec.in_feature(error))
    }

    #[inline]
    fn put_value(&mut self, row: usize, out: &mut RowWriter<'_>) -> Result<()> {
        let Reader { index, spec, source, image_rules } = self;
        match source {
            Source::Floats(_, block) => {
                let number = block.get(row % BLOCK).ok_or_else(beyond_column)?;
                finite(number.value())?;
                out.put_number_of(*index, number)
            }
            Source::Integers(numbers) => out.put(*index, &numbers.value(row)?),
            Source::IntegerCategories(numbers) => {
                let Value::Integer(integer) = numbers.value(row)? else {
                    return Err(another_type(spec, "floats"));
                };
                out.put(*index, &integer_category(spec, integer)?)
            }
            Source::Labels(labels) => {
                let (label, _) = labels.get(row)?;
                match spec.categories.find(label) {
                    Some(category) => out.put_category(*index, category),
                    None => out.put(*index, &unlisted_category(spec, label)?),
                }
            }
            Source::Arrays(numbers) => {
                let bytes = numbers.row_bytes(row, spec.element_count())?;
                out.put(*index, &Value::Array(&Array::new(numbers.dtype, spec.shape(), bytes)?))
            }
            Source::Texts(texts) => {
                let (text, all_on) = texts.get(row)?;
                out.put_text_of(*index, all_on, text.len())
            }
            Source::Pictures(bytes, ends) => {
                let piece = piece_range(ends, row);
                let encoded = bytes.get(piece.clone()).ok_or_else(|| bad_piece(&piece, bytes.len()))?;
                out.put(*index, &Value::Image(images::from_encoded(encoded, image_rules)?))
            }
        }
    }
}

fn number_source<'a>(spec: &FeatureSpec, count: usize, numbers: Numbers<'a>) -> Result<Source<'a>> {
    let (source, shape) = match spec.feature_type {
        FeatureType::Numeric if spec.is_array() => (Source::Arrays(numbers), spec.shape()),
        FeatureType::Numeric => (numbers.source(), spec.shape()),
        FeatureType::Categorical | FeatureType::Binary => (Source::IntegerCategories(numbers), [].as_slice()),
        FeatureType::Text | FeatureType::Image => return Err(another_type(spec, "numbers")),
    };
    let takes = byte_size(numbers.dtype, &[&[count], shape].concat())?;
    let size = numbers.bytes.len();
    if size == takes {
        return Ok(source);
    }
    let message =
        format!("its column has {size} bytes, but {count} rows take {takes} bytes of {:?}", numbers.dtype);
    Err(Error::new(ErrorKind::FeatureShape, message))
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
        FeatureType::Image => Ok(Source::Pictures(bytes, ends)),
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
        FeatureType::Numeric | FeatureType::Image => Err(another_type(spec, "text")),
    }
}

/// Texts one behind the other.
struct Texts<'a> {
    all: &'a str,
    /// Where each ends, what closes it included.
    ends: Cow<'a, [usize]>,
    /// How many bytes close each.
    closing: usize,
}

impl<'a> Texts<'a> {
    /// Texts out of bytes that have to be UTF-8. Whether each is text of its own shows when it is cut out.
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
    fn get(&self, row: usize) -> Result<(&'a str, &'a [u8])> {
        let Range { start, end } = piece_range(&self.ends, row);
        let piece = start..end.saturating_sub(self.closing);
        let text = self.all.get(piece.clone()).zip(self.all.as_bytes().get(start..));
        text.ok_or_else(|| bad_piece(&piece, self.all.len()))
    }
}

#[derive(Clone, Copy)]
struct Numbers<'a> {
    dtype: DType,
    bytes: &'a [u8],
}

impl<'a> Numbers<'a> {
    fn source(self) -> Source<'a> {
        match self.dtype {
            DType::F32 | DType::F64 => Source::Floats(self, Box::default()),
            _ => Source::Integers(self),
        }
    }

    /// Floats from a row on; zeros where there are no more.
    #[inline(always)]
    fn floats(&self, first: usize) -> [f64; BLOCK] {
        let mut block = [0.0; BLOCK];
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
            DType::F32 => return finite(f32::from_ne_bytes(self.element(row)?).into()).map(Value::Number),
            DType::F64 => return finite(f64::from_ne_bytes(self.element(row)?)).map(Value::Number),
            DType::I8 => i8::from_ne_bytes(self.element(row)?).into(),
            DType::I16 => i16::from_ne_bytes(self.element(row)?).into(),
            DType::I32 => i32::from_ne_bytes(self.element(row)?).into(),
            DType::I64 => i64::from_ne_bytes(self.element(row)?),
            DType::U8 => u8::from_ne_bytes(self.element(row)?).into(),
            DType::U16 => u16::from_ne_bytes(self.element(row)?).into(),
            DType::U32 => u32::from_ne_bytes(self.element(row)?).into(),
            DType::U64 => signed(u64::from_ne_bytes(self.element(row)?))?,
        };
        Ok(Value::Integer(integer))
    }

    #[inline(always)]
    fn element<const SIZE: usize>(&self, row: usize) -> Result<[u8; SIZE]> {
        self.bytes.as_chunks().0.get(row).copied().ok_or_else(beyond_column)
    }

    fn row_bytes(&self, row: usize, elements: usize) -> Result<&'a [u8]> {
        let size = elements * self.dtype.size();
        self.bytes.get(row * size..).and_then(|rest| rest.get(..size)).ok_or_else(beyond_column)
    }
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
fn given_twice() -> Error {
    Error::new(ErrorKind::FeatureTwice, "has two columns")
}

#[cold]
fn beyond_column() -> Error {
    Error::new(ErrorKind::Internal, "a row beyond its column")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::tests::rows;

    const LABELS: InputColumn<'_> = pieces(b"a7", &[1, 2]);
    const TEXTS: InputColumn<'_> = pieces("hé".as_bytes(), &[3, 3]);

    const fn pieces<'a>(bytes: &'a [u8], ends: &'a [usize]) -> InputColumn<'a> {
        InputColumn::Pieces { bytes, ends }
    }

    /// Two rows' columns, in another order than the inputs'.
    fn columns<'a>() -> [(&'static str, InputColumn<'a>); 5] {
        [
            ("t", TEXTS),
            ("c\"", LABELS),
            ("a", InputColumn::of(&[1i16, 2, 3, 4])),
            ("b", InputColumn::of(&[0u8, 1])),
            ("n", InputColumn::of(&[0.5, -2.0])),
        ]
    }

    /// The error that the columns above give with another one for an input, by two rows behind one.
    fn refused(name: &'static str, column: InputColumn<'static>) -> Error {
        let mut rows = rows();
        rows.add_columns(2, &columns()).unwrap();
        let before = rows.wire(0..2).to_vec();
        let mut columns = columns();
        let place = columns.iter().position(|(there, _)| *there == name).unwrap();
        columns[place].1 = column;
        let error = rows.add_columns(2, &columns).unwrap_err();
        rows.require_closed().unwrap();
        assert_eq!((rows.len(), rows.wire(0..2)), (2, &before[..]));
        assert_eq!(error.feature(), Some(name));
        rows.add_columns(2, &self::columns()).unwrap();
        assert_eq!(rows.wire(2..4), before);
        error
    }

    fn text(rows: &Rows) -> &str {
        std::str::from_utf8(rows.wire(0..rows.len())).unwrap()
    }

    #[test]
    fn columns_become_rows() {
        let mut rows = rows();
        rows.add_columns(2, &columns()).unwrap();
        let expected = concat!(
            r#"{"t":"hé","c\"":"a","a":{"shape":[2],"data":[1.0,2.0]},"b":0,"n":0.5},"#,
            r#"{"t":"","c\"":7,"a":{"shape":[2],"data":[3.0,4.0]},"b":1,"n":-2.0}"#
        );
        assert_eq!(text(&rows), expected);
    }

    #[test]
    fn pieces_are_collected() {
        let texts: InputPieces = ["hé".to_owned(), String::new()].iter().collect();
        let mut columns = columns();
        columns[0].1 = texts.column();
        let (mut rows, mut same) = (rows(), rows());
        rows.add_columns(2, &columns).unwrap();
        same.add_columns(2, &self::columns()).unwrap();
        assert_eq!(text(&rows), text(&same));
    }

    #[test]
    fn no_rows_are_fine() {
        let none = [InputColumn::of::<f64>(&[]), pieces(b"", &[]), InputColumn::of::<i8>(&[])];
        let columns = [(0, none[0]), (1, none[1]), (2, none[2]), (3, none[0]), (4, none[1])];
        let mut rows = rows();
        rows.add_columns(0, &columns).unwrap();
        assert!(rows.is_empty());
        let number = [(0, InputColumn::of(&[1.0]))];
        assert_eq!(rows.add_columns(0, &number).unwrap_err().kind(), ErrorKind::FeatureShape);
    }

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
        let error = refused("n", InputColumn::of(&[1, u64::MAX]));
        assert_eq!(
            error.to_string(),
            "row 3: feature \"n\": 18446744073709551615 is beyond a signed 64-bit integer"
        );
    }

    #[test]
    fn integers_are_categories() {
        let mut rows = rows();
        let mut columns = columns();
        columns[1].1 = InputColumn::of(&[7i64, 7]);
        rows.add_columns(2, &columns).unwrap();
        assert_eq!(text(&rows).matches(r#""c\"":7,"#).count(), 2);
        let error = refused("c\"", InputColumn::of(&[7i8, 8]));
        assert_eq!((error.kind(), error.row()), (ErrorKind::FeatureValue, Some(3)));
        let error = refused("b", InputColumn::of(&[1.0, 0.0]));
        assert_eq!(error.to_string(), "row 2: feature \"b\": is binary [1], got floats");
    }

    #[test]
    fn a_bad_value_is_named_and_undoes_the_call() {
        let value = |name, column, row| {
            let error = refused(name, column);
            assert_eq!((error.kind(), error.row()), (ErrorKind::FeatureValue, Some(row)));
            error.to_string()
        };
        value("n", InputColumn::of(&[f64::NAN, 0.0]), 2);
        value("n", InputColumn::of(&[0.0, f32::INFINITY]), 3);
        value("c\"", pieces(b"ab", &[1, 2]), 3);
        let array = value("a", InputColumn::of(&[0.0, 0.0, 0.0, 1e39]), 3);
        assert!(array.starts_with("row 3: feature \"a\": element [1] is not a finite"), "{array}");
    }

    #[test]
    fn a_column_of_another_type_or_length_is_refused() {
        for (name, column) in [("t", InputColumn::of(&[1, 2])), ("n", TEXTS), ("a", LABELS)] {
            let error = refused(name, column);
            assert_eq!((error.kind(), error.row()), (ErrorKind::FeatureType, None), "{error}");
        }
        let shapes = [
            ("n", InputColumn::of(&[1.0])),
            ("n", InputColumn::of(&[1.0, 2.0, 3.0])),
            ("a", InputColumn::of(&[1u8, 2])),
            ("b", InputColumn::Numbers { dtype: DType::U16, bytes: &[1, 0, 1] }),
            ("t", pieces(b"", &[0])),
            ("t", pieces(b"ab", &[0, 1])),
            ("c\"", pieces(b"a", &[1, 2])),
        ];
        for (name, column) in shapes {
            assert_eq!(refused(name, column).kind(), ErrorKind::FeatureShape);
        }
        let error = refused("a", InputColumn::of(&[1i16]));
        assert_eq!(
            error.to_string(),
            "feature \"a\": its column has 2 bytes, but 2 rows take 8 bytes of I16"
        );
    }

    #[test]
    fn texts_may_be_closed_by_nuls() {
        let mut rows = rows();
        let mut columns = columns();
        columns[0].1 = InputColumn::Texts("hé\0\0".as_bytes());
        columns[1].1 = InputColumn::Texts(b"a\x007\0");
        rows.add_columns(2, &columns).unwrap();
        let mut others = crate::rows::tests::rows();
        others.add_columns(2, &self::columns()).unwrap();
        assert_eq!(text(&rows), text(&others));
        for texts in ["", "a\0", "a\0b", "a\0b\0c", "a\0b\0\0"] {
            let error = refused("t", InputColumn::Texts(texts.as_bytes()));
            assert_eq!((error.kind(), error.row()), (ErrorKind::FeatureShape, None), "{error}");
        }
        assert_eq!(refused("n", InputColumn::Texts(b"1\x002\0")).kind(), ErrorKind::FeatureType);
        let error = refused("t", InputColumn::Texts(b"a\0\xff\0"));
        assert_eq!(error.to_string(), "row 3: feature \"t\": is not UTF-8: a bad byte at 2 of its column");
        assert_eq!(refused("c\"", InputColumn::Texts(b"a\0b\0")).row(), Some(3));
    }

    #[test]
    fn pieces_are_whole_text_inside_their_column() {
        let argument = |name, column, expected: &str| {
            let error = refused(name, column);
            assert_eq!(error.kind(), ErrorKind::Argument);
            assert_eq!(error.to_string(), expected);
        };
        argument(
            "t",
            pieces(b"ab\xff", &[2, 3]),
            "row 3: feature \"t\": is not UTF-8: a bad byte at 2 of its column",
        );
        argument(
            "t",
            pieces("é".as_bytes(), &[1, 2]),
            "row 2: feature \"t\": its piece goes from byte 0 to 1, which cuts a character",
        );
        argument(
            "t",
            pieces(b"ab", &[3, 2]),
            "row 2: feature \"t\": its piece goes from byte 0 to 3, within a column of 2 bytes",
        );
        let mut rows = rows();
        let three = [
            pieces(b"", &[0, 0, 0]),
            InputColumn::of(&[0i32; 3]),
            InputColumn::of(&[0f32; 6]),
            pieces(b"ab", &[2, 1, 2]),
        ];
        let columns =
            [(0, three[1]), (1, pieces(b"777", &[1, 2, 3])), (2, three[1]), (3, three[2]), (4, three[3])];
        let error = rows.add_columns(3, &columns).unwrap_err();
        assert_eq!((error.kind(), error.row()), (ErrorKind::Argument, Some(1)));
    }

    #[test]
    fn every_input_has_one_column_and_no_row_is_open() {
        let mut rows = rows();
        let mut columns = columns();
        let error = rows.add_columns(2, &columns[2..]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RowIncomplete);
        assert_eq!(error.to_string(), r#"there is no column for "c\"", "t""#);
        columns[4].0 = "b";
        let error = rows.add_columns(2, &columns).unwrap_err();
        assert_eq!((error.kind(), error.feature()), (ErrorKind::FeatureTwice, Some("b")));
        columns[4].0 = "x";
        assert_eq!(rows.add_columns(2, &columns).unwrap_err().kind(), ErrorKind::UnknownFeature);
        rows.add_number("n", 1.0).unwrap();
        let error = rows.add_columns(2, &self::columns()).unwrap_err();
        assert_eq!((error.kind(), error.row()), (ErrorKind::RowIncomplete, Some(0)));
        assert_eq!(rows.add_number("n", 1.0).unwrap_err().kind(), ErrorKind::FeatureTwice);
        rows.discard_row();
        let endless = usize::MAX / 2;
        assert_eq!(rows.add_columns(endless, &self::columns()).unwrap_err().kind(), ErrorKind::FeatureShape);
    }
}
