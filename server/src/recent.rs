//! What was answered in the last hour, minute by minute: for the pages, which have no memory of their own.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// The upper ends of the buckets of a time, in nanoseconds: from half a millisecond to 30 seconds.
pub const TIMES: [u64; 15] = [
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    25_000_000,
    50_000_000,
    100_000_000,
    250_000_000,
    500_000_000,
    1_000_000_000,
    2_500_000_000,
    5_000_000_000,
    10_000_000_000,
    30_000_000_000,
];

/// An hour.
const MINUTES: u64 = 60;
const SECONDS_IN_MINUTE: u64 = 60;
const NANOSECONDS_IN_MILLISECOND: f64 = 1e6;

/// The answers of the last minutes, the newest one last. A minute without an answer is absent.
#[derive(Debug)]
pub struct Recent {
    started: Instant,
    minutes: Mutex<VecDeque<Minute>>,
}

#[derive(Clone, Debug, Default)]
struct Minute {
    /// Counted from the start of the server.
    number: u64,
    requests: u64,
    errors: u64,
    /// By latency, as `TIMES` divides it.
    latency: [u64; TIMES.len() + 1],
}

impl Default for Recent {
    fn default() -> Recent {
        Recent { started: Instant::now(), minutes: Mutex::default() }
    }
}

impl Recent {
    pub fn add(&self, status: u16, after: Duration) {
        self.add_in(self.now(), status, after);
    }

    fn add_in(&self, now: u64, status: u16, after: Duration) {
        let nanoseconds = u64::try_from(after.as_nanos()).unwrap_or(u64::MAX);
        let mut minutes = self.lock();
        forget(&mut minutes, now);
        if minutes.back().is_none_or(|newest| newest.number < now) {
            minutes.push_back(Minute { number: now, ..Minute::default() });
        }
        if let Some(newest) = minutes.back_mut() {
            newest.requests += 1;
            newest.errors += u64::from(status >= 400);
            newest.latency[TIMES.partition_point(|bound| *bound < nanoseconds)] += 1;
        }
    }

    /// The last hour: requests, errors, requests a second of the last minute, the bounds in milliseconds
    /// below which half and 99 % of the answers came, and how many came below each bound and above the one
    /// before.
    pub fn summary(&self) -> Value {
        self.summary_after(self.started.elapsed())
    }

    fn summary_after(&self, elapsed: Duration) -> Value {
        let now = elapsed.as_secs() / SECONDS_IN_MINUTE;
        let mut minutes = self.lock();
        forget(&mut minutes, now);
        let requests: u64 = minutes.iter().map(|minute| minute.requests).sum();
        let errors: u64 = minutes.iter().map(|minute| minute.errors).sum();
        let latency = minutes.iter().fold([0; TIMES.len() + 1], |mut sum: [u64; _], minute| {
            sum.iter_mut().zip(minute.latency).for_each(|(sum, count)| *sum += count);
            sum
        });
        // The minute that has just begun says too little about a rate: the one before counts, too.
        let last: u64 =
            minutes.iter().filter(|minute| minute.number + 1 >= now).map(|minute| minute.requests).sum();
        let before = now.saturating_sub(1) * SECONDS_IN_MINUTE;
        let seconds = (elapsed.as_secs_f64() - before as f64).max(1.0);
        let bars: Vec<Value> = latency
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0)
            .map(|(place, count)| json!({"below": milliseconds(place), "count": count}))
            .collect();
        json!({
            "requests": requests,
            "errors": errors,
            "perSecond": last as f64 / seconds,
            "p50": percentile(&latency, requests, 50),
            "p99": percentile(&latency, requests, 99),
            "latency": bars,
        })
    }

    fn now(&self) -> u64 {
        self.started.elapsed().as_secs() / SECONDS_IN_MINUTE
    }

    /// Nothing panics while it holds the lock.
    fn lock(&self) -> MutexGuard<'_, VecDeque<Minute>> {
        self.minutes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Drops what is an hour old.
fn forget(minutes: &mut VecDeque<Minute>, now: u64) {
    while minutes.front().is_some_and(|oldest| oldest.number + MINUTES <= now) {
        minutes.pop_front();
    }
}

/// The bound below which this share of the answers came; null without answers, or beyond the largest bound.
fn percentile(latency: &[u64], all: u64, percent: u64) -> Value {
    let wanted = (all * percent).div_ceil(100).max(1);
    let mut below = 0;
    let place = latency.iter().position(|count| {
        below += count;
        below >= wanted
    });
    place.map_or(Value::Null, milliseconds)
}

fn milliseconds(place: usize) -> Value {
    TIMES.get(place).map_or(Value::Null, |&bound| json!(bound as f64 / NANOSECONDS_IN_MILLISECOND))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_kept_and_no_more() {
        let recent = Recent::default();
        for (minute, status, milliseconds) in [(0, 200, 1), (0, 500, 1), (30, 200, 3), (61, 200, 400)] {
            recent.add_in(minute, status, Duration::from_millis(milliseconds));
        }
        let minute = |number: u64| Duration::from_secs(number * 60);
        let summary = recent.summary_after(minute(61));
        assert_eq!((&summary["requests"], &summary["errors"]), (&json!(2), &json!(0)));
        assert_eq!((&summary["p50"], &summary["p99"]), (&json!(5.0), &json!(500.0)));
        assert_eq!(summary["latency"], json!([{"below": 5.0, "count": 1}, {"below": 500.0, "count": 1}]));
        assert_eq!(recent.summary_after(minute(200))["p50"], Value::Null);
    }

    #[test]
    fn a_rate_is_that_of_the_last_minutes() {
        let recent = Recent::default();
        let rate = |seconds| recent.summary_after(Duration::from_secs_f64(seconds))["perSecond"].clone();
        (0..120).for_each(|_| recent.add_in(0, 400, Duration::ZERO));
        let rates = [0.0, 30.0, 60.0, 80.0, 120.0].map(rate);
        assert_eq!(rates, [120.0, 4.0, 2.0, 1.5, 0.0].map(|rate| json!(rate)));
        assert_eq!(recent.summary_after(Duration::from_secs(120))["errors"], json!(120));
    }
}
