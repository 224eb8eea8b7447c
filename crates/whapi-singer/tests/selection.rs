//! Which mark of a catalog decides.

use serde_json::{Value, json};
use whapi_export::Available;
use whapi_singer::{Catalog, Field, Selection, Stream};

fn select(stream: &Value) -> Selection {
    let chosen = json!({"streams": [stream]}).to_string();
    Catalog::new(Available::default()).select(&chosen).unwrap()
}

/// The metadata of a stream or a field.
fn marked(breadcrumb: &[&str], selected: Option<bool>, by_default: Option<bool>) -> Value {
    let mut marks = json!({});
    if let Some(selected) = selected {
        marks["selected"] = json!(selected);
    }
    if let Some(by_default) = by_default {
        marks["selected-by-default"] = json!(by_default);
    }
    json!({"breadcrumb": breadcrumb, "metadata": marks})
}

const NONE: Option<bool> = None;
const YES: Option<bool> = Some(true);
const NO: Option<bool> = Some(false);

/// The mark, that in the schema as older catalogs have it, the default, and what comes of them.
const CASES: [[Option<bool>; 4]; 9] = [
    [YES, NO, NO, YES],
    [NO, YES, YES, NO],
    [NONE, YES, NO, YES],
    [NONE, NO, YES, NO],
    [NONE, NONE, YES, YES],
    [NONE, NONE, NO, NO],
    [NONE, NONE, NONE, NONE],
    [YES, NONE, NONE, YES],
    [NO, NONE, NONE, NO],
];

#[test]
fn streams() {
    for [selected, in_schema, by_default, expected] in CASES {
        let stream = json!({
            "tap_stream_id": "chats",
            "schema": {"selected": in_schema},
            "metadata": [marked(&[], selected, by_default)],
        });
        let is_selected = select(&stream).get(Stream::Chats).is_some();
        // A stream of which nothing is said is not selected.
        assert_eq!(is_selected, expected.unwrap_or(false), "{stream}");
    }
}

#[test]
fn fields() {
    for [selected, in_schema, by_default, expected] in CASES {
        for (field, is_default) in [("pushname", true), ("about", false)] {
            let stream = json!({
                "tap_stream_id": "contacts",
                "schema": {"properties": {field: {"selected": in_schema}}},
                "metadata": [
                    marked(&[], YES, NONE),
                    marked(&["properties", field], selected, by_default),
                ],
            });
            let selection = select(&stream);
            let fields = selection.get(Stream::Contacts).unwrap().fields();
            let is_there = fields.iter().any(|one| one.name() == field);
            assert_eq!(is_there, expected.unwrap_or(is_default), "{stream}");
        }
    }
}

#[test]
fn a_key_is_always_selected() {
    let fields = ["channel", "group_id", "id", "phone", "rank"];
    let mut metadata = vec![marked(&[], YES, NONE)];
    metadata.extend(fields.map(|name| marked(&["properties", name], NO, NONE)));
    let selection = select(&json!({"tap_stream_id": "memberships", "metadata": metadata}));
    let fields = selection.get(Stream::Memberships).unwrap().fields();
    let names: Vec<_> = fields.iter().map(Field::name).collect();
    assert_eq!(names, Stream::Memberships.key());
    let text = r#"{"type":["string"]}"#;
    assert!(fields.iter().all(|field| field.schema() == text));
}
