//! Proxies that answer instead of the server, for a host that does not exist.

use super::{Request, TOKEN, listen, read_request, reply, serve};
use std::io::{Read, Write};
use std::net::TcpStream;

pub const NOWHERE: &str = "http://nowhere.invalid/forward";

fn answer(stream: TcpStream) {
    serve(stream, &|request: &Request, stream: &mut TcpStream| {
        assert!(request.header("authorization").unwrap().starts_with(&format!("Bearer {TOKEN}")));
        reply(stream, "200 OK", &request.echo())
    });
}

/// An HTTP proxy for the user `u` with the password `p`.
pub fn http() -> String {
    http_with_head("HTTP/1.1 200 OK\r\n\r\n")
}

/// The same, with this head in its response to CONNECT.
pub fn http_with_head(head: &'static str) -> String {
    listen(move |mut stream| {
        let Some(asked) = read_request(&mut stream) else { return };
        let known = asked.header("proxy-authorization") == Some("Basic dTpw");
        assert!(asked.header("authorization").is_none(), "the token was shown to the proxy");
        if asked.head[0] != "CONNECT nowhere.invalid:80 HTTP/1.1" || !known {
            reply(&mut stream, "407 Who are you?", "");
            return;
        }
        stream.write_all(head.as_bytes()).unwrap();
        answer(stream);
    })
}

/// A SOCKS5 proxy; with a password it lets those in who are `u` with the password `p`.
pub fn socks5(with_password: bool) -> String {
    listen(move |mut stream| {
        let take = |stream: &mut TcpStream, bytes: usize| {
            let mut taken = vec![0; bytes];
            stream.read_exact(&mut taken).ok().map(|()| taken)
        };
        let Some(greeting) = take(&mut stream, 2) else { return };
        let methods = take(&mut stream, usize::from(greeting[1])).unwrap();
        let method = if with_password { 2 } else { 0 };
        if !methods.contains(&method) {
            stream.write_all(&[5, 0xff]).unwrap();
            return;
        }
        stream.write_all(&[5, method]).unwrap();
        if with_password {
            let known = take(&mut stream, 5).unwrap() == [1, 1, b'u', 1, b'p'];
            stream.write_all(&[1, u8::from(!known)]).unwrap();
            if !known {
                return;
            }
        }
        let asked = take(&mut stream, 5 + 15 + 2).unwrap();
        assert_eq!(asked, [&[5, 1, 0, 3, 15], &b"nowhere.invalid"[..], &[0, 80]].concat());
        stream.write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 80]).unwrap();
        answer(stream);
    })
}
