//! 64-bit floats of a few digits as text, exactly: most numbers of tables are such. `zmij` prints the rest.

use super::layout::{DecimalLayout, WIDEST_F64, eight_digits, put_decimal};
use crate::powers::{EXACT_POWERS, POWERS};

/// Exponents of the values that are written here: from 2^-16 up to 2^23.
const MIN_EXPONENT: i32 = -16;
const EXPONENTS: usize = 39;

/// How many decimals values of one exponent are written with at most, as whole numbers of units of
/// `10^-places`: `10^places`.
static UNITS: [f64; EXPONENTS] = forms().0;
/// How their digits become text: 7, or 8.
static LAYOUTS: [[DecimalLayout; 2]; EXPONENTS] = forms().1;

const fn forms() -> ([f64; EXPONENTS], [[DecimalLayout; 2]; EXPONENTS]) {
    let mut units = [1.0; EXPONENTS];
    let mut layouts = [[DecimalLayout::new(7, 1); 2]; EXPONENTS];
    let mut index = 0;
    while index < EXPONENTS {
        let exponent = MIN_EXPONENT + index as i32;
        // The greatest value has 8 digits.
        let mut places = 0;
        while (POWERS[places + 1] as u128) << 32 <= (EIGHT_DIGITS as u128) << (31 - exponent) {
            places += 1;
        }
        units[index] = EXACT_POWERS[places];
        layouts[index] = [DecimalLayout::new(7, places as u32), DecimalLayout::new(8, places as u32)];
        index += 1;
    }
    (units, layouts)
}

const EIGHT_DIGITS: u64 = POWERS[8];

/// Room for a number that is written here, without its sign.
const ROOM: usize = 16;

/// A number as a whole number of units, and which of `LAYOUTS` makes text of its digits.
#[derive(Clone, Copy, Default)]
pub(super) struct FixedPoint {
    pub(super) whole: u32,
    layout: u8,
}

impl FixedPoint {
    /// A number that is not written here.
    const NONE: FixedPoint = FixedPoint { whole: 0, layout: u8::MAX };

    /// The shortest decimal that reads back as this number, if it has at most 7 digits, or 8 by its size.
    #[inline(always)]
    pub(super) fn of(value: f64) -> FixedPoint {
        // Added to a number below it, it leaves the nearest whole number in the low bits.
        const WHOLE: f64 = (1u64 << 52) as f64;
        let size = value.abs();
        let index = ((size.to_bits() >> 52) as i32 - 1023).wrapping_sub(MIN_EXPONENT) as usize;
        let Some(units) = UNITS.get(index) else { return FixedPoint::NONE };
        let sum = size * units + WHOLE;
        // So few digits that read back are the shortest: two such decimals are never the same float.
        if (sum - WHOLE) / units != size {
            return FixedPoint::NONE;
        }
        let whole = sum.to_bits().wrapping_sub(WHOLE.to_bits()) as u32;
        FixedPoint { whole, layout: 2 * index as u8 + u8::from(whole >= 10_000_000) }
    }

    /// Writes the number, of whose whole number of units these are the digits, at the start of `room`;
    /// returns its length. Bytes after it may change.
    #[inline(always)]
    pub(super) fn write(self, digits: u64, room: &mut [u8; WIDEST_F64], value: f64) -> Option<usize> {
        let layout = LAYOUTS.as_flattened().get(usize::from(self.layout))?;
        let sign = usize::from(value.is_sign_negative());
        room[0] = b'-';
        let room = room.get_mut(sign..)?.first_chunk_mut::<ROOM>()?;
        Some(sign + put_decimal(room, digits, 0, layout))
    }
}

/// Writes one such number.
#[inline(always)]
pub(super) fn write(room: &mut [u8; WIDEST_F64], value: f64) -> Option<usize> {
    let number = FixedPoint::of(value);
    number.write(eight_digits(number.whole), room, value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(value: f64) -> Option<String> {
        let mut room = [b'x'; WIDEST_F64];
        let length = write(&mut room, value)?;
        Some(String::from_utf8(room[..length].to_vec()).unwrap())
    }

    fn assert_written(value: f64) {
        let mut printer = zmij::Buffer::new();
        let expected = printer.format_finite(value);
        assert!(written(value).is_none_or(|text| text == expected), "{expected}");
    }

    #[test]
    fn numbers_of_a_few_digits_are_written() {
        for text in [
            "1.0",
            "-34.5584",
            "0.000016",
            "0.000023",
            "-0.1234567",
            "0.99999999",
            "8.000001",
            "63.999999",
            "-64.00001",
            "8388607.5",
            "-1234567.5",
            "100.01",
            "5000000.0",
        ] {
            let value: f64 = text.parse().unwrap();
            assert_eq!(written(value).as_deref(), Some(text));
            assert_written(value);
        }
        for value in [0.0, 8388608.0, 1e-5, 1e-7, 0.1 + 0.2, 1.0 / 3.0, 0.123456789, f64::MIN_POSITIVE] {
            assert_eq!(written(value), None);
        }
        for value in [f64::MAX, f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
            assert_eq!(written(value), None);
        }
    }

    #[test]
    fn numbers_of_every_size_and_length_are_written() {
        for exponent in MIN_EXPONENT..=MIN_EXPONENT + EXPONENTS as i32 {
            let power = 2f64.powi(exponent);
            for value in [power.next_down(), power, power.next_up(), 1.5 * power] {
                assert_written(value);
            }
            for places in 0..=12 {
                let units = 10f64.powi(places);
                for digits in [1.0, 1.25, 1.5, 1.9999999].map(|part| (power * part * units).round()) {
                    assert_written(digits / units);
                    assert_written(-digits / units);
                    assert_written((digits + 1.0) / units);
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn what_is_written_is_the_shortest(
            digits in 0u64..1_000_000_000_000_000, places in 0i32..9, bits: u64, step in -2i64..=2,
        ) {
            assert_written(digits as f64 / 10f64.powi(places));
            let near = (digits as f64 / 10f64.powi(places)).to_bits().wrapping_add_signed(step);
            assert_written(-f64::from_bits(near));
            let any = f64::from_bits(bits);
            prop_assume!(any.is_finite());
            assert_written(any);
        }
    }
}
