//! Refusals of requests.

use serde_json::Value;

pub(super) type Refused = (u16, String);

pub(super) fn bad(message: impl Into<String>) -> Refused {
    (400, message.into())
}

/// Refuses other names than these in an object, as Google does.
pub(super) fn only(value: &Value, names: &[&str]) -> Result<(), Refused> {
    let object = value
        .as_object()
        .ok_or_else(|| bad("Invalid JSON payload received."))?;
    match object.keys().find(|key| !names.contains(&key.as_str())) {
        Some(key) => Err(bad(format!("Unknown name \"{key}\": Cannot find field."))),
        None => Ok(()),
    }
}

pub(super) fn number(value: &Value) -> Option<usize> {
    value
        .as_u64()
        .and_then(|number| usize::try_from(number).ok())
}
