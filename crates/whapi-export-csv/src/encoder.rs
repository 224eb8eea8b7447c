//! The encoder: a header, and a line per contact.

use std::fmt;

use serde::Deserialize;
use whapi_export::fields::{Cell, Field, NAME_WARNINGS};
use whapi_export::{
    ClassifiedContact, Definition, Encoded, Encoder, FileExporter, Message, Needs, OptionSpec,
    Result, RunInfo,
};

use whapi_text::{grouped, plural};

use crate::columns::Columns;
use crate::encoding::Encoding;
use crate::guard::{Guard, is_harmless, make_safe};
use crate::lines::Lines;
use crate::options::{FormulaGuard, Separator};
use crate::profiles::{Limit, Profile, ProfileLayout};
use crate::read_back::read_snapshot;

/// How many bytes a buffer keeps between two contacts: more than ordinary cells need.
const KEPT: usize = 1 << 10;

/// How the CSV is written.
///
/// # Examples
///
/// ```
/// use whapi_export::OpenContext;
/// use whapi_export_csv::{Columns, CsvConfig, FormulaGuard};
///
/// let config = CsvConfig::default();
/// assert_eq!(config.formula_guard, FormulaGuard::Auto);
/// let config = config.with_columns(Columns::All);
///
/// let read: CsvConfig = OpenContext::new().with_option("columns", "all").options()?;
/// assert_eq!(read, config);
/// # Ok::<(), whapi_export::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct CsvConfig {
    /// The program that will open the file. Default: [`Profile::Plain`].
    pub profile: Profile,
    /// The character between cells. Default: [`Separator::Comma`].
    pub separator: Separator,
    /// The encoding of the file. Default: [`Encoding::Utf8`].
    pub encoding: Encoding,
    /// Puts `'` in front of text by others that a spreadsheet could take for a formula. Default:
    /// [`FormulaGuard::Auto`].
    pub formula_guard: FormulaGuard,
    /// Which columns there are. Default: those of the profile.
    pub columns: Columns,
}

impl CsvConfig {
    /// Sets [`profile`](Self::profile).
    pub fn with_profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// Sets [`separator`](Self::separator).
    pub fn with_separator(mut self, separator: Separator) -> Self {
        self.separator = separator;
        self
    }

    /// Sets [`encoding`](Self::encoding).
    pub fn with_encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// Sets [`formula_guard`](Self::formula_guard).
    pub fn with_formula_guard(mut self, guard: FormulaGuard) -> Self {
        self.formula_guard = guard;
        self
    }

    /// Sets [`columns`](Self::columns).
    pub fn with_columns(mut self, columns: Columns) -> Self {
        self.columns = columns;
        self
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
            "separator",
            "comma|semicolon|tab",
            "the character between cells",
        )
        .default_value("comma"),
    )
    .option(
        OptionSpec::new(
            "encoding",
            "utf-8|utf-16le|windows-1252",
            "the encoding of the file; characters that windows-1252 lacks become ?",
        )
        .default_value("utf-8"),
    )
    .option(
        OptionSpec::new(
            "formula_guard",
            "auto|on|off",
            "put ' in front of text that a spreadsheet could take for a formula; auto: in importers' \
             profiles only of text that could call something",
        )
        .default_value("auto"),
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
///
/// # Examples
///
/// ```
/// use whapi_export::whapi_model::{Contact, ContactId};
/// use whapi_export::{ClassifiedContact, Encoder, RunInfo};
/// use whapi_export_csv::{Columns, CsvConfig, CsvEncoder, Separator};
///
/// let columns = Columns::Only(vec!["id".to_owned(), "name".to_owned()]);
/// let config = CsvConfig::default().with_separator(Separator::Semicolon).with_columns(columns);
/// let mut encoder = CsvEncoder::new(config)?;
/// let contact = Contact::new(ContactId::parse("447700900101")?).with_name("=1+1");
///
/// let mut csv = Vec::new();
/// encoder.header(&RunInfo::new(), &mut csv)?;
/// let _ = encoder.contact(&ClassifiedContact::new(contact), &mut csv)?;
/// assert_eq!(csv, b"id;name\r\n447700900101;'=1+1\r\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct CsvEncoder {
    layout: &'static ProfileLayout,
    choice: Columns,
    columns: Vec<&'static Field>,
    guard: Guard,
    encoding: Encoding,
    lines: Lines,
    // Buffers, used again for each cell.
    built: String,
    made_safe: String,
    // A line before it gets an encoding other than UTF-8.
    unencoded: String,
    // Cells that were changed, by reason; one cell may count in both.
    guarded: u64,
    cut: u64,
    /// Characters that the encoding lacks.
    replaced: u64,
    contacts: u64,
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
            separator,
            encoding,
            formula_guard,
            columns,
        } = config;
        let layout = profile.layout();
        let guard = match formula_guard {
            FormulaGuard::Off => Guard::Off,
            FormulaGuard::Auto if layout.for_importer => Guard::Calls,
            FormulaGuard::Auto | FormulaGuard::On => Guard::Formulas(separator),
        };
        Ok(Self {
            layout,
            columns: columns.resolve(layout)?,
            choice: columns,
            guard,
            encoding,
            lines: Lines::new(separator),
            built: String::new(),
            made_safe: String::new(),
            unencoded: String::new(),
            guarded: 0,
            cut: 0,
            replaced: 0,
            contacts: 0,
        })
    }

    /// Gives the text behind `start`, which is UTF-8, the encoding of the file.
    // Cold, so that the common encoding, which needs none of this, has the straight path.
    #[cold]
    fn encode(&mut self, start: usize, out: &mut Vec<u8>) {
        let text = str::from_utf8(&out[start..]).expect("cells are text");
        self.unencoded.push_str(text);
        out.truncate(start);
        self.replaced += self.encoding.append(&self.unencoded, out);
        self.unencoded.clear();
        self.unencoded.shrink_to(KEPT);
    }

    fn write_header(&mut self, out: &mut Vec<u8>) {
        let byte_order_mark = match self.encoding {
            Encoding::Utf8 => self.layout.byte_order_mark,
            Encoding::Utf16Le => true,
            Encoding::Windows1252 => false,
        };
        if byte_order_mark {
            out.extend_from_slice("\u{feff}".as_bytes());
        }
        self.lines.begin_line(out);
        for column in &self.columns {
            self.lines.cell(column.name, out);
        }
        self.lines.end_line(out);
    }

    /// Appends a contact's line, and returns how many cells were changed.
    #[inline]
    fn write_contact(&mut self, contact: &ClassifiedContact, out: &mut Vec<u8>) -> u64 {
        let mut altered = 0;
        let (guard, phones) = (self.guard, self.layout.phones);
        let unquoted = self.lines.unquoted();
        self.lines.begin_line(out);
        for column in &self.columns {
            self.built.clear();
            match (column.cell)(contact, &mut self.built) {
                Cell::Trusted(text) => unquoted.append(text.as_str(), out),
                Cell::Phone(text) => {
                    unquoted.append(phones.write(text.as_str(), &mut self.made_safe), out);
                }
                Cell::Untrusted(text) if is_harmless(text, guard) => unquoted.append(text, out),
                Cell::Untrusted(text) => {
                    let safe = make_safe(text, guard, &mut self.made_safe);
                    self.guarded += u64::from(safe.guarded);
                    self.cut += u64::from(safe.cut);
                    altered += u64::from(safe.guarded || safe.cut);
                    self.lines.cell(safe.text, out);
                }
            }
        }
        self.lines.end_line(out);
        altered
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
        let first = self.choice.coming_first(run.available, self.layout);
        self.columns.splice(0..0, first);
        let start = out.len();
        self.write_header(out);
        if self.encoding != Encoding::Utf8 {
            self.encode(start, out);
        }
        Ok(())
    }

    fn contact(&mut self, contact: &ClassifiedContact, out: &mut Vec<u8>) -> Result<Encoded> {
        self.contacts += 1;
        let start = out.len();
        let altered = self.write_contact(contact, out);
        if self.encoding != Encoding::Utf8 {
            self.encode(start, out);
        }
        // A result that is split has thousands of these.
        for buffer in [&mut self.built, &mut self.made_safe] {
            if buffer.capacity() > KEPT {
                *buffer = String::new();
            }
        }
        Ok(Encoded::altered(altered))
    }

    fn messages(&self) -> Vec<Message> {
        let warnings = [
            guarded_warning(self.guarded),
            cut_warning(self.cut),
            replaced_warning(self.replaced),
            too_many_warning(self.contacts, self.layout.limit),
        ];
        let warnings = warnings.into_iter().flatten();
        warnings.map(Message::Warning).collect()
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

fn replaced_warning(characters: u64) -> Option<String> {
    let what = plural(
        characters,
        "character that windows-1252 lacks",
        "characters that windows-1252 lacks",
    );
    (characters > 0).then(|| {
        format!("{characters} {what} became `?`; `csv.encoding=utf-16le` or `utf-8` keeps all.")
    })
}

fn too_many_warning(contacts: u64, limit: Option<Limit>) -> Option<String> {
    let limit = limit.filter(|limit| contacts > limit.contacts)?;
    Some(format!(
        "{} takes at most {} contacts from a file, and this one has {}; `csv.split={}` writes several \
         files.",
        limit.importer,
        grouped(limit.contacts),
        grouped(contacts),
        limit.contacts
    ))
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
        check_open("separator", "semicolon", Ok(()));
        check_open("encoding", "utf-16le", Ok(()));
        check_open("formula_guard", "auto", Ok(()));
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
            "separator",
            ";",
            Err(
                "option `separator`: unknown variant `;`, expected one of `comma`, `semicolon`, \
                 `tab` (format `csv`)",
            ),
        );
        check_open(
            "encoding",
            "latin1",
            Err(
                "option `encoding`: unknown variant `latin1`, expected one of `utf-8`, `utf-16le`, \
                 `windows-1252` (format `csv`)",
            ),
        );
        check_open(
            "formula_guard",
            "maybe",
            Err(
                "option `formula_guard`: unknown variant `maybe`, expected one of `auto`, `on`, \
                 `off` (format `csv`)",
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
                "unknown option `csv.header`; known: csv.profile, csv.separator, csv.encoding, \
                 csv.formula_guard, csv.columns, csv.split",
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
        assert_eq!(replaced_warning(0), None);
        assert_eq!(
            replaced_warning(1).unwrap(),
            "1 character that windows-1252 lacks became `?`; `csv.encoding=utf-16le` or `utf-8` \
             keeps all."
        );
        assert_eq!(
            replaced_warning(2).unwrap(),
            "2 characters that windows-1252 lacks became `?`; `csv.encoding=utf-16le` or `utf-8` \
             keeps all."
        );
    }
}
