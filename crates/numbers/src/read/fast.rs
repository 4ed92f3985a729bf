//! The fast path of every reader: sixteen digits at a time.
//!
//! A number is read here only if each of its bytes was looked at, and if its digits leave no doubt about the
//! nearest float. Any other is left to the slow path.

use crate::lanes::{Bytes16, Digits16};
use crate::powers::{EXACT_INTEGERS, EXACT_POWERS};

/// The longest number that is read, and one byte more.
pub(super) const WINDOW: usize = 32;
/// So many bytes make the number: a sign and digits.
pub(super) const DIGITS: usize = 16;

/// What the place of the point says of [`Decimal::digits`].
///
/// Its size is a power of two: it is found by a shift.
#[derive(Clone, Copy)]
#[repr(align(32))]
pub(super) struct Place {
    /// The least value: a leading zero is alone before the point.
    pub(super) least: f64,
    /// What it is divided by to have its point and sign.
    unit: f64,
    /// What it is multiplied by, almost.
    pub(super) inverse: f64,
}

/// By the sign and by how many bytes are before the point: a sign and 1 to 16 digits. Nothing is as large as
/// `least` at others.
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

/// The sign, the digits and the point of a number without an exponent.
pub(super) struct Shape {
    /// The first 16 bytes, without the sign, without the point, and without what is after the number.
    pub(super) digits: Digits16,
    pub(super) place: &'static Place,
    sign: usize,
    /// How many bytes are before the point, and in all without it.
    point: usize,
    pub(super) count: usize,
}

impl Shape {
    /// Of the first `length` bytes. Whether they are digits, and enough before the point, is not checked yet.
    #[inline(always)]
    fn of(window: &[u8; WINDOW], length: usize) -> Option<Shape> {
        let place = bytes_at(window, 0).place_of(b'.');
        let (point, count) = if place < length { (place, length - 1) } else { (length, length) };
        if length >= WINDOW || point + 1 == length {
            return None;
        }
        Some(Shape::new(window, point, count))
    }

    /// The same of a number with a point, for which it takes fewer steps.
    #[inline(always)]
    pub(super) fn with_point(window: &[u8; WINDOW], length: usize) -> Option<Shape> {
        let point = bytes_at(window, 0).place_of(b'.');
        if point + 1 >= length { None } else { Some(Shape::new(window, point, length - 1)) }
    }

    #[inline(always)]
    fn new(window: &[u8; WINDOW], point: usize, count: usize) -> Shape {
        let start = bytes_at(window, 0);
        // As a bit of a mask: the compiler would take the first byte by way of memory.
        let sign = start.places_of(b'-') as usize % 2;
        let digits = start.join(bytes_at(window, 1), point).digits(sign, count);
        Shape { digits, place: &PLACES[sign][point % WINDOW], sign, point, count }
    }
}

/// A number in JSON's grammar, without an exponent.
pub(super) struct Decimal {
    /// The number that the first 16 bytes make, the sign counted as 0, the point left out, and zeros after
    /// the last.
    digits: f64,
    shape: Shape,
}

impl Decimal {
    /// Reads a number that is exactly the first `length` bytes. `None` if they are none, or more than 16
    /// bytes before the point.
    #[inline(always)]
    pub(super) fn read(window: &[u8; WINDOW], length: usize) -> Option<Decimal> {
        let shape = Shape::of(window, length)?;
        let more = bytes_at(window, DIGITS).digits(0, length.saturating_sub(DIGITS));
        if !shape.digits.are_digits() || (shape.count > DIGITS && !more.are_digits()) {
            return None;
        }
        let digits = shape.digits.number();
        if digits >= shape.place.least { Some(Decimal { digits, shape }) } else { None }
    }

    /// The same of a number with a point and fewer than 16 digits, as most are: there is less to look at.
    #[inline(always)]
    fn read_short(window: &[u8; WINDOW], length: usize) -> Option<Decimal> {
        let shape = Shape::with_point(window, length)?;
        if shape.count >= DIGITS || !shape.digits.are_digits() {
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
    pub(super) fn near(&self) -> Option<f64> {
        self.is_near().then_some(self.digits * self.shape.place.inverse)
    }

    /// Whether the number that the digits make is all of them, and exact.
    #[inline(always)]
    fn is_exact(&self) -> bool {
        // If the last of the 16 digits is 0, the number they make is even: below 10^16 each of those is a
        // float.
        self.shape.count < DIGITS || (self.shape.count == DIGITS && self.digits < EXACT_INTEGERS as f64)
    }

    /// Whether digits after the first 16 change the number by less than one part in 2^40, which is 2^13 units
    /// in the last place of a 64-bit float.
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
    match Decimal::read_short(window, length) {
        Some(decimal) => decimal.to_f64(),
        None => any_to_f64(window, length),
    }
}

/// The same of numbers with an exponent, without a point, or of 16 digits.
#[cold]
#[inline(never)]
fn any_to_f64(window: &[u8; WINDOW], length: usize) -> Option<f64> {
    if let Some((decimal, exponent)) = read_exponential(window, length) {
        return if decimal.is_exact() { decimal.scaled(exponent) } else { None };
    }
    Decimal::read(window, length)?.to_f64()
}

#[inline(never)]
fn exponential_to_f32(window: &[u8; WINDOW], length: usize) -> Option<f32> {
    let (decimal, exponent) = read_exponential(window, length)?;
    let value = decimal.scaled(exponent)?;
    let normal = value.abs() >= f64::from(f32::MIN_POSITIVE) && value.abs() < f64::from(f32::MAX);
    (decimal.is_near() && normal && is_clear(value)).then_some(value as f32)
}

/// A number with an exponent of one or two digits.
#[inline(always)]
fn read_exponential(window: &[u8; WINDOW], length: usize) -> Option<(Decimal, i32)> {
    let marks = places(window, b'e') | places(window, b'E');
    let place = marks.trailing_zeros() as usize;
    // Without a byte after it the number may go on.
    if length >= WINDOW {
        return None;
    }
    let digit = |byte: u8| i32::from(byte - b'0');
    let exponent = match *window.get(place + 1..length)? {
        [b'-', tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => -10 * digit(tens) - digit(ones),
        [b'-', ones @ b'0'..=b'9'] => -digit(ones),
        [b'+', tens @ b'0'..=b'9', ones @ b'0'..=b'9'] | [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
            10 * digit(tens) + digit(ones)
        }
        [b'+', ones @ b'0'..=b'9'] | [ones @ b'0'..=b'9'] => digit(ones),
        _ => return None,
    };
    Some((Decimal::read(window, place)?, exponent))
}

/// The bits of a 64-bit float that a 32-bit one has not, and half a unit of that.
const DROPPED: u32 = (1 << 29) - 1;
const HALF: u32 = 1 << 28;
/// In units of the last place: more than any error here, and left in doubt is one random number in 2^14.
const DOUBT: u32 = 1 << 14;

/// Whether the 32-bit float nearest to a number is also the nearest to numbers almost equal: whether the bits
/// that go are not almost half a unit.
#[inline(always)]
pub(super) fn is_clear(value: f64) -> bool {
    (value.to_bits() as u32).wrapping_sub(HALF - DOUBT) & DROPPED > 2 * DOUBT
}

/// A bit for each place where a byte is.
#[inline(always)]
pub(super) fn places(window: &[u8; WINDOW], byte: u8) -> u32 {
    bytes_at(window, 0).places_of(byte) | bytes_at(window, 16).places_of(byte) << 16
}

#[inline(always)]
fn bytes_at(window: &[u8; WINDOW], at: usize) -> Bytes16 {
    Bytes16::new(window.get(at..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default())
}

/// The number at the start of `bytes`, up to the byte `after` it or another such byte, as the nearest 64-bit
/// float; and its length. `None` if the slow path has to read it.
#[inline(always)]
pub(crate) fn read_f64(bytes: &[u8], after: [u8; 2]) -> Option<(f64, usize)> {
    let window = bytes.first_chunk()?;
    let length = end_of(window, after);
    Some((to_f64(window, length)?, length))
}

/// The same as the nearest 32-bit float.
#[inline(always)]
pub(crate) fn read_f32(bytes: &[u8], after: [u8; 2]) -> Option<(f32, usize)> {
    let window = bytes.first_chunk()?;
    let length = end_of(window, after);
    let value = Decimal::read(window, length).and_then(|decimal| decimal.to_f32());
    Some((value.or_else(|| exponential_to_f32(window, length))?, length))
}

/// Where one of two bytes is first; the whole window if neither is.
#[inline(always)]
fn end_of(window: &[u8; WINDOW], after: [u8; 2]) -> usize {
    let places = |at| bytes_at(window, at).places_of(after[0]) | bytes_at(window, at).places_of(after[1]);
    let first = places(0);
    let all = if first == 0 { places(16) << 16 } else { first };
    all.trailing_zeros() as usize
}
