//! Numbers as the elements of a tensor, each in the tensor's own type.

use crate::half;
use crate::tensor::Values;

/// An element type.
pub trait Element {
    type Value: Copy;

    /// A tensor's values of this type.
    fn values(list: Vec<Self::Value>) -> Values;

    fn of_integer(number: i64) -> Result<Self::Value, String>;

    fn of_number(number: f64) -> Result<Self::Value, String>;

    /// Whether only whole numbers are in it.
    const IS_INTEGER: bool = false;

    /// The value that is nearest to a number.
    fn nearest(number: f64) -> Self::Value;

    /// The values themselves if they are 32-bit floats, the type that most encoders write.
    fn singles(_: &mut [Self::Value]) -> Option<&mut [f32]> {
        None
    }
}

pub struct Bool;
pub struct F16;
pub struct Bf16;
pub struct F32;
pub struct F64;

/// Every integer below this has a value of its own among 64-bit floats; this one is also that of the next.
const EXACT: f64 = 9_007_199_254_740_992.0;

macro_rules! integers {
    ($($name:ident $value:ident $datatype:literal),*) => {$(
        pub struct $name;

        impl Element for $name {
            type Value = $value;

            const IS_INTEGER: bool = true;

            fn nearest(number: f64) -> $value {
                number.round_ties_even() as $value
            }

            fn values(list: Vec<$value>) -> Values {
                Values::$name(list)
            }

            fn of_integer(number: i64) -> Result<$value, String> {
                $value::try_from(number).map_err(|_| format!("{number} is beyond {}", $datatype))
            }

            fn of_number(number: f64) -> Result<$value, String> {
                if number.fract() != 0.0 || !number.is_finite() {
                    return Err(format!("{number} is no integer, the tensor is {}", $datatype));
                }
                if number.abs() >= EXACT {
                    return Err(format!("{number:e} is beyond the integers that a 64-bit float holds exactly"));
                }
                Self::of_integer(number as i64)
            }
        }
    )*};
}

integers!(I8 i8 "INT8", I16 i16 "INT16", I32 i32 "INT32", I64 i64 "INT64");
integers!(U8 u8 "UINT8", U16 u16 "UINT16", U32 u32 "UINT32", U64 u64 "UINT64");

impl Element for Bool {
    type Value = bool;

    fn nearest(number: f64) -> bool {
        number >= 0.5
    }

    fn values(list: Vec<bool>) -> Values {
        Values::Bool(list)
    }

    fn of_integer(number: i64) -> Result<bool, String> {
        Bool::of_number(number as f64)
    }

    fn of_number(number: f64) -> Result<bool, String> {
        match number {
            0.0 => Ok(false),
            1.0 => Ok(true),
            _ => Err(format!("{number} is neither 0 nor 1, the tensor is BOOL")),
        }
    }
}

impl Element for F32 {
    type Value = f32;

    fn nearest(number: f64) -> f32 {
        number as f32
    }

    fn values(list: Vec<f32>) -> Values {
        Values::F32(list)
    }

    fn of_integer(number: i64) -> Result<f32, String> {
        Ok(number as f32)
    }

    fn of_number(number: f64) -> Result<f32, String> {
        let single = number as f32;
        match single.is_infinite() {
            true => Err(format!("{number:e} is beyond the range of a 32-bit float")),
            false => Ok(single),
        }
    }

    fn singles(values: &mut [f32]) -> Option<&mut [f32]> {
        Some(values)
    }
}

impl Element for F64 {
    type Value = f64;

    fn nearest(number: f64) -> f64 {
        number
    }

    fn values(list: Vec<f64>) -> Values {
        Values::F64(list)
    }

    fn of_integer(number: i64) -> Result<f64, String> {
        Ok(number as f64)
    }

    fn of_number(number: f64) -> Result<f64, String> {
        match number.is_infinite() {
            true => Err("infinity is no number".to_owned()),
            false => Ok(number),
        }
    }
}

impl Element for F16 {
    type Value = u16;

    fn nearest(number: f64) -> u16 {
        half::from_f32(to_odd(number))
    }

    fn values(list: Vec<u16>) -> Values {
        Values::F16(list)
    }

    fn of_integer(number: i64) -> Result<u16, String> {
        F16::of_number(number as f64)
    }

    fn of_number(number: f64) -> Result<u16, String> {
        F32::of_number(number)?;
        let bits = half::from_f32(to_odd(number));
        match half::to_f32(bits).is_infinite() {
            true => Err(format!("{number:e} is beyond the range of FP16")),
            false => Ok(bits),
        }
    }
}

impl Element for Bf16 {
    type Value = u16;

    fn nearest(number: f64) -> u16 {
        let largest = f64::from(f32::from_bits(0x7f7f_0000));
        Bf16::of_number(number.clamp(-largest, largest)).unwrap_or_default()
    }

    fn values(list: Vec<u16>) -> Values {
        Values::Bf16(list)
    }

    fn of_integer(number: i64) -> Result<u16, String> {
        Bf16::of_number(number as f64)
    }

    /// Of two bfloat16 as near, the even one.
    fn of_number(number: f64) -> Result<u16, String> {
        if F32::of_number(number)?.is_nan() {
            return Ok(0x7fc0);
        }
        let bits = to_odd(number).to_bits();
        let rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
        match rounded & 0x7fff == 0x7f80 {
            true => Err(format!("{number:e} is beyond the range of BF16")),
            false => Ok(rounded as u16),
        }
    }
}

/// A 32-bit float that rounds to the same float of 16 bits as the number does: what is cut off shows in its
/// last bit. The nearest one may lie halfway between two of 16 bits where the number does not.
fn to_odd(number: f64) -> f32 {
    let nearest = number as f32;
    let difference = f64::from(nearest) - number;
    if difference == 0.0 || !nearest.is_finite() {
        return nearest;
    }
    let is_away = (difference > 0.0) == (number > 0.0);
    f32::from_bits((nearest.to_bits() - u32::from(is_away)) | 1)
}

/// Evaluates an expression for the list of numbers of whichever type the values have, and another for texts.
#[macro_export]
macro_rules! for_elements {
    ($values:expr, $element:ident, $list:ident => $numbers:expr, $texts:ident => $text:expr) => {
        match $values {
            $crate::tensor::Values::F32($list) => {
                type $element = $crate::elements::F32;
                $numbers
            }
            $crate::tensor::Values::Bool($list) => {
                type $element = $crate::elements::Bool;
                $numbers
            }
            $crate::tensor::Values::I8($list) => {
                type $element = $crate::elements::I8;
                $numbers
            }
            $crate::tensor::Values::I16($list) => {
                type $element = $crate::elements::I16;
                $numbers
            }
            $crate::tensor::Values::I32($list) => {
                type $element = $crate::elements::I32;
                $numbers
            }
            $crate::tensor::Values::I64($list) => {
                type $element = $crate::elements::I64;
                $numbers
            }
            $crate::tensor::Values::U8($list) => {
                type $element = $crate::elements::U8;
                $numbers
            }
            $crate::tensor::Values::U16($list) => {
                type $element = $crate::elements::U16;
                $numbers
            }
            $crate::tensor::Values::U32($list) => {
                type $element = $crate::elements::U32;
                $numbers
            }
            $crate::tensor::Values::U64($list) => {
                type $element = $crate::elements::U64;
                $numbers
            }
            $crate::tensor::Values::F16($list) => {
                type $element = $crate::elements::F16;
                $numbers
            }
            $crate::tensor::Values::Bf16($list) => {
                type $element = $crate::elements::Bf16;
                $numbers
            }
            $crate::tensor::Values::F64($list) => {
                type $element = $crate::elements::F64;
                $numbers
            }
            $crate::tensor::Values::Text($texts) => $text,
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_within_their_type() {
        assert_eq!((U8::of_integer(255), I8::of_number(-128.0)), (Ok(255), Ok(-128)));
        assert_eq!(I64::of_integer(i64::MAX), Ok(i64::MAX));
        assert_eq!(U8::of_integer(256).unwrap_err(), "256 is beyond UINT8");
        assert_eq!(U64::of_integer(-1).unwrap_err(), "-1 is beyond UINT64");
        assert_eq!(I64::of_number(2.5).unwrap_err(), "2.5 is no integer, the tensor is INT64");
        assert_eq!(I32::of_number(f64::NAN).unwrap_err(), "NaN is no integer, the tensor is INT32");
        assert!(I64::of_number(1e17).unwrap_err().contains("exactly"));
        // As a float it is 9007199254740993 too.
        assert!(I64::of_number(9_007_199_254_740_992.0).unwrap_err().contains("exactly"));
        assert_eq!(I64::of_number(-9_007_199_254_740_991.0), Ok(-9_007_199_254_740_991));
        assert_eq!((Bool::of_integer(1), Bool::of_number(0.0)), (Ok(true), Ok(false)));
        assert!(Bool::of_integer(2).unwrap_err().contains("neither 0 nor 1"));
    }

    #[test]
    fn floats_are_rounded_and_within_their_range() {
        assert_eq!(F32::of_number(0.1), Ok(0.1f32));
        assert!(F32::of_number(1e39).unwrap_err().contains("32-bit float"));
        assert!(F32::of_number(f64::NAN).unwrap().is_nan() && F64::of_number(f64::NAN).unwrap().is_nan());
        assert_eq!(F64::of_number(0.1), Ok(0.1));
        assert_eq!(F16::of_number(1.0), Ok(0x3c00));
        assert!(F16::of_number(1e6).unwrap_err().contains("FP16"));
        assert_eq!((Bf16::of_number(1.0), Bf16::of_number(-2.5)), (Ok(0x3f80), Ok(0xc020)));
        // Halfway between two, and just beside.
        let middle = f32::from_bits(0x3f80_8000);
        assert_eq!(Bf16::of_number(f64::from(middle)), Ok(0x3f80));
        assert_eq!(Bf16::of_number(f64::from(middle.next_up())), Ok(0x3f81));
        assert!(Bf16::of_number(3.4e38).unwrap_err().contains("BF16"));
    }

    #[test]
    fn halves_are_rounded_once() {
        // Just above the middle of two neighbours, by less than a 32-bit float shows.
        let above = |step: i32| 1.0 + 2f64.powi(step) + 2f64.powi(-45);
        assert_eq!((F16::of_number(above(-11)), F16::of_number(-above(-11))), (Ok(0x3c01), Ok(0xbc01)));
        assert_eq!((F16::of_number(1.0 + 2f64.powi(-11)), F16::nearest(above(-11))), (Ok(0x3c00), 0x3c01));
        assert_eq!((Bf16::of_number(above(-8)), Bf16::of_number(-above(-8))), (Ok(0x3f81), Ok(0xbf81)));
        let below = 1.0 + 3.0 * 2f64.powi(-11) - 2f64.powi(-45);
        assert_eq!(F16::of_number(below), Ok(0x3c01));
        assert_eq!((F16::of_number(1e-50), F16::of_number(-0.0)), (Ok(0), Ok(0x8000)));
    }
}
