//! Standard output: the input of a target.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::blocking::run_blocking;
use crate::console;
use crate::error::CliError;

/// The time between two looks whether the target still reads.
const LOOK: Duration = Duration::from_millis(250);

/// Standard output.
#[derive(Debug, Clone)]
pub(super) struct Output {
    is_terminal: bool,
    /// How many bytes were written.
    written: Arc<AtomicU64>,
}

impl Output {
    pub(super) fn open() -> Result<Self, CliError> {
        if whapi_export::stdout::is_closed() {
            return Err(CliError::destination(
                "standard output is closed, or `/dev/null` opened for reading and writing; redirect it \
                 to a file or a target",
            ));
        }
        Ok(Self {
            is_terminal: io::stdout().is_terminal(),
            written: Arc::default(),
        })
    }

    /// Writes whole messages, and waits until the target has taken them.
    ///
    /// By another thread, so that a target that is slow holds up neither signals nor the reading of other
    /// channels.
    pub(super) async fn write(&self, messages: Vec<u8>) -> io::Result<()> {
        let length = messages.len() as u64;
        self.written.fetch_add(length, Ordering::Relaxed);
        let is_terminal = self.is_terminal;
        run_blocking(move || {
            let mut stdout = io::stdout().lock();
            if is_terminal {
                stdout.write_all(shown(&messages).as_bytes())?;
            } else {
                stdout.write_all(&messages)?;
            }
            stdout.flush()
        })
        .await
    }

    /// How many bytes were written.
    pub(super) fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }
}

/// Messages for a terminal, without characters that would steer it. They are the same JSON.
fn shown(messages: &[u8]) -> String {
    let lines = String::from_utf8_lossy(messages);
    lines
        .split_inclusive('\n')
        .map(|line| match line.strip_suffix('\n') {
            Some(line) => format!("{}\n", console::escaped(line)),
            None => console::escaped(line),
        })
        .collect()
}

/// The error of a failed write.
pub(super) fn failed(error: &io::Error) -> CliError {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return closed_early();
    }
    CliError::destination(format!("could not write to standard output: {error}"))
}

fn closed_early() -> CliError {
    CliError::destination("the target closed its input before everything was written")
}

/// Waits until the target has closed its input, and returns the error of a run that has not ended.
///
/// A write finds that out, too, but the next one may be minutes away.
pub(super) async fn closed() -> CliError {
    while has_reader() {
        tokio::time::sleep(LOOK).await;
    }
    closed_early()
}

#[cfg(unix)]
fn has_reader() -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    let stdout = io::stdout();
    let mut stdout = [PollFd::new(&stdout, PollFlags::empty())];
    let at_once = Timespec::default();
    let is_known = poll(&mut stdout, Some(&at_once)).is_ok();
    let gone = PollFlags::ERR | PollFlags::HUP;
    !(is_known && stdout[0].revents().intersects(gone))
}

/// On other systems the next write finds out.
#[cfg(not(unix))]
fn has_reader() -> bool {
    true
}
