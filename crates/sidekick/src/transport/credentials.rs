//! The token, and the header that carries it. An invalid token is refused before anything is sent.

use crate::code_points::unseen;
use crate::error::{Error, ErrorKind, Result};
use std::sync::Arc;
use ureq_proto::http::HeaderValue;

/// A callback that returns the token. Its argument: whether the server has refused the last one.
pub(crate) type TokenSource = dyn Fn(bool) -> Result<String> + Send + Sync;

/// Stands before the token in the header.
const SCHEME: &str = "Bearer";

/// A token, and the value of its header; none for an empty token.
#[derive(Clone)]
pub(super) struct Credentials {
    pub(super) token: Arc<str>,
    pub(super) authorization: Option<HeaderValue>,
}

impl Credentials {
    /// An empty token is an error unless the server may do without one.
    pub(super) fn new(token: &str, optional: bool) -> Result<Credentials> {
        if optional && token.is_empty() {
            return Ok(Credentials { token: token.into(), authorization: None });
        }
        check(token)?;
        let mut authorization = HeaderValue::from_str(&format!("{SCHEME} {token}")).map_err(|_| {
            Error::new(ErrorKind::Internal, "a token that was checked is no valid header value")
        })?;
        authorization.set_sensitive(true);
        Ok(Credentials { token: token.into(), authorization: Some(authorization) })
    }
}

/// The longest token, in bytes. Servers refuse heads of 64 KiB.
const MOST_BYTES: usize = 16 * 1024;

/// Refuses an invalid token without showing it. Valid is RFC 6750, section 2.1, extended to all of visible
/// ASCII.
fn check(token: &str) -> Result<()> {
    let refuse = |what: &str| Err(Error::new(ErrorKind::Argument, format!("the token {what}")));
    if token.is_empty() {
        // Without a token, the URL is often meant for Triton and its like.
        return refuse(
            "is empty; give the one that belongs to the deployment. The URL of a model of the Open Inference \
             Protocol has the form .../v2/models/NAME",
        );
    }
    if token.len() > MOST_BYTES {
        return refuse(&format!("has {} bytes; the longest has {MOST_BYTES}", token.len()));
    }
    let is_scheme = |start: &str| start.eq_ignore_ascii_case(SCHEME);
    let (start, rest) = token.split_at_checked(SCHEME.len()).unwrap_or((token, "-"));
    if is_scheme(start) && (rest.is_empty() || rest.starts_with(char::is_whitespace)) {
        return refuse("begins with \"Bearer \", which the library adds itself; leave it out");
    }
    let Some((place, bad)) = token.chars().enumerate().find(|(_, it)| !it.is_ascii_graphic()) else {
        return Ok(());
    };
    // A visible character may be part of the secret: it is not shown.
    let what = unseen(bad).unwrap_or("character that is not visible ASCII");
    let hint = match bad {
        '\n' | '\r' => "; a file's last line may have brought it: leave it out",
        _ => "; leave it out: a token is visible ASCII",
    };
    refuse(&format!("has a {what} at character {}{hint}", place + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_token_is_refused_without_showing_it() {
        for (token, what) in [
            ("", "is empty"),
            ("Bearer s3cret", "begins with \"Bearer \", which the library adds itself; leave it out"),
            ("bearer\ts3cret", "leave it out"),
            ("Bearer\u{a0}s3cret", "leave it out"),
            ("Bearer", "leave it out"),
            ("Bearer ", "leave it out"),
            ("s3cret\n", "a newline at character 7; a file's last line"),
            ("s3cret\r\n", "a carriage return at character 7; a file's last line"),
            ("\u{feff}s3cret", "a byte order mark at character 1; leave it out"),
            ("s3\u{a0}cret", "a no-break space at character 3"),
            (" s3cret", "a space at character 1"),
            ("s3 cret", "a space at character 3"),
            ("s3cret\t", "a tab at character 7"),
            ("s3cret\0", "a NUL at character 7"),
            ("s3\u{7}cret", "a character that is not visible ASCII at character 3"),
            ("s3crét", "a character that is not visible ASCII at character 5"),
        ] {
            let error = Credentials::new(token, false).err().unwrap_or_else(|| panic!("{token:?} is taken"));
            assert_eq!(error.kind(), ErrorKind::Argument, "{token:?}");
            let said = error.to_string();
            assert!(said.starts_with("the token ") && said.contains(what), "{token:?}: {said}");
            assert!(!said.contains("s3") && !said.contains("cr") && !said.contains('é'), "{said}");
        }
        for good in
            ["t", "bearer-token", "Bearers", "BearerToken", "a.b~c+d/e-f_g==", "\"!#$%&'()*,:;<>?@[]^`{|}"]
        {
            let credentials = Credentials::new(good, true).unwrap();
            let authorization = credentials.authorization.unwrap();
            assert_eq!(authorization.to_str().unwrap(), format!("Bearer {good}"));
        }
    }
}
