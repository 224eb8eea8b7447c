//! A contact as it stands in the file. The fields of these structs are the keys, in their order.

use serde::{Serialize, Serializer};
use whapi_export::whapi_classify::{
    Change, DisplayName, Membership, NameWarning, Operation, PrivateChat, ReasonKind, Reasons,
    Rule, Verdict,
};
use whapi_export::whapi_model::{ContactId, Label};
use whapi_export::{Available, ClassifiedContact};
use whapi_phone::{Country, look_up, variant_of};

use crate::JsonlConfig;

/// One line.
#[derive(Serialize)]
pub(crate) struct Record<'a> {
    id: &'a str,
    kind: &'static str,
    phone: Option<String>,
    display_name: &'a str,
    name_source: &'static str,
    name: Option<&'a str>,
    pushname: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    saved: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phonebook: Option<bool>,
    standing: &'static str,
    is_business: Option<bool>,
    permissions: PermissionsRecord,
    name_warnings: Vec<&'static str>,
    #[serde(skip_serializing_if = "Asked::is_no")]
    reasons: Asked<ReasonsRecord<'a>>,
    #[serde(skip_serializing_if = "Asked::is_no")]
    other_id: Asked<&'a str>,
    #[serde(skip_serializing_if = "Asked::is_no")]
    merged: Asked<bool>,
    #[serde(skip_serializing_if = "Asked::is_no")]
    change: Asked<&'static str>,
    #[serde(skip_serializing_if = "Asked::is_no")]
    country: Asked<&'static str>,
    #[serde(skip_serializing_if = "Asked::is_no")]
    phone_international: Asked<String>,
    #[serde(skip_serializing_if = "Asked::is_no")]
    phone_valid: Asked<bool>,
    #[serde(skip_serializing_if = "Asked::is_no")]
    phone_variants: Asked<Vec<String>>,
    #[serde(skip_serializing_if = "Asked::is_no")]
    about: Asked<&'a str>,
    #[serde(skip_serializing_if = "Asked::is_no")]
    profile_pic: Asked<&'a str>,
    #[serde(skip_serializing_if = "Asked::is_no")]
    profile_pic_full: Asked<&'a str>,
}

/// A value that is in the record only if the run requested it.
enum Asked<T> {
    No,
    Yes(Option<T>),
}

impl<T> Asked<T> {
    fn when(asked: bool, value: impl FnOnce() -> Option<T>) -> Self {
        if asked { Self::Yes(value()) } else { Self::No }
    }

    fn is_no(&self) -> bool {
        matches!(self, Self::No)
    }
}

impl<T: Serialize> Serialize for Asked<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::No => serializer.serialize_none(),
            Self::Yes(value) => value.serialize(serializer),
        }
    }
}

#[derive(Serialize)]
struct PermissionsRecord {
    edit: VerdictRecord,
    delete: VerdictRecord,
    create: VerdictRecord,
}

#[derive(Serialize)]
struct VerdictRecord {
    allowed: bool,
    rule: Option<&'static str>,
}

#[derive(Serialize)]
struct ReasonsRecord<'a> {
    primary: Option<&'static str>,
    all: Vec<&'static str>,
    complete: bool,
    private_chat: Option<ChatRecord<'a>>,
    groups: Vec<GroupRecord<'a>>,
}

#[derive(Serialize)]
struct ChatRecord<'a> {
    last_activity: Option<String>,
    labels: Vec<LabelRecord<'a>>,
}

#[derive(Serialize)]
struct LabelRecord<'a> {
    id: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct GroupRecord<'a> {
    id: &'a str,
    name: Option<&'a str>,
    rank: &'static str,
}

impl<'a> Record<'a> {
    /// The record of `contact`, whose name to show is `shown`.
    pub(crate) fn of(
        contact: &'a ClassifiedContact,
        shown: &'a DisplayName<'a>,
        available: Available,
        config: &JsonlConfig,
    ) -> Self {
        let said = contact.contact();
        let (numbers, pictures) = (config.phone.is_on(), config.pictures.is_on());
        let phone = contact.phone();
        let details = phone.filter(|_| numbers).map(look_up);
        Self {
            id: contact.id().as_str(),
            kind: contact.id().kind().as_str(),
            phone: phone.map(|phone| phone.to_string()),
            display_name: shown.text(),
            name_source: shown.source().as_str(),
            name: said.name(),
            pushname: said.pushname(),
            username: said.username(),
            saved: said.saved(),
            phonebook: said.phonebook(),
            standing: contact.standing().as_str(),
            is_business: said.is_business(),
            permissions: PermissionsRecord::of(contact),
            name_warnings: contact
                .name_warnings()
                .iter()
                .map(NameWarning::as_str)
                .collect(),
            reasons: Asked::when(available.reasons, || {
                contact.reasons().map(ReasonsRecord::of)
            }),
            other_id: Asked::when(available.lid_links, || {
                contact.other_id().map(ContactId::as_str)
            }),
            merged: Asked::when(available.lid_links, || Some(contact.is_merged())),
            change: Asked::when(available.changes, || contact.change().map(Change::as_str)),
            country: Asked::when(numbers, || details.as_ref()?.country.map(Country::as_str)),
            phone_valid: Asked::when(numbers, || details.as_ref().map(|details| details.valid)),
            phone_international: Asked::when(numbers, || {
                details.map(|details| details.international)
            }),
            phone_variants: Asked::when(numbers, || {
                Some(phone.and_then(variant_of).into_iter().collect())
            }),
            about: Asked::when(config.about.is_on(), || said.about()),
            profile_pic: Asked::when(pictures, || said.profile_pic()),
            profile_pic_full: Asked::when(pictures, || said.profile_pic_full()),
        }
    }
}

impl PermissionsRecord {
    fn of(contact: &ClassifiedContact) -> Self {
        let verdict = |operation| VerdictRecord::of(contact.permissions().verdict(operation));
        Self {
            edit: verdict(Operation::Edit),
            delete: verdict(Operation::Delete),
            create: verdict(Operation::Create),
        }
    }
}

impl VerdictRecord {
    fn of(verdict: Verdict) -> Self {
        Self {
            allowed: verdict.is_allowed(),
            rule: verdict.rule().map(Rule::code),
        }
    }
}

impl<'a> ReasonsRecord<'a> {
    fn of(reasons: &'a Reasons) -> Self {
        Self {
            primary: reasons.primary().map(ReasonKind::as_str),
            all: reasons.kinds().map(ReasonKind::as_str).collect(),
            complete: reasons.is_complete(),
            private_chat: reasons.private_chat().map(ChatRecord::of),
            groups: reasons.groups().iter().map(GroupRecord::of).collect(),
        }
    }
}

impl<'a> ChatRecord<'a> {
    fn of(chat: &'a PrivateChat) -> Self {
        Self {
            last_activity: chat.last_activity_text(),
            labels: chat.labels.iter().map(LabelRecord::of).collect(),
        }
    }
}

impl<'a> LabelRecord<'a> {
    fn of(label: &'a Label) -> Self {
        Self {
            id: &label.id,
            name: &label.name,
        }
    }
}

impl<'a> GroupRecord<'a> {
    fn of(part: &'a Membership) -> Self {
        Self {
            id: part.group.id.as_str(),
            name: part.group.name.as_deref(),
            rank: part.rank.as_str(),
        }
    }
}
