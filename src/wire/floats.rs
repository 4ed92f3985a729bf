//! Numbers as JSON text and back, exactly: the text of a float reads back to the same bits.

use super::decimal::{Decimal, RUN};
use super::json::Cursor;
use super::layout::eight_digits_of_four;
use super::short::{self, Short};
use crate::error::{Error, ErrorKind, Result, reserve};
use crate::text::Snippet;

/// The widest text of a 64-bit float.
pub(crate) const WIDEST_F64: usize = 24;

/// Writes the shortest text that reads back as this finite number; returns its length. Bytes behind it may change.
#[inline(always)]
pub(crate) fn put_f64(room: &mut [u8; WIDEST_F64], value: f64) -> usize {
    short::put(room, value).unwrap_or_else(|| put_other_f64(room, value))
}

#[inline(never)]
fn put_other_f64(room: &mut [u8; WIDEST_F64], value: f64) -> usize {
    let mut printer = zmij::Buffer::new();
    let text = printer.format_finite(value).as_bytes();
    if let Some(place) = room.get_mut(..text.len()) {
        place.copy_from_slice(text);
    }
    text.len()
}

/// A number whose digits are found before it is known where its text goes.
#[derive(Clone, Copy, Default)]
pub(crate) struct Number {
    value: f64,
    short: Short,
    digits: u64,
}

/// So many are found together: each step is taken for all of them before the next, so that none waits for another.
pub(crate) const BLOCK: usize = 16;

impl Number {
    /// Makes a block the numbers of these values: in place, as it would be copied.
    #[inline(always)]
    pub(crate) fn set_block(block: &mut [Number; BLOCK], values: &[f64; BLOCK]) {
        for (number, value) in block.iter_mut().zip(values) {
            (number.value, number.short) = (*value, Short::of(*value));
        }
        for four in block.as_chunks_mut::<4>().0 {
            let digits = eight_digits_of_four(four.map(|number| number.short.whole));
            four.iter_mut().zip(digits).for_each(|(number, digits)| number.digits = digits);
        }
    }

    /// Its value.
    #[inline(always)]
    pub(crate) fn value(&self) -> f64 {
        self.value
    }

    /// Writes it as [`put_f64`] does; it has to be finite.
    #[inline(always)]
    pub(crate) fn put(&self, room: &mut [u8; WIDEST_F64]) -> usize {
        self.short.put(self.digits, room, self.value).unwrap_or_else(|| put_other_f64(room, self.value))
    }
}

/// Reads one number as 64-bit float.
#[inline]
pub(crate) fn read_f64(cursor: &mut Cursor<'_>) -> Result<f64> {
    match cursor.short_number() {
        Some(value) => Ok(value),
        None => read_other_f64(cursor),
    }
}

#[inline(never)]
fn read_other_f64(cursor: &mut Cursor<'_>) -> Result<f64> {
    if let Some(value) = cursor.decimal(Decimal::to_f64) {
        return Ok(value);
    }
    let text = cursor.number_text()?;
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => Err(Error::new(ErrorKind::ReplyType, format!("the number {text} is beyond a 64-bit float"))),
    }
}

/// Fills the slots with the numbers of the object that comes next, where its keys are these, in this order and without white
/// space; else nothing is read. The fast lane for long rows of probabilities.
#[inline(never)]
pub(crate) fn read_f64_members(cursor: &mut Cursor<'_>, keys: &[Snippet], slots: &mut [f64]) -> Option<()> {
    let all = cursor.rest();
    let mut rest = all;
    let mut before = b'{';
    for (key, slot) in keys.iter().zip(slots) {
        let length;
        (*slot, length) = read_member(rest, before, key).or_else(|| read_member_apart(rest, before, key))?;
        rest = rest.get(length..)?;
        before = b',';
    }
    *cursor = cursor.ahead(all.len() - rest.strip_prefix(b"}")?.len());
    Some(())
}

/// What stands before a key, the key and a number, all within a window; the number, and how long all are.
#[inline(always)]
fn read_member(bytes: &[u8], before: u8, key: &Snippet) -> Option<(f64, usize)> {
    let window: &[u8; 64] = bytes.first_chunk()?;
    if window[0] != before || !key.starts(&window[1..]) {
        return None;
    }
    let place = 1 + key.len();
    let (value, length) = short::read_probability(window.get(place..)?)?;
    Some((value, place + length))
}

/// The same, however long they are and however the number is written.
#[inline(never)]
fn read_member_apart(bytes: &[u8], before: u8, key: &Snippet) -> Option<(f64, usize)> {
    let number = bytes.strip_prefix(&[before]).filter(|rest| key.starts(rest))?.get(key.len()..)?;
    let mut cursor = Cursor::new(number);
    let value = read_f64(&mut cursor).ok()?;
    Some((value, bytes.len() - cursor.rest().len()))
}

/// Appends the list of numbers that comes next to `values`; at most `limit` of them.
pub(crate) fn read_f32_list(cursor: &mut Cursor<'_>, values: &mut Vec<f32>, limit: usize) -> Result<()> {
    let start = values.len();
    cursor.array(|cursor| {
        read_blocks(cursor, values, start + limit)?;
        let element = values.len() - start;
        if element == limit {
            let message = format!("an array with more than the {limit} values of its shape");
            return Err(Error::new(ErrorKind::ReplyShape, message));
        }
        reserve(values, 1)?;
        values.push(read_f32(cursor, element)?);
        Ok(())
    })
}

/// Appends elements for as long as that is quick, until there are `most` values.
fn read_blocks(cursor: &mut Cursor<'_>, values: &mut Vec<f32>, most: usize) -> Result<()> {
    let mut block = [0.0; RUN];
    loop {
        let room = RUN.min(most - values.len());
        let count = cursor.floats(block.get_mut(..room).unwrap_or_default());
        reserve(values, count)?;
        values.extend_from_slice(block.get(..count).unwrap_or_default());
        if count < RUN {
            return Ok(());
        }
    }
}

/// Reads one element, however it is written, or says which it is that cannot be read.
fn read_f32(cursor: &mut Cursor<'_>, element: usize) -> Result<f32> {
    if !matches!(cursor.peek(), Some(b'-' | b'0'..=b'9')) {
        let message = format!("element {element} is {} where a number should be", cursor.kind_of_next());
        return Err(Error::new(ErrorKind::ReplyType, message));
    }
    if let Some(value) = cursor.decimal(Decimal::to_f32) {
        return Ok(value);
    }
    let text = cursor.number_text()?;
    match text.parse::<f32>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => {
            let message = format!("element {element}, {text}, is beyond a 32-bit float");
            Err(Error::new(ErrorKind::ReplyType, message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::shortest::ListWriter;
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str, limit: usize) -> Result<Vec<f32>> {
        let mut values = Vec::new();
        read_f32_list(&mut Cursor::new(text.as_bytes()), &mut values, limit)?;
        Ok(values)
    }

    #[test]
    fn lists_are_read_exactly() {
        assert_eq!(read("[ 1, -0.5,1e-30 ]", 3).unwrap(), [1.0, -0.5, 1e-30]);
        assert!(read("[]", 0).unwrap().is_empty());
        // A near-tie that goes wrong when it is read as a 64-bit float first.
        let tie = "1.00000017881393432617187499";
        assert_eq!(read(&format!("[{tie}]"), 1).unwrap(), [tie.parse::<f32>().unwrap()]);
    }

    #[test]
    fn an_element_that_does_not_fit_is_named() {
        let text = |list: &str| read(list, 3).unwrap_err().to_string();
        assert_eq!(text("[1,1e39]"), "element 1, 1e39, is beyond a 32-bit float");
        assert_eq!(text("[1,null]"), "element 1 is null where a number should be");
        assert_eq!(text("[1,2,3,4]"), "an array with more than the 3 values of its shape");
    }

    proptest! {
        #[test]
        fn any_float_comes_back(bits: u32) {
            let value = f32::from_bits(bits);
            prop_assume!(value.is_finite());
            let mut text = b"[".to_vec();
            let mut writer = ListWriter::new(&mut text);
            writer.floats(&[value]);
            writer.finish();
            text.push(b']');
            let back = read(std::str::from_utf8(&text).unwrap(), 1).unwrap();
            prop_assert_eq!(back[0].to_bits(), bits);
        }
    }
}
