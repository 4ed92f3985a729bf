//! A scripted server on a raw socket, for what a good server never does, and the client's side of it.

// Every test program uses its part.
#![allow(dead_code)]

pub mod proxies;
pub mod server;
pub mod tls;

use sidekick::{Deployment, Error, Options, Predictions, Result, Rows};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// A deployment of one number in and one number out.
pub const DESCRIBE: &str = r#"{"components": {"schemas": {
    "input-row": {"properties": {"in": {"x-peltarion": {"type": "numeric", "shape": [1]}}}},
    "output-row-batch": {"properties": {"rows": {"properties": {
        "out": {"x-peltarion": {"type": "numeric", "shape": [1]}}}}}}}}}"#;

/// The token of all these deployments, or a part of it; easy to find where it should not be, which is
/// searched for in every request, line of the log and error.
pub const TOKEN: &str = "s3cret";

/// What came in: the lines of the head, and the body.
pub struct Request {
    pub head: Vec<String>,
    pub bytes: Vec<u8>,
    pub body: String,
}

impl Request {
    pub fn is_post(&self) -> bool {
        self.head[0].starts_with("POST ")
    }

    /// A header's value, by its name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        let named =
            |line: &String| line.split_once(": ").is_some_and(|(key, _)| key.eq_ignore_ascii_case(name));
        self.head
            .iter()
            .find(|line| named(line))
            .and_then(|line| line.split_once(": "))
            .map(|(_, value)| value)
    }

    /// The reply that gives every row's number back.
    pub fn echo(&self) -> String {
        self.body.replace("\"in\"", "\"out\"")
    }

    /// Whether the token is in its header and nowhere else.
    fn keeps_the_token(&self) -> bool {
        let elsewhere = |line: &&String| !line.to_ascii_lowercase().starts_with("authorization: bearer ");
        !self.head.iter().filter(elsewhere).any(|line| line.contains(TOKEN)) && !self.body.contains(TOKEN)
    }
}

/// Accepts connections for the rest of the process and hands each to `serve`. Returns the server's address.
pub fn listen(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let serve = Arc::clone(&serve);
            thread::spawn(move || serve(stream.unwrap()));
        }
    });
    address
}

/// A server that describes itself and leaves every POST to `answer`, on connections that are kept alive until
/// `answer` says no.
pub fn deployment(answer: impl Fn(&Request, &mut TcpStream) -> bool + Send + Sync + 'static) -> String {
    let address = listen(move |stream| serve(stream, &answer));
    format!("http://{address}/deployment/x/forward")
}

/// Serves one connection.
pub fn serve<S: Read + Write>(mut stream: S, answer: &impl Fn(&Request, &mut S) -> bool) {
    while let Some(request) = read_request(&mut stream) {
        let goes_on = if request.is_post() {
            answer(&request, &mut stream)
        } else {
            reply(&mut stream, "200 OK", DESCRIBE)
        };
        if !goes_on {
            return;
        }
    }
}

/// Sends a complete response that keeps the connection open.
pub fn reply(stream: &mut impl Write, status: &str, body: &str) -> bool {
    reply_bytes(stream, status, body.as_bytes())
}

pub fn reply_bytes(stream: &mut impl Write, status: &str, body: &[u8]) -> bool {
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all(&[head.as_bytes(), body].concat()).is_ok()
}

/// Reads a request. The client sends no other before it has the response.
pub fn read_request(stream: &mut impl Read) -> Option<Request> {
    let mut stream = BufReader::new(stream);
    let head = read_lines(&mut stream)?;
    let mut request = Request { head, bytes: Vec::new(), body: String::new() };
    let length = request.header("content-length").map_or(0, |text| text.parse().unwrap());
    stream.by_ref().take(length).read_to_end(&mut request.bytes).ok()?;
    assert!(stream.buffer().is_empty(), "more than a request came: {:?}", stream.buffer());
    request.body = String::from_utf8_lossy(&request.bytes).into_owned();
    if !request.keeps_the_token() {
        // No test may go on from here, least of all one that expects its call to fail.
        eprintln!("the token went astray in {:?} {}", request.head, request.body);
        std::process::abort();
    }
    Some(request)
}

/// The lines of a request's head; the body stays unread.
pub fn read_head(stream: &mut impl Read) -> Option<Vec<String>> {
    read_lines(&mut BufReader::with_capacity(1, stream))
}

fn read_lines(reader: &mut impl BufRead) -> Option<Vec<String>> {
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => return Some(head),
            text => head.push(text.to_owned()),
        }
    }
}

/// Options that do not wait long, ask no proxy, and look for the token in the log.
pub fn options() -> Options {
    let mut options = Options::default();
    options.set_log(|level, line| assert!(!line.contains(TOKEN), "{level:?}: {line}"));
    options.set_retry_backoff(Duration::from_millis(1), Duration::from_secs(1)).unwrap();
    options.set_proxy("").unwrap();
    options
}

pub fn open(url: &str, options: &Options) -> Deployment {
    Deployment::open(url, TOKEN, options).unwrap()
}

/// Rows of the numbers from 0.
pub fn numbers(deployment: &Deployment, count: u32) -> Rows {
    let mut rows = deployment.rows();
    for number in 0..count {
        rows.add_number("in", f64::from(number)).unwrap();
        rows.end_row().unwrap();
    }
    rows
}

pub fn ask(deployment: &Deployment) -> Result<Predictions> {
    deployment.predict(&numbers(deployment, 2))
}

pub fn refused(deployment: &Deployment) -> Error {
    let error = ask(deployment).err().expect("the call fails");
    assert!(!shown(&error).contains(TOKEN), "{}", shown(&error));
    error
}

/// Every text of an error.
pub fn shown(error: &Error) -> String {
    let more = [error.server_code(), error.server_message(), error.feature()];
    format!("{error} {error:?} {more:?}")
}

/// Checks that something can be done within a time: the best of five, for a busy machine only makes it
/// longer.
pub fn within(bound: Duration, time: impl FnMut() -> Duration) {
    let bound = bound * patience();
    let quick = std::iter::repeat_with(time).take(5).any(|took| took < bound);
    assert!(quick, "it took longer than {bound:?} each time");
}

/// How many times longer than usual everything may take: valgrind and emulators take their time.
fn patience() -> u32 {
    let checked = std::env::var("LD_PRELOAD").is_ok_and(|preload| preload.contains("vgpreload"));
    let given = std::env::var("SIDEKICK_TEST_TIME_FACTOR").ok().and_then(|factor| factor.parse().ok());
    if checked { 50 } else { given.unwrap_or(1) }
}
