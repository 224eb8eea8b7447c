//! The state of a channel.

use whapi_model::ContactId;

use crate::error::{Error, ErrorKind};

/// The state of a channel, by `GET /health`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChannelState {
    /// Linked to a phone and ready (`AUTH`).
    Ready,
    /// Starting, usually for less than a minute (`NOT_INIT`, `INIT`, `LAUNCH`).
    Starting,
    /// Not linked to a phone (`QR`).
    NeedsLink,
    /// Stopped (`STOP`).
    Stopped,
    /// Out of step with the phone, so that reading fails (`SYNC_ERROR`).
    OutOfSync,
    /// Failed (`ERROR`).
    Failed,
    /// Unknown: the API has no such call, did not answer it, or answered an unknown state.
    Unknown,
}

/// The channel's state and account, by `GET /health`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChannelInfo {
    /// Whether the channel is ready.
    pub state: ChannelState,
    /// The id of the account itself, the `user.id` of the answer. `None` when there was none.
    pub account: Option<ContactId>,
}

impl ChannelInfo {
    pub(crate) fn unknown() -> Self {
        Self {
            state: ChannelState::Unknown,
            account: None,
        }
    }
}

impl ChannelState {
    /// Returns the error that ends a run in this state; `None` when the run can continue or wait.
    ///
    /// ```
    /// use whapi_fetch::ChannelState;
    ///
    /// assert!(ChannelState::Ready.error().is_none());
    /// assert_eq!(
    ///     ChannelState::NeedsLink.error().unwrap().to_string(),
    ///     "the channel is not linked to a phone (QR); open it in Whapi's panel and scan the QR code with WhatsApp"
    /// );
    /// ```
    pub fn error(&self) -> Option<Error> {
        let message = match self {
            Self::Ready | Self::Starting | Self::Unknown => return None,
            Self::NeedsLink => {
                "the channel is not linked to a phone (QR); open it in Whapi's panel and scan the QR code with WhatsApp"
            }
            Self::Stopped => "the channel is stopped (STOP); start it in Whapi's panel",
            Self::OutOfSync => {
                "the channel is out of step with the phone (SYNC_ERROR); link it anew in Whapi's panel"
            }
            Self::Failed => {
                "the channel has failed (ERROR); restart it in Whapi's panel, and ask Whapi's support if that does not help"
            }
        };
        Some(Error::new(ErrorKind::Channel, message))
    }
}

/// Reads the name of a state. `None` is an answer of unknown shape.
pub(crate) fn parse_state(name: Option<&str>) -> ChannelState {
    match name {
        Some("AUTH") => ChannelState::Ready,
        Some("NOT_INIT" | "INIT" | "LAUNCH") => ChannelState::Starting,
        Some("QR") => ChannelState::NeedsLink,
        Some("STOP") => ChannelState::Stopped,
        Some("SYNC_ERROR") => ChannelState::OutOfSync,
        Some("ERROR") => ChannelState::Failed,
        _ => ChannelState::Unknown,
    }
}
