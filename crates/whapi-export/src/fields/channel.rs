//! The fields of runs over several channels.

use whapi_classify::{ClassifiedContact, Standing};

use super::cell::Cell;
use super::enrichment::join;
use super::field::{CellOf, Field};

/// The field `channel`: the name of the channel that lists the contact. Empty in a run over one channel.
///
/// A table has it as its first column in a run over several channels, where an id alone is not unique.
///
/// # Examples
///
/// ```
/// use whapi_export::ClassifiedContact;
/// use whapi_export::fields::{CHANNEL, Cell};
/// use whapi_export::whapi_model::{Contact, ContactId};
///
/// let contact = ClassifiedContact::new(Contact::new(ContactId::parse("447700900101")?));
/// assert_eq!((CHANNEL.cell)(&contact, &mut String::new()), Cell::word(""));
/// let contact = contact.with_channel("shop");
/// assert_eq!((CHANNEL.cell)(&contact, &mut String::new()), Cell::trusted("shop"));
/// # Ok::<(), whapi_export::whapi_model::InvalidId>(())
/// ```
pub static CHANNEL: Field = Field::new("channel", |contact, _| {
    Cell::trusted(contact.channel().unwrap_or_default())
})
.coming_with(|available| available.channels);

/// The channels of people who are in several: `channels`, `saved_in` and `names`.
///
/// They [come with](Field::comes_with) runs that merge channels, behind all other columns. Where channels
/// are not merged, they are about the one channel of the contact, and empty in a run over one channel.
///
/// # Examples
///
/// ```
/// use whapi_export::ClassifiedContact;
/// use whapi_export::fields::PEOPLE_FIELDS;
/// use whapi_export::whapi_model::{Contact, ContactId};
///
/// let contact = Contact::new(ContactId::parse("447700900101")?).with_name("Ada");
/// let mut ada = ClassifiedContact::new(contact.clone()).with_channel("shop");
/// ada.merge_channel(ClassifiedContact::new(contact).with_channel("office"));
/// let mut text = String::new();
/// (PEOPLE_FIELDS[2].cell)(&ada, &mut text);
/// assert_eq!(text, "shop: Ada; office: Ada");
/// # Ok::<(), whapi_export::whapi_model::InvalidId>(())
/// ```
pub static PEOPLE_FIELDS: &[Field] = &[
    of_people("channels", |contact, built| {
        join(built, " ", contact.entries(), |entry, built| {
            built.push_str(entry.channel);
        });
        Cell::trusted(built)
    }),
    of_people("saved_in", |contact, built| {
        let saved = contact
            .entries()
            .filter(|entry| entry.standing == Standing::Saved);
        join(built, " ", saved, |entry, built| {
            built.push_str(entry.channel);
        });
        Cell::trusted(built)
    }),
    of_people("names", |contact, built| {
        push_names(contact, built);
        Cell::Untrusted(built)
    }),
];

const fn of_people(name: &'static str, cell: CellOf) -> Field {
    Field::new(name, cell).coming_with(|available| available.merged_channels)
}

/// Appends the name in each address book, behind the name of its channel: `shop: Ada; office: A. L.`
/// Untrusted text.
fn push_names(contact: &ClassifiedContact, built: &mut String) {
    let named = contact
        .entries()
        .filter_map(|entry| Some((entry.channel, entry.name?)));
    join(built, "; ", named, |(channel, name), built| {
        built.push_str(channel);
        built.push_str(": ");
        built.push_str(name);
    });
}

#[cfg(test)]
mod tests {
    use whapi_model::{Contact, ContactId};

    use super::*;
    use crate::Available;

    #[test]
    fn a_name_of_any_form_is_a_cell() {
        let contact = Contact::new(ContactId::parse("447700900101").unwrap());
        for (name, expected) in [
            ("shop_2", Cell::trusted("shop_2")),
            ("=1+1", Cell::Untrusted("=1+1")),
            ("-shop", Cell::Untrusted("-shop")),
            ("", Cell::word("")),
        ] {
            let contact = ClassifiedContact::new(contact.clone()).with_channel(name);
            assert_eq!((CHANNEL.cell)(&contact, &mut String::new()), expected);
        }
    }

    #[test]
    fn only_a_run_over_several_channels_brings_it() {
        let mut available = Available::default();
        assert!(!(CHANNEL.comes_with)(available));
        available.channels = true;
        assert!((CHANNEL.comes_with)(available));
    }

    #[test]
    fn a_person_has_the_names_of_each_channel() {
        let contact = |channel: &str, name: Option<&str>| {
            let mut contact =
                Contact::new(ContactId::parse("447700900101").unwrap()).with_saved(name.is_some());
            contact.set_name(name);
            ClassifiedContact::new(contact).with_channel(channel)
        };
        let mut person = contact("shop", Some("=Ada"));
        person.merge_channel(contact("office", None));
        person.merge_channel(contact("home", Some("Lady A.")));
        let cells = ["channels", "saved_in", "names"].map(|name| {
            let field = PEOPLE_FIELDS.iter().find(|field| field.name == name);
            let mut built = String::new();
            let cell = (field.unwrap().cell)(&person, &mut built);
            format!("{cell:?}")
        });
        assert_eq!(
            cells,
            [
                format!("{:?}", Cell::trusted("shop office home")),
                format!("{:?}", Cell::trusted("shop home")),
                format!("{:?}", Cell::Untrusted("shop: =Ada; home: Lady A.")),
            ]
        );
        let available = crate::Available {
            merged_channels: true,
            ..Default::default()
        };
        let coming = PEOPLE_FIELDS
            .iter()
            .filter(|field| (field.comes_with)(available));
        let names: Vec<_> = coming.map(|field| field.name).collect();
        assert_eq!(names, ["channels", "saved_in", "names"]);
    }
}
