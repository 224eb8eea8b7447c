//! Tasks that end with their owner.

use tokio::task::{JoinError, JoinHandle};

/// Returns the result of a task that only its owner can abort.
///
/// Resumes the task's panic. Never returns while the runtime shuts down.
pub(crate) async fn join_or_resume_panic<T>(done: Result<T, JoinError>) -> T {
    match done {
        Ok(given) => given,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => std::future::pending().await,
        },
    }
}

/// A task that is aborted when this is dropped.
pub(crate) struct AbortOnDrop<T>(pub(crate) JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
