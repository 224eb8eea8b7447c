//! Work that blocks.

/// Runs blocking work on another thread, so that the caller can be cancelled.
///
/// The thread ends with the program if it is not needed any more.
pub(crate) async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
