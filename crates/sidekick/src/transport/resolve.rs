//! Names to addresses: literals at once, names remembered for a while.

use super::explain::Trouble;
use crate::error::{Error, ErrorKind};
use crate::url::Endpoint;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How long a name's addresses are remembered.
const REMEMBERED: Duration = Duration::from_secs(30);

/// A resolver for one name, with a short memory. It asks the system on the caller's own thread, whose look-up cannot be cut
/// short: a thread of ours could outlive the library.
#[derive(Default)]
pub(super) struct Resolver(Mutex<Option<(Instant, Vec<SocketAddr>)>>);

impl Resolver {
    pub(super) fn resolve(&self, endpoint: &Endpoint) -> Result<Vec<SocketAddr>, Trouble> {
        if let Some(address) = endpoint.address() {
            return Ok(vec![SocketAddr::new(address, endpoint.port())]);
        }
        if let Some(addresses) = self.remembered() {
            return Ok(addresses);
        }
        let host = endpoint.host();
        let found = (&*host, endpoint.port()).to_socket_addrs();
        let found = found.map(Iterator::collect::<Vec<_>>).unwrap_or_default();
        if found.is_empty() {
            let message = format!("the name {host} could not be resolved; check its spelling");
            return Err(Error::new(ErrorKind::Connect, message).into());
        }
        if let Ok(mut known) = self.0.try_lock() {
            *known = Some((Instant::now(), found.clone()));
        }
        Ok(found)
    }

    /// Never waits for the lock: after a fork it may be held by nobody.
    fn remembered(&self) -> Option<Vec<SocketAddr>> {
        let known = self.0.try_lock().ok()?;
        known.as_ref().filter(|(when, _)| when.elapsed() < REMEMBERED).map(|(_, addresses)| addresses.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::url::Url;

    fn endpoint(authority: &str) -> Endpoint {
        Url::parse(&format!("http://{authority}/")).unwrap().endpoint().clone()
    }

    #[test]
    fn literals_need_no_look_up() {
        for literal in ["127.0.0.1:81", "[::1]:81"] {
            let found = Resolver::default().resolve(&endpoint(literal)).ok().unwrap();
            assert_eq!(found, [literal.parse::<SocketAddr>().unwrap()]);
        }
    }

    #[test]
    fn names_are_remembered() {
        let resolver = Resolver::default();
        let found = resolver.resolve(&endpoint("localhost:81")).ok().unwrap();
        assert_eq!(resolver.remembered(), Some(found));
    }
}
