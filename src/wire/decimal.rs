//! JSON numbers read 8 digits at a time. What cannot be told exactly this way is left to the standard library.

use super::digits::{self, EXACT_INTEGERS, EXACT_POWERS, POWERS};
use super::sixteen::Sixteen;

/// A number's digits as one whole number: `digits * 10^exponent`.
pub(crate) struct Decimal {
    negative: bool,
    digits: u64,
    exponent: i32,
}

/// So many always fit a signed 64-bit integer, which becomes a float faster than an unsigned one.
const MOST_DIGITS: usize = 18;

impl Decimal {
    /// Reads the number at the start of `bytes`, in JSON's grammar, and how long it is; nothing where it is malformed, has
    /// more than 18 digits, or comes too near the end of the bytes to be told.
    #[inline(always)]
    pub(crate) fn read(bytes: &[u8]) -> Option<(Decimal, usize)> {
        let negative = bytes.first() == Some(&b'-');
        let start = usize::from(negative);
        let (mut digits, mut end) = read_whole(bytes, start)?;
        let whole = end - start;
        if whole == 0 || (whole > 1 && bytes.get(start) == Some(&b'0')) {
            return None;
        }
        let mut exponent = 0;
        let mut count = whole;
        if bytes.get(end) == Some(&b'.') {
            let point = end + 1;
            (digits, end) = read_fraction(bytes, point, digits);
            if end == point {
                return None;
            }
            exponent = -((end - point) as i32);
            count += end - point;
        }
        if count > MOST_DIGITS {
            return None;
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let (power, after) = read_exponent(bytes, end + 1)?;
            exponent += power;
            end = after;
        }
        Some((Decimal { negative, digits, exponent }, end))
    }

    /// The nearest 64-bit float, where one multiplication or division of exact numbers gives it.
    #[inline]
    pub(crate) fn to_f64(&self) -> Option<f64> {
        if self.digits > EXACT_INTEGERS {
            return None;
        }
        let power = *EXACT_POWERS.get(self.exponent.unsigned_abs() as usize)?;
        let digits = self.digits.cast_signed() as f64;
        let size = if self.exponent < 0 { digits / power } else { digits * power };
        Some(if self.negative { -size } else { size })
    }

    /// The nearest 32-bit float, where a 64-bit float that is almost the number leaves no doubt.
    #[inline]
    pub(crate) fn to_f32(&self) -> Option<f32> {
        let power = *EXACT_POWERS.get(self.exponent.unsigned_abs() as usize)?;
        let digits = self.digits.cast_signed() as f64;
        let size = if self.exponent < 0 { digits / power } else { digits * power };
        let normal = size >= f64::from(f32::MIN_POSITIVE) && size < f64::from(f32::MAX);
        if (normal && is_clear(size)) || self.digits == 0 {
            let size = size as f32;
            return Some(if self.negative { -size } else { size });
        }
        None
    }
}

/// So many list elements are read together, at most.
pub(crate) const RUN: usize = 256;

/// Reads list elements into `values`, a run at most, for as long as it can tell them, all or none stand behind a space, and a
/// comma comes behind; how many, and how many bytes they took, commas included.
pub(crate) fn read_run(bytes: &[u8], values: &mut [f32]) -> (usize, usize) {
    match bytes.first() {
        Some(b' ') => read_spaced_run::<1>(bytes, values),
        _ => read_spaced_run::<0>(bytes, values),
    }
}

/// The same where each element stands behind so many spaces.
///
/// First all become 64-bit floats that are almost the numbers, and then 32-bit ones: a processor looks only so many steps
/// ahead, and can begin with more numbers the less there is to do for each.
fn read_spaced_run<const SPACES: usize>(bytes: &[u8], values: &mut [f32]) -> (usize, usize) {
    let mut close = [0.0; RUN];
    let (mut count, mut end) = (0, 0);
    let pairs = values.len().min(RUN) / 2;
    for pair in close.as_chunks_mut().0.iter_mut().take(pairs) {
        let Some((numbers, length)) = read_pair::<SPACES>(bytes, end) else { break };
        *pair = numbers;
        (count, end) = (count + 2, end + length);
    }
    for (one, _) in close.iter_mut().zip(&*values).skip(count) {
        let Some((number, length)) = read_one::<SPACES>(bytes, end) else { break };
        *one = number;
        (count, end) = (count + 1, end + length);
    }
    let mut doubtful = false;
    for (value, close) in values.iter_mut().zip(&close).take(count) {
        *value = *close as f32;
        doubtful |= !is_clear(*close);
    }
    if doubtful { settle::<SPACES>(bytes, values, &close, (count, end)) } else { (count, end) }
}

/// Reads those elements of a run again that 64-bit floats leave in doubt. The first that stays so ends the run.
#[cold]
#[inline(never)]
fn settle<const SPACES: usize>(
    bytes: &[u8],
    values: &mut [f32],
    close: &[f64],
    run: (usize, usize),
) -> (usize, usize) {
    let mut at = 0;
    for (index, (value, close)) in values.iter_mut().zip(close).take(run.0).enumerate() {
        if !is_clear(*close) {
            match read_other(bytes, at + SPACES) {
                Some((read, _)) => *value = read as f32,
                None => return (index, at),
            }
        }
        let text = bytes.get(at..).unwrap_or_default();
        at += text.iter().take_while(|byte| **byte != b',').count() + 1;
    }
    run
}

/// Bytes in which a number is looked for: a sign and digits, 16 in all, with a point, which make it, and up to `MORE_DIGITS`
/// that only have to be digits; and its comma.
const WINDOW: usize = 32;
const MORE_DIGITS: usize = 8;
const TEXT: usize = 17 + MORE_DIGITS;
/// With more than 16 digits, what 16 make has to be at least this: then the others change it by less than one part in 2^40,
/// which is 2^13 units in the last place of a 64-bit float.
const ENOUGH: f64 = (1u64 << 40) as f64;

/// Two short elements, as floats that are almost the numbers, and how many bytes they take with their commas. Where both end is
/// found at once, since that is what the next ones wait for.
#[inline(always)]
fn read_pair<const SPACES: usize>(bytes: &[u8], at: usize) -> Option<([f64; 2], usize)> {
    let window: &[u8; 2 * WINDOW] = bytes.get(at..)?.first_chunk()?;
    let (first, second) = two_commas(window.first_chunk()?)?;
    let one = Plain::split(behind_space::<SPACES>(window, 0)?, first.wrapping_sub(SPACES))?;
    let other = behind_space::<SPACES>(window, first + 1)?;
    let other = Plain::split(other, second.wrapping_sub(first + 1 + SPACES))?;
    Some((weigh([&one, &other])?, second + 1))
}

/// An element, as a float that is almost the number, and how many bytes it takes with its comma.
#[inline(always)]
fn read_one<const SPACES: usize>(bytes: &[u8], at: usize) -> Option<(f64, usize)> {
    if SPACES == 1 && bytes.get(at) != Some(&b' ') {
        return None;
    }
    let plain = behind_space::<SPACES>(bytes, at).and_then(read_plain);
    let (number, length) = plain.or_else(|| read_other(bytes, at + SPACES))?;
    Some((number, SPACES + length))
}

/// What stands at a place, behind a space if there is to be one.
#[inline(always)]
fn behind_space<const SPACES: usize>(bytes: &[u8], at: usize) -> Option<&[u8; WINDOW]> {
    let spaced = SPACES == 0 || bytes.get(at) == Some(&b' ');
    bytes.get(at + SPACES..)?.first_chunk().filter(|_| spaced)
}

/// A number like `-12.345` whose comma was found; also how many bytes they are.
#[inline(always)]
fn read_plain(window: &[u8; WINDOW]) -> Option<(f64, usize)> {
    let comma = comma_place(window);
    let plain = Plain::split(window, comma.min(17))?;
    let [size, _] = weigh([&plain, &plain])?;
    let more = comma.saturating_sub(17);
    if more > 0 && (size.abs() < ENOUGH * plain.weights[1].abs() || !more_digits(window, more)) {
        return None;
    }
    Some((size, comma + 1))
}

/// A number of at most 16 digits, its sign counted as one.
struct Plain {
    /// The digits, without the point.
    text: Sixteen,
    /// Which of the bytes they are.
    mask: [u8; 16],
    /// What the first eight count, and the last eight.
    weights: [f64; 2],
}

impl Plain {
    /// Whether the bytes are digits is not looked at yet.
    #[inline(always)]
    fn split(window: &[u8; WINDOW], length: usize) -> Option<Plain> {
        let sign = usize::from(window[0] == b'-');
        let point = sixteen(window, 0).place_of(b'.');
        // A first zero stands alone before the point.
        let most = if window.get(sign) == Some(&b'0') { 1 } else { MOST_WHOLE };
        let whole = point.wrapping_sub(sign + 1);
        if whole >= most || point + 1 >= length {
            return None;
        }
        Some(Plain {
            text: sixteen(window, 0).join(sixteen(window, 1), point),
            mask: *MASKS.get(sign)?.get(length)?,
            weights: *WEIGHTS.get(sign)?.get(whole)?,
        })
    }
}

/// 64-bit floats that are almost these numbers; nothing where something else than digits is in them.
///
/// They are filled up with zeros to 16 digits. What eight of them make is exact; their weights, the products, and the sum are
/// off by half a unit in the last place at most.
#[inline(always)]
fn weigh(numbers: [&Plain; 2]) -> Option<[f64; 2]> {
    let texts = numbers.map(|number| number.text.digits_in(Sixteen::new(number.mask)));
    Sixteen::weigh(texts, numbers.map(|number| number.weights))
}

/// Most digits before the point.
const MOST_WHOLE: usize = 8;

/// By the sign and by the digits before the point less one: what the first eight of 16 digits count, and the last eight. The
/// sign takes the place of a digit.
static WEIGHTS: [[[f64; 2]; MOST_WHOLE]; 2] = {
    let mut weights = [[[0.0; 2]; MOST_WHOLE]; 2];
    let mut whole = 0;
    while whole < MOST_WHOLE {
        let units = [1.0 / EXACT_POWERS[15 - whole], -1.0 / EXACT_POWERS[14 - whole]];
        weights[0][whole] = [1e8 * units[0], units[0]];
        weights[1][whole] = [1e8 * units[1], units[1]];
        whole += 1;
    }
    weights
};

/// By the sign and by the length of a number with a point: which of 16 bytes are digits.
static MASKS: [[[u8; 16]; 18]; 2] = {
    let mut masks = [[[0; 16]; 18]; 2];
    let mut at = 0;
    while at < 2 * 18 * 16 {
        let (sign, length, place) = (at / 16 / 18, at / 16 % 18, at % 16);
        masks[sign][length][place] = if sign <= place && place + 1 < length { 0xff } else { 0 };
        at += 1;
    }
    masks
};

/// Where the first comma is; beyond the window where there is none.
#[inline(always)]
fn comma_place(window: &[u8; WINDOW]) -> usize {
    let place = sixteen(window, 0).place_of(b',');
    // Elements of one list mostly end on the same side: no guess goes wrong.
    if place < 16 { place } else { 16 + sixteen(window, 16).place_of(b',') }
}

/// Where the first two commas are, if they are there.
#[inline(always)]
fn two_commas(window: &[u8; WINDOW]) -> Option<(usize, usize)> {
    let commas = sixteen(window, 0).places_of(b',') | sixteen(window, 16).places_of(b',') << 16;
    let others = commas & commas.wrapping_sub(1);
    (others != 0).then_some((commas.trailing_zeros() as usize, others.trailing_zeros() as usize))
}

#[inline(always)]
fn sixteen(window: &[u8; WINDOW], at: usize) -> Sixteen {
    Sixteen::new(window.get(at..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default())
}

/// Whether so many digits follow the first 16, which take 17 bytes with the point.
#[inline(always)]
fn more_digits(window: &[u8; WINDOW], count: usize) -> bool {
    let more = window.first_chunk::<TEXT>().and_then(|text| text.last_chunk());
    count <= MORE_DIGITS && more.is_some_and(|more| digits::count(digits::values(more)) >= count)
}

/// Whether the 32-bit float nearest to `size` is also the nearest to numbers almost equal: whether the bits that go are not
/// almost half a unit.
#[inline(always)]
fn is_clear(size: f64) -> bool {
    const DROPPED: u32 = (1 << 29) - 1;
    const HALF: u32 = 1 << 28;
    // In units of the last place of `size`: more than any error here, and left in doubt is one random number in 2^14.
    const DOUBT: u32 = 1 << 14;
    (size.to_bits() as u32).wrapping_sub(HALF - DOUBT) & DROPPED > 2 * DOUBT
}

/// Any other number at `at` with a comma behind it: the nearest 32-bit float.
#[cold]
#[inline(never)]
fn read_other(bytes: &[u8], at: usize) -> Option<(f64, usize)> {
    let (decimal, length) = Decimal::read(bytes.get(at..)?)?;
    let value = decimal.to_f32()?;
    (bytes.get(at + length) == Some(&b',')).then_some((value.into(), length + 1))
}

/// The digits before the point. Mostly there is one: to guess so is faster than to count.
#[inline(always)]
fn read_whole(bytes: &[u8], start: usize) -> Option<(u64, usize)> {
    match bytes.get(start..)?.first_chunk()? {
        [digit @ b'0'..=b'9', b'.'] => Some((u64::from(digit - b'0'), start + 1)),
        _ => read_digits(bytes, start, 0),
    }
}

/// As [`read_digits`], where there mostly are about 8 or about 16: to guess so is faster than to count.
#[inline(always)]
fn read_fraction(bytes: &[u8], mut at: usize, mut number: u64) -> (u64, usize) {
    while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let values = digits::values(eight);
        if digits::count(values) < 8 {
            break;
        }
        number = number.wrapping_mul(POWERS[8]).wrapping_add(digits::number(values));
        at += 8;
    }
    while let Some(digit @ b'0'..=b'9') = bytes.get(at) {
        number = number.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
        at += 1;
    }
    (number, at)
}

/// Appends the digits that stand at `at` to `number`, which wraps beyond 18 digits; also where they end. Nothing where the
/// bytes end too soon for 8 to be looked at together.
#[inline(never)]
fn read_digits(bytes: &[u8], mut at: usize, mut number: u64) -> Option<(u64, usize)> {
    loop {
        let values = digits::values(bytes.get(at..)?.first_chunk()?);
        let count = digits::count(values);
        if count < 8 {
            let number =
                number.wrapping_mul(POWERS[count]).wrapping_add(digits::leading_number(values, count));
            return Some((number, at + count));
        }
        number = number.wrapping_mul(POWERS[8]).wrapping_add(digits::number(values));
        at += 8;
    }
}

/// An exponent of up to 3 digits, byte by byte: it mostly has two.
#[inline(never)]
fn read_exponent(bytes: &[u8], at: usize) -> Option<(i32, usize)> {
    let negative = bytes.get(at) == Some(&b'-');
    let start = at + usize::from(negative || bytes.get(at) == Some(&b'+'));
    let (mut power, mut end) = (0, start);
    while let Some(digit @ b'0'..=b'9') = bytes.get(end) {
        power = power * 10 + i32::from(digit - b'0');
        end += 1;
        if end > start + 3 {
            return None;
        }
    }
    let power = if negative { -power } else { power };
    (end > start).then_some((power, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(Decimal, usize)> {
        Decimal::read(format!("{text},       ").as_bytes())
    }

    #[test]
    fn what_is_read_is_the_number() {
        for text in [
            "0",
            "-0",
            "7",
            "-12.5",
            "0.1",
            "12345678",
            "123456789.25",
            "1e5",
            "-2.5E-3",
            "0.12345678901234567",
        ] {
            let (decimal, length) = read(text).unwrap();
            assert_eq!(length, text.len(), "{text}");
            if let Some(value) = decimal.to_f64() {
                assert_eq!(value.to_bits(), text.parse::<f64>().unwrap().to_bits(), "{text}");
            }
            let value = decimal.to_f32().unwrap();
            assert_eq!(value.to_bits(), text.parse::<f32>().unwrap().to_bits(), "{text}");
        }
    }

    #[test]
    fn what_is_no_plain_number_is_left_to_others() {
        for text in
            ["", "-", "01", "-00", ".5", "1.", "1.e3", "1e", "1e+", "1e12345", "+1", "12345678901234567890"]
        {
            assert!(read(text).is_none(), "{text}");
        }
        assert!(Decimal::read(b"15").is_none());
        for text in ["1e39", "1e-44", "1.00000017881393432"] {
            assert!(read(text).unwrap().0.to_f32().is_none(), "{text}");
        }
        assert!(read("12345678901234567").unwrap().0.to_f64().is_none());
    }
}
