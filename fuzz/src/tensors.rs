//! Responses of the Open Inference Protocol against a plain reader: both refuse one, or both accept it with
//! the same elements to the bit.

use std::fmt::Write;

use arbitrary::{Result, Unstructured};
use base64::Engine as _;
use serde_json::value::RawValue;
use sidekick::internal;

use crate::json;

/// A datatype: its name, the bytes of an element, and what its values are.
type Datatype = (&'static str, usize, Class);

#[derive(Clone, Copy, PartialEq)]
enum Class {
    Bool,
    Integer(i128, i128),
    Float,
    Text,
    Bytes,
}

const DATATYPES: [Datatype; 10] = [
    ("BOOL", 1, Class::Bool),
    ("UINT8", 1, Class::Integer(0, 255)),
    ("INT16", 2, Class::Integer(-32768, 32767)),
    ("INT32", 4, Class::Integer(i32::MIN as i128, i32::MAX as i128)),
    ("INT64", 8, Class::Integer(i64::MIN as i128, i64::MAX as i128)),
    ("UINT64", 8, Class::Integer(0, u64::MAX as i128)),
    ("FP32", 4, Class::Float),
    ("FP64", 8, Class::Float),
    ("BYTES", 0, Class::Text),
    ("BYTES", 0, Class::Bytes),
];
/// A size that is free.
const ANY: usize = usize::MAX;
const SHAPES: [&[usize]; 10] =
    [&[], &[1], &[2], &[3, 1], &[2, 2], &[0], &[ANY], &[ANY, 2], &[2, ANY, 1], &[ANY, ANY]];
const NAMES: [&str; 4] = ["x", "a \"quoted\" name", "caf\u{e9}", ""];

#[derive(Debug)]
struct Output {
    name: &'static str,
    datatype: usize,
    shape: &'static [usize],
    /// Whether the metadata says that JSON has its bytes as base64.
    base64: bool,
}

impl Output {
    fn datatype(&self) -> Datatype {
        DATATYPES[self.datatype]
    }

    fn has_bytes(&self) -> bool {
        matches!(self.datatype().2, Class::Text | Class::Bytes)
    }
}

/// Outputs from the first bytes; the others are the response, or choose one that is mostly valid.
pub fn read(bytes: &[u8]) {
    let (choice, response) = bytes.split_at(bytes.len().min(24));
    let mut choice = Unstructured::new(choice);
    let (Ok(mode), Ok(rows), Ok(outputs)) =
        (choice.arbitrary::<u8>(), choice.int_in_range(1..=3usize), outputs(&mut choice))
    else {
        return;
    };
    if mode % 4 == 0 {
        let length = usize::from(mode) * 4;
        return compare(&outputs, rows, response, Some(length).filter(|_| mode > 0));
    }
    if let Ok((json, tail)) = written(&mut Unstructured::new(response), &outputs, rows) {
        let body = [json.as_bytes(), &tail].concat();
        compare(&outputs, rows, &body, Some(json.len()).filter(|_| mode % 4 != 1 || !tail.is_empty()));
    }
}

fn outputs(input: &mut Unstructured<'_>) -> Result<Vec<Output>> {
    let first = input.int_in_range(0..=NAMES.len() - 1)?;
    let count = input.int_in_range(1..=3)?;
    let output = |place: usize| {
        let datatype = input.int_in_range(0..=DATATYPES.len() - 1)?;
        let has_bytes = DATATYPES[datatype].0 == "BYTES";
        let shape = input.int_in_range(0..=if has_bytes { 1 } else { SHAPES.len() - 1 })?;
        let base64 = has_bytes && input.ratio(1, 4)?;
        Ok(Output { name: NAMES[(first + place) % NAMES.len()], datatype, shape: SHAPES[shape], base64 })
    };
    (0..count).map(output).collect()
}

fn metadata(outputs: &[Output]) -> String {
    let outputs: Vec<String> = outputs
        .iter()
        .map(|output| {
            let size = |size: &usize| if *size == ANY { ",-1".to_owned() } else { format!(",{size}") };
            let sizes: String = output.shape.iter().map(size).collect();
            let (name, datatype) = (serde_json::Value::from(output.name), output.datatype().0);
            let parameters = if output.base64 { r#","parameters":{"content_type":"base64"}"# } else { "" };
            format!(r#"{{"name":{name},"datatype":"{datatype}","shape":[-1{sizes}]{parameters}}}"#)
        })
        .collect();
    format!(
        r#"{{"inputs":[{{"name":"i","datatype":"FP32","shape":[-1]}}],"outputs":[{}]}}"#,
        outputs.join(",")
    )
}

/// A model description that gives outputs the type bytes.
fn description(outputs: &[Output]) -> String {
    let output = |output: &Output| {
        let kind = if output.datatype().2 == Class::Bytes { r#","type":"bytes""# } else { "" };
        format!(r#"{{"name":{}{kind}}}"#, serde_json::Value::from(output.name))
    };
    format!(r#"{{"outputs":[{}]}}"#, outputs.iter().map(output).collect::<Vec<_>>().join(","))
}

fn compare(outputs: &[Output], rows: usize, body: &[u8], length: Option<usize>) {
    let text = length.map(|length| length.to_string());
    let (metadata, description) = (metadata(outputs), description(outputs));
    let (metadata, description) = (metadata.as_bytes(), description.as_bytes());
    let found = internal::read_tensors(metadata, description, rows, body, text.as_deref());
    if let Err(error) = &found {
        assert!(error.to_string().len() < 16 << 10, "a message is short");
    }
    let refusal = internal::tensors_refusal(400, body);
    assert!(refusal.to_string().len() < 16 << 10, "a message is short");
    let Some((json, tail)) = body.split_at_checked(length.unwrap_or(body.len())) else {
        assert!(found.is_err());
        return;
    };
    // What is skipped need not be UTF-8, and data may hold words that are not JSON.
    let Ok(json) = std::str::from_utf8(json) else { return };
    let Some(document) = json::document(json) else {
        assert!(found.is_err() || ["N", "Infinity"].iter().any(|word| json.contains(word)), "{json}");
        return;
    };
    match (found.map_err(|error| error.to_string()), plain(document, tail, outputs, rows)) {
        (Ok(found), Some(expected)) => assert_eq!(found, expected, "{json}"),
        (Err(_), None) => {}
        (found, expected) => panic!("{found:?}, and {expected:?} is expected of {json} and {tail:?}"),
    }
}

/// What the plain reader finds of an output.
#[derive(Default)]
struct Found<'a> {
    datatype: Option<String>,
    shape: Vec<usize>,
    data: Option<&'a RawValue>,
    place: Option<std::ops::Range<usize>>,
    base64: Option<bool>,
}

/// The plain reader: of members that are duplicates the last counts, of objects of the right type.
fn plain(
    document: &RawValue,
    tail: &[u8],
    outputs: &[Output],
    rows: usize,
) -> Option<Vec<(Vec<usize>, Vec<u8>)>> {
    let mut found: Vec<(String, Found<'_>)> = Vec::new();
    let mut end = 0usize;
    for (key, value) in json::object(document)? {
        match key.as_str() {
            "id" if value.get().starts_with('"') && json::text(value)? != "1" => return None,
            "outputs" if value.get().starts_with('[') => {
                for output in json::list(value)? {
                    found.push(plain_output(output, &mut end)?);
                }
            }
            _ => {}
        }
    }
    if end != tail.len() {
        return None;
    }
    let mut all = Vec::new();
    for output in outputs {
        let mut named = found.iter().filter(|(name, _)| name == output.name);
        let (_, it) = named.next().filter(|_| named.next().is_none())?;
        let (name, size, class) = output.datatype();
        let (first, row) = it.shape.split_first()?;
        if it.datatype.as_deref() != Some(name) || *first != rows {
            return None;
        }
        let shape = fitted(row, output.shape)?;
        let count = elements(&shape)?.checked_mul(rows)?;
        let base64 = it.base64.unwrap_or(output.base64);
        let values = match (it.data, &it.place) {
            (_, Some(place)) => binary(&tail[place.clone()], class, size, count)?,
            (Some(data), None) => {
                listed(data, class, size, count, base64).filter(|_| is_laid(data, &it.shape))?
            }
            (None, None) => return None,
        };
        all.push((if output.shape.contains(&ANY) { shape } else { Vec::new() }, values));
    }
    Some(all)
}

fn plain_output<'a>(output: &'a RawValue, end: &mut usize) -> Option<(String, Found<'a>)> {
    let (mut name, mut size) = (None, None);
    let mut found = Found::default();
    for (key, value) in json::object(output)? {
        match (key.as_str(), value.get().as_bytes()[0]) {
            ("name", b'"') => name = json::text(value),
            ("datatype", b'"') => found.datatype = json::text(value),
            ("shape", b'[') => found.shape = sizes(value)?,
            ("data", byte) if byte != b'n' => found.data = Some(value),
            ("parameters", b'{') => {
                for (key, value) in json::object(value)? {
                    if key == "binary_data_size" && value.get() != "null" {
                        size = Some(json::number(value)?.parse::<usize>().ok()?);
                    }
                    if key == "content_type" && value.get().starts_with('"') {
                        found.base64 = Some(json::text(value)? == "base64");
                    }
                }
            }
            _ => {}
        }
    }
    if let Some(size) = size {
        let start = *end;
        *end = end.checked_add(size)?;
        if found.data.is_some() {
            return None;
        }
        found.place = Some(start..*end);
    }
    Some((name?, found))
}

fn sizes(value: &RawValue) -> Option<Vec<usize>> {
    let sizes: Vec<usize> =
        json::list(value)?.into_iter().map(|size| json::number(size)?.parse().ok()).collect::<Option<_>>()?;
    Some(sizes).filter(|sizes| sizes.len() <= 64)
}

/// The shape of a row with as many sizes as are declared, if it fits: what is missing is 1, and only 1s may
/// be more.
fn fitted(row: &[usize], declared: &[usize]) -> Option<Vec<usize>> {
    let size = |place: usize, of: &[usize]| of.get(place).copied().unwrap_or(1);
    let fits = |place| size(place, declared) == ANY || size(place, declared) == size(place, row);
    let sizes = row.len().max(declared.len());
    (0..sizes).all(fits).then(|| (0..declared.len()).map(|place| size(place, row)).collect())
}

fn elements(shape: &[usize]) -> Option<usize> {
    if shape.contains(&0) {
        Some(0)
    } else {
        shape.iter().try_fold(1, |all: usize, size| all.checked_mul(*size))
    }
}

fn binary(bytes: &[u8], class: Class, size: usize, count: usize) -> Option<Vec<u8>> {
    if size == 0 {
        let mut rest = bytes;
        for _ in 0..count {
            let (length, after) = rest.split_first_chunk::<4>()?;
            let (text, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            if class == Class::Text {
                std::str::from_utf8(text).ok()?;
            }
            rest = after;
        }
        return rest.is_empty().then(|| bytes.to_vec());
    }
    let is_bool = class == Class::Bool;
    let bytes: Vec<u8> =
        bytes.iter().map(|byte| if is_bool { u8::from(*byte != 0) } else { *byte }).collect();
    (Some(bytes.len()) == size.checked_mul(count)).then_some(bytes)
}

fn listed(data: &RawValue, class: Class, size: usize, count: usize, base64: bool) -> Option<Vec<u8>> {
    let mut all = Vec::new();
    let mut seen = 0;
    if !data.get().starts_with('[') {
        return None;
    }
    flat(data, 0, &mut |value| {
        seen += 1;
        let number = || json::number(value);
        match class {
            Class::Text | Class::Bytes => {
                let text = json::text(value)?;
                let bytes = if base64 { decoded(&text)? } else { text.into_bytes() };
                if class == Class::Text {
                    std::str::from_utf8(&bytes).ok()?;
                }
                all.extend((bytes.len() as u32).to_le_bytes());
                all.extend(bytes);
            }
            Class::Float if value.get() == "null" && size == 4 => all.extend(f32::NAN.to_le_bytes()),
            Class::Float if value.get() == "null" => all.extend(f64::NAN.to_le_bytes()),
            Class::Float if size == 4 => all.extend(json::finite_f32(value)?.to_le_bytes()),
            Class::Float => all.extend(json::finite_f64(value)?.to_le_bytes()),
            Class::Bool if matches!(value.get(), "true" | "false") => {
                all.push(u8::from(value.get() == "true"))
            }
            Class::Bool => all.push(whole(number()?).filter(|value| (0..=1).contains(value))? as u8),
            Class::Integer(first, last) => {
                let value = whole(number()?).filter(|value| (first..=last).contains(value))?;
                all.extend(&(value as u64).to_le_bytes()[..size]);
            }
        }
        Some(())
    })?;
    (seen == count).then_some(all)
}

/// The bytes of base64 text: groups of four digits, the last one padded, and no bit set that is not used.
fn decoded(text: &str) -> Option<Vec<u8>> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let text = text.as_bytes();
    let digits = text.strip_suffix(b"==").or(text.strip_suffix(b"=")).unwrap_or(text);
    if text.len() % 4 != 0 || digits.len() % 4 == 1 {
        return None;
    }
    let (mut bits, mut count, mut bytes) = (0u32, 0, Vec::new());
    for digit in digits {
        bits = bits << 6 | DIGITS.iter().position(|known| known == digit)? as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    (bits == 0).then_some(bytes)
}

/// Whether a list is flat, or nested as a shape is.
fn is_laid(data: &RawValue, shape: &[usize]) -> bool {
    let is_flat = |list: Vec<&RawValue>| list.iter().all(|value| !value.get().starts_with('['));
    json::list(data).is_some_and(is_flat) || (nested(data, shape) && depths(data).is_some())
}

/// Whether lists have the lengths of a shape. Lists of one value at the innermost depths may be missing, or
/// be too many.
fn nested(value: &RawValue, shape: &[usize]) -> bool {
    if !value.get().starts_with('[') {
        return shape.iter().all(|size| *size == 1);
    }
    let (size, rest) = shape.split_first().map_or((1, shape), |(size, rest)| (*size, rest));
    let Some(list) = json::list(value) else { return false };
    list.len() == size && list.iter().all(|value| nested(value, rest))
}

/// The depth of all values, if they have one.
fn depths(value: &RawValue) -> Option<usize> {
    if !value.get().starts_with('[') {
        return Some(0);
    }
    let depths = json::list(value)?.into_iter().map(depths).collect::<Option<Vec<_>>>()?;
    let first = depths.first().copied().unwrap_or(0);
    depths.iter().all(|depth| *depth == first).then_some(first + 1)
}

fn whole(text: &str) -> Option<i128> {
    let integer = text.split_once('.').filter(|(_, fraction)| fraction.trim_matches('0').is_empty());
    if let Ok(value) = integer.map_or(text, |(integer, _)| integer).parse() {
        return Some(value);
    }
    let value: f64 = text.parse().ok()?;
    (value.fract() == 0.0 && value.abs() <= 18_446_744_073_709_551_616.0).then_some(value as i128)
}

/// Calls `each` with what is no list.
fn flat(value: &RawValue, depth: usize, each: &mut dyn FnMut(&RawValue) -> Option<()>) -> Option<()> {
    if !value.get().starts_with('[') {
        return each(value);
    }
    if depth == 64 {
        return None;
    }
    json::list(value)?.into_iter().try_for_each(|value| flat(value, depth + 1, each))
}

/// A response that is valid but for one byte in some hundred choices: its JSON, and what follows.
fn written(input: &mut Unstructured<'_>, outputs: &[Output], rows: usize) -> Result<(String, Vec<u8>)> {
    let (mut json, mut tail) = (String::new(), Vec::new());
    put(&mut json, input.choose(&["{", "{\"id\":\"1\",", "{\"id\":null,", "{\"id\":\"2\","])?, input)?;
    put(&mut json, "\"outputs\":[", input)?;
    let start = input.int_in_range(0..=outputs.len() - 1)?;
    for place in 0..outputs.len() {
        let output = &outputs[(start + place) % outputs.len()];
        put(&mut json, ["", ","][usize::from(place > 0)], input)?;
        put_output(&mut json, &mut tail, output, rows, input)?;
    }
    put(&mut json, "]}", input)?;
    if input.ratio(1, 32)? {
        tail.push(input.arbitrary()?);
    }
    Ok((json, tail))
}

/// A piece of syntax, with white space after it at times, and at times another one.
fn put(json: &mut String, piece: &str, input: &mut Unstructured<'_>) -> Result<()> {
    json.push_str(piece);
    match input.arbitrary::<u8>()? {
        0..240 => {}
        240..254 => json.push_str(" \n"),
        _ => {
            json.push_str(input.choose(&["}", "]", "[", ",", "\"", "1", "null", "NaN", "-Infinity", "-"])?)
        }
    }
    Ok(())
}

fn put_output(
    json: &mut String,
    tail: &mut Vec<u8>,
    output: &Output,
    rows: usize,
    input: &mut Unstructured<'_>,
) -> Result<()> {
    let name = serde_json::Value::from(output.name);
    let mut shape = output.shape.to_vec();
    for size in shape.iter_mut().filter(|size| **size == ANY) {
        *size = input.int_in_range(0..=3)?;
    }
    let sizes: String = shape.iter().map(|size| format!(",{size}")).collect();
    let each = shape.iter().product::<usize>();
    let datatype = match input.ratio(1, 64)? {
        true => DATATYPES[input.int_in_range(0..=DATATYPES.len() - 1)?].0,
        false => output.datatype().0,
    };
    let rows = if input.ratio(1, 64)? { input.int_in_range(0..=4)? } else { rows };
    let ones = ["", "", "", ",1"][input.int_in_range(0..=3usize)?];
    let mut members = vec![
        format!("\"name\":{name}"),
        format!("\"datatype\":\"{datatype}\""),
        format!("\"shape\":[{rows}{sizes}{ones}]"),
    ];
    if input.arbitrary()? {
        let bytes = tail.len();
        put_binary(tail, output, rows * each, input)?;
        members.push(format!("\"parameters\":{{\"binary_data_size\":{}}}", tail.len() - bytes));
    } else {
        let mut data = String::from("\"data\":");
        put_data(&mut data, output, rows, &shape, input)?;
        members.push(data);
    }
    if output.has_bytes() && input.ratio(1, 8)? {
        let kind = input.choose(&["\"base64\"", "\"str\"", "null"])?;
        members.push(format!("\"parameters\":{{\"content_type\":{kind}}}"));
    }
    if input.ratio(1, 4)? {
        members.push(
            input
                .choose(&["\"parameters\":null", "\"data\":null", "\"x\":[{}]", "\"shape\":[1]"])?
                .to_string(),
        );
    }
    let turn = input.int_in_range(0..=members.len() - 1)?;
    members.rotate_left(turn);
    put(json, "{", input)?;
    for (place, member) in members.iter().enumerate() {
        put(json, ["", ","][usize::from(place > 0)], input)?;
        put(json, member, input)?;
    }
    put(json, "}", input)
}

fn put_binary(
    tail: &mut Vec<u8>,
    output: &Output,
    elements: usize,
    input: &mut Unstructured<'_>,
) -> Result<()> {
    let size = output.datatype().1;
    for _ in 0..elements {
        if output.has_bytes() {
            let text = input.arbitrary::<&[u8]>()?;
            tail.extend((text.len() as u32).to_le_bytes());
            tail.extend(text);
        } else {
            tail.extend(input.bytes(size)?);
        }
    }
    Ok(())
}

fn put_data(
    data: &mut String,
    output: &Output,
    rows: usize,
    row: &[usize],
    input: &mut Unstructured<'_>,
) -> Result<()> {
    let mut shape = [&[rows], row].concat();
    match input.int_in_range(0..=7)? {
        0..3 => shape = vec![shape.iter().product()],
        3..6 => {}
        6 => shape.push(1),
        _ => shape = vec![rows, row.iter().product()],
    }
    put_lists(data, output, &shape, input)
}

fn put_lists(
    data: &mut String,
    output: &Output,
    shape: &[usize],
    input: &mut Unstructured<'_>,
) -> Result<()> {
    let Some((size, rest)) = shape.split_first() else { return put_value(data, output, input) };
    put(data, "[", input)?;
    for place in 0..*size {
        put(data, ["", ","][usize::from(place > 0)], input)?;
        put_lists(data, output, rest, input)?;
    }
    put(data, "]", input)
}

fn put_value(data: &mut String, output: &Output, input: &mut Unstructured<'_>) -> Result<()> {
    let any = input.arbitrary::<i64>()?;
    let class = output.datatype().2;
    // Writing to a string does not fail.
    let _ = match (class, input.int_in_range(0..=15)?) {
        (_, 0) => {
            let others = [
                "null",
                "NaN",
                "Infinity",
                "-Infinity",
                "1.5",
                "1e39",
                "true",
                "\"a\"",
                "01",
                "-",
                "1e2",
                "{}",
            ];
            data.push_str(input.choose(&others)?);
            Ok(())
        }
        (Class::Text | Class::Bytes, 1..12) if output.base64 => {
            let bytes = input.arbitrary::<&[u8]>()?;
            write!(data, "\"{}\"", base64::engine::general_purpose::STANDARD.encode(bytes))
        }
        (Class::Text | Class::Bytes, _) => {
            write!(data, "{}", serde_json::Value::from(input.arbitrary::<&str>()?))
        }
        (Class::Bool, kind) => write!(data, "{}", ["true", "false", "1", "0", "1.0"][kind % 5]),
        (Class::Integer(..), 1) => write!(data, "{any}.0"),
        (Class::Integer(..), 2) => write!(data, "{}", any.cast_unsigned()),
        (Class::Integer(..), 3..8) => write!(data, "{any}"),
        (Class::Integer(..), _) => write!(data, "{}", any as u8),
        (Class::Float, 1..8) => write!(data, "{:?}", f32::from_bits(any as u32)),
        (Class::Float, _) => write!(data, "{:e}", f64::from_bits(any.cast_unsigned())),
    };
    Ok(())
}
