//! Who may query a deployment: Bearer, or Basic with the token as user name.

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use subtle::{Choice, ConstantTimeEq};

use crate::deployment::Deployment;
use crate::error::{ApiError, ErrorCode};

/// Whether a request carries one of some tokens.
pub fn has_one_of(headers: &HeaderMap, tokens: &[String]) -> bool {
    token(headers).is_some_and(|token| is_among(&token, tokens))
}

/// Lets a request pass that has a full token, if the deployment is enabled.
pub fn check(deployment: &Deployment, enabled: bool, headers: &HeaderMap) -> Result<(), ApiError> {
    let refuse = |code, message: &str| Err(ApiError::new(code, message));
    let Some(token) = token(headers) else {
        return refuse(
            ErrorCode::InvalidTokenError,
            "a token is needed: Authorization: Bearer TOKEN, or Basic with the token as user name",
        );
    };
    let full = is_among(&token, &deployment.tokens);
    let limited = is_among(&token, &deployment.limited_tokens);
    match (full, limited, enabled) {
        (true, _, true) => Ok(()),
        (true, _, false) => refuse(ErrorCode::DeploymentNotEnabled, "the deployment is not enabled"),
        (_, true, _) => refuse(
            ErrorCode::InsufficientScopeTokenError,
            "the token is valid, but its scope does not include queries",
        ),
        _ => refuse(ErrorCode::InvalidTokenError, "the token is not one of this deployment"),
    }
}

/// The token a request carries.
fn token(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.trim().split_once(' ')?;
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(rest).ok()?).ok()?;
    text.strip_suffix(':').map(str::to_owned)
}

/// Compares with every token in constant time, so that timing does not reveal how much was correct.
fn is_among(token: &str, tokens: &[String]) -> bool {
    let equal = |known: &String| token.as_bytes().ct_eq(known.as_bytes());
    tokens.iter().map(equal).fold(Choice::from(0), |any, one| any | one).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Option<String> {
        token(&HeaderMap::from_iter([(header::AUTHORIZATION, value.parse().unwrap())]))
    }

    #[test]
    fn bearer_and_basic_carry_a_token() {
        let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
        assert_eq!(read("Bearer abc").as_deref(), Some("abc"));
        assert_eq!(read("bearer  abc ").as_deref(), Some("abc"));
        assert_eq!(read(&basic("abc:")).as_deref(), Some("abc"));
        assert_eq!(read(&basic("a:b:")).as_deref(), Some("a:b"));
        for other in ["", "Bearer", "abc", "Digest abc", "Basic ***", &basic("abc"), &basic("abc:password")] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn only_the_whole_token_is_among_the_tokens() {
        let tokens = ["abc".to_owned(), "def".to_owned()];
        assert!(is_among("def", &tokens));
        ["", "ab", "abcd", "ABC"].iter().for_each(|other| assert!(!is_among(other, &tokens)));
    }
}
