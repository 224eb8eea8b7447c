//! One attempt to sign in: its secrets, and the address that the browser opens.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use url::Url;

use super::oauth_client::OAuthClient;

/// The random bytes in the state and in the verifier.
const RANDOM_BYTES: usize = 32;

/// What the program may access.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scope {
    /// All spreadsheets that the person may edit.
    Spreadsheets,
    /// Files in Google Drive that this program created.
    OwnFiles,
}

impl Scope {
    /// The name at Google.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Spreadsheets => "https://www.googleapis.com/auth/spreadsheets",
            Self::OwnFiles => "https://www.googleapis.com/auth/drive.file",
        }
    }
}

/// One attempt to sign in.
pub(crate) struct Attempt {
    pub(super) scope: Scope,
    /// The address to which Google sends the browser back.
    pub(crate) redirect_uri: String,
    /// Ties the redirect to this attempt.
    pub(crate) state: String,
    /// Proves at the exchange that the code was requested by this attempt.
    pub(super) verifier: String,
}

impl Attempt {
    /// Creates an attempt with new random secrets.
    pub(crate) fn new(redirect_uri: String, scope: Scope) -> Self {
        Self {
            scope,
            redirect_uri,
            state: random_text(),
            verifier: random_text(),
        }
    }

    /// Returns the address that the browser opens.
    ///
    /// It requests a refresh token: `access_type=offline`, and `prompt=consent`, without which Google
    /// sends none to a person who has allowed the access before.
    pub(crate) fn address(&self, client: &OAuthClient) -> Url {
        let challenge = digest(&SHA256, self.verifier.as_bytes());
        let mut address = client.auth_uri.clone();
        address
            .query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &client.id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("scope", self.scope.as_str())
            .append_pair("state", &self.state)
            .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(challenge))
            .append_pair("code_challenge_method", "S256")
            .append_pair("access_type", "offline")
            .append_pair("prompt", "consent");
        address
    }
}

/// Returns 43 random characters, which are valid in an address.
fn random_text() -> String {
    let mut bytes = [0; RANDOM_BYTES];
    SystemRandom::new()
        .fill(&mut bytes)
        .expect("the operating system has random numbers");
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_has_the_challenge_of_the_verifier() {
        let client = OAuthClient {
            id: "123-abc.apps.googleusercontent.com".to_owned(),
            secret: "hush".to_owned(),
            auth_uri: Url::parse("https://accounts.google.com/o/oauth2/auth").unwrap(),
            token_uri: Url::parse("https://oauth2.googleapis.com/token").unwrap(),
            origin: "`client.json`".to_owned(),
            is_exposed: false,
        };
        // The verifier and the challenge of RFC 7636, appendix B.
        let attempt = Attempt {
            state: "a-state".to_owned(),
            verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned(),
            ..Attempt::new("http://127.0.0.1:8080/".to_owned(), Scope::OwnFiles)
        };
        assert_eq!(
            attempt.address(&client).as_str(),
            "https://accounts.google.com/o/oauth2/auth?response_type=code\
             &client_id=123-abc.apps.googleusercontent.com\
             &redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2F\
             &scope=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fdrive.file&state=a-state\
             &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM\
             &code_challenge_method=S256&access_type=offline&prompt=consent"
        );
    }

    #[test]
    fn each_attempt_has_secrets_of_its_own() {
        let attempt = || Attempt::new(String::new(), Scope::Spreadsheets);
        let (one, other) = (attempt(), attempt());
        let texts = [&one.state, &one.verifier, &other.state, &other.verifier];
        for (nth, text) in texts.iter().enumerate() {
            assert_eq!(text.len(), 43);
            assert!(!texts[nth + 1..].contains(text));
        }
    }
}
