//! The encoder: a header, and a line per contact.

use std::fmt;

use serde::Deserialize;
use whapi_export::fields::{Cell, Field, NAME_WARNINGS};
use whapi_export::{
    ClassifiedContact, Definition, Encoded, Encoder, FileExporter, Message, Needs, OptionSpec,
    Result, RunInfo, Switch,
};

use whapi_text::plural;

use crate::columns::Columns;
use crate::guard::{is_harmless, make_safe};
use crate::lines::Lines;
use crate::profiles::{Profile, ProfileLayout};
use crate::read_back::read_snapshot;

/// How many bytes a buffer keeps between two contacts: more than ordinary cells need.
const KEPT: usize = 1 << 10;

/// How the CSV is written.
///
/// # Examples
///
/// ```
/// use whapi_export::{OpenContext, Switch};
/// use whapi_export_csv::{Columns, CsvConfig};
///
/// let mut config = CsvConfig::default();
/// assert_eq!(config.formula_guard, Switch::On);
/// config.columns = Columns::All;
///
/// let read: CsvConfig = OpenContext::new().with_option("columns", "all").options()?;
/// assert_eq!(read, config);
/// # Ok::<(), whapi_export::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct CsvConfig {
    /// The program that will open the file. Default: [`Profile::Plain`].
    pub profile: Profile,
    /// Puts `'` in front of text by others that a spreadsheet could take for a formula. Default:
    /// on. Off writes such text unchanged, for programs that need it exact.
    pub formula_guard: Switch,
    /// Which columns there are. Default: those of the profile.
    pub columns: Columns,
}

impl Default for CsvConfig {
    fn default() -> Self {
        Self {
            profile: Profile::default(),
            formula_guard: Switch::On,
            columns: Columns::default(),
        }
    }
}

/// The definition to register: `csv`, with the options of [`CsvConfig`].
///
/// # Examples
///
/// ```
/// let csv = whapi_export_csv::definition();
/// assert_eq!(csv.name(), "csv");
/// assert_eq!(csv.default_file_name().as_deref(), Some("contacts.csv"));
/// ```
pub fn definition() -> Definition {
    let plain = Profile::Plain.layout();
    let more: Vec<_> = plain.optional_columns().map(|column| column.name).collect();
    let more = more.join(", ");
    Definition::file(
        "csv",
        "comma-separated values, a line per contact",
        CsvEncoder::new,
    )
    .extension("csv")
    .read_back(|file| read_snapshot(file))
    .option(
        OptionSpec::new(
            "profile",
            "plain|excel|google|outlook|hubspot|chatwoot",
            "the program that will open the file",
        )
        .default_value("plain"),
    )
    .option(
        OptionSpec::new(
            "formula_guard",
            "on|off",
            "put ' in front of text that a spreadsheet could take for a formula",
        )
        .default_value("on"),
    )
    .option(OptionSpec::new(
        "columns",
        "NAME,…|all",
        format!(
            "these columns, in this order, in place of the profile's; to those of plain and excel \
             `all` adds {more}"
        ),
    ))
}

/// Writes contacts as CSV to a file.
///
/// # Examples
///
/// ```
/// use whapi_export::whapi_model::{Contact, ContactId};
/// use whapi_export::{ClassifiedContact, Exporter, Output, OutputTarget, RunEnd, RunInfo};
/// use whapi_export_csv::{Columns, CsvConfig, CsvEncoder, CsvExporter};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("contacts.csv");
/// let mut config = CsvConfig::default();
/// config.columns = Columns::Only(vec!["phone".into(), "pushname".into()]);
/// let output = Output::new(OutputTarget::Path(path.clone()));
/// let mut exporter = Box::new(CsvExporter::new(CsvEncoder::new(config)?, output));
///
/// let contact = Contact::new(ContactId::parse("4915112345678")?).with_pushname("=1+1");
/// let summary = pollster::block_on(async {
///     exporter.begin(&RunInfo::new()).await?;
///     let report = exporter.write_batch(&[ClassifiedContact::new(contact)]).await?;
///     assert_eq!((report.written, report.altered), (1, 1));
///     exporter.finish(&RunEnd::complete()).await
/// })?;
///
/// assert_eq!(std::fs::read(&path)?, b"phone,pushname\r\n+4915112345678,'=1+1\r\n");
/// assert_eq!(
///     summary.warnings,
///     [
///         "1 cell that a spreadsheet could take for a formula was given an apostrophe; \
///          `csv.formula_guard=off` turns this off."
///     ]
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type CsvExporter = FileExporter<CsvEncoder>;

/// Encodes each contact as one line of CSV, behind a header line.
///
/// No contact is ever skipped. [`Encoded::Written`] counts the cells that were changed, and a warning
/// at the end has a sentence for each reason.
pub struct CsvEncoder {
    layout: &'static ProfileLayout,
    choice: Columns,
    columns: Vec<&'static Field>,
    guard: bool,
    lines: Lines,
    // Buffers, used again for each cell.
    built: String,
    made_safe: String,
    // Cells that were changed, by reason; one cell may count in both.
    guarded: u64,
    cut: u64,
}

impl CsvEncoder {
    /// An encoder of these options.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](whapi_export::ErrorKind::Config) when [`CsvConfig::columns`] names a
    /// column that the profile does not have, one twice, or none at all.
    pub fn new(config: CsvConfig) -> Result<Self> {
        let CsvConfig {
            profile,
            formula_guard,
            columns,
        } = config;
        let layout = profile.layout();
        Ok(Self {
            layout,
            columns: columns.resolve(layout)?,
            choice: columns,
            guard: formula_guard.is_on(),
            lines: Lines::default(),
            built: String::new(),
            made_safe: String::new(),
            guarded: 0,
            cut: 0,
        })
    }
}

/// Leaves out the buffers, which hold contacts.
impl fmt::Debug for CsvEncoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsvEncoder")
            .field("columns", &self.choice)
            .field("guard", &self.guard)
            .finish_non_exhaustive()
    }
}

impl Encoder for CsvEncoder {
    fn needs(&self) -> Needs {
        let warns = |column: &&Field| column.name == NAME_WARNINGS.name;
        Needs::default().with_equal_names(self.columns.iter().any(warns))
    }

    fn header(&mut self, run: &RunInfo, out: &mut Vec<u8>) -> Result<()> {
        let coming = self.choice.coming_with(run.available, self.layout);
        self.columns.extend(coming);
        if self.layout.byte_order_mark {
            out.extend_from_slice("\u{feff}".as_bytes());
        }
        self.lines.begin_line(out);
        for column in &self.columns {
            self.lines.cell(column.name, out);
        }
        self.lines.end_line(out);
        Ok(())
    }

    fn contact(&mut self, contact: &ClassifiedContact, out: &mut Vec<u8>) -> Result<Encoded> {
        let mut altered = 0;
        self.lines.begin_line(out);
        for column in &self.columns {
            self.built.clear();
            match (column.cell)(contact, &mut self.built) {
                Cell::Trusted(text) => Lines::unquoted(text.as_str(), out),
                Cell::Phone(text) => {
                    let phones = self.layout.phones;
                    Lines::unquoted(phones.write(text.as_str(), &mut self.made_safe), out);
                }
                Cell::Untrusted(text) if is_harmless(text, self.guard) => {
                    Lines::unquoted(text, out);
                }
                Cell::Untrusted(text) => {
                    let safe = make_safe(text, self.guard, &mut self.made_safe);
                    self.guarded += u64::from(safe.guarded);
                    self.cut += u64::from(safe.cut);
                    altered += u64::from(safe.guarded || safe.cut);
                    self.lines.cell(safe.text, out);
                }
            }
        }
        self.lines.end_line(out);
        // A result that is split has thousands of these.
        for buffer in [&mut self.built, &mut self.made_safe] {
            if buffer.capacity() > KEPT {
                *buffer = String::new();
            }
        }
        Ok(Encoded::altered(altered))
    }

    fn messages(&self) -> Vec<Message> {
        [guarded_warning(self.guarded), cut_warning(self.cut)]
            .into_iter()
            .flatten()
            .map(Message::Warning)
            .collect()
    }
}

fn guarded_warning(cells: u64) -> Option<String> {
    let what = plural(
        cells,
        "cell that a spreadsheet could take for a formula was",
        "cells that a spreadsheet could take for formulas were",
    );
    (cells > 0).then(|| {
        format!("{cells} {what} given an apostrophe; `csv.formula_guard=off` turns this off.")
    })
}

fn cut_warning(cells: u64) -> Option<String> {
    let noun = plural(cells, "cell", "cells");
    (cells > 0).then(|| {
        format!(
            "{cells} {noun} held NUL characters, at which some readers stop; they were left out."
        )
    })
}

#[cfg(test)]
mod tests {
    use whapi_export::{ErrorKind, OpenContext, OutputTarget};

    use super::*;

    #[track_caller]
    fn check_open(key: &str, value: &str, expected: Result<(), &str>) {
        let ctx = OpenContext::new()
            .with_option(key, value)
            .with_target(OutputTarget::Stdout);
        let found = definition().open(&ctx).map(|_| ());
        let found = found.map_err(|error| {
            assert_eq!(error.kind(), ErrorKind::Config);
            error.to_string()
        });
        assert_eq!(found, expected.map_err(str::to_owned));
    }

    #[test]
    fn options_are_taken_or_refused_by_name() {
        check_open("profile", "plain", Ok(()));
        check_open("formula_guard", "on", Ok(()));
        check_open("formula_guard", "off", Ok(()));
        check_open("columns", "all", Ok(()));
        check_open("columns", " phone , name", Ok(()));
        check_open(
            "profile",
            "fancy",
            Err(
                "option `profile`: unknown variant `fancy`, expected one of `plain`, `excel`, \
                 `google`, `outlook`, `hubspot`, `chatwoot` (format `csv`)",
            ),
        );
        check_open(
            "formula_guard",
            "maybe",
            Err(
                "option `formula_guard`: unknown variant `maybe`, expected `on` or `off` \
                 (format `csv`)",
            ),
        );
        check_open(
            "columns",
            "id,id",
            Err("option `columns`: column `id` is named twice (format `csv`)"),
        );
        check_open(
            "columns",
            " , ",
            Err(
                "option `columns`: no column is named; give a comma list or `all` \
                 (format `csv`)",
            ),
        );
        check_open(
            "header",
            "off",
            Err(
                "unknown option `csv.header`; known: csv.profile, csv.formula_guard, csv.columns, \
                 csv.split",
            ),
        );
    }

    #[test]
    fn warnings_count_in_good_english() {
        assert_eq!(guarded_warning(0), None);
        assert_eq!(
            guarded_warning(2).unwrap(),
            "2 cells that a spreadsheet could take for formulas were given an apostrophe; \
             `csv.formula_guard=off` turns this off."
        );
        assert_eq!(cut_warning(0), None);
        assert_eq!(
            cut_warning(1).unwrap(),
            "1 cell held NUL characters, at which some readers stop; they were left out."
        );
        assert_eq!(
            cut_warning(2).unwrap(),
            "2 cells held NUL characters, at which some readers stop; they were left out."
        );
    }
}
