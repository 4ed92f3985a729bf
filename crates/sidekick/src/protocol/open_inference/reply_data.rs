//! The elements of one output of a response, from bytes or from JSON, into their column.

use super::datatype::{Class, DataType, Word, split_bytes};
use super::whole::whole_number;
use crate::array::MOST_DIMENSIONS;
use crate::base64_text::append_decoded;
use crate::elements::Elements;
use crate::error::{Error, ErrorKind, Result};
use crate::images::MediaType;
use crate::json::Cursor;
use crate::memory::{push, push_text};
use crate::message::Message;
use crate::results::{Column, Pieces};
use std::fmt::Display;
use std::ops::Range;
use std::sync::Arc;

/// What the JSON of an output has to hold.
pub(super) struct Expected<'a> {
    pub(super) datatype: DataType,
    /// The whole shape, as the response has it.
    pub(super) shape: &'a [usize],
    pub(super) elements: usize,
    /// How many elements a row has.
    pub(super) row: usize,
    /// Whether BYTES are base64.
    pub(super) base64: bool,
}

/// Appends so many elements from their bytes. If the bytes are in memory of their own, it may be kept.
pub(super) fn read_binary(
    bytes: &[u8],
    own: Option<(&Arc<Vec<u8>>, Range<usize>)>,
    datatype: DataType,
    elements: usize,
    column: &mut Column,
) -> Result<()> {
    match column {
        Column::Texts(texts) => each_element(bytes, elements, |row, text| {
            push_piece(texts, as_text(text).map_err(|error| error.in_row(row))?)
        }),
        Column::Bytes(pieces) => each_element(bytes, elements, |_, element| pieces.push(element)),
        Column::Images(pieces, media_types) => each_element(bytes, elements, |row, file| {
            push_image(pieces, media_types, file).map_err(|error| error.in_row(row))
        }),
        Column::Elements(column) => {
            if elements.checked_mul(datatype.size()) != Some(bytes.len()) {
                let message = Message::from(format!("has {} bytes for ", bytes.len())).quote(elements);
                let message = message.say(" elements of ").say(datatype.name());
                return Err(Error::with_quotes(ErrorKind::ReplyShape, message));
            }
            if own.is_some_and(|(memory, range)| column.keep(memory, range)) {
                return Ok(());
            }
            column.elements_mut()?.extend_from_bytes(bytes)
        }
        _ => Err(other_column()),
    }
}

/// Calls `each` with so many elements of BYTES, and their places. They have to fill the bytes.
fn each_element(
    mut bytes: &[u8],
    elements: usize,
    mut each: impl FnMut(usize, &[u8]) -> Result<()>,
) -> Result<()> {
    for element in 0..elements {
        let Some((value, rest)) = split_bytes(bytes) else {
            let message = format!("its bytes end within element {element} of {elements}");
            return Err(Error::new(ErrorKind::ReplyShape, message));
        };
        bytes = rest;
        each(element, value)?;
    }
    if bytes.is_empty() {
        return Ok(());
    }
    let message = format!("has {} bytes after its {elements} elements", bytes.len());
    Err(Error::new(ErrorKind::ReplyShape, message))
}

fn push_image(pieces: &mut Pieces<Vec<u8>>, media_types: &mut Vec<MediaType>, file: &[u8]) -> Result<()> {
    push(media_types, MediaType::of_bytes(file).ok_or_else(no_image)?)?;
    pieces.push(file)
}

fn as_text(bytes: &[u8]) -> Result<&str> {
    simdutf8::basic::from_utf8(bytes).map_err(|_| not_utf8())
}

#[cold]
fn no_image() -> Error {
    Error::new(ErrorKind::ReplyEncoding, "is neither a PNG nor a JPEG file")
}

#[cold]
fn image_in_json() -> Error {
    let message = "came as text, but files of images are bytes; see the option wire, or set content_type in a \
                   model description if the text is base64";
    Error::new(ErrorKind::ReplyEncoding, message)
}

#[cold]
fn not_utf8() -> Error {
    let message =
        "is not UTF-8 text; if it is not meant to be, a model description can give the output the type bytes";
    Error::new(ErrorKind::ReplyEncoding, message)
}

fn push_piece(texts: &mut Pieces<String>, text: &str) -> Result<()> {
    push_text(&mut texts.buffer, text)?;
    push_text(&mut texts.buffer, "\0")?;
    push(&mut texts.ends, texts.buffer.len())
}

/// Appends so many elements from JSON: one flat list, or lists that are nested as the shape is.
pub(super) fn read_json(cursor: &mut Cursor<'_>, expected: &Expected<'_>, column: &mut Column) -> Result<()> {
    let mut seen = 0usize;
    let mut nesting = Nesting { shape: expected.shape, counts: Vec::new(), values: None };
    each_value(cursor, |cursor, step| {
        let row = |seen: usize| seen / expected.row.max(1);
        match step {
            Step::Opened(depth) => return nesting.open(depth),
            Step::Closed(depth) => {
                let closed = nesting.close(depth);
                return closed.map_err(|error| error.in_row(row(seen.saturating_sub(1))));
            }
            Step::Value(depth) => nesting.add(depth).map_err(|error| error.in_row(row(seen)))?,
        }
        if seen == expected.elements {
            return Err(other_count("more", expected.elements));
        }
        read_value(cursor, expected, column).map_err(|error| {
            let element = seen % expected.row.max(1);
            let error = if expected.row == 1 { error } else { error.at(format!("element {element}")) };
            error.in_row(row(seen))
        })?;
        seen += 1;
        Ok(())
    })?;
    if seen == expected.elements {
        Ok(())
    } else {
        Err(other_count(&format!("only {seen}"), expected.elements))
    }
}

/// Checks how lists are nested. Of lists with the right number of elements in all, those that are nested in
/// another way have them in another order.
struct Nesting<'a> {
    shape: &'a [usize],
    /// For each depth, how many values and lists the last list has so far.
    counts: Vec<usize>,
    /// The depth of the lists that have values.
    values: Option<usize>,
}

impl Nesting<'_> {
    /// A list at a depth begins.
    fn open(&mut self, depth: usize) -> Result<()> {
        if let Some(outer) = depth.checked_sub(1).and_then(|outer| self.counts.get_mut(outer)) {
            *outer += 1;
        }
        match self.counts.get_mut(depth) {
            Some(count) => *count = 0,
            None => push(&mut self.counts, 0)?,
        }
        Ok(())
    }

    /// A value in the list at a depth.
    #[inline]
    fn add(&mut self, depth: usize) -> Result<()> {
        if let Some(count) = self.counts.get_mut(depth) {
            *count += 1;
        }
        if *self.values.get_or_insert(depth) == depth { Ok(()) } else { Err(uneven()) }
    }

    /// The list at a depth ends. Lists of one element at the innermost depths may be more than the shape has.
    fn close(&self, depth: usize) -> Result<()> {
        let is_flat = self.counts.len() == 1;
        let found = self.counts.get(depth).copied().unwrap_or(0);
        let size = self.shape.get(depth).copied().unwrap_or(1);
        if is_flat || found == size { Ok(()) } else { Err(other_nesting(depth, found, size, self.shape)) }
    }
}

#[cold]
fn uneven() -> Error {
    Error::new(ErrorKind::ReplyShape, "has values at different depths of its lists")
}

#[cold]
fn other_nesting(depth: usize, found: usize, size: usize, shape: &[usize]) -> Error {
    let message = Message::from(format!("a list at depth {depth} has the length {found}, but the shape "));
    let message = message.quote(format_args!("{shape:?}")).say(" has ").quote(size);
    let message = message.say(" there; data is one flat list, or nested as its shape");
    Error::with_quotes(ErrorKind::ReplyShape, message)
}

#[cold]
fn other_count(found: &str, expected: usize) -> Error {
    let message = Message::from(format!("has {found} elements where its shape has ")).quote(expected);
    Error::with_quotes(ErrorKind::ReplyShape, message)
}

fn read_value(cursor: &mut Cursor<'_>, expected: &Expected<'_>, column: &mut Column) -> Result<()> {
    let Column::Elements(column) = column else { return read_bytes(cursor, expected.base64, column) };
    let elements = column.elements_mut()?;
    match elements {
        Elements::F32(values) => push(values, read_f32(cursor)?),
        Elements::F64(values) => push(values, read_f64(cursor)?),
        _ => {
            let word = read_word(cursor, expected.datatype)?;
            elements.extend_from_bytes(word.get(..expected.datatype.size()).unwrap_or_default())
        }
    }
}

/// Reads an integer, a BOOL, or a float of 16 bits.
fn read_word(cursor: &mut Cursor<'_>, datatype: DataType) -> Result<Word> {
    match datatype.class() {
        Class::Float => {
            let float = read_f64(cursor)?;
            let beyond = || misfit(format_args!("{float:?}"), &datatype.takes_less());
            datatype.word_of_float(float).map_err(|_| beyond())
        }
        Class::Bool if cursor.take_word("true") => datatype.word_of_integer(1),
        Class::Bool if cursor.take_word("false") => datatype.word_of_integer(0),
        _ => {
            let text = number_text(cursor)?;
            let whole = text.parse().ok().or_else(|| whole_number(text));
            let whole = whole.ok_or_else(|| misfit(text, &datatype.takes_whole()))?;
            datatype.word_of_integer(whole).map_err(|_| misfit(whole, &datatype.takes_less()))
        }
    }
}

/// Reads one of BYTES, which JSON has as text or as base64.
fn read_bytes(cursor: &mut Cursor<'_>, base64: bool, column: &mut Column) -> Result<()> {
    if cursor.peek() != Some(b'"') {
        return Err(no_such_value(cursor, "text"));
    }
    let text = cursor.string()?;
    let mut decoded = Vec::new();
    if base64 {
        append_decoded(&mut decoded, &text)?;
    }
    match column {
        Column::Texts(texts) if base64 => push_piece(texts, as_text(&decoded)?),
        Column::Texts(texts) => push_piece(texts, &text),
        Column::Bytes(pieces) => pieces.push(if base64 { &decoded } else { text.as_bytes() }),
        Column::Images(pieces, media_types) if base64 => push_image(pieces, media_types, &decoded),
        Column::Images(..) => Err(image_in_json()),
        _ => Err(other_column()),
    }
}

/// The error of a server's value that its type does not hold.
#[cold]
fn misfit(value: impl Display, why: &str) -> Error {
    Error::with_quotes(ErrorKind::ReplyType, Message::default().quote(value).say(why))
}

fn read_f32(cursor: &mut Cursor<'_>) -> Result<f32> {
    // Past white space.
    cursor.peek();
    let number = cursor.rest();
    if let Some((value, length)) = sidekick_numbers::read_f32(number) {
        cursor.advance_to(number.get(length..).unwrap_or_default());
        return Ok(value);
    }
    special(cursor).map(|value| value as f32).map_or_else(|| Err(beyond(cursor, "FP32")), Ok)
}

fn read_f64(cursor: &mut Cursor<'_>) -> Result<f64> {
    if let Some(value) = cursor.f64() {
        return Ok(value);
    }
    special(cursor).map_or_else(|| Err(beyond(cursor, "FP64")), Ok)
}

/// A float that JSON has no number for: a bare word, as some servers write it, or `null`.
fn special(cursor: &mut Cursor<'_>) -> Option<f64> {
    let words = [
        ("null", f64::NAN),
        ("NaN", f64::NAN),
        ("Infinity", f64::INFINITY),
        ("-Infinity", f64::NEG_INFINITY),
    ];
    words.into_iter().find(|(word, _)| cursor.take_word(word)).map(|(_, value)| value)
}

#[cold]
fn beyond(cursor: &mut Cursor<'_>, datatype: &str) -> Error {
    match number_text(cursor) {
        Ok(text) => {
            let message = Message::default().quote(text).say(format!(" is beyond {datatype}"));
            Error::with_quotes(ErrorKind::ReplyType, message)
        }
        Err(error) => error,
    }
}

fn number_text<'a>(cursor: &mut Cursor<'a>) -> Result<&'a str> {
    if matches!(cursor.peek(), Some(b'-' | b'0'..=b'9')) {
        return cursor.number_text();
    }
    Err(no_such_value(cursor, "a number"))
}

#[cold]
fn no_such_value(cursor: &mut Cursor<'_>, wanted: &str) -> Error {
    Error::new(ErrorKind::ReplyType, format!("expected {wanted}, found {}", cursor.kind_of_next()))
}

fn other_column() -> Error {
    Error::new(ErrorKind::Internal, "a column of another protocol")
}

/// What comes next in lists within lists.
#[derive(Clone, Copy)]
enum Step {
    /// A list began, at this depth; the outermost is at 0.
    Opened(usize),
    /// An element that is no list, in the list at this depth.
    Value(usize),
    /// The list at this depth ended.
    Closed(usize),
}

/// Calls `each` at every element of the list that comes next, and of the lists in it. It reads the values.
fn each_value<'a>(
    cursor: &mut Cursor<'a>,
    mut each: impl FnMut(&mut Cursor<'a>, Step) -> Result<()>,
) -> Result<()> {
    if cursor.peek() != Some(b'[') {
        return Err(no_such_value(cursor, "a list"));
    }
    let mut depth = 0;
    loop {
        let opened = cursor.take(b'[');
        depth += usize::from(opened);
        if depth > MOST_DIMENSIONS {
            let message = format!("has lists in more than {MOST_DIMENSIONS} lists");
            return Err(Error::new(ErrorKind::ReplyShape, message));
        }
        if opened {
            each(cursor, Step::Opened(depth - 1))?;
        }
        // A list that has just been opened may be empty.
        if opened && cursor.peek() != Some(b']') {
            continue;
        }
        if !opened {
            each(cursor, Step::Value(depth - 1))?;
        }
        while cursor.take(b']') {
            depth -= 1;
            each(cursor, Step::Closed(depth))?;
            if depth == 0 {
                return Ok(());
            }
        }
        if !cursor.take(b',') {
            return Err(malformed(cursor, "',' or ']'"));
        }
    }
}

#[cold]
fn malformed(cursor: &mut Cursor<'_>, wanted: &str) -> Error {
    Error::new(
        ErrorKind::ReplyMalformed,
        format!("invalid JSON: expected {wanted}, found {}", cursor.kind_of_next()),
    )
}

/// Skips the data of an output. Its lists may hold bare words, which are not JSON.
pub(super) fn skip(cursor: &mut Cursor<'_>) -> Result<()> {
    if cursor.peek() != Some(b'[') {
        return cursor.skip_value();
    }
    each_value(cursor, |cursor, step| match (step, cursor.peek()) {
        (Step::Opened(_) | Step::Closed(_), _) => Ok(()),
        (_, Some(b'N' | b'I')) if special(cursor).is_some() => Ok(()),
        (_, Some(b'-')) if special(cursor).is_some() => Ok(()),
        _ => cursor.skip_value(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::DType;
    use crate::elements::ElementColumn;

    fn expected(datatype: DataType, shape: &[usize]) -> Expected<'_> {
        Expected { datatype, shape, elements: shape.iter().product(), row: 1, base64: false }
    }

    fn numbers(text: &str, datatype: DataType, elements: usize) -> Result<Elements> {
        numbers_of(text, datatype, &[elements])
    }

    fn numbers_of(text: &str, datatype: DataType, shape: &[usize]) -> Result<Elements> {
        let mut column = Column::Elements(ElementColumn::of(datatype.dtype().unwrap()));
        let mut skipped = Cursor::new(text.as_bytes());
        let mut cursor = Cursor::new(text.as_bytes());
        read_json(&mut cursor, &expected(datatype, shape), &mut column)?;
        // Data that can be read can be skipped.
        skip(&mut skipped).unwrap();
        assert_eq!((skipped.rest(), cursor.rest()), (&b""[..], &b""[..]));
        let Column::Elements(mut column) = column else { panic!() };
        Ok(std::mem::replace(column.elements_mut()?, Elements::Bool(vec![])))
    }

    fn refused(text: &str, datatype: DataType, elements: usize) -> String {
        numbers(text, datatype, elements).unwrap_err().vetted(|_| false).to_string()
    }

    #[test]
    fn json_is_flat_or_nested() {
        for (text, shape) in [
            ("[1,2,3,4]", &[2, 1, 2][..]),
            ("[[1,2],[3,4]]", &[2, 2]),
            ("[ [ [1] , [2]],[[3],[4] ] ]", &[2, 2, 1]),
            ("[ [ [1] , [2]],[[3],[4] ] ]", &[2, 2]),
            ("[[1,2],[3,4]]", &[2, 2, 1, 1]),
            ("[[[1,2,3,4]]]", &[1, 1, 4]),
            ("[[1.0,2],[3e0,4]]", &[2, 2]),
        ] {
            let read = |datatype| numbers_of(text, datatype, shape).unwrap();
            assert_eq!(read(DataType::Int64), Elements::I64(vec![1, 2, 3, 4]), "{text}");
            assert_eq!(read(DataType::Fp32), Elements::F32(vec![1.0, 2.0, 3.0, 4.0]));
        }
        for (text, shape) in
            [("[]", &[0][..]), ("[]", &[2, 0]), ("[[],[]]", &[2, 0]), ("[[],[]]", &[2, 0, 3])]
        {
            assert_eq!(numbers_of(text, DataType::Int8, shape).unwrap(), Elements::I8(vec![]), "{text}");
        }
        for text in
            ["", "[", "[1", "[1,", "[1,]", "[,1]", "[[1]", "[1}", "[1 2]", "[[1],]", "5", "{}", "null"]
        {
            assert!(numbers(text, DataType::Int64, 1).is_err(), "{text}");
        }
        let deep = "[".repeat(1_000_000);
        assert!(refused(&deep, DataType::Int64, 1).contains("more than 64 lists"));
    }

    #[test]
    fn lists_are_nested_as_the_shape_is() {
        let refused = |text: &str, shape: &[usize]| {
            let error = numbers_of(text, DataType::Int64, shape).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ReplyShape, "{text}");
            error.vetted(|_| false).to_string()
        };
        for (text, shape, said) in [
            (
                "[[1,2],[3,4],[5,6]]",
                &[2, 3][..],
                "row 1: a list at depth 1 has the length 2, but the shape [2, 3] has 3 there; \
                 data is one flat list, or nested as its shape",
            ),
            ("[[1,2,3]]", &[3], "row 2: a list at depth 1 has the length 3, but the shape [3] has 1 there"),
            ("[[1],[2],[3]]", &[1, 3], "row 0: a list at depth 1 has the length 1"),
            ("[[1,2,3,4]]", &[2, 2], "row 3: a list at depth 1 has the length 4"),
            ("[[1],[2,3,4]]", &[2, 2], "row 0: a list at depth 1 has the length 1"),
            ("[[],[1,2,3,4]]", &[2, 2], "row 0: a list at depth 1 has the length 0"),
            ("[[1,2],[3,4]]", &[4], "row 1: a list at depth 1 has the length 2"),
            ("[[1,2],3,4]", &[2, 2], "row 2: has values at different depths of its lists"),
            ("[1,[2,3],4]", &[4], "row 1: has values at different depths"),
            ("[[1,2],[[3],[4]]]", &[2, 2], "row 2: has values at different depths"),
            ("[[1,2],[3,4],[]]", &[2, 2], "row 3: a list at depth 1 has the length 0"),
            ("[[],[],[]]", &[2, 0], "row 0: a list at depth 0 has the length 3"),
            ("[[1,2]]", &[2, 2], "row 1: a list at depth 0 has the length 1"),
        ] {
            let text = refused(text, shape);
            assert!(text.starts_with(said), "{text}");
        }
    }

    /// Lists that are nested at random against a plain check of the whole tree.
    #[test]
    fn nesting_is_checked_as_a_plain_check_does() {
        let mut state = 0x9e37_79b9_7f4a_7c15u64;
        let mut below = move |limit: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % limit
        };
        let (mut accepted, mut refused) = (0, 0);
        for _ in 0..20_000 {
            let shape: Vec<usize> = (0..below(4)).map(|_| below(4)).collect();
            let written = match below(3) {
                0 => shape.clone(),
                1 => vec![shape.iter().product()],
                _ => (0..=below(3)).map(|_| below(4)).collect(),
            };
            let mut tree = tree_of(&written, &mut below);
            if let (0, Some(list)) = (below(8), tree.as_array_mut()) {
                list.push(
                    [serde_json::json!(1), serde_json::json!([]), serde_json::json!([1])][below(3)].clone(),
                );
            }
            let fits = is_flat(&tree, &shape) || tree.is_array() && is_nested(&tree, &shape);
            let read = numbers_of(&tree.to_string(), DataType::Int64, &shape);
            assert_eq!(read.is_ok(), fits, "{tree} as {shape:?}: {read:?}");
            *(if fits { &mut accepted } else { &mut refused }) += 1;
        }
        assert!(accepted > 1000 && refused > 1000, "{accepted} and {refused}");
    }

    fn tree_of(shape: &[usize], below: &mut impl FnMut(usize) -> usize) -> serde_json::Value {
        match shape {
            [] => below(9).into(),
            [size, rest @ ..] => (0..*size).map(|_| tree_of(rest, below)).collect::<Vec<_>>().into(),
        }
    }

    fn is_flat(tree: &serde_json::Value, shape: &[usize]) -> bool {
        let list = tree.as_array();
        list.is_some_and(|list| {
            list.len() == shape.iter().product::<usize>() && !list.iter().any(|it| it.is_array())
        })
    }

    /// Lists of one element at the innermost depths may be missing, or be too many.
    fn is_nested(tree: &serde_json::Value, shape: &[usize]) -> bool {
        let of_ones = |shape: &[usize]| shape.iter().all(|size| *size == 1);
        let Some(list) = tree.as_array() else { return of_ones(shape) };
        let (size, rest) = shape.split_first().map_or((1, shape), |(size, rest)| (*size, rest));
        let depth = |tree: &serde_json::Value| {
            std::iter::successors(Some(tree), |tree| tree.as_array()?.first())
                .filter(|tree| tree.is_array())
                .count()
        };
        let is_even = list.iter().all(|it| depth(it) == list.first().map_or(0, depth));
        list.len() == size && is_even && list.iter().all(|it| is_nested(it, rest))
    }

    #[test]
    fn values_have_to_fit_their_type() {
        let text = "[18446744073709551615,9223372036854775808]";
        assert_eq!(numbers(text, DataType::Uint64, 2).unwrap(), Elements::U64(vec![u64::MAX, 1 << 63]));
        assert_eq!(numbers("[true,false,1,0]", DataType::Bool, 4).unwrap(), Elements::Bool(vec![1, 0, 1, 0]));
        assert_eq!(numbers("[65504]", DataType::Fp16, 1).unwrap(), Elements::F16(vec![0x7bff]));
        let text = "[9007199254740993.0,-9223372036854775808.00,9007199254740993e0,-0.9007199254740993E+16]";
        let exact = vec![(1 << 53) + 1, i64::MIN, (1 << 53) + 1, -(1 << 53) - 1];
        assert_eq!(numbers(text, DataType::Int64, 4).unwrap(), Elements::I64(exact));
        assert_eq!(numbers("[255.0e0]", DataType::Uint8, 1).unwrap(), Elements::U8(vec![255]));
        for (text, datatype, said) in [
            ("[9223372036854775808.0]", DataType::Int64, "row 0: 9223372036854775808 does not fit INT64"),
            ("[300]", DataType::Uint8, "row 0: 300 does not fit UINT8, which holds 0 to 255"),
            ("[1.5]", DataType::Int32, "row 0: 1.5 is not a whole number that INT32 holds"),
            ("[1e400]", DataType::Int32, "row 0: 1e400 is not a whole number that INT32 holds"),
            ("[1e-400]", DataType::Int64, "row 0: 1e-400 is not a whole number that INT64 holds"),
            ("[0.5]", DataType::Bool, "row 0: 0.5 is not a whole number that BOOL holds"),
            (
                "[9007199254740993.5]",
                DataType::Int64,
                "row 0: 9007199254740993.5 is not a whole number that INT64 holds",
            ),
            (
                "[254.99999999999999999]",
                DataType::Uint8,
                "row 0: 254.99999999999999999 is not a whole number that UINT8 holds",
            ),
            ("[1e30]", DataType::Uint64, "row 0: 1000000000000000000000000000000 does not fit UINT64"),
            ("[null]", DataType::Int32, "row 0: expected a number, found null"),
            ("[\"1\"]", DataType::Int32, "row 0: expected a number, found text"),
            ("[2]", DataType::Bool, "row 0: 2 does not fit BOOL"),
            ("[1e39]", DataType::Fp32, "row 0: 1e39 is beyond FP32"),
            ("[1e999]", DataType::Fp64, "row 0: 1e999 is beyond FP64"),
            ("[70000]", DataType::Fp16, "row 0: 70000.0 does not fit FP16"),
            ("[true]", DataType::Fp32, "row 0: expected a number, found a boolean"),
            ("[]", DataType::Fp32, "has only 0 elements where its shape has 1"),
            ("[1,2]", DataType::Fp32, "has more elements where its shape has 1"),
        ] {
            let text = refused(text, datatype, 1);
            assert!(text.starts_with(said), "{text}");
        }
    }

    #[test]
    fn the_words_for_floats_that_are_not_finite() {
        let text = "[null, NaN,Infinity ,-Infinity,-1.5]";
        let Ok(Elements::F64(values)) = numbers(text, DataType::Fp64, 5) else { panic!() };
        assert!(values[0].is_nan() && values[1].is_nan());
        assert_eq!(values[2..], [f64::INFINITY, f64::NEG_INFINITY, -1.5]);
        let Ok(Elements::F16(values)) = numbers("[null,-Infinity]", DataType::Fp16, 2) else { panic!() };
        assert_eq!(values, [0x7e00, 0xfc00]);
        for text in ["[nan]", "[Nan]", "[-NaN]", "[+Infinity]", "[Inf]", "[NaN1]"] {
            assert!(numbers(text, DataType::Fp64, 1).is_err(), "{text}");
        }
    }

    fn texts(read: impl FnOnce(&mut Column) -> Result<()>) -> Result<Vec<String>> {
        let mut column = Column::Texts(Pieces::default());
        read(&mut column)?;
        let Column::Texts(texts) = column else { panic!() };
        let piece = |row| texts.buffer[texts.range(row).unwrap()].trim_end_matches('\0').to_owned();
        Ok((0..texts.ends.len()).map(piece).collect())
    }

    #[test]
    fn bytes_are_text() {
        let json = |text: &str, elements| {
            let mut cursor = Cursor::new(text.as_bytes());
            texts(|column| read_json(&mut cursor, &expected(DataType::Bytes, &[elements, 1]), column))
        };
        assert_eq!(json(r#"[["h\u00e9"],[""]]"#, 2).unwrap(), ["hé", ""]);
        assert!(json("[1]", 1).is_err() && json(r#"["a"]"#, 2).is_err());
        let binary = |bytes: &[u8], elements| {
            texts(|column| read_binary(bytes, None, DataType::Bytes, elements, column))
        };
        assert_eq!(binary(b"\x03\0\0\0h\xc3\xa9\0\0\0\0", 2).unwrap(), ["hé", ""]);
        assert!(binary(b"", 0).unwrap().is_empty());
        for (bytes, elements, said) in [
            (&b"\x01\0\0"[..], 1, "its bytes end within element 0 of 1"),
            (b"\x02\0\0\0a", 1, "its bytes end within element 0 of 1"),
            (b"\xff\xff\xff\xffa", 1, "its bytes end within element 0 of 1"),
            (b"\x01\0\0\0a", 2, "its bytes end within element 1 of 2"),
            (b"\x01\0\0\0ab", 1, "has 1 bytes after its 1 elements"),
        ] {
            assert_eq!(binary(bytes, elements).unwrap_err().to_string(), said);
        }
        let error = binary(b"\0\0\0\0\x01\0\0\0\xff", 2).unwrap_err();
        assert_eq!((error.kind(), error.row()), (ErrorKind::ReplyEncoding, Some(1)));
        assert!(error.to_string().contains("is not UTF-8 text; if it is not meant to be, "), "{error}");
    }

    #[test]
    fn bytes_need_not_be_text() {
        let pieces = |read: &dyn Fn(&mut Column) -> Result<()>| {
            let mut column = Column::Bytes(Pieces::default());
            read(&mut column)?;
            let Column::Bytes(pieces) = column else { panic!() };
            let piece = |row| pieces.buffer[pieces.range(row).unwrap()].to_vec();
            Ok::<_, Error>((0..pieces.ends.len()).map(piece).collect::<Vec<_>>())
        };
        let binary = |bytes: &'static [u8], elements| {
            pieces(&|column| read_binary(bytes, None, DataType::Bytes, elements, column))
        };
        assert_eq!(binary(b"\x02\0\0\0\xff\0\0\0\0\0", 2).unwrap(), [&b"\xff\0"[..], b""]);
        assert!(binary(b"\x02\0\0\0\xff", 1).is_err() && binary(b"\0\0\0\0\0", 1).is_err());
        let json = |text: &'static str, base64| {
            let expected = Expected { base64, ..expected(DataType::Bytes, &[1]) };
            pieces(&|column| read_json(&mut Cursor::new(text.as_bytes()), &expected, column))
        };
        assert_eq!(json(r#"["h\u00e9\u0000"]"#, false).unwrap(), [b"h\xc3\xa9\0"]);
        assert_eq!(json(r#"["\/wD+"]"#, true).unwrap(), [b"\xff\0\xfe"]);
        assert!(json("[1]", false).is_err() && json("[1]", true).is_err());
        let error = json(r#"["/wD"]"#, true).unwrap_err();
        assert_eq!((error.kind(), error.row()), (ErrorKind::ReplyEncoding, Some(0)));
        let mut cursor = Cursor::new(br#"["aMOp"]"#);
        let base64 = Expected { base64: true, ..expected(DataType::Bytes, &[1]) };
        assert_eq!(texts(|column| read_json(&mut cursor, &base64, column)).unwrap(), ["h\u{e9}"]);
        let mut cursor = Cursor::new(br#"["/w=="]"#);
        assert!(texts(|column| read_json(&mut cursor, &base64, column)).is_err());
        let mut images = Column::Images(Pieces::default(), Vec::new());
        read_json(&mut Cursor::new(br#"["/9j/"]"#), &base64, &mut images).unwrap();
        let Column::Images(pieces, media_types) = images else { panic!() };
        assert_eq!((&pieces.buffer[..], &media_types[..]), (&b"\xff\xd8\xff"[..], &[MediaType::Jpeg][..]));
    }

    #[test]
    fn binary_elements_have_to_be_as_many_as_in_the_shape() {
        let read = |bytes: &[u8], elements| {
            let mut column = Column::Elements(ElementColumn::of(DType::I16));
            read_binary(bytes, None, DataType::Int16, elements, &mut column)?;
            let Column::Elements(column) = column else { panic!() };
            Ok::<_, Error>(format!("{:?}", column.elements()))
        };
        // At any address.
        assert_eq!(read(&[9, 1, 0, 255, 255][1..], 2).unwrap(), "I16([1, -1])");
        for (bytes, elements) in [(3, 2), (4, 1), (0, 1), (4, usize::MAX)] {
            assert_eq!(read(&vec![0; bytes], elements).unwrap_err().kind(), ErrorKind::ReplyShape);
        }
    }
}
