//! Lists of names as exporters write them into the metadata of a model, or people into a file.

use std::collections::HashSet;

/// A list in any of these forms: JSON or Python, a list or a dict of numbers to names; a name on each line;
/// names between commas.
pub fn list(text: &str) -> Vec<String> {
    let text = text.trim();
    if let Ok(names) = serde_json::from_str::<Vec<String>>(text) {
        return names;
    }
    if text.starts_with(['{', '[']) {
        return quoted(text);
    }
    let separator = if text.contains('\n') { '\n' } else { ',' };
    text.split(separator).map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

/// The quoted words of a text: `{0: 'a', 1: "b"}`. A quoted word before a colon is a key, which does not
/// count.
fn quoted(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if !matches!(letter, '\'' | '"') {
            continue;
        }
        let mut name = String::new();
        while let Some(next) = letters.next().filter(|next| *next != letter) {
            name.extend(if next == '\\' { letters.next() } else { Some(next) });
        }
        if letters.peek() != Some(&':') {
            names.push(name);
        }
    }
    names
}

/// The whole numbers in a text: `[640, 480]`.
pub fn numbers(text: &str) -> Vec<usize> {
    text.split(|letter: char| !letter.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect()
}

/// Whether no name is empty or there twice.
pub fn are_distinct(names: &[String]) -> bool {
    let mut seen = HashSet::new();
    names.iter().all(|name| !name.is_empty() && seen.insert(name))
}

pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The id of a deployment from the name of a file.
pub fn id(stem: &str) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() || letter == '_' { letter } else { '-' };
    let id: String = stem.chars().map(plain).collect();
    let id = id.trim_matches('-');
    if id.is_empty() { "model".to_owned() } else { id.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_every_form_of_an_exporter() {
        for text in [
            r#"["a b", "it's"]"#,
            r#"{0: 'a b', 1: "it's"}"#,
            r"{0: 'a b', 1: 'it\'s'}",
            r#"{"0": "a b", "1": "it's"}"#,
            "['a b', \"it's\"]",
            "a b\nit's\n",
            "a b\r\nit's",
            " a b , it's",
        ] {
            assert_eq!(list(text), ["a b", "it's"], "{text}");
        }
        assert!(list("").is_empty() && list("{}").is_empty());
    }

    #[test]
    fn sizes_are_the_numbers_of_a_list() {
        assert_eq!(numbers("[640, 480]"), [640, 480]);
        assert_eq!(numbers("none"), [0; 0]);
    }

    #[test]
    fn an_id_is_made_of_the_letters_of_the_name() {
        for (stem, expected) in [
            ("flowers", "flowers"),
            ("my model (2)", "my-model--2"),
            ("v1.2", "v1-2"),
            ("雪", "model"),
            ("", "model"),
        ] {
            assert_eq!(id(stem), expected);
        }
    }

    #[test]
    fn names_are_distinct_and_not_empty() {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert!(are_distinct(&owned(&["a", "b"])));
        assert!(!are_distinct(&owned(&["a", "a"])) && !are_distinct(&owned(&["a", ""])));
    }
}
