//! A scripted server on a raw socket, for what a good server never does.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// A deployment of one number in and one number out.
pub const DESCRIBE: &str = r#"{"components": {"schemas": {
    "input-row": {"properties": {"in": {"x-peltarion": {"type": "numeric", "shape": [1]}}}},
    "output-row-batch": {"properties": {"rows": {"properties": {
        "out": {"x-peltarion": {"type": "numeric", "shape": [1]}}}}}}}}}"#;

/// What came in: the lines of the head, and the body.
pub struct Request {
    pub head: Vec<String>,
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

/// A server that describes itself and leaves every POST to `answer`, on connections that are kept alive until `answer` says
/// no.
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

/// Sends a whole reply, and says that the connection goes on.
pub fn reply(stream: &mut impl Write, status: &str, body: &str) -> bool {
    write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).is_ok()
}

pub fn read_request(stream: &mut impl Read) -> Option<Request> {
    let mut reader = BufReader::with_capacity(1, stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => break,
            text => head.push(text.to_owned()),
        }
    }
    let mut request = Request { head, body: String::new() };
    let length = request.header("content-length").map_or(0, |text| text.parse().unwrap());
    reader.take(length).read_to_string(&mut request.body).ok()?;
    Some(request)
}
