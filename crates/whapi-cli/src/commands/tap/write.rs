//! Writes the lists of a channel as messages.

use std::num::NonZeroUsize;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use whapi_export::whapi_model::{Chat, Group, Partial, StandingBy};
use whapi_pipeline::{Channel, Pipeline, never_cancelled};
use whapi_singer::{Proof, Rows, Selection, State, Stream};

use super::contact_writer::ContactWriter;
use super::output::{self, Output};
use super::read::{HeldContacts, Lists, ReadChannel};
use super::report::ChannelResult;
use super::settings::Settings;
use crate::console::Console;
use crate::error::CliError;
use crate::summary::text::doubts;

/// Messages are written when there are so many bytes of them.
const BLOCK: usize = 64 << 10;
/// A changed state is written after this time at the latest.
const STATE_DELAY: Duration = Duration::from_secs(10);

/// Writes channels, one after the other.
#[derive(Debug)]
pub(super) struct Writer {
    selection: Selection,
    state: State,
    output: Output,
    console: Console,
    standing_by: StandingBy,
    allow_incomplete: bool,
    /// When the state has to be written. `None` if the last message has all of it.
    state_due: Option<Instant>,
    /// How many bytes were written up to the last message with the state.
    written_before: u64,
    /// The bytes of the last such message that was made. The state never loses a channel.
    state_bytes: u64,
}

impl Writer {
    pub(super) fn new(
        settings: &Settings,
        selection: Selection,
        state: State,
        output: Output,
        console: Console,
    ) -> Self {
        Self {
            selection,
            state,
            output,
            console,
            standing_by: settings.standing_by,
            allow_incomplete: settings.allow_incomplete,
            state_due: None,
            written_before: 0,
            state_bytes: 0,
        }
    }

    /// Writes a message `SCHEMA` for each stream.
    pub(super) async fn write_schemas(&self) -> Result<(), CliError> {
        let mut messages = Vec::new();
        for stream in self.selection.streams() {
            stream.write_schema(&mut messages);
        }
        self.send(messages).await
    }

    /// Writes the rows of a channel, and notes it in the state if it is proven complete.
    ///
    /// Nothing of a channel that failed or is incomplete, unless the settings allow the latter.
    pub(super) async fn write(&mut self, channel: ReadChannel) -> Result<ChannelResult, CliError> {
        let ReadChannel { name, lists } = channel;
        let lists = match lists {
            Ok(lists) => lists,
            Err(error) => return Ok(ChannelResult::failed(name, error)),
        };
        let doubts = lists.doubts.clone();
        if !doubts.is_empty() && !self.allow_incomplete {
            return Ok(ChannelResult::incomplete(name, doubts));
        }
        let read_at = lists.read_at.clone();
        let rows = self.write_rows(&name, lists).await?;
        if doubts.is_empty() {
            for (stream, rows) in &rows {
                let proof = Proof::new(&*read_at, *rows);
                self.state.prove(*stream, &*name, proof);
            }
            self.state_due
                .get_or_insert_with(|| Instant::now() + STATE_DELAY);
            self.write_large_state().await?;
        }
        Ok(ChannelResult::written(name, rows, doubts))
    }

    /// Writes the state if as many bytes of rows were written since it was last.
    ///
    /// A state names all channels. After each of 10,000 channels it would be most of the output, and making it
    /// would take most of the time.
    async fn write_large_state(&mut self) -> Result<(), CliError> {
        let written = self.output.written() - self.written_before;
        if written >= self.state_bytes {
            let message = self.state_message();
            if written >= self.state_bytes {
                return self.send_state(message).await;
            }
        }
        Ok(())
    }

    fn state_message(&mut self) -> Vec<u8> {
        let mut message = Vec::new();
        self.state.write(&mut message);
        self.state_bytes = message.len() as u64;
        message
    }

    /// Writes the state if it has changed.
    pub(super) async fn write_state(&mut self) -> Result<(), CliError> {
        if self.state_due.is_none() {
            return Ok(());
        }
        let message = self.state_message();
        self.send_state(message).await
    }

    async fn send_state(&mut self, message: Vec<u8>) -> Result<(), CliError> {
        self.send(message).await?;
        self.state_due = None;
        self.written_before = self.output.written();
        Ok(())
    }

    /// Waits until the state has to be written. For ever if it has not changed.
    pub(super) async fn state_due(&self) {
        match self.state_due {
            Some(due) => sleep_until(due).await,
            None => std::future::pending().await,
        }
    }

    /// Writes the rows of every stream. Returns how many there are.
    async fn write_rows(&self, name: &str, lists: Lists) -> Result<Vec<(Stream, u64)>, CliError> {
        let mut written = Vec::new();
        for stream in self.selection.streams() {
            let rows = Rows::new(stream, name, &lists.read_at);
            let count = match stream.stream() {
                // The last, because they take the lists of their reasons with them.
                Stream::Contacts => continue,
                Stream::Groups => {
                    let one = |group: &Group, out: &mut Vec<u8>| {
                        rows.group(group, out);
                        1
                    };
                    self.write_list(lists.groups(), one).await?
                }
                Stream::Memberships => {
                    let all = |group: &Group, out: &mut Vec<u8>| rows.memberships(group, out);
                    self.write_list(lists.groups(), all).await?
                }
                Stream::Chats => {
                    let one = |chat: &Chat, out: &mut Vec<u8>| {
                        rows.chat(chat, out);
                        1
                    };
                    self.write_list(lists.chats(), one).await?
                }
            };
            written.push((stream.stream(), count));
        }
        let stream = self.selection.get(Stream::Contacts);
        if let (Some(contacts), Some(stream)) = (lists.contacts, stream) {
            let exporter = ContactWriter::new(stream, name, &lists.read_at, self.output.clone());
            let count = self.write_contacts(name, contacts, exporter).await?;
            written.insert(0, (Stream::Contacts, count));
        }
        Ok(written)
    }

    /// Writes what `rows` makes of each item of a list, and returns how many rows that are.
    async fn write_list<T>(
        &self,
        list: Option<&Partial<T>>,
        rows: impl Fn(&T, &mut Vec<u8>) -> u64,
    ) -> Result<u64, CliError> {
        let mut messages = Vec::new();
        let mut count = 0;
        for item in list.into_iter().flat_map(|list| &list.items) {
            count += rows(item, &mut messages);
            if messages.len() >= BLOCK {
                self.send(std::mem::take(&mut messages)).await?;
            }
        }
        self.send(messages).await?;
        Ok(count)
    }

    /// Classifies the contacts of a channel, and writes them.
    async fn write_contacts(
        &self,
        name: &str,
        contacts: HeldContacts,
        exporter: ContactWriter,
    ) -> Result<u64, CliError> {
        let failed = exporter.failed_write();
        let channel = Channel::new(name, Box::new(contacts));
        let report = Pipeline::new()
            .standing_by(self.standing_by)
            .export("singer", "-", Box::new(exporter))
            .run_channels(vec![channel], NonZeroUsize::MIN, never_cancelled())
            .await;
        for doubt in doubts(&report) {
            self.console.warn(format_args!("channel `{name}`: {doubt}"));
        }
        let written = report.contacts.total;
        match (report.failure, failed.take()) {
            (None, _) => Ok(written),
            (Some(_), Some(error)) => Err(output::failed(&error)),
            (Some(failure), None) => Err(failure.into()),
        }
    }

    async fn send(&self, messages: Vec<u8>) -> Result<(), CliError> {
        let sent = self.output.write(messages).await;
        sent.map_err(|error| output::failed(&error))
    }
}
