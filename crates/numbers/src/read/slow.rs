//! The slow path of every reader: JSON's grammar (RFC 8259, section 6), then the standard library.

/// How many bytes at the start are a JSON number; 0 if there is none.
fn length(bytes: &[u8]) -> usize {
    let digits_from = |start: usize| {
        let tail = bytes.get(start..).unwrap_or_default();
        start + tail.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let start = usize::from(bytes.first() == Some(&b'-'));
    let mut end = if bytes.get(start) == Some(&b'0') { start + 1 } else { digits_from(start) };
    if end == start {
        return 0;
    }
    if bytes.get(end) == Some(&b'.') {
        let fraction = digits_from(end + 1);
        if fraction == end + 1 {
            return 0;
        }
        end = fraction;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits_from(end + 1 + sign);
        if exponent == end + 1 + sign {
            return 0;
        }
        end = exponent;
    }
    end
}

/// The text of the number at the start of `bytes`.
pub(crate) fn text(bytes: &[u8]) -> Option<&str> {
    let text = bytes.get(..length(bytes)).filter(|text| !text.is_empty())?;
    std::str::from_utf8(text).ok()
}

/// The number at the start of `bytes` as the nearest 64-bit float, and its length; `None` if there is none or
/// it is too large.
pub(crate) fn read_f64(bytes: &[u8]) -> Option<(f64, usize)> {
    let text = text(bytes)?;
    let value = text.parse().ok().filter(|value: &f64| value.is_finite())?;
    Some((value, text.len()))
}

/// The same as the nearest 32-bit float.
pub(crate) fn read_f32(bytes: &[u8]) -> Option<(f32, usize)> {
    let text = text(bytes)?;
    let value = text.parse().ok().filter(|value: &f32| value.is_finite())?;
    Some((value, text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_the_grammar() {
        for good in ["0", "-0", "10", "1.5", "-1.25e-3", "1E+30", "0.0"] {
            assert_eq!(length(good.as_bytes()), good.len(), "{good}");
        }
        for bad in ["", "-", "+1", ".5", "1.", "1e", "1e+", "NaN", "Infinity"] {
            assert_eq!(length(bad.as_bytes()), 0, "{bad}");
        }
        assert_eq!(length(b"01"), 1);
    }

    #[test]
    fn numbers_beyond_a_float_are_not_read() {
        assert_eq!(
            (read_f64(b"-1e300,"), read_f64(b"1e309"), read_f64(b"x")),
            (Some((-1e300, 6)), None, None)
        );
        assert_eq!((read_f32(b"-1e30,"), read_f32(b"1e39"), read_f32(b"")), (Some((-1e30, 5)), None, None));
    }
}
