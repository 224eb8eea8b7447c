//! TLS settings: rustls with *ring*, and certificates as the operating system trusts them.

use std::error::Error as StdError;
use std::io;
use std::sync::{Arc, OnceLock};

use rustls::{CertificateError, ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;
use url::Url;

/// TLS settings for connections to an address.
///
/// The provider is *ring*, whatever else the program contains. For `https`, certificates are checked
/// as the operating system does. For any other scheme, no certificate is trusted and none is read
/// from disk. The certificates of the operating system are read once for a process. No ALPN protocols
/// are set; some HTTP clients set them themselves.
///
/// # Errors
///
/// When the operating system's certificates cannot be read.
///
/// ```
/// use url::Url;
/// use whapi_http::tls_config;
///
/// let mut config = tls_config(&Url::parse("http://127.0.0.1:8080")?)?;
/// assert!(config.alpn_protocols.is_empty());
/// config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn tls_config(url: &Url) -> Result<ClientConfig, rustls::Error> {
    static OF_SYSTEM: OnceLock<ClientConfig> = OnceLock::new();

    if url.scheme() != "https" {
        return config(false);
    }
    if let Some(known) = OF_SYSTEM.get() {
        return Ok(known.clone());
    }
    let read = config(true)?;
    Ok(OF_SYSTEM.get_or_init(|| read).clone())
}

fn config(trusts_system: bool) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let builder = if trusts_system {
        builder.with_platform_verifier()?
    } else {
        builder.with_root_certificates(RootCertStore::empty())
    };
    Ok(builder.with_no_client_auth())
}

/// What is wrong with a certificate, if an error or one of its causes is about a certificate.
///
/// The text is a fragment such as `it has expired`, and holds nothing that a server sent. The same
/// request fails again, so it should not be retried.
pub fn certificate_problem(error: &(dyn StdError + 'static)) -> Option<&'static str> {
    std::iter::successors(Some(error), |error| StdError::source(*error)).find_map(problem_of)
}

fn problem_of(error: &(dyn StdError + 'static)) -> Option<&'static str> {
    let mut error = error;
    // `source` of an `io::Error` skips the error inside, which may be an `io::Error` again.
    while let Some(outer) = error.downcast_ref::<io::Error>() {
        error = outer.get_ref()?;
    }
    match error.downcast_ref()? {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_found_below_other_errors() {
        let expired = rustls::Error::InvalidCertificate(CertificateError::Expired);
        let error = io::Error::other(io::Error::other(expired));
        let problem = "it has expired, or this machine's clock is wrong";
        assert_eq!(certificate_problem(&error), Some(problem));
    }

    #[test]
    fn other_errors_are_not_about_certificates() {
        for error in [
            io::Error::other("certificate"),
            io::Error::from_raw_os_error(1),
            io::Error::other(rustls::Error::DecryptError),
        ] {
            assert_eq!(certificate_problem(&error), None);
        }
    }

    #[test]
    fn the_certificates_of_the_operating_system_can_be_read() {
        for address in ["https://api.example", "http://127.0.0.1"] {
            let config = tls_config(&Url::parse(address).unwrap()).unwrap();
            assert!(config.alpn_protocols.is_empty());
        }
    }
}
