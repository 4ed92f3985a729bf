//! The types of tensor elements: their names, their sizes, and the values they hold.

use crate::array::DType;
use crate::error::{Error, ErrorKind, Result};
use crate::half::{bf16_of, bf16_value, fp16_of, fp16_value};

/// The type of a tensor's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum DataType {
    Bool,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Int8,
    Int16,
    Int32,
    Int64,
    Fp16,
    Bf16,
    Fp32,
    Fp64,
    /// Elements of any number of bytes.
    Bytes,
}

/// What sort of values a type holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Bool,
    /// Whole numbers from the first to the last.
    Integer(i128, i128),
    Float,
    Bytes,
}

/// Every type with its name and the bytes of an element; those of BYTES have a length of their own.
const TABLE: [(DataType, &str, usize, Class); 14] = {
    use Class::{Bool, Bytes, Float, Integer};
    [
        (DataType::Bool, "BOOL", 1, Bool),
        (DataType::Uint8, "UINT8", 1, Integer(0, u8::MAX as i128)),
        (DataType::Uint16, "UINT16", 2, Integer(0, u16::MAX as i128)),
        (DataType::Uint32, "UINT32", 4, Integer(0, u32::MAX as i128)),
        (DataType::Uint64, "UINT64", 8, Integer(0, u64::MAX as i128)),
        (DataType::Int8, "INT8", 1, Integer(i8::MIN as i128, i8::MAX as i128)),
        (DataType::Int16, "INT16", 2, Integer(i16::MIN as i128, i16::MAX as i128)),
        (DataType::Int32, "INT32", 4, Integer(i32::MIN as i128, i32::MAX as i128)),
        (DataType::Int64, "INT64", 8, Integer(i64::MIN as i128, i64::MAX as i128)),
        (DataType::Fp16, "FP16", 2, Float),
        (DataType::Bf16, "BF16", 2, Float),
        (DataType::Fp32, "FP32", 4, Float),
        (DataType::Fp64, "FP64", 8, Float),
        (DataType::Bytes, "BYTES", 0, Bytes),
    ]
};

/// The size of the length before each element of BYTES.
pub(crate) const LENGTH_BYTES: usize = 4;

/// An element's bytes, little-endian; as many of them as its type has.
pub(crate) type Word = [u8; 8];

impl DataType {
    /// The type of this name.
    pub(crate) fn named(name: &str) -> Option<DataType> {
        TABLE.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    fn row(self) -> &'static (DataType, &'static str, usize, Class) {
        // The table has the order of the types; a test checks that.
        TABLE.get(self as usize).unwrap_or(&TABLE[0])
    }

    pub(crate) fn name(self) -> &'static str {
        self.row().1
    }

    /// The bytes of an element; 0 for BYTES.
    pub(crate) fn size(self) -> usize {
        self.row().2
    }

    pub(crate) fn class(self) -> Class {
        self.row().3
    }

    /// The type of its elements as users see it; nothing for BYTES.
    pub(crate) fn dtype(self) -> Option<DType> {
        Some(match self {
            DataType::Bool => DType::Bool,
            DataType::Uint8 => DType::U8,
            DataType::Uint16 => DType::U16,
            DataType::Uint32 => DType::U32,
            DataType::Uint64 => DType::U64,
            DataType::Int8 => DType::I8,
            DataType::Int16 => DType::I16,
            DataType::Int32 => DType::I32,
            DataType::Int64 => DType::I64,
            DataType::Fp16 => DType::F16,
            DataType::Bf16 => DType::Bf16,
            DataType::Fp32 => DType::F32,
            DataType::Fp64 => DType::F64,
            DataType::Bytes => return None,
        })
    }

    /// The element that holds a float. Floats are rounded to the type's precision; a finite one that would
    /// become infinite is an error. For the other types it has to be whole and in range.
    #[inline]
    pub(crate) fn word_of_float(self, value: f64) -> Result<Word> {
        let (word, fits) = match self {
            DataType::Fp32 => {
                let rounded = value as f32;
                (word(rounded.to_le_bytes()), rounded.is_finite())
            }
            DataType::Fp64 => (value.to_le_bytes(), true),
            DataType::Fp16 => {
                let bits = fp16_of(value);
                (word(bits.to_le_bytes()), fp16_value(bits).is_finite())
            }
            DataType::Bf16 => {
                let bits = bf16_of(value);
                (word(bits.to_le_bytes()), bf16_value(bits).is_finite())
            }
            _ => return self.word_of_whole(value),
        };
        if fits || !value.is_finite() { Ok(word) } else { Err(self.does_not_hold(value)) }
    }

    fn word_of_whole(self, value: f64) -> Result<Word> {
        // Every float below 2^64 in magnitude that is whole is one of these integers.
        if value.fract() == 0.0 && value.abs() <= 18_446_744_073_709_551_616.0 {
            return self.word_of_integer(value as i128);
        }
        Err(Error::new(ErrorKind::FeatureValue, format!("{value:?}{}", self.takes_whole())))
    }

    /// What an error says of a value that is not whole.
    #[cold]
    pub(crate) fn takes_whole(self) -> String {
        format!(" is not a whole number that {} holds", self.name())
    }

    /// The element that holds an integer. As a float it is rounded; beyond the type's range it is an error.
    pub(crate) fn word_of_integer(self, value: i128) -> Result<Word> {
        let (first, last) = match self.class() {
            Class::Float => return self.word_of_float(value as f64),
            Class::Bool => (0, 1),
            Class::Integer(first, last) => (first, last),
            Class::Bytes => return Err(self.does_not_hold(value)),
        };
        if value < first || value > last {
            return Err(self.does_not_hold(value));
        }
        // In two's complement the low bytes of a number are the same at every width.
        Ok((value as u64).to_le_bytes())
    }

    /// Whether it holds every whole number from 0 to this one. Beyond its digits a float holds some only.
    pub(crate) fn holds_up_to(self, last: usize) -> bool {
        let exact = match self {
            DataType::Bf16 => 1 << 8,
            DataType::Fp16 => 1 << 11,
            DataType::Fp32 => 1 << 24,
            DataType::Fp64 => 1 << 53,
            _ => u64::MAX,
        };
        last as u64 <= exact && self.word_of_integer(last as i128).is_ok()
    }

    #[cold]
    fn does_not_hold(self, value: impl std::fmt::Debug) -> Error {
        Error::new(ErrorKind::FeatureValue, format!("{value:?}{}", self.takes_less()))
    }

    /// What an error says of a value that is beyond its range.
    #[cold]
    pub(crate) fn takes_less(self) -> String {
        let range = match self.class() {
            Class::Bool => ", which holds 0 and 1".to_owned(),
            Class::Integer(first, last) => format!(", which holds {first} to {last}"),
            Class::Float => ": it is too large".to_owned(),
            Class::Bytes => String::new(),
        };
        format!(" does not fit {}{range}", self.name())
    }
}

/// The element of BYTES at the start of `bytes`, and what follows it; `None` if it is cut off.
pub(crate) fn split_bytes(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<LENGTH_BYTES>()?;
    rest.split_at_checked(u32::from_le_bytes(*length) as usize)
}

fn word<const SIZE: usize>(bytes: [u8; SIZE]) -> Word {
    std::array::from_fn(|at| bytes.get(at).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_the_order_of_the_types() {
        for (at, row) in TABLE.iter().enumerate() {
            assert_eq!(row.0 as usize, at);
            assert_eq!(DataType::named(row.1), Some(row.0));
            assert_eq!((row.0.name(), row.0.size()), (row.1, row.2));
        }
        assert_eq!(DataType::named("fp32"), None);
    }

    fn integer(datatype: DataType, value: i128) -> Option<Vec<u8>> {
        let word = datatype.word_of_integer(value).ok()?;
        Some(word[..datatype.size()].to_vec())
    }

    #[test]
    fn integers_have_their_range() {
        assert_eq!(integer(DataType::Uint8, 255), Some(vec![255]));
        assert_eq!(integer(DataType::Int8, -128), Some(vec![128]));
        assert_eq!(integer(DataType::Int16, -2), Some(vec![254, 255]));
        assert_eq!(integer(DataType::Uint64, u64::MAX.into()), Some(vec![255; 8]));
        assert_eq!(integer(DataType::Bool, 1), Some(vec![1]));
        assert_eq!(integer(DataType::Fp32, 1 << 24), Some(16_777_216f32.to_le_bytes().to_vec()));
        for row in TABLE {
            let Class::Integer(first, last) = row.3 else { continue };
            assert!(integer(row.0, first).is_some() && integer(row.0, last).is_some());
            assert!(integer(row.0, first - 1).is_none() && integer(row.0, last + 1).is_none());
        }
        let text = |value: i128, datatype: DataType| datatype.word_of_integer(value).unwrap_err().to_string();
        assert_eq!(text(300, DataType::Uint8), "300 does not fit UINT8, which holds 0 to 255");
        assert_eq!(text(2, DataType::Bool), "2 does not fit BOOL, which holds 0 and 1");
        assert_eq!(text(65520, DataType::Fp16), "65520.0 does not fit FP16: it is too large");
    }

    #[test]
    fn floats_are_rounded_or_whole() {
        let float = |datatype: DataType, value: f64| datatype.word_of_float(value).map(u64::from_le_bytes);
        assert_eq!(float(DataType::Fp32, 0.1).unwrap(), u64::from(0.1f32.to_bits()));
        assert_eq!(float(DataType::Fp32, 1e-50).unwrap(), 0);
        assert_eq!(float(DataType::Fp16, 65504.0).unwrap(), 0x7bff);
        assert_eq!(float(DataType::Bf16, f64::INFINITY).unwrap(), 0x7f80);
        assert_eq!(float(DataType::Int32, -3.0).unwrap() as u32 as i32, -3);
        assert_eq!(float(DataType::Uint64, 9_223_372_036_854_775_808.0).unwrap(), 1 << 63);
        assert_eq!(float(DataType::Bool, 1.0).unwrap(), 1);
        assert!(float(DataType::Fp32, f64::NAN).is_ok());
        for (datatype, value, said) in [
            (DataType::Fp32, 1e39, "1e39 does not fit FP32: it is too large"),
            (DataType::Int32, 1.5, "1.5 is not a whole number that INT32 holds"),
            (DataType::Int64, f64::NAN, "NaN is not a whole number that INT64 holds"),
            (DataType::Uint64, 1e30, "1e30 is not a whole number that UINT64 holds"),
            (
                DataType::Int64,
                9_223_372_036_854_775_808.0,
                "9223372036854775808 does not fit INT64, which holds",
            ),
        ] {
            let error = float(datatype, value).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::FeatureValue);
            assert!(error.to_string().starts_with(said), "{error}");
        }
    }
}
