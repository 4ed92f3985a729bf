//! One number: by the fast path, or by the slow one.

use super::{fast, slow};

/// What is mostly after a number; the slow path reads the others.
const ENDS: [u8; 2] = *b",}";

/// The text of the number at the start of `bytes`, as JSON's grammar has it; `None` if there is none.
pub fn number_text(bytes: &[u8]) -> Option<&str> {
    slow::text(bytes)
}

/// The number at the start of `bytes` as the nearest 64-bit float, and its length; `None` if there is none or
/// it is too large.
#[inline(always)]
pub fn read_f64(bytes: &[u8]) -> Option<(f64, usize)> {
    fast::read_f64(bytes, ENDS).or_else(|| slow::read_f64(bytes))
}

/// The same as the nearest 32-bit float.
#[inline(always)]
pub fn read_f32(bytes: &[u8]) -> Option<(f32, usize)> {
    fast::read_f32(bytes, ENDS).or_else(|| slow::read_f32(bytes))
}

/// The number at the start of `bytes` with the byte `end` after it, as the nearest 64-bit float; and what
/// follows that byte.
#[inline(always)]
pub fn read_f64_before(bytes: &[u8], end: u8) -> Option<(f64, &[u8])> {
    match fast::read_f64(bytes, [end; 2]) {
        Some((value, length)) => Some((value, bytes.get(length + 1..)?)),
        None => read_slow_before(bytes, end),
    }
}

#[cold]
#[inline(never)]
fn read_slow_before(bytes: &[u8], end: u8) -> Option<(f64, &[u8])> {
    let (value, length) = slow::read_f64(bytes)?;
    Some((value, bytes.get(length..)?.strip_prefix(&[end])?))
}

/// What follows white space.
pub(super) fn skip_space(bytes: &[u8]) -> &[u8] {
    let spaces = bytes.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
    bytes.get(spaces..).unwrap_or_default()
}
