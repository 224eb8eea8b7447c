//! What is proven, and what a state may say of the rest.

use std::io::{BufRead, BufReader};
use std::time::Duration;

use serde_json::{Value, json};
use whapi_emulator::{Effect, Emulator, EmulatorBuilder, Fault, Trigger};

use super::{
    api, case, last_state, messages, messages_of, proven, records, rows, settings, short, tap,
};
use crate::support::{Ran, bounded, signal};

/// Longer than a run is waited for: only a signal ends it.
const FOR_EVER: Duration = Duration::from_secs(600);

/// Runs the tap over three channels of which office is not proven complete.
#[track_caller]
fn check_others_are_proven(api: &Emulator, more: Value, summary: &str) -> Ran {
    let ran = tap(&case(api, &settings(more)), &[]);
    ran.check_code(3);
    assert_eq!(ran.stderr, summary);
    let found = messages(&ran);
    let of_office = found
        .iter()
        .filter(|one| one["record"]["channel"] == "office");
    assert_eq!(of_office.count(), 0);
    let states: Vec<_> = found.iter().filter(|one| one["type"] == "STATE").collect();
    assert!(
        states
            .iter()
            .all(|state| !state.to_string().contains("office")),
        "{states:?}"
    );
    let state = last_state(&found).unwrap();
    assert_eq!(proven(state, "contacts"), rows([("shop", 2), ("home", 1)]));
    ran
}

const NOT_PROVEN: &str = "warning: not proven complete: channel `office`: ";

fn contacts_only() -> Value {
    json!({"channel_concurrency": 1})
}

#[test]
fn a_channel_whose_token_is_refused_is_not_in_a_state() {
    let refusing = api(|office| office.token("another-token"));
    let ran = tap(&case(&refusing, &settings(contacts_only())), &[]);
    let told = format!(
        "{NOT_PROVEN}could not be read: the Whapi API knows no channel for this token (404): Not Found: \
         channel not found; check the token from the environment variable OFFICE (by channel `office`) \
         and the address of the API\n"
    );
    assert!(ran.stderr.ends_with(&told), "{ran}");
    let summary = ran.stderr.clone();
    assert!(
        summary.contains("\n  office: failed, not written\n"),
        "{ran}"
    );
    check_others_are_proven(&refusing, contacts_only(), &summary);
}

#[test]
fn a_channel_that_is_incomplete_is_neither_written_nor_in_a_state() {
    let incomplete = api(short);
    let ran = tap(&case(&incomplete, &settings(contacts_only())), &[]);
    assert!(
        ran.stderr.starts_with("2 of 3 channels complete\n"),
        "{ran}"
    );
    assert!(
        ran.stderr.contains("\n  office: incomplete, not written\n"),
        "{ran}"
    );
    assert!(ran.stderr.contains(NOT_PROVEN), "{ran}");
    check_others_are_proven(&incomplete, contacts_only(), &ran.stderr);
}

#[test]
fn an_incomplete_channel_is_written_where_that_is_allowed_and_never_in_a_state() {
    let incomplete = api(short);
    let ran = tap(
        &case(&incomplete, &settings(json!({"allow_incomplete": true}))),
        &[],
    );
    ran.check_code(3);
    assert!(ran.stderr.contains("\n  office: 2 contacts, "), "{ran}");
    let found = messages(&ran);
    let written = records(&found, "contacts").into_iter();
    let written = written.filter(|row| row["channel"] == "office").count();
    assert_eq!(written, 2);
    let states = found.iter().filter(|one| one["type"] == "STATE");
    assert!(states.clone().count() > 0);
    assert!(
        states
            .clone()
            .all(|state| !state.to_string().contains("office"))
    );
}

fn groups_of(builder: EmulatorBuilder) -> EmulatorBuilder {
    builder.participants_cap(1).group_cap(1)
}

/// The list of groups is complete, but the API keeps participants back.
#[test]
fn groups_are_proven_without_their_participants_and_memberships_are_not() {
    let people = || Emulator::builder().people(200);
    let api = groups_of(people()).start_blocking().unwrap();
    let case = |stream: &str| {
        let catalog = json!({"streams": [{"tap_stream_id": stream,
            "metadata": [{"breadcrumb": [], "metadata": {"selected": true}}]}]});
        crate::support::Case::at(&api)
            .input("tap.json", "{}")
            .input("catalog.json", catalog.to_string())
    };
    let catalog = ["--catalog", "../in/catalog.json"];
    let ran = tap(&case("groups"), &catalog);
    ran.check_code(0);
    let state = messages(&ran);
    let state = last_state(&state).unwrap();
    assert_eq!(state["bookmarks"].as_object().unwrap().len(), 1);
    let ran = tap(&case("memberships"), &catalog);
    ran.check_code(3);
    assert_eq!(last_state(&messages(&ran)), None);
    let kept_back = "groups: the Whapi API does not list all participants of ";
    assert!(ran.stderr.contains(kept_back), "{ran}");
}

#[test]
fn when_every_channel_fails_the_code_is_that_of_the_failure() {
    for (status, code) in [(401, 4), (402, 6)] {
        let fault = || Fault::new(Trigger::Always, Effect::Status(status));
        let api = super::channel("shop-token", &["447700900101"]).fault(fault());
        let api = api.start_blocking().unwrap();
        let ran = tap(&case(&api, &settings(json!({"channels": ["shop"]}))), &[]);
        ran.check_code(code);
        let found = messages(&ran);
        assert!(found.iter().all(|one| one["type"] == "SCHEMA"), "{ran}");
        assert_eq!(found.len(), 4);
    }
}

#[test]
fn the_state_before_is_kept_for_channels_that_are_not_proven_now() {
    let before = |time: &str| json!({"proven_at": time, "rows": 7});
    let old = before("2026-11-29T06:00:00Z");
    let state = json!({"bookmarks": {"contacts": {"channels": {
        "shop": old, "office": old, "warehouse": old,
    }}}});
    let incomplete = api(short);
    let case = case(&incomplete, &settings(json!({}))).input("state.json", state.to_string());
    let ran = tap(&case, &["--state", "../in/state.json"]);
    ran.check_code(3);
    let found = messages(&ran);
    let contacts = &last_state(&found).unwrap()["bookmarks"]["contacts"]["channels"];
    assert_eq!((&contacts["office"], &contacts["warehouse"]), (&old, &old));
    assert_eq!(
        (&contacts["shop"]["rows"], &contacts["home"]["rows"]),
        (&json!(2), &json!(1))
    );
    assert_ne!(contacts["shop"]["proven_at"], old["proven_at"]);
}

#[test]
fn a_file_that_is_no_state_is_refused() {
    let api = api(|office| office);
    for (state, why) in [
        ("", "is not valid JSON (line 1, column 0)"),
        ("[]", "is not a state that this tap wrote"),
        (
            r#"{"bookmarks":{"people":{}}}"#,
            "is not a state that this tap wrote (line 1, column 22)",
        ),
        (
            r#"{"bookmarks":{"chats":{"channels":{"a":{"proven_at":"today","rows":1}}}}}"#,
            "has a `proven_at` that is no time",
        ),
    ] {
        let case = case(&api, &settings(json!({}))).input("state.json", state);
        let ran = tap(&case, &["--state", "../in/state.json"]);
        ran.check(2, &format!("error: the state `../in/state.json` {why}\n"));
    }
    let sent: usize = api.channels().iter().map(|one| one.journal().len()).sum();
    assert_eq!(sent, 0);
}

/// Starts the tap over three channels of which office never answers, waits until the others are in a state,
/// and sends a signal.
fn interrupted(name: &str) -> (Option<i32>, Vec<Value>) {
    let hanging = api(|office| office.latency(FOR_EVER));
    let case = case(&hanging, &settings(json!({})));
    let mut child = case
        .command(&["tap", "--config", "../in/tap.json"])
        .spawn()
        .unwrap();
    let stdout = child.stdout.take().unwrap();
    let pid = child.id();
    let (reader, output) = bounded(move || {
        let mut reader = BufReader::new(stdout);
        let mut output = Vec::new();
        let is_last =
            |line: &str| line.contains("STATE") && line.contains("shop") && line.contains("home");
        loop {
            let mut line = String::new();
            assert_ne!(
                reader.read_line(&mut line).unwrap(),
                0,
                "it ended by itself"
            );
            output.extend(line.bytes());
            if is_last(&line) {
                return (reader, output);
            }
        }
    });
    signal(pid, name);
    let (code, rest) = bounded(move || {
        let mut reader = reader;
        let mut rest = Vec::new();
        std::io::Read::read_to_end(&mut reader, &mut rest).unwrap();
        (child.wait().unwrap().code(), rest)
    });
    assert_eq!(rest, b"", "nothing comes after the signal");
    (code, messages_of(&output))
}

#[test]
fn a_channel_that_hangs_holds_back_no_state_of_others_and_gets_none() {
    for (name, code) in [("INT", Some(130)), ("TERM", Some(143)), ("KILL", None)] {
        let (ended, found) = interrupted(name);
        assert_eq!(ended, code, "{name}");
        let state = last_state(&found).unwrap();
        assert_eq!(proven(state, "contacts"), rows([("shop", 2), ("home", 1)]));
        assert!(!state.to_string().contains("office"));
    }
}

/// The state of a small channel is due later than its rows, and is there at the end.
#[test]
fn states_do_not_outgrow_the_rows() {
    let case = crate::support::Case::new().input("tap.json", r#"{"demo_channels":3}"#);
    let ran = tap(&case, &["-q"]);
    let found = messages(&ran);
    let size = |kind: &str| -> usize {
        let of_kind = found.iter().filter(|one| one["type"] == kind);
        of_kind.map(|one| one.to_string().len()).sum()
    };
    assert!(size("STATE") <= size("RECORD"));
    assert_eq!(proven(last_state(&found).unwrap(), "contacts").len(), 3);
}
