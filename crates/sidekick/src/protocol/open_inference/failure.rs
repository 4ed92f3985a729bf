//! Responses that refuse a request: `{"error": text}`, `{"detail": text or list}`, or what a server or a
//! gateway puts in its place.

use crate::error::{Error, ErrorKind, Result};
use crate::json::Cursor;
use crate::memory::push_text;
use crate::message::Message;
use crate::protocol::explanation::explanation;
use crate::text::cut;

/// How many bytes of a server's text are kept.
const KEPT_BYTES: usize = 1024;
/// How many parts of a list of details are shown.
const SHOWN_DETAILS: usize = 4;

/// The error of a response whose status is not 2xx. The status decides that it failed; the body explains.
pub(crate) fn of_status(status: u16, body: &[u8]) -> Error {
    let said = ErrorText::read(body).ok().and_then(ErrorText::into_text);
    let is_object = said.is_some();
    let text = said.unwrap_or_else(|| explanation(body));
    let message = Message::from(format!("the server answered with status {status}"));
    let message = match text.trim() {
        "" => message.say(" and no text"),
        text => message.say(": ").quote(text),
    };
    let message = message.say(hint(status));
    if is_object {
        return Error::with_quotes(ErrorKind::Server, message).with_server(None, Some(kept(&text)));
    }
    Error::with_quotes(ErrorKind::Http, message)
}

/// The error of a 2xx response that is an error object with this text.
pub(crate) fn of_accepted_reply(said: &str) -> Error {
    let message = Message::from("the server answered with a good status, but an error: ").quote(said);
    Error::with_quotes(ErrorKind::Server, message).with_server(None, Some(kept(said)))
}

/// Whether the status blames the rows: they are invalid, or too many.
pub(crate) fn blames_rows(status: u16) -> bool {
    matches!(status, 400 | 413 | 422)
}

fn hint(status: u16) -> &'static str {
    match status {
        401 | 403 => "; check the token",
        404 => "; check the URL, and the model's name and version in it",
        _ => "",
    }
}

fn kept(text: &str) -> String {
    cut(text, KEPT_BYTES).to_owned()
}

/// The text of an error object.
#[derive(Default)]
struct ErrorText {
    error: Option<String>,
    detail: Option<String>,
}

impl ErrorText {
    fn read(body: &[u8]) -> Result<ErrorText> {
        let mut said = ErrorText::default();
        let mut cursor = Cursor::new(body);
        cursor.object(|cursor, key| match (&*key, cursor.peek()) {
            ("error", Some(b'"')) => read_text(cursor, &mut said.error),
            ("detail", Some(b'"')) => read_text(cursor, &mut said.detail),
            ("detail", Some(b'[')) => {
                said.detail = Some(read_details(cursor)?);
                Ok(())
            }
            _ => cursor.skip_value(),
        })?;
        cursor.end()?;
        Ok(said)
    }

    fn into_text(self) -> Option<String> {
        self.error.or(self.detail).filter(|text| !text.trim().is_empty())
    }
}

fn read_text(cursor: &mut Cursor<'_>, text: &mut Option<String>) -> Result<()> {
    *text = Some(kept(&cursor.string()?));
    Ok(())
}

/// `[{"loc": ["body", 0, ..], "msg": text}, ..]` as `body.0: text; ...`.
fn read_details(cursor: &mut Cursor<'_>) -> Result<String> {
    let (mut all, mut count) = (String::new(), 0);
    cursor.array(|cursor| {
        count += 1;
        if count > SHOWN_DETAILS {
            return cursor.skip_value();
        }
        push_text(&mut all, if count > 1 { "; " } else { "" })?;
        match cursor.peek() {
            Some(b'"') => push_text(&mut all, &kept(&cursor.string()?)),
            Some(b'{') => read_detail(cursor, &mut all),
            _ => cursor.skip_value(),
        }
    })?;
    Ok(all)
}

fn read_detail(cursor: &mut Cursor<'_>, all: &mut String) -> Result<()> {
    let (mut place, mut said) = (String::new(), None);
    cursor.object(|cursor, key| match (&*key, cursor.peek()) {
        ("loc", Some(b'[')) => cursor.array(|cursor| {
            let part = match cursor.peek() {
                Some(b'"') => kept(&cursor.string()?),
                Some(b'0'..=b'9') => kept(cursor.number_text()?),
                _ => return cursor.skip_value(),
            };
            if place.len() > KEPT_BYTES {
                return Ok(());
            }
            let dot = if place.is_empty() { "" } else { "." };
            push_text(&mut place, dot)?;
            push_text(&mut place, &part)
        }),
        ("msg", Some(b'"')) => read_text(cursor, &mut said),
        _ => cursor.skip_value(),
    })?;
    let between = if place.is_empty() || said.is_none() { "" } else { ": " };
    [&*place, between, said.as_deref().unwrap_or_default()].iter().try_for_each(|part| push_text(all, part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: u16, body: &str) -> (ErrorKind, String) {
        let error = of_status(status, body.as_bytes()).vetted(|_| false);
        (error.kind(), error.to_string())
    }

    #[test]
    fn the_texts_of_real_servers_are_shown() {
        for (status, body, kind, text) in [
            (
                400,
                r#"{"error":"[request id: 1] expected 1 inputs but got 0 inputs\nfor model 'm'"}"#,
                ErrorKind::Server,
                r"status 400: [request id: 1] expected 1 inputs but got 0 inputs\nfor model 'm'",
            ),
            (
                422,
                r#"{"detail":[{"loc":["body","inputs",0,"shape"],"msg":"field required","type":"x"},{"msg":"b"},"c"]}"#,
                ErrorKind::Server,
                "status 422: body.inputs.0.shape: field required; b; c",
            ),
            (
                400,
                r#"{"detail":"Unsupported content"}"#,
                ErrorKind::Server,
                "status 400: Unsupported content",
            ),
            (500, "Internal Server Error", ErrorKind::Http, "status 500: Internal Server Error"),
            (503, "", ErrorKind::Http, "status 503 and no text"),
            (401, "", ErrorKind::Http, "status 401 and no text; check the token"),
            (404, r#"{"error":""}"#, ErrorKind::Http, "status 404"),
            (400, r#"{"error":null,"detail":[]}"#, ErrorKind::Http, "status 400"),
            (400, r#"{"error":{"message":"deep"}}"#, ErrorKind::Http, "status 400: deep"),
            (
                413,
                "<html><head><title>413 Request Entity Too Large</title></head><body>nginx</body></html>",
                ErrorKind::Http,
                "413 Request Entity Too Large",
            ),
        ] {
            let (found_kind, found) = said(status, body);
            assert_eq!(found_kind, kind, "{body}");
            assert!(found.contains(text), "{found}");
        }
        assert!(
            said(404, r#"{"error":"unknown model"}"#)
                .1
                .ends_with("; check the URL, and the model's name and version in it")
        );
    }

    #[test]
    fn what_is_shown_is_bounded_and_one_line() {
        let long = "x".repeat(100_000);
        let detail = format!(r#"{{"loc":["{long}","{long}"],"msg":"{long}"}}"#);
        for body in [
            format!(r#"{{"error":"{long}"}}"#),
            format!(r#"{{"detail":[{}]}}"#, [&*detail; 20].join(",")),
            long.clone(),
            format!("<title>{long}</title>"),
        ] {
            let error = of_status(400, body.as_bytes()).vetted(|_| false);
            assert!(error.to_string().len() < 1200, "{}", error.to_string().len());
            assert!(error.server_message().is_none_or(|text| text.len() <= KEPT_BYTES));
        }
        let error = of_accepted_reply("a\nb").vetted(|_| false);
        assert_eq!(error.to_string(), r"the server answered with a good status, but an error: a\nb");
        assert_eq!((error.kind(), error.server_message()), (ErrorKind::Server, Some("a\nb")));
        assert!(blames_rows(400) && blames_rows(413) && blames_rows(422) && !blames_rows(500));
    }
}
