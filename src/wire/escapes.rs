//! The bytes of a text that JSON escapes (RFC 8259, section 7): control characters, quotes and backslashes.

use super::sixteen::Sixteen;
use crate::buffer::Buffer;
use crate::error::Result;

/// So many bytes are looked at and copied at once.
const WINDOW: usize = 32;

/// Appends the first `length` of these bytes with their escapes: windows are copied as they are up to the first byte that is
/// escaped, and begin anew behind it.
#[inline(always)]
pub(super) fn append(out: &mut Buffer, mut bytes: &[u8], mut length: usize) -> Result<()> {
    while length > 0 {
        let count = match bytes.first_chunk() {
            Some(window) => append_window(out, window, length)?,
            None => append_window(out, &last_window(bytes), length)?,
        };
        bytes = bytes.get(count..).unwrap_or_default();
        length -= count;
    }
    Ok(())
}

/// Appends the first bytes of a window, no more than `length`, and tells how many.
#[inline(always)]
fn append_window(out: &mut Buffer, window: &[u8; WINDOW], length: usize) -> Result<usize> {
    let plain = plain_bytes(window).min(length);
    out.put(|room| {
        *room = *window;
        plain
    })?;
    match window.get(plain) {
        Some(byte) if plain < length => put_escape(out, *byte).map(|()| plain + 1),
        _ => Ok(plain),
    }
}

/// How many bytes come before the first that is escaped.
#[inline(always)]
fn plain_bytes(window: &[u8; WINDOW]) -> usize {
    let [first, second] =
        bytemuck::cast::<_, [[u8; 16]; 2]>(*window).map(|half| Sixteen::new(half).escaped());
    (u64::from(first | second << 16) | 1 << WINDOW).trailing_zeros() as usize
}

/// A window of fewer bytes, with zeros behind them. It is put together out of both their ends in registers: what is written to
/// memory byte by byte cannot be read at once sixteen bytes at a time.
#[inline(always)]
fn last_window(bytes: &[u8]) -> [u8; WINDOW] {
    let halves = match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => {
            let behind = u128::from_le_bytes(*last).unbounded_shr(8 * (WINDOW - bytes.len()) as u32);
            [*first, behind.to_le_bytes()]
        }
        _ => [last_half(bytes), [0; WINDOW / 2]],
    };
    bytemuck::cast(halves)
}

/// The same for fewer than sixteen bytes.
#[inline(always)]
fn last_half(bytes: &[u8]) -> [u8; WINDOW / 2] {
    let quarters = match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => {
            let behind = u64::from_le_bytes(*last).unbounded_shr(8 * (WINDOW / 2 - bytes.len()) as u32);
            [u64::from_le_bytes(*first), behind]
        }
        _ => [bytes.iter().rev().fold(0, |quarter, byte| quarter << 8 | u64::from(*byte)), 0],
    };
    bytemuck::cast(quarters.map(u64::to_le_bytes))
}

#[inline(always)]
fn put_escape(out: &mut Buffer, byte: u8) -> Result<()> {
    let text = TEXTS[usize::from(byte)];
    out.put(|room| {
        *room = text.to_le_bytes();
        (text >> 56) as usize
    })
}

/// For each byte the text that stands for it, and in the top 8 bits how long that is.
static TEXTS: [u64; 256] = texts();

const fn texts() -> [u64; 256] {
    let mut texts = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let (text, length) = match byte as u8 {
            b'"' | b'\\' => ([b'\\', byte as u8, 0, 0, 0, 0], 2),
            0x08 => (*b"\\b\0\0\0\0", 2),
            b'\t' => (*b"\\t\0\0\0\0", 2),
            b'\n' => (*b"\\n\0\0\0\0", 2),
            0x0c => (*b"\\f\0\0\0\0", 2),
            b'\r' => (*b"\\r\0\0\0\0", 2),
            0..0x20 => {
                ([b'\\', b'u', b'0', b'0', b'0' + (byte >> 4) as u8, b"0123456789abcdef"[byte & 15]], 6)
            }
            byte => ([byte, 0, 0, 0, 0, 0], 1),
        };
        let [a, b, c, d, e, f] = text;
        texts[byte] = u64::from_le_bytes([a, b, c, d, e, f, 0, length]);
        byte += 1;
    }
    texts
}
