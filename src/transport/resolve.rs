//! Names to addresses: literals at once, names remembered for a while, so that a request on a pooled connection starts no
//! look-up (which would start a thread, with a time limit set).

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use ureq::config::Config;
use ureq::http::Uri;
use ureq::http::uri::Scheme;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// How long a name's addresses are remembered.
const REMEMBERED: Duration = Duration::from_secs(30);

/// A resolver with a short memory.
#[derive(Debug, Default)]
pub(super) struct RememberingResolver {
    system: DefaultResolver,
    known: Mutex<HashMap<String, (Instant, ResolvedSocketAddrs)>>,
}

impl Resolver for RememberingResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        if let Some(address) = literal(uri) {
            let mut addresses = self.empty();
            addresses.push(address);
            return Ok(addresses);
        }
        let key = uri.authority().map(ToString::to_string).unwrap_or_default();
        let key = format!("{}:{key}", uri.scheme_str().unwrap_or_default());
        if let Some(addresses) = self.remembered(&key) {
            return Ok(addresses);
        }
        let found = self.system.resolve(uri, config, timeout);
        // Left as it is, this failure would look like that of an established connection.
        let addresses = found.map_err(|error| match error {
            ureq::Error::Io(_) => ureq::Error::HostNotFound,
            other => other,
        })?;
        if let Ok(mut known) = self.known.lock() {
            known.insert(key, (Instant::now(), addresses.clone()));
        }
        Ok(addresses)
    }
}

impl RememberingResolver {
    fn remembered(&self, key: &str) -> Option<ResolvedSocketAddrs> {
        let known = self.known.lock().ok()?;
        known.get(key).filter(|(when, _)| when.elapsed() < REMEMBERED).map(|(_, addresses)| addresses.clone())
    }
}

/// The address of a URL whose host is one.
fn literal(uri: &Uri) -> Option<SocketAddr> {
    let host = uri.host()?.trim_start_matches('[').trim_end_matches(']');
    let default = if uri.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 };
    Some(SocketAddr::new(host.parse::<IpAddr>().ok()?, uri.port_u16().unwrap_or(default)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_need_no_look_up() {
        for (uri, expected) in [
            ("http://127.0.0.1/x", Some("127.0.0.1:80")),
            ("https://10.0.0.1", Some("10.0.0.1:443")),
            ("http://[::1]:81/", Some("[::1]:81")),
            ("http://localhost/", None),
        ] {
            assert_eq!(literal(&uri.parse().unwrap()), expected.map(|text| text.parse().unwrap()));
        }
    }
}
