//! Replies that say no: the Deployment API's error object, or whatever a proxy in between puts in its place.

use crate::error::{Error, ErrorKind};
use serde::Deserialize;
use serde_json::Value;
use std::borrow::Cow;

/// How much of an unknown body a message shows.
const SHOWN_CHARACTERS: usize = 300;
/// How much of one is looked at for that.
const READ_BYTES: usize = 64 * 1024;

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
            let explained = match explanation(body).as_str() {
                "" => " and no text".to_owned(),
                text => format!(": {}", readable(text)),
            };
            Error::new(ErrorKind::Http, format!("the server answered with status {status}{explained}"))
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

/// What a body that is no error object says: the text in some other JSON, that of a page, or the whole.
fn explanation(body: &[u8]) -> String {
    let body = body.get(..READ_BYTES).unwrap_or(body);
    let from_json = serde_json::from_slice::<Value>(body).ok().and_then(|value| json_text(&value));
    from_json.unwrap_or_else(|| {
        let text = String::from_utf8_lossy(body);
        let text = text.trim().trim_start_matches('\u{feff}').trim_start();
        if text.starts_with('<') { html_text(text) } else { text.to_owned() }
    })
}

/// The text for people in the shapes that common servers and gateways give their errors.
fn json_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => items.iter().find_map(json_text),
        Value::Object(object) => {
            ["message", "error", "detail", "msg", "title"].iter().find_map(|key| json_text(object.get(*key)?))
        }
        _ => None,
    }
}

/// The title of a page, or else its text without the tags, styles and scripts.
fn html_text(page: &str) -> String {
    let lower = page.to_ascii_lowercase();
    let between = |open: &str, close: &str| {
        let start = lower.find(open)? + open.len();
        let start = start + lower.get(start..)?.find('>')? + 1;
        page.get(start..start + lower.get(start..)?.find(close)?)
    };
    let title = between("<title", "</title").map(one_spaced).filter(|title| !title.is_empty());
    title.unwrap_or_else(|| one_spaced(&without_tags(page, &lower)))
}

fn without_tags(page: &str, lower: &str) -> String {
    let mut text = String::new();
    let mut at = 0;
    while let Some(start) = page.get(at..).and_then(|rest| rest.find('<')).map(|found| at + found) {
        text.push_str(page.get(at..start).unwrap_or_default());
        text.push(' ');
        let tag = lower.get(start..).unwrap_or_default();
        let unseen =
            ["script", "style"].iter().find(|name| tag.get(1..).is_some_and(|tag| tag.starts_with(*name)));
        let end = match unseen {
            Some(name) => tag.find(&format!("</{name}>")).map(|end| end + name.len() + 3),
            None => tag.find('>').map(|end| end + 1),
        };
        at = start + end.unwrap_or(tag.len());
    }
    text.push_str(page.get(at..).unwrap_or_default());
    text
}

fn one_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
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
        assert_eq!(text(b"\x07Bad\n"), "the server answered with status 502: \\u{7}Bad");
        assert!(text(&[b'x'; 9000]).ends_with("xx…") && text(&[b'x'; 9000]).len() < 400);
        assert_eq!(of_status(502, b"\xff").kind(), ErrorKind::Http);
    }

    #[test]
    fn other_shapes_of_errors_are_read() {
        let text = |body: &str| of_status(500, body.as_bytes()).to_string();
        for body in [
            r#"{"error": "it broke"}"#,
            r#"{"error": {"code": 7, "message": "it broke"}}"#,
            r#"{"detail": "it broke"}"#,
            r#"{"detail": [{"loc": ["body"], "msg": "it broke"}]}"#,
            r#"{"message": "it broke"}"#,
            r#""it broke""#,
            "it broke",
            "\u{feff} it broke",
            "<!doctype html><html><head><TITLE lang=en>it\nbroke</TITLE></head><body>more",
            "<style>p {}</style><p>it <b>broke</b></p><script>if (1 < 2) {}</script>",
            "<p>it broke<unclosed",
        ] {
            assert_eq!(text(body), "the server answered with status 500: it broke", "{body}");
        }
        assert_eq!(text(r#"{"code": 7}"#), r#"the server answered with status 500: {"code": 7}"#);
        assert!(text(&"[".repeat(100_000)).len() < 400);
    }
}
