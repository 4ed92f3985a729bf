//! Our own words for the HTTP library's errors: its own may hold parts of the URL.

use super::settings::Settings;
use crate::error::{Error, ErrorKind};
use std::io;
use std::time::Duration;

/// What went wrong, and what to do.
pub(super) fn explain(error: &ureq::Error, settings: &Settings) -> Error {
    match error {
        ureq::Error::Timeout(limit) => explain_timeout(*limit, settings),
        ureq::Error::HostNotFound => {
            Error::new(ErrorKind::Connect, "the server's name could not be resolved; check the URL")
        }
        ureq::Error::ConnectionFailed => {
            Error::new(ErrorKind::Connect, "no connection to the server could be made")
        }
        ureq::Error::ConnectProxyFailed(what) => {
            Error::new(ErrorKind::Connect, format!("the proxy refused the connection: {what}"))
        }
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => {
            Error::new(ErrorKind::Argument, "the URL is not one that can be asked")
        }
        ureq::Error::Tls(what) => tls(what),
        ureq::Error::Rustls(what) => tls(&what.to_string()),
        ureq::Error::LargeResponseHeader(..) => {
            Error::new(ErrorKind::Network, "the reply's headers are too large")
        }
        ureq::Error::Protocol(what) => {
            Error::new(ErrorKind::Network, format!("the reply is not HTTP: {what}"))
        }
        ureq::Error::Io(error) => explain_io(error, settings),
        _ => Error::new(ErrorKind::Network, "the exchange with the server failed"),
    }
}

fn explain_timeout(limit: ureq::Timeout, settings: &Settings) -> Error {
    let (what, limit, option) = match limit {
        ureq::Timeout::Connect | ureq::Timeout::Resolve => {
            ("no connection to the server", settings.connect_timeout, "connect_timeout")
        }
        ureq::Timeout::Global | ureq::Timeout::PerCall => ("no reply", settings.call_timeout, "call_timeout"),
        _ => ("not a byte from or to the server", settings.response_timeout, "response_timeout"),
    };
    let milliseconds = limit.unwrap_or(Duration::ZERO).as_millis();
    Error::new(
        ErrorKind::Timeout,
        format!("{what} within {milliseconds} ms, the limit of the option {option}"),
    )
}

fn tls(what: &str) -> Error {
    Error::new(ErrorKind::Tls, format!("the server cannot be trusted, or speaks no TLS: {what}"))
}

fn explain_io(error: &io::Error, settings: &Settings) -> Error {
    let inner = error.get_ref();
    if let Some(inner) = inner.and_then(|inner| inner.downcast_ref::<ureq::Error>()) {
        return explain(inner, settings);
    }
    if let Some(inner) = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return tls(&inner.to_string());
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            Error::new(ErrorKind::Connect, "the server refused the connection; is it running there?")
        }
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable | io::ErrorKind::NetworkDown => {
            Error::new(ErrorKind::Connect, format!("no way to the server: {error}"))
        }
        io::ErrorKind::TimedOut => explain_timeout(ureq::Timeout::RecvResponse, settings),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
            Error::new(ErrorKind::Network, "the server closed the connection before the reply was complete")
        }
        _ => Error::new(ErrorKind::Network, format!("the connection failed: {error}")),
    }
}
