//! The float writer and reader against the standard library: ten million random bit patterns, and decimals
//! next to the middle between two floats, where readers that round twice go wrong.

use sidekick_numbers::{ListWriter, read_f32, read_f32_list, read_f64};
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

/// Text after a number, in which the reader looks ahead.
const AFTER: &str = "                                ";

fn read(text: &str, buffer: &mut String) -> Option<f32> {
    buffer.clear();
    write!(buffer, "{text},{AFTER}").unwrap();
    let (value, length) = read_f32(buffer.as_bytes())?;
    assert_eq!(length, text.len(), "{text}");
    Some(value)
}

fn check_list(text: &str, values: &[f32]) {
    let mut read = Vec::new();
    let rest = read_f32_list(text.as_bytes(), &mut read, values.len()).unwrap();
    assert_eq!(rest, AFTER.as_bytes());
    assert_eq!(read.len(), values.len());
    for (read, value) in read.iter().zip(values) {
        assert_eq!(read.to_bits(), value.to_bits(), "{value}");
    }
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
            check_list(&format!("[{list}]{AFTER}"), &values);
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
            assert_eq!(read(text, &mut buffer).map(f32::to_bits), Some(value.to_bits()), "{text}");
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

/// Checks what the reader makes of a number and of its negative. What is beyond a 32-bit float is not read.
fn check_read(text: &str, buffer: &mut String) {
    for text in [text, &format!("-{text}")] {
        let expected = text.parse().ok().filter(|value: &f32| value.is_finite());
        assert_eq!(read(text, buffer).map(f32::to_bits), expected.map(f32::to_bits), "{text}");
    }
}

#[test]
fn decimals_next_to_ties_are_read_as_the_standard_library_reads_them() {
    let mut random = Random(7);
    let mut buffer = String::new();
    for _ in 0..100_000 {
        let value = pattern(&mut random).abs();
        let above = f32::from_bits(value.to_bits() + 1);
        if !above.is_finite() {
            continue;
        }
        let tie = (f64::from(value) + f64::from(above)) / 2.0;
        for nudged in [tie, tie.next_down(), tie.next_up()] {
            for digits in [7, 9, 12, 15, 16, 17] {
                check_read(&format!("{nudged:.digits$e}"), &mut buffer);
            }
            for places in [1, 7, 9, 12, 15, 16, 17, 20, 23] {
                check_read(&format!("{nudged:.places$}"), &mut buffer);
            }
        }
    }
}

#[test]
fn numbers_of_any_digits_are_read_as_the_standard_library_reads_them() {
    let mut random = Random(9);
    let mut buffer = String::new();
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
        check_read(&text, &mut buffer);
        buffer.clear();
        write!(buffer, "{text},{AFTER}").unwrap();
        let (read, _) = read_f64(buffer.as_bytes()).unwrap();
        assert_eq!(read.to_bits(), text.parse::<f64>().unwrap().to_bits(), "{text}");
    }
}
