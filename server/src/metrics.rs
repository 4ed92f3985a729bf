//! What the server counts, and its text for Prometheus.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value};

use crate::recent::{Recent, TIMES};

/// The media type of the text.
pub const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

const NANOSECONDS: f64 = 1e9;

/// The upper ends of the buckets of a number of rows or requests.
const SIZES: &[u64] = &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/// What is counted for each deployment. It outlives a deployment that is loaded anew.
#[derive(Debug, Default)]
pub struct Metrics {
    deployments: Mutex<BTreeMap<String, Arc<Counts>>>,
}

/// What is counted for one deployment.
#[derive(Debug)]
pub struct Counts {
    responses: Mutex<BTreeMap<u16, u64>>,
    latency: Histogram,
    recent: Recent,
    pub engine: EngineCounts,
    /// The requests that a run of the model had together, if they are joined.
    pub joined: Histogram,
}

/// What is counted of the runs of a model.
#[derive(Debug)]
pub struct EngineCounts {
    time: Histogram,
    rows: Histogram,
    failed: AtomicU64,
    unavailable: AtomicU64,
    /// The attempts that failed at each of the servers that compute the model.
    attempts_failed: Mutex<BTreeMap<String, u64>>,
}

/// A value at the moment of asking, which others keep.
pub struct Gauge<'a> {
    pub name: &'a str,
    pub help: &'a str,
    pub value: f64,
}

/// Finds a histogram among what is counted for a deployment.
type HistogramOf = fn(&Counts) -> &Histogram;

impl Metrics {
    /// The counts of a deployment.
    pub fn of(&self, deployment: &str) -> Arc<Counts> {
        let mut deployments = lock(&self.deployments);
        if let Some(counts) = deployments.get(deployment) {
            return Arc::clone(counts);
        }
        let counts = Arc::new(Counts::new());
        deployments.insert(deployment.to_owned(), Arc::clone(&counts));
        counts
    }

    /// The last hour of each deployment that was asked.
    pub fn recent(&self) -> Value {
        let deployments = lock(&self.deployments);
        let recent = deployments.iter().map(|(id, counts)| (id.clone(), counts.recent.summary()));
        recent.collect::<Map<_, _>>().into()
    }

    /// All of it, in Prometheus' text format.
    pub fn text(&self, gauges: &[Gauge]) -> String {
        let deployments: Vec<(String, Arc<Counts>)> =
            lock(&self.deployments).iter().map(|(id, counts)| (label(id), Arc::clone(counts))).collect();
        let mut out = String::new();
        responses(&mut out, &deployments);
        let histograms: [(&str, &str, HistogramOf); 4] = [
            ("request_duration_seconds", "From the head of a request to its response.", |it| &it.latency),
            ("engine_duration_seconds", "Runs of the model.", |it| &it.engine.time),
            ("engine_rows", "Rows of a run of the model.", |it| &it.engine.rows),
            ("batch_requests", "Requests that were joined to one run of the model.", |it| &it.joined),
        ];
        for (name, help, of) in histograms {
            describe(&mut out, name, help, "histogram");
            deployments.iter().for_each(|(id, counts)| of(counts).write(&mut out, name, id));
        }
        engine_errors(&mut out, &deployments);
        failed_attempts(&mut out, &deployments);
        for Gauge { name, help, value } in gauges {
            describe(&mut out, name, help, "gauge");
            line(&mut out, format_args!("sidekick_{name} {value}"));
        }
        out
    }
}

impl Counts {
    pub fn new() -> Counts {
        Counts {
            responses: Mutex::default(),
            latency: Histogram::of_times(),
            recent: Recent::default(),
            engine: EngineCounts {
                time: Histogram::of_times(),
                rows: Histogram::of_sizes(),
                failed: AtomicU64::new(0),
                unavailable: AtomicU64::new(0),
                attempts_failed: Mutex::default(),
            },
            joined: Histogram::of_sizes(),
        }
    }

    /// Counts a response.
    pub fn responded(&self, status: u16, after: Duration) {
        *lock(&self.responses).entry(status).or_default() += 1;
        self.latency.observe_time(after);
        self.recent.add(status, after);
    }
}

impl Default for Counts {
    fn default() -> Counts {
        Counts::new()
    }
}

impl EngineCounts {
    /// Counts a run of the model over some rows.
    pub fn ran(&self, rows: usize, time: Duration) {
        self.rows.observe(u64::try_from(rows).unwrap_or(u64::MAX));
        self.time.observe_time(time);
    }

    /// Counts a run that failed.
    pub fn failed(&self) {
        self.failed.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a run for which no engine was there.
    pub fn unavailable(&self) {
        self.unavailable.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts an attempt that failed at one of several servers.
    pub fn attempt_failed(&self, server: &str) {
        *lock(&self.attempts_failed).entry(server.to_owned()).or_default() += 1;
    }
}

/// How many values lie below each of some bounds. Each value is counted in one place, so that a sum of the
/// places is never more than what was counted.
#[derive(Debug)]
pub struct Histogram {
    bounds: &'static [u64],
    /// What a value of 1 is in the text.
    unit: f64,
    counts: Vec<AtomicU64>,
    sum: AtomicU64,
}

impl Histogram {
    fn of_times() -> Histogram {
        Histogram::new(&TIMES, NANOSECONDS)
    }

    fn of_sizes() -> Histogram {
        Histogram::new(SIZES, 1.0)
    }

    fn new(bounds: &'static [u64], unit: f64) -> Histogram {
        let counts = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Histogram { bounds, unit, counts, sum: AtomicU64::new(0) }
    }

    fn observe_time(&self, time: Duration) {
        self.observe(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
    }

    pub fn observe(&self, value: u64) {
        let place = self.bounds.partition_point(|bound| *bound < value);
        self.counts[place].fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(value, Ordering::Relaxed);
    }

    /// Writes the buckets, the sum and the count; nothing if no value was counted.
    fn write(&self, out: &mut String, name: &str, id: &str) {
        let counts: Vec<u64> = self.counts.iter().map(|count| count.load(Ordering::Relaxed)).collect();
        let all: u64 = counts.iter().sum();
        if all == 0 {
            return;
        }
        let mut below = 0;
        for (bound, count) in self.bounds.iter().zip(&counts) {
            below += count;
            let bound = *bound as f64 / self.unit;
            line(out, format_args!("sidekick_{name}_bucket{{deployment=\"{id}\",le=\"{bound}\"}} {below}"));
        }
        line(out, format_args!("sidekick_{name}_bucket{{deployment=\"{id}\",le=\"+Inf\"}} {all}"));
        let sum = self.sum.load(Ordering::Relaxed) as f64 / self.unit;
        line(out, format_args!("sidekick_{name}_sum{{deployment=\"{id}\"}} {sum}"));
        line(out, format_args!("sidekick_{name}_count{{deployment=\"{id}\"}} {all}"));
    }
}

fn responses(out: &mut String, deployments: &[(String, Arc<Counts>)]) {
    describe(out, "requests_total", "Predictions that were answered, by status.", "counter");
    for (id, counts) in deployments {
        for (status, count) in lock(&counts.responses).iter() {
            let labels = format_args!("deployment=\"{id}\",status=\"{status}\"");
            line(out, format_args!("sidekick_requests_total{{{labels}}} {count}"));
        }
    }
}

fn engine_errors(out: &mut String, deployments: &[(String, Arc<Counts>)]) {
    let help = "Runs of the model that failed: the model itself, or no engine was there.";
    describe(out, "engine_errors_total", help, "counter");
    for (id, counts) in deployments {
        let engine = &counts.engine;
        for (kind, count) in [("failed", &engine.failed), ("unavailable", &engine.unavailable)] {
            let labels = format_args!("deployment=\"{id}\",kind=\"{kind}\"");
            let count = count.load(Ordering::Relaxed);
            line(out, format_args!("sidekick_engine_errors_total{{{labels}}} {count}"));
        }
    }
}

fn failed_attempts(out: &mut String, deployments: &[(String, Arc<Counts>)]) {
    let help = "Attempts that failed at a server of the engine; another one, or a retry, may have answered.";
    describe(out, "engine_failed_attempts_total", help, "counter");
    for (id, counts) in deployments {
        for (server, count) in lock(&counts.engine.attempts_failed).iter() {
            let labels = format_args!("deployment=\"{id}\",server=\"{}\"", label(server));
            line(out, format_args!("sidekick_engine_failed_attempts_total{{{labels}}} {count}"));
        }
    }
}

fn describe(out: &mut String, name: &str, help: &str, kind: &str) {
    line(out, format_args!("# HELP sidekick_{name} {help}"));
    line(out, format_args!("# TYPE sidekick_{name} {kind}"));
}

fn line(out: &mut String, text: std::fmt::Arguments) {
    // Writing to memory does not fail.
    _ = writeln!(out, "{text}");
}

/// A text within the quotes of a label.
fn label(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// Nothing panics while it holds one of the locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(metrics: &Metrics) -> Vec<String> {
        let text = metrics.text(&[Gauge { name: "queue_depth", help: "Waiting.", value: 2.0 }]);
        text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
    }

    #[test]
    fn responses_are_counted_by_status() {
        let metrics = Metrics::default();
        let counts = metrics.of("a");
        counts.responded(200, Duration::from_millis(1));
        counts.responded(503, Duration::from_millis(700));
        metrics.of("a").responded(200, Duration::from_secs(60));
        let lines = lines(&metrics);
        assert_eq!(lines[0], r#"sidekick_requests_total{deployment="a",status="200"} 2"#);
        assert_eq!(lines[1], r#"sidekick_requests_total{deployment="a",status="503"} 1"#);
        for line in [
            r#"sidekick_request_duration_seconds_bucket{deployment="a",le="0.0005"} 0"#,
            r#"sidekick_request_duration_seconds_bucket{deployment="a",le="0.001"} 1"#,
            r#"sidekick_request_duration_seconds_bucket{deployment="a",le="0.5"} 1"#,
            r#"sidekick_request_duration_seconds_bucket{deployment="a",le="1"} 2"#,
            r#"sidekick_request_duration_seconds_bucket{deployment="a",le="30"} 2"#,
            r#"sidekick_request_duration_seconds_bucket{deployment="a",le="+Inf"} 3"#,
            r#"sidekick_request_duration_seconds_sum{deployment="a"} 60.701"#,
            r#"sidekick_request_duration_seconds_count{deployment="a"} 3"#,
            "sidekick_queue_depth 2",
        ] {
            assert!(lines.iter().any(|found| found == line), "{line} is not in {lines:#?}");
        }
    }

    #[test]
    fn runs_of_the_model_are_counted_with_their_rows_and_errors() {
        let metrics = Metrics::default();
        let engine = &metrics.of("a").engine;
        engine.ran(3, Duration::from_micros(20));
        engine.ran(5000, Duration::from_micros(20));
        engine.failed();
        engine.attempt_failed("h\"1");
        let lines = lines(&metrics);
        for line in [
            r#"sidekick_engine_rows_bucket{deployment="a",le="2"} 0"#,
            r#"sidekick_engine_rows_bucket{deployment="a",le="4"} 1"#,
            r#"sidekick_engine_rows_bucket{deployment="a",le="1024"} 1"#,
            r#"sidekick_engine_rows_sum{deployment="a"} 5003"#,
            r#"sidekick_engine_duration_seconds_count{deployment="a"} 2"#,
            r#"sidekick_engine_errors_total{deployment="a",kind="failed"} 1"#,
            r#"sidekick_engine_errors_total{deployment="a",kind="unavailable"} 0"#,
            r#"sidekick_engine_failed_attempts_total{deployment="a",server="h\"1"} 1"#,
        ] {
            assert!(lines.iter().any(|found| found == line), "{line} is not in {lines:#?}");
        }
        assert!(!lines.iter().any(|line| line.contains("batch_requests")));
    }
}
