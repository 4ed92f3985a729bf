//! The request of `/infer`: a head in JSON, then the tensors that are sent in binary.

use std::borrow::Cow;

use crate::error::ApiError;
use crate::open_inference::json::{Cursor, Value};
use crate::open_inference::{data, tensors};
use crate::request::BYTE_ORDER_MARK;
use crate::tensor::{Datatype, Signature, Tensor, TensorSpec, Values};
use crate::work::Work;

/// More axes than any model has.
const MAX_AXES: usize = 64;

/// More inputs or outputs than any model has.
const MAX_TENSORS: usize = 1 << 16;

/// Characters of a name that a message shows.
const SHOWN: usize = 100;

/// A request that fits the model.
#[derive(Debug)]
pub struct InferRequest {
    pub id: Option<String>,
    /// In the order of the model's inputs.
    pub inputs: Vec<Tensor>,
    pub outputs: Vec<Wanted>,
}

/// An output that the reply has to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub place: usize,
    pub binary: bool,
}

type Outcome<T> = Result<T, ApiError>;

/// Reads a request; `json_length` is the length of its JSON by the header.
pub fn read(
    body: &[u8],
    json_length: Option<usize>,
    signature: &Signature,
    work: &Work,
) -> Outcome<InferRequest> {
    let (json, binary) = split(body, json_length)?;
    let head = Head::read(json)?;
    let outputs = wanted(&head, signature)?;
    let inputs = Inputs { signature, work, binary, given: head.inputs }.read()?;
    Ok(InferRequest { id: head.id, inputs, outputs })
}

/// Splits a body into its JSON and what follows.
fn split(body: &[u8], json_length: Option<usize>) -> Outcome<(&str, &[u8])> {
    let length = json_length.unwrap_or(body.len());
    if length == 0 {
        return Err(ApiError::bad_data(
            "the request has no JSON, it begins with an object {\"inputs\": [...]}",
        ));
    }
    let (json, binary) = body.split_at_checked(length).ok_or_else(|| {
        ApiError::bad_data(format!(
            "Inference-Header-Content-Length says that the JSON has {length} bytes, the body has {}",
            body.len()
        ))
    })?;
    let json = json.strip_prefix(BYTE_ORDER_MARK).unwrap_or(json);
    let json = std::str::from_utf8(json).map_err(|error| {
        ApiError::bad_data(format!(
            "the JSON is not UTF-8 at byte {}; tensors in binary need Inference-Header-Content-Length",
            error.valid_up_to()
        ))
    })?;
    Ok((json, binary))
}

fn check_count(tensors: usize) -> Outcome<()> {
    match tensors < MAX_TENSORS {
        true => Ok(()),
        false => {
            Err(ApiError::bad_data(format!("the request lists more than {MAX_TENSORS} inputs or outputs")))
        }
    }
}

/// The JSON of a request.
#[derive(Default)]
struct Head<'a> {
    id: Option<String>,
    binary_outputs: bool,
    inputs: Vec<GivenInput<'a>>,
    outputs: Vec<GivenOutput<'a>>,
}

struct GivenInput<'a> {
    name: Cow<'a, str>,
    datatype: Cow<'a, str>,
    shape: Vec<usize>,
    content: Content<'a>,
}

enum Content<'a> {
    /// The list of the values.
    Json(&'a str),
    /// The number of bytes after the JSON.
    Binary(usize),
}

struct GivenOutput<'a> {
    name: Cow<'a, str>,
    binary: Option<bool>,
}

impl<'a> Head<'a> {
    fn read(json: &'a str) -> Outcome<Head<'a>> {
        let mut head = Head::default();
        let mut seen = Keys::default();
        let mut inputs_given = false;
        let mut cursor = Cursor::new(json);
        cursor.object(|cursor, key| {
            seen.once(&key)?;
            match &*key {
                "id" => head.id = optional(cursor, "\"id\"", text)?.map(Cow::into_owned),
                "parameters" => {
                    parameters(cursor, "the request", |key, value| {
                        if key.starts_with("triton_") {
                            return Err(reserved(key));
                        }
                        if key == "binary_data_output" {
                            head.binary_outputs = boolean(key, value)?;
                        }
                        Ok(())
                    })?;
                }
                "inputs" => {
                    inputs_given = true;
                    let inputs = &mut head.inputs;
                    cursor.list(|cursor| {
                        let place = inputs.len();
                        check_count(place)?;
                        let input = input(cursor).map_err(|error| error.at(&format!("inputs[{place}]: ")))?;
                        inputs.push(input);
                        Ok(())
                    })?;
                }
                "outputs" if is_null(cursor)? => (),
                "outputs" => {
                    let outputs = &mut head.outputs;
                    cursor.list(|cursor| {
                        let place = outputs.len();
                        check_count(place)?;
                        let output =
                            output(cursor).map_err(|error| error.at(&format!("outputs[{place}]: ")))?;
                        outputs.push(output);
                        Ok(())
                    })?;
                }
                _ => drop(cursor.skip()?),
            }
            Ok(())
        })?;
        cursor.end()?;
        match inputs_given {
            true => Ok(head),
            false => Err(ApiError::bad_data("the request has no \"inputs\"")),
        }
    }
}

fn input<'a>(cursor: &mut Cursor<'a>) -> Outcome<GivenInput<'a>> {
    let mut seen = Keys::default();
    let (mut name, mut datatype, mut shape, mut json, mut binary) = (None, None, None, None, None);
    cursor.object(|cursor, key| {
        seen.once(&key)?;
        match &*key {
            "name" => name = Some(text(cursor, "\"name\"")?),
            "datatype" => datatype = Some(text(cursor, "\"datatype\"")?),
            "shape" => shape = Some(sizes(cursor)?),
            "data" => json = Some(cursor.skip()?),
            "parameters" => parameters(cursor, "the input", |key, value| {
                if key.starts_with("shared_memory_") {
                    return Err(ApiError::bad_data("shared memory is not supported; send the values"));
                }
                if key == "binary_data_size" {
                    binary = Some(size(key, value)?);
                }
                Ok(())
            })?,
            _ => drop(cursor.skip()?),
        }
        Ok(())
    })?;
    let missing = |key: &str| ApiError::bad_data(format!("the input has no {key:?}"));
    let name = name.ok_or_else(|| missing("name"))?;
    let at_name = |error: ApiError| error.at(&format!("{}: ", quoted(&name)));
    let content = match (json, binary) {
        (Some(text), None) => Content::Json(text),
        (None, Some(size)) => Content::Binary(size),
        (None, None) => return Err(at_name(missing("data"))),
        (Some(_), Some(_)) => {
            let problem = "the input has both \"data\" and \"binary_data_size\"";
            return Err(at_name(ApiError::bad_data(problem)));
        }
    };
    let datatype = datatype.ok_or_else(|| at_name(missing("datatype")))?;
    let shape = shape.ok_or_else(|| at_name(missing("shape")))?;
    Ok(GivenInput { datatype, shape, content, name })
}

fn output<'a>(cursor: &mut Cursor<'a>) -> Outcome<GivenOutput<'a>> {
    let mut seen = Keys::default();
    let (mut name, mut binary, mut refused) = (None, None, None);
    cursor.object(|cursor, key| {
        seen.once(&key)?;
        match &*key {
            "name" => name = Some(text(cursor, "\"name\"")?),
            "parameters" => parameters(cursor, "the output", |key, value| {
                match key {
                    "binary_data" => binary = Some(boolean(key, value)?),
                    "classification" => refused = Some("classification"),
                    key if key.starts_with("shared_memory_") => refused = Some("shared memory"),
                    _ => (),
                }
                Ok(())
            })?,
            _ => drop(cursor.skip()?),
        }
        Ok(())
    })?;
    let name = name.ok_or_else(|| ApiError::bad_data("the output has no \"name\""))?;
    match refused {
        Some(what) => {
            Err(ApiError::bad_data(format!("{}: {what} is not supported; ask for the tensor", quoted(&name))))
        }
        None => Ok(GivenOutput { name, binary }),
    }
}

/// The requested outputs, or all. A listed output is returned as JSON unless it requests binary itself.
fn wanted(head: &Head, signature: &Signature) -> Outcome<Vec<Wanted>> {
    if head.outputs.is_empty() {
        let all = 0..signature.outputs.len();
        let binary = head.binary_outputs;
        return all.map(|place| check_form(signature, Wanted { place, binary })).collect();
    }
    let mut wanted: Vec<Wanted> = Vec::with_capacity(head.outputs.len().min(signature.outputs.len()));
    for output in &head.outputs {
        let name = quoted(&output.name);
        let place = signature.outputs.iter().position(|spec| spec.name == output.name);
        let place = place.ok_or_else(|| unknown("output", &name, &signature.outputs))?;
        if wanted.iter().any(|other| other.place == place) {
            return Err(ApiError::bad_data(format!("output {name} is listed twice")));
        }
        wanted.push(check_form(signature, Wanted { place, binary: output.binary.unwrap_or(false) })?);
    }
    Ok(wanted)
}

fn check_form(signature: &Signature, wanted: Wanted) -> Outcome<Wanted> {
    let spec = &signature.outputs[wanted.place];
    match wanted.binary || spec.datatype.is_in_json() {
        true => Ok(wanted),
        false => Err(ApiError::bad_data(format!(
            "output {}: {} has no form in JSON; ask for it with \"binary_data\": true",
            quoted(&spec.name),
            spec.datatype.name()
        ))),
    }
}

/// The inputs that were given, and what they are held against.
struct Inputs<'a> {
    signature: &'a Signature,
    work: &'a Work,
    /// The bytes after the JSON that no tensor has taken yet.
    binary: &'a [u8],
    given: Vec<GivenInput<'a>>,
}

impl Inputs<'_> {
    fn read(mut self) -> Outcome<Vec<Tensor>> {
        let specs = &self.signature.inputs;
        let mut tensors: Vec<Option<Tensor>> = vec![None; specs.len()];
        for (number, given) in std::mem::take(&mut self.given).into_iter().enumerate() {
            let name = quoted(&given.name);
            let place = specs.iter().position(|spec| spec.name == given.name);
            let place = place.ok_or_else(|| unknown("input", &name, specs))?;
            if tensors[place].is_some() {
                return Err(ApiError::bad_data(format!("input {name} is given twice")));
            }
            let tensor = self.tensor(&specs[place], given);
            tensors[place] = Some(tensor.map_err(|error| error.at(&format!("inputs[{number}]: {name}: ")))?);
        }
        if !self.binary.is_empty() {
            return Err(ApiError::bad_data(format!(
                "the body has {} bytes more than the inputs' \"binary_data_size\" add up to",
                self.binary.len()
            )));
        }
        let missing = tensors.iter().position(Option::is_none);
        match missing {
            Some(place) => {
                Err(ApiError::bad_data(format!("input {} is missing", quoted(&specs[place].name))))
            }
            None => Ok(tensors.into_iter().flatten().collect()),
        }
    }

    fn tensor(&mut self, spec: &TensorSpec, given: GivenInput) -> Outcome<Tensor> {
        self.work.step()?;
        let datatype = spec.datatype;
        if given.datatype != datatype.name() {
            return Err(ApiError::bad_data(format!(
                "the datatype is {}, {} is expected",
                quoted(&given.datatype),
                datatype.name()
            )));
        }
        spec.check_shape(&given.shape).map_err(ApiError::bad_data)?;
        // A string takes the four bytes of its length at least.
        let least =
            given.shape.iter().try_fold(datatype.size().unwrap_or(4), |size, axis| size.checked_mul(*axis));
        let least =
            least.ok_or_else(|| ApiError::bad_data(format!("the shape {:?} is too large", given.shape)))?;
        let values = match given.content {
            Content::Json(text) => data::read(text, datatype, &given.shape, self.work)?,
            Content::Binary(size) => self.binary(datatype, &given.shape, least, size)?,
        };
        Ok(Tensor { shape: given.shape, values })
    }

    /// Takes the next `size` bytes, of which the tensor needs as many as `least`, strings even more.
    fn binary(&mut self, datatype: Datatype, shape: &[usize], least: usize, size: usize) -> Outcome<Values> {
        let (fits, words) = match datatype {
            Datatype::Bytes => (size >= least, "at least "),
            _ => (size == least, ""),
        };
        if !fits {
            return Err(ApiError::bad_data(format!(
                "\"binary_data_size\" is {size}, the shape {shape:?} of {} needs {words}{least}",
                datatype.name()
            )));
        }
        let Some((values, rest)) = self.binary.split_at_checked(size) else {
            return Err(ApiError::bad_data(format!(
                "\"binary_data_size\" is {size}, {} bytes are left in the body; \
                 Inference-Header-Content-Length says where the JSON ends",
                self.binary.len()
            )));
        };
        self.binary = rest;
        match datatype {
            Datatype::Bytes => {
                let count = shape.iter().product::<usize>();
                self.work.hold(size.saturating_add(count.saturating_mul(size_of::<String>())))?;
                tensors::texts(values, count)
            }
            _ => {
                self.work.hold(size)?;
                tensors::from_binary(datatype, values)
            }
        }
    }
}

fn unknown(what: &str, name: &str, specs: &[TensorSpec]) -> ApiError {
    let known: Vec<String> = specs.iter().take(20).map(|spec| quoted(&spec.name)).collect();
    let more = if specs.len() > known.len() { ", ..." } else { "" };
    ApiError::bad_data(format!("the model has no {what} {name}; it has {}{more}", known.join(", ")))
}

fn reserved(key: &str) -> ApiError {
    ApiError::bad_data(format!("the parameter {} is reserved, as all that begin with triton_", quoted(key)))
}

/// A name for a message.
fn quoted(name: &str) -> String {
    match name.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?}...", &name[..end]),
        None => format!("{name:?}"),
    }
}

/// The keys of an object, each of which may be there once.
#[derive(Default)]
struct Keys(Vec<&'static str>);

impl Keys {
    fn once(&mut self, key: &str) -> Outcome<()> {
        const KNOWN: [&str; 7] = ["id", "parameters", "inputs", "outputs", "name", "datatype", "shape"];
        let known = KNOWN.into_iter().chain(["data"]).find(|known| *known == key);
        let Some(known) = known else { return Ok(()) };
        if self.0.contains(&known) {
            return Err(ApiError::bad_data(format!("{known:?} is there twice")));
        }
        self.0.push(known);
        Ok(())
    }
}

fn is_null(cursor: &mut Cursor) -> Outcome<bool> {
    let mut ahead = cursor.clone();
    let null = matches!(ahead.value()?, Value::Null);
    if null {
        *cursor = ahead;
    }
    Ok(null)
}

/// The result of `read`, or `None` if the value is null.
fn optional<'a, T>(
    cursor: &mut Cursor<'a>,
    what: &str,
    read: impl Fn(&mut Cursor<'a>, &str) -> Outcome<T>,
) -> Outcome<Option<T>> {
    match is_null(cursor)? {
        true => Ok(None),
        false => read(cursor, what).map(Some),
    }
}

fn text<'a>(cursor: &mut Cursor<'a>, what: &str) -> Outcome<Cow<'a, str>> {
    match cursor.value()? {
        Value::Text(text) => Ok(text),
        other => Err(ApiError::bad_data(format!("{what} is a string, found {}", other.shown()))),
    }
}

fn boolean(key: &str, value: Value) -> Outcome<bool> {
    match value {
        Value::Bool(value) => Ok(value),
        other => Err(ApiError::bad_data(format!("{key:?} is true or false, found {}", other.shown()))),
    }
}

fn size(what: &str, value: Value) -> Outcome<usize> {
    let size = match &value {
        Value::Number(text) => text.parse().ok(),
        _ => None,
    };
    size.ok_or_else(|| {
        ApiError::bad_data(format!("{what:?} has whole numbers from 0, found {}", value.shown()))
    })
}

fn sizes(cursor: &mut Cursor) -> Outcome<Vec<usize>> {
    let mut sizes = Vec::new();
    cursor.list(|cursor| {
        if sizes.len() == MAX_AXES {
            return Err(ApiError::bad_data(format!("the shape has more than {MAX_AXES} axes")));
        }
        sizes.push(size("shape", cursor.value()?)?);
        Ok(())
    })?;
    Ok(sizes)
}

/// Reads parameters: strings, numbers and booleans. Unknown ones are ignored.
fn parameters(
    cursor: &mut Cursor,
    what: &str,
    mut parameter: impl FnMut(&str, Value) -> Outcome<()>,
) -> Outcome<()> {
    if is_null(cursor)? {
        return Ok(());
    }
    cursor.object(|cursor, key| match cursor.value()? {
        value @ (Value::Text(_) | Value::Number(_) | Value::Bool(_)) => parameter(&key, value),
        other => Err(ApiError::bad_data(format!(
            "the parameter {} of {what} is a string, a number or a boolean, found {}",
            quoted(&key),
            other.shown()
        ))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::Size;

    fn spec(name: &str, datatype: Datatype, shape: Vec<Size>) -> TensorSpec {
        TensorSpec::new(name, datatype, shape)
    }

    fn signature() -> Signature {
        let rows = || Size::Free(Some("n".to_owned()));
        Signature {
            inputs: vec![
                spec("a", Datatype::Uint8, vec![rows(), Size::Fixed(2)]),
                spec("b", Datatype::Fp32, vec![rows()]),
            ],
            outputs: vec![spec("x", Datatype::Fp32, vec![rows()]), spec("y", Datatype::Fp16, vec![rows()])],
            lacking: Vec::new(),
        }
    }

    fn read_split(json: &str, binary: &[u8]) -> Result<InferRequest, String> {
        let body = [json.as_bytes(), binary].concat();
        read(&body, Some(json.len()), &signature(), &Work::unbounded()).map_err(|error| error.message)
    }

    const A: &str = r#"{"name": "a", "shape": [1, 2], "datatype": "UINT8", "data": [1, 2]}"#;
    const B: &str = r#"{"name": "b", "shape": [1], "datatype": "FP32", "data": [0.5]}"#;
    const BINARY_A: &str =
        r#"{"name": "a", "shape": [1, 2], "datatype": "UINT8", "parameters": {"binary_data_size": 2}}"#;
    const BINARY_B: &str =
        r#"{"parameters": {"binary_data_size": 4}, "datatype": "FP32", "shape": [1], "name": "b"}"#;
    const X: &str = r#""outputs": [{"name": "x"}]"#;

    fn expected(a: [u8; 2], b: f32) -> Vec<Tensor> {
        vec![
            Tensor { shape: vec![1, 2], values: Values::U8(a.to_vec()) },
            Tensor { shape: vec![1], values: Values::F32(vec![b]) },
        ]
    }

    #[test]
    fn tensors_are_those_of_the_model_in_its_order() {
        let half = 0.5f32.to_le_bytes();
        for (inputs, binary) in [
            (format!("{A}, {B}"), vec![]),
            (format!("{B}, {A}"), vec![]),
            (format!("{BINARY_A}, {B}"), vec![1, 2]),
            (format!("{A}, {BINARY_B}"), half.to_vec()),
            (format!("{BINARY_A}, {BINARY_B}"), [&[1, 2], &half[..]].concat()),
            (format!("{BINARY_B}, {BINARY_A}"), [&half[..], &[1, 2]].concat()),
        ] {
            let request = read_split(&format!(r#"{{"inputs": [{inputs}], {X}}}"#), &binary).unwrap();
            assert_eq!(request.inputs, expected([1, 2], 0.5), "{inputs}");
            assert_eq!(request.outputs, [Wanted { place: 0, binary: false }]);
            assert_eq!(request.id, None);
        }
    }

    #[test]
    fn outputs_are_all_or_those_listed() {
        let outputs = |more: &str| {
            let json = format!(r#"{{"id": "i", "inputs": [{A}, {B}]{more}}}"#);
            read_split(&json, b"").map(|request| {
                assert_eq!(request.id.as_deref(), Some("i"));
                request.outputs.iter().map(|wanted| (wanted.place, wanted.binary)).collect::<Vec<_>>()
            })
        };
        let all = r#", "parameters": {"binary_data_output": true}"#;
        assert_eq!(outputs(all), Ok(vec![(0, true), (1, true)]));
        assert_eq!(outputs(&format!("{all}, {X}")), Ok(vec![(0, false)]));
        let listed = r#", "outputs": [{"name": "y", "parameters": {"binary_data": true}}, {"name": "x"}]"#;
        assert_eq!(outputs(listed), Ok(vec![(1, true), (0, false)]));
        // One of all is FP16, which JSON does not carry.
        assert!(outputs("").unwrap_err().contains(r#"output "y": FP16"#));
    }

    #[test]
    fn what_follows_the_json_is_taken_to_the_last_byte() {
        let json = format!(r#"{{"inputs": [{BINARY_A}, {BINARY_B}], {X}}}"#);
        read_split(&json, &[0; 6]).unwrap();
        for (length, words) in [
            (0, r#"inputs[0]: "a": "binary_data_size" is 2, 0 bytes are left"#),
            (5, r#"inputs[1]: "b": "binary_data_size" is 4, 3 bytes are left"#),
            (7, "the body has 1 bytes more"),
        ] {
            let problem = read_split(&json, &vec![0; length]).unwrap_err();
            assert!(problem.contains(words), "{problem}");
        }
    }

    #[test]
    fn the_length_of_the_json_lies_within_the_body() {
        let body = format!(r#"{{"inputs": [{A}, {B}], {X}}}"#);
        let read = |length| read(body.as_bytes(), length, &signature(), &Work::unbounded()).map_err(drop);
        assert!(read(None).is_ok() && read(Some(body.len())).is_ok());
        for length in [0, 1, body.len() - 1, body.len() + 1, usize::MAX] {
            assert!(read(Some(length)).is_err(), "{length}");
        }
    }

    #[test]
    fn a_huge_shape_takes_no_memory() {
        let input =
            r#"{"name": "a", "shape": [18446744073709551615, 2], "datatype": "UINT8", "data": [1, 2]}"#;
        let problem = read_split(&format!(r#"{{"inputs": [{input}, {B}], {X}}}"#), b"").unwrap_err();
        assert!(problem.contains("is too large"), "{problem}");
        let input = input.replace("18446744073709551615", "9223372036854775807");
        let problem = read_split(&format!(r#"{{"inputs": [{input}, {B}], {X}}}"#), b"").unwrap_err();
        assert!(problem.contains("a list of the data has 2 elements"), "{problem}");
    }

    #[test]
    fn strings_come_in_json_and_in_binary() {
        let signature =
            Signature { inputs: vec![spec("s", Datatype::Bytes, vec![Size::Free(None)])], ..signature() };
        let read = |input: &str, binary: &[u8]| {
            let json = format!(
                r#"{{"inputs": [{{"name": "s", "datatype": "BYTES", "shape": [2], {input}}}], {X}}}"#
            );
            let body = [json.as_bytes(), binary].concat();
            let read = read(&body, Some(json.len()), &signature, &Work::unbounded());
            read.map(|mut request| request.inputs.remove(0).values).map_err(|error| error.message)
        };
        let texts = Ok(Values::Text(vec!["a".to_owned(), String::new()]));
        assert_eq!(read(r#""data": ["a", ""]"#, b""), texts);
        assert_eq!(read(r#""parameters": {"binary_data_size": 9}"#, b"\x01\0\0\0a\0\0\0\0"), texts);
        for (size, binary, words) in [
            (7, &b"\0\0\0\0\0\0\0"[..], "of BYTES needs at least 8"),
            (8, b"\0\0\0\0\x01\0\0\0", "value 1: the bytes end"),
            (9, b"\0\0\0\0\0\0\0\0\0", "1 bytes follow the last element"),
        ] {
            let problem =
                read(&format!(r#""parameters": {{"binary_data_size": {size}}}"#), binary).unwrap_err();
            assert!(problem.contains(words), "{problem}");
        }
    }
}
