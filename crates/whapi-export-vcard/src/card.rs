//! From a contact to the properties of its card, for every version alike.

use sha1::{Digest as _, Sha1};
use uuid::Uuid;
use uuid::fmt::Urn;
use whapi_export::fields::wording;
use whapi_export::whapi_classify::{DisplayName, NameWarnings, Standing, is_blank};
use whapi_export::whapi_model::{ContactId, Phone};
use whapi_export::{ClassifiedContact, Switch};

use crate::enrichment_lines::EnrichmentLines;

/// The program that wrote the card. Without a version number: an update of this program must not change files.
pub(crate) const PRODID: &str = "-//whapi-export//EN";

/// The namespace of the cards' UIDs: the version 5 UUID of `urn:whapi-export:contact` in the URL namespace.
/// Frozen: another value would make every importer take every contact for a new one.
const UID_NAMESPACE: Uuid = Uuid::from_u128(0x1995_c8b1_c513_521f_99ec_e0a7_f14d_372d);

/// The properties of one card. Nothing is cleaned or escaped yet.
pub(crate) struct Card<'a> {
    /// `FN`, and the given name in `N`.
    pub(crate) name: DisplayName<'a>,
    /// `TEL`: the digits of a phone number. Empty for every other id.
    pub(crate) phone_digits: Option<&'a str>,
    /// `CATEGORIES`, the first of them.
    pub(crate) category: &'static str,
    /// Whether there is a `NOTE`.
    pub(crate) has_note: bool,
    /// The first lines of the note: the standing, then about the number.
    note: [Option<NoteLine<'a>>; 2],
    warnings: NameWarnings,
    /// The line of the pushname.
    pushname: Option<NoteLine<'a>>,
    /// What goes behind the [note](Self::note) and the [category](Self::category).
    pub(crate) enrichment: Option<Box<EnrichmentLines<'a>>>,
    /// `UID`.
    pub(crate) uid: Urn,
}

/// One line of the `NOTE`: our own words, then words of others.
#[derive(Clone, Copy)]
pub(crate) struct NoteLine<'a> {
    /// Plain ASCII without anything to escape.
    pub(crate) ours: &'static str,
    /// Line ends in it become spaces, so that no name can add a line of its own.
    pub(crate) theirs: &'a str,
}

impl<'a> Card<'a> {
    pub(crate) fn of(classified: &'a ClassifiedContact, note: Switch) -> Self {
        let contact = classified.contact();
        let id = contact.id();
        let name = classified.display_name();
        let pushname = contact
            .pushname()
            .filter(|pushname| *pushname != name.text() && !is_blank(pushname));
        let standing = classified.standing();
        let is_business = contact.is_business() == Some(true);
        let phone_digits = classified.phone().map(Phone::digits);
        let number = match phone_digits {
            Some(_) => (standing == Standing::Discovered).then(|| ours(wording::SAVE_FIRST)),
            None => Some(NoteLine {
                ours: wording::NO_NUMBER,
                theirs: id.as_str(),
            }),
        };
        Self {
            name,
            phone_digits,
            category: wording::label(standing),
            has_note: note.is_on(),
            note: [Some(ours(wording::standing(standing, is_business))), number],
            warnings: classified.name_warnings(),
            pushname: pushname.map(|theirs| NoteLine {
                ours: wording::PUSHNAME,
                theirs,
            }),
            enrichment: EnrichmentLines::of(classified),
            uid: uid(id, classified.channel()),
        }
    }

    /// The first lines of the `NOTE`, at least one.
    pub(crate) fn note(&self) -> impl Iterator<Item = NoteLine<'a>> {
        let warnings = self.warnings.iter().map(|one| ours(wording::warning(one)));
        let before = self.note.into_iter().flatten();
        before.chain(warnings).chain(self.pushname)
    }

    /// In how many categories control characters were left out.
    pub(crate) fn altered_categories(&self) -> u64 {
        let more = self.enrichment.as_deref();
        more.map_or(0, |more| more.altered_categories)
    }
}

const fn ours(ours: &'static str) -> NoteLine<'static> {
    NoteLine { ours, theirs: "" }
}

/// The UID of a contact, of a namespace for each channel in a run over several: an address book keeps one
/// card of each UID, and the cards of two channels differ.
fn uid(id: &ContactId, channel: Option<&str>) -> Urn {
    let namespace = channel.map_or(UID_NAMESPACE, |channel| version_5(UID_NAMESPACE, channel));
    version_5(namespace, id.identity()).urn()
}

/// As `Uuid::new_v5` has it, but with the processor's own instructions for SHA-1 where it has some:
/// that sum is a tenth of what a card costs otherwise.
fn version_5(namespace: Uuid, name: &str) -> Uuid {
    let sum = Sha1::new_with_prefix(namespace.as_bytes()).chain_update(name);
    uuid::Builder::from_sha1_bytes(first_16(&sum.finalize().into())).into_uuid()
}

fn first_16(sum: &[u8; 20]) -> [u8; 16] {
    let mut first = [0; 16];
    first.copy_from_slice(&sum[..16]);
    first
}

#[cfg(test)]
mod tests {
    use whapi_export::whapi_model::Contact;

    use super::*;

    fn contact(id: &str) -> Contact {
        Contact::new(ContactId::parse(id).unwrap())
    }

    #[track_caller]
    fn check_note(contact: Contact, expected: &[(&str, &str)]) {
        let classified = ClassifiedContact::new(contact);
        let card = Card::of(&classified, Switch::On);
        let found: Vec<_> = card.note().map(|line| (line.ours, line.theirs)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn uids_are_frozen() {
        let namespace = Uuid::new_v5(&Uuid::NAMESPACE_URL, b"urn:whapi-export:contact");
        assert_eq!(UID_NAMESPACE, namespace);
        for spelling in [
            "4915112345678",
            "4915112345678@c.us",
            "4915112345678@s.whatsapp.net",
        ] {
            let id = ContactId::parse(spelling).unwrap();
            assert_eq!(
                uid(&id, None).to_string(),
                "urn:uuid:02b06639-23ec-5b22-8dc8-e89094ca8509"
            );
        }
        let lid = ContactId::parse("4915112345678@lid").unwrap();
        assert_eq!(
            uid(&lid, None).to_string(),
            "urn:uuid:6e8c12ba-2869-534e-ab49-f3fac73a7433"
        );
    }

    #[test]
    fn the_same_person_has_another_uid_in_each_channel_of_a_run() {
        for (channel, expected) in [
            ("shop", "a3cc2037-43cd-5ed6-9222-aa3887f6b2ee"),
            ("office", "ff40f35c-ce6e-54ca-b9ea-ded2e7cd6916"),
        ] {
            for spelling in ["4915112345678", "4915112345678@c.us"] {
                let id = ContactId::parse(spelling).unwrap();
                let namespace = Uuid::new_v5(&UID_NAMESPACE, channel.as_bytes());
                let uuid = Uuid::new_v5(&namespace, b"4915112345678");
                assert_eq!(uid(&id, Some(channel)), uuid.urn());
                assert_eq!(uuid.to_string(), expected);
            }
        }
    }

    #[test]
    fn a_note_holds_what_has_no_property() {
        let saved = "WhatsApp: saved in the address book.";
        check_note(
            contact("4915112345678").with_name("Ada").with_saved(true),
            &[(saved, "")],
        );
        check_note(
            contact("84958372615243@lid")
                .with_name("Ada")
                .with_pushname("countess")
                .with_saved(true)
                .with_is_business(true),
            &[
                ("WhatsApp Business: saved in the address book.", ""),
                ("No number: ", "84958372615243@lid"),
                ("Name on WhatsApp: ", "countess"),
            ],
        );
        check_note(
            contact("status@broadcast"),
            &[
                (
                    "WhatsApp: unknown whether saved or only discovered. Rely on neither.",
                    "",
                ),
                ("No number: ", "status@broadcast"),
            ],
        );
    }

    #[test]
    fn a_name_worth_a_second_look_is_noted() {
        let contact = contact("4915112345678")
            .with_name("P\u{430}ul\u{200b}\u{202e}")
            .with_pushname("+44 7700 900123")
            .with_saved(true);
        let own = [
            "WhatsApp: saved in the address book.",
            "Look twice: the name turns the direction of writing.",
            "Look twice: the name holds invisible characters.",
            "Look twice: a word of the name mixes scripts.",
            "Look twice: the name looks like a phone number. It may be another's.",
        ];
        let mut expected: Vec<_> = own.iter().map(|line| (*line, "")).collect();
        expected.push(("Name on WhatsApp: ", "+44 7700 900123"));
        check_note(contact, &expected);
    }

    #[test]
    fn a_pushname_that_is_shown_already_or_shows_nothing_is_not_noted() {
        let discovered = [
            ("WhatsApp: in a group or chat.", ""),
            ("Save it to edit or delete it.", ""),
        ];
        let contact = contact("4915112345678").with_saved(false);
        check_note(contact.clone().with_pushname("Ada"), &discovered);
        check_note(
            contact.clone().with_name("Ada").with_pushname("Ada"),
            &discovered,
        );
        check_note(
            contact
                .with_name("Ada")
                .with_pushname("\u{200b}")
                .with_is_business(false),
            &discovered,
        );
    }
}
