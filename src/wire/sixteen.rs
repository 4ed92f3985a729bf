//! Sixteen bytes of text looked at together: where a byte is, which are digits, and what number those make.

use wide::{i16x8, u8x16};

#[derive(Clone, Copy)]
pub(super) struct Sixteen(u8x16);

/// Bytes of ones and then of zeros: a mask of the first bytes of sixteen is a piece of this.
static ONES_AND_ZEROS: [u8; 32] = {
    let mut bytes = [0; 32];
    let mut at = 0;
    while at < 16 {
        bytes[at] = 0xff;
        at += 1;
    }
    bytes
};

impl Sixteen {
    #[inline(always)]
    pub(super) fn new(bytes: [u8; 16]) -> Sixteen {
        Sixteen(u8x16::new(bytes))
    }

    /// Where a byte first stands; 16 or more where it does not.
    #[inline(always)]
    pub(super) fn place_of(self, byte: u8) -> usize {
        self.0.simd_eq(u8x16::splat(byte)).to_bitmask().trailing_zeros() as usize
    }

    /// Where one of two bytes first stands; 16 or more where neither does.
    #[inline(always)]
    pub(super) fn place_of_either(self, one: u8, other: u8) -> usize {
        let found = self.0.simd_eq(u8x16::splat(one)) | self.0.simd_eq(u8x16::splat(other));
        found.to_bitmask().trailing_zeros() as usize
    }

    /// The first `count` bytes of these, and the others of `rest`.
    #[inline(always)]
    pub(super) fn join(self, rest: Sixteen, count: usize) -> Sixteen {
        Sixteen(first_bytes(count).bitselect(self.0, rest.0))
    }

    /// The number that the first `count` bytes and zeros behind them make; nothing where they are no digits.
    #[inline(always)]
    pub(super) fn number(self, count: usize) -> Option<u64> {
        let digits = (self.0 - u8x16::splat(b'0')) & first_bytes(count);
        // What is above 9 reaches the high bit.
        let others = digits.saturating_add(u8x16::splat(0x76)).to_bitmask();
        (others == 0).then(|| number(digits))
    }
}

/// Whether some of the bytes are such that JSON escapes: control characters, quotes or backslashes.
#[inline]
pub(super) fn has_escaped(text: &[[u8; 16]]) -> bool {
    let controls = u8x16::splat(0x1f);
    let escaped = text.iter().fold(u8x16::splat(0), |escaped, bytes| {
        let bytes = u8x16::new(*bytes);
        let marks = bytes.simd_eq(u8x16::splat(b'"')) | bytes.simd_eq(u8x16::splat(b'\\'));
        escaped | marks | bytes.min(controls).simd_eq(bytes)
    });
    escaped.to_bitmask() != 0
}

/// All ones in the first `count` of sixteen bytes.
#[inline(always)]
fn first_bytes(count: usize) -> u8x16 {
    let mask = ONES_AND_ZEROS.get(16 - count.min(16)..).and_then(<[u8]>::first_chunk);
    u8x16::new(mask.copied().unwrap_or_default())
}

/// Pairs of digits, then fours, then eights, then all.
#[inline(always)]
fn number(digits: u8x16) -> u64 {
    const EIGHT: u64 = (10_000 << 32) + 1;
    let digits: i16x8 = bytemuck::cast(digits);
    let pairs: i16x8 = (digits & i16x8::splat(0xff)) * i16x8::splat(10) + (digits >> 8);
    let fours = pairs.dot(i16x8::new([100, 1, 100, 1, 100, 1, 100, 1]));
    let [first, second]: [u64; 2] = bytemuck::cast(fours);
    (first.wrapping_mul(EIGHT) >> 32) * 100_000_000 + (second.wrapping_mul(EIGHT) >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_found_and_joined() {
        let text = Sixteen::new(*b"-12.345,6.789,01");
        assert_eq!((text.place_of(b'-'), text.place_of(b'.'), text.place_of(b'1')), (0, 3, 1));
        assert!(text.place_of(b'x') >= 16 && text.place_of_either(b'x', b'y') >= 16);
        assert_eq!((text.place_of_either(b'x', b','), text.place_of_either(b'.', b'x')), (7, 3));
        let (text, behind) = (Sixteen::new(*b"12.3456789012345"), Sixteen::new(*b"2.34567890123456"));
        assert_eq!(text.join(behind, 2).number(16), Some(1_234_567_890_123_456));
        assert_eq!(text.join(behind, 0).number(1), Some(2_000_000_000_000_000));
    }

    #[test]
    fn only_digits_make_a_number() {
        assert_eq!(Sixteen::new(*b"1234567890123456").number(16), Some(1_234_567_890_123_456));
        assert_eq!(Sixteen::new(*b"9999999999999999").number(99), Some(9_999_999_999_999_999));
        assert_eq!(Sixteen::new(*b"42,-. e\xff\0:/AZaz~").number(2), Some(4_200_000_000_000_000));
        for byte in (0..=255u8).filter(|byte| !byte.is_ascii_digit()) {
            for place in 0..16 {
                let mut bytes = [b'7'; 16];
                bytes[place] = byte;
                assert_eq!(Sixteen::new(bytes).number(16), None, "{byte} at {place}");
                assert!(Sixteen::new(bytes).number(place).is_some());
            }
        }
    }
}
