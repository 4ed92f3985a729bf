//! The values of tensors in binary and in JSON.

use crate::error::ApiError;
use crate::open_inference::json::not_finite;
use crate::tensor::{Datatype, Values};
use crate::work::Work;

/// Values that are written between two checks whether to continue.
pub const STEP: usize = 1 << 14;

/// The most bytes of a number in JSON, with a comma: `-2.2250738585072014e-308,`.
const NUMBER_BYTES: usize = 25;

/// Reads the little-endian values of a datatype; the length of the bytes has been checked.
pub fn from_binary(datatype: Datatype, bytes: &[u8]) -> Result<Values, ApiError> {
    Ok(match datatype {
        Datatype::Bool => Values::Bool(read(bytes, |[byte]: [u8; 1]| byte != 0)?),
        Datatype::Int8 => Values::I8(read(bytes, i8::from_le_bytes)?),
        Datatype::Int16 => Values::I16(read(bytes, i16::from_le_bytes)?),
        Datatype::Int32 => Values::I32(read(bytes, i32::from_le_bytes)?),
        Datatype::Int64 => Values::I64(read(bytes, i64::from_le_bytes)?),
        Datatype::Uint8 => Values::U8(read(bytes, u8::from_le_bytes)?),
        Datatype::Uint16 => Values::U16(read(bytes, u16::from_le_bytes)?),
        Datatype::Uint32 => Values::U32(read(bytes, u32::from_le_bytes)?),
        Datatype::Uint64 => Values::U64(read(bytes, u64::from_le_bytes)?),
        Datatype::Fp16 => Values::F16(read(bytes, u16::from_le_bytes)?),
        Datatype::Bf16 => Values::Bf16(read(bytes, u16::from_le_bytes)?),
        Datatype::Fp32 => Values::F32(read(bytes, f32::from_le_bytes)?),
        Datatype::Fp64 => Values::F64(read(bytes, f64::from_le_bytes)?),
        Datatype::Bytes => return Err(ApiError::internal("strings are read one by one")),
    })
}

/// Reads so many strings, each after its length; they have to fill the bytes.
pub fn texts(mut bytes: &[u8], count: usize) -> Result<Values, ApiError> {
    // An element takes four bytes or more.
    let mut texts = reserve(count.min(bytes.len() / 4))?;
    for place in 0..count {
        let element = bytes.split_first_chunk::<4>().and_then(|(length, rest)| {
            let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
            rest.split_at_checked(length)
        });
        let Some((text, rest)) = element else {
            return Err(at(place, "the bytes end before this element"));
        };
        let text = str::from_utf8(text).map_err(|_| at(place, "the element is not UTF-8"))?;
        texts.push(text.to_owned());
        bytes = rest;
    }
    match bytes.len() {
        0 => Ok(Values::Text(texts)),
        more => Err(ApiError::bad_data(format!("{more} bytes follow the last element"))),
    }
}

/// The bytes that the values have in binary.
pub fn binary_size(values: &Values) -> usize {
    match values {
        Values::Text(texts) => texts.iter().map(|text| 4 + text.len()).sum(),
        values => values.bytes(),
    }
}

/// Writes the values little-endian.
pub fn write_binary(values: &Values, out: &mut Vec<u8>) {
    match values {
        Values::Bool(values) => write(values, out, |value| [u8::from(value)]),
        Values::I8(values) => write(values, out, i8::to_le_bytes),
        Values::I16(values) => write(values, out, i16::to_le_bytes),
        Values::I32(values) => write(values, out, i32::to_le_bytes),
        Values::I64(values) => write(values, out, i64::to_le_bytes),
        Values::U8(values) => out.extend_from_slice(values),
        Values::U16(values) | Values::F16(values) | Values::Bf16(values) => {
            write(values, out, u16::to_le_bytes)
        }
        Values::U32(values) => write(values, out, u32::to_le_bytes),
        Values::U64(values) => write(values, out, u64::to_le_bytes),
        Values::F32(values) => write(values, out, f32::to_le_bytes),
        Values::F64(values) => write(values, out, f64::to_le_bytes),
        Values::Text(values) => {
            for text in values {
                // The memory of a text is far below 4 GiB.
                let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
                out.extend_from_slice(&length.to_le_bytes());
                out.extend_from_slice(text.as_bytes());
            }
        }
    }
}

/// Writes the values as a flat list of JSON. A float has the digits of its double, NaN and the infinities
/// are bare words: both as Triton writes them.
pub fn write_json(values: &Values, out: &mut Vec<u8>, work: &Work) -> Result<(), ApiError> {
    match values {
        Values::Bool(values) => {
            list(values, out, work, numbers, |value, out| text(if *value { "true" } else { "false" }, out))
        }
        Values::I8(values) => list(values, out, work, numbers, integer),
        Values::I16(values) => list(values, out, work, numbers, integer),
        Values::I32(values) => list(values, out, work, numbers, integer),
        Values::I64(values) => list(values, out, work, numbers, integer),
        Values::U8(values) => list(values, out, work, numbers, integer),
        Values::U16(values) => list(values, out, work, numbers, integer),
        Values::U32(values) => list(values, out, work, numbers, integer),
        Values::U64(values) => list(values, out, work, numbers, integer),
        Values::F32(values) => list(values, out, work, numbers, |value, out| float(f64::from(*value), out)),
        Values::F64(values) => list(values, out, work, numbers, |value, out| float(*value, out)),
        Values::Text(values) => list(values, out, work, quoted, plain),
        Values::F16(_) | Values::Bf16(_) => {
            Err(ApiError::bad_data(format!("{} has no form in JSON", values.datatype().name())))
        }
    }
}

/// An empty list with room for so many values.
pub fn reserve<T>(count: usize) -> Result<Vec<T>, ApiError> {
    let mut values = Vec::new();
    let reserved = values.try_reserve_exact(count);
    reserved.map_err(|_| ApiError::busy("there is no memory for the request")).map(|()| values)
}

fn read<const N: usize, T>(bytes: &[u8], convert: impl Fn([u8; N]) -> T) -> Result<Vec<T>, ApiError> {
    let (chunks, _) = bytes.as_chunks::<N>();
    let mut values = reserve(chunks.len())?;
    values.extend(chunks.iter().map(|chunk| convert(*chunk)));
    Ok(values)
}

/// The error of a value.
pub fn at(place: usize, problem: &str) -> ApiError {
    ApiError::bad_data(format!("value {place}: {problem}"))
}

fn write<T: Copy, const N: usize>(values: &[T], out: &mut Vec<u8>, convert: impl Fn(T) -> [u8; N]) {
    out.extend(values.iter().flat_map(|value| convert(*value)));
}

/// The most bytes of so many numbers in JSON.
fn numbers<T>(values: &[T]) -> usize {
    values.len() * NUMBER_BYTES
}

/// The bytes of texts in JSON, which escapes some of their characters, each with quotes and a comma.
fn quoted(texts: &[String]) -> usize {
    let escaped = |byte| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 2,
        0..0x20 => 6,
        _ => 1,
    };
    texts.iter().map(|text| text.bytes().map(escaped).sum::<usize>() + 3).sum()
}

/// Writes a list. `room` says how many bytes some of its values take at most.
fn list<T>(
    values: &[T],
    out: &mut Vec<u8>,
    work: &Work,
    room: impl Fn(&[T]) -> usize,
    element: impl Fn(&T, &mut Vec<u8>),
) -> Result<(), ApiError> {
    out.push(b'[');
    for (place, value) in values.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        if place.is_multiple_of(STEP) {
            work.step()?;
            work.reserve(out, room(&values[place..values.len().min(place + STEP)]))?;
        }
        element(value, out);
    }
    out.push(b']');
    Ok(())
}

fn text(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(text.as_bytes());
}

fn integer(value: &impl ToString, out: &mut Vec<u8>) {
    text(&value.to_string(), out);
}

fn float(value: f64, out: &mut Vec<u8>) {
    match not_finite(value) {
        Some(word) => out.extend_from_slice(word),
        None => plain(&value, out),
    }
}

/// A value as JSON has it; writing to memory does not fail.
fn plain(value: &(impl serde::Serialize + ?Sized), out: &mut Vec<u8>) {
    drop(serde_json::to_writer(out, value));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(values: &Values) -> String {
        let mut out = Vec::new();
        write_json(values, &mut out, &Work::unbounded()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn binary_comes_back_as_it_was() {
        for (datatype, bytes) in [
            (Datatype::Bool, &[0, 1][..]),
            (Datatype::Int8, &[128, 127]),
            (Datatype::Uint8, &[255, 0]),
            (Datatype::Int16, &[0, 128, 255, 127]),
            (Datatype::Uint16, &[255, 255, 0, 1]),
            (Datatype::Int32, &[1, 2, 3, 0x84, 0, 0, 0, 0]),
            (Datatype::Uint32, &[255, 255, 255, 255, 1, 0, 0, 0]),
            (Datatype::Int64, &[1, 0, 0, 0x80, 255, 255, 255, 127, 2, 0, 0, 0, 0, 0, 0, 0]),
            (Datatype::Uint64, &[255; 16]),
            (Datatype::Fp16, &[0, 0x3c, 1, 0x80]),
            (Datatype::Bf16, &[0x80, 0x3f, 1, 0x80]),
            (Datatype::Fp32, &[0, 0, 0xc0, 0x7f, 1, 0, 0, 0x80]),
            (Datatype::Fp64, &[0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 1, 0, 0, 0, 0, 0, 0xf0, 0xff]),
        ] {
            let values = from_binary(datatype, bytes).unwrap();
            assert_eq!((values.datatype(), values.len()), (datatype, 2));
            let mut out = Vec::new();
            write_binary(&values, &mut out);
            assert_eq!(out, bytes, "{datatype:?}");
            assert_eq!(binary_size(&values), bytes.len());
        }
        assert_eq!(from_binary(Datatype::Bool, &[7]).unwrap(), Values::Bool(vec![true]));
    }

    #[test]
    fn there_is_room_for_what_is_written() {
        let texts = vec!["".to_owned(), (0..=0xffu8).map(char::from).collect()];
        assert_eq!(quoted(&texts) + 1, json(&Values::Text(texts)).len());
        let doubles = vec![-f64::MIN_POSITIVE, f64::MIN, -5e-324, f64::NEG_INFINITY];
        assert!(numbers(&doubles[..1]) + 1 == json(&Values::F64(doubles[..1].to_vec())).len());
        assert!(numbers(&doubles) >= json(&Values::F64(doubles)).len());
    }

    #[test]
    fn strings_fill_their_bytes() {
        let bytes = [&[2, 0, 0, 0][..], "\u{e9}".as_bytes(), &[0; 4], &[1, 0, 0, 0, b'"']].concat();
        let values = texts(&bytes, 3).unwrap();
        assert_eq!(values, Values::Text(["\u{e9}", "", "\""].map(str::to_owned).to_vec()));
        let mut out = Vec::new();
        write_binary(&values, &mut out);
        assert_eq!((&out, binary_size(&values)), (&bytes, bytes.len()));
        assert_eq!(json(&values), "[\"\u{e9}\",\"\",\"\\\"\"]");
        let refused = |bytes: &[u8], count| texts(bytes, count).unwrap_err().message;
        assert!(refused(&bytes, 4).starts_with("value 3: the bytes end"));
        assert!(refused(&bytes, usize::MAX).starts_with("value 3: "));
        assert_eq!(refused(&bytes, 2), "5 bytes follow the last element");
        assert_eq!(refused(&[1, 0, 0, 0, 0xff], 1), "value 0: the element is not UTF-8");
        assert!(refused(&[255, 255, 255, 255, 0], 1).starts_with("value 0: the bytes end"));
        assert!(refused(&[0, 0, 0], 1).starts_with("value 0: the bytes end"));
    }

    #[test]
    fn floats_have_the_digits_of_their_double() {
        let values =
            Values::F32(vec![0.1, 1.0, -0.0, 1e-45, f32::MAX, f32::NAN, f32::INFINITY, -f32::INFINITY]);
        let written = "[0.10000000149011612,1.0,-0.0,1.401298464324817e-45,3.4028234663852886e38,\
                       NaN,Infinity,-Infinity]";
        assert_eq!(json(&values), written.replace("e38", "e+38"));
        assert_eq!(json(&Values::F64(vec![0.1, 1e300])), "[0.1,1e+300]");
    }

    #[test]
    fn integers_and_booleans_are_written_as_such() {
        assert_eq!(json(&Values::I64(vec![i64::MIN, 0])), "[-9223372036854775808,0]");
        assert_eq!(json(&Values::U64(vec![u64::MAX])), "[18446744073709551615]");
        assert_eq!(json(&Values::Bool(vec![true, false])), "[true,false]");
        assert_eq!(json(&Values::I8(vec![-128])), "[-128]");
        assert_eq!(json(&Values::U8(vec![])), "[]");
    }
}
