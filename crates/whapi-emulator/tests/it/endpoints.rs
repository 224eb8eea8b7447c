//! Each endpoint and its rules.

use crate::common::{error, get, numbered, request, send};
use reqwest::Method;
use serde_json::{Value, json};
use whapi_emulator::{Emulator, Person, TotalMode, people};

const DETAILS_TOKEN: &str = "channel not found";

fn three() -> Vec<Person> {
    vec![
        Person::new("447700900001")
            .with_pushname("MC")
            .with_saved(false),
        Person::new("447700900002")
            .with_name("24name")
            .with_saved(true),
        Person::new("447700900003"),
    ]
}

async fn start(people: Vec<Person>) -> Emulator {
    Emulator::builder().contacts(people).start().await.unwrap()
}

async fn write(api: &Emulator, method: Method, target: &str, body: &Value) -> (u16, String) {
    send(request(api, method, target).body(body.to_string())).await
}

async fn value(api: &Emulator, target: &str) -> Value {
    let (status, body) = get(api, target).await;
    assert_eq!(status, 200, "{target}");
    serde_json::from_str(&body).unwrap()
}

#[tokio::test]
async fn a_page_is_written_as_documented() {
    let api = start(three()).await;
    assert_eq!(
        get(&api, "/contacts?count=2&offset=0").await,
        (
            200,
            r#"{"contacts":[{"id":"447700900001","pushname":"MC","saved":false},{"id":"447700900002","name":"24name","saved":true}],"count":2,"total":3,"offset":0}"#.to_owned()
        )
    );
    assert_eq!(
        get(&api, "/contacts?count=2&offset=2").await.1,
        r#"{"contacts":[{"id":"447700900003"}],"count":1,"total":3,"offset":2}"#
    );
    assert_eq!(
        get(&api, "/contacts?count=2&offset=3").await.1,
        r#"{"contacts":[],"count":0,"total":3,"offset":3}"#
    );
    assert_eq!(
        get(&api, "/contacts?count=2&offset=18446744073709551615")
            .await
            .0,
        200
    );
}

#[tokio::test]
async fn an_answer_made_without_a_server_is_the_same_bytes() {
    let people = people::nasty();
    let api = start(people.clone()).await;
    assert_eq!(
        get(&api, "/contacts?count=500&offset=3").await.1,
        Emulator::answer(&people, 3, 500)
    );
}

#[tokio::test]
async fn count_and_offset_have_limits_and_a_default() {
    let api = start(numbered(150)).await;
    let rows = value(&api, "/contacts").await;
    assert_eq!((&rows["count"], &rows["total"]), (&json!(100), &json!(150)));
    for count in ["0", "501", "-1", "abc", ""] {
        assert_eq!(
            get(&api, &format!("/contacts?count={count}")).await,
            error(400, "Bad Request", "count must be a number from 1 to 500")
        );
    }
    for offset in ["-1", "abc", "1,5"] {
        assert_eq!(
            get(&api, &format!("/contacts?count=1&offset={offset}")).await,
            error(400, "Bad Request", "offset must be a number, 0 or more")
        );
    }
    assert_eq!(value(&api, "/contacts?count=500").await["count"], 150);
    // The document calls both of them numbers, not whole numbers.
    assert_eq!(
        get(&api, "/contacts?count=1.9&offset=1e2").await.1,
        r#"{"contacts":[{"id":"447700900100","saved":true}],"count":1,"total":150,"offset":100}"#
    );
}

#[tokio::test]
async fn a_page_cap_gives_less_and_a_count_limit_refuses() {
    let capped = Emulator::builder()
        .contacts(numbered(150))
        .page_cap(40)
        .start()
        .await
        .unwrap();
    let rows = value(&capped, "/contacts?count=500&offset=120").await;
    assert_eq!(rows["count"], 30);
    assert_eq!(value(&capped, "/contacts?count=500").await["count"], 40);
    assert_eq!(value(&capped, "/contacts?count=7").await["count"], 7);

    let limited = Emulator::builder().count_limit(100).start().await.unwrap();
    assert_eq!(
        get(&limited, "/contacts?count=500").await,
        error(400, "Bad Request", "count must be a number from 1 to 100")
    );
    assert_eq!(value(&limited, "/contacts?count=100").await["count"], 100);
}

#[tokio::test]
async fn total_can_lie() {
    for (mode, total) in [
        (TotalMode::Exact, json!(3)),
        (TotalMode::Off(2), json!(5)),
        (TotalMode::Off(-2), json!(1)),
        (TotalMode::Missing, Value::Null),
        (TotalMode::Fixed(1 << 60), json!(1_u64 << 60)),
    ] {
        let builder = Emulator::builder().contacts(three()).total(mode);
        let api = builder.start().await.unwrap();
        let page = value(&api, "/contacts").await;
        assert_eq!(page["total"], total, "{mode:?}");
        assert_eq!(page.get("total").is_some(), mode != TotalMode::Missing);
    }
}

#[tokio::test]
async fn an_answer_need_not_name_its_offset() {
    let builder = Emulator::builder().contacts(numbered(1));
    let api = builder.echo_offset(false).start().await.unwrap();
    assert_eq!(
        get(&api, "/contacts").await.1,
        r#"{"contacts":[{"id":"447700900000","saved":true}],"count":1,"total":1}"#
    );
}

#[tokio::test]
async fn raw_rows_are_served_as_they_are() {
    let row = r#"{"id":7,"name":["x"],"id":"twice","lone":"\ud800"}"#;
    let api = start(vec![
        Person::raw_text(row),
        Person::raw(json!({"name": null})),
    ])
    .await;
    assert_eq!(
        get(&api, "/contacts").await.1,
        format!(r#"{{"contacts":[{row},{{"name":null}}],"count":2,"total":2,"offset":0}}"#)
    );
}

#[tokio::test]
async fn every_call_needs_the_token() {
    let api = start(three()).await;
    let url = format!("{}/contacts", api.base_url());
    let client = crate::common::client();
    let expected = error(404, "Not Found", DETAILS_TOKEN);
    assert_eq!(send(client.get(&url)).await, expected);
    assert_eq!(send(client.get(&url).bearer_auth("wrong")).await, expected);
    let basic = client.get(&url).header("authorization", "Basic demo-token");
    assert_eq!(send(basic).await, expected);
    let query = client.get(format!("{url}?token=demo-token"));
    assert_eq!(send(query).await, expected);
    let lower = client
        .get(&url)
        .header("authorization", "bearer demo-token");
    assert_eq!(send(lower).await.0, 200);
    assert_eq!(
        api.journal()
            .iter()
            .map(|entry| (entry.authorized, entry.status))
            .collect::<Vec<_>>(),
        [
            (false, Some(404)),
            (false, Some(404)),
            (false, Some(404)),
            (false, Some(404)),
            (true, Some(200)),
        ]
    );
    assert!(!format!("{:?}", api.journal()).contains("demo-token"));
}

#[tokio::test]
async fn unknown_paths_and_methods_have_the_error_body() {
    let api = start(three()).await;
    assert_eq!(
        get(&api, "/messages/list").await,
        error(404, "Not Found", "no such endpoint")
    );
    assert_eq!(
        send(request(&api, Method::POST, "/contacts")).await,
        error(405, "Method Not Allowed", "no such method")
    );
}

#[tokio::test]
async fn one_contact_by_any_spelling() {
    let api = start(three()).await;
    let row = r#"{"id":"447700900002","name":"24name","saved":true}"#.to_owned();
    for id in [
        "447700900002",
        "447700900002@s.whatsapp.net",
        "447700900002%40c.us",
    ] {
        assert_eq!(
            get(&api, &format!("/contacts/{id}")).await,
            (200, row.clone())
        );
    }
    assert_eq!(
        get(&api, "/contacts/447700900002@lid").await,
        error(404, "Not Found", "no such contact")
    );
}

#[tokio::test]
async fn creating_follows_the_rules() {
    let api = start(three()).await;
    let put = async |phone: &str| {
        let body = json!({"phone": phone, "name": "New"});
        write(&api, Method::PUT, "/contacts", &body).await
    };
    let exists = error(
        409,
        "Conflict",
        "the contact is in the address book already",
    );
    assert_eq!(put("447700900002").await, exists);
    assert_eq!(put("447700900003").await, exists);
    assert_eq!(
        put("+447700900004").await,
        error(400, "Bad Request", "phone must be 4 to 15 digits")
    );
    assert_eq!(
        put("447700900001").await.1,
        r#"{"id":"447700900001","name":"New","pushname":"MC","saved":true}"#
    );
    assert_eq!(put("447700900001").await, exists);
    assert_eq!(
        put("447700900009").await.1,
        r#"{"id":"447700900009","name":"New","saved":true}"#
    );
    assert_eq!(
        get(&api, "/contacts").await.1,
        r#"{"contacts":[{"id":"447700900001","name":"New","pushname":"MC","saved":true},{"id":"447700900002","name":"24name","saved":true},{"id":"447700900003"},{"id":"447700900009","name":"New","saved":true}],"count":4,"total":4,"offset":0}"#
    );
    assert_eq!(
        write(&api, Method::PUT, "/contacts", &json!({"phone": "4477"})).await,
        error(
            400,
            "Bad Request",
            "missing field `name` at line 1 column 16"
        )
    );
}

#[tokio::test]
async fn editing_and_deleting_follow_the_rules() {
    let api = start(three()).await;
    let name = json!({"name": "Renamed"});
    let not_saved = error(403, "Forbidden", "the contact is not in the address book");
    let unknown = error(404, "Not Found", "no such contact");
    let done = (200, r#"{"success":true}"#.to_owned());
    for method in [Method::PATCH, Method::DELETE] {
        let send =
            async |id: &str| write(&api, method.clone(), &format!("/contacts/{id}"), &name).await;
        assert_eq!(send("447700900001").await, not_saved);
        assert_eq!(send("447700900003@c.us").await, not_saved);
        assert_eq!(send("447700900009").await, unknown);
        assert_eq!(send("447700900002@s.whatsapp.net").await, done);
        let row = get(&api, "/contacts/447700900002").await.1;
        if method == Method::PATCH {
            assert_eq!(
                row,
                r#"{"id":"447700900002","name":"Renamed","saved":true}"#
            );
        } else {
            assert_eq!(row, r#"{"id":"447700900002","saved":false}"#);
        }
    }
    assert_eq!(api.people().len(), 3);
    let again = json!({"phone": "447700900002", "name": "Back"});
    assert_eq!(
        write(&api, Method::PUT, "/contacts", &again).await.1,
        r#"{"id":"447700900002","name":"Back","saved":true}"#
    );
}

#[tokio::test]
async fn chats_and_groups_explain_most_discovered_people() {
    let api = Emulator::builder().start().await.unwrap();
    let mut explained = std::collections::HashSet::new();
    let mut messages = 0;

    let all = value(&api, "/chats?count=1").await["total"]
        .as_u64()
        .unwrap();
    let mut seen = 0;
    while seen < all {
        let page = value(&api, &format!("/chats?count=500&offset={seen}")).await;
        for chat in page["chats"].as_array().unwrap() {
            let id = chat["id"].as_str().unwrap();
            let suffix = id.split_once('@').unwrap().1;
            let kind = chat["type"].as_str().unwrap();
            assert!(
                matches!(
                    (suffix, kind),
                    ("s.whatsapp.net" | "lid", "contact") | ("g.us", "group")
                ),
                "{id} {kind}"
            );
            assert!(chat["timestamp"].is_u64());
            messages += usize::from(chat["last_message"]["text"]["body"].is_string());
            explained.insert(id.trim_end_matches("@s.whatsapp.net").to_owned());
        }
        seen += page["count"].as_u64().unwrap();
    }
    assert!(messages > 100, "{messages}");

    let page = value(&api, "/groups?count=500&offset=0").await;
    let groups = page["groups"].as_array().unwrap();
    assert_eq!(page["total"].as_u64().unwrap(), groups.len() as u64);
    let mut ranks = std::collections::BTreeSet::new();
    for group in groups {
        let participants = group["participants"].as_array().unwrap();
        assert_eq!(
            group["participants_count"].as_u64().unwrap(),
            participants.len() as u64
        );
        assert_eq!(participants[0]["id"], Emulator::ACCOUNT);
        for participant in participants {
            ranks.insert(participant["rank"].as_str().unwrap());
            explained.insert(participant["id"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(
        ranks.into_iter().collect::<Vec<_>>(),
        ["admin", "creator", "member"]
    );

    let discovered: Vec<_> = api
        .people()
        .into_iter()
        .filter(|person| person.saved == Some(false))
        .collect();
    let with = discovered
        .iter()
        .filter(|person| explained.contains(&person.id))
        .count();
    assert_eq!(discovered.len(), 845);
    assert!((700..844).contains(&with), "{with} of 845 are explained");
    assert_eq!(
        get(&api, "/chats?count=501").await,
        error(400, "Bad Request", "count must be a number from 1 to 500")
    );
}

#[tokio::test]
async fn a_list_of_groups_may_hold_fewer_participants_than_the_group() {
    let builder = Emulator::builder().participants_cap(3);
    let api = builder.start().await.unwrap();
    let listed = value(&api, "/groups?count=1").await["groups"][0].clone();
    assert_eq!(listed["participants"].as_array().unwrap().len(), 3);
    let count = listed["participants_count"].as_u64().unwrap();
    assert!(count > 3);
    let id = listed["id"].as_str().unwrap();
    let group = value(&api, &format!("/groups/{id}")).await;
    assert_eq!(
        group["participants"].as_array().unwrap().len() as u64,
        count
    );
    assert_eq!(
        get(&api, "/groups/1@g.us").await,
        error(404, "Not Found", "no such group")
    );
}

#[tokio::test]
async fn blocked_ids_are_some_of_the_people() {
    let api = Emulator::builder().start().await.unwrap();
    let blocked = value(&api, "/blacklist").await;
    let blocked = blocked.as_array().unwrap();
    assert!((1..60).contains(&blocked.len()), "{}", blocked.len());
    let people = api.people();
    for id in blocked {
        assert!(people.iter().any(|person| person.id == *id));
    }
}
