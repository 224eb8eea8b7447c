//! The encoder: a record per contact.

use std::io::BufReader;

use serde::Deserialize;
use whapi_export::{
    Available, ClassifiedContact, Definition, Encoded, Encoder, Error, ErrorKind, FileExporter,
    Needs, OptionSpec, Result, RunInfo, Switch,
};

use crate::record::Record;
use crate::{Key, KeySet, read_snapshot};

/// How the records are written.
///
/// # Examples
///
/// ```
/// use whapi_export::{OpenContext, Switch};
/// use whapi_export_jsonl::JsonlConfig;
///
/// let config: JsonlConfig = OpenContext::new().with_option("about", "on").options()?;
/// assert_eq!((config.about, config.pictures), (Switch::On, Switch::Off));
/// assert_eq!(config, JsonlConfig::default().with_about(Switch::On));
/// # Ok::<(), whapi_export::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct JsonlConfig {
    /// Adds what the world's numbering plans say about each number: `country`,
    /// `phone_international`, `phone_valid` and `phone_variants`. The plans take some milliseconds
    /// to load. Default: off.
    pub phone: Switch,
    /// Adds `about`, the "About" text of each profile. Default: off.
    pub about: Switch,
    /// Adds `profile_pic` and `profile_pic_full`, the addresses of the pictures, which expire.
    /// Default: off.
    pub pictures: Switch,
}

impl JsonlConfig {
    /// Sets [`phone`](Self::phone).
    pub fn with_phone(mut self, phone: Switch) -> Self {
        self.phone = phone;
        self
    }

    /// Sets [`about`](Self::about).
    pub fn with_about(mut self, about: Switch) -> Self {
        self.about = about;
        self
    }

    /// Sets [`pictures`](Self::pictures).
    pub fn with_pictures(mut self, pictures: Switch) -> Self {
        self.pictures = pictures;
        self
    }
}

/// The definition to register: `jsonl`, also called `ndjson`, with the options of [`JsonlConfig`].
///
/// # Examples
///
/// ```
/// let jsonl = whapi_export_jsonl::definition();
/// assert!(jsonl.answers_to("ndjson"));
/// assert_eq!(jsonl.default_file_name().as_deref(), Some("contacts.jsonl"));
/// ```
pub fn definition() -> Definition {
    Definition::file(
        "jsonl",
        "JSON Lines, a complete record per contact",
        |config| Ok(JsonlEncoder::new(config)),
    )
    .alias("ndjson")
    .extension("jsonl")
    .for_programs()
    .read_back(|file| read_snapshot(BufReader::new(file)))
    .option(
        OptionSpec::new(
            "phone",
            "on|off",
            "add each number's country, its international form, whether it is valid, and the \
             other spelling it may have",
        )
        .default_value("off"),
    )
    .option(OptionSpec::new("about", "on|off", "add the \"About\" texts").default_value("off"))
    .option(
        OptionSpec::new(
            "pictures",
            "on|off",
            "add the addresses of the profile pictures, which expire",
        )
        .default_value("off"),
    )
}

/// Writes contacts as JSON Lines to a file.
///
/// # Examples
///
/// ```
/// use whapi_export::whapi_classify::Change;
/// use whapi_export::whapi_model::{Contact, ContactId};
/// use whapi_export::{
///     ClassifiedContact, Exporter, Available, Output, OutputTarget, RunEnd, RunInfo,
/// };
/// use whapi_export_jsonl::{JsonlConfig, JsonlEncoder, JsonlExporter};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("contacts.jsonl");
/// let output = Output::new(OutputTarget::Path(path.clone()));
/// let encoder = JsonlEncoder::new(JsonlConfig::default());
/// let mut exporter = Box::new(JsonlExporter::new(encoder, output));
///
/// let available = Available::default().with_changes(true);
/// let contact = Contact::new(ContactId::parse("447700900101")?);
/// let contact = ClassifiedContact::new(contact).with_change(Change::Added);
/// pollster::block_on(async {
///     exporter.begin(&RunInfo::new().with_available(available)).await?;
///     exporter.write_batch(&[contact]).await?;
///     exporter.finish(&RunEnd::complete()).await
/// })?;
/// let line = std::fs::read_to_string(&path)?;
/// assert!(line.ends_with("\"change\":\"added\"}\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type JsonlExporter = FileExporter<JsonlEncoder>;

/// Encodes a contact as one line of JSON.
///
/// No contact is ever skipped and no text is ever changed. Which keys there are follows from
/// [`RunInfo::available`] and the [`JsonlConfig`]. Without contacts the file is empty.
#[derive(Debug)]
pub struct JsonlEncoder {
    /// Those of the options.
    wanted: KeySet,
    /// Those of the run.
    keys: KeySet,
}

impl JsonlEncoder {
    /// An encoder of these options.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "like every other encoder of options"
    )]
    pub fn new(config: JsonlConfig) -> Self {
        Self::with_keys(KeySet::of_config(&config))
    }

    /// An encoder of these keys.
    ///
    /// Keys of information that a run did not request are left out of its records.
    ///
    /// ```
    /// use whapi_export::whapi_model::{Contact, ContactId};
    /// use whapi_export::{ClassifiedContact, Encoder};
    /// use whapi_export_jsonl::{JsonlEncoder, Key, KeySet};
    ///
    /// let contact = Contact::new(ContactId::parse("447700900101")?).with_name("Ada");
    /// let mut line = Vec::new();
    /// let keys = KeySet::of([Key::Id, Key::Name, Key::Phone]);
    /// JsonlEncoder::with_keys(keys).contact(&ClassifiedContact::new(contact), &mut line)?;
    /// assert_eq!(line, b"{\"id\":\"447700900101\",\"phone\":\"+447700900101\",\"name\":\"Ada\"}\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_keys(wanted: KeySet) -> Self {
        Self {
            wanted,
            keys: wanted.available(Available::default()),
        }
    }
}

impl Encoder for JsonlEncoder {
    fn needs(&self) -> Needs {
        Needs::default().with_equal_names(self.wanted.contains(Key::NameWarnings))
    }

    fn header(&mut self, run: &RunInfo, _out: &mut Vec<u8>) -> Result<()> {
        self.keys = self.wanted.available(run.available);
        Ok(())
    }

    fn contact(&mut self, contact: &ClassifiedContact, out: &mut Vec<u8>) -> Result<Encoded> {
        let record = Record::new(contact, self.keys);
        serde_json::to_writer(&mut *out, &record).map_err(failed)?;
        out.push(b'\n');
        Ok(Encoded::written())
    }
}

/// No contact brings this about: every record is made of text, and lines grow in memory. What
/// `serde_json` reports may quote a value and is left out.
fn failed(_: serde_json::Error) -> Error {
    Error::new(ErrorKind::Encode, "could not write a record as JSON")
}
