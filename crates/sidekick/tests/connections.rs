//! Connections: retries, time limits, large responses, proxies, certificates and redirects.

mod common;

use common::proxies::{self, NOWHERE};
use common::tls::{Authority, Server};
use common::{
    DESCRIBE, Request, TOKEN, ask, deployment, listen, numbers, open, options, read_request, refused, reply,
    serve,
};
use sidekick::{Deployment, ErrorKind};
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A server that answers the first POSTs with `status` and `headers`, and all others with predictions.
fn failing(times: u32, status: &'static str) -> String {
    let asked = AtomicU32::new(0);
    deployment(move |request, stream| {
        let body = request.echo();
        let fails = asked.fetch_add(1, Ordering::SeqCst) < times;
        if fails { reply(stream, status, "busy") } else { reply(stream, "200 OK", &body) }
    })
}

#[test]
fn temporary_statuses_are_retried() {
    for status in ["429 Too Many", "502 Bad Gateway", "503 Unavailable", "504 Timeout"] {
        ask(&open(&failing(2, status), &options())).unwrap();
        let error = refused(&open(&failing(3, status), &options()));
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Http, 3));
        assert!(error.is_retryable() && error.to_string().ends_with(": busy"), "{error}");
    }
}

#[test]
fn other_statuses_are_not_retried() {
    for status in ["400 Bad", "401 No", "404 Nothing", "500 Error", "501 Never"] {
        let error = refused(&open(&failing(1, status), &options()));
        assert_eq!((error.attempts(), error.is_retryable()), (1, false), "{status}");
    }
}

#[test]
fn the_number_of_retries_is_an_option() {
    let mut options = options();
    options.set_retries(0);
    assert_eq!(refused(&open(&failing(1, "503 Unavailable"), &options)).attempts(), 1);
    options.set_retries(5);
    ask(&open(&failing(5, "503 Unavailable"), &options)).unwrap();
}

#[test]
fn retry_after_is_kept_or_ends_the_retries() {
    ask(&open(&failing(2, "429 Later\r\nRetry-After: 0"), &options())).unwrap();
    let patient = open(&failing(1, "429 Later\r\nRetry-After: 1"), &options());
    let start = Instant::now();
    ask(&patient).unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1), "the server's wish was not granted");
    assert_eq!(refused(&open(&failing(1, "503 Later\r\nRetry-After: 2"), &options())).attempts(), 1);
}

#[test]
fn a_connection_closed_while_idle_is_replaced() {
    let url = deployment(|request, stream| {
        reply(stream, "200 OK", &request.echo());
        false
    });
    let mut options = options();
    options.set_retries(0);
    let deployment = open(&url, &options);
    for _ in 0..5 {
        ask(&deployment).unwrap();
    }
}

#[test]
fn a_refused_connection_is_retried() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = Deployment::open(&format!("http://{closed}/x"), TOKEN, &options()).unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 3));
    let said =
        format!("{closed}: the server refused the connection; check that it runs at this host and port");
    assert_eq!(error.to_string(), said);
}

#[test]
fn a_proxy_that_cannot_be_reached_is_named_with_the_server() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (scheme, proxy) in [("http", "http"), ("https", "socks5")] {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&lines);
        let mut options = options();
        options.set_log(move |_, line| heard.lock().unwrap().push(line.to_owned()));
        options.set_proxy(&format!("{proxy}://u:wr0ng@{closed}")).unwrap();
        options.set_no_proxy("").unwrap();
        let url = format!("{scheme}://127.0.0.1:18081/deployment/x/forward");
        let error = Deployment::open(&url, TOKEN, &options).unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 3));
        let peers = format!("127.0.0.1:18081 through the proxy {closed} (from the option proxy)");
        let said = format!("{peers}: the proxy cannot be reached: Connection refused");
        assert!(error.to_string().starts_with(&said), "{error}");
        let lines = lines.lock().unwrap();
        assert!(lines.len() == 3 && lines.iter().all(|line| line.contains(&peers)), "{lines:?}");
    }
}

#[test]
fn every_line_of_the_log_names_the_peer() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&lines);
    let mut options = options();
    options.set_log(move |_, line| heard.lock().unwrap().push(line.to_owned()));
    let url = failing(1, "503 Unavailable");
    ask(&open(&url, &options)).unwrap();
    let _ = refused(&open(&failing(9, "503 Unavailable"), &options));
    let lines = lines.lock().unwrap();
    assert!(lines.len() > 8 && lines.iter().all(|line| line.contains("127.0.0.1:")), "{lines:?}");
}

#[test]
fn an_incomplete_response_is_not_retried() {
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    let url = deployment(move |_, stream| {
        count.fetch_add(1, Ordering::SeqCst);
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{{\"rows\":").unwrap();
        false
    });
    let error = refused(&open(&url, &options()));
    assert_eq!((error.kind(), error.attempts(), error.http_status()), (ErrorKind::Network, 1, Some(200)));
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

/// Sends three requests whose responses have a megabyte, with `headers` before it and `after` after it.
/// Returns how many connections that took.
fn connections_for_large_replies(headers: &'static str, after: &'static str) -> usize {
    let connections = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&connections);
    let address = listen(move |stream| {
        count.fetch_add(1, Ordering::SeqCst);
        serve(stream, &|request: &Request, stream: &mut TcpStream| {
            let body = format!("{}{}", request.echo(), " ".repeat(1 << 20));
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{headers}\r\n", body.len());
            stream.write_all(&[head, body, after.to_owned()].concat().into_bytes()).is_ok()
        });
    });
    let deployment = open(&format!("http://{address}/forward"), &options());
    for _ in 0..3 {
        let predictions = ask(&deployment).unwrap();
        assert_eq!(predictions.number(0, 1).unwrap(), 1.0);
    }
    connections.load(Ordering::SeqCst)
}

#[test]
fn large_replies_keep_their_connection_as_far_as_the_server_does() {
    assert_eq!(connections_for_large_replies("", ""), 1);
    assert_eq!(connections_for_large_replies("Connection: x, Close\r\n", ""), 3);
    assert_eq!(connections_for_large_replies("", "unasked"), 3);
}

#[test]
fn a_large_incomplete_response_is_an_error() {
    let url = deployment(|_, stream| {
        let body = " ".repeat(1 << 20);
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len() + 1).unwrap();
        false
    });
    let error = refused(&open(&url, &options()));
    assert_eq!((error.kind(), error.attempts(), error.http_status()), (ErrorKind::Network, 1, Some(200)));
}

#[test]
fn large_replies_come_under_tls() {
    let authority = Authority::new();
    let url = Server::new(authority.sign("localhost")).start();
    let mut options = options();
    options.set_ca_pem(authority.pem.as_bytes()).unwrap();
    options.set_batch_rows(40_000).unwrap();
    let deployment = open(&url, &options);
    let predictions = deployment.predict(&numbers(&deployment, 40_000)).unwrap();
    assert_eq!(predictions.number(0, 39_999).unwrap(), 39_999.0);
}

#[test]
fn a_silent_server_is_a_timeout() {
    let url = deployment(|_, _| {
        sleep(Duration::from_secs(3));
        false
    });
    let mut options = options();
    options.set_response_timeout(Duration::from_secs(1));
    let error = refused(&open(&url, &options));
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 1));
    assert!(error.to_string().contains("response_timeout"), "{error}");
}

#[test]
fn a_slow_response_ends_at_the_call_timeout() {
    let url = deployment(|_, stream| {
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n").unwrap();
        for _ in 0..40 {
            sleep(Duration::from_millis(50));
            if stream.write_all(b" ").is_err() {
                break;
            }
        }
        false
    });
    let mut options = options();
    options.set_call_timeout(Duration::from_millis(300));
    let error = refused(&open(&url, &options));
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.to_string().contains("call_timeout"), "{error}");
}

#[test]
fn the_call_timeout_covers_the_waits() {
    let mut options = options();
    options.set_retries(1000);
    options.set_retry_backoff(Duration::from_millis(50), Duration::from_millis(50)).unwrap();
    options.set_call_timeout(Duration::from_secs(1));
    let error = refused(&open(&failing(1000, "503 Unavailable"), &options));
    // Each wait is at least half of its backoff.
    assert!(error.attempts() > 1 && error.attempts() <= 41, "{} attempts", error.attempts());
}

#[test]
fn requests_in_flight_return_in_order() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (inside, seen) = (Arc::clone(&now), Arc::clone(&most));
    let (arrived, four) = (AtomicUsize::new(0), Barrier::new(4));
    let url = deployment(move |request, stream| {
        seen.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        // None of the first four is answered before all are there.
        if arrived.fetch_add(1, Ordering::SeqCst) < 4 {
            four.wait();
        }
        // The first of two requests is answered after the second.
        let first: u64 = request
            .body
            .split(|c: char| !c.is_ascii_digit())
            .find(|text| !text.is_empty())
            .unwrap()
            .parse()
            .unwrap();
        sleep(Duration::from_millis(if first.is_multiple_of(4) { 60 } else { 30 }));
        inside.fetch_sub(1, Ordering::SeqCst);
        reply(stream, "200 OK", &request.echo())
    });
    let mut options = options();
    options.set_batch_rows(2).unwrap();
    options.set_max_in_flight(4).unwrap();
    let deployment = open(&url, &options);
    let expected: Vec<f64> = (0..50).map(f64::from).collect();
    assert_eq!(deployment.predict(&numbers(&deployment, 50)).unwrap().numbers(0).unwrap(), expected);
    assert_eq!(most.load(Ordering::SeqCst), 4);
    assert!(options.set_max_in_flight(0).is_err());
}

#[test]
fn of_several_failures_that_of_the_first_row_is_reported() {
    let url = deployment(|request, stream| {
        let late = request.body.contains("\"in\":2.0");
        sleep(Duration::from_millis(if late { 100 } else { 0 }));
        let bad = late || request.body.contains("\"in\":6.0");
        let body = request.echo();
        reply(stream, "200 OK", if bad { "{\"rows\":[{\"out\":null},{\"out\":1}]}" } else { &body })
    });
    let mut options = options();
    options.set_batch_rows(2).unwrap();
    options.set_max_in_flight(8).unwrap();
    let deployment = open(&url, &options);
    let error = deployment.predict(&numbers(&deployment, 16)).err().unwrap();
    assert_eq!((error.kind(), error.row(), error.feature()), (ErrorKind::ReplyType, Some(2), Some("out")));
}

#[test]
fn requests_go_through_an_http_proxy() {
    let mut options = options();
    options.set_retries(0);
    options.set_proxy(&format!("http://u:p@{}", proxies::http())).unwrap();
    ask(&open(NOWHERE, &options)).unwrap();

    options.set_no_proxy("nowhere.invalid").unwrap();
    options.set_allow_token_over_http(true);
    let direct = Deployment::open(NOWHERE, TOKEN, &options).unwrap_err();
    assert_eq!(direct.kind(), ErrorKind::Connect);

    options.set_no_proxy("").unwrap();
    options.set_proxy(&format!("http://u:wr0ng@{}", proxies::http())).unwrap();
    let error = Deployment::open(NOWHERE, TOKEN, &options).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(!error.to_string().contains("wr0ng") && error.to_string().contains("proxy"), "{error}");
}

#[test]
fn a_proxy_may_fold_the_headers_of_its_response() {
    for head in [
        "HTTP/1.1 200 OK\r\nVia: 1.1 one,\r\n 1.1 two\r\n\r\n",
        "HTTP/1.1 200 OK\r\nVia : 1.1 one\r\nX-Cache: a\r\n\tb\r\n\r\n",
    ] {
        let mut options = options();
        options.set_retries(0);
        options.set_proxy(&format!("http://u:p@{}", proxies::http_with_head(head))).unwrap();
        ask(&open(NOWHERE, &options)).unwrap();
    }
}

#[test]
fn requests_go_through_a_socks_proxy() {
    let attempt = |user: &str, with_password| {
        let mut options = options();
        options.set_proxy(&format!("socks5://{user}{}", proxies::socks5(with_password))).unwrap();
        Deployment::open(NOWHERE, TOKEN, &options).and_then(|deployment| ask(&deployment).map(|_| ()))
    };
    attempt("", false).unwrap();
    attempt("u:p@", false).unwrap();
    attempt("u:p@", true).unwrap();
    for user in ["", "u:wr0ng@"] {
        let error = attempt(user, true).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect);
        assert!(!error.to_string().contains("wr0ng") && error.to_string().contains("proxy"), "{error}");
    }
}

#[test]
fn a_private_certificate_authority_has_to_be_trusted() {
    let server = |name: &str| {
        let authority = Authority::new();
        (Server::new(authority.sign(name)).start(), authority.pem)
    };
    let (url, authority) = server("localhost");
    let (other_url, other_authority) = server("other.example");
    let attempt = |url: &str, pem: Option<&str>| {
        let mut options = options();
        if let Some(pem) = pem {
            options.set_ca_pem(pem.as_bytes()).unwrap();
        }
        Deployment::open(url, TOKEN, &options).and_then(|deployment| ask(&deployment).map(|_| ()))
    };
    attempt(&url, Some(&authority)).unwrap();
    for (url, pem) in [(&url, None), (&url, Some(&*other_authority)), (&other_url, Some(&*other_authority))] {
        let error = attempt(url, pem).unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Tls, 1), "{error}");
    }
    let file = std::env::temp_dir().join(format!("sidekick-ca-{}.pem", std::process::id()));
    std::fs::write(&file, &authority).unwrap();
    let mut options = options();
    options.set_ca_file(&file).unwrap();
    ask(&open(&url, &options)).unwrap();
    std::fs::remove_file(&file).unwrap();
    assert_eq!(options.set_ca_file(&file).unwrap_err().kind(), ErrorKind::File);
}

/// A server that redirects every GET to `location`, except that of `/here/openapi.json`.
fn redirecting(location: &'static str) -> String {
    let address = listen(move |mut stream| {
        while let Some(request) = read_request(&mut stream) {
            if request.head[0].starts_with("GET /here/openapi.json ") {
                reply(&mut stream, "200 OK", DESCRIBE);
            } else {
                reply(&mut stream, &format!("307 Found\r\nLocation: {location}"), "");
            }
        }
    });
    format!("http://{address}/there/forward")
}

#[test]
fn a_describe_document_is_redirected_on_the_same_host() {
    // A prediction is never sent to the target of a redirect.
    let error = refused(&open(&redirecting("/here/openapi.json"), &options()));
    assert_eq!((error.kind(), error.http_status()), (ErrorKind::Http, Some(307)));
}

#[test]
fn redirects_to_other_hosts_are_not_followed() {
    let other = deployment(|_, _| panic!("the token went to another server"));
    let other = other.replace("/forward", "/openapi.json");
    let https = other.replace("http://", "https://");
    for location in [other, https, "//localhost/openapi.json".to_owned(), "http://u@127.0.0.1/".to_owned()] {
        let error = Deployment::open(&redirecting(location.leak()), TOKEN, &options()).unwrap_err();
        assert_eq!((error.kind(), error.http_status()), (ErrorKind::Http, Some(307)));
    }
    let endless = Deployment::open(&redirecting("/there/openapi.json"), TOKEN, &options()).unwrap_err();
    assert!(endless.to_string().contains("redirected more than 5 times"), "{endless}");
}

#[test]
fn a_response_that_ends_an_upload_is_read() {
    let address = listen(|mut stream| {
        while let Some(head) = common::read_head(&mut stream) {
            if head[0].starts_with("GET ") {
                reply(&mut stream, "200 OK", DESCRIBE);
            } else {
                reply(&mut stream, "413 Too Large", "too much");
                return;
            }
        }
    });
    let mut options = options();
    options.set_batch_rows(usize::MAX).unwrap();
    let deployment = open(&format!("http://{address}/forward"), &options);
    let rows = numbers(&deployment, 200_000);
    for _ in 0..20 {
        let error = deployment.predict(&rows).err().unwrap();
        assert_eq!((error.kind(), error.http_status()), (ErrorKind::Http, Some(413)), "{error}");
    }
}

#[test]
fn the_error_of_a_part_names_its_rows() {
    let url = deployment(|request, stream| {
        let fails = request.body.contains("\"in\":5.0") || request.body.contains("\"in\":5}");
        let body = request.echo();
        if fails { reply(stream, "503 Busy", "") } else { reply(stream, "200 OK", &body) }
    });
    for workers in [1, 4] {
        let mut options = options();
        options.set_batch_rows(2).unwrap();
        options.set_max_in_flight(workers).unwrap();
        let deployment = open(&url, &options);
        let error = deployment.predict(&numbers(&deployment, 9)).err().unwrap();
        assert_eq!((error.rows(), error.attempts(), error.row()), (Some(4..6), 3, None));
        assert!(error.to_string().starts_with("rows 4 to 5 of 9, after 3 attempts: "), "{error}");
    }
}
