//! The exporter: a row per contact, a workbook that appears when it is complete.

use std::fmt;
use std::path::Path;

use whapi_export::table::Field;
use whapi_export::whapi_classify::Standing;
use whapi_export::{
    BatchReport, ClassifiedContact, Definition, Error, ErrorKind, Exporter, Needs, Output,
    OutputTarget, Result, RunEnd, RunInfo, Skipped, Summary, async_trait,
};

use crate::book::{Book, MOST_ROWS, title};
use crate::columns::columns;
use crate::text::fit;

/// The definition to register: `xlsx`, without options.
///
/// # Examples
///
/// ```
/// let xlsx = whapi_export_xlsx::definition();
/// assert_eq!(xlsx.name(), "xlsx");
/// assert_eq!(xlsx.default_file_name().as_deref(), Some("contacts.xlsx"));
/// ```
pub fn definition() -> Definition {
    Definition::new("xlsx", "an Excel workbook, a sheet per standing", |ctx| {
        Ok(Box::new(XlsxExporter::new(ctx.output()?)))
    })
    .extension("xlsx")
}

/// Writes contacts as an Excel workbook, a row per contact.
///
/// The three sheets are always there, an empty one with its header. Which columns there are follows
/// from [`RunInfo::facts`]. A contact is skipped, with the code `sheet-full`, when its sheet has
/// 1,048,575 others. [`BatchReport::altered`] counts the cells that were changed, and the [`Summary`]
/// says so in a sentence for each reason.
///
/// Rows wait in temporary files without a name, in the folder of the output (for standard output, in
/// the system's folder for those), so memory does not grow with the contacts.
///
/// # Examples
///
/// ```
/// use whapi_export::whapi_model::{Contact, ContactId};
/// use whapi_export::{ClassifiedContact, Exporter, Output, OutputTarget, RunEnd, RunInfo};
/// use whapi_export_xlsx::XlsxExporter;
///
/// let folder = tempfile::tempdir()?;
/// let output = Output::new(OutputTarget::Path(folder.path().join("contacts.xlsx")));
/// let mut exporter = Box::new(XlsxExporter::new(output));
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
    pub fn new(output: Output) -> Self {
        Self {
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
        self.columns = columns(run.facts);
        self.book = Some(Book::new(&self.columns, folder_of(self.output.target()))?);
        Ok(())
    }

    async fn write_batch(&mut self, batch: &[ClassifiedContact]) -> Result<BatchReport> {
        let book = self.book.as_mut().ok_or_else(not_begun)?;
        let mut report = BatchReport::default();
        for contact in batch {
            let standing = contact.standing();
            if book.rows(standing) >= self.most_rows {
                report.skipped.push(no_room_for(contact, standing));
                continue;
            }
            let mut row = book.row(standing);
            for column in &self.columns {
                self.built.clear();
                let cell = (column.cell)(contact, &mut self.built);
                let fitting = fit(cell.text());
                row.cell(&fitting.text)?;
                self.cleaned += u64::from(fitting.cleaned);
                self.cut += u64::from(fitting.cut);
                report.altered += u64::from(fitting.cleaned || fitting.cut);
            }
            report.written += 1;
        }
        Ok(report)
    }

    async fn finish(mut self: Box<Self>, _end: &RunEnd) -> Result<Summary> {
        let book = self.book.take().ok_or_else(not_begun)?;
        book.write(&mut self.output)?;
        let mut summary = Summary::from(self.output.commit()?);
        summary.warnings.extend(cleaned_warning(self.cleaned));
        summary.warnings.extend(cut_warning(self.cut));
        Ok(summary)
    }
}

/// The folder of a file; `None` for standard output.
fn folder_of(target: &OutputTarget) -> Option<&Path> {
    match target {
        OutputTarget::Path(path) => {
            let folder = path.parent()?;
            let here = folder.as_os_str().is_empty();
            Some(if here { Path::new(".") } else { folder })
        }
        _ => None,
    }
}

fn not_begun() -> Error {
    Error::new(ErrorKind::Encode, "the workbook was not begun")
}

fn no_room_for(contact: &ClassifiedContact, standing: Standing) -> Skipped {
    let title = title(standing);
    let reason = format!("The sheet {title} is full: Excel takes no more than 1,048,576 rows.");
    Skipped::new(contact.id().clone(), "sheet-full", reason)
}

fn cleaned_warning(cells: u64) -> Option<String> {
    let what = cells_that(cells)?;
    Some(format!(
        "{what} held control characters that a workbook cannot hold; they were left out, and line \
         ends became LF."
    ))
}

fn cut_warning(cells: u64) -> Option<String> {
    let what = cells_that(cells)?;
    let were = if cells == 1 { "was" } else { "were" };
    Some(format!(
        "{what} held more than the 32,767 characters that Excel takes, and {were} cut."
    ))
}

fn cells_that(cells: u64) -> Option<String> {
    match cells {
        0 => None,
        1 => Some("1 cell".to_owned()),
        more => Some(format!("{more} cells")),
    }
}

#[cfg(test)]
mod tests {
    use whapi_export::conformance::sample_contacts;

    use super::*;

    fn exporter(path: &Path) -> Box<XlsxExporter> {
        let output = Output::new(OutputTarget::Path(path.to_owned()));
        Box::new(XlsxExporter::new(output))
    }

    #[test]
    fn those_for_whom_a_sheet_has_no_room_are_skipped_with_a_reason() {
        let folder = tempfile::tempdir().unwrap();
        let mut exporter = exporter(&folder.path().join("contacts.xlsx"));
        exporter.most_rows = 2;
        let contacts = sample_contacts();
        let report = pollster::block_on(async {
            exporter.begin(&RunInfo::new()).await.unwrap();
            exporter.write_batch(&contacts).await.unwrap()
        });
        let skipped: Vec<_> = report
            .skipped
            .iter()
            .map(|skipped| (skipped.id.as_str(), skipped.code, skipped.reason.as_str()))
            .collect();
        let discovered = "The sheet Discovered is full: Excel takes no more than 1,048,576 rows.";
        assert_eq!(
            skipped,
            [
                ("447700900004", "sheet-full", discovered),
                (
                    "447700900006@s.whatsapp.net",
                    "sheet-full",
                    "The sheet Saved is full: Excel takes no more than 1,048,576 rows."
                ),
                ("84958372615243@lid", "sheet-full", discovered),
            ]
        );
        assert_eq!((report.written, report.contacts()), (6, 9));
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
        let target = |path: &str| OutputTarget::Path(path.into());
        let folder = |path: &str| folder_of(&target(path)).map(Path::to_owned);
        assert_eq!(folder("out/a.xlsx").unwrap(), Path::new("out"));
        assert_eq!(folder("a.xlsx").unwrap(), Path::new("."));
        assert_eq!(folder_of(&OutputTarget::Stdout), None);
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
        let exporter = XlsxExporter::new(Output::new(OutputTarget::Stdout));
        assert_eq!(
            format!("{exporter:?}"),
            "XlsxExporter { target: Stdout, .. }"
        );
    }

    #[test]
    fn may_go_to_another_thread() {
        fn check<T: Send + Sync>() {}
        check::<XlsxExporter>();
    }
}
