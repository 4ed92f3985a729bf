//! One request and its reply over one connection.

use super::connection::{BUFFER_BYTES, Connection};
use super::explain::{Trouble, explain, not_http, was_closed};
use super::response_head::ResponseHead;
use crate::error::{Error, ErrorKind, reserve};
use flate2::read::MultiGzDecoder;
use std::io::{self, IoSlice, Read};
use std::time::Duration;
use ureq_proto::BodyMode;
use ureq_proto::client::state::{RecvBody, RecvResponse};
use ureq_proto::client::{Call, RecvBodyResult, RecvResponseResult, SendRequestResult};
use ureq_proto::http::Request;

/// Up to this size head and body are joined: to copy them costs less than to have the system gather them.
const JOINED_BYTES: usize = 4 * 1024;
/// So much is read ahead of a head: all of a short reply. The rest of a long one is read to where it stays.
const READ_AHEAD: usize = 4 * 1024;
/// Heads of replies, those of 1xx included, are no larger than this in all.
const HEAD_BYTES: usize = 64 * 1024;
/// So many slices are handed to the system at once. Its own limit is 1024 (`IOV_MAX`).
const SLICES: usize = 64;
/// A reply's own word for its size is believed up to here before any of it came.
const RESERVED_AHEAD: usize = 64 * 1024 * 1024;

/// How long a reply may take that a connection still holds which broke while it was written to: it is there, or never comes.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// A reply as it came, and whether the connection can take another request.
pub(super) struct Received {
    pub(super) status: u16,
    /// The text of its head.
    pub(super) head: Vec<u8>,
    pub(super) body: Vec<u8>,
    pub(super) reusable: bool,
}

/// Sends a request whose body is these parts, one after the other, and reads its reply of at most `limit` bytes.
pub(super) fn run(
    connection: &mut Connection,
    mut head: Vec<u8>,
    parts: &[&[u8]],
    limit: u64,
) -> Result<Received, Trouble> {
    let broken = send(connection, &mut head, parts)?;
    // The request's head is done: its memory takes the reply's.
    head.clear();
    let Some(broken) = broken else { return receive(connection, None, head, limit) };
    connection.hurry(LAST_WORDS).map_err(|error| explain(&error))?;
    receive(connection, Some(&broken), head, limit).map_err(|trouble| match trouble.error.kind() {
        // What broke the writing explains more than what the reading found, unless the call is over.
        ErrorKind::Timeout if connection.check().is_ok() => Trouble { error: explain(&broken), ..trouble },
        _ => trouble,
    })
}

/// Reads the reply to a request. `broken` is what broke the writing of it; `head` takes the text of the reply's head.
fn receive(
    connection: &mut Connection,
    broken: Option<&io::Error>,
    mut head: Vec<u8>,
    limit: u64,
) -> Result<Received, Trouble> {
    let ResponseHead { status, bytes, length, closes, is_gzip } = receive_head(connection, broken)?;
    reserve(&mut head, bytes)?;
    head.extend_from_slice(connection.input().get(..bytes).unwrap_or_default());
    let received = match length {
        Some(length) if length > limit => Err(too_large(limit)),
        Some(length) => {
            connection.consume(bytes);
            receive_direct(connection, length, closes)
        }
        None => receive_framed(connection, is_gzip, limit),
    };
    let (body, must_close) = received.map_err(|error| error.with_http_status(status))?;
    let reusable = broken.is_none() && !must_close && connection.input().is_empty();
    Ok(Received { status, head, body, reusable })
}

/// Sends head and body. A connection that breaks meanwhile may still hold the reply that says why: then that is what comes back.
fn send(
    connection: &mut Connection,
    head: &mut Vec<u8>,
    parts: &[&[u8]],
) -> Result<Option<io::Error>, Trouble> {
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
        Err(error) => Err(Trouble::without_reply(&error, was_used)),
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

/// The head of the reply, past those of 1xx.
fn receive_head(connection: &mut Connection, broken: Option<&io::Error>) -> Result<ResponseHead, Trouble> {
    let mut passed = 0;
    loop {
        let head = ResponseHead::parse(connection).map_err(|error| not_http(&error))?;
        let used = head.as_ref().map_or(0, |head| head.bytes);
        if passed + used > HEAD_BYTES || connection.is_full() && used == 0 {
            return Err(Error::new(ErrorKind::Network, "the reply's headers are too large").into());
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
            None => fill(connection).map_err(|error| without_reply(connection, &error, broken))?,
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

/// The trouble of a reply of which no byte came. What broke the writing counts, unless the call is over.
fn without_reply(connection: &mut Connection, error: &io::Error, broken: Option<&io::Error>) -> Trouble {
    let is_over = connection.check().is_err();
    let error = broken.filter(|_| !is_over).unwrap_or(error);
    Trouble::without_reply(error, connection.was_used)
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

/// A body in any framing, or none, and whether the connection has to be closed after it. Its head is still to be consumed.
fn receive_framed(connection: &mut Connection, gzip: bool, limit: u64) -> Result<(Vec<u8>, bool), Error> {
    let mut call = await_reply()?;
    let parsed = call.try_response(connection.input(), false);
    let (head_bytes, _) = parsed.map_err(|error| not_http(&error))?;
    connection.consume(head_bytes);
    let defect = || Error::new(ErrorKind::Internal, "a reply without a body that it should have");
    match call.proceed().ok_or_else(defect)? {
        RecvResponseResult::RecvBody(call) => match call.body_mode() {
            BodyMode::LengthDelimited(length) if length > limit => Err(too_large(limit)),
            _ => receive_body(connection, call, gzip, limit),
        },
        RecvResponseResult::Redirect(call) => Ok((Vec::new(), call.must_close_connection())),
        RecvResponseResult::Cleanup(call) => Ok((Vec::new(), call.must_close_connection())),
    }
}

/// The library's reader of replies. It wants to have written a request before: replies to `GET` are read as those to `POST` are.
fn await_reply() -> Result<Call<RecvResponse>, Error> {
    let defect = || Error::new(ErrorKind::Internal, "the HTTP library does not wait for a reply");
    let mut call = Call::new(Request::new(())).map_err(|_| defect())?.proceed();
    call.write(&mut [0; 64]).map_err(|_| defect())?;
    match call.proceed() {
        Ok(Some(SendRequestResult::RecvResponse(call))) => Ok(call),
        _ => Err(defect()),
    }
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
    let read = if gzip { unpack(&mut body, limit, &mut bytes) } else { body.read_to_end(&mut bytes) };
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

/// Unpacks gzip of any number of members; a body of nothing is nothing.
fn unpack(body: &mut BodyReader<'_>, limit: u64, bytes: &mut Vec<u8>) -> io::Result<usize> {
    let mut first = [0];
    let read = body.read(&mut first)?;
    let packed = first.get(..read).unwrap_or_default().chain(body);
    if read == 0 {
        Ok(0)
    } else {
        MultiGzDecoder::new(packed).take(limit.saturating_add(1)).read_to_end(bytes)
    }
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
