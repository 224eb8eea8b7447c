//! The spreadsheet after runs with `mode=replace`.

use proptest::prelude::*;
use serde_json::json;
use whapi_export::conformance::nasty_contacts;
use whapi_export::{Available, ClassifiedContact, ErrorKind, ResultChanges, RunEnd, RunInfo};

use super::standin::{Cell, Kind, Sheet, Val};
use super::{Rig, contact, expected, incomplete, people, renamed};
use crate::columns::tests::{COLUMNS, WIDTH};
use crate::rows::{MAX_CHARACTERS, MAX_TEXT};

fn text(text: &str) -> Cell {
    Cell {
        value: Val::Text(text.into()),
        ..Cell::default()
    }
}

/// Nothing is written before the last contact, so the tab is unchanged.
#[test]
fn too_much_text_is_an_error() {
    let rig = Rig::new();
    let long = "n".repeat(MAX_CHARACTERS);
    // Two columns contain the name.
    let contacts: Vec<_> = people(MAX_TEXT / (2 * MAX_CHARACTERS) + 1)
        .iter()
        .map(|contact| renamed(contact, &long))
        .collect();
    let run = rig.try_run(&rig.ctx(), &contacts, &RunEnd::complete());
    let error = run.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(
        error.to_string(),
        "the contacts have more than 72 MiB of text, the limit of this format; export them to a \
         file instead"
    );
    assert_eq!(rig.writes(), 0);
}

/// A contact of one channel would overwrite that of another.
#[test]
fn several_channels_are_refused_before_any_request() {
    let rig = Rig::new();
    let mut available = Available::default();
    available.channels = true;
    let run = RunInfo::new().with_available(available);
    let new_spreadsheet = rig.ctx().with_option("create", "on");
    for ctx in [rig.ctx(), new_spreadsheet] {
        let mut exporter = rig.definition.open(&ctx).unwrap();
        let error = rig.runtime.block_on(exporter.begin(&run)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert_eq!(
            error.to_string(),
            "a tab has one row for each id, and ids are not unique over several channels; export \
             each channel by itself into a tab of its own, with `--channel NAME --set \
             sheets.tab=NAME`"
        );
    }
    assert_eq!(rig.standin.journal().len(), 0);
}

#[test]
fn a_small_export_is_one_write() {
    let rig = Rig::new();
    let contacts = people(1317);
    let summary = rig.summary(&contacts);
    rig.holds(&contacts);
    assert_eq!(rig.writes(), 1);
    assert_eq!(rig.standin.count(Kind::Read), 3);
    let sheet = rig.contacts_tab();
    let address = format!(
        "https://docs.google.com/spreadsheets/d/{}/edit#gid={}",
        super::ID,
        sheet.id
    );
    assert_eq!((summary.destination, summary.warnings.len()), (address, 0));
    assert_eq!(
        rig.standin.history().len(),
        1,
        "there was no intermediate state"
    );
}

#[test]
fn a_new_tab_is_formatted() {
    let rig = Rig::new();
    rig.run(&people(3));
    let sheet = rig.contacts_tab();
    assert_eq!((sheet.rows, sheet.columns, sheet.frozen), (4, WIDTH, 1));
    assert!(!sheet.hidden);
    let filter = sheet.filter.as_ref().unwrap();
    assert_eq!(filter["range"]["endRowIndex"], 4);
    assert_eq!(filter["range"]["endColumnIndex"], 12);
    assert!(sheet.widths.iter().all(|width| *width != 100));
    for row in 0..4 {
        for column in 0..WIDTH {
            let cell = sheet.get(row, column);
            assert!(cell.is_text_format);
            assert_eq!(cell.bold, row == 0);
        }
    }
    assert_eq!(
        sheet.get(0, 0).note.unwrap(),
        "Written by whapi.\nLast change: 1970-01-01 00:00 UTC.\nComplete: the scan saw every contact."
            .into()
    );
}

#[test]
fn text_is_stored_unchanged() {
    let rig = Rig::new();
    let long = "x".repeat(5000);
    let names = [
        "=1+1",
        "+4915112345678",
        "0049",
        "",
        "'quoted",
        "TRUE",
        "1/2",
        &long,
        "{=A1}",
    ];
    let contacts: Vec<_> = (0..)
        .zip(names)
        .map(|(nth, name)| {
            ClassifiedContact::new(contact(&format!("4915110000{nth:02}")).with_name(name))
        })
        .collect();
    rig.run(&contacts);
    rig.holds(&contacts);
    let names_back: Vec<_> = rig.contacts_tab().texts()[1..]
        .iter()
        .map(|row| row[4].clone())
        .collect();
    assert_eq!(names_back, names);
}

#[test]
fn nasty_contacts_are_stored_unchanged() {
    let rig = Rig::new();
    let contacts = nasty_contacts();
    rig.run(&contacts);
    rig.holds(&contacts);
}

#[test]
fn long_cells_are_cut_and_counted() {
    let rig = Rig::new();
    let name = "y".repeat(MAX_CHARACTERS + 1);
    let summary = rig.summary(&[ClassifiedContact::new(contact("49151").with_name(name))]);
    assert_eq!(
        summary.warnings,
        ["2 cells had NUL or more than 50,000 characters, which no cell can hold; they were cut."]
    );
}

#[test]
fn a_second_run_writes_nothing() {
    let rig = Rig::new();
    let contacts = people(700);
    rig.run(&contacts);
    rig.standin.forget_journal();
    rig.run(&contacts);
    assert_eq!(rig.writes(), 0);
    rig.holds(&contacts);
}

#[test]
fn the_changes_of_each_run_are_counted() {
    let rig = Rig::new();
    let mut contacts = people(7);
    let check = |contacts: &[ClassifiedContact], expected| {
        assert_eq!(rig.summary(contacts).changes, Some(expected));
    };
    check(&contacts, ResultChanges::new(7, 0, 0, 0));
    check(&contacts, ResultChanges::new(0, 0, 0, 7));
    contacts.truncate(5);
    contacts[1] = renamed(&contacts[1], "Renamed");
    contacts.push(people(9).pop().unwrap());
    check(&contacts, ResultChanges::new(1, 1, 2, 4));
    assert!(rig.summary(&contacts).changes.unwrap().is_unchanged());
}

#[test]
fn a_smaller_run_removes_the_other_contacts() {
    let rig = Rig::new();
    rig.run(&people(50));
    let fewer = people(7);
    rig.run(&fewer);
    rig.holds(&fewer);
    rig.run(&[]);
    rig.holds(&[]);
    let more = people(90);
    rig.run(&more);
    rig.holds(&more);
    let sheet = rig.contacts_tab();
    assert!(
        (0..=90).all(|row| sheet.get(row, 2).is_text_format),
        "new rows have the format, too"
    );
    assert_eq!(sheet.filter.unwrap()["range"]["endRowIndex"], 91);
}

#[test]
fn manual_edits_are_overwritten() {
    let rig = Rig::new();
    let contacts = people(9);
    rig.run(&contacts);
    rig.standin.edit("Contacts", |sheet| {
        sheet.cell(3, 4).value = Val::Number(7.0);
    });
    rig.run(&contacts);
    rig.holds(&contacts);
}

#[test]
fn moved_and_renamed_columns_are_found() {
    let rig = Rig::new();
    let mut contacts = people(5);
    rig.run(&contacts);
    rig.standin.edit("Contacts", |sheet| {
        sheet.move_column(4, 0);
        sheet.cell(0, 0).value = Val::Text("Their name".into());
    });
    contacts[0] = renamed(&contacts[0], "Renamed");
    contacts.push(people(6).pop().unwrap());
    rig.run(&contacts);
    let mut expected = expected(&contacts);
    for row in &mut expected {
        row.resize(WIDTH, String::new());
        let name = row.remove(4);
        row.insert(0, name);
        while row.last().is_some_and(String::is_empty) {
            row.pop();
        }
    }
    expected[0][0] = "Their name".to_owned();
    assert_eq!(rig.contacts_tab().texts(), expected);
}

#[test]
fn a_deleted_column_is_created_again() {
    let rig = Rig::new();
    let contacts = people(5);
    rig.run(&contacts);
    rig.standin.edit("Contacts", |sheet| {
        // Deletes the last column but one.
        sheet.move_column(10, 11);
        sheet.drop_last_column();
    });
    rig.run(&contacts);
    let texts = rig.contacts_tab().texts();
    assert_eq!(texts[0][10..], ["is_business", "can_create"]);
    assert!(
        texts[1..]
            .iter()
            .all(|row| row[11] == "true" || row[11] == "false")
    );
    rig.standin.forget_journal();
    rig.run(&contacts);
    assert_eq!(rig.writes(), 0);
}

#[test]
fn user_columns_filter_and_tab_id_are_kept() {
    let rig = Rig::new();
    let mut contacts = people(5);
    rig.run(&contacts);
    let gid = rig.contacts_tab().id;
    rig.standin.edit("Contacts", |sheet| {
        sheet.add_column();
        sheet.cell(0, WIDTH).value = Val::Text("Notes".into());
        sheet.cell(2, WIDTH).value = Val::Text("call back".into());
        sheet.add_column();
        sheet.cell(1, WIDTH + 1).value = Val::Formula("=LEN(E2)".into());
        sheet.filter = Some(json!({"range": {"endRowIndex": 6}, "criteria": {"0": {}}}));
    });
    contacts[1] = renamed(&contacts[1], "Renamed");
    contacts.push(people(6).pop().unwrap());
    rig.run(&contacts);
    let sheet = rig.contacts_tab();
    assert_eq!(sheet.id, gid);
    assert_eq!(sheet.get(2, WIDTH), text("call back"));
    assert_eq!(
        sheet.get(1, WIDTH + 1).value,
        Val::Formula("=LEN(E2)".into())
    );
    assert_eq!(sheet.get(2, 4).value, Val::Text("Renamed".into()));
    assert_eq!(
        sheet.get(6, 0).value,
        Val::Text(contacts[5].id().as_str().into())
    );
    assert_eq!(
        sheet.filter.unwrap()["range"]["endRowIndex"],
        6,
        "a filter in use stays"
    );
}

#[test]
fn what_people_attach_to_a_contact_moves_with_it() {
    let rig = Rig::new();
    let contacts = people(5);
    rig.run(&contacts);
    rig.standin.edit("Contacts", |sheet| {
        sheet.add_column();
        sheet.cell(2, WIDTH).value = Val::Text("call back".into());
        sheet.cell(2, 4).note = Some("met in Ulm".into());
        sheet.cells[1..].reverse();
    });
    let news = [
        contacts[3].clone(),
        contacts[1].clone(),
        people(6)[5].clone(),
    ];
    rig.run(&news);
    let sheet = rig.contacts_tab();
    let ids: Vec<_> = sheet.texts().iter().map(|row| row[0].clone()).collect();
    let expected = [&contacts[3], &contacts[1], &news[2]].map(|contact| contact.id().to_string());
    assert_eq!(ids[1..], expected);
    assert_eq!(sheet.get(2, WIDTH), text("call back"));
    assert_eq!(sheet.get(2, 4).note, Some("met in Ulm".into()));
    assert_eq!(sheet.get(3, WIDTH).value, Val::Empty);
}

#[test]
fn text_of_the_user_is_not_deleted_with_a_contact() {
    let rig = Rig::new();
    let contacts = people(5);
    rig.run(&contacts);
    rig.standin.edit("Contacts", |sheet| {
        sheet.add_column();
        sheet.cell(2, WIDTH).value = Val::Text("call back".into());
    });
    let before = rig.contacts_tab().texts();
    let fewer = [contacts[0].clone(), contacts[3].clone()];
    let error = rig
        .try_run(&rig.ctx(), &fewer, &RunEnd::complete())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(
        error.to_string(),
        "your own columns in the tab `Contacts` have text beside contacts that would be removed; \
         use `sheets.mode=upsert`, which removes none, or `sheets.overwrite=on` to remove them with \
         that text"
    );
    assert_eq!(rig.contacts_tab().texts(), before);
    let overwrite = rig.ctx().with_option("overwrite", "on");
    rig.run_in(&overwrite, &fewer, &RunEnd::complete());
    rig.holds(&fewer);
}

#[test]
fn a_tab_with_other_content_is_refused() {
    let rig = Rig::new();
    let mut sheet = Sheet::new(77, "Contacts", 1000, 26);
    *sheet.cell(4, 1) = text("precious");
    rig.standin.add(sheet);
    let error = rig
        .try_run(&rig.ctx(), &people(2), &RunEnd::complete())
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the tab `Contacts` has content that this program did not write; set another tab with \
         `sheets.tab`, empty this one, or set `sheets.overwrite=on`"
    );
    assert_eq!(rig.writes(), 0);
    let overwrite = rig.ctx().with_option("overwrite", "on");
    rig.run_in(&overwrite, &people(2), &RunEnd::complete());
    rig.holds(&people(2));
    assert_eq!(rig.contacts_tab().id, 77);
}

#[test]
fn an_empty_tab_and_one_with_the_header_are_accepted() {
    for with_header in [false, true] {
        let rig = Rig::new();
        let mut sheet = Sheet::new(77, "Contacts", 4, 3 + 10 * usize::from(with_header));
        if with_header {
            for (column, name) in COLUMNS.iter().enumerate() {
                *sheet.cell(0, column) = text(name);
            }
            *sheet.cell(1, 0) = text("an id");
        }
        rig.standin.add(sheet);
        rig.run(&people(9));
        rig.holds(&people(9));
        let sheet = rig.contacts_tab();
        // Contacts are inserted behind contacts, and written into a tab without any.
        let rows = if with_header { 12 } else { 10 };
        assert_eq!((sheet.id, sheet.rows, sheet.frozen), (77, rows, 1));
    }
}

#[test]
fn tab_titles_are_quoted() {
    let rig = Rig::new();
    let ctx = rig.ctx().with_option("tab", "It's: \"mine\"!");
    for _ in 0..2 {
        rig.run_in(&ctx, &people(4), &RunEnd::complete());
    }
    assert_eq!(rig.writes(), 1);
    assert_eq!(
        rig.standin.sheet("It's: \"mine\"!").unwrap().texts(),
        expected(&people(4))
    );
}

#[test]
fn an_incomplete_scan_removes_no_contact() {
    let rig = Rig::new();
    let contacts = people(6);
    rig.run(&contacts);
    rig.standin.forget_journal();
    let news = [renamed(&contacts[4], "Renamed"), people(7).pop().unwrap()];
    rig.run_in(&rig.ctx(), &news, &incomplete());
    let mut all = contacts.clone();
    all[4] = news[0].clone();
    all.push(news[1].clone());
    rig.holds(&all);
    assert_eq!(rig.writes(), 1);
    let note = |rig: &Rig| rig.contacts_tab().get(0, 0).note.unwrap();
    assert_eq!(
        note(&rig),
        "Written by whapi.\nLast change: 1970-01-01 00:00 UTC.\nIncomplete: contacts may be \
         missing or out of date; no contact was removed.\n- the list kept moving"
            .into()
    );

    rig.standin.forget_journal();
    rig.run_in(&rig.ctx(), &news, &incomplete());
    assert_eq!(rig.writes(), 0, "nothing changed");

    rig.run(&all);
    assert_eq!(rig.writes(), 1, "only the note and the state changed");
    assert!(note(&rig).ends_with("Complete: the scan saw every contact."));
    rig.holds(&all);

    rig.run(&contacts[..2]);
    rig.holds(&contacts[..2]);
}

#[test]
fn more_than_ten_million_cells_are_refused() {
    let rig = Rig::new();
    rig.standin.add(Sheet::new(5, "Big", 9_973_900, 1));
    let error = rig
        .try_run(&rig.ctx(), &people(9), &RunEnd::complete())
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the spreadsheet would need 10000020 cells while it is written, and Google allows \
         10000000, including empty cells and other tabs; use a separate spreadsheet or fewer \
         contacts"
    );
    assert_eq!(rig.writes(), 0);
    rig.run(&people(7));
    rig.holds(&people(7));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_text_is_stored_unchanged(
        names in prop::collection::vec((any::<String>(), any::<Option<String>>()), 0..20),
        again in prop::collection::vec(any::<String>(), 0..20),
    ) {
        let rig = Rig::new();
        let person = |(nth, (name, pushname)): (usize, &(String, Option<String>))| {
            let person = contact(&format!("4915110{nth:06}")).with_name(name);
            let person = match pushname {
                Some(pushname) => person.with_pushname(pushname).with_saved(true),
                None => person,
            };
            ClassifiedContact::new(person)
        };
        let contacts: Vec<_> = names.iter().enumerate().map(person).collect();
        rig.run(&contacts);
        rig.holds(&contacts);
        let others: Vec<_> = again.iter().enumerate().map(|(nth, name)| {
            ClassifiedContact::new(contact(&format!("4915110{:06}", nth * 2)).with_name(name))
        }).collect();
        rig.run(&others);
        rig.holds(&others);
        rig.standin.forget_journal();
        rig.run(&others);
        prop_assert_eq!(rig.writes(), 0);
    }
}
