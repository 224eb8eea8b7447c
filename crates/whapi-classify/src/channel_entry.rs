//! One person's entries in several channels.

use std::fmt;
use std::sync::Arc;

use crate::{ClassifiedContact, NameSource, Standing};

/// What one channel has of a person; see [`ClassifiedContact::entries`].
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChannelEntry<'a> {
    /// The name of the channel.
    pub channel: &'a str,
    /// Saved, discovered or unknown in that channel.
    pub standing: Standing,
    /// The name in the address book of that channel's phone.
    pub name: Option<&'a str>,
}

/// Leaves out the name, which is private.
impl fmt::Debug for ChannelEntry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChannelEntry")
            .field("channel", &self.channel)
            .field("standing", &self.standing)
            .finish_non_exhaustive()
    }
}

/// An entry, kept.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct MergedEntry {
    channel: Arc<str>,
    standing: Standing,
    name: Option<Box<str>>,
}

/// Leaves out the name, which is private.
impl fmt::Debug for MergedEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(f)
    }
}

impl MergedEntry {
    fn view(&self) -> ChannelEntry<'_> {
        ChannelEntry {
            channel: &self.channel,
            standing: self.standing,
            name: self.name.as_deref(),
        }
    }
}

impl ClassifiedContact {
    /// Merges the entry of the same person in another channel into this one.
    ///
    /// The [entries](Self::entries) keep the order of the calls. The rest is of the first entry that is
    /// saved. Where none is saved, it is of the first that has a name or a pushname, else of the first.
    /// Does nothing for contacts without the name of a [channel](Self::channel).
    ///
    /// ```
    /// use whapi_classify::{ClassifiedContact, Standing};
    /// use whapi_model::{Contact, ContactId};
    ///
    /// let id = ContactId::parse("447700900123")?;
    /// let in_shop = Contact::new(id.clone()).with_pushname("ada").with_saved(false);
    /// let in_office = Contact::new(id).with_name("Ada L.").with_saved(true);
    /// let mut person = ClassifiedContact::new(in_shop).with_channel("shop");
    /// person.merge_channel(ClassifiedContact::new(in_office).with_channel("office"));
    ///
    /// assert_eq!(person.display_name().text(), "Ada L.");
    /// assert_eq!(person.standing(), Standing::Saved);
    /// let entries: Vec<_> = person.entries().map(|entry| (entry.channel, entry.name)).collect();
    /// assert_eq!(entries, [("shop", None), ("office", Some("Ada L."))]);
    /// # Ok::<(), whapi_model::InvalidId>(())
    /// ```
    pub fn merge_channel(&mut self, mut other: Self) {
        if self.channel().is_none() || other.channel().is_none() {
            return;
        }
        let mut entries = self.take_all_entries();
        entries.extend(other.take_all_entries());
        if other.says_more_than(self) {
            std::mem::swap(self, &mut other);
        }
        self.set_entries(entries);
    }

    /// The person of all entries: one that belongs to no single [channel](Self::channel) any more.
    ///
    /// ```
    /// use whapi_classify::ClassifiedContact;
    /// use whapi_model::{Contact, ContactId};
    ///
    /// let contact = Contact::new(ContactId::parse("447700900123")?);
    /// let person = ClassifiedContact::new(contact).with_channel("shop").into_person();
    /// assert_eq!(person.channel(), None);
    /// assert_eq!(person.entries().count(), 1);
    /// # Ok::<(), whapi_model::InvalidId>(())
    /// ```
    pub fn into_person(mut self) -> Self {
        let entries = self.take_all_entries();
        self.set_entries(entries);
        self.leave_channel();
        self
    }

    /// What each channel has of this person, in the order of the channels.
    ///
    /// One entry in a run over channels that merges none, and none in a run over one channel.
    pub fn entries(&self) -> impl Iterator<Item = ChannelEntry<'_>> {
        let merged = self.merged_entries();
        let own = self.channel().filter(|_| merged.is_empty());
        let own = own.map(|channel| ChannelEntry {
            channel,
            standing: self.standing(),
            name: self.contact().name(),
        });
        own.into_iter().chain(merged.iter().map(MergedEntry::view))
    }

    /// Takes the entries.
    fn take_all_entries(&mut self) -> Vec<MergedEntry> {
        let merged = self.take_entries();
        if !merged.is_empty() {
            return merged;
        }
        let own = self.channel_name().map(|channel| MergedEntry {
            channel,
            standing: self.standing(),
            name: self.contact().name().map(Into::into),
        });
        own.into_iter().collect()
    }

    fn says_more_than(&self, other: &Self) -> bool {
        let rank = |contact: &Self| {
            let source = contact.display_name().source();
            let is_named = matches!(source, NameSource::Name | NameSource::Pushname);
            (contact.standing() == Standing::Saved, is_named)
        };
        rank(self) > rank(other)
    }
}

#[cfg(test)]
mod tests {
    use whapi_model::{Contact, ContactId};

    use super::*;

    fn in_channel(channel: &str, contact: Contact) -> ClassifiedContact {
        ClassifiedContact::new(contact).with_channel(channel)
    }

    fn contact() -> Contact {
        Contact::new(ContactId::parse("447700900101").unwrap())
    }

    /// The shown name, the standing, and the channel of the merged contact.
    #[track_caller]
    fn check(all: [ClassifiedContact; 3], name: &str, standing: Standing, channel: &str) {
        let [mut person, second, third] = all;
        person.merge_channel(second);
        person.merge_channel(third);
        assert_eq!(person.display_name().text(), name);
        assert_eq!(
            (person.standing(), person.channel()),
            (standing, Some(channel))
        );
        let channels: Vec<_> = person.entries().map(|entry| entry.channel).collect();
        assert_eq!(channels, ["a", "b", "c"]);
    }

    #[test]
    fn a_saved_entry_comes_first_and_then_one_with_a_name() {
        let bare = |channel| in_channel(channel, contact().with_saved(false));
        let named =
            |channel, name| in_channel(channel, contact().with_pushname(name).with_saved(false));
        let saved = |channel, name| in_channel(channel, contact().with_name(name).with_saved(true));
        check(
            [bare("a"), bare("b"), bare("c")],
            "+447700900101",
            Standing::Discovered,
            "a",
        );
        check(
            [bare("a"), named("b", "ada"), named("c", "countess")],
            "ada",
            Standing::Discovered,
            "b",
        );
        check(
            [
                named("a", "ada"),
                saved("b", "Ada L."),
                saved("c", "A. Lovelace"),
            ],
            "Ada L.",
            Standing::Saved,
            "b",
        );
        // A saved contact without a name stays before one that has a pushname.
        let nameless = in_channel("b", contact().with_saved(true));
        check(
            [named("a", "ada"), nameless, bare("c")],
            "+447700900101",
            Standing::Saved,
            "b",
        );
    }

    #[test]
    fn entries_keep_what_each_channel_has() {
        let mut person = in_channel("a", contact().with_name("Ada").with_saved(true));
        person.merge_channel(in_channel("b", contact().with_saved(false)));
        person.merge_channel(in_channel(
            "c",
            contact().with_name("Lady A.").with_saved(true),
        ));
        let entries: Vec<_> = person
            .entries()
            .map(|entry| (entry.channel, entry.standing, entry.name))
            .collect();
        assert_eq!(
            entries,
            [
                ("a", Standing::Saved, Some("Ada")),
                ("b", Standing::Discovered, None),
                ("c", Standing::Saved, Some("Lady A.")),
            ]
        );
        let shown = format!("{:?}", person.entries().collect::<Vec<_>>());
        assert!(!shown.contains("Ada"), "{shown}");
    }

    #[test]
    fn contacts_without_a_channel_are_not_merged() {
        let mut alone = ClassifiedContact::new(contact());
        assert_eq!(alone.entries().count(), 0);
        alone.merge_channel(in_channel("a", contact().with_name("Ada")));
        assert_eq!((alone.entries().count(), alone.channel()), (0, None));
    }
}
