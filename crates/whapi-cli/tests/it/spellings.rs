//! People who are spelled differently in the list, in chats, in groups and among blocked ids.

use serde_json::{Value, json};
use whapi_emulator::{EmulatorBuilder, Person, people};

use crate::support::{Case, Ran, api};

fn export(api: EmulatorBuilder, args: &[&str]) -> Ran {
    let api = api.start_blocking().unwrap();
    let ran = Case::at(&api).run(&[&["export", "-f", "jsonl", "-o", "-"], args].concat());
    ran.check_code(0);
    ran
}

#[test]
fn reasons_are_found_in_every_spelling() {
    let seen = |id: &str| Person::new(id).with_saved(false);
    let contacts = vec![
        seen("447700900101:5@s.whatsapp.net"),
        seen("447700900102@S.WHATSAPP.NET"),
        seen("+44 7700 900103"),
        seen("447700900104@hosted"),
        seen("84958372615243:12@lid"),
        seen("84958372615244@hosted.lid"),
        seen("84958372615245@lid").with_phone("447700900105"),
        Person::raw(json!({"phone": "+447700900106", "saved": false})),
        seen("US.13491208655302741918"),
        seen("447700900107").with_saved(true).with_phonebook(false),
    ];
    let chat = |id: &str| json!({"id": id, "type": "contact", "timestamp": 1_767_225_600});
    let chats = vec![
        chat("447700900101@s.whatsapp.net"),
        chat("447700900102:3@s.whatsapp.net"),
        chat("84958372615244:1@lid"),
        chat("447700900105@s.whatsapp.net"),
    ];
    let participants: Vec<_> = [
        "447700900103:5@s.whatsapp.net",
        "84958372615243@lid",
        "447700900106@c.us",
    ]
    .map(|id| json!({"id": id, "rank": "member"}))
    .to_vec();
    let group = json!({"id": "120363000000000001@g.us", "name": "Padel",
        "participants": participants, "participants_count": 3});
    let blocked = [
        "447700900104",
        "84958372615245@lid",
        "447700900107:2@S.WhatsApp.net",
    ];
    let blocked = blocked.map(str::to_owned).to_vec();
    let api = api()
        .contacts(contacts)
        .chats_and_groups(chats, vec![group], blocked);
    let ran = export(api, &["--reasons"]);
    let records = ran.out().lines().map(|line| {
        let record: Value = serde_json::from_str(line).unwrap();
        json!([record["id"], record["phone"], record["reasons"]["all"]])
    });
    assert_eq!(
        records.collect::<Vec<_>>(),
        [
            json!([
                "447700900101:5@s.whatsapp.net",
                "+447700900101",
                ["private_chat"]
            ]),
            json!([
                "447700900102@S.WHATSAPP.NET",
                "+447700900102",
                ["private_chat"]
            ]),
            json!(["+44 7700 900103", "+447700900103", ["group"]]),
            json!(["447700900104@hosted", "+447700900104", ["blocked"]]),
            json!(["84958372615243:12@lid", null, ["group"]]),
            json!(["84958372615244@hosted.lid", null, ["private_chat"]]),
            json!([
                "84958372615245@lid",
                "+447700900105",
                ["private_chat", "blocked"]
            ]),
            json!(["447700900106", "+447700900106", ["group"]]),
            json!(["US.13491208655302741918", null, ["unexplained"]]),
            json!(["447700900107", "+447700900107", ["blocked"]]),
        ]
    );
}

#[test]
fn devices_in_ids_change_no_record() {
    let listed = [people::made_up(300, 7), people::nasty()].concat();
    let api = || api().contacts(listed.clone());
    let plain = export(api(), &["--reasons"]);
    let with_devices = export(api().device_ids(true), &["--reasons"]);
    assert_eq!(plain.out().lines().count(), listed.len());
    assert_eq!(with_devices.out(), plain.out());
    assert_eq!(with_devices.stderr, plain.stderr);
    assert!(plain.stderr.contains(" private chat, "), "{plain}");
}

#[test]
fn people_who_are_blocked_by_their_lids_are_blocked() {
    let args = ["--resolve-lids", "--reasons"];
    let by_number = export(api(), &args);
    let by_lid = export(api().blocked_lids(true), &args);
    assert_eq!(by_lid.out(), by_number.out());
    let blocked = by_number.out().matches(r#""blocked""#).count();
    assert!(blocked > 5, "{blocked}");
}
