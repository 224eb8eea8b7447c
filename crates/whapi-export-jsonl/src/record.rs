//! A contact as it stands in the file.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use whapi_export::ClassifiedContact;
use whapi_export::whapi_classify::{
    Change, Membership, NameWarning, Operation, PrivateChat, ReasonKind, Reasons, Rule, Standing,
    Verdict,
};
use whapi_export::whapi_model::{ContactId, Label};
use whapi_phone::{Country, PhoneDetails, look_up, variant_of};

use crate::{Key, KeySet};

/// One line: a contact with these keys.
pub(crate) struct Record<'a> {
    contact: &'a ClassifiedContact,
    keys: KeySet,
}

impl<'a> Record<'a> {
    /// The record of a contact.
    pub(crate) fn new(contact: &'a ClassifiedContact, keys: KeySet) -> Self {
        Self { contact, keys }
    }

    fn details(&self) -> Option<PhoneDetails> {
        let keys = [Key::Country, Key::PhoneInternational, Key::PhoneValid];
        let wanted = keys.iter().any(|key| self.keys.contains(*key));
        self.contact.phone().filter(|_| wanted).map(look_up)
    }
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let contact = self.contact;
        let (id, said, phone) = (contact.id(), contact.contact(), contact.phone());
        let shown = contact.display_name();
        let details = self.details();
        let mut map = serializer.serialize_map(None)?;
        for key in self.keys.iter() {
            let name = key.as_str();
            match key {
                Key::Channel => map.serialize_entry(name, &contact.channel()),
                Key::Id => map.serialize_entry(name, id.as_str()),
                Key::Kind => map.serialize_entry(name, id.kind().as_str()),
                Key::Phone => map.serialize_entry(name, &phone.map(|phone| phone.to_string())),
                Key::DisplayName => map.serialize_entry(name, shown.text()),
                Key::NameSource => map.serialize_entry(name, shown.source().as_str()),
                Key::Name => map.serialize_entry(name, &said.name()),
                Key::Pushname => map.serialize_entry(name, &said.pushname()),
                Key::Username => match said.username() {
                    Some(username) => map.serialize_entry(name, username),
                    None => Ok(()),
                },
                Key::Saved => map.serialize_entry(name, &said.saved()),
                Key::Phonebook => match said.phonebook() {
                    Some(phonebook) => map.serialize_entry(name, &phonebook),
                    None => Ok(()),
                },
                Key::Standing => map.serialize_entry(name, contact.standing().as_str()),
                Key::IsBusiness => map.serialize_entry(name, &said.is_business()),
                Key::Permissions => map.serialize_entry(name, &PermissionsRecord::of(contact)),
                Key::NameWarnings => {
                    let warnings = contact.name_warnings();
                    let warnings: Vec<_> = warnings.iter().map(NameWarning::as_str).collect();
                    map.serialize_entry(name, &warnings)
                }
                Key::Reasons => {
                    map.serialize_entry(name, &contact.reasons().map(ReasonsRecord::of))
                }
                Key::OtherId => {
                    map.serialize_entry(name, &contact.other_id().map(ContactId::as_str))
                }
                Key::Merged => map.serialize_entry(name, &contact.is_merged()),
                Key::Change => map.serialize_entry(name, &contact.change().map(Change::as_str)),
                Key::Channels => {
                    let channels = contact.entries().map(|entry| entry.channel);
                    map.serialize_entry(name, &channels.collect::<Vec<_>>())
                }
                Key::SavedIn => {
                    let saved = contact
                        .entries()
                        .filter(|entry| entry.standing == Standing::Saved);
                    let saved = saved.map(|entry| entry.channel);
                    map.serialize_entry(name, &saved.collect::<Vec<_>>())
                }
                Key::Names => map.serialize_entry(name, &Names(contact)),
                Key::Country => {
                    let country = details.as_ref().and_then(|details| details.country);
                    map.serialize_entry(name, &country.map(Country::as_str))
                }
                Key::PhoneInternational => {
                    let international = details.as_ref().map(|details| &details.international);
                    map.serialize_entry(name, &international)
                }
                Key::PhoneValid => {
                    map.serialize_entry(name, &details.as_ref().map(|details| details.valid))
                }
                Key::PhoneVariants => {
                    let variants: Vec<_> = phone.and_then(variant_of).into_iter().collect();
                    map.serialize_entry(name, &variants)
                }
                Key::About => map.serialize_entry(name, &said.about()),
                Key::ProfilePic => map.serialize_entry(name, &said.profile_pic()),
                Key::ProfilePicFull => map.serialize_entry(name, &said.profile_pic_full()),
            }?;
        }
        map.end()
    }
}

/// The name in each address book, by the names of the channels.
struct Names<'a>(&'a ClassifiedContact);

impl Serialize for Names<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entries = self.0.entries();
        serializer.collect_map(entries.filter_map(|entry| Some((entry.channel, entry.name?))))
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
