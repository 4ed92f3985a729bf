//! The `.npy` format, versions 1.0 to 3.0, as NumPy's documentation of `numpy.lib.format` describes it.

use crate::array::{Array, DType, MOST_DIMENSIONS, byte_size, contiguous_strides};
use crate::error::{Error, ErrorKind, Result};
use crate::message::shortened;

const MAGIC: &[u8] = b"\x93NUMPY";

/// The head of a version 1.0 file of little-endian 32-bit floats in C order.
pub(crate) fn header_f32(shape: &[usize]) -> Vec<u8> {
    let extents: String = shape.iter().map(|extent| format!("{extent},")).collect();
    let mut dict = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({extents}), }}");
    // Magic, version, length, dictionary and newline together are padded to a multiple of 64.
    let unpadded = MAGIC.len() + 4 + dict.len() + 1;
    dict.push_str(&" ".repeat(unpadded.next_multiple_of(64) - unpadded));
    dict.push('\n');
    let mut header = [MAGIC, &[1, 0]].concat();
    header.extend_from_slice(&(dict.len() as u16).to_le_bytes());
    header.extend_from_slice(dict.as_bytes());
    header
}

/// The array in the bytes of a `.npy` file.
pub(crate) fn parse(bytes: &[u8]) -> Result<Array<'_>> {
    let (dict, data) =
        split(bytes).ok_or_else(|| bad("it does not start like one, or its header is cut off"))?;
    let descr = entry(dict, "descr").ok_or_else(|| bad("its header has no 'descr'"))?;
    let (dtype, big_endian) = parse_descr(descr)?;
    let shape =
        entry(dict, "shape").and_then(parse_shape).ok_or_else(|| bad("its header has no good 'shape'"))?;
    let fortran = match entry(dict, "fortran_order") {
        Some(text) if text.starts_with("True") => true,
        Some(text) if text.starts_with("False") => false,
        _ => return Err(bad("its header has no good 'fortran_order'")),
    };
    let wanted = byte_size(dtype, &shape)?;
    if data.len() != wanted {
        let message = format!("shape {shape:?} needs {wanted} bytes of data, and there are {}", data.len());
        return Err(bad(&message));
    }
    let strides = if fortran { fortran_strides(dtype, &shape)? } else { contiguous_strides(dtype, &shape)? };
    Array::with_layout(dtype, &shape, &strides, 0, big_endian, data)
}

/// The header's dictionary, and the data after it.
fn split(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (version, rest) = rest.split_first_chunk::<2>()?;
    let (length, rest) = match version[0] {
        1 => {
            rest.split_first_chunk().map(|(length, rest)| (usize::from(u16::from_le_bytes(*length)), rest))?
        }
        2 | 3 => {
            rest.split_first_chunk().map(|(length, rest)| (u32::from_le_bytes(*length) as usize, rest))?
        }
        _ => return None,
    };
    let (dict, data) = rest.split_at_checked(length)?;
    Some((std::str::from_utf8(dict).ok()?, data))
}

/// The value of a key of the dictionary.
fn entry<'a>(dict: &'a str, key: &str) -> Option<&'a str> {
    let quoted = [format!("'{key}'"), format!("\"{key}\"")];
    let start = quoted.iter().find_map(|quoted| dict.find(quoted).map(|at| at + quoted.len()))?;
    Some(dict.get(start..)?.trim_start().strip_prefix(':')?.trim_start())
}

/// The element type that a dtype stands for, and whether it is big-endian. NumPy takes one without a byte
/// order as native.
fn parse_descr(text: &str) -> Result<(DType, bool)> {
    let descr = plain_descr(text)?;
    let (order, kind) = match descr.split_at_checked(1) {
        Some((order @ ("<" | ">" | "=" | "|"), kind)) => (order, kind),
        _ => ("=", descr),
    };
    let dtype = match kind {
        "f4" => DType::F32,
        "f8" => DType::F64,
        "i1" => DType::I8,
        "i2" => DType::I16,
        "i4" => DType::I32,
        "i8" => DType::I64,
        "u1" | "b1" => DType::U8,
        "u2" => DType::U16,
        "u4" => DType::U32,
        "u8" => DType::U64,
        _ => {
            let taken = "f4, f8, i1, i2, i4, i8, u1, u2, u4, u8 and b1";
            return Err(bad(&format!(
                "its dtype is '{}', and those that are read are {taken}",
                shortened(descr, 64)
            )));
        }
    };
    Ok((dtype, order == ">" || order != "<" && cfg!(target_endian = "big")))
}

/// What is between the quotes of a plain dtype; that of records is a list, that of sub-arrays a tuple.
fn plain_descr(text: &str) -> Result<&str> {
    let quoted = text.strip_prefix(['\'', '"']).and_then(|rest| rest.split_once(['\'', '"']));
    match quoted {
        Some((descr, _)) => Ok(descr),
        None if text.starts_with(['[', '(']) => {
            Err(bad("it has a structured dtype; save one of its fields as an array of numbers"))
        }
        None => Err(bad("its header has no good 'descr'")),
    }
}

fn parse_shape(text: &str) -> Option<Vec<usize>> {
    let (inner, _) = text.strip_prefix('(')?.split_once(')')?;
    let mut extents = inner.split(',').map(str::trim).filter(|extent| !extent.is_empty());
    let read = |extent: &str| extent.trim_end_matches('L').parse().ok();
    let shape = extents.by_ref().take(MOST_DIMENSIONS).map(read).collect::<Option<_>>()?;
    extents.next().is_none().then_some(shape)
}

fn fortran_strides(dtype: DType, shape: &[usize]) -> Result<Vec<isize>> {
    let reversed: Vec<usize> = shape.iter().rev().copied().collect();
    let mut strides = contiguous_strides(dtype, &reversed)?;
    strides.reverse();
    Ok(strides)
}

fn bad(what: &str) -> Error {
    Error::new(ErrorKind::Npy, format!("not a .npy file this library reads: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file as NumPy writes it, from its parts.
    fn file(version: u8, dict: &str, data: &[u8]) -> Vec<u8> {
        let length = dict.len() as u32;
        let width = if version == 1 { 2 } else { 4 };
        [MAGIC, &[version, 0], &length.to_le_bytes()[..width], dict.as_bytes(), data].concat()
    }

    fn values(bytes: &[u8]) -> Vec<f32> {
        let mut values = Vec::new();
        let read = parse(bytes).unwrap().for_each_block(|block| {
            values.extend_from_slice(block);
            Ok(())
        });
        read.unwrap();
        values
    }

    #[test]
    fn what_is_written_is_read() {
        for shape in [&[2, 1][..], &[], &[1], &[3, 224, 224, 3, 1000]] {
            let header = header_f32(shape);
            assert_eq!(header.len() % 64, 0);
            assert_eq!(parse_shape(entry(split(&header).unwrap().0, "shape").unwrap()).unwrap(), shape);
        }
        let bytes = [header_f32(&[2, 1]), [1.5f32, -2.0].map(f32::to_le_bytes).concat()].concat();
        assert_eq!(values(&bytes), [1.5, -2.0]);
    }

    #[test]
    fn orders_versions_and_byte_orders_are_read() {
        let dict = "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }\n";
        for version in [1, 2, 3] {
            assert_eq!(values(&file(version, dict, &[1, 4, 2, 5, 3, 6])), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        }
        let dict = "{\"shape\": (2,), \"fortran_order\": False, \"descr\": \">i2\"}";
        assert_eq!(values(&file(1, dict, &[1, 0, 0, 1])), [256.0, 1.0]);
    }

    #[test]
    fn a_dtype_may_lack_its_byte_order() {
        let (native, little, big) = (1.5f32.to_ne_bytes(), 1.5f32.to_le_bytes(), 1.5f32.to_be_bytes());
        for (descr, bytes) in
            [("f4", native), ("=f4", native), ("|f4", native), ("<f4", little), (">f4", big)]
        {
            let dict = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': (1,)}}");
            assert_eq!(values(&file(1, &dict, &bytes)), [1.5], "{descr}");
        }
    }

    #[test]
    fn the_message_names_the_dtype() {
        let refused = |descr: &str| {
            let dict = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': (1,)}}");
            parse(&file(1, &dict, &[0; 4])).unwrap_err().to_string()
        };
        assert!(refused("'<c8'").contains("its dtype is '<c8', and those that are read are f4"));
        for structured in ["[('a', '<f4')]", "('<f4', (1,))", "[('shape', '<i4'), ('', '<f4')]"] {
            let refused = refused(structured);
            assert!(refused.contains("a structured dtype"), "{refused}");
        }
        assert!(refused("4").contains("no good 'descr'"));
    }

    #[test]
    fn anything_else_is_refused() {
        let with = |descr: &str, order: &str, shape: &str| {
            file(1, &format!("{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}}}"), &[0; 4])
        };
        assert!(parse(&with("'<f4'", "False", "(1,)")).is_ok());
        let cases = [
            b"PNG".to_vec(),
            MAGIC.to_vec(),
            file(9, "{}", &[]),
            file(1, "{}", &[]),
            with("'<c8'", "False", "(1,)"),
            with("'<f2'", "False", "(1,)"),
            with("'<'", "False", "(1,)"),
            with("'é4'", "False", "(1,)"),
            with("'", "False", "(1,)"),
            with("", "False", "(1,)"),
            with("'<f4'", "Maybe", "(1,)"),
            with("'<f4'", "False", "(-1,)"),
            with("'<f4'", "False", "(2,)"),
            with("'<f4'", "False", "1"),
            with("'<f4'", "False", &format!("({})", "1,".repeat(65))),
        ];
        for case in cases {
            assert_eq!(parse(&case).unwrap_err().kind(), ErrorKind::Npy);
        }
        assert!(parse(&with("'<f4'", "False", "(4294967296, 4294967296, 4294967296)")).is_err());
    }
}
