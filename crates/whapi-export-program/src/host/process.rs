//! A running program: its pipes, and how it ends.

use std::collections::VecDeque;
use std::env;
use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use whapi_export::StatusSink;

use super::command::ProgramCommand;
use super::lines::{Line, LineReader};
use super::log::{self, LastLine};

/// Variables whose name begins with this are not given to programs: they hold tokens.
const PRIVATE_PREFIX: &str = "WHAPI_";

/// A running program. Dropping it kills it.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: mpsc::Receiver<Line>,
    log: LastLine,
    reading: JoinHandle<()>,
    logging: JoinHandle<()>,
    has_ended: bool,
    /// The id of its process group.
    #[cfg(unix)]
    group: Option<i32>,
    /// Its working folder.
    _folder: TempDir,
}

/// Why a line could not be written.
pub(super) enum WriteFailure {
    /// The program closed its input, or has ended.
    Closed,
    /// The program did not read for too long.
    Hang,
}

impl Process {
    /// Starts a program in a group of its own, in an empty private folder.
    pub(super) fn start(
        path: &Path,
        command: &ProgramCommand,
        log_sink: StatusSink,
    ) -> io::Result<Self> {
        let folder = private_folder()?;
        let mut start = Command::new(path);
        start
            .args(command.args())
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        for name in env::vars_os().map(|(name, _)| name) {
            if is_private(&name) {
                start.env_remove(name);
            }
        }
        #[cfg(unix)]
        start.process_group(0);
        let mut child = start.spawn()?;
        let (sender, lines) = mpsc::channel(1);
        let stdout = child.stdout.take().expect("it is piped");
        let reading = tokio::spawn(async move {
            let mut reader = LineReader::new(stdout);
            // A line is read when there is room for it: no third one is held beside the next and the
            // one that is looked at.
            while let Ok(room) = sender.reserve().await {
                let line = reader.next().await;
                let is_last = !matches!(line, Line::Whole(_));
                room.send(line);
                if is_last {
                    break;
                }
            }
        });
        let last = LastLine::default();
        let stderr = child.stderr.take().expect("it is piped");
        let logging = tokio::spawn(log::follow(stderr, log_sink, last.clone()));
        Ok(Self {
            stdin: child.stdin.take(),
            lines,
            log: last,
            reading,
            logging,
            has_ended: false,
            #[cfg(unix)]
            group: child.id().and_then(|id| i32::try_from(id).ok()),
            child,
            _folder: folder,
        })
    }

    /// The next line. `None` when the program goes on without one.
    ///
    /// When the program ends, what it started is killed, so that its output ends, too.
    pub(super) async fn next_line(&mut self, limit: Duration) -> Option<Line> {
        while !self.has_ended {
            tokio::select! {
                biased;
                line = self.lines.recv() => return Some(line.unwrap_or(Line::End)),
                _ = self.child.wait() => self.set_ended().await,
                () = sleep(limit) => return None,
            }
        }
        // A process that left the group may hold the output.
        let line = timeout(AFTER_EXIT, self.lines.recv()).await;
        Some(line.ok().flatten().unwrap_or(Line::End))
    }

    /// Kills what the program started, and reads its log to the end.
    async fn set_ended(&mut self) {
        if self.has_ended {
            return;
        }
        self.has_ended = true;
        self.signal(Signal::Kill);
        let _ = timeout(AFTER_EXIT, &mut self.logging).await;
    }

    /// Writes a line. What the program writes meanwhile is added to `early`, so that neither waits for the
    /// other. `idle` is the longest pause without a line from it.
    pub(super) async fn write(
        &mut self,
        line: &[u8],
        idle: Duration,
        early: &mut VecDeque<Line>,
    ) -> Result<(), WriteFailure> {
        let Self { stdin, lines, .. } = self;
        let stdin = stdin.as_mut().ok_or(WriteFailure::Closed)?;
        let mut writing = std::pin::pin!(stdin.write_all(line));
        let mut kept = 0;
        loop {
            tokio::select! {
                written = &mut writing => return written.map_err(|_| WriteFailure::Closed),
                Some(line) = lines.recv(), if kept < MOST_EARLY => {
                    kept += line.footprint();
                    early.push_back(line);
                }
                () = sleep(idle) => return Err(WriteFailure::Hang),
            }
        }
    }

    /// The last line of its log.
    pub(super) fn log(&self) -> String {
        self.log.get()
    }

    /// Waits for its exit. `None` when it goes on.
    pub(super) async fn exit(&mut self, limit: Duration) -> Option<ExitStatus> {
        let status = timeout(limit, self.child.wait()).await.ok()?.ok()?;
        self.set_ended().await;
        Some(status)
    }

    /// Ends it: closes its input, then SIGTERM, then SIGKILL, with a pause before each.
    pub(super) async fn stop(mut self, step: Duration) {
        self.stdin = None;
        // It may be waiting for its output to be read.
        self.lines.close();
        if self.exit(step).await.is_some() {
            return;
        }
        self.signal(Signal::Terminate);
        if self.exit(step).await.is_some() {
            return;
        }
        self.signal(Signal::Kill);
        let _ = self.exit(step).await;
    }

    /// Closes its input.
    pub(super) fn close_input(&mut self) {
        self.stdin = None;
    }

    /// Signals the program and all that it started. Processes that left its group are not reached.
    #[cfg(unix)]
    fn signal(&mut self, signal: Signal) {
        use rustix::process::{Pid, Signal as Number, kill_process_group};

        let number = match signal {
            Signal::Terminate => Number::TERM,
            Signal::Kill => Number::KILL,
        };
        if let Some(group) = self.group.and_then(Pid::from_raw) {
            let _ = kill_process_group(group, number);
        }
    }

    #[cfg(not(unix))]
    fn signal(&mut self, _: Signal) {
        let _ = self.child.start_kill();
    }
}

/// How long the pipes of a program are read after its end.
const AFTER_EXIT: Duration = Duration::from_secs(1);

/// The most memory of lines that are kept while a message is written, in bytes.
const MOST_EARLY: usize = 1 << 20;

#[derive(Clone, Copy)]
enum Signal {
    Terminate,
    Kill,
}

impl Drop for Process {
    fn drop(&mut self) {
        if !self.has_ended {
            self.signal(Signal::Kill);
        }
        self.reading.abort();
        self.logging.abort();
    }
}

fn private_folder() -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("whapi-exporter-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;

        builder.permissions(std::fs::Permissions::from_mode(0o700));
    }
    builder.tempdir()
}

fn is_private(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    let start = name.get(..PRIVATE_PREFIX.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(PRIVATE_PREFIX))
}
