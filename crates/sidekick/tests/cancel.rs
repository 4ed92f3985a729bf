//! Cancelled calls: each returns within 100 ms, whatever it is doing, and its deployment stays usable.

mod common;

use common::{TOKEN, ask, deployment, listen, numbers, open, options, reply, tls, within};
use sidekick::{Cancel, Deployment, ErrorKind, Result};
use std::io::Write;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

const BOUND: Duration = Duration::from_millis(100);

/// Makes a call, cancels it after a while, and checks how it ends.
fn assert_cancelled<T: Send>(call: impl Fn(&Cancel) -> Result<T> + Sync) {
    within(BOUND, || time_to_end(&call));
}

fn time_to_end<T: Send>(call: &(impl Fn(&Cancel) -> Result<T> + Sync)) -> Duration {
    let cancel = Cancel::new().unwrap();
    let (result, took) = scope(|scope| {
        let call = scope.spawn(|| (call(&cancel).err(), Instant::now()));
        sleep(Duration::from_millis(150));
        assert!(!call.is_finished(), "the call ended before it was cancelled");
        let start = Instant::now();
        cancel.trigger();
        let (error, end) = call.join().unwrap();
        (error.expect("the call fails"), end.duration_since(start))
    });
    assert_eq!(result.kind(), ErrorKind::Cancelled, "{result}");
    assert!(!result.is_retryable());
    took
}

/// A server that misbehaves until `good` is set.
fn server(
    good: &Arc<AtomicBool>,
    bad: impl Fn(&mut std::net::TcpStream) -> bool + Send + Sync + 'static,
) -> String {
    let good = Arc::clone(good);
    deployment(move |request, stream| match good.load(Ordering::SeqCst) {
        true => reply(stream, "200 OK", &request.echo()),
        false => bad(stream),
    })
}

fn silent(_: &mut std::net::TcpStream) -> bool {
    sleep(Duration::from_secs(3));
    false
}

fn dripping(stream: &mut std::net::TcpStream) -> bool {
    let started = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n").is_ok();
    started
        && (0..300).all(|_| {
            sleep(Duration::from_millis(10));
            stream.write_all(b" ").is_ok()
        })
}

fn flooding(stream: &mut std::net::TcpStream) -> bool {
    let zeros = [b' '; 100_000];
    let head = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
    head.is_ok()
        && std::iter::repeat_with(|| sleep(Duration::from_millis(1)))
            .all(|()| stream.write_all(&zeros).is_ok())
}

fn busy(stream: &mut std::net::TcpStream) -> bool {
    reply(stream, "503 Later\r\nRetry-After: 5", "")
}

#[test]
fn a_call_in_flight_returns_at_once_and_the_deployment_lives() {
    let kinds: [fn(&mut std::net::TcpStream) -> bool; 4] = [silent, dripping, flooding, busy];
    for bad in kinds {
        let good = Arc::new(AtomicBool::new(false));
        let mut options = options();
        options.set_retry_backoff(Duration::from_secs(1), Duration::from_secs(10)).unwrap();
        let deployment = open(&server(&good, bad), &options);
        let rows = numbers(&deployment, 2);
        assert_cancelled(|cancel| deployment.predict_cancellable(&rows, Some(cancel)));
        assert_cancelled(|cancel| deployment.post_json_cancellable("{}", Some(cancel)));
        good.store(true, Ordering::SeqCst);
        ask(&deployment).unwrap();
    }
}

#[test]
fn an_upload_is_cancelled() {
    let address = listen(|mut stream| {
        while let Some(head) = common::read_head(&mut stream) {
            if head[0].starts_with("POST ") {
                sleep(Duration::from_secs(3));
                return;
            }
            reply(&mut stream, "200 OK", common::DESCRIBE);
        }
    });
    let mut options = options();
    options.set_batch_rows(usize::MAX).unwrap();
    let deployment = open(&format!("http://{address}/forward"), &options);
    let rows = numbers(&deployment, 1_000_000);
    assert_cancelled(|cancel| deployment.predict_cancellable(&rows, Some(cancel)));
}

#[test]
fn all_requests_of_a_call_are_cancelled() {
    let good = Arc::new(AtomicBool::new(false));
    let mut options = options();
    options.set_batch_rows(1).unwrap();
    options.set_max_in_flight(8).unwrap();
    let deployment = open(&server(&good, silent), &options);
    let rows = numbers(&deployment, 100);
    assert_cancelled(|cancel| deployment.predict_cancellable(&rows, Some(cancel)));
    good.store(true, Ordering::SeqCst);
    assert_eq!(deployment.predict(&rows).unwrap().numbers("out").unwrap().len(), 100);
}

/// A listener whose queue is full: more connections are neither accepted nor refused.
fn full() -> (TcpListener, Vec<std::net::TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let limit = Duration::from_millis(200);
    let connect = || std::net::TcpStream::connect_timeout(&address, limit).ok();
    let waiting = std::iter::repeat_with(connect).take(5_000).map_while(|stream| stream).collect();
    (listener, waiting)
}

#[test]
fn connecting_is_cancelled() {
    let (listener, _waiting) = full();
    let url = format!("http://{}/forward", listener.local_addr().unwrap());
    assert_cancelled(|cancel| Deployment::open_cancellable(&url, TOKEN, &options(), Some(cancel)));
}

#[test]
fn a_handshake_is_cancelled() {
    let address = listen(|_| sleep(Duration::from_secs(3)));
    let url = format!("https://{address}/forward");
    // The system's certificates are read before the connection is made: on Windows that may take longer.
    let mut options = options();
    options.set_ca_pem(tls::Authority::new().pem.as_bytes()).unwrap();
    assert_cancelled(|cancel| Deployment::open_cancellable(&url, TOKEN, &options, Some(cancel)));
}

#[test]
fn a_cancellation_stays_triggered_and_affects_no_other_call() {
    let deployment = open(&server(&Arc::new(AtomicBool::new(true)), silent), &options());
    let (cancel, other) = (Cancel::new().unwrap(), Cancel::new().unwrap());
    let rows = numbers(&deployment, 1);
    deployment.predict_cancellable(&rows, Some(&cancel)).unwrap();
    cancel.trigger();
    cancel.trigger();
    let error = deployment.predict_cancellable(&rows, Some(&cancel)).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert!(cancel.is_triggered() && !other.is_triggered());
    deployment.predict_cancellable(&rows, Some(&other)).unwrap();
}

/// Makes a call that ends at its time limit of 150 ms, and checks how it ends.
#[test]
fn a_call_that_ends_before_it_starts_makes_no_attempt() {
    let deployment = open(&server(&Arc::new(AtomicBool::new(true)), silent), &options());
    let rows = numbers(&deployment, 2);
    let (cancelled, late) = (Cancel::new().unwrap(), Cancel::new().unwrap());
    cancelled.trigger();
    late.set_timeout(Some(Duration::from_nanos(1)));
    sleep(Duration::from_millis(2));
    for (cancel, kind) in [(&cancelled, ErrorKind::Cancelled), (&late, ErrorKind::Timeout)] {
        let errors = [
            deployment.predict_cancellable(&rows, Some(cancel)).err(),
            deployment.post_json_cancellable("{}", Some(cancel)).err(),
        ];
        for error in errors.into_iter().flatten() {
            assert_eq!((error.kind(), error.attempts()), (kind, 0), "{error}");
        }
    }
}

fn timed_out<T: Send>(call: impl Fn(&Cancel) -> Result<T>) {
    let cancel = Cancel::new().unwrap();
    cancel.set_timeout(Some(Duration::from_millis(150)));
    let error = call(&cancel).err().expect("the call fails");
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert!(error.to_string().ends_with("the limit of its cancellation"), "{error}");
    assert!(!cancel.is_triggered());
}

#[test]
fn a_time_limit_ends_a_call_and_the_deployment_lives() {
    let kinds: [fn(&mut std::net::TcpStream) -> bool; 3] = [silent, dripping, flooding];
    for bad in kinds {
        let good = Arc::new(AtomicBool::new(false));
        let deployment = open(&server(&good, bad), &options());
        let rows = numbers(&deployment, 2);
        timed_out(|cancel| deployment.predict_cancellable(&rows, Some(cancel)));
        timed_out(|cancel| deployment.post_json_cancellable("{}", Some(cancel)));
        good.store(true, Ordering::SeqCst);
        ask(&deployment).unwrap();
    }
}

#[test]
fn a_time_limit_is_one_for_all_requests_of_a_call() {
    let slow = |stream: &mut std::net::TcpStream| {
        sleep(Duration::from_millis(20));
        reply(stream, "200 OK", r#"{"rows": [{"out": 1}]}"#)
    };
    let mut options = options();
    options.set_batch_rows(1).unwrap();
    let deployment = open(&server(&Arc::new(AtomicBool::new(false)), slow), &options);
    let rows = numbers(&deployment, 1000);
    timed_out(|cancel| deployment.predict_cancellable(&rows, Some(cancel)));
}

#[test]
fn a_time_limit_ends_opening_and_a_stream() {
    let address = listen(|_| sleep(Duration::from_secs(3)));
    let url = format!("http://{address}/forward");
    timed_out(|cancel| Deployment::open_cancellable(&url, TOKEN, &options(), Some(cancel)));
    let deployment = open(&server(&Arc::new(AtomicBool::new(false)), silent), &options());
    let rows = numbers(&deployment, 2);
    timed_out(|cancel| {
        let mut stream = deployment.stream_cancellable(Some(cancel))?;
        stream.push(&rows)?;
        stream.next()
    });
    timed_out(|cancel| {
        let mut stream = deployment.stream_cancellable(Some(cancel))?;
        cancel.set_timeout(Some(Duration::from_nanos(1)));
        sleep(Duration::from_millis(2));
        stream.push(&rows)
    });
}
