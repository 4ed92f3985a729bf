//! Numbers in a response: in a list, in an object, and alone. An error names an invalid one.

use crate::error::{Error, ErrorKind, Result};
use crate::json::Cursor;
use crate::memory::none_for;
use crate::message::Message;
use crate::text::Snippet;
use sidekick_numbers::{ListErrorKind, read_f64_before};

/// Reads the number that comes next as a 64-bit float.
#[inline]
pub(crate) fn next_f64(cursor: &mut Cursor<'_>) -> Result<f64> {
    if let Some(value) = cursor.f64() {
        return Ok(value);
    }
    let text = cursor.number_text()?;
    let message = Message::from("the number ").quote(text).say(" is beyond a 64-bit float");
    Err(Error::with_quotes(ErrorKind::ReplyType, message))
}

/// The fast path for rows of probabilities. Appends the numbers of the object at the start of `bytes` to
/// `values`, if its keys are these, in this order and without white space. Returns what follows. Otherwise it
/// appends nothing. `values` has room for a number of each key: to make it here could end the process.
#[inline]
pub(crate) fn read_f64_members<'a>(
    bytes: &'a [u8],
    keys: &[Snippet],
    values: &mut Vec<f64>,
) -> Option<&'a [u8]> {
    let start = values.len();
    let rest = append_f64_members(bytes, keys, values);
    if rest.is_none() {
        values.truncate(start);
    }
    rest
}

#[inline(never)]
fn append_f64_members<'a>(bytes: &'a [u8], keys: &[Snippet], values: &mut Vec<f64>) -> Option<&'a [u8]> {
    let [first, keys @ .., last] = keys else { return None };
    let (value, mut rest) = read_member(bytes.strip_prefix(b"{")?, first, b',');
    // If the members are others, the first mostly is too: then no more are tried.
    if value.is_nan() {
        return None;
    }
    values.push(value);
    // Their number is known, so that room is not checked for each. Nothing is read after an invalid number.
    values.extend(keys.iter().map(|key| {
        let value;
        (value, rest) = read_member(rest, key, b',');
        value
    }));
    let (value, rest) = read_member(rest, last, b'}');
    values.push(value);
    if value.is_nan() { None } else { Some(rest) }
}

/// Reads the number after a key, and the byte `after` it. Returns it with what follows, or NaN with nothing
/// if they are not there.
#[inline(always)]
fn read_member<'a>(bytes: &'a [u8], key: &Snippet, after: u8) -> (f64, &'a [u8]) {
    let Some(number) = key.strip(bytes) else { return (f64::NAN, &[]) };
    read_f64_before(number, after).unwrap_or((f64::NAN, &[]))
}

/// Appends the list of numbers that comes next to `values`; at most `limit` of them.
pub(crate) fn read_f32_list(cursor: &mut Cursor<'_>, values: &mut Vec<f32>, limit: usize) -> Result<()> {
    let read = sidekick_numbers::read_f32_list(cursor.rest(), values, limit);
    cursor.advance_to(read.unwrap_or_else(|error| error.rest));
    match read.map_err(|error| error.kind) {
        Ok(_) => Ok(()),
        Err(ListErrorKind::Start) => Err(cursor.unexpected_for(b'[')),
        Err(ListErrorKind::Separator) => Err(cursor.unexpected_for(b',')),
        Err(ListErrorKind::Element(index)) => Err(bad_element(cursor, index)),
        Err(ListErrorKind::TooLong) => {
            Err(Error::new(ErrorKind::ReplyShape, "an array with more values than its shape has"))
        }
        Err(ListErrorKind::Memory(missing)) => Err(none_for(missing.0)),
    }
}

/// Reports which element cannot be read, and why.
#[cold]
fn bad_element(cursor: &mut Cursor<'_>, index: usize) -> Error {
    if !matches!(cursor.peek(), Some(b'-' | b'0'..=b'9')) {
        let message = format!("element {index} is {} instead of a number", cursor.kind_of_next());
        return Error::new(ErrorKind::ReplyType, message);
    }
    let text = match cursor.number_text() {
        Ok(text) => text,
        Err(error) => return error,
    };
    let message = Message::from(format!("element {index}, ")).quote(text);
    Error::with_quotes(ErrorKind::ReplyType, message.say(", is beyond a 32-bit float"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sidekick_numbers::ListWriter;

    fn read(text: &str, limit: usize) -> Result<Vec<f32>> {
        let mut values = Vec::new();
        read_f32_list(&mut Cursor::new(text.as_bytes()), &mut values, limit)?;
        Ok(values)
    }

    #[test]
    fn lists_are_read_exactly() {
        assert_eq!(read("[ 1, -0.5,1e-30 ]", 3).unwrap(), [1.0, -0.5, 1e-30]);
        assert!(read("[]", 0).unwrap().is_empty());
        // A near-tie that goes wrong when it is read as a 64-bit float first.
        let tie = "1.00000017881393432617187499";
        assert_eq!(read(&format!("[{tie}]"), 1).unwrap(), [tie.parse::<f32>().unwrap()]);
    }

    const LABELS: [&str; 4] = ["a", "class 0001", "a label longer than one look", "caf\u{e9} \"1\""];

    /// The values that the fast path reads from this text, and what follows.
    fn read_members(text: &str) -> Option<(Vec<f64>, &str)> {
        let keys = LABELS.map(|label| Snippet::from(crate::protocol::deployment_api::wire::key_json(label)));
        let mut values = vec![7.0];
        let rest = read_f64_members(text.as_bytes(), &keys, &mut values);
        assert_eq!(values.remove(0), 7.0);
        assert_eq!(values.len(), rest.map_or(0, |_| LABELS.len()));
        rest.map(|rest| (values, std::str::from_utf8(rest).unwrap()))
    }

    /// An object with these labels and values, in the usual form.
    fn members(texts: [&str; 4]) -> String {
        let members = LABELS
            .iter()
            .zip(texts)
            .map(|(label, text)| crate::protocol::deployment_api::wire::key_json(label) + text);
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }

    #[test]
    fn members_are_read_whatever_their_numbers_and_wherever_the_text_ends() {
        for texts in [
            ["0.5", "0.25", "0.125", "0.00042561692"],
            ["6.665515e-06", "1.0e-21", "9.5e-22", "1.5e-300"],
            ["1", "0", "-1", "1e-05"],
            ["1.5e+10", "1.5E-5", "0.1e-005", "1.7976931348623157e308"],
            ["0.12345678901234567", "0.123456789012345", "0.1234567890123456", "0.12345678901234"],
            ["0.1000000000000000055511151231257827021181583404541015625", "12.5", "123456.75", "0.0"],
        ] {
            let expected = texts.map(|text| text.parse::<f64>().unwrap());
            for tail in [
                "",
                "}",
                "}]}",
                "}, and as much text as is looked at when a number is read from a long reply",
            ] {
                let text = members(texts) + tail;
                assert_eq!(read_members(&text), Some((expected.to_vec(), tail)), "{text}");
            }
        }
    }

    #[test]
    fn members_that_are_not_as_most_are_left_to_others() {
        let good = members(["0.5", "6.5e-06", "0.125", "0.0625"]);
        assert!(read_members(&good).is_some());
        let tail = "], and as much text as is looked at when a number is read from a long reply";
        for (part, other) in [
            ("{", ""),
            ("{", "[{"),
            ("{", "{ "),
            ("\"a\":", "\"b\":"),
            ("\"a\":", "\"a\" :"),
            ("\"a\":0.5,", ""),
            ("\"a\":0.5,", "\"class 0001\":0.5,"),
            ("\"a\":0.5,", "\"a\":0.5,\"a\":0.5,"),
            ("0.5,", "0.5 ,"),
            ("0.5,", "0.5, "),
            ("0.5,", "0.5}"),
            ("0.5,", "0.5"),
            ("0.5", ""),
            ("0.5", "."),
            ("0.5", "0."),
            ("0.5", "05.5"),
            ("0.5", "null"),
            ("0.5", "1e999"),
            ("6.5e-06", "6.5e-0x"),
            ("6.5e-06", "6.5e-"),
            ("than", "then"),
            ("than one", "than\\u0020one"),
            ("\\\"1", "\\u00221"),
            ("0.0625", "0.0625,\"b\":0.5"),
            ("0.0625}", "0.0625"),
            ("0.0625}", "0.0625 }"),
            ("0.0625}", "0.0625]"),
        ] {
            let bad = good.replacen(part, other, 1);
            assert_ne!(bad, good, "{part}");
            assert_eq!(read_members(&bad), None, "{bad}");
            assert_eq!(read_members(&(bad.clone() + tail)), None, "{bad}");
        }
        for end in 0..good.len() {
            assert_eq!(good.get(..end).and_then(read_members), None, "{end}");
        }
    }

    #[test]
    fn an_element_that_does_not_fit_is_named() {
        let text = |list: &str| read(list, 3).unwrap_err().vetted(|_| false).to_string();
        assert_eq!(text("[1,1e39]"), "element 1, 1e39, is beyond a 32-bit float");
        assert_eq!(text("[1,null]"), "element 1 is null instead of a number");
        assert_eq!(text("[1,2,3,4]"), "an array with more values than its shape has");
    }

    proptest! {
        #[test]
        fn any_float_comes_back(bits: u32) {
            let value = f32::from_bits(bits);
            prop_assume!(value.is_finite());
            let mut text = b"[".to_vec();
            let mut writer = ListWriter::new(&mut text);
            writer.floats(&[value]).unwrap();
            writer.finish();
            text.push(b']');
            let back = read(std::str::from_utf8(&text).unwrap(), 1).unwrap();
            prop_assert_eq!(back[0].to_bits(), bits);
        }
    }
}
