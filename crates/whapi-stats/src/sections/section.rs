//! A section: one table with its plot.

use std::borrow::Cow;

use whapi_phone::Country;

use crate::number::Count;
use crate::when::Month;

/// One table with its plot.
#[derive(Debug)]
pub(crate) struct Section {
    /// Unique in the page, and stable.
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    /// Heads the labels.
    pub(crate) heading: &'static str,
    /// Heads the counts.
    pub(crate) unit: &'static str,
    /// What is counted, in a sentence or two.
    pub(crate) about: String,
    /// What shares are of.
    pub(crate) whole: u64,
    pub(crate) shape: Shape,
    /// `None`: not known, and `about` says why.
    pub(crate) rows: Option<Vec<Row>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Shares of a whole: the longest bar there could be is all of it.
    Shares,
    /// Things of which some are more than others: the longest bar is the first among them.
    Ranking,
    /// Three parts that make a whole.
    Parts,
    /// A course of time.
    Columns,
}

impl Section {
    pub(super) fn not_known(self, reason: &str) -> Self {
        Self {
            about: reason.to_owned(),
            rows: None,
            ..self
        }
    }

    pub(crate) fn rows(&self) -> &[Row] {
        self.rows.as_deref().unwrap_or_default()
    }

    /// What has the longest bar.
    pub(crate) fn most(&self) -> u64 {
        if matches!(self.shape, Shape::Shares | Shape::Parts) {
            return self.whole;
        }
        let drawn = self.rows().iter().filter(|row| row.drawn);
        drawn.map(|row| row.count.number()).max().unwrap_or(0)
    }
}

#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) label: Label,
    pub(crate) count: Count,
    /// Whether it has a bar. What is left over has none, lest it dwarf the rest.
    pub(crate) drawn: bool,
}

impl Row {
    pub(super) fn new(label: impl Into<Label>, count: Count) -> Self {
        Self {
            label: label.into(),
            count,
            drawn: true,
        }
    }

    pub(super) fn rest(label: impl Into<Label>, count: Count) -> Self {
        Self {
            drawn: false,
            ..Self::new(label, count)
        }
    }
}

/// What a row is called.
#[derive(Debug)]
pub(crate) enum Label {
    Own(Cow<'static, str>),
    Country(Country),
    Month(Month),
    /// A group's subject, chosen by strangers, as it is.
    GroupName(String),
}

impl Label {
    /// As text, which is never a stranger's: empty for a group's subject.
    pub(crate) fn own_text(&self) -> Cow<'static, str> {
        match self {
            Self::Own(text) => text.clone(),
            Self::Country(country) => format!("{} {}", country.as_str(), country.name()).into(),
            Self::Month(month) => month.iso().into(),
            Self::GroupName(_) => "".into(),
        }
    }
}

impl From<&'static str> for Label {
    fn from(text: &'static str) -> Self {
        Self::Own(text.into())
    }
}

impl From<String> for Label {
    fn from(text: String) -> Self {
        Self::Own(text.into())
    }
}
