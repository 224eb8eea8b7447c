//! The sections of a report, for text and HTML.

mod section;

use whapi_classify::ReasonKind;
use whapi_text::{counted, grouped, plural};

use crate::data::ReportData;
use crate::number::Count;
use crate::tally::{MONTHS_BACK, ReasonTally, YesNo};
use crate::when::Age;

pub(crate) use section::{Label, Row, Section, Shape};

/// The number of countries and groups that are shown.
const TOP: usize = 15;

impl ReportData<'_> {
    /// Returns all sections in their order. Without reasons one section replaces those that need them.
    pub(crate) fn sections(&self) -> Vec<Section> {
        let mut sections = vec![
            self.standing(),
            self.permissions(),
            self.kinds(),
            self.business(),
        ];
        match self.with_reasons() {
            None => sections.extend([self.countries(), self.linked(), self.no_reasons()]),
            Some(tally) => sections.extend([
                self.linked(),
                self.primary_reasons(tally),
                self.all_reasons(tally),
                self.countries(),
                self.groups(tally),
                self.ages(tally),
                self.months(tally),
            ]),
        }
        sections
    }

    fn no_reasons(&self) -> Section {
        let flag = self.flags.map(|flags| flags.reasons);
        let why =
            "Not known, and so are groups and the activity of chats: reasons were not requested";
        self.section("reasons", "Why they are visible", "Reason")
            .not_known(&not_requested(why, flag))
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
                "By the rules of the Whapi API. Contacts in the address book can be edited and deleted; \
                    other contacts with a phone number can be created."
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
            about: "Accounts of WhatsApp Business, as far as the Whapi API says so.".to_owned(),
            rows: Some(rows),
            ..self.section("business", "Business", "Account")
        }
    }

    fn linked(&self) -> Section {
        let section = self.section("linked", "Two ids of one person", "Ids");
        let Some(complete) = self.lid_links() else {
            let flag = self.flags.map(|flags| flags.lids);
            let why = "Not known: LIDs were not requested";
            return section.not_known(&not_requested(why, flag));
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

    /// Counts private chats. `None` if the list of chats is not known.
    fn chats<'w>(&self, (tally, _): WithReasons<'w>) -> Option<(&'w ReasonTally, YesNo)> {
        let chats = self.each(tally, ReasonKind::PrivateChat);
        (chats.yes + chats.no > 0).then_some((tally, chats))
    }

    fn with_reasons(&self) -> Option<WithReasons<'_>> {
        let tally = &self.stats.reasons;
        (tally.contacts > 0).then(|| (tally, self.stats.total - tally.contacts))
    }

    fn primary_reasons(&self, (tally, without): WithReasons<'_>) -> Section {
        let section = self.section("primary-reasons", "Why they are visible", "Main reason");
        let mut rows: Vec<_> = ReasonKind::ALL
            .iter()
            .copied()
            .enumerate()
            .map(|(place, kind)| {
                let unknown = match self.each(tally, kind) {
                    // An unknown account has another reason.
                    of if kind == ReasonKind::Account => of.unknown,
                    _ => tally.maybe_primary[place] + without,
                };
                Row::new(reason(kind), Count::part(tally.primary[place], unknown))
            })
            .collect();
        rows.extend(rest("not known", tally.no_primary + without));
        Section {
            about: "Each contact once, by the first reason that holds, in this order.".to_owned(),
            rows: Some(rows),
            ..section
        }
    }

    fn all_reasons(&self, (tally, _): WithReasons<'_>) -> Section {
        let section = self.section("all-reasons", "Every reason they have", "Reason");
        let rows = ReasonKind::ALL.iter().copied().map(|kind| {
            let YesNo { yes, unknown, .. } = self.each(tally, kind);
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

    fn groups(&self, (tally, _): WithReasons<'_>) -> Section {
        let section = self.section("groups", "Groups", "Group");
        let parts = self.each(tally, ReasonKind::Group);
        if parts.yes + parts.no == 0 {
            return section.not_known(NO_GROUPS);
        }
        let groups = tally.groups();
        let mut rows: Vec<_> = groups
            .iter()
            .take(TOP)
            .zip(1..)
            .map(|((group, contacts), place)| {
                let count = Count::Exact(*contacts);
                if self.names {
                    Row::new(Label::GroupName(group.title().to_owned()), count)
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

    fn ages(&self, asked: WithReasons<'_>) -> Section {
        let section = self.section("activity", "Last activity of private chats", "When");
        let Some((tally, chats)) = self.chats(asked) else {
            return section.not_known(NO_CHATS);
        };
        let mut rows: Vec<_> = Age::ALL
            .into_iter()
            .zip(tally.ages)
            .map(|(age, count)| Row::new(age.label(), Count::part(count, chats.unknown)))
            .collect();
        rows.extend(rest("time not told", tally.no_time));
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

    fn months(&self, asked: WithReasons<'_>) -> Section {
        let section = Section {
            unit: "Chats",
            ..self.section("months", "Chats by month of last activity", "Month")
        };
        let Some((tally, chats)) = self.chats(asked) else {
            return section.not_known(NO_CHATS);
        };
        let months = tally.months(self.stats.now);
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

/// The counts of contacts with reasons, and the number of contacts without.
type WithReasons<'a> = (&'a ReasonTally, u64);

const NO_GROUPS: &str = "Not known: the list of groups could not be read.";
const NO_CHATS: &str = "Not known: the list of chats could not be read.";

/// Completes the sentence that says why something is not known.
fn not_requested(why: &str, flag: Option<&str>) -> String {
    match flag {
        Some(flag) => format!("{why}; {flag} requests them."),
        None => format!("{why}."),
    }
}

/// The name of a reason for people.
fn reason(kind: ReasonKind) -> &'static str {
    match kind {
        ReasonKind::Account => "account itself",
        ReasonKind::AddressBook => "in the address book",
        ReasonKind::PrivateChat => "private chat",
        ReasonKind::Group => "in a group",
        ReasonKind::Blocked => "blocked",
        ReasonKind::Unexplained => "unexplained",
        other => other.as_str(),
    }
}

fn exact<const N: usize>(names: [&'static str; N], counts: [u64; N]) -> Vec<Row> {
    let rows = names.into_iter().zip(counts);
    rows.map(|(name, count)| Row::new(name, Count::Exact(count)))
        .collect()
}

/// A row for the remainder, if there is one.
fn rest(label: impl Into<Label>, count: u64) -> Option<Row> {
    (count > 0).then(|| Row::rest(label, Count::Exact(count)))
}
