//! The writers of numbers against `zmij` and the standard library.

use super::*;
use crate::protocol::deployment_api::buffer::Buffer;
use crate::protocol::deployment_api::floats::{self, BLOCK, Number, WIDEST_F64};
use crate::protocol::deployment_api::request;
use crate::protocol::deployment_api::shortest::ListWriter;
use crate::protocol::deployment_api::wire::{InputKeys, key_json};

/// Any finite number, or one near a decimal of few digits, a power of two, or the end of a range.
fn number(random: &mut Random) -> f64 {
    let bits = random.next();
    let sign = if bits & 1 == 0 { 1.0 } else { -1.0 };
    let near = match bits >> 1 & 7 {
        0 => f64::from_bits(random.next()),
        1 => f64::from(f32::from_bits(random.next() as u32)),
        2 => 2f64.powi(random.below(70) as i32 - 30),
        3 => random.below(300_000_000) as f64,
        4 => {
            [0.0, f64::MIN_POSITIVE, f64::MAX, 5e-324, 99_999_999.5, 9_007_199_254_740_993.0][random.below(6)]
        }
        _ => (random.next() >> random.below(64)) as f64 / 10f64.powi(random.below(12) as i32),
    };
    let value = sign * f64::from_bits(near.to_bits().wrapping_add_signed(random.below(5) as i64 - 2));
    if value.is_finite() { value } else { number(random) }
}

fn expected(value: f64) -> String {
    zmij::Buffer::new().format_finite(value).to_owned()
}

#[test]
fn numbers_are_written_as_others_write_them() {
    let mut random = Random(21);
    for _ in 0..cases(20_000) {
        let values: [f64; BLOCK] = std::array::from_fn(|_| number(&mut random));
        let mut block = [Number::default(); BLOCK];
        Number::set_block(&mut block, &values);
        for (number, value) in block.iter().zip(values) {
            let (mut alone, mut together) = ([b'x'; WIDEST_F64], [b'x'; WIDEST_F64]);
            let lengths = (floats::put_f64(&mut alone, value), number.put(&mut together));
            let texts = (&alone[..lengths.0], &together[..lengths.1]);
            let expected = expected(value);
            assert_eq!(texts, (expected.as_bytes(), expected.as_bytes()), "{value:e}");
            assert_eq!(expected.parse::<f64>().unwrap().to_bits(), value.to_bits());
        }
    }
}

#[test]
fn columns_of_numbers_follow_one_another() {
    let mut random = Random(22);
    let names = (0..48).map(|length| &"the name of a feature that is longer than a stamp"[..length]);
    let all_keys: Vec<(&str, InputKeys)> =
        names.map(|name| (name, InputKeys::new(name, std::iter::empty()).unwrap())).collect();
    for _ in 0..cases(300) {
        let (mut out, mut all) = (Buffer::default(), String::new());
        for _ in 0..random.below(40) {
            let (name, keys) = &all_keys[random.below(all_keys.len())];
            let values: [f64; BLOCK] = std::array::from_fn(|_| number(&mut random));
            let mut block = [Number::default(); BLOCK];
            Number::set_block(&mut block, &values);
            for (number, value) in block.iter().zip(values) {
                request::put_number_of(&mut out, keys, number).unwrap();
                write!(all, ",{}{}", key_json(name), expected(value)).unwrap();
            }
        }
        assert_eq!(String::from_utf8_lossy(out.as_slice()), all);
    }
}

/// How many digits a number's text has between the first and the last that is not 0.
fn digit_count(text: &str) -> usize {
    let mantissa = text.split('e').next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').len()
}

/// How far a number's text is from a value, in parts of the value.
fn distance(text: &str, value: f32) -> f64 {
    (text.parse::<f64>().unwrap() / f64::from(value) - 1.0).abs()
}

#[test]
fn lists_of_floats_are_written_as_others_write_them() {
    let mut random = Random(23);
    for case in 0..cases(2_000) {
        let count = if case % 10 == 0 { 600 } else { random.below(100) };
        let mut one = || loop {
            let value = number(&mut random) as f32;
            let near = f32::from_bits(value.to_bits().wrapping_add_signed((random.below(5) as i32) - 2));
            if near.is_finite() {
                return near;
            }
        };
        let values: Vec<f32> = (0..count).map(|_| one()).collect();
        let mut out = b"[".to_vec();
        let mut writer = ListWriter::new(&mut out);
        writer.floats(&values).unwrap();
        writer.finish();
        let text = std::str::from_utf8(&out[1..]).unwrap();
        let texts: Vec<&str> = text.split(',').filter(|text| !text.is_empty()).collect();
        assert_eq!(texts.len(), count);
        for (text, value) in texts.iter().zip(&values) {
            let expected = zmij::Buffer::new().format_finite(*value).to_owned();
            assert_eq!(digit_count(text), digit_count(&expected), "{text}, {expected}");
            // Of two texts equally near, either may be taken.
            let further = distance(text, *value) - distance(&expected, *value);
            assert!(*value == 0.0 || further < 1e-15, "{text}, {expected}");
            assert_eq!(text.parse::<f32>().unwrap().to_bits(), value.to_bits(), "{text}");
            assert!(serde_json::from_str::<serde_json::Number>(text).is_ok(), "{text}");
        }
    }
}
