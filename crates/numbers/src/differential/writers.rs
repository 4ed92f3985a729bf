//! The writers of numbers against `zmij` and the standard library.

use crate::generate::*;
use crate::{BLOCK, ListWriter, Number, WIDEST_F64, write_f64};

fn expected(value: f64) -> String {
    zmij::Buffer::new().format_finite(value).to_owned()
}

#[test]
fn numbers_are_written_as_others_write_them() {
    let mut random = Random(21);
    for _ in 0..cases(20_000) {
        let values: [f64; BLOCK] = std::array::from_fn(|_| any_number(&mut random));
        let mut block = [Number::default(); BLOCK];
        Number::set_block(&mut block, &values);
        for (number, value) in block.iter().zip(values) {
            let (mut alone, mut together) = ([b'x'; WIDEST_F64], [b'x'; WIDEST_F64]);
            let lengths = (write_f64(&mut alone, value), number.write(&mut together));
            let texts = (&alone[..lengths.0], &together[..lengths.1]);
            let expected = expected(value);
            assert_eq!(texts, (expected.as_bytes(), expected.as_bytes()), "{value:e}");
            assert_eq!(expected.parse::<f64>().unwrap().to_bits(), value.to_bits());
        }
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
            let value = any_number(&mut random) as f32;
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
