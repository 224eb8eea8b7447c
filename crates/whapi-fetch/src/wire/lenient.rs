//! Values of whatever type a gate puts where the documentation says another.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use whapi_model::ContactId;

/// A value of any type, of which only the scalar ones matter.
pub(super) enum Lenient<'a> {
    Text(Cow<'a, str>),
    Flag(bool),
    Count(u64),
    Other,
}

impl Lenient<'_> {
    pub(super) fn flag(&self) -> Option<bool> {
        match self {
            Self::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    pub(super) fn count(&self) -> Option<u64> {
        match self {
            Self::Count(count) => Some(*count),
            _ => None,
        }
    }

    /// An id is text; a gate that writes a phone number as a number means its digits.
    pub(super) fn id(&self) -> Option<ContactId> {
        match self {
            Self::Text(text) => ContactId::parse(text).ok(),
            Self::Count(count) => ContactId::parse(&count.to_string()).ok(),
            Self::Flag(_) | Self::Other => None,
        }
    }
}

impl<'de> Deserialize<'de> for Lenient<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LenientVisitor)
    }
}

struct LenientVisitor;

impl<'de> Visitor<'de> for LenientVisitor {
    type Value = Lenient<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Lenient<'de>, E> {
        Ok(Lenient::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Lenient<'de>, E> {
        Ok(Lenient::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Lenient<'de>, E> {
        Ok(Lenient::Flag(flag))
    }

    fn visit_u64<E>(self, count: u64) -> Result<Lenient<'de>, E> {
        Ok(Lenient::Count(count))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Lenient<'de>, E> {
        Ok(Lenient::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Lenient<'de>, E> {
        Ok(Lenient::Other)
    }

    fn visit_unit<E>(self) -> Result<Lenient<'de>, E> {
        Ok(Lenient::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Lenient<'de>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Lenient::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Lenient<'de>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Lenient::Other)
    }
}

/// The gate's error object, or whatever stands in its place.
pub(super) struct ErrorField(pub(super) String);

impl<'de> Deserialize<'de> for ErrorField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let message = match &value {
            serde_json::Value::String(message) => message.clone(),
            other => {
                let texts =
                    ["message", "details"].map(|key| other.get(key).and_then(|text| text.as_str()));
                let texts: Vec<_> = texts
                    .into_iter()
                    .flatten()
                    .filter(|text| !text.is_empty())
                    .collect();
                texts.join(": ")
            }
        };
        Ok(Self(message))
    }
}
