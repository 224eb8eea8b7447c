//! The catalog: what is offered, and what is selected.

use serde_json::{Map, Value, json};

use super::{api, case, messages, records, settings, tap};
use crate::support::{Case, requests};

fn catalog(more: &Value) -> Value {
    let case = Case::new().input("tap.json", more.to_string());
    let ran = tap(&case, &["--discover"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    serde_json::from_str(ran.out()).unwrap()
}

fn keys(object: &Value) -> Vec<&String> {
    object.as_object().unwrap().keys().collect()
}

#[test]
fn discovery_sends_nothing_and_offers_every_stream() {
    let catalog = catalog(&json!({"base_url": "http://127.0.0.1:1"}));
    let streams = catalog["streams"].as_array().unwrap();
    let of_streams = streams.iter().map(|stream| {
        let metadata = stream["metadata"].as_array().unwrap();
        assert_eq!(metadata[0]["breadcrumb"], json!([]));
        assert_eq!(
            metadata[0]["metadata"],
            json!({
                "inclusion": "available",
                "selected-by-default": true,
                "table-key-properties": stream["key_properties"],
                "forced-replication-method": "FULL_TABLE",
            })
        );
        for field in &metadata[1..] {
            let name = &field["breadcrumb"][1];
            let is_key = stream["key_properties"].as_array().unwrap().contains(name);
            let inclusion = if is_key { "automatic" } else { "available" };
            assert_eq!(field["metadata"]["inclusion"], inclusion, "{name}");
        }
        assert_eq!(
            metadata.len() - 1,
            keys(&stream["schema"]["properties"]).len()
        );
        assert_eq!(stream["stream"], stream["tap_stream_id"]);
        (&stream["tap_stream_id"], &stream["key_properties"])
    });
    let expected = json!([
        ["contacts", ["channel", "id"]],
        ["groups", ["channel", "id"]],
        ["memberships", ["channel", "group_id", "id"]],
        ["chats", ["channel", "id"]],
    ]);
    assert_eq!(json!(of_streams.collect::<Vec<_>>()), expected);
}

/// The schema of contacts is made of that of JSON Lines, so that no field is forgotten.
#[test]
fn contacts_have_the_keys_of_json_lines() {
    let schema: Value = serde_json::from_str(whapi_export_jsonl::SCHEMA).unwrap();
    let never = ["change", "channels", "saved_in", "names"];
    let mut expected = schema["properties"].as_object().unwrap().clone();
    expected.retain(|key, _| !never.contains(&key.as_str()));
    let of_contacts = |more: &Value| catalog(more)["streams"][0]["schema"]["properties"].clone();
    let all = of_contacts(&json!({"reasons": true, "resolve_lids": true}));
    assert_eq!(keys(&all), expected.keys().collect::<Vec<_>>());
    expected.retain(|key, _| !["reasons", "other_id", "merged"].contains(&key.as_str()));
    let plain = of_contacts(&json!({}));
    assert_eq!(keys(&plain), expected.keys().collect::<Vec<_>>());
}

fn marked(stream: &str, fields: &[(&str, bool)]) -> Value {
    let field = |(name, is_selected): &(&str, bool)| json!({"breadcrumb": ["properties", name], "metadata": {"selected": is_selected}});
    let mut metadata = vec![json!({"breadcrumb": [], "metadata": {"selected": true}})];
    metadata.extend(fields.iter().map(field));
    json!({"tap_stream_id": stream, "metadata": metadata})
}

/// Runs the tap with these streams of a catalog.
fn run(flag: &str, streams: &Value) -> (Vec<Value>, String, Vec<String>) {
    let api = api(|office| office);
    let catalog = json!({"streams": streams}).to_string();
    let case = case(&api, &settings(json!({"channels": ["shop"]}))).input("catalog.json", catalog);
    let ran = tap(&case, &["-q", flag, "../in/catalog.json"]);
    ran.check_code(0);
    (messages(&ran), ran.stderr, requests(&api))
}

#[test]
fn only_selected_streams_and_fields_are_read_and_written() {
    let contacts = marked(
        "contacts",
        &[("pushname", false), ("about", true), ("id", false)],
    );
    let chats = json!({"tap_stream_id": "chats", "metadata": []});
    for flag in ["--catalog", "--properties"] {
        let (found, warnings, requests) = run(flag, &json!([contacts, chats]));
        assert_eq!(warnings, "");
        assert_eq!(
            requests,
            [
                "GET /contacts?count=500&offset=0",
                "GET /health?wakeup=false"
            ]
        );
        let schemas = found.iter().filter(|one| one["type"] == "SCHEMA");
        let schemas: Vec<_> = schemas.collect();
        assert_eq!(schemas.len(), 1);
        let properties: &Map<_, _> = schemas[0]["schema"]["properties"].as_object().unwrap();
        let record = records(&found, "contacts")[0];
        for (name, is_there) in [
            ("pushname", false),
            ("about", true),
            ("id", true),
            ("country", false),
        ] {
            assert_eq!(properties.contains_key(name), is_there, "{name}");
            assert_eq!(
                !record[name].is_null() || keys(record).contains(&&name.to_owned()),
                is_there,
                "{name}"
            );
        }
    }
}

#[test]
fn groups_alone_are_read_without_contacts() {
    let older = json!([{"stream": "groups", "schema": {"selected": true,
        "properties": {"name": {"selected": false}}}}]);
    let (found, _, mut requests) = run("--properties", &older);
    // A list without an entry is read again before that is believed.
    requests.dedup();
    assert_eq!(
        requests,
        ["GET /groups?count=50&offset=0", "GET /health?wakeup=false"]
    );
    let state = super::last_state(&found).unwrap();
    assert_eq!(keys(&state["bookmarks"]), ["groups"]);
    let schema = &found[0]["schema"]["properties"];
    let fields = ["channel", "id", "participants_count", "participants_listed"];
    assert_eq!(keys(schema), fields);
}

#[test]
fn nothing_is_read_where_nothing_is_selected() {
    let unmarked = json!([{"tap_stream_id": "contacts"}]);
    for streams in [json!([]), unmarked] {
        let (found, warnings, requests) = run("--catalog", &streams);
        assert_eq!(found, Vec::<Value>::new());
        assert_eq!(
            warnings,
            "warning: the catalog selects no stream, so nothing is read\n"
        );
        assert_eq!(requests, Vec::<String>::new());
    }
}

#[test]
fn fields_that_are_not_there_are_warned_of() {
    let contacts = marked("contacts", &[("reasons", true), ("nickname", true)]);
    let (_, warnings, _) = run("--catalog", &json!([contacts]));
    assert_eq!(
        warnings,
        "warning: the catalog selects 2 fields that the stream `contacts` does not have with these \
         settings\n"
    );
}

#[test]
fn a_file_that_is_no_catalog_is_refused() {
    let known = "has a stream that this tap does not have; known: contacts, groups, memberships, chats; make \
                 a new catalog with --discover";
    let twice = json!({"streams": [marked("chats", &[]), marked("chats", &[])]}).to_string();
    for (catalog, why) in [
        ("{", "is not valid JSON (line 1, column 1)"),
        (
            "{}",
            "is not a catalog, which has a list `streams` (line 1, column 2)",
        ),
        (r#"{"streams":[{"tap_stream_id":"contact"}]}"#, known),
        (r#"{"streams":[{}]}"#, known),
        (&twice, "has the stream `chats` twice"),
    ] {
        let case = Case::new()
            .input("tap.json", "{}")
            .input("catalog.json", catalog);
        let ran = tap(&case, &["--catalog", "../in/catalog.json"]);
        ran.check(
            2,
            &format!("error: the catalog `../in/catalog.json` {why}\n"),
        );
    }
}
