//! One conversation of a program with its host.

use std::io::{self, BufRead, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use whapi_export::{
    Available, ClassifiedContact, Definition, Error, ErrorKind, Exporter, OpenContext, Options,
    OutputTarget, RunEnd, RunInfo, StatusSink,
};
use whapi_export_jsonl::Key;

use crate::protocol::{
    Ack, BatchLine, Begin, Done, Failure, Finish, Hello, HostMessage, MAX_LINE, OutputKind,
    OutputSpec, ProgramMessage, ProgramOption, SkippedContact, Status, VERSION, line_of,
};

/// Every `batch` of the host begins with this.
const BATCH: &[u8] = br#"{"type":"batch","#;
/// The option by which the host splits a result itself.
const SPLIT: &str = "split";

/// A conversation over a reader and a writer.
pub(super) struct Session<'a, R, W> {
    definition: &'a Definition,
    input: R,
    output: Arc<Mutex<W>>,
    line: Vec<u8>,
    written: u64,
    skipped: u64,
}

/// A message of the host.
enum Received {
    Message(HostMessage),
    Batch(BatchLine),
    End,
}

impl<'a, R: BufRead, W: Write + Send + 'static> Session<'a, R, W> {
    pub(super) fn new(definition: &'a Definition, input: R, output: W) -> Self {
        Self {
            definition,
            input,
            output: Arc::new(Mutex::new(output)),
            line: Vec::new(),
            written: 0,
            skipped: 0,
        }
    }

    /// Speaks until the host ends the conversation.
    ///
    /// # Errors
    ///
    /// When the pipes fail, and after an error that the host has been sent.
    pub(super) async fn run(mut self) -> io::Result<()> {
        self.send(&ProgramMessage::Hello(hello(self.definition)))?;
        match self.speak().await {
            Ok(Some(done)) => self.send(&ProgramMessage::Done(done)),
            Ok(None) => Ok(()),
            Err(error) => self.fail(&error),
        }
    }

    /// `None` when the host wants no result.
    async fn speak(&mut self) -> Result<Option<Done>, Error> {
        match self.receive()? {
            Received::Message(HostMessage::Begin(begin)) => self.export(begin).await,
            Received::Message(HostMessage::Describe { .. } | HostMessage::Abort)
            | Received::End => Ok(None),
            Received::Message(HostMessage::Finish(_)) | Received::Batch(_) => Err(out_of_order()),
        }
    }

    /// Runs the exporter. `None` when the host aborts.
    async fn export(&mut self, begin: Begin) -> Result<Option<Done>, Error> {
        let mut exporter = self.definition.open(&self.context(&begin))?;
        exporter.begin(&run_info(&begin)).await?;
        self.send(&ProgramMessage::Ready)?;
        let end = match self.batches(&mut *exporter).await {
            Ok(Some(end)) => end,
            Ok(None) => {
                exporter.abort().await?;
                return Ok(None);
            }
            Err(error) => {
                // The first error is the one that counts.
                let _ = exporter.abort().await;
                return Err(error);
            }
        };
        let done = Done {
            written: self.written,
            skipped: self.skipped,
            destination: None,
            warnings: Vec::new(),
            forecast: None,
        };
        if begin.dry_run {
            let forecast = exporter.forecast(&end).await?;
            let amounts = forecast.amounts.into_iter();
            return Ok(Some(Done {
                destination: Some(forecast.destination).filter(|text| !text.is_empty()),
                forecast: Some(
                    amounts
                        .map(|(noun, amount)| (noun.into_owned(), amount))
                        .collect(),
                ),
                ..done
            }));
        }
        let summary = exporter.finish(&end).await?;
        let is_remote = self.definition.capabilities().remote;
        Ok(Some(Done {
            destination: Some(summary.destination).filter(|_| is_remote),
            warnings: summary.warnings,
            ..done
        }))
    }

    /// Writes batches until the end. `None` when the host aborts.
    async fn batches(&mut self, exporter: &mut dyn Exporter) -> Result<Option<RunEnd>, Error> {
        loop {
            let batch = match self.receive()? {
                Received::Batch(batch) => batch,
                Received::Message(HostMessage::Finish(Finish { complete: true, .. })) => {
                    return Ok(Some(RunEnd::complete()));
                }
                Received::Message(HostMessage::Finish(finish)) => {
                    return Ok(Some(RunEnd::incomplete(finish.reasons)));
                }
                Received::Message(HostMessage::Abort) | Received::End => return Ok(None),
                Received::Message(_) => return Err(out_of_order()),
            };
            let contacts = batch.contacts.into_iter().map(|contact| contact.0);
            let contacts: Vec<ClassifiedContact> = contacts.collect();
            let report = exporter.write_batch(&contacts).await?;
            let skipped = report.skipped.into_iter().map(|skipped| SkippedContact {
                id: skipped.id.as_str().to_owned(),
                reason: skipped.reason,
            });
            let ack = Ack {
                seq: batch.seq,
                written: report.written + report.updated,
                skipped: skipped.collect(),
            };
            self.written += ack.written;
            self.skipped += ack.skipped.len() as u64;
            self.send(&ProgramMessage::Ack(ack))?;
        }
    }

    fn context(&self, begin: &Begin) -> OpenContext {
        let options: Options = begin.options.iter().collect();
        let output = Arc::clone(&self.output);
        let status = StatusSink::to(move |message| {
            let message = message.to_owned();
            // A host that is gone shows no progress.
            let _ = write(&output, &ProgramMessage::Status(Status { message }));
        });
        let ctx = OpenContext::new()
            .with_options(options)
            .with_status(status)
            .with_checksum(false);
        match &begin.staging {
            Some(staging) => ctx.with_target(OutputTarget::Staging(staging.clone())),
            None => ctx,
        }
    }

    fn send(&self, message: &ProgramMessage) -> io::Result<()> {
        write(&self.output, message)
    }

    /// Reports an error to the host.
    fn fail(&self, error: &Error) -> io::Result<()> {
        let kind = error.kind().into();
        let message = whapi_text::with_causes(error);
        self.send(&ProgramMessage::Error(Failure { kind, message }))?;
        Err(io::Error::other("the host was sent an error"))
    }

    fn receive(&mut self) -> Result<Received, Error> {
        self.line.clear();
        let mut limited = (&mut self.input).take(MAX_LINE as u64 + 1);
        limited.read_until(b'\n', &mut self.line)?;
        if self.line.is_empty() {
            return Ok(Received::End);
        }
        if self.line.len() > MAX_LINE {
            return Err(invalid("has more than 8 MiB"));
        }
        if is_batch(&self.line) {
            let batch = serde_json::from_slice(&self.line);
            return batch.map(Received::Batch).map_err(|error| describe(&error));
        }
        let message = serde_json::from_slice(&self.line);
        message
            .map(Received::Message)
            .map_err(|error| describe(&error))
    }
}

fn is_batch(line: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Tag<'a> {
        #[serde(rename = "type")]
        name: &'a str,
    }
    line.starts_with(BATCH)
        || serde_json::from_slice::<Tag<'_>>(line).is_ok_and(|tag| tag.name == "batch")
}

fn write(output: &Mutex<impl Write>, message: &ProgramMessage) -> io::Result<()> {
    let line = line_of(message);
    let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
    output.write_all(&line)?;
    output.flush()
}

fn hello(definition: &Definition) -> Hello {
    let is_remote = definition.capabilities().remote;
    let kind = if is_remote {
        OutputKind::Remote
    } else {
        OutputKind::File
    };
    let options = definition.options().iter().filter(|spec| spec.key != SPLIT);
    // What follows from the rest is worked out here, so that records are short. The host sends the channel
    // unasked.
    let unasked = [
        Key::Channel,
        Key::Kind,
        Key::Permissions,
        Key::Country,
        Key::PhoneInternational,
        Key::PhoneValid,
        Key::PhoneVariants,
    ];
    let needs = Key::ALL
        .iter()
        .copied()
        .filter(|key| !unasked.contains(key));
    let needs = needs.map(|key| key.as_str().to_owned());
    Hello {
        v: vec![VERSION],
        name: definition.name().to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        summary: definition.summary().to_owned(),
        output: OutputSpec {
            kind,
            extension: definition.file_extension().map(str::to_owned),
        },
        needs: Some(needs.collect()),
        options: options.map(option).collect(),
        max_batch: None,
    }
}

fn option(spec: &whapi_export::OptionSpec) -> ProgramOption {
    ProgramOption {
        key: spec.key.clone(),
        value: spec.value_name.clone(),
        default: spec.default.clone(),
        help: spec.help.clone(),
    }
}

fn run_info(begin: &Begin) -> RunInfo {
    let facts = begin.run.facts;
    let mut available = Available::default();
    available.reasons = facts.reasons;
    available.lid_links = facts.links;
    available.changes = facts.changes;
    available.channels = facts.channels;
    let mut run = RunInfo::new()
        .with_available(available)
        .with_dry_run(begin.dry_run);
    run.expected_contacts = begin.expected;
    run.source.clone_from(&begin.run.source);
    run
}

fn out_of_order() -> Error {
    invalid("is not the one that is due")
}

fn invalid(what: &str) -> Error {
    Error::new(ErrorKind::Program, format!("a message of the host {what}"))
}

fn describe(error: &serde_json::Error) -> Error {
    invalid(&format!("is not valid (column {})", error.column()))
}
