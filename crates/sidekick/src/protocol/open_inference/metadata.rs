//! The documents that describe a model: its metadata, its server's extensions, and Triton's configuration of
//! it. People write them: a key that is not needed may be missing, null or of another type.

use super::datatype::DataType;
use super::description::{Axis, Meaning};
use crate::array::MOST_DIMENSIONS;
use crate::error::{Error, ErrorKind, Result};
use crate::json::Cursor;
use crate::memory::{push, push_text};
use crate::message::Message;
use crate::names::{MOST_NAME_BYTES, Names};
use crate::text::{NulString, cut};

/// The parameter of a tensor that says how its BYTES are meant, and its value for bytes that JSON has as
/// base64.
pub(super) const CONTENT_TYPE: &str = "content_type";
pub(super) const BASE64: &str = "base64";

/// A tensor as the metadata declares it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Declared {
    pub(crate) name: String,
    pub(crate) datatype: DataType,
    /// Its whole shape; nothing for a size that is free in each request.
    pub(crate) shape: Vec<Option<usize>>,
    /// Whether the model description gives the shape.
    pub(crate) described: bool,
    pub(crate) meaning: Meaning,
    /// The labels that the server lists for it. They may not fit.
    pub(crate) listed: Option<Names>,
    /// Whether JSON has its bytes as base64.
    pub(crate) base64: bool,
}

/// A model's inputs and outputs.
#[derive(Debug, Default)]
pub(crate) struct Metadata {
    pub(crate) inputs: Vec<Declared>,
    pub(crate) outputs: Vec<Declared>,
    /// Where the rows lie, if the user says so.
    pub(crate) axis: Option<Axis>,
}

/// The metadata of a model as they are written down. A tensor that nobody uses may be declared wrong.
#[derive(Debug, Default)]
pub(crate) struct Document {
    pub(crate) inputs: Vec<Entry>,
    pub(crate) outputs: Vec<Entry>,
    /// At most two: more are not needed to know whether there is one only.
    versions: Vec<String>,
    /// OVMS's labels, with a space between.
    pub(crate) labels: Option<String>,
}

/// A tensor as it is written down.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Empty if it has none.
    pub(crate) name: String,
    pub(crate) declared: Result<Declared>,
}

impl Document {
    /// The model's version, if the server lists only one.
    pub(crate) fn version(&self) -> Option<&str> {
        match &*self.versions {
            [version] => Some(version),
            _ => None,
        }
    }
}

/// The extensions that a server lists.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Server {
    /// Tensors may be sent as bytes.
    pub(crate) binary: bool,
    /// Models have a configuration.
    pub(crate) configuration: bool,
    /// It is MLServer, which takes tensors as JSON alone.
    pub(crate) is_mlserver: bool,
}

/// Reads the metadata of a model.
pub(crate) fn read(document: &[u8]) -> Result<Document> {
    let mut metadata = Document::default();
    members(document, |cursor, key| match (key, cursor.peek()) {
        ("inputs", _) => read_tensors(cursor, "input", &mut metadata.inputs),
        ("outputs", _) => read_tensors(cursor, "output", &mut metadata.outputs),
        ("rt_info", Some(b'{')) => read_runtime_labels(cursor, &mut metadata.labels),
        ("versions", Some(b'[')) => cursor.array(|cursor| read_version(cursor, &mut metadata.versions)),
        _ => cursor.skip_value(),
    })
    .map_err(|error| match error.kind() {
        ErrorKind::ReplyMalformed => refused(error.into_message()),
        _ => error,
    })?;
    Ok(metadata)
}

/// `{"model_info": {"labels": "cat dog"}}`, as OVMS has it.
fn read_runtime_labels(cursor: &mut Cursor<'_>, labels: &mut Option<String>) -> Result<()> {
    cursor.object(|cursor, key| match (&*key, cursor.peek()) {
        ("model_info", Some(b'{')) => cursor.object(|cursor, key| match (&*key, cursor.peek()) {
            ("labels", Some(b'"')) => push_text(labels.insert(String::new()), &cursor.string()?),
            _ => cursor.skip_value(),
        }),
        _ => cursor.skip_value(),
    })
}

fn read_version(cursor: &mut Cursor<'_>, versions: &mut Vec<String>) -> Result<()> {
    match cursor.peek() {
        Some(b'"') if versions.len() < 2 => {
            let version = cursor.string()?;
            push(versions, cut(&version, MOST_NAME_BYTES).to_owned())
        }
        _ => cursor.skip_value(),
    }
}

/// Reads a server's extensions; there are none if the document is not what it should be.
pub(crate) fn read_server(document: &[u8]) -> Server {
    let mut server = Server::default();
    let read = members(document, |cursor, key| match (key, cursor.peek()) {
        ("name", Some(b'"')) => {
            server.is_mlserver = cursor.string()? == "mlserver";
            Ok(())
        }
        ("extensions", Some(b'[')) => cursor.array(|cursor| {
            let Some(b'"') = cursor.peek() else { return cursor.skip_value() };
            match &*cursor.string()? {
                "binary_tensor_data" => server.binary = true,
                "model_configuration" => server.configuration = true,
                _ => {}
            }
            Ok(())
        }),
        _ => cursor.skip_value(),
    });
    if read.is_ok() { server } else { Server::default() }
}

/// What Triton's configuration of a model adds to its metadata.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Configuration {
    /// How many rows fit in a request; 0 says that the model has no axis for rows of its own.
    pub(crate) most_rows: Option<usize>,
    /// The names of the inputs that a request may leave out, sorted.
    pub(crate) optional: Vec<String>,
}

impl Configuration {
    /// Whether a request may leave out an input.
    pub(crate) fn is_optional(&self, input: &str) -> bool {
        self.optional.binary_search_by(|name| name.as_str().cmp(input)).is_ok()
    }
}

/// Reads a model's configuration; from anything else follows nothing.
pub(crate) fn read_configuration(document: &[u8]) -> Configuration {
    let mut configuration = Configuration::default();
    let read = members(document, |cursor, key| match (key, cursor.peek()) {
        ("max_batch_size", Some(b'0'..=b'9')) => {
            configuration.most_rows = cursor.number_text()?.parse().ok();
            Ok(())
        }
        ("input", Some(b'[')) => cursor.array(|cursor| match cursor.peek() {
            Some(b'{') => read_optional_input(cursor, &mut configuration.optional),
            _ => cursor.skip_value(),
        }),
        _ => cursor.skip_value(),
    });
    configuration.optional.sort_unstable();
    if read.is_ok() { configuration } else { Configuration::default() }
}

fn read_optional_input(cursor: &mut Cursor<'_>, optional: &mut Vec<String>) -> Result<()> {
    let (mut name, mut is_optional) = (None, false);
    cursor.object(|cursor, key| match (&*key, cursor.peek()) {
        ("name", Some(b'"')) => {
            name = Some(cursor.string()?).filter(|name| name.len() <= MOST_NAME_BYTES);
            Ok(())
        }
        ("optional", Some(b't')) => {
            is_optional = cursor.take_word("true");
            Ok(())
        }
        _ => cursor.skip_value(),
    })?;
    name.filter(|_| is_optional).map_or(Ok(()), |name| push(optional, name.into_owned()))
}

/// Calls `each` with the keys of a document that is an object.
fn members(document: &[u8], mut each: impl FnMut(&mut Cursor<'_>, &str) -> Result<()>) -> Result<()> {
    let mut cursor = Cursor::new(document);
    cursor.object(|cursor, key| each(cursor, &key))?;
    cursor.end()
}

fn read_tensors(cursor: &mut Cursor<'_>, side: &str, tensors: &mut Vec<Entry>) -> Result<()> {
    if cursor.take_word("null") {
        return Ok(());
    }
    cursor.array(|cursor| {
        let tensor = read_tensor(cursor, side)?;
        push(tensors, tensor)
    })
}

fn read_tensor(cursor: &mut Cursor<'_>, side: &str) -> Result<Entry> {
    let (mut name, mut datatype, mut shape, mut bad_size, mut labels) = (None, None, None, None, None);
    let mut base64 = false;
    cursor.object(|cursor, key| match (&*key, cursor.peek()) {
        ("name", Some(b'"')) => {
            name = Some(cursor.string()?.into_owned());
            Ok(())
        }
        ("datatype", Some(b'"')) => {
            datatype = Some(cursor.string()?.into_owned());
            Ok(())
        }
        ("shape", Some(b'[')) => {
            let mut sizes = Vec::new();
            cursor.array(|cursor| match read_size(cursor)? {
                Ok(size) => push(&mut sizes, size),
                Err(text) => {
                    bad_size = Some(text);
                    Ok(())
                }
            })?;
            shape = Some(sizes);
            Ok(())
        }
        ("parameters", Some(b'{')) => cursor.object(|cursor, key| match (&*key, cursor.peek()) {
            (CONTENT_TYPE, Some(b'"')) => {
                base64 = cursor.string()? == BASE64;
                Ok(())
            }
            ("labels", Some(b'[')) => {
                labels = read_labels(cursor)?;
                Ok(())
            }
            _ => cursor.skip_value(),
        }),
        _ => cursor.skip_value(),
    })?;
    let Some(name) = name else {
        let declared = Err(refused(format!("an {side} has no name").into()));
        return Ok(Entry { name: String::new(), declared });
    };
    if name.len() > MOST_NAME_BYTES {
        let declared = Err(refused(format!("the name of an {side} has {} bytes", name.len()).into()));
        return Ok(Entry { name: String::new(), declared });
    }
    let written = Written { datatype, shape, bad_size, labels, base64 };
    Ok(Entry { declared: written.declared(side, &name), name })
}

/// A list of distinct texts; nothing if it is anything else.
fn read_labels(cursor: &mut Cursor<'_>) -> Result<Option<Names>> {
    let (mut labels, mut fits) = (Vec::new(), true);
    cursor.array(|cursor| {
        let Some(b'"') = cursor.peek() else {
            fits = false;
            return cursor.skip_value();
        };
        let label = cursor.string()?;
        fits &= label.len() <= MOST_NAME_BYTES;
        if fits { push(&mut labels, NulString::from(&*label)) } else { Ok(()) }
    })?;
    if !fits || labels.is_empty() {
        return Ok(None);
    }
    Ok(Names::new(labels)?.ok())
}

/// What is written of a tensor beside its name.
struct Written<'a> {
    datatype: Option<String>,
    shape: Option<Vec<Option<usize>>>,
    /// A size of the shape that is none.
    bad_size: Option<&'a str>,
    labels: Option<Names>,
    base64: bool,
}

impl Written<'_> {
    fn declared(self, side: &str, name: &str) -> Result<Declared> {
        let Written { datatype, shape, bad_size, labels, base64 } = self;
        let of_it = |what: Message| {
            refused(Message::from(format!("the {side} \"")).quote(name).say("\" ").before(what))
        };
        let datatype = datatype.ok_or_else(|| of_it("has no datatype".into()))?;
        let unknown =
            || of_it(Message::from("has the datatype \"").quote(&datatype).say("\", which is not known"));
        let datatype = DataType::named(&datatype).ok_or_else(unknown)?;
        let shape = shape.ok_or_else(|| of_it("has no shape".into()))?;
        if let Some(size) = bad_size {
            let size = Message::from("has the size ").quote(size);
            return Err(of_it(size.say(" in its shape; sizes are whole numbers, or -1")));
        }
        if shape.len() > MOST_DIMENSIONS {
            return Err(of_it(format!("has more than {MOST_DIMENSIONS} dimensions").into()));
        }
        let (name, meaning, listed) = (name.to_owned(), Meaning::default(), labels);
        Ok(Declared { name, datatype, shape, described: false, meaning, listed, base64 })
    }
}

/// One size of a shape; -1 and null mean any. An invalid one is returned as it was written.
fn read_size<'a>(cursor: &mut Cursor<'a>) -> Result<std::result::Result<Option<usize>, &'a str>> {
    if cursor.take_word("null") {
        return Ok(Ok(None));
    }
    let rest = cursor.rest();
    cursor.skip_value()?;
    let length = rest.len() - cursor.rest().len();
    let text = rest.get(..length).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default().trim();
    let size = if text == "-1" { Ok(None) } else { text.parse().map(Some) };
    Ok(size.map_err(|_| text))
}

/// The error of two tensors with one name.
pub(super) fn duplicate(side: &str, name: &str) -> Error {
    refused(Message::from(format!("the {side} \"")).quote(name).say("\" is a duplicate"))
}

pub(super) fn refused(what: Message) -> Error {
    refused_in(false, what)
}

/// The error of what the metadata declare, or the model description does.
pub(super) fn refused_in(description: bool, what: Message) -> Error {
    let place = if description { "the model description: " } else { "the model's metadata: " };
    Error::with_quotes(ErrorKind::Describe, Message::from(place).before(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(name: &str, datatype: DataType, shape: &[i64]) -> Declared {
        let shape = shape.iter().map(|size| usize::try_from(*size).ok()).collect();
        let (name, meaning, listed) = (name.to_owned(), Meaning::default(), None);
        Declared { name, datatype, shape, described: false, meaning, listed, base64: false }
    }

    fn tensors(entries: Vec<Entry>) -> Vec<Declared> {
        entries.into_iter().map(|entry| entry.declared.unwrap()).collect()
    }

    #[test]
    fn metadata_of_real_servers_is_read() {
        let triton =
            br#"{"name":"m","versions":["1"],"platform":"python","inputs":[{"name":"x","datatype":"FP32",
            "shape":[-1,4]},{"name":"text \"a\"","datatype":"BYTES","shape":[-1,1]}],
            "outputs":[{"name":"y","datatype":"INT64","shape":[-1]}]}"#;
        let metadata = read(triton).unwrap();
        let inputs =
            [declared("x", DataType::Fp32, &[-1, 4]), declared("text \"a\"", DataType::Bytes, &[-1, 1])];
        assert_eq!(metadata.version(), Some("1"));
        assert_eq!(tensors(metadata.inputs), inputs);
        assert_eq!(tensors(metadata.outputs), [declared("y", DataType::Int64, &[-1])]);
        let mlserver =
            br#"{"name":"m","versions":[],"platform":"","inputs":[{"name":"x","datatype":"FP64","shape":[],
            "parameters":{"content_type":"np","headers":null}}],"outputs":null,"parameters":{"a":[{}]}} "#;
        let metadata = read(mlserver).unwrap();
        assert!(metadata.outputs.is_empty() && metadata.version().is_none());
        assert_eq!(tensors(metadata.inputs), [declared("x", DataType::Fp64, &[])]);
        let other = br#"{"versions":null,"inputs":[{"parameters":null,"shape":[null,-1,0],"datatype":"BOOL","name":""}]}"#;
        assert_eq!(tensors(read(other).unwrap().inputs), [declared("", DataType::Bool, &[-1, -1, 0])]);
        assert!(read(b"{}").unwrap().inputs.is_empty());
        for versions in [r#"["1","2"]"#, r#"["1","2","3"]"#, "null", "[1]", "\"1\"", "{}"] {
            let metadata = read(format!(r#"{{"versions":{versions}}}"#).as_bytes()).unwrap();
            assert_eq!(metadata.version(), None, "{versions}");
        }
    }

    #[test]
    fn what_describes_no_tensor_is_named() {
        let refused = |inputs: &str| {
            let mut metadata = read(format!(r#"{{"inputs":[{inputs}]}}"#).as_bytes()).unwrap();
            let error = metadata.inputs.remove(0).declared.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Describe);
            error.vetted(|_| false).to_string()
        };
        let start = "the model's metadata: ";
        for (inputs, said) in [
            (r#"{"datatype":"FP32","shape":[1]}"#, "an input has no name"),
            (r#"{"name":null,"datatype":"FP32","shape":[1]}"#, "an input has no name"),
            (r#"{"name":"x","shape":[1]}"#, "the input \"x\" has no datatype"),
            (r#"{"name":"x","datatype":"FP8","shape":[1]}"#, "the input \"x\" has the datatype \"FP8\""),
            (r#"{"name":"x","datatype":"FP32"}"#, "the input \"x\" has no shape"),
            (r#"{"name":"x","datatype":"FP32","shape":null}"#, "the input \"x\" has no shape"),
            (r#"{"name":"x","datatype":"FP32","shape":[-2]}"#, "the input \"x\" has the size -2"),
            (r#"{"shape":[-2],"name":"x","datatype":"FP32"}"#, "the input \"x\" has the size -2"),
            (r#"{"name":"x","datatype":"FP32","shape":["1"]}"#, "the input \"x\" has the size \"1\""),
            (r#"{"name":"x","datatype":"FP32","shape":[true]}"#, "the input \"x\" has the size true"),
            (r#"{"name":"x","datatype":"FP32","shape":[1.5]}"#, "the input \"x\" has the size 1.5"),
            (
                r#"{"name":"x","datatype":"FP32","shape":[99999999999999999999]}"#,
                "the input \"x\" has the size 9999",
            ),
        ] {
            let text = refused(inputs);
            assert!(text.starts_with(&format!("{start}{said}")), "{text}");
        }
        let deep = format!(r#"{{"name":"x","datatype":"FP32","shape":[{}1]}}"#, "1,".repeat(64));
        assert!(refused(&deep).contains("more than 64 dimensions"));
        let long = format!(r#"{{"name":"{}","datatype":"FP32","shape":[1]}}"#, "x".repeat(4097));
        assert!(refused(&long).contains("4097 bytes"));
        for bad in ["", "<html>", "[]", "null", "{} x", r#"{"inputs":{}}"#, r#"{"inputs":[1]}"#] {
            assert_eq!(read(bad.as_bytes()).unwrap_err().kind(), ErrorKind::Describe, "{bad}");
        }
    }

    #[test]
    fn a_tensor_says_whether_json_has_its_bytes_as_base64() {
        for (parameters, base64) in [
            (r#"{"content_type":"base64"}"#, true),
            (r#"{"x":[1],"content_type":"str"}"#, false),
            (r#"{"content_type":null}"#, false),
            ("null", false),
        ] {
            let document = format!(
                r#"{{"inputs":[{{"name":"x","datatype":"BYTES","shape":[1],"parameters":{parameters}}}]}}"#
            );
            assert_eq!(tensors(read(document.as_bytes()).unwrap().inputs)[0].base64, base64, "{parameters}");
        }
    }

    #[test]
    fn labels_are_read_if_they_are_distinct_texts() {
        let labels = |labels: &str| {
            let metadata = format!(
                r#"{{"outputs":[{{"name":"y","datatype":"FP32","shape":[2],"parameters":{{"labels":{labels}}}}}]}}"#
            );
            tensors(read(metadata.as_bytes()).unwrap().outputs).remove(0).listed
        };
        let read_labels = labels(r#"["a","b c"]"#).unwrap();
        assert_eq!(read_labels.list(), ["a", "b c"]);
        for none in ["[]", "null", "\"a b\"", "[1]", r#"["a",null]"#, r#"["a","a"]"#, "{}"] {
            assert!(labels(none).is_none(), "{none}");
        }
        let ovms = r#"{"rt_info":{"x":1,"model_info":{"labels":"cat dog","y":[]}}}"#;
        assert_eq!(read(ovms.as_bytes()).unwrap().labels.as_deref(), Some("cat dog"));
        for none in [r#"{"rt_info":1}"#, r#"{"rt_info":{"model_info":{"labels":["a"]}}}"#] {
            assert_eq!(read(none.as_bytes()).unwrap().labels, None);
        }
    }

    #[test]
    fn what_a_server_can_do_is_read_from_its_extensions() {
        let triton =
            br#"{"name":"triton","version":"2.51.0","extensions":["classification","model_configuration",
            "binary_tensor_data",1,null]}"#;
        assert_eq!(read_server(triton), Server { binary: true, configuration: true, is_mlserver: false });
        let mlserver = br#"{"name":"mlserver","version":"1.7.1","extensions":[]}"#;
        assert_eq!(read_server(mlserver), Server { is_mlserver: true, ..Server::default() });
        for nothing in [
            r#"{"extensions":[]}"#,
            r#"{"extensions":null}"#,
            "{}",
            "",
            "<html>",
            r#"["binary_tensor_data"]"#,
        ] {
            assert_eq!(read_server(nothing.as_bytes()), Server::default(), "{nothing}");
        }
        assert_eq!(read_server(br#"{"extensions":["binary_tensor_data"]"#), Server::default());
    }

    #[test]
    fn a_configuration_limits_the_rows_of_a_request() {
        let configuration =
            br#"{"name":"m","max_batch_size":8,"input":[{"name":"x","dims":[4],"optional":false},7,
            {"optional":true,"name":"y"},{"name":"z"},{"optional":true}]}"#;
        let expected = Configuration { most_rows: Some(8), optional: vec!["y".to_owned()] };
        assert_eq!(read_configuration(configuration), expected);
        assert_eq!(read_configuration(br#"{"max_batch_size":0}"#).most_rows, Some(0));
        for nothing in [
            r#"{}"#,
            r#"{"max_batch_size":null}"#,
            r#"{"max_batch_size":-1}"#,
            "<html>",
            "",
            r#"{"max_batch_size":8"#,
        ] {
            assert_eq!(read_configuration(nothing.as_bytes()), Configuration::default(), "{nothing}");
        }
    }
}
