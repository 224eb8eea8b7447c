//! The file: the template's archive, with the rows and the texts put in.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Write};
use std::path::Path;

use whapi_export::{Error, ErrorKind, Output, Result};
use zip::read::ZipArchive;
use zip::result::ZipError;
use zip::write::{SimpleFileOptions, StreamWriter, ZipWriter};
use zip::{CompressionMethod, DateTime};

use crate::spool::Spool;
use crate::strings::SharedStrings;

/// Above this many bytes, a part of the archive has sizes of 64 bits. 32 bits suffice for 4 GiB, but a
/// part that cannot be compressed gets a little larger.
const LARGE: u64 = 0xf000_0000;

/// How much of a sheet is looked at for its second row.
const HEADER: u64 = 1 << 20;

/// What a sheet of the template gets.
pub(crate) struct SheetRows {
    /// The XML of its rows below the header.
    pub(crate) rows: Spool,
    /// The last cell that it has, such as `M10`.
    pub(crate) last_cell: String,
}

/// Writes a workbook: a template, the rows of its sheets in their order, and the texts of all cells.
pub(crate) fn write(
    template: Vec<u8>,
    sheets: Vec<SheetRows>,
    strings: SharedStrings,
    output: &mut Output,
) -> Result<()> {
    let mut writer = Remembering {
        output,
        error: None,
    };
    let written = write_parts(template, sheets, strings, &mut writer);
    match writer.error {
        Some(error) => Err(error.into()),
        None => written,
    }
}

fn write_parts(
    template: Vec<u8>,
    sheets: Vec<SheetRows>,
    strings: SharedStrings,
    writer: &mut Remembering<'_>,
) -> Result<()> {
    let mut template = ZipArchive::new(Cursor::new(template)).map_err(failed)?;
    let mut archive = Archive {
        zip: ZipWriter::new_stream(writer),
    };
    let (mut sheets, mut strings) = (sheets.into_iter(), Some(strings));
    // The sheets stand in the archive in their order.
    for place in 0..template.len() {
        let mut part = template.by_index(place).map_err(failed)?;
        let name = part.name().map_err(failed)?.into_owned();
        let mut xml = String::new();
        part.read_to_string(&mut xml)
            .map_err(|cause| failed(cause.into()))?;
        if name.starts_with("xl/worksheets/sheet") {
            let sheet = sheets.next().ok_or_else(|| unexpected(&name))?;
            let (start, end) =
                around_rows(&xml, &sheet.last_cell).ok_or_else(|| unexpected(&name))?;
            archive.part(&name, &start, Some(sheet.rows), end)?;
        } else if name == "xl/sharedStrings.xml" {
            let strings = strings.take().ok_or_else(|| unexpected(&name))?;
            let (start, items, end) = strings.into_parts();
            archive.part(&name, &start, Some(items), end)?;
        } else {
            archive.part(&name, &xml, None, "")?;
        }
    }
    archive.zip.finish().map_err(failed)?;
    if sheets.next().is_some() || strings.is_some() {
        return Err(unexpected("[Content_Types].xml"));
    }
    Ok(())
}

/// Whether a file has contacts: another file than a workbook, or a sheet with a second row.
pub(crate) fn has_rows(path: &Path) -> bool {
    let Ok(file) = File::open(path) else {
        return false;
    };
    let Ok(mut workbook) = ZipArchive::new(BufReader::new(file)) else {
        return true;
    };
    (0..workbook.len()).any(|place| {
        workbook.by_index(place).map_or(true, |part| {
            let is_sheet = part
                .name()
                .is_ok_and(|name| name.starts_with("xl/worksheets/sheet"));
            is_sheet && has_second_row(part)
        })
    })
}

fn has_second_row(part: impl Read) -> bool {
    let mut start = String::new();
    // The second row stands right behind the header.
    match part.take(HEADER).read_to_string(&mut start) {
        Ok(_) => start.contains("<row r=\"2\""),
        Err(_) => true,
    }
}

/// The XML of a sheet that has only a header, before and behind the place for more rows.
fn around_rows<'a>(xml: &'a str, last_cell: &str) -> Option<(String, &'a str)> {
    let (before, rest) = xml.split_once("<dimension ref=\"A1:")?;
    let (_, rest) = rest.split_once('"')?;
    let (header, end) = rest.split_at(rest.find("</sheetData>")?);
    let start = format!("{before}<dimension ref=\"A1:{last_cell}\"{header}");
    Some((start, end))
}

struct Archive<'a, 'b> {
    zip: ZipWriter<StreamWriter<&'a mut Remembering<'b>>>,
}

impl Archive<'_, '_> {
    /// Writes a part: what stands before the spool, the spool, and what stands behind it.
    fn part(&mut self, name: &str, start: &str, spool: Option<Spool>, end: &str) -> Result<()> {
        let middle = spool.as_ref().map_or(0, Spool::bytes);
        let length = start.len() as u64 + middle + end.len() as u64;
        // The crate would write the present time.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o600)
            .large_file(length > LARGE);
        self.zip.start_file(name, options).map_err(failed)?;
        self.bytes(start.as_bytes())?;
        if let Some(spool) = spool {
            spool.drain(|piece| self.bytes(piece))?;
        }
        self.bytes(end.as_bytes())
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.zip
            .write_all(bytes)
            .map_err(|cause| failed(cause.into()))
    }
}

fn failed(cause: ZipError) -> Error {
    Error::new(ErrorKind::Destination, "could not write the workbook").with_source(cause)
}

/// The template is not what this module was written for: another version of its crate, most likely.
fn unexpected(part: &str) -> Error {
    let message = format!(
        "could not write the workbook: its part `{part}` has another form than expected; please \
         report it"
    );
    Error::new(ErrorKind::Encode, message)
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
    use whapi_export::OutputTarget;

    use super::*;

    #[test]
    fn rows_go_behind_the_header() {
        let xml = "<a><dimension ref=\"A1:B1\"/><sheetData><row/></sheetData><b/>";
        let start = "<a><dimension ref=\"A1:B9\"/><sheetData><row/>".to_owned();
        assert_eq!(around_rows(xml, "B9"), Some((start, "</sheetData><b/>")));
        assert_eq!(around_rows("<sheetData/>", "B9"), None);
        assert_eq!(
            around_rows("<dimension ref=\"A1:B1\"/><sheetData/>", "B9"),
            None
        );
    }

    #[test]
    fn a_template_of_another_form_is_an_error() {
        let sheet = "xl/worksheets/sheet1.xml";
        let texts = "xl/sharedStrings.xml";
        check(&[sheet, texts], 0, sheet);
        check(&[sheet, texts], 1, sheet);
        check(&[texts], 1, "[Content_Types].xml");
        check(&["xl/workbook.xml"], 0, "[Content_Types].xml");
    }

    /// Writes a workbook of so many sheets by a template whose parts are empty.
    #[track_caller]
    fn check(parts: &[&str], sheets: usize, named: &str) {
        let mut template = ZipWriter::new(Cursor::new(Vec::new()));
        for part in parts {
            let options = SimpleFileOptions::default();
            template.start_file(*part, options).unwrap();
        }
        let template = template.finish().unwrap().into_inner();
        let folder = tempfile::tempdir().unwrap();
        let rows = || SheetRows {
            rows: Spool::new(folder.path()).unwrap(),
            last_cell: "A1".to_owned(),
        };
        let sheets = (0..sheets).map(|_| rows()).collect();
        let strings = SharedStrings::new(folder.path()).unwrap();
        let target = OutputTarget::Path(folder.path().join("contacts.xlsx"));
        let error = write(template, sheets, strings, &mut Output::new(target)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Encode);
        assert_eq!(
            error.to_string(),
            format!(
                "could not write the workbook: its part `{named}` has another form than expected; \
                 please report it"
            )
        );
    }
}
