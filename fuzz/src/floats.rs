//! Lists of floats: what is read is what `serde_json` splits and the standard library reads; what is written
//! reads back.

use sidekick::internal;

use crate::json;

/// The limit is so large that a list is never refused for its length.
const NO_LIMIT: usize = 1 << 20;

/// Any bytes as a list.
pub fn read_list(text: &[u8]) {
    let found = internal::read_floats(text, NO_LIMIT).ok();
    let expected = std::str::from_utf8(text).ok().and_then(plain_list);
    let bits = |values: &Vec<f32>| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    assert_eq!(found.as_ref().map(bits), expected.as_ref().map(bits), "{}", String::from_utf8_lossy(text));
}

fn plain_list(text: &str) -> Option<Vec<f32>> {
    json::list(json::document(text)?)?.into_iter().map(json::finite_f32).collect()
}

/// The characters of numbers, and of what comes between them: a comma as often as in real lists.
const CHARACTERS: &[u8; 32] = b"0123456789012345678,,,,,,  ...-e";
const RARE: &[u8; 8] = b"E+[]\n\t\r-";

/// A character for each byte; one in eight is rare.
fn character(byte: u8) -> u8 {
    match byte {
        ..224 => CHARACTERS[usize::from(byte) % CHARACTERS.len()],
        _ => RARE[usize::from(byte) % RARE.len()],
    }
}

/// Bytes as the characters of numbers.
pub fn read_characters(bytes: &[u8]) {
    let characters = bytes.iter().map(|byte| character(*byte));
    let text: Vec<u8> = std::iter::once(b'[').chain(characters).chain([b']']).collect();
    read_list(&text);
}

/// Numbers from a grammar that knows only valid ones: each byte says how the text goes on, so that most lists
/// are accepted.
pub fn read_numbers(bytes: &[u8]) {
    let mut text = vec![b'['];
    for (place, number) in bytes.chunks(4).enumerate() {
        if place > 0 {
            text.push(b',');
        }
        let mut bytes = number.iter().copied();
        put_number(&mut text, std::array::from_fn(|_| bytes.next().unwrap_or_default()));
    }
    text.push(b']');
    let whole = internal::read_floats(&text, NO_LIMIT).is_ok();
    read_list(&text);
    // Only numbers beyond a 32-bit float are refused.
    let large = text.split(|byte| *byte == b',').any(|number| number.contains(&b'e'));
    assert!(whole || large, "{}", String::from_utf8_lossy(&text));
}

/// White space and sign, digits before and after the point, and the exponent: a byte each, and a fourth for
/// the digits.
fn put_number(text: &mut Vec<u8>, [space, whole, fraction, seed]: [u8; 4]) {
    let spaces: &[u8] = [&b""[..], b" ", b"", b" ", b"  ", b"\n", b"\t ", b""][usize::from(space % 8)];
    text.extend_from_slice(spaces);
    if space & 8 != 0 {
        text.push(b'-');
    }
    let digit = |place: u8| b'0' + seed.wrapping_mul(place.wrapping_mul(2) | 1).wrapping_add(place) % 10;
    match whole % 24 {
        0 => text.push(b'0'),
        count => {
            text.push(digit(0).max(b'1'));
            text.extend((1..count).map(digit));
        }
    }
    if fraction & 1 != 0 {
        text.push(b'.');
        text.extend((0..=fraction / 2 % 24).map(|place| digit(place ^ 0x55)));
    }
    if space & 0x30 == 0x30 {
        text.extend_from_slice([&b"e"[..], b"E-", b"e+0", b"e-"][usize::from(space >> 6)]);
        text.extend_from_slice((fraction / 48 * 9).to_string().as_bytes());
    }
    if whole & 0x80 != 0 {
        text.push(b' ');
    }
}

/// Bytes as floats that are written, read back and compared with `zmij`'s text.
pub fn write(bytes: &[u8]) {
    let values: Vec<f32> = bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    let finite: Vec<f32> = values.into_iter().filter(|value| value.is_finite()).collect();
    let text = internal::write_floats(&finite).unwrap_or_else(|error| panic!("{error}"));
    let list = [b"[", &text[..], b"]"].concat();
    let back = internal::read_floats(&list, finite.len()).unwrap_or_else(|error| panic!("{error}"));
    let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&back), bits(&finite));
    let texts = text.split(|byte| *byte == b',').filter(|text| !text.is_empty());
    assert_eq!(texts.clone().count(), finite.len());
    for (text, value) in texts.zip(&finite) {
        if !same_digits(text, zmij::Buffer::new().format_finite(*value)) {
            assert!(is_tie(text, *value), "{value:?} is written as {}", String::from_utf8_lossy(text));
        }
    }
    for number in bytes.as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)) {
        if number.is_finite() {
            write_one(number);
        }
    }
}

fn write_one(number: f64) {
    let text = internal::write_number(number);
    let back: f64 = std::str::from_utf8(&text).unwrap().parse().unwrap();
    assert_eq!(back.to_bits(), number.to_bits());
    assert_eq!(internal::read_number(&text).unwrap().to_bits(), number.to_bits());
    assert!(same_digits(&text, zmij::Buffer::new().format_finite(number)), "{number:?}");
}

/// The same decimal, however it is laid out: `1e2`, `100` and `100.0` are one.
fn same_digits(text: &[u8], other: &str) -> bool {
    let text = std::str::from_utf8(text).unwrap();
    assert!(json::document(text).is_some(), "{text} is JSON");
    decimal(text) == decimal(other)
}

/// Whether a value lies in the middle between this text and its neighbour of as many digits, so that either
/// is as close.
fn is_tie(text: &[u8], value: f32) -> bool {
    let (_, _, power) = decimal(std::str::from_utf8(text).unwrap());
    let twice = f64::from(value.abs()) * 10f64.powi(-power as i32) * 2.0;
    twice % 2.0 == 1.0
}

/// Sign, digits without zeros at either end, and the power of ten of the last.
fn decimal(text: &str) -> (bool, String, i64) {
    let (sign, size) = text.strip_prefix('-').map_or((false, text), |size| (true, size));
    let (digits, exponent) = size.split_once(['e', 'E']).unwrap_or((size, "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut power = exponent.parse::<i64>().unwrap() - fraction.len() as i64;
    let all = format!("{whole}{fraction}");
    let short = all.trim_end_matches('0');
    power += (all.len() - short.len()) as i64;
    let short = short.trim_start_matches('0');
    (sign, short.to_owned(), if short.is_empty() { 0 } else { power })
}
