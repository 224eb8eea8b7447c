//! The exporter: a record per contact, a file that appears when it is complete.

use std::fmt;
use std::io::{BufReader, Write};

use serde::Deserialize;
use whapi_export::{
    BatchReport, ClassifiedContact, Definition, Error, ErrorKind, Exporter, Facts, Needs,
    OptionSpec, Output, Result, RunEnd, RunInfo, Summary, Switch, async_trait,
};

use crate::read_snapshot;
use crate::record::Record;

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
    Definition::new(
        "jsonl",
        "JSON Lines, a complete record per contact",
        |ctx| {
            let config = ctx.options()?;
            Ok(Box::new(JsonlExporter::new(config, ctx.output()?)))
        },
    )
    .alias("ndjson")
    .extension("jsonl")
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
    .splittable()
}

/// Writes contacts as JSON Lines, a record per contact.
///
/// Records come in the order of the contacts. No contact is ever skipped and no text is ever
/// changed. Which keys there are follows from [`RunInfo::facts`] and the [`JsonlConfig`]. Without
/// contacts the file is empty.
///
/// # Examples
///
/// ```
/// use whapi_export::whapi_classify::Change;
/// use whapi_export::whapi_model::{Contact, ContactId};
/// use whapi_export::{
///     ClassifiedContact, Exporter, Facts, Output, OutputTarget, RunEnd, RunInfo,
/// };
/// use whapi_export_jsonl::{JsonlConfig, JsonlExporter};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("contacts.jsonl");
/// let output = Output::new(OutputTarget::Path(path.clone()));
/// let mut exporter = Box::new(JsonlExporter::new(JsonlConfig::default(), output));
///
/// let mut facts = Facts::default();
/// facts.changes = true;
/// let contact = Contact::new(ContactId::parse("447700900101")?);
/// let contact = ClassifiedContact::new(contact).with_change(Change::Added);
/// pollster::block_on(async {
///     exporter.begin(&RunInfo::new().with_facts(facts)).await?;
///     exporter.write_batch(&[contact]).await?;
///     exporter.finish(&RunEnd::complete()).await
/// })?;
/// let line = std::fs::read_to_string(&path)?;
/// assert!(line.ends_with("\"change\":\"added\"}\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct JsonlExporter {
    config: JsonlConfig,
    output: Output,
    facts: Facts,
    /// Lines that are not yet worth a write.
    waiting: Vec<u8>,
}

impl JsonlExporter {
    /// An exporter to `output`. Touches nothing yet.
    pub fn new(config: JsonlConfig, output: Output) -> Self {
        Self {
            config,
            output,
            facts: Facts::default(),
            waiting: Vec::new(),
        }
    }
}

/// Leaves out what is written, which is private.
impl fmt::Debug for JsonlExporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonlExporter")
            .field("target", self.output.target())
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Exporter for JsonlExporter {
    fn needs(&self) -> Needs {
        Needs::default().with_equal_names(true)
    }

    async fn begin(&mut self, run: &RunInfo) -> Result<()> {
        self.facts = run.facts;
        self.output.prepare()
    }

    async fn write_batch(&mut self, batch: &[ClassifiedContact]) -> Result<BatchReport> {
        for contact in batch {
            let shown = contact.display_name();
            let record = Record::of(contact, &shown, self.facts, &self.config);
            serde_json::to_writer(&mut self.waiting, &record).map_err(failed)?;
            self.waiting.push(b'\n');
        }
        self.output.write_blocks(&mut self.waiting)?;
        Ok(BatchReport::written(batch.len()))
    }

    async fn finish(mut self: Box<Self>, _end: &RunEnd) -> Result<Summary> {
        self.output.write_all(&self.waiting)?;
        Ok(self.output.commit()?.into())
    }
}

/// No contact brings this about: every record is made of text, and lines grow in memory. What
/// `serde_json` says may quote a value and is left out.
fn failed(_: serde_json::Error) -> Error {
    Error::new(ErrorKind::Encode, "could not write a record as JSON")
}

#[cfg(test)]
mod tests {
    use whapi_export::{OpenContext, OutputTarget};

    use super::*;

    #[test]
    fn every_field_of_the_config_has_a_spec_in_its_order() {
        let definition = definition();
        let (split, own) = definition.options().split_last().unwrap();
        assert_eq!(split.key, "split");
        let keys: Vec<_> = own.iter().map(|spec| format!("`{}`", spec.key)).collect();
        let ctx = OpenContext::new().with_option("?", "");
        assert_eq!(
            ctx.options::<JsonlConfig>().unwrap_err().to_string(),
            format!("unknown field `?`, expected one of {}", keys.join(", "))
        );
    }

    #[test]
    fn every_default_that_help_shows_is_the_default() {
        for spec in definition().options() {
            let Some(default) = spec.default.as_deref() else {
                // It is not ours to read.
                assert_eq!(spec.key, "split");
                continue;
            };
            let ctx = OpenContext::new().with_option(&spec.key, default);
            assert_eq!(
                ctx.options::<JsonlConfig>().unwrap(),
                JsonlConfig::default()
            );
        }
    }

    #[test]
    fn debug_shows_no_contact() {
        let output = Output::new(OutputTarget::Stdout);
        let mut exporter = JsonlExporter::new(JsonlConfig::default(), output);
        let contacts = whapi_export::conformance::sample_contacts();
        let written = pollster::block_on(exporter.write_batch(&contacts)).unwrap();
        assert_eq!(written.written, 9);
        assert_eq!(
            format!("{exporter:?}"),
            "JsonlExporter { target: Stdout, config: JsonlConfig { phone: Off, about: Off, pictures: Off }, .. }"
        );
    }

    #[test]
    fn may_go_to_another_thread() {
        fn check<T: Send + Sync>() {}
        check::<JsonlConfig>();
        check::<JsonlExporter>();
    }
}
