//! Messages of errors: our own words, and text of others quoted between them. The two are kept apart, so that what a server sent is
//! looked at before it is shown, and is never shown at length.

use std::fmt::{self, Display, Write as _};

/// How many bytes of others' text a message shows, and how many of them one quote.
const QUOTED_BYTES: usize = 1024;
const QUOTE_BYTES: usize = 512;
/// How many bytes one piece of our own words has: values of the caller stand among them.
const OWN_BYTES: usize = 2048;
/// Ends a text that was cut.
const CUT: char = '…';
/// What stands for the text of others that holds a part of the token.
pub(crate) const LEFT_OUT: &str = "[left out: it holds part of the token]";
/// What stands for the text of others that nobody has looked at.
const UNSEEN: &str = "[left out]";

/// A message in the making, and as it is kept.
#[derive(Clone, Default)]
pub(crate) struct Message {
    parts: Vec<Part>,
    quoted: usize,
}

#[derive(Clone)]
enum Part {
    Own(String),
    Foreign(String),
}

impl Message {
    /// Adds words of our own, or of the caller.
    pub(crate) fn say(mut self, text: impl Display) -> Message {
        self.parts.push(Part::Own(shortened(text, OWN_BYTES)));
        self
    }

    /// Adds text of others.
    pub(crate) fn quote(mut self, text: impl Display) -> Message {
        let text = shortened(text, QUOTE_BYTES.min(QUOTED_BYTES.saturating_sub(self.quoted)));
        self.quoted += text.chars().map(shown_bytes).sum::<usize>();
        self.parts.push(Part::Foreign(text));
        self
    }

    /// Puts this message in front of another.
    pub(crate) fn before(mut self, other: Message) -> Message {
        self.quoted += other.quoted;
        self.parts.extend(other.parts);
        self
    }

    /// All text of others, as it came.
    pub(crate) fn foreign(&self) -> String {
        let foreign = self.parts.iter().filter_map(|part| match part {
            Part::Foreign(text) => Some(&**text),
            Part::Own(_) => None,
        });
        foreign.collect::<Vec<_>>().join(" ")
    }

    /// Lets the text of others be shown, or leaves it out for good.
    pub(crate) fn settle(&mut self, leave_out: bool) {
        for part in &mut self.parts {
            if let Part::Foreign(text) = part {
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
            Part::Foreign(_) => f.write_str(UNSEEN),
        })
    }
}

/// A text that takes no more than so many bytes where it is shown. No more of it is made than that.
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

/// Whether a character does something to the text around it: starts a line, moves a terminal's cursor, turns the direction.
pub(crate) fn is_harmful(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_others_is_shown_once_somebody_looked_at_it() {
        let message = || Message::from("the category \"").quote("a").say("\" and ").quote(7);
        assert_eq!(message().to_string(), "the category \"[left out]\" and [left out]");
        assert_eq!(message().foreign(), "a 7");
        let settled = |leave_out| {
            let mut message = message();
            message.settle(leave_out);
            assert_eq!(message.foreign(), "");
            message.to_string()
        };
        assert_eq!(settled(false), "the category \"a\" and 7");
        assert_eq!(settled(true), format!("the category \"{LEFT_OUT}\" and {LEFT_OUT}"));
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
        assert!(many.foreign().replace([' ', CUT], "").len() <= QUOTED_BYTES);
    }
}
