//! What the tap offers.

use serde::Serialize;
use serde_json::{Value, json};
use whapi_export::Available;

use crate::chosen::{ChosenCatalog, ChosenStream};
use crate::field::{Field, fields_of};
use crate::invalid::Invalid;
use crate::line;
use crate::selection::{RowSchema, SelectedStream, Selection};
use crate::stream::Stream;

/// The streams that the tap offers, with all their fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalog {
    streams: Vec<(Stream, Vec<Field>)>,
}

impl Catalog {
    /// The streams in runs that request this information beside contacts.
    pub fn new(available: Available) -> Self {
        let streams = Stream::ALL.iter();
        Self {
            streams: streams
                .map(|stream| (*stream, fields_of(*stream, available)))
                .collect(),
        }
    }

    /// The catalog as JSON, indented, for `--discover`.
    ///
    /// ```
    /// use whapi_export::Available;
    /// use whapi_singer::Catalog;
    ///
    /// let catalog = Catalog::new(Available::default());
    /// let json: serde_json::Value = serde_json::from_str(&catalog.to_json())?;
    /// assert_eq!(json["streams"][1]["tap_stream_id"], "groups");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn to_json(&self) -> String {
        let streams = self.streams.iter();
        let streams = streams.map(|(stream, fields)| OfferedStream::new(*stream, fields));
        let offered = Offered {
            streams: streams.collect(),
        };
        line::indented(&offered)
    }

    /// What a run without a catalog reads: every stream, with the fields that are selected by default.
    pub fn select_default(&self) -> Selection {
        let streams = self.streams.iter();
        let streams = streams.map(|(stream, fields)| SelectedStream {
            stream: *stream,
            fields: picked(fields, |field| field.is_default),
        });
        Selection {
            streams: streams.collect(),
            warnings: Vec::new(),
        }
    }

    /// What a catalog selects: its JSON, as [`to_json`](Self::to_json) wrote it and a person or a runner
    /// marked it.
    ///
    /// `selected` in the metadata decides, else `selected` in the schema, as older catalogs have it, else
    /// `selected-by-default`. A stream of which nothing is said is not selected. The fields of a key always
    /// are.
    ///
    /// # Errors
    ///
    /// A text that is no catalog, a stream that the tap does not have, and one that is there twice.
    ///
    /// # Examples
    ///
    /// ```
    /// use whapi_export::Available;
    /// use whapi_singer::{Catalog, Stream};
    ///
    /// let catalog = Catalog::new(Available::default());
    /// assert_eq!(catalog.select(&catalog.to_json())?, catalog.select_default());
    /// let older = r#"{"streams":[{"stream":"chats","schema":{"selected":true}}]}"#;
    /// assert_eq!(catalog.select(older)?.streams()[0].stream(), Stream::Chats);
    /// # Ok::<(), whapi_singer::Invalid>(())
    /// ```
    pub fn select(&self, chosen: &str) -> Result<Selection, Invalid> {
        let chosen: ChosenCatalog = serde_json::from_str(chosen)
            .map_err(|error| Invalid::json(&error, "a catalog, which has a list `streams`"))?;
        let chosen = by_stream(chosen)?;
        let mut selection = Selection::default();
        for (stream, fields) in &self.streams {
            let Some((_, chosen)) = chosen.iter().find(|(one, _)| one == stream) else {
                continue;
            };
            if !chosen.is_selected() {
                continue;
            }
            selection
                .warnings
                .extend(unknown_fields(*stream, fields, chosen));
            selection.streams.push(SelectedStream {
                stream: *stream,
                fields: picked(fields, |field| chosen.has(field)),
            });
        }
        Ok(selection)
    }
}

/// The key, and the fields that are wanted.
fn picked(fields: &[Field], is_wanted: impl Fn(&Field) -> bool) -> Vec<Field> {
    let fields = fields
        .iter()
        .filter(|field| field.is_key || is_wanted(field));
    fields.cloned().collect()
}

fn by_stream(chosen: ChosenCatalog) -> Result<Vec<(Stream, ChosenStream)>, Invalid> {
    let mut found: Vec<(Stream, ChosenStream)> = Vec::new();
    for one in chosen.streams {
        let stream = one.name().and_then(Stream::named).ok_or_else(|| {
            let known: Vec<_> = Stream::ALL.iter().map(|stream| stream.as_str()).collect();
            Invalid::new(format!(
                "has a stream that this tap does not have; known: {}; make a new catalog with --discover",
                known.join(", ")
            ))
        })?;
        if found.iter().any(|(known, _)| *known == stream) {
            let name = stream.as_str();
            return Err(Invalid::new(format!("has the stream `{name}` twice")));
        }
        found.push((stream, one));
    }
    Ok(found)
}

/// A sentence if fields are selected that the stream does not have. They are only counted, because their
/// names are untrusted.
fn unknown_fields(stream: Stream, fields: &[Field], chosen: &ChosenStream) -> Option<String> {
    let known = |name: &str| fields.iter().any(|field| field.name == name);
    let unknown = chosen.selected_names().filter(|name| !known(name)).count();
    let name = stream.as_str();
    let names = match unknown {
        0 => return None,
        1 => "1 field".to_owned(),
        unknown => format!("{unknown} fields"),
    };
    Some(format!(
        "the catalog selects {names} that the stream `{name}` does not have with these settings"
    ))
}

#[derive(Serialize)]
struct Offered<'a> {
    streams: Vec<OfferedStream<'a>>,
}

#[derive(Serialize)]
struct OfferedStream<'a> {
    tap_stream_id: Stream,
    stream: Stream,
    key_properties: &'static [&'static str],
    replication_method: &'static str,
    schema: RowSchema<'a>,
    metadata: Vec<Value>,
}

impl<'a> OfferedStream<'a> {
    fn new(stream: Stream, fields: &'a [Field]) -> Self {
        let of_stream = json!({"breadcrumb": [], "metadata": {
            "inclusion": "available",
            "selected-by-default": true,
            "table-key-properties": stream.key(),
            "forced-replication-method": FULL_TABLE,
        }});
        let of_field = |field: &Field| {
            let metadata = if field.is_key {
                json!({"inclusion": "automatic"})
            } else {
                json!({"inclusion": "available", "selected-by-default": field.is_default})
            };
            json!({"breadcrumb": ["properties", field.name], "metadata": metadata})
        };
        Self {
            tap_stream_id: stream,
            stream,
            key_properties: stream.key(),
            replication_method: FULL_TABLE,
            schema: RowSchema::new(fields),
            metadata: std::iter::once(of_stream)
                .chain(fields.iter().map(of_field))
                .collect(),
        }
    }
}

/// Every run reads the lists from their beginning to their end.
const FULL_TABLE: &str = "FULL_TABLE";
