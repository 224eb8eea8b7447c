//! Schemas that targets take, made of the JSON Schema of a record of JSON Lines.
//!
//! Targets make columns of types, and know neither references nor the rules of later drafts. So the types,
//! the formats, the properties and the items stay, and every other rule goes.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

/// The JSON Schema of a record.
static RECORD: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(whapi_export_jsonl::SCHEMA).expect("the schema is JSON"));

/// The schema of a key of a contact's record.
pub(crate) fn contact_schema(name: &str, is_key: bool) -> Value {
    let mut schema = simple(&RECORD["properties"][name]);
    if is_key {
        let types = schema["type"].as_array_mut().expect("types are a list");
        types.retain(|one| one != "null");
    }
    schema
}

/// A type and null.
pub(crate) fn nullable(kind: &str) -> Value {
    json!({"type": ["null", kind]})
}

/// A time in RFC 3339, or null.
pub(crate) fn nullable_time() -> Value {
    json!({"type": ["null", "string"], "format": "date-time"})
}

/// A list of texts, or null.
pub(crate) fn nullable_texts() -> Value {
    json!({"type": ["null", "array"], "items": nullable("string")})
}

/// A schema with types alone.
fn simple(schema: &Value) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        let pointer = reference.strip_prefix('#').unwrap_or(reference);
        return simple(
            RECORD
                .pointer(pointer)
                .expect("references are within the schema"),
        );
    }
    let mut made = nullable(kind(schema));
    if let Some(format) = schema.get("format") {
        made["format"] = format.clone();
    }
    if let Some(items) = schema.get("items") {
        made["items"] = simple(items);
    }
    if let Some(properties) = schema["properties"].as_object() {
        let properties = properties
            .iter()
            .map(|(name, one)| (name.clone(), simple(one)));
        made["properties"] = properties.collect::<Map<_, _>>().into();
    }
    made
}

/// The type besides null. Alternatives without a type are names.
fn kind(schema: &Value) -> &str {
    let types = &schema["type"];
    let mut listed = types
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    types
        .as_str()
        .or_else(|| listed.find(|one| *one != "null"))
        .unwrap_or("string")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_stay_and_other_rules_go() {
        for (name, expected) in [
            ("phone", json!({"type": ["null", "string"]})),
            ("kind", json!({"type": ["null", "string"]})),
            ("saved", json!({"type": ["null", "boolean"]})),
            (
                "name_warnings",
                json!({"type": ["null", "array"], "items": {"type": ["null", "string"]}}),
            ),
        ] {
            assert_eq!(contact_schema(name, false), expected, "{name}");
        }
        assert_eq!(contact_schema("channel", true), json!({"type": ["string"]}));
        assert_eq!(
            contact_schema("permissions", false)["properties"]["edit"],
            json!({"type": ["null", "object"], "properties": {
                "allowed": {"type": ["null", "boolean"]},
                "rule": {"type": ["null", "string"]},
            }})
        );
        let chat = &contact_schema("reasons", false)["properties"]["private_chat"];
        assert_eq!(
            chat["properties"]["last_activity"],
            json!({"type": ["null", "string"], "format": "date-time"})
        );
    }
}
