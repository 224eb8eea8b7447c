//! What the list of contacts itself says about LIDs.

use std::collections::{HashMap, VecDeque};

use whapi_model::{Contact, ContactId, IdKind};

/// The numbers that contacts with a LID have in their own field `phone`.
pub(super) fn numbers_of_lids(
    contacts: &VecDeque<Vec<Contact>>,
) -> impl Iterator<Item = (ContactId, ContactId)> {
    let lids = contacts.iter().flatten();
    lids.filter(|contact| contact.id().kind() == IdKind::Lid)
        .filter_map(|contact| {
            let phone = ContactId::parse(contact.phone()?.digits()).ok()?;
            Some((phone, contact.id().clone()))
        })
}

/// Returns the entries of the pairs whose ids are both listed.
///
/// Of two pairs with the same number, the first counts.
pub(super) fn linked_contacts(
    pairs: &[(ContactId, ContactId)],
    contacts: &VecDeque<Vec<Contact>>,
) -> Vec<(Contact, Contact)> {
    let contacts = || contacts.iter().flatten();
    let lids: HashMap<&ContactId, &Contact> = contacts()
        .filter(|contact| contact.id().kind() == IdKind::Lid)
        .map(|contact| (contact.id(), contact))
        .collect();
    let mut lid_of: HashMap<&ContactId, &ContactId> = HashMap::with_capacity(pairs.len());
    for (phone, lid) in pairs {
        lid_of.entry(phone).or_insert(lid);
    }
    contacts()
        .filter_map(|contact| {
            let lid = lids.get(lid_of.get(contact.id())?)?;
            Some((contact.clone(), (*lid).clone()))
        })
        .collect()
}
