//! What nobody can beat: a raw socket that sends ready-made bytes and only takes the response in.

use sidekick_benches::{Task, data, measure};
use std::io::{Read, Write};
use std::net::TcpStream;

fn main() {
    let task = Task::from_arguments();
    let rest = task.url.strip_prefix("http://").expect("an http URL");
    let (host, path) = rest.split_once('/').expect("a URL with a path");
    let deployment = path.split('/').nth(1).expect("a deployment in the URL");
    let body = data(&format!("{deployment}.request"));
    let head = format!(
        "POST /{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer token\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let request = [head.into_bytes(), body].concat();
    let mut stream = TcpStream::connect(host).expect("the server runs");
    stream.set_nodelay(true).expect("a socket option");
    let mut buffer = vec![0; 256 * 1024];
    let mut exchange = |_| {
        stream.write_all(&request).expect("the request is sent");
        take_reply(&mut stream, &mut buffer);
        0
    };
    exchange(0);
    measure(task.requests, exchange);
}

fn take_reply(stream: &mut TcpStream, buffer: &mut [u8]) {
    let mut filled = 0;
    let end = loop {
        filled += stream.read(&mut buffer[filled..]).expect("the reply is read");
        if let Some(at) = buffer[..filled].windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
    };
    let head = String::from_utf8_lossy(&buffer[..end]);
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).expect("a length");
    let length: usize = length.parse().expect("a number");
    let mut left = (end + length).saturating_sub(filled);
    while left > 0 {
        let count = stream.read(buffer).expect("the reply is read");
        assert!(count > 0, "the response ended early");
        left -= count;
    }
}
