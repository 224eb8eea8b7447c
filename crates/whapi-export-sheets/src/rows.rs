//! Contacts as rows of text.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use whapi_export::ClassifiedContact;
use whapi_export::whapi_model::ContactId;
use whapi_text::utf16_cut;

use crate::columns::{ColumnSet, sample_text};

/// The maximum length of a cell, in UTF-16 units.
///
/// Google's editor counts so; every other way to count allows at least as much text.
pub(crate) const MAX_CHARACTERS: usize = 50_000;

/// The maximum size of all text together, in bytes.
///
/// About 600,000 ordinary contacts with the plain columns fit; 10 million cells have room for 833,333
/// of these.
pub(crate) const MAX_TEXT: usize = 72 << 20;

/// Rows of text, stored in one allocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rows {
    columns: Arc<ColumnSet>,
    text: String,
    /// Where each cell ends, row by row. `u32`, because 100,000 contacts have 1.2 million cells.
    ends: Vec<u32>,
    /// The other ids of people of whom one is known, by the row.
    other_ids: HashMap<usize, ContactId>,
}

impl Rows {
    /// Creates no rows.
    pub(crate) fn new(columns: &Arc<ColumnSet>) -> Self {
        Self {
            columns: Arc::clone(columns),
            text: String::new(),
            ends: Vec::new(),
            other_ids: HashMap::new(),
        }
    }

    pub(crate) fn columns(&self) -> &Arc<ColumnSet> {
        &self.columns
    }

    /// The number of columns.
    pub(crate) fn width(&self) -> usize {
        self.columns.len()
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len() / self.width()
    }

    /// Whether the rows exceed [`MAX_TEXT`].
    pub(crate) fn is_full(&self) -> bool {
        self.text.len() > MAX_TEXT
    }

    /// Appends a contact. Returns how many of its cells were shortened.
    pub(crate) fn push(&mut self, contact: &ClassifiedContact) -> u64 {
        let mut altered = 0;
        let mut built = String::new();
        if let Some(id) = contact.other_id() {
            self.other_ids.insert(self.len(), id.clone());
        }
        for column in 0..self.width() {
            built.clear();
            let cell = (self.columns.field(column).cell)(contact, &mut built);
            altered += u64::from(self.push_cell(cell.text()));
        }
        altered
    }

    /// Creates sample rows of ordinary length for an estimate, at most a million.
    pub(crate) fn sample(columns: &Arc<ColumnSet>, count: usize) -> Self {
        const MOST: usize = 1_000_000;
        let row: Vec<_> = columns.names().map(sample_text).collect();
        let mut rows = Self::new(columns);
        for _ in 0..count.min(MOST) {
            rows.push_row(row.iter().copied());
        }
        rows
    }

    /// Appends a row unchanged.
    pub(crate) fn push_row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) {
        for cell in cells {
            self.text.push_str(cell);
            self.end_cell();
        }
        debug_assert!(
            self.ends.len().is_multiple_of(self.width()),
            "rows are whole"
        );
    }

    /// Appends a cell, without NUL and cut to the maximum length. Returns whether it was changed.
    fn push_cell(&mut self, text: &str) -> bool {
        let start = self.text.len();
        self.text.extend(text.split('\0'));
        if let Some(cut) = utf16_cut(&self.text[start..], MAX_CHARACTERS) {
            self.text.truncate(start + cut);
        }
        self.end_cell();
        self.text.len() - start != text.len()
    }

    fn end_cell(&mut self) {
        let end = u32::try_from(self.text.len());
        self.ends
            .push(end.expect("a spreadsheet has no room for 4 GiB of text"));
    }

    pub(crate) fn cell(&self, row: usize, column: usize) -> &str {
        let at = row * self.width() + column;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start as usize..self.ends[at] as usize]
    }

    pub(crate) fn row(&self, row: usize) -> impl Iterator<Item = &str> {
        (0..self.width()).map(move |column| self.cell(row, column))
    }

    /// The cell of the id.
    pub(crate) fn id(&self, row: usize) -> &str {
        self.cell(row, self.columns.key())
    }

    /// The person that the row is about. `None` when the cell of the id is empty.
    ///
    /// A spreadsheet may have made a number of the id.
    pub(crate) fn person(&self, row: usize) -> Option<ContactId> {
        let cell = self.id(row);
        let text = match cell.strip_prefix('\0') {
            Some(number) => number.strip_suffix(".0").unwrap_or(number),
            None => cell,
        };
        ContactId::parse(text).ok()
    }

    /// The other id of the person that the row is about. `None` when none is known.
    pub(crate) fn other_id(&self, row: usize) -> Option<&ContactId> {
        self.other_ids.get(&row)
    }

    /// Gives the last row the other id of a row of `from`.
    pub(crate) fn copy_other_id(&mut self, from: &Self, row: usize) {
        if let Some(id) = from.other_id(row) {
            self.other_ids.insert(self.len() - 1, id.clone());
        }
    }

    /// Drops all rows but these.
    pub(crate) fn keep(&mut self, rows: Range<usize>) {
        let width = self.width();
        let cells = rows.start * width..rows.end * width;
        let end_of = |ends: &[u32], cells: usize| cells.checked_sub(1).map_or(0, |last| ends[last]);
        let (start, end) = (
            end_of(&self.ends, cells.start),
            end_of(&self.ends, cells.end),
        );
        self.text.truncate(end as usize);
        self.text.drain(..start as usize);
        self.ends.truncate(cells.end);
        self.ends.drain(..cells.start);
        for end in &mut self.ends {
            *end -= start;
        }
        let others = std::mem::take(&mut self.other_ids).into_iter();
        let others = others.filter(|(row, _)| rows.contains(row));
        self.other_ids = others.map(|(row, id)| (row - rows.start, id)).collect();
    }

    /// Copies some of the rows.
    pub(crate) fn part(&self, rows: Range<usize>) -> Self {
        let mut part = Self::new(&self.columns);
        for row in rows {
            part.push_row(self.row(row));
            part.copy_other_id(self, row);
        }
        part
    }

    /// The length of a row as a JSON array and a comma, in bytes.
    pub(crate) fn json_len(&self, row: usize) -> usize {
        2 + self.row(row).map(|cell| json_len(cell) + 1).sum::<usize>()
    }
}

/// The length of a text as a JSON string, in bytes.
pub(crate) fn json_len(text: &str) -> usize {
    let escapes: usize = text
        .bytes()
        .map(|byte| match byte {
            b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 1,
            0x00..=0x1f => 5,
            _ => 0,
        })
        .sum();
    text.len() + escapes + 2
}

/// Whether a spreadsheet shows two texts alike.
///
/// A spreadsheet may change line breaks and drop control characters.
pub(crate) fn same_text(ours: &str, theirs: &str) -> bool {
    if ours == theirs {
        return true;
    }
    let (mut ours, mut theirs) = (normalized(ours), normalized(theirs));
    loop {
        match (ours.next(), theirs.next()) {
            (None, None) => return true,
            (a, b) if a == b => {}
            _ => return false,
        }
    }
}

/// Converts CR and CRLF to LF and drops other control characters.
fn normalized(text: &str) -> impl Iterator<Item = char> {
    let mut after_cr = false;
    text.chars().filter_map(move |c| {
        let was_cr = std::mem::replace(&mut after_cr, c == '\r');
        match c {
            '\r' => Some('\n'),
            '\n' if was_cr => None,
            '\n' | '\t' => Some(c),
            c if c.is_control() => None,
            c => Some(c),
        }
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;
    use whapi_export::whapi_model::Contact;

    use super::*;
    use crate::columns::tests::{WIDTH, plain};

    /// Rows with these ids and names, and nothing else.
    pub(crate) fn rows(texts: &[[&str; 2]]) -> Rows {
        let mut rows = Rows::new(&plain());
        for [id, name] in texts {
            let mut cells = [""; WIDTH];
            (cells[0], cells[4]) = (id, name);
            rows.push_row(cells);
        }
        rows
    }

    #[track_caller]
    fn check(contact: Contact, expected: [&str; WIDTH], altered: u64) {
        let mut rows = Rows::new(&plain());
        assert_eq!(rows.push(&ClassifiedContact::new(contact)), altered);
        assert_eq!(rows.row(0).collect::<Vec<_>>(), expected);
    }

    fn contact(id: &str) -> Contact {
        Contact::new(ContactId::parse(id).unwrap())
    }

    #[test]
    fn a_contact_is_a_row() {
        check(
            contact("4915112345678")
                .with_name("=1+1")
                .with_pushname("0049")
                .with_saved(true)
                .with_is_business(false),
            [
                "4915112345678",
                "phone",
                "+4915112345678",
                "=1+1",
                "=1+1",
                "0049",
                "true",
                "saved",
                "true",
                "true",
                "false",
                "false",
            ],
            0,
        );
        check(
            contact("84958372615243@lid")
                .with_name("")
                .with_saved(false),
            [
                "84958372615243@lid",
                "lid",
                "",
                "84958372615243@lid",
                "",
                "",
                "false",
                "discovered",
                "false",
                "false",
                "false",
                "",
            ],
            0,
        );
    }

    #[test]
    fn no_phone_comes_from_a_lid_or_a_name() {
        check(
            contact("447700900101@lid").with_pushname("+447700900102"),
            [
                "447700900101@lid",
                "lid",
                "",
                "+447700900102",
                "",
                "+447700900102",
                "",
                "unknown",
                "false",
                "false",
                "false",
                "",
            ],
            0,
        );
    }

    #[test]
    fn rows_that_are_kept_equal_their_copies() {
        let id = |text: &str| ContactId::parse(text).unwrap();
        let mut all = rows(&[["1001", "Ada"], ["", ""]]);
        let linked = ClassifiedContact::new(contact("1002").with_name("Bo"));
        let _ = all.push(&linked.with_other_id(id("11112222@lid")));
        all.push_row(["1003"; WIDTH]);
        for start in 0..=4 {
            for end in start..=4 {
                let mut kept = all.clone();
                kept.keep(start..end);
                assert_eq!(kept, all.part(start..end), "{start}..{end}");
            }
        }
    }

    #[test]
    fn nul_and_long_text_are_cut() {
        let mut rows = Rows::new(&plain());
        let long = "😀".repeat(MAX_CHARACTERS / 2);
        let altered = rows.push(&ClassifiedContact::new(
            contact("1")
                .with_name(format!("{long}x"))
                .with_pushname("a\0b"),
        ));
        assert_eq!(altered, 3, "display name, name and pushname");
        assert_eq!(rows.cell(0, 4), long);
        assert_eq!(rows.cell(0, 5), "ab");
        let altered = rows.push(&ClassifiedContact::new(contact("2").with_name(&long)));
        assert_eq!(altered, 0);
        assert_eq!(rows.cell(1, 4), long);
    }

    proptest! {
        #[test]
        fn json_lengths_match_serde_json(cells in prop::collection::vec(any::<String>(), WIDTH)) {
            let mut rows = Rows::new(&plain());
            rows.push_row(cells.iter().map(String::as_str));
            let json = serde_json::to_string(&cells).unwrap();
            prop_assert_eq!(rows.json_len(0), json.len() + 1);
            prop_assert_eq!(rows.row(0).collect::<Vec<_>>(), cells);
        }

        #[test]
        fn same_text_ignores_line_breaks_and_controls(text in "[a\r\n\t\u{1}]{0,8}") {
            let kept = text.replace("\r\n", "\n").replace('\r', "\n").replace('\u{1}', "");
            prop_assert!(same_text(&text, &kept));
            let other = kept + "b";
            prop_assert!(!same_text(&text, &other));
        }
    }
}
