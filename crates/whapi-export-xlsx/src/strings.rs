//! The table of texts that the cells of all sheets refer to.

use std::collections::HashMap;
use std::path::Path;

use whapi_export::Result;

use crate::spool::Spool;

/// How much the texts that are found again may take in memory.
const IN_MEMORY: usize = 8 << 20;
/// What a text takes beside its bytes: its place in the map, and its allocation.
const EACH: usize = 64;

/// The shared strings of a workbook, in a temporary file.
///
/// A text that is written again gets the same number, as long as the map has room. A full map is
/// emptied: texts that come often are soon in it again, and others stand in the table once more.
pub(crate) struct SharedStrings {
    items: Spool,
    numbers: HashMap<Box<str>, u64>,
    in_memory: usize,
    /// Lower in tests.
    most: usize,
    items_written: u64,
    cells: u64,
    /// An item; used again for the next.
    item: String,
}

impl SharedStrings {
    /// An empty table with its temporary file in `folder`.
    pub(crate) fn new(folder: &Path) -> Result<Self> {
        Ok(Self {
            items: Spool::new(folder)?,
            numbers: HashMap::new(),
            in_memory: 0,
            most: IN_MEMORY,
            items_written: 0,
            cells: 0,
            item: String::new(),
        })
    }

    /// The number of a text that XML can hold, for one cell.
    pub(crate) fn number(&mut self, text: &str) -> Result<u64> {
        self.cells += 1;
        if let Some(number) = self.numbers.get(text) {
            return Ok(*number);
        }
        self.item.clear();
        self.item.push_str(if has_outer_space(text) {
            "<si><t xml:space=\"preserve\">"
        } else {
            "<si><t>"
        });
        push_escaped(text, &mut self.item);
        self.item.push_str("</t></si>");
        self.items.append(self.item.as_bytes())?;
        let number = self.items_written;
        self.items_written += 1;
        self.remember(text, number);
        Ok(number)
    }

    fn remember(&mut self, text: &str, number: u64) {
        let size = text.len() + EACH;
        if self.in_memory + size > self.most {
            self.numbers.clear();
            self.in_memory = 0;
        }
        self.in_memory += size;
        self.numbers.insert(text.into(), number);
    }

    /// Counts the cells of another header, which has the texts that the first one has.
    pub(crate) fn count_cells(&mut self, cells: usize) {
        self.cells += cells as u64;
    }

    /// What stands around the items in the file, and the items.
    pub(crate) fn into_parts(self) -> (String, Spool, &'static str) {
        let start = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
             <sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" count=\"{}\" \
             uniqueCount=\"{}\">",
            self.cells, self.items_written
        );
        (start, self.items, "</sst>")
    }
}

/// Whether a text has white space at its ends. Readers trim it without `xml:space="preserve"`.
fn has_outer_space(text: &str) -> bool {
    let space = ['\t', '\n', ' '];
    text.starts_with(space) || text.ends_with(space)
}

/// Appends a text with XML's escapes, and Excel's for a text that looks like one: `_x0041_`.
fn push_escaped(text: &str, out: &mut String) {
    let mut copied = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'_' if is_escape(&text.as_bytes()[at..]) => "_x005F_",
            _ => continue,
        };
        out.push_str(&text[copied..at]);
        out.push_str(escape);
        copied = at + 1;
    }
    out.push_str(&text[copied..]);
}

/// Whether Excel would read the first seven bytes as the escape of a character.
fn is_escape(bytes: &[u8]) -> bool {
    matches!(bytes, [b'_', b'x', digits @ .., ] if digits.len() >= 5
        && digits[..4].iter().all(u8::is_ascii_hexdigit)
        && digits[4] == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> SharedStrings {
        SharedStrings::new(&std::env::temp_dir()).unwrap()
    }

    /// The whole file.
    fn file(table: SharedStrings) -> String {
        let (mut file, items, end) = table.into_parts();
        items
            .drain(|piece| {
                file.push_str(std::str::from_utf8(piece).unwrap());
                Ok(())
            })
            .unwrap();
        file + end
    }

    #[track_caller]
    fn check(text: &str, item: &str) {
        let mut table = table();
        table.number(text).unwrap();
        assert_eq!(
            file(table),
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
                 <sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
                 count=\"1\" uniqueCount=\"1\"><si>{item}</si></sst>"
            )
        );
    }

    #[test]
    fn markup_in_a_text_stays_text() {
        check("Ada", "<t>Ada</t>");
        check("<r>&</r>", "<t>&lt;r&gt;&amp;&lt;/r&gt;</t>");
        check("]]>\"'é😀", "<t>]]&gt;\"'é😀</t>");
        check("a\nb", "<t>a\nb</t>");
    }

    #[test]
    fn outer_space_is_preserved() {
        for text in [" Ada", "Ada ", "\t", "\nAda"] {
            check(text, &format!("<t xml:space=\"preserve\">{text}</t>"));
        }
    }

    #[test]
    fn what_looks_like_an_escape_of_excel_gets_one() {
        check("_x0041_", "<t>_x005F_x0041_</t>");
        check("é_xfFfF_é", "<t>é_x005F_xfFfF_é</t>");
        check("__x0041_x0042_", "<t>__x005F_x0041_x005F_x0042_</t>");
        for text in [
            "_x0041", "_x004_", "_x00g1_", "_X0041_", "_x004é_", "_", "_x",
        ] {
            check(text, &format!("<t>{text}</t>"));
        }
    }

    #[test]
    fn a_text_that_comes_again_has_the_same_number() {
        let mut table = table();
        let numbers: Vec<_> = ["a", "b", "a", "c", "b"]
            .into_iter()
            .map(|text| table.number(text).unwrap())
            .collect();
        assert_eq!(numbers, [0, 1, 0, 2, 1]);
        table.count_cells(3);
        let file = file(table);
        assert!(file.contains(" count=\"8\" uniqueCount=\"3\"><si><t>a</t></si><si><t>b</t></si>"));
    }

    #[test]
    fn a_full_map_is_emptied() {
        let mut table = table();
        // Room for two texts of one byte.
        table.most = 2 * (EACH + 1);
        let numbers: Vec<_> = ["a", "b", "a", "c", "c", "a"]
            .into_iter()
            .map(|text| table.number(text).unwrap())
            .collect();
        assert_eq!(numbers, [0, 1, 0, 2, 2, 3]);
        assert_eq!(table.numbers.len(), 2);
        // A text that is larger than all the room is held alone.
        table.number(&"x".repeat(1000)).unwrap();
        assert_eq!(table.numbers.len(), 1);
    }
}
