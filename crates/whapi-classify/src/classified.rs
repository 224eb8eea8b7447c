//! A contact with everything this crate knows about it.

use std::sync::Arc;

use whapi_model::{Contact, ContactId, Phone};
use whapi_text::is_blank;

use crate::channel_entry::MergedEntry;
use crate::{
    Change, DisplayName, NameSource, NameWarning, NameWarnings, Permissions, Reasons, Standing,
};

/// A contact, classified: what exporters receive.
///
/// Standing and permissions are always there. [Reasons](Self::reasons), the
/// [other id](Self::other_id) and the [change](Self::change) need more than the contact itself: a
/// [`Classifier`](crate::Classifier) adds what it was given.
///
/// # Examples
///
/// ```
/// use whapi_classify::{ClassifiedContact, Standing};
/// use whapi_model::{Contact, ContactId};
///
/// let contact = Contact::new(ContactId::parse("619528001122")?)
///     .with_name("24name")
///     .with_saved(true);
/// let classified = ClassifiedContact::from(contact);
/// assert_eq!(classified.standing(), Standing::Saved);
/// assert!(classified.permissions().edit.is_allowed());
/// assert_eq!(classified.display_name().text(), "24name");
/// assert!(classified.reasons().is_none());
/// # Ok::<(), whapi_model::InvalidId>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassifiedContact {
    contact: Contact,
    standing: Standing,
    /// What few runs ask for: a pointer, so that the others do not pay for it.
    enriched: Option<Box<Enriched>>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Enriched {
    reasons: Option<Reasons>,
    other_id: Option<ContactId>,
    merged: bool,
    change: Option<Change>,
    name: Option<GivenName>,
    equals_saved_name: bool,
    channel: Option<Arc<str>>,
    /// Of a person in several channels.
    entries: Vec<MergedEntry>,
}

/// A name made by the operator's [`Naming`](crate::Naming).
#[derive(Clone, PartialEq, Eq)]
struct GivenName {
    text: String,
    source: NameSource,
}

/// Shows the source and not the name, which is private.
impl std::fmt::Debug for GivenName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "GivenName({:?})", self.source)
    }
}

impl ClassifiedContact {
    /// Classifies a contact by its own fields.
    #[inline]
    pub fn new(contact: Contact) -> Self {
        let standing = Standing::of(&contact);
        Self {
            contact,
            standing,
            enriched: None,
        }
    }

    /// The contact as the API sent it. A LID whose number was found out by LID links has it as its
    /// own [`phone`](Contact::phone).
    pub fn contact(&self) -> &Contact {
        &self.contact
    }

    /// Shorthand for the contact's id.
    pub fn id(&self) -> &ContactId {
        self.contact.id()
    }

    /// The phone number: [the contact's](Contact::phone), or that of the entry which was
    /// [merged](Self::is_merged) into this one. `None` when the number is hidden. A LID's digits are
    /// never a number.
    pub fn phone(&self) -> Option<Phone<'_>> {
        let merged = || {
            self.other_id()
                .filter(|_| self.is_merged())
                .and_then(ContactId::phone)
        };
        self.contact.phone().or_else(merged)
    }

    /// Saved, discovered, or unknown.
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// What may be done to it. Worked out on each call: it follows from the standing, the id and the
    /// [phone number](Self::phone).
    #[inline]
    pub fn permissions(&self) -> Permissions {
        Permissions::classify(self.standing, self.id().kind())
            .or_by_number(|| self.phone().is_some())
    }

    /// Why it is visible. `None` in a run without reasons.
    pub fn reasons(&self) -> Option<&Reasons> {
        self.enriched.as_ref()?.reasons.as_ref()
    }

    /// The same person's other id: the LID of a phone number, or the phone number of a LID. `None`
    /// when none is known, as in a run without LID links.
    pub fn other_id(&self) -> Option<&ContactId> {
        self.enriched.as_ref()?.other_id.as_ref()
    }

    /// Whether the entry of the [other id](Self::other_id) was merged into this one.
    pub fn is_merged(&self) -> bool {
        self.enriched
            .as_ref()
            .is_some_and(|enriched| enriched.merged)
    }

    /// What happened to it since the export that it is compared with. `None` when it is compared
    /// with none.
    pub fn change(&self) -> Option<Change> {
        self.enriched.as_ref()?.change
    }

    /// The name of the channel that lists it. `None` in a run over one channel.
    pub fn channel(&self) -> Option<&str> {
        self.enriched.as_ref()?.channel.as_deref()
    }

    pub(crate) fn channel_name(&self) -> Option<Arc<str>> {
        self.enriched.as_ref()?.channel.clone()
    }

    pub(crate) fn merged_entries(&self) -> &[MergedEntry] {
        self.enriched
            .as_ref()
            .map_or(&[], |enriched| &enriched.entries)
    }

    pub(crate) fn take_entries(&mut self) -> Vec<MergedEntry> {
        std::mem::take(&mut self.enriched().entries)
    }

    pub(crate) fn leave_channel(&mut self) {
        self.enriched().channel = None;
    }

    pub(crate) fn set_entries(&mut self, entries: Vec<MergedEntry>) {
        self.enriched().entries = entries;
    }

    /// The name to show. Computed on each call unless a [`Naming`](crate::Naming) was set, since it
    /// borrows from the contact.
    pub fn display_name(&self) -> DisplayName<'_> {
        match self
            .enriched
            .as_ref()
            .and_then(|enriched| enriched.name.as_ref())
        {
            Some(name) => DisplayName::new(name.text.as_str(), name.source),
            None => DisplayName::of(&self.contact),
        }
    }

    /// Why the name or the pushname may mislead. Computed on each
    /// call.
    pub fn name_warnings(&self) -> NameWarnings {
        let warnings = [self.contact.name(), self.contact.pushname()]
            .into_iter()
            .flatten()
            .filter(|text| !is_blank(text))
            .map(NameWarnings::of)
            .fold(NameWarnings::default(), NameWarnings::or);
        match &self.enriched {
            Some(enriched) if enriched.equals_saved_name => {
                warnings.with(NameWarning::EqualsSavedName)
            }
            _ => warnings,
        }
    }

    /// Notes that the pushname [equals a saved name](crate::SavedNames).
    pub fn set_equals_saved_name(&mut self) {
        self.enriched().equals_saved_name = true;
    }

    /// Sets [`reasons`](Self::reasons).
    pub fn with_reasons(mut self, reasons: Reasons) -> Self {
        self.enriched().reasons = Some(reasons);
        self
    }

    /// Sets [`other_id`](Self::other_id), whose own entry, if there is one, stands apart.
    pub fn with_other_id(mut self, id: ContactId) -> Self {
        let enriched = self.enriched();
        enriched.other_id = Some(id);
        enriched.merged = false;
        self
    }

    /// Sets [`other_id`](Self::other_id), whose entry was [merged](Self::is_merged) into this one.
    pub fn with_merged_id(self, id: ContactId) -> Self {
        let mut merged = self.with_other_id(id);
        merged.enriched().merged = true;
        merged
    }

    /// Sets [`change`](Self::change).
    pub fn with_change(mut self, change: Change) -> Self {
        self.enriched().change = Some(change);
        self
    }

    /// Sets [`channel`](Self::channel).
    pub fn with_channel(mut self, name: impl Into<Arc<str>>) -> Self {
        self.enriched().channel = Some(name.into());
        self
    }

    /// Sets the [name to show](Self::display_name).
    pub fn with_display_name(mut self, text: impl Into<String>, source: NameSource) -> Self {
        let text = text.into();
        self.enriched().name = Some(GivenName { text, source });
        self
    }

    fn enriched(&mut self) -> &mut Enriched {
        self.enriched.get_or_insert_default()
    }
}

impl From<Contact> for ClassifiedContact {
    fn from(contact: Contact) -> Self {
        Self::new(contact)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lid_has_a_number_only_when_the_entry_with_it_was_merged_in() {
        let lid = Contact::new(ContactId::parse("84958372615243@lid").unwrap());
        let phone = ContactId::parse("447700900101").unwrap();
        let alone = ClassifiedContact::new(lid);
        assert_eq!(alone.phone(), None);
        let linked = alone.clone().with_other_id(phone.clone());
        assert_eq!((linked.phone(), linked.is_merged()), (None, false));
        let merged = alone.with_merged_id(phone);
        assert_eq!(merged.phone().unwrap().digits(), "447700900101");
    }

    #[test]
    fn a_contact_with_a_lid_can_be_created_when_its_number_is_known() {
        let lid = Contact::new(ContactId::parse("84958372615243@lid").unwrap()).with_saved(false);
        let phone = ContactId::parse("447700900101").unwrap();
        let create = |contact: ClassifiedContact| contact.permissions().create.is_allowed();
        let hidden = ClassifiedContact::new(lid.clone());
        assert!(!create(hidden.clone()));
        assert!(!create(hidden.clone().with_other_id(phone.clone())));
        assert!(create(hidden.with_merged_id(phone)));
        assert!(create(ClassifiedContact::new(
            lid.with_phone("447700900101")
        )));
    }

    #[test]
    fn what_was_found_out_is_told() {
        let contact = Contact::new(ContactId::parse("447700900101").unwrap()).with_saved(true);
        let reasons = crate::ReasonIndex::new().reasons_of(&contact, None);
        let plain = ClassifiedContact::new(contact);
        assert_eq!((plain.reasons(), plain.change()), (None, None));
        let classified = plain
            .with_reasons(reasons.clone())
            .with_change(Change::Renamed);
        assert_eq!(classified.reasons(), Some(&reasons));
        assert!(
            classified
                .reasons()
                .unwrap()
                .has(crate::ReasonKind::AddressBook)
        );
        assert_eq!(classified.change(), Some(Change::Renamed));
        assert_eq!(classified.channel(), None);
        assert_eq!(classified.with_channel("shop").channel(), Some("shop"));
    }

    #[test]
    fn warnings_are_those_of_both_names_and_of_the_comparison() {
        let warnings = |name: &str, pushname: &str, equal: bool| {
            let contact = Contact::new(ContactId::parse("447700900101").unwrap());
            let contact = contact.with_name(name).with_pushname(pushname);
            // Something else that was found out, which warns of nothing.
            let mut classified = ClassifiedContact::new(contact).with_change(Change::Added);
            if equal {
                classified.set_equals_saved_name();
            }
            classified.name_warnings().to_string()
        };
        assert_eq!(warnings("Ada", "ada", false), "");
        assert_eq!(
            warnings("P\u{430}ul", "1234567", false),
            "mixed_scripts looks_like_phone"
        );
        assert_eq!(
            warnings("\u{202e}", "ada", false),
            "",
            "blank names are not shown"
        );
        assert_eq!(
            warnings("Ada", "1234567", true),
            "looks_like_phone equals_saved_name"
        );
    }

    #[test]
    fn what_few_runs_ask_for_costs_the_others_a_pointer() {
        let (plain, found) = (size_of::<Contact>(), size_of::<ClassifiedContact>());
        assert!(found <= plain + 16, "{found} against {plain}");
    }

    #[test]
    fn debug_shows_no_private_text() {
        let contact = Contact::new(ContactId::parse("447700900101").unwrap());
        let classified = ClassifiedContact::new(contact).with_display_name("Ada", NameSource::Name);
        let shown = format!("{classified:?}");
        assert!(shown.contains("GivenName(Name)"), "{shown}");
        assert!(!shown.contains("Ada"), "{shown}");
    }
}
