//! Lists of 32-bit floats, many elements at a time.

use super::fast::{DIGITS, Decimal, Shape, WINDOW, is_clear, places};
use super::number::{read_f32, skip_space};
use super::{fast, slow};
use crate::lanes::Digits16;
use crate::{OutOfMemory, reserve};
use wide::f64x2;

/// Why a list cannot be read, and the text from there on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListError<'a> {
    /// What is wrong.
    pub kind: ListErrorKind,
    /// The text that could not be read.
    pub rest: &'a [u8],
}

/// What is wrong with a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListErrorKind {
    /// It does not begin with a bracket.
    Start,
    /// The element with this index is not a number, or it is beyond a 32-bit float.
    Element(usize),
    /// After an element there is neither a comma nor the end.
    Separator,
    /// It has more elements than allowed.
    TooLong,
    /// There is no memory for its elements.
    Memory(OutOfMemory),
}

impl ListErrorKind {
    fn at(self, rest: &[u8]) -> ListError<'_> {
        ListError { kind: self, rest }
    }
}

/// Appends the elements of the list at the start of `bytes`, after white space, to `values`, at most `limit`
/// of them; returns the text after the list. An error leaves the elements before it in `values`.
pub fn read_f32_list<'a>(
    bytes: &'a [u8],
    values: &mut Vec<f32>,
    limit: usize,
) -> Result<&'a [u8], ListError<'a>> {
    let start = values.len();
    let Some(mut rest) = skip_space(bytes).strip_prefix(b"[") else {
        return Err(ListErrorKind::Start.at(bytes));
    };
    if let Some(after) = skip_space(rest).strip_prefix(b"]") {
        return Ok(after);
    }
    loop {
        rest = read_runs(rest, values, start + limit)?;
        let index = values.len() - start;
        if index == limit {
            return Err(ListErrorKind::TooLong.at(rest));
        }
        let element = skip_space(rest);
        let (value, length) = read_f32(element).ok_or(ListErrorKind::Element(index).at(element))?;
        reserve(values, 1).map_err(|error| ListErrorKind::Memory(error).at(element))?;
        values.push(value);
        let after = skip_space(element.get(length..).unwrap_or_default());
        rest = match after.split_first() {
            Some((b',', rest)) => rest,
            Some((b']', rest)) => return Ok(rest),
            _ => return Err(ListErrorKind::Separator.at(after)),
        };
    }
}

/// Appends elements with their commas for as long as they are read in runs, until there are `most` values;
/// returns what follows.
fn read_runs<'a>(mut rest: &'a [u8], values: &mut Vec<f32>, most: usize) -> Result<&'a [u8], ListError<'a>> {
    let mut run = [0.0; RUN];
    loop {
        let room = RUN.min(most - values.len());
        let (count, length) = read_run(rest, run.get_mut(..room).unwrap_or_default());
        reserve(values, count).map_err(|error| ListErrorKind::Memory(error).at(rest))?;
        values.extend_from_slice(run.get(..count).unwrap_or_default());
        rest = rest.get(length..).unwrap_or_default();
        if count < RUN {
            return Ok(rest);
        }
    }
}

/// So many list elements are read together, at most.
const RUN: usize = 64;

/// Reads list elements into `values`, a run at most, each up to its comma, until one cannot be read; how
/// many, and how many bytes they took, commas included.
fn read_run(bytes: &[u8], values: &mut [f32]) -> (usize, usize) {
    // Mostly all or none have a space before them.
    match bytes.first() {
        Some(b' ') => read_spaced_run::<1>(bytes, values),
        _ => read_spaced_run::<0>(bytes, values),
    }
}

/// The same if each element is after so many spaces.
///
/// First all become 64-bit floats that are almost the numbers, and then 32-bit ones: a processor looks only
/// so many steps ahead, and can begin with more numbers the less there is to do for each.
#[inline(never)]
fn read_spaced_run<const SPACES: usize>(bytes: &[u8], values: &mut [f32]) -> (usize, usize) {
    let mut near = [0.0; RUN];
    let most = values.len().min(RUN);
    let (mut count, mut text) = (0, bytes);
    while let Some(rest) = near.get_mut(count..most).filter(|rest| !rest.is_empty()) {
        let window = text.first_chunk();
        let start = window.and_then(|window: &[u8; LOOK]| window.first_chunk());
        let commas = start.map_or(0, |start| places(start, b','));
        if let Some(two) = rest.first_chunk_mut()
            && let Some((read, length)) = window.and_then(|window| read_two::<SPACES>(window, commas))
        {
            *two = read;
            (count, text) = (count + 2, text.get(length..).unwrap_or_default());
            continue;
        }
        let one = window.and_then(|window| read_one::<SPACES>(window, commas));
        match one.or_else(|| read_slow_element(text)) {
            Some((read, length)) => {
                rest[0] = read;
                (count, text) = (count + 1, text.get(length..).unwrap_or_default());
            }
            None => break,
        }
    }
    let mut clear = true;
    for (value, near) in values.iter_mut().zip(&near).take(count) {
        *value = *near as f32;
        clear &= is_clear(*near);
    }
    if clear {
        (count, bytes.len() - text.len())
    } else {
        read_one_by_one(bytes, values.get_mut(..count).unwrap_or_default())
    }
}

/// Reads a run again in which a 64-bit float leaves the 32-bit one in doubt.
#[cold]
#[inline(never)]
fn read_one_by_one(bytes: &[u8], values: &mut [f32]) -> (usize, usize) {
    let mut at = 0;
    for (index, value) in values.iter_mut().enumerate() {
        let Some((read, length)) = bytes.get(at..).and_then(read_slow_element) else { return (index, at) };
        (*value, at) = (read as f32, at + length);
    }
    (values.len(), at)
}

/// Bytes in which two elements are looked for.
const LOOK: usize = 2 * WINDOW + 2;

/// Two elements of up to 16 bytes without their points, each after so many spaces, as floats that are almost
/// the numbers; and how long they are with their commas. For two at a time there is less to do than for each.
#[inline(always)]
fn read_two<const SPACES: usize>(window: &[u8; LOOK], commas: u32) -> Option<([f64; 2], usize)> {
    let others = commas & commas.wrapping_sub(1);
    let (first, second) = (commas.trailing_zeros() as usize, others.trailing_zeros() as usize);
    if others == 0 || (SPACES == 1 && (window[0] != b' ' || window[first + 1] != b' ')) {
        return None;
    }
    let one = Shape::with_point(window.get(SPACES..)?.first_chunk()?, first.wrapping_sub(SPACES))?;
    let start = first + 1 + SPACES;
    let other = Shape::with_point(window.get(start..)?.first_chunk()?, second.wrapping_sub(start))?;
    let digits = [one.digits, other.digits];
    let numbers = Digits16::numbers(digits);
    if one.count.max(other.count) > DIGITS || !Digits16::are_all_digits(digits) {
        return None;
    }
    if numbers.simd_lt(f64x2::new([one.place.least, other.place.least])).to_bitmask() != 0 {
        return None;
    }
    let values = numbers * f64x2::new([one.place.inverse, other.place.inverse]);
    Some((values.to_array(), second + 1))
}

/// One element in the same way, of up to 31 bytes.
#[inline(always)]
fn read_one<const SPACES: usize>(window: &[u8; LOOK], commas: u32) -> Option<(f64, usize)> {
    let comma = commas.trailing_zeros() as usize;
    if commas == 0 || (SPACES == 1 && window[0] != b' ') {
        return None;
    }
    let number = window.get(SPACES..)?.first_chunk()?;
    Some((Decimal::read(number, comma.wrapping_sub(SPACES))?.near()?, comma + 1))
}

/// An element with any white space around it, and how long it is with its comma.
#[cold]
#[inline(never)]
fn read_slow_element(bytes: &[u8]) -> Option<(f64, usize)> {
    let space = usize::from(bytes.first() == Some(&b' '));
    if let Some((value, length)) = bytes.get(space..).and_then(|number| fast::read_f32(number, [b','; 2])) {
        return Some((value.into(), space + length + 1));
    }
    let comma = bytes.iter().position(|byte| *byte == b',')?;
    Some((read_spaced(bytes.get(..comma)?)?.into(), comma + 1))
}

fn read_spaced(text: &[u8]) -> Option<f32> {
    let number = skip_space(text);
    let (value, length) = slow::read_f32(number)?;
    skip_space(number.get(length..)?).is_empty().then_some(value)
}
