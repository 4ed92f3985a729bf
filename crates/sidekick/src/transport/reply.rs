//! A request with a body, and what the server answers.

use super::request_head::Target;
use super::response_head::find_header;
use super::retry::parse_retry_after;
use super::secrets::Secrets;
use crate::error::Error;
use crate::url::URL_BYTES;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// A request with a body.
pub(crate) struct Request<'a> {
    /// On the server of the transport.
    pub(crate) target: &'a Target,
    pub(crate) accept: &'a str,
    pub(crate) content_type: &'a str,
    /// Further headers. Names and values have to be valid in HTTP.
    pub(crate) headers: &'a [(&'a str, &'a str)],
    /// The body: any number of slices, sent one after the other without a copy.
    pub(crate) parts: &'a [&'a [u8]],
    /// The header of the response with the length of the first part of its body. A large rest is received
    /// into memory of its own.
    pub(crate) split: Option<&'static str>,
}

/// The response of a server, whatever its status.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    /// What follows the first part of the body, if it was received apart.
    pub(crate) rest: Option<Arc<Vec<u8>>>,
    /// The text of its head, in which headers are looked up.
    pub(super) head: Vec<u8>,
    pub(super) attempts: u32,
    pub(super) secrets: Arc<Secrets>,
    /// The request, for messages.
    pub(super) method: &'static str,
    pub(super) url: Arc<str>,
    /// Whether the URL is from a redirect of the server.
    pub(super) redirected: bool,
}

impl Reply {
    /// The value of the first header of this name, in any case of its letters. None if it is not printable
    /// ASCII. It is the server's text: a message may only quote it.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        find_header(&self.head, name)
    }

    /// Whether the status is 2xx.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Adds status and attempts to an error, and shows what the server said unless that contains the token.
    pub(crate) fn with_exchange_context(&self, error: Error) -> Error {
        error.with_http_status(self.status).with_attempts(self.attempts).vetted(|text| self.holds_token(text))
    }

    /// The same, with the URL of the request, for an error that another URL may prevent.
    pub(crate) fn with_address_context(&self, error: Error) -> Error {
        let asked = format_args!("{} {}", self.method, self.url);
        self.with_exchange_context(if self.redirected { error.at_quoted(asked) } else { error.at(asked) })
    }

    /// Whether a text contains a part of a token that is in use.
    pub(crate) fn holds_token(&self, text: &str) -> bool {
        self.secrets.appear_in(text)
    }

    /// The wait that the server asks for.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        parse_retry_after(self.header("retry-after")?, SystemTime::now())
    }

    /// Where the server redirects to.
    pub(super) fn redirection(&self) -> Option<&str> {
        let is_redirect = (300..400).contains(&self.status);
        self.header("location").filter(|text| is_redirect && text.len() <= URL_BYTES)
    }
}
