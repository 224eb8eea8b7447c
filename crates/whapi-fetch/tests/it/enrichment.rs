//! Enrichment, compared with the raw answers of the API.

use std::time::Duration;

use serde_json::{Value, json};
use whapi_emulator::{Effect, Emulator, JournalEntry};
use whapi_fetch::{
    ApiSource, ContactSource, Enrichment, EnrichmentRequest, Error, ErrorKind, ScanOptions,
};
use whapi_model::{Chat, ChatKind, ContactId, Group, Rank, ReasonLists};

use crate::common::{Setup, always, drain, start, usual};

/// An API with generated contacts, which has chats and groups.
fn explained() -> whapi_emulator::EmulatorBuilder {
    Emulator::builder().people(1317)
}

fn source(setup: &Setup, enrichment_request: EnrichmentRequest) -> ApiSource {
    ApiSource::new(setup.client(), ScanOptions::default())
        .with_enrichment_request(enrichment_request)
}

async fn ask(
    setup: &Setup,
    enrichment_request: EnrichmentRequest,
) -> (Result<Option<Enrichment>, Error>, usize) {
    let mut source = source(setup, enrichment_request);
    let found = source.enrichment().await;
    let contacts = drain(&mut source).await.ids.len();
    (found, contacts)
}

async fn fetch_reasons(setup: &Setup) -> (ReasonLists, usize) {
    let (found, contacts) = ask(setup, EnrichmentRequest::default().with_reasons(true)).await;
    (found.unwrap().unwrap().reasons.unwrap(), contacts)
}

fn asked(setup: &Setup, path: &str) -> u64 {
    let journal = setup.api.journal();
    journal.iter().filter(|entry| entry.path == path).count() as u64
}

/// An answer of the API, read without our client.
async fn raw(setup: &Setup, path_and_query: &str) -> Value {
    let url = format!("{}/{path_and_query}", setup.api.base_url());
    // Whichever test is first installs it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let request = reqwest::Client::new()
        .get(url)
        .bearer_auth(setup.api.token());
    let body = request.send().await.unwrap().bytes().await.unwrap();
    serde_json::from_slice(&body).unwrap()
}

async fn raw_list(setup: &Setup, name: &str) -> Vec<Value> {
    let mut list = Vec::new();
    loop {
        let query = format!("{name}?count=500&offset={}", list.len());
        let page = raw(setup, &query).await;
        let rows = page[name].as_array().unwrap();
        if rows.is_empty() {
            return list;
        }
        list.extend(rows.iter().cloned());
    }
}

fn chat_as_json(chat: &Chat) -> Value {
    let kind = match chat.kind {
        ChatKind::Contact => "contact",
        ChatKind::Group => "group",
        other => panic!("{other:?}"),
    };
    let labels: Vec<_> = chat
        .labels
        .iter()
        .map(|label| serde_json::json!([label.id, label.name]))
        .collect();
    serde_json::json!([chat.id.as_str(), kind, chat.last_activity, labels])
}

fn raw_chat_as_json(chat: &Value) -> Value {
    let labels = chat["labels"].as_array().into_iter().flatten();
    let labels: Vec<_> = labels
        .map(|label| serde_json::json!([label["id"], label["name"]]))
        .collect();
    serde_json::json!([chat["id"], chat["type"], chat["timestamp"], labels])
}

fn group_as_json(group: &Group) -> Value {
    let participants: Vec<_> = group
        .participants
        .iter()
        .map(|one| serde_json::json!({"id": one.id.as_str(), "rank": one.rank.as_str()}))
        .collect();
    serde_json::json!([group.id.as_str(), group.name, participants])
}

fn raw_group_as_json(group: &Value) -> Value {
    serde_json::json!([group["id"], group["name"], group["participants"]])
}

async fn check_truth(setup: &Setup, found: &ReasonLists) {
    let chats: Vec<_> = found.chats.items.iter().map(chat_as_json).collect();
    let truth = raw_list(setup, "chats").await;
    assert_eq!(
        chats,
        truth.iter().map(raw_chat_as_json).collect::<Vec<_>>()
    );
    let groups: Vec<_> = found.groups.items.iter().map(group_as_json).collect();
    let mut truth = raw_list(setup, "groups").await;
    for group in &mut truth {
        *group = raw(setup, &format!("groups/{}", group["id"].as_str().unwrap())).await;
    }
    assert_eq!(
        groups,
        truth.iter().map(raw_group_as_json).collect::<Vec<_>>()
    );
    let blocked: Vec<_> = found.blocked.items.iter().map(ContactId::as_str).collect();
    assert_eq!(serde_json::json!(blocked), raw(setup, "blacklist").await);
    assert_eq!(found.account.as_ref().unwrap().as_str(), Emulator::ACCOUNT);
}

#[tokio::test]
async fn everything_is_as_the_api_says_and_costs_what_was_planned() {
    let setup = start(explained()).await;
    let (found, contacts) = fetch_reasons(&setup).await;
    assert_eq!(contacts, 1317);
    let (chats, groups) = (found.chats.items.len(), found.groups.items.len());
    assert!(chats > 300 && groups > 20, "{chats}, {groups}");
    assert_eq!(
        asked(&setup, "/chats"),
        EnrichmentRequest::requests_for_chats(chats as u64)
    );
    assert_eq!(
        asked(&setup, "/groups"),
        EnrichmentRequest::requests_for_groups(groups as u64)
    );
    assert_eq!(asked(&setup, "/blacklist"), 1);
    assert_eq!(
        (asked(&setup, "/contacts"), asked(&setup, "/health")),
        (3, 1)
    );
    assert!(found.chats.is_complete() && found.groups.is_complete());
    let ranks = found
        .groups
        .items
        .iter()
        .flat_map(|group| &group.participants);
    assert!(ranks.clone().any(|one| one.rank == Rank::Creator));
    check_truth(&setup, &found).await;
}

#[tokio::test]
async fn nothing_is_requested_by_default() {
    let setup = start(usual()).await;
    let (found, contacts) = ask(&setup, EnrichmentRequest::default()).await;
    assert!(found.unwrap().is_none());
    assert_eq!((contacts, setup.api.journal().len()), (1317, 4));
}

#[tokio::test]
async fn groups_that_are_cut_are_asked_for_one_by_one() {
    let setup = start(explained().participants_cap(10)).await;
    let (found, _) = fetch_reasons(&setup).await;
    assert!(found.groups.is_complete());
    let cut = found
        .groups
        .items
        .iter()
        .filter(|group| group.participants.len() > 10);
    let one_by_one = setup.api.journal();
    let one_by_one = one_by_one
        .iter()
        .filter(|entry| entry.path.starts_with("/groups/"));
    assert_eq!(one_by_one.count(), cut.count());
    check_truth(&setup, &found).await;
}

const GROUP: &str = "120363000000000001@g.us";

/// An API with a group of these participants, who are members.
fn with_group(participants: &[&str]) -> whapi_emulator::EmulatorBuilder {
    let count = participants.len();
    let participants: Value = participants
        .iter()
        .map(|id| json!({"id": id, "rank": "member"}))
        .collect();
    let group = json!({"id": GROUP, "name": "Padel", "participants": participants,
        "participants_count": count});
    explained().chats_and_groups(vec![], vec![group], vec![])
}

/// The participants of the only group, and what is missing.
async fn participants(api: whapi_emulator::EmulatorBuilder) -> (Vec<String>, Vec<String>) {
    let setup = start(api).await;
    let (found, _) = fetch_reasons(&setup).await;
    assert_eq!(asked(&setup, &format!("/groups/{GROUP}")), 1);
    let [group] = &found.groups.items[..] else {
        panic!("{:?}", found.groups.items)
    };
    assert_eq!(group.name.as_deref(), Some("Padel"));
    let ids = group.participants.iter().map(|one| one.id.to_string());
    (ids.collect(), found.groups.missing)
}

const FIVE: [&str; 5] = [
    "447700900101",
    "447700900102",
    "447700900103@s.whatsapp.net",
    "447700900104",
    "84958372615243@lid",
];

const ONE_GROUP: &str = "the Whapi API does not list all participants of 1 group";

#[tokio::test]
async fn two_answers_about_a_group_are_united() {
    let api = with_group(&FIVE[..4]).participants_cap(2).group_cap(3);
    let (ids, missing) = participants(api).await;
    let united = [FIVE[1], FIVE[2], FIVE[3], FIVE[0]];
    assert_eq!((ids, missing), (united.map(str::to_owned).to_vec(), vec![]));
}

#[tokio::test]
async fn two_answers_that_do_not_list_everyone_are_united_with_a_doubt() {
    let api = with_group(&FIVE[..4]).participants_cap(1).group_cap(2);
    let (ids, missing) = participants(api).await;
    let united = [FIVE[2], FIVE[3], FIVE[0]];
    assert_eq!(ids, united);
    assert_eq!(missing, [ONE_GROUP]);
}

#[tokio::test]
async fn a_number_and_a_lid_in_two_answers_may_be_one_person() {
    let api = with_group(&FIVE).participants_cap(4).group_cap(4);
    let (ids, missing) = participants(api).await;
    let united = [FIVE[1], FIVE[2], FIVE[3], FIVE[4], FIVE[0]];
    assert_eq!(ids, united);
    assert_eq!(missing, [ONE_GROUP]);
}

#[tokio::test]
async fn an_answer_about_a_group_without_a_count_goes_by_that_of_the_list() {
    let answer = |ids: &[&str]| {
        let ids: Value = ids.iter().map(|id| json!({"id": id})).collect();
        let body = json!({"id": GROUP, "participants": ids}).to_string();
        let fault = always(Effect::Json(body)).on(format!("/groups/{GROUP}"));
        with_group(&FIVE[..3]).participants_cap(1).fault(fault)
    };
    let (ids, missing) = participants(answer(&FIVE[..2])).await;
    assert_eq!(ids, FIVE[..2]);
    assert_eq!(missing, [ONE_GROUP]);
    let (ids, missing) = participants(answer(&FIVE[..3])).await;
    assert_eq!(ids, FIVE[..3]);
    assert_eq!(missing, Vec::<String>::new());
}

#[tokio::test]
async fn numbers_of_chats_may_be_huge() {
    let usual = start(explained()).await;
    let huge = start(explained().huge_numbers(true)).await;
    let (usual, _) = fetch_reasons(&usual).await;
    let (found, contacts) = fetch_reasons(&huge).await;
    assert_eq!(contacts, 1317);
    assert_eq!(found.chats.missing, Vec::<String>::new());
    assert_eq!(found.chats.items, usual.chats.items);
}

#[tokio::test]
async fn a_call_that_fails_leaves_a_doubt_and_costs_no_contact() {
    for (path, status, doubt) in [
        (
            "/chats",
            500,
            "the Whapi API failed (500): Internal Server Error: a fault of the emulator; gave up after 6 tries",
        ),
        (
            "/groups",
            404,
            "the Whapi API knows no channel for this token (404): Not Found: a fault of the emulator",
        ),
        (
            "/blacklist",
            400,
            "the Whapi API refused the request (400): Bad Request: a fault of the emulator",
        ),
    ] {
        let setup = start(explained().fault(always(Effect::Status(status)).on(path))).await;
        let (found, contacts) = fetch_reasons(&setup).await;
        assert_eq!(contacts, 1317);
        let doubts = [
            &found.chats.missing,
            &found.groups.missing,
            &found.blocked.missing,
        ];
        let place = ["/chats", "/groups", "/blacklist"]
            .iter()
            .position(|one| *one == path);
        for (other, doubts) in doubts.into_iter().enumerate() {
            if Some(other) == place {
                let [found] = &doubts[..] else {
                    panic!("{doubts:?}")
                };
                assert!(found.starts_with(doubt), "{found}");
            } else {
                assert_eq!(*doubts, Vec::<String>::new(), "{path}");
            }
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_no_list_is_a_doubt() {
    let setup = start(explained().fault(always(Effect::Html).on("/blacklist"))).await;
    let (found, contacts) = fetch_reasons(&setup).await;
    assert_eq!(contacts, 1317);
    assert!(!found.blocked.is_complete());
    assert_eq!(found.blocked.items, []);
}

#[tokio::test]
async fn a_limit_on_requests_holds_for_all_of_them() {
    let setup = start(explained()).await;
    let client = setup.builder().max_requests(6).build().unwrap();
    let mut source = ApiSource::new(client, ScanOptions::default())
        .with_enrichment_request(EnrichmentRequest::default().with_reasons(true));
    let error = source.enrichment().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RequestLimit);
    assert_eq!(setup.api.journal().len(), 6);
}

#[tokio::test]
async fn a_channel_that_is_not_ready_ends_the_run_before_anything_else_is_asked() {
    let setup = start(explained().channel(whapi_emulator::Channel::Qr)).await;
    let (found, _) = ask(&setup, EnrichmentRequest::default().with_reasons(true)).await;
    assert_eq!(found.unwrap_err().kind(), ErrorKind::Channel);
    assert_eq!(asked(&setup, "/chats") + asked(&setup, "/groups"), 0);
}

#[tokio::test]
async fn chats_are_asked_for_while_contacts_are() {
    let setup = start(explained().latency(Duration::from_millis(50))).await;
    let (_, contacts) = fetch_reasons(&setup).await;
    assert_eq!(contacts, 1317);
    let journal = setup.api.journal();
    let first = |path: &str, offset| {
        let entry = |entry: &&JournalEntry| entry.path == path && entry.offset == Some(offset);
        journal.iter().find(entry).unwrap()
    };
    let together = [
        first("/contacts", 498),
        first("/contacts", 996),
        first("/chats", 0),
        first("/groups", 0),
    ];
    let most = together.iter().map(|entry| entry.in_flight).max();
    assert!(most >= Some(4), "{most:?}");
}
