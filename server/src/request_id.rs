//! The ids of requests: a client's own, or one that is made. Each response has its request's.

use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io::Read;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderMap, HeaderName, HeaderValue};

pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The most characters of a client's id.
const MOST: usize = 128;

/// The id of a request: visible ASCII.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestId {
    value: HeaderValue,
    /// Whether the client chose it.
    pub is_taken: bool,
}

impl RequestId {
    pub fn value(&self) -> HeaderValue {
        self.value.clone()
    }

    pub fn as_str(&self) -> &str {
        self.value.to_str().unwrap_or_default()
    }
}

/// Makes the ids of a server: a number that differs at each start, and one that counts.
pub struct RequestIds {
    start: u64,
    next: AtomicU64,
}

impl Default for RequestIds {
    fn default() -> RequestIds {
        let mut bytes = [0; 8];
        let read = File::open("/dev/urandom").and_then(|mut source| source.read_exact(&mut bytes));
        // The keys of hash tables are random, too.
        let start = read.map_or_else(|_| RandomState::new().hash_one(0), |()| u64::from_ne_bytes(bytes));
        RequestIds { start, next: AtomicU64::new(1) }
    }
}

impl RequestIds {
    /// The client's id if it names one, once, that others can copy; else a new one.
    pub fn of(&self, headers: &HeaderMap) -> RequestId {
        let mut named = headers.get_all(HEADER).iter();
        match (named.next(), named.next()) {
            (Some(value), None) if is_sane(value) => RequestId { value: value.clone(), is_taken: true },
            _ => self.make(),
        }
    }

    fn make(&self) -> RequestId {
        let text = format!("{:016x}-{:x}", self.start, self.next.fetch_add(1, Ordering::Relaxed));
        let value = HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("none"));
        RequestId { value, is_taken: false }
    }
}

fn is_sane(value: &HeaderValue) -> bool {
    (1..=MOST).contains(&value.len()) && value.as_bytes().iter().all(u8::is_ascii_graphic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[&[u8]]) -> RequestId {
        let mut headers = HeaderMap::new();
        values.iter().for_each(|value| _ = headers.append(HEADER, HeaderValue::from_bytes(value).unwrap()));
        RequestIds::default().of(&headers)
    }

    #[test]
    fn a_sane_id_is_taken() {
        for id in [&b"a"[..], b"!~", &[b'x'; MOST]] {
            let found = of(&[id]);
            assert_eq!((found.as_str().as_bytes(), found.is_taken), (id, true));
        }
        let (long, empty) = ([b'x'; MOST + 1], Vec::new());
        let one = |id: &'static [u8]| vec![id];
        for others in [empty, one(b""), one(b"a b"), one(b"\xff"), vec![&long[..]], vec![b"a", b"b"]] {
            let found = of(&others);
            assert!(!found.is_taken && found.as_str().ends_with("-1"), "{others:?}");
        }
    }

    #[test]
    fn no_two_are_the_same() {
        let ids = RequestIds::default();
        let (one, other) = (ids.of(&HeaderMap::new()), ids.of(&HeaderMap::new()));
        assert_ne!(one, other);
        assert_ne!(one, of(&[]));
    }
}
