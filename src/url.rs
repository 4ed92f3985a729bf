//! The URL a deployment is known by: what is refused, and where its describe document is.

use crate::error::{Error, ErrorKind, Result};
use std::net::IpAddr;

/// Refuses a URL that could not be a deployment's, or that would put a secret where it is seen.
pub(crate) fn check(url: &str) -> Result<()> {
    let refuse = |what: &str| Err(Error::new(ErrorKind::Argument, format!("the URL {what}")));
    let rest = ["http://", "https://"].iter().find_map(|scheme| {
        let (start, rest) = url.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(rest)
    });
    let Some(rest) = rest else { return refuse("does not start with http:// or https://") };
    if url.bytes().any(|byte| byte <= b' ' || byte == 0x7f) {
        return refuse("has spaces or control characters");
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return refuse("holds a user name; give the token as the token, and leave it out of the URL");
    }
    let (host, port) = host_and_port(authority);
    if host.is_empty() {
        return refuse("names no host");
    }
    if host.starts_with('[') != host.ends_with(']') {
        return refuse("has a bracket without its other");
    }
    if !is_port(port) {
        return refuse("has a port that is no number from 0 to 65535");
    }
    Ok(())
}

/// The two parts of an authority; an IPv6 address stands in brackets, and a port that is not there is empty.
fn host_and_port(authority: &str) -> (&str, &str) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port),
        _ => (authority, ""),
    }
}

/// Left to itself the HTTP library takes a port it cannot read for the scheme's own, where another server may listen.
fn is_port(port: &str) -> bool {
    port.bytes().all(|byte| byte.is_ascii_digit()) && (port.is_empty() || port.parse::<u16>().is_ok())
}

/// `openapi.json`, resolved against the URL as a relative reference (RFC 3986, section 5.2).
pub(crate) fn describe(url: &str) -> String {
    let path_end = url.find(['?', '#']).unwrap_or(url.len());
    let base = url.get(..path_end).unwrap_or(url);
    let host_start = base.find("://").map_or(0, |at| at + 3);
    match base.rfind('/').filter(|&slash| slash >= host_start) {
        Some(slash) => format!("{}/openapi.json", base.get(..slash).unwrap_or_default()),
        None => format!("{base}/openapi.json"),
    }
}

/// What a `Location` means, seen from the URL that it answered: another URL, or a path beside it or from the root.
pub(crate) fn resolve(url: &str, location: &str) -> String {
    let scheme = url.split_once("://").map_or("http", |(scheme, _)| scheme);
    if location.split_once("://").is_some_and(|(front, _)| !front.contains(['/', '?', '#'])) {
        location.to_owned()
    } else if location.starts_with("//") {
        format!("{scheme}:{location}")
    } else if location.starts_with('/') {
        format!("{}{}", split_path(url).0, without_dots(location))
    } else {
        let beside = describe(url);
        let (host, path) = split_path(&beside);
        let folder = path.strip_suffix("openapi.json").unwrap_or(path);
        format!("{host}{}", without_dots(&format!("{folder}{location}")))
    }
}

/// Scheme and host, and what is behind them.
fn split_path(url: &str) -> (&str, &str) {
    let host_start = url.find("://").map_or(0, |at| at + 3);
    let path = url.get(host_start..).and_then(|rest| rest.find(['/', '?', '#']));
    url.split_at(path.map_or(url.len(), |at| host_start + at))
}

/// A path whose steps `.` and `..` were taken (RFC 3986, section 5.2.4); a query stays as it is.
fn without_dots(path: &str) -> String {
    let (path, query) = path.split_at(path.find(['?', '#']).unwrap_or(path.len()));
    let mut kept = Vec::new();
    for segment in path.split('/') {
        match segment {
            "." => {}
            ".." => kept.truncate(kept.len().saturating_sub(1).max(1)),
            name => kept.push(name),
        }
    }
    if path.ends_with("/.") || path.ends_with("/..") {
        kept.push("");
    }
    kept.join("/") + query
}

/// Scheme, host and port of a URL, in one spelling: whom a token was given for. A URL that is none has none.
pub(crate) fn origin(url: &str) -> Option<(String, String, u16)> {
    check(url).ok()?;
    let (scheme, rest) = url.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let (host, port) = host_and_port(rest.split(['/', '?', '#']).next()?);
    let port = port.parse().unwrap_or(default_port(&scheme));
    Some((scheme, host.to_ascii_lowercase(), port))
}

/// The port that a URL of this scheme means where it names none.
pub(crate) fn default_port(scheme: &str) -> u16 {
    if scheme == "https" { 443 } else { 80 }
}

/// Whether a host is this machine, by its name or its address.
pub(crate) fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_ascii_lowercase();
    match host.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_are_resolved() {
        let url = "http://h:81/a/b?q=/x";
        for (location, expected) in [
            ("https://other/x", "https://other/x"),
            ("//other/x", "http://other/x"),
            ("/x?u=http://y", "http://h:81/x?u=http://y"),
            ("x", "http://h:81/a/x"),
            ("../x?u=../y", "http://h:81/x?u=../y"),
            ("./../.././x/..", "http://h:81/"),
            ("/b/../x", "http://h:81/x"),
        ] {
            assert_eq!(resolve(url, location), expected);
        }
        assert_eq!(resolve("http://h", "/x"), "http://h/x");
    }

    #[test]
    fn the_origin_is_scheme_host_and_port() {
        assert_eq!(origin("HTTP://H/a"), origin("http://h:80/b"));
        for other in ["https://h/", "http://h:81/", "http://h.evil/", "http://u@h/"] {
            assert_ne!(origin(other), origin("http://h/"), "{other}");
        }
    }

    #[test]
    fn this_machine_has_many_names() {
        for host in ["localhost", "LOCALHOST.", "a.localhost", "127.9.9.9", "[::1]", "::ffff:127.0.0.1"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["127.0.0.1.org", "localhost.org", "10.0.0.1", "0.0.0.0", ""] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn the_describe_document_is_beside_the_url() {
        for (url, expected) in [
            ("https://h/deployment/1/forward", "https://h/deployment/1/openapi.json"),
            ("https://h/deployment/1/", "https://h/deployment/1/openapi.json"),
            ("http://h:80/forward?a=/b#/c", "http://h:80/openapi.json"),
            ("http://h", "http://h/openapi.json"),
            ("http://h?x", "http://h/openapi.json"),
        ] {
            assert_eq!(describe(url), expected);
        }
    }

    #[test]
    fn urls_that_cannot_be_a_deployments_are_refused() {
        for bad in [
            "",
            "h/forward",
            "ftp://h/",
            "http://",
            "http:///x",
            "http://h/a b",
            "http://h/\n",
            "http://u:p@h/",
            "http://:80/",
            "http://h:65536/",
            "http://h:port/",
            "http://h:+80/",
            "http://[::1]:x/",
            "http://[::1/",
        ] {
            let error = check(bad).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Argument, "{bad}");
            assert!(!error.to_string().contains("u:p"));
        }
        for good in
            ["HTTPS://h/a?b@c", "http://h:65535", "http://h:/", "http://[::1]/x:y", "http://[::1]:80/"]
        {
            check(good).unwrap();
        }
    }
}
