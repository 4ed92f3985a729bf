//! Which proxy is used for a server: an option's, or the environment's, read as other clients do.

use crate::error::{Error, ErrorKind, Result};
use crate::url::{Endpoint, Parts, Url};
use std::fmt;
use std::net::IpAddr;

/// A list of hosts is no longer than this.
const NO_PROXY_BYTES: usize = 32 * 1024;

/// Which proxy requests go through, and to which hosts they go without.
#[derive(Clone, Default)]
pub(crate) struct ProxySettings {
    choice: ProxyChoice,
    /// The hosts that are reached without it. None: those of the environment's `no_proxy`.
    exceptions: Option<String>,
}

#[derive(Clone, Default)]
enum ProxyChoice {
    /// The one that `HTTP_PROXY` and its kin name.
    #[default]
    Environment,
    Direct,
    Option(Proxy),
}

impl ProxySettings {
    /// Sets the proxy's URL. An empty one means no proxy. Unlike the environment's, it has a scheme.
    pub(crate) fn set(&mut self, url: &str) -> Result<()> {
        self.choice = match url {
            "" => ProxyChoice::Direct,
            url => ProxyChoice::Option(parse(url, Source::Option)?),
        };
        Ok(())
    }

    /// Sets the hosts that are reached without the proxy.
    pub(crate) fn set_exceptions(&mut self, hosts: &str) -> Result<()> {
        if hosts.len() > NO_PROXY_BYTES {
            let message = format!("no_proxy has more than {NO_PROXY_BYTES} bytes");
            return Err(Error::new(ErrorKind::Argument, message));
        }
        self.exceptions = Some(hosts.to_owned());
        Ok(())
    }
}

/// A proxy, with user and password.
#[derive(Clone)]
pub(super) struct Proxy {
    pub(super) kind: Kind,
    pub(super) endpoint: Endpoint,
    /// User and password.
    pub(super) user: Option<(String, String)>,
    source: Source,
}

/// The protocol of a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Http,
    Socks5,
}

/// Where a proxy was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Option,
    /// The environment variable of this name.
    Variable(&'static str),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Option => f.write_str("the option proxy"),
            Source::Variable(name) => write!(f, "the environment variable {name}"),
        }
    }
}

/// The proxy for messages, without user and password.
impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the proxy {} (from {})", self.endpoint, self.source)
    }
}

/// Reads the URL of a proxy. It may hold a password: no message shows any part of it.
fn parse(url: &str, source: Source) -> Result<Proxy> {
    let refused = |_| {
        let form = "[user:password@]host:port after http:// or socks5://";
        let hint = "special characters in user and password are percent-encoded";
        let message = format!("{source} does not hold a proxy's URL, which has the form {form}; {hint}");
        Error::new(ErrorKind::Argument, message)
    };
    let parts = Parts::parse(url, &[("http", 80), ("socks5", 1080), ("socks5h", 1080)]).map_err(refused)?;
    let kind = if parts.scheme() == "http" { Kind::Http } else { Kind::Socks5 };
    let user = parts.user().map_err(refused)?;
    Ok(Proxy { kind, endpoint: parts.endpoint, user, source })
}

/// The proxy for a server's URL.
pub(super) fn choose(settings: &ProxySettings, server: &Url) -> Result<Option<Proxy>> {
    let environment = |name: &str| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
    choose_from(settings, server, &environment)
}

fn choose_from(
    settings: &ProxySettings,
    server: &Url,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<Proxy>> {
    let first = |names: &[&'static str]| {
        let set = names.iter().filter_map(|name| Some((*name, environment(name)?)));
        set.into_iter().find(|(_, value)| !value.is_empty())
    };
    let exceptions = settings.exceptions.clone();
    let exceptions = exceptions.or_else(|| Some(first(&["no_proxy", "NO_PROXY"])?.1)).unwrap_or_default();
    if is_exception(&exceptions, server.endpoint()) {
        return Ok(None);
    }
    let variables: &[&'static str] = match &settings.choice {
        ProxyChoice::Direct => return Ok(None),
        ProxyChoice::Option(proxy) => return Ok(Some(proxy.clone())),
        // As in browsers and in Go: this machine is reached without the environment's proxy.
        ProxyChoice::Environment if server.endpoint().is_loopback() => return Ok(None),
        ProxyChoice::Environment if server.is_secure() => {
            &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        }
        // In a CGI program, the request sets HTTP_PROXY (CVE-2016-5385).
        ProxyChoice::Environment if environment("REQUEST_METHOD").is_some() => {
            &["http_proxy", "all_proxy", "ALL_PROXY"]
        }
        ProxyChoice::Environment => &["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"],
    };
    let Some((name, value)) = first(variables) else { return Ok(None) };
    let url = if value.contains("://") { value } else { format!("http://{value}") };
    parse(&url, Source::Variable(name)).map(Some)
}

/// Whether a host is on a list such as `localhost, .example.com, 10.0.0.0/8, *`. A name includes its
/// subdomains.
fn is_exception(list: &str, server: &Endpoint) -> bool {
    let host = server.host();
    list.split([',', ' ']).map(str::trim).filter(|entry| !entry.is_empty()).any(|entry| {
        let entry = entry.to_ascii_lowercase();
        let (name, port) = match entry.rsplit_once(':').map(|(name, digits)| (name, digits.parse())) {
            Some((name, Ok(port))) if !name.contains(':') || name.ends_with(']') => (name, Some(port)),
            _ => (entry.as_str(), None),
        };
        if port.is_some_and(|port: u16| port != server.port()) {
            return false;
        }
        if name == "*" || server.address().is_some_and(|address| in_network(name, address)) {
            return true;
        }
        let name = name.trim_start_matches("*.").trim_start_matches('.');
        let same = host == name || host.strip_suffix(name).is_some_and(|front| front.ends_with('.'));
        same && !name.is_empty()
    })
}

/// Whether an address is in a network such as `10.0.0.0/8`, or equals an address.
fn in_network(network: &str, host: IpAddr) -> bool {
    let network = network.trim_start_matches('[').trim_end_matches(']');
    let (address, length) = network.split_once('/').unwrap_or((network, "128"));
    let (Ok(address), Ok(length)) = (address.parse::<IpAddr>(), length.parse::<u32>()) else { return false };
    let host = if address.is_ipv4() { host.to_canonical() } else { host };
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

    fn choice(settings: &ProxySettings, server: &str, variables: &[(&str, &str)]) -> Result<Option<Proxy>> {
        let environment = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        choose_from(settings, &Url::parse(server).unwrap(), &environment)
    }

    fn chosen(settings: &ProxySettings, server: &str, variables: &[(&str, &str)]) -> Option<String> {
        choice(settings, server, variables).unwrap().map(|proxy| proxy.endpoint.host())
    }

    #[test]
    fn the_environment_is_read_as_other_clients_do() {
        let settings = ProxySettings::default();
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
        let mut settings = ProxySettings::default();
        settings.set("http://u:p@mine:8080").unwrap();
        assert_eq!(chosen(&settings, "http://h/", &variables), None);
        settings.set_exceptions("").unwrap();
        assert_eq!(chosen(&settings, "http://h/", &variables).as_deref(), Some("mine"));
        settings.set("").unwrap();
        assert_eq!(chosen(&settings, "http://h/", &variables), None);
    }

    #[test]
    fn this_machine_is_asked_without_the_environment_s_proxy() {
        let variables = [("http_proxy", "http://plain:1"), ("https_proxy", "http://plain:1")];
        let mut settings = ProxySettings::default();
        for server in ["http://127.0.0.1:8000/", "http://localhost/", "https://[::1]/", "http://a.localhost/"]
        {
            assert_eq!(chosen(&settings, server, &variables), None, "{server}");
        }
        settings.set("http://mine:8080").unwrap();
        assert_eq!(chosen(&settings, "http://127.0.0.1:8000/", &[]).as_deref(), Some("mine"));
    }

    #[test]
    fn a_proxy_is_named_with_its_option_or_variable() {
        let mut settings = ProxySettings::default();
        let named = |settings: &ProxySettings, variables: &[(&str, &str)]| {
            choice(settings, "https://h/", variables).unwrap().unwrap().to_string()
        };
        let variables = [("all_proxy", "socks5://u:secret@all:1")];
        assert_eq!(named(&settings, &variables), "the proxy all:1 (from the environment variable all_proxy)");
        settings.set("http://u:secret@[::1]").unwrap();
        assert_eq!(named(&settings, &[]), "the proxy [::1]:80 (from the option proxy)");
    }

    #[test]
    fn a_bad_proxy_is_refused_without_its_password() {
        for bad in [
            "nonsense",
            "h:80",
            "ftp://u:secret@h:1",
            "http://",
            "http://u:secret@h:99999999",
            "http://u:secret@h:81[]",
            "http://u:secret@@h",
            "http://u:secret%ff@h",
        ] {
            let error = ProxySettings::default().set(bad).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Argument, "{bad}");
            assert!(!error.to_string().contains("secret"));
            assert!(error.to_string().starts_with("the option proxy does not hold"), "{error}");
        }
        let variables = [("HTTPS_PROXY", "http://u:secret@@h")];
        let error = choice(&ProxySettings::default(), "https://h/", &variables).err().unwrap().to_string();
        assert!(error.starts_with("the environment variable HTTPS_PROXY does not hold"), "{error}");
        assert!(!error.contains("secret"));
    }

    #[test]
    fn a_proxy_has_a_kind_an_address_and_perhaps_a_user() {
        for (url, kind, address, user) in [
            ("http://h", Kind::Http, ("h", 80), None),
            ("HTTP://h:81/", Kind::Http, ("h", 81), None),
            ("http://[::1]:81", Kind::Http, ("::1", 81), None),
            ("socks5://u%40x:p%3aw@h", Kind::Socks5, ("h", 1080), Some(("u@x", "p:w"))),
            ("socks5h://u@h:9", Kind::Socks5, ("h", 9), Some(("u", ""))),
        ] {
            let proxy = parse(url, Source::Option).unwrap();
            let found = proxy.user.as_ref().map(|(user, password)| (&**user, &**password));
            let endpoint = (&*proxy.endpoint.host(), proxy.endpoint.port());
            assert_eq!((proxy.kind, endpoint, found), (kind, address, user), "{url}");
        }
    }

    #[test]
    fn exceptions_are_names_networks_and_ports() {
        let list = "localhost, .example.com,*.test.org 10.0.0.0/8,192.168.1.7,[::1],host:8080,fe80::/10";
        let is_exception = |list: &str, host: &str| {
            is_exception(list, Url::parse(&format!("http://{host}/")).unwrap().endpoint())
        };
        for inside in [
            "localhost",
            "example.com",
            "a.b.EXAMPLE.com",
            "x.test.org",
            "10.9.8.7",
            "192.168.1.7",
            "[fe80::7]",
            "[0:0::1]",
        ] {
            assert!(is_exception(list, inside), "{inside}");
        }
        for outside in
            ["notlocalhost", "badexample.com", "11.0.0.1", "192.168.1.8", "host", "[fec0::1]", "org"]
        {
            assert!(!is_exception(list, outside), "{outside}");
        }
        assert!(is_exception(list, "host:8080") && is_exception("host:80", "host"));
        assert!(is_exception("[::1]:8080, 10.0.0.0/8:81", "[::1]:8080"));
        assert!(!is_exception("[::1]:8080", "[::1]:80") && !is_exception("::1:8080", "[::1]:8080"));
        assert!(is_exception("10.0.0.7:81", "10.0.0.7:81") && !is_exception("10.0.0.7:81", "10.0.0.7"));
        assert!(!is_exception("h:x, h:99999", "h"));
        assert!(is_exception("192.0.2.0/24", "[::ffff:192.0.2.1]"));
        assert!(is_exception("*", "anything") && !is_exception("", "anything"));
    }
}
