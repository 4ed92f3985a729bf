//! The servers of all scenarios, at one address: each is known by its scenario's place.

use crate::cycle::Scenario;
use crate::scenarios;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// Starts them for the rest of the process; the start of their URLs.
pub fn start() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let scenarios = Arc::new(scenarios::all());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let scenarios = Arc::clone(&scenarios);
            thread::spawn(move || serve(stream.unwrap(), &scenarios));
        }
    });
    url
}

fn serve(mut stream: TcpStream, scenarios: &[Scenario]) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut lines = String::new();
    while reader.read_line(&mut lines).is_ok_and(|bytes| bytes > 0) {
        while !lines.ends_with("\r\n\r\n") {
            reader.read_line(&mut lines).unwrap();
        }
        let head = std::mem::take(&mut lines).to_ascii_lowercase();
        let length = head.split("\r\ncontent-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
        let mut body = Vec::new();
        let wanted = length.map_or(0, |text| text.parse().unwrap());
        if reader.by_ref().take(wanted).read_to_end(&mut body).is_err() {
            return;
        }
        let place: usize = head.split('/').nth(2).unwrap().parse().unwrap();
        let scenario = &scenarios[place];
        let reply = if head.starts_with("post ") { (scenario.reply)(&body) } else { scenario.describe() };
        let lines = if head.starts_with("post ") { scenario.reply_head } else { "200 OK" };
        let head = format!("HTTP/1.1 {lines}\r\nContent-Length: {}\r\n\r\n", reply.len());
        if stream.write_all(&[head.as_bytes(), &reply].concat()).is_err() {
            return;
        }
    }
}
