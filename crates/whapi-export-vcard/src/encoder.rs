//! The encoder: a card per contact.

use std::fmt;

use serde::Deserialize;
use whapi_export::{
    ClassifiedContact, Definition, Encoded, Encoder, FileExporter, Message, Needs, OptionSpec,
    Result, Switch,
};
use whapi_text::plural;

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
    Definition::file("vcard", "address book cards that phones import", |config| {
        Ok(VcardEncoder::new(config))
    })
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
    .option(
        OptionSpec::new(
            "note",
            "on|off",
            "a note on each card: why the contact is visible, what may be done with it",
        )
        .default_value("on"),
    )
}

/// The options of the vCard exporter.
///
/// # Examples
///
/// ```
/// use whapi_export::Switch;
/// use whapi_export_vcard::{VcardConfig, VcardVersion};
///
/// let config = VcardConfig::default();
/// assert_eq!((config.version, config.note), (VcardVersion::V3, Switch::On));
/// let config = config.with_version(VcardVersion::V4).with_note(Switch::Off);
/// assert_eq!((config.version, config.note), (VcardVersion::V4, Switch::Off));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct VcardConfig {
    /// The version that every card in the file has. Default: 3.0.
    pub version: VcardVersion,
    /// Whether cards have a `NOTE`. Default: on.
    pub note: Switch,
}

impl Default for VcardConfig {
    fn default() -> Self {
        Self {
            version: VcardVersion::default(),
            note: Switch::On,
        }
    }
}

impl VcardConfig {
    /// Sets [`version`](Self::version).
    pub fn with_version(mut self, version: VcardVersion) -> Self {
        self.version = version;
        self
    }

    /// Sets [`note`](Self::note).
    pub fn with_note(mut self, note: Switch) -> Self {
        self.note = note;
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

/// Writes contacts as vCards to a file.
pub type VcardExporter = FileExporter<VcardEncoder>;

/// Encodes every contact as one card.
///
/// The bytes are UTF-8 with CRLF line ends and no line over 75 octets. The same contacts give the
/// same bytes. Without contacts the file is empty.
///
/// [`Encoded::Written`] counts texts from which control characters were removed; the name counts once
/// although it stands in `FN` and in `N`.
///
/// # Examples
///
/// ```
/// use whapi_export::whapi_model::{Contact, ContactId};
/// use whapi_export::{ClassifiedContact, Encoder, Switch};
/// use whapi_export_vcard::{VcardConfig, VcardEncoder};
///
/// let mut encoder = VcardEncoder::new(VcardConfig::default().with_note(Switch::Off));
/// let contact = Contact::new(ContactId::parse("447700900101")?).with_name("Ada").with_saved(true);
/// let mut card = Vec::new();
/// let _ = encoder.contact(&ClassifiedContact::new(contact), &mut card)?;
/// assert_eq!(
///     String::from_utf8(card)?.lines().collect::<Vec<_>>(),
///     [
///         "BEGIN:VCARD",
///         "VERSION:3.0",
///         "FN:Ada",
///         "N:;Ada;;;",
///         "TEL;TYPE=CELL:+447700900101",
///         "CATEGORIES:WhatsApp saved",
///         "PRODID:-//whapi-export//EN",
///         "UID:urn:uuid:a64719a9-0661-576e-953d-e6d9cf0a24a8",
///         "END:VCARD",
///     ]
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct VcardEncoder {
    config: VcardConfig,
    altered: u64,
}

impl VcardEncoder {
    /// An encoder of these options.
    pub fn new(config: VcardConfig) -> Self {
        Self { config, altered: 0 }
    }
}

impl Encoder for VcardEncoder {
    fn needs(&self) -> Needs {
        // Only notes have the warnings.
        Needs::default().with_equal_names(self.config.note.is_on())
    }

    fn contact(&mut self, contact: &ClassifiedContact, out: &mut Vec<u8>) -> Result<Encoded> {
        let card = Card::of(contact, self.config.note);
        let written = match self.config.version {
            VcardVersion::V3 => Ok(v3::write(&card, out)),
            VcardVersion::V4 => v4::write(&card, out),
        };
        Ok(match written {
            Ok(altered) => {
                self.altered += altered;
                Encoded::altered(altered)
            }
            Err(error) => Encoded::skipped(
                "invalid-vcard",
                format!("vCard 4.0 has no room for this contact: {error}."),
            ),
        })
    }

    fn messages(&self) -> Vec<Message> {
        let altered = self.altered;
        if altered == 0 {
            return Vec::new();
        }
        let texts = plural(altered, "text", "texts");
        vec![Message::Warning(format!(
            "Control characters were left out of {altered} {texts}."
        ))]
    }
}

#[cfg(test)]
mod tests {
    use whapi_export::{Exporter, OpenContext, OutputTarget};

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

    #[test]
    fn versions_read_as_they_are_written() {
        for version in [VcardVersion::V3, VcardVersion::V4] {
            let read = config("version", version.as_str()).unwrap();
            assert_eq!(read, VcardConfig::default().with_version(version));
            assert_eq!(version.to_string(), version.as_str());
        }
    }

    #[test]
    fn only_notes_need_the_names_of_the_whole_list() {
        for (value, needed) in [("on", true), ("off", false)] {
            let encoder = VcardEncoder::new(config("note", value).unwrap());
            assert_eq!(encoder.needs(), Needs::default().with_equal_names(needed));
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
            "unknown option `vcard.photo`; known: vcard.version, vcard.note, vcard.split"
        );
    }
}
