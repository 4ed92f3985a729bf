//! Whom to trust: the system's certificates, or those a caller gives instead.

use super::settings::Settings;
use crate::error::{Error, ErrorKind, Result};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use std::sync::Arc;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// The TLS side of an agent's configuration.
pub(super) fn config(settings: &Settings) -> Result<TlsConfig> {
    let roots: Vec<Certificate<'static>> = match &settings.trusted {
        Some(trusted) => trusted.iter().map(|der| Certificate::from_der(der).to_owned()).collect(),
        None => system_certificates()?,
    };
    Ok(TlsConfig::builder()
        .root_certs(RootCerts::from(roots))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build())
}

fn system_certificates() -> Result<Vec<Certificate<'static>>> {
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        let message = "the system has no trusted certificates (install ca-certificates, or set a CA file)";
        return Err(Error::new(ErrorKind::Tls, message));
    }
    Ok(found.certs.iter().map(|der| Certificate::from_der(der).to_owned()).collect())
}

/// The certificates of a PEM text, each of which has to be one that can be trusted.
pub(super) fn certificates(pem: &[u8]) -> Result<Vec<Vec<u8>>> {
    let bad = |what: &str| Error::new(ErrorKind::Argument, format!("bad CA certificates: {what}"));
    let mut found = Vec::new();
    for item in parse_pem(pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => found.push(certificate.der().to_vec()),
            Ok(_) => {}
            Err(_) => return Err(bad("not the PEM text it should be")),
        }
    }
    let mut store = RootCertStore::empty();
    for der in &found {
        let added = store.add(CertificateDer::from(der.as_slice()));
        added.map_err(|e| bad(&format!("one of them is malformed: {e}")))?;
    }
    if found.is_empty() { Err(bad("there is none in the PEM text")) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_without_good_certificates_is_refused() {
        for bad in ["", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            assert_eq!(certificates(bad.as_bytes()).unwrap_err().kind(), ErrorKind::Argument, "{bad}");
        }
    }
}
