//! Lists of floats, and numbers alone.

use crate::generate::*;
use crate::read::{fast, slow};
use crate::read_f32_list;
use serde_json::Deserializer;
use serde_json::value::RawValue;

const MOST: usize = 600;

/// What follows a list in a reply: nothing, its end, or much more.
const TAILS: [&str; 3] =
    ["", "}]}", "}},{\"a\":{\"data\":[1.5,2.5,3.5,4.5, 5.5, 6.5,7.5e-05,8.5,9,10,11,12,13,14,15,16]}}]}"];

/// The bits of the list at the start of the bytes, and where it ends, as `serde_json` and the standard
/// library read it.
fn expected(bytes: &[u8]) -> Option<(Vec<u32>, usize)> {
    let mut lists = Deserializer::from_slice(bytes).into_iter::<Vec<&RawValue>>();
    let list = lists.next()?.ok()?;
    let number = |raw: &&RawValue| {
        let text = raw.get();
        let number = text.starts_with(|first: char| first == '-' || first.is_ascii_digit());
        let value = text.parse().ok().filter(|value: &f32| number && value.is_finite())?;
        Some(value.to_bits())
    };
    Some((list.iter().map(number).collect::<Option<_>>()?, lists.byte_offset()))
}

fn read(bytes: &[u8]) -> Option<(Vec<u32>, usize)> {
    let mut values = vec![7.0];
    let rest = read_f32_list(bytes, &mut values, 2 * MOST).ok()?;
    let bits = values.iter().skip(1).map(|value| value.to_bits()).collect();
    Some((bits, bytes.len() - rest.len()))
}

fn assert_same(bytes: &[u8]) -> bool {
    let (read, expected) = (read(bytes), expected(bytes));
    assert!(read == expected, "{read:?}\nand not {expected:?}\nof {}", String::from_utf8_lossy(bytes));
    expected.is_some()
}

/// A list of `count` numbers, of which the one at `other` may be none.
fn list(
    count: usize,
    style: Style,
    spaces: Spaces,
    other: Option<(usize, &str)>,
    random: &mut Random,
) -> String {
    let mut text = "[".to_owned();
    for index in 0..count {
        push_space(&mut text, spaces, index > 0, random);
        match other {
            Some((place, other)) if place == index => text.push_str(other),
            _ => push_number(&mut text, style, random),
        }
        push_space(&mut text, spaces, false, random);
        if index + 1 < count {
            text.push(',');
        }
    }
    text + "]"
}

#[test]
fn lists_of_every_spelling_are_read_as_others_read_them() {
    let mut random = Random(1);
    for case in 0..cases(3_000) {
        let count = match case % 4 {
            0 => random.below(MOST),
            1 => random.below(70),
            _ => random.below(12),
        };
        let (style, spaces) = (random.of(&STYLES), random.of(&SPACES));
        let text = list(count, style, spaces, None, &mut random);
        for tail in TAILS {
            assert_same((text.clone() + tail).as_bytes());
        }
    }
}

#[test]
fn ordinary_lists_are_taken() {
    let mut random = Random(2);
    for style in [Style::Short, Style::Long] {
        for spaces in SPACES {
            for count in 1..40 {
                assert!(assert_same(list(count, style, spaces, None, &mut random).as_bytes()));
            }
        }
    }
}

/// The comma after such a number is beyond the bytes in which the fast path looks for it.
#[test]
fn numbers_of_any_length_are_read_after_spaces_and_without() {
    for (digits, space) in (1..70).flat_map(|digits| ["", " ", "  "].map(|space| (digits, space))) {
        for before in [0, 1, 2, 63, 64, 65] {
            let mut elements = vec!["1.5".to_owned(); before];
            elements.extend([format!("5.{}", "0".repeat(digits)), "2.0".to_owned(), "3.25".to_owned()]);
            let text = format!("[{space}{}]", elements.join(&format!(",{space}")));
            for tail in TAILS {
                assert!(assert_same((text.clone() + tail).as_bytes()));
            }
        }
    }
}

#[test]
fn what_is_no_number_is_refused_at_every_place_of_a_list() {
    let mut random = Random(3);
    for place in [0, 1, 2, 3, 5, 63, 64, 255, 256, 512] {
        for after in [0, 1, 2, 40] {
            for no_number in NO_NUMBERS {
                let (style, spaces) = (random.of(&[Style::Short, Style::Long]), random.of(&SPACES));
                let text = list(place + 1 + after, style, spaces, Some((place, no_number)), &mut random);
                assert_same((text + random.of(&TAILS)).as_bytes());
            }
        }
    }
}

#[test]
fn lists_that_end_anywhere_are_refused() {
    let mut random = Random(4);
    for case in 0..cases(60) {
        let count = if case % 10 == 0 { 280 } else { random.below(20) };
        let (style, spaces) = (random.of(&STYLES), random.of(&SPACES));
        let text = list(count, style, spaces, None, &mut random);
        let step = 1 + text.len() / 400;
        for end in (0..text.len()).step_by(step) {
            assert!(!assert_same(&text.as_bytes()[..end]));
        }
    }
}

#[test]
fn lists_with_any_byte_changed_are_read_as_others_read_them() {
    let mut random = Random(5);
    let mut taken = 0;
    let all = cases(20_000);
    for _ in 0..all {
        let (style, spaces) = (random.of(&STYLES), random.of(&SPACES));
        let count = 1 + random.below(20);
        let text = list(count, style, spaces, None, &mut random) + random.of(&TAILS);
        let mut bytes = text.into_bytes();
        for _ in 0..1 + random.below(3) {
            mutate(&mut bytes, &mut random);
        }
        taken += usize::from(assert_same(&bytes));
    }
    assert!(taken > all / 20 && taken < all, "{taken}");
}

#[test]
fn one_number_is_read_the_same_on_either_path() {
    let mut random = Random(6);
    let mut taken = 0;
    let all = cases(100_000);
    for case in 0..all {
        let mut text = String::new();
        if case % 8 == 0 {
            text.push_str(random.of(&NO_NUMBERS));
        } else {
            push_number(&mut text, random.of(&STYLES), &mut random);
        }
        text.push_str(random.of(&[",", "}", "]", " ", "x", ".", "-", "e", "e5", "0"]));
        text.push_str("1.5,2.5,3.5,4.5,5.5,6.5,7.5,8.5,9.5");
        let bytes = text.as_bytes();
        if let Some((value, length)) = fast::read_f64(bytes, *b",}") {
            let expected = slow::read_f64(bytes).unwrap();
            assert_eq!((value.to_bits(), length), (expected.0.to_bits(), expected.1), "{text}");
            taken += 1;
        }
        if let Some((value, length)) = fast::read_f32(bytes, *b",}") {
            let expected = slow::read_f32(bytes).unwrap();
            assert_eq!((value.to_bits(), length), (expected.0.to_bits(), expected.1), "{text}");
        }
    }
    assert!(taken > all / 10, "{taken}");
}

#[test]
fn numbers_as_most_servers_write_them_take_the_fast_path() {
    let more = ",1.5,2.5,3.5,4.5,5.5,6.5,7.5,8.5,9.5";
    for text in [
        "0",
        "-7",
        "2900000",
        "0.5",
        "-0.1234567",
        "1e-05",
        "6.665515e-06",
        "1e-7",
        "-1.5E+3",
        "123456789.25",
    ] {
        let bytes = text.to_owned() + more;
        assert_eq!(fast::read_f64(bytes.as_bytes(), *b",}"), Some((text.parse().unwrap(), text.len())));
        assert_eq!(fast::read_f32(bytes.as_bytes(), *b",}"), Some((text.parse().unwrap(), text.len())));
    }
    for text in
        ["0.12345678901234567", "-0.012345678901234567", "1.2345678901234567e-05", "12345678.901234567"]
    {
        let bytes = text.to_owned() + more;
        assert_eq!(fast::read_f32(bytes.as_bytes(), *b",}"), Some((text.parse().unwrap(), text.len())));
    }
}
