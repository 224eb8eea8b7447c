//! The partner API, which lists the channels.

use reqwest::Method;
use serde_json::{Value, json};
use whapi_emulator::{
    Channel, Effect, Emulator, EmulatorBuilder, Fault, ListChange, Person, TotalMode, Trigger,
};

use crate::common::{client, error, get, send};

fn account(partner: EmulatorBuilder) -> Emulator {
    let office = Emulator::builder()
        .token("office-token")
        .people(1)
        .channel(Channel::Stop)
        .listed_as(json!({"name": "Office", "mode": "trial", "activeTill": null}));
    let api = Emulator::builder().people(1).and_channel(office);
    api.and_partner(partner.token("partner-token"))
        .start_blocking()
        .unwrap()
}

async fn ask(api: &Emulator, method: Method, token: &str, query: &str) -> (u16, String) {
    let url = format!("{}/channels/list{query}", api.base_url());
    send(client().request(method, url).bearer_auth(token)).await
}

async fn list(api: &Emulator, query: &str) -> Value {
    let (status, body) = ask(api, Method::GET, "partner-token", query).await;
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).unwrap()
}

fn first(api: &Emulator) -> Value {
    json!({
        "id": "EMULATED-1",
        "token": "demo-token",
        "apiUrl": api.base_url(),
        "name": "Channel 1",
        "phone": Emulator::ACCOUNT,
        "projectId": "EMULATED",
        "activeTill": 4_102_444_800_000_u64,
        "stopped": false,
        "mode": "live",
    })
}

fn second(api: &Emulator) -> Value {
    let mut row = first(api);
    row["id"] = json!("EMULATED-2");
    row["token"] = json!("office-token");
    row["name"] = json!("Office");
    row["activeTill"] = Value::Null;
    row["stopped"] = json!(true);
    row["mode"] = json!("trial");
    row
}

#[tokio::test]
async fn it_lists_the_channels_with_tokens_and_states() {
    let api = account(Emulator::builder());
    let rows = [first(&api), second(&api)];
    assert_eq!(
        list(&api, "").await,
        json!({"channels": rows, "count": 2, "total": 2, "offset": 0})
    );
    assert_eq!(
        list(&api, "?count=1&offset=1").await,
        json!({"channels": [second(&api)], "count": 1, "total": 2, "offset": 1})
    );
    assert_eq!(get(&api, "/health").await.0, 200);

    let partner = api.partner().unwrap();
    let seen = partner.journal().into_iter();
    let seen: Vec<_> = seen.map(|entry| (entry.path, entry.query)).collect();
    let path = || "/channels/list".to_owned();
    assert_eq!(
        seen,
        [
            (path(), String::new()),
            (path(), "count=1&offset=1".to_owned())
        ]
    );
    assert_eq!(api.journal().len(), 1);
}

#[tokio::test]
async fn only_its_own_token_opens_it_and_nothing_else() {
    let api = account(Emulator::builder());
    let refused = error(404, "Not Found", "channel not found");
    assert_eq!(ask(&api, Method::GET, "demo-token", "").await, refused);
    assert_eq!(
        ask(&api, Method::POST, "partner-token", "").await,
        error(405, "Method Not Allowed", "no such method")
    );
    let url = format!("{}/contacts", api.base_url());
    let contacts = client().request(Method::GET, url);
    assert_eq!(send(contacts.bearer_auth("partner-token")).await, refused);

    let alone = Emulator::builder().people(1).start().await.unwrap();
    assert!(alone.partner().is_none());
    assert_eq!(
        get(&alone, "/channels/list").await,
        error(404, "Not Found", "no such endpoint")
    );
}

#[tokio::test]
async fn faults_and_changes_apply_to_the_list() {
    let fault = |trigger, effect| Fault::new(trigger, effect).on("/channels/list");
    let change = ListChange::RemoveAt(vec![0]);
    let partner = Emulator::builder()
        .total(TotalMode::Off(5))
        .page_cap(1)
        .fault(fault(Trigger::Request(2), Effect::Status(503)))
        .fault(fault(Trigger::Request(3), Effect::Change(change)));
    let api = account(partner);
    let page = |row: Value, total: u64| json!({"channels": [row], "count": 1, "total": total, "offset": 0});
    assert_eq!(list(&api, "").await, page(first(&api), 7));
    assert_eq!(ask(&api, Method::GET, "partner-token", "").await.0, 503);
    assert_eq!(list(&api, "").await, page(second(&api), 6));

    let rows = vec![Person::raw(json!({"id": 7}))];
    let api = account(Emulator::builder().contacts(rows));
    assert_eq!(list(&api, "").await, page(json!({"id": 7}), 1));
}
