//! The messages of every contact that the conformance suite has, and of groups and chats.

use serde_json::{Value, json};
use whapi_export::conformance::{channel_contacts, known_contacts, nasty_contacts};
use whapi_export::whapi_model::{Chat, ChatKind, ContactId, Group, Label, Participant, Rank};
use whapi_export::{Available, ClassifiedContact, Encoder, RunInfo};
use whapi_export_jsonl::JsonlEncoder;
use whapi_singer::{Catalog, Rows, Selection, Stream};
use whapi_test_support::Python;

const AT: &str = "2026-11-30T06:00:00Z";

fn everything() -> Available {
    let mut all = Available::default().with_reasons(true).with_lid_links(true);
    all.channels = true;
    all
}

/// Every stream with every field.
fn all_fields(available: Available) -> Selection {
    let catalog = Catalog::new(available);
    let mut marked: Value = serde_json::from_str(&catalog.to_json()).unwrap();
    for stream in marked["streams"].as_array_mut().unwrap() {
        for entry in stream["metadata"].as_array_mut().unwrap() {
            entry["metadata"]["selected"] = json!(true);
        }
    }
    catalog.select(&marked.to_string()).unwrap()
}

fn id(text: &str) -> ContactId {
    ContactId::parse(text).unwrap()
}

fn groups() -> [Group; 2] {
    let mut full = Group::new(id("120363012345678901@g.us"));
    full.name = Some("Neighbours\u{2028}\"all\"".to_owned());
    full.participants_count = Some(3);
    full.participants = vec![
        Participant::new(id("447700900101"), Rank::Creator),
        Participant::new(id("84958372615243@lid"), Rank::Member),
        Participant::new(id("447700900101@s.whatsapp.net"), Rank::Member),
    ];
    [full, Group::new(id("120363012345678902@g.us"))]
}

fn chats() -> [Chat; 2] {
    let mut busy = Chat::new(id("447700900101@s.whatsapp.net"), ChatKind::Contact);
    busy.last_activity = Some(1_795_628_280);
    busy.labels = vec![Label::new("1", "Supplier"), Label::new("7", "Paid")];
    let mut never = Chat::new(id("120363012345678901@g.us"), ChatKind::Group);
    // Beyond what RFC 3339 can write.
    never.last_activity = Some(i64::MAX);
    [busy, never]
}

fn write(selection: &Selection, available: Available, contacts: &[ClassifiedContact]) -> Vec<u8> {
    let mut out = Vec::new();
    for stream in selection.streams() {
        stream.write_schema(&mut out);
        let rows = Rows::new(stream, "shop", AT);
        match stream.stream() {
            Stream::Contacts => {
                let mut encoder = JsonlEncoder::with_keys(stream.contact_keys());
                let run = RunInfo::new().with_available(available);
                encoder.header(&run, &mut Vec::new()).unwrap();
                for contact in contacts {
                    let contact = contact.clone().with_channel("shop");
                    rows.contact(&mut encoder, &contact, &mut out).unwrap();
                }
            }
            Stream::Groups => groups()
                .iter()
                .for_each(|group| rows.group(group, &mut out)),
            Stream::Memberships => {
                let counts = groups().map(|group| rows.memberships(&group, &mut out));
                assert_eq!(counts, [2, 0]);
            }
            Stream::Chats => chats().iter().for_each(|chat| rows.chat(chat, &mut out)),
        }
    }
    out
}

/// Checks each record with the schema of its stream, and allows no field that it does not have.
const VALIDATE: &str = r"
import json, sys, jsonschema
validators, count = {}, 0
for line in sys.stdin.buffer.read().decode('utf-8').splitlines():
    message = json.loads(line)
    stream = message['stream']
    if message['type'] == 'SCHEMA':
        schema = dict(message['schema'], additionalProperties=False, required=message['key_properties'])
        jsonschema.Draft7Validator.check_schema(schema)
        validators[stream] = jsonschema.Draft7Validator(schema)
    else:
        count += 1
        for error in validators[stream].iter_errors(message['record']):
            sys.exit(stream + '/' + '/'.join(map(str, error.absolute_path)) + ': ' + error.message)
json.dump(count, sys.stdout)
";

#[test]
fn every_record_is_valid_by_the_schema_of_its_stream() {
    let Some(python) = Python::with("jsonschema") else {
        return;
    };
    let people = [known_contacts(), nasty_contacts(), channel_contacts()].concat();
    let mut plain = Available::default();
    plain.channels = true;
    for available in [plain, everything()] {
        for selection in [
            Catalog::new(available).select_default(),
            all_fields(available),
        ] {
            let messages = write(&selection, available, &people);
            let count: usize = python.read(VALIDATE, &messages);
            assert_eq!(count, people.len() + 2 + 2 + 2);
        }
    }
}

#[test]
fn a_record_that_is_not_valid_is_found() {
    let Some(python) = Python::with("jsonschema") else {
        return;
    };
    let messages = write(&all_fields(everything()), everything(), &known_contacts());
    let text = String::from_utf8(messages).unwrap();
    for (written, instead) in [
        ("\"saved\":true", "\"saved\":\"yes\""),
        ("\"participants_count\":3", "\"participants_count\":\"3\""),
        ("\"labels\":[\"Supplier\",\"Paid\"]", "\"labels\":[1]"),
        ("\"record\":{\"channel\":\"shop\",", "\"record\":{"),
        (
            "null,\"rank\":\"member\"}",
            "null,\"rank\":\"member\",\"age\":1}",
        ),
    ] {
        assert!(text.contains(written), "{written}");
        let broken = text.replacen(written, instead, 1);
        let ran = python.run(VALIDATE, &[], broken.as_bytes());
        assert!(!ran.status.success(), "{instead}");
    }
}

#[test]
fn rows_of_groups_and_chats() {
    let selection = Catalog::new(Available::default()).select_default();
    let messages = String::from_utf8(write(&selection, Available::default(), &[])).unwrap();
    let records = messages.lines().filter(|line| line.contains("RECORD"));
    let record = |stream: &str, record: &str| {
        format!(
            r#"{{"type":"RECORD","stream":"{stream}","record":{{"channel":"shop",{record}}},"time_extracted":"{AT}"}}"#
        )
    };
    let expected = [
        record(
            "groups",
            r#""id":"120363012345678901@g.us","name":"Neighbours\u2028\"all\"","participants_count":3,"participants_listed":3"#,
        ),
        record(
            "groups",
            r#""id":"120363012345678902@g.us","name":null,"participants_count":null,"participants_listed":0"#,
        ),
        record(
            "memberships",
            r#""group_id":"120363012345678901@g.us","id":"447700900101","phone":"+447700900101","rank":"creator""#,
        ),
        record(
            "memberships",
            r#""group_id":"120363012345678901@g.us","id":"84958372615243@lid","phone":null,"rank":"member""#,
        ),
        record(
            "chats",
            r#""id":"447700900101@s.whatsapp.net","type":"contact","last_activity":"2026-11-25T17:38:00Z","labels":["Supplier","Paid"],"label_ids":["1","7"]"#,
        ),
        record(
            "chats",
            r#""id":"120363012345678901@g.us","type":"group","last_activity":null,"labels":[],"label_ids":[]"#,
        ),
    ];
    assert_eq!(records.collect::<Vec<_>>(), expected);
}
