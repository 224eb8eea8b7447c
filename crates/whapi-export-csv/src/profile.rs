//! Profiles: what is fixed about a file by who shall read it.

use csv::Terminator;
use serde::Deserialize;

use crate::columns::{self, Column};

/// Who shall read the file: the option `profile`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Profile {
    /// Programs: UTF-8 without a byte order mark, lines end in CRLF, this crate's own columns. The
    /// default.
    #[default]
    Plain,
}

impl Profile {
    pub(crate) fn layout(self) -> &'static Layout {
        match self {
            Self::Plain => &PLAIN,
        }
    }
}

/// What a profile fixes.
#[derive(Debug)]
pub(crate) struct Layout {
    /// The columns of a file for which none are chosen.
    pub(crate) columns: &'static [Column],
    /// Columns that can be chosen besides.
    pub(crate) more_columns: &'static [Column],
    /// The file begins with U+FEFF.
    pub(crate) byte_order_mark: bool,
    /// What ends a line, the last one too.
    pub(crate) line_end: Terminator,
    /// The option `formula_guard` counts. Otherwise nothing is guarded.
    pub(crate) guardable: bool,
}

impl Layout {
    pub(crate) fn all_columns(&self) -> impl Iterator<Item = &'static Column> {
        self.columns.iter().chain(self.more_columns)
    }
}

static PLAIN: Layout = Layout {
    columns: &columns::PLAIN,
    more_columns: &columns::MORE,
    byte_order_mark: false,
    line_end: Terminator::CRLF,
    guardable: true,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_header_comes_twice() {
        let mut headers: Vec<_> = Profile::Plain
            .layout()
            .all_columns()
            .map(|column| column.header)
            .collect();
        let all = headers.len();
        headers.sort_unstable();
        headers.dedup();
        assert_eq!(headers.len(), all);
    }
}
