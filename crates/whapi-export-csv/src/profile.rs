//! Profiles: what is fixed about a file by who shall read it.

use serde::Deserialize;
use whapi_export::fields::{BASE_FIELDS, ENRICHMENT_FIELDS, Field};

use crate::columns::{CHATWOOT, GOOGLE, HUBSPOT, NUMBERS, OPTIONAL_FIELDS, OUTLOOK};
use crate::phones::Phones;

/// Who shall read the file: the option `profile`.
///
/// Every profile is UTF-8, with commas between cells and CRLF at the end of every line, and text by
/// others is guarded in all of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Profile {
    /// Programs: this crate's own columns, no byte order mark. The default.
    #[default]
    Plain,
    /// People with a spreadsheet: the columns of [`Plain`](Self::Plain) behind a byte order mark,
    /// which tells Excel that the file is UTF-8, and phone numbers with spaces, so that they stay
    /// text.
    Excel,
    /// Google Contacts: its own columns. Standing and groups become labels.
    Google,
    /// Outlook: the columns that the classic and the new one spell the same.
    Outlook,
    /// HubSpot: its own properties for contacts.
    HubSpot,
    /// Chatwoot: what its import reads, and two custom attributes.
    Chatwoot,
}

impl Profile {
    /// All of them, the default first.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 6] = [
        Self::Plain,
        Self::Excel,
        Self::Google,
        Self::Outlook,
        Self::HubSpot,
        Self::Chatwoot,
    ];

    pub(crate) fn layout(self) -> &'static Layout {
        match self {
            Self::Plain => &PLAIN_LAYOUT,
            Self::Excel => &EXCEL_LAYOUT,
            Self::Google => &GOOGLE_LAYOUT,
            Self::Outlook => &OUTLOOK_LAYOUT,
            Self::HubSpot => &HUBSPOT_LAYOUT,
            Self::Chatwoot => &CHATWOOT_LAYOUT,
        }
    }
}

/// What a profile fixes.
#[derive(Debug)]
pub(crate) struct Layout {
    /// The columns of a file for which none are chosen.
    pub(crate) columns: &'static [Field],
    /// Columns that can be chosen besides, or come with what a run finds out.
    pub(crate) optional_columns: &'static [&'static [Field]],
    /// The file begins with U+FEFF.
    pub(crate) byte_order_mark: bool,
    /// How phone numbers of ours are written.
    pub(crate) phones: Phones,
}

impl Layout {
    pub(crate) fn all_columns(&self) -> impl Iterator<Item = &'static Field> {
        self.columns.iter().chain(self.optional_columns())
    }

    pub(crate) fn optional_columns(&self) -> impl Iterator<Item = &'static Field> {
        self.optional_columns.iter().copied().flatten()
    }

    /// One that an importer dictates.
    const fn of_importer(columns: &'static [Field]) -> Self {
        Self {
            columns,
            optional_columns: &[],
            byte_order_mark: false,
            phones: Phones::Bare,
        }
    }
}

static PLAIN_LAYOUT: Layout = Layout {
    columns: BASE_FIELDS,
    optional_columns: &[OPTIONAL_FIELDS, ENRICHMENT_FIELDS, &NUMBERS],
    byte_order_mark: false,
    phones: Phones::Bare,
};

static EXCEL_LAYOUT: Layout = Layout {
    columns: BASE_FIELDS,
    optional_columns: &[OPTIONAL_FIELDS, ENRICHMENT_FIELDS, &NUMBERS],
    byte_order_mark: true,
    phones: Phones::Spaced,
};

static GOOGLE_LAYOUT: Layout = Layout::of_importer(&GOOGLE);
static OUTLOOK_LAYOUT: Layout = Layout::of_importer(&OUTLOOK);
static HUBSPOT_LAYOUT: Layout = Layout::of_importer(&HUBSPOT);
static CHATWOOT_LAYOUT: Layout = Layout::of_importer(&CHATWOOT);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_header_comes_twice() {
        for profile in Profile::ALL {
            let columns = profile.layout().all_columns();
            let mut headers: Vec<_> = columns.map(|column| column.name).collect();
            let all = headers.len();
            headers.sort_unstable();
            headers.dedup();
            assert_eq!(headers.len(), all, "{profile:?}");
        }
    }

    #[test]
    fn headers_can_stand_in_a_comma_list() {
        for profile in Profile::ALL {
            for column in profile.layout().all_columns() {
                assert!(!column.name.contains(','), "{}", column.name);
                assert_eq!(column.name.trim(), column.name);
            }
        }
    }
}
