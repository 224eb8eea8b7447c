//! The list of channels of the partner API.

use std::sync::Arc;

use serde_json::json;
use whapi_emulator::{
    Effect, Emulator, EmulatorBuilder, Fault, ListChange, Person, TotalMode, Trigger,
};
use whapi_fetch::whapi_model::Partial;
use whapi_fetch::{
    Client, Error, ErrorKind, PartnerChannel, PartnerClient, RetryPolicy, ScanOptions, Token,
};
use whapi_http::VirtualClock;

use crate::common::all_texts;

const PATH: &str = "/channels/list";
const TOKEN: &str = "p4rtner-t0ken";

/// Rows with ids that tell their place: C-0, C-1, …
fn rows(range: std::ops::Range<usize>) -> Vec<Person> {
    let row = |n| Person::raw(json!({"id": format!("C-{n}"), "token": format!("token-{n}")}));
    range.map(row).collect()
}

fn fault(trigger: Trigger, effect: Effect) -> Fault {
    Fault::new(trigger, effect).on(PATH)
}

fn start(partner: EmulatorBuilder) -> Emulator {
    let api = Emulator::builder().people(1);
    api.and_partner(partner.token(TOKEN))
        .start_blocking()
        .unwrap()
}

fn client(api: &Emulator) -> PartnerClient {
    Client::builder(Token::new(TOKEN, "the test").unwrap())
        .base_url(api.base_url())
        .clock(Arc::new(VirtualClock::new()))
        .build_partner()
        .unwrap()
}

async fn channels(api: &Emulator) -> Result<Partial<PartnerChannel>, Error> {
    client(api).channels(ScanOptions::default()).await
}

fn ids(channels: &Partial<PartnerChannel>) -> Vec<&str> {
    channels.items.iter().map(PartnerChannel::id).collect()
}

/// The queries of all requests, each of which is a GET of the one path with the token.
fn queries(api: &Emulator) -> Vec<String> {
    assert_eq!(api.journal(), []);
    let journal = api.partner().unwrap().journal().into_iter();
    let check = |entry: &whapi_emulator::JournalEntry| {
        assert_eq!((&*entry.method, &*entry.path), ("GET", PATH));
        assert!(entry.authorized);
    };
    journal.inspect(check).map(|entry| entry.query).collect()
}

#[tokio::test]
async fn pages_of_100_share_two_rows() {
    let api = start(Emulator::builder().contacts(rows(0..250)));
    let found = channels(&api).await.unwrap();
    assert_eq!(found.missing, Vec::<String>::new());
    let expected: Vec<_> = (0..250).map(|n| format!("C-{n}")).collect();
    assert_eq!(ids(&found), expected);
    let tokens = found.items.iter().map(|channel| channel.token.as_ref());
    let tokens: Vec<_> = tokens.map(|token| token.unwrap().expose()).collect();
    assert_eq!(tokens[249], "token-249");
    let mut queries = queries(&api);
    queries.sort();
    assert_eq!(
        queries,
        [
            "count=100&offset=0",
            "count=100&offset=196",
            "count=100&offset=98"
        ]
    );
}

#[tokio::test]
async fn a_list_that_moves_is_read_again() {
    let change = ListChange::RemoveAt(vec![0, 1, 2]);
    let partner = Emulator::builder().contacts(rows(0..250));
    let api = start(partner.fault(fault(Trigger::Request(2), Effect::Change(change))));
    let found = channels(&api).await.unwrap();
    assert_eq!(found.missing, Vec::<String>::new());
    let found = ids(&found);
    assert!((3..250).all(|n| found.contains(&format!("C-{n}").as_str())));
    assert!(queries(&api).len() > 3);
}

#[tokio::test]
async fn doubts_are_said_and_what_was_read_stays() {
    let api = start(
        Emulator::builder()
            .contacts(rows(0..3))
            .total(TotalMode::Off(2)),
    );
    let found = channels(&api).await.unwrap();
    assert_eq!(ids(&found), ["C-0", "C-1", "C-2"]);
    assert_eq!(
        found.missing,
        ["the Whapi API says that there are 5 channels but lists 2 fewer"]
    );

    let long = Person::raw(json!({"id": "x".repeat(129)}));
    let unusable = vec![Person::raw(json!({"name": "Shop"})), long];
    let api = start(Emulator::builder().contacts([rows(0..1), unusable].concat()));
    let found = channels(&api).await.unwrap();
    assert_eq!(ids(&found), ["C-0"]);
    assert_eq!(
        found.missing,
        ["2 of the Whapi API's rows have no id, so their channels are unknown"]
    );

    let partner = Emulator::builder().contacts(rows(0..250));
    let api = start(partner.fault(fault(Trigger::From(2), Effect::Status(402))));
    let found = channels(&api).await.unwrap();
    assert_eq!(found.items.len(), 100);
    assert_eq!(
        found.missing,
        ["the partner account's quota is used up (402): Payment Required: a fault of the emulator"]
    );
}

#[tokio::test]
async fn failures_have_their_kinds() {
    for (effect, kind, message) in [
        (
            Effect::Status(401),
            ErrorKind::Token,
            "the partner API refused the token from the test (401): Unauthorized: a fault of the \
             emulator; check that it is the token of the partner and not of a channel, and the address",
        ),
        (
            Effect::Status(402),
            ErrorKind::Quota,
            "the partner account's quota is used up (402): Payment Required: a fault of the emulator",
        ),
        (
            Effect::Status(400),
            ErrorKind::Api,
            "the Whapi API refused the request (400): Bad Request: a fault of the emulator",
        ),
        (
            Effect::Json(r#"{"contacts":[]}"#.to_owned()),
            ErrorKind::Api,
            "the Whapi API answered JSON without a list of channels; gave up after 6 tries in 0 s",
        ),
        (
            Effect::Redirect("https://evil.example".to_owned()),
            ErrorKind::Api,
            "the Whapi API answered with a redirect (302), which is never followed, because it would \
             send the token elsewhere",
        ),
    ] {
        let partner = Emulator::builder().contacts(rows(0..3));
        let api = start(partner.fault(fault(Trigger::Always, effect)));
        let mut policy = RetryPolicy::default();
        policy.base_delay = std::time::Duration::ZERO;
        let client = Client::builder(Token::new(TOKEN, "the test").unwrap())
            .base_url(api.base_url())
            .retry_policy(policy)
            .build_partner()
            .unwrap();
        let error = client.channels(ScanOptions::default()).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.to_string()),
            (kind, message.to_owned())
        );
        queries(&api);
    }
    let partner = Emulator::builder().contacts(rows(0..3));
    let once = fault(Trigger::Request(1), Effect::Status(503));
    let api = start(partner.fault(once));
    assert!(channels(&api).await.unwrap().is_complete());
    assert_eq!(queries(&api).len(), 2);
}

#[tokio::test]
async fn the_limit_on_requests_holds() {
    let api = start(Emulator::builder().contacts(rows(0..250)));
    let client = Client::builder(Token::new(TOKEN, "the test").unwrap())
        .base_url(api.base_url())
        .max_requests(2)
        .build_partner()
        .unwrap();
    let error = client.channels(ScanOptions::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RequestLimit);
    assert_eq!(queries(&api).len(), 2);
}

#[tokio::test]
async fn no_text_repeats_a_token() {
    let row = json!({
        "id": format!("A {TOKEN}"),
        "token": "ch4nnel/t0ken",
        "name": format!("ch4nnel%2Ft0ken {TOKEN}"),
        "phone": "ch4nnel/t0ken",
        "projectId": TOKEN,
        "mode": "ch4nnel/t0ken",
        "apiUrl": format!("https://gate.whapi.cloud/{TOKEN}"),
    });
    let api = start(Emulator::builder().contacts(vec![Person::raw(row)]));
    let client = client(&api);
    let found = client.channels(ScanOptions::default()).await.unwrap();
    let [channel] = &found.items[..] else {
        panic!("one channel")
    };
    assert_eq!(channel.id(), "A [token]");
    assert_eq!(channel.name.as_deref(), Some("[token] [token]"));
    for text in [&channel.phone, &channel.project, &channel.mode] {
        assert_eq!(text.as_deref(), Some("[token]"));
    }
    assert_eq!(
        channel.api_url.as_deref(),
        Some("https://gate.whapi.cloud/[token]")
    );
    let shown = format!("{found:?} {client:?}");
    assert!(!shown.contains("t0ken"), "{shown}");
    assert_eq!(channel.token.as_ref().unwrap().expose(), "ch4nnel/t0ken");

    let said = format!(r#"{{"error":{{"message":"no account for {TOKEN}"}}}}"#);
    let partner = Emulator::builder().fault(fault(Trigger::Always, Effect::Json(said)));
    let error = channels(&start(partner)).await.unwrap_err();
    let texts = all_texts(&error);
    assert!(texts.contains("no account for [token]"), "{texts}");
    assert!(!texts.contains(TOKEN), "{texts}");
}
