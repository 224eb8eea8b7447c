//! A channel in the list of the partner API.

use std::fmt;

use whapi_model::{ContactId, Footprint, InvalidId};

use crate::token::Token;

/// What stands before the id of a channel, so that no id is taken for a phone number.
const KEY_PREFIX: &str = "channel ";

/// What an allocator adds to each allocation.
const ALLOCATION: usize = 16;

/// A channel of an account, by `GET /channels/list` of the partner API.
///
/// All texts are untrusted. `Debug` shows neither names, numbers nor the token.
///
/// # Examples
///
/// ```
/// use whapi_fetch::{PartnerChannel, PartnerChannelState, Token};
///
/// let mut channel = PartnerChannel::new("SHOP-7K2")?;
/// assert_eq!(channel.id(), "SHOP-7K2");
/// assert_eq!(channel.state(0), PartnerChannelState::Unknown);
/// channel.stopped = Some(false);
/// channel.active_till = Some(1_795_628_280);
/// assert_eq!(channel.state(1_795_628_279), PartnerChannelState::Running);
/// assert_eq!(channel.state(1_795_628_280), PartnerChannelState::Expired);
///
/// channel.token = Some(Token::new("s3cret", "the example")?);
/// assert!(!format!("{channel:?}").contains("s3cret"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct PartnerChannel {
    /// The id behind [`KEY_PREFIX`].
    key: ContactId,
    /// The name that the account gives it.
    pub name: Option<String>,
    /// The phone number that is linked to it.
    pub phone: Option<String>,
    /// The id of its project.
    pub project: Option<String>,
    /// What it is: `live`, `trial`, or `dev` for a sandbox.
    pub mode: Option<String>,
    /// The address of its API, unchecked; see [`PartnerClient::address_of`](crate::PartnerClient::address_of).
    pub api_url: Option<String>,
    /// When it expires, in seconds since 1970 UTC.
    pub active_till: Option<i64>,
    /// Whether it was stopped.
    pub stopped: Option<bool>,
    /// Its token. `None` when the list has none that can be used.
    pub token: Option<Token>,
}

/// The state of a channel, by the list of the partner API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PartnerChannelState {
    /// Neither stopped nor expired.
    Running,
    /// Stopped.
    Stopped,
    /// The time for which it was paid is over.
    Expired,
    /// The list does not say.
    Unknown,
}

impl PartnerChannelState {
    /// All states, in the order in which they are counted.
    pub const ALL: &'static [Self] = &[Self::Running, Self::Stopped, Self::Expired, Self::Unknown];

    /// The state's stable lower-case name.
    ///
    /// ```
    /// assert_eq!(whapi_fetch::PartnerChannelState::Running.as_str(), "running");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Stopped => "stopped",
            Self::Expired => "expired",
            Self::Unknown => "unknown",
        }
    }
}

impl PartnerChannel {
    /// Creates a channel with an id only.
    ///
    /// # Errors
    ///
    /// [`InvalidId`] when the id is blank.
    pub fn new(id: &str) -> Result<Self, InvalidId> {
        ContactId::parse(id)?;
        Ok(Self {
            key: ContactId::parse(&format!("{KEY_PREFIX}{id}"))?,
            name: None,
            phone: None,
            project: None,
            mode: None,
            api_url: None,
            active_till: None,
            stopped: None,
            token: None,
        })
    }

    /// Returns the id, as the list writes it.
    pub fn id(&self) -> &str {
        &self.key.as_str()[KEY_PREFIX.len()..]
    }

    /// Returns what identifies the channel in a scan.
    pub(crate) fn key(&self) -> &ContactId {
        &self.key
    }

    /// Returns the state at a time, in seconds since 1970 UTC. An expired channel is
    /// [`Expired`](PartnerChannelState::Expired) whether or not it was stopped.
    pub fn state(&self, now: i64) -> PartnerChannelState {
        if self.active_till.is_some_and(|end| end <= now) {
            return PartnerChannelState::Expired;
        }
        match self.stopped {
            Some(true) => PartnerChannelState::Stopped,
            Some(false) => PartnerChannelState::Running,
            None => PartnerChannelState::Unknown,
        }
    }

    /// Replaces a token in all texts.
    pub(crate) fn redact(&mut self, token: &Token) {
        let texts = [
            &mut self.name,
            &mut self.phone,
            &mut self.project,
            &mut self.mode,
            &mut self.api_url,
        ];
        for text in texts.into_iter().flatten() {
            *text = token.redact(text);
        }
        if let Ok(key) = ContactId::parse(&token.redact(self.key.as_str())) {
            self.key = key;
        }
    }
}

impl Footprint for PartnerChannel {
    fn footprint(&self) -> usize {
        let texts = [
            &self.name,
            &self.phone,
            &self.project,
            &self.mode,
            &self.api_url,
        ];
        let texts = texts.into_iter().flatten();
        let texts: usize = texts.map(|text| text.len() + ALLOCATION).sum();
        let token = self.token.as_ref().map_or(0, Token::heap);
        size_of::<Self>() + self.key.footprint() + texts + token
    }
}

impl fmt::Debug for PartnerChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartnerChannel")
            .field("active_till", &self.active_till)
            .field("stopped", &self.stopped)
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_compared_as_they_are_written() {
        let key = |id| PartnerChannel::new(id).unwrap().key;
        for (one, other) in [
            ("447700900101", "447700900101@c.us"),
            ("447700900101", "+44 7700 900101"),
            ("SHOP", "shop"),
            ("1:5@lid", "1@lid"),
        ] {
            assert_ne!(key(one), key(other), "{one} {other}");
        }
        assert_eq!(key("447700900101"), key("447700900101"));
        for blank in ["", " \t"] {
            assert!(PartnerChannel::new(blank).is_err());
        }
    }

    #[test]
    fn states() {
        use PartnerChannelState::{Expired, Running, Stopped, Unknown};
        for (stopped, active_till, expected) in [
            (Some(false), None, Running),
            (Some(false), Some(101), Running),
            (Some(false), Some(100), Expired),
            (Some(true), Some(101), Stopped),
            (Some(true), Some(99), Expired),
            (None, Some(101), Unknown),
            (None, Some(99), Expired),
            (None, None, Unknown),
        ] {
            let mut channel = PartnerChannel::new("A").unwrap();
            (channel.stopped, channel.active_till) = (stopped, active_till);
            assert_eq!(channel.state(100), expected, "{stopped:?} {active_till:?}");
        }
    }

    #[test]
    fn no_text_keeps_the_token_and_debug_shows_none() {
        let mut channel = PartnerChannel::new("id s3cret-t0ken").unwrap();
        let text = || Some("a s3cret%2Dt0ken b".to_owned());
        channel.name = text();
        (channel.phone, channel.project) = (text(), text());
        (channel.mode, channel.api_url) = (text(), text());
        let token = Token::new("s3cret-t0ken", "the test").unwrap();
        channel.redact(&token);
        channel.token = Some(token);
        assert_eq!(channel.id(), "id [token]");
        let channel_texts = [
            &channel.name,
            &channel.phone,
            &channel.project,
            &channel.mode,
            &channel.api_url,
        ];
        for text in channel_texts {
            assert_eq!(text.as_deref(), Some("a [token] b"));
        }
        assert_eq!(
            format!("{channel:?}"),
            "PartnerChannel { active_till: None, stopped: None, token: Some(Token(from the test)), .. }"
        );
    }
}
