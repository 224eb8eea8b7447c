//! The option `profile`.

use serde::Deserialize;

use super::crm::{CHATWOOT, HUBSPOT};
use super::google::GOOGLE;
use super::layout::ProfileLayout;
use super::outlook::OUTLOOK;
use super::plain::{EXCEL, PLAIN};

/// The program that will open the file: the option `profile`.
///
/// Every profile has CRLF at the end of every line. Separator and encoding are options of their own.
/// Which untrusted text is guarded depends on the profile: see [`FormulaGuard`](crate::FormulaGuard).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Profile {
    /// Programs: this crate's columns, no byte order mark. The default.
    #[default]
    Plain,
    /// Spreadsheets: the columns of [`Plain`](Self::Plain) behind a byte order mark,
    /// which tells Excel that the file is UTF-8, phone numbers with spaces and their ids as
    /// `…@s.whatsapp.net`, so that they stay text.
    Excel,
    /// Google Contacts: its own columns. Standing and groups become labels. A file with more than the
    /// 3,000 contacts that it takes gets a warning.
    Google,
    /// Outlook: the columns that the classic and the new Outlook spell the same.
    Outlook,
    /// HubSpot: its own properties for contacts, and the WhatsApp id.
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

    pub(crate) fn layout(self) -> &'static ProfileLayout {
        match self {
            Self::Plain => &PLAIN,
            Self::Excel => &EXCEL,
            Self::Google => &GOOGLE,
            Self::Outlook => &OUTLOOK,
            Self::HubSpot => &HUBSPOT,
            Self::Chatwoot => &CHATWOOT,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_header_comes_twice() {
        for profile in Profile::ALL {
            let columns = profile.layout().known_columns();
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
            for column in profile.layout().known_columns() {
                assert!(!column.name.contains(','), "{}", column.name);
                assert_eq!(column.name.trim(), column.name);
            }
        }
    }
}
