//! Whole numbers in every spelling that JSON has for them.

use std::iter;

/// The whole number that a text of JSON's grammar of numbers is, without loss: a float of 64 bits between
/// would change digits of it. Nothing if it has a fraction, or is beyond an `i128`.
pub(super) fn whole_number(text: &str) -> Option<i128> {
    let (text, sign) = text.strip_prefix('-').map_or((text, 1), |text| (text, -1));
    let (text, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (integer, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = || integer.bytes().chain(fraction.bytes()).map(|digit| i128::from(digit.wrapping_sub(b'0')));
    if digits().all(|digit| digit == 0) {
        return Some(0);
    }
    // How many digits are before the point, once the exponent has moved it.
    let before = i64::try_from(integer.len()).ok()?.saturating_add(exponent_of(exponent)).max(0);
    let before = usize::try_from(before).ok()?;
    if digits().skip(before).any(|digit| digit != 0) {
        return None;
    }
    // Zeros after a digit other than 0 end at the end of the range, however many there are.
    let zeros = before.saturating_sub(integer.len() + fraction.len());
    let mut all = digits().take(before).chain(iter::repeat_n(0, zeros));
    all.try_fold(0i128, |number, digit| number.checked_mul(10)?.checked_add(sign * digit))
}

/// An exponent. One beyond its range moves the point further than there are digits in any text.
fn exponent_of(text: &str) -> i64 {
    let beyond = if text.starts_with('-') { i64::MIN } else { i64::MAX };
    text.parse().unwrap_or(beyond)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The same by way of decimal text: its digits without zeros at the end, and zeros of its exponent.
    fn plainly(sign: &str, integer: &str, fraction: &str, exponent: i64) -> Option<i128> {
        let all = format!("{integer}{fraction}");
        let digits = all.trim_start_matches('0').trim_end_matches('0');
        if digits.is_empty() {
            return Some(0);
        }
        let cut = all.len() - all.trim_end_matches('0').len();
        let zeros = usize::try_from(exponent - fraction.len() as i64 + cut as i64).ok()?;
        format!("{sign}{digits}{}", "0".repeat(zeros.min(99))).parse().ok()
    }

    #[test]
    fn the_ends_of_the_range_and_exponents_of_any_length() {
        for (text, number) in [
            ("9007199254740993e0", Some((1 << 53) + 1)),
            ("900719925474099300E-2", Some((1 << 53) + 1)),
            ("-9007199254740.993e+3", Some(-(1 << 53) - 1)),
            ("0.0000000000000000000000000000000000000000000000000007e52", Some(7)),
            ("170141183460469231731687303715884105727.0", Some(i128::MAX)),
            ("-17014118346046923173168730371588410572.8e1", Some(i128::MIN)),
            ("170141183460469231731687303715884105728", None),
            ("-170141183460469231731687303715884105729", None),
            ("9007199254740993.5", None),
            ("254.99999999999999999", None),
            ("1e-400", None),
            ("1e400", None),
            ("1e99999999999999999999", None),
            ("1e-99999999999999999999", None),
            ("-0.00e99999999999999999999", Some(0)),
            ("0e-99999999999999999999", Some(0)),
            ("-0", Some(0)),
        ] {
            assert_eq!(whole_number(text), number, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_spelling_is_what_decimal_text_makes_of_it(
            sign in "-?",
            integer in "0|[1-9][0-9]{0,3}|[1-9][0-9]{0,42}|[1-9]0{0,42}",
            fraction in "[0-9]{0,3}|0{0,42}|[0-9]{0,42}|0{0,20}[0-9]{0,20}0{0,20}",
            exponent in prop_oneof![-60i64..60, -3i64..3],
            letter in "e|E|e\\+|E\\+",
            zeros in "0{0,3}",
        ) {
            let point = if fraction.is_empty() { "" } else { "." };
            let text = match exponent {
                0 => format!("{sign}{integer}{point}{fraction}"),
                1.. => format!("{sign}{integer}{point}{fraction}{letter}{zeros}{exponent}"),
                _ => format!("{sign}{integer}{point}{fraction}e-{zeros}{}", -exponent),
            };
            prop_assert_eq!(whole_number(&text), plainly(&sign, &integer, &fraction, exponent), "{}", text);
        }

        #[test]
        fn an_integer_comes_back_wherever_its_point_is(
            number: i128,
            small: bool,
            point in 0..45usize,
            more: bool,
        ) {
            let number = if small { number >> 64 } else { number };
            let (sign, digits) = (if number < 0 { "-" } else { "" }, number.unsigned_abs().to_string());
            let zeros = "0".repeat((point + 1).saturating_sub(digits.len()));
            let digits = format!("{zeros}{digits}");
            let (integer, fraction) = digits.split_at(digits.len() - point);
            let more = if more { "1" } else { "0" };
            let text = format!("{sign}{integer}.{fraction}{more}e{point}");
            prop_assert_eq!(whole_number(&text), Some(number).filter(|_| more == "0"), "{}", text);
        }
    }
}
