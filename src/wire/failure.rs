//! Replies that say no: the Deployment API's error object, or whatever a proxy in between puts in its place.

use crate::error::{Error, ErrorKind};
use serde::Deserialize;
use std::borrow::Cow;

/// How much of an unknown body a message shows.
const SHOWN_CHARACTERS: usize = 300;

#[derive(Deserialize)]
struct ErrorObject {
    #[serde(rename = "errorCode")]
    code: String,
    #[serde(rename = "errorMessage", default)]
    message: Option<String>,
}

/// The error of a reply whose status is not 2xx. The status decides that it failed; the body explains.
pub(crate) fn of_status(status: u16, body: &[u8]) -> Error {
    match serde_json::from_slice::<ErrorObject>(body) {
        Ok(object) => server_error(&format!("with status {status}"), object),
        Err(_) => {
            Error::new(ErrorKind::Http, format!("the server answered with status {status}{}", shown(body)))
        }
    }
}

/// The error of a 2xx reply that holds an error object.
pub(crate) fn of_accepted_reply(body: &[u8]) -> Error {
    match serde_json::from_slice::<ErrorObject>(body) {
        Ok(object) => server_error("with a good status, but an error", object),
        Err(e) => Error::new(ErrorKind::ReplyJson, format!("the reply's error object cannot be read: {e}")),
    }
}

fn server_error(how: &str, object: ErrorObject) -> Error {
    let message = object.message.as_deref().unwrap_or("no message");
    let text = format!("the server answered {how}: {}: {}", readable(&object.code), readable(message));
    Error::new(ErrorKind::Server, text).with_server(Some(object.code), object.message)
}

fn shown(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    match text.trim() {
        "" => " and no text".to_owned(),
        text => format!(": {}", readable(text)),
    }
}

/// Text from outside, cut to a readable length.
fn readable(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(SHOWN_CHARACTERS) {
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or(text))),
        None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_object_is_read() {
        let error =
            of_status(401, br#"{"errorCode":"InvalidTokenError","errorMessage":"no \ud83e\udd8a","more":1}"#);
        assert_eq!(error.kind(), ErrorKind::Server);
        assert_eq!(error.server_code(), Some("InvalidTokenError"));
        assert_eq!(error.to_string(), "the server answered with status 401: InvalidTokenError: no 🦊");
    }

    #[test]
    fn anything_else_is_shown_in_a_readable_form() {
        let text = |body: &[u8]| of_status(502, body).to_string();
        assert_eq!(text(b" \n"), "the server answered with status 502 and no text");
        assert_eq!(text(b"<h1>\x07Bad\n"), "the server answered with status 502: <h1>\\u{7}Bad");
        assert!(text(&[b'x'; 9000]).ends_with("xx…") && text(&[b'x'; 9000]).len() < 400);
        assert_eq!(of_status(502, b"\xff").kind(), ErrorKind::Http);
    }
}
