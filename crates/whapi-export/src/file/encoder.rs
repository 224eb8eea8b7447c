//! What a file format has to do: turn each contact into bytes.

use whapi_classify::ClassifiedContact;

use crate::contract::{Needs, Result, RunEnd, RunInfo};

/// Turns contacts into the bytes of one file.
///
/// An encoder appends to a buffer and does no input or output: [`FileExporter`](crate::FileExporter)
/// owns the file, standard output, the checksum, splitting and the commit. Only
/// [`contact`](Self::contact) is required. [`Definition::file`](crate::Definition::file) registers an
/// encoder as a format.
///
/// The calls come in this order: [`needs`](Self::needs) once, [`header`](Self::header) once, then
/// [`contact`](Self::contact) for each contact, and after the last one [`trailer`](Self::trailer) and
/// [`messages`](Self::messages). A run that fails ends without the last two. With `split` there is one
/// encoder for each file.
///
/// # Examples
///
/// ```
/// use whapi_export::{ClassifiedContact, Definition, Encoded, Encoder, NoOptions, Result};
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
/// let ids = Definition::file("ids", "one id a line", |_: NoOptions| Ok(Ids)).extension("txt");
/// assert_eq!(ids.default_file_name().as_deref(), Some("contacts.txt"));
/// ```
pub trait Encoder: Send {
    /// Returns what the encoder needs to know that not every run finds out. Default: nothing.
    fn needs(&self) -> Needs {
        Needs::default()
    }

    /// Appends what stands before the first contact. Default: nothing.
    ///
    /// # Errors
    ///
    /// When this run cannot be encoded at all. The run ends before the first request to the API.
    fn header(&mut self, run: &RunInfo, out: &mut Vec<u8>) -> Result<()> {
        let _ = (run, out);
        Ok(())
    }

    /// Appends one contact, or reports why it is left out.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Encode`](crate::ErrorKind::Encode) for a bug of the encoder, which ends the run. A
    /// contact that does not fit the format is [skipped](Encoded::skipped) instead.
    fn contact(&mut self, contact: &ClassifiedContact, out: &mut Vec<u8>) -> Result<Encoded>;

    /// Appends what stands behind the last contact. Default: nothing.
    ///
    /// `end` has whether the scan saw every contact.
    ///
    /// # Errors
    ///
    /// As [`contact`](Self::contact).
    fn trailer(&mut self, end: &RunEnd, out: &mut Vec<u8>) -> Result<()> {
        let _ = (end, out);
        Ok(())
    }

    /// Returns what the user should know of the finished file, in this order. Default: nothing.
    fn messages(&self) -> Vec<Message> {
        Vec::new()
    }
}

/// What became of one contact.
///
/// ```
/// use whapi_export::Encoded;
///
/// assert_eq!(Encoded::written(), Encoded::altered(0));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub enum Encoded {
    /// Its bytes were appended.
    #[non_exhaustive]
    Written {
        /// Values that were changed to be safe in this format, such as guarded formulas.
        altered: u64,
    },
    /// It was left out, and nothing was appended.
    #[non_exhaustive]
    Skipped {
        /// Why, as a stable kebab-case code.
        code: &'static str,
        /// Why, as a sentence for people, without private data.
        reason: String,
    },
}

impl Encoded {
    /// A contact that was written as it is.
    pub const fn written() -> Self {
        Self::Written { altered: 0 }
    }

    /// A contact that was written with this many values changed.
    pub const fn altered(altered: u64) -> Self {
        Self::Written { altered }
    }

    /// A contact that was left out, with the reason as a code and as a sentence.
    pub fn skipped(code: &'static str, reason: impl Into<String>) -> Self {
        Self::Skipped {
            code,
            reason: reason.into(),
        }
    }
}

/// A sentence for the user about a finished file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Message {
    /// What the user should know.
    Warning(String),
    /// What the user may want to know.
    Note(String),
}
