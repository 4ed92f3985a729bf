//! Names to addresses: a literal needs no look-up, a name is cached for a short time.

use super::failed_attempt::FailedAttempt;
use crate::error::{Error, ErrorKind};
use crate::url::Endpoint;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How long the addresses of a name are cached.
const CACHED: Duration = Duration::from_secs(30);

/// A resolver for one name, with a cache. It asks the system on the caller's thread, so that no thread
/// outlives the library. Such a look-up cannot be cancelled.
#[derive(Default)]
pub(super) struct Resolver(Mutex<Option<(Instant, Vec<SocketAddr>)>>);

impl Resolver {
    pub(super) fn resolve(&self, endpoint: &Endpoint) -> Result<Vec<SocketAddr>, FailedAttempt> {
        if let Some(address) = endpoint.address() {
            return Ok(vec![SocketAddr::new(address, endpoint.port())]);
        }
        if let Some(addresses) = self.cached() {
            return Ok(addresses);
        }
        let host = endpoint.host();
        let found = (&*host, endpoint.port()).to_socket_addrs();
        let found = found.map(Iterator::collect::<Vec<_>>).unwrap_or_default();
        if found.is_empty() {
            let message = format!("the host name {host} cannot be resolved; check its spelling");
            return Err(Error::new(ErrorKind::Connect, message).into());
        }
        if let Ok(mut known) = self.0.try_lock() {
            *known = Some((Instant::now(), found.clone()));
        }
        Ok(found)
    }

    /// Never waits for the lock: a lock that was held at a fork stays held in the child process.
    fn cached(&self) -> Option<Vec<SocketAddr>> {
        let known = self.0.try_lock().ok()?;
        known.as_ref().filter(|(when, _)| when.elapsed() < CACHED).map(|(_, addresses)| addresses.clone())
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
    fn names_are_cached() {
        let resolver = Resolver::default();
        let found = resolver.resolve(&endpoint("localhost:81")).ok().unwrap();
        assert_eq!(resolver.cached(), Some(found));
    }
}
