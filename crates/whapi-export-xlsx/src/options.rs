//! The options of the workbook.

use serde::Deserialize;

/// The options of the workbook exporter.
///
/// # Examples
///
/// ```
/// use whapi_export_xlsx::{XlsxConfig, XlsxSheets};
///
/// assert_eq!(XlsxConfig::default().sheets, XlsxSheets::One);
/// let config = XlsxConfig::default().with_sheets(XlsxSheets::Standing);
/// assert_eq!(config.sheets, XlsxSheets::Standing);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct XlsxConfig {
    /// The sheets that contacts are divided into. Default: one.
    pub sheets: XlsxSheets,
}

impl XlsxConfig {
    /// Sets [`sheets`](Self::sheets).
    pub fn with_sheets(mut self, sheets: XlsxSheets) -> Self {
        self.sheets = sheets;
        self
    }
}

/// The sheets of a workbook.
///
/// # Examples
///
/// ```
/// use whapi_export_xlsx::XlsxSheets;
///
/// assert_eq!(XlsxSheets::default().as_str(), "one");
/// assert_eq!(XlsxSheets::Standing.as_str(), "standing");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum XlsxSheets {
    /// One sheet, `Contacts`. Many programs that import a workbook read its first sheet only.
    #[default]
    One,
    /// A sheet for each standing that has contacts: `Saved`, `Discovered`, `Unknown`.
    Standing,
}

impl XlsxSheets {
    /// The value as the option spells it: `one` or `standing`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::Standing => "standing",
        }
    }
}
