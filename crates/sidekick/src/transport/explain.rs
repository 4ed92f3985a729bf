//! Why an attempt came to nothing, in our own words: a library's own may hold parts of the URL.

use crate::error::{Error, ErrorKind};
use crate::message::Message;
use rustls::CertificateError;
use std::io;

/// A failed attempt, and whether another one may help.
pub(super) struct Trouble {
    pub(super) error: Error,
    pub(super) again: Again,
}

/// Whether sending again does no harm and may help.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    /// It would not help, or a reply had begun: the request may have been carried out.
    No,
    /// No connection, or one that broke before a byte of a reply.
    Perhaps,
    /// The connection had been idle, and the server closed it: a fresh one will do.
    Surely,
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Trouble {
        Trouble { error, again: Again::No }
    }
}

impl Trouble {
    /// A connection that could not be made.
    pub(super) fn connecting(error: io::Error) -> Trouble {
        let error = explain_connecting(&error);
        let again = matches!(error.kind(), ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Network);
        Trouble { error, again: if again { Again::Perhaps } else { Again::No } }
    }

    /// A proxy that could not be reached.
    pub(super) fn reaching_proxy(error: io::Error) -> Trouble {
        let message = format!("the proxy cannot be reached: {error}");
        let trouble = Trouble::connecting(error);
        match trouble.error.kind() {
            ErrorKind::Connect => Trouble { error: Error::new(ErrorKind::Connect, message), ..trouble },
            _ => trouble,
        }
    }

    /// A proxy whose connection broke before it led to the server.
    pub(super) fn within_proxy(error: io::Error) -> Trouble {
        let message = "the proxy closed the connection before it led to the server";
        match was_closed(&error) {
            true => Trouble { error: Error::new(ErrorKind::Network, message), again: Again::Perhaps },
            false => Trouble::connecting(error),
        }
    }

    /// A connection that broke before a byte of the reply.
    pub(super) fn without_reply(error: &io::Error, was_used: bool) -> Trouble {
        let again = match was_closed(error) {
            true if was_used => Again::Surely,
            _ if own(error).is_some() => Again::No,
            _ => Again::Perhaps,
        };
        Trouble { error: explain(error), again }
    }
}

/// Whether the other end closed the connection under us.
pub(super) fn was_closed(error: &io::Error) -> bool {
    use io::ErrorKind::*;
    matches!(error.kind(), ConnectionReset | ConnectionAborted | BrokenPipe | UnexpectedEof | NotConnected)
}

/// What made it impossible to connect, and what to do.
fn explain_connecting(error: &io::Error) -> Error {
    use io::ErrorKind::*;
    match error.kind() {
        _ if own(error).is_some() => explain(error),
        ConnectionRefused => {
            Error::new(ErrorKind::Connect, "the server refused the connection; is it running there?")
        }
        HostUnreachable | NetworkUnreachable | NetworkDown | AddrNotAvailable => {
            Error::new(ErrorKind::Connect, format!("no way to the server: {error}"))
        }
        TimedOut => explain(error),
        _ if was_closed(error) => explain(error),
        _ => Error::new(ErrorKind::Connect, format!("the system makes no connection: {error}")),
    }
}

/// What broke an established connection, and what to do.
pub(super) fn explain(error: &io::Error) -> Error {
    if let Some(own) = own(error) {
        return own;
    }
    use io::ErrorKind::*;
    match error.kind() {
        TimedOut => Error::new(ErrorKind::Timeout, "the system gave the connection up as dead"),
        _ if was_closed(error) => {
            Error::new(ErrorKind::Network, "the server closed the connection before the reply was complete")
        }
        _ => Error::new(ErrorKind::Network, format!("the connection failed: {error}")),
    }
}

/// The error of ours, or of TLS, that one of the system's may stand for.
fn own(error: &io::Error) -> Option<Error> {
    let inner = error.get_ref()?;
    let ours = inner.downcast_ref::<Error>().cloned();
    ours.or_else(|| inner.downcast_ref::<rustls::Error>().map(explain_tls))
}

const UNTRUSTED: &str = "the server cannot be trusted, or speaks no TLS: ";

fn explain_tls(error: &rustls::Error) -> Error {
    use CertificateError::{Expired, ExpiredContext, NotValidForName, NotValidForNameContext, UnknownIssuer};
    use rustls::AlertDescription::{CertificateRequired, HandshakeFailure};
    use rustls::Error::{AlertReceived, InvalidCertificate, InvalidMessage};
    use rustls::InvalidMessage::InvalidContentType;
    let why = match error {
        InvalidCertificate(UnknownIssuer) => {
            "no trusted authority signed its certificate; a private one can be set with the option ca_file"
                .to_owned()
        }
        InvalidCertificate(Expired | ExpiredContext { .. }) => {
            "its certificate has expired, by this machine's clock".to_owned()
        }
        InvalidCertificate(NotValidForName | NotValidForNameContext { .. }) => {
            "its certificate is for another host than the URL's".to_owned()
        }
        AlertReceived(CertificateRequired | HandshakeFailure) => {
            format!("{error}; it may want a client certificate, see the option client_certificate")
        }
        InvalidMessage(InvalidContentType) => {
            return Error::new(
                ErrorKind::Tls,
                "the server does not answer in TLS; if it expects plain HTTP at this port, the URL begins with http://",
            );
        }
        // It may show what the certificate says.
        _ => return Error::with_quotes(ErrorKind::Tls, Message::from(UNTRUSTED).quote(error)),
    };
    Error::new(ErrorKind::Tls, format!("{UNTRUSTED}{why}"))
}

/// The error of bytes that are no HTTP/1.1.
pub(super) fn not_http(error: &ureq_proto::Error) -> Error {
    Error::with_quotes(ErrorKind::Network, Message::from("the reply is not HTTP: ").quote(error))
}
