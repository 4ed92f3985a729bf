//! One request and its reply over one connection.

use super::connection::{BUFFER_BYTES, Connection};
use super::explain::{Trouble, explain, not_http, was_closed};
use super::folding;
use crate::error::{Error, ErrorKind, reserve};
use flate2::read::MultiGzDecoder;
use std::io::{self, IoSlice, Read};
use std::time::Duration;
use ureq_proto::BodyMode;
use ureq_proto::client::state::{RecvBody, RecvResponse};
use ureq_proto::client::{Call, RecvBodyResult, RecvResponseResult, SendRequestResult};
use ureq_proto::http::{Request, Response, StatusCode, Version, header};
use ureq_proto::parser::try_parse_response;

/// Up to this size head and body are joined: to copy them costs less than to have the system gather them.
const JOINED_BYTES: usize = 4 * 1024;
/// So much is read ahead of a head: all of a short reply. The rest of a long one is read to where it stays.
const READ_AHEAD: usize = 4 * 1024;
/// Heads of replies, those of 1xx included, are no larger than this in all.
const HEAD_BYTES: usize = 64 * 1024;
const HEADERS: usize = 128;
const USUAL_HEADERS: usize = 16;
/// The headers that say where a body ends, what is around it, and what becomes of the connection.
const FRAMING: [&str; 4] = ["content-length", "transfer-encoding", "content-encoding", "connection"];
/// A reply's own word for its size is believed up to here before any of it came.
const RESERVED_AHEAD: usize = 64 * 1024 * 1024;

/// How long a reply may take that a connection still holds which broke while it was written to: it is there, or never comes.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// The body of a request: slices to be sent one behind the other.
pub(super) type Body<'a> = [&'a [u8]; 3];

/// A reply as it came, and whether the connection can take another request.
pub(super) struct Received {
    pub(super) head: Response<()>,
    pub(super) body: Vec<u8>,
    pub(super) reusable: bool,
}

/// Sends a request whose body is these slices, one behind the other, and reads its reply of at most `limit` bytes.
pub(super) fn run(
    connection: &mut Connection,
    head: Vec<u8>,
    body: &Body<'_>,
    limit: u64,
) -> Result<Received, Trouble> {
    let Some(broken) = send(connection, head, body)? else { return receive(connection, None, limit) };
    connection.hurry(LAST_WORDS).map_err(|error| explain(&error))?;
    receive(connection, Some(&broken), limit).map_err(|trouble| match trouble.error.kind() {
        // What broke the writing explains more than what the reading found, unless the call is over.
        ErrorKind::Timeout if connection.check().is_ok() => Trouble { error: explain(&broken), ..trouble },
        _ => trouble,
    })
}

/// Reads the reply to a request. `broken` is what broke the writing of it.
fn receive(connection: &mut Connection, broken: Option<&io::Error>, limit: u64) -> Result<Received, Trouble> {
    let Head { response: head, bytes, length, closes } = receive_head(connection, broken)?;
    let received = match length {
        Some(length) if length > limit => Err(too_large(limit)),
        Some(length) => {
            connection.consume(bytes);
            receive_direct(connection, length, closes)
        }
        None => receive_framed(connection, is_gzip(&head), limit),
    };
    let (body, must_close) = received.map_err(|error| error.with_http_status(head.status().as_u16()))?;
    let reusable = broken.is_none() && !must_close && connection.input().is_empty();
    Ok(Received { head, body, reusable })
}

/// Sends head and body. A connection that breaks meanwhile may still hold the reply that says why: then that is what comes back.
fn send(
    connection: &mut Connection,
    mut head: Vec<u8>,
    body: &Body<'_>,
) -> Result<Option<io::Error>, Trouble> {
    let [start, middle, end] = *body;
    let was_used = connection.was_used;
    let written = if head.len() + start.len() + middle.len() + end.len() <= JOINED_BYTES {
        [start, middle, end].iter().for_each(|slice| head.extend_from_slice(slice));
        connection.write_all(&mut [IoSlice::new(&head)])
    } else {
        connection.write_all(&mut [&head, start, middle, end].map(IoSlice::new))
    };
    match written {
        Ok(()) => Ok(None),
        Err(error) if was_closed(&error) => Ok(Some(error)),
        Err(error) => Err(Trouble::without_reply(&error, was_used)),
    }
}

/// What the head of a reply says.
struct Head {
    response: Response<()>,
    /// How many bytes it has, which are left to consume.
    bytes: usize,
    /// The size of a body that comes as it is, with nothing around it; all others are the HTTP library's to take apart.
    length: Option<u64>,
    /// Whether the server closes the connection after its reply, or may.
    closes: bool,
}

/// The head of the reply, past those of 1xx.
fn receive_head(connection: &mut Connection, broken: Option<&io::Error>) -> Result<Head, Trouble> {
    let mut passed = 0;
    loop {
        let head = parse_head(connection).map_err(|error| not_http(&error))?;
        let used = head.as_ref().map_or(0, |head| head.bytes);
        if passed + used > HEAD_BYTES || connection.is_full() && used == 0 {
            return Err(Error::new(ErrorKind::Network, "the reply's headers are too large").into());
        }
        match head {
            Some(head) if is_interim(&head.response) => {
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

/// The head at the start of the input, if it is there as a whole, also in an older form.
fn parse_head(connection: &mut Connection) -> Result<Option<Head>, ureq_proto::Error> {
    let error = match parse_plain_head(connection.input()) {
        Err(error) => error,
        parsed => return parsed,
    };
    match folding::length(connection.input()) {
        None => Err(error),
        Some(0) => Ok(None),
        Some(length) => {
            folding::unfold(connection.input_mut().get_mut(..length).unwrap_or_default());
            parse_plain_head(connection.input())
        }
    }
}

/// The same in today's form.
fn parse_plain_head(input: &[u8]) -> Result<Option<Head>, ureq_proto::Error> {
    // Nothing is there before the first bytes are read.
    if input.is_empty() {
        return Ok(None);
    }
    if let Some(head) = parse_usual_head(input) {
        return Ok(Some(head));
    }
    let parsed = try_parse_response::<HEADERS>(input)?;
    Ok(parsed.map(|(bytes, response)| {
        let (length, closes) = (plain_length(&response), closes(&response));
        Head { response, bytes, length, closes }
    }))
}

/// The head of most replies, a success with a body of known size: no table is made of its headers, and none is kept. Whatever else
/// there may be is the HTTP library's to tell.
fn parse_usual_head(input: &[u8]) -> Option<Head> {
    let mut headers = [httparse::EMPTY_HEADER; USUAL_HEADERS];
    let mut reply = httparse::Response::new(&mut headers);
    let Ok(httparse::Status::Complete(bytes)) = reply.parse(input) else { return None };
    if (reply.version, reply.code) != (Some(1), Some(200)) {
        return None;
    }
    let mut length = None;
    for header in reply.headers.iter() {
        let is = |name: &str| header.name.eq_ignore_ascii_case(name);
        let keeps_alive = is("connection") && header.value.eq_ignore_ascii_case(b"keep-alive");
        if is("content-length") && length.is_none() {
            length = Some(parse_length(header.value)?);
        } else if !keeps_alive && FRAMING.into_iter().any(is) {
            return None;
        }
    }
    Some(Head { response: Response::new(()), bytes, length: Some(length?), closes: false })
}

/// Whether another head follows, the reply's own.
fn is_interim(head: &Response<()>) -> bool {
    head.status().is_informational() && head.status() != StatusCode::SWITCHING_PROTOCOLS
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

/// The size of a body that comes as it is, with nothing around it; all others are the HTTP library's to take apart.
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

fn is_gzip(head: &Response<()>) -> bool {
    let encoding = head.headers().get(header::CONTENT_ENCODING);
    encoding.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"gzip"))
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
