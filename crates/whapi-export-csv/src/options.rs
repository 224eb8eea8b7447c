//! The options `separator` and `formula_guard`.

use serde::Deserialize;

/// The character between cells: the option `separator`.
///
/// # Examples
///
/// ```
/// use whapi_export::OpenContext;
/// use whapi_export_csv::{CsvConfig, Separator};
///
/// let config: CsvConfig = OpenContext::new().with_option("separator", "tab").options()?;
/// assert_eq!(config.separator, Separator::Tab);
/// # Ok::<(), whapi_export::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Separator {
    /// `,`. The default.
    #[default]
    Comma,
    /// `;`, which spreadsheets expect where the comma separates decimals.
    Semicolon,
    /// TAB.
    Tab,
}

impl Separator {
    /// All of them, the default first.
    pub(crate) const ALL: [Self; 3] = [Self::Comma, Self::Semicolon, Self::Tab];

    /// Returns the character, which is ASCII.
    #[inline]
    pub(crate) const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }
}

/// Which untrusted text gets an apostrophe: the option `formula_guard`.
///
/// # Examples
///
/// ```
/// use whapi_export::OpenContext;
/// use whapi_export_csv::{CsvConfig, FormulaGuard};
///
/// let config: CsvConfig = OpenContext::new().with_option("formula_guard", "off").options()?;
/// assert_eq!(config.formula_guard, FormulaGuard::Off);
/// # Ok::<(), whapi_export::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum FormulaGuard {
    /// [`On`](Self::On) in the profiles [`Plain`](crate::Profile::Plain) and
    /// [`Excel`](crate::Profile::Excel). In importers' profiles, where an apostrophe would stay in
    /// the name, only text that begins like a formula and holds `(`, `|` or `!`. The default.
    #[default]
    Auto,
    /// All text that a spreadsheet could take for a formula, also where it could split a cell.
    On,
    /// No text.
    Off,
}
