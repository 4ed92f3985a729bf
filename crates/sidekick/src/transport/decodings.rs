//! What a text may mean once it is decoded. Servers and gateways quote what they were sent in many encodings.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::collections::HashSet;

/// The most encodings inside each other that are looked through.
const DEPTH: usize = 3;
/// The most decoded text that is made of one text. More counts as unknown.
const MOST_BYTES: usize = 256 * 1024;
/// The most readings of one text, so that lists of them take less than 64 KiB. More count as unknown.
const MOST_READINGS: usize = 1_000;
/// Shorter runs of base64 and hexadecimal digits are taken for words.
const LEAST_DECODED: usize = 3;

static BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// Takes what a text may mean. None if that is enough.
type Keep<'a> = dyn FnMut(String) -> Option<()> + 'a;

/// All readings of a text, in lower case. None if there are too many. Pieces shorter than `least` are not
/// kept.
pub(super) fn readings(text: &str, least: usize) -> Option<HashSet<String>> {
    let mut all = HashSet::from([text.to_owned()]);
    let (mut latest, mut left) = (vec![text.to_owned()], MOST_BYTES);
    for _ in 0..DEPTH {
        let mut decoded = Vec::new();
        let mut keep = |piece: String| {
            if piece.len() < least || !all.insert(piece.clone()) {
                return Some(());
            }
            left = left.checked_sub(piece.len())?;
            decoded.push(piece);
            (all.len() <= MOST_READINGS).then_some(())
        };
        latest.iter().try_for_each(|text| decode(text, least, &mut keep))?;
        latest = decoded;
    }
    Some(all.iter().map(|text| folded(text)).collect())
}

/// Without differences of letter case.
fn folded(text: &str) -> String {
    text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

/// Without white space and invisible characters.
fn unspaced(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '\u{200b}'..='\u{200d}'))
        .collect()
}

/// Only its letters and digits.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn decode(text: &str, least: usize, keep: &mut Keep<'_>) -> Option<()> {
    let least = least.max(LEAST_DECODED);
    if text.contains('%') {
        keep(unescape_percent(text))?;
    }
    if text.contains('\\') {
        keep(unescape(text))?;
    }
    if text.contains('&') {
        keep(unescape_html(text))?;
    }
    decode_hex(text, least, keep)?;
    decode_base64(text, least, keep)
}

/// Percent-encoding, of URLs and of forms. Invalid escapes stay as they are.
fn unescape_percent(text: &str) -> String {
    let mut plain = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digits =
            after.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        plain.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&plain).into_owned()
}

/// Backslash escapes of JSON and of programming languages.
fn unescape(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let (character, after_it) = escaped(after);
        plain.extend(character);
        rest = after_it;
    }
    plain + rest
}

/// The character of the escape after a backslash, and the rest of the text.
fn escaped(text: &str) -> (Option<char>, &str) {
    let mut characters = text.chars();
    let first = characters.next();
    let rest = characters.as_str();
    let number = match first {
        Some('u' | 'U') if rest.starts_with('{') => rest.get(1..).and_then(|rest| rest.split_once('}')),
        Some('u') => rest.split_at_checked(4),
        Some('x') => rest.split_at_checked(2),
        _ => None,
    };
    let character = number.and_then(|(digits, rest)| Some((u32::from_str_radix(digits, 16).ok()?, rest)));
    match character {
        Some((code, rest)) => (char::from_u32(code), rest),
        None if matches!(first, Some('n' | 'r' | 't' | 'b' | 'f')) => (Some(' '), rest),
        None => (first, rest),
    }
}

/// The entity names of punctuation that a token may have.
const ENTITIES: [(&str, char); 33] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("num", '#'),
    ("dollar", '$'),
    ("percnt", '%'),
    ("lpar", '('),
    ("rpar", ')'),
    ("ast", '*'),
    ("plus", '+'),
    ("comma", ','),
    ("hyphen", '-'),
    ("dash", '-'),
    ("period", '.'),
    ("sol", '/'),
    ("colon", ':'),
    ("semi", ';'),
    ("equals", '='),
    ("quest", '?'),
    ("commat", '@'),
    ("lsqb", '['),
    ("bsol", '\\'),
    ("rsqb", ']'),
    ("hat", '^'),
    ("lowbar", '_'),
    ("grave", '`'),
    ("lcub", '{'),
    ("verbar", '|'),
    ("rcub", '}'),
    ("excl", '!'),
    ("nbsp", ' '),
];

fn unescape_html(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let (character, after_it) = entity(after).unwrap_or(('&', after));
        plain.push(character);
        rest = after_it;
    }
    plain + rest
}

/// The character of the entity after an ampersand, and the rest of the text. As in browsers, a number needs
/// no semicolon.
fn entity(text: &str) -> Option<(char, &str)> {
    let (code, rest) = match text.strip_prefix('#') {
        Some(number) => {
            let (digits, radix) = match number.strip_prefix(['x', 'X']) {
                Some(digits) => (digits, 16),
                None => (number, 10),
            };
            let (digits, rest) = split_word(digits, |c| c.is_digit(radix));
            (char::from_u32(u32::from_str_radix(digits, radix).ok()?)?, rest)
        }
        None => {
            let (name, rest) = split_word(text, |c| c.is_ascii_alphabetic());
            (ENTITIES.iter().find(|(known, _)| *known == name)?.1, rest)
        }
    };
    Some((code, rest.strip_prefix(';').unwrap_or(rest)))
}

fn split_word(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

/// The texts in its hexadecimal digits, whatever is between them.
fn decode_hex(text: &str, least: usize, keep: &mut Keep<'_>) -> Option<()> {
    let digits = squeezed(&text.to_lowercase().replace("0x", " ").replace("\\x", " "));
    let runs = digits.split(|c: char| !c.is_ascii_hexdigit()).filter(|run| run.len() >= 2 * least);
    let decoded = |digits: &str| {
        let pairs = digits.as_bytes().as_chunks::<2>().0.iter();
        let bytes = pairs.filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
        printable(&bytes.collect::<Vec<_>>(), least)
    };
    let mut both = runs.flat_map(|run| [decoded(run), decoded(run.get(1..).unwrap_or_default())]);
    both.try_for_each(keep)
}

/// The texts in its base64, at any place within it, in lines or in pieces.
fn decode_base64(text: &str, least: usize, keep: &mut Keep<'_>) -> Option<()> {
    let standard = |text: String| text.replace('-', "+").replace('_', "/");
    let belongs = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/');
    let in_lines = standard(unspaced(text));
    let in_pieces: String = text.chars().filter(|c| belongs(*c)).collect();
    let runs = in_lines.split(|c| !belongs(c)).chain([&*in_pieces]).filter(|run| 3 * run.len() >= 4 * least);
    let mut starts = runs.flat_map(|run| (0..4).map(move |start| run.get(start..).unwrap_or_default()));
    starts.try_for_each(|run| keep(decode_from(run, least)))
}

fn decode_from(run: &str, least: usize) -> String {
    // A single digit more is the start of a group that was cut off.
    let whole = if run.len() % 4 == 1 { run.len() - 1 } else { run.len() };
    let bytes = BASE64.decode(run.get(..whole).unwrap_or_default()).unwrap_or_default();
    printable(&bytes, least)
}

/// The pieces of printable ASCII: a token has no other characters.
fn printable(bytes: &[u8], least: usize) -> String {
    let pieces = bytes.split(|byte| !(b' '..0x7f).contains(byte)).filter(|piece| piece.len() >= least);
    pieces.map(|piece| String::from_utf8_lossy(piece)).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many different words of base64, of three letters each.
    fn words(count: usize) -> String {
        let word = |at: usize| [at, at / 26, at / 676].map(|place| b'a' + (place % 26) as u8);
        (0..count).map(|at| base64::prelude::BASE64_STANDARD.encode(word(at)) + ".").collect()
    }

    #[test]
    fn a_text_of_too_many_pieces_is_unknown() {
        let few = readings(&words(600), 3).unwrap();
        assert!(few.contains("aaa") && few.contains("xua"));
        assert!(!few.contains(""));
        assert!(readings(&words(1_100), 3).is_none());
    }
}
