//! Decodes the escapes of JSON strings (RFC 8259, section 7).

use crate::error::Result;

/// Calls `each` with the pieces of the decoded text: parts without escapes unchanged, and the character of
/// each escape. Returns whether all escapes are valid.
pub(super) fn pieces(mut text: &str, mut each: impl FnMut(&str) -> Result<()>) -> Result<bool> {
    while let Some((plain, behind)) = text.split_once('\\') {
        each(plain)?;
        let Some((character, rest)) = read_escape(behind) else { return Ok(false) };
        each(character.encode_utf8(&mut [0; 4]))?;
        text = rest;
    }
    each(text).map(|()| true)
}

/// The text after an escape, which comes without its backslash, valid or not.
pub(super) fn skip(escape: &[u8]) -> Option<&[u8]> {
    let (kind, rest) = escape.split_first()?;
    match kind {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(rest),
        b'u' => {
            let (digits, rest) = rest.split_at_checked(4)?;
            digits.iter().all(u8::is_ascii_hexdigit).then_some(rest)
        }
        _ => None,
    }
}

/// The character of an escape, which comes without its backslash, and the text after it.
fn read_escape(text: &str) -> Option<(char, &str)> {
    let (kind, rest) = text.split_at_checked(1)?;
    let character = match kind {
        "\"" | "\\" | "/" => kind.chars().next()?,
        "b" => '\u{8}',
        "f" => '\u{c}',
        "n" => '\n',
        "r" => '\r',
        "t" => '\t',
        "u" => return read_units(rest),
        _ => return None,
    };
    Some((character, rest))
}

/// A character in one or two UTF-16 code units.
fn read_units(text: &str) -> Option<(char, &str)> {
    let (unit, rest) = read_unit(text)?;
    if let Some(character) = char::from_u32(u32::from(unit)) {
        return Some((character, rest));
    }
    let (low, rest) = read_unit(rest.strip_prefix("\\u")?)?;
    let character = char::decode_utf16([unit, low]).next()?.ok()?;
    Some((character, rest))
}

fn read_unit(text: &str) -> Option<(u16, &str)> {
    let (digits, rest) = text.split_at_checked(4)?;
    let good = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    good.then(|| u16::from_str_radix(digits, 16).ok()).flatten().map(|unit| (unit, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unescaped(text: &str) -> Option<String> {
        let mut all = String::new();
        let good = pieces(text, |piece| {
            all.push_str(piece);
            Ok(())
        });
        good.unwrap().then_some(all)
    }

    #[test]
    fn escapes_are_what_they_stand_for() {
        assert_eq!(
            unescaped(r#"a\n\"\\\/\b\f\r\t\u00e9☀\ud83e\udd8a."#).unwrap(),
            "a\n\"\\/\u{8}\u{c}\r\té☀🦊."
        );
        for bad in [
            r"\",
            r"\x",
            r"\u12",
            r"\u+123",
            r"\ud83e",
            r"\ud83e\n",
            r"\ud83e\u0041",
            r"\udd8a",
            r"\ud83e\ud83e",
            "\\é",
        ] {
            assert_eq!(unescaped(bad), None, "{bad}");
        }
    }

    const TEXTS: &str =
        r#"([a-zé☀]|\\[bfnrt"/\\x]|\\u[0-9a-fA-F]{3,4}|\\ud[89ab][0-9a-f]{2}|\\ud[c-f]0f){0,9}"#;

    proptest! {
        #[test]
        fn strings_agree_with_serde(text in TEXTS) {
            let expected: Option<String> = serde_json::from_str(&format!("\"{text}\"")).ok();
            prop_assert_eq!(unescaped(&text), expected, "{}", text);
        }
    }
}
