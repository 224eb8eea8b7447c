//! The exporter of every file format: an encoder, a buffer, a file.

use std::fmt;
use std::io::Write as _;

use async_trait::async_trait;
use whapi_classify::ClassifiedContact;

use super::encoder::{Encoded, Encoder, Message};
use super::output::Output;
use crate::contract::{BatchReport, Exporter, Needs, Result, RunEnd, RunInfo, Skipped, Summary};

/// Bytes that are written at once: many whole pages are what a file system takes at the least cost.
const BLOCK: usize = 256 << 10;

/// Writes what an [`Encoder`] encodes to an [`Output`].
///
/// The output appears when [`finish`](Exporter::finish) succeeds. Up to 256 KiB and one contact wait
/// in memory.
///
/// # Examples
///
/// ```
/// use whapi_export::whapi_model::{Contact, ContactId};
/// use whapi_export::{
///     ClassifiedContact, Encoded, Encoder, Exporter, FileExporter, Output, OutputTarget, Result,
///     RunEnd, RunInfo,
/// };
///
/// struct Ids;
///
/// impl Encoder for Ids {
///     fn contact(&mut self, contact: &ClassifiedContact, out: &mut Vec<u8>) -> Result<Encoded> {
///         out.extend_from_slice(contact.id().as_str().as_bytes());
///         out.push(b'\n');
///         Ok(Encoded::written())
///     }
/// }
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("contacts.txt");
/// let output = Output::new(OutputTarget::Path(path.clone()));
/// let mut exporter = Box::new(FileExporter::new(Ids, output));
/// let contact = ClassifiedContact::new(Contact::new(ContactId::parse("447700900101")?));
/// pollster::block_on(async {
///     exporter.begin(&RunInfo::new()).await?;
///     exporter.write_batch(&[contact]).await?;
///     exporter.finish(&RunEnd::complete()).await
/// })?;
/// assert_eq!(std::fs::read(&path)?, b"447700900101\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct FileExporter<E> {
    encoder: E,
    output: Output,
    /// What is encoded and not yet written.
    buffer: Vec<u8>,
    /// The buffer has the trailer.
    ended: bool,
}

impl<E: Encoder> FileExporter<E> {
    /// An exporter to `output`. Touches nothing before [`begin`](Exporter::begin).
    pub fn new(encoder: E, output: Output) -> Self {
        Self {
            encoder,
            output,
            buffer: Vec::new(),
            ended: false,
        }
    }

    /// Appends the trailer, once.
    fn end(&mut self, end: &RunEnd) -> Result<()> {
        if !self.ended {
            self.encoder.trailer(end, &mut self.buffer)?;
            self.ended = true;
        }
        Ok(())
    }

    /// Writes the whole blocks of the buffer and keeps the rest.
    fn write_blocks(&mut self) -> Result<()> {
        let whole = self.buffer.len() / BLOCK * BLOCK;
        if whole > 0 {
            self.output.write_all(&self.buffer[..whole])?;
            self.buffer.drain(..whole);
        }
        Ok(())
    }
}

/// Leaves out the encoder and the buffer, which hold contacts.
impl<E> fmt::Debug for FileExporter<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileExporter")
            .field("target", self.output.target())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl<E: Encoder> Exporter for FileExporter<E> {
    fn needs(&self) -> Needs {
        self.encoder.needs()
    }

    async fn begin(&mut self, run: &RunInfo) -> Result<()> {
        self.output.prepare()?;
        self.encoder.header(run, &mut self.buffer)
    }

    async fn write_batch(&mut self, batch: &[ClassifiedContact]) -> Result<BatchReport> {
        let mut report = BatchReport::default();
        for contact in batch {
            let encoded = self.encoder.contact(contact, &mut self.buffer)?;
            count(&mut report, contact, encoded);
            self.write_blocks()?;
        }
        Ok(report)
    }

    async fn existing(&mut self, end: &RunEnd) -> Result<Option<String>> {
        // Without contacts, the buffer has all of the file.
        let header = self.buffer.len() as u64;
        self.end(end)?;
        Ok(self.output.existing_besides(header, &self.buffer))
    }

    async fn finish(mut self: Box<Self>, end: &RunEnd) -> Result<Summary> {
        self.end(end)?;
        self.output.write_all(&self.buffer)?;
        let mut summary = Summary::from(self.output.commit()?);
        add_messages(&mut summary, &self.encoder);
        Ok(summary)
    }
}

/// Adds what became of one contact to the report of its batch.
#[inline]
pub(super) fn count(report: &mut BatchReport, contact: &ClassifiedContact, encoded: Encoded) {
    match encoded {
        Encoded::Written { altered } => {
            report.written += 1;
            report.altered += altered;
        }
        Encoded::Skipped { code, reason } => {
            let skipped = Skipped::new(contact.id().clone(), code, reason);
            report.skipped.push(skipped);
        }
    }
}

/// Adds what the encoder has to say of its file.
pub(super) fn add_messages(summary: &mut Summary, encoder: &impl Encoder) {
    for message in encoder.messages() {
        match message {
            Message::Warning(text) => summary.warnings.push(text),
            Message::Note(text) => summary.messages.push(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use whapi_model::{Contact, ContactId};

    use super::*;
    use crate::{Output, OutputTarget};

    /// Writes a line per contact, of another length for each, and a last line.
    #[derive(Default)]
    struct Lines {
        contacts: usize,
    }

    impl Encoder for Lines {
        fn contact(&mut self, _: &ClassifiedContact, out: &mut Vec<u8>) -> Result<Encoded> {
            self.contacts += 1;
            out.extend_from_slice(&line(self.contacts));
            Ok(Encoded::written())
        }

        fn trailer(&mut self, _: &RunEnd, out: &mut Vec<u8>) -> Result<()> {
            out.extend_from_slice(b"end\n");
            Ok(())
        }
    }

    fn line(number: usize) -> Vec<u8> {
        format!("{number}:{}\n", "x".repeat(number % 700)).into_bytes()
    }

    /// The trailer makes an empty file longer than the header, and stands in the file once.
    #[test]
    fn an_empty_file_with_a_trailer_is_no_loss() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lines");
        let existing = |content: Option<&str>| {
            if let Some(content) = content {
                fs::write(&path, content).unwrap();
            }
            let output = Output::new(OutputTarget::Path(path.clone()));
            let mut exporter = Box::new(FileExporter::new(Lines::default(), output));
            pollster::block_on(async {
                exporter.begin(&RunInfo::new()).await.unwrap();
                let existing = exporter.existing(&RunEnd::complete()).await.unwrap();
                let _ = exporter.finish(&RunEnd::complete()).await.unwrap();
                existing
            })
        };
        assert_eq!(existing(None), None);
        assert_eq!(fs::read_to_string(&path).unwrap(), "end\n");
        assert_eq!(existing(None), None);
        let lost = format!("`{}`, which has 4 bytes", path.display());
        assert_eq!(existing(Some("Ada\n")), Some(lost));
        assert_eq!(fs::read_to_string(&path).unwrap(), "end\n");
    }

    /// No byte is lost or doubled where two blocks meet, however contacts come.
    #[test]
    fn blocks_meet_in_the_file() {
        const CONTACTS: usize = 3_000;
        let folder = tempfile::tempdir().unwrap();
        let contact = Contact::new(ContactId::parse("447700900101").unwrap());
        let contacts = vec![ClassifiedContact::new(contact); CONTACTS];
        let mut expected: Vec<u8> = (1..=CONTACTS).flat_map(line).collect();
        assert!(expected.len() > 3 * BLOCK);
        expected.extend_from_slice(b"end\n");
        for batch in [CONTACTS, 1, 719] {
            let path = folder.path().join(batch.to_string());
            let output = Output::new(OutputTarget::Path(path.clone()));
            let mut exporter = Box::new(FileExporter::new(Lines::default(), output));
            let written = pollster::block_on(async {
                exporter.begin(&RunInfo::new()).await.unwrap();
                let mut written = 0;
                for batch in contacts.chunks(batch) {
                    written += exporter.write_batch(batch).await.unwrap().written;
                }
                let summary = exporter.finish(&RunEnd::complete()).await.unwrap();
                assert!(summary.warnings.is_empty());
                written
            });
            assert_eq!(written, CONTACTS as u64);
            assert!(fs::read(&path).unwrap() == expected, "batches of {batch}");
        }
    }
}
