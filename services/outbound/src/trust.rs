//! Whose certificates are believed.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

/// A client could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The machine's certificates are there, but none can be read.
    #[error("the certificates that this machine trusts cannot be read (is SSL_CERT_FILE right?): {0}")]
    Machine(String),
    /// The additional certificates are not PEM, or not certificates.
    #[error("the additional certificates are not usable, PEM with BEGIN CERTIFICATE is expected: {0}")]
    Additional(String),
    /// The TLS library refuses its own defaults.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}

/// TLS 1.2 and 1.3 with the machine's certificates, or Mozilla's where the machine has none, and the additional ones.
///
/// The crypto provider is named here, and not installed for the process: nothing else depends on it.
pub(crate) fn config(additional: &[u8]) -> Result<ClientConfig, Error> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    let (usable, _) = roots.add_parsable_certificates(found.certs);
    if usable == 0 {
        if let Some(error) = found.errors.first() {
            return Err(Error::Machine(error.to_string()));
        }
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    let mut count = 0;
    for certificate in CertificateDer::pem_slice_iter(additional) {
        let certificate = certificate.map_err(|error| Error::Additional(error.to_string()))?;
        roots.add(certificate).map_err(|error| Error::Additional(error.to_string()))?;
        count += 1;
    }
    if count == 0 && !additional.is_empty() {
        return Err(Error::Additional("there is none in it".to_owned()));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
