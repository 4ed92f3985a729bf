//! The tokens and added headers that were sent, and whether a text contains a part of one. No message may
//! show such a text.

use super::decodings::readings;
use std::collections::{HashMap, VecDeque};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// How many characters in a row count as a part of a token. A shorter token counts as a whole.
const PART: usize = 6;
/// How long a token is kept after it was last sent, and how many are. The last one is always kept.
const REMEMBERED: Duration = Duration::from_secs(60 * 60);
const MOST_REMEMBERED: usize = 64;

/// When each token was last sent, the latest at the end.
type Sent = VecDeque<(Instant, Arc<str>)>;

/// The tokens that were sent recently, and the values of the headers that are added to every request.
pub(super) struct Secrets {
    owner: AtomicU32,
    recent: Mutex<Sent>,
    headers: Vec<Arc<str>>,
}

impl Secrets {
    /// Header values shorter than a part are no secrets: they would be found everywhere.
    pub(super) fn new(headers: impl Iterator<Item = Arc<str>>) -> Secrets {
        let headers = headers.filter(|value| value.chars().count() >= PART).collect();
        Secrets { owner: AtomicU32::new(process::id()), recent: Mutex::default(), headers }
    }

    /// Adds a token that is about to be sent.
    pub(super) fn remember(&self, token: &Arc<str>) {
        let Some(mut recent) = self.recent().filter(|_| !token.is_empty()) else { return };
        let now = Instant::now();
        match recent.back_mut() {
            Some((sent, last)) if last == token => *sent = now,
            _ => {
                recent.retain(|(sent, known)| known != token && now.duration_since(*sent) < REMEMBERED);
                recent.push_back((now, Arc::clone(token)));
                if recent.len() > MOST_REMEMBERED {
                    recent.pop_front();
                }
            }
        }
    }

    /// Whether a text contains a part of a token or of a header. Unknown counts as yes.
    pub(super) fn appear_in(&self, text: &str) -> bool {
        let Some(recent) = self.recent() else { return true };
        let tokens = recent.iter().map(|(_, token)| token);
        let secrets: Vec<Arc<str>> = tokens.chain(&self.headers).cloned().collect();
        drop(recent);
        holds_part_of(text, &secrets)
    }

    /// The tokens of this process. In a child process, a lock that was held at the fork stays held.
    fn recent(&self) -> Option<MutexGuard<'_, Sent>> {
        let process = process::id();
        if self.owner.load(Ordering::Acquire) == process {
            return self.recent.lock().ok();
        }
        let recent = self.recent.try_lock().ok()?;
        self.owner.store(process, Ordering::Release);
        Some(recent)
    }
}

/// Whether a text, under any of the usual decodings, contains a part of a token.
fn holds_part_of(text: &str, tokens: &[Arc<str>]) -> bool {
    let tokens: Vec<Token> =
        tokens.iter().filter(|token| !token.is_empty()).map(|it| Token::new(it)).collect();
    let Some(least) = tokens.iter().map(|token| token.least).min() else { return false };
    // A text shorter than the shortest part contains none, in any encoding.
    if text.len() < least {
        return false;
    }
    let Some(readings) = readings(text, least) else { return true };
    readings.iter().any(|reading| {
        let reading: Vec<char> = reading.chars().collect();
        tokens.iter().any(|token| token.is_in(&reading))
    })
}

/// The parts of a token, by first character.
struct Token {
    parts: HashMap<char, Vec<Vec<char>>>,
    least: usize,
}

impl Token {
    fn new(token: &str) -> Token {
        let plain: Vec<char> = token.to_lowercase().chars().collect();
        let squeezed: Vec<char> = plain.iter().copied().filter(|c| c.is_alphanumeric()).collect();
        let least = plain.len().min(PART);
        let mut parts: HashMap<char, Vec<Vec<char>>> = HashMap::new();
        // The text may have dropped the token's punctuation.
        for part in plain.windows(least).chain(squeezed.windows(least)) {
            let Some(first) = part.first() else { continue };
            parts.entry(*first).or_default().push(part.to_vec());
        }
        Token { parts, least }
    }

    fn is_in(&self, text: &[char]) -> bool {
        (0..text.len()).any(|start| {
            let rest = text.get(start..).unwrap_or_default();
            let parts = rest.first().and_then(|first| self.parts.get(first));
            parts.is_some_and(|parts| parts.iter().any(|part| starts_with(rest, part)))
        })
    }
}

/// Whether a text starts with a part. White space and punctuation between its characters are ignored.
fn starts_with(text: &[char], part: &[char]) -> bool {
    let mut wanted = part.iter();
    let mut next = wanted.next();
    for character in text {
        match next {
            Some(other) if other == character => next = wanted.next(),
            Some(_) if !character.is_alphanumeric() => {}
            _ => break,
        }
    }
    next.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

    const TOKEN: &str = "s3cr3t-T0ken.of_mine/4+7";

    fn holds(text: &str, token: &str) -> bool {
        holds_part_of(text, &[token.into()])
    }

    fn hex(text: &str, separator: &str) -> String {
        text.bytes().map(|byte| format!("{separator}{byte:02x}")).collect()
    }

    fn each(text: &str, write: impl Fn(char) -> String) -> String {
        text.chars().map(write).collect()
    }

    /// Every way to write a text in which it has to be found.
    fn spellings(text: &str) -> Vec<String> {
        let code = |c: char| u32::from(c);
        let mut spellings = vec![
            text.to_owned(),
            text.to_uppercase(),
            each(text, |c| format!("%{:02X}", code(c))),
            each(text, |c| format!("%25{:02x}", code(c))),
            each(text, |c| format!("\\u{:04x}", code(c))),
            each(text, |c| format!("\\\\u{:04X}", code(c))),
            each(text, |c| format!("\\x{:02x}", code(c))),
            each(text, |c| format!("\\u{{{:x}}}", code(c))),
            each(text, |c| format!("&#{};", code(c))),
            each(text, |c| format!("&#x{:X};", code(c))),
            each(text, |c| format!("&#{} ", code(c))),
            each(text, |c| format!("&amp;#{};", code(c))),
            text.replace('-', "&hyphen;").replace('.', "&period;").replace('/', "&sol;"),
            text.replace('/', "\\/"),
            each(text, |c| format!("{c} ")),
            each(text, |c| format!("{c}-")),
            each(text, |c| format!("{c}\n\u{200b}")),
            each(text, |c| format!("\"{c}\", ")),
            hex(text, ""),
            hex(text, ":"),
            hex(text, " 0x"),
            hex(text, "").to_uppercase(),
            format!("bad{}", hex(text, "")),
            BASE64_STANDARD.encode(hex(text, "")),
            hex(&BASE64_STANDARD.encode(text), ""),
            BASE64_STANDARD.encode(BASE64_STANDARD.encode(text)),
        ];
        for before in ["", "B", "Be", "Bearer "] {
            let text = format!("{before}{text}");
            for encoded in [BASE64_STANDARD.encode(&text), BASE64_URL_SAFE_NO_PAD.encode(&text)] {
                spellings.extend(["", "x", "xy", "xyz"].map(|glued| format!("{glued}{encoded}")));
                spellings.push(each(&encoded, |c| format!("{c}\r\n")));
                spellings.push(encoded.replace('=', "%3D"));
            }
        }
        spellings
    }

    #[test]
    fn a_part_is_found_in_every_spelling() {
        for part in [TOKEN, &TOKEN[..6], &TOKEN[3..9], &TOKEN[8..16], &TOKEN[18..]] {
            for spelling in spellings(part) {
                for text in
                    [spelling.clone(), format!("not good: {spelling}"), format!("<{spelling}>, it says")]
                {
                    assert!(holds(&text, TOKEN), "{part} in {text}");
                }
            }
        }
    }

    #[test]
    fn less_than_a_part_is_not_found() {
        for part in ["s3cr3", "ken.o", "mine/", "/4+7"] {
            for spelling in spellings(part) {
                assert!(!holds(&spelling, TOKEN), "{part} in {spelling}");
            }
        }
        let text = "row 3: the feature \"sepal length\" has to be a number, got text; see \
                    https://example.org/a?b=c%20d";
        assert!(!holds(text, TOKEN) && !holds("", TOKEN) && !holds("anything", ""));
    }

    #[test]
    fn short_tokens_count_as_a_whole() {
        for (token, text) in
            [("Token", "the TOKEN"), ("t", "at"), ("the", "not here"), ("a-b", "say a-b"), ("---", "a---")]
        {
            assert!(holds(text, token), "{token} in {text}");
        }
        for (token, text) in [("Token", "toke"), ("t", "none"), ("the", "t-e"), ("a-b", "ab"), ("---", "--")]
        {
            assert!(!holds(text, token), "{token} in {text}");
        }
        for spelling in spellings("t0k3n") {
            assert!(holds(&spelling, "T0k3n"), "{spelling}");
        }
    }

    #[test]
    fn long_texts_of_nothing_are_decoded_in_bounded_work() {
        for unit in ["%25", "\\\\", "&amp;", "3%5c&amp;", "YWJj", "0x61"] {
            holds(&unit.repeat(400), TOKEN);
        }
    }

    #[test]
    fn added_headers_are_secrets_unless_they_are_short() {
        let secrets = Secrets::new(["k3y-0f-the-gateway", "short"].map(Arc::from).into_iter());
        assert!(secrets.appear_in("no such key: 0f-the-g") && !secrets.appear_in("too short"));
        secrets.remember(&"s3cr3t-t0ken".into());
        assert!(secrets.appear_in("s3cr3t") && secrets.appear_in("gateway"));
    }

    #[test]
    fn the_tokens_of_the_last_hour_are_remembered() {
        let secrets = Secrets::new(std::iter::empty());
        for number in 0..100 {
            secrets.remember(&format!("token number {number}").into());
            assert!(secrets.appear_in(&format!("mber {number}")) && !secrets.appear_in("nothing"));
        }
        assert!(!secrets.appear_in("xyz ber 7xyz"));
        assert_eq!(secrets.recent().unwrap().len(), MOST_REMEMBERED);
        for (sent, _) in secrets.recent().unwrap().iter_mut() {
            *sent = Instant::now().checked_sub(REMEMBERED).unwrap();
        }
        assert!(secrets.appear_in("mber 99"));
        secrets.remember(&"another".into());
        assert!(secrets.appear_in("anothe") && !secrets.appear_in("mber 99"));
    }
}
