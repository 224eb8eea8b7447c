//! Answers with the fields and values that Whapi's OpenAPI document requires.

use std::collections::BTreeSet;

use crate::common::get;
use serde_json::{Value, json};
use whapi_emulator::Emulator;

async fn value(api: &Emulator, target: &str) -> Value {
    serde_json::from_str(&get(api, target).await.1).unwrap()
}

#[tokio::test]
async fn a_chat_has_the_required_fields() {
    let builder = Emulator::builder().people(6).seed(5);
    let api = builder.start().await.unwrap();
    assert_eq!(
        value(&api, "/chats?count=2").await,
        json!({
            "chats": [
                {
                    "id": "441214960313@s.whatsapp.net",
                    "type": "contact",
                    "timestamp": 1_766_969_700,
                    "labels": [{"id": "1", "name": "New customer", "color": "limegreen"}],
                    "last_message": {
                        "id": "m11b49242755fd661",
                        "type": "text",
                        "chat_id": "441214960313@s.whatsapp.net",
                        "from_me": false,
                        "timestamp": 1_766_969_700,
                        "text": {"body": "Please call me back"},
                    },
                },
                {"id": "33536495759@s.whatsapp.net", "type": "contact", "timestamp": 1_764_149_390},
            ],
            "count": 2,
            "total": 4,
            "offset": 0,
        })
    );
}

#[tokio::test]
async fn a_group_has_the_required_fields() {
    let builder = Emulator::builder().people(6).seed(5);
    let api = builder.start().await.unwrap();
    let group = json!({
        "id": "120363000000448142@g.us",
        "type": "group",
        "name": "Padel 🎾",
        "timestamp": 1_743_560_617,
        "participants": [
            {"id": "999000000000", "rank": "creator"},
            {"id": "441314960609", "rank": "member"},
            {"id": "441174960842", "rank": "member"},
        ],
        "participants_count": 3,
    });
    assert_eq!(
        value(&api, "/groups").await,
        json!({"groups": [group], "count": 1, "total": 1, "offset": 0})
    );
    assert_eq!(value(&api, "/groups/120363000000448142@g.us").await, group);
}

#[tokio::test]
async fn colours_of_labels_are_documented_ones() {
    let api = Emulator::builder().start().await.unwrap();
    let mut labels = BTreeSet::new();
    for offset in [0, 250] {
        let page = value(&api, &format!("/chats?count=250&offset={offset}")).await;
        for chat in page["chats"].as_array().unwrap() {
            for label in chat["labels"].as_array().into_iter().flatten() {
                labels.insert(["id", "name", "color"].map(|key| label[key].to_string()));
            }
        }
    }
    assert_eq!(
        labels,
        BTreeSet::from([
            [r#""1""#, r#""New customer""#, r#""limegreen""#].map(str::to_owned),
            [r#""2""#, r#""Unpaid""#, r#""salmon""#].map(str::to_owned),
        ])
    );
}
