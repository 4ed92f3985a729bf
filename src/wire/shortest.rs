//! Lists of 32-bit floats as text: each value in the fewest digits that read back to the same bits.
//!
//! Most values lie between 2^-17 and 2^24. There the decimals that read back to a float are found exactly in 128-bit
//! integers (the idea of Schubfach, R. Giulietti 2020), and their text is laid out without a branch. `zmij` prints the rest.

/// The widest text of one value, comma included, and what its fixed-size stores may write behind it.
const WIDEST: usize = 32;
const BLOCK: usize = 2048;

/// Appends values and commas to a buffer, a block at a time.
pub(crate) struct ListWriter<'a> {
    out: &'a mut Vec<u8>,
    start: usize,
    block: [u8; BLOCK],
    /// How much of the block is filled: at most `BLOCK - WIDEST` between two values.
    at: usize,
}

impl<'a> ListWriter<'a> {
    /// A writer at the end of `out`.
    pub(crate) fn new(out: &'a mut Vec<u8>) -> ListWriter<'a> {
        ListWriter { start: out.len(), out, block: [0; BLOCK], at: 0 }
    }

    /// Appends a finite value and a comma.
    #[inline]
    pub(crate) fn push(&mut self, value: f32) {
        self.put(|room| put_f32(room, value));
    }

    /// Appends a byte as a whole number and a comma: copied, not printed.
    #[inline]
    pub(crate) fn push_byte(&mut self, texts: &ByteTexts, byte: u8) {
        let text = texts.0[usize::from(byte)];
        self.put(|room| {
            store(room, 0, text.to_le_bytes());
            (text >> 56) as usize
        });
    }

    /// Hands over the last block, without the comma behind the last value.
    pub(crate) fn finish(mut self) {
        self.flush();
        if self.out.len() > self.start {
            self.out.pop();
        }
    }

    #[inline]
    fn put(&mut self, text: impl FnOnce(&mut [u8; WIDEST]) -> usize) {
        if let Some(room) = self.block.get_mut(self.at..).and_then(<[u8]>::first_chunk_mut) {
            self.at += text(room);
        }
        if self.at > BLOCK - WIDEST {
            self.flush();
        }
    }

    #[cold]
    #[inline(never)]
    fn flush(&mut self) {
        self.out.extend_from_slice(self.block.get(..self.at).unwrap_or_default());
        self.at = 0;
    }
}

/// For each byte the text of its number and a comma, and in the top 8 bits how long that is.
pub(crate) struct ByteTexts([u64; 256]);

/// The numbers 0 to 255.
pub(crate) static U8_TEXTS: ByteTexts = ByteTexts(byte_texts(false));
/// The numbers that bytes are in two's complement.
pub(crate) static I8_TEXTS: ByteTexts = ByteTexts(byte_texts(true));

const fn byte_texts(signed: bool) -> [u64; 256] {
    let mut texts = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let negative = signed && byte >= 128;
        let mut rest = if negative { 256 - byte } else { byte };
        let mut text = b',' as u64;
        let mut length = 1;
        loop {
            text = text << 8 | (b'0' as u64 + rest as u64 % 10);
            length += 1;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if negative {
            text = text << 8 | b'-' as u64;
            length += 1;
        }
        texts[byte] = text | length << 56;
        byte += 1;
    }
    texts
}

/// Exponents of the last bit of a value's significand, in the range that is printed here: values from 2^-17 up to 2^24.
const MIN_EXPONENT: i32 = -40;
const EXPONENTS: usize = 41;

/// `value = significand * 2^exponent` becomes `significand * unit / 2^60` in units of `10^-places`.
#[derive(Clone, Copy)]
struct Scale {
    /// `2^exponent * 10^places * 2^60`, a whole number.
    unit: u64,
    places: u32,
}

/// By whether the value is a power of two (its lower neighbour is nearer) and its exponent.
static SCALES: [[Scale; EXPONENTS]; 2] = [scales(false), scales(true)];

const fn scales(power_of_two: bool) -> [Scale; EXPONENTS] {
    let mut scales = [Scale { unit: 0, places: 0 }; EXPONENTS];
    let mut index = 0;
    while index < EXPONENTS {
        let exponent = MIN_EXPONENT + index as i32;
        // The interval of decimals that read back is `2^exponent` wide, or 3/4 of it: scaled it is at least 1 wide, so
        // that it holds a whole number, and less than 10, so that it holds at most one multiple of 10.
        let quarters = if power_of_two { 3u128 } else { 4 };
        let mut places = 0;
        let mut ten = 1u128;
        while (quarters * ten) << 60 >> -exponent < 4 << 60 {
            places += 1;
            ten *= 10;
        }
        scales[index] = Scale { unit: (ten << 60 >> -exponent) as u64, places };
        index += 1;
    }
    scales
}

/// Writes a finite value and a comma; returns their length. Bytes behind them may change.
#[inline]
fn put_f32(room: &mut [u8; WIDEST], value: f32) -> usize {
    let bits = value.to_bits();
    let fraction = bits & 0x7f_ffff;
    let exponent = (bits >> 23 & 0xff) as i32 - 150;
    let by_exponent = &SCALES[usize::from(fraction == 0)];
    let Some(scale) = by_exponent.get(exponent.wrapping_sub(MIN_EXPONENT) as usize) else {
        return put_any_f32(room, value);
    };
    let digits = shortest_digits(fraction | 0x80_0000, fraction == 0, scale.unit);
    room[0] = b'-';
    let sign = (bits >> 31) as usize;
    sign + put_decimal(room, sign, digits, scale.places)
}

#[cold]
#[inline(never)]
fn put_any_f32(room: &mut [u8; WIDEST], value: f32) -> usize {
    let mut printer = zmij::Buffer::new();
    let text = printer.format_finite(value).as_bytes();
    if let Some(place) = room.get_mut(..text.len()) {
        place.copy_from_slice(text);
    }
    store(room, text.len(), [b',']);
    text.len() + 1
}

/// The whole number that stands for the shortest decimal in the float's interval, the nearest of several. It has 7 to 9
/// digits, zeros at its end included.
#[inline]
fn shortest_digits(significand: u32, power_of_two: bool, unit: u64) -> u32 {
    // Fixed point, 60 bits behind the point; nothing is cut off anywhere.
    const ONE: u64 = 1 << 60;
    let exact = u128::from(significand) * u128::from(unit);
    let whole = (exact >> 60) as u32;
    let rest = exact as u64 & (ONE - 1);
    // The ends of the interval belong to it where the significand is even: reading rounds ties to even.
    let odd = u64::from(significand & 1);
    let half_above = unit / 2;
    let half_below = half_above >> u32::from(power_of_two);
    let units = whole % 10;
    let tens = whole - units;
    let over_tens = u64::from(units) * ONE + rest;
    let fits_below = over_tens + odd <= half_below;
    let fits_above = 10 * ONE - over_tens + odd <= half_above;
    // Without short circuits: nobody can predict these, and a wrong guess costs more than all three.
    let up = (rest > ONE / 2) | ((rest == ONE / 2) & (whole & 1 == 1)) | (rest > half_below);
    let nearest = whole + u32::from(up);
    let nearest_ten = if fits_above { tens + 10 } else { tens };
    if fits_below | fits_above { nearest_ten } else { nearest }
}

/// Writes `digits * 10^-places` in plain notation, with at least one digit on either side of the point, and a comma.
#[inline]
fn put_decimal(room: &mut [u8; WIDEST], start: usize, digits: u32, places: u32) -> usize {
    let leading_zeros = u32::from(digits < 100_000_000) + u32::from(digits < 10_000_000);
    // Nine digits, the first in the lowest byte.
    let first = digits / 100_000_000;
    let others = eight_digits(digits - first * 100_000_000);
    let nine = u128::from(first) | u128::from(others) << 8;
    // How many digits stand before the point; by how many places the nine move down, or up where it is negative, so that
    // the first of those comes first; and how many digits are left without the zeros at the end.
    let whole = (9 - leading_zeros).saturating_sub(places).max(1);
    let down = 9 - places as i32 - whole as i32;
    let significant = 9 - others.leading_zeros() as i32 / 8 - down;
    let ascii = nine << 40 >> (40 + 8 * down) as u32 | 0x3030_3030_3030_3030_3030_3030_3030_3030;
    // The digits behind the point make room for it.
    let before = u128::from(ascii as u64 & u64::MAX >> (64 - 8 * whole));
    let text = (ascii ^ before) << 8 | before;
    store(room, start, text.to_le_bytes());
    store(room, start + whole as usize, [b'.']);
    let end = start + (significant.max(whole as i32 + 1) + 1) as usize;
    store(room, end, [b',']);
    end - start + 1
}

/// The digits of a number below 10^8, the first in the lowest byte: halves, quarters and eighths of it side by side.
#[inline]
fn eight_digits(number: u32) -> u64 {
    let high = number / 10_000;
    let fours = u64::from(high) | u64::from(number - high * 10_000) << 32;
    let hundreds = ((fours * 10_486) >> 20) & 0x7f_0000_007f;
    let twos = hundreds | (fours - hundreds * 100) << 16;
    let tens = ((twos * 103) >> 10) & 0x000f_000f_000f_000f;
    tens | (twos - tens * 10) << 8
}

#[inline]
fn store<const SIZE: usize>(room: &mut [u8; WIDEST], at: usize, bytes: [u8; SIZE]) {
    if let Some(place) = room.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
        *place = bytes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(values: &[f32]) -> String {
        let mut out = Vec::new();
        let mut writer = ListWriter::new(&mut out);
        values.iter().for_each(|&value| writer.push(value));
        writer.finish();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn values_are_written_shortest() {
        for (value, expected) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (-0.5, "-0.5"),
            (0.1, "0.1"),
            (123456.0, "123456.0"),
            (8388609.5, "8388610.0"),
            (16777215.0, "16777215.0"),
            (9.536_743e-6, "0.0000095367432"),
            (-7.6293945e-6, "-0.0000076293945"),
            (3.4028235e38, "3.4028235e+38"),
            (1e-45, "1e-45"),
        ] {
            let written = text(&[value]);
            assert_eq!(written.parse::<f32>().unwrap().to_bits(), value.to_bits());
            assert!(written.len() <= expected.len(), "{written} for {expected}");
        }
        assert_eq!(text(&[1.5, -2.25]), "1.5,-2.25");
        assert_eq!(text(&[]), "");
    }

    #[test]
    fn long_lists_cross_blocks() {
        let values: Vec<f32> = (0..100_000).map(|i| i as f32 * 0.37 - 9000.0).collect();
        let back: Vec<f32> = text(&values).split(',').map(|one| one.parse().unwrap()).collect();
        assert_eq!(back, values);
    }

    #[test]
    fn bytes_are_copied_from_the_tables() {
        for byte in 0..=255u8 {
            let mut out = Vec::new();
            let mut writer = ListWriter::new(&mut out);
            writer.push_byte(&U8_TEXTS, byte);
            writer.push_byte(&I8_TEXTS, byte);
            writer.finish();
            assert_eq!(out, format!("{byte},{}", byte.cast_signed()).as_bytes());
        }
    }
}
