//! A section: one table with its plot.

use std::borrow::Cow;

use whapi_phone::Country;
use whapi_text::counted;

use crate::number::Count;
use crate::when::Month;

/// One table with its plot.
#[derive(Debug)]
pub(crate) struct Section {
    /// The id in the HTML page, unique and stable.
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    /// The heading of the labels.
    pub(crate) heading: &'static str,
    /// The heading of the counts.
    pub(crate) unit: &'static str,
    /// Describes what is counted.
    pub(crate) about: String,
    /// The number that shares are of.
    pub(crate) whole: u64,
    pub(crate) shape: Shape,
    /// `None` if not known; `about` says why.
    pub(crate) rows: Option<Vec<Row>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Shares of a whole. A full bar is the whole.
    Shares,
    /// A ranking. A full bar is the largest count.
    Ranking,
    /// Three parts of a whole.
    Parts,
    /// Counts over time.
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

    /// Says what a full bar means, where it is not the whole. `None` without a bar.
    pub(crate) fn full_bar(&self) -> Option<String> {
        let relative = matches!(self.shape, Shape::Ranking | Shape::Columns);
        let most = self.most();
        let noun = if self.unit == "Chats" {
            "chat"
        } else {
            "contact"
        };
        (relative && most > 0).then(|| format!("A full bar is {}.", counted(most, noun)))
    }

    /// The number with a full bar.
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
    /// Whether the row has a bar. Remainders have none, because they would be the largest.
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

/// The label of a row.
#[derive(Debug)]
pub(crate) enum Label {
    Own(Cow<'static, str>),
    Country(Country),
    Month(Month),
    /// The name of a group. Untrusted and not escaped.
    GroupName(String),
}

impl Label {
    /// The label as trusted text. Empty for the name of a group.
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
