//! Rows from whole columns: one call makes rows from a table that is stored by columns.

use crate::error::{Error, ErrorKind, Result, reserve};
use crate::images::raster::ImageRules;
use crate::memory::{filled, push};
use crate::rows::{Rows, lacks_required, missing};
use crate::spec::{Key, Specs};
use crate::values::{ColumnReader, InputColumn, given_twice};
use std::mem::replace;
use std::sync::Arc;

impl Rows {
    /// Adds `count` whole rows from a column for each input; optional ones may have none. If anything fails,
    /// it adds none. The row that an error names counts the rows that were there before.
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
        let schema = Arc::clone(&self.schema);
        let readers = readers(&schema.inputs, count, &indexed, self.image_rules);
        self.add_from(count, &readers.map_err(|error| error.offset_row(self.len()))?)
    }

    /// Names the feature in an error of a column that is made for it, as [`Rows::locate`] does for a value.
    #[cold]
    pub fn locate_column(&self, input: usize, error: Error) -> Error {
        let spec = self.schema.inputs.get(input);
        spec.map_or(error.clone(), |spec| spec.in_feature(error))
    }

    /// How many sizes the shape of an input has, if one of them is [`SIZE_ANY`](crate::SIZE_ANY); 0 for other
    /// inputs.
    pub fn free_rank(&self, input: usize) -> usize {
        let spec = self.schema.inputs.get(input).ok().filter(|spec| spec.is_free());
        spec.map_or(0, |spec| spec.shape().len())
    }

    fn add_from(&mut self, count: usize, readers: &[ColumnReader<'_>]) -> Result<()> {
        let before = self.checkpoint()?;
        self.store.add_columns(count, readers).map_err(|error| {
            self.restore(before);
            error.offset_row(self.len())
        })
    }
}

/// A reader for each column, of which every input that is not optional has to have one.
fn readers<'a>(
    inputs: &'a Specs,
    count: usize,
    columns: &[(usize, InputColumn<'a>)],
    image_rules: ImageRules,
) -> Result<Vec<ColumnReader<'a>>> {
    let mut given = filled(inputs.len(), false)?;
    let mut readers = Vec::new();
    for (index, column) in columns {
        let spec = inputs.get(*index)?;
        if given.get_mut(*index).is_some_and(|given| replace(given, true)) {
            return Err(spec.in_feature(given_twice("has two columns")));
        }
        push(&mut readers, ColumnReader::new(*index, spec, count, column, image_rules)?)?;
    }
    if !readers.is_empty() && !lacks_required(inputs, &given) {
        return Ok(readers);
    }
    let message = format!("there is no column for {}", missing(inputs, &given));
    Err(Error::new(ErrorKind::RowIncomplete, message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::tests::{json, rows};
    use crate::values::InputColumn;
    use crate::{DType, InputPieces};

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
        let before = json(&rows, 0..2).to_owned();
        let mut columns = columns();
        let place = columns.iter().position(|(there, _)| *there == name).unwrap();
        columns[place].1 = column;
        let error = rows.add_columns(2, &columns).unwrap_err();
        rows.require_closed().unwrap();
        assert_eq!((rows.len(), json(&rows, 0..2)), (2, &before[..]));
        assert_eq!(error.feature(), Some(name));
        rows.add_columns(2, &self::columns()).unwrap();
        assert_eq!(json(&rows, 2..4), before);
        error
    }

    fn text(rows: &Rows) -> &str {
        json(rows, 0..rows.len())
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
    fn a_number_beyond_64_signed_bits_is_refused() {
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
            "feature \"a\": its column has 1 value of I16, but 2 rows take 4 values"
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
