//! The bytes of a text that JSON escapes (RFC 8259, section 7): control characters, quotes and backslashes.

use super::sixteen::Sixteen;
use crate::buffer::Buffer;
use crate::error::Result;

/// Whether a text has some.
pub(super) fn has_any(text: &[u8]) -> bool {
    let any_in =
        |blocks: &[[u8; 16]]| blocks.iter().fold(0, |any, block| any | Sixteen::new(*block).escaped()) != 0;
    match text.last_chunk() {
        Some(last) => any_in(text.as_chunks().0) || any_in(&[*last]),
        None => any_of_few(text),
    }
}

/// The same for fewer than 16 bytes: looks at 8 at a time.
fn any_of_few(text: &[u8]) -> bool {
    let (eights, rest) = text.as_chunks();
    let any = eights.iter().fold(0, |any, eight| any | in_eight(u64::from_le_bytes(*eight)));
    let last = rest.iter().fold(u64::MAX, |last, byte| last << 8 | u64::from(*byte));
    any | in_eight(last) != 0
}

/// The high bit of each byte that is escaped, and perhaps of others above such a one.
fn in_eight(eight: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let below = |bytes: u64, limit: u64| bytes.wrapping_sub(EACH * limit);
    let is = |byte: u8| below(eight ^ (EACH * u64::from(byte)), 1);
    (below(eight, 0x20) | is(b'"') | is(b'\\')) & !eight & (EACH * 0x80)
}

/// Appends a text with its escapes.
#[inline(never)]
pub(super) fn append(out: &mut Buffer, mut text: &[u8]) -> Result<()> {
    while let Some(place) = text.iter().position(|byte| length_of(*byte) > 1) {
        let (plain, rest) = text.split_at_checked(place).unwrap_or_default();
        out.extend(plain)?;
        let Some((byte, behind)) = rest.split_first() else { break };
        out.put(|room| {
            *room = TEXTS[usize::from(*byte)].to_le_bytes();
            length_of(*byte)
        })?;
        text = behind;
    }
    out.extend(text)
}

/// How long the text is that stands for a byte.
#[inline]
fn length_of(byte: u8) -> usize {
    (TEXTS[usize::from(byte)] >> 56) as usize
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
