//! The fields of the streams.

use serde_json::{Value, json};
use whapi_export::Available;
use whapi_export_jsonl::{Key, KeySet};

use crate::schema::{contact_schema, nullable, nullable_texts, nullable_time};
use crate::stream::Stream;

/// A field of a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    pub(crate) name: &'static str,
    /// The JSON Schema of its values.
    pub(crate) schema: Value,
    pub(crate) is_key: bool,
    /// Whether it is selected where a catalog does not say.
    pub(crate) is_default: bool,
}

impl Field {
    /// The name.
    pub fn name(&self) -> &str {
        self.name
    }

    /// The JSON Schema of its values, as JSON. All fields but those of a key can be `null`.
    ///
    /// ```
    /// use whapi_export::Available;
    /// use whapi_singer::{Catalog, Stream};
    ///
    /// let selection = Catalog::new(Available::default()).select_default();
    /// let rank = selection.get(Stream::Memberships).unwrap().fields().last().unwrap();
    /// assert_eq!((rank.name(), &*rank.schema()), ("rank", r#"{"type":["null","string"]}"#));
    /// ```
    pub fn schema(&self) -> String {
        self.schema.to_string()
    }
}

/// The fields of a stream in a run that requests this information.
pub(crate) fn fields_of(stream: Stream, available: Available) -> Vec<Field> {
    let others: &[_] = match stream {
        Stream::Contacts => return contact_fields(available),
        Stream::Groups => &[
            ("name", nullable("string")),
            ("participants_count", nullable("integer")),
            ("participants_listed", nullable("integer")),
        ],
        Stream::Memberships => &[("phone", nullable("string")), ("rank", nullable("string"))],
        Stream::Chats => &[
            ("type", nullable("string")),
            ("last_activity", nullable_time()),
            ("labels", nullable_texts()),
            ("label_ids", nullable_texts()),
        ],
    };
    let key = stream.key().iter().map(|name| Field {
        name,
        schema: json!({"type": ["string"]}),
        is_key: true,
        is_default: true,
    });
    let others = others.iter().map(|(name, schema)| Field {
        name,
        schema: schema.clone(),
        is_key: false,
        is_default: true,
    });
    key.chain(others).collect()
}

/// The fields of contacts: the keys of a record of JSON Lines that a run over channels can have.
fn contact_fields(available: Available) -> Vec<Field> {
    let available = of_channels(available);
    let keys = KeySet::of(Key::ALL.iter().copied()).available(available);
    let field = |key: Key| {
        let name = key.as_str();
        let is_key = Stream::Contacts.key().contains(&name);
        Field {
            name,
            schema: contact_schema(name, is_key),
            is_key,
            is_default: KeySet::default().contains(key),
        }
    };
    keys.iter().map(field).collect()
}

/// What contacts have in a run of the tap: always a channel, and never a change or several channels.
fn of_channels(requested: Available) -> Available {
    let mut available = Available::default()
        .with_reasons(requested.reasons)
        .with_lid_links(requested.lid_links);
    available.channels = true;
    available
}
