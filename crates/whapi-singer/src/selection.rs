//! What a run reads.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use whapi_export_jsonl::{Key, KeySet};

use crate::field::Field;
use crate::line;
use crate::stream::Stream;

/// The streams and fields of a run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Selection {
    pub(crate) streams: Vec<SelectedStream>,
    pub(crate) warnings: Vec<String>,
}

impl Selection {
    /// The streams, in the order of [`Stream::ALL`].
    pub fn streams(&self) -> &[SelectedStream] {
        &self.streams
    }

    /// A stream. `None` if it is not selected.
    pub fn get(&self, stream: Stream) -> Option<&SelectedStream> {
        self.streams.iter().find(|one| one.stream == stream)
    }

    /// Whether no stream is selected.
    pub fn is_empty(&self) -> bool {
        self.streams.is_empty()
    }

    /// Fields that are selected and do not exist, a sentence each.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }
}

/// A selected stream, with its selected fields.
#[derive(Debug, Clone, PartialEq)]
pub struct SelectedStream {
    pub(crate) stream: Stream,
    pub(crate) fields: Vec<Field>,
}

impl SelectedStream {
    /// The stream.
    pub fn stream(&self) -> Stream {
        self.stream
    }

    /// The fields, those of the key first.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The selected keys of the record of a contact. Empty for another stream.
    pub fn contact_keys(&self) -> KeySet {
        let keys = self
            .fields
            .iter()
            .filter_map(|field| field.name.parse::<Key>().ok());
        match self.stream {
            Stream::Contacts => KeySet::of(keys),
            _ => KeySet::of([]),
        }
    }

    /// Writes the message `SCHEMA`, which comes before every record of the stream.
    pub fn write_schema(&self, out: &mut Vec<u8>) {
        let message = SchemaMessage {
            kind: "SCHEMA",
            stream: self.stream,
            schema: RowSchema::new(&self.fields),
            key_properties: self.stream.key(),
        };
        line::add(&message, out);
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.name == name)
    }
}

#[derive(Serialize)]
struct SchemaMessage<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    stream: Stream,
    schema: RowSchema<'a>,
    key_properties: &'static [&'static str],
}

/// The JSON Schema of a row.
#[derive(Serialize)]
pub(crate) struct RowSchema<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    properties: Properties<'a>,
}

impl<'a> RowSchema<'a> {
    pub(crate) fn new(fields: &'a [Field]) -> Self {
        Self {
            kind: "object",
            properties: Properties(fields),
        }
    }
}

/// The fields, in their order: targets make columns in it.
struct Properties<'a>(&'a [Field]);

impl Serialize for Properties<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for field in self.0 {
            map.serialize_entry(field.name, &field.schema)?;
        }
        map.end()
    }
}
