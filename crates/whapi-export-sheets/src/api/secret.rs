//! Secrets, which `Debug` and messages do not show.

use std::fmt;

use serde::Deserialize;

/// A secret text. `Debug` does not show it.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Secret(pub(super) String);

impl Secret {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

/// Quotes Google's message: without secrets, on one line, at most 300 characters.
pub(crate) fn quote(said: &str, secrets: &[Secret]) -> String {
    let secrets: Vec<_> = secrets.iter().map(|secret| secret.0.as_str()).collect();
    whapi_secret::quote(said, &secrets)
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}
