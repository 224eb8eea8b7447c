//! A limit on the requests of several clients.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A limit on the requests of several clients together; see
/// [`ClientBuilder::shared_limit`](crate::ClientBuilder::shared_limit). Clones count as one.
///
/// ```
/// use whapi_fetch::RequestLimit;
///
/// let limit = RequestLimit::new(1_000);
/// assert_eq!(limit.left(), 1_000);
/// ```
#[derive(Debug, Clone)]
pub struct RequestLimit {
    left: Arc<AtomicU64>,
}

impl RequestLimit {
    /// At most this many requests.
    pub fn new(most: u64) -> Self {
        let left = Arc::new(AtomicU64::new(most));
        Self { left }
    }

    /// How many requests are left.
    pub fn left(&self) -> u64 {
        self.left.load(Ordering::Relaxed)
    }

    /// Takes one request. `false` when none is left.
    pub(super) fn take(&self) -> bool {
        let take = |left: u64| left.checked_sub(1);
        self.left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
            .is_ok()
    }
}
