//! The counts as JSON.

use serde::Serialize;
use whapi_classify::ReasonKind;
use whapi_model::ContactId;

use crate::data::ReportData;
use crate::tally::{ReasonTally, YesNo};
use crate::when;

/// The version of the JSON object: fields may be added, none changes its meaning.
pub const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    complete: bool,
    incomplete_because: &'a [String],
    as_of: String,
    contacts: u64,
    listed: u64,
    doubts: &'a [String],
    standing: Standing,
    permissions: Permissions,
    kinds: Kinds,
    business: Answers,
    linked: Option<Linked>,
    reasons: Option<Reasons>,
    countries: Countries,
    groups: Option<Groups<'a>>,
    activity: Option<Activity>,
}

#[derive(Serialize)]
struct Standing {
    saved: u64,
    discovered: u64,
    unknown: u64,
}

#[derive(Serialize)]
struct Permissions {
    edit: u64,
    delete: u64,
    create: u64,
    unknown: u64,
}

#[derive(Serialize)]
struct Kinds {
    phone: u64,
    lid: u64,
    other: u64,
}

#[derive(Serialize)]
struct Answers {
    yes: u64,
    no: u64,
    unknown: u64,
}

#[derive(Serialize)]
struct Linked {
    #[serde(flatten)]
    linked: Answers,
    merged: u64,
}

#[derive(Serialize)]
struct Reasons {
    primary: Primary,
    any: Any,
}

#[derive(Serialize)]
struct Primary {
    account: Option<u64>,
    address_book: u64,
    private_chat: u64,
    group: u64,
    blocked: u64,
    unexplained: u64,
    unknown: u64,
}

#[derive(Serialize)]
struct Any {
    account: Answers,
    address_book: Answers,
    private_chat: Answers,
    group: Answers,
    blocked: Answers,
    unexplained: Answers,
}

#[derive(Serialize)]
struct Countries {
    known: Vec<Country>,
    no_country: u64,
    no_number: u64,
}

#[derive(Serialize)]
struct Country {
    code: &'static str,
    name: &'static str,
    contacts: u64,
}

#[derive(Serialize)]
struct Groups<'a> {
    contacts: Answers,
    groups: Vec<Group<'a>>,
}

#[derive(Serialize)]
struct Group<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    contacts: u64,
}

#[derive(Serialize)]
struct Activity {
    chats: Answers,
    last_7_days: u64,
    days_8_to_30: u64,
    days_31_to_90: u64,
    days_91_to_365: u64,
    older: u64,
    time_not_told: u64,
    months: Vec<MonthOfChats>,
}

#[derive(Serialize)]
struct MonthOfChats {
    month: String,
    chats: u64,
}

pub(crate) fn render(report: &ReportData<'_>) -> String {
    let stats = report.stats;
    let [saved, discovered, unknown] = stats.standing;
    let [edit, delete, create] = stats.permissions;
    let [phone, lid, other] = stats.kinds;
    let tally = (stats.reasons.contacts > 0).then_some(&stats.reasons);
    let document = Document {
        schema: SCHEMA,
        complete: report.scan.complete,
        incomplete_because: &report.scan.reasons,
        as_of: when::iso(stats.now),
        contacts: stats.total,
        listed: report.scan.listed.unwrap_or(stats.total),
        doubts: &report.scan.doubts,
        standing: Standing {
            saved,
            discovered,
            unknown,
        },
        permissions: Permissions {
            edit,
            delete,
            create,
            unknown: stats.permissions_unknown,
        },
        kinds: Kinds { phone, lid, other },
        business: stats.business.into(),
        linked: linked(report),
        reasons: tally.map(|tally| reasons(report, tally)),
        countries: countries(report),
        groups: tally.map(|tally| groups(report, tally)),
        activity: tally.map(|tally| activity(report, tally)),
    };
    serde_json::to_string(&document).expect("strings and numbers become JSON")
}

impl From<YesNo> for Answers {
    fn from(YesNo { yes, no, unknown }: YesNo) -> Self {
        Self { yes, no, unknown }
    }
}

fn linked(report: &ReportData<'_>) -> Option<Linked> {
    let complete = report.lid_links()?;
    let others = report.stats.total - report.stats.linked;
    let (no, unknown) = if complete { (others, 0) } else { (0, others) };
    Some(Linked {
        linked: Answers {
            yes: report.stats.linked,
            no,
            unknown,
        },
        merged: report.stats.merged,
    })
}

fn reasons(report: &ReportData<'_>, tally: &ReasonTally) -> Reasons {
    let [
        account,
        address_book,
        private_chat,
        group,
        blocked,
        unexplained,
    ] = tally.primary;
    let any = |kind| report.each(tally, kind).into();
    Reasons {
        primary: Primary {
            account: (!report.scan.account_unknown).then_some(account),
            address_book,
            private_chat,
            group,
            blocked,
            unexplained,
            unknown: tally.no_primary + report.stats.total - tally.contacts,
        },
        any: Any {
            account: any(ReasonKind::Account),
            address_book: any(ReasonKind::AddressBook),
            private_chat: any(ReasonKind::PrivateChat),
            group: any(ReasonKind::Group),
            blocked: any(ReasonKind::Blocked),
            unexplained: any(ReasonKind::Unexplained),
        },
    }
}

fn countries(report: &ReportData<'_>) -> Countries {
    let known = report.stats.countries().into_iter();
    let known = known.map(|(country, contacts)| Country {
        code: country.as_str(),
        name: country.name(),
        contacts,
    });
    Countries {
        known: known.collect(),
        no_country: report.stats.no_country,
        no_number: report.stats.no_number,
    }
}

fn groups<'a>(report: &ReportData<'_>, tally: &'a ReasonTally) -> Groups<'a> {
    let names = report.names;
    let groups = tally.groups().into_iter().map(|(group, contacts)| Group {
        id: names.then(|| ContactId::as_str(&group.id)),
        name: group.name.as_deref().filter(|_| names),
        contacts,
    });
    Groups {
        contacts: report.each(tally, ReasonKind::Group).into(),
        groups: groups.collect(),
    }
}

fn activity(report: &ReportData<'_>, tally: &ReasonTally) -> Activity {
    let [
        last_7_days,
        days_8_to_30,
        days_31_to_90,
        days_91_to_365,
        older,
    ] = tally.ages;
    Activity {
        chats: report.each(tally, ReasonKind::PrivateChat).into(),
        last_7_days,
        days_8_to_30,
        days_31_to_90,
        days_91_to_365,
        older,
        time_not_told: tally.no_time,
        months: tally
            .months(report.stats.now)
            .into_iter()
            .map(|(month, chats)| MonthOfChats {
                month: month.iso(),
                chats,
            })
            .collect(),
    }
}
