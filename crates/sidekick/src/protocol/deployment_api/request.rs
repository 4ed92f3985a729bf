//! Values as the text of a request, each written once, in its final bytes.

use crate::array::{Array, DType};
use crate::error::{Error, ErrorKind, Result, reserve};
use crate::images::png;
use crate::images::{MediaType, WireImage};
use crate::memory::none_for;
use crate::npy;
use crate::protocol::deployment_api::buffer::Buffer;
use crate::protocol::deployment_api::wire::InputKeys;
use crate::protocol::deployment_api::{data_url, escapes};
use crate::values::Value;
use sidekick_numbers::{I8_TEXTS, ListWriter, Number, OutOfMemory, U8_TEXTS, write_f64};
use std::io::{BufWriter, Write};

/// The media type of `.npy` data URLs.
const NPY_MEDIA_TYPE: &str = "application/x.peltarion.npy";

/// Appends a feature's key, with the comma before it, and its value.
#[inline(always)]
pub(crate) fn put_member(
    out: &mut Buffer,
    keys: &InputKeys,
    value: &Value<'_>,
    tensorjson: bool,
) -> Result<()> {
    match value {
        Value::Number(number) => put_number(out, keys, *number),
        Value::Category(index) => put_category(out, keys, *index),
        Value::Text(text) => {
            out.put_snippet(&keys.key)?;
            put_text(out, text.as_bytes())
        }
        _ => put_slow(out, keys, value, tensorjson),
    }
}

/// The same for values that are rare, or so large that the cost of a call does not matter.
#[inline(never)]
fn put_slow(out: &mut Buffer, keys: &InputKeys, value: &Value<'_>, tensorjson: bool) -> Result<()> {
    out.put_snippet(&keys.key)?;
    out.append(|out| match value {
        Value::Image(image) => put_image(out, &image.wire()?),
        Value::Array(array) if tensorjson => put_tensor(out, array),
        Value::Array(array) => put_npy(out, array),
        Value::Integer(number) => put_integer(out, *number),
        Value::Bytes(_) => Err(Error::new(ErrorKind::Internal, "no deployment takes bytes")),
        Value::Number(_) | Value::Category(_) | Value::Text(_) => {
            Err(Error::new(ErrorKind::Internal, "a common value among the rare ones"))
        }
    })
}

fn put_number(out: &mut Buffer, keys: &InputKeys, number: f64) -> Result<()> {
    require_finite(number)?;
    out.put_snippet_with(&keys.key, |room| write_f64(room, number))
}

/// Appends the key of a feature, with the comma before it, and a number whose digits are found already.
#[inline(always)]
pub(crate) fn put_number_of(out: &mut Buffer, keys: &InputKeys, number: &Number) -> Result<()> {
    require_finite(number.value())?;
    out.put_snippet_with(&keys.key, |room| number.write(room))
}

/// JSON has no other numbers.
#[inline(always)]
fn require_finite(number: f64) -> Result<()> {
    if number.is_finite() { Ok(()) } else { Err(not_finite(number)) }
}

#[cold]
fn not_finite(number: f64) -> Error {
    Error::new(ErrorKind::FeatureValue, format!("{number} is not finite, and JSON has no form for it"))
}

/// Appends the key of a feature, with the comma before it, and one of its categories.
#[inline(always)]
pub(crate) fn put_category(out: &mut Buffer, keys: &InputKeys, index: usize) -> Result<()> {
    let json = keys.categories.get(index);
    out.put_snippet(json.ok_or_else(|| Error::new(ErrorKind::Internal, "a category without JSON"))?)
}

fn put_integer(out: &mut Vec<u8>, number: i64) -> Result<()> {
    const WIDEST: usize = 20;
    reserve(out, WIDEST)?;
    serde_json::to_writer(out, &number).map_err(|e| Error::new(ErrorKind::Internal, e.to_string()))
}

/// Appends a key, with the comma before it, and a text: the first `length` bytes of text that goes on.
#[inline(always)]
pub(crate) fn put_text_of(out: &mut Buffer, keys: &InputKeys, text: &[u8], length: usize) -> Result<()> {
    out.put_snippet(&keys.key)?;
    match text.first_chunk() {
        Some(text) if length <= escapes::SHORT => escapes::put_short(out, text, length),
        _ => put_text(out, text.get(..length).unwrap_or_default()),
    }
}

/// A text in quotes; most has nothing that JSON escapes, and is copied.
fn put_text(out: &mut Buffer, text: &[u8]) -> Result<()> {
    out.push(b'"')?;
    if escapes::has_any(text) { escapes::append(out, text) } else { out.extend(text) }?;
    out.push(b'"')
}

/// `{"shape": [...], "data": [...]}`. A function of its own, so that small values do not pay for its stack
/// frame.
#[inline(never)]
fn put_tensor(out: &mut Vec<u8>, array: &Array<'_>) -> Result<()> {
    const END: &[u8] = b"]}";
    let extents: Vec<String> = array.shape().iter().map(usize::to_string).collect();
    let start = format!("{{\"shape\":[{}],\"data\":[", extents.join(","));
    // Four bytes hold a small whole number and its comma; longer text grows the buffer as usual.
    reserve(out, array.len().saturating_mul(4).saturating_add(start.len()))?;
    out.extend_from_slice(start.as_bytes());
    let mut list = ListWriter::new(out);
    let written = match array.plain_bytes() {
        Some((DType::U8, bytes)) => list.bytes(&U8_TEXTS, bytes).map_err(no_memory),
        Some((_, bytes)) => list.bytes(&I8_TEXTS, bytes).map_err(no_memory),
        None => array.for_each_block(|values| list.floats(values).map_err(no_memory)),
    };
    written?;
    list.finish();
    reserve(out, END.len())?;
    out.extend_from_slice(END);
    Ok(())
}

#[cold]
fn no_memory(missing: OutOfMemory) -> Error {
    none_for(missing.0)
}

/// An image's file, or samples as a PNG: stored as they are if compression is of no use.
#[inline(never)]
pub(crate) fn put_image(out: &mut Vec<u8>, image: &WireImage<'_>) -> Result<()> {
    let samples = match image {
        WireImage::File(media_type, bytes) => return data_url::write(out, media_type.name(), bytes),
        WireImage::Parts(media_type, essence) => return put_parts(out, *media_type, essence.parts()),
        WireImage::Samples(samples) => samples,
    };
    let start = out.len();
    let (media_type, most) = (MediaType::Png.name(), png::most_bytes(samples));
    let room = most + png::most_beyond(samples);
    let smaller =
        data_url::write_with(out, media_type, room, |encoder| png::write_compressed(samples, encoder))?;
    if smaller {
        return Ok(());
    }
    out.truncate(start);
    data_url::write_with(out, media_type, most, |encoder| png::write_stored(samples, encoder))
}

fn put_parts(out: &mut Vec<u8>, media_type: MediaType, parts: &[&[u8]]) -> Result<()> {
    let most = parts.iter().map(|part| part.len()).sum();
    data_url::write_with(out, media_type.name(), most, |encoder| {
        parts.iter().try_for_each(|part| encoder.write_all(part))
    })
}

/// `"data:application/x.peltarion.npy;base64,..."`, encoded as the elements are walked.
#[inline(never)]
fn put_npy(out: &mut Vec<u8>, array: &Array<'_>) -> Result<()> {
    let header = npy::header_f32(array.shape());
    let most = header.len() + array.len().saturating_mul(4);
    data_url::write_with(out, NPY_MEDIA_TYPE, most, |encoder| {
        let mut buffer = BufWriter::with_capacity(12 * 1024, encoder);
        let mut written = buffer.write_all(&header);
        let walked = array.for_each_block(|values| {
            if written.is_ok() {
                written = values.iter().try_for_each(|value| buffer.write_all(&value.to_le_bytes()));
            }
            Ok(())
        });
        written.and_then(|()| buffer.flush()).map(|()| walked)
    })?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tensors_are_written_row_major() {
        let text = |dtype, shape: &[usize], bytes: &[u8]| {
            let mut out = Vec::new();
            put_tensor(&mut out, &Array::new(dtype, shape, bytes).unwrap()).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(text(DType::U8, &[2, 1], &[7, 255]), r#"{"shape":[2,1],"data":[7,255]}"#);
        assert_eq!(text(DType::U8, &[0], &[]), r#"{"shape":[0],"data":[]}"#);
        let floats = [1.5f32, 1e-30].map(f32::to_ne_bytes).concat();
        assert_eq!(text(DType::F32, &[2], &floats), r#"{"shape":[2],"data":[1.5,1e-30]}"#);
    }

    fn assert_quoted(text: &str) {
        let mut out = Buffer::default();
        put_text(&mut out, text.as_bytes()).unwrap();
        let expected = serde_json::to_vec(text).unwrap();
        assert_eq!(out.as_slice(), expected, "{text:?}");
        if text.len() <= escapes::SHORT {
            let mut out = Buffer::default();
            let more = [text.as_bytes(), &[b'"'; 2 * escapes::SHORT]].concat();
            escapes::put_short(&mut out, more.first_chunk().unwrap(), text.len()).unwrap();
            assert_eq!(out.as_slice(), expected, "{text:?}");
        }
    }

    #[test]
    fn text_is_escaped_as_json_wants_it() {
        for byte in 0..0x80u8 {
            for length in 1..40 {
                for place in 0..length {
                    let mut text = vec![b'a'; length];
                    text[place] = byte;
                    assert_quoted(std::str::from_utf8(&text).unwrap());
                }
            }
            for length in [50, 63, 64, 65] {
                assert_quoted(&String::from_utf8(vec![byte; length]).unwrap());
            }
        }
        for text in ["", "hé \u{7f}\u{80}☀🦊", "\"\\\n\0 and \"more\"", "\u{1f}\u{20}\u{2028}"] {
            assert_quoted(text);
        }
    }

    #[test]
    fn npy_data_urls_carry_the_array() {
        let floats: Vec<f32> = (0..10_000).map(|i| i as f32 / 8.0).collect();
        let bytes: Vec<u8> = floats.iter().flat_map(|value| value.to_ne_bytes()).collect();
        let mut out = Vec::new();
        put_npy(&mut out, &Array::new(DType::F32, &[100, 100], &bytes).unwrap()).unwrap();
        let text = String::from_utf8(out).unwrap();
        let url = data_url::split(text.trim_matches('"')).unwrap();
        assert_eq!(url.media_type, NPY_MEDIA_TYPE);
        let mut file = Vec::new();
        url.decode_into(&mut file).unwrap();
        let mut back = Vec::new();
        let read = npy::parse(&file).unwrap().for_each_block(|block| {
            back.extend_from_slice(block);
            Ok(())
        });
        read.unwrap();
        assert_eq!(back, floats);
    }
}
