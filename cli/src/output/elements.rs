//! Numbers and arrays of predictions as text, with all their digits.

use sidekick::{DType, Predictions, Result};

use crate::output::cell::{Cell, shortest};

/// The number of a row.
pub fn number(predictions: &Predictions, output: usize, row: usize) -> Result<Cell<'static>> {
    let (dtype, bytes) = predictions.elements(output, row)?;
    match dtype {
        DType::F64 | DType::F16 | DType::Bf16 => Ok(Cell::float(predictions.number(output, row)?)),
        _ => Ok(texts(dtype, bytes).next().map_or(Cell::Nothing, element)),
    }
}

/// The array of a row as nested JSON lists.
pub fn array(predictions: &Predictions, output: usize, row: usize) -> Result<Cell<'static>> {
    let (dtype, bytes) = predictions.elements(output, row)?;
    let shape = predictions.row_shape(output, row)?;
    let mut list = String::new();
    match dtype {
        DType::F16 | DType::Bf16 => {
            let values = predictions.array(output, row)?;
            push_lists(&mut list, shape, &mut values.iter().map(|value| float_text(*value)));
        }
        _ => push_lists(&mut list, shape, &mut texts(dtype, bytes)),
    }
    Ok(Cell::Json(list))
}

/// The text of an element; none if JSON cannot carry it.
type Text = std::result::Result<String, f64>;

fn element(text: Text) -> Cell<'static> {
    match text {
        Ok(text) => Cell::Number(text),
        Err(value) => Cell::NotFinite(value),
    }
}

/// The texts of elements in this machine's byte order.
fn texts(dtype: DType, bytes: &[u8]) -> Box<dyn Iterator<Item = Text> + '_> {
    macro_rules! integers {
        ($number:ty) => {
            Box::new(bytes.as_chunks().0.iter().map(|bytes| Ok(<$number>::from_ne_bytes(*bytes).to_string())))
        };
    }
    match dtype {
        DType::F32 => {
            Box::new(bytes.as_chunks().0.iter().map(|bytes| float_text(f32::from_ne_bytes(*bytes))))
        }
        DType::F64 => {
            Box::new(bytes.as_chunks().0.iter().map(|bytes| double_text(f64::from_ne_bytes(*bytes))))
        }
        DType::I8 => integers!(i8),
        DType::I16 => integers!(i16),
        DType::I32 => integers!(i32),
        DType::I64 => integers!(i64),
        DType::U8 => integers!(u8),
        DType::U16 => integers!(u16),
        DType::U32 => integers!(u32),
        DType::U64 => integers!(u64),
        DType::Bool => Box::new(bytes.iter().map(|byte| Ok((*byte != 0).to_string()))),
        // They have no Rust type; callers read them as 32-bit floats.
        DType::F16 | DType::Bf16 => Box::new(std::iter::empty()),
    }
}

fn float_text(value: f32) -> Text {
    if value.is_finite() { Ok(shortest(value)) } else { Err(f64::from(value)) }
}

fn double_text(value: f64) -> Text {
    if value.is_finite() { Ok(shortest(value)) } else { Err(value) }
}

/// Appends elements in lists of a shape; none is left out: what JSON cannot carry is null.
fn push_lists(out: &mut String, shape: &[usize], elements: &mut dyn Iterator<Item = Text>) {
    let [size, inner @ ..] = shape else {
        let text = elements.next().and_then(std::result::Result::ok);
        return out.push_str(text.as_deref().unwrap_or("null"));
    };
    out.push('[');
    for index in 0..*size {
        if index > 0 {
            out.push(',');
        }
        push_lists(out, inner, elements);
    }
    out.push(']');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_keep_their_digits_and_their_shape() {
        let list = |dtype, shape: &[usize], bytes: &[u8]| {
            let mut list = String::new();
            push_lists(&mut list, shape, &mut texts(dtype, bytes));
            list
        };
        let big: Vec<u8> = [u64::MAX, 1].iter().flat_map(|value| value.to_ne_bytes()).collect();
        assert_eq!(list(DType::U64, &[2], &big), "[18446744073709551615,1]");
        let floats: Vec<u8> =
            [0.1f32, f32::NAN, 1e10, -2.0].iter().flat_map(|value| value.to_ne_bytes()).collect();
        assert_eq!(list(DType::F32, &[2, 2], &floats), "[[0.1,null],[10000000000.0,-2.0]]");
        assert_eq!(list(DType::Bool, &[1, 2], &[0, 7]), "[[false,true]]");
        assert_eq!(list(DType::I8, &[0], &[]), "[]");
    }
}
