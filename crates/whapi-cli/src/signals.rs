//! Ctrl-C and SIGTERM, as the future that cancels a run; SIGXFSZ, which is only caught.

use std::io;

use whapi_pipeline::Cancelled;

/// Starts to listen; from now on the signals no longer end the program by themselves. Tokio keeps a
/// handler for good, even after its listener is dropped.
#[cfg(unix)]
pub(crate) fn listen() -> io::Result<impl Future<Output = Cancelled> + Send> {
    use tokio::signal::unix::{SignalKind, signal};

    // It comes with a write beyond the limit on file sizes and would end the program. Caught, it
    // leaves the write to fail, so that the exporter reports that and cleans up.
    let beyond_limit = rustix::process::Signal::XFSZ.as_raw();
    drop(signal(SignalKind::from_raw(beyond_limit))?);
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => Cancelled::Interrupt,
            _ = terminate.recv() => Cancelled::Terminate,
        }
    })
}

/// Starts to listen for Ctrl-C, the only signal on other platforms.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "one signature on every platform")]
pub(crate) fn listen() -> io::Result<impl Future<Output = Cancelled> + Send> {
    Ok(async {
        match tokio::signal::ctrl_c().await {
            Ok(()) => Cancelled::Interrupt,
            // Without a handler the signal still ends the program, as it would have.
            Err(_) => std::future::pending().await,
        }
    })
}
