//! Streams: predictions in order and in bounded memory, errors of single batches, cancelling from another
//! thread, and no thread left.

mod common;

use common::{Request, deployment, numbers, open, options, reply, within};
use sidekick::{Cancel, Deployment, Error, ErrorKind, Options, Stream};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

fn side_by_side(batch_rows: usize, requests: usize) -> Options {
    let mut options = options();
    options.set_batch_rows(batch_rows).unwrap();
    options.set_max_in_flight(requests).unwrap();
    options
}

fn echo() -> String {
    deployment(|request, stream| reply(stream, "200 OK", &request.echo()))
}

/// The first number of a request.
fn leading_number(request: &Request) -> f64 {
    let text = request.body.split("\"in\":").nth(1).unwrap();
    text[..text.find(['}', ',']).unwrap()].parse().unwrap()
}

/// Pushes the numbers from `first` to `end`, some at a time, and takes predictions only where it has to.
/// Gives back what was taken, a batch each.
fn run(
    deployment: &Deployment,
    numbers: std::ops::Range<u32>,
    at_once: usize,
) -> Vec<Result<Vec<f64>, Error>> {
    let mut stream = deployment.stream().unwrap();
    let (mut rows, mut taken) = (deployment.rows(), Vec::new());
    for number in numbers.clone() {
        rows.add_number("in", f64::from(number)).unwrap();
        rows.end_row().unwrap();
        if rows.len() == at_once || number + 1 == numbers.end {
            while stream.is_full() {
                taken.extend(take(&mut stream));
            }
            stream.push(&rows).unwrap();
            rows.clear();
        }
    }
    while let Some(batch) = take(&mut stream) {
        taken.push(batch);
    }
    taken
}

fn take(stream: &mut Stream) -> Option<Result<Vec<f64>, Error>> {
    stream.next().map(|found| found.map(|it| it.numbers("out").unwrap().to_vec())).transpose()
}

#[test]
fn predictions_come_in_order_whoever_is_slow() {
    let url = deployment(|request, stream| {
        sleep(Duration::from_millis(7 * (leading_number(request) as u64 / 10 % 3)));
        reply(stream, "200 OK", &request.echo())
    });
    for (requests, at_once) in [(1, 10), (3, 10), (3, 1), (3, 25), (16, 1000)] {
        let taken = run(&open(&url, &side_by_side(10, requests)), 0..205, at_once);
        let all: Vec<f64> = taken.into_iter().flat_map(Result::unwrap).collect();
        assert_eq!(all, (0..205).map(f64::from).collect::<Vec<_>>(), "{requests} {at_once}");
    }
}

#[test]
fn a_full_stream_takes_nothing_until_something_is_taken() {
    let deployment = open(&echo(), &side_by_side(5, 1));
    let mut stream = deployment.stream().unwrap();
    assert!(!stream.is_full() && stream.next().unwrap().is_none());
    stream.push(&deployment.rows()).unwrap();
    assert!(stream.next().unwrap().is_none(), "no rows make no batch");
    stream.push(&numbers(&deployment, 5)).unwrap();
    assert!(!stream.is_full());
    stream.push(&numbers(&deployment, 6)).unwrap();
    assert!(stream.is_full());
    let refused = stream.push(&numbers(&deployment, 1)).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::StreamFull);
    assert_eq!(refused.to_string(), "the stream holds 3 batches; take predictions first");
    let mut sizes = Vec::new();
    while let Some(batch) = take(&mut stream) {
        sizes.push(batch.unwrap().len());
    }
    assert_eq!(sizes, [5, 5, 1]);
    assert!(stream.next().unwrap().is_none());
    stream.push(&numbers(&deployment, 1)).unwrap();
    assert_eq!(stream.next().unwrap().unwrap().len(), 1, "a stream goes on behind its end");
}

#[test]
fn a_batch_that_fails_has_its_own_error_and_the_others_their_predictions() {
    let url = deployment(|request, stream| match leading_number(request) as u32 {
        20 => reply(stream, "400 Bad Request", r#"{"errorCode": "BadData", "errorMessage": "no"}"#),
        40 => reply(stream, "200 OK", r#"{"rows": [{"out": 1}, {"out": "x"}]}"#),
        _ => reply(stream, "200 OK", &request.echo()),
    });
    for requests in [1, 4] {
        let taken = run(&open(&url, &side_by_side(10, requests)), 0..60, 20);
        let good: Vec<bool> = taken.iter().map(Result::is_ok).collect();
        assert_eq!(good, [true, true, false, true, false, true]);
        let bad = taken[2].as_ref().unwrap_err();
        assert_eq!((bad.kind(), bad.rows(), bad.attempts()), (ErrorKind::Server, Some(20..30), 1));
        assert!(bad.to_string().starts_with("rows 20 to 29, after 1 attempt: "), "{bad}");
        let odd = taken[4].as_ref().unwrap_err();
        assert_eq!((odd.kind(), odd.row(), odd.rows()), (ErrorKind::ReplyType, Some(41), Some(40..50)));
        assert!(odd.to_string().starts_with("row 41: feature \"out\": "), "{odd}");
    }
}

#[test]
fn isolated_rows_are_counted_within_their_batch() {
    let url = deployment(|request, stream| match request.body.contains("\"in\":23") {
        true => reply(stream, "400 Bad Request", r#"{"errorCode": "BadData", "errorMessage": "no"}"#),
        false => reply(stream, "200 OK", &request.echo()),
    });
    let mut options = side_by_side(10, 2);
    options.set_isolate_bad_rows(true);
    let deployment = open(&url, &options);
    let mut stream = deployment.stream().unwrap();
    stream.push(&numbers(&deployment, 30)).unwrap();
    let batches: Vec<_> = std::iter::from_fn(|| stream.next().unwrap()).collect();
    assert_eq!(batches.iter().map(|batch| batch.len()).collect::<Vec<_>>(), [10, 10, 9]);
    assert_eq!(batches[2].failures()[0].row(), Some(3));
    assert_eq!(batches[2].sent_row(3).unwrap(), 4);
}

#[test]
fn a_batch_that_fails_while_bad_rows_are_sought_names_all_its_rows() {
    let url = deployment(|request, stream| match leading_number(request) as u32 {
        25 => reply(stream, "500 Internal Server Error", "{}"),
        _ if request.body.contains("\"in\":23") => {
            reply(stream, "400 Bad Request", r#"{"errorCode": "BadData", "errorMessage": "no"}"#)
        }
        _ => reply(stream, "200 OK", &request.echo()),
    });
    let mut options = side_by_side(10, 2);
    options.set_isolate_bad_rows(true);
    let taken = run(&open(&url, &options), 0..40, 20);
    let good: Vec<bool> = taken.iter().map(Result::is_ok).collect();
    assert_eq!(good, [true, true, false, true]);
    let error = taken[2].as_ref().unwrap_err();
    assert_eq!((error.kind(), error.rows()), (ErrorKind::Http, Some(20..30)));
}

#[test]
fn no_more_requests_are_in_flight_than_max_in_flight() {
    static NOW: AtomicUsize = AtomicUsize::new(0);
    static MOST: AtomicUsize = AtomicUsize::new(0);
    let (arrived, three) = (AtomicUsize::new(0), Barrier::new(3));
    let url = deployment(move |request, stream| {
        MOST.fetch_max(NOW.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        // None of the first three is answered before all are there.
        if arrived.fetch_add(1, Ordering::SeqCst) < 3 {
            three.wait();
        }
        sleep(Duration::from_millis(20));
        NOW.fetch_sub(1, Ordering::SeqCst);
        reply(stream, "200 OK", &request.echo())
    });
    assert_eq!(run(&open(&url, &side_by_side(1, 3)), 0..30, 1).len(), 30);
    assert_eq!(MOST.load(Ordering::SeqCst), 3);
}

const BOUND: Duration = Duration::from_millis(100);

#[test]
fn it_is_cancelled_from_another_thread_and_the_deployment_can_be_used_further() {
    within(BOUND, || time_to_end(1));
    within(BOUND, || time_to_end(4));
}

/// How long a stream with so many requests in flight takes to end when it is cancelled.
fn time_to_end(requests: usize) -> Duration {
    let url = deployment(|request, stream| {
        sleep(Duration::from_millis(if leading_number(request) == 0.0 { 3000 } else { 0 }));
        reply(stream, "200 OK", &request.echo())
    });
    let deployment = open(&url, &side_by_side(1, requests));
    let cancel = Cancel::new().unwrap();
    let mut stream = deployment.stream_cancellable(Some(&cancel)).unwrap();
    stream.push(&numbers(&deployment, 2)).unwrap();
    let (error, took) = scope(|scope| {
        let call = scope.spawn(|| (stream.next().err(), Instant::now()));
        sleep(Duration::from_millis(100));
        let start = Instant::now();
        cancel.trigger();
        let (error, end) = call.join().unwrap();
        (error.unwrap(), end.duration_since(start))
    });
    assert_eq!((error.kind(), error.rows()), (ErrorKind::Cancelled, Some(0..1)));
    let refused = stream.push(&numbers(&deployment, 1)).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Cancelled);
    let mut rows = deployment.rows();
    rows.add_number("in", 7.0).unwrap();
    rows.end_row().unwrap();
    assert_eq!(deployment.predict(&rows).unwrap().number("out", 0).unwrap(), 7.0);
    took
}

#[test]
fn dropping_it_cancels_requests_in_flight_and_leaves_no_thread() {
    within(BOUND, time_to_drop);
}

fn time_to_drop() -> Duration {
    let reached = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&reached);
    let url = deployment(move |_, stream: &mut TcpStream| {
        seen.fetch_add(1, Ordering::SeqCst);
        let _ = std::io::Read::read(stream, &mut [0]);
        false
    });
    let deployment = open(&url, &side_by_side(1, 4));
    let mut stream = deployment.stream().unwrap();
    stream.push(&numbers(&deployment, 8)).unwrap();
    while reached.load(Ordering::SeqCst) < 4 {
        sleep(Duration::from_millis(1));
    }
    let start = Instant::now();
    drop(stream);
    let took = start.elapsed();
    assert_eq!(reached.load(Ordering::SeqCst), 4, "what was not in flight yet is not sent");
    took
}

#[test]
fn it_refuses_what_a_predict_call_refuses() {
    let url = echo();
    let (one, other) = (open(&url, &options()), open(&url, &options()));
    let mut stream = one.stream().unwrap();
    assert_eq!(stream.push(&numbers(&other, 1)).unwrap_err().kind(), ErrorKind::Argument);
    let mut rows = numbers(&one, 1);
    rows.add_number("in", 1.0).unwrap();
    let unfinished = stream.push(&rows).unwrap_err();
    assert_eq!((unfinished.kind(), unfinished.row()), (ErrorKind::RowIncomplete, Some(1)));
    assert!(stream.next().unwrap().is_none());
}

#[test]
fn it_outlives_its_deployment() {
    let deployment = open(&echo(), &side_by_side(1, 2));
    let mut stream = deployment.stream().unwrap();
    let rows = numbers(&deployment, 3);
    drop(deployment);
    stream.push(&rows).unwrap();
    assert_eq!(take(&mut stream).unwrap().unwrap(), [0.0]);
}
