//! What there is to show, whatever it is shown as.

use std::borrow::Cow;

use whapi_classify::ReasonKind;
use whapi_phone::Country;
use whapi_text::{counted, grouped, plural};

use crate::number::Count;
use crate::tally::{MONTHS_BACK, Why, YesNo};
use crate::text::{self, TextStyle};
use crate::when::{Age, Month};
use crate::{Scan, Stats, html, json};

/// How many countries and groups are shown to people.
const TOP: usize = 15;

/// The counts, ready to be shown as text, as JSON or as a page.
///
/// Each says at its top whether the list was read to its end, and says of what is not known that it
/// is not known. Nothing in it names a contact. Groups are named only [when asked](Self::with_names).
///
/// # Examples
///
/// ```
/// use whapi_classify::ClassifiedContact;
/// use whapi_model::{Contact, ContactId};
/// use whapi_stats::{Scan, Stats, TextStyle};
///
/// let mut stats = Stats::new(1_795_628_280);
/// let contact = Contact::new(ContactId::parse("447700900101")?).with_saved(true);
/// stats.add(&ClassifiedContact::new(contact));
///
/// let report = stats.report(Scan::complete());
/// let text = report.to_text(&TextStyle::new(60));
/// assert!(text.starts_with("Contacts, 25 Nov 2026, 17:38 UTC\n"));
/// assert!(text.contains("Complete: nobody in the list is missing."));
/// assert!(report.to_html().starts_with("<!DOCTYPE html>"));
/// # Ok::<(), whapi_model::InvalidId>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "a report shows nothing by itself"]
pub struct Report<'a> {
    pub(crate) stats: &'a Stats,
    pub(crate) scan: Scan,
    pub(crate) names: bool,
}

impl<'a> Report<'a> {
    pub(crate) fn new(stats: &'a Stats, scan: Scan) -> Self {
        Self {
            stats,
            scan,
            names: false,
        }
    }

    /// Shows groups by their subjects, and in JSON by their ids, too. Default: `Group 1`, `Group 2`
    /// and so on, the one with the most contacts first.
    pub fn with_names(mut self) -> Self {
        self.names = true;
        self
    }

    /// The counts as text for a terminal or a file, each line with a line feed.
    pub fn to_text(&self, style: &TextStyle) -> String {
        text::render(self, style)
    }

    /// The counts as one JSON object in one line, without a line feed. Its fields are always there,
    /// in the same order; what is not known is `null`.
    pub fn to_json(&self) -> String {
        json::render(self)
    }

    /// The counts as one HTML page that needs nothing else: no script, no request, and a policy
    /// in its head that forbids both.
    pub fn to_html(&self) -> String {
        html::render(self)
    }

    /// Whether everybody is counted, in one sentence.
    pub(crate) fn verdict(&self) -> &'static str {
        if self.scan.complete {
            "Complete: nobody in the list is missing."
        } else {
            "Incomplete: somebody may be missing."
        }
    }

    /// `472 contacts`, and of how many where a filter left some out.
    pub(crate) fn selection(&self) -> Option<String> {
        let listed = self
            .scan
            .listed
            .filter(|listed| *listed != self.stats.total)?;
        Some(format!(
            "Filters chose {} of the {} in the list.",
            grouped(self.stats.total),
            counted(listed, "contact")
        ))
    }

    /// Everything that is shown, in its order. What hangs on reasons is one section where nobody
    /// asked for them.
    pub(crate) fn sections(&self) -> Vec<Section> {
        let mut sections = vec![
            self.standing(),
            self.permissions(),
            self.kinds(),
            self.business(),
        ];
        match self.why() {
            None => sections.extend([self.countries(), self.linked(), self.no_reasons()]),
            Some(why) => sections.extend([
                self.linked(),
                self.primary_reasons(why),
                self.all_reasons(why),
                self.countries(),
                self.groups(why),
                self.ages(why),
                self.months(why),
            ]),
        }
        sections
    }

    fn no_reasons(&self) -> Section {
        self.section("reasons", "Why they are in the list", "Reason")
            .not_known(
                "Not known, and so are groups and the activity of chats: nobody asked for the \
                 reasons why contacts are in the list.",
            )
    }

    fn section(&self, id: &'static str, title: &'static str, heading: &'static str) -> Section {
        Section {
            id,
            title,
            heading,
            unit: "Contacts",
            about: String::new(),
            whole: self.stats.total,
            shape: Shape::Shares,
            rows: Some(Vec::new()),
        }
    }

    fn standing(&self) -> Section {
        let names = ["saved", "discovered", "unknown"];
        let counts = self.stats.standing;
        Section {
            about: "Saved contacts are in the phone's address book; the others are seen through \
                    chats and groups."
                .to_owned(),
            shape: Shape::Parts,
            rows: Some(exact(names, counts)),
            ..self.section("standing", "In the address book", "Standing")
        }
    }

    fn permissions(&self) -> Section {
        let unknown = self.stats.permissions_unknown;
        let names = ["can be edited", "can be deleted", "can be created"];
        let mut rows = Vec::new();
        for (name, count) in names.into_iter().zip(self.stats.permissions) {
            rows.push(Row::new(name, Count::part(count, unknown)));
        }
        rows.extend(rest("not known", unknown));
        Section {
            about:
                "By the rules of the gate. Who is in the address book can be edited and deleted; \
                    who is not, and has a phone number, can be created."
                    .to_owned(),
            rows: Some(rows),
            ..self.section("permissions", "What may be done", "Operation")
        }
    }

    fn kinds(&self) -> Section {
        let names = ["phone number", "LID (number hidden)", "other"];
        Section {
            about: "What WhatsApp knows a contact by.".to_owned(),
            rows: Some(exact(names, self.stats.kinds)),
            ..self.section("kinds", "Kind of id", "Kind")
        }
    }

    fn business(&self) -> Section {
        let YesNo { yes, no, unknown } = self.stats.business;
        let names = ["business account", "not business"];
        let mut rows = Vec::new();
        for (name, count) in names.into_iter().zip([yes, no]) {
            rows.push(Row::new(name, Count::part(count, unknown)));
        }
        rows.extend(rest("not known", unknown));
        Section {
            about: "Accounts of WhatsApp Business, as far as the gate tells.".to_owned(),
            rows: Some(rows),
            ..self.section("business", "Business", "Account")
        }
    }

    fn linked(&self) -> Section {
        let section = self.section("linked", "Two ids of one person", "Ids");
        let Some(complete) = self.links() else {
            return section.not_known("Not known: nobody looked for people's other ids.");
        };
        let (linked, merged) = (self.stats.linked, self.stats.merged);
        let others = self.stats.total - linked;
        let unknown = if complete { 0 } else { others };
        let mut rows = vec![Row::new(
            "phone number and LID",
            Count::part(linked, unknown),
        )];
        if complete {
            rows.push(Row::new("one id", Count::Exact(others)));
        } else {
            rows.extend(rest("not known", unknown));
        }
        let mut about = "Contacts whose phone number and LID are both known.".to_owned();
        if merged > 0 {
            let stand = plural(merged, "stands", "stand");
            let merged = grouped(merged);
            about = format!("{about} {merged} of them {stand} for two entries of the list.");
        }
        Section {
            about,
            rows: Some(rows),
            ..section
        }
    }

    /// Private chats. `None` where nobody knows of any contact whether there is one.
    fn chats<'w>(&self, (why, _): Asked<'w>) -> Option<(&'w Why, YesNo)> {
        let chats = self.each(why, ReasonKind::PrivateChat);
        (chats.yes + chats.no > 0).then_some((why, chats))
    }

    /// Whether people's other ids were looked for to the end; `None` when nobody looked.
    pub(crate) fn links(&self) -> Option<bool> {
        self.scan.links.or((self.stats.linked > 0).then_some(false))
    }

    fn why(&self) -> Option<Asked<'_>> {
        let why = &self.stats.why;
        (why.asked > 0).then(|| (why, self.stats.total - why.asked))
    }

    /// Who has this reason, those counted of whom nobody asked.
    pub(crate) fn each(&self, why: &Why, kind: ReasonKind) -> YesNo {
        if kind == ReasonKind::Account && self.scan.account_unknown {
            return YesNo {
                unknown: self.stats.total,
                ..YesNo::default()
            };
        }
        let mut answers = why.of(kind);
        answers.unknown += self.stats.total - why.asked;
        answers
    }

    fn primary_reasons(&self, (why, without): Asked<'_>) -> Section {
        let section = self.section("primary-reasons", "Why they are in the list", "Main reason");
        let mut rows: Vec<_> = ReasonKind::ALL
            .into_iter()
            .enumerate()
            .map(|(place, kind)| {
                let unknown = match self.each(why, kind) {
                    // Where nobody knows the account, it is among those with other reasons.
                    of if kind == ReasonKind::Account => of.unknown,
                    _ => why.maybe_primary[place] + without,
                };
                Row::new(reason(kind), Count::part(why.primary[place], unknown))
            })
            .collect();
        rows.extend(rest("not known", why.no_primary + without));
        Section {
            about: "Each contact once, by the first reason that holds, in this order.".to_owned(),
            rows: Some(rows),
            ..section
        }
    }

    fn all_reasons(&self, (why, _): Asked<'_>) -> Section {
        let section = self.section("all-reasons", "Every reason they have", "Reason");
        let rows = ReasonKind::ALL.into_iter().map(|kind| {
            let YesNo { yes, unknown, .. } = self.each(why, kind);
            Row::new(reason(kind), Count::new(yes, unknown))
        });
        Section {
            about: "A contact with several reasons is counted for each of them.".to_owned(),
            rows: Some(rows.collect()),
            ..section
        }
    }

    fn countries(&self) -> Section {
        let stats = self.stats;
        let countries = stats.countries();
        let mut rows: Vec<_> = countries
            .iter()
            .take(TOP)
            .map(|(country, count)| Row::new(Label::Country(*country), Count::Exact(*count)))
            .collect();
        let others = &countries[rows.len()..];
        let contacts = others.iter().map(|(_, count)| *count).sum();
        let label = counted(others.len() as u64, "other country");
        rows.extend(rest(label, contacts));
        rows.extend(rest("no country known", stats.no_country));
        rows.extend(rest("no phone number", stats.no_number));
        let about = match countries.len() as u64 {
            0 => "No phone number tells a country.".to_owned(),
            found => format!(
                "By the calling code of the phone number, which tells {}.",
                counted(found, "country")
            ),
        };
        Section {
            about,
            shape: Shape::Ranking,
            rows: Some(rows),
            ..self.section("countries", "Countries", "Country")
        }
    }

    fn groups(&self, (why, _): Asked<'_>) -> Section {
        let section = self.section("groups", "Groups", "Group");
        let parts = self.each(why, ReasonKind::Group);
        if parts.yes + parts.no == 0 {
            return section.not_known(NO_GROUPS);
        }
        let groups = why.groups();
        let mut rows: Vec<_> = groups
            .iter()
            .take(TOP)
            .zip(1..)
            .map(|((group, contacts), place)| {
                let count = Count::Exact(*contacts);
                if self.names {
                    Row::new(Label::Title(group.title().to_owned()), count)
                } else {
                    Row::new(format!("Group {place}"), count)
                }
            })
            .collect();
        rows.extend(rest("in no group", parts.no));
        rows.extend(rest("not known", parts.unknown));
        let number = groups.len() as u64;
        let more = match number.saturating_sub(TOP as u64) {
            0 => String::new(),
            more => format!(" {} more are not shown.", grouped(more)),
        };
        Section {
            about: format!(
                "{} {} in {}; a contact in several is counted in each.{more}",
                counted(parts.yes, "contact"),
                plural(parts.yes, "is", "are"),
                counted(number, "group")
            ),
            shape: Shape::Ranking,
            rows: Some(rows),
            ..section
        }
    }

    fn ages(&self, asked: Asked<'_>) -> Section {
        let section = self.section("activity", "Last activity of private chats", "When");
        let Some((why, chats)) = self.chats(asked) else {
            return section.not_known(NO_CHATS);
        };
        let mut rows: Vec<_> = Age::ALL
            .into_iter()
            .zip(why.ages)
            .map(|(age, count)| Row::new(age.label(), Count::part(count, chats.unknown)))
            .collect();
        rows.extend(rest("time not told", why.no_time));
        rows.push(Row::rest(
            "never (no chat)",
            Count::part(chats.no, chats.unknown),
        ));
        rows.extend(rest("not known", chats.unknown));
        Section {
            about: format!(
                "{} with contacts, by the days since anything happened in them.",
                counted(chats.yes, "private chat")
            ),
            shape: Shape::Ranking,
            rows: Some(rows),
            ..section
        }
    }

    fn months(&self, asked: Asked<'_>) -> Section {
        let section = Section {
            unit: "Chats",
            ..self.section("months", "Chats by month of last activity", "Month")
        };
        let Some((why, chats)) = self.chats(asked) else {
            return section.not_known(NO_CHATS);
        };
        let months = why.months(self.stats.now);
        let shown: u64 = months.iter().map(|(_, count)| count).sum();
        let rows = months
            .into_iter()
            .map(|(month, count)| Row::new(Label::Month(month), Count::new(count, chats.unknown)));
        Section {
            about: format!(
                "The last {MONTHS_BACK} months in UTC, the present one among them: {} of {}.",
                grouped(shown),
                counted(chats.yes, "chat")
            ),
            whole: chats.yes,
            shape: Shape::Columns,
            rows: Some(rows.collect()),
            ..section
        }
    }
}

/// What is counted of contacts with reasons, and how many there are without.
type Asked<'a> = (&'a Why, u64);

/// Heads what could not be found out.
pub(crate) const DOUBTS: &str = "Not everything about them is known:";
const NO_GROUPS: &str = "Not known: the list of groups could not be read.";
const NO_CHATS: &str = "Not known: the list of chats could not be read.";

/// How a reason is called for people.
fn reason(kind: ReasonKind) -> &'static str {
    match kind {
        ReasonKind::Account => "the account itself",
        ReasonKind::AddressBook => "in the address book",
        ReasonKind::PrivateChat => "private chat",
        ReasonKind::Group => "in a group",
        ReasonKind::Blocked => "blocked",
        ReasonKind::Unexplained => "unexplained",
        other => other.as_str(),
    }
}

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
    fn not_known(self, why: &str) -> Self {
        Self {
            about: why.to_owned(),
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
    fn new(label: impl Into<Label>, count: Count) -> Self {
        Self {
            label: label.into(),
            count,
            drawn: true,
        }
    }

    fn rest(label: impl Into<Label>, count: Count) -> Self {
        Self {
            drawn: false,
            ..Self::new(label, count)
        }
    }
}

/// What a row is called.
#[derive(Debug)]
pub(crate) enum Label {
    Ours(Cow<'static, str>),
    Country(Country),
    Month(Month),
    /// A group's subject, chosen by strangers, as it is.
    Title(String),
}

impl Label {
    /// As text, which is never a stranger's: empty for a group's subject.
    pub(crate) fn ours(&self) -> Cow<'static, str> {
        match self {
            Self::Ours(text) => text.clone(),
            Self::Country(country) => format!("{} {}", country.as_str(), country.name()).into(),
            Self::Month(month) => month.iso().into(),
            Self::Title(_) => "".into(),
        }
    }
}

impl From<&'static str> for Label {
    fn from(text: &'static str) -> Self {
        Self::Ours(text.into())
    }
}

impl From<String> for Label {
    fn from(text: String) -> Self {
        Self::Ours(text.into())
    }
}

fn exact<const N: usize>(names: [&'static str; N], counts: [u64; N]) -> Vec<Row> {
    let rows = names.into_iter().zip(counts);
    rows.map(|(name, count)| Row::new(name, Count::Exact(count)))
        .collect()
}

/// A row for what is left over, if anything is.
fn rest(label: impl Into<Label>, count: u64) -> Option<Row> {
    (count > 0).then(|| Row::rest(label, Count::Exact(count)))
}
