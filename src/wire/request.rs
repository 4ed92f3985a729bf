//! Values as the text of a request, each written once, in its final bytes.

use super::array::{Array, DType};
use super::floats::{WIDEST_F64, put_f64};
use super::picture::{MediaType, WireImage};
use super::shortest::{I8_TEXTS, ListWriter, U8_TEXTS};
use super::{Value, data_url, escapes, npy, png};
use crate::error::{Error, ErrorKind, Result, reserve};
use crate::spec::FeatureSpec;
use std::io::{BufWriter, Write};

/// The media type of `.npy` data URLs.
const NPY_MEDIA_TYPE: &str = "application/x.peltarion.npy";

/// Appends the key of a feature, with the comma before it; that of the row's first opens the row instead.
#[inline]
pub(crate) fn put_key(out: &mut Vec<u8>, first: bool, spec: &FeatureSpec) {
    let start = out.len();
    spec.member_json.append_to(out);
    if first {
        open_row(out, start);
    }
}

/// Appends the key of a feature, with the comma before it, and a finite number.
#[inline(never)]
pub(crate) fn put_number_member(out: &mut Vec<u8>, spec: &FeatureSpec, number: f64) {
    spec.member_json.append_to(out);
    put_number(out, number);
}

/// Opens a row where the comma before its first feature is.
#[inline]
pub(crate) fn open_row(out: &mut [u8], start: usize) {
    if let Some(comma) = out.get_mut(start) {
        *comma = b'{';
    }
}

/// Appends a value's JSON.
#[inline(always)]
pub(crate) fn put_value(
    out: &mut Vec<u8>,
    spec: &FeatureSpec,
    value: &Value<'_>,
    tensorjson: bool,
) -> Result<()> {
    match value {
        Value::Number(number) => put_number(out, *number),
        Value::Integer(number) => put_json(out, number)?,
        Value::Category(index) => {
            let json = spec.category_json.get(*index);
            json.ok_or_else(|| Error::new(ErrorKind::Internal, "a category without JSON"))?.append_to(out);
        }
        Value::Text(text) => put_text(out, text)?,
        Value::Image(image) => put_image(out, image)?,
        Value::Array(array) if tensorjson => put_tensor(out, array)?,
        Value::Array(array) => put_npy(out, array)?,
    }
    Ok(())
}

#[inline(always)]
fn put_number(out: &mut Vec<u8>, number: f64) {
    let start = out.len();
    out.extend_from_slice(&[0; WIDEST_F64]);
    let end = put_f64(out, start, number);
    out.truncate(end);
}

#[inline(never)]
fn put_json(out: &mut Vec<u8>, value: &(impl serde::Serialize + ?Sized)) -> Result<()> {
    serde_json::to_writer(out, value).map_err(|e| Error::new(ErrorKind::Internal, e.to_string()))
}

/// Text in quotes; most has nothing that JSON escapes, and is copied.
fn put_text(out: &mut Vec<u8>, text: &str) -> Result<()> {
    let text = text.as_bytes();
    reserve(out, text.len().saturating_add(2))?;
    out.push(b'"');
    if escapes::has_any(text) {
        escapes::append(out, text);
    } else {
        out.extend_from_slice(text);
    }
    out.push(b'"');
    Ok(())
}

/// `{"shape": [...], "data": [...]}`. Its block of text needs a stack frame that small values shall not pay for.
#[inline(never)]
fn put_tensor(out: &mut Vec<u8>, array: &Array<'_>) -> Result<()> {
    // Four bytes hold a small whole number and its comma; longer text grows the buffer as usual.
    reserve(out, array.len().saturating_mul(4))?;
    let extents: Vec<String> = array.shape().iter().map(usize::to_string).collect();
    out.extend_from_slice(format!("{{\"shape\":[{}],\"data\":[", extents.join(",")).as_bytes());
    let mut list = ListWriter::new(out);
    match array.plain_bytes() {
        Some((DType::U8, bytes)) => list.bytes(&U8_TEXTS, bytes),
        Some((_, bytes)) => list.bytes(&I8_TEXTS, bytes),
        None => array.for_each_block(|values| list.floats(values))?,
    }
    list.finish();
    out.extend_from_slice(b"]}");
    Ok(())
}

/// A picture's file, or samples as a PNG: as they are where compression is of no use.
#[inline(never)]
pub(super) fn put_image(out: &mut Vec<u8>, image: &WireImage<'_>) -> Result<()> {
    let samples = match image {
        WireImage::File(media_type, bytes) => return data_url::write(out, media_type.name(), bytes),
        WireImage::Samples(samples) => samples,
    };
    let start = out.len();
    let (media_type, most) = (MediaType::Png.name(), png::most_bytes(samples));
    let smaller =
        data_url::write_with(out, media_type, most, |encoder| png::write_compressed(samples, encoder))?;
    if smaller {
        return Ok(());
    }
    out.truncate(start);
    data_url::write_with(out, media_type, most, |encoder| png::write_stored(samples, encoder))
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

    #[test]
    fn text_is_escaped_as_json_wants_it() {
        for byte in 0..0x80u8 {
            for length in 1..20 {
                for place in 0..length {
                    let mut text = vec![b'a'; length];
                    text[place] = byte;
                    let mut out = Vec::new();
                    put_text(&mut out, std::str::from_utf8(&text).unwrap()).unwrap();
                    let expected = serde_json::to_vec(std::str::from_utf8(&text).unwrap()).unwrap();
                    assert_eq!(out, expected, "{byte} at {place} of {length}");
                }
            }
        }
        let texts = ["", "hé \u{7f}\u{80}☀🦊", "\"\\\n\0 and \"more\"", "\u{1f}\u{20}\u{2028}"];
        for text in texts {
            let mut out = Vec::new();
            put_text(&mut out, text).unwrap();
            assert_eq!(out, serde_json::to_vec(text).unwrap());
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
        npy::parse(&file).unwrap().for_each_block(|block| back.extend_from_slice(block)).unwrap();
        assert_eq!(back, floats);
    }
}
