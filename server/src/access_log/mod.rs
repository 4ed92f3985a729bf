//! The access log: one line for each request.

mod line;
mod writer;

use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Instant, SystemTime};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{Method, Uri};
use axum::response::Response;
use hyper::body::{Body as Frames, Frame, SizeHint};

pub use line::Format;

use crate::connections::Client;
use crate::notes::Notes;
use crate::request_id::RequestId;
use crate::trace::Trace;
use line::Line;
use writer::Writer;

/// What stands for a client that went away before it had a response.
const GONE: u16 = 499;
/// What stands for text that holds a token.
pub const CENSORED: &str = "[token]";

/// Where the lines of requests go, and their form.
pub struct AccessLog {
    format: Format,
    writer: Writer,
}

impl AccessLog {
    /// A log in a file, or on standard error.
    pub fn open(format: Format, file: Option<&Path>) -> io::Result<AccessLog> {
        Ok(AccessLog { format, writer: Writer::open(file)? })
    }

    /// Waits until all lines are written, but not for long.
    pub fn flush(&self) {
        self.writer.flush();
    }
}

/// A request that is being answered. Its line is written when its response has been sent, or its client has
/// gone.
pub struct Exchange {
    log: Arc<AccessLog>,
    begun: (SystemTime, Instant),
    client: IpAddr,
    method: Method,
    uri: Uri,
    id: RequestId,
    trace: Option<Trace>,
    notes: Arc<Notes>,
    status: u16,
    sent: u64,
    is_secret: IsSecret,
}

/// Whether a text holds something that nobody may read.
pub type IsSecret = Box<dyn Fn(&str) -> bool + Send + Sync>;

impl Exchange {
    /// Follows a request, of which handlers note more.
    pub fn begin(
        log: &Arc<AccessLog>,
        id: &RequestId,
        request: Request,
        is_secret: IsSecret,
    ) -> (Exchange, Request) {
        let (mut head, body) = request.into_parts();
        let notes = Arc::new(Notes::default());
        let exchange = Exchange {
            log: Arc::clone(log),
            begun: (SystemTime::now(), Instant::now()),
            client: head.extensions.get().map_or(IpAddr::from([0; 4]), |Client(client)| *client),
            method: head.method.clone(),
            uri: head.uri.clone(),
            id: id.clone(),
            trace: head.extensions.get().cloned(),
            notes: Arc::clone(&notes),
            status: GONE,
            sent: 0,
            is_secret,
        };
        head.extensions.insert(Arc::clone(&notes));
        let body = Body::new(Tallied { body, tally: notes });
        (exchange, Request::from_parts(head, body))
    }

    /// Follows the response until it is sent.
    pub fn answer(mut self, response: Response) -> Response {
        self.status = response.status().as_u16();
        response.map(|body| Body::new(Tallied { body, tally: self }))
    }

    fn written(&self) -> String {
        let path = self.uri.path();
        let id = self.id.as_str();
        let is_secret = &self.is_secret;
        let line = Line {
            begun: self.begun.0,
            client: self.client.to_string(),
            method: if is_secret(self.method.as_str()) { CENSORED } else { self.method.as_str() },
            // What is found is no secret.
            path: if self.status >= 400 && is_secret(path) { CENSORED } else { path },
            has_query: self.uri.query().is_some(),
            status: self.status,
            bytes_in: self.notes.received(),
            bytes_out: self.sent,
            duration: self.begun.1.elapsed(),
            deployment: self.notes.deployment(),
            rows: self.notes.rows(),
            request_id: if self.id.is_taken && is_secret(id) { CENSORED } else { id },
            trace_id: self.trace.as_ref().map(Trace::id),
        };
        line.written(self.log.format)
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.log.writer.write(self.written());
    }
}

/// Who is told of the bytes of a body.
trait Tally: Send + Unpin + 'static {
    fn add(&mut self, bytes: u64);
}

impl Tally for Arc<Notes> {
    fn add(&mut self, bytes: u64) {
        self.receive(bytes);
    }
}

impl Tally for Exchange {
    fn add(&mut self, bytes: u64) {
        self.sent += bytes;
    }
}

/// A body whose bytes are counted.
struct Tallied<T> {
    body: Body,
    tally: T,
}

impl<T: Tally> Frames for Tallied<T> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled {
            self.tally.add(frame.data_ref().map_or(0, |data| data.len() as u64));
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
