//! Responses in obsolete or rare forms that are valid: folded headers, white space before a colon, gzip of
//! several members.

mod common;

use common::{ask, deployment, open, options};
use flate2::Compression;
use flate2::write::GzEncoder;
use sidekick::{ErrorKind, Result};
use std::io::Write;

const BODY: &str = r#"{"rows": [{"out": 0}, {"out": 1}]}"#;

/// The outcome of a prediction with this response. A `#` stands for the length of the body.
fn answered(head: &str, body: &[u8]) -> Result<usize> {
    let head = head.replace('#', &body.len().to_string());
    let answer = [head.as_bytes(), b"\r\n\r\n", body].concat();
    let url = deployment(move |_, stream| {
        let _ = stream.write_all(&answer);
        false
    });
    ask(&open(&url, &options())).map(|predictions| predictions.len())
}

fn gzip(text: &str) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

#[test]
fn folded_headers_and_spaces_before_a_colon_are_read() {
    for head in [
        "HTTP/1.1 200 OK\r\nX-Info: a\r\n b\r\n\tc: d\r\nContent-Length: #",
        "HTTP/1.1 200 OK\r\nContent-Length : #",
        "HTTP/1.1 200 OK\r\nContent-Length:\r\n #",
        "HTTP/1.1 200 OK\r\nContent-Length\t : #\r\nX : y",
        "HTTP/1.1 200 OK\r\nX: y\r\n Content-Length: 3\r\nContent-Length: #",
        "HTTP/1.1 200 OK\r\nContent-Length : #\r\nContent-Length: #",
    ] {
        assert_eq!(answered(head, BODY.as_bytes()).unwrap(), 2, "{head}");
    }
    let chunked = format!("{:x}\r\n{BODY}\r\n0\r\n\r\n", BODY.len());
    for head in ["Transfer-Encoding : chunked", "Transfer-Encoding:\r\n chunked"] {
        assert_eq!(answered(&format!("HTTP/1.1 200 OK\r\n{head}"), chunked.as_bytes()).unwrap(), 2, "{head}");
    }
}

#[test]
fn framing_that_contradicts_itself_is_refused() {
    for head in [
        "HTTP/1.1 200 OK\r\nContent-Length : #\r\nContent-Length: 3",
        "HTTP/1.1 200 OK\r\nContent-Length: #\r\nContent-Length : 3",
        "HTTP/1.1 200 OK\r\n Content-Length: #",
        "HTTP/1.1 200 OK\r\nContent Length: #",
    ] {
        assert_eq!(answered(head, BODY.as_bytes()).unwrap_err().kind(), ErrorKind::Network, "{head}");
    }
}

#[test]
fn gzip_may_have_several_members() {
    let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: #";
    let (first, second) = BODY.split_at(10);
    let good = [gzip(first), gzip(second)].concat();
    for body in [good.clone(), [gzip(""), good.clone()].concat(), [good.clone(), gzip("")].concat()] {
        assert_eq!(answered(head, &body).unwrap(), 2);
    }
    for bad in [[&*good, b"garbage"].concat(), good[..good.len() - 3].to_vec(), [&*good, b"\x1f"].concat()] {
        assert_eq!(answered(head, &bad).unwrap_err().kind(), ErrorKind::Network);
    }
    let busy = answered(
        "HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Encoding: gzip\r\nContent-Length: #",
        b"",
    )
    .unwrap_err();
    assert_eq!((busy.kind(), busy.http_status(), busy.attempts()), (ErrorKind::Http, Some(503), 3));
}
