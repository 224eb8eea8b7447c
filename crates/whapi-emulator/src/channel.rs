//! States of the channel behind the gate, and lies about the length of the list.

use crate::wire::HealthStatus;

/// The state that `GET /health` shows.
///
/// The texts and the code of AUTH are the gate's; the other codes are assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Channel {
    /// Ready.
    #[default]
    Auth,
    /// Waits for somebody to scan a code. Every call but `/health` and `/limits` answers 401,
    /// which is assumed.
    Qr,
    /// Stopped. Every call but `/health` and `/limits` answers 401, which is assumed.
    Stop,
    /// Lost its data. Every `GET` but `/health` and `/limits` answers 500; that they fail is
    /// documented, the status is assumed.
    SyncError,
    /// Starting: LAUNCH for this many answers of `/health`, AUTH after them. Other calls work.
    Launch {
        /// How many times `/health` answers LAUNCH.
        answers: u32,
    },
    /// `/health` answers 404 and everything else works.
    Missing,
}

impl Channel {
    /// What `/health` shows, the n-th time it is asked (from 1); `None` is a 404.
    pub(crate) fn health(self, asked: u32) -> Option<HealthStatus> {
        let (code, text) = match self {
            Self::Launch { answers } if asked <= answers => (2, "LAUNCH"),
            Self::Auth | Self::Launch { .. } => (4, "AUTH"),
            Self::Qr => (3, "QR"),
            Self::SyncError => (5, "SYNC_ERROR"),
            Self::Stop => (6, "STOP"),
            Self::Missing => return None,
        };
        Some(HealthStatus { code, text })
    }

    /// The status that keeps a call from being answered.
    pub(crate) fn refusal(self, method: &str, path: &str) -> Option<u16> {
        match self {
            _ if path == "/health" || path == "/limits" => None,
            Self::Qr | Self::Stop => Some(401),
            Self::SyncError if method == "GET" => Some(500),
            _ => None,
        }
    }
}

/// What `total` says in the answers of `GET /contacts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum TotalMode {
    /// How many rows there are.
    #[default]
    Exact,
    /// That many more than there are (fewer when negative, but never below 0).
    Off(i64),
    /// The key is not there.
    Missing,
    /// Always this.
    Fixed(u64),
}

impl TotalMode {
    pub(crate) fn of(self, rows: usize) -> Option<u64> {
        let rows = u64::try_from(rows).unwrap_or(u64::MAX);
        match self {
            Self::Exact => Some(rows),
            Self::Off(by) => Some(rows.saturating_add_signed(by)),
            Self::Missing => None,
            Self::Fixed(total) => Some(total),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals() {
        assert_eq!(TotalMode::Exact.of(7), Some(7));
        assert_eq!(TotalMode::Off(-2).of(7), Some(5));
        assert_eq!(TotalMode::Off(-9).of(7), Some(0));
        assert_eq!(TotalMode::Off(3).of(7), Some(10));
        assert_eq!(TotalMode::Missing.of(7), None);
        assert_eq!(TotalMode::Fixed(u64::MAX).of(7), Some(u64::MAX));
    }
}
