//! Random numbers and JSON texts, for tests that compare readers and writers with others. Not part of the
//! API.
//!
//! `SIDEKICK_TEST_SCALE=100` makes a hundred times as many cases.

#![allow(missing_docs)]

use std::fmt::Write;

/// Random numbers that are the same on every run (SplitMix64).
pub struct Random(pub u64);

impl Random {
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.bits() % limit as u64) as usize
    }

    pub fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    pub fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

/// The number of cases: `count`, or a multiple of it if the environment asks for that.
pub fn cases(count: usize) -> usize {
    let scale = std::env::var("SIDEKICK_TEST_SCALE").ok().and_then(|scale| scale.parse().ok());
    count * scale.unwrap_or(1)
}

/// How the numbers of a text are written.
#[derive(Clone, Copy, Debug)]
pub enum Style {
    /// As writers of 32-bit and 64-bit floats do.
    Short,
    Long,
    /// Whole numbers.
    Whole,
    /// Any that JSON's grammar has.
    Any,
}

pub const STYLES: [Style; 4] = [Style::Short, Style::Long, Style::Whole, Style::Any];

/// Appends a number in JSON's grammar.
pub fn push_number(text: &mut String, style: Style, random: &mut Random) {
    let bits = random.bits();
    let size = 10f64.powi(random.below(9) as i32 - 6);
    let value = (bits as i32 as f64) / 2f64.powi(31) * size;
    let written = match style {
        Style::Short => write!(text, "{:?}", value as f32),
        Style::Long => write!(text, "{value:?}"),
        Style::Whole => write!(text, "{}", bits.cast_signed() >> random.below(64)),
        Style::Any => {
            push_any(text, random);
            Ok(())
        }
    };
    written.unwrap();
}

/// Appends a number of 1 to 40 digits, mostly few, with or without sign, point and exponent.
pub fn push_any(text: &mut String, random: &mut Random) {
    if random.one_in(3) {
        text.push('-');
    }
    if random.one_in(3) {
        text.push('0');
    } else {
        text.push(char::from(b'1' + random.below(9) as u8));
        let most = random.of(&[1, 8, 20, 40]);
        push_digits(text, random.below(most), random);
    }
    if !random.one_in(3) {
        text.push('.');
        let most = random.of(&[1, 8, 20, 40]);
        push_digits(text, 1 + random.below(most), random);
    }
    if random.one_in(3) {
        text.push(random.of(&['e', 'E']));
        text.push_str(random.of(&["", "+", "-"]));
        let most = random.of(&[1, 2, 2, 2, 3, 4]);
        push_digits(text, most, random);
    }
}

pub fn push_digits(text: &mut String, count: usize, random: &mut Random) {
    let zeros = random.one_in(4);
    text.extend((0..count).map(|_| if zeros { '0' } else { char::from(b'0' + random.below(10) as u8) }));
}

/// Texts that are no numbers, or almost.
pub const NO_NUMBERS: [&str; 32] = [
    "", " ", "-", "+1", ".5", "-.5", "1.", "1.e5", "01", "-01.5", "00", "00.5", "1e", "1e+", "1.5e-", "1..5",
    "1.5.5", "--1", "1-", "1 2", "- 1", "1 .5", "0x1", "NaN", "Infinity", "null", "\"1\"", "1\u{a0}",
    "1\u{c}", "1.5f", "1,", "[1]",
];

/// The white space between the parts of a text.
#[derive(Clone, Copy, Debug)]
pub enum Spaces {
    None,
    AfterCommas,
    Same(&'static str),
    Any,
}

pub const SPACES: [Spaces; 7] = [
    Spaces::None,
    Spaces::AfterCommas,
    Spaces::Same("  "),
    Spaces::Same("\n    "),
    Spaces::Same("\t"),
    Spaces::Any,
    Spaces::Any,
];

/// Appends the white space of a place, which is after a comma or not.
pub fn push_space(text: &mut String, spaces: Spaces, after_comma: bool, random: &mut Random) {
    text.push_str(match spaces {
        Spaces::None => "",
        Spaces::AfterCommas if after_comma => " ",
        Spaces::AfterCommas => "",
        Spaces::Same(space) => space,
        Spaces::Any => random.of(&["", "", "", " ", " ", "  ", "\t", "\n", "\r\n", "     "]),
    });
}

/// Changes a byte of a text, drops one, or puts one in.
pub fn mutate(text: &mut Vec<u8>, random: &mut Random) {
    const BYTES: &[u8] = b"0123456789000,, \t\n.-+eE[]{}\":\\x\xff\0";
    let at = random.below(text.len());
    match random.below(3) {
        0 => text[at] = random.of(BYTES),
        1 => drop(text.remove(at)),
        _ => text.insert(at, random.of(BYTES)),
    }
}

/// Any finite number, or one near a decimal of few digits, a power of two, or the end of a range.
pub fn any_number(random: &mut Random) -> f64 {
    let bits = random.bits();
    let sign = if bits & 1 == 0 { 1.0 } else { -1.0 };
    let near = match bits >> 1 & 7 {
        0 => f64::from_bits(random.bits()),
        1 => f64::from(f32::from_bits(random.bits() as u32)),
        2 => 2f64.powi(random.below(70) as i32 - 30),
        3 => random.below(300_000_000) as f64,
        4 => {
            [0.0, f64::MIN_POSITIVE, f64::MAX, 5e-324, 99_999_999.5, 9_007_199_254_740_993.0][random.below(6)]
        }
        _ => (random.bits() >> random.below(64)) as f64 / 10f64.powi(random.below(12) as i32),
    };
    let value = sign * f64::from_bits(near.to_bits().wrapping_add_signed(random.below(5) as i64 - 2));
    if value.is_finite() { value } else { any_number(random) }
}
