//! Each system call of a connection fails with each error: what is retried, what is reported, and that each
//! wait ends.

use super::deadline::{Deadline, Timeouts};
use super::signals::Signals;
use super::system::Call;
use super::system::faults::{Injected, inject};
use super::{Cancel, Reply, Request, Rules, Settings, Target, Transport};
use crate::error::{Error, ErrorKind, Result};
use crate::url::Url;
use rustix::io::Errno;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const GOOD: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const ALWAYS: usize = usize::MAX;
/// The error of a write to a connection that the peer closed.
#[cfg(unix)]
const CLOSED: Errno = Errno::PIPE;
#[cfg(windows)]
const CLOSED: Errno = Errno::CONNABORTED;
/// The error of a system that has no memory for a call.
#[cfg(unix)]
const NO_MEMORY: Errno = Errno::NOMEM;
#[cfg(windows)]
const NO_MEMORY: Errno = Errno::NOBUFS;
/// Larger than what the system buffers of a connection.
const LARGE: usize = 16 << 20;

/// A server that sends this response to each request, after it has read `most` bytes of its body.
fn server(answer: &'static str, most: u64) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            std::thread::spawn(move || serve(stream.unwrap(), answer, most));
        }
    });
    format!("http://{address}/forward")
}

fn serve(stream: TcpStream, answer: &str, most: u64) {
    let mut reader = BufReader::new(stream);
    while let Some(length) = read_head(&mut reader) {
        let read = std::io::copy(&mut (&mut reader).take(length.min(most)), &mut std::io::sink());
        if read.is_err() || reader.get_mut().write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// The length of the body after a head.
fn read_head(reader: &mut impl BufRead) -> Option<u64> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        if line.trim().is_empty() {
            return Some(length);
        }
        length = line.strip_prefix("content-length: ").map_or(length, |text| text.trim().parse().unwrap());
    }
}

fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.proxy.set("").unwrap();
    settings.retry.set_backoff(Duration::from_millis(1), Duration::from_millis(1)).unwrap();
    settings
}

fn without_retries() -> Settings {
    let mut settings = settings();
    settings.retry.retries = 0;
    settings
}

fn post(transport: &Transport, body: &[u8]) -> Result<Reply> {
    post_parts(transport, &[body], None)
}

fn post_parts(transport: &Transport, parts: &[&[u8]], cancel: Option<&Cancel>) -> Result<Reply> {
    let target = &Target::of(&Url::parse("http://127.0.0.1/forward").unwrap());
    let request =
        Request { target, accept: "*/*", content_type: "text/plain", headers: &[], parts, split: None };
    transport.post(&request, cancel.into())
}

fn open(url: &str, settings: &Settings) -> Transport {
    Transport::new(&Url::parse(url).unwrap(), "a-token", settings, Rules::default()).unwrap()
}

/// The outcome of a first request while a system call fails.
fn first(settings: &Settings, fault: impl FnOnce() -> Injected) -> Result<Reply> {
    let transport = open(&server(GOOD, u64::MAX), settings);
    let _fault = fault();
    post(&transport, b"body")
}

fn attempts(outcome: Result<Reply>) -> u32 {
    let reply = outcome.unwrap();
    assert_eq!((reply.status, &*reply.body), (200, &b"ok"[..]));
    reply.attempts
}

fn failure(outcome: Result<Reply>) -> (ErrorKind, u32) {
    let error: Error = outcome.err().expect("the call fails");
    (error.kind(), error.attempts())
}

#[test]
fn a_failure_before_a_byte_of_the_response_is_retried() {
    let once = without_retries();
    for (error, kind) in [
        (CLOSED, ErrorKind::Network),
        (Errno::CONNRESET, ErrorKind::Network),
        (Errno::CONNABORTED, ErrorKind::Network),
        (Errno::TIMEDOUT, ErrorKind::Timeout),
        (Errno::HOSTUNREACH, ErrorKind::Network),
        (Errno::NETUNREACH, ErrorKind::Network),
        (Errno::NETDOWN, ErrorKind::Network),
        (Errno::NETRESET, ErrorKind::Network),
        (Errno::CONNREFUSED, ErrorKind::Network),
        (Errno::NOBUFS, ErrorKind::Network),
        (NO_MEMORY, ErrorKind::Network),
    ] {
        for call in [Call::Send, Call::Receive] {
            assert_eq!(attempts(first(&settings(), || inject(call, error, 0, 1))), 2, "{call:?} {error}");
            assert_eq!(failure(first(&once, || inject(call, error, 0, 1))), (kind, 1), "{call:?} {error}");
        }
    }
}

#[test]
fn a_failure_to_connect_is_retried() {
    let once = without_retries();
    for (error, kind) in [
        (Errno::CONNREFUSED, ErrorKind::Connect),
        (Errno::HOSTUNREACH, ErrorKind::Connect),
        (Errno::NETUNREACH, ErrorKind::Connect),
        (Errno::ADDRNOTAVAIL, ErrorKind::Connect),
        (Errno::TIMEDOUT, ErrorKind::Timeout),
        (Errno::NOBUFS, ErrorKind::Connect),
        (Errno::MFILE, ErrorKind::Connect),
    ] {
        for call in [Call::Socket, Call::Connect] {
            assert_eq!(attempts(first(&settings(), || inject(call, error, 0, 1))), 2, "{call:?} {error}");
            assert_eq!(failure(first(&once, || inject(call, error, 0, 1))), (kind, 1), "{call:?} {error}");
        }
    }
}

#[test]
fn a_reused_connection_that_breaks_is_replaced_once() {
    let once = without_retries();
    for (call, spared) in [(Call::Send, 0), (Call::Receive, 1)] {
        for error in [CLOSED, Errno::CONNRESET] {
            let transport = open(&server(GOOD, u64::MAX), &once);
            post(&transport, b"first").unwrap();
            let _fault = inject(call, error, spared, 1);
            assert_eq!(attempts(post(&transport, b"second")), 2, "{call:?} {error}");
        }
    }
}

/// Not on Windows, where sockets do not block: a read that finds nothing counts as the call that succeeds.
#[cfg(unix)]
#[test]
fn a_failure_after_a_byte_of_the_response_is_not_retried() {
    for error in [Errno::CONNRESET, Errno::TIMEDOUT, Errno::HOSTUNREACH, Errno::NOBUFS] {
        let kind = if error == Errno::TIMEDOUT { ErrorKind::Timeout } else { ErrorKind::Network };
        for begun in
            ["H", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbody", "HTTP/1.1 100 Continue\r\n\r\n"]
        {
            let transport = open(&server(begun, u64::MAX), &settings());
            let _fault = inject(Call::Receive, error, 1, 1);
            assert_eq!(failure(post(&transport, b"body")), (kind, 1), "{error} after {begun:?}");
        }
    }
}

#[test]
fn a_response_that_came_is_read_after_a_write_failed() {
    for error in [CLOSED, Errno::CONNRESET] {
        let answer = "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno";
        let transport = open(&server(answer, 1), &settings());
        let _fault = inject(Call::Send, error, 2, 1);
        let reply = post(&transport, &vec![b'x'; LARGE]).unwrap();
        assert_eq!((reply.status, reply.attempts, &*reply.body), (413, 1, &b"no"[..]));
    }
    // The rest of a response that never ends is not waited for.
    let begun = "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nn";
    let transport = open(&server(begun, 1), &settings());
    let _fault = inject(Call::Send, CLOSED, 2, 1);
    let error = post(&transport, &vec![b'x'; LARGE]).err().unwrap();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Network, 1), "{error}");
}

#[test]
fn signals_without_end_do_not_outlast_a_limit() {
    let short = Some(Duration::from_millis(50));
    let timeouts = Timeouts::default();
    let of = |timeouts: Timeouts| Settings { timeouts, ..settings() };
    let silence = || of(Timeouts { response: short, ..timeouts });
    let call = || of(Timeouts { call: short, ..timeouts });
    let connect = || Settings { timeouts: Timeouts { connect: short, ..timeouts }, ..without_retries() };
    for (settings, which) in [
        (silence(), Call::Send),
        (silence(), Call::Receive),
        (call(), Call::Send),
        (call(), Call::Receive),
        (connect(), Call::Connect),
    ] {
        let outcome = first(&settings, || inject(which, Errno::INTR, 0, ALWAYS));
        assert_eq!(failure(outcome).0, ErrorKind::Timeout, "{which:?}");
    }
    // The wait for a server that never answers is a poll, as is that for the connection.
    let long = Some(Duration::from_secs(60));
    for settings in [of(Timeouts { response: short, call: long, ..timeouts }), call()] {
        let transport = open(&server("", u64::MAX), &settings);
        let _fault = inject(Call::Poll, Errno::INTR, 1, ALWAYS);
        assert_eq!(failure(post(&transport, b"body")).0, ErrorKind::Timeout);
    }
}

#[test]
fn signals_do_not_outlast_a_wait_before_a_retry_or_a_cancellation() {
    let fault = inject(Call::Poll, Errno::INTR, 0, ALWAYS);
    Deadline::new(&Timeouts::default(), None).sleep(Duration::from_millis(20)).unwrap();
    drop(fault);
    let transport = open(&server("", u64::MAX), &settings());
    let cancel = Cancel::new().unwrap();
    let _fault = inject(Call::Receive, Errno::INTR, 0, ALWAYS);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(20));
            cancel.trigger();
        });
        let cancelled = post_parts(&transport, &[b"body"], Some(&cancel));
        assert_eq!(failure(cancelled), (ErrorKind::Cancelled, 1));
    });
}

#[test]
fn a_signal_ends_a_call_if_the_program_says_so() {
    for which in [Call::Connect, Call::Send, Call::Receive, Call::Poll] {
        let heard = Arc::new(AtomicUsize::new(0));
        let hears = |ends_at| {
            let heard = Arc::clone(&heard);
            let on_signal = move || heard.fetch_add(1, Ordering::SeqCst) + 1 == ends_at;
            Settings { signals: Signals(Some(Arc::new(on_signal))), ..settings() }
        };
        let outcome = first(&hears(2), || inject(which, Errno::INTR, 0, 3));
        assert_eq!(
            (failure(outcome).0, heard.swap(0, Ordering::SeqCst)),
            (ErrorKind::Cancelled, 2),
            "{which:?}"
        );
        let outcome = first(&hears(9), || inject(which, Errno::INTR, 0, 3));
        assert_eq!((attempts(outcome), heard.load(Ordering::SeqCst)), (1, 3), "{which:?}");
    }
}

#[test]
fn a_signal_now_and_then_is_no_error() {
    for call in [Call::Connect, Call::Send, Call::Receive, Call::Poll] {
        assert_eq!(attempts(first(&settings(), || inject(call, Errno::INTR, 0, 3))), 1, "{call:?}");
    }
}
