//! The fast path of every reader of numbers: sixteen digits at a time.
//!
//! A number is read here only if each of its bytes was looked at, and if its digits leave no doubt about the nearest float.
//! Any other is left to the plain path.

use super::digits::{EXACT_INTEGERS, EXACT_POWERS};
use super::plain;
use super::sixteen::{Digits, Sixteen};
use wide::f64x2;

/// The longest number that is read, and one byte more.
const WINDOW: usize = 32;
/// So many bytes make the number: a sign and digits.
const DIGITS: usize = 16;

/// What a place of the point says of the number that [`Decimal::digits`] is.
///
/// Its size is a power of two: it is found by a shift.
#[derive(Clone, Copy)]
#[repr(align(32))]
struct Place {
    /// The least that it is: a first zero stands alone before the point.
    least: f64,
    /// What it is divided by to have its point and sign.
    unit: f64,
    /// What it is multiplied by, almost.
    inverse: f64,
}

/// By the sign and by how many bytes are before the point: a sign and 1 to 16 digits. Nothing is as large as `least` at others.
static PLACES: [[Place; WINDOW]; 2] = {
    let mut places = [[Place { least: f64::INFINITY, unit: 1.0, inverse: 1.0 }; WINDOW]; 2];
    let mut sign = 0;
    while sign < 2 {
        let mut point = sign + 1;
        while point <= DIGITS {
            let unit = EXACT_POWERS[DIGITS - point];
            let unit = if sign == 1 { -unit } else { unit };
            let least = if point == sign + 1 { 0.0 } else { EXACT_POWERS[DIGITS - 1 - sign] };
            places[sign][point] = Place { least, unit, inverse: 1.0 / unit };
            point += 1;
        }
        sign += 1;
    }
    places
};

/// Where the sign, the digits and the point of a number without an exponent are, if it is one.
struct Shape {
    /// The first 16 bytes, without the sign, without the point, and without what is after the number.
    digits: Digits,
    place: &'static Place,
    sign: usize,
    /// How many bytes are before the point, and in all without it.
    point: usize,
    count: usize,
}

impl Shape {
    /// That of the first `length` bytes. Whether they are digits, and enough before the point, is not looked at yet.
    #[inline(always)]
    fn of(window: &[u8; WINDOW], length: usize) -> Option<Shape> {
        let place = sixteen_at(window, 0).place_of(b'.');
        let (point, count) = if place < length { (place, length - 1) } else { (length, length) };
        if length >= WINDOW || point + 1 == length {
            return None;
        }
        Some(Shape::new(window, point, count))
    }

    /// The same where it has a point, for which it takes fewer steps.
    #[inline(always)]
    fn with_point(window: &[u8; WINDOW], length: usize) -> Option<Shape> {
        let point = sixteen_at(window, 0).place_of(b'.');
        if point + 1 >= length { None } else { Some(Shape::new(window, point, length - 1)) }
    }

    #[inline(always)]
    fn new(window: &[u8; WINDOW], point: usize, count: usize) -> Shape {
        let start = sixteen_at(window, 0);
        // As a bit of a mask: the compiler would take the first byte by way of memory.
        let sign = start.places_of(b'-') as usize % 2;
        let digits = start.join(sixteen_at(window, 1), point).digits(sign, count);
        Shape { digits, place: &PLACES[sign][point % WINDOW], sign, point, count }
    }
}

/// A number in JSON's grammar, without an exponent.
struct Decimal {
    /// The number that the first 16 bytes make, the sign counted as 0, the point left out, and zeros after the last.
    digits: f64,
    shape: Shape,
}

impl Decimal {
    /// Reads a number that is exactly the first `length` bytes. `None` if they are none, or more than 16 bytes before the
    /// point.
    #[inline(always)]
    fn read(window: &[u8; WINDOW], length: usize) -> Option<Decimal> {
        let shape = Shape::of(window, length)?;
        let more = sixteen_at(window, DIGITS).digits(0, length.saturating_sub(DIGITS));
        if !shape.digits.are_digits() || (shape.count > DIGITS && !more.are_digits()) {
            return None;
        }
        let digits = shape.digits.number();
        if digits >= shape.place.least { Some(Decimal { digits, shape }) } else { None }
    }

    /// The nearest 64-bit float, if digits and power of ten are such floats: then one operation gives it.
    #[inline(always)]
    fn to_f64(&self) -> Option<f64> {
        if self.is_exact() { Some(self.digits / self.shape.place.unit) } else { None }
    }

    /// The nearest 32-bit float, if a 64-bit float that is almost the number leaves no doubt.
    #[inline(always)]
    fn to_f32(&self) -> Option<f32> {
        self.near().filter(|value| is_clear(*value)).map(|value| value as f32)
    }

    /// A 64-bit float that is almost the number.
    #[inline(always)]
    fn near(&self) -> Option<f64> {
        self.is_near().then_some(self.digits * self.shape.place.inverse)
    }

    /// Whether the number that the digits make is all of them, and exact.
    #[inline(always)]
    fn is_exact(&self) -> bool {
        // If the last of the 16 digits is 0, the number they make is even: below 10^16 each of those is a float.
        self.shape.count < DIGITS || (self.shape.count == DIGITS && self.digits < EXACT_INTEGERS as f64)
    }

    /// Whether digits after the first 16 change the number by less than one part in 2^40, which is 2^13 units in the last place
    /// of a 64-bit float.
    #[inline(always)]
    fn is_near(&self) -> bool {
        self.shape.count <= DIGITS || self.digits >= (1u64 << 40) as f64
    }

    /// The number times a power of ten: with the whole number that the digits make, in one operation.
    fn scaled(&self, exponent: i32) -> Option<f64> {
        let count = self.shape.count.min(DIGITS);
        // Without the zeros after the digits the power of ten is the smallest.
        let digits = self.digits / EXACT_POWERS.get(DIGITS - count)?;
        let exponent = exponent + self.shape.point as i32 - count as i32;
        let power = EXACT_POWERS.get(exponent.unsigned_abs() as usize)?;
        let size = if exponent < 0 { digits / power } else { digits * power };
        Some(if self.shape.sign == 1 { -size } else { size })
    }
}

/// The first `length` bytes as the nearest 64-bit float.
#[inline(always)]
fn to_f64(window: &[u8; WINDOW], length: usize) -> Option<f64> {
    match Decimal::read(window, length) {
        Some(decimal) => decimal.to_f64(),
        None => exponential_to_f64(window, length),
    }
}

#[inline(never)]
fn exponential_to_f64(window: &[u8; WINDOW], length: usize) -> Option<f64> {
    let (decimal, exponent) = read_exponential(window, length)?;
    if decimal.is_exact() { decimal.scaled(exponent) } else { None }
}

#[inline(never)]
fn exponential_to_f32(window: &[u8; WINDOW], length: usize) -> Option<f32> {
    let (decimal, exponent) = read_exponential(window, length)?;
    let value = decimal.scaled(exponent)?;
    let normal = value.abs() >= f64::from(f32::MIN_POSITIVE) && value.abs() < f64::from(f32::MAX);
    (decimal.is_near() && normal && is_clear(value)).then_some(value as f32)
}

/// A number with an exponent of one or two digits.
#[inline]
fn read_exponential(window: &[u8; WINDOW], length: usize) -> Option<(Decimal, i32)> {
    let text = window.get(..length)?;
    let place = text.iter().position(|byte| matches!(byte, b'e' | b'E'))?;
    let (sign, digits) = match text.get(place + 1..)? {
        [b'-', digits @ ..] => (-1, digits),
        [b'+', digits @ ..] | digits => (1, digits),
    };
    let digit = |byte: u8| i32::from(byte - b'0');
    let exponent = match *digits {
        [ones @ b'0'..=b'9'] => digit(ones),
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => 10 * digit(tens) + digit(ones),
        _ => return None,
    };
    Some((Decimal::read(window, place)?, sign * exponent))
}

/// The bits of a 64-bit float that a 32-bit one has not, and half a unit of that.
const DROPPED: u32 = (1 << 29) - 1;
const HALF: u32 = 1 << 28;
/// In units of the last place: more than any error here, and left in doubt is one random number in 2^14.
const DOUBT: u32 = 1 << 14;

/// Whether the 32-bit float nearest to a number is also the nearest to numbers almost equal: whether the bits that go are not
/// almost half a unit.
#[inline(always)]
fn is_clear(value: f64) -> bool {
    (value.to_bits() as u32).wrapping_sub(HALF - DOUBT) & DROPPED > 2 * DOUBT
}

#[inline(always)]
fn sixteen_at(window: &[u8; WINDOW], at: usize) -> Sixteen {
    Sixteen::new(window.get(at..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default())
}

/// The number at the start of `bytes`, up to the byte `after` it or another such byte, as the nearest 64-bit float; and its
/// length. `None` if the plain path has to read it.
#[inline(always)]
pub(super) fn read_f64(bytes: &[u8], after: [u8; 2]) -> Option<(f64, usize)> {
    let window = bytes.first_chunk()?;
    let length = end_of(window, after);
    Some((to_f64(window, length)?, length))
}

/// The same as the nearest 32-bit float.
#[inline(always)]
pub(super) fn read_f32(bytes: &[u8], after: [u8; 2]) -> Option<(f32, usize)> {
    let window = bytes.first_chunk()?;
    let length = end_of(window, after);
    let value = Decimal::read(window, length).and_then(|decimal| decimal.to_f32());
    Some((value.or_else(|| exponential_to_f32(window, length))?, length))
}

/// Where one of two bytes is first; 0 if neither is.
#[inline(always)]
fn end_of(window: &[u8; WINDOW], after: [u8; 2]) -> usize {
    let places = |at| sixteen_at(window, at).places_of(after[0]) | sixteen_at(window, at).places_of(after[1]);
    let first = places(0);
    let all = if first == 0 { places(16) << 16 } else { first };
    all.trailing_zeros() as usize % WINDOW
}

/// A bit for each place where a byte is.
#[inline(always)]
fn places(window: &[u8; WINDOW], byte: u8) -> u32 {
    sixteen_at(window, 0).places_of(byte) | sixteen_at(window, 16).places_of(byte) << 16
}

/// So many list elements are read together, at most.
pub(crate) const RUN: usize = 64;

/// Reads list elements into `values`, a run at most, each up to its comma, until one cannot be read; how many, and how many
/// bytes they took, commas included.
pub(crate) fn read_run(bytes: &[u8], values: &mut [f32]) -> (usize, usize) {
    // Mostly all or none have a space before them.
    match bytes.first() {
        Some(b' ') => read_spaced_run::<1>(bytes, values),
        _ => read_spaced_run::<0>(bytes, values),
    }
}

/// The same where each element is after so many spaces.
///
/// First all become 64-bit floats that are almost the numbers, and then 32-bit ones: a processor looks only so many steps
/// ahead, and can begin with more numbers the less there is to do for each.
fn read_spaced_run<const SPACES: usize>(bytes: &[u8], values: &mut [f32]) -> (usize, usize) {
    let mut near = [0.0; RUN];
    let most = values.len().min(RUN);
    let (mut count, mut text) = (0, bytes);
    while let Some(rest) = near.get_mut(count..most).filter(|rest| !rest.is_empty()) {
        let window = text.first_chunk();
        let start = window.and_then(|window: &[u8; LOOK]| window.first_chunk());
        let commas = start.map_or(0, |start| places(start, b','));
        if let Some(two) = rest.first_chunk_mut()
            && let Some((read, length)) = window.and_then(|window| read_two::<SPACES>(window, commas))
        {
            *two = read;
            (count, text) = (count + 2, text.get(length..).unwrap_or_default());
            continue;
        }
        let one = window.and_then(|window| read_one::<SPACES>(window, commas));
        match one.or_else(|| read_other(text)) {
            Some((read, length)) => {
                rest[0] = read;
                (count, text) = (count + 1, text.get(length..).unwrap_or_default());
            }
            None => break,
        }
    }
    let mut clear = true;
    for (value, near) in values.iter_mut().zip(&near).take(count) {
        *value = *near as f32;
        clear &= is_clear(*near);
    }
    if clear {
        (count, bytes.len() - text.len())
    } else {
        read_one_by_one(bytes, values.get_mut(..count).unwrap_or_default())
    }
}

/// Reads a run again in which a 64-bit float leaves the 32-bit one in doubt.
#[cold]
#[inline(never)]
fn read_one_by_one(bytes: &[u8], values: &mut [f32]) -> (usize, usize) {
    let mut at = 0;
    for (index, value) in values.iter_mut().enumerate() {
        let Some((read, length)) = bytes.get(at..).and_then(read_other) else { return (index, at) };
        (*value, at) = (read as f32, at + length);
    }
    (values.len(), at)
}

/// Bytes in which two elements are looked for.
const LOOK: usize = 2 * WINDOW + 2;

/// Two elements of up to 16 bytes without their points, each after so many spaces, as floats that are almost the numbers; and how
/// long they are with their commas. For two at a time there is less to do than for each.
#[inline(always)]
fn read_two<const SPACES: usize>(window: &[u8; LOOK], commas: u32) -> Option<([f64; 2], usize)> {
    let others = commas & commas.wrapping_sub(1);
    let (first, second) = (commas.trailing_zeros() as usize, others.trailing_zeros() as usize);
    if others == 0 || (SPACES == 1 && (window[0] != b' ' || window[first + 1] != b' ')) {
        return None;
    }
    let one = Shape::with_point(window.get(SPACES..)?.first_chunk()?, first.wrapping_sub(SPACES))?;
    let start = first + 1 + SPACES;
    let other = Shape::with_point(window.get(start..)?.first_chunk()?, second.wrapping_sub(start))?;
    let digits = [one.digits, other.digits];
    let numbers = Digits::numbers(digits);
    if one.count.max(other.count) > DIGITS || !Digits::are_all_digits(digits) {
        return None;
    }
    if numbers.simd_lt(f64x2::new([one.place.least, other.place.least])).to_bitmask() != 0 {
        return None;
    }
    let values = numbers * f64x2::new([one.place.inverse, other.place.inverse]);
    Some((values.to_array(), second + 1))
}

/// One element in the same way, of up to 31 bytes.
#[inline(always)]
fn read_one<const SPACES: usize>(window: &[u8; LOOK], commas: u32) -> Option<(f64, usize)> {
    let comma = commas.trailing_zeros() as usize;
    if SPACES == 1 && window[0] != b' ' {
        return None;
    }
    let number = window.get(SPACES..)?.first_chunk()?;
    Some((Decimal::read(number, comma.wrapping_sub(SPACES))?.near()?, comma + 1))
}

/// An element with any white space around it, and how long it is with its comma.
#[cold]
#[inline(never)]
fn read_other(bytes: &[u8]) -> Option<(f64, usize)> {
    let space = usize::from(bytes.first() == Some(&b' '));
    if let Some((value, length)) = bytes.get(space..).and_then(|number| read_f32(number, [b','; 2])) {
        return Some((value.into(), space + length + 1));
    }
    let comma = bytes.iter().position(|byte| *byte == b',')?;
    Some((read_plain_element(bytes.get(..comma)?)?.into(), comma + 1))
}

fn read_plain_element(text: &[u8]) -> Option<f32> {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    let number = text.get(text.iter().take_while(|byte| is_space(byte)).count()..)?;
    let (value, length) = plain::read_f32(number)?;
    number.get(length..)?.iter().all(is_space).then_some(value)
}
