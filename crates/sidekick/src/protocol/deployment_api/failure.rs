//! Responses that report an error: the Deployment API's error object, or whatever a proxy sends instead.

use crate::error::{Error, ErrorKind, Result, is_api_code};
use crate::json::Cursor;
use crate::message::Message;
use crate::protocol::explanation::explanation;
use crate::text::cut;

/// The most bytes of a code or a message that are kept.
const KEPT_BYTES: usize = 1024;

/// An error object.
struct ErrorObject {
    code: String,
    message: Option<String>,
}

impl ErrorObject {
    fn read(body: &[u8]) -> Result<ErrorObject> {
        let mut cursor = Cursor::new(body);
        let (mut code, mut message) = (None, None);
        cursor.object(|cursor, key| match &*key {
            "errorCode" => {
                code = Some(kept(cursor)?);
                Ok(())
            }
            "errorMessage" if !cursor.take_word("null") => {
                message = Some(kept(cursor)?);
                Ok(())
            }
            "errorMessage" => Ok(()),
            _ => cursor.skip_value(),
        })?;
        cursor.end()?;
        let code = code.ok_or_else(|| Error::new(ErrorKind::ReplyMalformed, "it has no \"errorCode\""))?;
        Ok(ErrorObject { code, message })
    }
}

/// The next text, cut to what is kept.
fn kept(cursor: &mut Cursor<'_>) -> Result<String> {
    Ok(cut(&cursor.string()?, KEPT_BYTES).to_owned())
}

/// The error of a response whose status is not 2xx, with what its body says.
pub(crate) fn of_status(status: u16, body: &[u8]) -> Error {
    match ErrorObject::read(body) {
        Ok(object) => server_error(&format!("with status {status}"), object, hint(status)),
        Err(error) if error.kind() == ErrorKind::Memory => error,
        Err(_) => {
            let answered = Message::from(format!("the server answered with status {status}"));
            let message = match explanation(body).as_str() {
                "" => answered.say(" and no text"),
                text => answered.say(": ").quote(text),
            };
            Error::with_quotes(ErrorKind::Http, message.say(hint(status)))
        }
    }
}

/// The error of a 2xx response that has an error object.
pub(crate) fn of_accepted_reply(body: &[u8]) -> Error {
    match ErrorObject::read(body) {
        Ok(object) => server_error("with a 2xx status and an error object", object, ""),
        Err(error) if error.kind() == ErrorKind::Memory => error,
        Err(error) => {
            let message =
                Message::from("the error object of the response is invalid: ").before(error.into_message());
            Error::with_quotes(ErrorKind::ReplyMalformed, message)
        }
    }
}

/// What to do about a status. The server's message may be left out: an ID of a deployment is often part of
/// its token.
fn hint(status: u16) -> &'static str {
    if status == 404 { "; check the URL, and the deployment's ID in it" } else { "" }
}

fn server_error(how: &str, object: ErrorObject, hint: &str) -> Error {
    let ErrorObject { code, message } = object;
    let text = Message::from(format!("the server answered {how}: "));
    let text = if is_api_code(&code) { text.say(&code) } else { text.quote(&code) }.say(": ");
    let text = match &message {
        Some(message) => text.quote(message),
        None => text.say("no message"),
    };
    Error::with_quotes(ErrorKind::Server, text.say(hint)).with_server(Some(code), message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_object_is_read() {
        let error =
            of_status(401, br#"{"errorCode":"InvalidTokenError","errorMessage":"no \ud83e\udd8a","more":1}"#)
                .vetted(|_| false);
        assert_eq!(error.kind(), ErrorKind::Server);
        assert_eq!(error.server_code(), Some("InvalidTokenError"));
        assert_eq!(error.to_string(), "the server answered with status 401: InvalidTokenError: no 🦊");
    }

    #[test]
    fn a_404_says_what_to_check_even_if_the_message_is_left_out() {
        let body = br#"{"errorCode":"ResourceNotFound","errorMessage":"there is penguins"}"#;
        let text = of_status(404, body).vetted(|_| true).to_string();
        assert_eq!(
            text,
            format!(
                "the server answered with status 404: ResourceNotFound: {}; check the URL, and the deployment's ID \
                 in it",
                crate::message::LEFT_OUT
            )
        );
        let text = of_status(404, b"").vetted(|_| false).to_string();
        assert_eq!(
            text,
            "the server answered with status 404 and no text; check the URL, and the deployment's ID in it"
        );
    }

    #[test]
    fn a_body_that_is_no_error_object_is_shown() {
        let text = |body: &[u8]| of_status(502, body).vetted(|_| false).to_string();
        assert_eq!(text(b" \n"), "the server answered with status 502 and no text");
        assert_eq!(text(b"\x07Bad\n"), "the server answered with status 502: \\u{7}Bad");
        assert!(text(&[b'x'; 9000]).ends_with("xx…") && text(&[b'x'; 9000]).len() < 600);
        assert_eq!(of_status(502, b"\xff").kind(), ErrorKind::Http);
    }

    #[test]
    fn other_shapes_of_errors_are_read() {
        let text = |body: &str| of_status(500, body.as_bytes()).vetted(|_| false).to_string();
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
            "<title>\nit  broke\t</title>",
        ] {
            assert_eq!(text(body), "the server answered with status 500: it broke", "{body}");
        }
        for page in ["<p>it broke", "<title>it broke", "<title", "<title> </title>", "<titlé></title>"] {
            let said = text(page);
            assert_eq!(said, "the server answered with status 500: an HTML page without a title", "{page}");
        }
        assert_eq!(text(r#"{"code": 7}"#), r#"the server answered with status 500: {"code": 7}"#);
        assert!(text(&"[".repeat(100_000)).len() < 600);
    }
}
