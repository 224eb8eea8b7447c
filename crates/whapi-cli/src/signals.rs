//! Signals: Ctrl-C and SIGTERM cancel a run, SIGXFSZ is caught.

use std::io;

use whapi_pipeline::Cancelled;

/// Starts to listen for signals. They no longer end the program by themselves.
///
/// Tokio keeps the handlers after the listeners are dropped.
#[cfg(unix)]
pub(crate) fn listen() -> io::Result<impl Future<Output = Cancelled> + Send> {
    use tokio::signal::unix::{SignalKind, signal};

    // A write beyond the limit on file sizes sends this signal, which would end the program. When it
    // is caught, the write fails, and the exporter reports that and cleans up.
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
            // Without a handler the signal ends the program.
            Err(_) => std::future::pending().await,
        }
    })
}
