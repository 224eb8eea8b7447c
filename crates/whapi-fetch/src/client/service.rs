//! The API that a client asks.

/// The API that a client asks, for messages about its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    /// That of a channel.
    Channel,
    /// The partner API.
    Partner,
}
