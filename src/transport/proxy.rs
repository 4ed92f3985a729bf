//! Which proxy, if any, stands between us and the server: an option's, or the environment's as other clients read it.

use super::settings::{ProxyChoice, Settings};
use crate::error::{Error, ErrorKind, Result};
use crate::url::is_loopback;
use percent_encoding::percent_decode_str;
use std::net::IpAddr;
use ureq_proto::http::Uri;

/// A proxy, and who we are to it.
#[derive(Clone)]
pub(super) struct Proxy {
    pub(super) kind: Kind,
    host: String,
    port: u16,
    /// User and password.
    pub(super) user: Option<(String, String)>,
}

/// What a proxy speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Http,
    Socks5,
}

impl Proxy {
    pub(super) fn address(&self) -> (&str, u16) {
        (&self.host, self.port)
    }

    pub(super) fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }
}

/// Makes sure that an option's URL is a proxy's. The environment may leave the scheme out; an option says what it means.
pub(super) fn check(url: &str) -> Result<()> {
    if url.contains("://") { parse(url).map(|_| ()) } else { Err(refused()) }
}

/// The text of a URL may hold a password, so no message shows it.
fn refused() -> Error {
    let form = "[user:password@]host:port behind http:// or socks5://";
    Error::new(ErrorKind::Argument, format!("the proxy is not a URL of the form {form}"))
}

fn parse(url: &str) -> Result<Proxy> {
    let (scheme, authority) = url.split_once("://").unwrap_or(("http", url));
    let (kind, default_port) = match scheme.to_ascii_lowercase().as_str() {
        "http" => (Kind::Http, 80),
        "socks5" | "socks5h" => (Kind::Socks5, 1080),
        _ => return Err(refused()),
    };
    let uri: Uri = format!("http://{authority}").parse().map_err(|_| refused())?;
    let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let authority = uri.authority().ok_or_else(refused)?.as_str();
    let (user, place) =
        authority.rsplit_once('@').map_or((None, authority), |(user, place)| (Some(user), place));
    let names_port = place.rsplit_once(':').is_some_and(|(_, port)| !port.ends_with(']'));
    if host.is_empty() || (names_port && uri.port_u16().is_none()) {
        return Err(refused());
    }
    let user = user.map(|user| user.split_once(':').unwrap_or((user, "")));
    let plain = |text: &str| percent_decode_str(text).decode_utf8().map(String::from).map_err(|_| refused());
    let user = user.map(|(user, password)| Ok((plain(user)?, plain(password)?))).transpose()?;
    Ok(Proxy { kind, host: host.to_owned(), port: uri.port_u16().unwrap_or(default_port), user })
}

/// The proxy for a server's URL.
pub(super) fn choose(settings: &Settings, server: &Uri) -> Result<Option<Proxy>> {
    let environment = |name: &str| std::env::var(name).ok();
    choose_from(settings, server, &environment)
}

fn choose_from(
    settings: &Settings,
    server: &Uri,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<Proxy>> {
    let host = server.host().unwrap_or_default();
    let first =
        |names: &[&str]| names.iter().find_map(|name| environment(name)).filter(|value| !value.is_empty());
    let exceptions =
        settings.no_proxy.clone().or_else(|| first(&["no_proxy", "NO_PROXY"])).unwrap_or_default();
    if is_exception(&exceptions, host, server.port_u16()) {
        return Ok(None);
    }
    let url = match &settings.proxy {
        ProxyChoice::Direct => None,
        ProxyChoice::Url(url) => Some(url.clone()),
        ProxyChoice::Environment if server.scheme_str() == Some("https") => {
            first(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])
        }
        // A CGI program's HTTP_PROXY is set by whoever asks it (CVE-2016-5385).
        ProxyChoice::Environment if environment("REQUEST_METHOD").is_some() => {
            first(&["http_proxy", "all_proxy", "ALL_PROXY"])
        }
        ProxyChoice::Environment => first(&["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]),
    };
    url.map(|url| parse(&url)).transpose()
}

/// Whether a host is on a list such as `localhost, .example.com, 10.0.0.0/8, *`. A name stands for its sub-domains too.
fn is_exception(list: &str, host: &str, port: Option<u16>) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    list.split([',', ' ']).map(str::trim).filter(|entry| !entry.is_empty()).any(|entry| {
        let entry = entry.to_ascii_lowercase();
        if entry == "*" || in_network(&entry, &host) {
            return true;
        }
        let (name, entry_port) = match entry.rsplit_once(':') {
            Some((name, digits)) if digits.parse::<u16>().is_ok() && !name.contains(':') => {
                (name, digits.parse().ok())
            }
            _ => (entry.as_str(), None),
        };
        let name = name.trim_start_matches("*.").trim_start_matches('.');
        let same = host == name || host.strip_suffix(name).is_some_and(|front| front.ends_with('.'));
        same && !name.is_empty() && (entry_port.is_none() || entry_port == port)
    })
}

/// Whether an address lies in a network such as `10.0.0.0/8`, or is the address itself.
fn in_network(network: &str, host: &str) -> bool {
    let Ok(host) = host.parse::<IpAddr>() else { return false };
    let (address, length) = network.split_once('/').unwrap_or((network, "128"));
    let (Ok(address), Ok(length)) = (address.parse::<IpAddr>(), length.parse::<u32>()) else { return false };
    match (address, host) {
        (IpAddr::V4(a), IpAddr::V4(b)) => {
            same_prefix(u128::from(a.to_bits()) << 96, u128::from(b.to_bits()) << 96, length)
        }
        (IpAddr::V6(a), IpAddr::V6(b)) => same_prefix(a.to_bits(), b.to_bits(), length),
        _ => false,
    }
}

fn same_prefix(a: u128, b: u128, length: u32) -> bool {
    (a ^ b).leading_zeros() >= length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(settings: &Settings, server: &str, variables: &[(&str, &str)]) -> Option<String> {
        let environment = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        let proxy = choose_from(settings, &server.parse().unwrap(), &environment).unwrap();
        proxy.map(|proxy| proxy.address().0.to_owned())
    }

    #[test]
    fn the_environment_is_read_as_other_clients_do() {
        let settings = Settings::default();
        let both =
            [("http_proxy", "http://plain:1"), ("HTTPS_PROXY", "secure:2"), ("NO_PROXY", "inside.org")];
        assert_eq!(chosen(&settings, "http://h/", &both).as_deref(), Some("plain"));
        assert_eq!(chosen(&settings, "https://h/", &both).as_deref(), Some("secure"));
        assert_eq!(chosen(&settings, "http://a.inside.org/", &both), None);
        assert_eq!(chosen(&settings, "http://h/", &[("ALL_PROXY", "all:3")]).as_deref(), Some("all"));
        assert_eq!(chosen(&settings, "http://h/", &[]), None);
        let cgi = [("HTTP_PROXY", "http://attacker:1"), ("REQUEST_METHOD", "GET")];
        assert_eq!(chosen(&settings, "http://h/", &cgi), None);
    }

    #[test]
    fn options_win_over_the_environment() {
        let variables = [("http_proxy", "http://plain:1"), ("no_proxy", "h")];
        let mut settings = Settings::default();
        settings.set_proxy("http://u:p@mine:8080").unwrap();
        assert_eq!(chosen(&settings, "http://h/", &variables), None);
        settings.no_proxy = Some(String::new());
        assert_eq!(chosen(&settings, "http://h/", &variables).as_deref(), Some("mine"));
        settings.set_proxy("").unwrap();
        assert_eq!(chosen(&settings, "http://h/", &variables), None);
    }

    #[test]
    fn a_bad_proxy_is_refused_without_its_password() {
        for bad in ["nonsense", "ftp://u:secret@h:1", "http://", "http://u:secret@h:99999999"] {
            let error = check(bad).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Argument, "{bad}");
            assert!(!error.to_string().contains("secret"));
        }
    }

    #[test]
    fn a_proxy_has_a_kind_an_address_and_perhaps_a_user() {
        for (url, kind, address, user) in [
            ("h", Kind::Http, ("h", 80), None),
            ("HTTP://h:81/", Kind::Http, ("h", 81), None),
            ("http://[::1]:81", Kind::Http, ("::1", 81), None),
            ("socks5://u%40x:p%3aw@h", Kind::Socks5, ("h", 1080), Some(("u@x", "p:w"))),
            ("socks5h://u@h:9", Kind::Socks5, ("h", 9), Some(("u", ""))),
        ] {
            let proxy = parse(url).unwrap();
            let found = proxy.user.as_ref().map(|(user, password)| (&**user, &**password));
            assert_eq!((proxy.kind, proxy.address(), found), (kind, address, user), "{url}");
        }
    }

    #[test]
    fn exceptions_are_names_networks_and_ports() {
        let list = "localhost, .example.com,*.test.org 10.0.0.0/8,192.168.1.7,[::1],host:8080,fe80::/10";
        for inside in [
            "localhost",
            "example.com",
            "a.b.EXAMPLE.com",
            "x.test.org",
            "10.9.8.7",
            "192.168.1.7",
            "fe80::7",
        ] {
            assert!(is_exception(list, inside, Some(80)), "{inside}");
        }
        for outside in ["notlocalhost", "badexample.com", "11.0.0.1", "192.168.1.8", "host", "fec0::1", "org"]
        {
            assert!(!is_exception(list, outside, Some(80)), "{outside}");
        }
        assert!(is_exception(list, "host", Some(8080)));
        assert!(is_exception("*", "anything", None) && !is_exception("", "anything", None));
    }
}
