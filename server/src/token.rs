//! The token of models that are served without a deployment.json.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Args;

/// Bytes of a random token.
const LENGTH: usize = 24;

// The token of models that have no deployment.json. (A doc comment here would replace that of the command.)
#[derive(Args)]
pub struct TokenArguments {
    /// Token of models without a deployment.json [default: a random one]
    #[arg(long, value_name = "TOKEN", value_parser = check, conflicts_with = "token_file")]
    token: Option<String>,

    /// The same from a file, which other users of this machine do not see
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
}

impl TokenArguments {
    /// The option that was given, if one was.
    pub fn given(&self) -> Option<&'static str> {
        let file = self.token_file.as_ref().map(|_| "--token-file");
        self.token.as_ref().map(|_| "--token").or(file)
    }

    /// The token; a random one is new each time.
    pub fn token(&self) -> Result<String, String> {
        match (&self.token, &self.token_file) {
            (Some(token), _) => Ok(token.clone()),
            (None, Some(file)) => {
                read(file).map_err(|problem| format!("--token-file {}: {problem}", file.display()))
            }
            (None, None) => random(),
        }
    }
}

/// A token that nobody can guess, from the system's random numbers.
fn random() -> Result<String, String> {
    let mut bytes = [0; LENGTH];
    let read = File::open("/dev/urandom").and_then(|mut source| source.read_exact(&mut bytes));
    read.map_err(|error| format!("/dev/urandom: {error}; set the token with --token-file"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Tokens travel in a header and are printed between spaces, so they are visible ASCII.
fn check(token: &str) -> Result<String, String> {
    match !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => Ok(token.to_owned()),
        false => Err("a token is made of visible ASCII characters, without spaces".to_owned()),
    }
}

/// The token in a file; white space around it does not count.
pub fn read(file: &Path) -> Result<String, String> {
    check(fs::read_to_string(file).map_err(|error| error.to_string())?.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_random_token_is_new_each_time_and_has_the_form_of_one() {
        let (one, other) = (random().unwrap(), random().unwrap());
        assert_ne!(one, other);
        assert_eq!(one.len(), 32);
        check(&one).unwrap();
    }

    #[test]
    fn a_token_is_visible_ascii() {
        check("a-b_c.d~1").unwrap();
        for wrong in ["", "a b", "a\n", "\u{e9}"] {
            assert!(check(wrong).is_err(), "{wrong:?}");
        }
    }
}
