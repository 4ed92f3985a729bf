//! The line of a request, as text or as JSON. It is visible ASCII, whatever a client sent.

use std::borrow::Cow;
use std::fmt::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::ValueEnum;
use serde_json::{Map, Value, json};

use crate::dates;

/// The most characters of a path, and of a method.
const PATH: usize = 1000;
const METHOD: usize = 20;

/// How the access log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
    Off,
}

/// What is known of a request when its response has been sent.
pub struct Line<'a> {
    pub begun: SystemTime,
    pub client: String,
    pub method: &'a str,
    pub path: &'a str,
    pub has_query: bool,
    pub status: u16,
    pub bytes_in: u64,
    pub bytes_out: u64,
    pub duration: Duration,
    pub deployment: Option<&'a str>,
    pub rows: Option<usize>,
    pub request_id: &'a str,
    pub trace_id: Option<&'a str>,
}

impl Line<'_> {
    /// The line, with its end.
    pub fn written(&self, format: Format) -> String {
        let mut line = match format {
            Format::Json => Value::Object(self.json()).to_string(),
            Format::Text | Format::Off => self.text(),
        };
        line.push('\n');
        line
    }

    fn text(&self) -> String {
        let Line { client, status, bytes_in, bytes_out, .. } = self;
        let or_none = |text: Option<&str>| text.map_or_else(|| "-".to_owned(), |text| plain(text).into());
        let rows = self.rows.map_or_else(|| "-".to_owned(), |rows| rows.to_string());
        format!(
            "{} {client} {} {} {status} in={bytes_in} out={bytes_out} ms={:.3} deployment={} rows={rows} id={} \
             trace={}",
            time(self.begun),
            self.method(),
            self.path(),
            self.milliseconds(),
            or_none(self.deployment),
            self.request_id,
            or_none(self.trace_id),
        )
    }

    fn json(&self) -> Map<String, Value> {
        let known = [
            ("time", json!(time(self.begun))),
            ("client", json!(self.client)),
            ("method", json!(self.method())),
            ("path", json!(self.path())),
            ("status", json!(self.status)),
            ("bytes_in", json!(self.bytes_in)),
            ("bytes_out", json!(self.bytes_out)),
            ("duration_ms", json!((self.milliseconds() * 1000.0).round() / 1000.0)),
            ("deployment", json!(self.deployment)),
            ("rows", json!(self.rows)),
            ("request_id", json!(self.request_id)),
            ("trace_id", json!(self.trace_id)),
        ];
        let known = known.into_iter().filter(|(_, value)| !value.is_null());
        known.map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn method(&self) -> String {
        shown(self.method, METHOD)
    }

    /// The path. No address takes a query, so what one holds is nobody's but the client's.
    fn path(&self) -> String {
        let path = shown(self.path, PATH);
        if self.has_query { path + "?..." } else { path }
    }

    fn milliseconds(&self) -> f64 {
        self.duration.as_secs_f64() * 1000.0
    }
}

/// The text with all but visible ASCII percent-encoded.
fn plain(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        match byte.is_ascii_graphic() {
            true => out.push(char::from(byte)),
            // Writing to a string does not fail.
            false => drop(write!(out, "%{byte:02X}")),
        }
    }
    Cow::Owned(out)
}

/// So much of a text, with all but visible ASCII percent-encoded.
fn shown(text: &str, most: usize) -> String {
    let text = plain(text);
    // It is ASCII, so no character is cut.
    if text.len() > most { format!("{}...", &text[..most]) } else { text.into_owned() }
}

/// A time in UTC, as RFC 3339 has it.
fn time(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or_default();
    let (year, month, day) = dates::civil(seconds.div_euclid(dates::DAY));
    let clock = seconds.rem_euclid(dates::DAY);
    let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
    let milliseconds = since.subsec_millis();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milliseconds:03}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line<'a>(path: &'a str, deployment: Option<&'a str>) -> Line<'a> {
        Line {
            begun: UNIX_EPOCH + Duration::from_millis(1_767_323_045_006),
            client: "127.0.0.1".to_owned(),
            method: "POST",
            path,
            has_query: false,
            status: 200,
            bytes_in: 12,
            bytes_out: 345,
            duration: Duration::from_micros(6789),
            deployment,
            rows: deployment.map(|_| 2),
            request_id: "a\"b",
            trace_id: None,
        }
    }

    #[test]
    fn a_line_of_text_has_every_field() {
        let expected = "2026-01-02T03:04:05.006Z 127.0.0.1 POST /a 200 in=12 out=345 ms=6.789 deployment=d rows=2 \
                        id=a\"b trace=-\n";
        assert_eq!(line("/a", Some("d")).written(Format::Text), expected);
    }

    #[test]
    fn a_line_of_json_leaves_out_what_is_not_known() {
        let expected = r#"{"time":"2026-01-02T03:04:05.006Z","client":"127.0.0.1","method":"POST","path":"/a","status":200,"bytes_in":12,"bytes_out":345,"duration_ms":6.789,"request_id":"a\"b"}"#;
        assert_eq!(line("/a", None).written(Format::Json).trim_end(), expected);
    }

    #[test]
    fn a_path_is_visible_ascii_of_some_length() {
        let with_query = Line { has_query: true, ..line("/\u{e9}\n\u{2028} x", None) };
        assert!(with_query.text().contains(" /%C3%A9%0A%E2%80%A8%20x?... "));
        let long = "x".repeat(2000);
        assert!(line(&long, None).text().len() < 1200);
    }
}
