//! The Singer tap: a child process over emulated channels.

mod proof;
mod selection;
mod settings;
mod target;
mod targets;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use whapi_emulator::{Emulator, EmulatorBuilder, Person, TotalMode};
use whapi_test_support::Python;

use crate::support::{Case, Ran};

const CONFIG: &str = r#"
[channels.shop]
token_env = "SHOP"
tags = ["eu"]

[channels.office]
token_env = "OFFICE"

[channels.home]
token_env = "HOME_TOKEN"
tags = ["eu"]
"#;

fn channel(token: &str, digits: &[&str]) -> EmulatorBuilder {
    let people = digits.iter().zip(0..);
    let people = people.map(|(digits, number)| Person::new(*digits).with_saved(number == 0));
    Emulator::builder()
        .token(token)
        .contacts(people.collect::<Vec<_>>())
}

/// Three channels at one address, of which office is changed.
fn api(office: impl Fn(EmulatorBuilder) -> EmulatorBuilder) -> Emulator {
    channel("shop-token", &["447700900101", "447700900102"])
        .and_channel(office(channel(
            "office-token",
            &["447700900102", "447700900103"],
        )))
        .and_channel(channel("home-token", &["447700900104"]))
        .start_blocking()
        .unwrap()
}

/// A list that says of itself that it has more contacts than it gives.
fn short(channel: EmulatorBuilder) -> EmulatorBuilder {
    channel.total(TotalMode::Off(7))
}

fn case(api: &Emulator, settings: &Value) -> Case {
    Case::new()
        .env("WHAPI_BASE_URL", api.base_url())
        .env("SHOP", "shop-token")
        .env("OFFICE", "office-token")
        .env("HOME_TOKEN", "home-token")
        .input("config.toml", CONFIG)
        .input("tap.json", settings.to_string())
}

/// Settings that name the three channels, and more.
fn settings(more: Value) -> Value {
    let mut settings = json!({"config_file": "../in/config.toml"});
    let Value::Object(more) = more else {
        panic!("settings are an object");
    };
    settings.as_object_mut().unwrap().extend(more);
    settings
}

fn tap(case: &Case, more: &[&str]) -> Ran {
    case.run(&[&["tap", "--config", "../in/tap.json"], more].concat())
}

/// The messages, one for each line.
#[track_caller]
fn messages(ran: &Ran) -> Vec<Value> {
    messages_of(&ran.stdout)
}

#[track_caller]
fn messages_of(output: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(output).unwrap();
    let lines = text.split_terminator('\n');
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The records of a stream, in their order.
fn records<'a>(messages: &'a [Value], stream: &str) -> Vec<&'a Value> {
    let of_stream = messages
        .iter()
        .filter(|one| one["type"] == "RECORD" && one["stream"] == stream);
    of_stream.map(|message| &message["record"]).collect()
}

/// The value of the last state.
fn last_state(messages: &[Value]) -> Option<&Value> {
    let mut states = messages.iter().filter(|one| one["type"] == "STATE");
    states.next_back().map(|message| &message["value"])
}

/// The channels of a stream that a state has, each with its rows.
fn proven(state: &Value, stream: &str) -> BTreeMap<String, u64> {
    let channels = state["bookmarks"][stream]["channels"].as_object().unwrap();
    let channels = channels.iter();
    channels
        .map(|(name, proof)| (name.clone(), proof["rows"].as_u64().unwrap()))
        .collect()
}

fn rows<const N: usize>(expected: [(&str, u64); N]) -> BTreeMap<String, u64> {
    expected.map(|(name, rows)| (name.to_owned(), rows)).into()
}

/// Checks every record with the schema of its stream, by a validator that is not ours, and allows no field
/// that the schema does not have.
const VALIDATE: &str = r"
import json, sys, jsonschema
validators, counts = {}, {}
for line in sys.stdin.buffer.read().decode('utf-8').split('\n')[:-1]:
    message = json.loads(line)
    if message['type'] == 'SCHEMA':
        schema = dict(message['schema'], additionalProperties=False, required=message['key_properties'])
        jsonschema.Draft7Validator.check_schema(schema)
        formats = jsonschema.FormatChecker()
        validators[message['stream']] = jsonschema.Draft7Validator(schema, format_checker=formats)
    elif message['type'] == 'RECORD':
        stream = message['stream']
        counts[stream] = counts.get(stream, 0) + 1
        for error in validators[stream].iter_errors(message['record']):
            sys.exit(stream + '/' + '/'.join(map(str, error.absolute_path)) + ': ' + error.message)
    else:
        assert set(message) == {'type', 'value'} and message['type'] == 'STATE', message
json.dump(counts, sys.stdout)
";

#[track_caller]
fn check_valid(ran: &Ran, expected: &Value) {
    if let Some(python) = Python::with("jsonschema") {
        let counts: Value = python.read(VALIDATE, &ran.stdout);
        assert_eq!(&counts, expected);
    }
}

#[test]
fn every_stream_of_every_channel_is_written_and_proven() {
    let api = api(|office| office);
    let case = case(&api, &settings(json!({"channel_concurrency": 1})));
    let ran = tap(&case, &[]);
    ran.check_code(0);
    let found = messages(&ran);
    let kinds: Vec<_> = found[..4]
        .iter()
        .map(|one| (&one["type"], &one["stream"]))
        .collect();
    let streams = ["contacts", "groups", "memberships", "chats"].map(|name| json!(name));
    let schema = json!("SCHEMA");
    assert_eq!(kinds, streams.each_ref().map(|name| (&schema, name)));
    let ids = records(&found, "contacts").into_iter();
    let ids: Vec<_> = ids
        .map(|row| (row["channel"].as_str(), row["id"].as_str()))
        .collect();
    let expected = [
        ("shop", "447700900101"),
        ("shop", "447700900102"),
        ("office", "447700900102"),
        ("office", "447700900103"),
        ("home", "447700900104"),
    ];
    assert_eq!(ids, expected.map(|(channel, id)| (Some(channel), Some(id))));
    let state = last_state(&found).unwrap();
    assert_eq!(found.last().unwrap()["value"], *state);
    assert_eq!(
        proven(state, "contacts"),
        rows([("shop", 2), ("office", 2), ("home", 1)])
    );
    for stream in ["groups", "memberships", "chats"] {
        let proven = proven(state, stream);
        assert_eq!(proven.len(), 3);
        let count = records(&found, stream).len() as u64;
        assert_eq!(proven.values().sum::<u64>(), count, "{stream}");
    }
}

#[test]
fn every_record_is_valid_by_its_schema() {
    let more = json!({"demo_channels": 2, "reasons": true, "resolve_lids": true});
    let case = Case::new().input("tap.json", more.to_string());
    let ran = tap(&case, &["-q"]);
    ran.check_code(0);
    let found = messages(&ran);
    let count = |stream| records(&found, stream).len();
    let counts = json!({
        "contacts": count("contacts"),
        "groups": count("groups"),
        "memberships": count("memberships"),
        "chats": count("chats"),
    });
    assert_eq!(counts["contacts"], 2 * 1317);
    check_valid(&ran, &counts);
    // The lists of the reasons are those of the streams: none is read twice.
    let explained = records(&found, "contacts").into_iter();
    let explained = explained
        .filter(|row| row["reasons"]["complete"] == true)
        .count();
    assert_eq!(explained, 2 * 1317);
}

#[test]
fn a_record_is_that_of_json_lines() {
    let api = api(|office| office);
    let case = case(&api, &settings(json!({"channels": ["shop", "home"]})));
    let ran = tap(&case, &["-q"]);
    let mut found: Vec<_> = records(&messages(&ran), "contacts")
        .into_iter()
        .cloned()
        .collect();
    found.sort_by_key(|row| row["id"].to_string());
    let config = [
        "export",
        "-q",
        "--config",
        "../in/config.toml",
        "--output",
        "-",
    ];
    let lines = case.run(&[&config[..], &["-f", "jsonl", "--channel", "shop,home"]].concat());
    assert_eq!(found, messages(&lines));
}

/// Names that would end a line, a message or a terminal's patience.
#[test]
fn hostile_text_stays_one_line_of_json_each() {
    let name = "\u{0}\u{1b}[2J\r\n\u{85}\u{2028}\u{2029}\u{202e}\"}\\\u{7f}{\"type\":\"STATE\"}";
    let people = vec![Person::new("447700900101").with_name(name).with_saved(true)];
    let api = Emulator::builder()
        .contacts(people)
        .start_blocking()
        .unwrap();
    let case = Case::at(&api).input("tap.json", "{}");
    let ran = tap(&case, &["-q"]);
    ran.check_code(0);
    let text = ran.out();
    let ends = ['\r', '\u{85}', '\u{2028}', '\u{2029}', '\u{0}', '\u{1b}'];
    assert!(!text.contains(ends), "{text}");
    let found = messages(&ran);
    assert_eq!(found.len(), text.lines().count());
    let row = records(&found, "contacts")[0].clone();
    assert_eq!(
        (&row["name"], &row["channel"]),
        (&json!(name), &json!("default"))
    );
}
