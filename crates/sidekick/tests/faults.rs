//! The faults of the transport's unit tests, made by the system itself. This test runs itself under strace,
//! which makes the system calls of one request fail.

#![cfg(target_os = "linux")]

mod common;

use common::{deployment, numbers, options, reply};
use sidekick::Deployment;
use std::process::Command;
use std::time::Duration;

/// The variable that gives the process under strace its server.
const URL: &str = "SIDEKICK_TEST_URL";
/// The limit of its options, in milliseconds.
const LIMIT: &str = "SIDEKICK_TEST_LIMIT";
/// Far more than a call takes that does not wait for its time limit.
const LONG: u32 = 60_000;

/// The process under strace: it opens a deployment and predicts.
#[test]
#[ignore = "run under strace by the test below"]
fn predict_once() {
    let mut options = options();
    let limit = Duration::from_millis(std::env::var(LIMIT).unwrap().parse().unwrap());
    options.set_response_timeout(limit);
    options.set_connect_timeout(limit);
    options.set_retries(1);
    let outcome = Deployment::open(&std::env::var(URL).unwrap(), common::TOKEN, &options)
        .and_then(|deployment| deployment.predict(&numbers(&deployment, 2)));
    match outcome {
        Ok(_) => println!("outcome: predicted"),
        Err(error) => println!("outcome: {error:?}"),
    }
}

/// The outcome of the call while strace makes system calls fail.
fn predict_under(url: &str, limit: u32, inject: &str) -> String {
    let run = Command::new("strace")
        .args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=connect,sendto,recvfrom,ppoll"])
        .args(["-e", &format!("inject={inject}")])
        .arg(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "predict_once", "--nocapture", "--test-threads=1"])
        .env(URL, url)
        .env(LIMIT, limit.to_string())
        .output()
        .expect("strace is installed; tests/install-tools does it");
    let text = String::from_utf8_lossy(&run.stdout).into_owned();
    let outcome = text.lines().find_map(|line| Some(line.split_once("outcome: ")?.1));
    outcome.unwrap_or_else(|| panic!("{inject}: {text}{}", String::from_utf8_lossy(&run.stderr))).to_owned()
}

#[test]
fn failures_of_system_calls_are_retried() {
    let url = deployment(|request, stream| reply(stream, "200 OK", &request.echo()));
    // The first is the request that opens the deployment, the second the prediction on the same connection.
    for call in ["sendto", "recvfrom"] {
        for error in ["EPIPE", "ECONNRESET", "ETIMEDOUT", "EHOSTUNREACH", "ENOBUFS", "EINTR"] {
            for when in ["1", "2"] {
                let inject = format!("{call}:error={error}:when={when}");
                assert_eq!(predict_under(&url, LONG, &inject), "predicted", "{inject}");
            }
        }
    }
    for error in ["ECONNREFUSED", "ETIMEDOUT", "EHOSTUNREACH", "ENOBUFS", "EINTR"] {
        let inject = format!("connect:error={error}:when=1");
        assert_eq!(predict_under(&url, LONG, &inject), "predicted", "{inject}");
    }
}

#[test]
fn signals_without_end_do_not_outlast_a_limit() {
    let url = deployment(|request, stream| reply(stream, "200 OK", &request.echo()));
    for call in ["connect", "sendto", "recvfrom", "ppoll"] {
        let outcome = predict_under(&url, 200, &format!("{call}:error=EINTR"));
        // The system may connect, or answer, without a wait.
        let waits = call != "ppoll";
        assert!(outcome.starts_with("Timeout") || !waits && outcome == "predicted", "{call}: {outcome}");
    }
}
