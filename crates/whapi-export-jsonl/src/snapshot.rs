//! Reads an earlier export, to compare the present run with it.

use std::io::{BufRead, Read};

use serde_json::{Map, Value};
use whapi_export::whapi_classify::{DisplayName, Snapshot, Standing, is_blank};
use whapi_export::whapi_model::{Contact, ContactId};
use whapi_export::{Error, ErrorKind, Result};

/// What is wrong with a line when there is no room behind it.
const TOO_MUCH: &str = "is the last that fits: the ids fill more than 96 MiB, the most that can be \
     compared with";

/// What is wrong with a line of another channel than the first.
const OTHER_CHANNEL: &str = "is of another channel than the first; ids are not unique over several, so compare \
     with an export of one channel, such as a file of `jsonl.split=channel`";

/// The most bytes that a line may have, its line end included.
const MOST_BYTES: u64 = 16 << 20;

/// Reads the contacts of an earlier export of this format.
///
/// Each record must have `id` and `standing`. The name that was shown is computed again
/// from `name`, `pushname` and `id`, as [`DisplayName::of`] does, since `display_name` may have had
/// a prefix. It is not known where `name` and `pushname` were taken out of the file, and in records
/// of two merged entries, whose names may be the other entry's. Such an entry counts as listed, too,
/// in an unknown standing. All records must be of one channel: over several, ids are not unique. Keys that are not needed are not looked at. Blank lines are passed over.
///
/// # Errors
///
/// [`ErrorKind::Config`] that names the line, counted from 1, and what is wrong with it: no JSON
/// object, an `id` or a `standing` that is missing or not one, another channel, more than 16 MiB. No text of the line
/// is shown. Also when the ids fill more than 96 MiB, which are some 1,100,000 contacts. An error of the reader is the cause of one.
///
/// # Examples
///
/// ```
/// use whapi_export::whapi_classify::Change;
/// use whapi_export::whapi_model::{Contact, ContactId};
/// use whapi_export_jsonl::read_snapshot;
///
/// let file = r#"{"id":"447700900101","standing":"saved","name":"Ada","pushname":null}"#;
/// let mut earlier = read_snapshot(file.as_bytes())?;
/// assert_eq!(earlier.len(), 1);
/// let now = Contact::new(ContactId::parse("447700900101")?).with_name("Ada B").with_saved(true);
/// assert_eq!(earlier.compare(&now), Change::Renamed);
///
/// let cut = "{\"id\":\"447700900101\",\"standing\":\"saved\"}\n{\"id\":\"4477";
/// assert_eq!(
///     read_snapshot(cut.as_bytes()).unwrap_err().to_string(),
///     "line 2 ends before its record does; the file is not complete"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_snapshot(mut reader: impl BufRead) -> Result<Snapshot> {
    let mut snapshot = Snapshot::new();
    let mut line = Vec::new();
    let mut channel = None;
    for number in 1_u64.. {
        line.clear();
        let mut limited = reader.by_ref().take(MOST_BYTES + 1);
        let read = limited.read_until(b'\n', &mut line).map_err(|error| {
            let message = format!("could not read line {number}");
            Error::new(ErrorKind::Config, message).with_source(error)
        })?;
        if read == 0 {
            break;
        }
        if read as u64 > MOST_BYTES {
            return Err(wrong(number, "is longer than 16 MiB"));
        }
        if !line.trim_ascii().is_empty() {
            add(&mut snapshot, &line, &mut channel).map_err(|what| wrong(number, what))?;
            if snapshot.is_full() {
                return Err(wrong(number, TOO_MUCH));
            }
        }
    }
    Ok(snapshot)
}

fn wrong(number: u64, what: &str) -> Error {
    Error::new(ErrorKind::Config, format!("line {number} {what}"))
}

/// Adds the contact of a line. `channel` is that of the first.
fn add(
    snapshot: &mut Snapshot,
    line: &[u8],
    channel: &mut Option<Value>,
) -> Result<(), &'static str> {
    let mut record = parse(line)?;
    let own = record.remove("channel").unwrap_or_default();
    if *channel.get_or_insert_with(|| own.clone()) != own {
        return Err(OTHER_CHANNEL);
    }
    let id = match record.get("id") {
        None => return Err("has no `id`; is it an export of the format jsonl?"),
        Some(id) => id_of(id).ok_or("has an `id` that is none")?,
    };
    let standing = match record.get("standing") {
        None => return Err("has no `standing`; is it an export of the format jsonl?"),
        Some(standing) => standing
            .as_str()
            .and_then(|text| text.parse::<Standing>().ok())
            .ok_or("has a `standing` that is none of saved, discovered and unknown")?,
    };
    if record.get("merged") == Some(&Value::Bool(true)) {
        snapshot.insert(id, standing, None);
        if let Some(other) = record.get("other_id").and_then(id_of) {
            snapshot.insert(other, Standing::Unknown, None);
        }
        return Ok(());
    }
    match with_names(&id, &record) {
        Some(contact) => {
            let shown = DisplayName::of(&contact);
            snapshot.insert_named(id, standing, &shown);
        }
        None => snapshot.insert(id, standing, None),
    }
    Ok(())
}

fn parse(line: &[u8]) -> Result<Map<String, Value>, &'static str> {
    // serde_json's message may show a value, so the error has only its category.
    serde_json::from_slice(line).map_err(|error| {
        if error.is_eof() {
            "ends before its record does; the file is not complete"
        } else {
            "is not a JSON object; is it an export of the format jsonl?"
        }
    })
}

fn id_of(value: &Value) -> Option<ContactId> {
    ContactId::parse(value.as_str()?).ok()
}

/// A contact with the record's names. `None` when a name that might have been shown is not in the
/// record.
fn with_names(id: &ContactId, record: &Map<String, Value>) -> Option<Contact> {
    let mut contact = Contact::new(id.clone());
    if let Some(name) = text(record, "name")? {
        contact = contact.with_name(name);
        if !is_blank(name) {
            return Some(contact);
        }
    }
    if let Some(pushname) = text(record, "pushname")? {
        contact = contact.with_pushname(pushname);
    }
    Some(contact)
}

/// A text that may be `null`: then the inner `Option` is `None`. The outer one is when the key is
/// missing or something else than a text.
#[expect(
    clippy::option_option,
    reason = "missing and null are not the same here"
)]
fn text<'a>(record: &'a Map<String, Value>, key: &str) -> Option<Option<&'a str>> {
    match record.get(key)? {
        Value::Null => Some(None),
        Value::String(text) => Some(Some(text)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, BufReader};

    use whapi_export::whapi_classify::Change;

    use std::fmt::Write as _;

    use super::*;

    fn contact(id: &str) -> Contact {
        Contact::new(ContactId::parse(id).unwrap())
    }

    #[track_caller]
    fn check_error(file: &str, expected: &str) {
        let error = read_snapshot(file.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert_eq!(error.to_string(), expected);
    }

    /// The change of a contact since a file of one record.
    #[track_caller]
    fn check(record: &str, now: &Contact, expected: Change) {
        let mut earlier = read_snapshot(record.as_bytes()).unwrap();
        assert_eq!(earlier.compare(now), expected, "{record}");
    }

    #[test]
    fn errors_name_the_line_and_what_is_wrong() {
        let fine = r#"{"id":"1001","standing":"saved"}"#;
        check_error(
            &format!("{fine}\n{{\"standing\":\"saved\"}}\n"),
            "line 2 has no `id`; is it an export of the format jsonl?",
        );
        check_error(
            &format!("{fine}\n\n{{\"id\":\"1002\"}}"),
            "line 3 has no `standing`; is it an export of the format jsonl?",
        );
        for id in ["null", "7", "\"\"", "\" \"", "[\"1001\"]"] {
            check_error(
                &format!("{{\"id\":{id},\"standing\":\"saved\"}}"),
                "line 1 has an `id` that is none",
            );
        }
        for standing in ["null", "true", "\"Saved\"", "\"friend\""] {
            check_error(
                &format!("{{\"id\":\"1001\",\"standing\":{standing}}}"),
                "line 1 has a `standing` that is none of saved, discovered and unknown",
            );
        }
        for line in ["id,kind,phone", "[]", "\"Ada\"", "7", "{}x", "BEGIN:VCARD"] {
            check_error(
                &format!("{fine}\r\n{line}"),
                "line 2 is not a JSON object; is it an export of the format jsonl?",
            );
        }
        check_error(
            &fine[..20],
            "line 1 ends before its record does; the file is not complete",
        );
    }

    #[test]
    fn records_of_one_channel_are_read_and_those_of_several_are_not() {
        let record =
            |id: &str, channel: &str| format!(r#"{{{channel}"id":"{id}","standing":"saved"}}"#);
        let (shop, office) = (r#""channel":"shop","#, r#""channel":"office","#);
        let one = [record("1001", shop), record("1002", shop)].join("\n");
        assert_eq!(read_snapshot(one.as_bytes()).unwrap().len(), 2);
        let null = [record("1001", ""), record("1002", r#""channel":null,"#)].join("\n");
        assert_eq!(read_snapshot(null.as_bytes()).unwrap().len(), 2);
        for other in [office, ""] {
            check_error(
                &format!("{one}\n{}", record("1001", other)),
                "line 3 is of another channel than the first; ids are not unique over several, so \
                 compare with an export of one channel, such as a file of `jsonl.split=channel`",
            );
        }
    }

    #[test]
    fn nothing_and_blank_lines_are_no_contacts() {
        for file in ["", "\n", "\n \r\n\n"] {
            assert!(read_snapshot(file.as_bytes()).unwrap().is_empty());
        }
    }

    #[test]
    fn a_line_without_end_is_refused_at_its_limit() {
        let record = br#"{"id":"1001","standing":"saved"}"#;
        let spaces = MOST_BYTES - record.len() as u64 - 1;
        let fits = || io::repeat(b' ').take(spaces).chain(&record[..]);
        let fine = BufReader::new(fits().chain(&b"\n\n"[..]));
        assert_eq!(read_snapshot(fine).unwrap().len(), 1);
        let long = BufReader::new(fits().chain(&b" \n"[..]));
        assert_eq!(
            read_snapshot(long).unwrap_err().to_string(),
            "line 1 is longer than 16 MiB"
        );
    }

    #[test]
    fn ids_without_bound_are_refused() {
        let mut file = String::new();
        for place in 0..97 {
            let id = format!("{place}{}", "x".repeat(1 << 20));
            writeln!(file, r#"{{"id":"{id}","standing":"saved"}}"#).unwrap();
        }
        check_error(
            &file,
            "line 96 is the last that fits: the ids fill more than 96 MiB, the most that can be \
             compared with",
        );
    }

    #[test]
    fn an_error_of_the_reader_is_the_cause() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::from(io::ErrorKind::PermissionDenied))
            }
        }
        let error = read_snapshot(BufReader::new(Broken)).unwrap_err();
        assert_eq!(error.to_string(), "could not read line 1");
        let cause = std::error::Error::source(&error).unwrap();
        assert_eq!(cause.to_string(), "permission denied");
    }

    #[test]
    fn the_name_is_the_one_that_was_shown_without_what_stood_around_it() {
        let record = |names: &str| {
            format!(r#"{{"id":"1001","standing":"discovered","display_name":"WA Ada"{names}}}"#)
        };
        let now = contact("1001").with_saved(false);
        let ada = now.clone().with_name("Ada");
        let calling_themself = |pushname| now.clone().with_pushname(pushname);
        let names = r#","name":"Ada","pushname":"a""#;
        check(&record(names), &ada, Change::Unchanged);
        check(&record(names), &calling_themself("Ada"), Change::Unchanged);
        check(&record(names), &calling_themself("a"), Change::NameMissing);
        check(
            &record(names),
            &now.clone().with_name("Eve"),
            Change::Renamed,
        );
        let blank = r#","name":" ","pushname":"Ada""#;
        check(&record(blank), &ada, Change::Unchanged);
        let none = r#","name":null,"pushname":null"#;
        check(&record(none), &now, Change::Unchanged);
        check(&record(none), &ada, Change::Renamed);
        let first_only = r#","name":"Ada""#;
        check(&record(first_only), &ada, Change::Unchanged);
        check(&record(first_only), &now, Change::NameMissing);
        for unknown in [
            "",
            r#","name":null"#,
            r#","pushname":"x""#,
            r#","name":7,"pushname":"x""#,
        ] {
            check(&record(unknown), &ada, Change::Unchanged);
            check(&record(unknown), &now, Change::Unchanged);
        }
    }

    #[test]
    fn of_two_merged_entries_both_were_listed_and_no_name_is_known() {
        let record = concat!(
            r#"{"id":"1001","standing":"saved","name":"Ada","pushname":"a","#,
            r#""other_id":"11112222@lid","merged":true}"#
        );
        let mut earlier = read_snapshot(record.as_bytes()).unwrap();
        assert_eq!(earlier.len(), 2);
        let phone = contact("1001").with_name("Eve").with_saved(true);
        assert_eq!(earlier.compare(&phone), Change::Unchanged);
        let lid = contact("11112222@lid").with_saved(false);
        assert_eq!(earlier.compare(&lid), Change::Unchanged);
        assert_eq!(earlier.not_listed().count(), 0);

        let linked = record.replace("true", "false");
        let mut earlier = read_snapshot(linked.as_bytes()).unwrap();
        assert_eq!(earlier.compare(&lid), Change::Added);
        assert_eq!(earlier.compare(&phone), Change::Renamed);
    }
}
