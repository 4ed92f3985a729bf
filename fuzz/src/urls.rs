//! URLs, against another strict reader of RFC 3986.

use iri_string::types::{UriAbsoluteStr, UriReferenceStr, UriStr};
use sidekick::internal;

/// A URL, and after a line feed a reference that is resolved against it.
pub fn read(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (url, location) = text.split_once('\n').unwrap_or((text, ""));
    let Some((scheme, host, port)) = internal::origin(url) else {
        assert!(internal::check_url(url).is_err(), "a URL that is accepted has an origin");
        return;
    };
    let plain = UriStr::new(url).unwrap_or_else(|_| panic!("{url} is no URL"));
    let authority = plain.authority_components().expect("it has a host");
    assert!(plain.scheme_str().eq_ignore_ascii_case(&scheme));
    assert!(is_host(authority.host(), &host), "{url} is of {host}");
    assert_eq!(authority.userinfo(), None);
    let default = if scheme == "https" { 443 } else { 80 };
    let number = authority.port().filter(|digits| !digits.is_empty()).map_or(Ok(default), str::parse);
    assert_eq!(number, Ok(port), "{url}");
    let query = plain.query_str().map_or(String::new(), |query| format!("?{query}"));
    let path = if plain.path_str().is_empty() { "/" } else { plain.path_str() };
    assert_eq!(internal::target(url), Some(format!("{path}{query}")));
    let origin = Some((scheme, host, port));
    if let Ok((predict, describe)) = internal::deployment_urls(url) {
        assert_eq!((internal::origin(&predict), internal::origin(&describe)), (origin.clone(), origin));
        // A URL that was found is found again.
        assert_eq!(internal::deployment_urls(&predict).ok(), Some((predict, describe)));
    }
    resolve(url, location);
}

/// Whether a host as a URL has it is this one: a name in lower case, or an address.
fn is_host(text: &str, host: &str) -> bool {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    match bare.parse::<std::net::IpAddr>() {
        Ok(address) => address.to_string() == host,
        Err(_) => text.eq_ignore_ascii_case(host),
    }
}

fn resolve(url: &str, location: &str) {
    let base = UriAbsoluteStr::new(url.split('#').next().unwrap_or(url));
    let (Ok(base), Ok(found)) = (base, internal::resolve_url(url, location)) else { return };
    let reference = UriReferenceStr::new(location).unwrap_or_else(|_| panic!("{location} is no reference"));
    let expected = reference.resolve_against(base).to_string();
    assert_eq!(internal::origin(&found), internal::origin(&expected), "{location} from {url}: {found}");
    // The steps `.` and `..` of the base may be taken before or after, and `%2E` is a dot to one (RFC 3986,
    // 5.2.1, 6.2.2.2).
    let encoded_dot = |text: &str| text.contains("%2e") || text.contains("%2E");
    if !base.path_str().contains("/.") && !encoded_dot(url) && !encoded_dot(location) {
        assert_eq!(internal::target(&found), internal::target(&expected), "{location} from {url}: {found}");
    }
}
