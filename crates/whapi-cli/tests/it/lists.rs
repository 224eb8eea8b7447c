//! `groups` and `labels`: what `--group` and `--label` can name.

use serde_json::{Value, json};
use whapi_emulator::{Effect, Emulator, Fault, Trigger};

use crate::support::{Case, Ran, api, requests, snapshot};

fn group(id: &str, name: Option<&str>, members: usize) -> Value {
    let member = |n| json!({"id": format!("4477009001{n:02}"), "rank": "member"});
    let participants: Vec<_> = (0..members).map(member).collect();
    json!({"id": id, "name": name, "participants": participants})
}

fn chat(id: &str, kind: &str, labels: &[(&str, &str)]) -> Value {
    let labels: Vec<_> = labels
        .iter()
        .map(|(id, name)| json!({"id": id, "name": name, "color": "salmon"}))
        .collect();
    json!({"id": id, "type": kind, "timestamp": 1, "labels": labels})
}

/// Groups and labels with names of every width, and some that would steer a terminal.
fn nasty() -> Emulator {
    let mut counted = group("120363000000000005@g.us", Some("Counted"), 1);
    counted["participants_count"] = json!(1024);
    let groups = vec![
        group("120363000000000001@g.us", Some("Padel"), 2),
        group("120363000000000002@g.us", Some("家族の集まり"), 3),
        group(
            "120363000000000003@g.us",
            Some("a\u{1b}[2J\r\nb\u{202e}c"),
            2,
        ),
        group("12@g.us", None, 0),
        counted,
    ];
    let chats = vec![
        chat(
            "447700900101@s.whatsapp.net",
            "contact",
            &[("1", "Unpaid"), ("2", "家")],
        ),
        chat("447700900102@s.whatsapp.net", "contact", &[("2", "家")]),
        chat(
            "120363000000000001@g.us",
            "group",
            &[("2", "家"), ("3", "\u{1b}]0;x\u{7}")],
        ),
        chat("447700900103@s.whatsapp.net", "contact", &[]),
    ];
    api()
        .chats_and_groups(chats, groups, vec![])
        .start_blocking()
        .unwrap()
}

fn parsed(ran: &Ran) -> Value {
    serde_json::from_str(ran.out()).unwrap()
}

#[test]
fn groups_are_listed_by_size() {
    let api = nasty();
    let ran = Case::at(&api).run(&["groups"]);
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""));
    assert_eq!(
        ran.out(),
        "MEMBERS  ID                       NAME\n  \
           1,024  120363000000000005@g.us  Counted\n      \
               3  120363000000000002@g.us  家族の集まり\n      \
               2  120363000000000001@g.us  Padel\n      \
               2  120363000000000003@g.us  a\\u{1b}[2J b\\u{202e}c\n      \
               0  12@g.us                  (no name)\n"
    );
    assert_eq!(requests(&api), ["GET /groups?count=50&offset=0"]);

    let ran = Case::at(&api).run(&["groups", "--json"]);
    ran.check_code(0);
    assert_eq!(
        parsed(&ran),
        json!({"schema": 1, "outcome": "complete", "exit_code": 0, "groups": [
            {"id": "120363000000000005@g.us", "name": "Counted", "members": 1024},
            {"id": "120363000000000002@g.us", "name": "家族の集まり", "members": 3},
            {"id": "120363000000000001@g.us", "name": "Padel", "members": 2},
            {"id": "120363000000000003@g.us", "name": "a\u{1b}[2J\r\nb\u{202e}c", "members": 2},
            {"id": "12@g.us", "name": null, "members": 0},
        ], "missing": []})
    );
    assert!(!ran.out().contains(['\u{1b}', '\u{202e}']), "{ran}");
}

#[test]
fn labels_are_listed_by_use() {
    let api = nasty();
    let ran = Case::at(&api).run(&["labels"]);
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""));
    assert_eq!(
        ran.out(),
        "CHATS  ID  NAME\n    \
             3  2   家\n    \
             1  3   \\u{1b}]0;x\\u{7}\n    \
             1  1   Unpaid\n"
    );
    assert_eq!(requests(&api), ["GET /chats?count=100&offset=0"]);
    let ran = Case::at(&api).run(&["labels", "--json"]);
    assert_eq!(
        parsed(&ran)["labels"],
        json!([
            {"id": "2", "name": "家", "chats": 3, "private_chats": 2},
            {"id": "3", "name": "\u{1b}]0;x\u{7}", "chats": 1, "private_chats": 0},
            {"id": "1", "name": "Unpaid", "chats": 1, "private_chats": 1},
        ])
    );
}

/// What is listed can be selected.
#[test]
fn names_and_ids_work_as_filters() {
    let api = api().start_blocking().unwrap();
    for (command, key, flag) in [
        ("groups", "groups", "--group"),
        ("labels", "labels", "--label"),
    ] {
        let listed = parsed(&Case::at(&api).run(&[command, "--json"]));
        let listed = listed[key].as_array().unwrap();
        assert!(!listed.is_empty());
        for item in [&listed[0], listed.last().unwrap()] {
            for by in ["id", "name"] {
                let value = item[by].as_str().unwrap();
                let args = ["export", "-f", "csv", "-q", flag, value];
                Case::at(&api).run(&args).check(0, "");
            }
        }
    }
}

#[test]
fn a_list_that_breaks_off_is_shown_with_a_warning() {
    for (command, path, people) in [("groups", "/groups", 4000), ("labels", "/chats", 1317)] {
        let fault = Fault::new(Trigger::From(2), Effect::Status(400)).on(path);
        let api = || {
            let api = api().people(people).fault(fault.clone());
            api.start_blocking().unwrap()
        };
        let ran = Case::at(&api()).run(&[command]);
        assert_eq!(
            ran.stderr,
            format!(
                "warning: {command} may be missing: the Whapi API refused the request (400): Bad \
                 Request: a fault of the emulator\n"
            )
        );
        ran.check_code(3);
        assert!(ran.out().lines().count() > 2, "{ran}");
        let ran = Case::at(&api()).run(&[command, "--json"]);
        ran.check_code(3);
        let list = parsed(&ran);
        assert_eq!(
            (&list["outcome"], &list["exit_code"]),
            (&json!("incomplete"), &json!(3))
        );
        assert_eq!(
            list["missing"],
            json!([
                "the Whapi API refused the request (400): Bad Request: a fault of the emulator"
            ])
        );
    }
}

#[test]
fn a_list_that_cannot_be_read_has_the_exit_code_of_its_error() {
    for (status, code) in [(400, 5), (401, 4), (402, 6)] {
        let fault = Fault::new(Trigger::Always, Effect::Status(status)).on("/groups");
        let api = api().fault(fault).start_blocking().unwrap();
        let ran = Case::at(&api).run(&["groups", "--json"]);
        ran.check_code(code);
        let summary = parsed(&ran);
        assert_eq!(summary["exit_code"], code);
        assert_eq!(summary["groups"], Value::Null);
    }
}

#[test]
fn empty_lists_say_so() {
    let api = api()
        .chats_and_groups(vec![], vec![], vec![])
        .start_blocking()
        .unwrap();
    Case::at(&api)
        .run(&["groups"])
        .check(0, "This channel is in no group.\n");
    Case::at(&api)
        .run(&["labels"])
        .check(0, "No chat of this channel has a label.\n");
    Case::at(&api).run(&["groups", "-q"]).check(0, "");
    let ran = Case::at(&api).run(&["labels", "--json", "-q"]);
    assert_eq!(
        ran.out(),
        "{\"schema\":1,\"outcome\":\"complete\",\"exit_code\":0,\"labels\":[],\"missing\":[]}\n"
    );
}

#[test]
fn demos() {
    snapshot("groups_demo", &Case::new().run(&["groups", "--demo"]));
    snapshot("labels_demo", &Case::new().run(&["labels", "--demo", "-q"]));
    // Saved answers have neither.
    Case::new().run(&["groups", "--from", "x"]).check_code(2);
}

#[test]
fn logs_show_no_name_and_no_number() {
    let api = nasty();
    for command in ["groups", "labels", "check"] {
        let ran = Case::at(&api).run(&[command, "-vv"]);
        ran.check_code(0);
        assert!(ran.stderr.contains(" DEBUG whapi_fetch::"), "{ran}");
        for private in ["Padel", "Unpaid", "120363", "4477", "999000"] {
            assert!(!ran.stderr.contains(private), "{private}: {ran}");
        }
    }
}
