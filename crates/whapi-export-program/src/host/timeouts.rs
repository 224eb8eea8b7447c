//! How long the host waits for a program.

use std::time::Duration;

/// How long the host waits for a program.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use whapi_export_program::Timeouts;
///
/// let mut timeouts = Timeouts::default();
/// assert_eq!(timeouts.hello, Duration::from_secs(10));
/// timeouts.idle = Duration::from_secs(600);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// For `hello`. Default: 10 seconds.
    pub hello: Duration,
    /// For `ready`, from the last message. Default: 60 seconds.
    pub ready: Duration,
    /// For every other message, from the last one. Default: 120 seconds.
    pub idle: Duration,
    /// For the exit after `done` and after `describe`. Default: 5 seconds.
    pub exit: Duration,
    /// Between the steps of ending it: closing its input, SIGTERM, SIGKILL. Default: 2 seconds.
    pub step: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            hello: Duration::from_secs(10),
            ready: Duration::from_secs(60),
            idle: Duration::from_secs(120),
            exit: Duration::from_secs(5),
            step: Duration::from_secs(2),
        }
    }
}
