//! The bytes of a text that JSON escapes (RFC 8259, section 7): control characters, quotes and backslashes.

use crate::error::Result;
use crate::protocol::deployment_api::buffer::Buffer;
use crate::scan::escaped;

/// Whether a text has some.
pub(super) fn has_any(text: &[u8]) -> bool {
    let any_in = |blocks: &[[u8; 16]]| blocks.iter().fold(0, |any, block| any | escaped(*block)) != 0;
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

/// The most bytes of a text that can be quoted in place.
pub(super) const SHORT: usize = 64;

/// Appends in quotes the first `length` bytes, at most [`SHORT`], of a longer text. At each escape it copies
/// all bytes that may follow at once. The next escape is then written over that copy.
#[inline(always)]
pub(super) fn put_short(out: &mut Buffer, text: &[u8; 2 * SHORT], length: usize) -> Result<()> {
    let places = places(text) & u64::MAX.unbounded_shr((SHORT - length) as u32);
    if places == 0 {
        return out.put(|room: &mut [u8; SHORT + 2]| {
            copy_short(text, 0, room, 1);
            quote(room, length)
        });
    }
    // Each byte may be escaped with six bytes, and a whole copy may follow.
    out.put(|room: &mut [u8; 7 * SHORT + 2]| {
        let (mut from, mut at, mut left) = (0, 1, places);
        while left != 0 {
            let place = left.trailing_zeros() as usize;
            copy_short(text, from, room, at);
            at += place - from;
            at += put_escape(text.get(place).copied().unwrap_or_default(), room, at);
            from = place + 1;
            left &= left - 1;
        }
        copy_short(text, from, room, at);
        quote(room, at - 1 + length - from)
    })
}

/// A bit for each of the first bytes that is escaped.
#[inline(always)]
fn places(text: &[u8; 2 * SHORT]) -> u64 {
    let blocks = text.as_chunks().0.iter().take(SHORT / 16).rev();
    blocks.fold(0, |places, block| places << 16 | u64::from(escaped(*block)))
}

#[inline(always)]
fn copy_short<const ROOM: usize>(text: &[u8; 2 * SHORT], from: usize, room: &mut [u8; ROOM], at: usize) {
    let there = text.get(from..).and_then(<[u8]>::first_chunk::<SHORT>);
    let place = room.get_mut(at..).and_then(<[u8]>::first_chunk_mut);
    if let Some((there, place)) = there.zip(place) {
        *place = *there;
    }
}

/// Sets the quotes around the text after the first byte. Returns the whole length.
#[inline(always)]
fn quote<const ROOM: usize>(room: &mut [u8; ROOM], length: usize) -> usize {
    room[0] = b'"';
    if let Some(place) = room.get_mut(length + 1) {
        *place = b'"';
    }
    length + 2
}

/// Writes the escape of a byte. Returns its length.
#[inline(always)]
fn put_escape<const ROOM: usize>(byte: u8, room: &mut [u8; ROOM], at: usize) -> usize {
    let text = TEXTS[usize::from(byte)];
    if let Some(place) = room.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
        *place = text.to_le_bytes();
    }
    (text >> 56) as usize
}

/// Appends a text with its escapes.
#[inline(never)]
pub(super) fn append(out: &mut Buffer, mut text: &[u8]) -> Result<()> {
    while let Some(place) = text.iter().position(|byte| TEXTS[usize::from(*byte)] >> 56 > 1) {
        let (plain, rest) = text.split_at_checked(place).unwrap_or_default();
        out.extend(plain)?;
        let Some((byte, behind)) = rest.split_first() else { break };
        out.put(|room: &mut [u8; 8]| put_escape(*byte, room, 0))?;
        text = behind;
    }
    out.extend(text)
}

/// For each byte its escape, with the length of the escape in the top 8 bits.
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
