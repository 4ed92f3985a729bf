//! The token: from a file, standard input or the environment, never from the command line.

use std::env;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use crate::failure::{Exit, Failure, Outcome};

/// A longer file is not a token's.
const LONGEST: u64 = 64 << 10;

/// Why no option takes a token.
pub const REFUSED: &str = "--token is refused: every user of this machine can read command lines (ps); \
    put the token into SIDEKICK_TOKEN, a file for --token-file, or a profile";

/// The first line of a file, or of standard input if the path is `-`.
pub fn read(path: &Path) -> Outcome<String> {
    let line = match path.as_os_str() == OsStr::new("-") {
        true => first_line(&mut io::stdin().lock()),
        false => File::open(path).and_then(|file| first_line(&mut BufReader::new(file))),
    };
    let unread =
        |error| Failure::new(Exit::Failed, format!("the file of the token, {}: {error}", path.display()));
    let token = line.map_err(unread)?;
    match token.is_empty() {
        true => Err(Failure::usage(format!("{}: there is no token in its first line", path.display()))),
        false => Ok(token),
    }
}

fn first_line(input: &mut dyn BufRead) -> io::Result<String> {
    let mut line = String::new();
    input.take(LONGEST).read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

/// A variable of the environment that is set and not empty.
pub fn variable(name: &str) -> Outcome<Option<String>> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(Failure::usage(format!("{name} is not UTF-8"))),
    }
}
