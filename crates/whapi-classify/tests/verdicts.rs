//! Every verdict against an emulated API that has the documented rules on its own: never looser than
//! the API, and the same wherever the API said whether the contact is saved.

use std::collections::BTreeMap;

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use whapi_classify::{Change, Operation, Permissions, Standing, Verdict};
use whapi_emulator::{Emulator, Person};
use whapi_model::{Contact, ContactId, IdKind};

/// Ids of each kind, in each spelling that the API is known or assumed to use.
const IDS: [(&str, IdKind); 15] = [
    ("447700900101", IdKind::Phone),
    ("447700900102@s.whatsapp.net", IdKind::Phone),
    ("447700900103@c.us", IdKind::Phone),
    ("84958372615243@lid", IdKind::Lid),
    ("84958372615244:7@lid", IdKind::Lid),
    ("447700900104:5@s.whatsapp.net", IdKind::Phone),
    ("447700900105@S.WHATSAPP.NET", IdKind::Phone),
    ("+44 7700 900106", IdKind::Phone),
    ("447700900107@hosted", IdKind::Phone),
    ("84958372615245@hosted.lid", IdKind::Lid),
    ("84958372615246@LID", IdKind::Lid),
    ("status@broadcast", IdKind::Other),
    ("120363000000000001@newsletter", IdKind::Other),
    ("9990000000000001", IdKind::Other),
    ("US.13491208655302741918", IdKind::Other),
];

const STANDINGS: [Standing; 3] = Standing::ALL;

fn person(id: &str, standing: Standing) -> Person {
    let person = Person::new(id).with_pushname("Made up");
    match standing {
        Standing::Saved => person.with_name("In the book").with_saved(true),
        Standing::Discovered => person.with_saved(false),
        Standing::Unknown => person,
    }
}

async fn api_with(id: &str, standing: Standing) -> Emulator {
    Emulator::builder()
        .contacts(vec![person(id, standing)])
        .start()
        .await
        .unwrap()
}

/// The status that the API answers with.
async fn status(request: RequestBuilder) -> u16 {
    request.send().await.unwrap().status().as_u16()
}

fn client() -> Client {
    // Fails when another test was first, and the provider is the same one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().unwrap()
}

fn call(client: &Client, api: &Emulator, method: Method, path: &str) -> RequestBuilder {
    client
        .request(method, format!("{}{path}", api.base_url()))
        .bearer_auth(api.token())
}

/// The only contact of the list, as a reader of the API sees it.
async fn listed(client: &Client, api: &Emulator) -> Contact {
    let answer = call(client, api, Method::GET, "/contacts?count=500&offset=0")
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let [row] = &answer["contacts"].as_array().unwrap()[..] else {
        panic!("the API should list one contact: {answer}");
    };
    let mut contact = Contact::new(ContactId::parse(row["id"].as_str().unwrap()).unwrap());
    contact.set_saved(row["saved"].as_bool());
    contact.set_phonebook(row["phonebook"].as_bool());
    match row["phone"].as_str() {
        Some(phone) => contact.with_phone(phone),
        None => contact,
    }
}

/// Performs an operation on a contact.
async fn perform(client: &Client, api: &Emulator, contact: &Contact, operation: Operation) -> u16 {
    let path = format!("/contacts/{}", contact.id());
    let request = match operation {
        Operation::Edit => {
            call(client, api, Method::PATCH, &path).body(json!({"name": "New"}).to_string())
        }
        Operation::Delete => call(client, api, Method::DELETE, &path),
        Operation::Create => {
            // Without a phone number the id is all that there is to send.
            let phone = contact
                .phone()
                .map_or(contact.id().as_str(), |phone| phone.digits());
            call(client, api, Method::PUT, "/contacts")
                .body(json!({"phone": phone, "name": "New"}).to_string())
        }
    };
    status(request).await
}

#[tokio::test]
async fn verdicts_are_what_the_api_does() {
    let client = client();
    let mut statuses = BTreeMap::new();
    for (id, kind) in IDS {
        for standing in STANDINGS {
            for operation in Operation::ALL {
                let api = api_with(id, standing).await;
                let contact = listed(&client, &api).await;
                assert_eq!(Standing::of(&contact), standing, "{id}");
                assert_eq!(contact.id().kind(), kind, "{id}");

                let verdict = Permissions::of(&contact).verdict(operation);
                let status = perform(&client, &api, &contact, operation).await;
                let done = status == 200;
                let case = format!("{operation:?} {standing} {id}: {verdict:?}, and {status}");
                assert!(done || !verdict.is_allowed(), "looser than the API: {case}");
                if standing != Standing::Unknown {
                    assert_eq!(verdict.is_allowed(), done, "not what the API does: {case}");
                }
                let row = (standing, kind, format!("{operation:?}"));
                let earlier = statuses.insert(row, status);
                assert!(earlier.is_none_or(|earlier| earlier == status), "{case}");
            }
        }
    }
    // Which refusal it is, spelt out: for edit, delete and create.
    let of = |standing, kind| {
        Operation::ALL.map(|operation| statuses[&(standing, kind, format!("{operation:?}"))])
    };
    let found = STANDINGS
        .map(|standing| [IdKind::Phone, IdKind::Lid, IdKind::Other].map(|kind| of(standing, kind)));
    let expected = [
        [[200, 200, 409], [200, 200, 400], [200, 200, 400]],
        [[403, 403, 200], [403, 403, 400], [403, 403, 400]],
        [[403, 403, 409], [403, 403, 400], [403, 403, 400]],
    ];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn the_phonebook_decides_what_may_be_done() {
    let client = client();
    let mut standings = Vec::new();
    for phonebook in [true, false] {
        for saved in [true, false] {
            for operation in Operation::ALL {
                let person = Person::new("447700900101").with_saved(saved);
                let person = person.with_phonebook(phonebook);
                let api = Emulator::builder().contacts(vec![person]);
                let api = api.start().await.unwrap();
                let contact = listed(&client, &api).await;
                let verdict = Permissions::of(&contact).verdict(operation);
                let done = perform(&client, &api, &contact, operation).await == 200;
                let case = format!("{operation:?}, saved {saved}, phonebook {phonebook}");
                assert_eq!(verdict.is_allowed(), done, "{case}");
                standings.push(Standing::of(&listed(&client, &api).await));
            }
        }
    }
    // After edit, delete and create, each once for every `saved`.
    let (saved, discovered) = (Standing::Saved, Standing::Discovered);
    let expected = [
        [saved, discovered, saved],
        [saved, discovered, saved],
        [discovered, discovered, saved],
        [discovered, discovered, saved],
    ];
    assert_eq!(standings, expected.concat());
}

#[tokio::test]
async fn a_lid_with_a_number_can_be_created() {
    let client = client();
    let person = Person::new("84958372615243@lid").with_phone("+447700900101");
    let api = Emulator::builder().contacts(vec![person.with_saved(false)]);
    let api = api.start().await.unwrap();
    let before = listed(&client, &api).await;
    assert!(Permissions::of(&before).create.is_allowed());
    let created = perform(&client, &api, &before, Operation::Create).await;
    assert_eq!(created, 200);
    let after = listed(&client, &api).await;
    assert_eq!(Standing::of(&after), Standing::Saved);
    assert_eq!(after.id().as_str(), "84958372615243@lid");
}

#[tokio::test]
async fn a_deleted_contact_comes_back_as_discovered() {
    let client = client();
    for (id, kind) in IDS {
        let api = api_with(id, Standing::Saved).await;
        let before = listed(&client, &api).await;
        let deleted = perform(&client, &api, &before, Operation::Delete).await;
        assert_eq!(deleted, 200, "{id}");
        let after = listed(&client, &api).await;

        assert_eq!(after.id(), before.id());
        let looks = (Some(Standing::of(&before)), Some(Standing::of(&after)));
        assert_eq!(looks, (Some(Standing::Saved), Some(Standing::Discovered)));
        assert_eq!(
            Change::between(looks.0, looks.1),
            Change::RemovedFromAddressBook
        );
        // What may be done to it now is what may be done to any discovered contact.
        assert_eq!(
            Permissions::of(&after),
            Permissions::classify(Standing::Discovered, kind)
        );
        let again = perform(&client, &api, &after, Operation::Delete).await;
        assert_eq!(again, 403, "{id}");
    }
}

#[tokio::test]
async fn a_created_contact_is_saved_and_can_be_edited_and_deleted() {
    let client = client();
    for (id, _) in IDS.into_iter().filter(|(_, kind)| *kind == IdKind::Phone) {
        let api = api_with(id, Standing::Discovered).await;
        let before = listed(&client, &api).await;
        let created = perform(&client, &api, &before, Operation::Create).await;
        assert_eq!(created, 200, "{id}");
        let after = listed(&client, &api).await;

        let change = Change::between(Some(Standing::of(&before)), Some(Standing::of(&after)));
        assert_eq!(change, Change::Saved, "{id}");
        let permissions = Permissions::of(&after);
        for operation in [Operation::Create, Operation::Edit, Operation::Delete] {
            let done = perform(&client, &api, &after, operation).await == 200;
            let verdict = permissions.verdict(operation);
            assert_eq!(verdict == Verdict::Allowed, done, "{operation:?} {id}");
        }
    }
}
