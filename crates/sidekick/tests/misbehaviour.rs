//! Servers that misbehave, case by case: how the call ends, its message, how long it takes, and that the
//! deployment can be used further. SIDEKICK_WRITE_DOCS=1 writes the table of the cases into
//! docs/connections.md.

mod common;

use common::proxies::NOWHERE;
use common::tls::{Authority, Server, self_signed};
use common::{
    DESCRIBE, Request, TOKEN, ask, listen, options, read_request, reply, reply_bytes, serve, shown, within,
};
use flate2::Compression;
use flate2::write::GzEncoder;
use sidekick::{Deployment, Error, ErrorKind, Options, Result};
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

const DOCS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/connections.md");
const BEGIN: &str = "<!-- The table is written by tests/misbehaviour.rs. -->\n";
const END: &str = "<!-- Here ends the table. -->\n";

/// Starts a server, changes the options if its case needs that, and returns its URL.
type World = Box<dyn Fn(&Arc<Mood>, &mut Options) -> String>;

/// One way to misbehave, and what comes of it.
struct Case {
    what: &'static str,
    /// `None`: the call succeeds all the same.
    fails: Option<(ErrorKind, &'static str)>,
    attempts: u32,
    milliseconds: u64,
    world: World,
}

/// Whether a server is good (as it is first and last), or as bad as its case wants; and how often it was bad.
#[derive(Default)]
struct Mood {
    bad: AtomicUsize,
    times: AtomicUsize,
}

impl Mood {
    fn is_bad(&self) -> bool {
        let bad = self.bad.load(Ordering::SeqCst) == 1;
        self.times.fetch_add(usize::from(bad), Ordering::SeqCst);
        bad
    }

    /// Whether this is the first bad moment.
    fn is_bad_once(&self) -> bool {
        self.is_bad() && self.times.load(Ordering::SeqCst) == 1
    }

    fn set(&self, bad: bool) {
        self.bad.store(usize::from(bad), Ordering::SeqCst);
    }
}

fn url(address: &str) -> String {
    format!("http://{address}/deployment/x/forward")
}

fn good(request: &Request, stream: &mut (impl Read + Write)) -> bool {
    reply(stream, "200 OK", &request.echo())
}

/// A server whose answers to POSTs are bad while it is in that mood.
fn answers(bad: impl Fn(&Request, &mut TcpStream) -> bool + Copy + Send + Sync + 'static) -> World {
    Box::new(move |mood, _| {
        let mood = Arc::clone(mood);
        url(&listen(move |stream| {
            serve(stream, &|request: &Request, stream: &mut TcpStream| match mood.is_bad() {
                true => bad(request, stream),
                false => good(request, stream),
            });
        }))
    })
}

/// The same, with other options.
fn with(set: fn(&mut Options), world: World) -> World {
    Box::new(move |mood, options| {
        set(options);
        world(mood, options)
    })
}

/// Answers with bytes and closes the connection.
fn sends(bytes: &'static [u8]) -> World {
    answers(move |_, stream| {
        let _ = stream.write_all(bytes);
        false
    })
}

/// Answers well-framed, with a body that is not what it should be.
fn says(body: &'static str) -> World {
    answers(move |_, stream| reply(stream, "200 OK", body))
}

/// Fails once with a status, then does well.
fn fails_once(status: &'static str) -> World {
    Box::new(move |mood, _| {
        let mood = Arc::clone(mood);
        url(&listen(move |stream| {
            serve(stream, &|request: &Request, stream: &mut TcpStream| match mood.is_bad_once() {
                true => reply(stream, status, ""),
                false => good(request, stream),
            });
        }))
    })
}

/// Listens at first and at last, and in between refuses.
fn refuses() -> World {
    Box::new(|mood, options| {
        options.set_keep_alive(0, Duration::ZERO);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mood = Arc::clone(mood);
        let serve_one = |listener: &TcpListener| serve(listener.accept().unwrap().0, &good);
        thread::spawn(move || {
            serve_one(&listener);
            drop(listener);
            while mood.bad.load(Ordering::SeqCst) == 0 {
                sleep(Duration::from_millis(1));
            }
            while mood.bad.load(Ordering::SeqCst) == 1 {
                sleep(Duration::from_millis(1));
            }
            serve_one(&TcpListener::bind(address).unwrap());
        });
        url(&address.to_string())
    })
}

/// A server that is bad while it describes itself: opening fails, and opening again does not.
fn redirects(location: &'static str) -> World {
    Box::new(move |mood, _| {
        let mood = Arc::clone(mood);
        url(&listen(move |mut stream| {
            while let Some(request) = read_request(&mut stream) {
                match (request.is_post(), mood.is_bad()) {
                    (_, true) => reply(&mut stream, &format!("307 Moved\r\nLocation: {location}"), ""),
                    (true, false) => good(&request, &mut stream),
                    (false, false) => reply(&mut stream, "200 OK", DESCRIBE),
                };
            }
        }))
    })
}

/// A server under TLS that changes its identity for a worse one.
fn under_tls(worse: fn(&Authority) -> Server) -> World {
    Box::new(move |mood, options| {
        let authority = Authority::new();
        options.set_ca_pem(authority.pem.as_bytes()).unwrap();
        options.set_keep_alive(0, Duration::ZERO);
        let (better, worse) = (Server::new(authority.sign("localhost")).start(), worse(&authority).start());
        let address = |url: &str| url.trim_start_matches("https://").trim_end_matches("/forward").to_owned();
        let (better, worse, mood) = (address(&better), address(&worse), Arc::clone(mood));
        let front = listen(move |stream| {
            let behind = TcpStream::connect(if mood.is_bad() { &worse } else { &better }).unwrap();
            pass_on(stream, behind);
        });
        format!("https://localhost:{}/forward", front.rsplit(':').next().unwrap())
    })
}

/// Hands bytes on, both ways.
fn pass_on(one: TcpStream, other: TcpStream) {
    let copy = |mut from: TcpStream, mut to: TcpStream| {
        thread::spawn(move || {
            let _ = std::io::copy(&mut from, &mut to);
            let _ = to.shutdown(std::net::Shutdown::Both);
        })
    };
    let there = copy(one.try_clone().unwrap(), other.try_clone().unwrap());
    let back = copy(other, one);
    let _ = (there.join(), back.join());
}

/// A proxy that changes its mind about who may use it.
fn proxy_wants_password() -> World {
    Box::new(|mood, options| {
        let mood = Arc::clone(mood);
        let proxy = listen(move |mut stream| {
            let Some(asked) = read_request(&mut stream) else { return };
            assert!(asked.header("authorization").is_none());
            if mood.is_bad() {
                reply(&mut stream, "407 Who are you?", "");
                return;
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
            serve(stream, &good);
        });
        options.set_proxy(&format!("http://{proxy}")).unwrap();
        options.set_keep_alive(0, Duration::ZERO);
        NOWHERE.to_owned()
    })
}

/// Takes the second token alone while it is bad.
fn token_expires() -> World {
    Box::new(|mood, options| {
        let expired = Arc::clone(mood);
        options.set_token_source(move |refused| {
            Ok(if refused || expired.bad.load(Ordering::SeqCst) == 0 { TOKEN } else { "expired" }.to_owned())
        });
        url(&listen(move |stream| {
            serve(stream, &|request: &Request, stream: &mut TcpStream| match request.header("authorization")
                == Some(&*format!("Bearer {TOKEN}"))
            {
                true => good(request, stream),
                false => reply(stream, "401 Expired", ""),
            });
        }))
    })
}

/// Ten million zeros at a time, until the client has had enough or 10 GB are sent.
fn flood(stream: &mut TcpStream, head: &str, piece: &[u8]) -> bool {
    let _ = stream.write_all(head.as_bytes());
    (0..1_000).all(|_| stream.write_all(piece).is_ok())
}

fn zeros_in_chunks(_: &Request, stream: &mut TcpStream) -> bool {
    let zeros = [b"989680\r\n", &vec![b'0'; 10_000_000][..], b"\r\n"].concat();
    flood(stream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", &zeros)
}

fn gzip_bomb(_: &Request, stream: &mut TcpStream) -> bool {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(&vec![0; 10_000_000]).unwrap();
    flood(stream, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", &packer.finish().unwrap())
}

fn small_limit(options: &mut Options) {
    options.set_reply_limit(1 << 20).unwrap();
}

fn short_silence(options: &mut Options) {
    options.set_response_timeout(Duration::from_millis(300));
}

fn hangs(_: &Request, _: &mut TcpStream) -> bool {
    sleep(Duration::from_secs(2));
    false
}

fn drips(_: &Request, stream: &mut TcpStream) -> bool {
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
    (0..3).all(|_| {
        sleep(Duration::from_secs(1));
        stream.write_all(b" ").is_ok()
    })
}

fn promises_too_much(request: &Request, stream: &mut TcpStream) -> bool {
    let body = request.echo();
    let _ = write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len() + 1);
    sleep(Duration::from_secs(2));
    false
}

fn promises_too_little(request: &Request, stream: &mut TcpStream) -> bool {
    let body = request.echo();
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len() - 5).is_ok()
}

fn early_hints(_: &Request, stream: &mut TcpStream) -> bool {
    (0..1_000_000).all(|_| stream.write_all(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n").is_ok())
}

fn huge_headers(_: &Request, stream: &mut TcpStream) -> bool {
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nX: ");
    (0..10_000).all(|_| stream.write_all(&[b'x'; 1000]).is_ok())
}

/// A hundred thousand levels in an output of this name.
fn deep(name: &str, stream: &mut TcpStream) -> bool {
    let (open, close) = ("[".repeat(100_000), "]".repeat(100_000));
    reply(stream, "200 OK", &format!("{{\"rows\":[{{\"{name}\":{open}{close},\"out\":0}},{{\"out\":1}}]}}"))
}

fn closes_after_reply(request: &Request, stream: &mut TcpStream) -> bool {
    good(request, stream);
    false
}

fn page(_: &Request, stream: &mut TcpStream) -> bool {
    reply(stream, "500 Oops", &format!("<html><title>Bad day</title><p>for {TOKEN}"))
}

fn quotes_the_token(request: &Request, stream: &mut TcpStream) -> bool {
    let quoted = request.header("authorization").unwrap();
    let body = format!(r#"{{"errorCode": "InvalidTokenError", "errorMessage": "no \u001b {quoted}"}}"#);
    reply(stream, "403 No", &body)
}

fn cases() -> Vec<Case> {
    use ErrorKind::{
        Connect, Http, Network, ReplyMalformed, ReplyRows, ReplyTooLarge, ReplyType, Timeout, Tls,
    };
    let case = |what, fails: Option<(ErrorKind, &'static str)>, attempts, milliseconds, world| Case {
        what,
        fails,
        attempts,
        milliseconds,
        world,
    };
    let closed = "closed the connection before the response was complete";
    let bad = |kind, says| Some((kind, says));
    vec![
        case("refuses connections", bad(Connect, "refused"), 3, 1500, refuses()),
        case(
            "accepts and hangs",
            bad(Timeout, "response_timeout"),
            1,
            2000,
            with(short_silence, answers(hangs)),
        ),
        case("closes before the headers", bad(Network, closed), 4, 1500, sends(b"")),
        case("closes during the headers", bad(Network, closed), 1, 1500, sends(b"HTTP/1.1 200 OK\r\nConte")),
        case(
            "closes after the headers",
            bad(Network, closed),
            1,
            1500,
            sends(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"),
        ),
        case(
            "closes within the body",
            bad(Network, closed),
            1,
            1500,
            sends(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"rows"),
        ),
        case("closes the connection after each reply", None, 1, 1500, answers(closes_after_reply)),
        case(
            "sends half a chunk",
            bad(Network, closed),
            1,
            1500,
            sends(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{\"rows"),
        ),
        case(
            "sends a chunk of no size",
            bad(Network, "not valid HTTP"),
            1,
            1500,
            sends(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n{}"),
        ),
        case(
            "speaks another protocol",
            bad(Network, "not valid HTTP"),
            1,
            1500,
            sends(b"220 mail.example ready\r\n\r\n"),
        ),
        case(
            "declares a longer body than it sends",
            bad(Timeout, "response_timeout"),
            1,
            2000,
            with(short_silence, answers(promises_too_much)),
        ),
        case(
            "declares a shorter body than it sends",
            bad(ReplyMalformed, ""),
            1,
            1500,
            answers(promises_too_little),
        ),
        case(
            "sends corrupt gzip",
            bad(Network, "gzip data of the response is corrupt"),
            1,
            1500,
            sends(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n{\"rows\":[]}"),
        ),
        case(
            "declares 10 GB",
            bad(ReplyTooLarge, "reply_limit"),
            1,
            1500,
            sends(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n"),
        ),
        case(
            "sends 10 GB of zeros",
            bad(ReplyTooLarge, "reply_limit"),
            1,
            2000,
            with(small_limit, answers(zeros_in_chunks)),
        ),
        case(
            "sends 10 GB of zeros, compressed",
            bad(ReplyTooLarge, "reply_limit"),
            1,
            4000,
            with(small_limit, answers(gzip_bomb)),
        ),
        case(
            "sends a byte per second",
            bad(Timeout, "call_timeout"),
            1,
            2000,
            with(|options| options.set_call_timeout(Duration::from_millis(500)), answers(drips)),
        ),
        case(
            "sends early hints without end",
            bad(Network, "headers of the response are too large"),
            1,
            2000,
            answers(early_hints),
        ),
        case(
            "sends headers without end",
            bad(Network, "headers of the response are too large"),
            1,
            2000,
            answers(huge_headers),
        ),
        case(
            "redirects in a circle",
            bad(Http, "redirected more than 5 times"),
            1,
            1500,
            redirects("/deployment/x/openapi.json"),
        ),
        case(
            "redirects to another host",
            bad(Http, "another scheme, host or port"),
            1,
            1500,
            redirects("http://127.0.0.2/"),
        ),
        case(
            "redirects a prediction",
            bad(Http, "status 307"),
            1,
            1500,
            answers(|_, stream| reply(stream, "307 Moved\r\nLocation: /", "")),
        ),
        case("answers with a page", bad(Http, "status 500: Bad day"), 1, 1500, answers(page)),
        case(
            "answers 200 with a page",
            bad(ReplyMalformed, ""),
            1,
            1500,
            says("<html><title>Log in</title>"),
        ),
        case("answers with nothing", bad(ReplyMalformed, ""), 1, 1500, says("")),
        case(
            "quotes the token, with control characters",
            bad(
                ErrorKind::Server,
                "InvalidTokenError: [left out: it holds part of the token or of a header]",
            ),
            1,
            1500,
            answers(quotes_the_token),
        ),
        case(
            "sends invalid UTF-8",
            bad(ReplyMalformed, ""),
            1,
            1500,
            answers(|_, stream| {
                reply_bytes(stream, "200 OK", b"{\"rows\":[{\"\xff\":1,\"out\":1},{\"out\":1}]}")
            }),
        ),
        case(
            "nests an output 100 000 levels deep",
            bad(ReplyType, ""),
            1,
            1500,
            answers(|_, stream| deep("out", stream)),
        ),
        case(
            "nests an unknown key 100 000 levels deep",
            None,
            1,
            1500,
            answers(|_, stream| deep("more", stream)),
        ),
        case(
            "sends a duplicate output",
            bad(ReplyMalformed, "duplicate"),
            1,
            1500,
            says(r#"{"rows":[{"out":1,"out":2},{"out":1}]}"#),
        ),
        case(
            "gives NaN",
            bad(ReplyType, "invalid JSON"),
            1,
            1500,
            says(r#"{"rows":[{"out":NaN},{"out":1}]}"#),
        ),
        case("gives 1e999", bad(ReplyType, ""), 1, 1500, says(r#"{"rows":[{"out":1e999},{"out":1}]}"#)),
        case("gives too few rows", bad(ReplyRows, ""), 1, 1500, says(r#"{"rows":[{"out":1}]}"#)),
        case(
            "gives too many rows",
            bad(ReplyRows, ""),
            1,
            1500,
            says(r#"{"rows":[{"out":1},{"out":1},{"out":1}]}"#),
        ),
        case(
            "gives a list for a number",
            bad(ReplyType, ""),
            1,
            1500,
            says(r#"{"rows":[{"out":[1,2]},{"out":1}]}"#),
        ),
        case(
            "answers 429 with Retry-After: 1, then well",
            None,
            2,
            4000,
            fails_once("429 Later\r\nRetry-After: 1"),
        ),
        case("answers 503, then well", None, 2, 1500, fails_once("503 Busy")),
        case(
            "always answers 503",
            bad(Http, "status 503"),
            3,
            1500,
            answers(|_, stream| reply(stream, "503 Busy", "")),
        ),
        case("answers 401 until the token is new", None, 2, 1500, token_expires()),
        case(
            "shows a certificate that expired",
            bad(Tls, "expired"),
            1,
            2000,
            under_tls(|authority| Server::new(authority.sign_until("localhost", 2001))),
        ),
        case(
            "shows a certificate for another host",
            bad(Tls, "another host"),
            1,
            2000,
            under_tls(|authority| Server::new(authority.sign("other.example"))),
        ),
        case(
            "shows a certificate it signed itself",
            bad(Tls, "no trusted certificate authority"),
            1,
            2000,
            under_tls(|_| Server::new(self_signed())),
        ),
        case(
            "shows a certificate of an unknown authority",
            bad(Tls, "ca_file"),
            1,
            2000,
            under_tls(|_| Server::new(Authority::new().sign("localhost"))),
        ),
        case(
            "wants a client certificate",
            bad(Tls, "client_certificate"),
            1,
            2000,
            under_tls(|authority| {
                Server::new(authority.sign("localhost")).wanting_clients_of(&Authority::new())
            }),
        ),
        case("is behind a proxy that wants a password", bad(Connect, "407"), 1, 1500, proxy_wants_password()),
    ]
}

/// Opens the deployment, unless opening is what fails, and sends it a request while its server misbehaves.
fn bad_call(
    at_open: bool,
    url: &str,
    options: &Options,
    mood: &Mood,
) -> (Option<Deployment>, Result<()>, Duration) {
    let timed = |call: &dyn Fn() -> Result<()>| {
        mood.set(true);
        let start = Instant::now();
        let result = call();
        let took = start.elapsed();
        mood.set(false);
        (result, took)
    };
    if at_open {
        let (result, took) = timed(&|| Deployment::open(url, TOKEN, options).map(|_| ()));
        return (None, result, took);
    }
    let deployment = Deployment::open(url, TOKEN, options).unwrap();
    let (result, took) = timed(&|| ask(&deployment).map(|_| ()));
    (Some(deployment), result, took)
}

/// The error of a case, which is to come in time.
fn check(case: &Case) -> Option<Error> {
    let mut error = None;
    within(Duration::from_millis(case.milliseconds), || {
        let (ending, took) = ending(case);
        error = ending;
        took
    });
    error
}

/// How a case ends, and how long that takes.
fn ending(case: &Case) -> (Option<Error>, Duration) {
    let heard = Arc::new(Mutex::new(String::new()));
    let (mood, mut options) = (Arc::default(), options());
    let url = (case.world)(&mood, &mut options);
    let keep = Arc::clone(&heard);
    options.set_log(move |_, line| keep.lock().unwrap().extend([line, "\n"]));
    let at_open = case.what.starts_with("redirects in") || case.what.starts_with("redirects to");
    let (deployment, result, took) = bad_call(at_open, &url, &options, &mood);
    let what = case.what;
    match (&case.fails, &result) {
        (Some((kind, says)), Err(error)) => {
            assert_eq!((error.kind(), error.attempts()), (*kind, case.attempts), "{what}: {error}");
            assert!(error.to_string().contains(says), "{what}: {error}");
        }
        (None, Ok(())) => {
            let heard = heard.lock().unwrap();
            let is_answer = |line: &&str| line.starts_with("POST ") && line.contains(": status");
            let answers = heard.lines().filter(is_answer).count();
            assert_eq!(answers, case.attempts as usize, "{what}");
        }
        (_, other) => panic!("{what}: {other:?}"),
    }
    let error = result.err();
    let error_shown = error.as_ref().map(shown);
    let shown = format!("{error_shown:?} {options:?} {deployment:?} {}", heard.lock().unwrap());
    assert!(!shown.contains(TOKEN), "{what}: the token is shown: {shown}");
    // Whatever happened, the same handle works once the server does.
    let deployment = deployment.unwrap_or_else(|| Deployment::open(&url, TOKEN, &options).unwrap());
    let numbers = ask(&deployment).unwrap_or_else(|error| panic!("{what}, afterwards: {error}"));
    assert_eq!(numbers.numbers("out").unwrap(), [0.0, 1.0], "{what}");
    (error, took)
}

/// Ports differ from run to run.
fn without_ports(text: &str) -> String {
    ["127.0.0.1:", "localhost:"].iter().fold(text.to_owned(), |text, host| {
        let mut parts = text.split(host);
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |text, part| {
            let rest = part.trim_start_matches(|digit: char| digit.is_ascii_digit());
            format!("{text}{host}PORT{rest}")
        })
    })
}

fn table(endings: &[(Case, Option<Error>)]) -> String {
    let mut table =
        "| The server … | the call ends with | attempts | within |\n|---|---|---|---|\n".to_owned();
    for (case, error) in endings {
        let ending = match error {
            Some(error) => {
                format!("`{:?}`: {}", error.kind(), without_ports(&error.to_string()).replace('|', "\\|"))
            }
            None => "success".to_owned(),
        };
        let Case { what, attempts, milliseconds, .. } = case;
        writeln!(table, "| {what} | {ending} | {attempts} | {milliseconds} ms |").unwrap();
    }
    table
}

#[test]
fn no_misbehaviour_takes_long_hides_its_reason_or_harms_the_deployment() {
    let endings: Vec<_> = cases()
        .into_iter()
        .map(|case| {
            let error = check(&case);
            (case, error)
        })
        .collect();
    let docs = std::fs::read_to_string(DOCS).unwrap();
    let (before, rest) = docs.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let wanted = format!("{before}{BEGIN}{}{END}{after}", table(&endings));
    if std::env::var_os("SIDEKICK_WRITE_DOCS").is_some() {
        std::fs::write(DOCS, &wanted).unwrap();
    } else {
        assert!(
            docs == wanted,
            "docs/connections.md is out of date: run this test with SIDEKICK_WRITE_DOCS=1"
        );
    }
}
