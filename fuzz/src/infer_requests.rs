//! Requests of the Open Inference Protocol: JSON, and tensors in binary after it.

use std::sync::LazyLock;

use serde_json::value::RawValue;
use sidekick_server::open_inference::reply;
use sidekick_server::open_inference::request::{self, InferRequest, Wanted};
use sidekick_server::tensor::{Datatype, Signature, Size, Tensor, TensorSpec, Values};
use sidekick_server::work::Work;

use crate::json;

/// Lists and objects within one another that the server reads over.
const MAX_DEPTH: usize = 128;

/// Models of all datatypes, which give what they take.
static SIGNATURES: LazyLock<[Signature; 4]> = LazyLock::new(|| {
    let rows = || Size::Free(Some("n".to_owned()));
    [
        passed_through(&[
            ("u", Datatype::Uint8, vec![rows(), Size::Fixed(2)]),
            ("f", Datatype::Fp32, vec![rows(), Size::Free(None)]),
        ]),
        passed_through(&[("q", Datatype::Int64, vec![rows()]), ("t", Datatype::Bool, vec![])]),
        passed_through(&[
            ("d", Datatype::Fp64, vec![rows()]),
            ("h", Datatype::Fp16, vec![Size::Fixed(1)]),
            ("i", Datatype::Int32, vec![rows(), rows(), Size::Fixed(1)]),
        ]),
        passed_through(&[
            ("s", Datatype::Bytes, vec![rows()]),
            ("w", Datatype::Uint64, vec![rows()]),
            ("b", Datatype::Bf16, vec![Size::Fixed(1)]),
        ]),
    ]
});

fn passed_through(tensors: &[(&str, Datatype, Vec<Size>)]) -> Signature {
    let specs =
        tensors.iter().map(|(name, datatype, shape)| TensorSpec::new(*name, *datatype, shape.clone()));
    let specs: Vec<TensorSpec> = specs.collect();
    Signature { inputs: specs.clone(), outputs: specs, lacking: Vec::new() }
}

/// The first byte chooses the model; the second is how many bytes follow the JSON, 255 leaves the header out.
pub fn read(bytes: &[u8]) {
    let [choice, after, body @ ..] = bytes else { return };
    let signature = &SIGNATURES[usize::from(*choice) % SIGNATURES.len()];
    let json_length = match *after {
        255 => None,
        after => Some(body.len().checked_sub(usize::from(after)).unwrap_or(usize::from(after))),
    };
    let found = request::read(body, json_length, signature, &Work::unbounded());
    if let Err(error) = &found {
        assert!(error.message.len() < 8 << 10, "{} bytes of message", error.message.len());
    }
    if let Ok(request) = &found {
        respond(signature, request);
    }
    let json = &body[..json_length.unwrap_or(body.len()).min(body.len())];
    let json = json.strip_prefix("\u{feff}".as_bytes()).unwrap_or(json);
    // The plain reader has no words for what is not finite.
    let has_words = |text: &str| text.contains("NaN") || text.contains("Infinity");
    let Some(text) = std::str::from_utf8(json).ok().filter(|text| !has_words(text)) else { return };
    let expected = plain(text, body, json_length, signature);
    match (&found, &expected) {
        (Ok(found), Some(expected)) => {
            assert_eq!(found.id, expected.id, "{text}");
            assert_eq!(found.outputs, expected.outputs, "{text}");
            assert!(are_same(&found.inputs, &expected.inputs), "{text}: {found:?} {expected:?}");
        }
        _ => assert!(found.is_err() && expected.is_none(), "{text}: {found:?} {expected:?}"),
    }
}

fn are_same(found: &[Tensor], expected: &[Tensor]) -> bool {
    let same = |(found, expected): (&Tensor, &Tensor)| {
        let values = match (&found.values, &expected.values) {
            (Values::F32(found), Values::F32(expected)) => {
                let bits = |value: &f32| if value.is_nan() { None } else { Some(value.to_bits()) };
                found.iter().map(bits).eq(expected.iter().map(bits))
            }
            (Values::F64(found), Values::F64(expected)) => {
                let bits = |value: &f64| if value.is_nan() { None } else { Some(value.to_bits()) };
                found.iter().map(bits).eq(expected.iter().map(bits))
            }
            (found, expected) => found == expected,
        };
        values && found.shape == expected.shape
    };
    found.len() == expected.len() && found.iter().zip(expected).all(same)
}

/// The response of a model that passes its inputs on is a request with the same tensors.
fn respond(signature: &Signature, request: &InferRequest) {
    let all = request.inputs.iter().cloned().enumerate();
    let asked = |place| request.outputs.iter().any(|wanted| wanted.place == place && wanted.binary);
    let outputs: Vec<(Wanted, Tensor)> = all
        .map(|(place, tensor)| {
            let binary = asked(place) || !signature.outputs[place].datatype.is_in_json();
            (Wanted { place, binary }, tensor)
        })
        .collect();
    let id = request.id.as_deref();
    let written = reply::write("m", id, signature, &outputs, &Work::unbounded()).expect("it is written");
    let length = written.json_length.unwrap_or(written.body.len());
    let (head, binary) = written.body.split_at(length);
    let head = std::str::from_utf8(head).expect("the JSON is UTF-8");
    // Each output is listed, so that floats of 16 bits do not come as JSON.
    let listed: Vec<String> = signature
        .outputs
        .iter()
        .map(|spec| format!("{{\"name\":\"{}\",\"parameters\":{{\"binary_data\":true}}}}", spec.name))
        .collect();
    let (before, after) = head.rsplit_once("\"outputs\":[{\"name\":").expect("there are outputs");
    let head = format!("{before}\"outputs\":[{}],\"inputs\":[{{\"name\":{after}", listed.join(","));
    let body = [head.as_bytes(), binary].concat();
    let read = request::read(&body, Some(head.len()), signature, &Work::unbounded());
    let read = read.unwrap_or_else(|error| panic!("{head}: {}", error.message));
    assert_eq!(read.id, request.id);
    assert!(are_same(&read.inputs, &request.inputs), "{head}");
}

/// The plain reader.
fn plain(text: &str, body: &[u8], json_length: Option<usize>, signature: &Signature) -> Option<InferRequest> {
    let mut binary = body.get(json_length.unwrap_or(body.len())..)?;
    let members = members(json::document(text)?, &["id", "parameters", "inputs", "outputs"])?;
    let find = |key: &str| members.iter().find(|(known, _)| known == key).map(|(_, value)| *value);
    let id = match find("id").filter(|value| value.get() != "null") {
        Some(id) => Some(json::text(id)?),
        None => None,
    };
    let parameters = parameters(find("parameters"))?;
    if parameters.iter().any(|(key, _)| key.starts_with("triton_")) {
        return None;
    }
    let all_binary = boolean(&parameters, "binary_data_output")?.unwrap_or(false);
    let listed = match find("outputs").filter(|value| value.get() != "null") {
        Some(outputs) => json::list(outputs)?,
        None => Vec::new(),
    };
    let outputs = match listed.is_empty() {
        true => (0..signature.outputs.len()).map(|place| Wanted { place, binary: all_binary }).collect(),
        false => listed.into_iter().map(|output| wanted(output, signature)).collect::<Option<Vec<_>>>()?,
    };
    let places = |place: usize| outputs.iter().filter(|wanted| wanted.place == place).count();
    let unwritable = |wanted: &Wanted| {
        let datatype = signature.outputs[wanted.place].datatype;
        !wanted.binary && matches!(datatype, Datatype::Fp16 | Datatype::Bf16)
    };
    if (0..signature.outputs.len()).any(|place| places(place) > 1) || outputs.iter().any(unwritable) {
        return None;
    }
    let mut inputs = vec![None; signature.inputs.len()];
    for input in json::list(find("inputs")?)? {
        let (place, tensor) = tensor(input, &mut binary, signature)?;
        if inputs[place].replace(tensor).is_some() {
            return None;
        }
    }
    let inputs: Option<Vec<Tensor>> = inputs.into_iter().collect();
    inputs.filter(|_| binary.is_empty()).map(|inputs| InferRequest { id, inputs, outputs })
}

/// The members of an object: keys of the protocol once, and what is read over not too deep.
fn members<'a>(value: &'a RawValue, read: &[&str]) -> Option<Vec<(String, &'a RawValue)>> {
    const KNOWN: [&str; 8] = ["id", "parameters", "inputs", "outputs", "name", "datatype", "shape", "data"];
    let members = json::object(value)?;
    let once = |key: &str| members.iter().filter(|(known, _)| known == key).count() < 2;
    let shallow = |(key, value): &(String, &RawValue)| {
        read.contains(&key.as_str()) && key != "data" || depth(value.get()) <= MAX_DEPTH
    };
    (KNOWN.into_iter().all(once) && members.iter().all(shallow)).then_some(members)
}

fn depth(text: &str) -> usize {
    let (mut depth, mut most, mut in_text, mut escaped) = (0usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => depth += 1,
            b']' | b'}' if !in_text => depth -= 1,
            _ => (),
        }
        most = most.max(depth);
    }
    most
}

fn parameters(value: Option<&RawValue>) -> Option<Vec<(String, &RawValue)>> {
    let Some(value) = value.filter(|value| value.get() != "null") else { return Some(Vec::new()) };
    let members = json::object(value)?;
    let plain = |value: &RawValue| match value.get().as_bytes()[0] {
        b'"' => json::text(value).is_some(),
        b'[' | b'{' | b'n' => false,
        _ => true,
    };
    members.iter().all(|(_, value)| plain(value)).then_some(members)
}

/// The last parameter of this name counts, all of them have to be right.
fn boolean(parameters: &[(String, &RawValue)], name: &str) -> Option<Option<bool>> {
    let given = parameters.iter().filter(|(key, _)| key == name);
    let values: Option<Vec<bool>> = given.map(|(_, value)| value.get().parse().ok()).collect();
    values.map(|values| values.last().copied())
}

fn wanted(output: &RawValue, signature: &Signature) -> Option<Wanted> {
    let members = members(output, &["name", "parameters"])?;
    let find = |key: &str| members.iter().find(|(known, _)| known == key).map(|(_, value)| *value);
    let name = json::text(find("name")?)?;
    let parameters = parameters(find("parameters"))?;
    let refused = |key: &str| key == "classification" || key.starts_with("shared_memory_");
    if parameters.iter().any(|(key, _)| refused(key)) {
        return None;
    }
    let binary = boolean(&parameters, "binary_data")?.unwrap_or(false);
    let place = signature.outputs.iter().position(|spec| spec.name == name)?;
    Some(Wanted { place, binary })
}

fn tensor(input: &RawValue, binary: &mut &[u8], signature: &Signature) -> Option<(usize, Tensor)> {
    let members = members(input, &["name", "datatype", "shape", "data", "parameters"])?;
    let find = |key: &str| members.iter().find(|(known, _)| known == key).map(|(_, value)| *value);
    let name = json::text(find("name")?)?;
    let place = signature.inputs.iter().position(|spec| spec.name == name)?;
    let spec = &signature.inputs[place];
    let datatype = json::text(find("datatype")?).filter(|datatype| datatype == spec.datatype.name())?;
    let shape: Option<Vec<usize>> =
        json::list(find("shape")?)?.into_iter().map(|size| json::number(size)?.parse().ok()).collect();
    let shape = shape.filter(|shape| fits(shape, spec))?;
    let each = spec.datatype.size().unwrap_or(4);
    let bytes = shape.iter().try_fold(each, |size, axis| size.checked_mul(*axis))?;
    let fits = |size: usize| size == bytes || datatype == "BYTES" && size > bytes;
    let parameters = parameters(find("parameters"))?;
    if parameters.iter().any(|(key, _)| key.starts_with("shared_memory_")) {
        return None;
    }
    let sizes = parameters.iter().filter(|(key, _)| key == "binary_data_size");
    let sizes: Option<Vec<usize>> = sizes.map(|(_, value)| json::number(value)?.parse().ok()).collect();
    let values = match (find("data"), sizes?.last()) {
        (Some(data), None) => from_json(&datatype, &values(data, &shape)?)?,
        (None, Some(size)) if fits(*size) => {
            let (values, rest) = binary.split_at_checked(*size)?;
            *binary = rest;
            from_binary(&datatype, values, shape.iter().product())?
        }
        _ => return None,
    };
    Some((place, Tensor { shape, values }))
}

fn fits(shape: &[usize], spec: &TensorSpec) -> bool {
    let fits = |(size, declared): (&usize, &Size)| declared.fixed().is_none_or(|fixed| fixed == *size);
    shape.len() == spec.sizes().len() && shape.iter().zip(spec.sizes()).all(fits)
}

/// The values of a list that is flat, or nested as the shape says.
fn values<'a>(data: &'a RawValue, shape: &[usize]) -> Option<Vec<&'a RawValue>> {
    let list = json::list(data)?;
    let nested = shape.len() > 1 && list.first().is_some_and(|first| first.get().starts_with('['));
    match nested {
        true => nested_values(data, shape),
        false => Some(list).filter(|list| list.len() == shape.iter().product::<usize>()),
    }
}

fn nested_values<'a>(data: &'a RawValue, shape: &[usize]) -> Option<Vec<&'a RawValue>> {
    let Some((size, rest)) = shape.split_first() else { return Some(vec![data]) };
    let list = json::list(data).filter(|list| list.len() == *size)?;
    let parts: Option<Vec<_>> = list.into_iter().map(|part| nested_values(part, rest)).collect();
    parts.map(|parts| parts.concat())
}

fn from_json(datatype: &str, values: &[&RawValue]) -> Option<Values> {
    let integer = |value: &&RawValue| {
        json::number(value).filter(|text| !text.contains(['.', 'e', 'E']))?.parse::<i128>().ok()
    };
    Some(match datatype {
        "UINT8" => {
            Values::U8(values.iter().map(|value| u8::try_from(integer(value)?).ok()).collect::<Option<_>>()?)
        }
        "INT32" => Values::I32(
            values.iter().map(|value| i32::try_from(integer(value)?).ok()).collect::<Option<_>>()?,
        ),
        "INT64" => Values::I64(
            values.iter().map(|value| i64::try_from(integer(value)?).ok()).collect::<Option<_>>()?,
        ),
        "UINT64" => Values::U64(
            values.iter().map(|value| u64::try_from(integer(value)?).ok()).collect::<Option<_>>()?,
        ),
        "BOOL" => Values::Bool(values.iter().map(|value| value.get().parse().ok()).collect::<Option<_>>()?),
        "FP32" => Values::F32(values.iter().map(|value| json::finite_f32(value)).collect::<Option<_>>()?),
        "FP64" => Values::F64(values.iter().map(|value| json::finite_f64(value)).collect::<Option<_>>()?),
        "BYTES" => Values::Text(values.iter().map(|value| json::text(value)).collect::<Option<_>>()?),
        _ => return None,
    })
}

fn from_binary(datatype: &str, bytes: &[u8], count: usize) -> Option<Values> {
    fn each<const N: usize, T>(bytes: &[u8], read: impl Fn([u8; N]) -> T) -> Vec<T> {
        bytes.as_chunks().0.iter().map(|value| read(*value)).collect()
    }
    Some(match datatype {
        "UINT8" => Values::U8(bytes.to_vec()),
        "INT32" => Values::I32(each(bytes, i32::from_le_bytes)),
        "INT64" => Values::I64(each(bytes, i64::from_le_bytes)),
        "UINT64" => Values::U64(each(bytes, u64::from_le_bytes)),
        "BOOL" => Values::Bool(bytes.iter().map(|byte| *byte != 0).collect()),
        "FP32" => Values::F32(each(bytes, f32::from_le_bytes)),
        "FP64" => Values::F64(each(bytes, f64::from_le_bytes)),
        "FP16" => Values::F16(each(bytes, u16::from_le_bytes)),
        "BF16" => Values::Bf16(each(bytes, u16::from_le_bytes)),
        "BYTES" => Values::Text(strings(bytes, count)?),
        _ => return None,
    })
}

/// Strings after their lengths, as many as `count`, to the last byte.
fn strings(mut bytes: &[u8], count: usize) -> Option<Vec<String>> {
    let mut strings = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
        let (text, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        strings.push(String::from_utf8(text.to_vec()).ok()?);
        bytes = rest;
    }
    (bytes.is_empty() && strings.len() == count).then_some(strings)
}
