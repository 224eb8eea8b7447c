//! The workbook: sheets that grow row by row. The only module that uses `rust_xlsxwriter`.

use std::any::Any;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, IgnoreError, Workbook, Worksheet, XlsxError,
};
use whapi_export::fields::Field;
use whapi_export::whapi_classify::Standing;
use whapi_export::{Error, ErrorKind, Output, Result, panics};

use crate::columns::width;

/// Rows that Excel has in a sheet, without the one for the header.
pub(crate) const MOST_ROWS: u32 = 1_048_575;

/// A workbook that is being written. Its rows wait in temporary files without a name.
pub(crate) struct Book {
    workbook: Workbook,
    /// Where the temporary files are.
    folder: PathBuf,
    columns: Vec<&'static Field>,
    text: Format,
    /// What a sheet takes at most, without the header.
    most_rows: u32,
    /// The sheets of each standing, in the order of [`Standing::ALL`]. The last one grows.
    sheets: Vec<Vec<Sheet>>,
}

struct Sheet {
    worksheet: Worksheet,
    /// Rows below the header.
    rows: u32,
}

impl Book {
    /// A workbook with an empty sheet for each standing. Its temporary files are in `folder`.
    pub(crate) fn new(
        columns: Vec<&'static Field>,
        folder: PathBuf,
        most_rows: u32,
    ) -> Result<Self> {
        let mut workbook = Workbook::new();
        workbook.set_properties(&timeless().map_err(failed)?);
        workbook.set_tempdir(&folder).map_err(failed)?;
        let mut book = Self {
            workbook,
            folder,
            columns,
            text: Format::new().set_num_format("@"),
            most_rows,
            sheets: Vec::with_capacity(Standing::ALL.len()),
        };
        for standing in Standing::ALL {
            let first = book.new_sheet(standing, 1)?;
            book.sheets.push(vec![first]);
        }
        Ok(book)
    }

    /// Begins a row below those that the standing has, on a new sheet when the last one is full.
    pub(crate) fn row(&mut self, standing: Standing) -> Result<Row<'_>> {
        let sheets = &self.sheets[standing as usize];
        if sheets.last().is_none_or(|last| last.rows >= self.most_rows) {
            let next = self.new_sheet(standing, sheets.len() + 1)?;
            self.sheets[standing as usize].push(next);
        }
        let sheets = &mut self.sheets[standing as usize];
        let sheet = sheets.last_mut().expect("each standing has a sheet");
        sheet.rows += 1;
        Ok(Row {
            at: (sheet.rows, 0),
            worksheet: &mut sheet.worksheet,
            text: &self.text,
            folder: &self.folder,
        })
    }

    /// The standings with more than one sheet, and how many sheets each has.
    pub(crate) fn continued(&self) -> impl Iterator<Item = (Standing, usize)> {
        let counts = self.sheets.iter().map(Vec::len);
        let all = Standing::ALL.into_iter().zip(counts);
        all.filter(|(_, sheets)| *sheets > 1)
    }

    /// Writes the whole file to `output`.
    pub(crate) fn write(mut self, output: &mut Output) -> Result<()> {
        let last_column = narrow(self.columns.len() - 1);
        for mut sheet in self.sheets.into_iter().flatten() {
            let area = (0, 0, sheet.rows, last_column);
            let worksheet = &mut sheet.worksheet;
            worksheet
                .autofilter(area.0, area.1, area.2, area.3)
                .and_then(|worksheet| {
                    let numbers = IgnoreError::NumberStoredAsText;
                    worksheet.ignore_error_range(area.0, area.1, area.2, area.3, numbers)
                })
                .map_err(failed)?;
            self.workbook.push_worksheet(sheet.worksheet);
        }
        let mut writer = Remembering {
            output,
            error: None,
        };
        let written = shielded(&self.folder, || self.workbook.save_to_writer(&mut writer));
        match writer.error {
            Some(error) => Err(error.into()),
            None => written,
        }
    }

    /// A sheet with its header: the first of a standing, or one that continues it.
    fn new_sheet(&mut self, standing: Standing, nth: usize) -> Result<Sheet> {
        let name = sheet_name(standing, nth);
        let Self {
            workbook,
            folder,
            columns,
            text,
            ..
        } = self;
        let worksheet = shielded(folder, || sheet(workbook, &name, columns, text))?;
        Ok(Sheet { worksheet, rows: 0 })
    }
}

/// A row that is being written, cell by cell from the left.
pub(crate) struct Row<'a> {
    worksheet: &'a mut Worksheet,
    text: &'a Format,
    folder: &'a Path,
    /// Row and column of the next cell.
    at: (u32, u16),
}

impl Row<'_> {
    /// Writes the next cell as a text, which has to [fit](crate::text::fit) already.
    pub(crate) fn cell(&mut self, text: &str) -> Result<()> {
        if !text.is_empty() {
            let (row, column) = self.at;
            shielded(self.folder, || {
                self.worksheet
                    .write_string_with_format(row, column, text, self.text)
                    .map(drop)
            })?;
        }
        self.at.1 += 1;
        Ok(())
    }
}

/// What a sheet of a standing is called: `Saved`, then `Saved 2` and so on.
pub(crate) fn sheet_name(standing: Standing, nth: usize) -> String {
    let first = match standing {
        Standing::Saved => "Saved",
        Standing::Discovered => "Discovered",
        Standing::Unknown => "Unknown",
    };
    if nth == 1 {
        first.to_owned()
    } else {
        format!("{first} {nth}")
    }
}

/// Properties with a fixed time, since the crate would write the present one: the first day that the
/// file format of the outer archive has.
fn timeless() -> Result<DocProperties, XlsxError> {
    let first_day = ExcelDateTime::from_ymd(1980, 1, 1)?;
    Ok(DocProperties::new().set_creation_datetime(&first_day))
}

/// A sheet with its header.
fn sheet(
    workbook: &mut Workbook,
    name: &str,
    columns: &[&'static Field],
    text: &Format,
) -> Result<Worksheet, XlsxError> {
    let header = text.clone().set_bold();
    let mut worksheet = workbook.new_worksheet_with_constant_memory()?;
    worksheet.set_name(name)?;
    worksheet.set_freeze_panes(1, 0)?;
    for (place, column) in columns.iter().enumerate() {
        let place = narrow(place);
        worksheet.set_column_width(place, width(column.name))?;
        // Also for what people type into empty cells.
        worksheet.set_column_format(place, text)?;
        worksheet.write_string_with_format(0, place, column.name, &header)?;
    }
    Ok(worksheet)
}

fn narrow(column: usize) -> u16 {
    u16::try_from(column).expect("there are two dozen columns")
}

/// Calls the crate that writes workbooks. It panics where it cannot write a temporary file, which is
/// in `folder`: that is an error like others here.
fn shielded<T>(folder: &Path, call: impl FnOnce() -> Result<T, XlsxError>) -> Result<T> {
    match panics::catch(call) {
        Ok(done) => done.map_err(failed),
        Err(payload) => Err(stopped(folder, &*payload)),
    }
}

/// What a panic of the crate means.
fn stopped(folder: &Path, payload: &(dyn Any + Send)) -> Error {
    match os_error(payload) {
        Some(cause) => in_folder("write", folder, cause),
        None => Error::new(
            ErrorKind::Destination,
            "could not write the workbook: the library that writes it stopped; please report it",
        ),
    }
}

/// The system's error that made `expect` or `unwrap` panic. Only its number is taken from the text.
fn os_error(payload: &(dyn Any + Send)) -> Option<io::Error> {
    let text = payload.downcast_ref::<String>()?;
    let (_, code) = text.rsplit_once("Os { code: ")?;
    let (code, _) = code.split_once(',')?;
    code.parse().ok().map(io::Error::from_raw_os_error)
}

fn in_folder(what: &str, folder: &Path, cause: io::Error) -> Error {
    let folder = folder.display();
    let message = format!("could not {what} a temporary file in the folder `{folder}`");
    Error::new(ErrorKind::Destination, message).with_source(cause)
}

fn failed(error: XlsxError) -> Error {
    match error {
        XlsxError::TempFileError(folder, cause) => in_folder("create", &folder, cause),
        other => {
            Error::new(ErrorKind::Destination, "could not write the workbook").with_source(other)
        }
    }
}

/// Keeps the error that names the output; the crate would wrap it so that it cannot be taken out.
///
/// After that it takes everything and drops it, because the archive is ended even then, and where
/// that fails, too, the crate prints a line about it.
struct Remembering<'a> {
    output: &'a mut Output,
    error: Option<io::Error>,
}

impl Write for Remembering<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.error.is_some() {
            return Ok(bytes.len());
        }
        self.output.write(bytes).map_err(|error| {
            let kind = error.kind();
            if kind != io::ErrorKind::Interrupted {
                self.error = Some(error);
            }
            kind.into()
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_are_numbered_from_the_second_on() {
        assert_eq!(sheet_name(Standing::Saved, 1), "Saved");
        assert_eq!(sheet_name(Standing::Saved, 2), "Saved 2");
        assert_eq!(sheet_name(Standing::Unknown, 10), "Unknown 10");
    }

    /// A device that is always full, and the words that the crate panics with.
    #[cfg(target_os = "linux")]
    #[test]
    fn the_cause_of_a_panic_is_the_systems_error() {
        let folder = Path::new("out");
        let full = || std::fs::File::options().write(true).open("/dev/full");
        for message in ["Couldn't write to xml file", "Ada, Os { code: 1, "] {
            let error = shielded(folder, || {
                full().unwrap().write_all(b"row").expect(message);
                Ok(())
            });
            check(
                &error.unwrap_err(),
                "could not write a temporary file in the folder `out`",
                Some("No space left on device (os error 28)"),
            );
        }
    }

    #[test]
    fn a_panic_without_such_a_cause_is_not_said_to_be_of_the_disk() {
        let payloads: [Box<dyn Any + Send>; 4] = [
            Box::new("a row"),
            Box::new("Ada: Os { code: none, }".to_owned()),
            Box::new("Ada: Os { code: 28".to_owned()),
            Box::new(28),
        ];
        for payload in payloads {
            check(
                &stopped(Path::new("out"), &*payload),
                "could not write the workbook: the library that writes it stopped; please report it",
                None,
            );
        }
    }

    #[test]
    fn a_folder_without_room_for_temporary_files_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let gone = folder.path().join("gone");
        let error = Book::new(Vec::new(), gone.clone(), MOST_ROWS)
            .err()
            .unwrap();
        let gone = gone.display();
        check(
            &error,
            &format!("could not create a temporary file in the folder `{gone}`"),
            Some(&std::io::Error::from_raw_os_error(2).to_string()),
        );
    }

    #[track_caller]
    fn check(error: &Error, message: &str, cause: Option<&str>) {
        use std::error::Error as _;
        assert_eq!(error.kind(), ErrorKind::Destination);
        assert_eq!(error.to_string(), message);
        let found = error.source().map(ToString::to_string);
        assert_eq!(found.as_deref(), cause);
    }
}
