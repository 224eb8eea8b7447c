//! The assertion of a service account: claims in a signed JSON Web Token, which Google's sign-in
//! exchanges for an access token.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rustls::SignatureScheme;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use rustls::sign::Signer;
use serde::Serialize;

/// The period for which an assertion is valid. Google accepts no longer one.
const LIFETIME: Duration = Duration::from_secs(3600);

/// The private key of a service account. `Debug` does not show it.
#[derive(Clone)]
pub(crate) struct AccountKey(Arc<dyn Signer>);

impl AccountKey {
    /// Reads an RSA key in PEM format. Returns `None` for any other text.
    pub(crate) fn from_pem(pem: &str) -> Option<Self> {
        let der = PrivateKeyDer::from_pem_slice(pem.as_bytes()).ok()?;
        let key = any_supported_type(&der).ok()?;
        let signer = key.choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256])?;
        Some(Self(signer.into()))
    }

    /// Signs an assertion. Returns `None` if the key is damaged.
    pub(crate) fn sign(&self, assertion: &Assertion<'_>) -> Option<String> {
        let header = Header {
            alg: "RS256",
            typ: "JWT",
            kid: assertion.key_id,
        };
        let issued = seconds(assertion.issued);
        let claims = Claims {
            iss: assertion.account,
            scope: assertion.scope,
            aud: assertion.audience,
            iat: issued,
            exp: issued + LIFETIME.as_secs(),
        };
        let mut token = format!("{}.{}", base64_json(&header), base64_json(&claims));
        let signature = self.0.sign(token.as_bytes()).ok()?;
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Some(token)
    }
}

impl fmt::Debug for AccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccountKey")
    }
}

/// What an assertion says.
#[derive(Debug)]
pub(crate) struct Assertion<'a> {
    /// The e-mail address of the service account.
    pub(crate) account: &'a str,
    /// The id of the key that signs.
    pub(crate) key_id: Option<&'a str>,
    pub(crate) scope: &'a str,
    /// The address of the token service.
    pub(crate) audience: &'a str,
    pub(crate) issued: SystemTime,
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'a str,
    typ: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'a str>,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    scope: &'a str,
    aud: &'a str,
    iat: u64,
    exp: u64,
}

/// The seconds since 1970. A clock before 1970 counts as 1970.
fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

fn base64_json(part: &impl Serialize) -> String {
    let json = serde_json::to_vec(part).expect("text and numbers become JSON");
    BASE64_URL_SAFE_NO_PAD.encode(json)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Created for tests. It gives access to nothing.
    const KEY: &str = include_str!("../tests/test_key.pem");

    fn assertion(key_id: Option<&str>) -> Assertion<'_> {
        Assertion {
            account: "robot@example.iam.gserviceaccount.com",
            key_id,
            scope: "https://www.googleapis.com/auth/spreadsheets",
            audience: "https://oauth2.example.com/token",
            issued: SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_367_000),
        }
    }

    /// The signature is that of `openssl dgst -sha256 -sign test_key.pem` over the rest.
    #[test]
    fn an_assertion_is_signed_as_openssl_signs_it() {
        let header = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","typ":"JWT","kid":"k1"}"#);
        let claims = BASE64_URL_SAFE_NO_PAD.encode(
            r#"{"iss":"robot@example.iam.gserviceaccount.com","scope":"https://www.googleapis.com/auth/spreadsheets","aud":"https://oauth2.example.com/token","iat":1795367000,"exp":1795370600}"#,
        );
        let signature = "UzK19htQ0nx9u6hAIW7J4XsamnPmOPczfIAuPgSEEyhHcNLYp5v53_UTDI9EKwypPbzkNtO32tB0\
            9JIRoeGabtkcOmtfA-nzuK_VKKVtdRnmSTI-NsyLZWiRBCYj9rREHpQS1UZOVKPpwe0Fyj9Bhizyvo2uuDJ8O7O-\
            4zJsLVf3NBAHuTaoC20fD2OgbGesXwxDQMXy2G0xRW5paSETFzOKzHvRMdnWSRAc8p6ISHPDXt4Y-W8PmENElnXz\
            DWLz0sRLyNnGTrCoBFoG30JIHtjaVq0sUc1K4rTDLXw23V8h8rJeI5LTaJcr-luCjozT1dnVLsDmnTrkKQDWEP73\
            4A";
        let key = AccountKey::from_pem(KEY).unwrap();
        assert_eq!(
            key.sign(&assertion(Some("k1"))).unwrap(),
            format!("{header}.{claims}.{signature}")
        );
    }

    #[test]
    fn the_id_of_the_key_is_optional() {
        let key = AccountKey::from_pem(KEY).unwrap();
        let token = key.sign(&assertion(None)).unwrap();
        let header = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","typ":"JWT"}"#);
        assert_eq!(token.split('.').next(), Some(header.as_str()));
    }

    #[test]
    fn a_clock_before_1970_counts_as_1970() {
        assert_eq!(seconds(SystemTime::UNIX_EPOCH - Duration::from_secs(7)), 0);
    }

    #[test]
    fn other_keys_are_refused() {
        let elliptic = rcgen::KeyPair::generate().unwrap().serialize_pem();
        let broken = KEY.replace("MII", "MIJ");
        for text in ["", "hush", &KEY[..200], &elliptic, &broken] {
            assert!(AccountKey::from_pem(text).is_none(), "{text}");
        }
    }
}
