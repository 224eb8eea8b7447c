//! Reads an earlier export, to compare the present contacts with.

mod dialect;
mod lines;
mod refusal;

use std::io::Read;

use csv::StringRecord;
use whapi_export::Result;
use whapi_export::whapi_classify::{DisplayName, Snapshot, Standing, is_blank};
use whapi_export::whapi_model::{Contact, ContactId};

use crate::guard::undo;
use crate::options::Separator;
use lines::Lines;
use refusal::{WHAT_CAN_BE, refused};

/// Reads the contacts of an earlier export: a file of the profile
/// [`Plain`](crate::Profile::Plain) or [`Excel`](crate::Profile::Excel), as it was written or as a
/// program that keeps to RFC 4180 saved it again.
///
/// The encoding is UTF-8, UTF-16 behind a byte order mark, or windows-1252, and the separator is the
/// comma, `;` or TAB; both are found in the file. A file that is not UTF-8 is taken for windows-1252: the
/// snapshot has a [warning](Snapshot::warnings), and names with `?`, for which that encoding may have had
/// no character, never count as renamed.
///
/// The columns are found by name. There must be `id`, and `standing` or `saved`; others may be
/// missing, or be there besides. The name of that export is computed again from `name` and
/// `pushname`, since the `display_name` may have a prefix or a suffix. `display_name` is used only if
/// the needed column is missing; without it no contact counts as renamed. The
/// apostrophes of the formula guard are removed. A column `channel` may name one channel: over several, ids
/// are not unique. Of two entries that were merged into one, as the
/// column `merged` tells, both were listed; which of them had the name is not known.
///
/// # Errors
///
/// [`ErrorKind::Config`](whapi_export::ErrorKind::Config) when a column is missing, or a line is not
/// what an export has there; the message names the line and the column, and no contact, but for an id
/// that a spreadsheet rounded. Also when the reader itself fails, and when the ids fill more than 96 MiB,
/// which are some 1,100,000 contacts.
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
    let mut lines = Lines::open(reader)?;
    let mut line = StringRecord::new();
    let mut snapshot = Snapshot::new();
    lines.read(&mut line)?;
    let columns = Columns::find(&line, lines.separator())?;
    let mut channel = None;
    while lines.read(&mut line)? {
        let number = lines.number_of(line.position());
        if columns.begins_another_channel(&line, &mut channel) {
            return Err(refused(format!("line {number}: {OF_CHANNELS}")));
        }
        let noted = columns.note(&line, lines.is_windows_1252(), &mut snapshot);
        noted.map_err(|wrong| {
            refused(format!("line {number}: {}; {}", wrong.what, wrong.way_out))
        })?;
        if snapshot.is_full() {
            return Err(refused(format!("line {number}: {TOO_MUCH}")));
        }
    }
    if lines.is_windows_1252() {
        snapshot.add_warning(NOT_UTF_8);
    }
    Ok(snapshot)
}

/// What is wrong with a line, and the way out.
struct Wrong {
    what: String,
    way_out: &'static str,
}

impl From<String> for Wrong {
    fn from(what: String) -> Self {
        let way_out = WHAT_CAN_BE;
        Self { what, way_out }
    }
}

const NOT_UTF_8: &str = "the earlier export is not UTF-8 and was read as windows-1252; a name with `?` \
     in it is not compared";

/// What to do about ids that were rounded.
const KEEP_IDS: &str = "compare with the file as it was exported, or export with `csv.profile=excel`, \
     whose ids no spreadsheet rounds";

const TOO_MUCH: &str =
    "the ids up to here fill more than 96 MiB, the most that can be compared with";

const OF_CHANNELS: &str = "the file has contacts of several channels, whose ids are not unique; compare with \
     an export of one channel, such as a file of `csv.split=channel`";

/// The places of the columns that are read.
struct Columns {
    separator: Separator,
    id: usize,
    standing: Listed,
    name: Option<usize>,
    pushname: Option<usize>,
    display_name: Option<usize>,
    merged: Option<(usize, usize)>,
    channel: Option<usize>,
}

/// The column with the standing.
enum Listed {
    Standing(usize),
    Saved(usize),
}

impl Columns {
    fn find(header: &StringRecord, separator: Separator) -> Result<Self> {
        let place = |name: &str| header.iter().position(|cell| cell == name);
        let missing = |what| refused(format!("line 1: there is no column {what}; {WHAT_CAN_BE}"));
        Ok(Self {
            separator,
            id: place("id").ok_or_else(|| missing("`id`"))?,
            standing: place("standing")
                .map(Listed::Standing)
                .or_else(|| place("saved").map(Listed::Saved))
                .ok_or_else(|| missing("`standing` or `saved`"))?,
            name: place("name"),
            pushname: place("pushname"),
            display_name: place("display_name"),
            merged: place("merged").zip(place("other_id")),
            channel: place("channel"),
        })
    }

    /// Whether a line is of another channel than the lines before it. `first` is that of the first line.
    fn begins_another_channel(&self, line: &StringRecord, first: &mut Option<String>) -> bool {
        let Some(place) = self.channel else {
            return false;
        };
        let channel = &line[place];
        first.get_or_insert_with(|| channel.to_owned()) != channel
    }

    /// Adds the contacts of one line. In a `lossy` file `?` may stand for another character.
    fn note(&self, line: &StringRecord, lossy: bool, snapshot: &mut Snapshot) -> Result<(), Wrong> {
        let cell = |place: usize| undo(&line[place], self.separator);
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
        let may_be = |name: &str| !(lossy && name.contains('?'));
        if let Some(contact) = self.with_names(line, &id) {
            let shown = DisplayName::of(&contact);
            if may_be(shown.text()) {
                snapshot.insert_named(id, standing, &shown);
            } else {
                snapshot.insert(id, standing, None);
            }
            return Ok(());
        }
        let shown = self.display_name.map(|place| self.shown(&line[place], &id));
        let shown = shown.filter(|name| may_be(name));
        snapshot.insert(id, standing, shown.as_deref());
        Ok(())
    }

    /// A contact with the names of a line. `None` when the file lacks one that may have been shown.
    fn with_names(&self, line: &StringRecord, id: &ContactId) -> Option<Contact> {
        let cell = |place: Option<usize>| place.map(|place| undo(&line[place], self.separator));
        let name = cell(self.name);
        let name_is_enough = name.as_deref().is_some_and(|name| !is_blank(name));
        match (name, cell(self.pushname)) {
            (Some(name), pushname) if name_is_enough || pushname.is_some() => Some(
                Contact::new(id.clone())
                    .with_name(name)
                    .with_pushname(pushname.unwrap_or_default()),
            ),
            _ => None,
        }
    }

    /// The shown name as [`DisplayName`] has it. A number in its place may have the spaces that the
    /// profile for spreadsheets puts in; a name that looks like a number is guarded.
    fn shown(&self, cell: &str, id: &ContactId) -> String {
        let digits = cell.bytes().filter(u8::is_ascii_digit);
        match id.phone() {
            Some(phone) if cell.starts_with('+') && digits.eq(phone.digits().bytes()) => {
                phone.to_string()
            }
            _ => undo(cell, self.separator).into_owned(),
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

fn read_id(column: &str, text: &str) -> Result<ContactId, Wrong> {
    if is_rounded(text) {
        let value: String = text.chars().take(LONGEST_SHOWN).collect();
        return Err(Wrong {
            what: format!(
                "the column `{column}` has `{value}`, an id that a spreadsheet rounded when it saved the \
                 file"
            ),
            way_out: KEEP_IDS,
        });
    }
    ContactId::parse(text).map_err(|_| Wrong::from(format!("the column `{column}` is empty")))
}

/// How many characters of a rounded id a message shows.
const LONGEST_SHOWN: usize = 24;

/// Whether a text is a number as spreadsheets shorten long ones: `4.47701E+11`, in other locales
/// `4,47701E+11`.
fn is_rounded(text: &str) -> bool {
    let is_number = |text: &str, others: &[char]| {
        text.starts_with(|c: char| c.is_ascii_digit())
            && text
                .chars()
                .all(|c| c.is_ascii_digit() || others.contains(&c))
    };
    let parts = text.split_once("E+").or_else(|| text.split_once("e+"));
    parts.is_some_and(|(number, exponent)| {
        is_number(number, &['.', ',', '٫']) && is_number(exponent, &[])
    })
}

#[cfg(test)]
mod tests;
