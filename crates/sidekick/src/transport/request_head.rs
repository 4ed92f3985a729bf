//! The head of a request (RFC 9112). Most of it is the same in every one, and kept as text.

use super::settings::Settings;
use crate::url::Url;
use std::sync::Arc;
use ureq_proto::http::HeaderValue;

/// What the heads of all requests to one server share.
pub(super) struct RequestHead {
    /// Header lines, their ends included.
    lines: Vec<u8>,
}

/// What a request asks for: a path and a query on the server of a transport.
pub(crate) struct Target {
    path: String,
    /// The URL for messages.
    pub(super) shown: Arc<str>,
}

/// What a head says of the body after it.
pub(super) struct Content<'a> {
    pub(super) media_type: &'a str,
    pub(super) length: usize,
    pub(super) gzip: bool,
}

/// What the head of one request has of its own.
pub(super) struct HeadFields<'a> {
    pub(super) method: &'static str,
    pub(super) target: &'a Target,
    pub(super) accept: &'a str,
    pub(super) headers: &'a [(&'a str, &'a str)],
    pub(super) content: Option<Content<'a>>,
}

impl RequestHead {
    /// The head of requests to the server of this URL.
    pub(super) fn new(server: &Url, settings: &Settings) -> RequestHead {
        let encoding = if settings.reply_gzip { "gzip" } else { "identity" };
        let mut lines = Vec::new();
        put_line(&mut lines, "host", server.host_header().as_bytes());
        put_line(&mut lines, "user-agent", settings.user_agent().as_bytes());
        put_line(&mut lines, "accept-encoding", encoding.as_bytes());
        for (name, value) in &settings.headers {
            put_line(&mut lines, name.as_str(), value.as_bytes());
        }
        RequestHead { lines }
    }

    /// The head of one request.
    pub(super) fn of(&self, fields: &HeadFields<'_>, authorization: &HeaderValue) -> Vec<u8> {
        /// What the method, the version and the lines of one request usually take, and most bodies of one row.
        const REST: usize = 1024;
        let HeadFields { method, target, accept, headers, content } = fields;
        let mut head =
            Vec::with_capacity(self.lines.len() + target.path.len() + authorization.as_bytes().len() + REST);
        for part in [method, " ", &target.path, " HTTP/1.1\r\n"] {
            head.extend_from_slice(part.as_bytes());
        }
        put_line(&mut head, "authorization", authorization.as_bytes());
        head.extend_from_slice(&self.lines);
        put_line(&mut head, "accept", accept.as_bytes());
        for (name, value) in *headers {
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
        Target { path: url.target(), shown: url.to_string().into() }
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
        let mut settings = Settings { reply_gzip: false, ..Settings::default() };
        settings.add_header("X-Shop", "a b").unwrap();
        settings.set_user_agent_suffix("shop/1").unwrap();
        let token = HeaderValue::from_static("Bearer t");
        let (target, headers) = (&Target::of(&url), &[("x-size", "7"), ("x-part", "b")][..]);
        let fields = HeadFields { method: "POST", target, accept: "text/*", headers, content };
        String::from_utf8(RequestHead::new(&url, &settings).of(&fields, &token)).unwrap()
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
}
