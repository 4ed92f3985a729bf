//! The bytes that a request sends, and the headers that are kept of its response.

use super::{Reply, Request, Rules, Settings, Target, Transport};
use crate::url::Url;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

/// A server that answers one request, and returns its head and its body.
fn server(response: impl AsRef<[u8]> + Send + 'static) -> (Url, JoinHandle<(String, Vec<u8>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = Url::parse(&format!("http://{}/base", listener.local_addr().unwrap())).unwrap();
    let serving = std::thread::spawn(move || {
        let mut reader = BufReader::new(listener.accept().unwrap().0);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            reader.read_line(&mut head).unwrap();
        }
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        reader.read_exact(&mut body).unwrap();
        reader.get_mut().write_all(response.as_ref()).unwrap();
        (head, body)
    });
    (url, serving)
}

fn open(url: &Url, settings: &mut Settings) -> Transport {
    settings.proxy.set("").unwrap();
    Transport::new(url, "a-token", settings, Rules::default()).unwrap()
}

fn get(response: impl AsRef<[u8]> + Send + 'static) -> Reply {
    let (url, serving) = server(response);
    let reply = open(&url, &mut Settings::default()).get(&url, "text/plain", None).unwrap();
    let (head, body) = serving.join().unwrap();
    assert!(head.starts_with("GET /base HTTP/1.1\r\n") && body.is_empty(), "{head}");
    assert!(head.contains("\r\naccept: text/plain\r\n") && !head.contains("content-"), "{head}");
    reply
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

#[test]
fn a_request_has_its_own_target_headers_and_any_number_of_parts() {
    let part: Vec<u8> = (0..=255).cycle().take(1000).collect();
    for (count, gzip) in
        [(0, false), (1, false), (3, false), (63, false), (64, false), (3000, false), (3000, true)]
    {
        let parts: Vec<&[u8]> = (0..count).map(|at| &part[..at % part.len()]).collect();
        let (url, serving) = server(OK);
        let mut settings = Settings { request_gzip: gzip, ..Settings::default() };
        let transport = open(&url, &mut settings);
        let target = &Target::of(&url.join("/other/infer?x=1").unwrap());
        let headers = &[("inference-header-content-length", "12"), ("x-b", "c d")];
        let (accept, content_type) = ("application/x-any", "application/octet-stream");
        let request = Request { target, accept, content_type, headers, parts: &parts, split: None };
        assert_eq!(transport.post(&request, None.into()).unwrap().status, 200);
        let (head, body) = serving.join().unwrap();
        assert!(head.starts_with("POST /other/infer?x=1 HTTP/1.1\r\n"), "{head}");
        for line in [
            "accept: application/x-any",
            "content-type: application/octet-stream",
            "inference-header-content-length: 12",
            "x-b: c d",
        ] {
            assert!(head.contains(&format!("\r\n{line}\r\n")), "{line} is not in {head}");
        }
        let mut plain = Vec::new();
        match gzip {
            true => drop(flate2::read::GzDecoder::new(&*body).read_to_end(&mut plain).unwrap()),
            false => plain = body,
        }
        assert_eq!(plain, parts.concat(), "{count} parts");
    }
}

#[test]
fn a_reply_keeps_its_headers() {
    for response in [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Size: 7\r\nx-size: 8\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Size:7 \r\n\r\n2\r\nok\r\n0\r\n\r\n",
        "HTTP/1.1 404 No\r\nContent-Length: 2\r\nX-SIZE: 7\r\n\r\nok",
        "HTTP/1.1 103 Hints\r\nX-Size: 6\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Size: 7\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Size :\r\n 7\r\n\r\nok",
    ] {
        let reply = get(response);
        assert_eq!(reply.header("x-size"), Some("7"), "{response}");
        assert_eq!((reply.header("x-none"), &*reply.body), (None, &b"ok"[..]), "{response}");
    }
}

#[test]
fn a_large_rest_of_a_body_is_received_apart() {
    let large: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    let head = |first: &str, length: usize| {
        format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nX-First: {first}\r\n\r\n")
    };
    for (first, length, apart) in [
        ("7", 300_000, true),
        ("0", 300_000, true),
        ("9000", 300_000, true),
        ("299999", 300_000, false),
        ("7", 300, false),
        ("300001", 300_000, false),
        ("-7", 300_000, false),
        ("+7", 300_000, false),
        ("", 300_000, false),
    ] {
        let body = &large[..length];
        let (url, serving) = server([head(first, length).as_bytes(), body].concat());
        let target = &Target::of(&url);
        let (accept, content_type) = ("*/*", "text/plain");
        let request =
            Request { target, accept, content_type, headers: &[], parts: &[], split: Some("x-first") };
        let reply = open(&url, &mut Settings::default()).post(&request, None.into()).unwrap();
        serving.join().unwrap();
        let expected = if apart { first.parse().unwrap() } else { length };
        assert_eq!(reply.body, body[..expected], "{first} of {length}");
        let rest = reply.rest.as_ref().map(|rest| &***rest);
        assert_eq!(rest, apart.then_some(&body[expected..]), "{first} of {length}");
    }
}

#[test]
fn x_gzip_is_gzip() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(b"plain text").unwrap();
    let body = encoder.finish().unwrap();
    for coding in ["gzip", "x-gzip", "X-GZIP"] {
        let length = body.len();
        let head =
            format!("HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {length}\r\n\r\n");
        assert_eq!(get([head.as_bytes(), &body].concat()).body, b"plain text", "{coding}");
    }
}
