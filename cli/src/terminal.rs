//! How the program speaks: colours on terminals only, messages on standard error, one line each.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use anstream::ColorChoice;
use anstyle::{AnsiColor, Style};
use clap::{Args, ValueEnum};

use crate::failure::{Exit, Failure, Outcome};

pub const BOLD: Style = Style::new().bold();
pub const DIM: Style = Style::new().dimmed();
pub const GOOD: Style = AnsiColor::Green.on_default().bold();
pub const BAD: Style = AnsiColor::Red.on_default().bold();
pub const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// Options of every command.
#[derive(Args)]
pub struct Manners {
    /// Prints nothing but results and errors
    #[arg(short, long, global = true)]
    quiet: bool,

    /// Reports requests, retries and connections on standard error
    #[arg(short, long, global = true)]
    verbose: bool,

    /// Whether to use colours
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = Color::Auto)]
    color: Color,
}

#[derive(Clone, Copy, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

/// Where messages go, and whether they are wanted.
pub struct Terminal {
    quiet: bool,
    pub verbose: bool,
}

impl Terminal {
    pub fn new(manners: &Manners) -> Terminal {
        match manners.color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        }
        .write_global();
        Terminal { quiet: manners.quiet, verbose: manners.verbose }
    }

    /// Says something that the user may want to know.
    pub fn note(&self, message: impl Display) {
        if !self.quiet {
            say(DIM, "note", &message.to_string());
        }
    }

    /// Says something that the user should mend.
    pub fn warning(&self, message: impl Display) {
        if !self.quiet {
            say(WARNING, "warning", &message.to_string());
        }
    }

    /// Says why the program ends.
    pub fn failure(&self, failure: &Failure) {
        if failure.exit != Exit::Closed && !failure.message.is_empty() {
            say(BAD, "error", &failure.message);
        }
    }

    /// Whether progress is shown: to people who did not ask for quiet.
    pub fn shows_progress(&self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }
}

/// A message in one line, whatever is in it. A standard error that is closed hears nothing.
fn say(style: Style, kind: &str, message: &str) {
    let _ = writeln!(anstream::stderr(), "{style}{kind}:{style:#} {}", one_line(message));
}

/// A text without characters that would move the cursor or hide what follows.
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        match is_harmful(character) {
            true => line.extend(character.escape_default()),
            false => line.push(character),
        }
    }
    line
}

fn is_harmful(character: char) -> bool {
    let turns_text =
        matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    character.is_control() || turns_text || matches!(character, '\u{2028}' | '\u{2029}')
}

/// How titles look on standard output.
pub fn title() -> Style {
    match anstream::AutoStream::choice(&io::stdout()) {
        ColorChoice::Never => Style::new(),
        _ => BOLD,
    }
}

/// Writes text for people to standard output; the colours in it are for terminals.
pub fn print(text: &str) -> Outcome {
    let mut output = anstream::stdout().lock();
    let written = output.write_all(text.as_bytes()).and_then(|()| output.flush());
    written.map_err(|error| Failure::standard_output(&error))
}

/// Writes bytes for programs to standard output, as they are.
pub fn write(bytes: &[u8]) -> Outcome {
    let mut output = io::stdout().lock();
    let written = output.write_all(bytes).and_then(|()| output.flush());
    written.map_err(|error| Failure::standard_output(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_cannot_leave_its_line() {
        assert_eq!(one_line("a\nb\u{1b}[31m ☀ \u{202e}"), "a\\nb\\u{1b}[31m ☀ \\u{202e}");
    }
}
