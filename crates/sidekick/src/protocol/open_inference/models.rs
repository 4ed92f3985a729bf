//! The models of a server, for the error of a URL that names none.

use crate::error::{Error, ErrorKind, Result};
use crate::json::Cursor;
use crate::memory::push;
use crate::message::Message;
use crate::protocol::exchange::JSON;
use crate::text::cut;
use crate::transport::{Cancel, Reply, Request, Target, Transport};
use crate::url::Url;

/// How many models are named.
const SHOWN: usize = 20;
/// How much of a name is kept.
const NAME_BYTES: usize = 256;

/// The error of a URL that names no model. It names the server's models if the server lists them: Triton and
/// MLServer answer a POST to `/v2/repository/index`, KServe a GET of `/v2/models`.
pub(super) fn none_named(url: &Url, server: &str, transport: &Transport, cancel: Option<&Cancel>) -> Error {
    let lists = [index, list].into_iter();
    let listed = lists.filter_map(|list| list(url, server, transport, cancel).transpose()).next();
    let message =
        Message::from(format!("the URL {url} names no model of its server; open .../v2/models/NAME"));
    let refused = |message| Error::with_quotes(ErrorKind::Argument, message);
    match listed {
        Some(Ok((reply, models))) => {
            refused(models.said_after(message)).vetted(|text| reply.holds_token(text))
        }
        Some(Err(error)) if error.kind() == ErrorKind::Cancelled => error,
        _ => refused(message),
    }
}

/// A response that lists models, and these.
type Listed = Result<Option<(Reply, Models)>>;

fn index(url: &Url, server: &str, transport: &Transport, cancel: Option<&Cancel>) -> Listed {
    let target = &Target::of(&url.with_path(&format!("{server}/repository/index"))?);
    let request =
        Request { target, accept: JSON, content_type: JSON, headers: &[], parts: &[b"{}"], split: None };
    transport.post(&request, cancel.into()).map(listed)
}

fn list(url: &Url, server: &str, transport: &Transport, cancel: Option<&Cancel>) -> Listed {
    transport.get(&url.with_path(&format!("{server}/models"))?, JSON, cancel).map(listed)
}

fn listed(reply: Reply) -> Option<(Reply, Models)> {
    let models = reply.is_success().then(|| Models::read(&reply.body)).flatten()?;
    Some((reply, models))
}

/// The first models of a list.
#[derive(Debug, Default, PartialEq)]
struct Models {
    /// The name of each, and its state if it is not ready.
    named: Vec<(String, Option<String>)>,
    more: bool,
}

impl Models {
    /// Reads `[{"name", "version"?, "state"?}, ..]`, or `{"models": [..]}` with names; nothing if it is
    /// neither, or empty.
    fn read(document: &[u8]) -> Option<Models> {
        let mut models = Models::default();
        let mut cursor = Cursor::new(document);
        let read = match cursor.peek() {
            Some(b'{') => cursor.object(|cursor, key| match (&*key, cursor.peek()) {
                ("models", Some(b'[')) => models.read_list(cursor),
                _ => cursor.skip_value(),
            }),
            _ => models.read_list(&mut cursor),
        };
        let read = read.and_then(|()| cursor.end());
        read.ok().map(|()| models).filter(|models| !models.named.is_empty())
    }

    fn read_list(&mut self, cursor: &mut Cursor<'_>) -> Result<()> {
        cursor.array(|cursor| {
            let (mut name, mut state) = (None, None);
            match cursor.peek() {
                Some(b'"') => name = Some(kept(&cursor.string()?)),
                Some(b'{') => cursor.object(|cursor, key| match (&*key, cursor.peek()) {
                    ("name", Some(b'"')) => read_text(cursor, &mut name),
                    ("state", Some(b'"')) => read_text(cursor, &mut state),
                    _ => cursor.skip_value(),
                })?,
                _ => cursor.skip_value()?,
            }
            let state = state.filter(|state| !matches!(&**state, "" | "READY"));
            name.map_or(Ok(()), |name| self.add(name, state))
        })
    }

    /// A model has an entry for each of its versions.
    fn add(&mut self, name: String, state: Option<String>) -> Result<()> {
        if self.named.iter().any(|(known, _)| *known == name) {
            return Ok(());
        }
        self.more |= self.named.len() == SHOWN;
        if self.more { Ok(()) } else { push(&mut self.named, (name, state)) }
    }

    fn said_after(&self, message: Message) -> Message {
        let mut message = message.say("; its models are ");
        for (place, (name, state)) in self.named.iter().enumerate() {
            message = message.say(if place == 0 { "\"" } else { ", \"" }).quote(name).say("\"");
            if let Some(state) = state {
                message = message.say(" (").quote(state).say(")");
            }
        }
        if self.more { message.say(", ...") } else { message }
    }
}

fn read_text(cursor: &mut Cursor<'_>, text: &mut Option<String>) -> Result<()> {
    *text = Some(kept(&cursor.string()?));
    Ok(())
}

fn kept(text: &str) -> String {
    cut(text, NAME_BYTES).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(document: &str) -> Option<String> {
        let models = Models::read(document.as_bytes())?;
        let message = models.said_after(Message::default());
        Some(Error::with_quotes(ErrorKind::Argument, message).vetted(|_| false).to_string())
    }

    #[test]
    fn lists_of_real_servers_are_read() {
        let triton = r#"[{"name":"m","version":"1","state":"READY"},{"name":"m","version":"2","state":"READY"},
            {"name":"n \"x\"","version":"1","state":"UNAVAILABLE","reason":"unloaded"},{"name":"o"}]"#;
        assert_eq!(said(triton).unwrap(), r#"; its models are "m", "n "x"" (UNAVAILABLE), "o""#);
        let kserve = r#"{"models":["a","b"],"more":1}"#;
        assert_eq!(said(kserve).unwrap(), r#"; its models are "a", "b""#);
        let mlserver = r#"[{"name":"iris","version":null,"state":"READY","reason":""}]"#;
        assert_eq!(said(mlserver).unwrap(), r#"; its models are "iris""#);
        for nothing in ["", "[]", "{}", "<html>", r#"{"models":{}}"#, r#"[{"name":1}]"#, "[\"a\"", "null"] {
            assert_eq!(said(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn no_more_are_named_than_can_be_read() {
        let list = |count: usize| (0..count).map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(",");
        assert!(said(&format!("[{}]", list(20))).unwrap().ends_with(r#", "19""#));
        assert!(said(&format!("[{}]", list(21))).unwrap().ends_with(r#", "19", ..."#));
        let long = format!("[\"{}\"]", "x".repeat(100_000));
        assert!(said(&long).unwrap().len() < 600);
    }
}
