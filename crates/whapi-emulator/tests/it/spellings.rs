//! People whose ids are not in the plain spelling.

use std::collections::BTreeSet;

use crate::common::get;
use serde_json::{Value, json};
use whapi_emulator::{Emulator, Person};

async fn value(api: &Emulator, target: &str) -> Value {
    serde_json::from_str(&get(api, target).await.1).unwrap()
}

/// Every id of chats and participants, but those of groups and of the account.
async fn mentioned(api: &Emulator) -> BTreeSet<String> {
    let chats = value(api, "/chats?count=500").await;
    let groups = value(api, "/groups?count=500").await;
    let participants = groups["groups"].as_array().unwrap().iter();
    let participants = participants.flat_map(|group| group["participants"].as_array().unwrap());
    let rows = chats["chats"].as_array().unwrap().iter();
    rows.chain(participants)
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .filter(|id| !id.ends_with("@g.us") && id != Emulator::ACCOUNT)
        .collect()
}

/// 12 people, each with an id that is spelled in another way.
fn odd() -> Vec<Person> {
    let ids = [
        "447700900101:5@s.whatsapp.net",
        "447700900102@S.WHATSAPP.NET",
        "+44 7700 900103",
        "447700900104@hosted",
        "84958372615243:12@lid",
        "84958372615244@LID",
        "84958372615245@hosted.lid",
        "US.13491208655302741918",
    ];
    let mut people: Vec<_> = ids.into_iter().map(Person::new).collect();
    people.extend([
        Person::new("84958372615246@lid").with_phone("+447700900105"),
        Person::new("84958372615247@lid").with_phone("84958372615247"),
        Person::raw(json!({"phone": "447700900106"})),
        Person::raw(json!({"id": null, "phone": "447700900107@s.whatsapp.net"})),
    ]);
    people
}

/// Chosen so that most of these people are mentioned, some twice, and one is blocked.
const SEED: u64 = 10;

#[tokio::test]
async fn chats_and_groups_have_the_plain_spelling() {
    let builder = Emulator::builder().contacts(odd()).seed(SEED);
    let api = builder.start().await.unwrap();
    let mentioned: Vec<_> = mentioned(&api).await.into_iter().collect();
    assert_eq!(
        mentioned,
        [
            "447700900101",
            "447700900101@s.whatsapp.net",
            "447700900102",
            "447700900103",
            "447700900104",
            "447700900105@s.whatsapp.net",
            "447700900107",
            "84958372615243@lid",
            "84958372615244@lid",
            "84958372615245@lid",
            "84958372615247@lid",
        ]
    );
    assert_eq!(get(&api, "/blacklist").await.1, r#"["84958372615244@lid"]"#);
}

#[tokio::test]
async fn ids_of_chats_and_participants_may_name_a_device() {
    let builder = Emulator::builder().contacts(odd()).seed(SEED);
    let api = builder.device_ids(true).start().await.unwrap();
    let mentioned: Vec<_> = mentioned(&api).await.into_iter().collect();
    assert_eq!(
        mentioned,
        [
            "447700900101:5@s.whatsapp.net",
            "447700900102:5@s.whatsapp.net",
            "447700900103:5@s.whatsapp.net",
            "447700900104:5@s.whatsapp.net",
            "447700900105:5@s.whatsapp.net",
            "447700900107:5@s.whatsapp.net",
            "84958372615243:12@lid",
            "84958372615244:12@lid",
            "84958372615245:12@lid",
            "84958372615247:12@lid",
        ]
    );
    assert_eq!(get(&api, "/blacklist").await.1, r#"["84958372615244@lid"]"#);
}

#[tokio::test]
async fn a_contact_is_found_by_every_spelling() {
    let api = Emulator::builder().contacts(odd()).start().await.unwrap();
    for (id, row) in [
        ("447700900101", r#"{"id":"447700900101:5@s.whatsapp.net"}"#),
        ("447700900103@c.us", r#"{"id":"+44 7700 900103"}"#),
        ("%2B44%207700%20900104", r#"{"id":"447700900104@hosted"}"#),
        (
            "84958372615245@lid",
            r#"{"id":"84958372615245@hosted.lid"}"#,
        ),
        (
            "US.13491208655302741918",
            r#"{"id":"US.13491208655302741918"}"#,
        ),
    ] {
        assert_eq!(
            get(&api, &format!("/contacts/{id}")).await,
            (200, row.to_owned())
        );
    }
}
