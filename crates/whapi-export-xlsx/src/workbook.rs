//! The workbook: sheets that grow row by row.

use std::fmt::Write as _;
use std::path::PathBuf;

use whapi_export::fields::Field;
use whapi_export::whapi_classify::Standing;
use whapi_export::{Output, Result};

use crate::archive::{self, SheetRows};
use crate::options::XlsxSheets;
use crate::spool::Spool;
use crate::strings::SharedStrings;
use crate::template::{TEXT_STYLE, template};

/// Rows that Excel has in a sheet, without the one for the header.
pub(crate) const MOST_ROWS: u32 = 1_048_575;

/// The name of the one sheet.
const ONE: &str = "Contacts";

/// A workbook that is being written. Its rows and texts wait in temporary files without a name.
pub(crate) struct Book {
    layout: XlsxSheets,
    /// Where the temporary files are.
    folder: PathBuf,
    columns: Vec<&'static Field>,
    /// What the columns are called in references to cells: `A`, `B` and so on.
    letters: Vec<String>,
    /// What a sheet takes at most, without the header.
    most_rows: u32,
    strings: SharedStrings,
    /// The sheets of each group, in the order of the workbook. The last one of a group grows.
    groups: Vec<Group>,
    /// A row; used again for the next.
    row: String,
}

/// A sheet, and those that continue it.
struct Group {
    name: &'static str,
    sheets: Vec<Sheet>,
}

struct Sheet {
    spool: Spool,
    /// Rows below the header.
    rows: u32,
}

impl Book {
    /// A workbook without contacts. Its temporary files are in `folder`.
    pub(crate) fn new(
        layout: XlsxSheets,
        columns: Vec<&'static Field>,
        folder: PathBuf,
        most_rows: u32,
    ) -> Result<Self> {
        let names = match layout {
            XlsxSheets::One => vec![ONE],
            XlsxSheets::Standing => Standing::ALL.into_iter().map(standing_name).collect(),
        };
        let mut strings = SharedStrings::new(&folder)?;
        // The header's texts come first, as in the template.
        for column in &columns {
            strings.number(column.name)?;
        }
        let groups = names.into_iter().map(|name| Group {
            name,
            sheets: Vec::new(),
        });
        Ok(Self {
            layout,
            folder,
            letters: (0..columns.len()).map(letters).collect(),
            columns,
            most_rows,
            strings,
            groups: groups.collect(),
            row: String::new(),
        })
    }

    /// Begins a row below those of the standing's sheet, on a new sheet when the last one is full.
    pub(crate) fn row(&mut self, standing: Standing) -> Result<Row<'_>> {
        let group = match self.layout {
            XlsxSheets::One => 0,
            XlsxSheets::Standing => standing as usize,
        };
        let sheets = &mut self.groups[group].sheets;
        if sheets.last().is_none_or(|last| last.rows >= self.most_rows) {
            sheets.push(Sheet {
                spool: Spool::new(&self.folder)?,
                rows: 0,
            });
        }
        let sheet = sheets.last_mut().expect("one was added if there was none");
        sheet.rows += 1;
        // The header is row 1.
        let number = sheet.rows + 1;
        self.row.clear();
        append(&mut self.row, format_args!("<row r=\"{number}\">"));
        Ok(Row {
            number,
            letters: self.letters.iter(),
            strings: &mut self.strings,
            xml: &mut self.row,
            spool: &mut sheet.spool,
        })
    }

    /// The names of the sheets that are continued, and how many sheets each has with those.
    pub(crate) fn continued(&self) -> impl Iterator<Item = (&'static str, usize)> {
        let counts = self
            .groups
            .iter()
            .map(|group| (group.name, group.sheets.len()));
        counts.filter(|(_, sheets)| *sheets > 1)
    }

    /// Writes the whole file to `output`.
    pub(crate) fn write(mut self, output: &mut Output) -> Result<()> {
        if self.groups.iter().all(|group| group.sheets.is_empty()) {
            let sheet = Sheet {
                spool: Spool::new(&self.folder)?,
                rows: 0,
            };
            self.groups = vec![Group {
                name: ONE,
                sheets: vec![sheet],
            }];
        }
        let (mut described, mut rows) = (Vec::new(), Vec::new());
        for group in self.groups {
            for (sheet, nth) in group.sheets.into_iter().zip(1..) {
                let last_column = self.letters.last().map_or("A", String::as_str);
                rows.push(SheetRows {
                    last_cell: format!("{last_column}{}", sheet.rows + 1),
                    rows: sheet.spool,
                });
                described.push((sheet_name(group.name, nth), sheet.rows));
            }
        }
        let other_headers = described.len() - 1;
        self.strings.count_cells(other_headers * self.columns.len());
        let template = template(&self.columns, &described)?;
        archive::write(template, rows, self.strings, output)
    }
}

/// A row that is being written, cell by cell from the left.
pub(crate) struct Row<'a> {
    number: u32,
    /// The columns of the cells that are not written yet.
    letters: std::slice::Iter<'a, String>,
    strings: &'a mut SharedStrings,
    xml: &'a mut String,
    spool: &'a mut Spool,
}

impl Row<'_> {
    /// Writes the next cell as a text, which has to [fit](crate::text::fit) already.
    pub(crate) fn cell(&mut self, text: &str) -> Result<()> {
        let column = self.letters.next().expect("a cell for each column");
        if !text.is_empty() {
            let text = self.strings.number(text)?;
            let row = self.number;
            append(
                self.xml,
                format_args!("<c r=\"{column}{row}\" s=\"{TEXT_STYLE}\" t=\"s\"><v>{text}</v></c>"),
            );
        }
        Ok(())
    }

    /// Ends the row.
    pub(crate) fn end(self) -> Result<()> {
        self.xml.push_str("</row>");
        self.spool.append(self.xml.as_bytes())
    }
}

fn append(xml: &mut String, what: std::fmt::Arguments<'_>) {
    xml.write_fmt(what).expect("a String takes everything");
}

/// What a column is called in a reference to a cell: `A` to `Z`, `AA` and so on.
fn letters(column: usize) -> String {
    let last = char::from(b'A' + u8::try_from(column % 26).expect("less than 26"));
    match column / 26 {
        0 => last.to_string(),
        others => format!("{}{last}", letters(others - 1)),
    }
}

fn standing_name(standing: Standing) -> &'static str {
    match standing {
        Standing::Saved => "Saved",
        Standing::Discovered => "Discovered",
        Standing::Unknown => "Unknown",
    }
}

/// What a sheet is called: `Contacts`, then `Contacts 2` and so on.
pub(crate) fn sheet_name(first: &str, nth: usize) -> String {
    if nth == 1 {
        first.to_owned()
    } else {
        format!("{first} {nth}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_are_numbered_from_the_second_on() {
        assert_eq!(sheet_name("Saved", 1), "Saved");
        assert_eq!(sheet_name("Saved", 2), "Saved 2");
        assert_eq!(sheet_name("Unknown", 10), "Unknown 10");
    }

    #[test]
    fn columns_have_the_letters_of_a_spreadsheet() {
        let of = [0, 1, 25, 26, 27, 51, 52, 701, 702].map(letters);
        assert_eq!(of, ["A", "B", "Z", "AA", "AB", "AZ", "BA", "ZZ", "AAA"]);
    }
}
