//! When to send a request again, and how long to wait before.

use crate::error::{Error, ErrorKind, Result};
use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, SystemTime};

/// How often a request is sent again, and after which waits.
#[derive(Clone, Debug)]
pub(crate) struct RetryPolicy {
    pub(crate) retries: u32,
    first_backoff: Duration,
    backoff_ceiling: Duration,
}

impl Default for RetryPolicy {
    fn default() -> RetryPolicy {
        let (first_backoff, backoff_ceiling) = (Duration::from_millis(100), Duration::from_secs(30));
        RetryPolicy { retries: 2, first_backoff, backoff_ceiling }
    }
}

impl RetryPolicy {
    /// Sets the wait before the first retry, and the longest one.
    pub(crate) fn set_backoff(&mut self, first: Duration, ceiling: Duration) -> Result<()> {
        if first > ceiling {
            return Err(Error::new(
                ErrorKind::Argument,
                "the first backoff is longer than the backoff ceiling",
            ));
        }
        (self.first_backoff, self.backoff_ceiling) = (first, ceiling);
        Ok(())
    }

    /// Whether a status is temporary: too many requests, or a gateway's 502, 503 and 504.
    pub(super) fn is_transient(&self, status: u16) -> bool {
        matches!(status, 429 | 502 | 503 | 504)
    }

    /// How long to wait before the retry of this number (from 0). None if the retries are used up, or if the
    /// server asks for a longer wait than the ceiling. `asked` is its `Retry-After`.
    pub(super) fn delay(&self, number: u32, asked: Option<Duration>) -> Option<Duration> {
        if number >= self.retries {
            return None;
        }
        match asked {
            Some(asked) => Some(asked).filter(|asked| *asked <= self.backoff_ceiling),
            None => {
                let doubled = self.first_backoff.saturating_mul(2u32.saturating_pow(number));
                Some(doubled.min(self.backoff_ceiling).mul_f64(0.5 + random_fraction() / 2.0))
            }
        }
    }
}

/// The wait of a `Retry-After` header: seconds, or until a date (RFC 9110, section 10.2.3).
pub(super) fn parse_retry_after(text: &str, now: SystemTime) -> Option<Duration> {
    match text.trim().parse::<u64>() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => {
            let date = httpdate::parse_http_date(text.trim()).ok()?;
            Some(date.duration_since(now).unwrap_or(Duration::ZERO))
        }
    }
}

/// A random number from 0 to 1, so that many clients do not retry at the same moment.
fn random_fraction() -> f64 {
    RandomState::new().hash_one(0) as f64 / u64::MAX as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_ceiling() {
        let mut policy = RetryPolicy { retries: u32::MAX, ..RetryPolicy::default() };
        policy.set_backoff(Duration::from_millis(100), Duration::from_secs(1)).unwrap();
        for (number, most) in [(0, 100), (1, 200), (3, 800), (4, 1000), (4_000, 1000)] {
            let waited = policy.delay(number, None).unwrap().as_millis();
            assert!((most / 2..=most).contains(&waited), "retry {number}: {waited}");
        }
    }

    #[test]
    fn waits_have_a_random_part() {
        let waits: std::collections::HashSet<_> =
            (0..20).map(|_| RetryPolicy::default().delay(0, None)).collect();
        assert!(waits.len() > 10, "{waits:?}");
    }

    #[test]
    fn retry_after_is_honoured_up_to_the_ceiling() {
        let wish = |seconds| RetryPolicy::default().delay(0, Some(Duration::from_secs(seconds)));
        assert_eq!(wish(7), Some(Duration::from_secs(7)));
        assert_eq!(wish(31), None);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(parse_retry_after("120", now), Some(Duration::from_secs(120)));
        assert_eq!(parse_retry_after("Sun, 06 Nov 1994 08:49:40 GMT", now), Some(Duration::from_secs(3)));
        assert_eq!(parse_retry_after("Sun, 06 Nov 1994 08:00:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(parse_retry_after("soon", now), None);
    }
}
