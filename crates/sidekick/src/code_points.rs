//! Characters by their code points, for messages about texts that look alike or contain invisible characters.

use unicode_normalization::UnicodeNormalization;

/// How many code points of a difference a message shows.
const SHOWN_POINTS: usize = 8;
/// How much of a text that looks alike a message shows, in characters.
const SHOWN_CHARACTERS: usize = 100;

/// A character's code point, with the name of an invisible one: `U+00A0 (no-break space)`.
pub(crate) fn code_point(character: char) -> String {
    let number = format!("U+{:04X}", u32::from(character));
    match unseen(character) {
        Some(name) => format!("{number} ({name})"),
        None => number,
    }
}

/// The names of the most common invisible characters.
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

/// The end of a message about an unknown text: if a known one looks the same, it shows how they differ.
pub(crate) fn look_alike<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    // Names and labels are shorter.
    const MOST_BYTES: usize = 8 * 1024;
    if given.len() > MOST_BYTES {
        return String::new();
    }
    let seen = as_seen(given);
    let alike = known.into_iter().find(|known| *known != given && as_seen(known) == seen);
    alike.map_or(String::new(), |known| format!("; {}", difference(given, known)))
}

/// A text as it looks: accents separate from their letters, spaces, dashes and quotes in one form each,
/// without invisible characters.
fn as_seen(text: &str) -> String {
    let mut seen = String::new();
    for character in text.nfd().filter(|character| !is_invisible(*character)).map(plain) {
        if character != ' ' || !seen.ends_with(' ') {
            seen.push(character);
        }
    }
    seen.trim().to_owned()
}

fn is_invisible(character: char) -> bool {
    matches!(character, '\0' | '\u{ad}' | '\u{34f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

fn plain(character: char) -> char {
    match character {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{2018}' | '\u{2019}' | '\u{2bc}' => '\'',
        '\u{201c}' | '\u{201d}' => '"',
        other if other.is_whitespace() => ' ',
        other => other,
    }
}

/// Where a text differs from a known one that looks alike.
fn difference(given: &str, known: &str) -> String {
    let (theirs, ours): (Vec<char>, Vec<char>) = (known.chars().collect(), given.chars().collect());
    let same_start = ours.iter().zip(&theirs).take_while(|(a, b)| a == b).count();
    let (ours, theirs) =
        (ours.get(same_start..).unwrap_or_default(), theirs.get(same_start..).unwrap_or_default());
    let same_end = ours.iter().rev().zip(theirs.iter().rev()).take_while(|(a, b)| a == b).count();
    let points = |characters: &[char]| {
        let characters = characters.get(..characters.len() - same_end).unwrap_or_default();
        let shown: Vec<String> = characters.iter().take(SHOWN_POINTS).map(|it| code_point(*it)).collect();
        match characters.len() {
            0 => "nothing".to_owned(),
            count if count > SHOWN_POINTS => format!("{} ...", shown.join(" ")),
            _ => shown.join(" "),
        }
    };
    let name: String = known.chars().take(SHOWN_CHARACTERS).collect();
    let (has, given, place) = (points(theirs), points(ours), same_start + 1);
    format!("{name:?} looks the same: it has {has} where this has {given}, at character {place}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_look_the_same_differ_in_code_points() {
        let known = ["number", "Caf\u{e9}", "New York", "cr\u{e8}me br\u{fb}l\u{e9}e", "co-op"];
        let end = |given: &str| look_alike(given, known);
        for (given, differs) in [
            (
                "Cafe\u{301}",
                "\"Café\" looks the same: it has U+00E9 where this has U+0065 U+0301, at character 4",
            ),
            (
                "\u{feff}number",
                "\"number\" looks the same: it has nothing where this has U+FEFF (byte order mark), at",
            ),
            ("New\u{a0}York", "it has U+0020 (space) where this has U+00A0 (no-break space), at character 4"),
            ("New  York", "it has nothing where this has U+0020 (space), at character 5"),
            ("number ", "it has nothing where this has U+0020 (space), at character 7"),
            ("num\u{200b}ber", "U+200B (zero width space), at character 4"),
            ("co\u{2013}op", "it has U+002D where this has U+2013, at character 3"),
            ("cre\u{300}me bru\u{302}le\u{301}e", "it has U+00E8 U+006D"),
        ] {
            assert!(end(given).starts_with("; ") && end(given).contains(differs), "{given}: {}", end(given));
        }
        assert!(end("cre\u{300}me bru\u{302}le\u{301}e").contains(" ... where"));
        for other in ["", "numbers", "Number", "Cafe", "NewYork", "number\u{301}"] {
            assert_eq!(end(other), "", "{other}");
        }
        assert!(look_alike(&"x\u{a0}".repeat(9999), ["x ".repeat(9999).as_str()]).len() < 700);
    }

    #[test]
    fn invisible_characters_are_named() {
        assert_eq!(code_point('é'), "U+00E9");
        assert_eq!(code_point('\u{feff}'), "U+FEFF (byte order mark)");
        assert_eq!(code_point('\u{1f98a}'), "U+1F98A");
    }
}
