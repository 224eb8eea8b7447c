//! Reasons, LIDs, filters, and the requests that they take.

use serde_json::{Value, json};
use whapi_emulator::{Effect, Emulator, EmulatorBuilder, Fault, Person, Trigger};

use crate::support::{Case, Ran, api, requests};

const FOOTBALL: &str = "120363000000000001@g.us";
const PADEL: &str = "120363000000000002@g.us";

fn lid() -> String {
    Emulator::lid_of("447700900102").unwrap()
}

/// An API with all lists: the account, and six contacts.
pub(crate) fn explained() -> EmulatorBuilder {
    let saved = |id: &str, name: &str| Person::new(id).with_name(name).with_saved(true);
    let seen = |id: &str, name: &str| Person::new(id).with_pushname(name).with_saved(false);
    let people = vec![
        saved("447700900101", "Ada Test"),
        seen("447700900102", "bo"),
        seen("493023125103", "Chris").with_is_business(true),
        seen("447700900104", "dee"),
        seen("447700900105", "ada TEST"),
        Person::new(lid())
            .with_pushname("bo's other id")
            .with_saved(false),
        Person::new(Emulator::ACCOUNT).with_saved(false),
    ];
    let label = json!([{"id": "1", "name": "New customer", "color": "limegreen"}]);
    let chats = vec![
        json!({"id": "447700900101@s.whatsapp.net", "type": "contact", "timestamp": 1_767_225_600}),
        json!({"id": "493023125103@s.whatsapp.net", "type": "contact", "timestamp": 1_700_000_000,
               "labels": label, "last_message": {"text": {"body": "never kept"}}}),
        json!({"id": FOOTBALL, "type": "group", "timestamp": 1_767_225_600, "labels": label}),
    ];
    let participants = |ids: &[(&str, &str)]| -> Value {
        ids.iter()
            .map(|(id, rank)| json!({"id": id, "rank": rank}))
            .collect()
    };
    let groups = vec![
        json!({"id": FOOTBALL, "name": "Football Sundays", "participants_count": 3,
               "participants": participants(&[
                   (&lid(), "admin"), ("447700900101", "member"), (Emulator::ACCOUNT, "creator")])}),
        json!({"id": PADEL, "name": "Padel", "participants_count": 2,
               "participants": participants(&[("447700900102", "member"), (Emulator::ACCOUNT, "member")])}),
    ];
    api()
        .contacts(people)
        .chats_and_groups(chats, groups, vec!["447700900104".to_owned()])
}

fn start(api: EmulatorBuilder) -> (Emulator, Case) {
    let api = api.start_blocking().unwrap();
    let case = Case::at(&api);
    (api, case)
}

fn records(ran: &Ran) -> Vec<Value> {
    ran.out()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn export(case: &Case, args: &[&str]) -> Ran {
    case.run(&[&["export", "-f", "jsonl", "-o", "-"], args].concat())
}

/// The ids that a run writes, in order.
fn ids(case: &Case, args: &[&str]) -> Vec<String> {
    let ran = export(case, args);
    ran.check_code(0);
    let records = records(&ran);
    let ids = records.iter().map(|record| record["id"].as_str().unwrap());
    ids.map(str::to_owned).collect()
}

#[test]
fn every_reason_of_every_contact() {
    let (api, case) = start(explained());
    let ran = export(&case, &["--reasons"]);
    ran.check_code(0);
    let reasons: Vec<_> = records(&ran)
        .into_iter()
        .map(|mut record| record["reasons"].take())
        .collect();
    let football = |rank: &str| json!({"id": FOOTBALL, "name": "Football Sundays", "rank": rank});
    let padel = |rank: &str| json!({"id": PADEL, "name": "Padel", "rank": rank});
    let reason = |all: &[&str], chat: Value, groups: &[Value]| json!({"primary": all[0], "all": all, "complete": true, "private_chat": chat, "groups": groups});
    let chat = |at: &str, labels: Value| json!({"last_activity": at, "labels": labels});
    let label = json!([{"id": "1", "name": "New customer"}]);
    let expected = [
        reason(
            &["address_book", "private_chat", "group"],
            chat("2026-01-01T00:00:00Z", json!([])),
            &[football("member")],
        ),
        reason(&["group"], Value::Null, &[padel("member")]),
        reason(&["private_chat"], chat("2023-11-14T22:13:20Z", label), &[]),
        reason(&["blocked"], Value::Null, &[]),
        reason(&["unexplained"], Value::Null, &[]),
        reason(&["group"], Value::Null, &[football("admin")]),
        reason(
            &["account", "group"],
            Value::Null,
            &[football("creator"), padel("member")],
        ),
    ];
    for (found, expected) in reasons.iter().zip(&expected) {
        assert_eq!(found, expected);
    }
    assert_eq!(reasons.len(), expected.len());
    assert!(!ran.out().contains("never kept"));
    assert_eq!(
        ran.stderr,
        "7 contacts: 1 saved, 6 discovered, 0 unknown\n\
         the list is complete: 1 page, 5 requests\n\
         why they are visible: 1 account itself, 1 in the address book, 1 private chat, 2 in a group, 1 blocked, 1 unexplained\n\
         jsonl: 7 contacts written to standard output\n"
    );
    assert_eq!(
        requests(&api),
        [
            "GET /blacklist?",
            "GET /chats?count=100&offset=0",
            "GET /contacts?count=500&offset=0",
            "GET /groups?count=50&offset=0",
            "GET /health?wakeup=false",
        ]
    );
}

#[test]
fn the_json_summary_counts_them() {
    let (_api, case) = start(explained());
    let ran = case.run(&[
        "export",
        "-f",
        "csv",
        "--json",
        "--resolve-lids",
        "--group",
        "padel",
    ]);
    ran.check_code(0);
    let summary: Value = serde_json::from_str(ran.out()).unwrap();
    assert_eq!(
        summary["reasons"],
        json!({
            "complete": true,
            "primary": {"account": 1, "address_book": 1, "private_chat": 1, "group": 2,
                        "blocked": 1, "unexplained": 1, "unknown": 0},
            "any": {"account": 1, "address_book": 1, "private_chat": 2, "group": 4,
                    "blocked": 1, "unexplained": 1},
            "selected": {
                "primary": {"account": 1, "address_book": 0, "private_chat": 0, "group": 2,
                            "blocked": 0, "unexplained": 0, "unknown": 0},
                "any": {"account": 1, "address_book": 0, "private_chat": 0, "group": 3,
                        "blocked": 0, "unexplained": 0},
            },
            "doubts": [],
        })
    );
    assert_eq!(
        summary["filters"],
        json!([{"name": "group", "left_out": 4}])
    );
    assert_eq!(summary["lids"]["listed_twice"], 1);
    assert_eq!(summary["contacts"]["selected"], 3);
    assert_eq!(summary["selected"], json!({"without_phone": 1}));
}

#[test]
fn the_summary_counts_the_reasons_of_selected_contacts() {
    let (_api, case) = start(explained());
    let ran = case.run(&["export", "-f", "csv", "--reason", "group"]);
    ran.check(
        0,
        "7 contacts: 1 saved, 6 discovered, 0 unknown\n\
         4 of 7 contacts selected\n\
         1 of them has no phone number\n\
         the list is complete: 1 page, 5 requests\n\
         left out: 3 by --reason\n\
         why they are visible: 1 account itself, 1 in the address book, 2 in a group, 0 unexplained\n\
         csv: 4 contacts written to contacts.csv\n",
    );
}

/// A number that a merged entry brings counts.
#[test]
fn contacts_without_a_number_are_counted_after_merging() {
    let (_api, case) = start(explained());
    let selected = |flag: &str| {
        let args = [
            "export",
            "-f",
            "csv",
            "--json",
            "--name-contains",
            "bo",
            flag,
        ];
        let summary: Value = serde_json::from_str(case.run(&args).out()).unwrap();
        (
            summary["contacts"]["selected"].clone(),
            summary["selected"]["without_phone"].clone(),
        )
    };
    assert_eq!(selected("--resolve-lids"), (json!(2), json!(1)));
    assert_eq!(selected("--merge-lids"), (json!(1), json!(0)));
}

#[test]
fn filters_one_by_one_and_together() {
    let (_api, case) = start(explained());
    let check =
        |args: &[&str], expected: &[&str]| assert_eq!(ids(&case, args), expected, "{args:?}");
    let lid = lid();
    check(
        &["--reason", "private_chat"],
        &["447700900101", "493023125103"],
    );
    check(
        &["--reason", "blocked,account"],
        &["447700900104", Emulator::ACCOUNT],
    );
    check(&["--reason", "unexplained"], &["447700900105"]);
    check(
        &["--group", "football sundays", "--reason", "address-book"],
        &["447700900101"],
    );
    check(
        &["--group", PADEL, "--group", "Football Sundays"],
        &["447700900101", "447700900102", &lid, Emulator::ACCOUNT],
    );
    check(&["--label", "new customer"], &["493023125103"]);
    check(&["--country", "de"], &["493023125103"]);
    check(
        &[
            "--reason",
            "blocked,unexplained",
            "--only",
            "discovered",
            "--name-contains",
            "D",
        ],
        &["447700900104", "447700900105"],
    );
    check(&["--business"], &["493023125103"]);
    check(&["--kind", "LID"], &[&lid]);
    check(&["--kind", "lid,other", "--name-contains", "bo"], &[&lid]);
    check(
        &["--with-phone", "--name-contains", "bo"],
        &["447700900102"],
    );
    check(&["--only", "Saved"], &["447700900101"]);
    check(&["--only", "UNSAVED", "--business"], &["493023125103"]);
    check(&["--reason", "Blocked"], &["447700900104"]);
    check(&["--active-since", "2026-01-01"], &["447700900101"]);
    check(&["--active-since", "2026-01-02"], &[]);
    check(&["--business", "--only", "saved"], &[]);
}

#[test]
fn what_each_filter_left_out_is_said() {
    let (_api, case) = start(explained());
    let ran = case.run(&["export", "-f", "csv", "--only", "discovered", "--business"]);
    ran.check(
        0,
        "7 contacts: 1 saved, 6 discovered, 0 unknown\n\
         1 of 7 contacts selected\n\
         the list is complete: 1 page, 2 requests\n\
         left out: 1 by --only, 5 by --business\n\
         csv: 1 contact written to contacts.csv\n",
    );
}

#[test]
fn a_failing_list_makes_reasons_unknown_and_loses_no_contact() {
    let fault = Fault::new(Trigger::Always, Effect::Status(404)).on("/groups");
    let (_api, case) = start(explained().fault(fault));
    let ran = export(&case, &["--reasons"]);
    ran.check_code(0);
    let primary: Vec<_> = records(&ran)
        .iter()
        .map(|record| record["reasons"]["primary"].clone())
        .collect();
    assert_eq!(
        json!(primary),
        json!([
            "address_book",
            null,
            "private_chat",
            null,
            null,
            null,
            "account"
        ])
    );
    assert_eq!(
        ran.stderr.lines().next().unwrap(),
        "7 contacts: 1 saved, 6 discovered, 0 unknown"
    );
    let warning = "warning: the groups are not all known: the Whapi API knows no channel for this token (404)";
    assert!(ran.stderr.contains(warning), "{}", ran.stderr);

    let ran = export(&case, &["--group", "Padel"]);
    ran.check_code(3);
    let warning = "warning: contacts may be missing: the filter group uses the groups, and not all of them are known: ";
    assert!(ran.stderr.contains(warning), "{}", ran.stderr);
}

#[test]
fn two_ids_of_a_person_are_linked_and_merged() {
    let (api, case) = start(explained());
    let lid = lid();
    let ran = export(&case, &["--resolve-lids", "--reasons"]);
    ran.check_code(0);
    let records_of = records(&ran);
    assert_eq!(records_of[1]["other_id"], json!(lid));
    assert_eq!(records_of[5]["other_id"], json!("447700900102"));
    assert_eq!(records_of[5]["phone"], Value::Null);
    let groups = |record: &Value| -> Vec<String> {
        let groups = record["reasons"]["groups"].as_array().unwrap();
        groups
            .iter()
            .map(|group| group["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        groups(&records_of[1]),
        [PADEL, FOOTBALL],
        "those of both ids"
    );
    let lids = "GET /contacts/lids?ContactIDList=447700900101,447700900102,493023125103,447700900104,447700900105,999000000000";
    assert!(
        requests(&api).contains(&lids.to_owned()),
        "{:?}",
        requests(&api)
    );

    let ran = export(&case, &["--merge-lids"]);
    ran.check_code(0);
    let merged = records(&ran);
    assert_eq!(merged.len(), 6);
    assert_eq!(
        (
            &merged[1]["id"],
            &merged[1]["other_id"],
            &merged[1]["merged"]
        ),
        (&json!("447700900102"), &json!(lid), &json!(true))
    );
    // All entries are counted first.
    let said = "7 contacts: 1 saved, 6 discovered, 0 unknown\n\
                6 contacts after 1 entry of people listed twice was merged\n\
                the list is complete: 1 page, 3 requests\n";
    assert!(ran.stderr.starts_with(said), "{}", ran.stderr);
}

#[test]
fn a_pushname_that_equals_a_saved_name_is_pointed_out() {
    let (_api, case) = start(explained());
    let warnings: Vec<_> = records(&export(&case, &[]))
        .iter()
        .map(|record| record["name_warnings"].clone())
        .collect();
    assert_eq!(
        json!(warnings),
        json!([[], [], [], [], ["equals_saved_name"], [], []])
    );
}

#[test]
fn what_it_costs_is_what_was_planned() {
    let (api, case) = start(api());
    let args = [
        "export",
        "-f",
        "csv",
        "--reasons",
        "--resolve-lids",
        "--json",
    ];
    let ran = case.run(&[&args[..], &["--dry-run"]].concat());
    ran.check_nothing_written(0);
    let plan: Value = serde_json::from_str(ran.out()).unwrap();
    let before = api.journal().len();
    assert_eq!(before, 3, "one row of each list");
    let asked = |path: &str| {
        let journal = api.journal();
        let entries = journal[before..].iter();
        let is_of = |entry: &&whapi_emulator::JournalEntry| match path {
            "/contacts/ids/" => entry.path.starts_with(path),
            path => entry.path == path,
        };
        entries.filter(is_of).count() as u64
    };
    case.run(&args).check_code(0);
    let mut total = 0;
    for part in plan["source"]["gate"]["parts"].as_array().unwrap() {
        let path = match part["name"].as_str().unwrap() {
            "lids" => "/contacts/lids".to_owned(),
            "lid_lookups" => "/contacts/ids/".to_owned(),
            name => format!("/{name}"),
        };
        let planned = part["requests"].as_u64().unwrap();
        total += planned;
        if part["at_most"] == json!(true) {
            assert!(asked(&path) <= planned && asked(&path) > 0, "{part}");
        } else {
            assert_eq!(asked(&path), planned, "{part}");
        }
    }
    assert_eq!(plan["source"]["gate"]["requests"], json!(total));
}

#[test]
fn a_dry_run_lists_the_requests() {
    let (api, case) = start(explained());
    let ran = case.run(&[
        "export",
        "-f",
        "csv",
        "--dry-run",
        "--merge-lids",
        "--reasons",
    ]);
    ran.check(
        0,
        &format!(
            "A dry run: nothing is written.\n\
             {}/ lists 7 contacts.\n\
             Reading them takes at most 13 requests, the channel check included, if nothing fails and the list does not change: \
             1 for contacts, 1 for the channel check, 1 for chats, \
             1 for groups (and one for each that is listed without all of its members), \
             1 for blocked ids, at most 1 for LIDs, at most 7 for single LIDs without a number.\n\
             csv would be written to contacts.csv.\n",
            api.base_url()
        ),
    );
}

#[test]
fn a_group_or_a_label_that_does_not_exist_ends_the_run() {
    let (api, case) = start(explained());
    for (args, message) in [
        (
            ["--group", "football sunday"],
            "the channel has no group `football sunday`; did you mean `Football Sundays`?",
        ),
        (
            ["--label", "new customers"],
            "the channel has no label `new customers`; did you mean `New customer`?",
        ),
        (
            ["--group", "Xylophone"],
            "the channel has no group `Xylophone`",
        ),
    ] {
        let ran = case.run(&[&["export", "-f", "csv"][..], &args].concat());
        ran.check(
            2,
            &format!("csv: nothing written to contacts.csv\nerror: {message}\n"),
        );
        assert!(ran.names().is_empty(), "nothing is written");
    }
    // A list that may lack the group proves nothing.
    api.fault(Fault::new(Trigger::Always, Effect::Status(500)).on("/groups"));
    let ran = case.run(&["export", "-f", "csv", "--group", "Xylophone"]);
    ran.check_code(3);
    assert!(
        ran.stderr
            .contains("warning: the channel has no group `Xylophone`\n"),
        "{}",
        ran.stderr
    );
}

#[test]
fn saved_answers_tell_no_reasons() {
    let case = Case::new().input("saved", "[]");
    for flag in [&["--reasons"][..], &["--group", "x"], &["--resolve-lids"]] {
        let args = [&["export", "-f", "csv", "--from", "../in/saved"], flag].concat();
        let ran = case.run(&args);
        ran.check_code(2);
        assert!(ran.stderr.contains("cannot be used with"), "{}", ran.stderr);
    }
}

#[test]
fn names_are_made_by_the_name_flags() {
    let (_api, case) = start(explained());
    let names = |args: &[&str]| -> Vec<String> {
        let ran = export(&case, args);
        ran.check_code(0);
        let records = records(&ran);
        let names = records
            .iter()
            .map(|record| record["display_name"].as_str().unwrap());
        names.map(str::to_owned).collect()
    };
    assert_eq!(
        names(&[
            "--name-prefix",
            "WA ",
            "--nameless",
            "last-four",
            "--only",
            "saved"
        ]),
        ["WA Ada Test"]
    );
    let last = |args: &[&str]| names(args).pop().unwrap();
    assert_eq!(last(&["--nameless", "last-four"]), "Contact ...0000");
    assert_eq!(last(&["--nameless", "counter"]), "Contact 1");
    assert_eq!(last(&["--name-order", "id,name"]), Emulator::ACCOUNT);
    let ran = case.run(&["export", "-f", "csv", "--name-order", "nick"]);
    ran.check_code(2);
    assert!(
        ran.stderr.starts_with(
            "error: invalid value 'nick' for '--name-order <NAMES>': unknown name `nick`; known are name, pushname, phone, id\n"
        ),
        "{}",
        ran.stderr
    );
}

#[test]
fn numbers_behind_lids_are_found_and_written() {
    let own = Emulator::lid_of(Emulator::ACCOUNT).unwrap();
    let (found, limit) = ("84958372615243@lid", "84958372615244@lid");
    let people = [own.as_str(), found, limit].map(Person::new).to_vec();
    let (_api, case) = start(
        Emulator::builder()
            .contacts(people)
            .phone_of_lid(found, "447700900101")
            .phone_of_lid(limit, "447700900102"),
    );
    let flags = ["--resolve-lids", "--reasons", "--max-lid-lookups", "1"];
    let ran = export(&case, &flags);
    ran.check_code(0);
    let written: Vec<_> = records(&ran)
        .iter()
        .map(|record| record["phone"].clone())
        .collect();
    assert_eq!(
        json!(written),
        json!(["+999000000000", "+447700900101", null])
    );
    assert_eq!(records(&ran)[0]["reasons"]["primary"], "account");
    for said in [
        "phone number and LID of 2 contacts known; the number behind 2 LIDs found\n",
        "warning: 1 LID without a known number left out, since --max-lid-lookups allows 1 single request\n",
    ] {
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }

    let ran = export(&case, &["--resolve-lids", "--with-phone"]);
    ran.check_code(0);
    assert_eq!(records(&ran).len(), 3);
}
