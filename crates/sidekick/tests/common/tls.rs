//! Servers under TLS, with certificates good and bad.

use super::{listen, reply, serve};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

static MADE: AtomicU32 = AtomicU32::new(0);

/// A private authority.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    pub pem: String,
}

/// A certificate and its key.
pub struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: KeyPair,
    pub pem: String,
    pub key_pem: String,
}

impl Authority {
    pub fn new() -> Authority {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        // Two authorities of one name would be taken for one that signs badly.
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        params.distinguished_name.push(DnType::CommonName, format!("authority {number}"));
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let (pem, certificate) = (certificate.pem(), certificate.der().clone());
        Authority { issuer: Issuer::new(params, key), certificate, pem }
    }

    /// A certificate for a name, good until a year.
    pub fn sign_until(&self, name: &str, year: i32) -> Identity {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(year, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Identity {
            chain: vec![certificate.der().clone()],
            pem: certificate.pem(),
            key_pem: key.serialize_pem(),
            key,
        }
    }

    pub fn sign(&self, name: &str) -> Identity {
        self.sign_until(name, 4000)
    }
}

/// A certificate for `localhost` that no authority signed.
pub fn self_signed() -> Identity {
    let own = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let (pem, key_pem) = (own.cert.pem(), own.signing_key.serialize_pem());
    Identity { chain: vec![own.cert.der().clone()], key: own.signing_key, pem, key_pem }
}

/// What a server under TLS is like.
pub struct Server {
    pub identity: Identity,
    pub versions: &'static [&'static SupportedProtocolVersion],
    /// Clients have to show a certificate of this authority.
    pub clients: Option<CertificateDer<'static>>,
}

impl Server {
    pub fn new(identity: Identity) -> Server {
        Server { identity, versions: rustls::ALL_VERSIONS, clients: None }
    }

    pub fn wanting_clients_of(mut self, authority: &Authority) -> Server {
        self.clients = Some(authority.certificate.clone());
        self
    }

    /// Runs for the rest of the process and gives every number back. Returns its URL.
    pub fn start(self) -> String {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(Arc::clone(&provider));
        let config = config.with_protocol_versions(self.versions).unwrap();
        let config = match self.clients {
            None => config.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots.add(authority).unwrap();
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
                config.with_client_cert_verifier(verifier.build().unwrap())
            }
        };
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(self.identity.key.serialize_der()));
        let config = Arc::new(config.with_single_cert(self.identity.chain, key).unwrap());
        let address = listen(move |stream| {
            let stream = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream);
            serve(stream, &|request, stream| reply(stream, "200 OK", &request.echo()));
        });
        format!("https://localhost:{}/forward", address.rsplit(':').next().unwrap())
    }
}
