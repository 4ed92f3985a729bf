//! Why an attempt failed, in the library's own words: those of a dependency may hold parts of the URL.

use crate::error::{Error, ErrorKind};
use crate::message::Message;
use rustls::CertificateError;
use std::io;

/// A failed attempt, and whether another one may help.
pub(super) struct FailedAttempt {
    pub(super) error: Error,
    pub(super) retry: Retry,
}

/// Whether sending again is safe and may help.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Retry {
    /// It would not help, or a response had begun: the server may have carried out the request.
    Never,
    /// No connection could be made, or it broke before a byte of the response.
    MayHelp,
    /// The server closed an idle connection: a new one is enough.
    NewConnection,
}

impl From<Error> for FailedAttempt {
    fn from(error: Error) -> FailedAttempt {
        FailedAttempt { error, retry: Retry::Never }
    }
}

impl FailedAttempt {
    /// A connection that could not be made.
    pub(super) fn connecting(error: io::Error) -> FailedAttempt {
        let error = explain_connecting(&error);
        let may_help = matches!(error.kind(), ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Network);
        FailedAttempt { error, retry: if may_help { Retry::MayHelp } else { Retry::Never } }
    }

    /// A proxy that could not be reached.
    pub(super) fn connecting_to_proxy(error: io::Error) -> FailedAttempt {
        let message = format!("the proxy cannot be reached: {error}");
        let failed = FailedAttempt::connecting(error);
        match failed.error.kind() {
            ErrorKind::Connect => FailedAttempt { error: Error::new(ErrorKind::Connect, message), ..failed },
            _ => failed,
        }
    }

    /// A connection to a proxy that broke before the tunnel to the server was open.
    pub(super) fn opening_tunnel(error: io::Error) -> FailedAttempt {
        let message = "the proxy closed the connection before the tunnel to the server was open";
        match was_closed(&error) {
            true => FailedAttempt { error: Error::new(ErrorKind::Network, message), retry: Retry::MayHelp },
            false => FailedAttempt::connecting(error),
        }
    }

    /// A connection that broke before a byte of the response.
    pub(super) fn before_response(error: &io::Error, was_used: bool) -> FailedAttempt {
        let retry = match was_closed(error) {
            true if was_used => Retry::NewConnection,
            _ if inner_error(error).is_some() => Retry::Never,
            _ => Retry::MayHelp,
        };
        FailedAttempt { error: explain(error), retry }
    }
}

/// Whether the peer closed the connection.
pub(super) fn was_closed(error: &io::Error) -> bool {
    use io::ErrorKind::*;
    matches!(error.kind(), ConnectionReset | ConnectionAborted | BrokenPipe | UnexpectedEof | NotConnected)
}

/// The error of a connection that could not be made.
fn explain_connecting(error: &io::Error) -> Error {
    use io::ErrorKind::*;
    match error.kind() {
        _ if inner_error(error).is_some() => explain(error),
        ConnectionRefused => {
            let message = "the server refused the connection; check that it runs at this host and port";
            Error::new(ErrorKind::Connect, message)
        }
        HostUnreachable | NetworkUnreachable | NetworkDown | AddrNotAvailable => {
            Error::new(ErrorKind::Connect, format!("the server cannot be reached: {error}"))
        }
        TimedOut => explain(error),
        _ if was_closed(error) => explain(error),
        _ => Error::new(ErrorKind::Connect, format!("no connection can be made: {error}")),
    }
}

/// The error of a connection that broke.
pub(super) fn explain(error: &io::Error) -> Error {
    if let Some(inner) = inner_error(error) {
        return inner;
    }
    use io::ErrorKind::*;
    match error.kind() {
        TimedOut => {
            Error::new(ErrorKind::Timeout, "the operating system closed the connection: the peer is silent")
        }
        _ if was_closed(error) => {
            let message = "the server closed the connection before the response was complete";
            Error::new(ErrorKind::Network, message)
        }
        _ => Error::new(ErrorKind::Network, format!("the connection failed: {error}")),
    }
}

/// The library's error, or that of TLS, inside an error of the system's type.
fn inner_error(error: &io::Error) -> Option<Error> {
    let inner = error.get_ref()?;
    let ours = inner.downcast_ref::<Error>().cloned();
    ours.or_else(|| inner.downcast_ref::<rustls::Error>().map(explain_tls))
}

const TLS_FAILED: &str = "the TLS handshake failed: ";

fn explain_tls(error: &rustls::Error) -> Error {
    use CertificateError::{Expired, ExpiredContext, NotValidForName, NotValidForNameContext, UnknownIssuer};
    use rustls::AlertDescription::{CertificateRequired, HandshakeFailure};
    use rustls::Error::{AlertReceived, InvalidCertificate, InvalidMessage};
    use rustls::InvalidMessage::InvalidContentType;
    let why = match error {
        InvalidCertificate(UnknownIssuer) => {
            "no trusted certificate authority signed the server's certificate; set a private authority \
             with the option ca_file"
                .to_owned()
        }
        InvalidCertificate(Expired | ExpiredContext { .. }) => {
            "the server's certificate has expired, by the clock of this machine".to_owned()
        }
        InvalidCertificate(NotValidForName | NotValidForNameContext { .. }) => {
            "the server's certificate is for another host than the URL".to_owned()
        }
        AlertReceived(CertificateRequired | HandshakeFailure) => {
            format!("{error}; the server may want a client certificate: see the option client_certificate")
        }
        InvalidMessage(InvalidContentType) => {
            return Error::new(
                ErrorKind::Tls,
                "the server does not answer in TLS; if this port is for plain HTTP, use a URL that starts \
                 with http://",
            );
        }
        // The text of the error may quote the certificate.
        _ => return Error::with_quotes(ErrorKind::Tls, Message::from(TLS_FAILED).quote(error)),
    };
    Error::new(ErrorKind::Tls, format!("{TLS_FAILED}{why}"))
}

/// The error of bytes that are not HTTP/1.1.
pub(super) fn not_http(error: &ureq_proto::Error) -> Error {
    Error::with_quotes(ErrorKind::Network, Message::from("the response is not valid HTTP: ").quote(error))
}
