//! Responses against a plain reader: both refuse one, or both accept it with the same values to the bit.

use std::fmt::Write;

use arbitrary::{Result, Unstructured};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::value::RawValue;
use sidekick::Predictions;
use sidekick::internal::{self, Model};

use crate::json;
use crate::specs::{self, Kind, Output};

/// An output's values over all rows, as a plain reader finds them.
#[derive(Debug, PartialEq)]
enum Column {
    Numbers(Vec<u64>),
    Texts(Vec<String>),
    Categories(Vec<String>, Vec<u64>),
    Arrays(Vec<u32>),
    Images(Vec<(&'static str, Vec<u8>)>),
}

/// Outputs from the first bytes; the others are the body, or choose one that is mostly valid.
pub fn read(bytes: &[u8]) {
    let (choice, body) = bytes.split_at(bytes.len().min(32));
    let mut choice = Unstructured::new(choice);
    let (Ok(mode), Ok(rows), Ok(outputs)) =
        (choice.arbitrary::<bool>(), choice.int_in_range(0..=3usize), specs::outputs(&mut choice))
    else {
        return;
    };
    if mode {
        return compare(&outputs, rows, body);
    }
    if let Ok(body) = written(&mut Unstructured::new(body), &outputs, rows) {
        compare(&outputs, rows, body.as_bytes());
    }
}

/// What bodies of numbers, categories and arrays are made of, a piece for each byte.
const PIECES: [&str; 40] = [
    "0",
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
    "8",
    "9",
    "0.",
    "1.",
    "0.25",
    "12",
    "345678",
    ",",
    ",",
    ", ",
    ".",
    "-",
    "e-",
    "e",
    "E+",
    " ",
    "\n",
    "{\"x\":",
    ",\"x\":",
    ",\"c\":{\"a\":",
    ",\"b b\":",
    "},\"v\":{\"shape\":[2,3],\"data\":[",
    "]}}",
    "]}},",
    "{",
    "}",
    "[",
    "]",
    "\"x\":",
    "\"a\":",
    "\"b b\":",
    "\"v\":",
];

/// Bytes as pieces of a response with a number, a category and an array: nothing but numbers and what is
/// around them.
pub fn read_characters(bytes: &[u8]) {
    let outputs = [
        Output { name: "x", kind: Kind::Number },
        Output { name: "c", kind: Kind::Categories(vec!["a", "b b"], 2) },
        Output { name: "v", kind: Kind::Array(vec![2, 3]) },
    ];
    let Some((rows, pieces)) = bytes.split_first() else { return };
    let pieces = pieces.iter().map(|byte| PIECES[usize::from(*byte) % PIECES.len()]);
    let body: String = ["{\"rows\":["].into_iter().chain(pieces).chain(["]}"]).collect();
    compare(&outputs, usize::from(rows % 4), body.as_bytes());
}

fn compare(outputs: &[Output], rows: usize, body: &[u8]) {
    let model = specs::model(outputs);
    let found = model.read_response(body, rows);
    if let Err(error) = &found {
        assert!(error.to_string().len() < 16 << 10, "a message is short");
    }
    // What is skipped need not be UTF-8.
    let Ok(text) = std::str::from_utf8(body) else { return };
    let found =
        found.map(|predictions| columns(&model, outputs, &predictions)).map_err(|error| error.to_string());
    let expected = plain(text, outputs, rows);
    match (found, expected) {
        (Ok(found), Some(expected)) => assert_eq!(found, expected, "{text}"),
        (Err(_), None) => {}
        (found, expected) => panic!("{found:?}, and {expected:?} is expected of {text}"),
    }
}

fn columns(model: &Model, outputs: &[Output], predictions: &Predictions) -> Vec<Column> {
    assert_eq!(model.outputs().len(), outputs.len());
    let rows = 0..predictions.len();
    let column = |(index, output): (usize, &Output)| match &output.kind {
        Kind::Number | Kind::Binary => Column::Numbers(bits(predictions.numbers(index).unwrap())),
        Kind::Text => {
            Column::Texts(rows.clone().map(|row| predictions.text(index, row).unwrap().to_owned()).collect())
        }
        Kind::Categories(..) => {
            let found = predictions.probabilities(index).unwrap();
            Column::Categories(
                found.labels().iter().map(|label| label.to_string()).collect(),
                bits(found.matrix()),
            )
        }
        Kind::Array(_) => {
            Column::Arrays(predictions.arrays(index).unwrap().iter().map(|value| value.to_bits()).collect())
        }
        Kind::Image => {
            let image = |row| predictions.image(index, row).unwrap();
            Column::Images(
                rows.clone().map(|row| (image(row).media_type.name(), image(row).bytes.to_vec())).collect(),
            )
        }
    };
    outputs.iter().enumerate().map(column).collect()
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

/// The plain reader.
fn plain(text: &str, outputs: &[Output], rows: usize) -> Option<Vec<Column>> {
    let members = json::object(json::document(text)?)?;
    if members.iter().any(|(key, _)| key == "errorCode") {
        return None;
    }
    let mut lists = members.iter().filter(|(key, _)| matches!(key.as_str(), "rows" | "Rows"));
    let list = json::list(lists.next()?.1)?;
    if lists.next().is_some() || list.len() != rows {
        return None;
    }
    let mut columns: Vec<Column> = outputs.iter().map(empty).collect();
    for row in list {
        let members = json::object(row)?;
        for (output, column) in outputs.iter().zip(&mut columns) {
            let mut values = members.iter().filter(|(key, _)| key == output.name);
            let (_, value) = values.next().filter(|_| values.next().is_none())?;
            push(&output.kind, column, value)?;
        }
    }
    Some(columns)
}

fn empty(output: &Output) -> Column {
    match &output.kind {
        Kind::Number | Kind::Binary => Column::Numbers(Vec::new()),
        Kind::Text => Column::Texts(Vec::new()),
        Kind::Image => Column::Images(Vec::new()),
        Kind::Array(_) => Column::Arrays(Vec::new()),
        Kind::Categories(labels, _) => {
            Column::Categories(labels.iter().map(|label| label.to_string()).collect(), Vec::new())
        }
    }
}

fn push(kind: &Kind, column: &mut Column, value: &RawValue) -> Option<()> {
    match (kind, column) {
        (_, Column::Numbers(numbers)) => numbers.push(json::finite_f64(value)?.to_bits()),
        (_, Column::Texts(texts)) => texts.push(json::text(value)?),
        (_, Column::Images(images)) => images.push(image(&json::text(value)?)?),
        (Kind::Array(shape), Column::Arrays(values)) => values.extend(array(value, shape)?),
        (Kind::Categories(_, count), Column::Categories(labels, values)) => {
            push_categories(*count, labels, values, value)?;
        }
        _ => unreachable!("a column is of its output's kind"),
    }
    Some(())
}

/// The first row has the labels where the document lists none.
fn push_categories(
    count: usize,
    labels: &mut Vec<String>,
    values: &mut Vec<u64>,
    value: &RawValue,
) -> Option<()> {
    let members = json::object(value)?;
    let keys: Vec<&String> = members.iter().map(|(key, _)| key).collect();
    if members.len() != count || keys.iter().enumerate().any(|(place, key)| keys[..place].contains(key)) {
        return None;
    }
    if labels.is_empty() {
        labels.extend(keys.into_iter().cloned());
    }
    for label in labels {
        let (_, value) = members.iter().find(|(key, _)| key == label)?;
        values.push(json::finite_f64(value)?.to_bits());
    }
    Some(())
}

fn array(value: &RawValue, shape: &[usize]) -> Option<Vec<u32>> {
    if let Some(url) = json::text(value) {
        let (_, file) = internal::read_data_url(&url).ok()?;
        let (found, values) = internal::read_npy(&file).ok()?;
        return (found == shape).then(|| values.iter().map(|value| value.to_bits()).collect());
    }
    let members = json::object(value)?;
    let mut shapes = members.iter().filter(|(key, _)| key == "shape");
    let mut data = members.iter().filter(|(key, _)| key == "data");
    let values: Option<Vec<f32>> = json::list(data.next()?.1)?.into_iter().map(json::finite_f32).collect();
    // Of several shapes the last counts, and all are lists of sizes.
    let sizes = shapes.try_fold(None, |_, (_, value)| Some(Some(sizes(value)?)))?;
    let values = values?;
    let fits = sizes? == shape && values.len() == shape.iter().product::<usize>() && data.next().is_none();
    fits.then(|| values.iter().map(|value| value.to_bits()).collect())
}

fn sizes(value: &RawValue) -> Option<Vec<usize>> {
    json::list(value)?.into_iter().map(|size| json::number(size)?.parse().ok()).collect()
}

fn image(url: &str) -> Option<(&'static str, Vec<u8>)> {
    let (media_type, bytes) = internal::read_data_url(url).ok()?;
    let found = internal::media_type(&bytes)?.name();
    let named = match media_type.to_ascii_lowercase().as_str() {
        "image/jpg" => "image/jpeg".to_owned(),
        other => other.to_owned(),
    };
    (named == found).then_some((found, bytes))
}

/// A response that is valid but for one byte in some hundred choices.
fn written(input: &mut Unstructured<'_>, outputs: &[Output], rows: usize) -> Result<String> {
    let mut body = String::from("{\"rows\":[");
    for row in 0..rows {
        put(&mut body, ["", ","][usize::from(row > 0)], input)?;
        let start = if input.ratio(1, 8)? { input.int_in_range(0..=outputs.len() - 1)? } else { 0 };
        put(&mut body, "{", input)?;
        for place in 0..outputs.len() {
            let output = &outputs[(start + place) % outputs.len()];
            put(&mut body, ["", ","][usize::from(place > 0)], input)?;
            put_text(&mut body, output.name, input)?;
            put(&mut body, ":", input)?;
            put_value(&mut body, &output.kind, input)?;
        }
        put(&mut body, "}", input)?;
    }
    put(&mut body, "]}", input)?;
    Ok(body)
}

/// A piece of syntax, with white space around it at times, and at times another one.
fn put(body: &mut String, piece: &str, input: &mut Unstructured<'_>) -> Result<()> {
    let (before, after) = match input.arbitrary::<u8>()? {
        0..200 => ("", ""),
        200..220 => ("", " "),
        220..235 => (" ", ""),
        235..245 => ("\n\t", "\r"),
        245..254 => (" ", "  "),
        254 => ("", ",\"more\":[{}],"),
        255 => ("", input.choose(&["}", "]", ",", "\"", "1", "\u{e9}", "null"]).copied()?),
    };
    body.extend([before, piece, after]);
    Ok(())
}

/// A string, in which at times a character is escaped that need not be.
fn put_text(body: &mut String, text: &str, input: &mut Unstructured<'_>) -> Result<()> {
    let escaped = if input.ratio(1, 16)? { input.int_in_range(0..=8)? } else { usize::MAX };
    body.push('"');
    for (place, character) in text.chars().enumerate() {
        let plain = serde_json::to_string(&character).unwrap_or_default();
        match place == escaped {
            true => character.encode_utf16(&mut [0; 2]).iter().for_each(|unit| {
                // Writing to a string does not fail.
                let _ = write!(body, "\\u{unit:04X}");
            }),
            false => body.push_str(&plain[1..plain.len() - 1]),
        }
    }
    body.push('"');
    Ok(())
}

fn put_value(body: &mut String, kind: &Kind, input: &mut Unstructured<'_>) -> Result<()> {
    match kind {
        Kind::Number | Kind::Binary => put_number(body, input),
        Kind::Text => {
            let text = input.arbitrary::<&str>()?;
            put_text(body, text, input)
        }
        Kind::Image => {
            body.push_str(input.choose(&[
                "\"data:image/png;base64,iVBORw0KGgo=\"",
                "\"data:IMAGE/jpg;base64,/9j/4A==\"",
                "\"data:image/png;base64,/9j/4A==\"",
            ])?);
            Ok(())
        }
        Kind::Categories(labels, count) => {
            put(body, "{", input)?;
            let start = if input.ratio(1, 4)? { input.int_in_range(0..=3)? } else { 0 };
            for place in 0..*count {
                put(body, ["", ","][usize::from(place > 0)], input)?;
                let label = labels
                    .get((place + start) % count)
                    .copied()
                    .unwrap_or(["p", "q", "r"][(place + start) % 3]);
                put_text(body, label, input)?;
                put(body, ":", input)?;
                put_number(body, input)?;
            }
            put(body, "}", input)
        }
        Kind::Array(shape) if input.ratio(1, 8)? => {
            let values = (0..shape.iter().product()).map(|_| input.arbitrary::<f32>());
            let data: Vec<u8> =
                values.map(|value| Ok(value?.to_le_bytes())).collect::<Result<Vec<_>>>()?.concat();
            let file = [internal::npy_header(shape), data].concat();
            body.extend(["\"data:x;base64,", &STANDARD.encode(file), "\""]);
            Ok(())
        }
        Kind::Array(shape) => put_array(body, shape, input),
    }
}

fn put_array(body: &mut String, shape: &[usize], input: &mut Unstructured<'_>) -> Result<()> {
    let sizes: Vec<String> = shape.iter().map(usize::to_string).collect();
    put(body, "{", input)?;
    body.extend(["\"shape\":[", &sizes.join(","), "]"]);
    put(body, ",", input)?;
    put(body, "\"data\":", input)?;
    put(body, "[", input)?;
    // One way of writing commas for most of a list, as most writers have one.
    let comma = *input.choose(&[",", ", ", ",\n"])?;
    for place in 0..shape.iter().product() {
        if place > 0 {
            body.push_str(if input.ratio(1, 16)? { input.choose(&[",", ", ", " ,"])? } else { comma });
        }
        put_number(body, input)?;
    }
    put(body, "]", input)?;
    put(body, "}", input)
}

fn put_number(body: &mut String, input: &mut Unstructured<'_>) -> Result<()> {
    let number = match input.int_in_range(0..=7)? {
        0 => input.arbitrary::<i64>()?.to_string(),
        1 => input.arbitrary::<i8>()?.to_string(),
        2 => format!("{:e}", finite(input.arbitrary::<f64>()?)),
        3 => format!("{:?}", finite(input.arbitrary::<f32>()?.into()) as f32),
        4 => format!("{}", finite(input.arbitrary::<f32>()?.into()) as f32),
        5 => format!(
            "{:.1$}",
            f64::from(input.arbitrary::<u32>()?) / 4294967296.0,
            input.int_in_range(1..=30)?
        ),
        6 => format!(
            "{}.{}e-{}",
            input.int_in_range(1..=9)?,
            input.arbitrary::<u32>()?,
            input.arbitrary::<u8>()?
        ),
        _ => {
            input.choose(&["0", "-0", "-0.0", "1e39", "1e999", "01", "1.", "null", "1E+2", "-"])?.to_string()
        }
    };
    body.push_str(&number);
    Ok(())
}

fn finite(value: f64) -> f64 {
    if value.is_finite() { value } else { 0.5 }
}
