//! The head of a response (RFC 9112): what it says of the body after it, and its headers.

use super::folding;
use memchr::{memchr, memchr_iter};
use ureq_proto::http::{Response, StatusCode, Version, header};
use ureq_proto::parser::try_parse_response;

const HEADERS: usize = 128;
const USUAL_HEADERS: usize = 16;
/// The headers that say where a body ends, what is around it, and what becomes of the connection.
const FRAMING: [&str; 4] = ["content-length", "transfer-encoding", "content-encoding", "connection"];

/// What the head of a response says.
pub(super) struct ResponseHead {
    pub(super) status: u16,
    /// How many bytes it has.
    pub(super) bytes: usize,
    /// The size of a body that comes as it is, with nothing around it. The HTTP library reads all others.
    pub(super) length: Option<u64>,
    /// Whether the server closes the connection after its response, or may.
    pub(super) closes: bool,
    /// Whether the body is compressed with gzip.
    pub(super) is_gzip: bool,
}

impl ResponseHead {
    /// Reads the head at the start of the input. None if it is incomplete. A folded head is unfolded in
    /// place.
    pub(super) fn parse(input: &mut [u8]) -> Result<Option<ResponseHead>, ureq_proto::Error> {
        let error = match parse_plain(input) {
            Err(error) => error,
            parsed => return parsed,
        };
        match folding::length(input) {
            None => Err(error),
            Some(0) => Ok(None),
            Some(length) => {
                folding::unfold(input.get_mut(..length).unwrap_or_default());
                parse_plain(input)
            }
        }
    }

    /// Whether another head follows, the response's own.
    pub(super) fn is_interim(&self) -> bool {
        (100..200).contains(&self.status) && self.status != StatusCode::SWITCHING_PROTOCOLS
    }
}

/// The value of the first header of this name, in any case of its letters. None if it is not printable ASCII.
/// `head` is the text of a head that was parsed, so that each line is one header.
pub(super) fn find_header<'a>(head: &'a [u8], name: &str) -> Option<&'a str> {
    let mut lines = memchr_iter(b'\n', head).filter_map(|end| head.get(end + 1..));
    let value = lines.find_map(|line| {
        let (found, value) = line.split_at_checked(name.len())?;
        Some(value.strip_prefix(b":")?).filter(|_| found.eq_ignore_ascii_case(name.as_bytes()))
    })?;
    let end = memchr(b'\n', value).unwrap_or(value.len());
    let value = value.get(..end).unwrap_or_default().trim_ascii();
    let is_plain = value.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~'));
    std::str::from_utf8(value).ok().filter(|_| is_plain)
}

/// The head in the form of RFC 9112, without folded headers.
fn parse_plain(input: &[u8]) -> Result<Option<ResponseHead>, ureq_proto::Error> {
    // Nothing is there before the first bytes are read.
    if input.is_empty() {
        return Ok(None);
    }
    if let Some(head) = parse_fast(input) {
        return Ok(Some(head));
    }
    let parsed = try_parse_response::<HEADERS>(input)?;
    Ok(parsed.map(|(bytes, response)| ResponseHead {
        status: response.status().as_u16(),
        bytes,
        length: plain_length(&response),
        closes: closes(&response),
        is_gzip: is_gzip(&response),
    }))
}

/// The head of most responses, a success with a body of known size, without a table of its headers. None for
/// all others.
fn parse_fast(input: &[u8]) -> Option<ResponseHead> {
    let mut headers = [httparse::EMPTY_HEADER; USUAL_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let Ok(httparse::Status::Complete(bytes)) = response.parse(input) else { return None };
    if (response.version, response.code) != (Some(1), Some(200)) {
        return None;
    }
    let mut length = None;
    for header in response.headers.iter() {
        let is = |name: &str| header.name.eq_ignore_ascii_case(name);
        let keeps_alive = is("connection") && header.value.eq_ignore_ascii_case(b"keep-alive");
        if is("content-length") && length.is_none() {
            length = Some(parse_length(header.value)?);
        } else if !keeps_alive && FRAMING.into_iter().any(is) {
            return None;
        }
    }
    Some(ResponseHead { status: 200, bytes, length: Some(length?), closes: false, is_gzip: false })
}

fn plain_length(head: &Response<()>) -> Option<u64> {
    let has = |name| head.headers().contains_key(name);
    let special = has(header::TRANSFER_ENCODING) || has(header::CONTENT_ENCODING);
    let mut lengths = head.headers().get_all(header::CONTENT_LENGTH).iter();
    let (length, None) = (lengths.next()?.as_bytes(), lengths.next()) else { return None };
    if special || !head.status().is_success() || head.status() == StatusCode::NO_CONTENT {
        return None;
    }
    parse_length(length)
}

fn parse_length(text: &[u8]) -> Option<u64> {
    let digits = text.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(text).ok().filter(|_| digits)?.parse().ok()
}

fn closes(head: &Response<()>) -> bool {
    let mut connection = head.headers().get_all(header::CONNECTION).iter();
    let mut options = connection.by_ref().flat_map(|value| value.as_bytes().split(|&byte| byte == b','));
    head.version() != Version::HTTP_11
        || options.any(|option| option.trim_ascii().eq_ignore_ascii_case(b"close"))
}

fn is_gzip(head: &Response<()>) -> bool {
    let encoding = head.headers().get(header::CONTENT_ENCODING);
    // RFC 9110, section 8.4.1.3: x-gzip is the same.
    let is = |name: &[u8]| encoding.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(name));
    is(b"gzip") || is(b"x-gzip")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_found_by_name() {
        let head =
            b"HTTP/1.1 200 a: b\r\nLength: 1\r\nlength: 2\nX-Name:  a, b\t\r\nBad: \xe9\r\nNone:\r\n\r\n";
        for (name, value) in [
            ("length", Some("1")),
            ("LENGTH", Some("1")),
            ("x-name", Some("a, b")),
            ("none", Some("")),
            ("bad", None),
            ("x-nam", None),
            ("x-name:", None),
            ("HTTP/1.1 200 a", None),
            ("", None),
        ] {
            assert_eq!(find_header(head, name), value, "{name}");
        }
    }

    #[test]
    fn the_fast_path_reads_what_the_slow_one_does() {
        let fast = b"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 7\r\n\r\nbody";
        let slow = b"HTTP/1.1 200 OK\r\nConnection: Keep-Alive, x\r\nContent-Length: 7\r\n\r\nbody";
        assert!(parse_fast(slow).is_none());
        for (input, bytes) in [(&fast[..], fast.len() - 4), (slow, slow.len() - 4)] {
            let head = parse_plain(input).ok().flatten().unwrap();
            assert_eq!((head.status, head.bytes, head.length), (200, bytes, Some(7)));
            assert!(!head.closes && !head.is_gzip && !head.is_interim());
        }
    }
}
