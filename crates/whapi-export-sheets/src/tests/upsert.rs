//! The spreadsheet after runs with `mode=upsert`.

use serde_json::json;
use whapi_export::{ClassifiedContact, OpenContext, ResultChanges, RunEnd, RunInfo};

use super::standin::{Kind, Val};
use super::{Rig, contact, people, renamed};
use crate::columns::tests::WIDTH;

#[test]
fn only_a_renamed_contact_is_written() {
    let rig = Rig::new();
    let mut contacts = people(400);
    rig.upsert(&contacts);
    rig.holds(&contacts);
    rig.standin.forget_journal();
    rig.upsert(&contacts);
    assert_eq!(rig.writes(), 0, "nothing changed");

    contacts[300] = renamed(&contacts[300], "=Renamed");
    rig.upsert(&contacts);
    rig.holds(&contacts);
    let journal = rig.standin.journal();
    let writes: Vec<_> = journal
        .iter()
        .filter(|entry| entry.kind == Kind::Write)
        .collect();
    assert_eq!(writes.len(), 1);
    let requests = writes[0].body["requests"].as_array().unwrap();
    let cells: Vec<_> = requests
        .iter()
        .filter(|request| request["updateCells"]["fields"] == "userEnteredValue")
        .collect();
    assert_eq!(cells.len(), 1);
    let cells = &cells[0]["updateCells"];
    let gid = rig.contacts_tab().id;
    assert_eq!(
        cells["range"],
        json!({
            "sheetId": gid, "startRowIndex": 301, "endRowIndex": 302,
            "startColumnIndex": 3, "endColumnIndex": 5
        })
    );
    let name = json!({"userEnteredValue": {"stringValue": "=Renamed"}});
    assert_eq!(cells["rows"], json!([{"values": [name, name]}]));
    assert_eq!(
        requests.len(),
        4,
        "the cells, the note, the turn and the state"
    );
}

#[test]
fn contacts_are_kept_and_new_ones_appended() {
    let rig = Rig::new();
    let contacts = people(20);
    rig.upsert(&contacts[..15]);
    rig.upsert(&[
        contacts[17].clone(),
        contacts[3].clone(),
        contacts[16].clone(),
    ]);
    let mut all = contacts[..15].to_vec();
    all.extend([contacts[17].clone(), contacts[16].clone()]);
    rig.holds(&all);
}

#[test]
fn sorted_rows_and_moved_columns_are_found() {
    let rig = Rig::new();
    let contacts = people(6);
    rig.upsert(&contacts);
    rig.standin.edit("Contacts", |sheet| {
        sheet.cells[1..].reverse();
        sheet.move_column(0, 5);
        sheet.add_column();
        sheet.move_column(WIDTH, 2);
        sheet.cell(1, 2).value = Val::Text("mine".into());
        sheet.rows += 3;
        sheet.cell(7, 2).value = Val::Formula("=SUM(A1)".into());
    });
    let name = |row: usize| rig.contacts_tab().get(row, 4).value;
    let renamed_first = renamed(&contacts[0], "First");
    rig.upsert(&[renamed_first]);
    assert_eq!(name(6), Val::Text("First".into()));
    let new = ClassifiedContact::new(contact("4915199").with_name("New"));
    rig.upsert(&[new]);
    let sheet = rig.contacts_tab();
    assert_eq!(name(7), Val::Text("New".into()));
    assert_eq!(
        sheet.get(8, 2).value,
        Val::Formula("=SUM(A1)".into()),
        "what stands below the contacts stays below them"
    );
    assert_eq!(sheet.get(1, 2).value, Val::Text("mine".into()));
}

#[test]
fn an_update_too_large_for_a_batch_is_staged() {
    let rig = Rig::new();
    let contacts = people(6000);
    rig.upsert(&contacts[..1500]);
    rig.standin.forget_journal();
    let mut changed = contacts.clone();
    changed[7] = renamed(&contacts[7], "Renamed");
    rig.upsert(&changed[5..]);
    let mut all = contacts[..1500].to_vec();
    all[7] = changed[7].clone();
    all.extend_from_slice(&contacts[1500..]);
    rig.holds(&all);
    assert!(rig.writes() > 2);
}

#[test]
fn only_a_complete_replacing_run_would_remove_contacts() {
    let rig = Rig::new();
    let existing = |ctx: &OpenContext, end: &RunEnd| {
        rig.runtime.block_on(async {
            let mut exporter = rig.definition.open(ctx).unwrap();
            exporter.begin(&RunInfo::new()).await.unwrap();
            exporter.existing(end).await.unwrap()
        })
    };
    let complete = RunEnd::complete();
    assert_eq!(existing(&rig.ctx(), &complete), None, "there is no tab");
    rig.run(&people(20));
    let found = "the tab `Contacts`, which has 20 contacts";
    assert_eq!(existing(&rig.ctx(), &complete).as_deref(), Some(found));
    let incomplete = RunEnd::incomplete(vec!["the list moved".to_owned()]);
    assert_eq!(existing(&rig.ctx(), &incomplete), None);
    let upsert = rig.ctx().with_option("mode", "upsert");
    assert_eq!(existing(&upsert, &complete), None);
    rig.run(&[]);
    assert_eq!(
        existing(&rig.ctx(), &complete),
        None,
        "the tab has a header"
    );
}

#[test]
fn people_are_found_by_any_spelling_of_their_id() {
    let rig = Rig::new();
    let contacts = people(4);
    rig.upsert(&contacts);
    rig.standin.edit("Contacts", |sheet| {
        sheet.cell(1, 0).value = Val::Number(447_700_900_000.0);
        sheet.cell(2, 0).value = Val::Text("491511000001@s.whatsapp.net".into());
    });
    let changed: Vec<_> = contacts
        .iter()
        .map(|contact| renamed(contact, "New"))
        .collect();
    rig.upsert(&changed);
    let sheet = rig.contacts_tab();
    let ids: Vec<_> = (1..5).map(|row| sheet.get(row, 0).value).collect();
    assert_eq!(
        ids,
        [
            Val::Number(447_700_900_000.0),
            Val::Text("491511000001@s.whatsapp.net".into()),
            Val::Text("84958372000002@lid".into()),
            Val::Text("447700900003".into()),
        ]
    );
    for row in 1..5 {
        assert_eq!(sheet.get(row, 4).value, Val::Text("New".into()));
    }
    assert_eq!(sheet.get(5, 0).value, Val::Empty);
}

#[test]
fn a_lid_whose_number_becomes_known_keeps_its_row() {
    let rig = Rig::new();
    let lid = contact("84958372000002@lid").with_pushname("ada");
    rig.upsert(&[ClassifiedContact::new(lid.clone())]);
    let phone = contact("447700900101").with_pushname("ada");
    let merged = ClassifiedContact::new(phone).with_merged_id(lid.id().clone());
    rig.upsert(std::slice::from_ref(&merged));
    rig.holds(&[merged]);
}

#[test]
fn names_that_the_api_no_longer_sends_are_kept_and_counted() {
    let rig = Rig::new();
    let contacts = people(5);
    rig.upsert(&contacts);
    let nameless = |contact: &ClassifiedContact| {
        let mut contact = contact.contact().clone();
        contact.set_name(None);
        contact.set_pushname(None);
        ClassifiedContact::new(contact)
    };
    let mut now: Vec<_> = contacts.iter().map(nameless).collect();
    now[3] = renamed(&contacts[3], "New");
    let ctx = rig.ctx().with_option("mode", "upsert");
    for changed in [1, 0] {
        let summary = rig.try_run(&ctx, &now, &RunEnd::complete()).unwrap();
        let mut all = contacts.clone();
        all[3] = now[3].clone();
        rig.holds(&all);
        let kept = "4 contacts kept the name in the tab, since the Whapi API no longer sends it";
        assert_eq!(summary.messages, [kept]);
        let changes = ResultChanges::new(0, changed, 0, 5 - changed);
        assert_eq!(summary.changes, Some(changes));
    }
    rig.run(&now);
    rig.holds(&now);
}

/// Every second contact changes, so that single cells would take too many requests in the last batch.
#[test]
fn many_scattered_changes_are_copied_in_whole_rows() {
    let rig = Rig::limited_to(40_000);
    let mut contacts = people(600);
    rig.upsert(&contacts);
    let formula = Val::Formula("=\"l\"&\"id\"".into());
    rig.standin.edit("Contacts", |sheet| {
        sheet.cell(3, 1).value = formula.clone();
        sheet.cell(301, 6).value = Val::Bool(true);
    });
    rig.standin.forget_journal();
    for (nth, contact) in contacts
        .iter_mut()
        .enumerate()
        .filter(|(nth, _)| nth % 2 == 0)
    {
        *contact = renamed(contact, &format!("Renamed {nth}"));
    }
    rig.upsert(&contacts);
    let sheet = rig.contacts_tab();
    // The formula shows another kind than the contact has, so it is replaced; the box is not.
    assert_eq!(sheet.get(301, 6).value, Val::Bool(true));
    let mut texts = sheet.texts();
    texts[301][6] = "true".to_owned();
    assert_eq!(texts, super::expected(&contacts));
    let journal = rig.standin.journal();
    let writes = journal.iter().filter(|entry| entry.kind == Kind::Write);
    let last = writes.max_by_key(|entry| entry.body["requests"].as_array().map_or(0, Vec::len));
    let last = last.unwrap();
    assert!(last.bytes < 40_000, "{} bytes", last.bytes);
}
