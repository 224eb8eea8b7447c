//! What readers that are not ours make of the file: Python's `json` module, and `jsonschema` where
//! `python3` can import it.

mod common;

use common::{EVERYTHING, all_contacts, export};
use serde_json::Value;
use whapi_export::Available;
use whapi_export::conformance::{all_available, channel_contacts, known_contacts};
use whapi_test_support::Python;

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

#[track_caller]
fn check_valid(file: &str, expected: &str) {
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/src/jsonl.schema.json");
    if let Some(python) = Python::with("jsonschema") {
        let ran = python.run(JSONSCHEMA, &[schema], file.as_bytes());
        assert_eq!(String::from_utf8(ran.stderr).unwrap().trim(), expected);
        assert_eq!(ran.status.success(), expected.is_empty());
    }
}

#[test]
fn pythons_json_module_reads_every_record() {
    let (file, ..) = export(EVERYTHING, all_available(), &all_contacts());
    if let Some(python) = Python::with("json") {
        let found: Vec<Value> = python.read(JSON_MODULE, file.as_bytes());
        let expected: Vec<Value> = file
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn the_schema_holds_for_every_record() {
    for available in [Available::default(), all_available()] {
        check_valid(&export([], available, &all_contacts()).0, "");
        check_valid(&export(EVERYTHING, available, &all_contacts()).0, "");
    }
    let mut available = Available::default();
    available.channels = true;
    let (file, ..) = export([], available, &channel_contacts());
    check_valid(&file, "");
    let broken = file.replacen("\"shop\"", "7", 1);
    check_valid(&broken, "channel: type");
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
