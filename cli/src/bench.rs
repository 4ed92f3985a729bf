//! Measures a deployment: the time of requests, and how many it answers.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::{Value, json};
use sidekick::{Deployment, Rows};

use crate::connection::{ConnectionArguments, seconds};
use crate::describe::Format;
use crate::examples;
use crate::failure::{Exit, Failure, Outcome, without_row};
use crate::histogram::Histogram;
use crate::input::InputArguments;
use crate::predict::RequestArguments;
use crate::terminal::{self, BOLD, Terminal};

/// Measures a deployment: latency, requests and rows a second
///
/// The same rows are sent again and again: those of NAME=VALUE, the first of a file (--batch-rows), or one
/// that is made up. A request that fails is counted, and not sent again unless --retries says so.
#[derive(Args)]
pub struct BenchArguments {
    #[command(flatten)]
    input: InputArguments,

    #[command(flatten)]
    requests: RequestArguments,

    /// How many requests to send
    #[arg(
        short = 'r',
        long = "requests",
        value_name = "NUMBER",
        default_value_t = 1000,
        conflicts_with = "seconds"
    )]
    count: u64,

    /// How long to send requests, instead of how many
    #[arg(short, long, value_name = "SECONDS", value_parser = seconds)]
    seconds: Option<Duration>,

    /// For people or for programs
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t = Format::Table)]
    format: Format,

    #[command(flatten)]
    connection: ConnectionArguments,
}

const PERCENTILES: [(&str, f64); 5] =
    [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999), ("max", 1.0)];
const BARS: usize = 12;
const BAR_WIDTH: u64 = 40;

/// What was measured.
struct Measured {
    times: Histogram,
    failed: u64,
    first_failure: Option<sidekick::Error>,
    wall: Duration,
    rows: usize,
}

pub fn run(arguments: &BenchArguments, terminal: &Terminal) -> Outcome {
    let mut connection = arguments.connection.resolve(terminal)?;
    connection.options.set_batch_rows(arguments.requests.batch_rows)?;
    if !arguments.connection.sets_retries() {
        connection.options.set_retries(0);
    }
    let deployment = connection.open()?;
    let rows = rows(arguments, &deployment)?;
    // The first request makes the server ready; one that fails would fail for all.
    deployment.predict(&rows).map_err(|error| connection.explain(&error))?;
    let measured = measure(arguments, &deployment, &rows)?;
    terminal::print(&match arguments.format {
        Format::Table => as_text(&measured, arguments.requests.in_flight),
        Format::Json => format!("{:#}\n", as_json(&measured, arguments.requests.in_flight)),
    })?;
    match &measured.first_failure {
        Some(error) => Err(connection.explain(error)),
        None => Ok(()),
    }
}

/// The rows of one request.
fn rows(arguments: &BenchArguments, deployment: &Deployment) -> Outcome<Rows> {
    let mut rows = deployment.rows();
    if arguments.input.is_empty() {
        examples::add(&mut rows, deployment.inputs(), 1)?;
        return Ok(rows);
    }
    let mut source = arguments.input.open(deployment.inputs())?;
    while rows.len() < arguments.requests.batch_rows {
        let Some(item) = source.next()? else { break };
        let added = source.add(&item.record, &mut rows).and_then(|()| rows.end_row());
        added.map_err(|error| Failure::bad_row(format!("{}{}", item.place(), without_row(&error))))?;
    }
    match rows.is_empty() {
        true => Err(Failure::usage("the input has no rows")),
        false => Ok(rows),
    }
}

fn measure(arguments: &BenchArguments, deployment: &Deployment, rows: &Rows) -> Outcome<Measured> {
    let started = Instant::now();
    let sent = AtomicU64::new(0);
    let goes_on = || match arguments.seconds {
        Some(limit) => started.elapsed() < limit,
        None => sent.fetch_add(1, Ordering::Relaxed) < arguments.count,
    };
    let all = Mutex::new(Measured::new(rows.len()));
    let work = || {
        let own = send(deployment, rows, &goes_on);
        all.lock().unwrap_or_else(PoisonError::into_inner).append(own);
    };
    let workers = usize::try_from(arguments.count).unwrap_or(usize::MAX).min(arguments.requests.in_flight);
    let workers = if arguments.seconds.is_some() { arguments.requests.in_flight } else { workers };
    thread::scope(|scope| {
        let mut spawn = |_| thread::Builder::new().spawn_scoped(scope, work).map(drop);
        // Those that are there end by themselves.
        (0..workers).try_for_each(&mut spawn)
    })
    .map_err(|error| Failure::new(Exit::Failed, format!("--in-flight {workers}: {error}")))?;
    let mut all = all.into_inner().unwrap_or_else(PoisonError::into_inner);
    all.wall = started.elapsed();
    Ok(all)
}

/// What one thread does: a request after the other.
fn send(deployment: &Deployment, rows: &Rows, goes_on: &dyn Fn() -> bool) -> Measured {
    let mut own = Measured::new(rows.len());
    while goes_on() {
        let start = Instant::now();
        match deployment.predict(rows) {
            Ok(_) => own.times.add(start.elapsed()),
            Err(error) => own.fail(error),
        }
    }
    own
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

impl Measured {
    fn new(rows: usize) -> Measured {
        Measured { times: Histogram::new(), failed: 0, first_failure: None, wall: Duration::ZERO, rows }
    }

    fn fail(&mut self, error: sidekick::Error) {
        self.failed += 1;
        self.first_failure.get_or_insert(error);
    }

    fn append(&mut self, other: Measured) {
        self.times.append(&other.times);
        self.failed += other.failed;
        self.first_failure = self.first_failure.take().or(other.first_failure);
    }

    fn requests_per_second(&self) -> f64 {
        self.times.count as f64 / self.wall.as_secs_f64().max(1e-9)
    }

    fn rows_per_second(&self) -> f64 {
        self.requests_per_second() * self.rows as f64
    }
}

fn as_text(measured: &Measured, in_flight: usize) -> String {
    let Measured { times, failed, wall, rows, .. } = measured;
    let rows_text = if *rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") };
    let mut out = format!(
        "{} requests of {rows_text}, {in_flight} in flight, in {:.2} s; {failed} failed\n\n",
        times.count + failed,
        wall.as_secs_f64()
    );
    out += &format!("{BOLD}requests/s{BOLD:#}  {:.1}\n", measured.requests_per_second());
    out += &format!("{BOLD}rows/s{BOLD:#}      {:.1}\n", measured.rows_per_second());
    if times.count == 0 {
        return out;
    }
    out += &format!(
        "{BOLD}latency{BOLD:#}     min {:.3} ms, mean {:.3}",
        milliseconds(times.least()),
        milliseconds(times.mean())
    );
    for (name, part) in PERCENTILES {
        out += &format!(", {name} {:.3}", milliseconds(times.quantile(part)));
    }
    out.push_str("\n\n");
    let ranges = times.ranges(BARS);
    let most = ranges.iter().map(|(.., count)| *count).max().unwrap_or(1).max(1);
    for (from, to, count) in ranges {
        let bar = "#".repeat((count * BAR_WIDTH).div_ceil(most) as usize);
        out += &format!("{:>9.3} - {:>9.3} ms  {bar:<40}  {count}\n", milliseconds(from), milliseconds(to));
    }
    out
}

fn as_json(measured: &Measured, in_flight: usize) -> Value {
    let Measured { times, failed, wall, rows, .. } = measured;
    let mut latency = serde_json::Map::new();
    if times.count > 0 {
        latency.insert("min".to_owned(), json!(milliseconds(times.least())));
        latency.insert("mean".to_owned(), json!(milliseconds(times.mean())));
        for (name, part) in PERCENTILES {
            latency.insert(name.to_owned(), json!(milliseconds(times.quantile(part))));
        }
    }
    let range =
        |(from, to, count): (Duration, Duration, u64)| json!([milliseconds(from), milliseconds(to), count]);
    json!({
        "requests": times.count + failed,
        "failed": failed,
        "rows_per_request": rows,
        "in_flight": in_flight,
        "seconds": wall.as_secs_f64(),
        "requests_per_second": measured.requests_per_second(),
        "rows_per_second": measured.rows_per_second(),
        "latency_ms": latency,
        "histogram_ms": times.ranges(BARS).into_iter().map(range).collect::<Vec<_>>(),
    })
}
