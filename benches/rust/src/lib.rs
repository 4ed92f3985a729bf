//! What the benchmark's Rust clients share: the command line, the data, the clock, and the line they print.

pub mod numbers;
pub mod peer;
pub mod pieces;

use std::time::Instant;

/// `CLIENT KIND URL ROWS REQUESTS`
pub struct Task {
    pub kind: String,
    pub url: String,
    pub rows: usize,
    pub requests: usize,
}

impl Task {
    /// From the command line; a wrong one ends the program.
    pub fn from_arguments() -> Task {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let [kind, url, rows, requests, ..] = &arguments[..] else { usage() };
        let number = |text: &str| text.parse().unwrap_or_else(|_| usage());
        Task { kind: kind.clone(), url: url.clone(), rows: number(rows), requests: number(requests) }
    }
}

fn usage() -> ! {
    eprintln!("usage: CLIENT KIND URL ROWS REQUESTS (and the data folder in SIDEKICK_BENCH_DATA)");
    std::process::exit(2)
}

/// A file of the benchmark's data.
pub fn data(name: &str) -> Vec<u8> {
    let folder = std::env::var("SIDEKICK_BENCH_DATA").unwrap_or_else(|_| usage());
    std::fs::read(format!("{folder}/{name}")).expect("benches/prepare.py made the file")
}

/// The table's rows, each 6 numbers, 2 texts and 2 categories.
pub fn table() -> Vec<(Vec<f64>, Vec<String>)> {
    let text = String::from_utf8(data("table.tsv")).expect("the table is UTF-8");
    let row = |line: &str| {
        let fields: Vec<&str> = line.split('\t').collect();
        let numbers = fields[..6].iter().map(|field| field.parse().expect("a number")).collect();
        (numbers, fields[6..].iter().map(|&field| field.to_owned()).collect())
    };
    text.lines().map(row).collect()
}

/// Makes requests, of which the caller made one before to warm up, and prints what they took. A request's
/// result is its share of the checksum.
pub fn measure(requests: usize, mut request: impl FnMut(usize) -> u64) {
    let mut times = Vec::with_capacity(requests);
    let mut checksum = 0u64;
    let (start, cpu) = (Instant::now(), usage_now().0);
    for index in 0..requests {
        let start = Instant::now();
        checksum = checksum.wrapping_add(request(index));
        times.push(start.elapsed().as_secs_f64());
    }
    let wall = start.elapsed().as_secs_f64();
    let (after, peak) = usage_now();
    times.sort_by(f64::total_cmp);
    println!(
        "{{\"wall\":{wall},\"cpu\":{},\"peak_kb\":{peak},\"p50\":{},\"checksum\":{checksum}}}",
        after - cpu,
        times[requests / 2]
    );
}

/// User and system CPU in seconds, and peak memory in KB.
fn usage_now() -> (f64, i64) {
    // SAFETY: getrusage fills the whole struct, for which zeros are a value.
    let usage = unsafe {
        let mut usage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &mut usage);
        usage
    };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    (seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss)
}
