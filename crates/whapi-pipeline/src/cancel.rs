//! Cancelling a run.

use std::future::Future;
use std::pin::{Pin, pin};

use futures_util::future::{Either, FutureExt, select};

use crate::report::{Cancelled, Failure};

/// Returns a future that never cancels a run.
///
/// ```
/// use whapi_pipeline::whapi_fetch::InMemory;
/// use whapi_pipeline::{Outcome, Pipeline, never_cancelled};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let mut source = InMemory::new(Vec::new());
/// let report = Pipeline::new().run(&mut source, never_cancelled()).await;
/// assert_eq!(report.outcome, Outcome::Complete);
/// # }
/// ```
pub fn never_cancelled() -> impl Future<Output = Cancelled> {
    std::future::pending()
}

/// Why a run stops before its end.
pub(crate) enum Stop {
    Cancelled(Cancelled),
    Failed(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

pub(crate) type Cancel<'a, C> = Pin<&'a mut C>;

/// Waits for `work`, or drops it when the run is cancelled first.
///
/// Polls `cancel` first, because work that is always ready would hide it.
pub(crate) async fn unless_cancelled<T>(
    work: impl Future<Output = T> + Send,
    cancel: Cancel<'_, impl Future<Output = Cancelled> + Send>,
) -> Result<T, Stop> {
    match select(cancel, pin!(work)).await {
        Either::Left((by, _)) => Err(Stop::Cancelled(by)),
        Either::Right((done, _)) => Ok(done),
    }
}

/// Returns an error when the run is cancelled already.
pub(crate) fn stop_if_cancelled(
    cancel: Cancel<'_, impl Future<Output = Cancelled> + Send>,
) -> Result<(), Stop> {
    match cancel.now_or_never() {
        Some(by) => Err(Stop::Cancelled(by)),
        None => Ok(()),
    }
}
