//! The field of runs over several channels.

use super::cell::Cell;
use super::field::Field;

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

#[cfg(test)]
mod tests {
    use whapi_classify::ClassifiedContact;
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
}
