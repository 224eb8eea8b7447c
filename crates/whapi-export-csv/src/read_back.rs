//! Reads an earlier export, to compare the present contacts with.

use std::io::Read;

use csv::{ReaderBuilder, StringRecord};
use whapi_export::whapi_classify::{DisplayName, Snapshot, Standing, is_blank};
use whapi_export::whapi_model::{Contact, ContactId};
use whapi_export::{Error, ErrorKind, Result};

use crate::guard::undo;
use crate::options::Separator;

/// Reads the contacts of an earlier export: a file of the profile
/// [`Plain`](crate::Profile::Plain) or [`Excel`](crate::Profile::Excel), as it was written or as a
/// program that keeps to RFC 4180 saved it again.
///
/// The columns are found by name. There must be `id`, and `standing` or `saved`; others may be
/// missing, or be there besides. The name of that export is computed again from `name` and
/// `pushname`, since the `display_name` may have a prefix or a suffix. `display_name` is used only if
/// the needed column is missing; without it no contact counts as renamed. The
/// apostrophes of the formula guard are removed. Of two entries that were merged into one, as the
/// column `merged` tells, both were listed; which of them had the name is not known.
///
/// # Errors
///
/// [`ErrorKind::Config`] when a column is missing, or a line is not what an export has there; the
/// message names the line and the column, and no contact. Also when the reader itself fails, and when
/// the ids fill more than 96 MiB, which are some 1,100,000 contacts.
///
/// # Examples
///
/// ```
/// use whapi_export::whapi_classify::Change;
/// use whapi_export::whapi_model::{Contact, ContactId};
///
/// let earlier = "id,standing,name,pushname\r\n447700900101,saved,'=Ada,\r\n";
/// let mut earlier = whapi_export_csv::read_snapshot(earlier.as_bytes())?;
///
/// let ada = Contact::new(ContactId::parse("447700900101").unwrap()).with_name("=Ada");
/// assert_eq!(earlier.compare(&ada.clone().with_saved(true)), Change::Unchanged);
/// assert_eq!(earlier.compare(&ada.with_saved(false)), Change::RemovedFromAddressBook);
///
/// let google = "First Name,Phone 1 - Value\r\nAda,+447700900101\r\n";
/// assert_eq!(
///     whapi_export_csv::read_snapshot(google.as_bytes()).unwrap_err().to_string(),
///     "line 1: there is no column `id`; what can be compared with is a csv export of the profile \
///      plain or excel as it was written, with the columns `id` and `standing` or `saved`"
/// );
/// # Ok::<(), whapi_export::Error>(())
/// ```
pub fn read_snapshot(reader: impl Read) -> Result<Snapshot> {
    let mut lines = ReaderBuilder::new().has_headers(false).from_reader(reader);
    let mut line = StringRecord::new();
    let mut snapshot = Snapshot::new();
    lines.read_record(&mut line).map_err(failed)?;
    let columns = Columns::find(&line)?;
    while lines.read_record(&mut line).map_err(failed)? {
        let number = line.position().map_or(0, csv::Position::line);
        let noted = columns.note(&line, &mut snapshot);
        noted.map_err(|what| refused(format!("line {number}: {what}; {WHAT_CAN_BE}")))?;
        if snapshot.is_full() {
            return Err(refused(format!("line {number}: {TOO_MUCH}")));
        }
    }
    Ok(snapshot)
}

const TOO_MUCH: &str =
    "the ids up to here fill more than 96 MiB, the most that can be compared with";

/// Which exports can be compared with.
const WHAT_CAN_BE: &str = "what can be compared with is a csv export of the profile plain or excel \
     as it was written, with the columns `id` and `standing` or `saved`";

/// The places of the columns that are read.
struct Columns {
    id: usize,
    standing: Listed,
    name: Option<usize>,
    pushname: Option<usize>,
    display_name: Option<usize>,
    merged: Option<(usize, usize)>,
}

/// The column with the standing.
enum Listed {
    Standing(usize),
    Saved(usize),
}

impl Columns {
    fn find(header: &StringRecord) -> Result<Self> {
        let place = |name: &str| header.iter().position(|cell| cell == name);
        let missing = |what| refused(format!("line 1: there is no column {what}; {WHAT_CAN_BE}"));
        Ok(Self {
            id: place("id").ok_or_else(|| missing("`id`"))?,
            standing: place("standing")
                .map(Listed::Standing)
                .or_else(|| place("saved").map(Listed::Saved))
                .ok_or_else(|| missing("`standing` or `saved`"))?,
            name: place("name"),
            pushname: place("pushname"),
            display_name: place("display_name"),
            merged: place("merged").zip(place("other_id")),
        })
    }

    /// Adds the contacts of one line. The error is what is wrong with the line.
    fn note(&self, line: &StringRecord, snapshot: &mut Snapshot) -> Result<(), String> {
        let cell = |place: usize| undo(&line[place], Separator::Comma);
        let id = read_id("id", &cell(self.id))?;
        let standing = self.standing_of(line)?;
        if let Some((merged, other)) = self.merged
            && line[merged].eq_ignore_ascii_case("true")
        {
            let other = read_id("other_id", &cell(other))?;
            snapshot.insert(id, standing, None);
            snapshot.insert(other, Standing::Unknown, None);
            return Ok(());
        }
        let name = self.name_shown(line, &id);
        snapshot.insert(id, standing, name.as_deref());
        Ok(())
    }

    /// The name that was shown, without prefix and suffix. `None` when the file does not tell.
    fn name_shown(&self, line: &StringRecord, id: &ContactId) -> Option<String> {
        let cell = |place: Option<usize>| place.map(|place| undo(&line[place], Separator::Comma));
        let name = cell(self.name);
        let name_is_enough = name.as_deref().is_some_and(|name| !is_blank(name));
        match (name, cell(self.pushname)) {
            (Some(name), pushname) if name_is_enough || pushname.is_some() => {
                let contact = Contact::new(id.clone())
                    .with_name(name)
                    .with_pushname(pushname.unwrap_or_default());
                Some(DisplayName::of(&contact).text().to_owned())
            }
            _ => self.display_name.map(|place| shown(&line[place], id)),
        }
    }

    fn standing_of(&self, line: &StringRecord) -> Result<Standing, String> {
        match self.standing {
            Listed::Standing(place) => line[place].parse().map_err(|_| {
                "the column `standing` has none of saved, discovered and unknown".to_owned()
            }),
            // Spreadsheets write TRUE and FALSE.
            Listed::Saved(place) => match line[place].to_ascii_lowercase().as_str() {
                "true" => Ok(Standing::Saved),
                "false" => Ok(Standing::Discovered),
                "" => Ok(Standing::Unknown),
                _ => Err("the column `saved` has neither true nor false".to_owned()),
            },
        }
    }
}

fn read_id(column: &str, text: &str) -> Result<ContactId, String> {
    if is_rounded(text) {
        return Err(format!(
            "a spreadsheet rounded the column `{column}` when it saved the file"
        ));
    }
    ContactId::parse(text).map_err(|_| format!("the column `{column}` is empty"))
}

/// Whether a text is a number as spreadsheets shorten long ones: `4.47701E+11`.
fn is_rounded(text: &str) -> bool {
    let is_number = |text: &str, others: &[char]| {
        text.starts_with(|c: char| c.is_ascii_digit())
            && text
                .chars()
                .all(|c| c.is_ascii_digit() || others.contains(&c))
    };
    text.split_once("E+").is_some_and(|(number, exponent)| {
        is_number(number, &['.', ',']) && is_number(exponent, &[])
    })
}

/// The shown name as [`DisplayName`] has it. A number in its place may have the spaces that the
/// profile for spreadsheets puts in; a name that looks like a number is guarded.
fn shown(cell: &str, id: &ContactId) -> String {
    let digits = cell.bytes().filter(u8::is_ascii_digit);
    match id.phone() {
        Some(phone) if cell.starts_with('+') && digits.eq(phone.digits().bytes()) => {
            phone.to_string()
        }
        _ => undo(cell, Separator::Comma).into_owned(),
    }
}

fn failed(error: csv::Error) -> Error {
    let line = error.position().map_or(0, csv::Position::line);
    match error.into_kind() {
        csv::ErrorKind::Io(error) => {
            let message = "could not read the earlier export";
            Error::new(ErrorKind::Config, message).with_source(error)
        }
        csv::ErrorKind::Utf8 { .. } => {
            refused(format!("line {line}: the text is not UTF-8; {WHAT_CAN_BE}"))
        }
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => refused(format!(
            "line {line}: there are {len} cells under {expected_len} columns; {WHAT_CAN_BE}"
        )),
        // Other kinds may quote a cell.
        _ => refused(format!("line {line}: this is no CSV; {WHAT_CAN_BE}")),
    }
}

fn refused(what: String) -> Error {
    Error::new(ErrorKind::Config, what)
}

#[cfg(test)]
mod tests {
    use std::borrow::Borrow;

    use whapi_export::whapi_classify::Change;

    use super::*;

    fn contact(id: &str) -> Contact {
        Contact::new(ContactId::parse(id).unwrap())
    }

    #[track_caller]
    fn check(csv: &str, present: impl Borrow<Contact>, expected: Change) {
        let mut earlier = read_snapshot(csv.as_bytes()).unwrap();
        assert_eq!(earlier.compare(present.borrow()), expected);
        assert_eq!(earlier.len(), 1);
    }

    #[test]
    fn a_file_of_any_writer() {
        let ada = contact("447700900101")
            .with_name("Ada, \"A\"")
            .with_saved(true);
        for csv in [
            "id,standing,name,pushname\r\n447700900101,saved,\"Ada, \"\"A\"\"\",\r\n",
            "\u{feff}id,standing,name,pushname\n447700900101,saved,\"Ada, \"\"A\"\"\",",
            "\u{feff}\"id\",\"standing\",\"name\",\"pushname\"\n\"447700900101\",\"saved\",\"Ada, \"\"A\"\"\",\"\"\n",
            "pushname,extra,name,saved,id\rx,y,\"Ada, \"\"A\"\"\",TRUE,447700900101@c.us\r",
            "id,standing,display_name\n\n447700900101,saved,\"Ada, \"\"A\"\"\"\n\n",
        ] {
            check(csv, ada.clone(), Change::Unchanged);
        }
    }

    #[test]
    fn the_standing_goes_before_the_flag() {
        let present = || contact("447700900101").with_saved(true);
        let row = |standing, saved| format!("id,standing,saved\n447700900101,{standing},{saved}\n");
        check(&row("discovered", "true"), present(), Change::Saved);
        check(&row("saved", "false"), present(), Change::Unchanged);
        let row = |saved| format!("id,saved\n447700900101,{saved}\n");
        check(&row("false"), present(), Change::Saved);
        check(&row("FALSE"), present(), Change::Saved);
        check(
            &row("true"),
            present().with_saved(false),
            Change::RemovedFromAddressBook,
        );
        check(&row(""), present(), Change::Unchanged);
    }

    #[test]
    fn the_shown_name_is_worked_out_anew() {
        let present = || contact("447700900101").with_saved(false);
        let row = |shown, name, pushname| {
            format!(
                "id,display_name,name,pushname,standing\n447700900101,{shown},{name},{pushname},discovered\n"
            )
        };
        let prefixed = row("X ada", "", "ada");
        check(&prefixed, present().with_pushname("ada"), Change::Unchanged);
        check(&prefixed, present().with_pushname("X ada"), Change::Renamed);
        check(
            &prefixed,
            present().with_pushname("ada").with_name("Ada"),
            Change::Renamed,
        );
        let nameless = row("Contact 1", "", " ");
        check(&nameless, present(), Change::Unchanged);
        check(&nameless, present().with_pushname("ada"), Change::Renamed);
    }

    #[test]
    fn a_name_of_which_the_file_tells_nothing_is_no_new_one() {
        let present = || contact("447700900101").with_saved(false).with_name("Ada");
        check(
            "id,saved\n447700900101,false\n",
            present(),
            Change::Unchanged,
        );
        check(
            "id,saved,name\n447700900101,false,Eve\n",
            present(),
            Change::Renamed,
        );
        check(
            "id,saved,name\n447700900101,false,\n",
            present(),
            Change::Unchanged,
        );
        check(
            "id,saved,pushname\n447700900101,false,Eve\n",
            present(),
            Change::Unchanged,
        );
        check(
            "id,saved,display_name\n447700900101,false,Eve\n",
            present(),
            Change::Renamed,
        );
    }

    #[test]
    fn a_number_in_place_of_a_name_may_have_spaces() {
        let present = || contact("447700900101").with_saved(false);
        for shown in ["+447700900101", "+44 7700 900101"] {
            let row = format!("id,saved,display_name\n447700900101,false,{shown}\n");
            check(&row, present(), Change::Unchanged);
        }
        let other = "id,saved,display_name\n447700900101,false,+44 7700 900102\n";
        check(other, present(), Change::Renamed);
        let guarded = "id,saved,display_name\n447700900101,false,'+44 7700 900101\n";
        let chosen = present().with_pushname("+44 7700 900101");
        check(guarded, chosen, Change::Unchanged);
        check(guarded, present(), Change::Renamed);
    }

    #[test]
    fn of_merged_entries_both_were_there() {
        let csv = "id,standing,name,pushname,other_id,merged\n\
                   447700900101,discovered,,ada,84958372615243@lid,true\n\
                   447700900102,saved,Bob,,1234567@lid,false\n";
        let mut earlier = read_snapshot(csv.as_bytes()).unwrap();
        assert_eq!(earlier.len(), 3);
        for present in [
            contact("447700900101").with_saved(false),
            contact("84958372615243@lid")
                .with_saved(false)
                .with_pushname("ada"),
            contact("447700900102").with_saved(true).with_name("Bob"),
        ] {
            assert_eq!(earlier.compare(&present), Change::Unchanged);
        }
        assert_eq!(earlier.not_listed().count(), 0);
    }

    #[track_caller]
    fn check_refused(csv: impl AsRef<[u8]>, expected: &str) {
        let error = read_snapshot(csv.as_ref()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert_eq!(error.to_string(), format!("{expected}; {WHAT_CAN_BE}"));
    }

    #[test]
    fn what_is_wrong_is_named_by_line_and_column() {
        check_refused("", "line 1: there is no column `id`");
        check_refused("id;standing\n", "line 1: there is no column `id`");
        check_refused(
            "id,name\n",
            "line 1: there is no column `standing` or `saved`",
        );
        let two_lines = "id,standing,name\n1001,saved,\"A\nda\"\n";
        check_refused(
            format!("{two_lines},saved,\n"),
            "line 4: the column `id` is empty",
        );
        check_refused(
            format!("{two_lines}1002,Saved,\n"),
            "line 4: the column `standing` has none of saved, discovered and unknown",
        );
        check_refused(
            "id,saved\n1001,yes\n",
            "line 2: the column `saved` has neither true nor false",
        );
        check_refused(
            "id,saved,merged,other_id\n1001,true,true,\n",
            "line 2: the column `other_id` is empty",
        );
        check_refused(
            "id,saved\n1001,true,\n",
            "line 2: there are 3 cells under 2 columns",
        );
        check_refused(
            b"id,saved\n1001,true\n\xff,true\n",
            "line 3: the text is not UTF-8",
        );
    }

    #[test]
    fn ids_that_a_spreadsheet_rounded_are_refused() {
        for rounded in ["4.47701E+11", "\"4,47701E+11\"", "5E+14"] {
            check_refused(
                format!("id,saved\n{rounded},true\n"),
                "line 2: a spreadsheet rounded the column `id` when it saved the file",
            );
        }
        for id in ["E+11", "4.4E+", "4.4E+x", "E", "4.4"] {
            assert!(!is_rounded(id), "{id}");
        }
    }

    #[test]
    fn ids_without_bound_are_refused() {
        let mut file = "id,saved\n".to_owned();
        for place in 0..97 {
            file.extend([&place.to_string(), &"x".repeat(1 << 20), ",true\n"]);
        }
        let error = read_snapshot(file.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert_eq!(error.to_string(), format!("line 97: {TOO_MUCH}"));
    }

    #[test]
    fn an_error_of_the_reader_is_reported() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(std::io::Error::other("broken"))
            }
        }
        let error = read_snapshot(Broken).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert_eq!(error.to_string(), "could not read the earlier export");
    }
}
