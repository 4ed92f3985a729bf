//! Characters by their code points, for messages about texts that look alike or hold what nobody sees.

/// A character's code point, with the name of one that cannot be seen: `U+00A0 (no-break space)`.
pub(crate) fn code_point(character: char) -> String {
    let number = format!("U+{:04X}", u32::from(character));
    match unseen(character) {
        Some(name) => format!("{number} ({name})"),
        None => number,
    }
}

/// The names of the unseen characters that are met most.
pub(crate) fn unseen(character: char) -> Option<&'static str> {
    Some(match character {
        '\0' => "NUL",
        '\t' => "tab",
        '\n' => "newline",
        '\r' => "carriage return",
        ' ' => "space",
        '\u{a0}' => "no-break space",
        '\u{ad}' => "soft hyphen",
        '\u{200b}' => "zero width space",
        '\u{200c}' => "zero width non-joiner",
        '\u{200d}' => "zero width joiner",
        '\u{200e}' => "left-to-right mark",
        '\u{200f}' => "right-to-left mark",
        '\u{202f}' => "narrow no-break space",
        '\u{2060}' => "word joiner",
        '\u{3000}' => "ideographic space",
        '\u{feff}' => "byte order mark",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_named_where_they_cannot_be_seen() {
        assert_eq!(code_point('é'), "U+00E9");
        assert_eq!(code_point('\u{feff}'), "U+FEFF (byte order mark)");
        assert_eq!(code_point('\u{1f98a}'), "U+1F98A");
    }
}
