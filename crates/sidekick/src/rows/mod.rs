//! Rows that are built feature by feature. Each value is checked and encoded in its final bytes when it is
//! added.

mod columns;
mod packed;

use crate::array::{Array, DType};
use crate::error::{Error, ErrorKind, Result};
use crate::file;
use crate::images::raster::ImageRules;
use crate::images::{ImageSource, PixelEncoding, Pixels};
use crate::memory;
use crate::npy;
use crate::protocol::{RowStore, StoreCheckpoint};
use crate::spec::{FeatureSpec, FeatureType, Key, Schema, Specs, first_quoted};
use crate::values::{Value, category, given_twice, integer_category, large_category};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// Rows for one deployment. A failed call leaves them as they were.
pub struct Rows {
    schema: Arc<Schema>,
    store: RowStore,
    image_rules: ImageRules,
    open: OpenRow,
}

/// A state of the rows that can be restored.
pub(crate) struct Checkpoint {
    store: StoreCheckpoint,
    open: OpenRow,
}

/// The row that is being built.
struct OpenRow {
    /// Which inputs it has; empty before the first is given.
    given: Vec<bool>,
    count: usize,
    /// The probable index of the next input: inputs mostly come in order.
    next: usize,
}

impl Rows {
    pub(crate) fn new(schema: Arc<Schema>, store: RowStore, image_rules: ImageRules) -> Rows {
        let open = OpenRow { given: Vec::new(), count: 0, next: 0 };
        Rows { schema, store, image_rules, open }
    }

    /// How many rows are finished.
    pub fn len(&self) -> usize {
        self.store.len()
    }

    /// Whether no row is finished.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a number to a numeric feature of shape `[1]`. It must be finite, unless the protocol can carry
    /// NaN and infinities.
    #[inline(always)]
    pub fn add_number<'a>(&mut self, key: impl Into<Key<'a>>, number: f64) -> Result<()> {
        self.add(key.into(), |spec| {
            require(spec, spec.feature_type == FeatureType::Numeric && !spec.is_array(), "a number")?;
            Ok(Value::Number(number))
        })
    }

    /// Adds an integer to a numeric feature of shape `[1]`, or as the category of a categorical or binary
    /// one.
    pub fn add_integer<'a>(&mut self, key: impl Into<Key<'a>>, integer: i64) -> Result<()> {
        self.add(key.into(), |spec| match spec.feature_type {
            FeatureType::Categorical | FeatureType::Binary => integer_category(spec, integer),
            _ => {
                require(spec, spec.feature_type == FeatureType::Numeric && !spec.is_array(), "an integer")?;
                Ok(Value::Integer(integer))
            }
        })
    }

    /// Adds an integer of 64 bits without a sign, as [`add_integer`](Self::add_integer) does. Beyond an `i64`
    /// it is exact in a tensor of UINT64, and the nearest float for the Deployment API.
    pub fn add_unsigned<'a>(&mut self, key: impl Into<Key<'a>>, integer: u64) -> Result<()> {
        let key = key.into();
        if let Ok(signed) = i64::try_from(integer) {
            return self.add_integer(key, signed);
        }
        let bytes = integer.to_ne_bytes();
        let array = Array::new(DType::U64, &[], &bytes)?;
        self.add(key, |spec| {
            if matches!(spec.feature_type, FeatureType::Categorical | FeatureType::Binary) {
                return large_category(spec, integer);
            }
            require(spec, spec.feature_type == FeatureType::Numeric && !spec.is_array(), "an integer")?;
            let is_tensor = spec.dtype.is_some();
            Ok(if is_tensor { Value::Array(&array) } else { Value::Number(integer as f64) })
        })
    }

    /// Adds a category, by its label, to a categorical or binary feature. If the feature lists its
    /// categories, it must be one of them.
    #[inline(always)]
    pub fn add_category<'a>(&mut self, key: impl Into<Key<'a>>, label: &str) -> Result<()> {
        self.add(key.into(), |spec| {
            let fits = matches!(spec.feature_type, FeatureType::Categorical | FeatureType::Binary);
            require(spec, fits, "a category")?;
            category(spec, label)
        })
    }

    /// Adds one of the two classes of a binary feature: `false` is 0, `true` is 1.
    pub fn add_binary<'a>(&mut self, key: impl Into<Key<'a>>, value: bool) -> Result<()> {
        self.add(key.into(), |spec| {
            require(spec, spec.feature_type == FeatureType::Binary, "a binary value")?;
            Ok(Value::Integer(i64::from(value)))
        })
    }

    /// Adds text to a text feature.
    #[inline(always)]
    pub fn add_text<'a>(&mut self, key: impl Into<Key<'a>>, text: &str) -> Result<()> {
        self.add(key.into(), |spec| {
            require(spec, spec.feature_type == FeatureType::Text, "text")?;
            Ok(Value::Text(text))
        })
    }

    /// Adds bytes to a feature of the type bytes.
    pub fn add_bytes<'a>(&mut self, key: impl Into<Key<'a>>, bytes: &[u8]) -> Result<()> {
        self.add(key.into(), |spec| {
            require(spec, spec.feature_type == FeatureType::Bytes, "bytes")?;
            Ok(Value::Bytes(bytes))
        })
    }

    /// Adds an encoded image to an image feature, with its pixels as stored. PNG and JPEG files are
    /// recognized by their first bytes, and are sent without being decoded and without their metadata. Images
    /// with alpha or more than 8 bits a sample, and BMP, GIF (its first frame), TIFF (its first page) and
    /// WebP files, are sent as PNG without alpha. Width and height may differ from the feature's. Fails if a
    /// file is truncated, or has more pixels than
    /// [`Options::set_max_image_pixels`](crate::Options::set_max_image_pixels) allows.
    ///
    /// For a model of the Open Inference Protocol the image becomes the pixels of a tensor, and must have its
    /// size; or the file is sent as it is.
    pub fn add_image<'a>(&mut self, key: impl Into<Key<'a>>, bytes: &[u8]) -> Result<()> {
        let image = ImageSource::Encoded(bytes, self.image_rules);
        self.add_image_source(key.into(), image)
    }

    /// Adds an image from a file, as [`Rows::add_image`] does.
    pub fn add_image_file<'a>(&mut self, key: impl Into<Key<'a>>, path: impl AsRef<Path>) -> Result<()> {
        let key = key.into();
        let bytes = file::read(path.as_ref()).map_err(|error| self.locate(key, error))?;
        self.add_image(key, &bytes)
    }

    /// Adds an image from raw pixels.
    pub fn add_pixels<'a>(
        &mut self,
        key: impl Into<Key<'a>>,
        pixels: &Pixels<'_>,
        encoding: PixelEncoding,
    ) -> Result<()> {
        self.add_image_source(key.into(), ImageSource::Pixels(pixels, encoding))
    }

    /// Adds an array to a numeric feature of the same shape. A size that is [`SIZE_ANY`](crate::SIZE_ANY) may
    /// be another in each row; rows of different shapes are sent in different requests. Elements become those
    /// of [`FeatureSpec::dtype`], which has to hold them.
    pub fn add_array<'a>(&mut self, key: impl Into<Key<'a>>, array: &Array<'_>) -> Result<()> {
        self.add(key.into(), |spec| {
            require(spec, spec.is_array(), "an array")?;
            if spec.takes_shape(array.shape()) {
                return Ok(Value::Array(array));
            }
            let (own, given) = (spec.shown_shape(), array.shape());
            let message = format!("expected an array of shape {own}, got {given:?}");
            Err(Error::new(ErrorKind::FeatureShape, message))
        })
    }

    /// Adds an array from the bytes of a `.npy` file: C or Fortran order, either byte order.
    pub fn add_npy<'a>(&mut self, key: impl Into<Key<'a>>, bytes: &[u8]) -> Result<()> {
        let key = key.into();
        let array = npy::parse(bytes).map_err(|error| self.locate(key, error))?;
        self.add_array(key, &array)
    }

    /// Adds an array from a `.npy` file.
    pub fn add_npy_file<'a>(&mut self, key: impl Into<Key<'a>>, path: impl AsRef<Path>) -> Result<()> {
        let key = key.into();
        let bytes = file::read(path.as_ref()).map_err(|error| self.locate(key, error))?;
        self.add_npy(key, &bytes)
    }

    /// Adds an `ndarray` view; one that is not row-major is copied first.
    #[cfg(feature = "ndarray")]
    pub fn add_ndarray<'a, T: crate::array::Element>(
        &mut self,
        key: impl Into<Key<'a>>,
        view: ndarray::ArrayViewD<'_, T>,
    ) -> Result<()> {
        let values = view.as_standard_layout();
        self.add_array(key, &Array::of(view.shape(), values.as_slice().unwrap_or_default())?)
    }

    /// Finishes the row that is being built. It must have every input that is not optional; the error names
    /// those that are missing.
    pub fn end_row(&mut self) -> Result<()> {
        if self.open.count < self.schema.inputs.len() && self.lacks_an_input() {
            return Err(self.incomplete());
        }
        self.store.end_row()?;
        self.open.reset();
        Ok(())
    }

    /// Drops the features of the row that is being built.
    pub fn discard_row(&mut self) {
        self.store.discard_row();
        self.open.reset();
    }

    /// Drops all rows and keeps the memory for the next ones.
    pub fn clear(&mut self) {
        self.store.clear();
        self.open.reset();
    }

    /// Becomes a copy of some finished rows, and reuses its memory.
    pub(crate) fn copy_rows(&mut self, other: &Rows, rows: Range<usize>) -> Result<()> {
        self.open.reset();
        self.store.copy(&other.store, rows)
    }

    /// Makes room for values of about so many bytes.
    pub(crate) fn reserve(&mut self, bytes: usize) -> Result<()> {
        self.store.reserve(bytes)
    }

    /// The finished rows, as the protocol keeps them.
    pub(crate) fn store(&self) -> &RowStore {
        &self.store
    }

    /// The state now.
    pub(crate) fn checkpoint(&self) -> Result<Checkpoint> {
        Ok(Checkpoint { store: self.store.checkpoint()?, open: self.open.copy()? })
    }

    /// Restores a state: undoes everything since.
    pub(crate) fn restore(&mut self, checkpoint: Checkpoint) {
        self.store.restore(checkpoint.store);
        self.open = checkpoint.open;
    }

    /// Whether these rows were made for a deployment with this schema.
    pub(crate) fn belongs_to(&self, schema: &Arc<Schema>) -> bool {
        Arc::ptr_eq(&self.schema, schema)
    }

    /// An error if a row is not finished.
    pub(crate) fn require_closed(&self) -> Result<()> {
        if self.open.count == 0 {
            return Ok(());
        }
        let message = "the row is not finished: end it or discard it first";
        Err(Error::new(ErrorKind::RowIncomplete, message).in_row(self.len()))
    }

    /// Looks up the feature, makes its value and keeps it. An error names the feature, and changes nothing.
    #[inline(always)]
    fn add<'v>(&mut self, key: Key<'_>, value: impl FnOnce(&FeatureSpec) -> Result<Value<'v>>) -> Result<()> {
        self.put(key, value).map_err(|error| self.locate(key, error))
    }

    #[inline(always)]
    fn put<'v>(&mut self, key: Key<'_>, value: impl FnOnce(&FeatureSpec) -> Result<Value<'v>>) -> Result<()> {
        let index = self.find(key)?;
        let Rows { schema, store, open, .. } = self;
        let spec = schema.inputs.get(index)?;
        open.require_new(index, schema.inputs.len())?;
        store.put(index, &value(spec)?)?;
        open.mark(index);
        Ok(())
    }

    fn add_image_source(&mut self, key: Key<'_>, image: ImageSource<'_>) -> Result<()> {
        self.add(key, |spec| {
            require(spec, spec.feature_type == FeatureType::Image, "an image")?;
            Ok(Value::Image(&image))
        })
    }

    /// The index of an input.
    #[inline(always)]
    pub(crate) fn find(&self, key: Key<'_>) -> Result<usize> {
        match key {
            Key::Name(name) => self.schema.inputs.index_near(self.open.next, name),
            Key::Index(index) => self.schema.inputs.get(index).map(|_| index),
        }
    }

    /// Whether an input is missing that is not optional, or all are.
    #[cold]
    fn lacks_an_input(&self) -> bool {
        self.open.count == 0 || lacks_required(&self.schema.inputs, &self.open.given)
    }

    fn incomplete(&self) -> Error {
        let message = format!("the row lacks {}", missing(&self.schema.inputs, &self.open.given));
        Error::new(ErrorKind::RowIncomplete, message).in_row(self.len())
    }

    /// Names the row that is being built, and the feature if the key is valid, in an error of a value that is
    /// made for it. For bindings, which check what they are given before they add it.
    #[cold]
    pub fn locate(&self, key: Key<'_>, error: Error) -> Error {
        let spec = self.find(key).and_then(|index| self.schema.inputs.get(index));
        spec.map_or(error.clone(), |spec| spec.in_feature(error)).in_row(self.len())
    }
}

const TWICE: &str = "was already given in this row; end the row before the next one";

impl OpenRow {
    /// An error if the row has this input already.
    #[inline]
    fn require_new(&mut self, index: usize, inputs: usize) -> Result<()> {
        match self.given.get(index) {
            Some(false) => Ok(()),
            Some(true) => Err(given_twice(TWICE)),
            None => self.make_room(inputs),
        }
    }

    #[cold]
    fn make_room(&mut self, inputs: usize) -> Result<()> {
        self.given = memory::filled(inputs, false)?;
        Ok(())
    }

    fn copy(&self) -> Result<OpenRow> {
        let given = memory::collected(self.given.iter().copied())?;
        Ok(OpenRow { given, count: self.count, next: self.next })
    }

    fn mark(&mut self, index: usize) {
        if let Some(given) = self.given.get_mut(index) {
            *given = true;
        }
        self.count += 1;
        self.next = index + 1;
    }

    fn reset(&mut self) {
        self.given.fill(false);
        self.count = 0;
        self.next = 0;
    }
}

/// Whether an input was not given that is not optional.
pub(crate) fn lacks_required(inputs: &Specs, given: &[bool]) -> bool {
    not_given(inputs, given).any(|spec| !spec.optional)
}

/// The names of the inputs that were not given: those that are not optional, or all if all are.
pub(crate) fn missing(inputs: &Specs, given: &[bool]) -> String {
    const SHOWN: usize = 20;
    if lacks_required(inputs, given) {
        return first_quoted(not_given(inputs, given).filter(|spec| !spec.optional), SHOWN);
    }
    first_quoted(not_given(inputs, given), SHOWN)
}

fn not_given<'a>(inputs: &'a Specs, given: &'a [bool]) -> impl Iterator<Item = &'a FeatureSpec> {
    let given = given.iter().copied().chain(std::iter::repeat(false));
    inputs.iter().zip(given).filter(|(_, given)| !given).map(|(spec, _)| spec)
}

#[inline]
fn require(spec: &FeatureSpec, fits: bool, what: &str) -> Result<()> {
    if fits { Ok(()) } else { Err(got(spec, what)) }
}

#[cold]
fn got(spec: &FeatureSpec, what: &str) -> Error {
    spec.another_type(&format!("got {what}"))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::array::DType;
    use crate::protocol::deployment_api::describe;
    use crate::protocol::deployment_api::rows::JsonRows;

    pub(crate) fn rows() -> Rows {
        let document = r#"{"paths": {"/": {"x-peltarion-tensorjson": true}}, "components": {"schemas": {
            "output-row-batch": {"properties": {"rows": {"properties": {}}}},
            "input-row": {"properties": {
                "n": {"x-peltarion": {"type": "numeric", "shape": [1]}},
                "c\"": {"x-peltarion": {"type": "categorical", "shape": [2]}, "enum": ["a", 7]},
                "b": {"x-peltarion": {"type": "binary", "shape": [1]}},
                "a": {"x-peltarion": {"type": "numeric", "shape": [2]}},
                "t": {"x-peltarion": {"type": "text"}}}}}}}"#;
        let (schema, wire) = describe::parse(document.as_bytes()).unwrap();
        let store = RowStore::Json(JsonRows::new(&Arc::new(wire)));
        Rows::new(Arc::new(schema), store, ImageRules::default())
    }

    /// The JSON of some finished rows.
    pub(crate) fn json(rows: &Rows, range: Range<usize>) -> &str {
        std::str::from_utf8(store(rows).text(range)).unwrap()
    }

    fn store(rows: &Rows) -> &JsonRows {
        rows.store().json().unwrap()
    }

    fn fill(rows: &mut Rows, number: f64) {
        rows.add_number("n", number).unwrap();
        rows.add_category("c\"", "7").unwrap();
        rows.add_binary("b", true).unwrap();
        rows.add_array(3, &Array::new(DType::U8, &[2], &[1, 2]).unwrap()).unwrap();
        rows.add_text("t", "").unwrap();
        rows.end_row().unwrap();
    }

    #[test]
    fn rows_are_the_final_bytes() {
        let mut rows = rows();
        fill(&mut rows, 0.5);
        fill(&mut rows, -2e-7);
        let first = r#"{"n":0.5,"c\"":7,"b":1,"a":{"shape":[2],"data":[1,2]},"t":""}"#;
        assert_eq!(json(&rows, 0..1), first);
        let both = serde_json::from_str::<serde_json::Value>(&format!("[{}]", json(&rows, 0..2))).unwrap();
        assert_eq!(both[1]["n"], -2e-7);
        assert_eq!(json(&rows, 1..2).as_bytes(), &store(&rows).all()[first.len() + 1..]);
        rows.clear();
        assert!(rows.is_empty() && store(&rows).all().is_empty());
        fill(&mut rows, 0.5);
        assert_eq!(json(&rows, 0..1), first);
    }

    #[test]
    fn misuse_is_reported_by_the_call_and_changes_nothing() {
        let mut rows = rows();
        fill(&mut rows, 1.0);
        rows.add_number("n", 1.0).unwrap();
        let before = store(&rows).all().to_vec();
        let twice = rows.add_number("n", 2.0).unwrap_err();
        assert_eq!(
            (twice.kind(), twice.row(), twice.feature()),
            (ErrorKind::FeatureTwice, Some(1), Some("n"))
        );
        let unknown = rows.add_number("x", 2.0).unwrap_err();
        assert_eq!((unknown.kind(), unknown.feature()), (ErrorKind::UnknownFeature, Some("x")));
        let long = rows.add_number(&*"x".repeat(5000), 2.0).unwrap_err();
        assert_eq!((long.kind(), long.feature()), (ErrorKind::UnknownFeature, None));
        let marked = rows.add_number("\u{feff}n", 2.0).unwrap_err().to_string();
        assert!(marked.contains("has nothing where this has U+FEFF (byte order mark)"), "{marked}");
        let spaced = rows.add_category("c\"", "a\u{a0}").unwrap_err().to_string();
        assert!(spaced.contains("\"a\" looks the same") && spaced.contains("U+00A0"), "{spaced}");
        assert_eq!(rows.add_number(5, 2.0).unwrap_err().kind(), ErrorKind::UnknownFeature);
        assert_eq!(rows.add_number("a", 2.0).unwrap_err().kind(), ErrorKind::FeatureType);
        assert_eq!(rows.add_text("b", "x").unwrap_err().kind(), ErrorKind::FeatureType);
        assert_eq!(rows.add_category("c\"", "x").unwrap_err().kind(), ErrorKind::FeatureValue);
        assert_eq!(rows.add_integer("c\"", 8).unwrap_err().kind(), ErrorKind::FeatureValue);
        let wide = Array::new(DType::U8, &[1, 2], &[1, 2]).unwrap();
        let shape = rows.add_array("a", &wide).unwrap_err();
        assert_eq!(shape.to_string(), "row 1: feature \"a\": expected an array of shape [2], got [1, 2]");
        let nan = Array::new(DType::F32, &[2], &[255; 8]).unwrap();
        assert_eq!(rows.add_array("a", &nan).unwrap_err().kind(), ErrorKind::FeatureValue);
        assert_eq!(rows.add_npy("a", b"x").unwrap_err().feature(), Some("a"));
        let file = rows.add_npy_file("a", "no such file").unwrap_err();
        assert_eq!((file.kind(), file.row(), file.feature()), (ErrorKind::File, Some(1), Some("a")));
        let missing = std::fs::read("no such file").unwrap_err();
        assert_eq!(file.os_error(), missing.raw_os_error());
        assert!(file.to_string().contains(&missing.to_string()), "{file}");
        let missing = rows.end_row().unwrap_err();
        assert_eq!(missing.to_string(), r#"row 1: the row lacks "c\"", "b", "a", "t""#);
        assert!(rows.require_closed().is_err());
        assert_eq!(store(&rows).all(), before);
        rows.discard_row();
        rows.require_closed().unwrap();
        assert_eq!(rows.len(), 1);
    }

    #[test]
    fn numbers_that_are_not_finite_are_refused() {
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(rows().add_number("n", number).unwrap_err().kind(), ErrorKind::FeatureValue);
        }
    }

    #[test]
    fn integers_are_accepted_as_the_protocol_takes_them() {
        let mut rows = rows();
        rows.add_integer("n", i64::MIN).unwrap();
        rows.add_integer("c\"", 7).unwrap();
        rows.add_integer("b", 0).unwrap();
        assert_eq!(
            std::str::from_utf8(store(&rows).all()).unwrap(),
            r#"{"n":-9223372036854775808,"c\"":7,"b":0"#
        );
        assert_eq!(rows.add_integer("a", 0).unwrap_err().kind(), ErrorKind::FeatureType);
    }

    #[test]
    fn an_integer_beyond_a_signed_one_is_a_number_or_a_category() {
        let mut rows = rows();
        rows.add_unsigned("n", u64::MAX).unwrap();
        rows.add_unsigned("c\"", 7).unwrap();
        assert_eq!(
            std::str::from_utf8(store(&rows).all()).unwrap(),
            r#"{"n":1.8446744073709552e+19,"c\"":7"#
        );
        rows.discard_row();
        let said = rows.add_unsigned("c\"", u64::MAX).unwrap_err().to_string();
        let expected = r#"row 0: feature "c"": 18446744073709551615 is none of its categories: "a", "7""#;
        assert_eq!(said, expected);
        let error = rows.add_unsigned("b", 1 << 63).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::FeatureValue);
        assert!(error.to_string().contains("9223372036854775808 is no category"), "{error}");
        assert_eq!(rows.add_unsigned("a", u64::MAX).unwrap_err().kind(), ErrorKind::FeatureType);
    }
}
