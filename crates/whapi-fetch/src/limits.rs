//! The limits of a channel.

/// What a trial or sandbox channel has left, by `GET /limits`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChannelLimits {
    /// Requests to the API. `None` when the API did not say.
    pub requests: Option<u64>,
    /// Messages. `None` when the API did not say.
    pub messages: Option<u64>,
    /// Checks of phone numbers. `None` when the API did not say.
    pub checks: Option<u64>,
}
