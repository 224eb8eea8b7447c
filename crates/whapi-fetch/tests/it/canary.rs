//! The token, a name and a number in every position of every answer: no error shows them.

use std::io::Cursor;

use serde_json::{Map, Value, json};
use whapi_fetch::{Client, Error, RetryPolicy, SavedAnswers, ScanOptions, Token};
use whapi_model::ContactId;

use crate::common::{TOKEN, all_texts, drain};
use crate::raw::{RawApi, Sent};

const NAME: &str = "Canaria Pajaro";
const NUMBER: u64 = 447_700_900_199;
/// How a message begins that shows the API's own words about an error, which may be names.
const OWN_WORDS: &str = "the Whapi API answered with an error: ";

/// How a message begins that shows the total, which is the length of the list.
const TOTAL: &str = "the Whapi API says that it lists ";

/// What each endpoint answers, with every field that is read.
fn answers() -> [Value; 7] {
    let participant = json!({"id": "447700900102", "rank": "admin"});
    let group = json!({"id": "1@g.us", "name": "g", "participants": [participant],
        "participants_count": 1});
    [
        json!({"contacts": [{"id": "447700900101", "name": "n", "pushname": "p", "saved": true,
            "phonebook": true, "phone": "447700900101", "username": "n", "is_business": false, "status": "s", "profile_pic": "u", "profile_pic_full": "v",
            "x": 1}], "count": 1, "total": 1, "offset": 0}),
        json!({"chats": [{"id": "447700900101", "type": "contact", "timestamp": 7,
            "labels": [{"id": "1", "name": "l", "color": "red"}], "last_message": {"id": "m"}}],
            "count": 1, "total": 1}),
        json!({"groups": [group], "count": 1, "total": 1}),
        json!(["447700900101"]),
        json!({"channels": [{"id": "A-1", "token": "t", "apiUrl": "u", "name": "n",
            "phone": "447700900101", "projectId": "p", "activeTill": 7, "stopped": false,
            "mode": "live"}], "count": 1, "total": 1}),
        json!({"447700900101": {"lid": "11112222@lid"}}),
        json!({"error": {"code": 500, "message": "m", "details": "d"}}),
    ]
}

/// Every value that is `value` with one of its parts, itself among them, replaced by `by`, and with
/// one key replaced where `by` is a text.
fn with_one_replaced(value: &Value, by: &Value) -> Vec<Value> {
    let mut all = vec![by.clone()];
    match value {
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                for changed in with_one_replaced(item, by) {
                    let mut items = items.clone();
                    items[place] = changed;
                    all.push(Value::Array(items));
                }
            }
        }
        Value::Object(fields) => {
            for (key, field) in fields {
                for changed in with_one_replaced(field, by) {
                    let mut fields = fields.clone();
                    fields[key] = changed;
                    all.push(Value::Object(fields));
                }
                if let Value::String(text) = by {
                    let renamed = fields.iter().map(|(name, field)| {
                        let name = if name == key { text } else { name };
                        (name.clone(), field.clone())
                    });
                    all.push(Value::Object(renamed.collect::<Map<_, _>>()));
                }
            }
        }
        _ => {}
    }
    all
}

/// Texts that are sent as answers: each with a canary somewhere, as JSON and as the start of it.
fn bodies() -> Vec<String> {
    let canaries = [
        json!(TOKEN),
        json!(NAME),
        json!(NUMBER),
        json!(0.5 + 447_700_900_199.0),
        json!([TOKEN, NAME, NUMBER]),
        json!({TOKEN: NAME, NAME: {TOKEN: NUMBER}}),
    ];
    let mut bodies = Vec::new();
    for answer in answers() {
        for canary in &canaries {
            for changed in with_one_replaced(&answer, canary) {
                bodies.push(changed.to_string());
            }
        }
    }
    bodies.sort();
    bodies.dedup();
    let cut: Vec<_> = bodies
        .iter()
        .filter_map(|body| {
            let end = body.rfind("t0ken").or_else(|| body.rfind("Pajaro"))?;
            Some(body[..end + 5].to_owned())
        })
        .collect();
    bodies.extend(cut);
    bodies.extend([
        TOKEN.to_owned(),
        format!("<html>{NAME} {NUMBER} {TOKEN}</html>"),
        format!("{{\"contacts\":[{{\"id\":{NUMBER}{TOKEN}}}]}}"),
        format!("{{\"contacts\":[{{\"id\":\"\\x{TOKEN}{NAME}\"}}]}}"),
    ]);
    bodies
}

#[track_caller]
fn check(error: Option<&Error>, body: &str) {
    let Some(error) = error else {
        return;
    };
    let texts = all_texts(error);
    assert!(!texts.contains(TOKEN), "{body}: {texts}");
    if !texts.starts_with(OWN_WORDS) {
        assert!(!texts.contains("Pajaro"), "{body}: {texts}");
        let shows_total = texts.starts_with(TOTAL);
        assert!(
            shows_total || !texts.contains(&NUMBER.to_string()),
            "{body}: {texts}"
        );
    }
}

#[tokio::test]
async fn no_error_of_the_client_shows_what_an_answer_holds() {
    let mut policy = RetryPolicy::default();
    policy.max_tries = 1;
    let phone = ContactId::parse("447700900101").unwrap();
    let group = ContactId::parse("1@g.us").unwrap();
    let mut errors = 0;
    for body in bodies() {
        let api = RawApi::start(Sent::json(body.clone()));
        let client = Client::builder(Token::new(TOKEN, "the test").unwrap())
            .base_url(&api.url)
            .retry_policy(policy.clone())
            .build()
            .unwrap();
        let partner = Client::builder(Token::new(TOKEN, "the test").unwrap())
            .base_url(&api.url)
            .retry_policy(policy.clone())
            .build_partner()
            .unwrap();
        let channels = partner.channels(ScanOptions::default()).await;
        for missing in channels.iter().flat_map(|found| &found.missing) {
            assert!(!missing.contains(TOKEN), "{body}: {missing}");
        }
        let ends = [
            channels.err(),
            client.contacts(0, 500).await.err(),
            client.chats(0, 100).await.err(),
            client.groups(0, 50).await.err(),
            client.group(&group).await.err(),
            client.blacklist().await.err(),
            client.lids(std::slice::from_ref(&phone)).await.err(),
            client.channel().await.err(),
        ];
        for error in &ends {
            check(error.as_ref(), &body);
            errors += usize::from(error.is_some());
        }
    }
    assert!(errors > 1000, "{errors}");
}

#[tokio::test]
async fn no_error_about_saved_answers_shows_what_they_hold() {
    let mut errors = 0;
    for body in bodies() {
        if body.contains("\"error\"") {
            // The API's own words: shown, and no token is known that could be replaced.
            continue;
        }
        let mut source = SavedAnswers::from_reader(Cursor::new(body.clone()), "`saved.json`");
        let error = drain(&mut source).await.error;
        check(error.as_ref(), &body);
        errors += usize::from(error.is_some());
    }
    assert!(errors > 100, "{errors}");
}

#[tokio::test]
async fn a_value_in_the_place_of_the_list_is_not_repeated() {
    let api = RawApi::start(Sent::json(format!(r#"{{"contacts":"{TOKEN}"}}"#)));
    let mut policy = RetryPolicy::default();
    policy.max_tries = 1;
    let client = Client::builder(Token::new(TOKEN, "the test").unwrap())
        .base_url(&api.url)
        .retry_policy(policy)
        .build()
        .unwrap();
    let error = client.contacts(0, 500).await.unwrap_err();
    assert_eq!(
        whapi_text::with_causes(&error),
        "the Whapi API answered JSON without a list of contacts; gave up after 1 try in 0 s"
    );
}
