//! The encoder: a record per contact, within the page.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use whapi_export::{
    Available, ClassifiedContact, Definition, Encoded, Encoder, Error, ErrorKind, FileExporter,
    Message, Needs, OptionSpec, Result, RunEnd, RunInfo,
};
use whapi_text::{counted, escape_hidden, grouped, is_blank, one_line};

use crate::record::{Record, is_false};
use crate::words::Words;
use crate::{json, page};

/// Above so many contacts a page opens slowly; `docs/mapping/html.md` has the measurement.
const MANY: u64 = 100_000;
const TITLE: &str = "WhatsApp contacts";

/// How the page is written.
///
/// # Examples
///
/// ```
/// use whapi_export::OpenContext;
/// use whapi_export_html::HtmlConfig;
///
/// assert_eq!(HtmlConfig::default().title, "WhatsApp contacts");
/// let config: HtmlConfig = OpenContext::new().with_option("title", "The shop").options()?;
/// assert_eq!(config, HtmlConfig::default().with_title("The shop"));
/// # Ok::<(), whapi_export::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct HtmlConfig {
    /// The title of the page, on one line. Default: `WhatsApp contacts`.
    pub title: String,
}

impl Default for HtmlConfig {
    fn default() -> Self {
        Self {
            title: TITLE.to_owned(),
        }
    }
}

impl HtmlConfig {
    /// Sets [`title`](Self::title).
    pub fn with_title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }
}

/// The definition to register: `html`, with the options of [`HtmlConfig`].
///
/// # Examples
///
/// ```
/// let html = whapi_export_html::definition();
/// assert_eq!(html.name(), "html");
/// assert_eq!(html.default_file_name().as_deref(), Some("contacts.html"));
/// ```
pub fn definition() -> Definition {
    Definition::file(
        "html",
        "the address book as a page to search and print",
        |config| HtmlEncoder::new(&config),
    )
    .extension("html")
    .option(OptionSpec::new("title", "TEXT", "the title of the page").default_value(TITLE))
}

/// Writes contacts as an HTML page to a file.
///
/// # Examples
///
/// ```
/// use whapi_export::whapi_model::{Contact, ContactId};
/// use whapi_export::{ClassifiedContact, Exporter, Output, OutputTarget, RunEnd, RunInfo};
/// use whapi_export_html::{HtmlConfig, HtmlEncoder, HtmlExporter};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("contacts.html");
/// let output = Output::new(OutputTarget::Path(path.clone()));
/// let encoder = HtmlEncoder::new(&HtmlConfig::default())?;
/// let mut exporter = Box::new(HtmlExporter::new(encoder, output));
///
/// let contact = Contact::new(ContactId::parse("447700900101")?).with_name("</script>");
/// pollster::block_on(async {
///     exporter.begin(&RunInfo::new()).await?;
///     exporter.write_batch(&[ClassifiedContact::new(contact)]).await?;
///     exporter.finish(&RunEnd::complete()).await
/// })?;
/// let page = std::fs::read_to_string(&path)?;
/// assert!(page.contains(r#"{"shown":"\u003c/script\u003e","source":"name","id":"447700900101","#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type HtmlExporter = FileExporter<HtmlEncoder>;

/// Encodes contacts as records of JSON, and around them a page that shows them.
///
/// No contact is ever skipped. Hidden characters of untrusted text become `\u{…}`, and names to show
/// are put on one line. The encoder holds no contact.
#[derive(Debug)]
pub struct HtmlEncoder {
    title: String,
    contacts: u64,
}

/// What stands before the contacts. Its closing brace is behind them.
#[derive(Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is information of its own"
)]
struct Start {
    /// Which data the run requested.
    reasons: bool,
    links: bool,
    changes: bool,
    #[serde(skip_serializing_if = "is_false")]
    channels: bool,
    words: Words,
}

/// What stands behind the contacts. Its opening brace is before them.
#[derive(Serialize)]
struct End<'a> {
    complete: bool,
    missing: Vec<Cow<'a, str>>,
}

impl HtmlEncoder {
    /// An encoder of these options.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] when the title is blank.
    ///
    /// ```
    /// use whapi_export_html::{HtmlConfig, HtmlEncoder};
    ///
    /// assert!(HtmlEncoder::new(&HtmlConfig::default()).is_ok());
    /// let error = HtmlEncoder::new(&HtmlConfig::default().with_title(" ")).unwrap_err();
    /// assert_eq!(error.to_string(), "`title` is blank; leave it out for the default");
    /// ```
    pub fn new(config: &HtmlConfig) -> Result<Self> {
        let title = one_line(&config.title).into_owned();
        if is_blank(&title) {
            return Err(Error::new(
                ErrorKind::Config,
                "`title` is blank; leave it out for the default",
            ));
        }
        Ok(Self { title, contacts: 0 })
    }
}

impl Start {
    fn of(available: Available) -> Self {
        Self {
            reasons: available.reasons,
            links: available.lid_links,
            changes: available.changes,
            channels: available.channels,
            words: Words::all(),
        }
    }
}

impl Encoder for HtmlEncoder {
    fn needs(&self) -> Needs {
        Needs::default().with_equal_names(true)
    }

    fn header(&mut self, run: &RunInfo, out: &mut Vec<u8>) -> Result<()> {
        out.extend_from_slice(page::head(&self.title).as_bytes());
        json::push(out, &Start::of(run.available))?;
        // The object goes on with the contacts.
        out.pop();
        out.extend_from_slice(b",\"contacts\":[");
        Ok(())
    }

    fn contact(&mut self, contact: &ClassifiedContact, out: &mut Vec<u8>) -> Result<Encoded> {
        out.extend_from_slice(if self.contacts == 0 { b"\n" } else { b",\n" });
        let shown = contact.display_name();
        let record = Record::of(contact, shown.text(), shown.source().as_str());
        json::push(out, &record)?;
        self.contacts += 1;
        Ok(Encoded::written())
    }

    fn trailer(&mut self, end: &RunEnd, out: &mut Vec<u8>) -> Result<()> {
        out.extend_from_slice(b"\n],");
        let end = End {
            complete: end.is_complete(),
            missing: end
                .reasons()
                .iter()
                .map(|reason| escape_hidden(reason))
                .collect(),
        };
        let start = out.len();
        json::push(out, &end)?;
        out.remove(start);
        out.extend_from_slice(page::tail(self.contacts).as_bytes());
        Ok(())
    }

    fn messages(&self) -> Vec<Message> {
        if self.contacts <= MANY {
            return Vec::new();
        }
        vec![Message::Warning(format!(
            "The page has {}, and browsers open one of more than {} slowly; \
             `html.split=50000` writes several pages, and `xlsx` and `csv` are for such lists.",
            counted(self.contacts, "contact"),
            grouped(MANY),
        ))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(contacts: u64, expected: &[Message]) {
        let title = TITLE.to_owned();
        assert_eq!(HtmlEncoder { title, contacts }.messages(), expected);
    }

    #[test]
    fn a_page_that_opens_slowly_is_warned_of() {
        check(0, &[]);
        check(100_000, &[]);
        let warning = "The page has 100,001 contacts, and browsers open one of more than 100,000 slowly; \
                       `html.split=50000` writes several pages, and `xlsx` and `csv` are for such lists.";
        check(100_001, &[Message::Warning(warning.to_owned())]);
    }

    #[test]
    fn a_blank_title_is_refused() {
        for (title, refused) in [("", true), (" \u{200b}\n", true), (" Ada ", false)] {
            let title = title.to_owned();
            assert_eq!(HtmlEncoder::new(&HtmlConfig { title }).is_err(), refused);
        }
    }
}
