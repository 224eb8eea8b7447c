//! What people do to the tab, and other runs, before and while a run writes it.

use std::pin::pin;

use serde_json::json;
use whapi_export::{ClassifiedContact, ErrorKind, RunEnd, RunInfo, StatusSink};

use super::standin::{Kind, Sheet, Val};
use super::{Rig, contact, expected, incomplete, people, renamed};
use crate::columns::tests::WIDTH;

/// Small enough for one batch, and large enough for a staging tab.
const COUNTS: [usize; 2] = [15, 250];
const MAX_REQUEST: usize = 35_000;

/// A tab with `count` contacts, a note upon each of them, and a column of the user's own.
fn with_notes(count: usize) -> (Rig, Vec<ClassifiedContact>) {
    let rig = Rig::limited_to(MAX_REQUEST);
    let contacts = people(count);
    rig.run(&contacts);
    rig.standin.edit("Contacts", |sheet| {
        sheet.add_column();
        for row in 1..=count {
            let Val::Text(id) = sheet.get(row, 0).value else {
                panic!("no id");
            };
            sheet.cell(row, 4).note = Some(id.clone());
            sheet.cell(row, WIDTH).value = Val::Text(format!("about {id}").into());
        }
    });
    rig.standin.forget_journal();
    (rig, contacts)
}

/// All contacts under new names, and one more.
fn news(contacts: &[ClassifiedContact]) -> Vec<ClassifiedContact> {
    let news = contacts.iter().zip(0..);
    let mut news: Vec<_> = news
        .map(|(contact, nth)| renamed(contact, &format!("Renamed {nth}")))
        .collect();
    let new = contact("447700900999").with_name("New").with_saved(true);
    news.push(ClassifiedContact::new(new));
    news
}

impl Rig {
    /// Checks that each contact has one row, with its own name, and with what was attached to it.
    #[track_caller]
    fn check_rows(&self, contacts: &[ClassifiedContact], what: &str) {
        let sheet = self.contacts_tab();
        let rows: Vec<usize> = (1..sheet.rows).collect();
        for contact in contacts {
            let id = Val::Text(contact.id().as_str().into());
            let of: Vec<_> = rows
                .iter()
                .filter(|row| sheet.get(**row, 0).value == id)
                .collect();
            let [row] = of[..] else {
                panic!("{} rows of {}: {what}", of.len(), contact.id())
            };
            let name = contact.contact().name().unwrap_or_default();
            assert_eq!(sheet.get(*row, 4).value, Val::Text(name.into()), "{what}");
            if name == "New" {
                continue;
            }
            let note = sheet.get(*row, 4).note;
            assert_eq!(note.as_deref(), Some(contact.id().as_str()), "{what}");
            let about = Val::Text(format!("about {}", contact.id()).into());
            assert_eq!(sheet.get(*row, WIDTH).value, about, "{what}");
        }
        self.no_staging();
    }
}

/// A row that a person types: no id, a name, and a text in the column of their own.
fn typed_at(sheet: &mut Sheet, row: usize) {
    sheet.cell(row, 4).value = Val::Text("typed".into());
    sheet.cell(row, WIDTH).value = Val::Text("by hand".into());
}

fn typed(sheet: &Sheet) -> usize {
    let typed = (Val::Text("typed".into()), Val::Text("by hand".into()));
    (1..sheet.rows)
        .filter(|row| (sheet.get(*row, 4).value, sheet.get(*row, WIDTH).value) == typed)
        .count()
}

/// Runs with an edit before each request in turn. `check` gets whether the edit came before the
/// request that writes the tab.
fn while_writing(
    mode: &str,
    edit: fn(&mut Sheet),
    check: impl Fn(&Rig, &[ClassifiedContact], bool, &str),
) {
    for count in COUNTS {
        for nth in 1.. {
            let (rig, contacts) = with_notes(count);
            let news = news(&contacts);
            rig.standin.edit_before(nth, edit);
            let ctx = rig.ctx().with_option("mode", mode);
            rig.run_in(&ctx, &news, &RunEnd::complete());
            let journal = rig.standin.journal();
            if nth > journal.len() {
                break;
            }
            let at = &journal[nth - 1];
            let slipped = at.kind == Kind::Write
                && at.body["requests"].as_array().is_some_and(|requests| {
                    requests.iter().any(|request| {
                        request["createDeveloperMetadata"]["developerMetadata"]["metadataKey"]
                            == "whapi_export_turn"
                    })
                });
            let what = format!(
                "{mode}, {count} contacts, request {nth} of {}",
                journal.len()
            );
            check(&rig, &news, slipped, &what);
        }
    }
}

#[test]
fn rows_that_are_sorted_meanwhile_keep_what_is_theirs() {
    for mode in ["upsert", "replace"] {
        let sort = |sheet: &mut Sheet| sheet.cells[1..].reverse();
        while_writing(mode, sort, |rig, news, _, what| rig.check_rows(news, what));
    }
}

#[test]
fn a_row_that_is_inserted_meanwhile_stays() {
    for mode in ["upsert", "replace"] {
        let insert = |sheet: &mut Sheet| {
            sheet.insert_rows(4, 1, true);
            typed_at(sheet, 4);
        };
        while_writing(mode, insert, |rig, news, slipped, what| {
            rig.check_rows(news, what);
            // Nothing protects a row that is typed while the request itself is on its way.
            assert!(slipped || typed(&rig.contacts_tab()) == 1, "{what}");
        });
    }
}

#[test]
fn a_row_that_is_typed_below_the_contacts_stays() {
    for mode in ["upsert", "replace"] {
        let append = |sheet: &mut Sheet| {
            let row = sheet.rows;
            sheet.insert_rows(row, 1, true);
            typed_at(sheet, row);
        };
        while_writing(mode, append, |rig, news, slipped, what| {
            rig.check_rows(news, what);
            assert!(slipped || typed(&rig.contacts_tab()) == 1, "{what}");
        });
    }
}

/// After the rows were staged, little is left to write, and of that nothing is in the staging tab.
#[test]
fn what_people_write_themselves_needs_no_staging_tab_any_more() {
    for nth in 1.. {
        let (rig, contacts) = with_notes(250);
        let mut news = news(&contacts);
        // The last of the old contacts is as it was.
        news[249] = contacts[249].clone();
        let names: Vec<_> = news
            .iter()
            .map(|contact| contact.contact().name())
            .collect();
        let names: Vec<_> = names
            .iter()
            .map(|name| name.unwrap_or_default().to_owned())
            .collect();
        rig.standin.edit_before(nth, move |sheet| {
            for (row, name) in (1..=249).zip(&names) {
                sheet.cell(row, 3).value = Val::Text(name.as_str().into());
                sheet.cell(row, 4).value = Val::Text(name.as_str().into());
            }
            sheet.cell(250, 4).value = Val::Text("typed over".into());
        });
        rig.upsert(&news);
        if nth > rig.standin.journal().len() {
            break;
        }
        let what = format!("request {nth}");
        rig.check_rows(&news[..249], &what);
        rig.check_rows(&news[250..], &what);
    }
}

#[test]
fn rows_that_keep_moving_end_the_run() {
    let (rig, contacts) = with_notes(250);
    for nth in 1..200 {
        rig.standin.edit_before(nth, |sheet| {
            sheet.cells[1..].rotate_left(1);
        });
    }
    let upsert = rig.ctx().with_option("mode", "upsert");
    let error = rig
        .try_run(&upsert, &news(&contacts), &RunEnd::complete())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Destination);
    assert_eq!(
        error.to_string(),
        "the rows of the tab `Contacts` changed again and again while it was written, by people or \
         another run; run the export again"
    );
    rig.no_staging();
    rig.standin.forget_journal();
    rig.run(&news(&contacts));
    rig.check_rows(&news(&contacts), "the next run");
}

/// A tab without metadata, as after the import of a CSV, with a title row above the header.
fn imported(contacts: &[ClassifiedContact], title_row: bool) -> Rig {
    let rig = Rig::new();
    let texts = expected(contacts);
    let top = usize::from(title_row);
    let mut sheet = Sheet::new(77, "Contacts", texts.len() + top + 3, WIDTH + 1);
    for (row, cells) in (top..).zip(&texts) {
        for (column, text) in cells.iter().enumerate() {
            sheet.cell(row, column).value = Val::Text(text.as_str().into());
        }
    }
    if title_row {
        sheet.cell(0, 0).value = Val::Text("Our people".into());
    }
    rig.standin.add(sheet);
    rig
}

#[test]
fn an_imported_table_is_changed_by_differences() {
    for title_row in [false, true] {
        let contacts = people(40);
        let rig = imported(&contacts, title_row);
        let some = [renamed(&contacts[4], "New name"), people(41)[40].clone()];
        let mut all = contacts.clone();
        all[4] = some[0].clone();
        all.push(some[1].clone());
        let upsert = rig.ctx().with_option("mode", "upsert");
        rig.run_in(&upsert, &some, &RunEnd::complete());
        let below_title = |rig: &Rig| {
            let mut texts = rig.contacts_tab().texts();
            if title_row {
                assert_eq!(texts.remove(0), ["Our people"]);
            }
            texts
        };
        assert_eq!(below_title(&rig), expected(&all));
        rig.run_in(&rig.ctx(), &some, &incomplete());
        assert_eq!(below_title(&rig), expected(&all));
        rig.standin.forget_journal();
        rig.run_in(&rig.ctx(), &some, &incomplete());
        assert_eq!(rig.writes(), 0, "it is managed now");
        rig.run(&some);
        assert_eq!(below_title(&rig), expected(&some));
    }
}

#[test]
fn of_two_runs_at_once_both_keep_their_contacts() {
    for count in COUNTS {
        for (mode, planned) in [("upsert", 1..), ("upsert", 2..)] {
            for nth in planned {
                let rig = Rig::limited_to(MAX_REQUEST);
                let all = people(count + 20);
                rig.upsert(&all[..3]);
                rig.standin.forget_journal();
                let ctx = rig.ctx().with_option("mode", mode);
                let requests = rig.runtime.block_on(async {
                    let run = async |contacts: &[ClassifiedContact]| {
                        let mut exporter = rig.definition.open(&ctx).unwrap();
                        exporter.begin(&RunInfo::new()).await.unwrap();
                        let _ = exporter.write_batch(contacts).await.unwrap();
                        let _ = exporter.finish(&RunEnd::complete()).await.unwrap();
                    };
                    let mut first = pin!(run(&all[3..count]));
                    let mut is_done = false;
                    let begun = async {
                        while rig.standin.journal().len() < nth {
                            tokio::task::yield_now().await;
                        }
                    };
                    tokio::select! {
                        () = &mut first => is_done = true,
                        () = begun => {}
                    }
                    if !is_done {
                        run(&all[count..]).await;
                        first.await;
                    }
                    if is_done { 0 } else { nth }
                });
                if requests == 0 {
                    break;
                }
                let mut found = rig.contacts_tab().texts();
                let mut wanted = expected(&all);
                found[1..].sort();
                wanted[1..].sort();
                assert!(found == wanted, "{count} contacts, request {nth}");
                rig.no_staging();
            }
        }
    }
}

#[test]
fn a_tab_without_its_ids_is_refused() {
    let rig = Rig::new();
    let contacts = people(5);
    rig.run(&contacts);
    rig.standin.edit("Contacts", |sheet| {
        sheet.move_column(0, WIDTH - 1);
        sheet.drop_last_column();
    });
    let before = rig.contacts_tab().texts();
    let error = rig
        .try_run(&rig.ctx(), &contacts, &RunEnd::complete())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(rig.contacts_tab().texts(), before);
}

#[test]
fn a_deleted_header_comes_back() {
    for (frozen, mode) in [(0, "upsert"), (1, "replace")] {
        let rig = Rig::new();
        let mut contacts = people(5);
        rig.run(&contacts);
        rig.standin.edit("Contacts", |sheet| {
            sheet.delete_rows(0..1);
            sheet.frozen = frozen;
        });
        contacts.push(people(6)[5].clone());
        let ctx = rig.ctx().with_option("mode", mode);
        rig.run_in(&ctx, &contacts, &RunEnd::complete());
        rig.holds(&contacts);
        let sheet = rig.contacts_tab();
        assert_eq!(sheet.frozen, 1);
        assert!(sheet.get(0, 3).bold);
        assert!(sheet.get(0, 0).note.is_some());
    }
}

#[test]
fn an_emptied_header_cell_and_a_row_above_are_put_up_with() {
    let rig = Rig::new();
    let mut contacts = people(5);
    rig.run(&contacts);
    rig.standin.edit("Contacts", |sheet| {
        sheet.insert_rows(0, 1, false);
        sheet.cell(0, 1).value = Val::Text("Our people".into());
        sheet.cell(1, 4).value = Val::Empty;
        sheet.cell(1, 5).value = Val::Text("Nickname".into());
    });
    contacts[2] = renamed(&contacts[2], "New name");
    contacts.push(people(6)[5].clone());
    rig.run(&contacts);
    let mut texts = rig.contacts_tab().texts();
    assert_eq!(texts.remove(0), ["", "Our people"]);
    let mut wanted = expected(&contacts);
    wanted[0][5] = "Nickname".to_owned();
    assert_eq!(texts, wanted);
    let filter = rig.contacts_tab().filter.unwrap();
    let range = (
        &filter["range"]["startRowIndex"],
        &filter["range"]["endRowIndex"],
    );
    assert_eq!(range, (&1.into(), &8.into()));
    rig.standin.forget_journal();
    rig.run(&contacts);
    assert_eq!(rig.writes(), 0);
}

#[test]
fn values_that_show_the_same_stay_what_they_are() {
    for count in COUNTS {
        let rig = Rig::limited_to(MAX_REQUEST);
        let contacts = people(count);
        rig.run(&contacts);
        let kept = [
            ((1, 0), Val::Number(447_700_900_000.0)),
            ((1, 6), Val::Bool(true)),
            ((3, 1), Val::Formula("=\"l\"&\"id\"".into())),
        ];
        rig.standin.edit("Contacts", |sheet| {
            for ((row, column), value) in &kept {
                sheet.cell(*row, *column).value = value.clone();
            }
        });
        rig.upsert(&news(&contacts));
        let sheet = rig.contacts_tab();
        for ((row, column), value) in kept {
            if !matches!(value, Val::Formula(_)) {
                assert_eq!(sheet.get(row, column).value, value, "{count}");
            }
        }
        assert_eq!(sheet.get(1, 4).value, Val::Text("Renamed 0".into()));
    }
}

#[test]
fn boxes_that_are_not_ticked_are_no_notes() {
    for mode in ["upsert", "replace"] {
        let rig = Rig::new();
        let contacts = people(6);
        rig.run(&contacts[..4]);
        rig.standin.edit("Contacts", |sheet| {
            sheet.add_column();
            sheet.insert_rows(5, 995, true);
            for row in 1..1000 {
                sheet.cell(row, WIDTH).value = Val::Bool(false);
            }
        });
        let ctx = rig.ctx().with_option("mode", mode);
        let now = if mode == "upsert" {
            &contacts[..]
        } else {
            &contacts[2..]
        };
        rig.run_in(&ctx, now, &RunEnd::complete());
        let sheet = rig.contacts_tab();
        let ids: Vec<_> = (1..=now.len()).map(|row| sheet.get(row, 0).value).collect();
        let wanted = now
            .iter()
            .map(|contact| Val::Text(contact.id().as_str().into()));
        assert_eq!(ids, wanted.collect::<Vec<_>>());
        assert_eq!(sheet.get(now.len() + 1, 0).value, Val::Empty);

        // A ticked one stays below the contacts.
        rig.standin.edit("Contacts", |sheet| {
            sheet.cell(now.len() + 1, WIDTH).value = Val::Bool(true);
        });
        let more: Vec<_> = now.iter().cloned().chain([people(7)[6].clone()]).collect();
        rig.run_in(&ctx, &more, &RunEnd::complete());
        let sheet = rig.contacts_tab();
        let new = now.len() + 1;
        assert_eq!(
            sheet.get(new, 0).value,
            Val::Text(more[now.len()].id().as_str().into())
        );
        assert_eq!(sheet.get(new, WIDTH).value, Val::Empty);
        assert_eq!(sheet.get(new + 1, WIDTH).value, Val::Bool(true));
    }
}

#[test]
fn a_renamed_tab_stays_ours_and_case_does_not_matter() {
    let rig = Rig::new();
    let contacts = people(5);
    rig.run(&contacts);
    rig.standin
        .edit("Contacts", |sheet| "Kunden".clone_into(&mut sheet.title));
    rig.run(&contacts[..3]);
    assert_eq!(rig.standin.titles(), ["Sheet1", "Kunden"]);
    let texts = rig.standin.sheet("Kunden").unwrap().texts();
    assert_eq!(texts, expected(&contacts[..3]));
    let ctx = rig.ctx().with_option("tab", "KUNDEN");
    rig.run_in(&ctx, &contacts, &RunEnd::complete());
    assert_eq!(rig.standin.titles(), ["Sheet1", "Kunden"]);
    let mut sorted = rig.standin.sheet("Kunden").unwrap().texts();
    sorted[1..].sort();
    let mut wanted = expected(&contacts);
    wanted[1..].sort();
    assert_eq!(sorted, wanted);
}

#[test]
fn a_cancelled_run_says_that_the_staging_tab_is_still_there() {
    let rig = Rig::limited_to(MAX_REQUEST);
    let said = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let heard = std::sync::Arc::clone(&said);
    let status = StatusSink::to(move |text: &str| heard.lock().unwrap().push(text.to_owned()));
    let ctx = rig.ctx().with_status(status);
    let end = RunEnd::complete();
    rig.runtime.block_on(async {
        let mut exporter = rig.definition.open(&ctx).unwrap();
        exporter.begin(&RunInfo::new()).await.unwrap();
        let _ = exporter.write_batch(&people(250)).await.unwrap();
        let staged = async {
            while !rig
                .standin
                .titles()
                .iter()
                .any(|title| title.starts_with("whapi-"))
            {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            _ = exporter.finish(&end) => panic!("it ended"),
            () = staged => {}
        }
    });
    let titles = rig.standin.titles();
    let staging = titles
        .iter()
        .find(|title| title.starts_with("whapi-"))
        .unwrap();
    let expected =
        format!("the hidden tab `{staging}` is still there, and the next run deletes it");
    assert_eq!(said.lock().unwrap().last(), Some(&expected));
    rig.run(&people(3));
    rig.holds(&people(3));
}

#[test]
fn a_protected_tab_is_found_before_anything_is_fetched() {
    let rig = Rig::new();
    rig.run(&people(3));
    let protect = |range: serde_json::Value| {
        rig.standin
            .edit("Contacts", |sheet| sheet.protected = vec![range]);
        rig.standin.forget_journal();
        rig.runtime.block_on(async {
            let mut exporter = rig.definition.open(&rig.ctx()).unwrap();
            exporter.begin(&RunInfo::new()).await
        })
    };
    let gid = rig.contacts_tab().id;
    for (range, area) in [
        (json!({"range": {"sheetId": gid}}), "the whole tab"),
        (
            json!({"range": {"sheetId": gid, "startRowIndex": 1, "endRowIndex": 9,
                             "startColumnIndex": 3, "endColumnIndex": 5}}),
            "D2:E9",
        ),
    ] {
        let error = protect(range).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Auth);
        assert_eq!(
            error.to_string(),
            format!(
                "the tab `Contacts` is protected from the account that signed in ({area}); ask its \
                 owner to let the account edit it (Data, Protect sheets and ranges), or set another \
                 tab with `sheets.tab`"
            )
        );
        assert_eq!(rig.standin.journal().len(), 1);
    }
    for range in [
        json!({"range": {"sheetId": gid}, "warningOnly": true}),
        json!({"range": {"sheetId": gid}, "requestingUserCanEdit": true}),
        json!({"range": {"sheetId": gid, "startColumnIndex": 12, "endColumnIndex": 13}}),
    ] {
        protect(range).unwrap();
    }
}
