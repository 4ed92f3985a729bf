//! Out of memory is an error: an allocator refuses the Nth large request, for every N of an
//! open-add-predict-read cycle of each kind. The call in which it happens succeeds all the same or fails with
//! [`ErrorKind::Memory`], and the same call made again gives the right result.
//!
//! What a library of others asks for itself may still end the process: decoders of PNG as samples, BMP, GIF,
//! TIFF and WebP, and the packer of gzip. Whether there is memory is asked before them.
//!
//! A request that nobody can refuse ends the process, so the cycles run in a child of this program, and the
//! servers here.

// What a child ends with is a signal.
#![cfg(unix)]

mod cycle;
mod images;
mod refusing;
mod scenarios;
mod server;
mod tables;
mod tensors;

use cycle::Scenario;
use refusing::Refusing;
use std::io::Write;
use std::process::{Command, Stdio};

#[global_allocator]
static ALLOCATOR: Refusing = Refusing;

/// Tell a child what it is to do: the place of a scenario, the URL of its server, and the trial to begin
/// with.
const SCENARIO: &str = "ALLOCATION_SCENARIO";
const URL: &str = "ALLOCATION_URL";
const FIRST: &str = "ALLOCATION_FIRST";
/// What the system prints for a process that ran out of memory.
const ENDED: &str = "signal: 6 (SIGABRT): memory allocation of";
/// More large requests than any cycle makes.
const MOST_TRIALS: usize = 2_000;

#[test]
fn no_large_request_that_is_refused_ends_the_process() {
    let url = server::start();
    let mut failures = Vec::new();
    for (place, scenario) in scenarios::all().iter().enumerate() {
        let before = failures.len();
        let trials = run_trials(place, &url, &mut failures);
        if scenario.is_foreign {
            failures.retain(|failure| !failure.contains(ENDED));
        }
        println!("{}: {trials} trials, {} failed", scenario.name, failures.len() - before);
        failures[before..].iter_mut().for_each(|failure| *failure = format!("{}: {failure}", scenario.name));
        if !scenario.is_small && failures.len() == before {
            assert!(trials > 2, "{}: no large request was seen", scenario.name);
        }
    }
    assert!(failures.is_empty(), "{} trials failed:\n{}", failures.len(), failures.join("\n"));
}

/// Runs all trials of a scenario in as many children as it takes; how many trials there were.
fn run_trials(place: usize, url: &str, failures: &mut Vec<String>) -> usize {
    let mut first = 0;
    while first < MOST_TRIALS {
        let program = std::env::current_exe().unwrap();
        let child = Command::new(program)
            .args(["--exact", "child", "--nocapture", "--test-threads=1"])
            .envs([(SCENARIO, place.to_string()), (URL, url.to_owned()), (FIRST, first.to_string())])
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&child.stdout);
        let last = told.lines().rev().find_map(|line| line.strip_prefix("trial ")?.parse::<usize>().ok());
        let last = last.unwrap_or_else(|| panic!("the child began no trial: {child:?}"));
        if child.status.success() {
            return last + 1;
        }
        let why = String::from_utf8_lossy(&child.stderr).trim().replace('\n', " ");
        failures.push(format!("trial {last}: {}: {why}", child.status));
        first = last + 1;
    }
    MOST_TRIALS
}

/// What a child does: a cycle for each large request, of which one is refused, or it and all behind it in the
/// same call.
#[test]
fn child() {
    let Ok(place) = std::env::var(SCENARIO) else { return };
    let [place, first] = [place, std::env::var(FIRST).unwrap()].map(|number| number.parse().unwrap());
    let scenario: Scenario = scenarios::all().swap_remove(place);
    let url = format!("{}/deployment/{place}/forward", std::env::var(URL).unwrap());
    std::panic::set_hook(Box::new(|panic| {
        refusing::stop();
        eprintln!("{panic}");
    }));
    for trial in first.. {
        println!("\ntrial {trial}");
        std::io::stdout().flush().unwrap();
        let (number, lasts) = (trial / 2, trial % 2 == 1);
        refusing::refuse(number, lasts);
        (scenario.run)(&url);
        if lasts && refusing::seen() <= number {
            return;
        }
    }
}
