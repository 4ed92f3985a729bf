//! The float writer and reader against the standard library: ten million random bit patterns, and decimals next to the
//! middle between two floats, where readers that round twice go wrong.

#![allow(dead_code)]

#[path = "../src/wire/decimal.rs"]
mod decimal;
#[path = "../src/wire/digits.rs"]
mod digits;
#[path = "../src/error.rs"]
mod error;
#[path = "../src/wire/layout.rs"]
mod layout;
#[path = "../src/memory.rs"]
mod memory;
#[path = "../src/message.rs"]
mod message;
#[path = "../src/wire/shortest.rs"]
mod shortest;
#[path = "../src/wire/sixteen.rs"]
mod sixteen;

use decimal::Decimal;
use shortest::ListWriter;
use std::fmt::Write;
use std::thread;

const PATTERNS: u64 = 10_000_000;
const THREADS: u64 = 2;
const BLOCK: u64 = 10_000;

/// Random numbers that are the same on every run (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }
}

/// Every second pattern is any float; the others lie where data mostly lies, between 2^-20 and 2^27.
fn pattern(random: &mut Random) -> f32 {
    loop {
        let bits = random.next();
        let any = f32::from_bits(bits as u32);
        let usual = f32::from_bits(bits as u32 & 0x807f_ffff | (107 + (bits >> 32) as u32 % 48) << 23);
        let value = if bits >> 63 == 0 { any } else { usual };
        if value.is_finite() {
            return value;
        }
    }
}

fn written(values: &[f32]) -> String {
    let mut out = Vec::new();
    let mut writer = ListWriter::new(&mut out);
    writer.floats(values).unwrap();
    writer.finish();
    String::from_utf8(out).unwrap()
}

/// Room behind a number, in which the reader looks ahead.
const BEHIND: &str = "                                ";

/// What the reader of lists makes of an element, be it one of a pair or not, and nothing where it leaves it to the standard
/// library.
fn read(text: &str, buffer: &mut String) -> Option<f32> {
    buffer.clear();
    write!(buffer, "{text},{text},{text},{BEHIND}").unwrap();
    let mut values = [f32::NAN; 3];
    let (count, length) = decimal::read_run(buffer.as_bytes(), &mut values);
    assert_eq!(length, count * (text.len() + 1), "{text}");
    assert!(values.iter().all(|value| value.to_bits() == values[0].to_bits()), "{text}: {values:?}");
    (count == 3).then_some(values[0])
}

/// Reads a list as a reply's is, and says how many elements were left to the standard library.
fn check_list(text: &str, values: &[f32]) -> usize {
    let (mut at, mut left, mut room) = (0, 0, [0.0; decimal::RUN]);
    let mut expected = values;
    while !expected.is_empty() {
        let room = &mut room[..expected.len().min(decimal::RUN)];
        let (count, length) = decimal::read_run(&text.as_bytes()[at..], room);
        let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&room[..count]), bits(&expected[..count]), "{}", &text[at..at + length]);
        at += length;
        expected = &expected[count..];
        if count == 0 {
            at += text[at..].find(',').unwrap() + 1;
            expected = &expected[1..];
            left += 1;
        }
    }
    left
}

/// How many digits a number's text has between the first and the last that is not 0.
fn digit_count(text: &str) -> usize {
    let mantissa = text.split('e').next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').len()
}

/// How far a number's text is from a value.
fn distance(text: &str, value: f32) -> f64 {
    (text.parse::<f64>().unwrap() - f64::from(value)).abs()
}

fn check_patterns(seed: u64, count: u64) {
    let mut random = Random(seed);
    let (mut buffer, mut shortest) = (String::new(), String::new());
    for _ in 0..count / BLOCK {
        let values: Vec<f32> = (0..BLOCK).map(|_| pattern(&mut random)).collect();
        let text = written(&values);
        assert_eq!(text.split(',').count(), values.len());
        for list in [&text, &text.replace(',', ", ")] {
            assert!(check_list(&format!("{list},{BEHIND}{BEHIND}"), &values) < values.len() / 2);
        }
        for (text, value) in text.split(',').zip(&values) {
            shortest.clear();
            write!(shortest, "{value:e}").unwrap();
            assert_eq!(text.parse::<f32>().unwrap().to_bits(), value.to_bits(), "{text}");
            assert_eq!(digit_count(text), digit_count(&shortest), "{text}");
            // Equal but for the parser's own error: of two texts equally near, either may be taken.
            assert!(
                distance(text, *value) <= distance(&shortest, *value) * 1.000_001,
                "{text}, not {shortest}"
            );
            if let Some(back) = read(text, &mut buffer) {
                assert_eq!(back.to_bits(), value.to_bits(), "{text}");
            }
        }
    }
}

#[test]
fn random_patterns_are_written_shortest_and_read_back() {
    thread::scope(|scope| {
        for seed in 0..THREADS {
            scope.spawn(move || check_patterns(seed, PATTERNS / THREADS));
        }
    });
}

/// Checks what the reader makes of a number and of its negative; how many of the two it told.
fn check_read(text: &str, buffer: &mut String) -> usize {
    let told = |text: &str, buffer: &mut String| {
        let Some(read) = read(text, buffer) else { return 0 };
        assert_eq!(read.to_bits(), text.trim().parse::<f32>().unwrap().to_bits(), "{text}");
        1
    };
    told(text, buffer) + told(&format!(" -{text}"), buffer)
}

#[test]
fn decimals_next_to_ties_are_read_as_the_standard_library_reads_them() {
    let mut random = Random(7);
    let mut buffer = String::new();
    let mut told = 0;
    for _ in 0..100_000 {
        let value = pattern(&mut random).abs();
        let above = f32::from_bits(value.to_bits() + 1);
        if !above.is_finite() {
            continue;
        }
        let tie = (f64::from(value) + f64::from(above)) / 2.0;
        for nudged in [tie, tie.next_down(), tie.next_up()] {
            for digits in [7, 9, 12, 15, 16, 17] {
                told += check_read(&format!("{nudged:.digits$e}"), &mut buffer);
            }
            for places in [1, 7, 9, 12, 15, 16, 17, 20, 23] {
                told += check_read(&format!("{nudged:.places$}"), &mut buffer);
            }
        }
    }
    assert!(told > 1_000_000, "the reader left all but {told} to the standard library");
}

#[test]
fn what_is_no_json_number_is_left() {
    let mut buffer = String::new();
    for text in [
        "",
        "-",
        ".5",
        "-.5",
        "1.",
        "-1.",
        "01.5",
        "-01.5",
        "00.5",
        "+1.5",
        "--1.5",
        "- 1.5",
        "1..5",
        "1.5.5",
        "1.5 ",
        "  1.5",
        "1.e5",
        "1.5e",
        "1.5e+",
        "1.5x",
        "0x1.8",
        "NaN",
        "null",
        "Infinity",
        "1.\u{e9}5",
        "1\u{e9}5",
        "1.2345678901234567x",
        "1.23456789012345678901234567890",
        "\"1.5\"",
        "[1.5]",
        "12345678901234567890.5",
    ] {
        assert_eq!(read(text, &mut buffer), None, "{text}");
    }
    let mut values = [0.0; 4];
    for list in ["1.5,-2.25,3,4.5e1,", " 1.5, -2.25, 3, 4.5e1,"] {
        let text = format!("{list}{BEHIND}");
        assert_eq!(decimal::read_run(text.as_bytes(), &mut values), (4, list.len()));
        assert_eq!(values, [1.5, -2.25, 3.0, 45.0]);
    }
    // Where the spaces change, a run ends.
    let text = format!("1.5,2.5, 3.5,4.5,{BEHIND}");
    assert_eq!(decimal::read_run(text.as_bytes(), &mut values), (2, 8));
    assert_eq!(decimal::read_run(&text.as_bytes()[8..], &mut values), (1, 5));
}

#[test]
fn numbers_of_any_digits_are_read_as_the_standard_library_reads_them() {
    let mut random = Random(9);
    let mut buffer = String::new();
    let mut told = 0;
    for _ in 0..1_000_000 {
        let (bits, more) = (random.next(), random.next());
        let digits = bits >> (more % 63);
        let places = (more >> 8) as usize % 23;
        let power = (more >> 16) as i32 % 30;
        let text = digits.to_string();
        let text = match text.len().checked_sub(places) {
            Some(whole) if whole > 0 && places > 0 => format!("{}.{}", &text[..whole], &text[whole..]),
            _ if more >> 40 & 1 == 0 => format!("0.{text}"),
            _ => format!("{text}e{power}"),
        };
        told += check_read(&text, &mut buffer);
        buffer.clear();
        write!(buffer, "{text},{BEHIND}").unwrap();
        if let Some((decimal, _)) = Decimal::read(buffer.as_bytes())
            && let Some(read) = decimal.to_f64()
        {
            assert_eq!(read.to_bits(), text.parse::<f64>().unwrap().to_bits(), "{text}");
        }
    }
    assert!(told > 1_000_000, "the reader left all but {told} to the standard library");
}
