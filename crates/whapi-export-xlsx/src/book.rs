//! The workbook: three sheets that grow row by row. Nothing else knows the crate that writes it.

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, IgnoreError, Workbook, Worksheet, XlsxError,
};
use whapi_export::table::Field;
use whapi_export::whapi_classify::Standing;
use whapi_export::{Error, ErrorKind, Output, Result};

use crate::columns::width;

/// Rows that Excel has in a sheet, without the one for the header.
pub(crate) const MOST_ROWS: u32 = 1_048_575;

/// A workbook that is being written. Its rows wait in temporary files without a name.
pub(crate) struct Book {
    workbook: Workbook,
    /// In the order of [`Standing::ALL`].
    sheets: Vec<Sheet>,
    columns: u16,
    text: Format,
}

struct Sheet {
    worksheet: Worksheet,
    /// Rows below the header.
    rows: u32,
}

impl Book {
    /// A workbook with empty sheets. Its temporary files are in `folder`, or where the system has
    /// them.
    pub(crate) fn new(columns: &[&'static Field], folder: Option<&Path>) -> Result<Self> {
        let mut workbook = Workbook::new();
        workbook.set_properties(&timeless().map_err(failed)?);
        if let Some(folder) = folder {
            workbook.set_tempdir(folder).map_err(failed)?;
        }
        let text = Format::new().set_num_format("@");
        let mut sheets = Vec::with_capacity(Standing::ALL.len());
        for standing in Standing::ALL {
            let worksheet = shielded(|| sheet(&mut workbook, title(standing), columns, &text))?;
            sheets.push(Sheet { worksheet, rows: 0 });
        }
        Ok(Self {
            workbook,
            sheets,
            columns: narrow(columns.len()),
            text,
        })
    }

    /// How many contacts the sheet of a standing has.
    pub(crate) fn rows(&self, standing: Standing) -> u32 {
        self.sheets[standing as usize].rows
    }

    /// Begins a row of a sheet, below those that it has.
    pub(crate) fn row(&mut self, standing: Standing) -> Row<'_> {
        let sheet = &mut self.sheets[standing as usize];
        sheet.rows += 1;
        Row {
            at: (sheet.rows, 0),
            worksheet: &mut sheet.worksheet,
            text: &self.text,
        }
    }

    /// Writes the whole file to `output`.
    pub(crate) fn write(mut self, output: &mut Output) -> Result<()> {
        let last_column = self.columns - 1;
        for mut sheet in self.sheets {
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
        let written = shielded(|| self.workbook.save_to_writer(&mut writer));
        match writer.error {
            Some(error) => Err(error.into()),
            None => written,
        }
    }
}

/// A row that is being written, cell by cell from the left.
pub(crate) struct Row<'a> {
    worksheet: &'a mut Worksheet,
    text: &'a Format,
    /// Row and column of the next cell.
    at: (u32, u16),
}

impl Row<'_> {
    /// Writes the next cell as a text, which has to [fit](crate::text::fit) already.
    pub(crate) fn cell(&mut self, text: &str) -> Result<()> {
        if !text.is_empty() {
            let (row, column) = self.at;
            shielded(|| {
                self.worksheet
                    .write_string_with_format(row, column, text, self.text)
                    .map(drop)
            })?;
        }
        self.at.1 += 1;
        Ok(())
    }
}

/// What the sheet of a standing is called.
pub(crate) fn title(standing: Standing) -> &'static str {
    match standing {
        Standing::Saved => "Saved",
        Standing::Discovered => "Discovered",
        Standing::Unknown => "Unknown",
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
    title: &str,
    columns: &[&'static Field],
    text: &Format,
) -> Result<Worksheet, XlsxError> {
    let header = text.clone().set_bold();
    let mut worksheet = workbook.new_worksheet_with_constant_memory()?;
    worksheet.set_name(title)?;
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

/// Calls the crate that writes workbooks. It panics where it cannot write a temporary file, as on a
/// full disk; that is an error like others here.
fn shielded<T>(call: impl FnOnce() -> Result<T, XlsxError>) -> Result<T> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(done) => done.map_err(failed),
        Err(_) => Err(Error::new(
            ErrorKind::Destination,
            "could not write a temporary file of the workbook; is the disk full?",
        )),
    }
}

fn failed(error: XlsxError) -> Error {
    Error::new(ErrorKind::Destination, "could not write the workbook").with_source(error)
}

/// Keeps the error that names the output; the crate would wrap it until nobody can take it out.
///
/// After that it takes everything and drops it, because the archive is ended even then, and where
/// that fails, too, a line about it is printed that nobody asked for.
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
