//! A second protocol, for tests alone: it proves that the seam is one. It has nothing of the Deployment API.
//!
//! `GET .../lines/columns` describes the model, a line for each feature: `in NAME TYPE` or `out NAME TYPE`.
//! Rows are posted to `.../lines/ask` as a head of one line and a buffer for each input, and a header says
//! how many rows they are. A number is 8 bytes, little-endian, and may be NaN; a text ends with a newline.
//! The response has a line for each output, and its header `lines-rows` says how many numbers are on each.
//! Status 409 means that rows are bad.

use crate::error::{Error, ErrorKind, Result};
use crate::message::Message;
use crate::protocol::exchange::{Refusal, Request};
use crate::results::{Column, Columns};
use crate::spec::{FeatureSpec, FeatureType, Schema, Specs};
use crate::transport::{Cancel, Reply, Target, Transport};
use crate::url::Url;
use crate::values::{ColumnReader, Value};
use std::borrow::Cow;
use std::ops::Range;

const ROWS: &str = "lines-rows";

pub(crate) struct Lines {
    url: Url,
    target: Target,
    /// How many inputs the model has; none before it is described.
    inputs: usize,
}

impl Lines {
    pub(crate) fn of(url: &Url) -> Option<Lines> {
        if !url.target().ends_with("/lines/ask") {
            return None;
        }
        Some(Lines { url: url.join("ask").ok()?, target: Target::of(url), inputs: 0 })
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    pub(crate) fn describe(&mut self, transport: &Transport, cancel: Option<&Cancel>) -> Result<Schema> {
        let reply = transport.get(&self.url.join("columns")?, "text/plain", cancel)?;
        if !reply.is_success() {
            return Err(refusal(&reply).error);
        }
        let text = String::from_utf8_lossy(&reply.body);
        let schema = Schema { inputs: specs(&text, "in ")?, outputs: specs(&text, "out ")? };
        self.inputs = schema.inputs.len();
        Ok(schema)
    }

    pub(crate) fn rows(&self) -> LineRows {
        LineRows { finished: 0, inputs: vec![Values::default(); self.inputs] }
    }

    pub(crate) fn request<'a>(&'a self, rows: &'a LineRows, range: Range<usize>) -> Result<Request<'a>> {
        let mut parts = vec![Cow::Owned(format!("{} inputs\n", self.inputs).into_bytes())];
        parts.extend(rows.inputs.iter().map(|values| Cow::Borrowed(values.of(range.clone()))));
        let headers = vec![(ROWS, range.len().to_string())];
        let (accept, content_type) = ("text/x-lines", "application/x-lines");
        Ok(Request {
            target: &self.target,
            accept,
            content_type,
            headers,
            parts,
            split: None,
            id: String::new(),
        })
    }

    pub(crate) fn no_json(&self) -> Error {
        Error::new(ErrorKind::Argument, "this protocol has no JSON")
    }

    pub(crate) fn read_reply(
        &self,
        reply: &Reply,
        rows: usize,
        schema: &Schema,
        columns: &mut Columns,
    ) -> Result<()> {
        if reply.header(ROWS) != Some(&rows.to_string()) {
            return Err(Error::new(ErrorKind::ReplyRows, "another number of rows"));
        }
        let text = String::from_utf8_lossy(&reply.body);
        for ((line, spec), column) in text.lines().zip(&schema.outputs).zip(&mut columns.columns) {
            let Column::Numbers(numbers) = column else { return Err(spec.another_type("read as a number")) };
            for (row, word) in line.split(' ').enumerate() {
                let bad = |_| spec.in_feature(Error::new(ErrorKind::ReplyType, "no number")).in_row(row);
                numbers.push(word.parse().map_err(bad)?);
            }
        }
        columns.rows += rows;
        Ok(())
    }
}

pub(crate) fn refusal(reply: &Reply) -> Refusal {
    let text = Message::from("refused: ").quote(String::from_utf8_lossy(&reply.body));
    Refusal { error: Error::with_quotes(ErrorKind::Server, text), blames_rows: reply.status == 409 }
}

fn specs(text: &str, side: &str) -> Result<Specs> {
    let features = text.lines().filter_map(|line| line.strip_prefix(side)?.split_once(' '));
    let spec = |(name, kind): (&str, &str)| FeatureSpec {
        name: name.into(),
        feature_type: if kind == "text" { FeatureType::Text } else { FeatureType::Numeric },
        shape: vec![1],
        dtype: None,
        tensor_shape: None,
        categories: Default::default(),
        by_index: false,
        types: "",
        optional: false,
        hidden: false,
        hides_shape: false,
    };
    Specs::new(features.map(spec).collect())?.map_err(|_| Error::new(ErrorKind::Describe, "a duplicate"))
}

/// Rows, input by input.
pub(crate) struct LineRows {
    finished: usize,
    inputs: Vec<Values>,
}

/// How many values each input has.
pub(crate) struct LineCheckpoint {
    finished: usize,
    counts: Vec<usize>,
}

/// The values of an input, one after the other.
#[derive(Clone, Default)]
struct Values {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Values {
    fn of(&self, rows: Range<usize>) -> &[u8] {
        let end = |rows: usize| rows.checked_sub(1).map_or(0, |last| self.ends[last]);
        &self.bytes[end(rows.start)..end(rows.end)]
    }

    fn truncate(&mut self, count: usize) {
        self.ends.truncate(count);
        self.bytes.truncate(self.ends.last().copied().unwrap_or(0));
    }
}

impl LineRows {
    pub(crate) fn len(&self) -> usize {
        self.finished
    }

    pub(crate) fn put(&mut self, index: usize, value: &Value<'_>) -> Result<()> {
        let Values { bytes, ends } = &mut self.inputs[index];
        match value {
            Value::Number(number) => bytes.extend(number.to_le_bytes()),
            Value::Text(text) => bytes.extend([text, "\n"].concat().bytes()),
            _ => return Err(Error::new(ErrorKind::FeatureValue, "neither a float nor text")),
        }
        ends.push(bytes.len());
        Ok(())
    }

    pub(crate) fn end_row(&mut self) -> Result<()> {
        self.finished += 1;
        Ok(())
    }

    pub(crate) fn discard_row(&mut self) {
        self.inputs.iter_mut().for_each(|values| values.truncate(self.finished));
    }

    pub(crate) fn clear(&mut self) {
        self.finished = 0;
        self.discard_row();
    }

    pub(crate) fn checkpoint(&self) -> LineCheckpoint {
        let counts = self.inputs.iter().map(|values| values.ends.len()).collect();
        LineCheckpoint { finished: self.finished, counts }
    }

    pub(crate) fn restore(&mut self, checkpoint: &LineCheckpoint) {
        self.finished = checkpoint.finished;
        self.inputs.iter_mut().zip(&checkpoint.counts).for_each(|(values, count)| values.truncate(*count));
    }

    pub(crate) fn copy(&mut self, other: &LineRows, rows: Range<usize>) -> Result<()> {
        self.clear();
        for (to, from) in self.inputs.iter_mut().zip(&other.inputs) {
            let start = rows.start.checked_sub(1).map_or(0, |last| from.ends[last]);
            to.bytes.extend(from.of(rows.clone()));
            to.ends.extend(from.ends[rows.clone()].iter().map(|end| end - start));
        }
        self.finished = rows.len();
        Ok(())
    }

    /// Column by column: no row is ever open.
    pub(crate) fn add_columns(&mut self, count: usize, readers: &[ColumnReader<'_>]) -> Result<()> {
        for reader in readers {
            for row in 0..count {
                let put = reader.give(row, |value| self.put(reader.index, value));
                put.map_err(|error| reader.spec.in_feature(error).in_row(row))?;
            }
        }
        self.finished += count;
        Ok(())
    }
}

mod tests {
    use crate::{Deployment, InputColumn, InputPieces, Options, Predictions, Result, Rows};
    use std::collections::HashMap;
    use std::io::{BufRead, BufReader, Write};
    use std::net::{TcpListener, TcpStream};
    use std::thread;

    /// The type that has the library's connections read by a server of this test.
    struct Request {
        line: String,
        headers: HashMap<String, String>,
        body: Vec<u8>,
    }

    fn read_request(reader: &mut impl BufRead) -> Option<Request> {
        let mut lines: Vec<String> = Vec::new();
        while lines.last().is_none_or(|line| !line.is_empty()) {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            lines.push(line.trim_end().to_owned());
        }
        let header = |line: &String| {
            line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        };
        let headers: HashMap<String, String> = lines.iter().filter_map(header).collect();
        let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        Some(Request { line: lines.swap_remove(0), headers, body })
    }

    /// Doubles the numbers, and counts the bytes of the texts. A row with the text `bad` is one; `odd` gets a
    /// wrong header.
    fn answer(request: &Request) -> (u16, String, String) {
        if request.line.starts_with("GET ") {
            assert_eq!(request.headers["accept"], "text/plain");
            let columns = "in x number\nin note text\nout double number\nout length number\n";
            return (
                if request.line.contains("/lines/columns") { 200 } else { 404 },
                String::new(),
                columns.to_owned(),
            );
        }
        assert!(request.line.starts_with("POST /lines/ask HTTP/1.1"), "{}", request.line);
        assert_eq!(request.headers["content-type"], "application/x-lines");
        assert_eq!(request.headers["accept"], "text/x-lines");
        let rows: usize = request.headers[super::ROWS].parse().unwrap();
        let rest = request.body.strip_prefix(b"2 inputs\n").unwrap();
        let (numbers, texts) = rest.split_at(8 * rows);
        let number = |bytes: &[u8; 8]| (2.0 * f64::from_le_bytes(*bytes)).to_string();
        let numbers: Vec<String> = numbers.as_chunks().0.iter().map(number).collect();
        let texts: Vec<&str> = std::str::from_utf8(texts).unwrap().lines().collect();
        assert_eq!((numbers.len(), texts.len()), (rows, rows));
        if texts.contains(&"bad") {
            return (409, String::new(), "a bad row".to_owned());
        }
        let lengths: Vec<String> = texts.iter().map(|text| text.len().to_string()).collect();
        let count = if texts.contains(&"odd") { rows + 1 } else { rows };
        (200, format!("{}: {count}\r\n", super::ROWS), numbers.join(" ") + "\n" + &lengths.join(" ") + "\n")
    }

    fn serve(stream: TcpStream) {
        let mut reader = BufReader::new(stream);
        while let Some(request) = read_request(&mut reader) {
            let (status, headers, body) = answer(&request);
            let head = format!("HTTP/1.1 {status} it\r\n{headers}content-length: {}\r\n\r\n", body.len());
            reader.get_mut().write_all((head + &body).as_bytes()).unwrap();
        }
    }

    fn open(batch_rows: usize, max_in_flight: usize, isolate: bool) -> Deployment {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/lines/ask", listener.local_addr().unwrap());
        thread::spawn(move || {
            for stream in listener.incoming() {
                thread::spawn(move || serve(stream.unwrap()));
            }
        });
        let mut options = Options::default();
        options.set_proxy("").unwrap();
        options.set_batch_rows(batch_rows).unwrap();
        options.set_max_in_flight(max_in_flight).unwrap();
        options.set_isolate_bad_rows(isolate);
        Deployment::open(&url, "token", &options).unwrap()
    }

    fn add(rows: &mut Rows, number: f64, note: &str) -> Result<()> {
        // In either order.
        if number > 1.0 {
            rows.add_text("note", note)?;
        }
        rows.add_number("x", number)?;
        if number <= 1.0 || number.is_nan() {
            rows.add_text("note", note)?;
        }
        rows.end_row()
    }

    fn results(predictions: &Predictions) -> Vec<(f64, f64)> {
        let columns = [predictions.numbers("double").unwrap(), predictions.numbers("length").unwrap()];
        columns[0].iter().copied().zip(columns[1].iter().copied()).collect()
    }

    fn rows_of(deployment: &Deployment, notes: &[&str]) -> Rows {
        let mut rows = deployment.rows();
        let notes = notes.iter().enumerate();
        notes.for_each(|(number, note)| add(&mut rows, number as f64, note).unwrap());
        rows
    }

    const NOTES: [&str; 5] = ["", "a", "ab", "abc", "abcd"];
    const RESULTS: [(f64, f64); 5] = [(0.0, 0.0), (2.0, 1.0), (4.0, 2.0), (6.0, 3.0), (8.0, 4.0)];

    #[test]
    fn rows_are_predicted_in_any_number_of_requests() {
        for (batch_rows, max_in_flight) in [(100, 1), (2, 1), (2, 3), (1, 2)] {
            let deployment = open(batch_rows, max_in_flight, false);
            let predictions = deployment.predict(&rows_of(&deployment, &NOTES)).unwrap();
            assert_eq!(results(&predictions), RESULTS);
        }
    }

    #[test]
    fn a_table_is_added_by_columns() {
        let deployment = open(2, 1, false);
        let mut rows = rows_of(&deployment, &NOTES[..1]);
        let notes: InputPieces = NOTES[1..].iter().collect();
        let numbers = [1.0, 2.0, 3.0, 4.0];
        rows.add_columns(4, &[("note", notes.column()), ("x", InputColumn::of(&numbers))]).unwrap();
        assert_eq!(results(&deployment.predict(&rows).unwrap()), RESULTS);
        let error = rows.add_columns(1, &[("note", notes.column())]).unwrap_err();
        assert_eq!(error.feature(), Some("note"), "{error}");
        let integers = InputColumn::of(&[1i64, 2, 3, 4]);
        let error = rows.add_columns(4, &[("note", notes.column()), ("x", integers)]).unwrap_err();
        assert_eq!((error.feature(), error.row()), (Some("x"), Some(5)), "{error}");
        assert_eq!(results(&deployment.predict(&rows).unwrap()), RESULTS);
    }

    #[test]
    fn a_number_may_be_nan() {
        let deployment = open(10, 1, false);
        let mut rows = deployment.rows();
        add(&mut rows, f64::NEG_INFINITY, "a").unwrap();
        rows.add_number("x", f64::NAN).unwrap();
        rows.add_text("note", "b").unwrap();
        rows.end_row().unwrap();
        let nan = InputColumn::of(&[f32::NAN]);
        rows.add_columns(1, &[("x", nan), ("note", InputColumn::Texts(b"c\0"))]).unwrap();
        let predictions = deployment.predict(&rows).unwrap();
        let numbers = predictions.numbers("double").unwrap();
        assert!(numbers[0] == f64::NEG_INFINITY && numbers[1].is_nan() && numbers[2].is_nan());
    }

    #[test]
    fn a_failed_call_and_a_discarded_row_leave_no_trace() {
        let deployment = open(10, 1, false);
        let mut rows = rows_of(&deployment, &NOTES[..3]);
        rows.add_text("note", "dropped").unwrap();
        rows.discard_row();
        rows.add_number("x", 3.0).unwrap();
        assert_eq!(rows.add_number("x", 4.0).unwrap_err().row(), Some(3));
        assert_eq!(rows.add_integer("x", 4).unwrap_err().row(), Some(3));
        assert!(rows.add_packed(&[0; 15]).is_err());
        // The end of a row that lacks an input: the records before it are undone too.
        let record = |kind: u32, index: u32, payload: &[u8]| {
            [&kind.to_ne_bytes()[..], &index.to_ne_bytes(), &(payload.len() as u64).to_ne_bytes(), payload]
                .concat()
        };
        let (number, end) = (record(1, 0, &9f64.to_ne_bytes()), record(0, 0, b""));
        rows.discard_row();
        assert!(rows.add_packed(&[number, end].concat()).is_err());
        add(&mut rows, 3.0, "abc").unwrap();
        add(&mut rows, 4.0, "abcd").unwrap();
        assert_eq!(results(&deployment.predict(&rows).unwrap()), RESULTS);
        rows.clear();
        add(&mut rows, 4.0, "abcd").unwrap();
        assert_eq!(results(&deployment.predict(&rows).unwrap()), RESULTS[4..]);
    }

    #[test]
    fn a_stream_takes_rows_and_gives_predictions() {
        for max_in_flight in [1, 2] {
            let deployment = open(2, max_in_flight, false);
            let mut stream = deployment.stream().unwrap();
            stream.push(&rows_of(&deployment, &NOTES)).unwrap();
            let mut all = Vec::new();
            while let Some(predictions) = stream.next().unwrap() {
                all.extend(results(&predictions));
            }
            assert_eq!(all, RESULTS);
        }
    }

    #[test]
    fn bad_rows_are_isolated_by_the_protocols_own_status() {
        let notes = ["", "a", "bad", "abc", "abcd"];
        let deployment = open(100, 1, true);
        let predictions = deployment.predict(&rows_of(&deployment, &notes)).unwrap();
        assert_eq!(results(&predictions), [RESULTS[0], RESULTS[1], RESULTS[3], RESULTS[4]]);
        let [failure] = predictions.failures() else { panic!() };
        assert_eq!((failure.row(), failure.http_status()), (Some(2), Some(409)));
        assert!(failure.to_string().ends_with("refused: a bad row"), "{failure}");
        let deployment = open(100, 1, false);
        let error = deployment.predict(&rows_of(&deployment, &notes)).err().unwrap();
        assert_eq!((error.rows(), error.http_status()), (Some(0..5), Some(409)));
    }

    #[test]
    fn a_response_is_refused_by_its_header() {
        let deployment = open(2, 1, true);
        let error = deployment.predict(&rows_of(&deployment, &["", "a", "odd"])).err().unwrap();
        assert_eq!((error.kind(), error.rows()), (crate::ErrorKind::ReplyRows, Some(2..3)));
        let error = deployment.post_json("{}").unwrap_err();
        assert_eq!(error.to_string(), "this protocol has no JSON");
    }
}
