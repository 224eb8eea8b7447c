//! Saved answers as a source of contacts.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use tokio::sync::mpsc;
use whapi_model::Contact;
use whapi_text::{ByteOrder, Utf16Reader};

use crate::error::{Error, ErrorKind};
use crate::page::Row;
use crate::scan::{Deduplicated, ScanReport};
use crate::source::ContactSource;
use crate::wire::{self, Document, Unreadable};

/// Contacts per batch when they come one to a line.
const BATCH: usize = 500;
/// Contacts between two yields to the runtime: often enough for a prompt cancellation.
const PAUSE: usize = 16_384;
/// Documents to read ahead.
const DOCUMENTS_AHEAD: usize = 16;
/// Read from the file in blocks of this size.
const BLOCK: usize = 256 << 10;

/// Saved answers of `GET /contacts`.
///
/// The text is one answer object, one array of contacts or of answers, or any of these and bare
/// contacts one to a line (NDJSON). It is UTF-8, or UTF-16 with a byte order mark, as PowerShell
/// writes it. Letters that are no valid text become U+FFFD, and
/// [`replaced_letters`](ScanReport::replaced_letters) counts them.
///
/// The list is incomplete if it has fewer different contacts than the last total in an answer. Of
/// two contacts with one id the first is used.
///
/// # Examples
///
/// ```
/// use whapi_fetch::{ContactSource, SavedAnswers};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), whapi_fetch::Error> {
/// let text = r#"{"contacts":[{"id":"447700900123"}],"total":2}"#;
/// let mut source = SavedAnswers::from_reader(text.as_bytes(), "the example");
/// assert_eq!(source.next_batch().await?.unwrap().len(), 1);
/// assert!(source.next_batch().await?.is_none());
///
/// let report = source.report();
/// assert!(!report.complete);
/// assert_eq!(report.reasons, ["the Whapi API says that there are 2 contacts but lists 1 fewer"]);
/// # Ok(())
/// # }
/// ```
pub struct SavedAnswers {
    documents: Documents,
    unique: Deduplicated,
    replaced: Arc<AtomicU64>,
    /// Contacts returned since the last yield.
    since_pause: usize,
}

/// The thread that reads the documents.
enum Documents {
    /// On the caller's thread, for files.
    Here(Box<Reader>),
    /// On a thread of their own, for readers that block.
    Elsewhere(mpsc::Receiver<Result<Document, Error>>),
}

/// Finds the documents in a text.
struct Reader {
    name: String,
    /// Taken before the first line: its first bytes tell the encoding.
    unopened: Option<Box<dyn Read + Send>>,
    input: BufReader<Box<dyn Read + Send>>,
    line: Vec<u8>,
    line_number: u64,
    documents: u64,
    /// Letters that were replaced.
    replaced: Arc<AtomicU64>,
}

/// Buffers a text: UTF-16 if it begins with its byte order mark, and UTF-8 otherwise.
fn open(
    mut raw: Box<dyn Read + Send>,
    replaced: &Arc<AtomicU64>,
) -> io::Result<BufReader<Box<dyn Read + Send>>> {
    let mut mark = Vec::new();
    (&mut raw).take(2).read_to_end(&mut mark)?;
    let text: Box<dyn Read + Send> = match ByteOrder::of_mark(&mark) {
        Some(order) => Box::new(Counting {
            reader: Utf16Reader::new(raw, order),
            counted: 0,
            replaced: Arc::clone(replaced),
        }),
        None => Box::new(Cursor::new(mark).chain(raw)),
    };
    Ok(BufReader::with_capacity(BLOCK, text))
}

/// Adds what a reader of UTF-16 replaces to a count.
struct Counting<R> {
    reader: Utf16Reader<R>,
    counted: u64,
    replaced: Arc<AtomicU64>,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(out);
        let replaced = self.reader.replaced();
        self.replaced
            .fetch_add(replaced - self.counted, Ordering::Relaxed);
        self.counted = replaced;
        read
    }
}

impl SavedAnswers {
    /// Opens a file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`] that names the path.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let name = format!("`{}`", path.display());
        let file = File::open(path).map_err(|error| {
            Error::new(ErrorKind::Input, format!("could not open {name}")).with_source(error)
        })?;
        Ok(Self::from_reader(file, name))
    }

    /// Reads from a reader that does not block. `name` stands for it in error messages.
    pub fn from_reader(reader: impl Read + Send + 'static, name: impl Into<String>) -> Self {
        let reader = Reader::new(reader, name.into());
        Self {
            replaced: Arc::clone(&reader.replaced),
            documents: Documents::Here(Box::new(reader)),
            unique: Deduplicated::default(),
            since_pause: 0,
        }
    }

    /// Reads from a reader that may block, such as standard input, on a thread of its own.
    ///
    /// The run can be cancelled while the reader blocks.
    pub fn from_blocking_reader(
        reader: impl Read + Send + 'static,
        name: impl Into<String>,
    ) -> Self {
        let mut reader = Reader::new(reader, name.into());
        let replaced = Arc::clone(&reader.replaced);
        let (send, receive) = mpsc::channel(DOCUMENTS_AHEAD);
        std::thread::spawn(move || {
            while let Some(document) = reader.next_document().transpose() {
                let failed = document.is_err();
                // The receiver is gone when the run was cancelled.
                if send.blocking_send(document).is_err() || failed {
                    break;
                }
            }
        });
        Self {
            documents: Documents::Elsewhere(receive),
            replaced,
            unique: Deduplicated::default(),
            since_pause: 0,
        }
    }

    /// Adds the rows of a contact or an answer; the caller splits lists.
    fn add(&mut self, document: Document, rows: &mut Vec<Row>) {
        match document {
            Document::Contact(row) => rows.push(row),
            Document::Answer(answer) => {
                self.unique.note_page(answer.total);
                if rows.is_empty() {
                    *rows = answer.rows;
                } else {
                    rows.extend(answer.rows);
                }
            }
            Document::List(_) => rows.push(None),
        }
    }

    async fn next_document(&mut self) -> Result<Option<Document>, Error> {
        match &mut self.documents {
            Documents::Here(reader) => reader.next_document(),
            Documents::Elsewhere(receive) => receive.recv().await.transpose(),
        }
    }
}

impl Reader {
    fn new(reader: impl Read + Send + 'static, name: String) -> Self {
        Self {
            name,
            unopened: Some(Box::new(reader)),
            input: BufReader::with_capacity(0, Box::new(io::empty())),
            line: Vec::new(),
            line_number: 0,
            documents: 0,
            replaced: Arc::default(),
        }
    }

    /// The next line that is not blank; false at the end.
    fn next_line(&mut self) -> Result<bool, Error> {
        if let Some(raw) = self.unopened.take() {
            let opened = open(raw, &self.replaced);
            self.input = opened.map_err(|error| self.unreadable(error))?;
        }
        loop {
            self.line.clear();
            let read = self.input.read_until(b'\n', &mut self.line);
            if read.map_err(|error| self.unreadable(error))? == 0 {
                return Ok(false);
            }
            self.line_number += 1;
            if self.line_number == 1 && self.line.starts_with(b"\xef\xbb\xbf") {
                self.line.drain(..3);
            }
            if !self.line.trim_ascii().is_empty() {
                return Ok(true);
            }
        }
    }

    /// The next document: a line, or the whole text when its first line is only the start of one.
    fn next_document(&mut self) -> Result<Option<Document>, Error> {
        if !self.next_line()? {
            if self.documents == 0 {
                return Err(self.bad("is empty; it should hold answers of the Whapi API"));
            }
            return Ok(None);
        }
        let mut is_text = true;
        let read = wire::read_document_noting(&self.line, || is_text = false);
        let document = match read {
            Err(Unreadable::Json(error)) if self.documents == 0 && error.ends_early() => {
                let read = self.input.read_to_end(&mut self.line);
                read.map_err(|error| self.unreadable(error))?;
                wire::read_document_noting(&self.line, || is_text = false)
            }
            document => document,
        };
        self.documents += 1;
        if !is_text {
            self.replaced
                .fetch_add(invalid_letters(&self.line), Ordering::Relaxed);
        }
        document.map(Some).map_err(|error| {
            let line = self.line_number;
            match error {
                Unreadable::Json(error) => {
                    // Counted from the start of the document.
                    let lines_before = usize::try_from(line - 1).unwrap_or(usize::MAX);
                    self.bad(format!("has {}", error.behind_lines(lines_before)))
                }
                Unreadable::ApiError(said) => self.bad(format!(
                    "has an error of the Whapi API instead of contacts, in line {line}: {}",
                    whapi_secret::quote(&said, &[])
                )),
                Unreadable::Other => self.bad(format!(
                    "has JSON that is neither an answer nor a contact, in line {line}"
                )),
            }
        })
    }

    fn bad(&self, what: impl fmt::Display) -> Error {
        Error::new(ErrorKind::Input, format!("{} {what}", self.name))
    }

    fn unreadable(&self, error: io::Error) -> Error {
        Error::new(ErrorKind::Input, format!("could not read {}", self.name)).with_source(error)
    }
}

#[async_trait]
impl ContactSource for SavedAnswers {
    async fn next_batch(&mut self) -> Result<Option<Vec<Contact>>, Error> {
        // A file is always ready: without this the run could not be cancelled.
        if self.since_pause >= PAUSE {
            self.since_pause = 0;
            tokio::task::yield_now().await;
        }
        let mut rows: Vec<Row> = Vec::new();
        loop {
            let document = self.next_document().await?;
            let at_end = document.is_none();
            match document {
                Some(Document::List(list)) => {
                    if !list.iter().any(|one| matches!(one, Document::Answer(_))) {
                        self.unique.note_page(None);
                    }
                    for one in list {
                        self.add(one, &mut rows);
                    }
                }
                Some(document) => self.add(document, &mut rows),
                None => {}
            }
            if rows.len() >= BATCH || at_end {
                let batch = self.unique.take(std::mem::take(&mut rows));
                if !batch.is_empty() {
                    self.since_pause += batch.len();
                    return Ok(Some(batch));
                }
            }
            if at_end {
                self.unique.end();
                return Ok(None);
            }
        }
    }

    fn report(&self) -> ScanReport {
        let mut report = self.unique.report();
        report.replaced_letters = self.replaced.load(Ordering::Relaxed);
        report
    }
}

/// Counts the parts of a text that are not UTF-8. Each of them is read as U+FFFD.
fn invalid_letters(text: &[u8]) -> u64 {
    let chunks = text.utf8_chunks();
    chunks.filter(|chunk| !chunk.invalid().is_empty()).count() as u64
}

impl fmt::Debug for SavedAnswers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SavedAnswers")
            .field("unique", &self.unique.report())
            .finish_non_exhaustive()
    }
}
