//! Which proxy, if any, stands between us and the server: an option's, or the environment's as other clients read it.

use super::settings::{ProxyChoice, Settings};
use crate::error::{Error, ErrorKind, Result};
use std::net::IpAddr;
use ureq::Proxy;
use ureq::http::Uri;

/// Makes sure that a URL can be a proxy's. Its text may hold a password, so no message shows it.
pub(super) fn check(url: &str) -> Result<()> {
    parse(url).map(|_| ())
}

fn parse(url: &str) -> Result<Proxy> {
    let http = url.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("http://"));
    let has_scheme = url.contains("://");
    let refused = || {
        Error::new(ErrorKind::Argument, "the proxy is not a URL of the form http://[user:password@]host:port")
    };
    if has_scheme && !http {
        return Err(refused());
    }
    let proxy = Proxy::new(url).map_err(|_| refused())?;
    let authority = proxy.uri().authority().ok_or_else(refused)?;
    let names_port =
        authority.as_str().rsplit_once(':').is_some_and(|(_, port)| port.bytes().all(|c| c.is_ascii_digit()));
    if proxy.host().is_empty() || (names_port && authority.port_u16().is_none()) {
        Err(refused())
    } else {
        Ok(proxy)
    }
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
        proxy.map(|proxy| proxy.host().to_owned())
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
        for bad in ["ftp://u:secret@h:1", "http://", "http://u:secret@h:99999999"] {
            let error = check(bad).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Argument, "{bad}");
            assert!(!error.to_string().contains("secret"));
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
