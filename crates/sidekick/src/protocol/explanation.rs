//! What the body of a failed response says, if it is none of the protocol's own errors.

use crate::error::Result;
use crate::json::Cursor;
use crate::memory::replaced;

/// The most bytes of a body that are read for its message.
const READ_BYTES: usize = 16 * 1024;
/// How deep in JSON to look for a message.
const DEPTH: usize = 16;

/// The message in a body that is no error object: a text in other JSON, the title of a page, or the whole.
pub(crate) fn explanation(body: &[u8]) -> String {
    let start = body.get(..READ_BYTES).unwrap_or(body);
    let mut cursor = Cursor::new(start);
    let mut found = None;
    let read = read_json_text(&mut cursor, DEPTH, &mut found).and_then(|()| cursor.end());
    // A truncated body is read as far as it goes.
    if let Some((_, text)) = found.filter(|_| read.is_ok() || start.len() < body.len()) {
        return text;
    }
    let text = replaced(start).unwrap_or_default();
    let text = text.trim().trim_start_matches('\u{feff}').trim_start();
    if text.starts_with('<') { html_title(text) } else { text.to_owned() }
}

/// The keys of messages in the error formats of common servers and gateways, the best first.
const TEXT_KEYS: [&str; 5] = ["message", "error", "detail", "msg", "title"];

/// Reads the next value, and looks for a message in it. `found` has the best one so far, with the rank of its
/// key.
fn read_json_text(cursor: &mut Cursor<'_>, depth: usize, found: &mut Option<(usize, String)>) -> Result<()> {
    match cursor.peek() {
        Some(b'"') if found.is_none() => {
            *found = Some((0, cursor.string()?.into_owned()));
            Ok(())
        }
        Some(b'[') if depth > 0 => cursor.array(|cursor| read_json_text(cursor, depth - 1, found)),
        Some(b'{') if depth > 0 => cursor.object(|cursor, key| {
            let place = TEXT_KEYS.iter().position(|known| *known == key);
            let better = place.filter(|place| found.as_ref().is_none_or(|(best, _)| place < best));
            let Some(place) = better else { return cursor.skip_value() };
            let mut inner = None;
            read_json_text(cursor, depth - 1, &mut inner)?;
            *found = inner.map(|(_, text)| (place, text)).or_else(|| found.take());
            Ok(())
        }),
        _ => cursor.skip_value(),
    }
}

/// The title of an HTML page, on one line.
fn html_title(page: &str) -> String {
    let lower = page.to_ascii_lowercase();
    let title = lower.find("<title").and_then(|open| {
        let start = open + lower.get(open..)?.find('>')? + 1;
        page.get(start..start + lower.get(start..)?.find("</title")?)
    });
    let words: Vec<&str> = title.unwrap_or_default().split_whitespace().collect();
    if words.is_empty() { "an HTML page without a title".to_owned() } else { words.join(" ") }
}
