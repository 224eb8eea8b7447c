//! Text that no message shows.

use std::fmt;

use serde::Deserialize;

/// Text that never prints.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub(crate) struct Secret(pub(super) String);

impl Secret {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

/// Google's own words for a message: without these secrets, on one line, at most 300 characters.
pub(crate) fn quote(said: &str, secrets: &[Secret]) -> String {
    let secrets: Vec<_> = secrets.iter().map(|secret| secret.0.as_str()).collect();
    whapi_secret::quote(said, &secrets)
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}
