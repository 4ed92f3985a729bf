//! The values of tensors as the engine has them, from binary and back.

use crate::error::ApiError;
use crate::open_inference::half;
use crate::open_inference::json::not_finite;
use crate::open_inference::signature::Datatype;
use crate::work::Work;

/// Values that are written between two checks whether to continue.
pub const STEP: usize = 1 << 14;

/// A tensor's values in row-major order, of one of the engine's element types.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// FP16, FP32 and FP64.
    F32(Vec<f32>),
    /// BOOL, INT32 and INT64.
    I32(Vec<i32>),
    I8(Vec<i8>),
    U8(Vec<u8>),
}

/// A tensor with its shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    pub shape: Vec<usize>,
    pub values: Values,
}

impl Values {
    pub fn len(&self) -> usize {
        match self {
            Values::F32(values) => values.len(),
            Values::I32(values) => values.len(),
            Values::I8(values) => values.len(),
            Values::U8(values) => values.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the engine computes this datatype in values of this type.
    pub fn are(&self, datatype: Datatype) -> bool {
        match self {
            Values::F32(_) => matches!(datatype, Datatype::Fp16 | Datatype::Fp32 | Datatype::Fp64),
            Values::I32(_) => matches!(datatype, Datatype::Bool | Datatype::Int32 | Datatype::Int64),
            Values::I8(_) => datatype == Datatype::Int8,
            Values::U8(_) => datatype == Datatype::Uint8,
        }
    }

    /// Reads the little-endian values of a datatype; the length of the bytes has been checked.
    pub fn from_binary(datatype: Datatype, bytes: &[u8]) -> Result<Values, ApiError> {
        Ok(match datatype {
            Datatype::Bool => Values::I32(read(bytes, |[byte]: [u8; 1]| Ok(i32::from(byte != 0)))?),
            Datatype::Int8 => Values::I8(read(bytes, |value| Ok(i8::from_le_bytes(value)))?),
            Datatype::Uint8 => Values::U8(read(bytes, |[byte]: [u8; 1]| Ok(byte))?),
            Datatype::Int32 => Values::I32(read(bytes, |value| Ok(i32::from_le_bytes(value)))?),
            Datatype::Int64 => Values::I32(read(bytes, |value| narrow(i64::from_le_bytes(value)))?),
            Datatype::Fp16 => Values::F32(read(bytes, |value| Ok(half::to_f32(u16::from_le_bytes(value))))?),
            Datatype::Fp32 => Values::F32(read(bytes, |value| Ok(f32::from_le_bytes(value)))?),
            Datatype::Fp64 => Values::F32(read(bytes, |value| single(f64::from_le_bytes(value)))?),
        })
    }

    /// Writes the values as those of a datatype, little-endian.
    pub fn write_binary(&self, datatype: Datatype, out: &mut Vec<u8>) {
        match (self, datatype) {
            (Values::F32(values), Datatype::Fp16) => write(values, out, |v| half::from_f32(v).to_le_bytes()),
            (Values::F32(values), Datatype::Fp64) => write(values, out, |v| f64::from(v).to_le_bytes()),
            (Values::F32(values), _) => write(values, out, f32::to_le_bytes),
            (Values::I32(values), Datatype::Bool) => write(values, out, |v| [u8::from(v != 0)]),
            (Values::I32(values), Datatype::Int64) => write(values, out, |v| i64::from(v).to_le_bytes()),
            (Values::I32(values), _) => write(values, out, i32::to_le_bytes),
            (Values::I8(values), _) => write(values, out, i8::to_le_bytes),
            (Values::U8(values), _) => out.extend_from_slice(values),
        }
    }

    /// Writes the values as a flat list of JSON. A float has the digits of its double, NaN and the infinities
    /// are bare words: both as Triton writes them.
    pub fn write_json(&self, datatype: Datatype, out: &mut Vec<u8>, work: &Work) -> Result<(), ApiError> {
        match (self, datatype) {
            (Values::F32(values), _) => list(values, out, work, |value, out| float(f64::from(value), out)),
            (Values::I32(values), Datatype::Bool) => {
                list(values, out, work, |value, out| text(if value != 0 { "true" } else { "false" }, out))
            }
            (Values::I32(values), _) => list(values, out, work, |value, out| text(&value.to_string(), out)),
            (Values::I8(values), _) => list(values, out, work, |value, out| text(&value.to_string(), out)),
            (Values::U8(values), _) => list(values, out, work, |value, out| text(&value.to_string(), out)),
        }
    }
}

/// The engine's INT64 has 32 bits: a larger value would be another one without a word.
pub fn narrow(value: i64) -> Result<i32, String> {
    i32::try_from(value)
        .map_err(|_| format!("{value} is beyond the 32 bits in which this server computes INT64"))
}

/// The engine computes FP64 in FP32: values are rounded, and refused if they would become infinite.
pub fn single(value: f64) -> Result<f32, String> {
    let rounded = value as f32;
    match rounded.is_infinite() && value.is_finite() {
        true => Err(format!("{value:e} is beyond FP32, in which this server computes FP64")),
        false => Ok(rounded),
    }
}

/// An empty list with room for so many values.
pub fn reserve<T>(count: usize) -> Result<Vec<T>, ApiError> {
    let mut values = Vec::new();
    let reserved = values.try_reserve_exact(count);
    reserved.map_err(|_| ApiError::busy("there is no memory for the request")).map(|()| values)
}

fn read<const N: usize, T>(
    bytes: &[u8],
    convert: impl Fn([u8; N]) -> Result<T, String>,
) -> Result<Vec<T>, ApiError> {
    let (chunks, _) = bytes.as_chunks::<N>();
    let mut values = reserve(chunks.len())?;
    for (place, chunk) in chunks.iter().enumerate() {
        values.push(convert(*chunk).map_err(|problem| at(place, &problem))?);
    }
    Ok(values)
}

/// The error of a value.
pub fn at(place: usize, problem: &str) -> ApiError {
    ApiError::bad_data(format!("value {place}: {problem}"))
}

fn write<T: Copy, const N: usize>(values: &[T], out: &mut Vec<u8>, convert: impl Fn(T) -> [u8; N]) {
    out.extend(values.iter().flat_map(|value| convert(*value)));
}

fn list<T: Copy>(
    values: &[T],
    out: &mut Vec<u8>,
    work: &Work,
    element: impl Fn(T, &mut Vec<u8>),
) -> Result<(), ApiError> {
    out.push(b'[');
    for (place, value) in values.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        if place.is_multiple_of(STEP) {
            work.step()?;
        }
        element(*value, out);
    }
    out.push(b']');
    Ok(())
}

fn text(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(text.as_bytes());
}

fn float(value: f64, out: &mut Vec<u8>) {
    match not_finite(value) {
        Some(word) => out.extend_from_slice(word),
        None => {
            // Writing to memory does not fail.
            drop(serde_json::to_writer(out, &value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(values: &Values, datatype: Datatype) -> String {
        let mut out = Vec::new();
        values.write_json(datatype, &mut out, &Work::unbounded()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn binary_comes_back_as_it_was() {
        for (datatype, bytes) in [
            (Datatype::Bool, &[0, 1][..]),
            (Datatype::Int8, &[128, 127]),
            (Datatype::Uint8, &[255, 0]),
            (Datatype::Int32, &[1, 2, 3, 0x84, 0, 0, 0, 0]),
            (Datatype::Int64, &[1, 0, 0, 0x80, 255, 255, 255, 255, 2, 0, 0, 0, 0, 0, 0, 0]),
            (Datatype::Fp16, &[0, 0x3c, 1, 0x80]),
            (Datatype::Fp32, &[0, 0, 0xc0, 0x7f, 1, 0, 0, 0x80]),
            (Datatype::Fp64, &[0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0xf0, 0xff]),
        ] {
            let values = Values::from_binary(datatype, bytes).unwrap();
            assert!(values.are(datatype));
            assert_eq!(values.len(), 2);
            let mut out = Vec::new();
            values.write_binary(datatype, &mut out);
            assert_eq!(out, bytes, "{datatype:?}");
        }
        assert_eq!(Values::from_binary(Datatype::Bool, &[7]).unwrap(), Values::I32(vec![1]));
    }

    #[test]
    fn what_the_engine_cannot_hold_is_refused() {
        let refused = |datatype, bytes: &[u8]| Values::from_binary(datatype, bytes).unwrap_err().message;
        let large = [1i64, 1 << 31].map(i64::to_le_bytes).concat();
        assert_eq!(
            refused(Datatype::Int64, &large),
            "value 1: 2147483648 is beyond the 32 bits in which this server computes INT64"
        );
        assert_eq!(
            refused(Datatype::Fp64, &1e39f64.to_le_bytes()),
            "value 0: 1e39 is beyond FP32, in which this server computes FP64"
        );
    }

    #[test]
    fn floats_have_the_digits_of_their_double() {
        let values =
            Values::F32(vec![0.1, 1.0, -0.0, 1e-45, f32::MAX, f32::NAN, f32::INFINITY, -f32::INFINITY]);
        let written = "[0.10000000149011612,1.0,-0.0,1.401298464324817e-45,3.4028234663852886e38,\
                       NaN,Infinity,-Infinity]";
        assert_eq!(json(&values, Datatype::Fp32), written.replace("e38", "e+38"));
        assert_eq!(json(&values, Datatype::Fp64), json(&values, Datatype::Fp32));
    }

    #[test]
    fn integers_and_booleans_are_written_as_such() {
        assert_eq!(json(&Values::I32(vec![-1, 0]), Datatype::Int64), "[-1,0]");
        assert_eq!(json(&Values::I32(vec![1, 0]), Datatype::Bool), "[true,false]");
        assert_eq!(json(&Values::I8(vec![-128]), Datatype::Int8), "[-128]");
        assert_eq!(json(&Values::U8(vec![]), Datatype::Uint8), "[]");
    }
}
