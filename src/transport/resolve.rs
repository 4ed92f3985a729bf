//! Names to addresses: literals at once, names remembered for a while.

use super::explain::Trouble;
use crate::error::{Error, ErrorKind};
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How long a name's addresses are remembered.
const REMEMBERED: Duration = Duration::from_secs(30);

/// A resolver for one name, with a short memory. It asks the system on the caller's own thread, whose look-up cannot be cut
/// short: a thread of ours could outlive the library.
#[derive(Default)]
pub(super) struct Resolver(Mutex<Option<(Instant, Vec<SocketAddr>)>>);

impl Resolver {
    pub(super) fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, Trouble> {
        if let Ok(address) = host.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(address, port)]);
        }
        if let Some(addresses) = self.remembered() {
            return Ok(addresses);
        }
        let found = (host, port).to_socket_addrs().map(Iterator::collect::<Vec<_>>).unwrap_or_default();
        if found.is_empty() {
            let message = "the server's name could not be resolved; check the URL";
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

    #[test]
    fn literals_need_no_look_up() {
        for (host, expected) in [("127.0.0.1", "127.0.0.1:81"), ("::1", "[::1]:81")] {
            let found = Resolver::default().resolve(host, 81).ok().unwrap();
            assert_eq!(found, [expected.parse::<SocketAddr>().unwrap()]);
        }
    }

    #[test]
    fn names_are_remembered() {
        let resolver = Resolver::default();
        let found = resolver.resolve("localhost", 81).ok().unwrap();
        assert_eq!(resolver.remembered(), Some(found));
    }
}
