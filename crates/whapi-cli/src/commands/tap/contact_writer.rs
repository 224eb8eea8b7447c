//! The exporter that writes contacts as messages.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use whapi_export::{
    BatchReport, ClassifiedContact, Encoder, Error, ErrorKind, Exporter, Needs, Result, RunEnd,
    RunInfo, Summary, async_trait,
};
use whapi_export_jsonl::JsonlEncoder;
use whapi_singer::{Rows, SelectedStream};

use super::output::Output;

/// Writes the contacts of a channel as messages `RECORD`.
pub(super) struct ContactWriter {
    encoder: JsonlEncoder,
    stream: SelectedStream,
    channel: String,
    /// When the channel was read.
    extracted: String,
    output: Output,
    failed: FailedWrite,
}

/// The error of a write that failed, which an exporter cannot return.
#[derive(Debug, Clone, Default)]
pub(super) struct FailedWrite(Arc<Mutex<Option<io::Error>>>);

impl FailedWrite {
    pub(super) fn take(&self) -> Option<io::Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn set(&self, error: io::Error) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }
}

impl ContactWriter {
    pub(super) fn new(
        stream: &SelectedStream,
        channel: &str,
        extracted: &str,
        output: Output,
    ) -> Self {
        Self {
            encoder: JsonlEncoder::with_keys(stream.contact_keys()),
            stream: stream.clone(),
            channel: channel.to_owned(),
            extracted: extracted.to_owned(),
            output,
            failed: FailedWrite::default(),
        }
    }

    /// Where the error of a failed write is when the run has ended.
    pub(super) fn failed_write(&self) -> FailedWrite {
        self.failed.clone()
    }
}

#[async_trait]
impl Exporter for ContactWriter {
    fn needs(&self) -> Needs {
        self.encoder.needs()
    }

    async fn begin(&mut self, run: &RunInfo) -> Result<()> {
        // JSON Lines have no header; the encoder learns what contacts have in this run.
        self.encoder.header(run, &mut Vec::new())
    }

    async fn write_batch(&mut self, batch: &[ClassifiedContact]) -> Result<BatchReport> {
        let rows = Rows::new(&self.stream, &self.channel, &self.extracted);
        let mut messages = Vec::new();
        for contact in batch {
            rows.contact(&mut self.encoder, contact, &mut messages)?;
        }
        if let Err(error) = self.output.write(messages).await {
            self.failed.set(error);
            let message = "could not write to standard output";
            return Err(Error::new(ErrorKind::Destination, message));
        }
        Ok(BatchReport::written(batch.len()))
    }

    async fn finish(self: Box<Self>, _: &RunEnd) -> Result<Summary> {
        Ok(Summary::default())
    }
}
