//! What went wrong: a kind, a message that says what to do, and the context a program can act on.

use crate::message::{LEFT_OUT, Message, is_harmful, shortened};
use std::fmt::{self, Write as _};
use std::io;
use std::ops::Range;

/// The result of everything in this library that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong. The numbers are the C API's statuses: fixed, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(i32)]
pub enum ErrorKind {
    /// The call itself is wrong: an index out of range, text that is not UTF-8, a malformed URL.
    Argument = 1,
    /// A defect of this library.
    Internal = 2,
    /// Out of memory for a buffer whose size a caller or a response decides.
    Memory = 3,
    /// A file could not be read or written.
    File = 4,
    /// A stream that is full: take predictions first.
    StreamFull = 5,
    /// No feature has the name or the index given.
    UnknownFeature = 10,
    /// A value, or a getter, of another type than the feature's.
    FeatureType = 11,
    /// A value of another shape than the feature's.
    FeatureShape = 12,
    /// An invalid value of the right type: not finite, or not one of the categories.
    FeatureValue = 13,
    /// A feature given twice in one row.
    FeatureTwice = 14,
    /// A row that is not complete.
    RowIncomplete = 15,
    /// Bytes that are not an image of a supported kind, or an image beyond the limits.
    Image = 16,
    /// Bytes that are not a supported `.npy` file.
    Npy = 17,
    /// No connection to the server could be made.
    Connect = 20,
    /// The server's TLS certificate or handshake was not accepted.
    Tls = 21,
    /// A time limit passed.
    Timeout = 22,
    /// An established connection broke, or its data is not HTTP.
    Network = 23,
    /// The caller cancelled the call.
    Cancelled = 24,
    /// A status other than 2xx without an error object of the Deployment API.
    Http = 30,
    /// The server answered with an error object: see the server's code and message.
    Server = 31,
    /// The describe document does not describe a deployment this library understands.
    Describe = 40,
    /// A response that is not valid JSON, or not of the declared form.
    ReplyMalformed = 41,
    /// A response with fewer or more rows than were sent.
    ReplyRows = 42,
    /// A row of a response without one of the declared outputs.
    ReplyOutput = 43,
    /// A value of a response of another type than its output.
    ReplyType = 44,
    /// A value of a response with another shape, or number of categories, than declared.
    ReplyShape = 45,
    /// A data URL of a response that is malformed, or whose bytes are not of its media type.
    ReplyEncoding = 46,
    /// A response beyond the size limit.
    ReplyTooLarge = 47,
}

/// How much of a feature's name a message shows.
const NAME_BYTES: usize = 256;
/// The error codes of the Deployment API. They are always shown, whatever the token is.
const API_CODES: [&str; 11] = [
    "BadData",
    "FeatureNotFound",
    "DataUriError",
    "JsonParsingError",
    "JsonPropertyTypeMismatch",
    "InvalidTokenError",
    "InsufficientScopeTokenError",
    "DeploymentNotEnabled",
    "ResourceNotFound",
    "UnsupportedContentType",
    "InternalError",
];

/// An error with its context. Cheap to move: one pointer.
#[derive(Clone)]
pub struct Error(Box<Details>);

#[derive(Clone)]
struct Details {
    kind: ErrorKind,
    message: Message,
    row: Option<usize>,
    rows: Option<FailedRows>,
    feature: Option<String>,
    /// How a message begins with the feature's name.
    naming: Naming,
    http_status: Option<u16>,
    server_code: Option<String>,
    server_message: Option<String>,
    attempts: u32,
    os_error: Option<i32>,
}

/// How a message begins with the name of the feature.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Naming {
    Shown,
    /// The name holds a part of the token.
    Hidden,
    /// The message has the name in its text.
    InText,
}

/// The rows of a request that failed, among those of the whole call.
#[derive(Clone)]
struct FailedRows {
    rows: Range<usize>,
    /// How many there are in all, if that is known.
    all: Option<usize>,
}

impl Error {
    /// A new error of a kind, with a message that says what was wrong and what to do.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error::with_quotes(kind, message.into().into())
    }

    /// The same with quotes of a server in its message. They are hidden until [`vetted`](Self::vetted).
    pub(crate) fn with_quotes(kind: ErrorKind, message: Message) -> Error {
        Error(Box::new(Details {
            kind,
            message,
            row: None,
            rows: None,
            feature: None,
            naming: Naming::Shown,
            http_status: None,
            server_code: None,
            server_message: None,
            attempts: 0,
            os_error: None,
        }))
    }

    /// Adds the system's number for a failure to read or write a file.
    pub(crate) fn with_os_error(mut self, reason: &io::Error) -> Error {
        self.0.os_error = reason.raw_os_error();
        self
    }

    /// Names the feature it is about.
    pub fn in_feature(mut self, name: &str) -> Error {
        self.0.feature = Some(name.to_owned());
        self
    }

    /// Names the feature it is about, whose name holds a part of the token.
    pub(crate) fn in_hidden_feature(self, name: &str) -> Error {
        let mut error = self.in_feature(name);
        error.0.naming = Naming::Hidden;
        error
    }

    /// Names the feature that was asked for and is not there; the message has its name already.
    pub(crate) fn for_unknown_feature(self, name: &str) -> Error {
        let mut error = self.in_feature(name);
        error.0.naming = Naming::InText;
        error
    }

    /// Names the row it is about, counted from 0.
    pub fn in_row(mut self, row: usize) -> Error {
        self.0.row = Some(row);
        self
    }

    /// Names the row of a column whose value it is about: no row is to blame where memory runs out.
    #[cold]
    pub(crate) fn in_row_of_column(self, row: usize) -> Error {
        if self.kind() == ErrorKind::Memory { self } else { self.in_row(row) }
    }

    /// Names the rows of the request that failed, out of so many in all.
    pub fn in_rows(mut self, rows: Range<usize>, all: usize) -> Error {
        self.0.rows = Some(FailedRows { rows, all: Some(all) });
        self
    }

    /// Moves the rows it is about from their places in a batch to those in the whole stream.
    pub(crate) fn in_stream(self, first: usize) -> Error {
        let mut error = self.offset_row(first);
        if let Some(FailedRows { rows, all }) = &mut error.0.rows {
            *rows = rows.start.saturating_add(first)..rows.end.saturating_add(first);
            *all = None;
        }
        error
    }

    /// Moves the row it is about by `first`: from its place in a request to its place in the whole.
    pub fn offset_row(mut self, first: usize) -> Error {
        self.0.row = self.0.row.map(|row| row.saturating_add(first));
        self
    }

    /// Adds the HTTP status of the response.
    pub fn with_http_status(mut self, status: u16) -> Error {
        self.0.http_status = Some(status);
        self
    }

    /// Adds the texts of the server's error object. They are hidden until vetted.
    pub(crate) fn with_server(mut self, code: Option<String>, message: Option<String>) -> Error {
        self.0.server_code = code;
        self.0.server_message = message;
        self
    }

    /// Adds how many attempts were made.
    pub fn with_attempts(mut self, attempts: u32) -> Error {
        self.0.attempts = attempts;
        self
    }

    /// Names the peer, or the address that was asked.
    pub(crate) fn at(self, place: impl fmt::Display) -> Error {
        self.after(Message::default().say(place))
    }

    /// Names the address that a server redirected to.
    pub(crate) fn at_quoted(self, place: impl fmt::Display) -> Error {
        self.after(Message::default().quote(place))
    }

    /// Says before the message what it is about.
    pub(crate) fn after(mut self, place: Message) -> Error {
        let message = std::mem::take(&mut self.0.message);
        self.0.message = place.say(": ").before(message);
        self
    }

    /// Says after the message what to do.
    pub(crate) fn advising(mut self, advice: &str) -> Error {
        let message = std::mem::take(&mut self.0.message);
        self.0.message = message.say("; ").say(advice);
        self
    }

    /// Shows the server's texts, or none of them if they contain a part of a token.
    pub(crate) fn vetted(mut self, holds_token: impl FnOnce(&str) -> bool) -> Error {
        let Details { message, server_code, server_message, .. } = &mut *self.0;
        let code = server_code.as_mut().filter(|code| !is_api_code(code));
        let said = [code, server_message.as_mut()].into_iter().flatten();
        let said: Vec<&mut String> = said.collect();
        let foreign = said.iter().fold(message.quotes(), |foreign, text| foreign + " " + text);
        let leave_out = !foreign.trim().is_empty() && holds_token(&foreign);
        message.show_quotes_unless(leave_out);
        if leave_out {
            said.into_iter().for_each(|text| *text = LEFT_OUT.to_owned());
        }
        self
    }

    /// Its message as it was made.
    pub(crate) fn into_message(self) -> Message {
        self.0.message
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The row it is about, counted from 0 over all rows of the call, if there is one.
    pub fn row(&self) -> Option<usize> {
        self.0.row
    }

    /// The rows of the request that failed, counted from 0 over all rows of the call: those before it were
    /// predicted.
    pub fn rows(&self) -> Option<Range<usize>> {
        self.0.rows.as_ref().map(|failed| failed.rows.clone())
    }

    /// The name of the input or output it is about, if there is one.
    pub fn feature(&self) -> Option<&str> {
        self.0.feature.as_deref()
    }

    /// The HTTP status of the response, if there was one.
    pub fn http_status(&self) -> Option<u16> {
        self.0.http_status
    }

    /// The server's `errorCode`, if it sent one, cut to 1 KiB. A code that is not the Deployment API's is
    /// left out if it contains a part of the token; so is the [`server_message`](Self::server_message).
    pub fn server_code(&self) -> Option<&str> {
        self.0.server_code.as_deref()
    }

    /// The server's `errorMessage`, if it sent one, cut to 1 KiB.
    pub fn server_message(&self) -> Option<&str> {
        self.0.server_message.as_deref()
    }

    /// How many times the request was sent; 0 if it was not.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The system's number (`errno`, or an error code of Windows) for why a file could not be read or
    /// written, if it gave one.
    pub fn os_error(&self) -> Option<i32> {
        self.0.os_error
    }

    /// Whether the same call may succeed later: a temporary failure of the connection or the server.
    pub fn is_retryable(&self) -> bool {
        match self.0.kind {
            ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Network => true,
            _ => matches!(self.0.http_status, Some(429 | 502 | 503 | 504)),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = OneLine(f);
        match (&self.0.row, &self.0.rows) {
            (Some(row), _) => write!(f, "row {row}: ")?,
            (None, Some(FailedRows { rows, all })) if all.is_none_or(|all| rows.len() < all) => {
                let (last, attempts) = (rows.end.saturating_sub(1), self.0.attempts);
                let of_all = all.map_or(String::new(), |all| format!(" of {all}"));
                let times = if attempts == 1 { "attempt" } else { "attempts" };
                write!(f, "rows {} to {last}{of_all}, after {attempts} {times}: ", rows.start)?;
            }
            _ => {}
        }
        match (&self.0.feature, self.0.naming) {
            (Some(feature), Naming::Shown) => write!(f, "feature \"{}\": ", shortened(feature, NAME_BYTES))?,
            (Some(_), Naming::Hidden) => write!(f, "feature \"{LEFT_OUT}\": ")?,
            (_, Naming::InText) | (None, _) => {}
        }
        write!(f, "{}", self.0.message)
    }
}

/// Keeps a message on one line: control characters of names, labels and paths are escaped.
struct OneLine<'a, 'f>(&'a mut fmt::Formatter<'f>);

impl fmt::Write for OneLine<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|character| match is_harmful(character) {
            true => write!(self.0, "{}", character.escape_default()),
            false => self.0.write_char(character),
        })
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.0.kind)
    }
}

impl std::error::Error for Error {}

/// Whether a code is one of the Deployment API's.
pub(crate) fn is_api_code(code: &str) -> bool {
    API_CODES.contains(&code)
}

/// Makes room for `more` elements. Fails if memory runs out, where the standard library would abort the
/// process.
pub(crate) fn reserve<T>(buffer: &mut Vec<T>, more: usize) -> Result<()> {
    buffer.try_reserve(more).map_err(|_| {
        let bytes = more.saturating_mul(size_of::<T>());
        Error::new(ErrorKind::Memory, format!("no memory for {bytes} more bytes"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_leads_with_row_and_feature() {
        let error = Error::new(ErrorKind::FeatureShape, "expected 3 values, got 2").in_feature("x").in_row(4);
        assert_eq!(error.to_string(), "row 4: feature \"x\": expected 3 values, got 2");
        let unknown = Error::new(ErrorKind::UnknownFeature, "there is no \"x\"").for_unknown_feature("x");
        assert_eq!((unknown.feature(), &*unknown.to_string()), (Some("x"), "there is no \"x\""));
        assert_eq!(error.clone().offset_row(10).row(), Some(14));
        assert!(!error.is_retryable());
    }

    #[test]
    fn the_message_names_the_rows_of_a_part() {
        let error =
            |rows: Range<usize>| Error::new(ErrorKind::Network, "gone").with_attempts(3).in_rows(rows, 10);
        assert_eq!(error(4..8).to_string(), "rows 4 to 7 of 10, after 3 attempts: gone");
        assert_eq!(error(4..8).rows(), Some(4..8));
        assert_eq!(error(4..8).in_row(5).to_string(), "row 5: gone");
        assert_eq!(error(0..10).to_string(), "gone");
        assert_eq!(error(0..10).in_stream(20).to_string(), "rows 20 to 29, after 3 attempts: gone");
    }

    #[test]
    fn the_message_is_one_line() {
        let error = Error::new(ErrorKind::File, "no \n or \0 \u{9b}☀").in_feature("a\tb");
        assert_eq!(error.to_string(), r#"feature "a\tb": no \n or \u{0} \u{9b}☀"#);
        assert_eq!(error.feature(), Some("a\tb"));
    }

    #[test]
    fn what_a_server_said_is_shown_or_left_out_as_a_whole() {
        let error = |code: &str| {
            let text = Message::from("the server said ").quote(code).say(": ").quote("not s3cret");
            let said = (Some(code.to_owned()), Some("not s3cret".to_owned()));
            Error::with_quotes(ErrorKind::Server, text).with_server(said.0, said.1)
        };
        let looked_at = |code: &str, secret: &str| error(code).vetted(|text| text.contains(secret));
        assert_eq!(error("Bad").to_string(), "the server said [left out]: [left out]");
        assert_eq!(looked_at("Bad", "other").to_string(), "the server said Bad: not s3cret");
        assert_eq!(looked_at("Bad", "other").server_message(), Some("not s3cret"));
        for secret in ["Bad", "s3cret"] {
            let hidden = looked_at("Bad", secret);
            assert_eq!(hidden.to_string(), format!("the server said {LEFT_OUT}: {LEFT_OUT}"));
            assert_eq!((hidden.server_code(), hidden.server_message()), (Some(LEFT_OUT), Some(LEFT_OUT)));
        }
        assert_eq!(looked_at("BadData", "s3cret").server_code(), Some("BadData"));
    }

    #[test]
    fn a_message_is_bounded_and_harmless() {
        let error = Error::new(ErrorKind::FeatureValue, "x".repeat(1 << 20)).in_feature(&"y".repeat(1 << 20));
        assert!(error.to_string().len() < 4096);
        assert_eq!(error.feature().map(str::len), Some(1 << 20));
        let turned = Error::new(ErrorKind::File, "a\u{202e}b\u{2028}").to_string();
        assert_eq!(turned, r"a\u{202e}b\u{2028}");
        let hidden = Error::new(ErrorKind::ReplyType, "no number").in_hidden_feature("s3cret");
        assert_eq!(hidden.to_string(), format!("feature \"{LEFT_OUT}\": no number"));
    }

    #[test]
    fn only_passing_faults_are_retryable() {
        assert!(Error::new(ErrorKind::Connect, "").is_retryable());
        assert!(Error::new(ErrorKind::Http, "").with_http_status(503).is_retryable());
        assert!(!Error::new(ErrorKind::Server, "").with_http_status(400).is_retryable());
    }

    #[test]
    fn reserving_the_impossible_is_an_error() {
        let refused = reserve(&mut Vec::<u64>::new(), usize::MAX / 8).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Memory);
    }
}
