//! The head of a request (RFC 9112). The lines that all requests share are kept as text.

use crate::error::{Error, ErrorKind, Result};
use crate::url::Url;
use std::sync::Arc;
use ureq_proto::http::{HeaderName, HeaderValue};

/// Up to this size, head and body are joined: a copy costs less than a system call with several slices.
pub(super) const JOINED_BYTES: usize = 4 * 1024;

const USER_AGENT: &str = concat!("sidekick/", env!("CARGO_PKG_VERSION"));
/// The most headers that a caller adds, and the most bytes of them: what servers accept in a head.
const MOST_HEADERS: usize = 256;
const HEADER_BYTES: usize = 32 * 1024;
const SUFFIX_BYTES: usize = 1024;
/// The longest Host header: a name of 253 characters and a port.
const HOST_BYTES: usize = 259;
/// Headers that the library sets, or that belong to the connection.
const OWN_HEADERS: [&str; 14] = [
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "proxy-authorization",
    "te",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// Headers of all requests.
#[derive(Clone)]
pub(crate) struct HeaderSettings {
    /// May hold secrets: never shown.
    headers: Vec<(HeaderName, HeaderValue)>,
    user_agent_suffix: String,
    /// The Host header; empty for that of the URL.
    host: String,
    /// Whether responses may be compressed.
    pub(crate) accept_gzip: bool,
}

impl Default for HeaderSettings {
    fn default() -> HeaderSettings {
        let (user_agent_suffix, host) = (String::new(), String::new());
        HeaderSettings { headers: Vec::new(), user_agent_suffix, host, accept_gzip: true }
    }
}

impl HeaderSettings {
    /// Adds a header to every request to the deployment's server.
    pub(crate) fn add(&mut self, name: &str, value: &str) -> Result<()> {
        let bytes: usize = self.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        let most = self.headers.len() < MOST_HEADERS
            && name.len().saturating_add(value.len()) <= HEADER_BYTES - bytes;
        if !most {
            let message = format!(
                "too many headers are added: the most is {MOST_HEADERS}, with {HEADER_BYTES} bytes in all"
            );
            return Err(Error::new(ErrorKind::Argument, message));
        }
        let (name, mut value) = checked(name, value)?;
        value.set_sensitive(true);
        self.headers.push((name, value));
        Ok(())
    }

    /// Sets the Host header; empty for that of the URL.
    pub(crate) fn set_host(&mut self, host: &str) -> Result<()> {
        let is_plain = |byte: u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b':' | b'[' | b']')
        };
        if !host.bytes().all(is_plain) {
            let message =
                "host_header has characters other than those of a host's name, an address and a port";
            return Err(Error::new(ErrorKind::Argument, message));
        }
        if host.len() > HOST_BYTES {
            let message = format!("host_header has more than {HOST_BYTES} characters");
            return Err(Error::new(ErrorKind::Argument, message));
        }
        host.clone_into(&mut self.host);
        Ok(())
    }

    /// Sets the text after the library's name and version in the User-Agent header.
    pub(crate) fn set_user_agent_suffix(&mut self, suffix: &str) -> Result<()> {
        let printable = suffix.bytes().all(|byte| (b' '..0x7f).contains(&byte));
        if !printable {
            let message = "the User-Agent suffix has characters other than printable ASCII";
            return Err(Error::new(ErrorKind::Argument, message));
        }
        if suffix.len() > SUFFIX_BYTES {
            let message = format!("the User-Agent suffix has more than {SUFFIX_BYTES} characters");
            return Err(Error::new(ErrorKind::Argument, message));
        }
        self.user_agent_suffix = suffix.trim().to_owned();
        Ok(())
    }

    /// The values of the headers that were added.
    pub(super) fn values(&self) -> impl Iterator<Item = Arc<str>> {
        self.headers.iter().map(|(_, value)| String::from_utf8_lossy(value.as_bytes()).into())
    }

    pub(super) fn user_agent(&self) -> String {
        match self.user_agent_suffix.as_str() {
            "" => USER_AGENT.to_owned(),
            suffix => format!("{USER_AGENT} {suffix}"),
        }
    }
}

/// A header that a caller may add.
fn checked(name: &str, value: &str) -> Result<(HeaderName, HeaderValue)> {
    let refused = |what: &str| Error::new(ErrorKind::Argument, format!("the header \"{name}\" {what}"));
    let parsed = HeaderName::from_bytes(name.as_bytes());
    let parsed = parsed.map_err(|_| refused("has an invalid name"))?;
    if OWN_HEADERS.contains(&parsed.as_str()) {
        return Err(refused("is set by the library; leave it out"));
    }
    let value = HeaderValue::from_str(value)
        .map_err(|_| refused("has a value with characters that no header can have"))?;
    Ok((parsed, value))
}

/// Refuses headers that a caller may not add to a call.
pub(crate) fn check_headers(headers: &[(&str, &str)]) -> Result<()> {
    let mut settings = HeaderSettings::default();
    headers.iter().try_for_each(|(name, value)| settings.add(name, value))
}

/// The lines that the heads of all requests to one server share.
pub(super) struct RequestHead {
    /// Header lines, their ends included.
    lines: Vec<u8>,
}

/// The target of a request: a path and a query on the server of a transport.
pub(crate) struct Target {
    /// The request line after its method.
    line: String,
    /// The URL for messages.
    pub(super) shown: Arc<str>,
}

/// The body after a head.
pub(super) struct Content<'a> {
    pub(super) media_type: &'a str,
    pub(super) length: usize,
    pub(super) gzip: bool,
}

/// The lines of one request's head that are its own.
pub(super) struct HeadFields<'a> {
    pub(super) method: &'static str,
    pub(super) target: &'a Target,
    pub(super) accept: &'a str,
    /// Those of the protocol, and those of the call.
    pub(super) headers: [&'a [(&'a str, &'a str)]; 2],
    pub(super) content: Option<Content<'a>>,
}

impl RequestHead {
    /// The head of requests to the server of this URL.
    pub(super) fn new(server: &Url, settings: &HeaderSettings) -> RequestHead {
        let encoding = if settings.accept_gzip { "gzip" } else { "identity" };
        let mut lines = Vec::new();
        let host = if settings.host.is_empty() { server.host_header() } else { settings.host.clone() };
        put_line(&mut lines, "host", host.as_bytes());
        put_line(&mut lines, "user-agent", settings.user_agent().as_bytes());
        put_line(&mut lines, "accept-encoding", encoding.as_bytes());
        for (name, value) in &settings.headers {
            put_line(&mut lines, name.as_str(), value.as_bytes());
        }
        RequestHead { lines }
    }

    /// The head of one request.
    pub(super) fn of(&self, fields: &HeadFields<'_>, authorization: Option<&HeaderValue>) -> Vec<u8> {
        /// Room for the lines of one request.
        const LINES: usize = 256;
        let HeadFields { method, target, accept, headers, content } = fields;
        let authorization = authorization.map(HeaderValue::as_bytes);
        let fixed = self.lines.len() + target.line.len() + authorization.map_or(0, <[u8]>::len);
        let body = content.as_ref().map_or(0, |content| content.length);
        let joined = if body <= JOINED_BYTES { body } else { 0 };
        let mut head = Vec::with_capacity(fixed + LINES + joined);
        head.extend_from_slice(method.as_bytes());
        head.extend_from_slice(target.line.as_bytes());
        if let Some(authorization) = authorization {
            put_line(&mut head, "authorization", authorization);
        }
        head.extend_from_slice(&self.lines);
        put_line(&mut head, "accept", accept.as_bytes());
        for (name, value) in headers.iter().copied().flatten() {
            put_line(&mut head, name, value.as_bytes());
        }
        if let Some(content) = content {
            put_content(&mut head, content);
        }
        head.extend_from_slice(b"\r\n");
        head
    }
}

impl Target {
    /// The path of a URL and its query.
    pub(crate) fn of(url: &Url) -> Target {
        Target { line: format!(" {} HTTP/1.1\r\n", url.target()), shown: url.to_string().into() }
    }

    /// The path without the query, which may hold what a log is not to show.
    pub(super) fn path(&self) -> &str {
        self.line.trim_start().split([' ', '?']).next().unwrap_or_default()
    }
}

fn put_line(lines: &mut Vec<u8>, name: &str, value: &[u8]) {
    for part in [name.as_bytes(), b": ", value, b"\r\n"] {
        lines.extend_from_slice(part);
    }
}

fn put_content(head: &mut Vec<u8>, content: &Content<'_>) {
    put_line(head, "content-type", content.media_type.as_bytes());
    put_line(head, "content-length", content.length.to_string().as_bytes());
    if content.gzip {
        put_line(head, "content-encoding", b"gzip");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(url: &str, content: Option<Content<'_>>) -> String {
        let url = Url::parse(url).unwrap();
        let mut settings = HeaderSettings { accept_gzip: false, ..HeaderSettings::default() };
        settings.add("X-Shop", "a b").unwrap();
        settings.set_user_agent_suffix("shop/1").unwrap();
        let token = HeaderValue::from_static("Bearer t");
        let target = &Target::of(&url);
        let headers = [&[("x-size", "7")][..], &[("x-part", "b")]];
        let fields = HeadFields { method: "POST", target, accept: "text/*", headers, content };
        String::from_utf8(RequestHead::new(&url, &settings).of(&fields, Some(&token))).unwrap()
    }

    #[test]
    fn a_head_has_every_line_once() {
        let content = Content { media_type: "application/json", length: 12, gzip: true };
        let expected = concat!(
            "POST /deployment/d/forward?x=1 HTTP/1.1\r\n",
            "authorization: Bearer t\r\nhost: h:81\r\nuser-agent: sidekick/",
            env!("CARGO_PKG_VERSION"),
            " shop/1\r\naccept-encoding: identity\r\nx-shop: a b\r\n",
            "accept: text/*\r\nx-size: 7\r\nx-part: b\r\n",
            "content-type: application/json\r\ncontent-length: 12\r\ncontent-encoding: gzip\r\n\r\n"
        );
        assert_eq!(head("http://h:81/deployment/d/forward?x=1", Some(content)), expected);
    }

    #[test]
    fn hosts_and_targets_are_as_http_wants_them() {
        for (url, target, host) in [
            ("http://h", "/", "h"),
            ("http://h:80/a", "/a", "h"),
            ("https://h:443/a", "/a", "h"),
            ("https://h:80/a#f", "/a", "h:80"),
            ("http://[::1]:8080?q", "/?q", "[::1]:8080"),
        ] {
            let head = head(url, None);
            assert!(head.starts_with(&format!("POST {target} HTTP/1.1\r\n")), "{head}");
            assert!(
                head.contains(&format!("\r\nhost: {host}\r\n")) && head.ends_with("x-part: b\r\n\r\n"),
                "{head}"
            );
        }
    }

    #[test]
    fn the_host_header_can_be_another() {
        let mut settings = HeaderSettings::default();
        settings.set_host("model.example:8080").unwrap();
        for bad in ["a b", "a\r\nx: y", "a/b", "h\u{e9}", &"a".repeat(260)] {
            assert_eq!(settings.set_host(bad).unwrap_err().kind(), ErrorKind::Argument, "{bad}");
        }
        let url = Url::parse("http://127.0.0.1:81/").unwrap();
        let head = |settings: &HeaderSettings| RequestHead::new(&url, settings).lines;
        assert!(head(&settings).starts_with(b"host: model.example:8080\r\n"));
        settings.set_host("").unwrap();
        assert!(head(&settings).starts_with(b"host: 127.0.0.1:81\r\n"));
    }

    #[test]
    fn headers_of_our_own_cannot_be_added() {
        let mut settings = HeaderSettings::default();
        for name in ["Authorization", "host", "Content-Length", "a b", ""] {
            assert_eq!(settings.add(name, "x").unwrap_err().kind(), ErrorKind::Argument, "{name}");
        }
        let refused = settings.add("X-Key", "s3cret\n").unwrap_err();
        assert!(!refused.to_string().contains("s3cret"));
        assert!(settings.set_user_agent_suffix("a\nb").is_err());
    }
}
