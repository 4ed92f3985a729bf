//! A server that answers every request with bytes made beforehand, chosen by method and path: it costs no
//! more than taking the request in and sending the response.
//!
//! Use: canned-server FOLDER
//! `replies.json` in the folder says what it answers.
//! It prints its URL and runs until its standard input ends.

use serde::Deserialize;
use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// Ready responses by method and path, and how long each takes.
type Replies = HashMap<String, (Vec<u8>, Duration)>;

/// A response in `replies.json`.
#[derive(Deserialize)]
struct Entry {
    file: String,
    delay_ms: u64,
    /// How long the JSON before the tensors is, if the file has tensors.
    json_length: Option<usize>,
}

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder] = &arguments[..] else {
        eprintln!("usage: canned-server FOLDER");
        std::process::exit(2)
    };
    let replies = Arc::new(load(Path::new(folder))?);
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("http://{}", listener.local_addr()?);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let replies = Arc::clone(&replies);
            // A client that goes away ends its connection's thread, and nothing else.
            thread::spawn(move || serve(stream, &replies).ok());
        }
    });
    io::copy(&mut io::stdin(), &mut io::sink()).map(|_| ())
}

fn load(folder: &Path) -> io::Result<Replies> {
    let index = std::fs::read(folder.join("replies.json"))?;
    let entries: HashMap<String, Entry> = serde_json::from_slice(&index)?;
    let reply = |(request, entry): (String, Entry)| {
        let body = std::fs::read(folder.join(&entry.file))?;
        Ok((request, (with_head(&body, entry.json_length), Duration::from_millis(entry.delay_ms))))
    };
    entries.into_iter().map(reply).collect()
}

fn with_head(body: &[u8], json_length: Option<usize>) -> Vec<u8> {
    let about = match json_length {
        None => "Content-Type: application/json".to_owned(),
        Some(length) => {
            format!("Content-Type: application/octet-stream\r\nInference-Header-Content-Length: {length}")
        }
    };
    let head = format!("HTTP/1.1 200 OK\r\n{about}\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn serve(mut stream: TcpStream, replies: &Replies) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = vec![0; 256 * 1024];
    let mut filled = 0;
    loop {
        let Some(end) = find(&buffer[..filled], b"\r\n\r\n") else {
            match stream.read(&mut buffer[filled..])? {
                0 => return Ok(()),
                count => filled += count,
            }
            continue;
        };
        let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
        let body = header(&head, "content-length").and_then(|text| text.parse().ok()).unwrap_or(0usize);
        let taken = (end + 4 + body).min(filled);
        let mut left = end + 4 + body - taken;
        buffer.copy_within(taken..filled, 0);
        filled -= taken;
        if left > 0 && header(&head, "expect").is_some() {
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        while left > 0 {
            let room = left.min(buffer.len());
            match stream.read(&mut buffer[..room])? {
                0 => return Ok(()),
                count => left -= count,
            }
        }
        answer(&mut stream, &head, replies)?;
    }
}

fn answer(stream: &mut TcpStream, head: &str, replies: &Replies) -> io::Result<()> {
    let key = head.split(" HTTP/").next().unwrap_or_default();
    match replies.get(key) {
        Some((reply, delay)) => {
            if !delay.is_zero() {
                thread::sleep(*delay);
            }
            stream.write_all(reply)
        }
        None => stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let lines = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    lines.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
}
