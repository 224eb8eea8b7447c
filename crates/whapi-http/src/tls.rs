//! The one TLS stack: rustls with *ring*, certificates as the operating system trusts them.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;

use rustls::{CertificateError, ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

/// A configuration that names its provider, so that it does not matter which one, or how many,
/// the rest of the program has.
pub fn tls_config() -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Verifier::new(Arc::clone(&provider))?;
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        // The platform's verifier is as strict as the built-in one; rustls calls every other
        // verifier dangerous.
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// For a plain-text address on loopback: trusts nobody, and reads no certificates from disk.
pub fn tls_config_without_roots() -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth())
}

/// What is wrong with a certificate, if this is an error about one.
pub fn certificate_problem(cause: &(dyn StdError + 'static)) -> Option<&'static str> {
    let mut cause = cause;
    // An error of reading holds what it came of, which may be such an error again; `source` passes
    // it over.
    while let Some(error) = cause.downcast_ref::<io::Error>() {
        cause = error.get_ref()?;
    }
    match cause.downcast_ref()? {
        rustls::Error::InvalidCertificate(problem) => Some(match problem {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "it has expired, or this machine's clock is wrong"
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "it is not valid yet, or this machine's clock is wrong"
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "it is for another name"
            }
            CertificateError::UnknownIssuer => "this system does not trust its issuer",
            CertificateError::Revoked => "it is revoked",
            _ => "it could not be verified",
        }),
        rustls::Error::InvalidCertRevocationList(_) => Some("it could not be verified"),
        rustls::Error::NoCertificatesPresented => Some("there is none"),
        _ => None,
    }
}
