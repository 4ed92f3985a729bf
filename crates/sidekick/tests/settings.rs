//! Every setting of the transport has its effect: each test fails if its setting is ignored.

mod common;

use common::proxies::NOWHERE;
use common::tls::{Authority, Server, self_signed};
use common::{
    Request, TOKEN, ask, deployment, listen, numbers, open, options, refused, reply, reply_bytes, serve,
};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use rustls::SupportedProtocolVersion;
use rustls::version::TLS12;
use sidekick::{Deployment, Error, ErrorKind, LogLevel, Options, Result, TlsVersion};
use std::io::{Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread::sleep;
use std::time::{Duration, Instant};

static ONLY_TLS12: [&SupportedProtocolVersion; 1] = [&TLS12];

/// A server that gives every number back and keeps what the requests were like.
fn watched() -> (String, Arc<Mutex<Vec<Request>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&seen);
    let url = deployment(move |request, stream| {
        let copy =
            Request { head: request.head.clone(), bytes: request.bytes.clone(), body: request.body.clone() };
        keep.lock().unwrap().push(copy);
        reply(stream, "200 OK", &request.echo())
    });
    (url, seen)
}

/// What opening a deployment and asking it leads to.
fn attempt(url: &str, options: &Options) -> Result<()> {
    Deployment::open(url, TOKEN, options).and_then(|deployment| ask(&deployment).map(|_| ()))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

#[test]
fn allow_token_over_http() {
    let mut options = options();
    let error = attempt(NOWHERE, &options).unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Argument, 0));
    assert!(error.to_string().contains("allow_token_over_http") && !error.to_string().contains(TOKEN));
    // Allowed, it gets as far as to look for the host.
    options.set_allow_token_over_http(true);
    assert_eq!(attempt(NOWHERE, &options).unwrap_err().kind(), ErrorKind::Connect);
    // A proxy elsewhere would read the token too.
    options.set_allow_token_over_http(false);
    options.set_proxy("http://proxy.invalid:1").unwrap();
    assert_eq!(attempt(NOWHERE, &options).unwrap_err().kind(), ErrorKind::Argument);
}

#[test]
fn headers_and_user_agent() {
    let (url, seen) = watched();
    let mut options = options();
    options.add_header("X-Api-Key", "k3y").unwrap();
    options.add_header("X-Tenant", "a").unwrap();
    options.set_user_agent_suffix("shop/2.1 (till)").unwrap();
    attempt(&url, &options).unwrap();
    let seen = seen.lock().unwrap();
    assert_eq!(seen[0].header("x-api-key"), Some("k3y"));
    assert_eq!(seen[0].header("x-tenant"), Some("a"));
    let agent = format!("sidekick/{} shop/2.1 (till)", env!("CARGO_PKG_VERSION"));
    assert_eq!(seen[0].header("user-agent"), Some(&*agent));
    assert!(!format!("{options:?}").contains("k3y"));
}

/// A way to send a reply.
type Shape = Box<dyn Fn(&mut std::net::TcpStream) -> bool + Send + Sync>;

#[test]
fn reply_limit() {
    let spaces = " ".repeat(100_000);
    let (plain, packed) = (spaces.clone(), gzip(spaces.as_bytes()));
    let shapes: [Shape; 3] = [
        Box::new(move |stream| reply(stream, "200 OK", &plain)),
        Box::new(move |stream| reply_bytes(stream, "200 OK\r\nContent-Encoding: gzip", &packed)),
        Box::new(move |stream| {
            let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n186a0\r\n";
            stream.write_all(format!("{head}{spaces}\r\n0\r\n\r\n").as_bytes()).is_ok()
        }),
    ];
    for shape in shapes {
        let url = deployment(move |_, stream| shape(stream));
        let mut options = options();
        options.set_reply_limit(99_999).unwrap();
        let error = refused(&open(&url, &options));
        assert_eq!((error.kind(), error.http_status()), (ErrorKind::ReplyTooLarge, Some(200)));
        let said = "99999 bytes; send fewer rows in a request, or raise the option reply_limit";
        assert!(error.to_string().ends_with(said), "{error}");
        options.set_reply_limit(100_000).unwrap();
        assert_eq!(refused(&open(&url, &options)).kind(), ErrorKind::ReplyMalformed);
        assert!(options.set_reply_limit(0).is_err());
    }
}

#[test]
fn a_description_beyond_the_reply_limit_is_not_blamed_on_the_rows() {
    let url = deployment(|_, _| false);
    let mut options = options();
    options.set_reply_limit(10).unwrap();
    let error = Deployment::open(&url, TOKEN, &options).unwrap_err();
    assert_eq!((error.kind(), error.http_status()), (ErrorKind::ReplyTooLarge, Some(200)));
    let said = "the response is larger than 10 bytes; raise the option reply_limit";
    assert!(error.to_string().ends_with(said), "{error}");
}

#[test]
fn request_gzip() {
    let (url, seen) = watched();
    for (pack, encoding) in [(false, None), (true, Some("gzip"))] {
        let mut options = options();
        options.set_request_gzip(pack);
        let deployment = open(&url, &options);
        let rows = numbers(&deployment, 100);
        let _ = deployment.predict(&rows);
        let _ = deployment.post_json("{}");
        let mut seen = seen.lock().unwrap();
        assert_eq!(seen[1].header("content-encoding"), None, "small bodies stay as they are");
        assert_eq!(seen[0].header("content-encoding"), encoding);
        let mut body = String::new();
        match pack {
            true => GzDecoder::new(&*seen[0].bytes).read_to_string(&mut body).map(|_| ()).unwrap(),
            false => body.clone_from(&seen[0].body),
        }
        assert!(body.starts_with("{\"rows\":[{\"in\":") && body.ends_with("}]}"));
        seen.clear();
    }
}

#[test]
fn reply_gzip() {
    let url = deployment(|request, stream| {
        let body = request.echo();
        match request.header("accept-encoding") {
            Some("gzip") => reply_bytes(stream, "200 OK\r\nContent-Encoding: gzip", &gzip(body.as_bytes())),
            Some("identity") => reply(stream, "200 Fine\r\nX-Plain: 1", &body),
            other => panic!("Accept-Encoding {other:?}"),
        }
    });
    for allow in [true, false] {
        let mut options = options();
        options.set_reply_gzip(allow);
        ask(&open(&url, &options)).unwrap();
    }
    let (url, seen) = watched();
    let mut options = options();
    options.set_reply_gzip(false);
    attempt(&url, &options).unwrap();
    attempt(&url, &common::options()).unwrap();
    let seen = seen.lock().unwrap();
    assert_eq!(seen[0].header("accept-encoding"), Some("identity"));
    assert_eq!(seen[1].header("accept-encoding"), Some("gzip"));
}

#[test]
fn tls_minimum() {
    let authority = Authority::new();
    let url = Server { versions: &ONLY_TLS12, ..Server::new(authority.sign("localhost")) }.start();
    let mut options = options();
    options.set_ca_pem(authority.pem.as_bytes()).unwrap();
    attempt(&url, &options).unwrap();
    options.set_tls_minimum(TlsVersion::Tls13);
    assert_eq!(attempt(&url, &options).unwrap_err().kind(), ErrorKind::Tls);
}

#[test]
fn client_certificate() {
    let (authority, clients) = (Authority::new(), Authority::new());
    let url = Server::new(authority.sign("localhost")).wanting_clients_of(&clients).start();
    let mut options = options();
    options.set_ca_pem(authority.pem.as_bytes()).unwrap();
    let error = attempt(&url, &options).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Tls);
    assert!(error.to_string().contains("client_certificate"), "{error}");

    let (known, stranger) = (clients.sign("me"), authority.sign("me"));
    let mismatch = options.set_client_certificate_pem(known.pem.as_bytes(), stranger.key_pem.as_bytes());
    assert_eq!(mismatch.unwrap_err().kind(), ErrorKind::Argument);
    options.set_client_certificate_pem(stranger.pem.as_bytes(), stranger.key_pem.as_bytes()).unwrap();
    assert_eq!(attempt(&url, &options).unwrap_err().kind(), ErrorKind::Tls);
    options.set_client_certificate_pem(known.pem.as_bytes(), known.key_pem.as_bytes()).unwrap();
    attempt(&url, &options).unwrap();

    let file = |name: &str| std::env::temp_dir().join(format!("sidekick-{}-{name}", std::process::id()));
    std::fs::write(file("client.pem"), &known.pem).unwrap();
    std::fs::write(file("client.key"), &known.key_pem).unwrap();
    let mut options = common::options();
    options.set_ca_pem(authority.pem.as_bytes()).unwrap();
    options.set_client_certificate_file(file("client.pem"), file("client.key")).unwrap();
    attempt(&url, &options).unwrap();
    for name in ["client.pem", "client.key"] {
        std::fs::remove_file(file(name)).unwrap();
    }
    let gone = options.set_client_certificate_file(file("client.pem"), file("client.key"));
    assert_eq!(gone.unwrap_err().kind(), ErrorKind::File);
}

#[test]
fn dangerous_skip_tls_verification() {
    let url = Server::new(self_signed()).start();
    let mut options = options();
    let error = attempt(&url, &options).unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Tls, 1));
    options.set_dangerous_skip_tls_verification(true);
    attempt(&url, &options).unwrap();
}

/// A server that takes tokens as numbers, each for one answer to a POST.
fn expiring() -> String {
    let uses = Mutex::new(0);
    let address = listen({
        let uses = Arc::new(uses);
        move |stream| {
            serve(stream, &|request: &Request, stream| {
                let mut uses = uses.lock().unwrap();
                let good = request.header("authorization") == Some(&*format!("Bearer token-{}", *uses));
                let body = if good { request.echo() } else { String::new() };
                *uses += u32::from(good);
                let status = if good { "200 OK" } else { "401 Expired" };
                reply(stream, status, &body)
            });
        }
    });
    format!("http://{address}/forward")
}

#[test]
fn a_token_that_expires_is_asked_for_again() {
    let (asked, renewals) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut options = options();
    let (count, renewed) = (Arc::clone(&asked), Arc::clone(&renewals));
    options.set_token_source(move |refused| {
        count.fetch_add(1, Ordering::SeqCst);
        let current = renewed.fetch_add(usize::from(refused), Ordering::SeqCst) + usize::from(refused);
        Ok(format!("token-{current}"))
    });
    let deployment = open(&expiring(), &options);
    for call in 1..5 {
        ask(&deployment).unwrap();
        // One for describe, one for the first call, and two for each call whose token had expired.
        assert_eq!(asked.load(Ordering::SeqCst), 2 * call);
    }
}

#[test]
fn a_token_source_that_fails_or_is_refused_twice_fails_the_call() {
    let mut options = options();
    options.set_token_source(|_| Ok("t0ken".to_owned()));
    let error = refused(&open(&expiring(), &options));
    assert_eq!((error.http_status(), error.attempts()), (Some(401), 2));
    options.set_token_source(|_| Err(Error::new(ErrorKind::Argument, "no token today")));
    let error = Deployment::open(&expiring(), TOKEN, &options).unwrap_err();
    assert_eq!((error.kind(), &*error.to_string()), (ErrorKind::Argument, "no token today"));
    // Without a source a 401 is final.
    let error = refused(&open(&expiring(), &common::options()));
    assert_eq!((error.http_status(), error.attempts()), (Some(401), 1));
}

#[test]
fn the_log_has_everything_except_the_token() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let asked = AtomicUsize::new(0);
    let url = deployment(move |request, stream| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => reply(stream, "503 Busy", &format!("not {TOKEN}")),
        1 => reply(stream, "200 OK", &request.echo()),
        _ => write!(stream, "HTTP/1.1 500 {TOKEN}\r\nContent-Length: 9\r\n\r\n").is_err(),
    });
    let mut options = options();
    let keep = Arc::clone(&heard);
    options.set_log(move |level, line| keep.lock().unwrap().push((level, line.to_owned())));
    let deployment = open(&url, &options);
    ask(&deployment).unwrap();
    refused(&deployment);
    let heard = heard.lock().unwrap();
    for level in [LogLevel::Debug, LogLevel::Info, LogLevel::Warning, LogLevel::Error] {
        assert!(heard.iter().any(|(heard, _)| *heard == level), "{level:?} is missing in {heard:?}");
    }
    assert!(heard.iter().all(|(_, line)| !line.contains(TOKEN) && !line.contains('\n')), "{heard:?}");
}

#[test]
fn each_call_that_fails_is_one_error_in_the_log() {
    let errors = Arc::new(Mutex::new(Vec::new()));
    let mut options = options();
    let keep = Arc::clone(&errors);
    options.set_log(move |level, line| {
        if level == LogLevel::Error {
            keep.lock().unwrap().push(line.to_owned());
        }
    });
    for (status, told) in [
        ("503 Busy", "status 503 at attempt 3"),
        ("400 Bad", "status 400 at attempt 1"),
        ("401 Who", "status 401 at attempt 1"),
    ] {
        let url = deployment(move |_, stream| reply(stream, status, TOKEN));
        let error = refused(&open(&url, &options)).to_string();
        assert!(
            error.starts_with(&format!("POST {url}: the server answered with {}", &told[..10])),
            "{error}"
        );
        let (peer, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
        assert_eq!(*errors.lock().unwrap(), [format!("POST /{path} at {peer} failed: {told}")]);
        errors.lock().unwrap().clear();
    }
    // Only the call's error reports an invalid response.
    refused(&open(&deployment(|_, stream| reply(stream, "200 OK", "{}")), &options));
    assert!(errors.lock().unwrap().is_empty());
    options.set_token_source(|_| Err(Error::new(ErrorKind::Argument, "no token today")));
    Deployment::open("http://127.0.0.1:1/deployment/x?key=1", TOKEN, &options).unwrap_err();
    // A query may hold what nobody else is to see.
    assert_eq!(
        *errors.lock().unwrap(),
        ["GET /deployment/x/openapi.json at 127.0.0.1:1 failed: no token today"]
    );
}

/// How many connections five calls, each a while after the other, take.
fn connections(pause: Duration, options: &Options) -> usize {
    let count = Arc::new(AtomicUsize::new(0));
    let made = Arc::clone(&count);
    let address = listen(move |stream| {
        made.fetch_add(1, Ordering::SeqCst);
        serve(stream, &|request: &Request, stream| reply(stream, "200 OK", &request.echo()));
    });
    let deployment = open(&format!("http://{address}/forward"), options);
    for _ in 0..5 {
        sleep(pause);
        ask(&deployment).unwrap();
    }
    count.load(Ordering::SeqCst)
}

/// How long a call takes whose first attempt fails.
fn waited(options: &Options) -> Duration {
    let asked = AtomicUsize::new(0);
    let url = deployment(move |request, stream| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => reply(stream, "503 Busy", ""),
        _ => reply(stream, "200 OK", &request.echo()),
    });
    let deployment = open(&url, options);
    let start = Instant::now();
    ask(&deployment).unwrap();
    start.elapsed()
}

#[test]
fn retry_backoff() {
    let mut options = options();
    options.set_retry_backoff(Duration::from_millis(400), Duration::from_secs(30)).unwrap();
    // Up to a half of it is left to chance.
    assert!(waited(&options) >= Duration::from_millis(200));
    assert!(options.set_retry_backoff(Duration::from_secs(2), Duration::from_secs(1)).is_err());
}

#[test]
fn keep_alive() {
    let mut options = options();
    assert_eq!(connections(Duration::ZERO, &options), 1);
    options.set_keep_alive(0, Duration::from_secs(4));
    assert_eq!(connections(Duration::ZERO, &options), 6);
    options.set_keep_alive(64, Duration::from_millis(20));
    assert_eq!(connections(Duration::from_millis(60), &options), 6);
    options.set_keep_alive(64, Duration::from_secs(60));
    assert_eq!(connections(Duration::from_millis(60), &options), 1);
}

#[test]
fn the_number_of_idle_connections_is_bounded() {
    let count = Arc::new(AtomicUsize::new(0));
    let made = Arc::clone(&count);
    let together = Barrier::new(4);
    let address = listen(move |stream| {
        made.fetch_add(1, Ordering::SeqCst);
        serve(stream, &|request: &Request, stream| {
            together.wait();
            reply(stream, "200 OK", &request.echo())
        });
    });
    let mut options = options();
    options.set_batch_rows(1).unwrap();
    options.set_max_in_flight(4).unwrap();
    options.set_keep_alive(2, Duration::from_secs(4));
    let deployment = open(&format!("http://{address}/forward"), &options);
    for _ in 0..2 {
        deployment.predict(&numbers(&deployment, 4)).unwrap();
    }
    // Four at first, of which two were kept.
    assert_eq!(count.load(Ordering::SeqCst), 6);
}

#[test]
fn connect_timeout() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let fill = || std::net::TcpStream::connect_timeout(&address, Duration::from_millis(200)).ok();
    let _waiting: Vec<_> = std::iter::repeat_with(fill).take(5_000).map_while(|stream| stream).collect();
    let mut options = options();
    options.set_retries(0);
    options.set_connect_timeout(Duration::from_millis(200));
    let start = Instant::now();
    let error = Deployment::open(&format!("http://{address}/x"), TOKEN, &options).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.to_string().contains("200 ms, the limit of the option connect_timeout"), "{error}");
    assert!(start.elapsed() >= Duration::from_millis(200));
}

#[test]
fn headers_of_one_call_are_in_its_requests_alone() -> Result<()> {
    let (url, seen) = watched();
    let deployment = open(&url, &options());
    let rows = numbers(&deployment, 1);
    deployment.predict_with_headers(&rows, &[("traceparent", "00-a"), ("X-Shop", "b c")], None)?;
    deployment.predict(&rows)?;
    let sent = |name| -> Vec<Option<String>> {
        seen.lock().unwrap().iter().map(|request| request.header(name).map(str::to_owned)).collect()
    };
    assert_eq!(sent("traceparent"), [Some("00-a".to_owned()), None]);
    assert_eq!(sent("x-shop"), [Some("b c".to_owned()), None]);
    for (name, value) in [("Authorization", "x"), ("a b", "x"), ("a", "x\r\nb: c"), ("Content-Length", "1")] {
        let refused = deployment.predict_with_headers(&rows, &[(name, value)], None).err().unwrap();
        assert_eq!(refused.kind(), ErrorKind::Argument, "{name}");
    }
    Ok(())
}
