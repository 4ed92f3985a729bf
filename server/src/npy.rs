//! The `.npy` format: reading any plain numeric array as float32, writing float32.

const MAGIC: &[u8] = b"\x93NUMPY";

/// The header of a plain array is far shorter, and NumPy has no arrays of more axes.
const MAX_HEADER: usize = 1 << 16;
const MAX_AXES: usize = 64;

/// An array read from a `.npy` file, its values in row-major order.
#[derive(Debug, PartialEq)]
pub struct Array {
    pub shape: Vec<usize>,
    pub data: Vec<f32>,
}

/// Whether the bytes begin as a `.npy` file does.
pub fn is_npy(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// Reads a `.npy` file. The error describes what is wrong with it.
pub fn read(bytes: &[u8]) -> Result<Array, String> {
    let file = File::parse(bytes)?;
    Ok(Array { data: file.data()?, shape: file.header.shape })
}

/// A `.npy` file whose header has been read and fits its length; its values are still as they are in the
/// file.
pub struct File<'a> {
    header: Header,
    values: &'a [u8],
}

impl<'a> File<'a> {
    pub fn parse(bytes: &'a [u8]) -> Result<File<'a>, String> {
        let (header, values) = split(bytes)?;
        let header = Header::parse(header)?;
        let count = product(&header.shape).ok_or("its shape is too large")?;
        let size = header.dtype.size;
        if count.checked_mul(size) != Some(values.len()) {
            return Err(format!(
                "its shape {:?} needs {count} values of {size} bytes, it holds {} bytes",
                &header.shape[..header.shape.len().min(8)],
                values.len()
            ));
        }
        Ok(File { header, values })
    }

    pub fn shape(&self) -> &[usize] {
        &self.header.shape
    }

    /// The values as float32, in row-major order.
    pub fn data(&self) -> Result<Vec<f32>, String> {
        Ok(self.in_order(self.header.dtype.read(self.values)?))
    }

    /// The values as float64, in row-major order.
    pub fn doubles(&self) -> Result<Vec<f64>, String> {
        Ok(self.in_order(self.header.dtype.read_doubles(self.values)?))
    }

    fn in_order<T: Copy>(&self, data: Vec<T>) -> Vec<T> {
        if self.header.fortran { to_row_major(&data, &self.header.shape) } else { data }
    }
}

/// Writes a `.npy` file of float32 values in row-major order, version 1.0.
pub fn write(shape: &[usize], data: &[f32]) -> Vec<u8> {
    let sizes: String = shape.iter().map(|size| format!("{size}, ")).collect();
    let sizes = if shape.len() == 1 { sizes.trim_end() } else { sizes.trim_end_matches(", ") };
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({sizes}), }}");
    let unpadded = MAGIC.len() + 4 + header.len() + 1;
    header.push_str(&" ".repeat(unpadded.next_multiple_of(64) - unpadded));
    header.push('\n');
    let mut file = Vec::with_capacity(MAGIC.len() + 4 + header.len() + data.len() * 4);
    file.extend_from_slice(MAGIC);
    file.extend_from_slice(&[1, 0]);
    file.extend_from_slice(&(header.len() as u16).to_le_bytes());
    file.extend_from_slice(header.as_bytes());
    data.iter().for_each(|value| file.extend_from_slice(&value.to_le_bytes()));
    file
}

/// Splits a file into its header text and its values.
fn split(bytes: &[u8]) -> Result<(&str, &[u8]), String> {
    let rest = bytes.strip_prefix(MAGIC).ok_or("it does not begin as a .npy file")?;
    let cut_short = "it ends within its header";
    let (version, rest) = rest.split_at_checked(2).ok_or(cut_short)?;
    let width = match version[0] {
        1 => 2,
        2 | 3 => 4,
        other => return Err(format!("its version {other} is not known")),
    };
    let (length, rest) = rest.split_at_checked(width).ok_or(cut_short)?;
    let length = length.iter().rev().fold(0, |sum, &byte| sum << 8 | usize::from(byte));
    if length > MAX_HEADER {
        return Err(format!("its header has {length} bytes, more than {MAX_HEADER}"));
    }
    let (header, values) = rest.split_at_checked(length).ok_or(cut_short)?;
    let header = std::str::from_utf8(header).map_err(|_| "its header is not text")?;
    Ok((header, values))
}

struct Header {
    dtype: Dtype,
    fortran: bool,
    shape: Vec<usize>,
}

impl Header {
    /// Reads the header, a Python dict literal with three known keys.
    fn parse(text: &str) -> Result<Header, String> {
        let after = |key: &str| {
            let found = [format!("'{key}'"), format!("\"{key}\"")]
                .iter()
                .find_map(|quoted| text.split_once(quoted.as_str()))
                .and_then(|(_, rest)| rest.trim_start().strip_prefix(':'));
            found.map(str::trim_start).ok_or(format!("its header has no {key}"))
        };
        Ok(Header {
            dtype: Dtype::parse(after("descr")?)?,
            fortran: parse_bool(after("fortran_order")?)?,
            shape: parse_shape(after("shape")?)?,
        })
    }
}

fn parse_bool(text: &str) -> Result<bool, String> {
    match text {
        text if text.starts_with("True") => Ok(true),
        text if text.starts_with("False") => Ok(false),
        _ => Err("its fortran_order is neither True nor False".to_owned()),
    }
}

fn parse_shape(text: &str) -> Result<Vec<usize>, String> {
    let inside = text.strip_prefix('(').and_then(|rest| rest.split_once(')'));
    let (sizes, _) = inside.ok_or("its shape is not a tuple")?;
    let sizes = sizes.trim().trim_end_matches(',');
    if sizes.is_empty() {
        return Ok(Vec::new());
    }
    let size = |text: &str| text.trim().parse().map_err(|_| "its shape is not made of sizes".to_owned());
    if sizes.split(',').count() > MAX_AXES {
        return Err(format!("its shape has more than {MAX_AXES} axes"));
    }
    sizes.split(',').map(size).collect()
}

/// The type of one value in the file.
struct Dtype {
    big_endian: bool,
    kind: char,
    size: usize,
}

impl Dtype {
    fn parse(text: &str) -> Result<Dtype, String> {
        let quoted = text.strip_prefix(['\'', '"']).and_then(|rest| rest.split_once(['\'', '"']));
        let Some((descr, _)) = quoted else {
            let structured = text.starts_with(['[', '(']);
            let what =
                if structured { "it has a structured dtype" } else { "its descr is not a plain dtype" };
            return Err(what.to_owned());
        };
        let unknown = || format!("its dtype {:?} is not a number of a known size", shorten(descr));
        // NumPy takes a dtype without a byte order as native.
        let mut chars = descr.strip_prefix(['<', '>', '|', '=']).unwrap_or(descr).chars();
        let kind = chars.next().ok_or_else(unknown)?;
        let size = chars.as_str().parse().map_err(|_| unknown())?;
        let known = match kind {
            'f' => matches!(size, 4 | 8),
            'i' | 'u' => matches!(size, 1 | 2 | 4 | 8),
            // A bool is a byte of 0 or 1.
            'b' => size == 1,
            _ => false,
        };
        if !known {
            return Err(unknown());
        }
        Ok(Dtype { big_endian: descr.starts_with('>'), kind, size })
    }

    fn read(&self, bytes: &[u8]) -> Result<Vec<f32>, String> {
        match (self.kind, self.size) {
            ('f', 4) => self.values(bytes, f32::from_le_bytes),
            ('f', _) => self.values(bytes, |value| f64::from_le_bytes(value) as f32),
            ('i', 1) => self.values(bytes, |value| f32::from(i8::from_le_bytes(value))),
            ('i', 2) => self.values(bytes, |value| f32::from(i16::from_le_bytes(value))),
            ('i', 4) => self.values(bytes, |value| i32::from_le_bytes(value) as f32),
            ('i', _) => self.values(bytes, |value| i64::from_le_bytes(value) as f32),
            (_, 1) => self.values(bytes, |value| f32::from(u8::from_le_bytes(value))),
            (_, 2) => self.values(bytes, |value| f32::from(u16::from_le_bytes(value))),
            (_, 4) => self.values(bytes, |value| u32::from_le_bytes(value) as f32),
            (_, _) => self.values(bytes, |value| u64::from_le_bytes(value) as f32),
        }
    }

    fn read_doubles(&self, bytes: &[u8]) -> Result<Vec<f64>, String> {
        match (self.kind, self.size) {
            ('f', 4) => self.values(bytes, |value| f64::from(f32::from_le_bytes(value))),
            ('f', _) => self.values(bytes, f64::from_le_bytes),
            ('i', 1) => self.values(bytes, |value| f64::from(i8::from_le_bytes(value))),
            ('i', 2) => self.values(bytes, |value| f64::from(i16::from_le_bytes(value))),
            ('i', 4) => self.values(bytes, |value| f64::from(i32::from_le_bytes(value))),
            ('i', _) => self.values(bytes, |value| i64::from_le_bytes(value) as f64),
            (_, 1) => self.values(bytes, |value| f64::from(u8::from_le_bytes(value))),
            (_, 2) => self.values(bytes, |value| f64::from(u16::from_le_bytes(value))),
            (_, 4) => self.values(bytes, |value| f64::from(u32::from_le_bytes(value))),
            (_, _) => self.values(bytes, |value| u64::from_le_bytes(value) as f64),
        }
    }

    fn values<const N: usize, T>(&self, bytes: &[u8], convert: fn([u8; N]) -> T) -> Result<Vec<T>, String> {
        let (values, _) = bytes.as_chunks::<N>();
        let mut data = Vec::new();
        data.try_reserve_exact(values.len()).map_err(|_| "it does not fit in memory")?;
        data.extend(values.iter().map(|&(mut value)| {
            if self.big_endian {
                value.reverse();
            }
            convert(value)
        }));
        Ok(data)
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}

fn product(shape: &[usize]) -> Option<usize> {
    shape.iter().try_fold(1usize, |total, &size| total.checked_mul(size))
}

/// Reorders column-major values; the position is counted up with the last axis fastest.
fn to_row_major<T: Copy>(data: &[T], shape: &[usize]) -> Vec<T> {
    let strides: Vec<usize> = shape
        .iter()
        .scan(1, |next, &size| {
            let stride = *next;
            *next *= size;
            Some(stride)
        })
        .collect();
    let mut position = vec![0; shape.len()];
    let mut from = 0;
    let mut ordered = Vec::with_capacity(data.len());
    for _ in 0..data.len() {
        ordered.push(data[from]);
        for axis in (0..shape.len()).rev() {
            position[axis] += 1;
            from += strides[axis];
            if position[axis] < shape[axis] {
                break;
            }
            from -= strides[axis] * shape[axis];
            position[axis] = 0;
        }
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(header: &str, values: &[u8]) -> Vec<u8> {
        let mut file = MAGIC.to_vec();
        file.extend([1, 0]);
        file.extend((header.len() as u16).to_le_bytes());
        file.extend(header.as_bytes());
        file.extend(values);
        file
    }

    #[test]
    fn what_is_written_is_read_back() {
        for shape in [vec![], vec![6], vec![2, 3], vec![1, 2, 3]] {
            let data: Vec<f32> = (0..product(&shape).unwrap()).map(|value| value as f32 / 3.0).collect();
            let written = write(&shape, &data);
            assert_eq!((written.len() - data.len() * 4) % 64, 0);
            assert_eq!(read(&written), Ok(Array { shape, data }));
        }
    }

    #[test]
    fn every_dtype_and_byte_order_is_read() {
        for (descr, bytes) in [
            ("<f4", vec![0, 0, 0, 0x40]),
            (">f4", vec![0x40, 0, 0, 0]),
            ("f4", vec![0, 0, 0, 0x40]),
            ("=f4", vec![0, 0, 0, 0x40]),
            ("<f8", 2f64.to_le_bytes().to_vec()),
            (">f8", 2f64.to_be_bytes().to_vec()),
            ("|i1", vec![2]),
            ("<i2", vec![2, 0]),
            (">i4", vec![0, 0, 0, 2]),
            ("<i8", vec![2, 0, 0, 0, 0, 0, 0, 0]),
            ("|u1", vec![2]),
            (">u2", vec![0, 2]),
            ("<u4", vec![2, 0, 0, 0]),
            (">u8", vec![0, 0, 0, 0, 0, 0, 0, 2]),
        ] {
            let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': (1,)}}\n");
            let file = file(&header, &bytes);
            assert_eq!(read(&file).unwrap().data, [2.0], "{descr}");
            assert_eq!(File::parse(&file).unwrap().doubles(), Ok(vec![2.0]), "{descr}");
        }
    }

    #[test]
    fn a_bool_is_zero_or_one() {
        let header = "{'descr': '|b1', 'fortran_order': False, 'shape': (2,)}\n";
        assert_eq!(read(&file(header, &[0, 1])).unwrap().data, [0.0, 1.0]);
    }

    #[test]
    fn a_structured_dtype_is_called_so() {
        for descr in ["[('a', '<f4')]", "('<f4', (1,))"] {
            let header = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': (1,)}}\n");
            assert_eq!(read(&file(&header, &[0; 4])), Err("it has a structured dtype".to_owned()));
        }
    }

    #[test]
    fn fortran_order_becomes_row_major() {
        let header = "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }\n";
        let array = read(&file(header, &[1, 4, 2, 5, 3, 6])).unwrap();
        assert_eq!(array.data, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    }

    #[test]
    fn bad_files_are_named_not_panicked_over() {
        let good = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}";
        let whole = file(good, &[0; 4]);
        (0..whole.len()).for_each(|length| assert!(read(&whole[..length]).is_err(), "{length}"));
        for header in [
            "",
            "{}",
            &good.replace("<f4", "<f2"),
            &good.replace("<f4", "<c8"),
            &good.replace("<f4", "|O"),
            &good.replace("<f4", "é4"),
            &good.replace("False", "Maybe"),
            &good.replace("(1,)", "(1"),
            &good.replace("(1,)", "(-1,)"),
            &good.replace("(1,)", "(4294967296, 4294967296, 4)"),
            &good.replace("(1,)", "(2,)"),
        ] {
            assert!(read(&file(header, &[0; 4])).is_err(), "{header}");
        }
    }
}
