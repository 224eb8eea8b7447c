//! Records.

use std::collections::HashSet;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use whapi_export::whapi_model::{Chat, Group, Label};
use whapi_export::{ClassifiedContact, Encoder, Result};
use whapi_export_jsonl::JsonlEncoder;
use whapi_text::rfc_3339;

use crate::line;
use crate::selection::SelectedStream;

/// Writes rows of a stream and a channel as messages `RECORD`.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    stream: &'a SelectedStream,
    channel: &'a str,
    extracted: &'a str,
}

impl<'a> Rows<'a> {
    /// Rows of a channel that was read at this time, in RFC 3339.
    pub fn new(stream: &'a SelectedStream, channel: &'a str, extracted: &'a str) -> Self {
        Self {
            stream,
            channel,
            extracted,
        }
    }

    /// Writes a contact, whose record the encoder makes, of the stream's
    /// [keys](SelectedStream::contact_keys).
    ///
    /// # Errors
    ///
    /// Those of the encoder.
    pub fn contact(
        &self,
        encoder: &mut JsonlEncoder,
        contact: &ClassifiedContact,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let start = out.len();
        let name = self.stream.stream().as_str();
        out.extend(format!(r#"{{"type":"RECORD","stream":"{name}","record":"#).bytes());
        // The records of JSON Lines skip no contact.
        let _ = encoder.contact(contact, out)?;
        // The line end of the record.
        out.pop();
        let extracted = self.extracted;
        out.extend(format!(r#","time_extracted":"{extracted}"}}"#).bytes());
        line::end(start, out);
        Ok(())
    }

    /// Writes a group.
    pub fn group(&self, group: &Group, out: &mut Vec<u8>) {
        let row = [
            ("channel", self.channel.into()),
            ("id", group.id.as_str().into()),
            ("name", json!(group.name)),
            ("participants_count", json!(group.participants_count)),
            ("participants_listed", group.participants.len().into()),
        ];
        self.add(&row, out);
    }

    /// Writes the participants of a group, each once, and returns how many there are.
    pub fn memberships(&self, group: &Group, out: &mut Vec<u8>) -> u64 {
        let mut seen = HashSet::new();
        for participant in &group.participants {
            let id = &participant.id;
            if seen.insert(id) {
                let row = [
                    ("channel", self.channel.into()),
                    ("group_id", group.id.as_str().into()),
                    ("id", id.as_str().into()),
                    ("phone", json!(id.phone().map(|phone| phone.to_string()))),
                    ("rank", participant.rank.as_str().into()),
                ];
                self.add(&row, out);
            }
        }
        seen.len() as u64
    }

    /// Writes a chat.
    pub fn chat(&self, chat: &Chat, out: &mut Vec<u8>) {
        let labels = |part: fn(&Label) -> &String| chat.labels.iter().map(part).collect::<Vec<_>>();
        let row = [
            ("channel", self.channel.into()),
            ("id", chat.id.as_str().into()),
            ("type", chat.kind.as_str().into()),
            (
                "last_activity",
                json!(chat.last_activity.and_then(rfc_3339)),
            ),
            ("labels", json!(labels(|label| &label.name))),
            ("label_ids", json!(labels(|label| &label.id))),
        ];
        self.add(&row, out);
    }

    fn add(&self, row: &[(&'static str, Value)], out: &mut Vec<u8>) {
        let message = Message {
            kind: "RECORD",
            stream: self.stream.stream().as_str(),
            record: Record {
                stream: self.stream,
                row,
            },
            time_extracted: self.extracted,
        };
        line::add(&message, out);
    }
}

#[derive(Serialize)]
struct Message<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    stream: &'static str,
    record: Record<'a>,
    time_extracted: &'a str,
}

/// The selected fields of a row.
struct Record<'a> {
    stream: &'a SelectedStream,
    row: &'a [(&'static str, Value)],
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in self.row {
            if self.stream.has(name) {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}
