//! A catalog as a runner or a person marked it.

use std::collections::HashMap;

use serde::Deserialize;

use crate::field::Field;

#[derive(Deserialize)]
pub(crate) struct ChosenCatalog {
    pub(crate) streams: Vec<ChosenStream>,
}

#[derive(Deserialize)]
pub(crate) struct ChosenStream {
    tap_stream_id: Option<String>,
    stream: Option<String>,
    schema: Option<ChosenSchema>,
    metadata: Option<Vec<Entry>>,
}

/// Where older catalogs say what is selected.
#[derive(Deserialize)]
struct ChosenSchema {
    selected: Option<bool>,
    properties: Option<HashMap<String, ChosenField>>,
}

#[derive(Deserialize)]
struct ChosenField {
    selected: Option<bool>,
}

#[derive(Deserialize)]
struct Entry {
    breadcrumb: Vec<String>,
    metadata: Marks,
}

#[derive(Clone, Copy, Default, Deserialize)]
struct Marks {
    selected: Option<bool>,
    #[serde(rename = "selected-by-default")]
    selected_by_default: Option<bool>,
}

impl ChosenStream {
    /// The name: the id of the stream, else, in older catalogs, its name.
    pub(crate) fn name(&self) -> Option<&str> {
        self.tap_stream_id.as_deref().or(self.stream.as_deref())
    }

    pub(crate) fn is_selected(&self) -> bool {
        let marks = self.marks(&[]);
        let in_schema = self.schema.as_ref().and_then(|schema| schema.selected);
        marks
            .selected
            .or(in_schema)
            .or(marks.selected_by_default)
            .unwrap_or(false)
    }

    /// Whether a field is selected.
    pub(crate) fn has(&self, field: &Field) -> bool {
        let marks = self.marks(&["properties", field.name]);
        marks
            .selected
            .or_else(|| self.in_schema(field.name))
            .or(marks.selected_by_default)
            .unwrap_or(field.is_default)
    }

    /// The names of the fields that the metadata selects.
    pub(crate) fn selected_names(&self) -> impl Iterator<Item = &str> {
        self.entries()
            .filter_map(|entry| match &entry.breadcrumb[..] {
                [properties, name] if properties == "properties" => {
                    (entry.metadata.selected == Some(true)).then_some(name.as_str())
                }
                _ => None,
            })
    }

    fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.metadata.iter().flatten()
    }

    fn marks(&self, breadcrumb: &[&str]) -> Marks {
        let mut entries = self.entries();
        let found = entries.find(|entry| entry.breadcrumb == breadcrumb);
        found.map(|entry| entry.metadata).unwrap_or_default()
    }

    fn in_schema(&self, name: &str) -> Option<bool> {
        let properties = self.schema.as_ref()?.properties.as_ref()?;
        properties.get(name)?.selected
    }
}
