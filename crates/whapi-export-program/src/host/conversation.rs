//! A conversation with a program: sends messages, and checks each answer.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use whapi_export::{Error, ErrorKind, Result, StatusSink};
use whapi_text::escape_terminal;

use super::command::ProgramCommand;
use super::lines::Line;
use super::process::{Process, WriteFailure};
use super::timeouts::Timeouts;
use crate::protocol::{
    Ack, Begin, Done, Failure, Finish, Hello, HostMessage, ProgramMessage, VERSION, line_of,
};

/// Quotes of a program's text are cut after this many characters.
const MOST_QUOTED: usize = 200;

/// A running program that has said hello.
#[derive(Debug)]
pub(super) struct Conversation {
    path: PathBuf,
    process: Process,
    times: Timeouts,
    status: StatusSink,
    /// Lines that came while a message was written.
    early: VecDeque<Line>,
    /// Whether a message is written in part.
    is_writing: bool,
}

impl Conversation {
    /// Starts a program and reads its `hello`.
    pub(super) async fn start(
        command: &ProgramCommand,
        times: Timeouts,
        status: StatusSink,
        log: StatusSink,
    ) -> Result<(Self, Hello)> {
        let path = command.resolve()?;
        let process = Process::start(&path, command, log).map_err(|error| {
            let message = format!("could not start the program `{}`", path.display());
            Error::new(ErrorKind::Config, message).with_source(error)
        })?;
        let mut conversation = Self {
            path,
            process,
            times,
            status,
            early: VecDeque::new(),
            is_writing: false,
        };
        match conversation.hello().await {
            Ok(hello) => Ok((conversation, hello)),
            Err(error) => {
                conversation.stop().await;
                Err(error)
            }
        }
    }

    /// The path of the program.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    async fn hello(&mut self) -> Result<Hello> {
        // The first message: neither progress nor `alive` comes before it.
        let hello = match self.next_message("hello", self.times.hello).await? {
            ProgramMessage::Hello(hello) => hello,
            ProgramMessage::Error(failure) => return Err(self.failed(&failure)),
            other => return Err(self.unexpected(&other, "hello")),
        };
        if hello.v.contains(&VERSION) {
            return Ok(hello);
        }
        Err(self.broke(format!(
            "speaks version {:?} of the protocol, and only version {VERSION} is known here",
            hello.v
        )))
    }

    /// Ends a program that was started for its `hello` only.
    pub(super) async fn describe(mut self) -> Result<()> {
        let described = self.describe_and_wait().await;
        self.stop().await;
        described
    }

    async fn describe_and_wait(&mut self) -> Result<()> {
        self.send(&HostMessage::Describe { v: VERSION }).await?;
        self.expect_exit("describe").await
    }

    /// Begins a run. Returns when the program is ready.
    pub(super) async fn begin(&mut self, begin: Begin) -> Result<()> {
        self.send(&HostMessage::Begin(begin)).await?;
        match self.receive("ready", self.times.ready).await? {
            ProgramMessage::Ready => Ok(()),
            other => Err(self.unexpected(&other, "ready")),
        }
    }

    /// Sends a batch, a whole line, and returns its acknowledgement.
    pub(super) async fn batch(&mut self, line: &[u8]) -> Result<Ack> {
        self.write(line).await?;
        match self.receive("ack", self.times.idle).await? {
            ProgramMessage::Ack(ack) => Ok(ack),
            other => Err(self.unexpected(&other, "ack")),
        }
    }

    /// Ends a run, and waits for the exit of the program.
    pub(super) async fn finish(&mut self, finish: Finish) -> Result<Done> {
        self.send(&HostMessage::Finish(finish)).await?;
        let done = match self.receive("done", self.times.idle).await? {
            ProgramMessage::Done(done) => done,
            other => return Err(self.unexpected(&other, "done")),
        };
        self.expect_exit("done").await?;
        Ok(done)
    }

    /// Tells the program to discard everything, and ends it.
    pub(super) async fn abort(mut self) {
        if !self.is_writing {
            // One that does not read is ended all the same.
            let line = line_of(&HostMessage::Abort);
            let step = self.times.step;
            let _ = self.process.write(&line, step, &mut self.early).await;
        }
        self.stop().await;
    }

    /// Ends the program, whatever it does.
    pub(super) async fn stop(self) {
        self.process.stop(self.times.step).await;
    }

    async fn send(&mut self, message: &HostMessage) -> Result<()> {
        self.write(&line_of(message)).await
    }

    async fn write(&mut self, line: &[u8]) -> Result<()> {
        self.is_writing = true;
        let idle = self.times.idle;
        let written = self.process.write(line, idle, &mut self.early).await;
        match written {
            // Why it closed its input is in its last message, or in its exit.
            Ok(()) | Err(WriteFailure::Closed) => {}
            Err(WriteFailure::Hang) => {
                let message = format!("did not read its input for {} s", idle.as_secs());
                return Err(self.broke(message));
            }
        }
        self.is_writing = written.is_err();
        Ok(())
    }

    /// Receives the next message that is neither progress nor an error.
    async fn receive(&mut self, expected: &str, limit: Duration) -> Result<ProgramMessage> {
        loop {
            match self.next_message(expected, limit).await? {
                ProgramMessage::Status(status) => self.status.say(&on_one_line(&status.message)),
                ProgramMessage::Alive => {}
                ProgramMessage::Error(failure) => return Err(self.failed(&failure)),
                message => return Ok(message),
            }
        }
    }

    /// Receives the next message.
    async fn next_message(&mut self, expected: &str, limit: Duration) -> Result<ProgramMessage> {
        let line = match self.early.pop_front() {
            Some(line) => line,
            None => self.process.next_line(limit).await.ok_or_else(|| {
                let seconds = limit.as_secs_f32();
                self.broke(format!(
                    "sent no message for {seconds} s, and `{expected}` was due"
                ))
            })?,
        };
        match line {
            Line::Whole(line) => self.parse(&line, expected),
            Line::TooLong(start) => {
                let start = quoted(&start);
                Err(self.broke(format!(
                    "sent a line of more than 8 MiB, where `{expected}` was due: {start}"
                )))
            }
            Line::End => Err(self.ended_before(expected).await),
        }
    }

    fn parse(&self, line: &[u8], expected: &str) -> Result<ProgramMessage> {
        let is_object = line.trim_ascii_start().starts_with(b"{");
        let why = match ProgramMessage::parse(line) {
            Ok(message) if is_object => return Ok(message),
            Err(error) if is_object && error.is_data() => error.to_string(),
            _ => {
                let line = quoted(line);
                return Err(self.broke(format!(
                    "wrote a line that is no JSON object, where `{expected}` was due: {line}; a program \
                     writes nothing but messages to standard output"
                )));
            }
        };
        // What serde says names the type or the field.
        let why = why.split(" at line ").next().unwrap_or_default();
        let (why, line) = (on_one_line(why), quoted(line));
        Err(self.broke(format!(
            "sent a message that is not valid ({why}), where `{expected}` was due: {line}"
        )))
    }

    /// Waits for the exit after the last message.
    async fn expect_exit(&mut self, after: &str) -> Result<()> {
        self.process.close_input();
        let limit = self.times.exit;
        let status = self.process.exit(limit).await;
        let line = if let Some(line) = self.early.pop_front() {
            line
        } else {
            let last = self.process.next_line(self.times.step).await;
            last.unwrap_or(Line::End)
        };
        if let Line::Whole(line) | Line::TooLong(line) = line {
            let line = quoted(&line);
            return Err(self.broke(format!("went on to write after `{after}`: {line}")));
        }
        match status {
            Some(status) if status.success() => Ok(()),
            Some(status) => {
                let status = described(status);
                Err(self.broke(format!("ended with {status} after `{after}`")))
            }
            None => {
                let seconds = limit.as_secs_f32();
                Err(self.broke(format!("did not end within {seconds} s after `{after}`")))
            }
        }
    }

    /// The error of a program that ended, or closed its output.
    async fn ended_before(&mut self, expected: &str) -> Error {
        let what = match self.process.exit(self.times.step).await {
            Some(status) => format!("ended with {} before `{expected}`", described(status)),
            None => format!("closed its standard output before `{expected}`"),
        };
        self.broke(what)
    }

    fn unexpected(&self, message: &ProgramMessage, expected: &str) -> Error {
        self.broke(format!(
            "sent `{}` where `{expected}` was due",
            message.name()
        ))
    }

    /// The error of a program that breaks the protocol.
    pub(super) fn broke(&self, what: impl AsRef<str>) -> Error {
        let (path, what) = (self.path.display(), what.as_ref());
        let log = match self.process.log() {
            log if log.is_empty() => String::new(),
            log => format!("; the last line of its log: {log}"),
        };
        Error::new(
            ErrorKind::Program,
            format!("the program `{path}` {what}{log}"),
        )
    }

    /// The error that a program reports.
    fn failed(&self, failure: &Failure) -> Error {
        let (path, message) = (self.path.display(), on_one_line(&failure.message));
        let message = format!("the program `{path}` reports: {message}");
        Error::new(failure.kind.into(), message)
    }
}

/// A text of a program, in backticks, cut and safe to show.
pub(super) fn quoted(text: &[u8]) -> String {
    format!("`{}`", on_one_line(&String::from_utf8_lossy(text)))
}

/// A text of a program, cut and safe to show.
pub(super) fn on_one_line(text: &str) -> String {
    let mut cut: String = text.chars().take(MOST_QUOTED).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    let cut = cut.replace(['\n', '\r'], " ");
    escape_terminal(&cut).into_owned()
}

fn described(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return format!("signal {signal}");
    }
    match status.code() {
        Some(code) => format!("exit code {code}"),
        None => "an unknown status".to_owned(),
    }
}
