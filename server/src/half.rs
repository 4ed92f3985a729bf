//! Floats of 16 bits.

/// The value of an FP16.
pub fn to_f32(half: u16) -> f32 {
    let sign = u32::from(half & 0x8000) << 16;
    let exponent = u32::from(half >> 10) & 0x1f;
    let fraction = u32::from(half & 0x3ff);
    let magnitude = match exponent {
        // Zero and subnormal numbers: the fraction counts steps of 2^-24.
        0 => (fraction as f32 * 2f32.powi(-24)).to_bits(),
        31 => 0x7f80_0000 | fraction << 13,
        _ => (exponent + 127 - 15) << 23 | fraction << 13,
    };
    f32::from_bits(sign | magnitude)
}

/// The FP16 nearest to a value, of two as near the even one; values beyond the range become infinite.
pub fn from_f32(value: f32) -> u16 {
    let bits = value.to_bits();
    let sign = (bits >> 16) as u16 & 0x8000;
    let magnitude = bits & 0x7fff_ffff;
    if magnitude > 0x7f80_0000 {
        // A NaN stays one, also where its lower bits are lost.
        return sign | 0x7e00 | (magnitude >> 13) as u16 & 0x3ff;
    }
    let exponent = (magnitude >> 23) as i32 - 127;
    if exponent > 15 {
        return sign | 0x7c00;
    }
    if exponent < -25 {
        return sign;
    }
    // The significand in steps of the result, and what is cut off.
    let significand = magnitude & 0x7f_ffff | 0x80_0000;
    let dropped = 13 + (-14 - exponent).max(0) as u32;
    let (kept, rest) = (significand >> dropped, significand & ((1 << dropped) - 1));
    let half = 1 << (dropped - 1);
    let up = rest > half || rest == half && kept & 1 == 1;
    // The hidden bit adds one to the exponent, and so does a carry out of the fraction.
    let base = (exponent.max(-14) + 14) as u32;
    sign | ((base << 10) + kept + u32::from(up)) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_comes_back() {
        for half in 0..=u16::MAX {
            let value = to_f32(half);
            match value.is_nan() {
                true => assert!(to_f32(from_f32(value)).is_nan()),
                false => assert_eq!(from_f32(value), half, "{half:#x} {value}"),
            }
        }
    }

    #[test]
    fn values_are_those_of_the_standard() {
        for (half, value) in [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x0400, 6.103_515_6e-5),
            (0x0001, 5.960_464_5e-8),
            (0x3555, 0.333_251_95),
            (0x7c00, f32::INFINITY),
        ] {
            assert_eq!(to_f32(half), value);
            assert_eq!(from_f32(value), half);
        }
    }

    /// Between two neighbours, the nearer one; in the middle, the even one.
    #[test]
    fn other_values_are_rounded() {
        for half in 0..0x7bff_u16 {
            let (low, high) = (to_f32(half), to_f32(half + 1));
            let middle = (low + high) / 2.0;
            assert_eq!(from_f32(middle), half + (half & 1), "{half:#x}");
            assert_eq!(from_f32(middle.next_down()), half);
            assert_eq!(from_f32(-middle.next_up()), 0x8000 | (half + 1));
        }
        assert_eq!(from_f32(65519.996), 0x7bff);
        assert_eq!(from_f32(65520.0), 0x7c00);
        assert_eq!(from_f32(1e30), 0x7c00);
        assert_eq!(from_f32(-1e-30), 0x8000);
    }
}
