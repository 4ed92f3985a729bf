//! A response: JSON that describes its tensors, and the bytes of those that are not in the JSON. What the
//! model declared is checked: servers answer with status 200 whatever their models return.

use super::failure;
use super::made;
use super::metadata::{BASE64, CONTENT_TYPE};
use super::model::{Batch, Model, Tensor};
use super::reply_data::{self, Expected};
use crate::array::{MOST_DIMENSIONS, SIZE_ANY, shape_text};
use crate::elements::ElementColumn;
use crate::error::{Error, ErrorKind, Result};
use crate::json::Cursor;
use crate::memory::push;
use crate::message::Message;
use crate::results::Column;
use crate::row_shapes::product;
use crate::spec::Specs;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// The header with the length of the JSON before the tensors' bytes.
pub(crate) const JSON_LENGTH: &str = "inference-header-content-length";

/// A response, and what it has to fit.
pub(crate) struct Response<'a> {
    pub(crate) model: &'a Model,
    pub(crate) outputs: &'a Specs,
    /// How many rows were sent.
    pub(crate) rows: usize,
    /// The identifier that was sent.
    pub(crate) id: &'a str,
    pub(crate) body: &'a [u8],
    /// What follows the JSON, if it was received into memory of its own. Then the body is the JSON.
    pub(crate) tensors: Option<&'a Arc<Vec<u8>>>,
    /// The value of the header [`JSON_LENGTH`], if there is one.
    pub(crate) json_length: Option<&'a str>,
}

impl Response<'_> {
    /// Appends its values to the columns of the outputs.
    pub(crate) fn read(&self, columns: &mut [Column]) -> Result<()> {
        let (json, tensors) = self.split()?;
        let found = self.read_json(json, tensors.len())?;
        let outputs = self.model.outputs.iter().zip(self.outputs);
        for (((tensor, spec), found), column) in outputs.zip(&found).zip(columns) {
            let read = match found {
                Some(found) => self.read_output(tensor, found, json, tensors, column),
                None => Err(Error::new(ErrorKind::ReplyOutput, "is not in the response")),
            };
            read.map_err(|error| spec.in_feature(error))?;
        }
        Ok(())
    }

    /// The JSON, and what follows it.
    fn split(&self) -> Result<(&[u8], &[u8])> {
        if let Some(tensors) = self.tensors {
            return Ok((self.body, tensors));
        }
        let Some(text) = self.json_length else { return Ok((self.body, &[])) };
        let all = self.body.len();
        let length =
            text.trim().parse().ok().filter(|_| text.trim().bytes().all(|byte| byte.is_ascii_digit()));
        length.and_then(|length| self.body.split_at_checked(length)).ok_or_else(|| {
            let message = Message::from("the header Inference-Header-Content-Length is ").quote(text);
            let message = message.say(format!(", but the body has {all} bytes"));
            Error::with_quotes(ErrorKind::ReplyMalformed, message)
        })
    }

    /// Finds the outputs that were asked for. Checks that `bytes` bytes are exactly those of the outputs.
    fn read_json<'j>(&self, json: &'j [u8], bytes: usize) -> Result<Vec<Option<Found<'j>>>> {
        let mut all = Outputs { found: Vec::new(), bytes: 0, named: 0 };
        for _ in &self.model.outputs {
            push(&mut all.found, None)?;
        }
        let mut said = None;
        let mut cursor = Cursor::new(json);
        cursor.object(|cursor, key| match (&*key, cursor.peek()) {
            ("id", Some(b'"')) => self.check_id(&cursor.string()?),
            ("error", Some(b'"')) => {
                said = Some(cursor.string()?);
                Ok(())
            }
            ("outputs", Some(b'[')) => cursor.array(|cursor| all.read_one(cursor, self.outputs)),
            _ => cursor.skip_value(),
        })?;
        match cursor.end() {
            Err(_) if self.json_length.is_none() && all.bytes > 0 => return Err(no_length()),
            end => end?,
        }
        if let Some(said) = said.filter(|_| all.named == 0) {
            return Err(failure::of_accepted_reply(&said));
        }
        if all.bytes == bytes {
            return Ok(all.found);
        }
        let message = Message::default().quote(bytes).say(" bytes follow the JSON, but its outputs have ");
        Err(Error::with_quotes(ErrorKind::ReplyShape, message.quote(all.bytes).say(" bytes")))
    }

    fn check_id(&self, id: &str) -> Result<()> {
        if id == self.id {
            return Ok(());
        }
        let message = Message::from("the response answers the request \"").quote(id);
        Err(Error::with_quotes(ErrorKind::ReplyMalformed, message.say(format!("\", not \"{}\"", self.id))))
    }

    /// Reads an output into its column.
    fn read_output(
        &self,
        tensor: &Tensor,
        found: &Found<'_>,
        json: &[u8],
        tensors: &[u8],
        column: &mut Column,
    ) -> Result<()> {
        let Some(dtype) = made::element_type(tensor, column)? else {
            return self.read_elements(tensor, found, json, tensors, column);
        };
        let mut elements = Column::Elements(ElementColumn::of(dtype));
        self.read_elements(tensor, found, json, tensors, &mut elements)?;
        match elements {
            Column::Elements(elements) => made::append(tensor, self.rows, &elements, column),
            _ => Err(Error::new(ErrorKind::Internal, "elements in another column")),
        }
    }

    fn read_elements(
        &self,
        tensor: &Tensor,
        found: &Found<'_>,
        json: &[u8],
        tensors: &[u8],
        column: &mut Column,
    ) -> Result<()> {
        let shape = self.row_shape(tensor, &found.shape)?;
        if found.datatype.as_deref() != Some(tensor.datatype.name()) {
            return Err(other_datatype(tensor, found));
        }
        let row = tensor.elements.or_else(|| product(&shape));
        let elements = row.and_then(|row| self.rows.checked_mul(row));
        // Beside a size of 0 the others can be any: they have to be sizes of arrays still.
        let is_size = |size: &usize| isize::try_from(*size).is_ok();
        let elements = elements.filter(|elements| is_size(elements) && shape.iter().all(is_size));
        let (row, elements) = row.zip(elements).ok_or_else(|| too_large(&found.shape))?;
        if let (Column::Elements(column), true) = (&mut *column, tensor.is_free()) {
            column.push_shapes(self.rows, &shape)?;
        }
        match &found.data {
            Data::Nothing => Err(Error::new(ErrorKind::ReplyType, "has no data in the response")),
            Data::Json(rest) => {
                let mut cursor = Cursor::new(json);
                cursor.advance_to(rest);
                let base64 = tensor.meaning.base64.or(found.base64).unwrap_or(tensor.base64);
                let (datatype, shape) = (tensor.datatype, &*found.shape);
                let expected = Expected { datatype, shape, elements, row, base64 };
                reply_data::read_json(&mut cursor, &expected, column)
            }
            Data::Binary(place) => {
                let bytes = tensors.get(place.clone()).unwrap_or_default();
                let own = self.tensors.map(|tensors| (tensors, place.clone()));
                reply_data::read_binary(bytes, own, tensor.datatype, elements, column)
            }
        }
    }

    /// The shape of a row. Checks the axis of the rows if there is one, and the declared sizes, but for 1s at
    /// the end.
    fn row_shape<'t>(&self, tensor: &'t Tensor, shape: &[usize]) -> Result<Cow<'t, [usize]>> {
        let row = match (self.model.batch, shape) {
            (Batch::OneRow, row) => row,
            (Batch::FirstAxis { .. }, [rows, row @ ..]) if *rows == self.rows => row,
            (Batch::FirstAxis { .. }, _) => {
                let message = Message::from(format!("{} rows were sent, and the shape ", self.rows));
                let message = message.quote(format_args!("{shape:?}")).say(" came back");
                return Err(Error::with_quotes(ErrorKind::ReplyRows, message));
            }
        };
        if !tensor.is_free() && without_ones(row) == without_ones(&tensor.shape) {
            return Ok(Cow::Borrowed(&tensor.shape));
        }
        let free = || free_shape(row, &tensor.shape);
        let found = if tensor.is_free() { free() } else { None };
        found.map(Cow::Owned).ok_or_else(|| {
            let place = if tensor.described { " in the model description" } else { "" };
            let message = Message::from("has the shape ").quote(shape_text(&tensor.shape));
            let message = message.say(format!(" a row{place}, and "));
            let message = message.quote(format_args!("{row:?}")).say(" came back");
            Error::with_quotes(ErrorKind::ReplyShape, message)
        })
    }
}

fn without_ones(shape: &[usize]) -> &[usize] {
    let end = shape.iter().rposition(|size| *size != 1).map_or(0, |last| last + 1);
    shape.get(..end).unwrap_or_default()
}

/// The shape of a row with as many sizes as were declared: 1s at the end may be missing, or be too many.
fn free_shape(row: &[usize], declared: &[usize]) -> Option<Vec<usize>> {
    let (row, more) = row.split_at_checked(declared.len()).unwrap_or((row, &[]));
    let sizes = row.iter().copied().chain(std::iter::repeat(1)).zip(declared);
    let fits = |(size, declared): (usize, &usize)| {
        let fits = *declared == SIZE_ANY || *declared == size;
        fits.then_some(size)
    };
    if without_ones(more).is_empty() { sizes.map(fits).collect() } else { None }
}

#[cold]
fn too_large(shape: &[usize]) -> Error {
    let message = Message::from("has the shape ").quote(format_args!("{shape:?}"));
    Error::with_quotes(ErrorKind::ReplyShape, message.say(", which is larger than memory"))
}

#[cold]
fn other_datatype(tensor: &Tensor, found: &Found<'_>) -> Error {
    let message = Message::from(format!("is {}, and ", tensor.datatype.name()));
    let message = match &found.datatype {
        Some(name) => message.quote(name).say(" came back"),
        None => message.say("no datatype came back"),
    };
    Error::with_quotes(ErrorKind::ReplyType, message)
}

/// The outputs of a response.
struct Outputs<'a> {
    /// Those of the model, in its order.
    found: Vec<Option<Found<'a>>>,
    /// How many bytes after the JSON the outputs so far have.
    bytes: usize,
    /// How many there are, with those that were not asked for.
    named: usize,
}

/// An output as the JSON describes it.
struct Found<'a> {
    datatype: Option<Cow<'a, str>>,
    shape: Vec<usize>,
    data: Data<'a>,
    /// Whether its JSON is base64, if it says how its BYTES are meant.
    base64: Option<bool>,
}

enum Data<'a> {
    Nothing,
    /// The JSON from its data on.
    Json(&'a [u8]),
    /// The range of its bytes after the JSON.
    Binary(Range<usize>),
}

impl<'a> Outputs<'a> {
    fn read_one(&mut self, cursor: &mut Cursor<'a>, outputs: &Specs) -> Result<()> {
        let mut name = None;
        let read = self.read_members(cursor, &mut name);
        let index = self.named;
        self.named += 1;
        let found = read.map_err(|error| in_output(error, name.as_deref(), index, outputs))?;
        let name = name.ok_or_else(|| Error::new(ErrorKind::ReplyOutput, "an output has no name"))?;
        let place = outputs.names().find_near(index, &name);
        let Some(slot) = place.and_then(|place| self.found.get_mut(place)) else { return Ok(()) };
        if slot.replace(found).is_none() {
            return Ok(());
        }
        let message = Message::from("the output \"").quote(&*name).say("\" is a duplicate");
        Err(Error::with_quotes(ErrorKind::ReplyOutput, message))
    }

    fn read_members(
        &mut self,
        cursor: &mut Cursor<'a>,
        name: &mut Option<Cow<'a, str>>,
    ) -> Result<Found<'a>> {
        let mut found = Found { datatype: None, shape: Vec::new(), data: Data::Nothing, base64: None };
        let mut size = None;
        cursor.object(|cursor, key| match (&*key, cursor.peek()) {
            ("name", Some(b'"')) => {
                *name = Some(cursor.string()?);
                Ok(())
            }
            ("datatype", Some(b'"')) => {
                found.datatype = Some(cursor.string()?);
                Ok(())
            }
            ("shape", Some(b'[')) => {
                found.shape.clear();
                cursor.array(|cursor| read_size(cursor, &mut found.shape))
            }
            ("parameters", Some(b'{')) => read_parameters(cursor, &mut size, &mut found.base64),
            ("data", Some(byte)) if byte != b'n' => {
                found.data = Data::Json(cursor.rest());
                reply_data::skip(cursor)
            }
            _ => cursor.skip_value(),
        })?;
        if let Some(size) = size {
            let end = self.bytes.checked_add(size).ok_or_else(|| bad_size(&size.to_string()))?;
            if matches!(found.data, Data::Json(_)) {
                let message = "has its data both in the JSON and after it";
                return Err(Error::new(ErrorKind::ReplyMalformed, message));
            }
            found.data = Data::Binary(self.bytes..end);
            self.bytes = end;
        }
        Ok(found)
    }
}

/// Names the output that an error is about: by its number if its name has not been read yet.
#[cold]
fn in_output(error: Error, name: Option<&str>, index: usize, outputs: &Specs) -> Error {
    let Some(name) = name else { return error.at(format!("output {index}")) };
    match outputs.names().find(name).and_then(|place| outputs.get(place).ok()) {
        Some(spec) => spec.in_feature(error),
        None => error.after(Message::from("the output \"").quote(name).say("\"")),
    }
}

#[cold]
fn no_length() -> Error {
    let message = "tensors came as bytes without the header Inference-Header-Content-Length; \
                   a proxy between may have removed it";
    Error::new(ErrorKind::ReplyMalformed, message)
}

fn read_size(cursor: &mut Cursor<'_>, shape: &mut Vec<usize>) -> Result<()> {
    let text = cursor.number_text()?;
    if shape.len() == MOST_DIMENSIONS {
        let message = format!("has more than {MOST_DIMENSIONS} sizes in its shape");
        return Err(Error::new(ErrorKind::ReplyShape, message));
    }
    let size = text.parse().map_err(|_| {
        let message = Message::from("has the size ").quote(text).say(" in its shape");
        Error::with_quotes(ErrorKind::ReplyShape, message)
    })?;
    push(shape, size)
}

fn read_parameters(
    cursor: &mut Cursor<'_>,
    size: &mut Option<usize>,
    base64: &mut Option<bool>,
) -> Result<()> {
    cursor.object(|cursor, key| {
        match &*key {
            CONTENT_TYPE if cursor.peek() == Some(b'"') => {
                *base64 = Some(cursor.string()? == BASE64);
                return Ok(());
            }
            "binary_data_size" if cursor.take_word("null") => return Ok(()),
            "binary_data_size" => {}
            _ => return cursor.skip_value(),
        }
        let text = cursor.number_text()?;
        *size = Some(text.parse().map_err(|_| bad_size(text))?);
        Ok(())
    })
}

#[cold]
fn bad_size(text: &str) -> Error {
    let message = Message::from("has a binary_data_size of ").quote(text);
    Error::with_quotes(ErrorKind::ReplyShape, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::open_inference::read_model;
    use crate::results::Columns;
    use crate::spec::Schema;

    fn model(outputs: &str) -> (Model, Schema) {
        let document =
            format!(r#"{{"inputs":[{{"name":"x","datatype":"FP32","shape":[-1]}}],"outputs":[{outputs}]}}"#);
        read_model(document.as_bytes(), None).unwrap()
    }

    /// A scalar, an array and a text.
    fn three() -> (Model, Schema) {
        model(concat!(
            r#"{"name":"y","datatype":"INT32","shape":[-1]},{"name":"a","datatype":"FP32","shape":[-1,2,1]},"#,
            r#"{"name":"t","datatype":"BYTES","shape":[-1,1]}"#
        ))
    }

    fn read(model: &(Model, Schema), rows: usize, json: &str, tail: Option<&[u8]>) -> Result<Vec<Column>> {
        let body = [json.as_bytes(), tail.unwrap_or_default()].concat();
        let length = tail.map(|_| json.len().to_string());
        let columns = read_body(model, rows, &body, None, length.as_deref());
        let Some((length, tail)) = length.zip(tail) else { return columns };
        // The same comes of a response whose tensors were received apart.
        let apart = Arc::new(tail.to_vec());
        let others = read_body(model, rows, json.as_bytes(), Some(&apart), Some(&length));
        assert_eq!(format!("{:?}", others.map(shown)), format!("{:?}", columns.as_ref().map(shown)));
        columns
    }

    fn shown(columns: impl std::borrow::Borrow<Vec<Column>>) -> Vec<String> {
        columns.borrow().iter().map(elements).collect()
    }

    fn read_body(
        (model, schema): &(Model, Schema),
        rows: usize,
        body: &[u8],
        tensors: Option<&Arc<Vec<u8>>>,
        json_length: Option<&str>,
    ) -> Result<Vec<Column>> {
        let mut columns = Columns::new(&schema.outputs)?.columns;
        let outputs = &schema.outputs;
        let response = Response { model, outputs, rows, id: "7", body, tensors, json_length };
        response.read(&mut columns).map(|()| columns).map_err(|error| error.vetted(|_| false))
    }

    fn elements(column: &Column) -> String {
        match column {
            Column::Elements(column) => format!("{:?}", column.elements()),
            Column::Texts(texts) => texts.buffer.clone(),
            _ => panic!("{column:?}"),
        }
    }

    const BINARY: &str = concat!(
        r#"{"model_name":"m","model_version":"1","id":"7","parameters":null,"outputs":["#,
        r#"{"name":"t","datatype":"BYTES","shape":[2,1],"parameters":{"binary_data_size":11,"content_type":"str"}},"#,
        r#"{"name":"extra","datatype":"FP64","shape":[1],"parameters":{"binary_data_size":8}},"#,
        r#"{"name":"a","datatype":"FP32","shape":[2,2,1],"parameters":{"binary_data_size":16}},"#,
        r#"{"name":"y","datatype":"INT32","shape":[2],"data":[5,-6]}]}"#
    );

    fn tail() -> Vec<u8> {
        let floats: Vec<u8> =
            [0.5f32, 1.5, f32::NAN, -2.5].iter().flat_map(|value| value.to_le_bytes()).collect();
        [&b"\x03\0\0\0h\xc3\xa9\0\0\0\0"[..], &[9; 8], &floats].concat()
    }

    #[test]
    fn binary_and_json_mix_in_any_order_with_unrequested_outputs() {
        let columns = read(&three(), 2, BINARY, Some(&tail())).unwrap();
        assert_eq!(elements(&columns[0]), "I32([5, -6])");
        assert_eq!(elements(&columns[1]), "F32([0.5, 1.5, NaN, -2.5])");
        assert_eq!(elements(&columns[2]), "h\u{e9}\0\0");
    }

    #[test]
    fn sizes_that_are_free_are_those_of_the_response() {
        let model = model(r#"{"name":"a","datatype":"UINT8","shape":[-1,-1,2,-1]}"#);
        let output = |shape: &str, data: &str| {
            format!(r#"{{"outputs":[{{"name":"a","datatype":"UINT8","shape":{shape},"data":{data}}}]}}"#)
        };
        let shapes = |shape: &str, data: &str| {
            let columns = read(&model, 2, &output(shape, data), None)?;
            let Column::Elements(column) = &columns[0] else { panic!("{columns:?}") };
            assert_eq!((column.shapes().rows(), column.shapes().end_of_run(0)), (2, 2));
            Ok::<_, Error>((column.shapes().shape(1).unwrap().to_vec(), elements(&columns[0])))
        };
        let eight = "U8([1, 2, 3, 4, 5, 6, 7, 8])".to_owned();
        for (shape, row) in [("[2,2,2]", [2, 2, 1]), ("[2,2,2,1]", [2, 2, 1]), ("[2,1,2,2,1,1]", [1, 2, 2])] {
            assert_eq!(shapes(shape, "[1,2,3,4,5,6,7,8]").unwrap(), (row.to_vec(), eight.clone()), "{shape}");
        }
        let most = isize::MAX as usize;
        assert_eq!(shapes(&format!("[2,0,2,{most}]"), "[]").unwrap().1, "U8([])");
        for beyond in [[2, 0, 2, most + 1], [2, most + 1, 2, 1], [2, 1 << 31, 2, 1 << 30]] {
            let error = shapes(&format!("{beyond:?}"), "[]").unwrap_err().to_string();
            assert!(error.contains(&format!("{beyond:?}, which is larger than memory")), "{error}");
        }
        for (shape, said) in [
            ("[2,2]", "has the shape [-1, 2, -1] a row, and [2] came back"),
            ("[2,2,1,2]", "has the shape [-1, 2, -1] a row, and [2, 1, 2] came back"),
            ("[2,2,2,1,2]", "and [2, 2, 1, 2] came back"),
            ("[3,2,2]", "2 rows were sent, and the shape [3, 2, 2] came back"),
            ("[2,3,2,1]", "has only 8 elements where its shape has 12"),
            ("[2,1,2,1]", "has more elements where its shape has 4"),
        ] {
            let error = shapes(shape, "[1,2,3,4,5,6,7,8]").unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
        let binary = BINARY_SHAPE;
        let columns = read(&model, 2, binary, Some(&[5; 8])).unwrap();
        assert_eq!(elements(&columns[0]), "U8([5, 5, 5, 5, 5, 5, 5, 5])");
        let error = read(&model, 2, &binary.replace(r#":8}"#, r#":9}"#), Some(&[5; 9])).unwrap_err();
        assert!(error.to_string().contains("has 9 bytes for 8 elements of UINT8"), "{error}");
    }

    const BINARY_SHAPE: &str = concat!(
        r#"{"outputs":[{"name":"a","datatype":"UINT8","shape":[2,2,2,1],"#,
        r#""parameters":{"binary_data_size":8}}]}"#
    );

    #[test]
    fn json_is_read_with_its_keys_in_any_order() {
        let json = concat!(
            r#" {"outputs":[{"data":[[0.5,null]],"shape":[1,2],"datatype":"FP32","name":"a"},"#,
            r#"{"data":[NaN,[{"x":"]"}]],"name":"other"},"#,
            r#"{"name":"y","shape":[1,1],"datatype":"INT32","parameters":{"binary_data_size":null},"data":[1.0]},"#,
            r#"{"name":"t","datatype":"BYTES","shape":[1],"parameters":null,"data":["a\n"]}],"id":null} "#
        );
        let columns = read(&three(), 1, json, None).unwrap();
        assert_eq!(elements(&columns[0]), "I32([1])");
        assert_eq!(elements(&columns[1]), "F32([0.5, NaN])");
        assert_eq!(elements(&columns[2]), "a\n\0");
    }

    #[test]
    fn empty_outputs_need_no_header() {
        let model = model(r#"{"name":"a","datatype":"FP32","shape":[-1,0]}"#);
        let json = r#"{"outputs":[{"name":"a","datatype":"FP32","shape":[2,0],"parameters":{"binary_data_size":0}}]}"#;
        assert_eq!(elements(&read(&model, 2, json, None).unwrap()[0]), "F32([])");
    }

    #[test]
    fn one_row_has_no_axis() {
        let mut model = model(r#"{"name":"a","datatype":"UINT8","shape":[-1,2]}"#);
        model.0.batch = Batch::OneRow;
        let json = |shape: &str| {
            format!(r#"{{"outputs":[{{"name":"a","datatype":"UINT8","shape":{shape},"data":[1,2]}}]}}"#)
        };
        for shape in ["[2]", "[2,1]"] {
            assert_eq!(elements(&read(&model, 1, &json(shape), None).unwrap()[0]), "U8([1, 2])");
        }
        for shape in ["[1,2]", "[]", "[2,2]"] {
            assert_eq!(read(&model, 1, &json(shape), None).unwrap_err().kind(), ErrorKind::ReplyShape);
        }
    }

    #[test]
    fn a_response_that_does_not_fit_is_refused() {
        let output = |rest: &str| format!(r#"{{"outputs":[{{{rest}}}]}}"#);
        let model = model(r#"{"name":"a","datatype":"INT16","shape":[-1,2]}"#);
        let whole = r#""name":"a","datatype":"INT16","shape":[1,2],"#;
        let most = usize::MAX;
        for (json, tail, kind, said) in [
            (output(&format!(r#"{whole}"data":[1]"#)), None, ErrorKind::ReplyShape, "only 1 elements"),
            (output(whole.trim_end_matches(',')), None, ErrorKind::ReplyType, "has no data"),
            (output(&format!(r#"{whole}"data":null"#)), None, ErrorKind::ReplyType, "has no data"),
            (output(r#""name":"b""#), None, ErrorKind::ReplyOutput, "feature \"a\": is not in the response"),
            (output(r#""datatype":"INT16""#), None, ErrorKind::ReplyOutput, "an output has no name"),
            (r#"{"outputs":null}"#.into(), None, ErrorKind::ReplyOutput, "is not in the response"),
            (
                r#"{"outputs":[{"name":"a"},{"name":"a"}]}"#.into(),
                None,
                ErrorKind::ReplyOutput,
                r#"the output "a" is a duplicate"#,
            ),
            (
                output(r#""name":"a","datatype":"FP32","shape":[1,2],"data":[1,2]"#),
                None,
                ErrorKind::ReplyType,
                "is INT16, and FP32 came back",
            ),
            (
                output(r#""name":"a","shape":[1,2],"data":[1,2]"#),
                None,
                ErrorKind::ReplyType,
                "is INT16, and no datatype came back",
            ),
            (
                output(r#""name":"a","datatype":"INT16","shape":[2,2],"data":[1,2,3,4]"#),
                None,
                ErrorKind::ReplyRows,
                "1 rows were sent, and the shape [2, 2] came back",
            ),
            (
                output(r#""name":"a","datatype":"INT16","shape":[1,3],"data":[1,2,3]"#),
                None,
                ErrorKind::ReplyShape,
                "has the shape [2] a row, and [3] came back",
            ),
            (
                output(r#""name":"a","datatype":"INT16","data":[1,2]"#),
                None,
                ErrorKind::ReplyRows,
                "the shape [] came back",
            ),
            (
                output(&format!(r#"{whole}"parameters":{{"binary_data_size":4}}"#)),
                None,
                ErrorKind::ReplyShape,
                "0 bytes follow the JSON, but its outputs have 4",
            ),
            (
                output(&format!(r#"{whole}"parameters":{{"binary_data_size":4}}"#)),
                Some(5),
                ErrorKind::ReplyShape,
                "5 bytes follow the JSON, but its outputs have 4",
            ),
            (
                output(&format!(r#"{whole}"parameters":{{"binary_data_size":6}}"#)),
                Some(6),
                ErrorKind::ReplyShape,
                "has 6 bytes for 2 elements of INT16",
            ),
            (
                output(&format!(r#"{whole}"parameters":{{"binary_data_size":-4}}"#)),
                Some(4),
                ErrorKind::ReplyShape,
                "feature \"a\": has a binary_data_size of -4",
            ),
            (
                output(&format!(r#"{whole}"parameters":{{"binary_data_size":4.0}}"#)),
                Some(4),
                ErrorKind::ReplyShape,
                "feature \"a\": has a binary_data_size of 4.0",
            ),
            (
                output(&format!(r#"{whole}"parameters":{{"binary_data_size":4}},"data":[1,2]"#)),
                Some(4),
                ErrorKind::ReplyMalformed,
                "feature \"a\": has its data both",
            ),
            (
                output(&format!(
                    r#""name":"b","parameters":{{"binary_data_size":{most}}}}},{{{whole}"parameters":{{"binary_data_size":5}}"#
                )),
                Some(4),
                ErrorKind::ReplyShape,
                "feature \"a\": has a binary_data_size of 5",
            ),
            (
                output(r#""name":"a","datatype":"INT16","shape":[-1,2],"data":[1,2]"#),
                None,
                ErrorKind::ReplyShape,
                "feature \"a\": has the size -1 in its shape",
            ),
            (
                output(&format!(r#""name":"a","shape":[{}1]"#, "1,".repeat(64))),
                None,
                ErrorKind::ReplyShape,
                "feature \"a\": has more than 64 sizes in its shape",
            ),
            (
                r#"{"id":"8","outputs":[]}"#.into(),
                None,
                ErrorKind::ReplyMalformed,
                r#"answers the request "8", not "7""#,
            ),
            (
                r#"{"error":"model broke"}"#.into(),
                None,
                ErrorKind::Server,
                "a good status, but an error: model broke",
            ),
            (
                output(r#""name":"other","shape":[-1]"#),
                None,
                ErrorKind::ReplyShape,
                "the output \"other\": has the size -1",
            ),
            (output(r#""shape":[-1],"name":"a""#), None, ErrorKind::ReplyShape, "output 0: has the size -1"),
            (
                output(r#""name":"a","shape":["1"]"#),
                None,
                ErrorKind::ReplyMalformed,
                "feature \"a\": invalid JSON: expected a number, found '\"'",
            ),
            (
                output(&format!(r#"{whole}"parameters":{{"binary_data_size":4}}"#)) + "\0\0\0\0",
                None,
                ErrorKind::ReplyMalformed,
                "without the header Inference-Header-Content-Length",
            ),
            (output(&format!(r#"{whole}"data":[1,2]"#)) + " x", None, ErrorKind::ReplyMalformed, ""),
            ("".into(), None, ErrorKind::ReplyMalformed, ""),
            ("[]".into(), None, ErrorKind::ReplyMalformed, ""),
        ] {
            let error = read(&model, 1, &json, tail.map(|size| vec![0; size]).as_deref()).unwrap_err();
            assert_eq!(error.kind(), kind, "{json}: {error}");
            assert!(error.to_string().contains(said), "{json}: {error}");
        }
    }

    #[test]
    fn the_length_of_the_json_lies_within_the_body() {
        let body = [BINARY.as_bytes(), &tail()].concat();
        let read = |length: &str| read_body(&three(), 2, &body, None, Some(length));
        assert!(read(&BINARY.len().to_string()).is_ok() && read(&format!(" {} ", BINARY.len())).is_ok());
        for length in ["", "-1", "+700", "x", "99999999999999999999", "100000", "1e2", "0"] {
            assert_eq!(read(length).unwrap_err().kind(), ErrorKind::ReplyMalformed, "{length}");
        }
        for length in [BINARY.len() - 1, BINARY.len() + 1] {
            assert_eq!(read(&length.to_string()).unwrap_err().kind(), ErrorKind::ReplyMalformed);
        }
    }
}
