//! The values of a tensor in JSON: a flat list, or lists nested like the shape.

use crate::error::ApiError;
use crate::open_inference::json::{Cursor, Value};
use crate::open_inference::tensors::{self, STEP};
use crate::tensor::{Datatype, Values};
use crate::work::Work;

/// Reads the list `text`, a valid one, as the values of a tensor of this datatype and shape.
pub fn read(text: &str, datatype: Datatype, shape: &[usize], work: &Work) -> Result<Values, ApiError> {
    let list = List { text, shape, work };
    Ok(match datatype {
        Datatype::Bool => Values::Bool(list.read(boolean)?),
        Datatype::Int8 => Values::I8(list.read(|value| integer(value, datatype))?),
        Datatype::Int16 => Values::I16(list.read(|value| integer(value, datatype))?),
        Datatype::Int32 => Values::I32(list.read(|value| integer(value, datatype))?),
        Datatype::Int64 => Values::I64(list.read(|value| integer(value, datatype))?),
        Datatype::Uint8 => Values::U8(list.read(|value| integer(value, datatype))?),
        Datatype::Uint16 => Values::U16(list.read(|value| integer(value, datatype))?),
        Datatype::Uint32 => Values::U32(list.read(|value| integer(value, datatype))?),
        Datatype::Uint64 => Values::U64(list.read(|value| integer(value, datatype))?),
        Datatype::Fp32 => Values::F32(list.read(float)?),
        Datatype::Fp64 => Values::F64(list.read(double)?),
        Datatype::Bytes => Values::Text(list.read(string)?),
        Datatype::Fp16 | Datatype::Bf16 => {
            let name = datatype.name();
            return Err(ApiError::bad_data(format!("{name} has no form in JSON; send it in binary")));
        }
    })
}

fn boolean(value: Value) -> Result<bool, String> {
    match value {
        Value::Bool(value) => Ok(value),
        value => Err(format!("expected true or false, found {}", value.shown())),
    }
}

fn string(value: Value) -> Result<String, String> {
    match value {
        Value::Text(text) => Ok(text.into_owned()),
        value => Err(format!("expected a string, found {}", value.shown())),
    }
}

/// An integer of a type; `1.0` is none, as with Triton.
fn integer<T: TryFrom<i64> + TryFrom<u64>>(value: Value, datatype: Datatype) -> Result<T, String> {
    let shown = value.shown();
    let Value::Number(text) = value else {
        return Err(format!("expected an integer, found {shown}"));
    };
    if text.contains(['.', 'e', 'E']) {
        return Err(format!("expected an integer, found {shown}; write it without fraction and exponent"));
    }
    let signed = text.parse::<i64>().ok().and_then(|number| T::try_from(number).ok());
    let unsigned = || T::try_from(text.parse::<u64>().ok()?).ok();
    signed.or_else(unsigned).ok_or_else(|| format!("{shown} is beyond {}", datatype.name()))
}

fn float(value: Value) -> Result<f32, String> {
    let shown = value.shown();
    match value {
        Value::NotFinite(value) => Ok(value as f32),
        Value::Number(text) => {
            let number = text.parse::<f32>().ok().filter(|number| number.is_finite());
            number.ok_or_else(|| format!("{shown} is beyond FP32"))
        }
        _ => Err(no_number(&shown)),
    }
}

fn double(value: Value) -> Result<f64, String> {
    let shown = value.shown();
    match value {
        Value::NotFinite(value) => Ok(value),
        Value::Number(text) => {
            let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
            number.ok_or_else(|| format!("{shown} is beyond FP64"))
        }
        _ => Err(no_number(&shown)),
    }
}

fn no_number(shown: &str) -> String {
    format!("expected a number, NaN, Infinity or -Infinity, found {shown}")
}

struct List<'a> {
    text: &'a str,
    shape: &'a [usize],
    work: &'a Work,
}

impl List<'_> {
    fn read<T>(&self, element: impl Fn(Value) -> Result<T, String>) -> Result<Vec<T>, ApiError> {
        let count = self.shape.iter().copied().fold(1, usize::saturating_mul);
        // A value and its comma take two bytes or more.
        let room = count.min(self.text.len() / 2);
        self.work.hold(room * size_of::<T>())?;
        let mut values = tensors::reserve(room)?;
        let mut push = |value: Value| {
            if values.len().is_multiple_of(STEP) {
                self.work.step()?;
            }
            let place = values.len();
            values.push(element(value).map_err(|problem| tensors::at(place, &problem))?);
            Ok(())
        };
        let mut cursor = Cursor::new(self.text);
        match self.shape.len() > 1 && cursor.is_nested() {
            true => self.nested(&mut cursor, self.shape, &mut push)?,
            false => self.level(&mut cursor, count, |cursor| push(cursor.value()?))?,
        }
        Ok(values)
    }

    /// Reads lists within lists, each as long as its axis.
    fn nested<'t>(
        &self,
        cursor: &mut Cursor<'t>,
        shape: &[usize],
        push: &mut impl FnMut(Value<'t>) -> Result<(), ApiError>,
    ) -> Result<(), ApiError> {
        match shape {
            [] => push(cursor.value()?),
            [size, rest @ ..] => self.level(cursor, *size, |cursor| self.nested(cursor, rest, push)),
        }
    }

    /// Reads a list of so many elements.
    fn level<'t>(
        &self,
        cursor: &mut Cursor<'t>,
        size: usize,
        mut element: impl FnMut(&mut Cursor<'t>) -> Result<(), ApiError>,
    ) -> Result<(), ApiError> {
        let mut found = 0;
        cursor.list(|cursor| {
            found += 1;
            match found > size {
                true => cursor.skip().map(drop),
                false => element(cursor),
            }
        })?;
        match found == size {
            true => Ok(()),
            false => Err(ApiError::bad_data(format!(
                "a list of the data has {found} elements, the shape {:?} needs {size}",
                self.shape
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(text: &str, datatype: Datatype, shape: &[usize]) -> Result<Values, String> {
        read(text, datatype, shape, &Work::unbounded()).map_err(|error| error.message)
    }

    #[test]
    fn flat_and_nested_lists_are_the_same() {
        for text in ["[1,2,3,4,5,6]", "[[1,2,3],[4,5,6]]", " [ [ 1 , 2,3],[4,5,6 ]\n]"] {
            assert_eq!(data(text, Datatype::Uint8, &[2, 3]), Ok(Values::U8(vec![1, 2, 3, 4, 5, 6])));
        }
        for (text, shape) in [("[]", &[0, 3][..]), ("[[],[]]", &[2, 0]), ("[]", &[2, 0]), ("[]", &[0])] {
            assert_eq!(data(text, Datatype::Int8, shape), Ok(Values::I8(vec![])));
        }
        assert_eq!(data("[1]", Datatype::Int32, &[]), Ok(Values::I32(vec![1])));
    }

    #[test]
    fn lists_of_another_length_are_refused() {
        for text in [
            "[1,2,3,4,5]",
            "[1,2,3,4,5,6,7]",
            "[]",
            "[[1,2],[3,4],[5,6]]",
            "[[1,2,3],[4,5]]",
            "[[1,2,3],[4,5,6,7]]",
            "[[1,2,3,4,5,6]]",
        ] {
            let problem = data(text, Datatype::Int32, &[2, 3]).unwrap_err();
            assert!(problem.contains("the shape [2, 3] needs"), "{text}: {problem}");
        }
        for text in
            ["[[1,2,3],4,5,6]", "[1,[2,3],4,5,6,7]", "[[[1],[2],[3]],[[4],[5],[6]]]", "1", "{}", "null"]
        {
            assert!(data(text, Datatype::Int32, &[2, 3]).is_err(), "{text}");
        }
    }

    #[test]
    fn a_shape_that_the_data_does_not_fill_takes_no_memory() {
        let problem = data("[1]", Datatype::Int32, &[usize::MAX, 2]).unwrap_err();
        assert!(problem.contains("has 1 elements"), "{problem}");
    }

    #[test]
    fn values_are_within_their_type() {
        let one = |text: &str, datatype| data(&format!("[{text}]"), datatype, &[1]);
        assert_eq!(one("-128", Datatype::Int8), Ok(Values::I8(vec![-128])));
        assert_eq!(one("-9223372036854775808", Datatype::Int64), Ok(Values::I64(vec![i64::MIN])));
        assert_eq!(one("18446744073709551615", Datatype::Uint64), Ok(Values::U64(vec![u64::MAX])));
        assert_eq!(one("65535", Datatype::Uint16), Ok(Values::U16(vec![65535])));
        assert_eq!(one("true", Datatype::Bool), Ok(Values::Bool(vec![true])));
        assert_eq!(one("0.1", Datatype::Fp64), Ok(Values::F64(vec![0.1])));
        assert_eq!(one("1e39", Datatype::Fp64), Ok(Values::F64(vec![1e39])));
        assert_eq!(one(r#""a\n""#, Datatype::Bytes), Ok(Values::Text(vec!["a\n".to_owned()])));
        assert_eq!(one("16777217", Datatype::Fp32), Ok(Values::F32(vec![16777216.0])));
        assert_eq!(one("-Infinity", Datatype::Fp32), Ok(Values::F32(vec![f32::NEG_INFINITY])));
        assert!(matches!(one("NaN", Datatype::Fp64), Ok(Values::F64(values)) if values[0].is_nan()));
        for (text, datatype, words) in [
            ("128", Datatype::Int8, "128 is beyond INT8"),
            ("-1", Datatype::Uint8, "-1 is beyond UINT8"),
            ("99999999999999999999", Datatype::Int64, "is beyond INT64"),
            ("9223372036854775808", Datatype::Int64, "is beyond INT64"),
            ("18446744073709551616", Datatype::Uint64, "is beyond UINT64"),
            ("-1", Datatype::Uint32, "-1 is beyond UINT32"),
            ("32768", Datatype::Int16, "32768 is beyond INT16"),
            ("1.0", Datatype::Int32, "expected an integer, found 1.0"),
            ("true", Datatype::Int32, "expected an integer, found true"),
            ("NaN", Datatype::Int32, "expected an integer, found NaN"),
            ("null", Datatype::Int32, "expected an integer, found null"),
            ("1", Datatype::Bool, "expected true or false, found 1"),
            ("null", Datatype::Fp32, "found null"),
            ("\"1\"", Datatype::Fp32, "found the string \"1\""),
            ("[1]", Datatype::Fp32, "found a list"),
            ("1e39", Datatype::Fp32, "1e39 is beyond FP32"),
            ("1e999", Datatype::Fp64, "1e999 is beyond FP64"),
            ("1", Datatype::Fp16, "binary"),
            ("1", Datatype::Bf16, "BF16 has no form in JSON"),
            ("1", Datatype::Bytes, "expected a string, found 1"),
        ] {
            let problem = one(text, datatype).unwrap_err();
            assert!(problem.contains(words), "{text}: {problem}");
        }
    }
}
