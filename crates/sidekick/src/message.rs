//! Messages of errors: the library's own words, and quoted text of a server. They are kept apart, so that
//! quotes are checked for the token before they are shown, and stay short.

use std::fmt::{self, Display, Write as _};

/// The most bytes that all quotes of a message show, and that one quote shows.
const QUOTED_BYTES: usize = 1024;
const QUOTE_BYTES: usize = 512;
/// The most bytes of one piece of the library's words: they may contain values of the caller.
const OWN_BYTES: usize = 2048;
/// Marks the end of a text that was cut.
const CUT: char = '…';
/// Replaces quotes that contain a part of the token, or of a header that was added.
pub(crate) const LEFT_OUT: &str = "[left out: it holds part of the token or of a header]";
/// Replaces quotes that were not yet checked.
const UNCHECKED: &str = "[left out]";

/// A message, in pieces.
#[derive(Clone, Default)]
pub(crate) struct Message {
    parts: Vec<Part>,
    quoted: usize,
}

#[derive(Clone)]
enum Part {
    Own(String),
    Quote(String),
}

impl Message {
    /// Adds words of the library or of the caller.
    pub(crate) fn say(mut self, text: impl Display) -> Message {
        self.parts.push(Part::Own(shortened(text, OWN_BYTES)));
        self
    }

    /// Adds text of a server.
    pub(crate) fn quote(mut self, text: impl Display) -> Message {
        let text = shortened(text, QUOTE_BYTES.min(QUOTED_BYTES.saturating_sub(self.quoted)));
        self.quoted += text.chars().map(shown_bytes).sum::<usize>();
        self.parts.push(Part::Quote(text));
        self
    }

    /// Puts this message before another.
    pub(crate) fn before(mut self, other: Message) -> Message {
        self.quoted += other.quoted;
        self.parts.extend(other.parts);
        self
    }

    /// All quotes, unchanged.
    pub(crate) fn quotes(&self) -> String {
        let quotes = self.parts.iter().filter_map(|part| match part {
            Part::Quote(text) => Some(&**text),
            Part::Own(_) => None,
        });
        quotes.collect::<Vec<_>>().join(" ")
    }

    /// Shows the quotes, or replaces them for good.
    pub(crate) fn show_quotes_unless(&mut self, leave_out: bool) {
        for part in &mut self.parts {
            if let Part::Quote(text) = part {
                *part = Part::Own(if leave_out { LEFT_OUT.to_owned() } else { std::mem::take(text) });
            }
        }
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Message {
        Message::default().say(text)
    }
}

impl From<String> for Message {
    fn from(text: String) -> Message {
        Message::default().say(text)
    }
}

impl Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| match part {
            Part::Own(text) => f.write_str(text),
            Part::Quote(_) => f.write_str(UNCHECKED),
        })
    }
}

/// A text cut to `most` bytes of what is shown. No more of it is formatted than that.
pub(crate) fn shortened(text: impl Display, most: usize) -> String {
    let mut bounded = Bounded { text: String::new(), left: most.saturating_sub(CUT.len_utf8()) };
    match write!(bounded, "{text}") {
        Ok(()) => bounded.text,
        Err(fmt::Error) => bounded.text + CUT.encode_utf8(&mut [0; 4]),
    }
}

struct Bounded {
    text: String,
    left: usize,
}

impl fmt::Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|character| {
            self.left = self.left.checked_sub(shown_bytes(character)).ok_or(fmt::Error)?;
            self.text.push(character);
            Ok(())
        })
    }
}

fn shown_bytes(character: char) -> usize {
    if is_harmful(character) { character.escape_default().len() } else { character.len_utf8() }
}

/// Whether a character affects the text around it: a new line, a terminal's control character, a change of
/// direction.
pub(crate) fn is_harmful(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_shown_once_they_are_checked() {
        let message = || Message::from("the category \"").quote("a").say("\" and ").quote(7);
        assert_eq!(message().to_string(), "the category \"[left out]\" and [left out]");
        assert_eq!(message().quotes(), "a 7");
        let shown = |leave_out| {
            let mut message = message();
            message.show_quotes_unless(leave_out);
            assert_eq!(message.quotes(), "");
            message.to_string()
        };
        assert_eq!(shown(false), "the category \"a\" and 7");
        assert_eq!(shown(true), format!("the category \"{LEFT_OUT}\" and {LEFT_OUT}"));
    }

    #[test]
    fn text_is_cut_between_characters_and_not_made_at_length() {
        assert_eq!(shortened("12345", 8), "12345");
        assert_eq!(shortened("123456", 8), "12345…");
        assert_eq!(shortened("ééé", 8), "éé…");
        assert_eq!(shortened("\u{202e}12345", 14), "\u{202e}123…");
        struct Endless;
        impl Display for Endless {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                loop {
                    f.write_str("endless ")?;
                }
            }
        }
        assert_eq!(shortened(Endless, QUOTE_BYTES).len(), QUOTE_BYTES);
        let many = (0..100).fold(Message::default(), |message, _| message.quote(Endless));
        assert!(many.quotes().replace([' ', CUT], "").len() <= QUOTED_BYTES);
    }
}
