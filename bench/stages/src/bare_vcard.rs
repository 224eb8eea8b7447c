//! What vCard 4.0 costs with the crate `vcard` and nothing of ours: the properties that our cards
//! have, from texts that are there already, neither classified nor cleaned.

use std::io::Write as _;

use vcard::values::{NameValue, TelValue, TextOrUri};
use vcard::{Categories, Name, Note, ProdId, Tel, TypeValue, Uid, VCard};
use whapi_classify::ClassifiedContact;

/// Writes all cards to memory and gives the number of bytes.
pub(crate) fn write_all(contacts: &[ClassifiedContact]) -> usize {
    let mut out = Vec::new();
    let mut bytes = 0;
    for contact in contacts {
        let card = card(contact);
        card.validate().expect("a card of a made-up contact");
        write!(out, "{card}").expect("a Vec takes everything");
        if out.len() >= 64 << 10 {
            bytes += out.len();
            out.clear();
        }
    }
    bytes + out.len()
}

fn card(contact: &ClassifiedContact) -> VCard {
    let shown = contact.contact().name().or(contact.contact().pushname());
    let name = shown.unwrap_or(contact.id().as_str());
    let mut card = VCard::new(name.to_owned());
    card.names.push(Name::new(NameValue {
        given_names: vec![name.to_owned()],
        ..NameValue::new()
    }));
    if let Some(phone) = contact.phone() {
        let mut tel = Tel::new(TelValue::Text(phone.to_string()));
        tel.parameters.types.push(TypeValue::Cell);
        card.telephones.push(tel);
    }
    card.categories
        .push(Categories::new(vec!["WhatsApp discovered".to_owned()]));
    card.notes.push(Note::new(format!(
        "WhatsApp: in a group or chat.\nSave it to edit or delete it.\nName on WhatsApp: {}",
        contact.contact().pushname().unwrap_or_default()
    )));
    card.product_ids.push(ProdId::from("-//whapi-export//EN"));
    let uid = "urn:uuid:02b06639-23ec-5b22-8dc8-e89094ca8509".parse();
    card.uids
        .push(Uid::new(TextOrUri::Uri(uid.expect("a URN is a URI"))));
    card
}
