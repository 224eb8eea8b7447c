//! Channels and their names.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::error::CliError;

/// The longest name of a channel. Shorter than a token.
pub(super) const LONGEST_NAME: usize = 30;

/// A channel of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Channel {
    pub(crate) name: ChannelName,
    pub(crate) token: TokenPlace,
    pub(crate) base_url: Option<String>,
    /// Whether the channel says `default = true`.
    pub(crate) is_default: bool,
    /// Its id at Whapi, by which the list of the partner API finds it again.
    pub(crate) id: Option<String>,
    /// What `--channel-tag` chooses it by.
    pub(crate) tags: Vec<String>,
}

/// Where a channel's token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TokenPlace {
    /// A program and its arguments. Its standard output is the token.
    Command(Vec<String>),
    /// A file, as the configuration names it: absolute, or relative to the configuration's folder.
    File(PathBuf),
    /// An environment variable.
    Variable(String),
}

impl Channel {
    /// Whether the token is in the file in which `login` saves it.
    pub(crate) fn is_of_login(&self) -> bool {
        let own = self.name.token_file();
        matches!(&self.token, TokenPlace::File(path) if path == Path::new(&own))
    }
}

/// The name of a channel, which is a part of file names, too: ASCII letters, digits, `-` and `_`.
///
/// Names are equal in any letter case, because some file systems do not distinguish it.
#[derive(Debug, Clone)]
pub(crate) struct ChannelName(String);

impl ChannelName {
    /// What a name consists of, for messages.
    pub(super) const RULE: &str = "a name has at most 30 letters from a to z, digits, `-` and `_`";

    /// Checks a name. `None` for text that is none, which may be a token.
    pub(crate) fn new(name: &str) -> Option<Self> {
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let fits = (1..=LONGEST_NAME).contains(&name.len());
        (fits && name.chars().all(is_allowed)).then(|| Self(name.to_owned()))
    }

    /// Checks the value of `--channel`. The error does not repeat it, because it may be a token.
    pub(crate) fn from_flag(name: &str) -> Result<Self, CliError> {
        Self::new(name).ok_or_else(|| {
            CliError::usage(format!(
                "--channel takes the name of a channel; {}",
                Self::RULE
            ))
        })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The file in which `login` saves the token, relative to the configuration's folder.
    pub(crate) fn token_file(&self) -> String {
        format!("channels/{}.token", self.0.to_ascii_lowercase())
    }
}

impl PartialEq for ChannelName {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for ChannelName {}

impl Hash for ChannelName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_ascii_lowercase().hash(state);
    }
}

impl fmt::Display for ChannelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_as_file_names_and_no_tokens() {
        let longest = "a".repeat(LONGEST_NAME);
        for name in ["main", "shop-2", "Shop_Berlin", "7", &longest] {
            assert_eq!(ChannelName::new(name).unwrap().as_str(), name);
        }
        let longer = format!("{longest}a");
        for text in [
            "",
            ".",
            "..",
            "a/b",
            r"a\b",
            "a.b",
            "two words",
            "caf\u{e9}",
            "a\n",
            &longer,
            "3QeR7vVbq0Wj4nTtZk1LmPo2XyUcHs8d",
        ] {
            assert!(ChannelName::new(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn names_are_equal_in_any_letter_case() {
        let name = |text| ChannelName::new(text).unwrap();
        assert_eq!(name("Shop"), name("sHOP"));
        assert_ne!(name("shop"), name("shop2"));
        assert_eq!(name("Shop").token_file(), "channels/shop.token");
    }
}
