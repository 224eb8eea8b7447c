//! Reads a record back as a contact.

use std::borrow::Cow;
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use whapi_export::whapi_classify::{
    Change, Membership, NameSource, NameWarning, PrivateChat, ReasonKind, Reasons, SharedGroup,
    Standing,
};
use whapi_export::whapi_model::{Contact, ContactId, Label, Rank, StandingBy};
use whapi_export::{ClassifiedContact, Error, ErrorKind, Result};
use whapi_text::parse_rfc_3339;

/// Reads one record as the contact that it was written from.
///
/// An exporter writes the same of both: the id, all names, the standing, the name to show, reasons, the other
/// id, the change and the channel are restored. Keys that are missing count as not sent by the API, and keys that are
/// not known are skipped. `kind`, `permissions`, and the keys about the phone number follow from the
/// others and are not read.
///
/// # Errors
///
/// [`ErrorKind::Encode`] for a text that is no record: no JSON object, no `id`, a value of another type
/// or outside of the documented ones. The message quotes nothing of it.
///
/// # Examples
///
/// ```
/// use whapi_export::whapi_classify::Standing;
/// use whapi_export_jsonl::read_contact;
///
/// let record = br#"{"id":"447700900101","name":"Ada","display_name":"WA Ada","saved":true}"#;
/// let contact = read_contact(record)?;
/// assert_eq!(contact.display_name().text(), "WA Ada");
/// assert_eq!(contact.standing(), Standing::Saved);
/// assert_eq!(
///     read_contact(b"{}").unwrap_err().to_string(),
///     "a record is not valid (line 1, column 2)"
/// );
/// # Ok::<(), whapi_export::Error>(())
/// ```
pub fn read_contact(record: &[u8]) -> Result<ClassifiedContact> {
    let record: StoredRecord<'_> = serde_json::from_slice(record).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        invalid(&format!("is not valid (line {line}, column {column})"))
    })?;
    record
        .into_contact()
        .map_err(|key| invalid(&format!("has a `{key}` that is not valid")))
}

/// A contact that is deserialized from its record, as [`read_contact`] reads it.
///
/// It wraps the contact and has no other field.
///
/// # Examples
///
/// ```
/// use whapi_export_jsonl::RecordContact;
///
/// let batch = r#"[{"id":"447700900101"},{"id":"447700900102"}]"#;
/// let contacts: Vec<RecordContact> = serde_json::from_str(batch)?;
/// assert_eq!(contacts[1].0.id().as_str(), "447700900102");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "its docs say that it has one field"
)]
pub struct RecordContact(pub ClassifiedContact);

impl<'de> Deserialize<'de> for RecordContact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let record = StoredRecord::deserialize(deserializer)?;
        let invalid =
            |key| D::Error::custom(format_args!("a record has a `{key}` that is not valid"));
        record.into_contact().map(Self).map_err(invalid)
    }
}

fn invalid(what: &str) -> Error {
    Error::new(ErrorKind::Encode, format!("a record {what}"))
}

/// The keys that are read.
#[derive(Deserialize)]
struct StoredRecord<'a> {
    #[serde(borrow, default)]
    channel: Option<Text<'a>>,
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow, default)]
    phone: Option<Text<'a>>,
    #[serde(borrow, default)]
    display_name: Option<Text<'a>>,
    #[serde(borrow, default)]
    name_source: Option<Text<'a>>,
    #[serde(borrow, default)]
    name: Option<Text<'a>>,
    #[serde(borrow, default)]
    pushname: Option<Text<'a>>,
    #[serde(borrow, default)]
    username: Option<Text<'a>>,
    #[serde(default)]
    saved: Option<bool>,
    #[serde(default)]
    phonebook: Option<bool>,
    #[serde(borrow, default)]
    standing: Option<Text<'a>>,
    #[serde(default)]
    is_business: Option<bool>,
    #[serde(borrow, default)]
    name_warnings: Vec<Text<'a>>,
    #[serde(borrow, default)]
    reasons: Option<StoredReasons<'a>>,
    #[serde(borrow, default)]
    other_id: Option<Text<'a>>,
    #[serde(default)]
    merged: Option<bool>,
    #[serde(borrow, default)]
    change: Option<Text<'a>>,
    #[serde(borrow, default)]
    about: Option<Text<'a>>,
    #[serde(borrow, default)]
    profile_pic: Option<Text<'a>>,
    #[serde(borrow, default)]
    profile_pic_full: Option<Text<'a>>,
}

/// A text, borrowed from the record where it has no escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Deserialize)]
struct StoredReasons<'a> {
    #[serde(borrow, default)]
    primary: Option<Text<'a>>,
    #[serde(borrow)]
    all: Vec<Text<'a>>,
    complete: bool,
    #[serde(borrow, default)]
    private_chat: Option<StoredChat<'a>>,
    #[serde(borrow, default)]
    groups: Vec<StoredGroup<'a>>,
}

#[derive(Deserialize)]
struct StoredChat<'a> {
    #[serde(borrow, default)]
    last_activity: Option<Text<'a>>,
    #[serde(borrow, default)]
    labels: Vec<StoredLabel<'a>>,
}

#[derive(Deserialize)]
struct StoredLabel<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
}

#[derive(Deserialize)]
struct StoredGroup<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow, default)]
    name: Option<Text<'a>>,
    #[serde(borrow)]
    rank: Text<'a>,
}

impl StoredRecord<'_> {
    /// The contact, or the key whose value is not valid.
    fn into_contact(self) -> Result<ClassifiedContact, &'static str> {
        let contact = self.contact()?;
        let mut contact = ClassifiedContact::new(contact);
        if let Some(Text(shown)) = &self.display_name {
            let source = match &self.name_source {
                Some(Text(source)) => name_source(source).ok_or("name_source")?,
                None => contact.display_name().source(),
            };
            let computed = contact.display_name();
            if computed.text() != shown || computed.source() != source {
                contact = contact.with_display_name(shown.as_ref(), source);
            }
        }
        if let Some(Text(other)) = &self.other_id {
            let other = ContactId::parse(other).map_err(|_| "other_id")?;
            contact = match self.merged {
                Some(true) => contact.with_merged_id(other),
                _ => contact.with_other_id(other),
            };
        }
        if let Some(reasons) = self.reasons {
            contact = contact.with_reasons(reasons.into_reasons()?);
        }
        if let Some(Text(change)) = &self.change {
            let mut changes = Change::ALL.iter().copied();
            let change = changes.find(|known| known.as_str() == change);
            contact = contact.with_change(change.ok_or("change")?);
        }
        if let Some(Text(channel)) = &self.channel {
            contact = contact.with_channel(channel.as_ref());
        }
        let equals = NameWarning::EqualsSavedName.as_str();
        if self
            .name_warnings
            .iter()
            .any(|Text(warning)| warning == equals)
        {
            contact.set_equals_saved_name();
        }
        Ok(contact)
    }

    fn contact(&self) -> Result<Contact, &'static str> {
        let mut contact = Contact::new(ContactId::parse(&self.id.0).map_err(|_| "id")?);
        contact.set_name(text(self.name.as_ref()));
        contact.set_pushname(text(self.pushname.as_ref()));
        contact.set_saved(self.saved);
        contact.set_phonebook(self.phonebook);
        contact.set_is_business(self.is_business);
        if let Some(Text(username)) = &self.username {
            contact = contact.with_username(username.as_ref());
        }
        if let Some(Text(about)) = &self.about {
            contact = contact.with_about(about.as_ref());
        }
        if let Some(Text(address)) = &self.profile_pic {
            contact = contact.with_profile_pic(address.as_ref());
        }
        if let Some(Text(address)) = &self.profile_pic_full {
            contact = contact.with_profile_pic_full(address.as_ref());
        }
        // The number of a merged entry is that of the other id.
        if let (Some(Text(phone)), None | Some(false)) = (&self.phone, self.merged) {
            contact = contact.with_phone(phone);
        }
        if let Some(Text(standing)) = &self.standing {
            let standing: Standing = standing.parse().map_err(|_| "standing")?;
            if Standing::of(&contact) != standing {
                contact.set_standing_by(StandingBy::Saved);
            }
            // In a record of few keys only the standing tells.
            if Standing::of(&contact) != standing {
                contact.set_saved(match standing {
                    Standing::Saved => Some(true),
                    Standing::Discovered => Some(false),
                    Standing::Unknown => None,
                });
            }
        }
        Ok(contact)
    }
}

impl StoredReasons<'_> {
    fn into_reasons(self) -> Result<Reasons, &'static str> {
        let kind = |Text(text): &Text<'_>| {
            let mut kinds = ReasonKind::ALL.iter().copied();
            kinds.find(|known| known.as_str() == text).ok_or("reasons")
        };
        let kinds: Vec<_> = self.all.iter().map(kind).collect::<Result<_, _>>()?;
        let primary = self.primary.as_ref().map(kind).transpose()?;
        let chat = self.private_chat.map(StoredChat::into_chat).transpose()?;
        let groups = self.groups.into_iter().map(StoredGroup::into_membership);
        let groups = groups.collect::<Result<Vec<_>, _>>()?;
        Ok(Reasons::restored(
            &kinds,
            primary,
            self.complete,
            chat,
            groups,
        ))
    }
}

impl StoredChat<'_> {
    fn into_chat(self) -> Result<PrivateChat, &'static str> {
        let time = |Text(text)| parse_rfc_3339(&text).ok_or("reasons");
        let last_activity = self.last_activity.map(time).transpose()?;
        let labels = self.labels.into_iter();
        let labels = labels.map(|label| Label::new(label.id.0, label.name.0));
        Ok(PrivateChat::new(last_activity, labels.collect()))
    }
}

impl StoredGroup<'_> {
    fn into_membership(self) -> Result<Membership, &'static str> {
        let id = ContactId::parse(&self.id.0).map_err(|_| "reasons")?;
        let ranks = [Rank::Member, Rank::Admin, Rank::Creator];
        let rank = ranks.into_iter().find(|rank| rank.as_str() == self.rank.0);
        let name = self.name.map(|Text(name)| name.into_owned());
        let group = Arc::new(SharedGroup::new(id, name));
        Ok(Membership::new(group, rank.ok_or("reasons")?))
    }
}

fn text<'a>(text: Option<&'a Text<'_>>) -> Option<&'a str> {
    text.map(|Text(text)| text.as_ref())
}

fn name_source(text: &str) -> Option<NameSource> {
    let sources = [
        NameSource::Name,
        NameSource::Pushname,
        NameSource::Phone,
        NameSource::Id,
        NameSource::LastFour,
        NameSource::Counter,
    ];
    sources.into_iter().find(|source| source.as_str() == text)
}
