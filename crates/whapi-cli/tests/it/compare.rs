//! Comparing with an earlier export.

use serde_json::{Value, json};
use whapi_emulator::{Emulator, ListChange, Person, TotalMode};

use crate::support::{Case, Ran, api};

fn people() -> Vec<Person> {
    let saved = |id: &str, name: &str| Person::new(id).with_name(name).with_saved(true);
    let seen = |id: &str, name: &str| Person::new(id).with_pushname(name).with_saved(false);
    vec![
        saved("447700900101", "Ada"),
        saved("447700900102", "Bo"),
        seen("447700900103", "=chris"),
        seen("447700900104", "dee"),
        seen("447700900105", "eve"),
        seen("447700900106", "fay"),
        saved("447700900108", "Hal"),
    ]
}

/// The same people later: Bo deleted, dee saved, eve renamed, fay gone, gus new, and the
/// API does not send the name of Hal.
fn later() -> Vec<Person> {
    let mut people = people();
    people[1] = Person::new("447700900102")
        .with_pushname("bo")
        .with_saved(false);
    people[3] = Person::new("447700900104")
        .with_name("Dee")
        .with_saved(true);
    people[4] = Person::new("447700900105")
        .with_pushname("Eve!")
        .with_saved(false);
    people[5] = Person::new("447700900107")
        .with_pushname("gus")
        .with_saved(false);
    people[6] = Person::new("447700900108")
        .with_pushname("hal")
        .with_saved(true);
    people
}

fn changes(ran: &Ran) -> Value {
    serde_json::from_str::<Value>(ran.out()).unwrap()["changes"].take()
}

/// Exports before and after, and compares.
fn compare(file: &str, earlier: &[&str]) -> (Emulator, Case, Ran) {
    let before = api().contacts(people()).start_blocking().unwrap();
    let case = Case::at(&before);
    case.run(&[&["export", "-o", file], earlier].concat())
        .check_code(0);
    let after = api().contacts(later()).start_blocking().unwrap();
    let case = case.env("WHAPI_BASE_URL", after.base_url());
    let ran = case.run(&["export", "-o", "now.jsonl", "--json", "--compare", file]);
    (after, case, ran)
}

#[test]
fn every_change_is_reported_in_every_format() {
    for (file, earlier) in [
        ("old.jsonl", &["--name-prefix", "WA "][..]),
        ("old.csv", &[]),
        (
            "old.csv",
            &["--set", "formula_guard=off", "--name-suffix", "!"],
        ),
        ("old.csv", &["--set", "columns=standing,id,name,pushname"]),
        (
            "old.csv",
            &["--set", "separator=semicolon", "--set", "profile=excel"],
        ),
        (
            "old.csv",
            &["--set", "separator=tab", "--set", "encoding=utf-16le"],
        ),
    ] {
        let (_api, case, ran) = compare(file, earlier);
        ran.check_code(0);
        // Spelled as in the file.
        let gone = if earlier.contains(&"profile=excel") {
            "447700900106@s.whatsapp.net"
        } else {
            "447700900106"
        };
        assert_eq!(
            changes(&ran),
            json!({
                "added": 1, "saved": 1, "removed_from_address_book": 1, "renamed": 1,
                "name_missing": 1,
                "unchanged": 2, "gone": 1, "gone_ids": [gone], "not_seen": 0,
            }),
            "{file} {earlier:?}"
        );
        let now = String::from_utf8(case.read("now.jsonl")).unwrap();
        let found: Vec<Value> = now
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["change"].take())
            .collect();
        assert_eq!(
            json!(found),
            json!([
                "unchanged",
                "removed-from-address-book",
                "unchanged",
                "saved",
                "renamed",
                "added",
                "name-missing"
            ])
        );
    }
}

#[test]
fn the_summary_counts_changes() {
    let (_api, case, _) = compare("old.csv", &[]);
    let ran = case.run(&["export", "-f", "vcard", "--compare", "old.csv"]);
    ran.check(
        0,
        "7 contacts: 3 saved, 4 discovered, 0 unknown\n\
         the list is complete: 1 page, 2 requests\n\
         changes: 1 added, 1 saved, 1 removed from the address book, 1 renamed, 1 missing name, 2 unchanged, 1 gone\n\
         vcard: 7 contacts written to contacts.vcf\n",
    );
}

#[test]
fn contacts_are_gone_only_after_a_complete_scan() {
    let (_api, case, _) = compare("old.csv", &[]);
    let unproven = api()
        .contacts(later())
        .total(TotalMode::Off(1))
        .start_blocking()
        .unwrap();
    let case = case.env("WHAPI_BASE_URL", unproven.base_url());
    let ran = case.run(&["export", "-f", "vcard", "--json", "--compare", "old.csv"]);
    ran.check_code(3);
    let found = changes(&ran);
    assert_eq!(
        (&found["gone"], &found["gone_ids"], &found["not_seen"]),
        (&Value::Null, &json!([]), &json!(1))
    );
}

#[test]
fn the_earlier_export_may_be_the_one_that_is_replaced() {
    let (api, case, _) = compare("old.csv", &[]);
    api.change(ListChange::RemoveAt(vec![0]));
    let args = [
        "export",
        "-o",
        "now.jsonl",
        "--json",
        "--compare",
        "now.jsonl",
    ];
    let ran = case.run(&args);
    ran.check_code(0);
    let found = changes(&ran);
    assert_eq!(found["gone_ids"], json!(["447700900101"]));
    assert_eq!(found["unchanged"], 6);
}

#[test]
fn a_file_that_is_not_utf_8_is_read_with_a_warning() {
    let list = b"id;saved;name\r\n447700900101;true;Zo\xeb\r\n447700900102;true;Bo\r\n";
    let case = Case::new().input("old.csv", list);
    let ran = case.run(&[
        "export",
        "-f",
        "vcard",
        "--demo",
        "--compare",
        "../in/old.csv",
    ]);
    ran.check_code(0);
    let warning = "warning: the earlier export is not UTF-8 and was read as windows-1252; a name with \
                   `?` in it is not compared\n";
    assert!(ran.stderr.contains(warning), "{}", ran.stderr);
}

#[test]
fn an_id_that_a_spreadsheet_rounded_is_shown_with_the_way_out() {
    let case = Case::new().input("old.csv", "id;saved\r\n4,91512E+12;true\r\n");
    let args = ["export", "-f", "vcard", "--demo", "--compare"];
    let ran = case.run(&[&args[..], &["../in/old.csv"]].concat());
    ran.check_nothing_written(2);
    assert_eq!(
        ran.stderr.lines().last().unwrap(),
        "error: could not read the earlier export `../in/old.csv`: line 2: the column `id` has \
         `4,91512E+12`, an id that a spreadsheet rounded when it saved the file; compare with the \
         file as it was exported, or export with `csv.profile=excel`, whose ids no spreadsheet rounds"
    );
}

#[test]
fn other_files_are_refused() {
    let case = Case::new()
        .input("list.txt", "447700900101\n")
        .input("list.csv", "name\r\nAda\r\n")
        .input("list.jsonl", "{}\n");
    let check = |file: &str, expected: &str| {
        let ran = case.run(&["export", "-f", "vcard", "--demo", "--compare", file]);
        ran.check_nothing_written(2);
        assert_eq!(ran.stderr.lines().last().unwrap(), expected);
    };
    check(
        "../in/list.txt",
        "error: --compare cannot read `../in/list.txt`; it reads files with the extension .csv or .jsonl",
    );
    check(
        "../in/none.csv",
        "error: could not open the earlier export `../in/none.csv`: No such file or directory (os error 2)",
    );
    for file in ["../in/list.csv", "../in/list.jsonl"] {
        let ran = case.run(&["export", "-f", "vcard", "--demo", "--compare", file]);
        ran.check_nothing_written(2);
        let error = format!("error: could not read the earlier export `{file}`: ");
        assert!(ran.stderr.contains(&error), "{}", ran.stderr);
    }
}
