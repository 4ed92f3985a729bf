//! One request and its response over one connection.

use super::connection::{BUFFER_BYTES, Connection};
use super::failed_attempt::{FailedAttempt, explain, not_http, was_closed};
use super::request_head::JOINED_BYTES;
use super::response_head::{ResponseHead, find_header};
use crate::error::{Error, ErrorKind, reserve};
use flate2::read::MultiGzDecoder;
use std::io::{self, IoSlice, Read};
use std::time::Duration;
use ureq_proto::BodyMode;
use ureq_proto::client::state::{RecvBody, RecvResponse};
use ureq_proto::client::{Call, RecvBodyResult, RecvResponseResult, SendRequestResult};
use ureq_proto::http::Request;

/// How much is read with a head: all of a short response. The rest of a long body is read without a copy.
const READ_AHEAD: usize = 4 * 1024;
/// From this size on, the rest of a body in two parts is received apart.
const APART_FROM: u64 = 64 * 1024;
/// The most bytes that all heads of a response have, those of 1xx included.
const HEAD_BYTES: usize = 64 * 1024;
/// The most slices in one system call. The system's own limit is 1024 (`IOV_MAX`).
const SLICES: usize = 64;
/// The most memory that is reserved for a body before any of it came.
const RESERVED_AHEAD: usize = 64 * 1024 * 1024;

/// How long to wait for a response after the connection broke while the request was written. It has come
/// already, or never comes.
const FINAL_RESPONSE_TIME: Duration = Duration::from_millis(500);

/// A response, and whether the connection can take another request.
pub(super) struct Received {
    pub(super) status: u16,
    /// The text of its head.
    pub(super) head: Vec<u8>,
    pub(super) body: Vec<u8>,
    /// The rest of the body, if it was received apart.
    pub(super) rest: Option<Vec<u8>>,
    pub(super) reusable: bool,
}

/// How a response is received.
pub(super) struct Expected {
    /// The most bytes of its body.
    pub(super) limit: u64,
    /// The header with the length of the first part of its body. A large rest is received apart.
    pub(super) split: Option<&'static str>,
}

/// Sends a request whose body is these parts, and reads its response.
pub(super) fn run(
    connection: &mut Connection,
    mut head: Vec<u8>,
    parts: &[&[u8]],
    expected: &Expected,
) -> Result<Received, FailedAttempt> {
    let broken = send(connection, &mut head, parts)?;
    // The memory of the request's head is used again for the response's.
    head.clear();
    let Some(broken) = broken else { return receive(connection, None, head, expected) };
    connection.limit_silence(FINAL_RESPONSE_TIME).map_err(|error| explain(&error))?;
    receive(connection, Some(&broken), head, expected).map_err(|failed| match failed.error.kind() {
        // The error of writing explains more than that of reading, unless the call is over.
        ErrorKind::Timeout if connection.check().is_ok() => {
            FailedAttempt { error: explain(&broken), ..failed }
        }
        _ => failed,
    })
}

/// Reads the response to a request. `broken` is the error of writing the request; `head` takes the text of
/// the response's head.
fn receive(
    connection: &mut Connection,
    broken: Option<&io::Error>,
    mut head: Vec<u8>,
    expected: &Expected,
) -> Result<Received, FailedAttempt> {
    let ResponseHead { status, bytes, length, closes, is_gzip } = receive_head(connection, broken)?;
    reserve(&mut head, bytes)?;
    head.extend_from_slice(connection.input().get(..bytes).unwrap_or_default());
    let limit = expected.limit;
    let received = match length {
        Some(length) if length > limit => Err(too_large(limit)),
        Some(length) => {
            connection.consume(bytes);
            let first = expected.split.and_then(|name| first_part(&head, name, length));
            receive_parts(connection, first, length, closes)
        }
        None => receive_framed(connection, is_gzip, limit).map(whole),
    };
    let ((body, rest), must_close) = received.map_err(|error| error.with_http_status(status))?;
    let reusable = broken.is_none() && !must_close && connection.input().is_empty();
    Ok(Received { status, head, body, rest, reusable })
}

/// Sends head and body. Returns the error if the peer closed the connection: its response may still be there,
/// and say why.
fn send(
    connection: &mut Connection,
    head: &mut Vec<u8>,
    parts: &[&[u8]],
) -> Result<Option<io::Error>, FailedAttempt> {
    let was_used = connection.was_used;
    let bytes = parts.iter().fold(head.len(), |bytes, part| bytes.saturating_add(part.len()));
    let written = if bytes <= JOINED_BYTES {
        parts.iter().for_each(|part| head.extend_from_slice(part));
        connection.write_all(&mut [IoSlice::new(head)])
    } else {
        write_parts(connection, head, parts)
    };
    match written {
        Ok(()) => Ok(None),
        Err(error) if was_closed(&error) => Ok(Some(error)),
        Err(error) => Err(FailedAttempt::before_response(&error, was_used)),
    }
}

/// Sends head and body without a copy, some slices at a time.
fn write_parts(connection: &mut Connection, head: &[u8], parts: &[&[u8]]) -> io::Result<()> {
    let mut parts = std::iter::once(&head).chain(parts).filter(|part| !part.is_empty()).peekable();
    while parts.peek().is_some() {
        let mut slices = [IoSlice::new(&[]); SLICES];
        let filled = slices.iter_mut().zip(parts.by_ref()).map(|(slice, part)| *slice = IoSlice::new(part));
        let count = filled.count();
        connection.write_all(slices.get_mut(..count).unwrap_or_default())?;
    }
    Ok(())
}

/// The head of the response, after those of 1xx.
fn receive_head(
    connection: &mut Connection,
    broken: Option<&io::Error>,
) -> Result<ResponseHead, FailedAttempt> {
    let mut passed = 0;
    loop {
        let head = ResponseHead::parse(connection.input_mut()).map_err(|error| not_http(&error))?;
        let used = head.as_ref().map_or(0, |head| head.bytes);
        if passed + used > HEAD_BYTES || connection.is_full() && used == 0 {
            return Err(Error::new(ErrorKind::Network, "the headers of the response are too large").into());
        }
        match head {
            Some(head) if head.is_interim() => {
                connection.consume(used);
                passed += used;
            }
            Some(head) => return Ok(head),
            None if passed > 0 || !connection.input().is_empty() => {
                fill(connection).map_err(|error| explain(&error))?;
            }
            None => fill(connection).map_err(|error| before_reply(connection, &error, broken))?,
        }
    }
}

/// Reads more of a head.
fn fill(connection: &mut Connection) -> io::Result<()> {
    match connection.fill(READ_AHEAD)? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}

/// A response of which no byte came. The error of writing counts more, unless the call is over.
fn before_reply(connection: &mut Connection, error: &io::Error, broken: Option<&io::Error>) -> FailedAttempt {
    let is_over = connection.check().is_err();
    let error = broken.filter(|_| !is_over).unwrap_or(error);
    FailedAttempt::before_response(error, connection.was_used)
}

/// A body, or its first part and the rest.
type Parts = (Vec<u8>, Option<Vec<u8>>);

fn whole((body, must_close): (Vec<u8>, bool)) -> (Parts, bool) {
    ((body, None), must_close)
}

/// How many bytes the first part of a body has, if it is short and what follows is large.
fn first_part(head: &[u8], header: &str, length: u64) -> Option<usize> {
    // Before the header is looked for, which most responses need not have.
    if length < APART_FROM {
        return None;
    }
    let text = find_header(head, header).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    let first = text.parse().ok().filter(|first| *first <= BUFFER_BYTES / 2)?;
    (length.checked_sub(first as u64)? >= APART_FROM).then_some(first)
}

/// A body of a known size in one part or in two, and whether the connection has to be closed after it.
fn receive_parts(
    connection: &mut Connection,
    first: Option<usize>,
    length: u64,
    closes: bool,
) -> Result<(Parts, bool), Error> {
    let Some(first) = first else {
        return receive_direct(connection, length, closes).map(whole);
    };
    while connection.input().len() < first {
        fill(connection).map_err(|error| explain(&error))?;
    }
    let mut body = Vec::new();
    reserve(&mut body, first)?;
    body.extend_from_slice(connection.input().get(..first).unwrap_or_default());
    connection.consume(first);
    let (rest, must_close) = receive_direct(connection, length - first as u64, closes)?;
    Ok(((body, Some(rest)), must_close))
}

/// A body of a known size, and whether the connection has to be closed after it.
fn receive_direct(connection: &mut Connection, length: u64, closes: bool) -> Result<(Vec<u8>, bool), Error> {
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let mut bytes = Vec::new();
    reserve(&mut bytes, length.min(RESERVED_AHEAD))?;
    let ahead = connection.input().len().min(length);
    bytes.extend_from_slice(connection.input().get(..ahead).unwrap_or_default());
    connection.consume(ahead);
    while bytes.len() < length {
        if bytes.len() == bytes.capacity() {
            let more = bytes.len().min(length - bytes.len());
            reserve(&mut bytes, more)?;
        }
        let read = connection.read_onto(&mut bytes).map_err(|error| explain(&error))?;
        if read == 0 {
            return Err(explain(&io::ErrorKind::UnexpectedEof.into()));
        }
    }
    let unasked = bytes.len() > length;
    bytes.truncate(length);
    Ok((bytes, closes || unasked))
}

/// A body in any framing, or none, and whether the connection has to be closed after it. Its head is not yet
/// consumed.
fn receive_framed(connection: &mut Connection, gzip: bool, limit: u64) -> Result<(Vec<u8>, bool), Error> {
    let mut call = await_response()?;
    let parsed = call.try_response(connection.input(), false);
    let (head_bytes, _) = parsed.map_err(|error| not_http(&error))?;
    connection.consume(head_bytes);
    let defect = || Error::new(ErrorKind::Internal, "the HTTP library finds no body in the response");
    match call.proceed().ok_or_else(defect)? {
        RecvResponseResult::RecvBody(call) => match call.body_mode() {
            BodyMode::LengthDelimited(length) if length > limit => Err(too_large(limit)),
            _ => receive_body(connection, call, gzip, limit),
        },
        RecvResponseResult::Redirect(call) => Ok((Vec::new(), call.must_close_connection())),
        RecvResponseResult::Cleanup(call) => Ok((Vec::new(), call.must_close_connection())),
    }
}

/// The HTTP library's reader of responses. It has to write a request first. Responses to GET and POST are
/// read alike.
fn await_response() -> Result<Call<RecvResponse>, Error> {
    let defect = || Error::new(ErrorKind::Internal, "the HTTP library does not wait for a response");
    let mut call = Call::new(Request::new(())).map_err(|_| defect())?.proceed();
    call.write(&mut [0; 64]).map_err(|_| defect())?;
    match call.proceed() {
        Ok(Some(SendRequestResult::RecvResponse(call))) => Ok(call),
        _ => Err(defect()),
    }
}

/// A body of unknown size or compressed, and whether the connection has to be closed after it.
fn receive_body(
    connection: &mut Connection,
    call: Call<RecvBody>,
    gzip: bool,
    limit: u64,
) -> Result<(Vec<u8>, bool), Error> {
    let mut bytes = Vec::new();
    let mut body = BodyReader { connection, call, left: limit, limit };
    let read = if gzip { decompress(&mut body, limit, &mut bytes) } else { body.read_to_end(&mut bytes) };
    read.map_err(|error| explain_body(&error, gzip))?;
    if bytes.len() as u64 > limit {
        return Err(too_large(limit));
    }
    let must_close = match body.call.proceed() {
        Some(RecvBodyResult::Redirect(call)) => call.must_close_connection(),
        Some(RecvBodyResult::Cleanup(call)) => call.must_close_connection(),
        None => true,
    };
    Ok((bytes, must_close))
}

/// Decompresses gzip of any number of members. An empty body stays empty.
fn decompress(body: &mut BodyReader<'_>, limit: u64, bytes: &mut Vec<u8>) -> io::Result<usize> {
    let mut first = [0];
    let read = body.read(&mut first)?;
    let compressed = first.get(..read).unwrap_or_default().chain(body);
    if read == 0 {
        Ok(0)
    } else {
        MultiGzDecoder::new(compressed).take(limit.saturating_add(1)).read_to_end(bytes)
    }
}

fn explain_body(error: &io::Error, gzip: bool) -> Error {
    let ours = error.get_ref().is_some_and(|inner| inner.is::<Error>());
    match error.kind() {
        io::ErrorKind::OutOfMemory => Error::new(ErrorKind::Memory, "no memory for the response"),
        _ if gzip && !ours => Error::new(ErrorKind::Network, "the gzip data of the response is corrupt"),
        _ => explain(error),
    }
}

fn too_large(limit: u64) -> Error {
    Error::new(ErrorKind::ReplyTooLarge, format!("the response is larger than {limit} bytes"))
}

/// A body without its framing, within the limit for bytes on the wire. All its errors are the library's.
struct BodyReader<'a> {
    connection: &'a mut Connection,
    call: Call<RecvBody>,
    left: u64,
    limit: u64,
}

impl Read for BodyReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.advance(buffer).map_err(io::Error::other)
    }
}

impl BodyReader<'_> {
    fn advance(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        let ends_at_close = self.call.body_mode() == BodyMode::CloseDelimited;
        loop {
            if self.call.can_proceed() && !ends_at_close || buffer.is_empty() {
                return Ok(0);
            }
            let advanced = self.call.read(self.connection.input(), buffer);
            let (consumed, produced) = advanced.map_err(|error| not_http(&error))?;
            self.connection.consume(consumed);
            self.left = self.left.checked_sub(produced as u64).ok_or_else(|| too_large(self.limit))?;
            if produced > 0 {
                return Ok(produced);
            }
            if consumed > 0 {
                continue;
            }
            if self.connection.is_full() {
                return Err(Error::new(ErrorKind::Network, "the framing of the response is invalid"));
            }
            let filled = self.connection.fill(BUFFER_BYTES).map_err(|error| explain(&error))?;
            if filled == 0 && ends_at_close {
                return Ok(0);
            }
            if filled == 0 && !self.call.can_proceed() {
                return Err(explain(&io::ErrorKind::UnexpectedEof.into()));
            }
        }
    }
}
