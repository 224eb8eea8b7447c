//! The exporter: a row per contact, a workbook that appears when it is complete.

use std::fmt;
use std::path::{Path, PathBuf};

use whapi_export::fields::Field;
use whapi_export::{
    BatchReport, ClassifiedContact, Definition, Error, ErrorKind, Exporter, Needs, OptionSpec,
    Output, OutputTarget, Result, RunEnd, RunInfo, Summary, async_trait,
};
use whapi_text::{counted, plural};

use crate::archive::has_rows;
use crate::columns::columns;
use crate::options::{XlsxConfig, XlsxSheets};
use crate::text::fit;
use crate::workbook::{Book, MOST_ROWS, sheet_name};

/// The definition to register: `xlsx`.
///
/// # Examples
///
/// ```
/// let xlsx = whapi_export_xlsx::definition();
/// assert_eq!(xlsx.name(), "xlsx");
/// assert_eq!(xlsx.default_file_name().as_deref(), Some("contacts.xlsx"));
/// ```
pub fn definition() -> Definition {
    Definition::new(
        "xlsx",
        "an Excel workbook in which text stays text",
        |ctx| Ok(Box::new(XlsxExporter::new(ctx.options()?, ctx.output()?))),
    )
    .extension("xlsx")
    .option(
        OptionSpec::new(
            "sheets",
            "one|standing",
            "one sheet, `Contacts`, or a sheet for each standing that has contacts",
        )
        .default_value(XlsxSheets::default().as_str()),
    )
}

/// Writes contacts as an Excel workbook, a row per contact.
///
/// The contacts are on one sheet, `Contacts`, or by [`XlsxConfig::sheets`] on one for each standing
/// that has contacts. Without contacts the sheet `Contacts` has the header alone. Which columns there
/// are follows from [`RunInfo::available`]. A sheet takes 1,048,575 contacts; those after them go into
/// `Contacts 2`, `Contacts 3` and so on, and a warning of the [`Summary`] says so.
/// [`BatchReport::altered`] counts the cells that were changed, and the summary says so in a sentence
/// for each reason.
///
/// Rows and texts wait in temporary files without a name, in the folder of the output (for standard
/// output, in the system's folder for those), so memory does not grow with the contacts.
///
/// # Examples
///
/// ```
/// use whapi_export::whapi_model::{Contact, ContactId};
/// use whapi_export::{ClassifiedContact, Exporter, Output, OutputTarget, RunEnd, RunInfo};
/// use whapi_export_xlsx::{XlsxConfig, XlsxExporter};
///
/// let folder = tempfile::tempdir()?;
/// let output = Output::new(OutputTarget::Path(folder.path().join("contacts.xlsx")));
/// let mut exporter = Box::new(XlsxExporter::new(XlsxConfig::default(), output));
///
/// let contact = Contact::new(ContactId::parse("447700900101")?).with_pushname("A\0da");
/// let summary = pollster::block_on(async {
///     exporter.begin(&RunInfo::new()).await?;
///     let report = exporter.write_batch(&[ClassifiedContact::new(contact)]).await?;
///     assert_eq!((report.written, report.altered), (1, 2));
///     exporter.finish(&RunEnd::complete()).await
/// })?;
/// assert_eq!(
///     summary.warnings,
///     [
///         "2 cells held control characters that a workbook cannot hold; they were left out, and \
///          line ends became LF."
///     ]
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct XlsxExporter {
    config: XlsxConfig,
    output: Output,
    columns: Vec<&'static Field>,
    /// `None` before `begin`.
    book: Option<Book>,
    /// Lower in tests.
    most_rows: u32,
    /// A cell's text; used again for the next.
    built: String,
    // Cells that were changed, by reason; one cell may count in both.
    cleaned: u64,
    cut: u64,
}

impl XlsxExporter {
    /// An exporter to `output`. Touches nothing yet.
    pub fn new(config: XlsxConfig, output: Output) -> Self {
        Self {
            config,
            output,
            columns: Vec::new(),
            book: None,
            most_rows: MOST_ROWS,
            built: String::new(),
            cleaned: 0,
            cut: 0,
        }
    }
}

/// Leaves out what is written, which is private.
impl fmt::Debug for XlsxExporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("XlsxExporter")
            .field("target", self.output.target())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Exporter for XlsxExporter {
    fn needs(&self) -> Needs {
        Needs::default().with_equal_names(true)
    }

    async fn begin(&mut self, run: &RunInfo) -> Result<()> {
        self.output.prepare()?;
        self.columns = columns(run.available);
        let folder = folder_of(self.output.target());
        let (sheets, columns) = (self.config.sheets, self.columns.clone());
        self.book = Some(Book::new(sheets, columns, folder, self.most_rows)?);
        Ok(())
    }

    async fn write_batch(&mut self, batch: &[ClassifiedContact]) -> Result<BatchReport> {
        let book = self.book.as_mut().ok_or_else(not_begun)?;
        let mut report = BatchReport::default();
        for contact in batch {
            let mut row = book.row(contact.standing())?;
            for column in &self.columns {
                self.built.clear();
                let cell = (column.cell)(contact, &mut self.built);
                let fitting = fit(cell.text());
                row.cell(&fitting.text)?;
                self.cleaned += u64::from(fitting.cleaned);
                self.cut += u64::from(fitting.cut);
                report.altered += u64::from(fitting.cleaned || fitting.cut);
            }
            row.end()?;
            report.written += 1;
        }
        Ok(report)
    }

    async fn existing(&mut self, _: &RunEnd) -> Result<Option<String>> {
        Ok(match self.output.target() {
            OutputTarget::Path(path) if has_rows(path) => self.output.existing(0),
            _ => None,
        })
    }

    async fn finish(mut self: Box<Self>, _end: &RunEnd) -> Result<Summary> {
        let book = self.book.take().ok_or_else(not_begun)?;
        let continued = book.continued();
        let continued: Vec<_> = continued
            .map(|(name, sheets)| continued_warning(name, sheets))
            .collect();
        book.write(&mut self.output)?;
        let mut summary = Summary::from(self.output.commit()?);
        summary.warnings.extend(continued);
        summary.warnings.extend(cleaned_warning(self.cleaned));
        summary.warnings.extend(cut_warning(self.cut));
        Ok(summary)
    }
}

/// The folder of a file, or the system's for temporary files for standard output.
fn folder_of(target: &OutputTarget) -> PathBuf {
    match target {
        OutputTarget::Path(path) | OutputTarget::Staging(path) => match path.parent() {
            Some(folder) if folder != Path::new("") => folder.to_owned(),
            _ => PathBuf::from("."),
        },
        _ => std::env::temp_dir(),
    }
}

fn not_begun() -> Error {
    Error::new(ErrorKind::Encode, "the workbook was not begun")
}

fn continued_warning(first: &str, sheets: usize) -> String {
    let mut others = sheet_name(first, 2);
    if sheets > 2 {
        others = format!("{others} to {}", sheet_name(first, sheets));
    }
    format!(
        "The sheet {first} is full, since Excel takes no more than 1,048,576 rows; its other contacts \
         are in {others}."
    )
}

fn cleaned_warning(cells: u64) -> Option<String> {
    (cells > 0).then(|| {
        format!(
            "{} held control characters that a workbook cannot hold; they were left out, and line \
             ends became LF.",
            counted(cells, "cell")
        )
    })
}

fn cut_warning(cells: u64) -> Option<String> {
    (cells > 0).then(|| {
        format!(
            "{} held more than the 32,767 characters that Excel takes, and {} cut.",
            counted(cells, "cell"),
            plural(cells, "was", "were")
        )
    })
}

#[cfg(test)]
mod tests {
    use calamine::{Data, Reader, Xlsx, open_workbook};
    use whapi_export::conformance::sample_contacts;

    use super::*;

    fn exporter(path: &Path) -> Box<XlsxExporter> {
        let output = Output::new(OutputTarget::Path(path.to_owned()));
        Box::new(XlsxExporter::new(XlsxConfig::default(), output))
    }

    /// The ids on each sheet, by a reader that is not ours.
    fn ids(path: &Path) -> Vec<(String, Vec<String>)> {
        let mut workbook: Xlsx<_> = open_workbook(path).unwrap();
        let names = workbook.sheet_names();
        let sheets = names.into_iter().map(|name| {
            let cells = workbook.worksheet_range(&name).unwrap();
            assert_eq!(cells.get((0, 2)), Some(&Data::String("id".to_owned())));
            let rows = cells.rows().skip(1);
            (name, rows.map(|row| row[2].to_string()).collect())
        });
        sheets.collect()
    }

    /// Exports the sample contacts several times over, with room for so few on a sheet.
    fn with_little_room(
        sheets: XlsxSheets,
        most_rows: u32,
        times: usize,
    ) -> (Vec<(String, Vec<String>)>, Summary) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("contacts.xlsx");
        let mut exporter = exporter(&path);
        exporter.config = XlsxConfig::default().with_sheets(sheets);
        exporter.most_rows = most_rows;
        let contacts = vec![sample_contacts(); times].concat();
        let summary = pollster::block_on(async {
            exporter.begin(&RunInfo::new()).await.unwrap();
            let report = exporter.write_batch(&contacts).await.unwrap();
            assert_eq!(report, BatchReport::written(contacts.len()));
            exporter.finish(&RunEnd::complete()).await.unwrap()
        });
        (ids(&path), summary)
    }

    fn names(sheets: &[(String, Vec<String>)]) -> Vec<&str> {
        sheets.iter().map(|(name, _)| name.as_str()).collect()
    }

    fn rows(sheets: &[(String, Vec<String>)]) -> Vec<usize> {
        sheets.iter().map(|(_, ids)| ids.len()).collect()
    }

    #[test]
    fn what_a_sheet_has_no_room_for_is_on_the_next() {
        let (sheets, summary) = with_little_room(XlsxSheets::One, 4, 1);
        assert_eq!(names(&sheets), ["Contacts", "Contacts 2", "Contacts 3"]);
        assert_eq!(rows(&sheets), [4, 4, 1]);
        let ids: Vec<_> = sheets.into_iter().flat_map(|(_, ids)| ids).collect();
        let contacts = sample_contacts();
        let expected: Vec<_> = contacts.iter().map(|of| of.id().as_str()).collect();
        assert_eq!(ids, expected);
        assert_eq!(
            summary.warnings,
            [
                "The sheet Contacts is full, since Excel takes no more than 1,048,576 rows; its other \
                 contacts are in Contacts 2 to Contacts 3."
            ]
        );
    }

    #[test]
    fn each_standing_is_continued_behind_its_sheet() {
        let (sheets, summary) = with_little_room(XlsxSheets::Standing, 2, 1);
        let (all, _) = with_little_room(XlsxSheets::Standing, MOST_ROWS, 1);
        assert_eq!(
            names(&sheets),
            ["Saved", "Saved 2", "Discovered", "Discovered 2", "Unknown"]
        );
        let of = |name: &str| {
            let sheets = sheets.iter().filter(|(sheet, _)| sheet.starts_with(name));
            sheets.flat_map(|(_, ids)| ids.clone()).collect::<Vec<_>>()
        };
        for (name, ids) in &all {
            assert_eq!(of(name), *ids, "{name}");
        }
        assert_eq!(rows(&sheets), [2, 1, 2, 2, 2]);
        assert_eq!(
            summary.warnings,
            [
                "The sheet Saved is full, since Excel takes no more than 1,048,576 rows; its other \
                 contacts are in Saved 2.",
                "The sheet Discovered is full, since Excel takes no more than 1,048,576 rows; its \
                 other contacts are in Discovered 2."
            ]
        );
    }

    #[test]
    fn a_sheet_that_is_just_full_is_not_continued() {
        let (sheets, summary) = with_little_room(XlsxSheets::Standing, 4, 1);
        assert_eq!(rows(&sheets), [3, 4, 2]);
        assert_eq!(summary.warnings, [""; 0]);
        let (sheets, summary) = with_little_room(XlsxSheets::One, 9, 1);
        assert_eq!(rows(&sheets), [9]);
        assert_eq!(summary.warnings, [""; 0]);
    }

    #[test]
    fn there_are_as_many_sheets_as_it_takes() {
        let (sheets, summary) = with_little_room(XlsxSheets::Standing, 1, 5);
        let names = names(&sheets);
        assert_eq!(names.len(), 45);
        assert_eq!(names[14..16], ["Saved 15", "Discovered"]);
        assert!(sheets.iter().all(|(_, ids)| ids.len() == 1));
        assert_eq!(
            summary.warnings[0],
            "The sheet Saved is full, since Excel takes no more than 1,048,576 rows; its other \
             contacts are in Saved 2 to Saved 15."
        );
    }

    #[test]
    fn without_begin_there_is_nothing_to_write() {
        let folder = tempfile::tempdir().unwrap();
        let mut exporter = exporter(&folder.path().join("contacts.xlsx"));
        let written = pollster::block_on(exporter.write_batch(&sample_contacts()));
        assert_eq!(
            written.unwrap_err().to_string(),
            "the workbook was not begun"
        );
        let finished = pollster::block_on(exporter.finish(&RunEnd::complete()));
        assert_eq!(
            finished.unwrap_err().to_string(),
            "the workbook was not begun"
        );
    }

    #[test]
    fn temporary_files_are_where_the_output_is() {
        let folder = |path: &str| folder_of(&OutputTarget::Path(path.into()));
        assert_eq!(folder("out/a.xlsx"), Path::new("out"));
        assert_eq!(folder("a.xlsx"), Path::new("."));
        assert_eq!(folder_of(&OutputTarget::Stdout), std::env::temp_dir());
    }

    #[test]
    fn warnings_count_in_good_english() {
        assert_eq!((cleaned_warning(0), cut_warning(0)), (None, None));
        assert_eq!(
            cleaned_warning(1).unwrap(),
            "1 cell held control characters that a workbook cannot hold; they were left out, and \
             line ends became LF."
        );
        assert_eq!(
            cut_warning(1).unwrap(),
            "1 cell held more than the 32,767 characters that Excel takes, and was cut."
        );
        assert_eq!(
            cut_warning(2).unwrap(),
            "2 cells held more than the 32,767 characters that Excel takes, and were cut."
        );
    }

    #[test]
    fn debug_shows_no_contact() {
        let output = Output::new(OutputTarget::Stdout);
        let exporter = XlsxExporter::new(XlsxConfig::default(), output);
        assert_eq!(
            format!("{exporter:?}"),
            "XlsxExporter { target: Stdout, .. }"
        );
    }
}
