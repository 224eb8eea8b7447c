//! What readers that are not ours make of the file: Python's `json` module, and `jsonschema` where
//! `python3` can import it.

mod common;

use std::io::Write;
use std::process::{Command, Output, Stdio};

use common::{EVERYTHING, everybody, export};
use serde_json::Value;
use whapi_export::Available;
use whapi_export::conformance::{all_available, known_contacts};

/// Splits at LF only, as the format has it, and gives all records as one array.
const JSON_MODULE: &str = r"
import json, sys
lines = sys.stdin.buffer.read().decode('utf-8').split('\n')
assert lines.pop() == ''
json.dump([json.loads(line) for line in lines], sys.stdout)
";

/// Says the place in the record and the broken rule, for the first record that is not valid.
const JSONSCHEMA: &str = r"
import json, sys, jsonschema
with open(sys.argv[1], encoding='utf-8') as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
for line in sys.stdin.buffer.read().decode('utf-8').split('\n')[:-1]:
    for error in validator.iter_errors(json.loads(line)):
        sys.exit('/'.join(map(str, error.absolute_path)) + ': ' + error.validator)
";

/// Gives `file` to a Python program. `None` when it cannot run here.
fn run(program: &str, needs: &str, file: &str) -> Option<Output> {
    let probe = Command::new("python3").args(["-c", needs]).output();
    if !probe.is_ok_and(|probe| probe.status.success()) {
        skip(needs);
        return None;
    }
    let schema = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/mapping/jsonl.schema.json"
    );
    let mut child = Command::new("python3")
        .args(["-c", program, schema])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(file.as_bytes()).unwrap();
    drop(stdin);
    Some(child.wait_with_output().unwrap())
}

/// Says what was not tested, past the test harness, which would swallow it. CI sets the variable:
/// there, nothing is skipped.
#[expect(
    clippy::explicit_write,
    reason = "the harness swallows what eprintln! says"
)]
fn skip(needs: &str) {
    assert!(
        std::env::var_os("WHAPI_REQUIRE_READERS").is_none(),
        "python3 cannot `{needs}`"
    );
    writeln!(std::io::stderr(), "SKIPPED: python3 cannot `{needs}` here").unwrap();
}

#[track_caller]
fn check_valid(file: &str, expected: &str) {
    if let Some(ran) = run(JSONSCHEMA, "import jsonschema", file) {
        assert_eq!(String::from_utf8(ran.stderr).unwrap().trim(), expected);
        assert_eq!(ran.status.success(), expected.is_empty());
    }
}

#[test]
fn pythons_json_module_reads_everybody() {
    let (file, ..) = export(EVERYTHING, all_available(), &everybody());
    if let Some(ran) = run(JSON_MODULE, "import json", &file) {
        assert_eq!(String::from_utf8(ran.stderr).unwrap(), "");
        let found: Vec<Value> = serde_json::from_slice(&ran.stdout).unwrap();
        let expected: Vec<Value> = file
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn the_schema_holds_for_everybody() {
    for available in [Available::default(), all_available()] {
        check_valid(&export([], available, &everybody()).0, "");
        check_valid(&export(EVERYTHING, available, &everybody()).0, "");
    }
}

#[test]
fn the_schema_refuses_what_is_not_so() {
    let (file, ..) = export([], all_available(), &known_contacts());
    let line = file.split_inclusive('\n').next().unwrap();
    for (written, instead, broken) in [
        ("\"kind\":\"phone\",", "", ": required"),
        ("{\"id\"", "{\"x\":1,\"id\"", ": additionalProperties"),
        ("+447700900801", "447700900801", "phone: pattern"),
        ("\"saved\":true", "\"saved\":\"true\"", "saved: type"),
        (
            "\"standing\":\"saved\"",
            "\"standing\":\"friend\"",
            "standing: enum",
        ),
        (
            "already-saved",
            "Already",
            "permissions/create/rule: pattern",
        ),
        (
            "address_book\",\"all",
            "friend\",\"all",
            "reasons/primary: enum",
        ),
        (
            "2025-11-22T17:03:00Z",
            "1763830980",
            "reasons/private_chat/last_activity: pattern",
        ),
        (
            "\"rank\":\"creator\"",
            "\"rank\":7",
            "reasons/groups/0/rank: enum",
        ),
        ("\"merged\":true,", "", ": dependentRequired"),
        (
            "\"change\":\"saved\"",
            "\"change\":\"moved\"",
            "change: enum",
        ),
    ] {
        assert!(line.contains(written), "{written}");
        check_valid(&line.replacen(written, instead, 1), broken);
    }
}
