//! The workbook without its rows. The only module that uses `rust_xlsxwriter`.

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, IgnoreError, Workbook, Worksheet, XlsxError,
};
use whapi_export::fields::Field;
use whapi_export::{Error, ErrorKind, Result};

use crate::columns::width;

/// The number of the text format in the styles of [`template`]: it is the first one used.
pub(crate) const TEXT_STYLE: u8 = 1;

/// A workbook whose sheets have a header and no row.
///
/// `sheets` are names and how many rows will be below the header. The texts of the header are the
/// first ones in the table of texts, in the order of `columns`.
pub(crate) fn template(columns: &[&'static Field], sheets: &[(String, u32)]) -> Result<Vec<u8>> {
    workbook(columns, sheets).map_err(|cause| {
        Error::new(ErrorKind::Destination, "could not write the workbook").with_source(cause)
    })
}

fn workbook(
    columns: &[&'static Field],
    sheets: &[(String, u32)],
) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&timeless()?);
    for (name, rows) in sheets {
        worksheet(workbook.add_worksheet(), name, *rows, columns)?;
    }
    workbook.save_to_buffer()
}

/// Properties with a fixed time, since the crate would write the present one: the first day that the
/// file format of the outer archive has.
fn timeless() -> std::result::Result<DocProperties, XlsxError> {
    let first_day = ExcelDateTime::from_ymd(1980, 1, 1)?;
    Ok(DocProperties::new().set_creation_datetime(&first_day))
}

fn worksheet(
    worksheet: &mut Worksheet,
    name: &str,
    rows: u32,
    columns: &[&'static Field],
) -> std::result::Result<(), XlsxError> {
    let text = Format::new().set_num_format("@");
    let header = text.clone().set_bold();
    let last_column = narrow(columns.len() - 1);
    worksheet
        .set_name(name)?
        .set_freeze_panes(1, 0)?
        .autofilter(0, 0, rows, last_column)?
        .ignore_error_range(0, 0, rows, last_column, IgnoreError::NumberStoredAsText)?
        .set_landscape()
        // One page wide, and as many high as it takes.
        .set_print_fit_to_pages(1, 0)
        .set_repeat_rows(0, 0)?;
    for (place, column) in columns.iter().enumerate() {
        let place = narrow(place);
        worksheet
            .set_column_width(place, width(column.name))?
            // Also for what people type into empty cells.
            .set_column_format(place, &text)?
            .write_string_with_format(0, place, column.name, &header)?;
    }
    Ok(())
}

fn narrow(column: usize) -> u16 {
    u16::try_from(column).expect("there are two dozen columns")
}
