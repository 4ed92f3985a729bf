//! 16-bit floats as bits: FP16 (IEEE 754 binary16) and BF16 (the upper half of an FP32). Written here because
//! it is short, exact, and tested with every value there is.

/// Fraction bits of an FP16 and of a BF16; the others are a sign and the exponent.
const FP16: u32 = 10;
const BF16: u32 = 7;
/// Fraction bits, and the largest exponent, of a 64-bit float.
const F64: u32 = 52;
const F64_EXPONENT: u64 = 0x7ff;

/// The FP16 nearest to a number; of two as near the even one. Too large numbers become infinite.
pub(crate) fn fp16_of(value: f64) -> u16 {
    narrowed::<FP16>(value)
}

/// The same as a BF16.
pub(crate) fn bf16_of(value: f64) -> u16 {
    narrowed::<BF16>(value)
}

/// The value of an FP16.
pub(crate) fn fp16_value(bits: u16) -> f32 {
    const SUBNORMAL: f32 = 1.0 / (1 << 24) as f32;
    let fraction = u32::from(bits & 0x3ff);
    let magnitude = match u32::from(bits >> FP16 & 0x1f) {
        0 => fraction as f32 * SUBNORMAL,
        0x1f => f32::from_bits(0x7f80_0000 | fraction << 13),
        exponent => f32::from_bits((exponent + 112) << 23 | fraction << 13),
    };
    f32::from_bits(magnitude.to_bits() | u32::from(bits & 0x8000) << 16)
}

/// The value of a BF16.
pub(crate) fn bf16_value(bits: u16) -> f32 {
    f32::from_bits(u32::from(bits) << 16)
}

fn narrowed<const FRACTION: u32>(value: f64) -> u16 {
    let infinity = 0x7fff >> FRACTION << FRACTION;
    let bias = 0x3fff >> FRACTION;
    let bits = value.to_bits();
    let sign = (bits >> 48 & 0x8000) as u16;
    let exponent = bits >> F64 & F64_EXPONENT;
    let fraction = bits & ((1 << F64) - 1);
    if exponent == F64_EXPONENT {
        let quiet = if fraction == 0 { 0 } else { 1 << (FRACTION - 1) };
        return sign | infinity | quiet | (fraction >> (F64 - FRACTION)) as u16;
    }
    let exponent = exponent as i32 - 1023 + bias;
    // A number below the smallest normal one has fewer bits; below half of the smallest of all it has none.
    let shift = (F64 - FRACTION).saturating_add_signed(1 - exponent.min(1));
    if shift > F64 + 1 {
        return sign;
    }
    let significand = fraction | 1 << F64;
    let (kept, rest, half) = (significand >> shift, significand & ((1 << shift) - 1), 1 << (shift - 1));
    let rounds_up = rest > half || (rest == half && kept & 1 == 1);
    // The leading bit adds one to the exponent, and so does a fraction that becomes too large.
    let all = ((exponent.max(1) as u64 - 1) << FRACTION) + kept + u64::from(rounds_up);
    sign | all.min(u64::from(infinity)) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every value comes back, and between each two neighbours a number goes to the nearer, or to the even
    /// one.
    fn check(value_of: fn(u16) -> f32, narrow: fn(f64) -> u16, infinity: u16) {
        for bits in 0..=u16::MAX {
            let value = f64::from(value_of(bits));
            let magnitude = bits & 0x7fff;
            if magnitude > infinity {
                assert!(value.is_nan() && value_of(narrow(value)).is_nan(), "{bits:#x}");
                continue;
            }
            assert_eq!(narrow(value), bits, "{value}");
            if magnitude == infinity {
                continue;
            }
            let last = magnitude + 1 == infinity;
            // Beyond the largest number the next one is thought of as if the exponent went on.
            let next =
                if last { 2.0 * value - f64::from(value_of(bits - 1)) } else { value_of(bits + 1).into() };
            let middle = value / 2.0 + next / 2.0;
            let even = if bits & 1 == 0 { bits } else { bits + 1 };
            assert_eq!(narrow(middle), even, "{middle}");
            let (towards_zero, away) = (middle.to_bits() - 1, middle.to_bits() + 1);
            assert_eq!(narrow(f64::from_bits(towards_zero)), bits, "{middle}");
            assert_eq!(narrow(f64::from_bits(away)), bits + 1, "{middle}");
        }
    }

    #[test]
    fn every_fp16_and_what_lies_between() {
        check(fp16_value, fp16_of, 0x7c00);
    }

    #[test]
    fn every_bf16_and_what_lies_between() {
        check(bf16_value, bf16_of, 0x7f80);
    }

    #[test]
    fn known_values() {
        for (value, fp16, bf16) in [
            (1.0, 0x3c00, 0x3f80),
            (-2.0, 0xc000, 0xc000),
            (65504.0, 0x7bff, 0x4780),
            (65520.0, 0x7c00, 0x4780),
            (1e39, 0x7c00, 0x7f80),
            (5.960_464_477_539_063e-8, 0x0001, 0x3380),
            (1e-310, 0, 0),
            (-0.0, 0x8000, 0x8000),
        ] {
            assert_eq!((fp16_of(value), bf16_of(value)), (fp16, bf16), "{value}");
        }
        assert_eq!((fp16_value(0x3555), fp16_value(0x0400)), (0.333_251_95, 6.103_515_6e-5));
    }
}
