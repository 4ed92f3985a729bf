//! TLS: trusted certificates, versions, and the client's own certificate.

use super::failed_attempt::{FailedAttempt, explain};
use super::socket::Socket;
use crate::error::{Error, ErrorKind, Result};
use crate::memory;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, RootCertStore, SignatureScheme, StreamOwned,
};
use std::sync::Arc;

/// The oldest version of TLS that is accepted. The numbers are the C API's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum TlsVersion {
    /// TLS 1.2, of 2008.
    Tls12 = 12,
    /// TLS 1.3, of 2018.
    Tls13 = 13,
}

/// More than the memory that the system's certificates take, which are read by a library.
const SYSTEM_BYTES: usize = 4 << 20;

/// A client's certificate, those of the intermediate authorities, and its key.
type ClientCertificate = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// Which certificates are trusted and shown, and which versions are accepted.
#[derive(Clone)]
pub(crate) struct TlsSettings {
    /// The certificate authorities to trust instead of the system's.
    trusted: Option<Arc<RootCertStore>>,
    client_certificate: Option<Arc<ClientCertificate>>,
    pub(crate) minimum: TlsVersion,
    pub(crate) skip_verification: bool,
}

impl Default for TlsSettings {
    fn default() -> TlsSettings {
        let (trusted, client_certificate) = (None, None);
        TlsSettings { trusted, client_certificate, minimum: TlsVersion::Tls12, skip_verification: false }
    }
}

impl TlsSettings {
    /// Trusts the certificates of a PEM text, at least one, instead of the system's.
    pub(crate) fn trust(&mut self, pem: &[u8]) -> Result<()> {
        self.trusted = Some(Arc::new(authorities(pem)?));
        Ok(())
    }

    /// Shows the server a certificate, whose key is given too.
    pub(crate) fn show_certificate(&mut self, certificate: &[u8], key: &[u8]) -> Result<()> {
        self.client_certificate = Some(Arc::new(client_certificate(certificate, key)?));
        Ok(())
    }
}

/// The TLS side of connections to one server.
pub(super) struct Tls {
    config: Arc<ClientConfig>,
    server: ServerName<'static>,
}

impl Tls {
    pub(super) fn new(host: &str, settings: &TlsSettings) -> Result<Tls> {
        let server = ServerName::try_from(host.to_owned()).map_err(|_| {
            Error::new(ErrorKind::Argument, "the host of the URL is no name that a certificate can have")
        })?;
        Ok(Tls { config: Arc::new(config(settings)?), server })
    }

    /// Makes the handshake over a connected socket.
    pub(super) fn wrap(
        &self,
        mut socket: Socket,
    ) -> std::result::Result<StreamOwned<ClientConnection, Socket>, FailedAttempt> {
        let made = ClientConnection::new(Arc::clone(&self.config), self.server.clone());
        let mut connection =
            made.map_err(|e| Error::new(ErrorKind::Tls, format!("TLS cannot be started: {e}")))?;
        while connection.is_handshaking() {
            let done = connection.complete_io(&mut socket);
            done.map_err(|error| match explain(&error) {
                // Many servers refuse a client this way, so that another attempt does not help.
                closed if closed.kind() == ErrorKind::Network => {
                    let message = "the server closed the connection during the TLS handshake; if it does not \
                                   speak TLS, open the URL with http://";
                    FailedAttempt::from(Error::new(ErrorKind::Tls, message))
                }
                _ => FailedAttempt::connecting(error),
            })?;
        }
        Ok(StreamOwned::new(connection, socket))
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn config(settings: &TlsSettings) -> Result<ClientConfig> {
    let failed = |e: rustls::Error| Error::new(ErrorKind::Tls, format!("TLS cannot be set up: {e}"));
    let versions: &[_] = match settings.minimum {
        TlsVersion::Tls12 => &[&TLS13, &TLS12],
        TlsVersion::Tls13 => &[&TLS13],
    };
    let provider = provider();
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider));
    let builder = builder.with_protocol_versions(versions).map_err(failed)?;
    let builder = if settings.skip_verification {
        builder.dangerous().with_custom_certificate_verifier(Arc::new(AcceptAnyCertificate(provider)))
    } else {
        builder.with_root_certificates(match &settings.trusted {
            Some(trusted) => RootCertStore::clone(trusted),
            None => system_certificates()?,
        })
    };
    match &settings.client_certificate {
        Some(client) => builder.with_client_auth_cert(client.0.clone(), client.1.clone_key()).map_err(failed),
        None => Ok(builder.with_no_client_auth()),
    }
}

fn system_certificates() -> Result<RootCertStore> {
    memory::probe(SYSTEM_BYTES)?;
    let mut store = RootCertStore::empty();
    let (added, _) = store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if added == 0 {
        let message =
            "the system has no trusted certificates; install ca-certificates, or set the option ca_file";
        return Err(Error::new(ErrorKind::Tls, message));
    }
    Ok(store)
}

/// The certificates of a PEM text. Each has to be valid as a trusted one.
fn authorities(pem: &[u8]) -> Result<RootCertStore> {
    memory::probe(pem.len().saturating_mul(2))?;
    let bad = |what: &str| Error::new(ErrorKind::Argument, format!("invalid CA certificates: {what}"));
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|_| bad("the text is not valid PEM"))?;
        store.add(certificate).map_err(|e| bad(&format!("one is malformed: {e}")))?;
    }
    if store.is_empty() { Err(bad("the PEM text has no certificate")) } else { Ok(store) }
}

/// A client's certificate and its key from PEM texts.
fn client_certificate(certificate: &[u8], key: &[u8]) -> Result<ClientCertificate> {
    memory::probe(certificate.len().saturating_add(key.len()).saturating_mul(2))?;
    let bad = |what: &str| Error::new(ErrorKind::Argument, format!("invalid client certificate: {what}"));
    let chain = CertificateDer::pem_slice_iter(certificate).collect::<std::result::Result<Vec<_>, _>>();
    let chain = chain.map_err(|_| bad("the text is not valid PEM"))?;
    if chain.is_empty() {
        return Err(bad("the PEM text has no certificate"));
    }
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| bad("the key is not a private key in PEM"))?;
    CertifiedKey::from_der(chain.clone(), key.clone_key(), &provider()).map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => bad("the key does not belong to the certificate"),
        _ => bad("it is malformed, or its kind of key is not supported"),
    })?;
    Ok((chain, key))
}

/// Accepts any certificate. Signatures are still checked, so that the peer stays the same.
#[derive(Debug)]
struct AcceptAnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AcceptAnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_without_good_certificates_is_refused() {
        for bad in ["", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            assert_eq!(authorities(bad.as_bytes()).unwrap_err().kind(), ErrorKind::Argument, "{bad}");
            assert_eq!(client_certificate(bad.as_bytes(), b"").unwrap_err().kind(), ErrorKind::Argument);
        }
    }

    #[test]
    fn a_key_of_another_certificate_is_refused() {
        let own = rcgen::generate_simple_self_signed(vec!["me".to_owned()]).unwrap();
        let other = rcgen::KeyPair::generate().unwrap().serialize_pem();
        let certificate = own.cert.pem();
        let refused = client_certificate(certificate.as_bytes(), other.as_bytes()).unwrap_err();
        assert!(refused.to_string().contains("does not belong to the certificate"), "{refused}");
        client_certificate(certificate.as_bytes(), own.signing_key.serialize_pem().as_bytes()).unwrap();
    }
}
