//! Reads URLs, by the strict syntax of RFC 3986. Only this module does. A token is bound to the origin of a
//! URL: two parsers that disagree about a host could send it to another server.

use crate::code_points::code_point;
use crate::error::{Error, ErrorKind, Result};
use fluent_uri::component::Host as ParsedHost;
use fluent_uri::pct_enc::EStr;
use fluent_uri::{ParseError, ParseErrorKind, Uri, UriRef};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

/// The longest name of a host (RFC 1035, section 2.3.4).
const HOST_BYTES: usize = 253;
/// How much of a path a message shows.
const SHOWN_BYTES: usize = 200;

/// The host and port of a URL. Two that are equal are the same peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    host: Host,
    port: u16,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    /// In lower case.
    Name(String),
    Address(IpAddr),
}

impl Endpoint {
    /// The host's name or address, without the brackets that an IPv6 address has in a URL.
    pub(crate) fn host(&self) -> String {
        match &self.host {
            Host::Name(name) => name.clone(),
            Host::Address(address) => address.to_string(),
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn address(&self) -> Option<IpAddr> {
        match &self.host {
            Host::Name(_) => None,
            Host::Address(address) => Some(*address),
        }
    }

    /// The host in the form of a URL and of a `Host` header.
    fn authority_host(&self) -> String {
        match self.address() {
            Some(IpAddr::V6(address)) => format!("[{address}]"),
            _ => self.host(),
        }
    }

    /// Whether the host is this machine, by name or address.
    pub(crate) fn is_loopback(&self) -> bool {
        match &self.host {
            Host::Address(address) => address.to_canonical().is_loopback(),
            Host::Name(name) => {
                let name = name.strip_suffix('.').unwrap_or(name);
                name == "localhost" || name.ends_with(".localhost")
            }
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.authority_host(), self.port)
    }
}

/// The longest URL.
pub(crate) const URL_BYTES: usize = 8 * 1024;

/// An absolute URL with a host.
pub(crate) struct Parts {
    uri: Uri<String>,
    pub(crate) endpoint: Endpoint,
}

impl Parts {
    /// Reads a URL of one of these schemes, given with their default ports. The error completes a sentence
    /// that starts with what is read, such as "the URL".
    pub(crate) fn parse(text: &str, schemes: &[(&str, u16)]) -> std::result::Result<Parts, String> {
        if text.len() > URL_BYTES {
            return Err(format!("has more than {URL_BYTES} characters"));
        }
        let mut uri = Uri::parse(text).map_err(|error| malformed(text, &error))?.to_owned();
        uri.set_fragment(None);
        let scheme = uri.scheme();
        let known = schemes.iter().find(|(known, _)| scheme.as_str().eq_ignore_ascii_case(known));
        let (Some((_, default_port)), Some(authority)) = (known, uri.authority()) else {
            let schemes: Vec<String> = schemes.iter().map(|(scheme, _)| format!("{scheme}://")).collect();
            return Err(format!("does not start with {}", schemes.join(" or ")));
        };
        let host = read_host(authority.host_parsed())?;
        let port = match authority.port_to_u16() {
            Ok(port) => port.unwrap_or(*default_port),
            Err(_) => return Err("has a port above 65535".to_owned()),
        };
        Ok(Parts { endpoint: Endpoint { host, port }, uri })
    }

    /// The scheme in lower case.
    pub(crate) fn scheme(&self) -> String {
        self.uri.scheme().as_str().to_ascii_lowercase()
    }

    /// User and password, percent-decoded. Without a password, it is empty. Fails if they are not UTF-8.
    pub(crate) fn user(&self) -> std::result::Result<Option<(String, String)>, String> {
        let authority = self.uri.authority();
        let Some(info) = authority.and_then(|authority| authority.userinfo()) else { return Ok(None) };
        let (user, password) = info.split_once(':').unwrap_or((info, EStr::EMPTY));
        let decoded = [user, password].map(|text| text.decode().to_string().map(|text| text.into_owned()));
        match decoded {
            [Ok(user), Ok(password)] => Ok(Some((user, password))),
            _ => Err("has a user name or a password that is not UTF-8".to_owned()),
        }
    }
}

/// Why a text is not a URL.
fn malformed(text: &str, error: &ParseError) -> String {
    let (before, rest) = text.split_at_checked(error.index()).unwrap_or((text, ""));
    let place = before.chars().count() + 1;
    match (error.kind(), rest.chars().next()) {
        (ParseErrorKind::InvalidPctEncodedOctet, _) => {
            format!("has a % without two hexadecimal digits after it, at character {place}; write it as %25")
        }
        (ParseErrorKind::InvalidIpv6Addr, _) => "has brackets without an IPv6 address in them".to_owned(),
        (_, Some(character)) => {
            let encoded: String = character.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect();
            let hint = match character.is_ascii() {
                true => format!("leave it out, or percent-encode it as {encoded}"),
                false => {
                    format!("percent-encode it as {encoded}; in a host name, use the ASCII form (xn--...)")
                }
            };
            format!("has {} at character {place}, which is invalid there; {hint}", shown(character))
        }
        (_, None) => "is incomplete".to_owned(),
    }
}

fn shown(character: char) -> String {
    if character.is_ascii_graphic() { format!("\"{character}\"") } else { code_point(character) }
}

/// Why a text does not start with http:// or https://.
fn no_scheme(text: &str) -> String {
    if text.is_empty() {
        return "is empty; give the one that belongs to the deployment".to_owned();
    }
    let from = text.find(|character: char| character.is_ascii_alphanumeric()).unwrap_or_default();
    let (before, rest) = text.split_at(from);
    match before.chars().next().filter(|_| has_scheme(rest)) {
        Some(first) => format!("has {} at character 1; leave it out", shown(first)),
        None => "does not start with http:// or https://".to_owned(),
    }
}

fn has_scheme(text: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| starts_with(text, scheme))
}

fn read_host(host: ParsedHost<'_>) -> std::result::Result<Host, String> {
    let name = match host {
        ParsedHost::Ipv4(address) => return Ok(Host::Address(address.into())),
        ParsedHost::Ipv6(address) => return Ok(Host::Address(address.into())),
        ParsedHost::RegName(name) => name.as_str().to_ascii_lowercase(),
        _ => return Err("has an address in brackets that is not IPv6".to_owned()),
    };
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    let last = name.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    if name.trim_end_matches('.').is_empty() {
        Err("has no host".to_owned())
    } else if name.len() > HOST_BYTES {
        Err(format!("has a host name of more than {HOST_BYTES} characters"))
    } else if !name.bytes().all(is_plain) {
        Err("has a host name with characters other than letters, digits, '-', '.' and '_'".to_owned())
    } else if is_number(last) {
        // The system reads 0177.1 and 2130706433 as 127.0.0.1 (RFC 3986, section 7.4).
        Err("has a host that ends in a number and is not an IPv4 address such as 127.0.0.1".to_owned())
    } else {
        Ok(Host::Name(name))
    }
}

fn is_number(label: &str) -> bool {
    let is_hexadecimal = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    label.bytes().all(|byte| byte.is_ascii_digit()) || label.strip_prefix("0x").is_some_and(is_hexadecimal)
}

/// An `http` or `https` URL without user information.
pub(crate) struct Url(Parts);

impl Url {
    pub(crate) fn parse(text: &str) -> Result<Url> {
        let refuse = |what: &str| Error::new(ErrorKind::Argument, format!("the URL {what}"));
        let parts = Parts::parse(text, &[("http", 80), ("https", 443)]).map_err(|what| {
            // Without a scheme, the text before the first colon is read as one.
            refuse(&if has_scheme(text) { what } else { no_scheme(text) })
        })?;
        if parts.uri.authority().is_some_and(|authority| authority.has_userinfo()) {
            return Err(refuse("has a user name; leave it out, and pass the token as the token"));
        }
        if parts.endpoint.address().is_some_and(|address| address.to_canonical().is_unspecified()) {
            let (any, here) = (parts.endpoint.authority_host(), Ipv4Addr::LOCALHOST);
            let what = format!(
                "has the host {any}, which stands for all addresses that a server listens on; use {here}"
            );
            return Err(refuse(&what));
        }
        Ok(Url(parts))
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.0.endpoint
    }

    pub(crate) fn is_secure(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether scheme, host and port are the same: a token for one URL is for both.
    pub(crate) fn is_of_same_origin(&self, other: &Url) -> bool {
        self.is_secure() == other.is_secure() && self.endpoint() == other.endpoint()
    }

    /// The value of a `Host` header. It has no port if that is the scheme's default.
    pub(crate) fn host_header(&self) -> String {
        let default = if self.is_secure() { 443 } else { 80 };
        let endpoint = self.endpoint();
        if endpoint.port == default { endpoint.authority_host() } else { endpoint.to_string() }
    }

    /// The target in a request line: path and query.
    pub(crate) fn target(&self) -> String {
        format!("{}{}", self.path(), self.query())
    }

    /// The query with its question mark, if there is one.
    fn query(&self) -> String {
        self.0.uri.query().map_or(String::new(), |query| format!("?{}", query.as_str()))
    }

    pub(crate) fn path(&self) -> &str {
        match self.0.uri.path().as_str() {
            "" => "/",
            path => path,
        }
    }

    /// Resolves a reference against this URL (RFC 3986, section 5.2).
    pub(crate) fn join(&self, reference: &str) -> Result<Url> {
        let malformed = || Error::new(ErrorKind::Argument, "the reference to another URL is invalid");
        let reference = UriRef::parse(reference).map_err(|_| malformed())?;
        let resolved = reference.resolve_against(&self.0.uri).map_err(|_| malformed())?;
        Url::parse(resolved.as_str())
    }

    /// The same with another path, and with its query.
    pub(crate) fn with_path(&self, path: &str) -> Result<Url> {
        Url::parse(&format!("{}://{}{path}{}", self.0.scheme(), self.endpoint(), self.query()))
    }
}

/// The URL for messages. The query is left out, because it may hold a secret. A long path is cut.
impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path();
        // A URL is ASCII: it can be cut at any byte.
        let (shown, cut) = path.get(..SHOWN_BYTES).map_or((path, ""), |start| (start, "…"));
        write!(f, "{}://{}{shown}{cut}", self.0.scheme(), self.endpoint())
    }
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|text| text.eq_ignore_ascii_case(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use iri_string::types::{UriReferenceStr, UriStr};
    use proptest::prelude::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn refused(text: &str) -> String {
        let error = Url::parse(text).err().unwrap_or_else(|| panic!("{text} is taken"));
        assert_eq!(error.kind(), ErrorKind::Argument, "{text}");
        error.to_string()
    }

    #[test]
    fn references_are_resolved() {
        let base = url("http://h:81/a/b?q=/x#f");
        for (reference, expected) in [
            ("https://other/x", "https://other:443/x"),
            ("//other/x", "http://other:80/x"),
            ("/x?u=http://y", "http://h:81/x?u=http://y"),
            ("x", "http://h:81/a/x"),
            ("../x?u=../y", "http://h:81/x?u=../y"),
            ("./../.././x/..", "http://h:81/"),
            ("/b/../x", "http://h:81/x"),
            ("?z", "http://h:81/a/b?z"),
            ("", "http://h:81/a/b?q=/x"),
        ] {
            let found = base.join(reference).unwrap();
            let scheme = found.0.scheme();
            assert_eq!(format!("{scheme}://{}{}", found.endpoint(), found.target()), expected);
        }
        for bad in ["ftp://h/", "mailto:x", "//u@h/", "//h:81[]/", "a b", "http:x", ":"] {
            assert!(base.join(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_origin_is_scheme_host_and_port() {
        let same = ["http://h/", "HTTP://H:80/b", "http://h:/", "http://h:00080/?q"];
        for one in same {
            assert!(same.iter().all(|other| url(one).is_of_same_origin(&url(other))), "{one}");
            for other in ["https://h/", "https://h:80/", "http://h:81/", "http://h.evil/", "http://h./"] {
                assert!(!url(one).is_of_same_origin(&url(other)), "{other}");
            }
        }
        assert!(url("http://[::1]/").is_of_same_origin(&url("http://[0:0::0:1]/")));
        assert!(!url("http://[::1]/").is_of_same_origin(&url("http://127.0.0.1/")));
    }

    #[test]
    fn loopback_hosts_are_recognized() {
        for host in ["localhost", "LOCALHOST.", "a.localhost", "127.9.9.9", "[::1]", "[::ffff:127.0.0.1]"] {
            assert!(url(&format!("http://{host}/")).endpoint().is_loopback(), "{host}");
        }
        for host in ["127.0.0.1.org", "localhost.org", "10.0.0.1", "[::2]", "notlocalhost"] {
            assert!(!url(&format!("http://{host}/")).endpoint().is_loopback(), "{host}");
        }
    }

    #[test]
    fn parts_are_as_requests_have_them() {
        for (text, host, target, shown) in [
            ("http://h", "h", "/", "http://h:80/"),
            ("http://H:80/a", "h", "/a", "http://h:80/a"),
            ("https://h:443/a", "h", "/a", "https://h:443/a"),
            ("https://h:80/a#f", "h:80", "/a", "https://h:80/a"),
            ("http://[0::1]:8080?q", "[::1]:8080", "/?q", "http://[::1]:8080/"),
            ("http://a_b-c.d:/?", "a_b-c.d", "/?", "http://a_b-c.d:80/"),
        ] {
            let url = url(text);
            assert_eq!((&*url.host_header(), &*url.target(), &*url.to_string()), (host, target, shown));
        }
        let long = url(&format!("http://h/{}", "x".repeat(5000))).to_string();
        assert!(long.len() < 250 && long.ends_with("x…"), "{long}");
    }

    #[test]
    fn errors_say_what_is_wrong_with_a_url() {
        for (text, what) in [
            ("", "is empty; give the one that belongs to the deployment"),
            ("h/forward", "does not start with http:// or https://"),
            ("localhost:8000/x", "does not start with http:// or https://"),
            ("http:h/x", "does not start with http:// or https://"),
            ("ftp://h/", "does not start with http:// or https://"),
            ("http://", "has no host"),
            ("http:///x", "has no host"),
            ("http://:80/", "has no host"),
            ("http://./", "has no host"),
            ("http://h/a b", "U+0020 (space) at character 11"),
            ("http://h/a\n", "U+000A (newline) at character 11, which is invalid there; leave it out"),
            ("http://h/\u{feff}", "U+FEFF (byte order mark)"),
            ("http://h/é", "U+00E9 at character 10, which is invalid there; percent-encode it as %C3%A9"),
            ("http://hé/", "xn--"),
            ("http://h/%zz", "% without two hexadecimal digits after it, at character 10"),
            ("http://h/%e", "%25"),
            ("http://h/a|b", "%7C"),
            ("http://h\\x/", r#""\" at character 9"#),
            ("http://u:p@h/", "has a user name"),
            ("http://@h/", "has a user name"),
            ("http://h:65536/", "port above 65535"),
            ("http://h:port/", r#""p" at character 10"#),
            ("http://h:+80/", r#""+" at character 10"#),
            ("http://h:80:80/", r#"":" at character 12"#),
            ("http://127.0.0.1:18081[]/x", r#""[" at character 23"#),
            ("http://[::1]:x/", r#""x" at"#),
            ("http://[::1]x/", r#""x" at"#),
            ("http://[::1/", r#""/" at character 12"#),
            ("http://[]/", r#""]" at character 9"#),
            ("http://[fe80::1%25eth0]/", r#""%" at character 16"#),
            ("http://[1:2]/", "brackets without an IPv6 address"),
            ("http://[v1.x]/", "not IPv6"),
            ("http://a%2eb/", "letters, digits, '-', '.' and '_'"),
            ("http://a,b/", "letters, digits, '-', '.' and '_'"),
            ("http://127.1/", "ends in a number"),
            ("http://2130706433/", "ends in a number"),
            ("http://0x7f.0x1/", "ends in a number"),
            ("http://127.0.0.1.:80/", "ends in a number"),
            ("http://256.0.0.1/", "ends in a number"),
            (
                "http://0.0.0.0:8000/x",
                "has the host 0.0.0.0, which stands for all addresses that a server listens on; use 127.",
            ),
            (
                "http://[::]:8000/x",
                "has the host [::], which stands for all addresses that a server listens on; use 127.0.0.1",
            ),
        ] {
            let said = refused(text);
            assert!(said.starts_with("the URL ") && said.contains(what), "{text}: {said}");
        }
        assert!(refused(&format!("http://{}/", "h".repeat(254))).contains("more than 253 characters"));
        assert!(!refused("http://u:p4ss@h/").contains("p4ss"));
        for (text, what) in [
            ("\u{feff}http://h/", "has U+FEFF (byte order mark) at character 1"),
            (" https://h/", "has U+0020 (space) at character 1"),
            ("\"http://h/\"", "has \"\"\" at character 1"),
        ] {
            assert!(refused(text).contains(what), "{}", refused(text));
            assert!(refused(text).ends_with("leave it out"), "{}", refused(text));
        }
    }

    /// Pieces of URLs, valid ones and those that have misled parsers.
    fn piece() -> impl Strategy<Value = String> {
        let pieces = [
            "http",
            "https",
            "HTTP",
            ":",
            "/",
            "//",
            "///",
            "://",
            "http://",
            "https://",
            "?",
            "#",
            "@",
            "[",
            "]",
            "[]",
            "h",
            "a.b",
            "127.0.0.1",
            "127.1",
            "0x7f",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[1:2:3:4:5:6:7::]",
            "[v1.x]",
            "[::1",
            "[fe80::1%25e]",
            "80",
            ":80",
            ":",
            ":0",
            ":65536",
            "%41",
            "%4",
            "%",
            "%zz",
            ".",
            "..",
            "/../",
            "\\",
            " ",
            "\t",
            "|",
            "é",
            "\u{a0}",
            "\u{feff}",
            "user:pw@",
            "deployment",
            "/forward",
            "-",
            "_",
            "~",
            "!",
            "'",
            ";",
            "=",
            "&",
            "+",
        ];
        proptest::sample::select(pieces.to_vec()).prop_map(str::to_owned)
    }

    /// A URL, or nearly one.
    fn candidate() -> impl Strategy<Value = String> {
        let start = proptest::sample::select(vec!["http://", "https://", "HTTPS://", "", "http:/", "//"]);
        (start, prop::collection::vec(piece(), 0..7))
            .prop_map(|(start, pieces)| start.to_owned() + &pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5_000))]

        /// Another parser of RFC 3986 accepts the same texts, and finds the same parts in them.
        #[test]
        fn another_parser_agrees(text in candidate()) {
            let other = UriStr::new(&text);
            let ours = Uri::parse(&*text);
            prop_assert_eq!(ours.is_ok(), other.is_ok(), "{}", text);
            let (Ok(other), Ok(ours)) = (other, ours) else { return Ok(()) };
            let authority = other.authority_components();
            prop_assert_eq!(ours.scheme().as_str(), other.scheme_str());
            prop_assert_eq!(ours.authority().map(|it| it.host()), authority.map(|it| it.host()));
            let port = ours.authority().and_then(|it| it.port()).map(|port| port.as_str());
            prop_assert_eq!(port, authority.and_then(|it| it.port()));
            let userinfo = ours.authority().and_then(|it| it.userinfo()).map(|it| it.as_str());
            prop_assert_eq!(userinfo, authority.and_then(|it| it.userinfo()));
            prop_assert_eq!(ours.path().as_str(), other.path_str());
            prop_assert_eq!(ours.query().map(|it| it.as_str()), other.query_str());
            if let Ok(url) = Url::parse(&text) {
                let host = authority.unwrap().host().to_ascii_lowercase();
                let address = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
                prop_assert_eq!(url.endpoint().address(), address);
                prop_assert!(address.is_some() || url.endpoint().host() == host);
                let port = authority.unwrap().port().and_then(|port| port.parse().ok());
                let default = if url.is_secure() { 443 } else { 80 };
                prop_assert_eq!(url.endpoint().port(), port.unwrap_or(default));
            }
        }

        /// The same for references.
        #[test]
        fn another_parser_agrees_about_references(text in prop::collection::vec(piece(), 0..7)) {
            let text = text.concat();
            prop_assert_eq!(UriRef::parse(&*text).is_ok(), UriReferenceStr::new(&text).is_ok(), "{}", text);
            // Whatever a redirect says, the parser does not panic, and sees every change of origin.
            let base = url("https://h/deployment/1/forward");
            if let Ok(next) = base.join(&text) {
                let shown = url(&next.to_string());
                prop_assert_eq!(shown.is_of_same_origin(&base), next.is_of_same_origin(&base));
            }
        }
    }
}
