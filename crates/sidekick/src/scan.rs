//! Text looked at sixteen bytes at a time.

use crate::error::{Result, reserve};
use crate::memory::push;
use wide::u8x16;

/// A bit for each byte that JSON escapes (RFC 8259, section 7): control characters, quotes and backslashes.
#[inline(always)]
pub(crate) fn escaped(bytes: [u8; 16]) -> u32 {
    let bytes = u8x16::new(bytes);
    let marks = bytes.simd_eq(u8x16::splat(b'"')) | bytes.simd_eq(u8x16::splat(b'\\'));
    let controls = bytes.min(u8x16::splat(0x1f)).simd_eq(bytes);
    (marks | controls).to_bitmask()
}

/// The place after each occurrence of a byte, of which there are probably so many.
pub(crate) fn places_after(byte: u8, text: &[u8], count: usize) -> Result<Vec<usize>> {
    let mut places = Vec::new();
    reserve(&mut places, count.min(text.len()))?;
    let (blocks, rest) = text.as_chunks();
    for (index, block) in blocks.iter().enumerate() {
        let mut found = u8x16::new(*block).simd_eq(u8x16::splat(byte)).to_bitmask();
        while found != 0 {
            push(&mut places, 16 * index + found.trailing_zeros() as usize + 1)?;
            found &= found - 1;
        }
    }
    let start = text.len() - rest.len();
    let last = rest.iter().zip(start + 1..).filter(|(found, _)| **found == byte);
    last.map(|(_, after)| after).try_for_each(|after| push(&mut places, after))?;
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_escaped_byte_is_found_at_every_place() {
        for byte in 0..=255u8 {
            for place in 0..16 {
                let mut bytes = [b'a'; 16];
                bytes[place] = byte;
                let is_escaped = byte < 0x20 || matches!(byte, b'"' | b'\\');
                assert_eq!(escaped(bytes), u32::from(is_escaped) << place, "{byte} at {place}");
            }
        }
    }

    #[test]
    fn places_are_found_in_blocks_and_after_them() {
        for length in 0..50 {
            for step in 1..9 {
                let text: Vec<u8> = (0..length).map(|at| u8::from(at % step != 0)).collect();
                let expected: Vec<usize> = (0..length).step_by(step).map(|at| at + 1).collect();
                assert_eq!(places_after(0, &text, length / step).unwrap(), expected);
            }
        }
    }
}
