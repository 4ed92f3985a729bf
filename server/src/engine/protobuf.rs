//! Fields of Protocol Buffers in memory, as much as changing a model takes.

/// The value of a field, as it is on the wire.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wire<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    /// Four or eight bytes.
    Fixed(&'a [u8]),
}

/// Copies a message. `change` gives the new bytes of a field; the outer `None` means that the message is
/// malformed.
pub fn map(message: &[u8], mut change: impl FnMut(u64, Wire) -> Option<Option<Vec<u8>>>) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(message.len() + 1024);
    let mut rest = message;
    while !rest.is_empty() {
        let start = rest;
        let (number, value) = field(&mut rest)?;
        match change(number, value)? {
            Some(bytes) => write_bytes(&mut out, number, &bytes),
            None => out.extend_from_slice(&start[..start.len() - rest.len()]),
        }
    }
    Some(out)
}

/// The texts that a message has in a field; `None` if the message is malformed.
pub fn texts(message: &[u8], wanted: u64) -> Option<impl Iterator<Item = &str>> {
    let (mut rest, mut found) = (message, Vec::new());
    while !rest.is_empty() {
        if let (number, Wire::Bytes(bytes)) = field(&mut rest)?
            && number == wanted
        {
            found.push(str::from_utf8(bytes).ok()?);
        }
    }
    Some(found.into_iter())
}

pub fn write_number(out: &mut Vec<u8>, number: u64, value: u64) {
    write_varint(out, number << 3);
    write_varint(out, value);
}

pub fn write_bytes(out: &mut Vec<u8>, number: u64, bytes: &[u8]) {
    write_varint(out, number << 3 | 2);
    write_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

pub fn write_text(out: &mut Vec<u8>, number: u64, text: &str) {
    write_bytes(out, number, text.as_bytes());
}

fn field<'a>(rest: &mut &'a [u8]) -> Option<(u64, Wire<'a>)> {
    let tag = varint(rest)?;
    let value = match tag & 7 {
        0 => Wire::Number(varint(rest)?),
        1 => Wire::Fixed(take(rest, 8)?),
        2 => {
            let length = usize::try_from(varint(rest)?).ok()?;
            Wire::Bytes(take(rest, length)?)
        }
        5 => Wire::Fixed(take(rest, 4)?),
        _ => return None,
    };
    Some((tag >> 3, value))
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(count)?;
    *rest = after;
    Some(taken)
}

fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = *rest.split_off_first()?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

fn write_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_changed_and_the_rest_is_copied() {
        let mut message = Vec::new();
        write_number(&mut message, 1, 300);
        write_text(&mut message, 2, "abc");
        message.extend([3 << 3 | 5, 1, 2, 3, 4, 4 << 3 | 1, 1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(map(&message, |_, _| Some(None)).as_ref(), Some(&message));
        assert_eq!(texts(&message, 2).unwrap().collect::<Vec<_>>(), ["abc"]);
        let longer = "x".repeat(200);
        let changed = map(&message, |number, value| match (number, value) {
            (2, Wire::Bytes(b"abc")) => Some(Some(longer.clone().into_bytes())),
            _ => Some(None),
        });
        let changed = changed.unwrap();
        assert_eq!(changed.len(), message.len() + 200 - 3 + 1);
        assert_eq!(texts(&changed, 2).unwrap().collect::<Vec<_>>(), [longer.as_str()]);
    }

    #[test]
    fn a_malformed_message_is_none() {
        for message in [&[0x80][..], &[8], &[0x12, 5, 1], &[0x0d, 1, 2, 3], &[0x0b], &[0xff; 11]] {
            assert_eq!(map(message, |_, _| Some(None)), None, "{message:?}");
        }
    }
}
