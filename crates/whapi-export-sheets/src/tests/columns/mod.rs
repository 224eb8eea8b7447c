//! Runs with other columns than the plain ones, and with others than an earlier run.

mod random;

use std::collections::BTreeMap;
use std::sync::Arc;

use whapi_export::conformance::{all_available, known_contacts, nasty_contacts};
use whapi_export::whapi_classify::{Change, ReasonIndex};
use whapi_export::whapi_model::{ContactId, Group, Participant, Rank};
use whapi_export::{
    Available, ClassifiedContact, ErrorKind, Exporter as _, Needs, OpenContext, Output,
    OutputTarget, RunEnd, RunInfo,
};

use super::standin::{Kind, Sheet, Val};
use super::{Rig, contact, expected, expected_in, people};
use crate::Columns;
use crate::columns::tests::WIDTH;
use crate::columns::{ColumnSet, known_fields};
use crate::rows::Rows;

/// The columns that a value of the option names.
fn columns(option: &str) -> Arc<ColumnSet> {
    let ctx = OpenContext::new().with_option("columns", option);
    let config: crate::SheetsConfig = ctx.options().unwrap();
    config.columns.resolve().unwrap()
}

impl Rig {
    fn with_columns(&self, option: &str, mode: &str) -> OpenContext {
        self.ctx()
            .with_option("columns", option)
            .with_option("mode", mode)
    }

    #[track_caller]
    fn run_with(&self, option: &str, mode: &str, contacts: &[ClassifiedContact]) {
        let ctx = self.with_columns(option, mode);
        self.run_in(&ctx, contacts, &RunEnd::complete());
    }

    /// The number of writes of a run.
    #[track_caller]
    fn writes_of(&self, option: &str, mode: &str, contacts: &[ClassifiedContact]) -> usize {
        self.standin.forget_journal();
        self.run_with(option, mode, contacts);
        self.writes()
    }

    fn header(&self) -> Vec<String> {
        self.contacts_tab().texts().remove(0)
    }
}

/// A contact with a name, a group, another id and a change, each with a word in it.
fn known(nth: usize, word: &str) -> ClassifiedContact {
    let id = 447_700_900_000 + nth;
    let person = contact(&id.to_string())
        .with_name(format!("Person {nth} {word}"))
        .with_saved(true);
    let mut group = Group::new(ContactId::parse("120363000000000001@g.us").unwrap());
    group.name = Some(format!("=Group {word}"));
    group.participants = vec![Participant::new(person.id().clone(), Rank::Member)];
    let reasons = ReasonIndex::new().with_groups([group]);
    let reasons = reasons.reasons_of(&person, None);
    let other = ContactId::parse(&format!("{}@lid", 84_958_372_000_000 + nth)).unwrap();
    ClassifiedContact::new(person)
        .with_reasons(reasons)
        .with_other_id(other)
        .with_change(Change::Renamed)
}

fn known_people(count: usize, word: &str) -> Vec<ClassifiedContact> {
    (0..count).map(|nth| known(nth, word)).collect()
}

/// The cells of a tab, by the id of their row and the text of their column's header.
type Table = BTreeMap<String, BTreeMap<String, String>>;

fn table(sheet: &Sheet) -> Table {
    let mut texts = sheet.texts();
    let header = texts.remove(0);
    let id = header.iter().position(|name| name == "id").unwrap();
    let row = |mut cells: Vec<String>| {
        cells.resize(header.len(), String::new());
        let id = cells[id].clone();
        (id, header.iter().cloned().zip(cells).collect())
    };
    let count = texts.len();
    let table: Table = texts.into_iter().map(row).collect();
    assert_eq!(table.len(), count, "each id once");
    table
}

/// Puts into a table what a run writes.
fn write_into(table: &mut Table, columns: &Arc<ColumnSet>, contacts: &[ClassifiedContact]) {
    let mut rows = Rows::new(columns);
    for (row, contact) in contacts.iter().enumerate() {
        rows.push(contact);
        let cells = table.entry(rows.id(row).to_owned()).or_default();
        for (name, text) in columns.names().zip(rows.row(row)) {
            cells.insert(name.to_owned(), text.to_owned());
        }
    }
}

#[test]
fn all_columns_hold_what_the_csv_has() {
    let rig = Rig::new();
    let mut contacts = [known_contacts(), nasty_contacts()].concat();
    contacts.push(ClassifiedContact::new(contact("46701740605")));
    contacts.push(ClassifiedContact::new(contact("551187654321")));
    rig.run_with("all", "replace", &contacts);
    let all = columns("all");
    assert_eq!(rig.contacts_tab().texts(), expected_in(&all, &contacts));

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("contacts.csv");
    let names: Vec<_> = all.names().collect();
    let ctx = OpenContext::new()
        .with_option("columns", names.join(","))
        .with_option("formula_guard", "off");
    let encoder = whapi_export_csv::CsvEncoder::new(ctx.options().unwrap()).unwrap();
    let output = Output::new(OutputTarget::Path(path.clone()));
    let mut csv = Box::new(whapi_export_csv::CsvExporter::new(encoder, output));
    pollster::block_on(async {
        csv.begin(&RunInfo::new()).await.unwrap();
        let _ = csv.write_batch(&contacts).await.unwrap();
        let _ = csv.finish(&RunEnd::complete()).await.unwrap();
    });
    let mut reader = csv::ReaderBuilder::new();
    let mut reader = reader.has_headers(false).from_path(&path).unwrap();
    let read: Vec<_> = reader.records().map(Result::unwrap).collect();
    let cells = |row: &csv::StringRecord| {
        let mut cells: Vec<_> = row.iter().map(str::to_owned).collect();
        while cells.last().is_some_and(String::is_empty) {
            cells.pop();
        }
        cells
    };
    let read: Vec<Vec<String>> = read.iter().map(cells).collect();
    assert_eq!(rig.contacts_tab().texts(), read);
}

#[test]
fn a_new_tab_has_the_columns_of_the_list_in_its_order() {
    let rig = Rig::new();
    let contacts = known_people(3, "A");
    rig.run_with("groups,id,country", "replace", &contacts);
    let sheet = rig.contacts_tab();
    assert_eq!(
        sheet.texts(),
        expected_in(&columns("groups,id,country"), &contacts)
    );
    assert_eq!((sheet.rows, sheet.columns, sheet.frozen), (4, 3, 1));
    assert_eq!(sheet.widths, [280, 170, 75]);
    assert!(
        sheet.get(0, 1).note.is_some(),
        "the note is on the header of `id`"
    );
    assert!(sheet.get(0, 0).bold && sheet.get(3, 2).is_text_format);
    assert_eq!(sheet.filter.unwrap()["range"]["endColumnIndex"], 3);
    assert_eq!(rig.writes_of("groups,id,country", "replace", &contacts), 0);
}

#[test]
fn a_tab_of_the_user_is_used_if_it_is_empty_where_the_columns_go() {
    let rig = Rig::new();
    let contacts = known_people(3, "A");
    let mut sheet = Sheet::new(77, "Contacts", 10, 4);
    sheet.cell(5, 2).value = Val::Text("precious".into());
    rig.standin.add(sheet);
    let ctx = rig.with_columns("id,name,groups", "replace");
    let run = rig.try_run(&ctx, &contacts, &RunEnd::complete());
    assert_eq!(
        run.unwrap_err().to_string(),
        "the tab `Contacts` has content that this program did not write; set another tab with \
         `sheets.tab`, empty this one, or set `sheets.overwrite=on`"
    );
    rig.run_with("id,groups", "replace", &contacts);
    let sheet = rig.contacts_tab();
    let mut texts = expected_in(&columns("id,groups"), &contacts);
    texts.extend([
        Vec::new(),
        vec![String::new(), String::new(), "precious".to_owned()],
    ]);
    assert_eq!(sheet.texts(), texts);
    let range = &sheet.filter.unwrap()["range"];
    assert_eq!(
        (&range["startColumnIndex"], &range["endColumnIndex"]),
        (&0.into(), &2.into())
    );
}

#[test]
fn a_list_is_checked_before_any_request() {
    let rig = Rig::new();
    let ctx = rig.with_columns("groops", "replace");
    let error = rig.try_run(&ctx, &[], &RunEnd::complete()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    let known: Vec<_> = known_fields().map(|field| field.name).collect();
    assert_eq!(
        error.to_string(),
        format!(
            "option `columns`: unknown column `groops`; known: {} (format `sheets`)",
            known.join(", ")
        )
    );
    assert!(rig.standin.journal().is_empty());
}

#[test]
fn only_the_column_of_name_warnings_needs_equal_names() {
    let rig = Rig::new();
    let needs = |option| {
        let ctx = rig.with_columns(option, "replace");
        rig.definition.open(&ctx).unwrap().needs()
    };
    let equal_names = Needs::default().with_equal_names(true);
    assert_eq!(needs("plain"), Needs::default());
    assert_eq!(needs("id,name"), Needs::default());
    assert_eq!(needs("name_warnings"), equal_names);
    assert_eq!(needs("all"), equal_names);
}

/// The sizes of a run in one batch and of one that is staged.
const COUNTS: [usize; 2] = [12, 150];
const MAX_REQUEST: usize = 60_000;

#[test]
fn columns_are_added_behind_the_last_one_and_stay_when_they_are_dropped() {
    for (count, mode) in [
        (COUNTS[0], "replace"),
        (COUNTS[0], "upsert"),
        (COUNTS[1], "replace"),
        (COUNTS[1], "upsert"),
    ] {
        let rig = Rig::limited_to(MAX_REQUEST);
        let first = known_people(count, "A");
        rig.run(&first);
        rig.standin.edit("Contacts", |sheet| {
            sheet.add_column();
            sheet.cell(0, WIDTH).value = Val::Text("Notes".into());
            for row in 1..=count {
                sheet.cell(row, WIDTH).value = Val::Text(format!("note {row}").into());
            }
        });
        let mut wanted = table(&rig.contacts_tab());

        let writes = rig.writes_of("all", mode, &first);
        assert_eq!(writes > 1, count == COUNTS[1], "{writes} writes");
        write_into(&mut wanted, &columns("all"), &first);
        assert_eq!(table(&rig.contacts_tab()), wanted);
        let mut header: Vec<_> = columns("all").names().map(str::to_owned).collect();
        header.insert(WIDTH, "Notes".to_owned());
        assert_eq!(rig.header(), header);
        let sheet = rig.contacts_tab();
        for column in WIDTH + 1..sheet.columns {
            assert!(sheet.get(0, column).bold && sheet.get(count, column).is_text_format);
        }
        assert_eq!(rig.writes_of("all", mode, &first), 0);

        // `groups` and `name` change places, and people sort the rows.
        rig.standin.edit("Contacts", |sheet| {
            let groups = header.iter().position(|name| name == "groups").unwrap();
            sheet.move_column(groups, 4);
            sheet.move_column(5, groups);
            sheet.cells[1..].reverse();
        });
        header.swap(4, 18);
        assert_eq!(rig.header(), header);
        let second = known_people(count, "B");
        let list = "name,id,groups";
        rig.run_with(list, mode, &second);
        write_into(&mut wanted, &columns(list), &second);
        assert_eq!(table(&rig.contacts_tab()), wanted);
        assert_eq!(wanted["447700900001"]["display_name"], "Person 1 A");
        assert_eq!(wanted["447700900001"]["groups"], "=Group B (member)");
        assert_eq!(rig.writes_of(list, mode, &second), 0);

        for option in ["plain", "all"] {
            rig.run_with(option, mode, &second);
            write_into(&mut wanted, &columns(option), &second);
            assert_eq!(table(&rig.contacts_tab()), wanted);
            assert_eq!(rig.writes_of(option, mode, &second), 0);
        }
        assert_eq!(rig.header(), header);
        rig.no_staging();
    }
}

#[test]
fn dropped_columns_do_not_keep_a_contact_from_being_removed() {
    let rig = Rig::new();
    let contacts = known_people(6, "A");
    rig.run_with("all", "replace", &contacts);
    let mut wanted = table(&rig.contacts_tab());
    rig.run_with("id,name", "replace", &contacts[2..4]);
    wanted.retain(|id, _| {
        [contacts[2].id(), contacts[3].id()]
            .iter()
            .any(|of| of.as_str() == id)
    });
    assert_eq!(table(&rig.contacts_tab()), wanted);

    rig.standin.edit("Contacts", |sheet| {
        sheet.add_column();
        let notes = sheet.columns - 1;
        sheet.cell(2, notes).value = Val::Text("call back".into());
    });
    let ctx = rig.with_columns("id,name", "replace");
    let run = rig.try_run(&ctx, &contacts[2..3], &RunEnd::complete());
    let error = run.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(
        error.to_string(),
        "your own columns in the tab `Contacts` have text beside contacts that would be removed; \
         use `sheets.mode=upsert`, which removes none, or `sheets.overwrite=on` to remove them with \
         that text"
    );
    assert_eq!(
        rig.contacts_tab().get(2, 0).value,
        Val::Text("447700900003".into())
    );
}

#[test]
fn a_column_of_the_list_that_was_deleted_comes_back_behind_the_last_one() {
    let rig = Rig::new();
    let contacts = known_people(4, "A");
    rig.run_with("id,groups,name", "replace", &contacts);
    rig.standin.edit("Contacts", |sheet| {
        sheet.move_column(1, 2);
        sheet.drop_last_column();
    });
    rig.run_with("id,groups,name", "upsert", &contacts);
    let texts = expected_in(&columns("id,name,groups"), &contacts);
    assert_eq!(rig.contacts_tab().texts(), texts);
}

#[test]
fn a_tab_that_lost_its_ids_is_refused_whatever_else_it_has() {
    let rig = Rig::new();
    let contacts = known_people(3, "A");
    rig.run_with("groups,id", "replace", &contacts);
    rig.standin.edit("Contacts", Sheet::drop_last_column);
    let before = rig.contacts_tab().texts();
    for option in ["groups", "name", "plain"] {
        let ctx = rig.with_columns(option, "replace");
        let run = rig.try_run(&ctx, &contacts, &RunEnd::complete());
        let error = run.unwrap_err();
        assert_eq!(
            error.to_string(),
            "the tab `Contacts` lacks the column `id`, by which contacts are found, since it was \
             deleted; undo that in Google Sheets (File, Version history), or set another tab with \
             `sheets.tab`"
        );
        assert_eq!(rig.contacts_tab().texts(), before);
    }
}

/// The last row of a tab cannot be deleted, so it is emptied.
#[test]
fn text_about_a_removed_contact_never_stands_beside_another() {
    let rig = Rig::new();
    let contacts = known_people(3, "A");
    rig.run_with("all", "replace", &contacts);
    rig.run_with("id,name", "replace", &[]);
    let sheet = rig.contacts_tab();
    assert_eq!(
        (sheet.rows, sheet.texts().len()),
        (2, 1),
        "{:?}",
        sheet.texts()
    );
    let others = &people(5)[3..];
    rig.run_with("id,name", "replace", others);
    let mut wanted = Table::new();
    write_into(&mut wanted, &columns("id,name"), others);
    let mut found = table(&rig.contacts_tab());
    for cells in found.values_mut() {
        cells.retain(|_, text| !text.is_empty());
    }
    for cells in wanted.values_mut() {
        cells.retain(|_, text| !text.is_empty());
    }
    assert_eq!(found, wanted);
}

#[test]
fn new_contacts_are_inserted_above_what_dropped_columns_still_hold() {
    let rig = Rig::new();
    let contacts = known_people(3, "A");
    rig.run_with("id,name,groups", "replace", &contacts);
    rig.standin.edit("Contacts", |sheet| {
        for row in 1..=3 {
            sheet.cell(row, 0).value = Val::Empty;
            sheet.cell(row, 1).value = Val::Empty;
        }
    });
    let others = &known_people(5, "B")[3..];
    rig.run_with("id,name", "upsert", others);
    let group = "=Group A (member)";
    assert_eq!(
        rig.contacts_tab().texts(),
        [
            &["id", "name", "groups"][..],
            &["447700900003", "Person 3 B"],
            &["447700900004", "Person 4 B"],
            &["", "", group],
            &["", "", group],
            &["", "", group],
        ]
    );
}

#[test]
fn a_header_is_also_found_by_the_names_of_dropped_columns() {
    let rig = Rig::new();
    let contacts = known_people(3, "A");
    rig.run_with("id,name,groups", "replace", &contacts);
    rig.standin.edit("Contacts", |sheet| {
        sheet.cell(0, 0).value = Val::Text("Nummer".into());
        sheet.cell(0, 1).value = Val::Text("Name".into());
        sheet.insert_rows(0, 1, false);
        sheet.cell(0, 0).value = Val::Text("Our people".into());
    });
    rig.run_with("id,name", "replace", &contacts[1..]);
    let mut texts = expected_in(&columns("id,name,groups"), &contacts[1..]);
    texts[0] = ["Nummer", "Name", "groups"].map(str::to_owned).to_vec();
    texts.insert(0, vec!["Our people".to_owned()]);
    assert_eq!(rig.contacts_tab().texts(), texts);
}

/// An imported table has no metadata. It is ours by the names of its columns.
#[test]
fn an_imported_table_is_taken_over_with_its_other_plain_columns() {
    let rig = Rig::new();
    let contacts = people(4);
    let mut sheet = Sheet::new(77, "Contacts", 5, WIDTH + 1);
    for (row, cells) in expected(&contacts).iter().enumerate() {
        for (column, text) in cells.iter().enumerate() {
            sheet.cell(row, column).value = Val::Text(text.as_str().into());
        }
    }
    sheet.cell(0, WIDTH).value = Val::Text("labels".into());
    sheet.cell(4, WIDTH).value = Val::Text("mine".into());
    rig.standin.add(sheet);
    let mut wanted = table(&rig.contacts_tab());
    let list = "name,groups";
    let now = [known(0, "B")];
    for _ in 0..2 {
        // The user's own column has the name of one of ours, which is not in the list.
        let ctx = rig.with_columns(list, "replace");
        let run = rig.try_run(&ctx, &now, &RunEnd::complete());
        assert_eq!(run.unwrap_err().kind(), ErrorKind::Config);
    }
    rig.run_with(list, "upsert", &now);
    for cells in wanted.values_mut() {
        cells.insert("groups".to_owned(), String::new());
    }
    write_into(&mut wanted, &columns(list), &now);
    assert_eq!(table(&rig.contacts_tab()), wanted);
    rig.standin.edit("Contacts", |sheet| {
        sheet.cell(4, WIDTH).value = Val::Empty;
    });
    rig.run_with(list, "replace", &now);
    wanted.retain(|id, _| id == now[0].id().as_str());
    assert_eq!(table(&rig.contacts_tab()), wanted);
}

#[test]
fn a_lid_whose_number_becomes_known_keeps_its_row_wherever_the_id_is() {
    let rig = Rig::new();
    let list = "name,id,other_id";
    let lid = contact("84958372000002@lid").with_name("Ada");
    rig.run_with(list, "upsert", &[ClassifiedContact::new(lid.clone())]);
    // The cells of the name and the id change together.
    let phone = contact("447700900101").with_name("Ada Beispiel");
    let merged = ClassifiedContact::new(phone).with_merged_id(lid.id().clone());
    let merged = [merged];
    assert_eq!(rig.writes_of(list, "upsert", &merged), 1);
    // The tab before and after the write: nothing is planned again.
    assert_eq!(rig.standin.count(Kind::Read), 6);
    assert_eq!(
        rig.contacts_tab().texts(),
        expected_in(&columns(list), &merged)
    );
}

#[test]
fn names_are_kept_only_with_the_columns_that_tell_which() {
    let nameless = |contact: &ClassifiedContact| {
        let mut contact = contact.contact().clone();
        contact.set_name(None);
        ClassifiedContact::new(contact)
    };
    for (list, keeps) in [
        ("standing,pushname,name,display_name,id", true),
        ("pushname,name,display_name", false),
        ("name,display_name,standing", false),
        ("pushname,display_name,standing", false),
        ("pushname,name,standing", false),
    ] {
        let rig = Rig::new();
        let before = [known(0, "A")];
        rig.run_with(list, "upsert", &before);
        let now = [nameless(&before[0])];
        let ctx = rig.with_columns(list, "upsert");
        let summary = rig.try_run(&ctx, &now, &RunEnd::complete()).unwrap();
        let kept = "1 contact kept the name in the tab, since the Whapi API no longer sends it";
        assert_eq!(
            summary.messages.iter().any(|said| said == kept),
            keeps,
            "{list}"
        );
        let shown = if keeps { &before } else { &now };
        assert_eq!(
            rig.contacts_tab().texts(),
            expected_in(&columns(list), shown),
            "{list}"
        );
    }
}

#[test]
fn what_a_run_finds_out_and_no_column_shows_is_named() {
    let rig = Rig::new();
    let contacts = known_contacts();
    let messages = |option: &str, available: Available| {
        let ctx = rig.with_columns(option, "upsert");
        let summary = rig.runtime.block_on(async {
            let mut exporter = rig.definition.open(&ctx).unwrap();
            let info = RunInfo::new().with_available(available);
            exporter.begin(&info).await.unwrap();
            let _ = exporter.write_batch(&contacts).await.unwrap();
            exporter.finish(&RunEnd::complete()).await.unwrap()
        });
        summary.messages
    };
    assert_eq!(
        messages("plain", all_available()),
        [
            "the reasons were not written; `sheets.columns=all` adds columns for them",
            "the other ids were not written; `sheets.columns=all` adds columns for them",
            "the changes were not written; `sheets.columns=all` adds columns for them",
        ]
    );
    assert!(messages("plain", Available::default()).is_empty());
    assert!(messages("all", all_available()).is_empty());
    assert_eq!(
        messages("id,groups,change", all_available()),
        ["the other ids were not written; `sheets.columns=all` adds columns for them",]
    );
}

#[test]
fn options_and_programs_choose_the_same_columns() {
    let names = ["id", "name"].map(str::to_owned).to_vec();
    for (option, columns) in [
        ("plain", Columns::Plain),
        ("all", Columns::All),
        ("id, name", Columns::Only(names)),
    ] {
        let read: crate::SheetsConfig = OpenContext::new()
            .with_option("spreadsheet", "abc")
            .with_option("columns", option)
            .options()
            .unwrap();
        assert_eq!(read, crate::SheetsConfig::new("abc").with_columns(columns));
    }
}
