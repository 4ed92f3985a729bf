//! One request and its reply over one connection.

use super::connection::Connection;
use super::explain::{Again, Trouble, explain, not_http, was_closed};
use crate::error::{Error, ErrorKind, reserve};
use flate2::read::MultiGzDecoder;
use std::io::{self, Read};
use ureq_proto::client::state::{RecvBody, RecvResponse};
use ureq_proto::client::{Call, RecvBodyResult, RecvResponseResult, SendRequestResult};
use ureq_proto::http::{Request, Response, Version, header};
use ureq_proto::{BodyMode, client};

/// Slices up to this size are joined before they are written.
const WRITE_BYTES: usize = 64 * 1024;
/// Heads of replies, those of 1xx included, are no larger than this in all.
const HEAD_BYTES: usize = 64 * 1024;
/// A reply's own word for its size is believed up to here before any of it came.
const RESERVED_AHEAD: usize = 64 * 1024 * 1024;

/// A reply as it came, and whether the connection can take another request.
pub(super) struct Received {
    pub(super) head: Response<()>,
    pub(super) body: Vec<u8>,
    pub(super) reusable: bool,
}

/// Sends a request whose body is these slices, one behind the other, and reads its reply of at most `limit` bytes.
pub(super) fn run(
    connection: &mut Connection,
    request: Request<()>,
    body: &[&[u8]],
    limit: u64,
) -> Result<Received, Trouble> {
    let head_bytes = head_size(&request);
    let call = Call::new(request).map_err(|error| unsendable(&error))?;
    let (call, broken) = send(connection, call.proceed(), head_bytes, body)?;
    let was_used = connection.was_used;
    let (head, next) = receive_head(connection, call).map_err(|trouble| match (&broken, trouble.again) {
        // What broke the writing explains more than what the reading found.
        (Some(error), Again::Perhaps | Again::Surely) => Trouble::without_reply(error, was_used),
        _ => trouble,
    })?;
    let (body, must_close) = match next {
        RecvResponseResult::RecvBody(call) => {
            let status = head.status().as_u16();
            let gzip = head.headers().get(header::CONTENT_ENCODING);
            let gzip = gzip.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"gzip"));
            let received = match call.body_mode() {
                BodyMode::LengthDelimited(length) if length > limit => Err(too_large(limit)),
                BodyMode::LengthDelimited(length) if !gzip => {
                    receive_direct(connection, length, closes(&head))
                }
                _ => receive_body(connection, call, gzip, limit),
            };
            received.map_err(|error| error.with_http_status(status))?
        }
        RecvResponseResult::Redirect(call) => (Vec::new(), call.must_close_connection()),
        RecvResponseResult::Cleanup(call) => (Vec::new(), call.must_close_connection()),
    };
    let reusable = broken.is_none() && !must_close && connection.input().is_empty();
    Ok(Received { head, body, reusable })
}

fn unsendable(error: &ureq_proto::Error) -> Error {
    Error::new(ErrorKind::Argument, format!("the request cannot be sent: {error}"))
}

/// Room for the head of a request, generously.
fn head_size(request: &Request<()>) -> usize {
    let headers = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4);
    headers.sum::<usize>() + 2 * request.uri().to_string().len() + 256
}

/// Sends head and body. A connection that breaks meanwhile may still hold the reply that says why.
fn send(
    connection: &mut Connection,
    mut call: Call<client::state::SendRequest>,
    head_bytes: usize,
    body: &[&[u8]],
) -> Result<(Call<RecvResponse>, Option<io::Error>), Trouble> {
    let mut head = vec![0; head_bytes];
    let written = call.write(&mut head).map_err(|error| unsendable(&error))?;
    head.truncate(written);
    let was_used = connection.was_used;
    let broken = match write_joined(connection, head, body) {
        Ok(()) => None,
        Err(error) if was_closed(&error) => Some(error),
        Err(error) => return Err(Trouble::without_reply(&error, was_used)),
    };
    let body_bytes = body.iter().map(|slice| slice.len()).sum();
    let defect = || Error::new(ErrorKind::Internal, "a request was not complete when it should have been");
    match call.proceed().map_err(|error| unsendable(&error))?.ok_or_else(defect)? {
        SendRequestResult::SendBody(mut call) => {
            call.consume_direct_write(body_bytes).map_err(|error| unsendable(&error))?;
            Ok((call.proceed().ok_or_else(defect)?, broken))
        }
        SendRequestResult::RecvResponse(call) => Ok((call, broken)),
        SendRequestResult::Await100(_) => Err(defect().into()),
    }
}

/// Writes small slices together and large ones as they are.
fn write_joined(connection: &mut Connection, head: Vec<u8>, body: &[&[u8]]) -> io::Result<()> {
    let mut joined = head;
    for slice in body {
        if joined.len() + slice.len() <= WRITE_BYTES {
            joined.extend_from_slice(slice);
            continue;
        }
        connection.write_all(&joined)?;
        joined.clear();
        connection.write_all(slice)?;
    }
    connection.write_all(&joined)
}

fn receive_head(
    connection: &mut Connection,
    mut call: Call<RecvResponse>,
) -> Result<(Response<()>, RecvResponseResult), Trouble> {
    let mut head_bytes = 0;
    loop {
        let parsed = call.try_response(connection.input(), false);
        let (consumed, head) = parsed.map_err(|error| not_http(&error))?;
        connection.consume(consumed);
        head_bytes += consumed;
        if head_bytes > HEAD_BYTES || connection.is_full() && consumed == 0 {
            return Err(Error::new(ErrorKind::Network, "the reply's headers are too large").into());
        }
        if let Some(head) = head {
            let defect = || Error::new(ErrorKind::Internal, "a reply without a body that it should have");
            return Ok((head, call.proceed().ok_or_else(defect)?));
        }
        if consumed == 0 {
            let began = head_bytes > 0 || !connection.input().is_empty();
            let filled = connection.fill().and_then(|bytes| match bytes {
                0 => Err(io::ErrorKind::UnexpectedEof.into()),
                _ => Ok(()),
            });
            filled.map_err(|error| match began {
                true => Trouble::from(explain(&error)),
                false => Trouble::without_reply(&error, connection.was_used),
            })?;
        }
    }
}

/// Whether the server closes the connection after its reply, or may.
fn closes(head: &Response<()>) -> bool {
    let mut connection = head.headers().get_all(header::CONNECTION).iter();
    let mut options = connection.by_ref().flat_map(|value| value.as_bytes().split(|&byte| byte == b','));
    head.version() != Version::HTTP_11
        || options.any(|option| option.trim_ascii().eq_ignore_ascii_case(b"close"))
}

/// A body of a known size, read to where it stays, and whether the connection has to be closed after it.
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

/// The whole body, of unknown size or unpacked, and whether the connection has to be closed after it.
fn receive_body(
    connection: &mut Connection,
    call: Call<RecvBody>,
    gzip: bool,
    limit: u64,
) -> Result<(Vec<u8>, bool), Error> {
    let mut bytes = Vec::new();
    let mut body = BodyReader { connection, call, left: limit, limit };
    let read = if gzip {
        MultiGzDecoder::new(&mut body).take(limit.saturating_add(1)).read_to_end(&mut bytes)
    } else {
        body.read_to_end(&mut bytes)
    };
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

fn explain_body(error: &io::Error, gzip: bool) -> Error {
    let ours = error.get_ref().is_some_and(|inner| inner.is::<Error>());
    match error.kind() {
        io::ErrorKind::OutOfMemory => Error::new(ErrorKind::Memory, "no memory for the reply"),
        _ if gzip && !ours => Error::new(ErrorKind::Network, "the reply's gzip is damaged"),
        _ => explain(error),
    }
}

fn too_large(limit: u64) -> Error {
    let message = format!(
        "the reply is larger than {limit} bytes; send fewer rows at a time, or raise the option reply_limit"
    );
    Error::new(ErrorKind::ReplyTooLarge, message)
}

/// A reply's body without its framing, within the limit for what comes over the wire. All errors it makes are ours.
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
                return Err(Error::new(ErrorKind::Network, "the reply's framing is malformed"));
            }
            let filled = self.connection.fill().map_err(|error| explain(&error))?;
            if filled == 0 && ends_at_close {
                return Ok(0);
            }
            if filled == 0 && !self.call.can_proceed() {
                return Err(explain(&io::ErrorKind::UnexpectedEof.into()));
            }
        }
    }
}
