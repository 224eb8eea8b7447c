//! Meltano and targets that are not ours, where they are installed: the slow tier.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Map, Value, json};
use whapi_test_support::singer_program;

use super::{last_state, messages, messages_of, proven, records, rows, tap};
use crate::support::Case;

const STREAMS: [&str; 4] = ["contacts", "groups", "memberships", "chats"];

/// Reads two channels into a target. Returns the case, our messages, and the state that the target passes
/// on.
fn load(target: &Path, config: &Value) -> (Case, Vec<Value>, Value) {
    let case = Case::new()
        .input("tap.json", r#"{"demo_channels":2}"#)
        .input("target.json", config.to_string());
    let ran = tap(&case, &["-q"]);
    ran.check_code(0);
    let input = case.path("../in/messages");
    fs::write(&input, &ran.stdout).unwrap();
    let output = Command::new(target)
        .args(["--config", "../in/target.json"])
        .current_dir(case.path(""))
        .stdin(Stdio::from(fs::File::open(input).unwrap()))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let passed = String::from_utf8(output.stdout).unwrap();
    let state = serde_json::from_str(passed.lines().last().unwrap()).unwrap();
    (case, messages(&ran), state)
}

fn keys<'a>(rows: impl IntoIterator<Item = &'a Value>) -> BTreeSet<String> {
    let rows = rows.into_iter();
    rows.map(|row| format!("{} {} {}", row["channel"], row["group_id"], row["id"]))
        .collect()
}

#[test]
#[ignore = "slow tier: needs target-jsonl from PyPI"]
fn target_jsonl_writes_every_record_as_it_is() {
    let Some(program) = singer_program("target-jsonl") else {
        return;
    };
    let config = json!({"destination_path": ".", "do_timestamp_file": false});
    let (case, sent, state) = load(&program, &config);
    assert_eq!(Some(&state), last_state(&sent));
    for stream in STREAMS {
        let written = messages_of(&case.read(&format!("{stream}.jsonl")));
        let expected: Vec<_> = records(&sent, stream).into_iter().cloned().collect();
        assert_eq!(written, expected, "{stream}");
    }
}

/// Of Meltano's SDK, which checks each record with its schema.
#[test]
#[ignore = "slow tier: needs meltanolabs-target-csv from PyPI"]
fn target_csv_writes_a_row_for_each_record() {
    let Some(program) = singer_program("target-csv") else {
        return;
    };
    let config = json!({"output_path": ".", "file_naming_scheme": "{stream_name}.csv"});
    let (case, sent, state) = load(&program, &config);
    assert_eq!(Some(&state), last_state(&sent));
    for stream in STREAMS {
        let bytes = case.read(&format!("{stream}.csv"));
        let mut reader = csv::Reader::from_reader(&bytes[..]);
        let headers = reader.headers().unwrap().clone();
        let written = reader.records().map(|row| {
            let row = row.unwrap();
            let cells = headers.iter().zip(&row);
            let cells = cells.map(|(name, cell)| (name.to_owned(), json!(cell)));
            Value::Object(cells.collect::<Map<_, _>>())
        });
        let written: Vec<_> = written.collect();
        let expected = records(&sent, stream);
        assert_eq!(written.len(), expected.len(), "{stream}");
        assert_eq!(keys(&written), keys(expected), "{stream}");
    }
}

/// The project of docs/guides/singer.md.
fn meltano_yml(target: &Path) -> String {
    format!(
        "version: 1
default_environment: dev
environments:
- name: dev
plugins:
  extractors:
  - name: tap-whapi
    namespace: tap_whapi
    executable: tap-whapi
    capabilities: [catalog, discover, properties, state]
    settings:
    - name: channels
      kind: array
    - name: demo_channels
      kind: integer
    config:
      demo_channels: 2
    select:
    - contacts.*
    - groups.*
    - '!contacts.pushname'
  loaders:
  - name: target-jsonl
    namespace: target_jsonl
    executable: {}
    settings:
    - name: destination_path
    - name: do_timestamp_file
      kind: boolean
    config:
      destination_path: output
      do_timestamp_file: false
",
        target.display()
    )
}

#[test]
#[ignore = "slow tier: needs Meltano from PyPI"]
fn meltano_loads_what_is_selected_and_keeps_the_state() {
    let (Some(meltano), Some(target)) = (singer_program("meltano"), singer_program("target-jsonl"))
    else {
        return;
    };
    let case = Case::new();
    fs::write(case.path("meltano.yml"), meltano_yml(&target)).unwrap();
    fs::create_dir(case.path("output")).unwrap();
    // As the Python package offers it.
    let bin = case.path("../in");
    let tap = bin.join("tap-whapi");
    let program = env!("CARGO_BIN_EXE_whapi");
    fs::write(&tap, format!("#!/bin/sh\nexec '{program}' tap \"$@\"\n")).unwrap();
    fs::set_permissions(&tap, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", bin.display());
    let meltano = |args: &[&str]| {
        let output = Command::new(&meltano)
            .args(args)
            .current_dir(case.path(""))
            .env("PATH", &path)
            .env("HOME", case.path("../in"))
            .env("MELTANO_SEND_ANONYMOUS_USAGE_STATS", "false")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        String::from_utf8(output.stdout).unwrap()
    };
    meltano(&["run", "tap-whapi", "target-jsonl"]);
    let contacts = messages_of(&case.read("output/contacts.jsonl"));
    assert_eq!(contacts.len(), 2 * 1317);
    assert!(contacts.iter().all(|row| row.get("pushname").is_none()));
    assert!(contacts.iter().all(|row| row.get("name").is_some()));
    let files = fs::read_dir(case.path("output")).unwrap();
    let files = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<_> = files.filter(|name| name.contains("json")).collect();
    assert_eq!(
        files,
        BTreeSet::from(["contacts", "groups"].map(|name| format!("{name}.jsonl")))
    );
    let state = meltano(&["state", "get", "dev:tap-whapi-to-target-jsonl"]);
    let state: Value = serde_json::from_str(&state).unwrap();
    let contacts = proven(&state["singer_state"], "contacts");
    assert_eq!(contacts, rows([("demo-1", 1317), ("demo-2", 1317)]));
    // The next run gets that state.
    meltano(&["run", "tap-whapi", "target-jsonl"]);
}
