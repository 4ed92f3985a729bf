//! Times of requests, in a fixed amount of memory and with an error of at most 3 %.

use std::time::Duration;

/// Buckets for each doubling of the time.
const PARTS: u64 = 32;
const PART_BITS: u32 = PARTS.trailing_zeros();
const BUCKETS: usize = ((64 - PART_BITS as usize) + 1) * PARTS as usize;

#[derive(Clone)]
pub struct Histogram {
    counts: Vec<u64>,
    pub count: u64,
    sum: Duration,
    least: Duration,
    most: Duration,
}

impl Histogram {
    pub fn new() -> Histogram {
        let (sum, least, most) = (Duration::ZERO, Duration::MAX, Duration::ZERO);
        Histogram { counts: vec![0; BUCKETS], count: 0, sum, least, most }
    }

    pub fn add(&mut self, time: Duration) {
        let microseconds = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        if let Some(count) = self.counts.get_mut(bucket(microseconds)) {
            *count += 1;
        }
        self.count += 1;
        self.sum = self.sum.saturating_add(time);
        self.least = self.least.min(time);
        self.most = self.most.max(time);
    }

    pub fn append(&mut self, other: &Histogram) {
        self.counts.iter_mut().zip(&other.counts).for_each(|(own, other)| *own += other);
        self.count += other.count;
        self.sum = self.sum.saturating_add(other.sum);
        self.least = self.least.min(other.least);
        self.most = self.most.max(other.most);
    }

    pub fn least(&self) -> Duration {
        self.least.min(self.most)
    }

    pub fn mean(&self) -> Duration {
        self.sum.div_f64(self.count.max(1) as f64)
    }

    /// The time within which so large a part of the requests was done.
    pub fn quantile(&self, part: f64) -> Duration {
        let wanted = (self.count as f64 * part).ceil() as u64;
        let mut seen = 0;
        for (index, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= wanted.max(1) {
                return Duration::from_micros(start(index + 1) - 1).clamp(self.least(), self.most);
            }
        }
        self.most
    }

    /// At most `most` ranges of times that cover all, with how many are in each.
    pub fn ranges(&self, most: usize) -> Vec<(Duration, Duration, u64)> {
        let used = |count: &u64| *count > 0;
        let (Some(first), Some(last)) =
            (self.counts.iter().position(used), self.counts.iter().rposition(used))
        else {
            return Vec::new();
        };
        let step = (last + 1 - first).div_ceil(most.max(1));
        let ranges = (first..=last).step_by(step).map(|index| {
            let end = (index + step).min(last + 1);
            let count = self.counts.iter().take(end).skip(index).sum();
            (Duration::from_micros(start(index)), Duration::from_micros(start(end)), count)
        });
        ranges.collect()
    }
}

/// The bucket of a time in microseconds: exact below twice `PARTS`, then `PARTS` for each doubling.
fn bucket(value: u64) -> usize {
    let shift = (63 - value.max(1).leading_zeros()).saturating_sub(PART_BITS);
    (u64::from(shift) * PARTS + (value >> shift)) as usize
}

/// The least time of a bucket.
fn start(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    let shift = (bucket / PARTS).saturating_sub(1);
    (bucket - shift * PARTS).checked_shl(shift as u32).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_holds_its_times_and_is_narrow() {
        for value in (0..5000).chain((1..40).map(|bits| (1 << bits) + 1)) {
            let (from, to) = (start(bucket(value)), start(bucket(value) + 1));
            assert!((from..to).contains(&value), "{value} is not in {from}..{to}");
            assert!((to - from) as f64 <= (from as f64 / PARTS as f64).max(1.0));
        }
        assert!(bucket(u64::MAX) < BUCKETS);
    }

    #[test]
    fn quantiles_and_ranges_are_those_of_the_times() {
        let mut histogram = Histogram::new();
        (1..=1000).for_each(|milliseconds| histogram.add(Duration::from_millis(milliseconds)));
        for (part, expected) in [(0.5, 500.0), (0.99, 990.0), (0.999, 999.0), (1.0, 1000.0)] {
            let found = histogram.quantile(part).as_secs_f64() * 1000.0;
            assert!((found / expected - 1.0).abs() < 0.04, "{part}: {found}");
        }
        assert_eq!(
            (histogram.least(), histogram.quantile(1.0)),
            (Duration::from_millis(1), Duration::from_secs(1))
        );
        assert_eq!(histogram.mean(), Duration::from_micros(500_500));
        let ranges = histogram.ranges(10);
        assert!(ranges.len() <= 10);
        assert_eq!(ranges.iter().map(|(.., count)| count).sum::<u64>(), 1000);
    }
}
