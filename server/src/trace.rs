//! The context of a trace (W3C Trace Context): read strictly, and passed on as it is. The server makes no
//! spans, so the parent stays the client's.

use axum::http::{HeaderMap, HeaderName};

pub const PARENT: HeaderName = HeaderName::from_static("traceparent");
pub const STATE: HeaderName = HeaderName::from_static("tracestate");

/// What version 00 has: version, trace, parent and flags.
const LENGTH: usize = 55;
/// Later versions may have more; this much of it is read.
const MOST: usize = 512;
/// The most members of a state.
const MEMBERS: usize = 32;

/// The trace that a request is a part of.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    parent: String,
    state: Option<String>,
}

impl Trace {
    /// The trace that the headers name, if they do so validly. An invalid state is left out.
    pub fn of(headers: &HeaderMap) -> Option<Trace> {
        let mut parents = headers.get_all(PARENT).iter();
        let (parent, None) = (parents.next()?, parents.next()) else { return None };
        let parent = parent.to_str().ok().filter(|parent| is_parent(parent))?;
        Some(Trace { parent: parent.to_owned(), state: state(headers) })
    }

    /// The id of the trace: 32 hexadecimal digits.
    pub fn id(&self) -> &str {
        &self.parent[3..35]
    }

    /// The headers by which another server continues it.
    pub fn headers(&self) -> Vec<(&str, &str)> {
        let state = self.state.iter().map(|state| ("tracestate", state.as_str()));
        std::iter::once(("traceparent", self.parent.as_str())).chain(state).collect()
    }
}

fn is_parent(text: &str) -> bool {
    let mut fields = text.splitn(5, '-');
    let mut next = |length| fields.next().filter(|field| is_hex(field, length));
    let (version, trace, parent, flags) = (next(2), next(32), next(16), next(2));
    let are_there = [version, trace, parent, flags].iter().all(Option::is_some);
    let is_named = |id: Option<&str>| id.is_some_and(|id| id.bytes().any(|digit| digit != b'0'));
    let fits = match version {
        Some("00") => text.len() == LENGTH,
        version => version != Some("ff") && text.len() <= MOST,
    };
    are_there && is_named(trace) && is_named(parent) && fits
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The state in all its lines, if it is one.
fn state(headers: &HeaderMap) -> Option<String> {
    let lines: Result<Vec<&str>, _> = headers.get_all(STATE).iter().map(|line| line.to_str()).collect();
    let text = lines.ok()?.join(",");
    let members = text.split(',').map(|member| member.trim_matches([' ', '\t']));
    let members: Vec<&str> = members.filter(|member| !member.is_empty()).collect();
    let keys: Option<Vec<&str>> = members.iter().map(|member| key_of(member)).collect();
    let mut keys = keys.filter(|keys| (1..=MEMBERS).contains(&keys.len()))?;
    keys.sort_unstable();
    let are_different = keys.windows(2).all(|pair| pair[0] != pair[1]);
    are_different.then_some(text)
}

/// The key of a valid member.
fn key_of(member: &str) -> Option<&str> {
    let (key, value) = member.split_once('=')?;
    let is_key = match key.split_once('@') {
        None => begins(key, 256, |byte| byte.is_ascii_lowercase()),
        Some((tenant, system)) => {
            begins(tenant, 241, |byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
                && begins(system, 14, |byte| byte.is_ascii_lowercase())
        }
    };
    let is_value = (1..=256).contains(&value.len())
        && value.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b',' | b'='));
    (is_key && is_value).then_some(key)
}

/// Whether a part of a key has the form of one, with a first character of its own.
fn begins(text: &str, most: usize, first: impl Fn(u8) -> bool) -> bool {
    let is_inner = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b'*' | b'/')
    };
    text.len() <= most && text.bytes().next().is_some_and(first) && text.bytes().all(is_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALID: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn trace(headers: &[(HeaderName, &str)]) -> Option<Trace> {
        let headers = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap()));
        let mut map = HeaderMap::new();
        headers.for_each(|(name, value)| _ = map.append(name, value));
        Trace::of(&map)
    }

    #[test]
    fn a_trace_is_passed_on_as_it_came() {
        let found = trace(&[(PARENT, VALID), (STATE, "a=1 2, b@c=3"), (STATE, "d=~")]).unwrap();
        assert_eq!(found.id(), "0af7651916cd43dd8448eb211c80319c");
        assert_eq!(found.headers(), [("traceparent", VALID), ("tracestate", "a=1 2, b@c=3,d=~")]);
        assert_eq!(trace(&[(STATE, "a=1")]), None);
        assert_eq!(trace(&[(PARENT, VALID), (PARENT, VALID)]), None);
    }

    #[test]
    fn later_versions_may_have_more() {
        let later = VALID.replacen("00", "01", 1);
        for (parent, valid) in [
            (later.clone(), true),
            (format!("{later}-more"), true),
            (format!("{later}-{}", "x".repeat(MOST)), false),
            (format!("{later}."), false),
            (format!("{VALID}-more"), false),
            (VALID.replacen("00", "ff", 1), false),
        ] {
            assert_eq!(trace(&[(PARENT, &parent)]).is_some(), valid, "{parent}");
        }
    }

    #[test]
    fn an_invalid_state_is_left_out() {
        let many = |count| (0..count).map(|number| format!("k{number}=v")).collect::<Vec<_>>().join(",");
        for (state, valid) in [
            ("a=1", true),
            ("0t@s=1", true),
            (" , a=1,,", true),
            (&many(MEMBERS), true),
            (&many(MEMBERS + 1), false),
            ("", false),
            ("0a=1", false),
            ("a@0=1", false),
            ("a@b@c=1", false),
            ("a=1=", false),
            ("a=1,b", false),
            ("a=1,a=2", false),
        ] {
            let found = trace(&[(PARENT, VALID), (STATE, state)]).unwrap();
            assert_eq!(found.headers().len() == 2, valid, "{state}");
        }
    }
}
