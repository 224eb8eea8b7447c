//! Field masks, which select parts of an answer.

use std::collections::BTreeMap;

use serde_json::Value;

/// A tree of field names. An empty mask selects everything.
#[derive(Debug, Default)]
pub(super) struct Mask(BTreeMap<String, Mask>);

impl Mask {
    pub(super) fn parse(text: &str) -> Self {
        Self::read(&mut text.chars().peekable())
    }

    fn read(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Self {
        let mut mask = Self::default();
        let mut name = String::new();
        loop {
            match chars.next() {
                Some('(') => {
                    let below = Self::read(chars);
                    mask.0.insert(std::mem::take(&mut name), below);
                }
                Some(c @ (',' | ')')) => {
                    if !name.is_empty() {
                        mask.0.insert(std::mem::take(&mut name), Self::default());
                    }
                    if c == ')' {
                        return mask;
                    }
                }
                Some(c) => name.push(c),
                None => {
                    if !name.is_empty() {
                        mask.0.insert(name, Self::default());
                    }
                    return mask;
                }
            }
        }
    }
}

pub(super) fn masked(value: &Value, mask: &Mask) -> Value {
    if mask.0.is_empty() {
        return value.clone();
    }
    match value {
        Value::Array(items) => items.iter().map(|item| masked(item, mask)).collect(),
        Value::Object(object) => {
            let kept = object.iter().filter_map(|(key, value)| {
                let below = mask.0.get(key)?;
                Some((key.clone(), masked(value, below)))
            });
            Value::Object(kept.collect())
        }
        other => other.clone(),
    }
}
