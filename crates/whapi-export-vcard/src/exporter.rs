//! The exporter: batches of contacts to one file.

use std::fmt;
use std::io::Write;

use serde::Deserialize;
use whapi_export::{
    BatchReport, ClassifiedContact, Definition, Exporter, Needs, OpenContext, OptionSpec, Output,
    Result, RunEnd, RunInfo, Skipped, Summary, async_trait,
};

use crate::card::Card;
use crate::{v3, v4};

/// The exporter's definition: `vcard`, also `vcf`.
///
/// # Examples
///
/// ```
/// let definition = whapi_export_vcard::definition();
/// assert!(definition.answers_to("vcf"));
/// assert_eq!(definition.default_file_name().as_deref(), Some("contacts.vcf"));
/// ```
pub fn definition() -> Definition {
    Definition::new(
        "vcard",
        "address book cards that phones import",
        |ctx: &OpenContext| {
            let config = ctx.options()?;
            Ok(Box::new(VcardExporter::new(config, ctx.output()?)))
        },
    )
    .alias("vcf")
    .extension("vcf")
    .option(
        OptionSpec::new(
            "version",
            "3.0|4.0",
            "the vCard version; phones and address books import 3.0 more reliably",
        )
        .default_value(VcardVersion::default().as_str()),
    )
    .splittable()
}

/// The options of the vCard exporter.
///
/// # Examples
///
/// ```
/// use whapi_export_vcard::{VcardConfig, VcardVersion};
///
/// assert_eq!(VcardConfig::default().version, VcardVersion::V3);
/// let config = VcardConfig::default().with_version(VcardVersion::V4);
/// assert_eq!(config.version, VcardVersion::V4);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct VcardConfig {
    /// The version that every card in the file has. Default: 3.0.
    pub version: VcardVersion,
}

impl VcardConfig {
    /// Sets [`version`](Self::version).
    pub fn with_version(mut self, version: VcardVersion) -> Self {
        self.version = version;
        self
    }
}

/// A vCard version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[non_exhaustive]
pub enum VcardVersion {
    /// vCard 3.0, RFC 2426: what importers agree on.
    #[default]
    #[serde(rename = "3.0")]
    V3,
    /// vCard 4.0, RFC 6350: for programs that ask for it. Android's own importer refuses it.
    #[serde(rename = "4.0")]
    V4,
}

impl VcardVersion {
    /// The version as cards and options spell it: `3.0` or `4.0`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V3 => "3.0",
            Self::V4 => "4.0",
        }
    }
}

impl fmt::Display for VcardVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Writes every contact as one card.
///
/// The file is UTF-8 with CRLF line ends and no line over 75 octets. The same contacts give the
/// same bytes. No contacts give an empty file.
///
/// [`BatchReport::altered`] counts texts from which control characters were left out; the name
/// counts once although it stands in `FN` and in `N`.
pub struct VcardExporter {
    config: VcardConfig,
    output: Output,
    /// Cards that are not yet worth a write.
    waiting: Vec<u8>,
    altered: u64,
}

impl VcardExporter {
    /// An exporter to `output`. Touches nothing before [`begin`](Exporter::begin).
    pub fn new(config: VcardConfig, output: Output) -> Self {
        Self {
            config,
            output,
            waiting: Vec::new(),
            altered: 0,
        }
    }

    fn add(&mut self, contact: &ClassifiedContact, report: &mut BatchReport) {
        let card = Card::of(contact);
        let written = match self.config.version {
            VcardVersion::V3 => Ok(v3::write(&card, &mut self.waiting)),
            VcardVersion::V4 => v4::write(&card, &mut self.waiting),
        };
        match written {
            Ok(altered) => {
                report.written += 1;
                report.altered += altered;
            }
            Err(error) => report.skipped.push(Skipped::new(
                contact.id().clone(),
                "invalid-vcard",
                format!("vCard 4.0 has no room for this contact: {error}."),
            )),
        }
    }
}

/// Leaves out the contacts that wait in the buffer.
impl fmt::Debug for VcardExporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VcardExporter")
            .field("config", &self.config)
            .field("target", self.output.target())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Exporter for VcardExporter {
    fn needs(&self) -> Needs {
        Needs::default().with_equal_names(true)
    }

    async fn begin(&mut self, _run: &RunInfo) -> Result<()> {
        self.output.prepare()
    }

    async fn write_batch(&mut self, batch: &[ClassifiedContact]) -> Result<BatchReport> {
        let mut report = BatchReport::default();
        for contact in batch {
            self.add(contact, &mut report);
            self.output.write_blocks(&mut self.waiting)?;
        }
        self.altered += report.altered;
        Ok(report)
    }

    async fn finish(mut self: Box<Self>, _end: &RunEnd) -> Result<Summary> {
        self.output.write_all(&self.waiting)?;
        let summary = Summary::from(self.output.commit()?);
        Ok(match self.altered {
            0 => summary,
            1 => summary.with_warning("Control characters were left out of 1 text."),
            n => summary.with_warning(format!("Control characters were left out of {n} texts.")),
        })
    }
}

#[cfg(test)]
mod tests {
    use whapi_export::OutputTarget;

    use super::*;

    fn config(key: &str, value: &str) -> Result<VcardConfig> {
        OpenContext::new().with_option(key, value).options()
    }

    fn open(key: &str, value: &str) -> Result<Box<dyn Exporter>> {
        let ctx = OpenContext::new()
            .with_target(OutputTarget::Stdout)
            .with_option(key, value);
        definition().open(&ctx)
    }

    /// serde lists a struct's fields when it meets one that it does not know.
    fn config_fields() -> Vec<String> {
        let message = config("?", "").unwrap_err().to_string();
        let quoted = message.split('`').skip(1).step_by(2);
        quoted.skip(1).map(str::to_owned).collect()
    }

    #[test]
    fn every_field_has_an_option_and_every_option_a_field() {
        let keys: Vec<_> = definition()
            .options()
            .iter()
            .map(|spec| spec.key.clone())
            .collect();
        assert_eq!(keys, [config_fields(), vec!["split".to_owned()]].concat());
        assert_eq!(keys, ["version", "split"]);
    }

    #[test]
    fn every_option_is_accepted_with_its_default_and_every_value_it_names() {
        for spec in definition().options() {
            let Some(default) = spec.default.as_deref() else {
                // It is not ours to read.
                assert_eq!(spec.key, "split");
                continue;
            };
            open(&spec.key, default).unwrap();
            assert_eq!(config(&spec.key, default).unwrap(), VcardConfig::default());
            for value in spec.value_name.split('|') {
                open(&spec.key, value).unwrap();
            }
        }
    }

    #[test]
    fn versions_read_as_they_are_written() {
        for version in [VcardVersion::V3, VcardVersion::V4] {
            let read = config("version", version.as_str()).unwrap();
            assert_eq!(read, VcardConfig::default().with_version(version));
            assert_eq!(version.to_string(), version.as_str());
        }
    }

    #[test]
    fn other_versions_and_options_are_refused_by_name() {
        let message = |key, value| open(key, value).err().unwrap().to_string();
        assert_eq!(
            message("version", "2.1"),
            "option `version`: unknown variant `2.1`, expected `3.0` or `4.0` (format `vcard`)"
        );
        assert_eq!(
            message("photo", "on"),
            "unknown option `vcard.photo`; known: vcard.version, vcard.split"
        );
    }

    #[test]
    fn can_be_moved_to_another_thread() {
        fn is_send_and_sync<T: Send + Sync>() {}
        is_send_and_sync::<VcardConfig>();
        is_send_and_sync::<VcardExporter>();
    }
}
