//! A 2xx response, read in one pass into typed columns. Each value is checked against its output's spec.

use crate::error::{Error, ErrorKind, Result};
use crate::json::Cursor;
use crate::memory::push;
use crate::names::Names;
use crate::protocol::deployment_api::reply_values::{LabelKeys, in_feature, read_value};
use crate::protocol::deployment_api::wire::OutputKeys;
use crate::protocol::deployment_api::{failure, floats};
use crate::results::{Column, Columns};
use crate::spec::{FeatureSpec, Specs};
use crate::text::Snippet;

/// Appends the values of `{"rows": [...]}` to the columns; `rows` is how many rows were sent.
pub(crate) fn read(
    body: &[u8],
    rows: usize,
    outputs: &Specs,
    keys: &[OutputKeys],
    columns: &mut Columns,
) -> Result<()> {
    let mut cursor = Cursor::new(body);
    if cursor.peek() != Some(b'{') {
        return Err(not_rows(&format!("it is {}", cursor.kind_of_next())));
    }
    columns.reserve(outputs, rows, true)?;
    let mut found = false;
    let mut reader = Reader::new(outputs, keys, columns, rows)?;
    cursor.object(|cursor, key| match &*key {
        "rows" | "Rows" if !found => {
            found = true;
            cursor.array(|cursor| reader.row(cursor))
        }
        "rows" | "Rows" => Err(not_rows("it has \"rows\" twice")),
        "errorCode" => Err(failure::of_accepted_reply(body)),
        _ => cursor.skip_value(),
    })?;
    cursor.end()?;
    if !found {
        return Err(not_rows("it has no \"rows\""));
    }
    let got = reader.got;
    if got == rows { Ok(()) } else { Err(wrong_row_count(&format!("{got} rows"), rows)) }
}

fn not_rows(what: &str) -> Error {
    Error::new(ErrorKind::ReplyMalformed, format!("the response is not an object with \"rows\": {what}"))
}

fn wrong_row_count(got: &str, sent: usize) -> Error {
    Error::new(ErrorKind::ReplyRows, format!("the response has {got}, and {sent} were sent"))
}

struct Reader<'a> {
    names: &'a Names,
    keys: &'a [OutputKeys],
    slots: Vec<Slot<'a>>,
    /// How many rows the columns have.
    rows: &'a mut usize,
    /// How many rows were sent, and how many were read.
    sent: usize,
    got: usize,
}

/// Where an output's values go.
struct Slot<'a> {
    spec: &'a FeatureSpec,
    key: &'a Snippet,
    labels: LabelKeys<'a>,
    /// How many values its shape has.
    elements: usize,
    column: &'a mut Column,
    /// The last row that has this output, counted from 1, among those that the fast path did not read.
    last: usize,
}

impl<'a> Reader<'a> {
    fn new(
        outputs: &'a Specs,
        keys: &'a [OutputKeys],
        columns: &'a mut Columns,
        sent: usize,
    ) -> Result<Reader<'a>> {
        let Columns { rows, columns } = columns;
        let mut slots = Vec::new();
        for ((spec, keys), column) in outputs.iter().zip(keys).zip(columns) {
            push(&mut slots, Slot::new(spec, keys, column, sent)?)?;
        }
        Ok(Reader { names: outputs.names(), keys, slots, rows, sent, got: 0 })
    }

    #[inline]
    fn row(&mut self, cursor: &mut Cursor<'_>) -> Result<()> {
        if self.got == self.sent {
            return Err(wrong_row_count("more rows", self.sent));
        }
        let (read, rest) = read_fast(cursor.rest(), &mut self.slots);
        cursor.advance_to(rest);
        match rest.strip_prefix(b"}") {
            Some(rest) if read == self.slots.len() => cursor.advance_to(rest),
            _ => self.values(cursor, read).map_err(|error| error.in_row(self.got))?,
        }
        self.got += 1;
        *self.rows += 1;
        Ok(())
    }

    /// Reads the outputs of the row that follow those already read.
    #[inline(never)]
    fn values(&mut self, cursor: &mut Cursor<'_>, read: usize) -> Result<()> {
        let (slots, row) = (&mut self.slots, self.got + 1);
        slots.iter_mut().take(read).for_each(|slot| slot.last = row);
        if read == 0 && cursor.peek() != Some(b'{') {
            let message = format!("the row is {} instead of an object", cursor.kind_of_next());
            return Err(Error::new(ErrorKind::ReplyType, message));
        }
        let keys = self.keys;
        let key_at = |index| keys.get(index).map(|keys: &OutputKeys| &keys.key);
        cursor.object_of(self.names, key_at, read, |cursor, index| match index {
            Ok(index) => slots.get_mut(index).ok_or_else(no_column)?.read(cursor, row),
            Err(_) => cursor.skip_value(),
        })?;
        match slots.iter().find(|slot| slot.last != row) {
            None => Ok(()),
            Some(slot) => Err(slot
                .spec
                .in_feature(Error::new(ErrorKind::ReplyOutput, "the response lacks this output"))),
        }
    }
}

/// The fast path for short rows. Reads the first outputs of a row as long as they are numbers or categories,
/// in the usual order and without white space. Returns how many it read, and what follows. It leaves all
/// errors to the slow path.
#[inline(never)]
fn read_fast<'a>(row: &'a [u8], slots: &mut [Slot<'_>]) -> (usize, &'a [u8]) {
    let (mut rest, mut before, mut read) = (row, b'{', 0);
    for slot in slots {
        let Some(behind) = slot.read_fast(rest, before) else { break };
        (rest, before, read) = (behind, b',', read + 1);
    }
    (read, rest)
}

impl<'a> Slot<'a> {
    fn new(
        spec: &'a FeatureSpec,
        keys: &'a OutputKeys,
        column: &'a mut Column,
        sent: usize,
    ) -> Result<Slot<'a>> {
        let mut labels = LabelKeys { declared: &keys.labels, learned: Vec::new() };
        if let Column::Categories(it) = &column
            && sent > 1
        {
            labels.learn(&it.labels)?;
        }
        Ok(Slot {
            spec,
            key: &keys.key,
            labels,
            elements: spec.element_count().unwrap_or_default(),
            column,
            last: 0,
        })
    }

    /// Reads the output's key and value, if they follow `before`. Returns what follows, or `None` if nothing
    /// was read.
    #[inline(always)]
    fn read_fast<'b>(&mut self, bytes: &'b [u8], before: u8) -> Option<&'b [u8]> {
        let value = self.key.strip(bytes.strip_prefix(&[before])?)?;
        match self.column {
            Column::Numbers(numbers) => {
                let (number, length) = sidekick_numbers::read_f64(value)?;
                numbers.push(number);
                value.get(length..)
            }
            Column::Categories(it) => {
                let keys = self.labels.all();
                let all = keys.len() == self.elements;
                all.then(|| floats::read_f64_members(value, keys, &mut it.probabilities)).flatten()
            }
            _ => None,
        }
    }

    fn read(&mut self, cursor: &mut Cursor<'_>, row: usize) -> Result<()> {
        if std::mem::replace(&mut self.last, row) == row {
            let error = Error::new(ErrorKind::ReplyMalformed, "the output is a duplicate");
            return Err(in_feature(self.spec, error));
        }
        let read = read_value(cursor, self.spec, &mut self.labels, self.column);
        read.map_err(|error| in_feature(self.spec, error))
    }
}

#[cold]
fn no_column() -> Error {
    Error::new(ErrorKind::Internal, "an output without a column")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::images::MediaType;
    use crate::protocol::deployment_api::describe;
    use crate::protocol::deployment_api::wire::Wire;
    use crate::spec::Schema;

    struct Model(Schema, Wire);

    impl Model {
        fn of(document: &str) -> Model {
            let (schema, wire) = describe::parse(document.as_bytes()).unwrap();
            Model(schema, wire)
        }

        fn columns(&self) -> Columns {
            Columns::new(&self.0.outputs).unwrap()
        }

        fn read(&self, body: &[u8], rows: usize, columns: &mut Columns) -> Result<()> {
            read(body, rows, &self.0.outputs, &self.1.outputs, columns)
        }
    }

    /// Outputs of every type, each named as its type.
    fn outputs() -> Model {
        let document = r#"{"components": {"schemas": {"input-row": {"properties": {}},
            "output-row-batch": {"properties": {"rows": {"properties": {
                "number": {"x-peltarion": {"type": "numeric", "shape": [1]}},
                "binary": {"x-peltarion": {"type": "binary", "shape": [1]}},
                "known": {"x-peltarion": {"type": "categorical", "shape": [2]}, "enum": ["a", "b"]},
                "free": {"x-peltarion": {"type": "categorical", "shape": [2]}},
                "text": {"x-peltarion": {"type": "text", "shape": [1]}},
                "image": {"x-peltarion": {"type": "image", "shape": [1, 1, 1]}},
                "array": {"x-peltarion": {"type": "numeric", "shape": [1, 2]}}}}}}}}}"#;
        Model::of(document)
    }

    const VALUES: [(&str, &str); 7] = [
        ("number", "-1.5"),
        ("binary", "1e-30"),
        ("known", r#"{"b": 0.75, "a": 0.25}"#),
        ("free", r#"{"x": 1, "y": 0}"#),
        ("text", r#""h\u00e9 \u0000""#),
        ("image", "\"data:IMAGE/jpg;base64,/9j/4A==\""),
        ("array", r#"{"data": [1, 2.5], "shape": [1, 2]}"#),
    ];

    /// A row of valid values, some of them replaced.
    fn row(changed: &[(&str, &str)]) -> String {
        let value = |name: &str| changed.iter().find(|(other, _)| *other == name).map(|(_, value)| *value);
        let members = VALUES.iter().map(|(name, good)| format!("\"{name}\":{}", value(name).unwrap_or(good)));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }

    fn read_rows(rows: &[String]) -> Result<Columns> {
        let outputs = outputs();
        let mut columns = outputs.columns();
        let body = format!("{{\"rows\":[{}]}}", rows.join(","));
        outputs.read(body.as_bytes(), rows.len(), &mut columns).map(|()| columns)
    }

    fn refused(name: &str, value: &str) -> (ErrorKind, String) {
        let error = read_rows(&[row(&[]), row(&[(name, value)])]).unwrap_err();
        assert_eq!(
            error.row(),
            Some(1).filter(|_| error.kind() != ErrorKind::ReplyMalformed).or(error.row())
        );
        (error.kind(), error.to_string())
    }

    #[test]
    fn good_rows_fill_the_columns() {
        let columns = read_rows(&[row(&[]), row(&[("free", r#"{"y":0.5,"x":0.5}"#)])]).unwrap();
        assert_eq!(columns.rows, 2);
        for column in &columns.columns {
            match column {
                Column::Numbers(numbers) => assert!(numbers == &[-1.5, -1.5] || numbers == &[1e-30, 1e-30]),
                Column::Texts(texts) => assert_eq!(texts.buffer, "hé \0\0hé \0\0"),
                Column::Categories(it) if &*it.labels.list()[0] == "a" => {
                    assert_eq!(it.probabilities, [0.25, 0.75, 0.25, 0.75]);
                }
                Column::Categories(it) => assert_eq!(it.probabilities, [1.0, 0.0, 0.5, 0.5]),
                Column::Arrays(values) => assert_eq!(values, &[1.0, 2.5, 1.0, 2.5]),
                Column::Images(pieces, media_types) => {
                    assert_eq!(pieces.buffer, [0xff, 0xd8, 0xff, 0xe0].repeat(2));
                    assert_eq!(media_types, &[MediaType::Jpeg; 2]);
                }
                Column::Elements(_) | Column::Bytes(_) => panic!("{column:?}"),
            }
        }
    }

    #[test]
    fn labels_of_one_response_are_those_of_the_next() {
        let document = r#"{"components": {"schemas": {"input-row": {"properties": {}},
            "output-row-batch": {"properties": {"rows": {"properties": {
                "free": {"x-peltarion": {"type": "categorical", "shape": [2]}}}}}}}}}"#;
        let outputs = Model::of(document);
        let mut columns = outputs.columns();
        let (usual, turned) = (r#"{"free":{"a":0.75,"b":0.25}}"#, r#"{"free":{"b":0.25,"a":0.75}}"#);
        for rows in [vec![usual], vec![usual; 2], vec![turned], vec![turned, usual]] {
            let body = format!("{{\"rows\":[{}]}}", rows.join(","));
            outputs.read(body.as_bytes(), rows.len(), &mut columns).unwrap();
        }
        let [Column::Categories(it)] = &columns.columns[..] else { panic!() };
        assert_eq!(it.probabilities, [0.75, 0.25].repeat(6));
        assert_eq!(it.labels.list(), ["a", "b"]);
    }

    /// Numbers and categories alone: what is read fastest.
    fn table() -> Model {
        let document = r#"{"components": {"schemas": {"input-row": {"properties": {}},
            "output-row-batch": {"properties": {"rows": {"properties": {
                "x": {"x-peltarion": {"type": "numeric", "shape": [1]}},
                "class": {"x-peltarion": {"type": "categorical", "shape": [3]}, "enum": ["a", "b\"", "c 3"]},
                "y": {"x-peltarion": {"type": "binary", "shape": [1]}}}}}}}}}"#;
        Model::of(document)
    }

    fn read_table(rows: &[String]) -> Result<(Vec<f64>, Vec<f64>, Vec<f64>)> {
        let outputs = table();
        let mut columns = outputs.columns();
        let body = format!("{{\"rows\":[{}]}}", rows.join(","));
        outputs.read(body.as_bytes(), rows.len(), &mut columns)?;
        assert_eq!(columns.rows, rows.len());
        let mut columns = columns.columns.into_iter();
        match (columns.next(), columns.next(), columns.next()) {
            (Some(Column::Numbers(x)), Some(Column::Categories(it)), Some(Column::Numbers(y))) => {
                Ok((x, it.probabilities, y))
            }
            other => panic!("{other:?}"),
        }
    }

    const USUAL: &str = r#"{"x":-1.5,"class":{"a":0.25,"b\"":6.5e-06,"c 3":0.5},"y":0.75}"#;

    #[test]
    fn rows_are_the_same_however_they_are_written() {
        let same = |part: &str, other: &str| {
            let changed = USUAL.replacen(part, other, 1);
            assert_ne!(changed, USUAL);
            for rows in [[USUAL, &changed, USUAL], [&changed, USUAL, &changed]] {
                let (x, class, y) = read_table(&rows.map(str::to_owned)).unwrap();
                assert_eq!((x, y), (vec![-1.5; 3], vec![0.75; 3]), "{changed}");
                assert_eq!(class, [0.25, 6.5e-06, 0.5].repeat(3), "{changed}");
            }
        };
        for (part, other) in [
            ("{", " { "),
            ("\"x\":", " \"x\" : "),
            ("-1.5,", "-1.5 , "),
            ("-1.5", "-15e-1"),
            ("-1.5", "-1.50000000000000000000"),
            ("\"class\":", "\n\"class\":\t"),
            ("{\"a\"", "{ \"a\""),
            ("\"a\"", "\"\\u0061\""),
            ("\"b\\\"\"", "\"b\\u0022\""),
            ("0.5}", "0.5 } "),
            ("0.5}", "5E-1}"),
            (r#""a":0.25,"b\"":6.5e-06"#, r#""b\"":6.5e-06,"a":0.25"#),
            (r#""a":0.25,"b\"":6.5e-06,"c 3":0.5"#, r#""c 3":0.5,"a":0.25,"b\"":6.5e-06"#),
            ("0.75}", "0.75 }"),
            ("0.75}", "75e-2}"),
            ("\"x\":", "\"\\u0078\":"),
            ("\"x\":", "\"new\":[1,{}],\"x\":"),
            ("\"y\":", "\"new\":null,\"y\":"),
            ("0.75", "0.75,\"z\":{}"),
        ] {
            same(part, other);
        }
        let moved = USUAL.replacen("\"x\":-1.5,", "", 1).replacen("0.75", "0.75,\"x\":-1.5", 1);
        same(USUAL, &moved);
    }

    #[test]
    fn bad_values_are_refused_after_valid_ones_too() {
        for (part, other, kind, message) in [
            (
                "\"x\":-1.5,",
                "",
                ErrorKind::ReplyOutput,
                "row 1: feature \"x\": the response lacks this output",
            ),
            (
                ",\"y\":0.75",
                "",
                ErrorKind::ReplyOutput,
                "row 1: feature \"y\": the response lacks this output",
            ),
            (
                "\"y\":",
                "\"x\":",
                ErrorKind::ReplyMalformed,
                "row 1: feature \"x\": the output is a duplicate",
            ),
            (
                "0.75}",
                "0.75,\"y\":1}",
                ErrorKind::ReplyMalformed,
                "row 1: feature \"y\": the output is a duplicate",
            ),
            (
                "\"c 3\":0.5",
                "\"a\":0.5",
                ErrorKind::ReplyType,
                "row 1: feature \"class\": the category \"a\" is a duplicate",
            ),
            (
                "\"c 3\":0.5",
                "\"d\":0.5",
                ErrorKind::ReplyType,
                "row 1: feature \"class\": the category \"d\" is none of the output's",
            ),
            (
                ",\"c 3\":0.5",
                "",
                ErrorKind::ReplyShape,
                "row 1: feature \"class\": 2 categories, but the output has 3",
            ),
            (
                "\"c 3\":0.5",
                "\"c 3\":null",
                ErrorKind::ReplyType,
                "row 1: feature \"class\": category \"c 3\" has null instead of a probability",
            ),
            (
                "0.75",
                "1e999",
                ErrorKind::ReplyType,
                "row 1: feature \"y\": the number 1e999 is beyond a 64-bit float",
            ),
            (
                "0.75",
                "\"\"",
                ErrorKind::ReplyType,
                "row 1: feature \"y\": the output is binary [1], and the response has text instead of a number",
            ),
            ("0.75}", "0.75", ErrorKind::ReplyMalformed, "row 1: invalid JSON: expected '\"', found '{'"),
            (
                "-1.5,",
                "-1.5",
                ErrorKind::ReplyMalformed,
                "row 1: invalid JSON: expected ',', found '\"', at byte",
            ),
        ] {
            let bad = USUAL.replacen(part, other, 1);
            let error = read_table(&[USUAL.to_owned(), bad.clone(), USUAL.to_owned()]).unwrap_err();
            let text = error.clone().vetted(|_| false).to_string();
            assert_eq!(error.kind(), kind, "{bad}: {text}");
            assert!(text.starts_with(message), "{bad}: {text}");
        }
        let body = format!("{{\"rows\":[{USUAL}]}}");
        for end in 0..body.len() {
            let outputs = table();
            let cut = body.get(..end).unwrap();
            let error = outputs.read(cut.as_bytes(), 1, &mut outputs.columns()).unwrap_err();
            assert!(
                matches!(error.kind(), ErrorKind::ReplyMalformed | ErrorKind::ReplyType),
                "{cut}: {error}"
            );
        }
    }

    #[test]
    fn unknown_keys_are_ignored_and_the_other_spelling_is_read() {
        let outputs = outputs();
        let mut columns = outputs.columns();
        let extra = row(&[]).replacen('{', "{\"new\":[{}],", 1);
        let body = format!("{{\"id\":{{\"a\":[1]}},\"Rows\":[{extra}],\"z\":null}}");
        outputs.read(body.as_bytes(), 1, &mut columns).unwrap();
        assert_eq!(columns.rows, 1);
    }

    #[test]
    fn values_of_another_type_are_refused() {
        for (name, value) in [
            ("number", "\"1\""),
            ("number", "null"),
            ("number", "1e999"),
            ("binary", "{}"),
            ("known", "[]"),
            ("known", r#"{"a":0.5,"c":0.5}"#),
            ("known", r#"{"a":0.5,"a":0.5}"#),
            ("known", r#"{"a":0.5,"b":"0.5"}"#),
            ("free", r#"{"x":1,"z":0}"#),
            ("text", "1"),
            ("image", "{}"),
            ("array", "[1,2]"),
            ("array", r#"{"shape":[1,2]}"#),
            ("array", r#"{"data":[1,2]}"#),
            ("array", r#"{"shape":2,"data":[1,2]}"#),
            ("array", r#"{"shape":[1,-2],"data":[1,2]}"#),
            ("array", r#"{"shape":[1,2],"data":[1,"2"]}"#),
            ("array", r#"{"shape":[1,2],"data":{}}"#),
            ("array", r#"{"shape":[1,2],"data":[1,2],"data":[1,2]}"#),
            ("array", r#"{"shape":[1,2],"data":[1,1e39]}"#),
        ] {
            let (kind, message) = refused(name, value);
            assert_eq!(kind, ErrorKind::ReplyType, "{name} {value}: {message}");
            assert!(message.starts_with(&format!("row 1: feature \"{name}\": ")), "{message}");
        }
    }

    #[test]
    fn an_output_of_a_free_size_has_the_shape_of_each_row() {
        let document = r#"{"paths": {}, "components": {"schemas": {"input-row": {"properties": {}},
            "output-row-batch": {"properties": {"rows": {"properties": {
                "array": {"x-peltarion": {"type": "numeric", "shape": [-1, 2]}}}}}}}}}"#;
        let model = Model::of(document);
        let read = |values: &[&str]| {
            let rows: Vec<String> = values.iter().map(|value| format!(r#"{{"array": {value}}}"#)).collect();
            let mut columns = model.columns();
            let body = format!(r#"{{"rows": [{}]}}"#, rows.join(", "));
            model.read(body.as_bytes(), values.len(), &mut columns).map(|()| columns)
        };
        let columns = read(&[r#"{"data": [1, 2.5], "shape": [1, 2]}"#, r#"{"shape": [0, 2], "data": []}"#]);
        let Column::Elements(column) = &columns.unwrap().columns[0] else { panic!("they are elements") };
        assert_eq!(column.floats().unwrap(), [1.0, 2.5]);
        assert_eq!(column.shapes().shape(0), Some(&[1, 2][..]));
        assert_eq!(column.shapes().shape(1), Some(&[0, 2][..]));
        for (value, words) in [
            (r#"{"shape": [2], "data": [1, 2]}"#, "an array of shape [2], but the output has [-1, 2]"),
            (r#"{"shape": [2, 2], "data": [1, 2]}"#, "2 values, but the shape [2, 2] has 4"),
        ] {
            let error = read(&[value]).unwrap_err().vetted(|_| false).to_string();
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn values_of_another_shape_are_refused() {
        for (name, value) in [
            ("known", r#"{"a":1}"#),
            ("free", r#"{"x":1}"#),
            ("array", r#"{"shape":[2,1],"data":[1,2]}"#),
            ("array", r#"{"shape":[1,2],"data":[1]}"#),
            ("array", r#"{"shape":[1,2],"data":[1,2,3]}"#),
        ] {
            assert_eq!(refused(name, value).0, ErrorKind::ReplyShape, "{name} {value}");
        }
        let first = read_rows(&[row(&[("free", r#"{"x":1,"y":0,"z":0}"#)])]).unwrap_err();
        assert_eq!(first.kind(), ErrorKind::ReplyShape);
        // No more is kept than the output can have: what follows is not even read.
        for (name, value, message) in [
            ("free", r#"{"x":1,"y":0,"z":0,!"#, "more categories than the 2 that the output has"),
            (
                "array",
                r#"{"shape":[1,2,1,!"#,
                "an array of more than 2 dimensions, but the output has [1, 2]",
            ),
        ] {
            let first = read_rows(&[row(&[(name, value)])]).unwrap_err();
            assert_eq!(first.kind(), ErrorKind::ReplyShape);
            assert_eq!(first.to_string(), format!("row 0: feature \"{name}\": {message}"));
        }
        let long = format!(r#"{{"{}":1,"y":0}}"#, "x".repeat(5000));
        let first = read_rows(&[row(&[("free", &long)])]).unwrap_err();
        assert_eq!(
            first.to_string(),
            "row 0: feature \"free\": a category's label of 5000 bytes; it can have 4096"
        );
    }

    #[test]
    fn data_urls_that_lie_are_refused() {
        for (name, value) in [
            ("image", "\"hello\""),
            ("image", "\"data:image/png;base64,/9j/4A==\""),
            ("image", "\"data:text/plain;base64,/9j/4A==\""),
            ("image", "\"data:image/jpeg;base64,/9j!\""),
            ("array", "\"data:application/x.peltarion.npy;base64,aGVq\""),
        ] {
            assert_eq!(refused(name, value).0, ErrorKind::ReplyEncoding, "{name} {value}");
        }
    }

    #[test]
    fn a_lone_surrogate_names_its_feature() {
        for name in ["text", "image", "array"] {
            let error = read_rows(&[row(&[]), row(&[(name, r#""a\ud800b""#)])]).unwrap_err();
            assert_eq!(
                (error.kind(), error.row(), error.feature()),
                (ErrorKind::ReplyMalformed, Some(1), Some(name))
            );
        }
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for value in ["NaN", "tru", "[1,", "\"\\x\""] {
            let (kind, _) = refused("text", value);
            assert!(matches!(kind, ErrorKind::ReplyMalformed | ErrorKind::ReplyType), "{value}");
        }
        let outputs = outputs();
        for body in [
            "",
            "<html></html>",
            "[]",
            "{}",
            "null",
            "{\"rows\":[]} x",
            "{\"rows\":[],\"rows\":[]}",
            "{\"rows\":{}}",
        ] {
            let error = outputs.read(body.as_bytes(), 0, &mut outputs.columns()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ReplyMalformed, "{body}");
        }
    }

    #[test]
    fn rows_and_outputs_are_counted() {
        let outputs = outputs();
        let count =
            |body: &str, rows| outputs.read(body.as_bytes(), rows, &mut outputs.columns()).unwrap_err();
        assert_eq!(count("{\"rows\":[]}", 1).kind(), ErrorKind::ReplyRows);
        assert_eq!(count("{\"rows\":[{}]}", 0).kind(), ErrorKind::ReplyRows);
        let missing = count("{\"rows\":[{\"number\":1}]}", 1);
        assert_eq!((missing.kind(), missing.feature()), (ErrorKind::ReplyOutput, Some("binary")));
        let twice = row(&[]).replacen('{', "{\"number\":1,", 1);
        assert_eq!(read_rows(&[twice]).unwrap_err().kind(), ErrorKind::ReplyMalformed);
    }

    #[test]
    fn a_list_with_a_space_after_some_commas_keeps_every_digit() {
        let document = r#"{"components": {"schemas": {"input-row": {"properties": {}},
            "output-row-batch": {"properties": {"rows": {"properties": {
                "a": {"x-peltarion": {"type": "numeric", "shape": [10]}}}}}}}}}"#;
        let outputs = Model::of(document);
        let mut columns = outputs.columns();
        let body = include_bytes!("../../../tests/replies/mixed-spaces.json");
        outputs.read(body, 1, &mut columns).unwrap();
        let Some(Column::Arrays(values)) = columns.columns.pop() else { panic!() };
        assert_eq!(values, [1.5, 2.5, 3.5, 12.5, -3.25, 2900000.0, 7.0, 8.0, 9.0, 10.0]);
    }

    #[test]
    fn an_error_object_with_a_good_status_is_the_servers_error() {
        let outputs = outputs();
        let body = r#"{"errorCode":"BadData","errorMessage":"no 🦊"}"#;
        let error = outputs.read(body.as_bytes(), 1, &mut outputs.columns()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Server);
        assert_eq!((error.server_code(), error.server_message()), (Some("BadData"), Some("no 🦊")));
    }
}
