//! Which files are read, what is found in them, and what is refused.

use std::borrow::Borrow;

use whapi_export::whapi_classify::Change;

use super::*;
use whapi_export::ErrorKind;

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
    check(other, present(), Change::NameMissing);
    let guarded = "id,saved,display_name\n447700900101,false,'+44 7700 900101\n";
    let chosen = present().with_pushname("+44 7700 900101");
    check(guarded, chosen, Change::Unchanged);
    check(guarded, present(), Change::NameMissing);
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
    check_refused("id|standing\n", "line 1: there is no column `id`");
    check_refused("name;standing\n", "line 1: there is no column `id`");
    check_refused(
        "id;name\n",
        "line 1: there is no column `standing` or `saved`",
    );
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
        "id,saved\r\n1001,true,\r\n",
        "line 2: there are 3 cells under 2 columns",
    );
    check_refused(
        format!("{two_lines},saved,\n").replace('\n', "\r\n"),
        "line 4: the column `id` is empty",
    );
    check_refused(
        b"id,saved,name\n1001,true,\xc3\xa9\n1002,true,\xff\n",
        "line 3: the text is not UTF-8, unlike that before it",
    );
}

#[track_caller]
fn check_rounded(csv: &str, column: &str, value: &str) {
    let error = read_snapshot(csv.as_bytes()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(
        error.to_string(),
        format!(
            "line 2: the column `{column}` has `{value}`, an id that a spreadsheet rounded when it saved \
             the file; compare with the file as it was exported, or export with \
             `csv.profile=excel`, whose ids no spreadsheet rounds"
        )
    );
}

#[test]
fn ids_that_a_spreadsheet_rounded_are_refused() {
    check_rounded("id,saved\n4.47701E+11,true\n", "id", "4.47701E+11");
    check_rounded("id,saved\n\"4,47701E+11\",true\n", "id", "4,47701E+11");
    check_rounded("id;saved\n4,91512E+12;true\n", "id", "4,91512E+12");
    check_rounded("id\tsaved\n4,91512E+12\ttrue\n", "id", "4,91512E+12");
    check_rounded("id;saved\n4٫91512E+12;true\n", "id", "4٫91512E+12");
    check_rounded("id,saved\n5E+14,true\n", "id", "5E+14");
    check_rounded("id,saved\n4.477e+11,true\n", "id", "4.477e+11");
    check_rounded(
        "id,saved,merged,other_id\n1@lid,true,true,4.477E+11\n",
        "other_id",
        "4.477E+11",
    );
    let long = format!("id,saved\n4.{}E+9,true\n", "1".repeat(1000));
    check_rounded(&long, "id", "4.1111111111111111111111");
    for id in ["E+11", "4.4E+", "4.4E+x", "E", "4.4", "4 4E+11"] {
        assert!(!is_rounded(id), "{id}");
    }
}

/// A file of one contact, in bytes that are not UTF-8.
#[track_caller]
fn check_bytes(file: &[u8], name: &str, expected: Change, warnings: &[&str]) {
    let mut earlier = read_snapshot(file).unwrap();
    let present = contact("447700900101").with_saved(true).with_name(name);
    assert_eq!(earlier.compare(&present), expected);
    assert_eq!(earlier.len(), 1);
    assert_eq!(earlier.warnings(), warnings);
}

#[test]
fn the_separator_is_found_by_the_header() {
    for file in [
        "name,id,saved\n\"Zoë; \t\",447700900101,true\n",
        "name;id;saved\n\"Zoë; \t\";447700900101;true\n",
        "\"name\";\"id\";\"saved\"\r\n\"Zoë; \t\";\"447700900101\";\"true\"\r\n",
        "\u{feff}name\tid\tsaved\r\"Zoë; \t\"\t447700900101\ttrue\r",
        "a,b;c\tid\tname\tsaved\n\t447700900101\t\"Zoë; \t\"\ttrue\n",
    ] {
        check_bytes(file.as_bytes(), "Zoë; \t", Change::Unchanged, &[]);
    }
}

#[test]
fn apostrophes_are_removed_by_the_separator_of_the_file() {
    let semicolon = b"id;saved;name\n447700900101;true;Bob,'=1\n";
    check_bytes(semicolon, "Bob,=1", Change::Unchanged, &[]);
    let comma = b"id,saved,name\n447700900101,true,\"Bob,'=1\"\n";
    check_bytes(comma, "Bob,'=1", Change::Unchanged, &[]);
}

#[test]
fn utf_16_is_found_with_and_without_its_mark() {
    let text = "id\tsaved\tname\r\n447700900101\ttrue\tZoë 👩?\r\n";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for file in [
        [&b"\xff\xfe"[..], &little].concat(),
        [&b"\xfe\xff"[..], &big].concat(),
        little.clone(),
    ] {
        check_bytes(&file, "Zoë 👩?", Change::Unchanged, &[]);
        check_bytes(&file, "Zoë 👩", Change::Renamed, &[]);
    }
    let odd = [&b"\xff\xfe"[..], &little, b"x"].concat();
    check_refused(odd, "the text begins as UTF-16 and is none");
}

#[test]
fn what_is_not_utf_8_is_windows_1252() {
    let warned = &[NOT_UTF_8][..];
    let file = b"id;saved;name\r\n447700900101;true;Zo\xeb \x80\r\n";
    check_bytes(file, "Zoë €", Change::Unchanged, warned);
    check_bytes(file, "Zoe", Change::Renamed, warned);
    let at_the_end = b"id;saved;name\r\n447700900101;true;Zo\xe9";
    check_bytes(at_the_end, "Zoé", Change::Unchanged, warned);
    // It may have been any character.
    let lost = b"id;saved;name;display_name\r\n447700900101;true;Zo\xeb ?;\r\n";
    check_bytes(lost, "Zoë 👩", Change::Unchanged, warned);
    check_bytes(lost, "Eve", Change::Unchanged, warned);
    let exact = "id;saved;name\r\n447700900101;true;Zoë ?\r\n";
    check_bytes(exact.as_bytes(), "Zoë 👩", Change::Renamed, &[]);
}

#[test]
fn the_first_character_beyond_ascii_decides_wherever_it_is() {
    let mut file = b"id,saved,name\n447700900101,true,".to_vec();
    file.extend(b"x".repeat(2 << 20));
    let ascii = "x".repeat(2 << 20);
    check_bytes(&file, &ascii, Change::Unchanged, &[]);
    let latin = [&file[..], b"\xeb"].concat();
    check_bytes(
        &latin,
        &format!("{ascii}ë"),
        Change::Unchanged,
        &[NOT_UTF_8],
    );
    let utf_8 = [&file[..], "ë".as_bytes()].concat();
    check_bytes(&utf_8, &format!("{ascii}ë"), Change::Unchanged, &[]);
    // A sequence of UTF-8 over the end of the bytes that are looked at first.
    let mut cut = b"id,saved,name\n447700900101,true,".to_vec();
    let before = (1 << 20) - cut.len() - 1;
    cut.extend("x".repeat(before).as_bytes());
    cut.extend("ë".as_bytes());
    check_bytes(
        &cut,
        &format!("{}ë", "x".repeat(before)),
        Change::Unchanged,
        &[],
    );
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
