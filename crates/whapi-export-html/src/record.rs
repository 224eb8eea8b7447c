//! A contact as it stands in the page. The fields of these structs are the keys, in their order.

use std::borrow::Cow;

use serde::Serialize;
use whapi_export::ClassifiedContact;
use whapi_export::whapi_classify::{
    Change, Membership, NameWarning, Operation, PrivateChat, ReasonKind, Reasons, Rule,
};
use whapi_export::whapi_model::{ContactId, Rank};
use whapi_phone::{Country, country_of_person, look_up};
use whapi_text::{escape_hidden, one_line};

/// A contact. A key without a value is not there.
#[derive(Serialize)]
pub(crate) struct Record<'a> {
    shown: Cow<'a, str>,
    source: &'static str,
    id: Cow<'a, str>,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pushname: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<Cow<'a, str>>,
    standing: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    business: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<&'static str>,
    /// The rule behind each operation that is not allowed.
    no: Forbidden,
    #[serde(flatten)]
    reasons: Option<ReasonsRecord<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    other_id: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "is_false")]
    merged: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<Cow<'a, str>>,
}

#[derive(Serialize)]
struct Forbidden {
    #[serde(skip_serializing_if = "Option::is_none")]
    edit: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delete: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    create: Option<&'static str>,
}

#[derive(Serialize)]
struct ReasonsRecord<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    reasons: Vec<&'static str>,
    /// Some list of reasons is incomplete, so others may hold.
    #[serde(skip_serializing_if = "is_false")]
    partly: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    activity: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    labels: Vec<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    groups: Vec<GroupRecord<'a>>,
}

#[derive(Serialize)]
struct GroupRecord<'a> {
    id: Cow<'a, str>,
    name: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rank: Option<&'static str>,
}

impl<'a> Record<'a> {
    /// The record of `contact`, whose name to show is `shown`.
    pub(crate) fn of(contact: &'a ClassifiedContact, shown: &'a str, source: &'static str) -> Self {
        let said = contact.contact();
        let details = contact.phone().map(look_up);
        let country = match &details {
            Some(details) => details.country,
            None => country_of_person(None, contact.id()),
        };
        Self {
            shown: on_one_line(shown),
            source,
            id: escape_hidden(contact.id().as_str()),
            kind: contact.id().kind().as_str(),
            phone: details.map(|details| details.international),
            country: country.map(Country::as_str),
            name: said.name().map(escape_hidden),
            pushname: said.pushname().map(escape_hidden),
            username: said.username().map(escape_hidden),
            standing: contact.standing().as_str(),
            business: said.is_business(),
            warnings: contact
                .name_warnings()
                .iter()
                .map(NameWarning::as_str)
                .collect(),
            no: Forbidden::of(contact),
            reasons: contact.reasons().map(ReasonsRecord::of),
            other_id: contact.other_id().map(ContactId::as_str).map(escape_hidden),
            merged: contact.is_merged(),
            change: contact.change().map(Change::as_str),
            channel: contact.channel().map(on_one_line),
        }
    }
}

impl Forbidden {
    fn of(contact: &ClassifiedContact) -> Self {
        let rule = |operation| {
            let verdict = contact.permissions().verdict(operation);
            verdict.rule().map(Rule::code)
        };
        Self {
            edit: rule(Operation::Edit),
            delete: rule(Operation::Delete),
            create: rule(Operation::Create),
        }
    }
}

impl<'a> ReasonsRecord<'a> {
    fn of(reasons: &'a Reasons) -> Self {
        let chat = reasons.private_chat();
        let labels = chat.into_iter().flat_map(|chat| &chat.labels);
        Self {
            reason: reasons.primary().map(ReasonKind::as_str),
            reasons: reasons.kinds().map(ReasonKind::as_str).collect(),
            partly: !reasons.is_complete(),
            activity: chat.and_then(PrivateChat::last_activity_text),
            labels: labels.map(|label| on_one_line(&label.name)).collect(),
            groups: reasons.groups().iter().map(GroupRecord::of).collect(),
        }
    }
}

impl<'a> GroupRecord<'a> {
    fn of(part: &'a Membership) -> Self {
        Self {
            id: escape_hidden(part.group.id.as_str()),
            name: on_one_line(part.group.title()),
            rank: (part.rank != Rank::Member).then(|| part.rank.as_str()),
        }
    }
}

/// The text on one line, with hidden characters as `\u{…}`.
fn on_one_line(text: &str) -> Cow<'_, str> {
    match one_line(text) {
        Cow::Borrowed(line) => escape_hidden(line),
        Cow::Owned(line) => Cow::Owned(escape_hidden(&line).into_owned()),
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
pub(crate) fn is_false(value: &bool) -> bool {
    !value
}
