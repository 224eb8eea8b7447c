//! The state of the emulated channel, and the value of `total`.

use crate::chats::{ACCOUNT, ACCOUNT_NAME};
use crate::wire::{Health, HealthStatus, HealthUser};

/// When the channel started: 2025-12-31T23:00:00Z.
///
/// Fixed like [`UPTIME`], so that answers do not depend on the day.
const START_AT: u64 = 1_767_222_000;

/// Seconds since the start of the channel.
const UPTIME: u64 = 3600;

/// The state of the channel, as `GET /health` returns it.
///
/// The texts are those of the real API, and the codes but those of `SYNC_ERROR` and STOP, which are
/// assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Channel {
    /// Ready.
    #[default]
    Auth,
    /// Waits for the scan of a QR code. Every call except `/health` and `/limits` answers 401
    /// (assumed).
    Qr,
    /// Stopped. Every call except `/health` and `/limits` answers 401 (assumed).
    Stop,
    /// Failed. Every `GET` except `/health` and `/limits` answers 500 (assumed).
    Error,
    /// Lost its data. Every `GET` except `/health` and `/limits` answers 500. The failure is
    /// documented, its status is assumed.
    SyncError,
    /// Starting: `/health` answers LAUNCH first and AUTH afterwards. Other calls work.
    Launch {
        /// Number of LAUNCH answers.
        answers: u32,
    },
    /// `/health` answers 404. Other calls work.
    Missing,
}

impl Channel {
    /// Returns an answer of `/health`; `None` for a 404.
    ///
    /// `number` counts the answers from 1. Only a channel that is ready has a user.
    pub(crate) fn health(self, number: u32) -> Option<Health> {
        let (code, text) = match self {
            Self::Launch { answers } if number <= answers => (2, "LAUNCH"),
            Self::Auth | Self::Launch { .. } => (4, "AUTH"),
            Self::Qr => (3, "QR"),
            Self::Error => (5, "ERROR"),
            Self::SyncError => (6, "SYNC_ERROR"),
            Self::Stop => (7, "STOP"),
            Self::Missing => return None,
        };
        let user = HealthUser {
            id: ACCOUNT,
            name: ACCOUNT_NAME,
        };
        Some(Health {
            start_at: START_AT,
            uptime: UPTIME,
            status: HealthStatus { code, text },
            user: (text == "AUTH").then_some(user),
        })
    }

    /// Returns the HTTP status of a call that fails in this state.
    pub(crate) fn refusal(self, method: &str, path: &str) -> Option<u16> {
        match self {
            _ if path == "/health" || path == "/limits" => None,
            Self::Qr | Self::Stop => Some(401),
            Self::Error | Self::SyncError if method == "GET" => Some(500),
            _ => None,
        }
    }
}

/// The value of `total` in the answers of `GET /contacts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum TotalMode {
    /// The number of rows.
    #[default]
    Exact,
    /// The number of rows plus this; never below 0.
    Off(i64),
    /// Leaves the key out.
    Missing,
    /// This number.
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
